/* Functions: bodies of nodes that a graph keeps under names in its library, and calls of them, node for node as
 * TensorFlow 1.15's Defun makes them.
 *
 *   static void add_square(void *unused, hr_scope s, hr_outputs x, hr_results *results) {
 *     hr_return(results, hr_plus(s, x.items[0], hr_square(s, x.items[1])));
 *   }
 *   const hr_defined *f = hr_define(s, "add_square", HR_TYPES(HR_FLOAT, HR_FLOAT), add_square, NULL);
 *   hr_output y = hr_only(hr_call(s, f, HR_OPERANDS(a, b)));
 *
 * A body is built once, in a graph of its own. What it reads of the graph around (tensors, values of variables) becomes
 * an argument more, which calls give. hr_get_variable gives variables of the graph around. A run of a call has the
 * effects of all of the body's stateful nodes, whether its results are read or not. */
#ifndef HEADRACE_FUNCTION_H
#define HEADRACE_FUNCTION_H

#include "headrace/control_flow.h"
#include "headrace/op_call.h"
#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function that was defined. Owned by the graph whose scope it was defined in, on whose tensors it may depend. */
typedef struct hr_defined hr_defined;

typedef void (*hr_function_body)(void *argument, hr_scope scope, hr_outputs arguments, hr_results *results);

typedef struct hr_define_options {
  hr_strings argument_names; /* none: "arg0", "arg1", ... */
  hr_strings result_names;   /* none: after the nodes that make them */
  const char *doc;
  bool hashed_name;  /* the name is prolonged by a hash of the body, so that functions of one name get along */
  bool infer_shapes; /* calls have the shapes of what the body returns; else unknown ones, as Defun's */
  const hr_defined
      *gradient; /* gets the arguments and the gradients of the results, and returns those of the arguments */
  /* A gradient function of the calls' own (gradients.h), at most one of the two. */
  hr_status (*gradient_function)(struct hr_gradient_context *context);
  void *gradient_argument;
} hr_define_options;

/* Builds the body. `arguments` are their dtypes. NULL after an error, which is at the scope's builder: what the body
 * says, InvalidArgument for references from outside and for names of results that are used twice. */
HR_API const hr_defined *hr_define_with(hr_scope scope, const char *name, hr_types arguments, hr_function_body body,
                                        void *argument, const hr_define_options *options);
#define hr_define(scope, name, arguments, body, argument, ...)                                                         \
  hr_define_with((scope), (name), (arguments), (body), (argument), &(hr_define_options){__VA_ARGS__})

/* A call: a node of the function's name, whose outputs are the results. The function and those that it calls come into
 * the graph's library. Empty after an error: InvalidArgument for another number of inputs, a type error for other
 * dtypes. */
HR_API hr_outputs hr_call_with(hr_scope scope, const hr_defined *function, hr_operands inputs,
                               const hr_op_options *options);
#define hr_call(scope, function, inputs, ...)                                                                          \
  hr_call_with((scope), (function), HR_OPERANDS_OF(inputs), &(hr_op_options){__VA_ARGS__})
/* The same where it may return nothing: the node. NULL after an error. */
HR_API hr_node *hr_call_node(hr_scope scope, const hr_defined *function, hr_operands inputs,
                             const hr_op_options *options);

HR_API const char *hr_defined_name(const hr_defined *function);
/* What it reads of the graph around, in the order of the arguments that come last. */
HR_API hr_outputs hr_defined_captured(const hr_defined *function);
/* The serialised FunctionDef. */
HR_API hr_bytes hr_defined_bytes(const hr_defined *function);
/* Puts the function, those that it calls and its gradient into the graph's library. InvalidArgument where the library
 * has another one of a name. */
HR_API HR_MUST_USE hr_status hr_defined_add(hr_graph *graph, const hr_defined *function);

/* The value of a func attribute: a defined function, which comes into the graph's library; or the function of a name,
 * which need not be there yet. They live as long as the graph; NULL after an error. */
HR_API const hr_function_attr *hr_defined_value(hr_scope scope, const hr_defined *function);
HR_API const hr_function_attr *hr_function_value(hr_scope scope, const char *name);

/* Says that the library's function `gradient` computes the gradient of another one. InvalidArgument where that has
 * another gradient. */
HR_API HR_MUST_USE hr_status hr_function_add_gradient(hr_graph *graph, const char *function, const char *gradient);

/* ---- one function of several ------------------------------------------------------------------------------------- */

typedef struct hr_switch_case_options {
  hr_branch otherwise; /* for numbers that have no branch; left out: the last one is taken */
  const char *name;
} hr_switch_case_options;
/* tf.switch_case: what the branch of number `index` (an int32 scalar) returns. Each becomes a function of the graph's
 * library, called "SCOPE_branchI_N"; what any of them reads of the graph around becomes an argument of all. They return
 * tensors, or an operation (an int32 tensor, the index, in its place): as many, of the same dtypes; InvalidArgument and
 * a type error where not. The list is empty after an error. `options` may be NULL. */
HR_API hr_outputs hr_switch_case_with(hr_scope scope, hr_output index, int32_t count, const hr_branch *branches,
                                      const hr_switch_case_options *options);
#define hr_switch_case(scope, index, count, branches, ...)                                                             \
  hr_switch_case_with((scope), (index), (count), (branches), &(hr_switch_case_options){__VA_ARGS__})

/* ---- traced functions -------------------------------------------------------------------------------------------- */

/* A function as TensorFlow's datasets build them: named "__inference_NAME_NUMBER" with a number that no other function
 * of the process has; arguments "args_0", ... of these shapes; what is captured becomes an argument of its name;
 * results pass through an Identity that waits for the body's stateful nodes, and those that use one resource run in the
 * order in which they were made. NULL after an error. */
HR_API const hr_defined *hr_trace_function(hr_scope scope, const char *name, hr_types arguments, hr_shapes shapes,
                                           hr_function_body body, void *argument);
/* What the body returned, before it went through the Identity nodes; in order. */
HR_API hr_outputs hr_traced_results(const hr_defined *function);

/* ---- parts, for bindings ---------------------------------------------------------------------------------------- */

/* Makes an empty graph the body of a function in `outer`. */
HR_API HR_MUST_USE hr_status hr_function_begin(hr_graph *body, hr_graph *outer);
/* The same of a traced function, in a scope of the graph around; of one that copies what it reads of the graph around.
 */
HR_API HR_MUST_USE hr_status hr_traced_function_begin(hr_graph *body, hr_scope outer);
HR_API HR_MUST_USE hr_status hr_copying_function_begin(hr_graph *body, hr_graph *outer);
/* The same of a branch of a conditional, in whose functions stateful nodes run in order where they do in `outer`. */
HR_API HR_MUST_USE hr_status hr_branch_begin(hr_graph *body, hr_scope outer);
/* Argument `index` of a traced function. */
HR_API hr_output hr_traced_function_argument(hr_scope scope, int32_t index, hr_dtype dtype,
                                             const hr_partial_shape *shape);
/* The definition of a traced body that returns `results`. */
HR_API const hr_defined *hr_traced_function_finish(hr_scope scope, const char *name, hr_outputs arguments,
                                                   hr_outputs results);
/* The predicate of such a conditional: a bool scalar, without dimensions of size 1. */
HR_API hr_output hr_cond_predicate(hr_scope scope, hr_operand predicate);
/* The end of tf.cond in a traced function, in its name scope: the node and what it gives, of the bodies of its two
 * branches, which are complete. bodies[0] is the scope of what is taken where the predicate is true, results[0] what it
 * returns. Errors as in hr_cond. */
HR_API hr_outputs hr_cond_finish(hr_scope scope, hr_output predicate, const hr_scope *bodies,
                                 const hr_outputs *results);
/* The same of a switch_case, in its inner name scope. */
HR_API hr_outputs hr_switch_case_finish(hr_scope scope, hr_output index, int32_t count, const hr_scope *bodies,
                                        const hr_outputs *results);
/* The innermost device of a scope, which bodies are built on: its text, or a function and its argument, then NULL. NULL
 * and no function where there is none. The text lives as long as the graph. */
HR_API const char *hr_innermost_device(hr_scope scope, hr_device_function *function, void **argument);
/* What stands in the body for an output: a new argument for one of a graph around. */
HR_API hr_output hr_function_capture(hr_scope scope, hr_output output);
/* What was captured so far, and the arguments for it. */
HR_API void hr_function_captured(const hr_graph *body, hr_outputs *outside, hr_outputs *inside);
/* The definition of a body: `arguments` are placeholders of it, those captured last. `name` is prolonged by a hash
 * where options->hashed_name. Owned by the body's graph. NULL after an error at the scope's builder. */
HR_API const hr_defined *hr_function_finish(hr_scope scope, const char *name, hr_outputs arguments, hr_outputs results,
                                            const hr_define_options *options, int32_t attr_count,
                                            const hr_named_attr *attrs);

#ifdef __cplusplus
}
#endif
#endif
