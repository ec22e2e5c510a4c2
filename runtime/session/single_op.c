#include "runtime/session/single_op.h"
#include "runtime/graph/node.h"
#include <stdio.h>
#include <stdlib.h>

/* The graph under construction. */
typedef struct single_graph {
  const hr_single_op *op;
  const hr_op_def *def;
  hr_builder *builder;
  hr_output *inputs; /* placeholders, and variables or handles of them */
  hr_output *values; /* of the variables */
  hr_node **assigns; /* NULL for placeholders */
  hr_feed *feeds;
} single_graph;

static int64_t argument_length(const hr_single_op *op, const hr_op_def *def, const hr_arg_def *argument) {
  int index = argument->number_attr >= 0 ? argument->number_attr : argument->type_list_attr;
  if (index < 0) return 1;
  for (int32_t i = 0; i < op->num_attrs; ++i) {
    if (strcmp(op->attrs[i].name, def->attrs[index].name) != 0) continue;
    return argument->number_attr >= 0 ? op->attrs[i].value.i : op->attrs[i].value.count;
  }
  return 0;
}

/* A handle with its first value; sets values and assigns. */
static hr_output add_handle(single_graph *g, int32_t index, hr_output placeholder, const hr_partial_shape *shape) {
  hr_scope scope = hr_builder_root(g->builder);
  hr_dtype dtype = hr_tensor_dtype(&g->op->inputs[index]);
  char name[24];
  snprintf(name, sizeof name, "variable%d", (int)index);
  hr_node_builder *n = hr_node_begin(scope, "VarHandleOp", NULL);
  hr_node_set_string(n, "shared_name", name);
  hr_node_set_type(n, "dtype", dtype);
  hr_node_set_shape(n, "shape", shape);
  hr_output handle = {hr_node_finish(n), 0};
  n = hr_node_begin(scope, "AssignVariableOp", NULL);
  hr_node_add_input(n, handle);
  hr_node_add_input(n, placeholder);
  g->assigns[index] = hr_node_finish(n);
  n = hr_node_begin(scope, "ReadVariableOp", NULL);
  hr_node_add_input(n, handle);
  hr_node_set_type(n, "dtype", dtype);
  g->values[index] = (hr_output){hr_node_finish(n), 0};
  return handle;
}

static hr_output add_input(single_graph *g, int32_t index, const hr_arg_def *arg) {
  hr_scope scope = hr_builder_root(g->builder);
  const hr_tensor *value = &g->op->inputs[index];
  hr_shape shape = hr_tensor_shape(value);
  hr_partial_shape partial = hr_partial_shape_from(&shape);
  hr_node_builder *n = hr_node_begin(scope, "Placeholder", NULL);
  hr_node_set_type(n, "dtype", hr_tensor_dtype(value));
  hr_output placeholder = {hr_node_finish(n), 0};
  g->feeds[index] = (hr_feed){placeholder, value};
  if (!hr_arg_is_variable(arg) || !placeholder.node) return placeholder;
  if (!arg->is_ref) return add_handle(g, index, placeholder, &partial);
  n = hr_node_begin(scope, "VariableV2", NULL);
  hr_node_set_type(n, "dtype", hr_tensor_dtype(value));
  hr_node_set_shape(n, "shape", &partial);
  hr_output variable = g->values[index] = (hr_output){hr_node_finish(n), 0};
  n = hr_node_begin(scope, "Assign", NULL);
  hr_node_add_input(n, variable);
  hr_node_add_input(n, placeholder);
  g->assigns[index] = hr_node_finish(n);
  return variable;
}

static hr_status build(single_graph *g, hr_node **node) {
  int32_t next = 0;
  bool too_few = false;
  hr_node_builder *n;
  for (int i = 0; i < g->def->num_inputs; ++i) {
    int64_t length = argument_length(g->op, g->def, &g->def->inputs[i]);
    for (int64_t k = 0; k < length; ++k, ++next) {
      too_few = too_few || next >= g->op->num_inputs;
      if (!too_few) g->inputs[next] = add_input(g, next, &g->def->inputs[i]);
    }
  }
  if (too_few || next != g->op->num_inputs)
    return hr_error(HR_INVALID_ARGUMENT, "op %s takes %d inputs, not %d", g->op->op, next, g->op->num_inputs);
  n = hr_node_begin(hr_builder_root(g->builder), g->op->op, NULL);
  next = 0;
  for (int i = 0; i < g->def->num_inputs; ++i) {
    int64_t length = argument_length(g->op, g->def, &g->def->inputs[i]);
    if (g->def->inputs[i].number_attr >= 0 || g->def->inputs[i].type_list_attr >= 0)
      hr_node_add_input_list(n, (hr_outputs){(int32_t)length, g->inputs + next});
    else
      hr_node_add_input(n, g->inputs[next]);
    next += (int32_t)length;
  }
  for (int32_t i = 0; i < g->op->num_attrs; ++i)
    hr_node_set_attr(n, g->op->attrs[i].name, &g->op->attrs[i].value);
  *node = hr_node_finish(n);
  return hr_builder_status(g->builder);
}

static hr_status run(single_graph *g, hr_session *session, hr_node *node, int32_t capacity, hr_tensor *outputs,
                     int32_t *count, hr_tensor *after) {
  const hr_single_op *op = g->op;
  for (int32_t i = 0; i < op->num_inputs; ++i) {
    if (!g->assigns[i] || (op->uninitialized >> i & 1)) continue;
    HR_TRY(hr_session_run(session, 1, &g->feeds[i], 0, NULL, NULL, 1, &g->assigns[i]));
  }
  int32_t fetches = node->num_outputs < capacity ? node->num_outputs : capacity;
  hr_output *wanted = malloc(sizeof *wanted * ((size_t)fetches + 1));
  if (!wanted) return hr_error_out_of_memory(sizeof *wanted * (size_t)fetches, "fetches");
  for (int32_t i = 0; i < fetches; ++i)
    wanted[i] = (hr_output){node, i};
  hr_feed *feeds = malloc(sizeof *feeds * ((size_t)op->num_inputs + 1));
  int32_t num_feeds = 0;
  for (int32_t i = 0; feeds && i < op->num_inputs; ++i) {
    if (!g->assigns[i]) feeds[num_feeds++] = g->feeds[i];
  }
  hr_status status = feeds ? hr_session_run(session, num_feeds, feeds, fetches, wanted, outputs, 1, &node)
                           : hr_error_out_of_memory(sizeof *feeds, "feeds");
  free(feeds);
  free(wanted);
  HR_TRY(status);
  *count = fetches;
  for (int32_t i = 0; after && i < op->num_inputs; ++i) {
    if (g->assigns[i]) HR_TRY(hr_evaluate(session, g->values[i], &after[i]));
  }
  return HR_SUCCESS;
}

hr_status hr_run_single_op(const hr_single_op *op, int32_t capacity, hr_tensor *outputs, int32_t *count,
                           hr_tensor *after) {
  *count = 0;
  const hr_op_def *def = hr_op_find(op->op, strlen(op->op));
  if (!def) return hr_error(HR_NOT_FOUND, "Op type not registered '%s'", op->op);
  size_t inputs = (size_t)op->num_inputs + 1;
  hr_graph *graph = hr_graph_new();
  single_graph g = {.op = op,
                    .def = def,
                    .builder = graph ? hr_builder_new(graph) : NULL,
                    .inputs = calloc(inputs, sizeof *g.inputs),
                    .values = calloc(inputs, sizeof *g.values),
                    .assigns = calloc(inputs, sizeof *g.assigns),
                    .feeds = calloc(inputs, sizeof *g.feeds)};
  hr_node *node = NULL;
  hr_session *session = NULL;
  hr_status status = g.builder && g.inputs && g.values && g.assigns && g.feeds
                         ? build(&g, &node)
                         : hr_error_out_of_memory(inputs, "a graph of one op");
  if (!status) status = hr_session_new(graph, op->options, &session);
  if (!status) status = run(&g, session, node, capacity, outputs, count, after);
  hr_session_free(session);
  if (g.builder) hr_builder_free(g.builder);
  if (graph) hr_graph_unref(graph);
  free(g.inputs);
  free(g.values);
  free(g.assigns);
  free(g.feeds);
  return status;
}
