/* What changes of nodes that are there already. */
#include "runtime/graph/graph_internal.h"

hr_status hr_node_know_handle(hr_node *placeholder, const hr_handle_data *handle) {
  if (!handle) return HR_SUCCESS;
  hr_arena *arena = hr_graph_arena(placeholder->graph);
  const hr_handle_data **handles = HR_ARENA_ARRAY(arena, const hr_handle_data *, 1);
  hr_handle_data *copy = HR_ARENA_NEW(arena, hr_handle_data);
  if (!handles || !copy) return hr_error_out_of_memory(sizeof *copy, "what is known of a handle");
  *copy = *handle;
  handles[0] = copy;
  placeholder->output_handles = handles;
  return HR_SUCCESS;
}

/* Copies of the graph's nodes share the attributes, so they go into an array of their own. */
hr_status hr_node_change_attr(hr_node *node, const char *name, const hr_attr_value *value) {
  int index = hr_op_attr_index(node->op, name, strlen(name));
  if (index < 0) return hr_error(HR_INVALID_ARGUMENT, "'%s' Op has no attr '%s'", node->op->name, name);
  hr_attr_value *attrs = HR_ARENA_ARRAY(hr_graph_arena(node->graph), hr_attr_value, node->op->num_attrs);
  if (!attrs) return hr_error_out_of_memory(sizeof *attrs * node->op->num_attrs, "attributes");
  memcpy(attrs, node->attrs, sizeof *attrs * node->op->num_attrs);
  HR_TRY(hr_attr_copy(node->graph, value, &attrs[index]));
  node->attrs = attrs;
  return HR_SUCCESS;
}

hr_status hr_node_add_outputs(hr_node *node, int32_t count, const hr_dtype *dtypes, const hr_partial_shape *shapes) {
  hr_arena *arena = hr_graph_arena(node->graph);
  int32_t old = node->num_outputs, all = old + count;
  uint8_t *all_dtypes = HR_ARENA_ARRAY(arena, uint8_t, all);
  _Atomic(const hr_partial_shape *) *all_shapes = HR_ARENA_ARRAY(arena, _Atomic(const hr_partial_shape *), all);
  hr_partial_shape *kept = HR_ARENA_ARRAY(arena, hr_partial_shape, count);
  const hr_handle_data **handles = NULL;
  if (node->output_handles) handles = HR_ARENA_ARRAY(arena, const hr_handle_data *, all);
  if (!all_dtypes || !all_shapes || !kept || (node->output_handles && !handles))
    return hr_error_out_of_memory(sizeof *kept * (size_t)all, "outputs of a node");
  for (int32_t i = 0; i < old; ++i) {
    all_dtypes[i] = node->output_dtypes[i];
    atomic_init(&all_shapes[i], atomic_load(&node->output_shapes[i]));
    if (handles) handles[i] = node->output_handles[i];
  }
  for (int32_t i = 0; i < count; ++i) {
    kept[i] = shapes[i];
    all_dtypes[old + i] = (uint8_t)dtypes[i];
    atomic_init(&all_shapes[old + i], &kept[i]);
    if (handles) handles[old + i] = NULL;
  }
  node->output_dtypes = all_dtypes;
  node->output_shapes = all_shapes;
  node->output_handles = handles;
  node->num_outputs = all;
  return HR_SUCCESS;
}
