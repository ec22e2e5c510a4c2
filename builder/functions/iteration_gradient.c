#include "builder/functions/iteration_gradient.h"

#include "builder/functions/defined.h"
#include "builder/gradients.h"
#include "builder/tensor_list.h"
#include "headrace/function.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/function_graph.h"

typedef struct pair {
  hr_output of, is;
} pair;

static bool find(const hr_scratch *pairs, hr_output of, hr_output *is) {
  for (size_t i = 0; i < pairs->count; ++i) {
    const pair *p = &HR_SCRATCH_AT(pairs, pair, i);
    if (!hr_output_equal(p->of, of)) continue;
    *is = p->is;
    return true;
  }
  return false;
}

static bool is_op(hr_output output, const char *op) { return strcmp(output.node->op->name, op) == 0; }

/* ---- lists of the loop ------------------------------------------------------------------------------------------- */

/* The result of the body that a list goes on as: itself, or through an Identity. */
static bool is_next(hr_output result, hr_output list) {
  return hr_output_equal(result, list) || (is_op(result, "Identity") && hr_output_equal(result.node->inputs[0], list));
}

/* The tensors of the body that the loop keeps in lists for an earlier gradient, and the results that the lists are. */
static hr_status find_lists(hr_iteration_gradient *g) {
  int32_t count = hr_graph_node_count(g->body.graph);
  for (int32_t i = 0; i < count; ++i) {
    hr_output pushed = {hr_graph_node(g->body.graph, i), 0};
    int32_t variable = is_op(pushed, "TensorListPushBack") ? hr_outputs_find(g->arguments, pushed.node->inputs[0]) : -1;
    if (variable < 0 || !is_next(g->results.items[variable], pushed)) continue;
    pair kept = {pushed.node->inputs[1], g->results.items[variable]};
    HR_TRY(HR_PUSH(&g->kept, kept));
  }
  return HR_SUCCESS;
}

/* The name scope of a graph that is open while a body in it is built; NULL at its root. */
static const char *scope_open_in(const hr_graph *graph, const hr_graph *body) {
  while (hr_graph_outer(body) && hr_graph_outer(body) != graph)
    body = hr_graph_outer(body);
  return hr_graph_outer(body) && *hr_graph_scope_around(body) ? hr_graph_scope_around(body) : NULL;
}

/* The scope that makes nodes beside the loop, which wait for nothing. */
static hr_status scope_around(hr_iteration_gradient *g, hr_scope *scope) {
  hr_scope own = g->c->scope;
  if (g->c->node->graph != hr_scope_graph(own)) {
    if (!g->around) g->around = hr_builder_new(g->c->node->graph);
    if (!g->around) return hr_error_out_of_memory(sizeof *scope, "a loop");
    own = hr_name_scope(hr_builder_root(g->around), scope_open_in(g->c->node->graph, hr_scope_graph(own)));
  }
  *scope = hr_control_dependencies(own, 0, NULL);
  return hr_builder_status(scope->builder);
}

/* An empty list for values of a tensor, as many as the loop may have iterations. */
static hr_status make_list(hr_iteration_gradient *g, hr_output value, hr_output *list) {
  hr_scope scope;
  HR_TRY(scope_around(g, &scope));
  const char *name = hr_keep_printf(scope, "%s_%d/accumulator", value.node->name, (int)value.index);
  int64_t sizes[HR_MAX_RANK];
  hr_operand shape = hr_list_element_shape(scope, hr_output_shape(value), sizes);
  *list = hr_call_one(scope, "EmptyTensorList", name, HR_OPERANDS(shape, g->c->node->inputs[1]),
                      HR_ATTRS({"element_dtype", HR_ATTR_TYPE_VALUE(hr_output_base_dtype(value))}));
  hr_status status = hr_builder_status(scope.builder);
  hr_scope_close(scope);
  HR_TRY(status);
  return HR_PUSH(&g->lists, *list);
}

/* The body pushes the tensor on a list: `*pushed` is a result of it. */
static hr_status push(hr_iteration_gradient *g, hr_output value, hr_output *pushed) {
  if (find(&g->kept, value, pushed)) return HR_SUCCESS;
  hr_output list;
  HR_TRY(make_list(g, value, &list));
  *pushed = hr_tensor_list_push_back(g->body.scope, list, value);
  hr_function_capture(g->condition.scope, list);
  HR_TRY(hr_builder_status(g->body.builder));
  HR_TRY(hr_builder_status(g->condition.builder));
  return HR_PUSH(&g->pushed, *pushed);
}

static hr_status pop(hr_iteration_gradient *g, hr_scope scope, hr_output pushed, const char *name, hr_dtype dtype,
                     hr_output *value) {
  hr_output list;
  HR_TRY(hr_capture_as_argument(scope, pushed, name, &list));
  hr_operand operands[] = {hr_operand_output(list), hr_operand_int(-1)};
  hr_named_attr attrs[] = {{"element_dtype", HR_ATTR_TYPE_VALUE(dtype)}};
  hr_node *node = hr_call_op(scope, "TensorListPopBack", NULL, 2, operands, 1, attrs);
  HR_TRY(hr_builder_status(scope.builder));
  *value = (hr_output){node, 1};
  pair left = {list, {node, 0}};
  return HR_PUSH(&g->popped, left);
}

/* ---- what the gradient reads of the body ------------------------------------------------------------------------- */

/* The input of the loop that a resource inside of its body comes from. */
static hr_status resource_input(const hr_iteration_gradient *g, hr_output resource, hr_output *input) {
  hr_output from = resource;
  int32_t variable, left = hr_graph_node_count(g->body.graph); /* a graph from outside may lead in a circle */
  while ((variable = hr_outputs_find(g->arguments, from)) < 0) {
    const hr_node *node = from.node;
    int32_t index = from.index < node->num_inputs ? from.index : 0;
    if (left-- == 0 || node->num_inputs == 0 || hr_output_dtype(node->inputs[index]) != HR_RESOURCE)
      return hr_error(HR_INVALID_ARGUMENT, "The gradient of a loop reads %s, which is no argument of its body",
                      resource.node->name);
    from = node->inputs[index];
  }
  *input = g->c->node->inputs[variable];
  return HR_SUCCESS;
}

/* The same in all iterations: an argument that is a result in its place. */
static bool is_invariant(const hr_iteration_gradient *g, hr_output value) {
  return hr_outputs_find(g->arguments, value) >= 0 && hr_outputs_find(g->results, value) >= 0;
}

static hr_status capture(void *argument, hr_scope scope, hr_output outside, hr_output *inside) {
  hr_iteration_gradient *g = argument;
  const char *name = outside.node->name;
  while (is_op(outside, "Identity"))
    outside = outside.node->inputs[0];
  if (find(&g->known, outside, inside)) return HR_SUCCESS;
  hr_output pushed;
  if (is_invariant(g, outside)) {
    HR_TRY(hr_capture_as_argument(scope, outside, name, inside));
  } else if (is_op(outside, "Const")) {
    *inside = hr_constant(scope, hr_operand_tensor(hr_node_attr(outside.node, "value")->tensor));
    HR_TRY(hr_builder_status(scope.builder));
  } else if (hr_output_dtype(outside) == HR_RESOURCE) {
    hr_output input;
    HR_TRY(resource_input(g, outside, &input));
    HR_TRY(hr_capture_as_argument(scope, input, input.node->name, inside));
  } else {
    HR_TRY(push(g, outside, &pushed));
    HR_TRY(pop(g, scope, pushed, name, hr_output_base_dtype(outside), inside));
  }
  pair value = {outside, *inside};
  return HR_PUSH(&g->known, value);
}

/* ---- the gradient ------------------------------------------------------------------------------------------------ */

hr_status hr_iteration_gradient_begin(hr_gradient_context *c, hr_iteration_gradient *g) {
  hr_node *node = c->node;
  *g = (hr_iteration_gradient){.c = c, .num_variables = node->num_outputs};
  hr_output *variables = hr_keep_bytes(c->scope, sizeof *variables * ((size_t)node->num_outputs + 1));
  if (!variables) return hr_builder_status(c->scope.builder);
  for (int32_t i = 0; i < node->num_outputs; ++i)
    variables[i] = (hr_output){node, i};
  hr_outputs inputs = {node->num_outputs, variables};
  HR_TRY(hr_body_of_function(node->graph, hr_node_attr(node, "cond")->func, inputs, &g->condition));
  HR_TRY(hr_body_of_function(node->graph, hr_node_attr(node, "body")->func, inputs, &g->body));
  if (g->body.results.count != node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "While loop body returned %d arguments. Expected: %d",
                    (int)g->body.results.count, (int)node->num_outputs);
  g->arguments = g->body.arguments;
  g->results = g->body.results;
  HR_TRY(find_lists(g));
  HR_TRY(hr_body_begin(c->scope, &g->backward));
  hr_graph_set_runs_in_order(g->backward.graph, true);
  hr_graph_capture_from(g->backward.graph, g->body.graph, capture, g);
  return HR_SUCCESS;
}

/* The lists are the last arguments of condition and body, and results of the body. */
static hr_status add_lists(hr_iteration_gradient *g) {
  int32_t count = (int32_t)g->lists.count;
  if (count == 0) return HR_SUCCESS;
  hr_function_body_graph *graphs[] = {&g->condition, &g->body};
  for (int i = 0; i < 2; ++i) {
    hr_outputs outside, inside;
    hr_captured(graphs[i]->graph, &outside, &inside);
    graphs[i]->arguments = hr_join_outputs(graphs[i]->scope, graphs[i]->arguments, inside);
  }
  g->body.results = hr_join_outputs(g->body.scope, g->results, (hr_outputs){count, g->pushed.items});
  HR_TRY(hr_builder_status(g->condition.builder));
  return hr_builder_status(g->body.builder);
}

hr_status hr_iteration_gradient_build(hr_iteration_gradient *g, hr_outputs ys, hr_outputs xs,
                                      const hr_gradient *ys_gradients, hr_gradient *out) {
  hr_gradients_options options = {.grad_ys = ys_gradients, .zero_unconnected = true};
  hr_gradients_of_graph(g->backward.scope, g->body.graph, ys, xs, out, &options);
  HR_TRY(hr_builder_status(g->backward.builder));
  return add_lists(g);
}

hr_outputs hr_iteration_gradient_next(const hr_iteration_gradient *g, hr_outputs inside) {
  hr_output *items = hr_keep_bytes(g->backward.scope, sizeof *items * ((size_t)inside.count + 1));
  for (int32_t i = 0; items && i < inside.count; ++i)
    if (!find(&g->popped, inside.items[i], &items[i])) items[i] = inside.items[i];
  return (hr_outputs){items ? inside.count : 0, items};
}

void hr_iteration_gradient_free(hr_iteration_gradient *g) {
  hr_scratch_free(&g->kept);
  hr_scratch_free(&g->lists);
  hr_scratch_free(&g->pushed);
  hr_scratch_free(&g->known);
  hr_scratch_free(&g->popped);
  if (g->around) hr_builder_free(g->around);
  hr_body_free(&g->backward);
  hr_body_free(&g->body);
  hr_body_free(&g->condition);
}
