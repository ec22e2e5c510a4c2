/* Conditionals whose branches are functions of the graph's library: If, StatelessIf and Case. */
#ifndef HR_BUILDER_FUNCTIONS_CONDITIONAL_H
#define HR_BUILDER_FUNCTIONS_CONDITIONAL_H

#include "builder/functions/body.h"
#include "headrace/control_flow.h"

/* A branch: a body in a graph of its own, which becomes the function `name`. */
typedef struct hr_function_branch {
  const char *name;
  hr_scope scope;             /* the root of the body */
  hr_outputs outside, inside; /* what it reads, of the conditional's graph or one around; and what stands for it */
  hr_outputs results;
  int32_t num_controls; /* nodes of the body that run whatever becomes of the results */
  hr_node *const *controls;
} hr_function_branch;

/* "PREFIX_N", slashes made underscores, where N tells apart what a process has made. NULL after an error. */
const char *hr_counted_name(hr_scope scope, const char *prefix);

/* Builds a branch's body in a graph of its own, on devices as hr_device_scope_like says: what it returns, as tensors of
 * the body; in place of an operation, `chooser` after it. The body is to be freed in any case. */
hr_outputs hr_branch_build(hr_scope outer, hr_output chooser, hr_branch branch, hr_function_body_graph *body);

/* The conditional ("If" or "Case", see below) of complete bodies, in its name scope: what its node gives.
 * InvalidArgument and a type error where the results do not fit each other. */
hr_outputs hr_conditional_finish(hr_scope scope, const char *op, hr_output chooser, int32_t count,
                                 const hr_scope *bodies, const hr_outputs *results);

/* tf.cond of functions, in its name scope. */
hr_outputs hr_functional_cond(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false);

/* What the scope's body has captured so far becomes what the branch reads. */
void hr_branch_take_captured(hr_function_branch *branch);

/* Puts the functions into the library of the scope's graph, all with the same arguments: what any of them reads, each
 * once. Answers a node called `name` ("scope/" for the scope itself) that runs the one that `chooser` says: op is
 * "Case", or "If", which becomes StatelessIf where no branch has stateful nodes. The branches return as many results of
 * the same dtypes. NULL after an error. */
hr_node *hr_conditional_node(hr_scope scope, const char *op, const char *name, hr_output chooser, int32_t count,
                             const hr_function_branch *branches);

/* Each output of the node through an Identity, so that it can be fetched alone. Empty after an error. */
hr_outputs hr_conditional_results(hr_scope scope, const hr_node *node);

/* Writes the body into the library of `graph`, with these arguments, and with it all functions that it calls. */
HR_MUST_USE hr_status hr_branch_add_function(hr_graph *graph, const hr_function_branch *branch, hr_outputs arguments);

/* The function of a definition again, with other arguments or results, written as "NAME_rewritten" into the library of
 * `graph`. NULL after an error. */
const hr_function_attr *hr_rewrite_function(hr_scope scope, hr_graph *graph, const hr_function_attr *function,
                                            const hr_function_body_graph *body);

#endif
