/* Calls of defined functions. */
#include "builder/functions/defined.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/function_call.h"
#include "runtime/graph/function_graph.h"

const char *hr_defined_name(const hr_defined *function) { return function->name; }

hr_outputs hr_defined_captured(const hr_defined *function) {
  hr_outputs outside, inside;
  hr_captured(function->body, &outside, &inside);
  return outside;
}

hr_bytes hr_defined_bytes(const hr_defined *function) {
  return (hr_bytes){function->definition.data, function->definition.length};
}

hr_status hr_defined_add(hr_graph *graph, const hr_defined *f) {
  HR_TRY(hr_function_library_add_function(graph, (hr_view){f->definition.data, f->definition.length}));
  HR_TRY(hr_function_library_add(graph, (hr_view){f->library.data, f->library.length}));
  if (f->gradient_function) hr_function_set_gradient(graph, f->name, f->gradient_function, f->gradient_argument);
  if (!f->gradient) return HR_SUCCESS;
  HR_TRY(hr_defined_add(graph, f->gradient));
  return hr_function_library_add_gradient(graph, f->name, f->gradient->name);
}

hr_status hr_function_add_gradient(hr_graph *graph, const char *function, const char *gradient) {
  return hr_function_library_add_gradient(graph, function, gradient);
}

static bool check_inputs(hr_scope scope, const hr_function *function, const char *name, int32_t count,
                         const hr_output *inputs) {
  if (count != function->op.num_inputs)
    hr_refuse(scope, "Expected number of arguments: %d, received: %d", (int)function->op.num_inputs, (int)count);
  for (int32_t i = 0; i < count && hr_scope_ok(scope); ++i) {
    const hr_arg_def *arg = &function->op.inputs[i];
    hr_dtype dtype = hr_output_base_dtype(inputs[i]);
    if (inputs[i].node && dtype != (hr_dtype)arg->dtype)
      hr_refuse(scope, "Input '%s' passed %s expected %s while building NodeDef '%s' using Op<name=%s>", arg->name,
                hr_dtype_name(dtype), hr_dtype_name((hr_dtype)arg->dtype), name, function->op.name);
  }
  return hr_scope_ok(scope);
}

hr_node *hr_call_node(hr_scope scope, const hr_defined *f, hr_operands operands, const hr_op_options *options) {
  if (!hr_scope_ok(scope) || !f) return NULL;
  hr_status status = hr_defined_add(hr_scope_graph(scope), f);
  if (status) {
    hr_scope_fail(scope, status);
    return NULL;
  }
  hr_outputs captured = hr_defined_captured(f);
  int32_t count = operands.count + captured.count;
  hr_output *inputs = hr_keep_bytes(scope, sizeof *inputs * ((size_t)count + 1));
  for (int32_t i = 0; i < operands.count && hr_scope_ok(scope); ++i)
    inputs[i] = hr_convert(scope, hr_operands_at(operands, i), HR_INVALID, NULL);
  if (!hr_scope_ok(scope)) return NULL;
  if (captured.count) memcpy(inputs + operands.count, captured.items, sizeof *inputs * (size_t)captured.count);
  const char *name = options && options->name ? options->name : f->name;
  if (!check_inputs(scope, hr_function_find(hr_scope_graph(scope), hr_view_of(f->name)), name, count, inputs))
    return NULL;
  hr_node_builder *n = hr_node_begin(scope, f->name, name);
  for (int32_t i = 0; i < count; ++i)
    hr_node_add_input(n, inputs[i]);
  if (!f->infer_shapes) hr_node_set_bool(n, HR_NO_CALL_SHAPES, true);
  return hr_node_finish(n);
}

hr_outputs hr_call_with(hr_scope scope, const hr_defined *f, hr_operands inputs, const hr_op_options *options) {
  hr_node *node = hr_call_node(scope, f, inputs, options);
  hr_output *outputs = node ? hr_keep_bytes(scope, sizeof *outputs * ((size_t)node->num_outputs + 1)) : NULL;
  if (!outputs) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < node->num_outputs; ++i)
    outputs[i] = (hr_output){node, i};
  return (hr_outputs){node->num_outputs, outputs};
}

/* ---- function values --------------------------------------------------------------------------------------------- */

const hr_function_attr *hr_function_value(hr_scope scope, const char *name) {
  if (!hr_scope_ok(scope)) return NULL;
  hr_function_attr *value = hr_keep_bytes(scope, sizeof *value);
  const char *copy = hr_keep_text(scope, name);
  if (!value || !copy) return NULL;
  value->name = copy;
  return value;
}

const hr_function_attr *hr_defined_value(hr_scope scope, const hr_defined *function) {
  if (!hr_scope_ok(scope) || !function) return NULL;
  hr_scope_fail(scope, hr_defined_add(hr_scope_graph(scope), function));
  return hr_function_value(scope, function->name);
}
