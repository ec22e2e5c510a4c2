/* Loops whose condition and body are functions of the graph's library: While nodes. */
#ifndef HR_BUILDER_FUNCTIONS_FUNCTIONAL_WHILE_H
#define HR_BUILDER_FUNCTIONS_FUNCTIONAL_WHILE_H

#include "builder/builder.h"
#include "headrace/control_flow.h"

/* tf.while_loop in a traced function, with arguments that were checked. Both functions are called in graphs of their
 * own; what they read of graphs around becomes further variables, behind a counter, the limit of iterations (-1: none)
 * and the program's variables. Empty after an error. */
hr_outputs hr_while_of_functions(hr_scope scope, hr_operands variables, const hr_while_functions *functions,
                                 const hr_while_options *options);

/* A loop of functions of the graph's library. */
typedef struct hr_while_parts {
  const char *condition, *body;
  hr_outputs inputs, results; /* of the loop; of the body, which say the shapes */
  int32_t parallel_iterations;
  int32_t num_original_outputs; /* an attribute where it is not 0 */
  int32_t num_shapes;           /* of the first variables, where others are known than the results' */
  const hr_partial_shape *shapes;
} hr_while_parts;
/* Its While node. NULL after an error. */
hr_node *hr_while_node(hr_scope scope, const char *name, const hr_while_parts *parts);

#endif
