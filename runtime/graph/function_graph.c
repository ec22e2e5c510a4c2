#include "runtime/graph/function_graph.h"

#include "runtime/graph/frame.h"
#include "runtime/graph/graph_internal.h"

struct hr_function_graph {
  hr_graph *outer;
  const char *scope_around;
  hr_capturing capturing;
  bool runs_in_order;
  hr_output *outside, *inside; /* in the graph's arena */
  int32_t count, capacity;
  const hr_graph *source; /* that `capture` captures from */
  hr_capture_function capture;
  void *argument;
};

hr_status hr_graph_begin_function(hr_graph *graph, hr_graph *outer, hr_capturing capturing) {
  hr_function_graph *function = hr_arena_zalloc(&graph->arena, sizeof *function, _Alignof(hr_function_graph));
  if (!function) return hr_error_out_of_memory(sizeof *function, "a function");
  function->outer = outer;
  function->scope_around = "";
  function->capturing = capturing;
  graph->function = function;
  return HR_SUCCESS;
}

hr_graph *hr_graph_outer(const hr_graph *graph) { return graph->function ? graph->function->outer : NULL; }

hr_status hr_graph_set_scope_around(hr_graph *graph, const char *name) {
  graph->function->scope_around = hr_arena_copy_string(&graph->arena, name, strlen(name));
  return graph->function->scope_around ? HR_SUCCESS : hr_error_out_of_memory(strlen(name) + 1, "a function");
}

const char *hr_graph_scope_around(const hr_graph *graph) { return graph->function->scope_around; }

void hr_captured(const hr_graph *graph, hr_outputs *outside, hr_outputs *inside) {
  const hr_function_graph *f = graph->function;
  bool has_arguments = f && f->capturing != HR_CAPTURE_COPIES;
  *outside = has_arguments ? (hr_outputs){f->count, f->outside} : (hr_outputs){0, NULL};
  *inside = has_arguments ? (hr_outputs){f->count, f->inside} : (hr_outputs){0, NULL};
}

/* Whether a graph is the outer one of another, or around that. */
static bool is_around(const hr_graph *outer, const hr_graph *graph) {
  while (graph && graph != outer)
    graph = hr_graph_outer(graph);
  return graph != NULL;
}

bool hr_graph_has_functional_flow(const hr_graph *graph) {
  for (; graph; graph = hr_graph_outer(graph))
    if (graph->has_functional_flow || (graph->function && graph->function->capturing == HR_CAPTURE_NAMED)) return true;
  return false;
}

void hr_graph_set_functional_flow(hr_graph *graph, bool functional) { graph->has_functional_flow = functional; }

void hr_graph_set_runs_in_order(hr_graph *graph, bool runs_in_order) { graph->function->runs_in_order = runs_in_order; }
bool hr_graph_runs_in_order(const hr_graph *graph) { return graph->function && graph->function->runs_in_order; }

void hr_graph_capture_from(hr_graph *graph, const hr_graph *source, hr_capture_function capture, void *argument) {
  graph->function->source = source;
  graph->function->capture = capture;
  graph->function->argument = argument;
}

bool hr_graph_may_capture(const hr_graph *graph, const hr_graph *other) {
  return graph->function && other != graph && (other == graph->function->source || is_around(other, graph));
}

static hr_status make_room(hr_graph *graph, hr_function_graph *f) {
  if (f->count < f->capacity) return HR_SUCCESS;
  int32_t capacity = f->capacity ? 2 * f->capacity : 8;
  hr_output *outside = HR_ARENA_ARRAY(&graph->arena, hr_output, capacity);
  hr_output *inside = HR_ARENA_ARRAY(&graph->arena, hr_output, capacity);
  if (!outside || !inside) return hr_error_out_of_memory(sizeof *inside * (size_t)capacity, "captured tensors");
  if (f->count) memcpy(outside, f->outside, sizeof *outside * (size_t)f->count);
  if (f->count) memcpy(inside, f->inside, sizeof *inside * (size_t)f->count);
  f->outside = outside;
  f->inside = inside;
  f->capacity = capacity;
  return HR_SUCCESS;
}

static hr_status note(hr_graph *graph, hr_output outside, hr_output inside) {
  hr_function_graph *f = graph->function;
  HR_TRY(make_room(graph, f));
  f->outside[f->count] = outside;
  f->inside[f->count++] = inside;
  return HR_SUCCESS;
}

/* ---- copies ------------------------------------------------------------------------------------------------------ */

static hr_status check_copied(const hr_node *node) {
  bool is_dataset = false;
  for (int32_t i = 0; i < node->num_outputs; ++i)
    is_dataset |= hr_node_output_dtype(node, i) == HR_VARIANT;
  if ((node->op->flags & HR_OP_STATEFUL) && !is_dataset)
    return hr_error(HR_INVALID_ARGUMENT, "Cannot capture a stateful node (name:%s, type:%s) by value.", node->name,
                    node->op->name);
  if (strcmp(node->op->name, "Placeholder") == 0 || strcmp(node->op->name, "PlaceholderV2") == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Cannot capture a placeholder (name:%s, type:%s) by value.", node->name,
                    node->op->name);
  return HR_SUCCESS;
}

static hr_status copy_extra_attrs(hr_graph *graph, const hr_node *node, hr_extra_attr **out) {
  *out = NULL;
  for (const hr_extra_attr *e = atomic_load(&node->extra_attrs); e; e = e->next) {
    hr_extra_attr *copy = HR_ARENA_NEW(&graph->arena, hr_extra_attr);
    const char *name = hr_graph_intern(graph, hr_view_of(e->name));
    if (!copy || !name) return hr_error_out_of_memory(sizeof *copy, "an attribute");
    *copy = (hr_extra_attr){.next = *out, .name = name};
    HR_TRY(hr_attr_copy(graph, &e->value, &copy->value));
    *out = copy;
  }
  return HR_SUCCESS;
}

/* A copy of the node and of all that it reads: what two of them read is copied twice, as TensorFlow does. */
static hr_status copy_node(hr_scope scope, hr_node *node, hr_node **out) {
  hr_graph *graph = hr_scope_graph(scope);
  HR_TRY(check_copied(node));
  hr_output *inputs = HR_ARENA_ARRAY(&graph->arena, hr_output, node->num_inputs + 1);
  int32_t *counts = HR_ARENA_ARRAY(&graph->arena, int32_t, node->op->num_inputs + 1);
  hr_attr_value *attrs = HR_ARENA_ARRAY(&graph->arena, hr_attr_value, node->op->num_attrs + 1);
  if (!inputs || !counts || !attrs) return hr_error_out_of_memory(sizeof *inputs, "a copy of a node");
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_node *input;
    HR_TRY(copy_node(scope, node->inputs[i].node, &input));
    inputs[i] = (hr_output){input, node->inputs[i].index};
  }
  for (int i = 0; i < node->op->num_inputs; ++i) {
    const hr_arg_def *arg = &node->op->inputs[i];
    counts[i] = arg->number_attr >= 0      ? (int32_t)node->attrs[arg->number_attr].i
                : arg->type_list_attr >= 0 ? node->attrs[arg->type_list_attr].count
                                           : 1;
  }
  for (int i = 0; i < node->op->num_attrs; ++i)
    HR_TRY(hr_attr_copy(graph, &node->attrs[i], &attrs[i]));
  hr_extra_attr *extra;
  HR_TRY(copy_extra_attrs(graph, node, &extra));
  *out = hr_add_node(scope, node->op,
                     &(hr_node_args){.name = node->name,
                                     .inputs = inputs,
                                     .num_inputs = node->num_inputs,
                                     .arg_counts = counts,
                                     .attrs = attrs,
                                     .extra = extra});
  HR_TRY(hr_builder_status(scope.builder));
  for (int32_t i = 0; i < node->num_outputs; ++i)
    HR_TRY(note(graph, (hr_output){node, i}, (hr_output){*out, i}));
  return HR_SUCCESS;
}

static hr_status copy_output(hr_scope scope, hr_output outside, hr_output *inside) {
  hr_node *copy;
  HR_TRY(copy_node(scope, outside.node, &copy));
  *inside = (hr_output){copy, outside.index};
  return HR_SUCCESS;
}

/* ---- placeholders ------------------------------------------------------------------------------------------------ */

static hr_status add_placeholder(hr_scope scope, hr_output outside, const char *name, hr_output *inside) {
  hr_frame frame = *scope.frame;
  frame.controls = NULL;
  frame.contexts = NULL;
  hr_node_builder *n = hr_node_begin((hr_scope){scope.builder, &frame}, "Placeholder", name);
  hr_node_set_type(n, "dtype", hr_output_dtype(outside));
  hr_node_set_shape(n, "shape", hr_output_shape(outside));
  *inside = (hr_output){hr_node_finish(n), 0};
  HR_TRY(hr_builder_status(scope.builder));
  return hr_node_know_handle(inside->node, hr_output_handle_data(outside));
}

static bool find_captured(const hr_function_graph *f, hr_output outside, hr_output *inside) {
  for (int32_t i = f->count; i-- > 0;)
    if (hr_output_equal(f->outside[i], outside)) {
      *inside = f->inside[i];
      return true;
    }
  return false;
}

static hr_status check_value(hr_output outside) {
  if (!hr_dtype_is_ref(hr_output_dtype(outside))) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "A function cannot take the reference %s:%d from outside", outside.node->name,
                  (int)outside.index);
}

hr_status hr_capture_as_argument(hr_scope scope, hr_output outside, const char *name, hr_output *inside) {
  hr_graph *graph = hr_scope_graph(scope);
  if (find_captured(graph->function, outside, inside)) return HR_SUCCESS;
  HR_TRY(check_value(outside));
  HR_TRY(add_placeholder(scope, outside, name, inside));
  return note(graph, outside, *inside);
}

hr_status hr_capture(hr_scope scope, hr_output outside, hr_output *inside) {
  hr_graph *graph = hr_scope_graph(scope);
  hr_function_graph *f = graph->function;
  *inside = outside;
  if (!f || !outside.node || !hr_graph_may_capture(graph, outside.node->graph)) return HR_SUCCESS;
  if (outside.node->graph == f->source) return f->capture(f->argument, scope, outside, inside);
  if (f->capturing != HR_CAPTURE_COPIES) {
    const char *name = f->capturing == HR_CAPTURE_NAMED ? outside.node->name : NULL;
    return hr_capture_as_argument(scope, outside, name, inside);
  }
  if (find_captured(f, outside, inside)) return HR_SUCCESS;
  HR_TRY(check_value(outside));
  return copy_output(scope, outside, inside);
}
