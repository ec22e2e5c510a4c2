/* Control-flow contexts: what a branch or loop knows, and what becomes of nodes that are made in it.
 *
 * A context brings values from outside in: a branch by a Switch on its predicate, a loop by an Enter. It remembers for
 * each value from outside what stands for it inside. Contexts are nested as their branches and loops are; a value comes
 * in through all that it is outside of, outermost first.
 *
 * Contexts live as long as the graph. Those made in no other one are in the graph's collections "cond_context" and
 * "while_context", which a MetaGraphDef stores. */
#ifndef HR_BUILDER_CONTROL_FLOW_CONTEXT_H
#define HR_BUILDER_CONTROL_FLOW_CONTEXT_H

#include "builder/builder.h"
#include "builder/control_flow/value_map.h"
#include "runtime/graph/control_context.h"

#define HR_COND_CONTEXTS  "cond_context"
#define HR_WHILE_CONTEXTS "while_context"

typedef struct hr_loop_gradient hr_loop_gradient; /* loop_gradient.h */

/* What both kinds have. */
typedef struct hr_context {
  hr_control_context base;
  const char *name; /* of a loop: its frame's */
  /* The values known inside; for each, what stands for it, which is none for values that are of the inside. */
  hr_value_map values;
  struct hr_context *first_nested, *last_nested, *next; /* in the order in which they were made */
} hr_context;

typedef struct hr_cond_context {
  hr_context common;
  hr_output predicate; /* a bool scalar of the outside */
  hr_output pivot;     /* alive where the branch is taken */
  int branch;          /* 1 where the predicate must be true, else 0 */
} hr_cond_context;

typedef struct hr_output_list {
  hr_output *items; /* in the graph's arena */
  int32_t count, capacity;
} hr_output_list;

typedef struct hr_loop_context {
  hr_context common;
  hr_output maximum_iterations; /* or HR_NO_OUTPUT */
  int32_t parallel_iterations;
  bool back_prop, swap_memory;
  hr_output condition;       /* the LoopCond's */
  hr_output condition_pivot; /* alive in each evaluation of the condition */
  hr_output body_pivot;      /* alive in each iteration of the body, once that is being built */
  hr_output_list enters, exits;
  hr_loop_gradient *gradient; /* what it is the backward loop of; NULL for loops of the program */
} hr_loop_context;

/* ---- kinds ----------------------------------------------------------------------------------------------------- */

extern const hr_control_context_type hr_cond_context_type, hr_loop_context_type;

static inline hr_context *hr_context_of(hr_control_context *context) { return (hr_context *)context; }
/* NULL where it is not of the kind. */
static inline hr_cond_context *hr_as_cond(hr_control_context *context) {
  return context && context->type == &hr_cond_context_type ? (hr_cond_context *)context : NULL;
}
static inline hr_loop_context *hr_as_loop(hr_control_context *context) {
  return context && context->type == &hr_loop_context_type ? (hr_loop_context *)context : NULL;
}

/* The innermost loop that a context is or is in, or NULL. */
hr_loop_context *hr_loop_around(const hr_control_context *context);
/* The context of a node's outputs: an Exit's is outside of its loop. */
hr_control_context *hr_output_context(const hr_node *node);
/* Whether `outer` is, or is around, a context; NULL is around all. */
bool hr_context_is_around(const hr_control_context *outer, const hr_control_context *context);

static inline bool hr_is_loop_constant(const hr_node *node) {
  return node->op->control == HR_CONTROL_ENTER && hr_node_attr(node, "is_constant")->b;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

/* Contexts inside the scope's, named "NAME" in the scope's names. NULL, with the error at the builder, when memory is
 * out. */
hr_cond_context *hr_cond_context_new(hr_scope scope, const char *name, hr_output predicate, hr_output pivot,
                                     int branch);
hr_loop_context *hr_loop_context_new(hr_scope scope, const char *name);

/* Makes a context the last of those in another one. */
void hr_context_nest(hr_context *outer, hr_context *context);

/* Makes a value known as one of the inside. */
void hr_context_add_name(hr_scope scope, hr_context *context, hr_output value);
/* Makes a value known to the context around, which it came out to. */
void hr_context_exit_result(hr_scope scope, const hr_context *context, hr_output value);
/* Forgets all values. */
static inline void hr_context_clear_values(hr_context *context) { context->values = (hr_value_map){0}; }

/* What stands for a value inside the context; made, in `scope`, where it is not there yet. */
hr_output hr_context_add_value(hr_scope scope, hr_control_context *context, hr_output value);
/* What stands for a result of a branch, where it is built: a Switch for one that is of the outside. */
hr_output hr_cond_result(hr_scope scope, hr_cond_context *cond, hr_output value);
/* What a node of the loop waits for so that it runs in iterations that come: of the condition while that is built, then
 * of the body. NULL before. */
hr_node *hr_loop_pivot(const hr_loop_context *loop);
/* An Enter of the loop (RefEnter of a reference) made in `scope`, with the shape of `value` where `keep_shape`. `name`
 * NULL: the op's. */
hr_output hr_loop_enter(hr_scope scope, const hr_loop_context *loop, hr_output value, bool is_constant, bool keep_shape,
                        const char *name);
/* Enters that were made outside of the loop's scope join it, and wait for what nodes made in `scope` wait for, as far
 * as that is where the loop is. */
void hr_loop_adopt_enter(hr_scope scope, hr_loop_context *loop, hr_output enter);

/* Appends, in the graph's memory; an error of memory goes to the builder. */
void hr_output_list_add(hr_scope scope, hr_output_list *list, hr_output item);

#endif
