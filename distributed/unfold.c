#include "distributed/unfold.h"
#include "ops/op_ids.h"
#include "runtime/graph/graph_internal.h"
#include <stdlib.h>

static bool is_unary(const hr_node *node) { return node->op->id == HR_OP_ID__UnaryOpsComposition; }
static bool is_product(const hr_node *node) { return node->op->id == HR_OP_ID__FusedMatMul; }
bool hr_is_unfolded(const hr_node *node) { return is_unary(node) || is_product(node); }

/* A node of `op` behind what stands for `fused` so far, which it takes as its first input. */
static hr_status add_link(hr_graph *graph, const hr_node *fused, hr_view op_name, int32_t num_inputs,
                          const hr_output *inputs, hr_output *out) {
  const hr_op_def *op = hr_op_find(op_name.data, op_name.length);
  if (!op)
    return hr_error(HR_NOT_FOUND, "Op type not registered '%.*s', which the node '%s' is fused of", (int)op_name.length,
                    op_name.data, fused->name);
  hr_arena *arena = hr_graph_arena(graph);
  char *name = hr_arena_printf(arena, "%s/_%d_%s", fused->name, hr_graph_node_count(graph), op->name);
  hr_attr_value *attrs = hr_arena_zalloc(arena, sizeof *attrs * (op->num_attrs + 1u), _Alignof(hr_attr_value));
  if (!name || !attrs) return hr_error_out_of_memory(0, "a node");
  for (int i = 0; i < op->num_attrs; ++i) { /* T, the transpositions */
    const hr_attr_value *same = hr_node_attr(fused, op->attrs[i].name);
    if (same) attrs[i] = *same;
  }
  hr_node *node;
  HR_TRY(hr_graph_add(graph,
                      &(hr_node_spec){.op = op,
                                      .name = hr_view_of(name),
                                      .device = hr_view_of(hr_node_device(fused)),
                                      .inputs = inputs,
                                      .num_inputs = num_inputs,
                                      .attrs = attrs,
                                      .is_internal = true},
                      &node));
  *out = (hr_output){node, 0};
  return HR_SUCCESS;
}

static hr_view view_of_string(hr_bytes text) { return (hr_view){text.data, text.length}; }

static hr_status unfold_unary(hr_graph *graph, const hr_node *fused, hr_output *out) {
  const hr_attr_value *names = hr_node_attr(fused, "op_names");
  *out = fused->inputs[0];
  for (int32_t i = 0; i < names->count; ++i)
    HR_TRY(add_link(graph, fused, view_of_string(names->strings[i]), 1, out, out));
  return HR_SUCCESS;
}

/* MatMul takes two inputs, BiasAdd what came out and the next of `args`, an activation what came out. */
static hr_status unfold_product(hr_graph *graph, const hr_node *fused, hr_output *out) {
  const hr_attr_value *names = hr_node_attr(fused, "fused_ops");
  HR_TRY(add_link(graph, fused, HR_VIEW("MatMul"), 2, fused->inputs, out));
  int32_t next = 2;
  for (int32_t i = 0; i < names->count; ++i) {
    hr_view name = view_of_string(names->strings[i]);
    hr_output inputs[2] = {*out};
    int32_t count = 1;
    if (hr_view_equal(name, HR_VIEW("BiasAdd"))) {
      if (next >= fused->num_inputs)
        return hr_error(HR_INVALID_ARGUMENT, "The node '%s' has no bias to add", fused->name);
      inputs[count++] = fused->inputs[next++];
    }
    HR_TRY(add_link(graph, fused, name, count, inputs, out));
  }
  return HR_SUCCESS;
}

/* Everything that read the node, or waited for it, turns to `value`. */
static hr_status redirect(hr_graph *graph, hr_node *const *chains, hr_node *node) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_node *chain = node->inputs[i].node ? chains[node->inputs[i].node->id] : NULL;
    if (chain) HR_TRY(hr_node_update_input(node, i, (hr_output){chain, 0}));
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    hr_node *chain = chains[node->control_inputs[i]->id];
    if (!chain) continue;
    node->control_inputs[i] = chain;
    graph->reads_ahead = true;
  }
  return HR_SUCCESS;
}

/* A fused node that waits for others keeps doing so: its chain's first node does. */
static hr_status wait_as(const hr_node *fused, int32_t first) {
  for (int32_t i = 0; i < fused->num_control_inputs; ++i)
    HR_TRY(hr_node_wait_for(hr_graph_node(fused->graph, first), fused->control_inputs[i]));
  return HR_SUCCESS;
}

static hr_status unfold_all(hr_graph *graph, int32_t count, hr_node **chains) {
  for (int32_t id = 0; id < count; ++id) {
    const hr_node *node = hr_graph_node(graph, id);
    if (!hr_is_unfolded(node)) continue;
    int32_t first = hr_graph_node_count(graph);
    hr_output out;
    HR_TRY(is_unary(node) ? unfold_unary(graph, node, &out) : unfold_product(graph, node, &out));
    if (hr_graph_node_count(graph) == first)
      return hr_error(HR_INVALID_ARGUMENT, "The node '%s' is fused of no ops", node->name);
    HR_TRY(wait_as(node, first));
    chains[id] = out.node;
  }
  return HR_SUCCESS;
}

hr_status hr_unfold(hr_graph *graph) {
  int32_t count = hr_graph_node_count(graph);
  bool has_fused = false;
  for (int32_t id = 0; id < count && !has_fused; ++id)
    has_fused = hr_is_unfolded(hr_graph_node(graph, id));
  if (!has_fused) return HR_SUCCESS;
  size_t room = (size_t)count + 1;
  hr_node **chains = calloc(room, sizeof *chains);
  if (!chains) return hr_error_out_of_memory(room * sizeof *chains, "a part of a graph");
  hr_status status = unfold_all(graph, count, chains);
  int32_t all = hr_graph_node_count(graph);
  hr_node **known = status ? NULL : calloc((size_t)all + 1, sizeof *known);
  if (!status && !known) status = hr_error_out_of_memory((size_t)all * sizeof *known, "a part of a graph");
  if (known) memcpy(known, chains, sizeof *chains * (size_t)count);
  for (int32_t id = 0; id < all && !status; ++id)
    status = redirect(graph, known, hr_graph_node(graph, id));
  free(known);
  free(chains);
  return status;
}
