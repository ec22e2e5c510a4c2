/* What changes of nodes that are there already. */
#include "runtime/graph/graph_internal.h"

static hr_status copy_handle(hr_arena *arena, const hr_handle_data *handle, const hr_handle_data **out) {
  hr_handle_data *copy = HR_ARENA_NEW(arena, hr_handle_data);
  if (!copy) return hr_error_out_of_memory(sizeof *copy, "what is known of a handle");
  *copy = *handle;
  *out = copy;
  return HR_SUCCESS;
}

hr_status hr_node_know_handle(hr_node *placeholder, const hr_handle_data *handle) {
  if (!handle) return HR_SUCCESS;
  hr_arena *arena = hr_graph_arena(placeholder->graph);
  const hr_handle_data **handles = HR_ARENA_ARRAY(arena, const hr_handle_data *, 1);
  if (!handles) return hr_error_out_of_memory(sizeof *handles, "what is known of a handle");
  HR_TRY(copy_handle(arena, handle, &handles[0]));
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

hr_status hr_node_add_inputs(hr_node *node, hr_outputs more) {
  hr_output *inputs = HR_ARENA_ARRAY(hr_graph_arena(node->graph), hr_output, node->num_inputs + more.count);
  if (!inputs) return hr_error_out_of_memory(sizeof *inputs * (size_t)more.count, "inputs of a node");
  if (node->num_inputs) memcpy(inputs, node->inputs, sizeof *inputs * (size_t)node->num_inputs);
  for (int32_t i = 0; i < more.count; ++i) {
    if (more.items[i].node->graph != node->graph)
      return hr_error(HR_INVALID_ARGUMENT, "Input %d of %s must be an output of the same graph", node->num_inputs + i,
                      node->name);
    inputs[node->num_inputs + i] = more.items[i];
    if (more.items[i].node->id > node->id) node->graph->reads_ahead = true;
  }
  node->inputs = inputs;
  node->num_inputs += more.count;
  return HR_SUCCESS;
}

hr_status hr_node_add_outputs(hr_node *node, hr_outputs like) {
  hr_arena *arena = hr_graph_arena(node->graph);
  int32_t old = node->num_outputs, count = like.count, all = old + count;
  bool any_handle = node->output_handles != NULL;
  for (int32_t i = 0; i < count; ++i)
    any_handle |= hr_output_handle_data(like.items[i]) != NULL;
  uint8_t *all_dtypes = HR_ARENA_ARRAY(arena, uint8_t, all);
  _Atomic(const hr_partial_shape *) *all_shapes = HR_ARENA_ARRAY(arena, _Atomic(const hr_partial_shape *), all);
  hr_partial_shape *kept = HR_ARENA_ARRAY(arena, hr_partial_shape, count);
  const hr_handle_data **handles = any_handle ? HR_ARENA_ARRAY(arena, const hr_handle_data *, all) : NULL;
  if (!all_dtypes || !all_shapes || !kept || (any_handle && !handles))
    return hr_error_out_of_memory(sizeof *kept * (size_t)all, "outputs of a node");
  for (int32_t i = 0; i < old; ++i) {
    all_dtypes[i] = node->output_dtypes[i];
    atomic_init(&all_shapes[i], atomic_load(&node->output_shapes[i]));
    if (handles) handles[i] = node->output_handles ? node->output_handles[i] : NULL;
  }
  for (int32_t i = 0; i < count; ++i) {
    kept[i] = *hr_output_shape(like.items[i]);
    all_dtypes[old + i] = (uint8_t)hr_dtype_base(hr_output_dtype(like.items[i]));
    atomic_init(&all_shapes[old + i], &kept[i]);
    const hr_handle_data *handle = hr_output_handle_data(like.items[i]);
    if (handles) handles[old + i] = NULL;
    if (handle) HR_TRY(copy_handle(arena, handle, &handles[old + i]));
  }
  node->output_dtypes = all_dtypes;
  node->output_shapes = all_shapes;
  node->output_handles = handles;
  node->num_outputs = all;
  return HR_SUCCESS;
}
