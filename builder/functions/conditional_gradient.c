#include "builder/functions/conditional_gradient.h"

#include "builder/functions/automatic_control.h"
#include "builder/functions/branch_gradient.h"
#include "builder/functions/conditional.h"
#include "headrace/arrays.h"
#include "headrace/function.h"
#include "runtime/graph/attr.h"

/* One conditional. Its arrays have an item for each branch and are the graph's. */
typedef struct conditional {
  hr_gradient_context *c;
  bool is_case;
  int32_t count;
  const hr_function_attr **functions;
  hr_branch_gradient *gradients;
  hr_function_branch *branches; /* of the conditional of the gradients */
} conditional;

static bool describe(hr_gradient_context *c, conditional *out) {
  *out = (conditional){.c = c, .is_case = strcmp(c->node->op->name, "Case") == 0, .count = 2};
  const hr_attr_value *list = out->is_case ? hr_node_attr(c->node, "branches") : NULL;
  if (list) out->count = list->count;
  size_t count = (size_t)out->count;
  out->functions = hr_keep_bytes(c->scope, sizeof *out->functions * count);
  out->gradients = hr_keep_bytes(c->scope, sizeof *out->gradients * count);
  out->branches = hr_keep_bytes(c->scope, sizeof *out->branches * count);
  if (!out->functions || !out->gradients || !out->branches) return false;
  for (int32_t b = 0; b < out->count; ++b)
    out->functions[b] = list ? list->funcs[b] : hr_node_attr(c->node, b == 0 ? "then_branch" : "else_branch")->func;
  return true;
}

/* ---- what each branch's gradient returns ------------------------------------------------------------------------- */

/* Each tensor that is returned goes through an Identity, which waits for what must run. */
static hr_status end_backward(hr_branch_gradient *g, hr_function_branch *branch) {
  hr_scope scope = g->backward.scope;
  int32_t count = 0, num_gradients = g->forward.arguments.count;
  hr_output *passed = hr_keep_bytes(scope, sizeof *passed * (3 * (size_t)num_gradients + 1));
  for (int32_t i = 0; passed && i < num_gradients; ++i) {
    hr_gradient *gradient = &g->gradients[i];
    hr_output *parts[] = {&gradient->value, &gradient->indices, &gradient->dense_shape};
    for (int part = 0; part < 3; ++part)
      if (parts[part]->node) passed[count++] = *parts[part] = hr_identity(scope, *parts[part]);
  }
  HR_TRY(hr_builder_status(scope.builder));
  hr_node **controls;
  HR_TRY(hr_add_automatic_control(scope, (hr_outputs){count, passed}, &branch->num_controls, &controls));
  branch->controls = controls;
  return HR_SUCCESS;
}

/* All rows of a tensor. */
static hr_gradient as_rows(hr_scope scope, hr_output tensor) {
  hr_output shape = hr_tf_shape(scope, tensor);
  return (hr_gradient){tensor, hr_tf_range(scope, 0, hr_at(scope, shape, HR_INDEX(0)), 1), shape};
}

/* Where one branch gives rows of a tensor and another one the whole, the whole becomes rows, too. */
static void match_rows(const conditional *of, int32_t index) {
  int32_t sparse = 0;
  for (int32_t b = 0; b < of->count; ++b)
    sparse += hr_gradient_is_sparse(of->gradients[b].gradients[index]);
  for (int32_t b = 0; b < of->count && sparse > 0; ++b) {
    hr_gradient *gradient = &of->gradients[b].gradients[index];
    if (!hr_gradient_is_sparse(*gradient)) *gradient = as_rows(of->gradients[b].backward.scope, gradient->value);
  }
}

/* Indices of several dtypes become int64. */
static void match_indices(const conditional *of, int32_t index) {
  bool differ = false;
  for (int32_t b = 0; b < of->count; ++b) {
    hr_output indices = of->gradients[b].gradients[index].indices, first = of->gradients[0].gradients[index].indices;
    if (!indices.node || !first.node) return;
    differ |= hr_output_base_dtype(indices) != hr_output_base_dtype(first);
  }
  for (int32_t b = 0; b < of->count && differ; ++b) {
    hr_output *indices = &of->gradients[b].gradients[index].indices;
    *indices = hr_tf_cast(of->gradients[b].backward.scope, *indices, HR_INT64);
  }
}

static hr_status list_results(const conditional *of, int32_t b) {
  hr_branch_gradient *g = &of->gradients[b];
  hr_scope scope = g->backward.scope;
  int32_t count = 0, num_gradients = g->forward.arguments.count;
  hr_output *results = hr_keep_bytes(scope, sizeof *results * (3 * (size_t)num_gradients + 1));
  for (int32_t i = 0; results && i < num_gradients; ++i) {
    const hr_gradient *gradient = &g->gradients[i], *first = &of->gradients[0].gradients[i];
    if (!gradient->dense_shape.node != !first->dense_shape.node)
      return hr_error(HR_INVALID_ARGUMENT, "The gradients of %s are rows of a tensor whose shape not all branches know",
                      of->c->node->name);
    results[count++] = hr_function_capture(scope, gradient->value);
    if (gradient->indices.node) results[count++] = hr_function_capture(scope, gradient->indices);
    if (gradient->dense_shape.node) results[count++] = hr_function_capture(scope, gradient->dense_shape);
  }
  of->branches[b].results = (hr_outputs){count, results};
  return hr_builder_status(scope.builder);
}

static hr_status match_gradients(const conditional *of) {
  int32_t num_gradients = of->gradients[0].forward.arguments.count;
  for (int32_t i = 0; i < num_gradients; ++i)
    match_rows(of, i);
  for (int32_t i = 0; i < num_gradients; ++i)
    match_indices(of, i);
  for (int32_t b = 0; b < of->count; ++b)
    HR_TRY(list_results(of, b));
  return HR_SUCCESS;
}

/* ---- the conditional, which returns more ------------------------------------------------------------------------- */

/* The branch returns its optionals, and none in place of those that others have more. */
static hr_status return_more(hr_branch_gradient *g, int32_t count) {
  hr_scope scope = g->forward.scope;
  int32_t old = g->old_results.count;
  hr_output *results = hr_keep_bytes(scope, sizeof *results * ((size_t)old + (size_t)count + 1));
  if (!results) return hr_builder_status(scope.builder);
  if (old) memcpy(results, g->old_results.items, sizeof *results * (size_t)old);
  for (int32_t i = 0; i < count; ++i)
    results[old + i] =
        (size_t)i < g->wrapped.count ? HR_SCRATCH_AT(&g->wrapped, hr_output, i) : hr_optional_none(scope);
  g->forward.results = (hr_outputs){old + count, results};
  return hr_builder_status(scope.builder);
}

static hr_status change_functions(conditional *of) {
  hr_attr_value value = {.kind = HR_ATTR_FUNC, .is_list = true, .count = of->count, .funcs = of->functions};
  if (of->is_case) return hr_node_change_attr(of->c->node, "branches", &value);
  for (int32_t b = 0; b < of->count; ++b) {
    value = (hr_attr_value){.kind = HR_ATTR_FUNC, .func = of->functions[b]};
    HR_TRY(hr_node_change_attr(of->c->node, b == 0 ? "then_branch" : "else_branch", &value));
  }
  return HR_SUCCESS;
}

static hr_status add_outputs(conditional *of, hr_outputs results, int32_t old) {
  hr_node *node = of->c->node;
  hr_dtype *dtypes = hr_keep_bytes(of->c->scope, sizeof *dtypes * ((size_t)results.count + 1));
  hr_partial_shape *shapes = hr_keep_bytes(of->c->scope, sizeof *shapes * ((size_t)results.count + 1));
  if (!dtypes || !shapes) return hr_builder_status(of->c->scope.builder);
  for (int32_t i = 0; i < results.count; ++i) {
    dtypes[i] = hr_output_base_dtype(results.items[i]);
    shapes[i] = *hr_output_shape(results.items[i]);
  }
  hr_attr_value types = {
      .kind = HR_ATTR_TYPE, .is_list = true, .count = results.count, .types = (const int32_t *)dtypes};
  hr_attr_value known = {.kind = HR_ATTR_SHAPE, .is_list = true, .count = results.count, .shapes = shapes};
  HR_TRY(hr_node_change_attr(node, "Tout", &types));
  HR_TRY(hr_node_change_attr(node, "output_shapes", &known));
  return hr_node_add_outputs(node, (hr_outputs){results.count - old, results.items + old});
}

static hr_status rewrite(conditional *of) {
  bool must = false;
  int32_t most = 0;
  for (int32_t b = 0; b < of->count; ++b) {
    must |= of->gradients[b].must_return_more;
    if ((int32_t)of->gradients[b].wrapped.count > most) most = (int32_t)of->gradients[b].wrapped.count;
  }
  if (!must) return HR_SUCCESS;
  for (int32_t b = 0; b < of->count; ++b)
    HR_TRY(return_more(&of->gradients[b], most));
  for (int32_t b = 0; b < of->count; ++b) {
    of->functions[b] =
        hr_rewrite_function(of->c->scope, of->c->node->graph, of->functions[b], &of->gradients[b].forward);
    HR_TRY(hr_builder_status(of->c->scope.builder));
  }
  HR_TRY(change_functions(of));
  return add_outputs(of, of->gradients[0].forward.results, of->gradients[0].old_results.count);
}

/* ---- the conditional of the gradients ---------------------------------------------------------------------------- */

/* What a branch's tensors are outside of it: results and inputs of the conditional. */
static hr_status resolve_inputs(const conditional *of, int32_t b) {
  const hr_function_body_graph *forward = &of->gradients[b].forward;
  hr_function_branch *branch = &of->branches[b];
  hr_branch_take_captured(branch);
  hr_output *outside = hr_keep_bytes(of->c->scope, sizeof *outside * ((size_t)branch->outside.count + 1));
  for (int32_t i = 0; outside && i < branch->outside.count; ++i) {
    outside[i] = branch->outside.items[i];
    if (outside[i].node->graph != forward->graph) continue;
    int32_t result = hr_outputs_find(forward->results, outside[i]),
            argument = hr_outputs_find(forward->arguments, outside[i]);
    if (result < 0 && argument < 0)
      return hr_error(HR_INTERNAL, "%s is neither argument nor result of a branch of %s", outside[i].node->name,
                      of->c->node->name);
    outside[i] = result >= 0 ? (hr_output){of->c->node, result} : of->c->node->inputs[1 + argument];
  }
  branch->outside.items = outside;
  return hr_builder_status(of->c->scope.builder);
}

static void give_gradients(const conditional *of, hr_outputs outputs) {
  const hr_gradient *like = of->gradients[0].gradients;
  const hr_output *next = outputs.items;
  for (int32_t i = 0; outputs.count && i < of->c->node->num_inputs - 1; ++i) {
    hr_gradient *gradient = &of->c->inputs[1 + i];
    gradient->value = *next++;
    if (like[i].indices.node) gradient->indices = *next++;
    if (like[i].dense_shape.node) gradient->dense_shape = *next++;
  }
}

static hr_status build(conditional *of) {
  hr_scope scope = of->c->scope;
  for (int32_t b = 0; b < of->count; ++b) {
    const char *prefix = hr_keep_printf(scope, "%s_grad", of->functions[b]->name);
    if (!prefix) return hr_builder_status(scope.builder);
    HR_TRY(hr_branch_gradient_build(of->c, of->functions[b], &of->gradients[b]));
    of->branches[b] =
        (hr_function_branch){.name = hr_counted_name(scope, prefix), .scope = of->gradients[b].backward.scope};
    HR_TRY(end_backward(&of->gradients[b], &of->branches[b]));
  }
  HR_TRY(rewrite(of));
  HR_TRY(match_gradients(of));
  for (int32_t b = 0; b < of->count; ++b)
    HR_TRY(resolve_inputs(of, b));
  const char *op = of->is_case ? "Case" : "If";
  const hr_node *node =
      hr_conditional_node(scope, op, of->is_case ? "gradient" : NULL, of->c->node->inputs[0], of->count, of->branches);
  give_gradients(of, hr_conditional_results(scope, node));
  return HR_SUCCESS;
}

hr_status hr_differentiate_conditional(hr_gradient_context *c) {
  conditional of;
  if (c->node->num_inputs == 1 || !describe(c, &of)) return HR_SUCCESS;
  hr_status status = build(&of);
  for (int32_t b = 0; b < of.count; ++b)
    hr_branch_gradient_free(&of.gradients[b]);
  return status;
}
