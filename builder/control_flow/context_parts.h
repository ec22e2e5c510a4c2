/* What the kinds of contexts do with the parts of context.c: for cond_context.c and loop_context.c alone. */
#ifndef HR_BUILDER_CONTROL_FLOW_CONTEXT_PARTS_H
#define HR_BUILDER_CONTROL_FLOW_CONTEXT_PARTS_H

#include "builder/control_flow/context.h"

/* Names a zeroed context and nests it into the scope's. False after an error. */
bool hr_context_init(hr_scope scope, hr_context *context, const hr_control_context_type *type, const char *name);

/* Whether a value is known inside, and what stands for it: itself for one of the inside. */
bool hr_context_knows(const hr_context *context, hr_output value, hr_output *inside);
/* Lets `inside` stand for a value. */
void hr_context_stand_in(hr_scope scope, hr_context *context, hr_output value, hr_output inside);

/* InvalidArgument where a loop hides the input from the reader. */
HR_MUST_USE hr_status hr_context_check_reader(const hr_control_context *context, const hr_node *input,
                                              const hr_reader *reader);

/* hr_context_add_value of the two kinds. */
hr_output hr_cond_add_value(hr_scope scope, hr_cond_context *cond, hr_output value);
hr_output hr_loop_add_value(hr_scope scope, hr_loop_context *loop, hr_output value);

/* Replaces the inputs of a fresh node by what stands for them. */
HR_MUST_USE hr_status hr_context_bring_inputs(hr_scope scope, hr_context *context, hr_node *node);
/* Sorts a node's control inputs: first those in the same loop, of which it answers the number; all, outside of loops.
 */
int32_t hr_context_split_controls(const hr_control_context *context, hr_node *node);
/* Whether a node waits for the context's pivot even where its inputs come from inside, as TensorFlow's calls do. */
bool hr_context_must_wait(const hr_node *node);
/* Only what leaves the outermost loop can be fetched. */
void hr_context_restrict(const hr_context *context, hr_node *node);

#endif
