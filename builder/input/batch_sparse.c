#include "builder/input/batch_sparse.h"
#include "builder/input/after.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"

/* ---- storing ----------------------------------------------------------------------------------------------------- */

typedef struct storing {
  hr_sparse_tensor x;
  bool many;
  const char *shared_name;
} storing;

static hr_output store(hr_scope s, const storing *w) {
  hr_operands parts = HR_OPERANDS(w->x.indices, w->x.values, w->x.dense_shape);
  const char *op = w->many ? "AddManySparseToTensorsMap" : "AddSparseToTensorsMap";
  if (!w->shared_name) return hr_call_one(s, op, NULL, parts, HR_NO_ATTRS);
  return hr_call_one(s, op, NULL, parts, HR_ATTRS({"shared_name", HR_ATTR_STRING_VALUE(w->shared_name)}));
}

static void store_branch(void *argument, hr_scope s, hr_results *results) { hr_return(results, store(s, argument)); }

/* Keys that lead nowhere, of what is not kept. */
static void no_key_branch(void *argument, hr_scope s, hr_results *results) {
  const storing *w = argument;
  if (!w->many) {
    hr_return(results, hr_constant_i64(s, -1));
    return;
  }
  hr_output rows = hr_at(s, hr_sparse_shape(s, w->x, .out_type = HR_INT32), HR_SLICE(0, 1));
  hr_return(results, hr_times(s, -1, hr_ones(s, rows, .dtype = HR_INT64)));
}

static hr_output store_if_kept(hr_scope s, storing *w, hr_output keep_input) {
  if (hr_output_rank(keep_input) == 1) { /* rows of it */
    hr_output rows = hr_at(s, w->x.indices, HR_ALL, HR_INDEX(0));
    w->x = hr_sparse_retain(s, w->x, hr_operand_output(hr_tf_gather(s, keep_input, rows)));
    return store(s, w);
  }
  hr_output key = hr_only(hr_smart_cond(s, keep_input, HR_BRANCH(store_branch, w), HR_BRANCH(no_key_branch, w)));
  if (w->many) hr_know_shape(s, key, &(hr_partial_shape){.rank = 1, .dims = {HR_UNKNOWN_DIM}});
  return key;
}

static bool is_storing(const hr_node *node) {
  return strcmp(hr_node_op(node), "AddSparseToTensorsMap") == 0 ||
         strcmp(hr_node_op(node), "AddManySparseToTensorsMap") == 0;
}

/* The node that stores, perhaps in a branch. */
static hr_node *storing_node(hr_output key) {
  if (!key.node) return NULL;
  for (int32_t i = 0; i < key.node->num_inputs; ++i)
    if (is_storing(key.node->inputs[i].node)) return key.node->inputs[i].node;
  return key.node;
}

hr_output hr_store_component(hr_scope s, const hr_any_operand *item, bool enqueue_many, hr_output keep_input,
                             hr_node *shared, hr_stored *out) {
  *out = (hr_stored){.rank = -1};
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (!item->sparse.indices.node) return hr_convert(s, item->value, HR_INVALID, NULL);
  storing w = {.x = item->sparse, .many = enqueue_many, .shared_name = shared ? hr_node_name(shared) : NULL};
  hr_output key = store_if_kept(s, &w, keep_input);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  out->is_sparse = true;
  out->map = shared ? shared : storing_node(key);
  const hr_partial_shape *shape = hr_output_shape(item->sparse.dense_shape);
  if (shape->rank == 1 && shape->dims[0] >= 0) out->rank = shape->dims[0] - enqueue_many;
  return key;
}

/* ---- taking ------------------------------------------------------------------------------------------------------ */

static hr_sparse_tensor take(hr_scope s, hr_output keys, const hr_stored *stored) {
  hr_sparse_tensor x = {0};
  hr_output flat = hr_tf_squeeze(s, keys, .axis = HR_AXES(1));
  if (!hr_scope_ok(s)) return x;
  const hr_attr_value *given = hr_node_attr(stored->map, "shared_name");
  const char *name = given && given->count ? given->s : hr_node_name(stored->map);
  HR_WITH (beside, hr_colocate_with(s, stored->map, false)) {
    const hr_named_attr attrs[] = {{"dtype", *hr_node_attr(stored->map, "T")},
                                   {"container", *hr_node_attr(stored->map, "container")},
                                   {"shared_name", HR_ATTR_STRING_VALUE(name)}};
    hr_operand operand = hr_operand_output(flat);
    hr_node *node = hr_call_op(beside, "TakeManySparseFromTensorsMap", NULL, 1, &operand, 3, attrs);
    if (node) x = (hr_sparse_tensor){{node, 0}, {node, 1}, {node, 2}};
  }
  if (!x.indices.node) return x;
  int64_t rank = stored->rank < 0 ? HR_UNKNOWN_DIM : stored->rank + 1;
  hr_know_shape(s, x.indices, &(hr_partial_shape){.rank = 2, .dims = {HR_UNKNOWN_DIM, rank}});
  hr_know_shape(s, x.dense_shape, &(hr_partial_shape){.rank = 1, .dims = {rank}});
  return hr_make_sparse_tensor(s, x.indices, x.values, x.dense_shape);
}

/* All parts of an element are taken before one of them is given, as none would be left over. */
static void wait_for_all(hr_scope s, int32_t count, hr_any_tensor *items) {
  hr_node **nodes = hr_keep_bytes(s, sizeof *nodes * (size_t)count);
  for (int32_t i = 0; nodes && i < count; ++i)
    nodes[i] = items[i].sparse.values.node ? items[i].sparse.values.node : items[i].value.node;
  for (int32_t i = 0; nodes && i < count; ++i) {
    hr_sparse_tensor *x = &items[i].sparse;
    if (!x->values.node) {
      items[i].value = hr_after(s, count, nodes, items[i].value, NULL);
      continue;
    }
    hr_output indices = hr_after(s, count, nodes, x->indices, NULL);
    hr_output values = hr_after(s, count, nodes, x->values, NULL);
    *x = hr_make_sparse_tensor(s, indices, values, hr_after(s, count, nodes, x->dense_shape, NULL));
  }
}

hr_any_tensors hr_restore_components(hr_scope s, hr_outputs batch, const hr_stored *stored) {
  const hr_any_tensors nothing = {0, NULL};
  if (!hr_scope_ok(s)) return nothing;
  hr_any_tensor *items = hr_keep_bytes(s, sizeof *items * ((size_t)batch.count + 1));
  bool any = false;
  for (int32_t i = 0; items && i < batch.count; ++i) {
    if (stored[i].is_sparse)
      items[i].sparse = take(s, batch.items[i], &stored[i]);
    else
      items[i].value = batch.items[i];
    any |= stored[i].is_sparse;
  }
  if (any && hr_scope_ok(s)) {
    hr_any_tensor only = items[0];
    wait_for_all(s, batch.count, items);
    if (batch.count == 1) items[0] = only; /* as TensorFlow, which builds the rest and gives what was taken */
  }
  return items && hr_scope_ok(s) ? (hr_any_tensors){batch.count, items} : nothing;
}
