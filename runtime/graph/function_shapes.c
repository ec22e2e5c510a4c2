#include "runtime/graph/function_shapes.h"

#include <stdio.h>

#define MAX_BODIES 1000 /* that one node's shapes are worth, calls in bodies included */
#define MAX_DEPTH  50   /* of calls in bodies of calls */

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_graph), "shapes of a call"); }

/* A placeholder of what is known of an input. */
static hr_status add_argument(hr_scope scope, hr_output input, int32_t index, hr_output *out) {
  char name[24];
  snprintf(name, sizeof name, "argument%d", (int)index);
  hr_node_builder *n = hr_node_begin(scope, "Placeholder", name);
  hr_node_set_type(n, "dtype", hr_dtype_base(hr_output_dtype(input)));
  hr_node_set_shape(n, "shape", hr_output_shape(input));
  *out = (hr_output){hr_node_finish(n), 0};
  HR_TRY(hr_builder_status(scope.builder));
  return hr_node_know_handle(out->node, hr_output_handle_data(input));
}

static hr_status infer_in(hr_graph *graph, hr_builder *builder, hr_shape_context *c, const hr_call *call) {
  hr_scope scope = hr_builder_root(builder);
  int32_t count = c->node->num_inputs;
  hr_output *arguments = HR_ARENA_ARRAY(hr_graph_arena(graph), hr_output, count + 1);
  if (!arguments) return out_of_memory();
  for (int32_t i = 0; i < count; ++i)
    HR_TRY(add_argument(scope, c->node->inputs[i], i, &arguments[i]));
  hr_body body;
  HR_TRY(hr_call_build(scope, "body", call, (hr_outputs){count, arguments}, &body));
  for (int32_t i = 0; i < c->node->num_outputs && i < body.results.count; ++i) {
    hr_output result = body.results.items[i];
    HR_TRY(hr_shape_set(c, i, hr_output_shape(result)));
    const hr_handle_data *handle = hr_output_handle_data(result);
    if (!handle) continue;
    hr_handle_data *copy = HR_ARENA_NEW(hr_graph_arena(c->graph), hr_handle_data);
    if (!copy) return out_of_memory();
    *copy = *handle;
    HR_TRY(hr_shape_share_handle(c, i, copy));
  }
  return HR_SUCCESS;
}

static hr_status infer(hr_shape_context *c, const hr_call *call) {
  hr_graph *outer = c->graph;
  int32_t budget = MAX_BODIES, *left = outer->bodies_left ? outer->bodies_left : &budget;
  if (outer->call_depth >= MAX_DEPTH || --*left < 0) return HR_SUCCESS;
  hr_graph *graph = hr_graph_new_private(outer);
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  hr_status status = builder ? HR_SUCCESS : out_of_memory();
  if (!status) {
    graph->bodies_left = left;
    graph->call_depth = outer->call_depth + 1;
    status = infer_in(graph, builder, c, call);
  }
  if (builder) hr_builder_free(builder);
  hr_graph_unref(graph);
  return status;
}

hr_status hr_shapes_of_call(hr_shape_context *c) {
  const hr_attr_value *disabled = hr_node_attr(c->node, "_disable_call_shape_inference");
  if (disabled && disabled->kind == HR_ATTR_BOOL && disabled->b) return HR_SUCCESS;
  return infer(c, &(hr_call){hr_function_of_op(c->node->op), c->node->attrs});
}

hr_status hr_shapes_of_called(hr_shape_context *c) {
  const hr_attr_value *disabled = hr_node_attr(c->node, "_disable_call_shape_inference");
  if (disabled && disabled->kind == HR_ATTR_BOOL && disabled->b) return HR_SUCCESS;
  const hr_function_attr *value = hr_node_attr(c->node, "f")->func;
  if (!hr_function_find(c->graph, hr_view_of(value->name))) return HR_SUCCESS;
  hr_arena arena = {0};
  hr_call call;
  hr_status status = hr_call_of_value(c->graph, value, &arena, &call);
  if (!status) status = infer(c, &call);
  hr_arena_free(&arena);
  return status;
}
