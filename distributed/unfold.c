#include "distributed/unfold.h"
#include "ops/op_ids.h"
#include "runtime/graph/graph_internal.h"
#include <stdlib.h>

static bool is_unary(const hr_node *node) { return node->op->id == HR_OP_ID__UnaryOpsComposition; }
static bool is_product(const hr_node *node) { return node->op->id == HR_OP_ID__FusedMatMul; }
static bool is_convolution(const hr_node *node) { return node->op->id == HR_OP_ID__FusedConv2D; }
static bool is_batch_norm(const hr_node *node) { return node->op->id == HR_OP_ID__FusedBatchNormEx; }
static bool is_whole(const hr_node *node) { return node->op->id == HR_OP_ID__ParallelConcatStart; }
static bool is_row(const hr_node *node) { return node->op->id == HR_OP_ID__ParallelConcatUpdate; }
static bool has_chain(const hr_node *node) {
  return is_unary(node) || is_product(node) || is_convolution(node) || is_batch_norm(node) || is_whole(node);
}
bool hr_is_unfolded(const hr_node *node) { return has_chain(node) || is_row(node); }

/* What stands for a fused node: the end of its chain for the first output, and for the others the node that makes them
 * (NULL: there are none). */
typedef struct chain {
  hr_node *end, *others;
} chain;

/* A node in place of `fused`. `attrs`: one for each of the op's, in the graph's arena. */
static hr_status add_node(hr_graph *graph, const hr_node *fused, const hr_op_def *op, int32_t num_inputs,
                          const hr_output *inputs, hr_attr_value *attrs, hr_output *out) {
  char *name = hr_arena_printf(hr_graph_arena(graph), "%s/_%d_%s", fused->name, hr_graph_node_count(graph), op->name);
  if (!name || !attrs) return hr_error_out_of_memory(0, "a node");
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

static hr_attr_value *new_attrs(hr_graph *graph, const hr_op_def *op) {
  return hr_arena_zalloc(hr_graph_arena(graph), sizeof(hr_attr_value) * (op->num_attrs + 1u), _Alignof(hr_attr_value));
}

static const hr_op_def *op_of(const char *name) { return hr_op_find(name, strlen(name)); }

/* A node of `op` behind what stands for `fused` so far, which it takes as its first input. */
static hr_status add_link(hr_graph *graph, const hr_node *fused, hr_view op_name, int32_t num_inputs,
                          const hr_output *inputs, hr_output *out) {
  const hr_op_def *op = hr_op_find(op_name.data, op_name.length);
  if (!op)
    return hr_error(HR_NOT_FOUND, "Op type not registered '%.*s', which the node '%s' is fused of", (int)op_name.length,
                    op_name.data, fused->name);
  hr_attr_value *attrs = new_attrs(graph, op);
  for (int i = 0; attrs && i < op->num_attrs; ++i) { /* T, the transpositions */
    const hr_attr_value *same = hr_node_attr(fused, op->attrs[i].name);
    if (same) attrs[i] = *same;
    if (!same && strcmp(op->attrs[i].name, "is_training") == 0) attrs[i] = HR_ATTR_BOOL_VALUE(false);
  }
  return add_node(graph, fused, op, num_inputs, inputs, attrs, out);
}

static hr_view view_of_string(hr_bytes text) { return (hr_view){text.data, text.length}; }

static hr_status unfold_unary(hr_graph *graph, const hr_node *fused, hr_output *out) {
  const hr_attr_value *names = hr_node_attr(fused, "op_names");
  *out = fused->inputs[0];
  for (int32_t i = 0; i < names->count; ++i)
    HR_TRY(add_link(graph, fused, view_of_string(names->strings[i]), 1, out, out));
  return HR_SUCCESS;
}

/* Arguments beside what came out so far. */
static int32_t arguments_of(hr_view op) {
  if (hr_view_equal(op, HR_VIEW("BiasAdd"))) return 1;        /* the bias */
  if (hr_view_equal(op, HR_VIEW("FusedBatchNorm"))) return 4; /* scale, offset, mean, variance */
  return 0;
}

/* `first`, MatMul or Conv2D, takes two inputs; each of `fused_ops` what came out and the next of `args`. */
static hr_status unfold_product(hr_graph *graph, const hr_node *fused, hr_view first, hr_output *out) {
  const hr_attr_value *names = hr_node_attr(fused, "fused_ops");
  HR_TRY(add_link(graph, fused, first, 2, fused->inputs, out));
  int32_t next = 2;
  for (int32_t i = 0; i < names->count; ++i) {
    hr_view name = view_of_string(names->strings[i]);
    int32_t count = arguments_of(name);
    hr_output inputs[5] = {*out};
    if (count > fused->num_inputs - next)
      return hr_error(HR_INVALID_ARGUMENT, "The node '%s' has not the %d arguments of %.*s", fused->name, count,
                      (int)name.length, name.data);
    for (int32_t k = 0; k < count; ++k)
      inputs[1 + k] = fused->inputs[next++];
    HR_TRY(add_link(graph, fused, name, 1 + count, inputs, out));
  }
  return HR_SUCCESS;
}

/* FusedBatchNormV3 takes five inputs; then come the sum with a sixth one and the activation. */
static hr_status unfold_batch_norm(hr_graph *graph, const hr_node *fused, hr_output *out, hr_node **others) {
  const hr_attr_value *mode = hr_node_attr(fused, "activation_mode");
  hr_view activation = {mode->s, (size_t)mode->count};
  HR_TRY(add_link(graph, fused, HR_VIEW("FusedBatchNormV3"), 5, fused->inputs, out));
  *others = out->node;
  if (fused->num_inputs > 6)
    return hr_error(HR_INVALID_ARGUMENT, "The node '%s' has more than one side input", fused->name);
  if (fused->num_inputs == 6)
    HR_TRY(add_link(graph, fused, HR_VIEW("AddV2"), 2, (hr_output[]){*out, fused->inputs[5]}, out));
  if (hr_view_equal(activation, HR_VIEW("Identity"))) return HR_SUCCESS;
  return add_link(graph, fused, activation, 1, (hr_output[]){*out}, out);
}

/* The dimension along which rows are joined. */
static hr_status add_axis(hr_graph *graph, const hr_node *fused, hr_output *out) {
  const hr_op_def *op = op_of("Const");
  hr_attr_value *attrs = new_attrs(graph, op);
  hr_tensor *zero = hr_arena_zalloc(hr_graph_arena(graph), sizeof *zero, _Alignof(hr_tensor));
  if (!zero) return hr_error_out_of_memory(0, "a node");
  *zero = hr_tensor_i32(0);
  for (int i = 0; attrs && i < op->num_attrs; ++i)
    attrs[i] = strcmp(op->attrs[i].name, "value") == 0 ? HR_ATTR_TENSOR_VALUE(zero) : HR_ATTR_TYPE_VALUE(HR_INT32);
  return add_node(graph, fused, op, 0, NULL, attrs, out);
}

/* A single row is the whole. */
static hr_status join_rows(hr_graph *graph, const hr_node *start, int32_t count, hr_output *inputs, hr_output *out) {
  const hr_op_def *op = op_of(count > 1 ? "ConcatV2" : "Identity");
  if (count > 1) HR_TRY(add_axis(graph, start, &inputs[count]));
  hr_attr_value *attrs = new_attrs(graph, op);
  for (int i = 0; attrs && i < op->num_attrs; ++i) {
    const char *name = op->attrs[i].name;
    attrs[i] = strcmp(name, "N") == 0   ? HR_ATTR_INT_VALUE(count)
               : strcmp(name, "T") == 0 ? *hr_node_attr(start, "dtype")
                                        : HR_ATTR_TYPE_VALUE(HR_INT32);
  }
  return add_node(graph, start, op, count > 1 ? count + 1 : 1, inputs, attrs, out);
}

/* The rows that others put into a tensor, in order; `inputs` has room for one more. */
static hr_status add_rows(hr_graph *graph, const hr_node *start, int32_t count, hr_output *inputs, hr_output *out) {
  int32_t nodes = hr_graph_node_count(graph), found = 0;
  for (int32_t id = 0; id < nodes; ++id) {
    const hr_node *row = hr_graph_node(graph, id);
    if (!is_row(row) || row->inputs[0].node != start) continue;
    int64_t loc = hr_node_attr(row, "loc")->i;
    if (loc < 0 || loc >= count || inputs[loc].node)
      return hr_error(HR_INVALID_ARGUMENT, "The node '%s' puts a row at %lld, of %d in the node '%s'", row->name,
                      (long long)loc, count, start->name);
    inputs[loc] = row->inputs[1];
    ++found;
  }
  if (found < count)
    return hr_error(HR_INVALID_ARGUMENT, "The node '%s' has %d rows, of which %d are there", start->name, count, found);
  return join_rows(graph, start, count, inputs, out);
}

static hr_status unfold_rows(hr_graph *graph, const hr_node *start, hr_output *out) {
  const hr_partial_shape *shape = hr_node_attr(start, "shape")->shape;
  enum { MOST = 1 << 20 };
  if (shape->rank < 1 || shape->dims[0] < 1 || shape->dims[0] > MOST)
    return hr_error(HR_INVALID_ARGUMENT, "The node '%s' has no rows, or too many", start->name);
  int32_t count = (int32_t)shape->dims[0];
  hr_output *inputs = calloc((size_t)count + 1, sizeof *inputs);
  if (!inputs) return hr_error_out_of_memory(sizeof *inputs * (size_t)count, "a part of a graph");
  hr_status status = add_rows(graph, start, count, inputs, out);
  free(inputs);
  return status;
}

static hr_status unfold_node(hr_graph *graph, const hr_node *node, chain *chain) {
  int32_t first = hr_graph_node_count(graph);
  hr_output out;
  if (is_unary(node))
    HR_TRY(unfold_unary(graph, node, &out));
  else if (is_whole(node))
    HR_TRY(unfold_rows(graph, node, &out));
  else if (is_batch_norm(node))
    HR_TRY(unfold_batch_norm(graph, node, &out, &chain->others));
  else
    HR_TRY(unfold_product(graph, node, is_product(node) ? HR_VIEW("MatMul") : HR_VIEW("Conv2D"), &out));
  if (hr_graph_node_count(graph) == first)
    return hr_error(HR_INVALID_ARGUMENT, "The node '%s' is fused of no ops", node->name);
  chain->end = out.node;
  return HR_SUCCESS;
}

/* Where the node read a fused one, or waited for it, it turns to its chain. */
static hr_status redirect(hr_graph *graph, const chain *chains, hr_node *node) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_output input = node->inputs[i];
    if (!input.node || !chains[input.node->id].end) continue;
    const chain *chain = &chains[input.node->id];
    HR_TRY(hr_node_update_input(
        node, i, input.index == 0 ? (hr_output){chain->end, 0} : (hr_output){chain->others, input.index}));
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    hr_node *end = chains[node->control_inputs[i]->id].end;
    if (!end) continue;
    node->control_inputs[i] = end;
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

static hr_status unfold_all(hr_graph *graph, int32_t count, chain *chains) {
  for (int32_t id = 0; id < count; ++id) {
    const hr_node *node = hr_graph_node(graph, id);
    if (!has_chain(node)) continue;
    int32_t first = hr_graph_node_count(graph);
    HR_TRY(unfold_node(graph, node, &chains[id]));
    HR_TRY(wait_as(node, first));
  }
  for (int32_t id = 0; id < count; ++id) { /* what a row stands for is the whole */
    const hr_node *row = hr_graph_node(graph, id);
    if (!is_row(row)) continue;
    if (!row->inputs[0].node || !is_whole(row->inputs[0].node))
      return hr_error(HR_INVALID_ARGUMENT, "The node '%s' puts a row into something else than _ParallelConcatStart",
                      row->name);
    chains[id] = chains[row->inputs[0].node->id];
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
  chain *chains = calloc(room, sizeof *chains);
  if (!chains) return hr_error_out_of_memory(room * sizeof *chains, "a part of a graph");
  hr_status status = unfold_all(graph, count, chains);
  int32_t all = hr_graph_node_count(graph);
  chain *known = status ? NULL : calloc((size_t)all + 1, sizeof *known);
  if (!status && !known) status = hr_error_out_of_memory((size_t)all * sizeof *known, "a part of a graph");
  if (known) memcpy(known, chains, sizeof *chains * (size_t)count);
  for (int32_t id = 0; id < all && !status; ++id)
    status = redirect(graph, known, hr_graph_node(graph, id));
  free(known);
  free(chains);
  return status;
}
