#include "builder/functions/branch_gradient.h"

#include "builder/gradient_reach.h"
#include "builder/gradients.h"
#include "headrace/arrays.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/function_graph.h"

/* ---- what the gradient reads of the branch ----------------------------------------------------------------------- */

static bool has(hr_outputs list, hr_output output) { return hr_outputs_find(list, output) >= 0; }

/* The optional of a tensor that an earlier gradient has made a result of the branch. */
static hr_output find_optional(const hr_branch_gradient *g, hr_output value) {
  for (int32_t i = 0; i < g->old_results.count; ++i) {
    hr_output result = g->old_results.items[i];
    const hr_node *node = result.node;
    if (strcmp(node->op->name, "OptionalFromValue") == 0 && hr_output_equal(node->inputs[0], value)) return result;
  }
  return HR_NO_OUTPUT;
}

static hr_status wrap(hr_branch_gradient *g, hr_output value, hr_output *optional) {
  *optional = find_optional(g, value);
  if (!optional->node) {
    *optional = hr_optional_from_value(g->forward.scope, ((hr_outputs){1, &value}));
    HR_TRY(hr_builder_status(g->forward.builder));
    g->must_return_more = true;
  }
  return HR_PUSH(&g->wrapped, *optional);
}

/* The argument of the branch that a resource inside of it comes from. */
static hr_status argument_behind(const hr_branch_gradient *g, hr_output resource, hr_output *argument) {
  *argument = resource;
  while (!has(g->forward.arguments, *argument)) {
    if (argument->node->num_inputs == 0 || hr_output_dtype(argument->node->inputs[0]) != HR_RESOURCE)
      return hr_error(HR_INVALID_ARGUMENT, "The gradient of a branch reads %s, which is no argument of the branch",
                      resource.node->name);
    *argument = argument->node->inputs[0];
  }
  return HR_SUCCESS;
}

static hr_status unwrap(hr_scope scope, hr_output optional, const char *name, hr_output like, hr_output *value) {
  hr_output inside;
  HR_TRY(hr_capture_as_argument(scope, optional, name, &inside));
  hr_dtype dtype = hr_output_dtype(like);
  hr_outputs values =
      hr_optional_get_value(scope, inside, ((hr_types){1, &dtype}), ((hr_shapes){1, hr_output_shape(like)}));
  HR_TRY(hr_builder_status(scope.builder));
  *value = values.items[0];
  return HR_SUCCESS;
}

typedef struct unwrapped {
  hr_output outside, inside;
} unwrapped;

static hr_status capture(void *argument, hr_scope scope, hr_output outside, hr_output *inside) {
  hr_branch_gradient *g = argument;
  const char *name = outside.node->name;
  if (has(g->forward.arguments, outside) || has(g->old_results, outside))
    return hr_capture_as_argument(scope, outside, name, inside);
  for (size_t i = 0; i < g->unwrapped.count; ++i) {
    const unwrapped *known = &HR_SCRATCH_AT(&g->unwrapped, unwrapped, i);
    if (!hr_output_equal(known->outside, outside)) continue;
    *inside = known->inside;
    return HR_SUCCESS;
  }
  hr_output source;
  if (hr_output_dtype(outside) == HR_RESOURCE) {
    HR_TRY(argument_behind(g, outside, &source));
    HR_TRY(hr_capture_as_argument(scope, source, name, inside));
  } else {
    HR_TRY(wrap(g, outside, &source));
    HR_TRY(unwrap(scope, source, name, outside, inside));
  }
  unwrapped pair = {outside, *inside};
  return HR_PUSH(&g->unwrapped, pair);
}

/* ---- the gradient ------------------------------------------------------------------------------------------------ */

/* What stands where nothing depends on an argument. */
static hr_output zeros_for(hr_scope scope, hr_output argument) {
  const hr_handle_data *handle = hr_output_handle_data(argument);
  if (hr_output_dtype(argument) != HR_RESOURCE || !handle) return hr_tf_zeros_like(scope, argument);
  return hr_zeros(scope, hr_variable_shape(scope, argument), .dtype = handle->dtype);
}

static hr_status differentiate(hr_gradient_context *c, hr_branch_gradient *g) {
  hr_scope scope = g->backward.scope;
  int32_t count = g->old_results.count, num_ys = 0;
  hr_output *ys = hr_keep_bytes(scope, sizeof *ys * ((size_t)count + 1));
  hr_gradient *grad_ys = hr_keep_bytes(scope, sizeof *grad_ys * ((size_t)count + 1));
  g->gradients = hr_keep_bytes(scope, sizeof *g->gradients * ((size_t)g->forward.arguments.count + 1));
  if (!ys || !grad_ys || !g->gradients) return hr_builder_status(scope.builder);
  for (int32_t i = 0; i < count; ++i) {
    if (!hr_is_trainable(g->old_results.items[i])) continue;
    ys[num_ys] = g->old_results.items[i];
    grad_ys[num_ys++] = c->outputs[i];
  }
  hr_gradients_options options = {.grad_ys = grad_ys};
  hr_gradients_of_graph(scope, g->forward.graph, (hr_outputs){num_ys, ys}, g->forward.arguments, g->gradients,
                        &options);
  for (int32_t i = 0; i < g->forward.arguments.count && hr_scope_ok(scope); ++i)
    if (!hr_gradient_exists(g->gradients[i]))
      g->gradients[i] = hr_dense_gradient(zeros_for(scope, g->forward.arguments.items[i]));
  return hr_builder_status(scope.builder);
}

hr_status hr_branch_gradient_build(hr_gradient_context *c, const hr_function_attr *function, hr_branch_gradient *g) {
  const hr_node *node = c->node;
  hr_outputs inputs = {node->num_inputs - 1, node->inputs + 1};
  HR_TRY(hr_body_of_function(node->graph, function, inputs, &g->forward));
  if (g->forward.results.count != node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "%s has %d outputs, but function %s returns %d tensors", node->name,
                    (int)node->num_outputs, function->name, (int)g->forward.results.count);
  g->old_results = g->forward.results;
  HR_TRY(hr_body_begin(c->scope, &g->backward));
  hr_graph_set_runs_in_order(g->backward.graph, true);
  hr_graph_capture_from(g->backward.graph, g->forward.graph, capture, g);
  return differentiate(c, g);
}

void hr_branch_gradient_free(hr_branch_gradient *g) {
  hr_scratch_free(&g->wrapped);
  hr_scratch_free(&g->unwrapped);
  hr_body_free(&g->backward);
  hr_body_free(&g->forward);
}
