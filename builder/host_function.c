/* tf.py_func. */
#include "headrace/host_function.h"
#include "ops/wrapper.h"
#include <stdlib.h>
#include <string.h>

/* Bound to the graph: ends the registration. */
static void unregister(void *token) {
  hr_host_function_unregister(token);
  free(token);
}
static const hr_object_type token_type = {.name = "host function", .destroy = unregister};

/* Registers the function for the graph's life. */
static hr_status lend(hr_graph *graph, hr_host_function function, void *argument, void (*destroy)(void *argument),
                      char token[HR_HOST_TOKEN_SIZE]) {
  HR_TRY(hr_host_function_register(function, argument, destroy, token));
  char *kept = strdup(token);
  hr_status status = kept ? hr_graph_own(graph, &token_type, kept) : hr_error_out_of_memory(strlen(token), "a token");
  if (status) {
    hr_host_function_unregister(token);
    free(kept);
  }
  return status;
}

hr_node *hr_tf_py_func_with(hr_scope scope, hr_host_function function, void *argument, void (*destroy)(void *argument),
                            hr_operands inputs, hr_types types, const hr_py_func_options *options) {
  static const hr_py_func_options defaults;
  if (!options) options = &defaults;
  if (!hr_scope_ok(scope)) {
    if (destroy) destroy(argument);
    return NULL;
  }
  char token[HR_HOST_TOKEN_SIZE];
  hr_status status = lend(hr_scope_graph(scope), function, argument, destroy, token);
  if (status) {
    hr_scope_fail(scope, status);
    return NULL;
  }
  hr_operand list = hr_operand_list(inputs);
  hr_named_attr attrs[] = {{"token", HR_ATTR_STRING_VALUE(token)}, {"Tout", hr_types_value(types)}};
  return hr_call_op(scope, options->stateless ? "PyFuncStateless" : "PyFunc", options->name, 1, &list, 2, attrs);
}
