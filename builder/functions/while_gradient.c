#include "builder/functions/while_gradient.h"

#include "builder/functions/automatic_control.h"
#include "builder/functions/conditional.h"
#include "builder/functions/defined.h"
#include "builder/functions/functional_while.h"
#include "builder/functions/iteration_gradient.h"
#include "builder/gradient_reach.h"
#include "headrace/arrays.h"
#include "headrace/function.h"
#include "ops/wrapper.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/function_graph.h"

enum { OWN = 3 }; /* the counter, the limit and the iterations that there were */

typedef struct backward_loop {
  hr_gradient_context *c;
  hr_iteration_gradient iteration;
  int32_t count, *variables;     /* those of the forward loop that have gradients */
  hr_outputs initial;            /* the backward loop's own variables, and the gradients */
  hr_outputs arguments, results; /* of its body, the same */
} backward_loop;

static hr_status status_of(const backward_loop *l) { return hr_builder_status(l->c->scope.builder); }

/* ---- variables --------------------------------------------------------------------------------------------------- */

/* A list of what has no gradients has none, either. */
static bool is_trainable(hr_output result) {
  if (strcmp(result.node->op->name, "TensorListPopBack") == 0 && result.index == 0)
    return hr_dtype_is_trainable((hr_dtype)hr_node_attr(result.node, "element_dtype")->type);
  return hr_is_trainable(result);
}

static hr_status check(const hr_node *node) {
  for (int i = 0; i < 2; ++i)
    if (node->num_inputs < 2 || hr_output_base_dtype(node->inputs[i]) != HR_INT32 ||
        hr_output_rank(node->inputs[i]) > 0)
      return hr_error(HR_INVALID_ARGUMENT,
                      "The gradient of %s needs a counter and a limit of iterations as its first variables",
                      node->name);
  return HR_SUCCESS;
}

static hr_status find_variables(backward_loop *l) {
  hr_gradient_context *c = l->c;
  const hr_attr_value *original = hr_node_attr(c->node, "_num_original_outputs");
  int32_t count = c->node->num_outputs;
  if (original && original->kind == HR_ATTR_INT && original->i >= 0 && original->i < count)
    count = (int32_t)original->i;
  l->variables = hr_keep_bytes(c->scope, sizeof *l->variables * ((size_t)count + 1));
  for (int32_t i = 0; l->variables && i < count; ++i)
    if (hr_gradient_exists(c->outputs[i]) && is_trainable(l->iteration.results.items[i])) l->variables[l->count++] = i;
  return status_of(l);
}

static hr_status begin_variables(backward_loop *l) {
  hr_gradient_context *c = l->c;
  hr_output *items = hr_keep_bytes(c->scope, sizeof *items * (size_t)(OWN + l->count));
  if (!items) return status_of(l);
  items[0] = hr_convert(c->scope, hr_operand_int(0), HR_INT32, "grad_counter");
  items[1] = c->node->inputs[1];
  items[2] = (hr_output){c->node, 0};
  for (int32_t i = 0; i < l->count; ++i)
    items[OWN + i] = hr_gradient_to_tensor(c->scope, c->outputs[l->variables[i]], NULL);
  l->initial = (hr_outputs){OWN + l->count, items};
  return status_of(l);
}

/* An argument of the graph for each of the variables. */
static hr_outputs make_arguments(hr_scope scope, hr_outputs variables) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)variables.count + 1));
  for (int32_t i = 0; items && i < variables.count && hr_scope_ok(scope); ++i) {
    hr_output variable = variables.items[i];
    items[i] = hr_placeholder(scope, hr_output_base_dtype(variable), .shape = *hr_output_shape(variable));
    if (items[i].node) hr_scope_fail(scope, hr_node_know_handle(items[i].node, hr_output_handle_data(variable)));
  }
  return (hr_outputs){hr_scope_ok(scope) ? variables.count : 0, items};
}

/* ---- the body ---------------------------------------------------------------------------------------------------- */

/* Each tensor that is returned goes through an Identity, which waits for what must run. */
static hr_status pass_on(hr_function_branch *made, hr_outputs tensors) {
  hr_scope scope = made->scope;
  hr_output *passed = hr_keep_bytes(scope, sizeof *passed * ((size_t)tensors.count + 1));
  for (int32_t i = 0; passed && i < tensors.count; ++i)
    passed[i] = hr_identity(scope, tensors.items[i]);
  HR_TRY(hr_builder_status(scope.builder));
  hr_node **controls;
  made->results = (hr_outputs){tensors.count, passed};
  HR_TRY(hr_add_automatic_control(scope, made->results, &made->num_controls, &controls));
  made->controls = controls;
  return HR_SUCCESS;
}

/* The results of the body's own: the counter, and the gradients, of which rows become whole. */
static hr_status return_gradients(backward_loop *l, hr_function_branch *body, const hr_gradient *gradients) {
  hr_scope scope = body->scope;
  hr_output *parts = hr_keep_bytes(scope, sizeof *parts * (size_t)(OWN + 3 * l->count));
  hr_output *results = hr_keep_bytes(scope, sizeof *results * (size_t)(OWN + l->count));
  if (!parts || !results) return hr_builder_status(scope.builder);
  int32_t count = OWN;
  parts[0] = hr_plus(scope, l->arguments.items[0], 1);
  memcpy(parts + 1, l->arguments.items + 1, sizeof *parts * 2);
  for (int32_t i = 0; i < l->count; ++i) {
    parts[count++] = gradients[i].value;
    if (gradients[i].indices.node) parts[count++] = gradients[i].indices;
    if (gradients[i].dense_shape.node) parts[count++] = gradients[i].dense_shape;
  }
  HR_TRY(pass_on(body, (hr_outputs){count, parts}));
  const hr_output *next = body->results.items;
  for (int32_t i = 0; i < OWN; ++i)
    results[i] = *next++;
  for (int32_t i = 0; i < l->count; ++i) {
    hr_gradient gradient = hr_dense_gradient(*next++);
    if (gradients[i].indices.node) gradient.indices = *next++;
    if (gradients[i].dense_shape.node) gradient.dense_shape = *next++;
    results[OWN + i] = hr_gradient_to_tensor(scope, gradient, NULL);
  }
  body->results = (hr_outputs){OWN + l->count, results};
  return hr_builder_status(scope.builder);
}

static hr_status build_body(backward_loop *l, hr_function_branch *body) {
  hr_iteration_gradient *g = &l->iteration;
  hr_scope scope = body->scope = g->backward.scope;
  size_t count = (size_t)l->count + 1;
  hr_output *ys = hr_keep_bytes(scope, sizeof *ys * count), *xs = hr_keep_bytes(scope, sizeof *xs * count);
  hr_gradient *gradients = hr_keep_bytes(scope, sizeof *gradients * 2 * count), *given = gradients + count;
  l->arguments = make_arguments(scope, l->initial);
  if (!ys || !xs || !gradients || !hr_scope_ok(scope)) return hr_builder_status(scope.builder);
  for (int32_t i = 0; i < l->count; ++i) {
    ys[i] = g->results.items[l->variables[i]];
    xs[i] = g->arguments.items[l->variables[i]];
    given[i] = hr_dense_gradient(l->arguments.items[OWN + i]);
  }
  HR_TRY(hr_iteration_gradient_build(g, (hr_outputs){l->count, ys}, (hr_outputs){l->count, xs}, given, gradients));
  return return_gradients(l, body, gradients);
}

/* What is captured goes from iteration to iteration. */
static hr_status add_captured(backward_loop *l, hr_function_branch *body) {
  hr_branch_take_captured(body);
  l->arguments = hr_join_outputs(body->scope, l->arguments, body->inside);
  hr_outputs next = hr_iteration_gradient_next(&l->iteration, body->inside);
  body->results = hr_join_outputs(body->scope, body->results, next);
  return hr_builder_status(body->scope.builder);
}

/* ---- the forward loop, which keeps more -------------------------------------------------------------------------- */

static hr_status rewrite_function(backward_loop *l, const char *attr, const hr_function_body_graph *graph) {
  hr_node *node = l->c->node;
  hr_attr_value value = {.kind = HR_ATTR_FUNC,
                         .func = hr_rewrite_function(l->c->scope, node->graph, hr_node_attr(node, attr)->func, graph)};
  HR_TRY(status_of(l));
  return hr_node_change_attr(node, attr, &value);
}

static hr_status rewrite(backward_loop *l) {
  const hr_iteration_gradient *g = &l->iteration;
  hr_node *node = l->c->node;
  hr_outputs lists = {(int32_t)g->lists.count, g->lists.items}, results = g->body.results;
  if (lists.count == 0) return HR_SUCCESS;
  hr_dtype *dtypes = hr_keep_bytes(l->c->scope, sizeof *dtypes * (size_t)results.count);
  hr_partial_shape *shapes = hr_keep_bytes(l->c->scope, sizeof *shapes * (size_t)results.count);
  if (!dtypes || !shapes) return status_of(l);
  for (int32_t i = 0; i < results.count; ++i) {
    dtypes[i] = hr_output_base_dtype(results.items[i]);
    shapes[i] = *hr_output_shape(results.items[i]);
  }
  hr_attr_value types = hr_types_value((hr_types){results.count, dtypes}),
                known = hr_shapes_value((hr_shapes){results.count, shapes});
  HR_TRY(rewrite_function(l, "cond", &g->condition));
  HR_TRY(rewrite_function(l, "body", &g->body));
  HR_TRY(hr_node_change_attr(node, "T", &types));
  HR_TRY(hr_node_change_attr(node, "output_shapes", &known));
  HR_TRY(hr_node_add_inputs(node, lists));
  return hr_node_add_outputs(node, (hr_outputs){lists.count, results.items + g->num_variables});
}

static hr_status count_outputs(backward_loop *l) {
  hr_attr_value count = {.kind = HR_ATTR_INT, .i = l->c->node->num_outputs};
  return hr_node_set_extra_attr(l->c->node, "_num_original_outputs", &count);
}

/* ---- the backward loop ------------------------------------------------------------------------------------------- */

/* What the body has captured of the forward body is, outside of it, a result of the forward loop. */
static hr_status resolve(const backward_loop *l, hr_function_branch *body) {
  const hr_function_body_graph *forward = &l->iteration.body;
  hr_output *outside = hr_keep_bytes(l->c->scope, sizeof *outside * ((size_t)body->outside.count + 1));
  for (int32_t i = 0; outside && i < body->outside.count; ++i) {
    outside[i] = body->outside.items[i];
    if (outside[i].node->graph != forward->graph) continue;
    int32_t result = hr_outputs_find(forward->results, outside[i]);
    if (result < 0)
      return hr_error(HR_INTERNAL, "%s is no result of the body of %s", outside[i].node->name, l->c->node->name);
    outside[i] = (hr_output){l->c->node, result};
  }
  body->outside.items = outside;
  return status_of(l);
}

static hr_status build_condition(backward_loop *l, hr_outputs variables, hr_function_body_graph *graph,
                                 hr_function_branch *made) {
  HR_TRY(hr_body_begin(l->c->scope, graph));
  hr_graph_set_runs_in_order(graph->graph, true);
  made->scope = graph->scope;
  graph->arguments = make_arguments(graph->scope, variables);
  HR_TRY(hr_builder_status(graph->builder));
  hr_output goes_on = hr_less(graph->scope, graph->arguments.items[0], graph->arguments.items[2]);
  return pass_on(made, (hr_outputs){1, &goes_on});
}

static const char *gradient_name(const backward_loop *l, const char *function) {
  const char *prefix = hr_keep_printf(l->c->scope, "%s_grad", function);
  return prefix ? hr_counted_name(l->c->scope, prefix) : NULL;
}

static hr_status give_gradients(const backward_loop *l, hr_outputs outputs) {
  for (int32_t i = 0; i < l->count && outputs.count > OWN + i; ++i)
    l->c->inputs[l->variables[i]] = hr_dense_gradient(outputs.items[OWN + i]);
  return status_of(l);
}

static hr_status build(backward_loop *l, hr_function_body_graph *condition_graph) {
  hr_gradient_context *c = l->c;
  hr_function_branch body = {.name = gradient_name(l, hr_node_attr(c->node, "body")->func->name)}, condition = {0};
  HR_TRY(find_variables(l));
  if (l->count == 0) return HR_SUCCESS;
  HR_TRY(begin_variables(l));
  HR_TRY(build_body(l, &body));
  HR_TRY(rewrite(l));
  HR_TRY(count_outputs(l));
  HR_TRY(add_captured(l, &body));
  HR_TRY(resolve(l, &body));
  hr_outputs inputs = hr_join_outputs(c->scope, l->initial, body.outside);
  condition.name = gradient_name(l, hr_node_attr(c->node, "cond")->func->name);
  HR_TRY(status_of(l));
  HR_TRY(build_condition(l, inputs, condition_graph, &condition));
  HR_TRY(hr_branch_add_function(hr_scope_graph(c->scope), &condition, condition_graph->arguments));
  HR_TRY(hr_branch_add_function(hr_scope_graph(c->scope), &body, l->arguments));
  const char *name = hr_keep_printf(c->scope, "%s_grad", c->node->name);
  hr_while_parts parts = {condition.name, body.name, inputs, body.results,
                          (int32_t)hr_node_attr(c->node, "parallel_iterations")->i};
  return give_gradients(l, hr_conditional_results(c->scope, hr_while_node(c->scope, name, &parts)));
}

hr_status hr_differentiate_while(hr_gradient_context *c) {
  HR_TRY(check(c->node));
  backward_loop l = {.c = c};
  hr_function_body_graph condition = {0};
  hr_status status = hr_iteration_gradient_begin(c, &l.iteration);
  if (!status) status = build(&l, &condition);
  hr_body_free(&condition);
  hr_iteration_gradient_free(&l.iteration);
  return status;
}
