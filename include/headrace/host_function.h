/* Functions of the host program as nodes of a graph: tf.py_func.
 *
 * Such a node carries a token, "pyfunc_0", under which the process knows the function. A graph that is exported keeps
 * the token only: it runs where the function is still registered.
 */
#ifndef HEADRACE_HOST_FUNCTION_H
#define HEADRACE_HOST_FUNCTION_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Computes outputs from inputs, on any thread and maybe on several at once. The inputs are lent for the call. It fills
 * `outputs`, which has room for the `output_count` that the node declares, with tensors that the run then owns, and
 * sets `*given` to how many values it has; the run checks number and dtypes (InvalidArgument). After an error all that
 * is in `outputs` is cleared, too. */
typedef hr_status (*hr_host_function)(void *argument, int32_t input_count, const hr_tensor *const *inputs,
                                      int32_t output_count, hr_tensor *outputs, int32_t *given);

#define HR_HOST_TOKEN_SIZE 32
/* Registers a function and writes its token: "pyfunc_N", N counting up in the process. `destroy(argument)` (may be
 * NULL) is called, on any thread, once the function is unregistered and no session may call it any more; also after an
 * error. ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_host_function_register(hr_host_function function, void *argument,
                                                       void (*destroy)(void *argument), char token[HR_HOST_TOKEN_SIZE]);
/* An unknown token is ignored. */
HR_API void hr_host_function_unregister(const char *token);

typedef struct hr_py_func_options {
  bool stateless;   /* stateful=False: PyFuncStateless, which may be left out or run again where that helps */
  const char *name; /* NULL: the op's */
} hr_py_func_options;

/* tf.py_func: a node that calls the function with `inputs` (hr_operands or hr_outputs), and has an output of unknown
 * shape for each of `types`. The function is registered for the graph's life. `argument` is taken over, also after an
 * error, which gives NULL. */
HR_API hr_node *hr_tf_py_func_with(hr_scope scope, hr_host_function function, void *argument,
                                   void (*destroy)(void *argument), hr_operands inputs, hr_types types,
                                   const hr_py_func_options *options);
#define hr_tf_py_func(scope, function, argument, destroy, inputs, types, ...)                                          \
  hr_tf_py_func_with((scope), (function), (argument), (destroy), HR_OPERANDS_OF(inputs), (types),                      \
                     &(hr_py_func_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
