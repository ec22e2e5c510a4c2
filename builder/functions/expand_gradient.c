/* SymbolicGradient: the function that the library says computes a function's gradient, or the body once more, with its
 * gradients behind it. */
#include "builder/functions/expand.h"
#include "headrace/arrays.h"
#include "headrace/gradients.h"

static bool is_differentiable(hr_output x) {
  hr_dtype dtype = hr_output_base_dtype(x);
  return hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype);
}

/* What stands where there is no gradient: zeros like the argument, or like the value of the variable that it leads to.
 */
static hr_output zeros_for(hr_scope scope, hr_output argument, hr_dtype dtype) {
  if (hr_output_base_dtype(argument) != HR_RESOURCE || dtype == HR_RESOURCE) return hr_tf_zeros_like(scope, argument);
  hr_output zero = hr_convert(scope, hr_operand_int(0), dtype, NULL);
  return hr_fill(scope, hr_variable_shape(scope, argument), zero);
}

/* The gradients of a body's results to its arguments, each a tensor of its own. */
static void differentiate(hr_scope scope, const hr_node *node, hr_outputs results, hr_outputs result_gradients,
                          hr_outputs arguments, hr_output *out) {
  int32_t count = 0;
  hr_output *ys = hr_keep_bytes(scope, sizeof *ys * ((size_t)results.count + 1));
  hr_gradient *grad_ys = hr_keep_bytes(scope, sizeof *grad_ys * ((size_t)results.count + 1));
  hr_gradient *gradients = hr_keep_bytes(scope, sizeof *gradients * ((size_t)arguments.count + 1));
  if (!ys || !grad_ys || !gradients) return;
  for (int32_t i = 0; i < results.count; ++i) {
    if (!is_differentiable(results.items[i])) continue;
    ys[count] = results.items[i];
    grad_ys[count++] = hr_dense_gradient(result_gradients.items[i]);
  }
  if (count > 0) hr_gradients(scope, ((hr_outputs){count, ys}), arguments, gradients, .grad_ys = grad_ys);
  for (int32_t i = 0; i < arguments.count && hr_scope_ok(scope); ++i)
    out[i] = hr_gradient_exists(gradients[i]) ? hr_gradient_to_tensor(scope, gradients[i], NULL)
                                              : zeros_for(scope, arguments.items[i], hr_node_output_dtype(node, i));
}

static hr_status expand_automatic(hr_expansion *x, const hr_call_site *site, const hr_call *call, hr_outputs inputs,
                                  hr_entry entry, hr_expanded_call *out) {
  hr_scope scope = hr_name_scope(site->scope, site->node->name);
  int32_t count = site->node->num_outputs;
  hr_output *arguments = hr_keep_bytes(scope, sizeof *arguments * ((size_t)count + 1));
  hr_output *gradients = hr_keep_bytes(scope, sizeof *gradients * ((size_t)count + 1));
  for (int32_t i = 0; i < count && hr_scope_ok(scope); ++i) /* one tensor may be several arguments */
    arguments[i] = hr_identity(scope, inputs.items[i]);
  hr_outputs list = {count, arguments}, result_gradients = {inputs.count - count, inputs.items + count};
  HR_TRY(hr_expand_function(x, scope, "forward", call, list, entry, out));
  if (!hr_scope_ok(scope)) return HR_SUCCESS;
  if (out->results.count != result_gradients.count)
    return hr_error(HR_INVALID_ARGUMENT, "Expects %d arguments, but %d is provided", (int)(count + out->results.count),
                    (int)inputs.count);
  differentiate(scope, site->node, out->results, result_gradients, list, gradients);
  hr_scope_close(scope);
  if (!hr_scope_ok(scope)) return HR_SUCCESS;
  out->results = (hr_outputs){count, gradients};
  hr_node **ends = hr_keep_bytes(scope, sizeof *ends * ((size_t)count + 1));
  for (int32_t i = 0; ends && i < count; ++i)
    ends[i] = gradients[i].node;
  if (!ends) return HR_SUCCESS;
  ends[count] = out->done;
  out->done = hr_join_nodes(site->scope, site->node->name, "done", count + 1, ends);
  return HR_SUCCESS;
}

hr_status hr_expand_gradient(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out) {
  const hr_function_attr *value = hr_node_attr(site->node, "f")->func;
  hr_call call;
  HR_TRY(hr_call_of_node(site->node, "f", arena, &call));
  hr_entry entry = hr_call_entry(site);
  hr_outputs inputs = hr_call_inputs(site, entry);
  if (!hr_scope_ok(site->scope)) return HR_SUCCESS;
  const char *name = hr_function_gradient(x->graph, value->name);
  if (!name) return expand_automatic(x, site, &call, inputs, entry, out);
  hr_function_attr gradient = *value;
  gradient.name = name;
  HR_TRY(hr_call_of_value(x->graph, &gradient, arena, &call));
  return hr_expand_function(x, site->scope, site->node->name, &call, inputs, entry, out);
}
