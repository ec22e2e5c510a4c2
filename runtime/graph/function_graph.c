#include "runtime/graph/function_graph.h"

#include "runtime/graph/frame.h"
#include "runtime/graph/graph_internal.h"

struct hr_function_graph {
  hr_graph *outer;
  hr_output *outside, *inside; /* in the graph's arena */
  int32_t count, capacity;
};

hr_status hr_graph_begin_function(hr_graph *graph, hr_graph *outer) {
  hr_function_graph *function = hr_arena_zalloc(&graph->arena, sizeof *function, _Alignof(hr_function_graph));
  if (!function) return hr_error_out_of_memory(sizeof *function, "a function");
  function->outer = outer;
  graph->function = function;
  return HR_SUCCESS;
}

hr_graph *hr_graph_outer(const hr_graph *graph) { return graph->function ? graph->function->outer : NULL; }

void hr_captured(const hr_graph *graph, hr_outputs *outside, hr_outputs *inside) {
  const hr_function_graph *f = graph->function;
  *outside = f ? (hr_outputs){f->count, f->outside} : (hr_outputs){0, NULL};
  *inside = f ? (hr_outputs){f->count, f->inside} : (hr_outputs){0, NULL};
}

/* Whether a graph is the outer one of another, or around that. */
static bool is_around(const hr_graph *outer, const hr_graph *graph) {
  while (graph && graph != outer)
    graph = hr_graph_outer(graph);
  return graph != NULL;
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

static hr_status add_placeholder(hr_scope scope, hr_output outside, hr_output *inside) {
  hr_frame frame = *scope.frame;
  frame.controls = NULL;
  frame.contexts = NULL;
  hr_node_builder *n = hr_node_begin((hr_scope){scope.builder, &frame}, "Placeholder", NULL);
  hr_node_set_type(n, "dtype", hr_output_dtype(outside));
  hr_node_set_shape(n, "shape", hr_output_shape(outside));
  *inside = (hr_output){hr_node_finish(n), 0};
  HR_TRY(hr_builder_status(scope.builder));
  const hr_handle_data *handle = hr_output_handle_data(outside);
  if (!handle) return HR_SUCCESS;
  const hr_handle_data **handles = HR_ARENA_ARRAY(&hr_scope_graph(scope)->arena, const hr_handle_data *, 1);
  hr_handle_data *copy = HR_ARENA_NEW(&hr_scope_graph(scope)->arena, hr_handle_data);
  if (!handles || !copy) return hr_error_out_of_memory(sizeof *copy, "what is known of a handle");
  *copy = *handle;
  handles[0] = copy;
  inside->node->output_handles = handles;
  return HR_SUCCESS;
}

hr_status hr_capture(hr_scope scope, hr_output outside, hr_output *inside) {
  hr_graph *graph = hr_scope_graph(scope);
  hr_function_graph *f = graph->function;
  *inside = outside;
  if (!f || !outside.node || outside.node->graph == graph || !is_around(outside.node->graph, graph)) return HR_SUCCESS;
  for (int32_t i = 0; i < f->count; ++i)
    if (hr_output_equal(f->outside[i], outside)) {
      *inside = f->inside[i];
      return HR_SUCCESS;
    }
  if (hr_dtype_is_ref(hr_output_dtype(outside)))
    return hr_error(HR_INVALID_ARGUMENT, "A function cannot take the reference %s:%d from outside", outside.node->name,
                    (int)outside.index);
  HR_TRY(make_room(graph, f));
  HR_TRY(add_placeholder(scope, outside, inside));
  f->outside[f->count] = outside;
  f->inside[f->count++] = *inside;
  return HR_SUCCESS;
}
