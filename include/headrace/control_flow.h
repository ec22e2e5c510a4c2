/* Conditionals and loops: tf.cond, tf.case, tf.while_loop, node for node as TensorFlow 1.15 builds them.
 *
 * A branch, or a loop's body, is a function that builds nodes in the scope it is given and returns results by
 * hr_return. It is called once, while the graph is built:
 *
 *   static void twice(void *x, hr_scope s, hr_results *results) {
 *     hr_return(results, hr_times(s, *(hr_output *)x, 2));
 *   }
 *   static void negated(void *x, hr_scope s, hr_results *results) {
 *     hr_return(results, hr_neg(s, *(hr_output *)x));
 *   }
 *   hr_output y = hr_only(hr_cond(s, is_small, HR_BRANCH(twice, &x), HR_BRANCH(negated, &x)));
 *
 * A run computes the nodes of one branch only. What a branch reads of the outside is computed in any case.
 */
#ifndef HEADRACE_CONTROL_FLOW_H
#define HEADRACE_CONTROL_FLOW_H

#include "headrace/gradients.h"
#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- results of the functions ---------------------------------------------------------------------------------- */

/* What such a function returns: a list that it appends to. Operands become tensors after the function has returned;
 * what they point to must live as long as the call of hr_cond or hr_while_loop. */
typedef struct hr_results hr_results;
HR_API void hr_return_with(hr_results *results, hr_operand value);
#define hr_return(results, value) hr_return_with((results), HR_OPERAND(value))
/* An operation, for its effect: the result is a bool scalar. Of branches only. */
HR_API void hr_return_node(hr_results *results, hr_node *node);
/* Sparse rows are two results, or three with a dense shape: values, indices, shape. */
HR_API void hr_return_gradient(hr_results *results, hr_gradient rows);

/* The one tensor of a list; HR_NO_OUTPUT where it has none, as after an error. */
static inline hr_output hr_only(hr_outputs list) { return list.count == 1 ? list.items[0] : HR_NO_OUTPUT; }

/* ---- kinds of control flow ------------------------------------------------------------------------------------- */

/* tf.enable_control_flow_v2 and disable_control_flow_v2: whether conditionals and loops that are built in the scope's
 * graph from now on are nodes of functions (StatelessIf, If, While), and tensor arrays lists. At first they are nodes
 * of the graph itself (Switch, Merge, Enter, ...). In traced functions, and in bodies of such nodes, the former always
 * holds. */
HR_API void hr_functional_control_flow(hr_scope scope, bool functional);
HR_API bool hr_has_functional_control_flow(hr_scope scope);

/* ---- conditionals ---------------------------------------------------------------------------------------------- */

typedef struct hr_branch {
  void (*build)(void *argument, hr_scope scope, hr_results *results);
  void *argument;
} hr_branch;
#define HR_BRANCH(build, argument) ((hr_branch){(build), (argument)})

/* tf.cond: what one of the branches returns, by a bool scalar that is a tensor of the graph. Both must return as many
 * tensors, at least one, of the same dtypes: InvalidArgument; a type error for a predicate that is known now. The list
 * lives as long as the graph and is empty after an error. */
HR_API hr_outputs hr_cond_with(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false,
                               const hr_op_options *options);
#define hr_cond(scope, predicate, if_true, if_false, ...)                                                              \
  hr_cond_with((scope), HR_OPERAND(predicate), (if_true), (if_false), &(hr_op_options){__VA_ARGS__})

/* Whether a condition is known while building, and which: a bool, 0 or 1, a constant tensor. A type error for what is
 * no condition. */
HR_API bool hr_known_condition_of(hr_scope scope, hr_operand predicate, bool *value);
#define hr_known_condition(scope, predicate, value) hr_known_condition_of((scope), HR_OPERAND(predicate), (value))
/* tf.contrib.framework.smart_cond: what the branch returns that a known condition chooses, with nothing around it; else
 * hr_cond. Branches return tensors. */
HR_API hr_outputs hr_smart_cond_with(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false,
                                     const hr_op_options *options);
#define hr_smart_cond(scope, predicate, if_true, if_false, ...)                                                        \
  hr_smart_cond_with((scope), HR_OPERAND(predicate), (if_true), (if_false), &(hr_op_options){__VA_ARGS__})

/* A branch of several. */
typedef struct hr_case {
  hr_output predicate; /* a bool scalar */
  hr_branch branch;
} hr_case;
typedef struct hr_case_options {
  hr_branch otherwise; /* left out: a run in which no predicate is true fails */
  bool exclusive;      /* a run in which two predicates are true fails */
  const char *name;
} hr_case_options;
/* tf.case: what the branch of the first true predicate returns. */
HR_API hr_outputs hr_case_of_with(hr_scope scope, int32_t count, const hr_case *cases, const hr_case_options *options);
#define hr_case_of(scope, count, cases, ...) hr_case_of_with((scope), (count), (cases), &(hr_case_options){__VA_ARGS__})

/* What tf.case asserts, for those who build its branches as bodies of functions: that at most one of the predicates
 * that are asked is true; or, where the last case is taken without being asked, that it is the one (`is_last`, of all
 * predicates). Sets one node to wait for, or two. */
HR_API void hr_case_checks(hr_scope scope, hr_outputs predicates, bool is_last, hr_node *checks[2]);

/* ---- loops ----------------------------------------------------------------------------------------------------- */

/* Both functions are called once, with the loop's variables. */
typedef void (*hr_loop_function)(void *argument, hr_scope scope, hr_outputs variables, hr_results *results);
typedef struct hr_while_functions {
  hr_loop_function condition; /* returns a bool scalar: whether to go on */
  hr_loop_function body;      /* returns the variables of the next iteration */
  void *argument;
} hr_while_functions;

typedef struct hr_while_options {
  /* What is known of each variable's shape in all iterations; none: the shapes of the initial values. */
  hr_shapes shape_invariants;
  int32_t parallel_iterations; /* default 10 */
  bool back_prop;              /* gradients may go through the loop; default true */
  bool swap_memory;
  hr_operand maximum_iterations; /* a scalar, if given */
  const char *name;
} hr_while_options;
#define HR_WHILE_DEFAULTS .parallel_iterations = 10, .back_prop = true

/* tf.while_loop: the variables after the last iteration. InvalidArgument for no variables, for a body that returns
 * other dtypes, another number of tensors or shapes that the invariants do not allow. The list lives as long as the
 * graph and is empty after an error. */
HR_API hr_outputs hr_while_loop_with(hr_scope scope, hr_operands variables, const hr_while_functions *functions,
                                     const hr_while_options *options);
#define hr_while_loop(scope, variables, functions, ...)                                                                \
  HR_CALL_OP_(hr_while_options, hr_while_loop_with((scope), HR_OPERANDS_OF(variables), (functions), &hr_options_),     \
              HR_WHILE_DEFAULTS, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
