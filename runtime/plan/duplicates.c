/* Common subexpressions: of nodes with the same op, attributes, inputs and control inputs the first is kept. */
#include "runtime/plan/rewrite.h"
#include <string.h>

#define MAX_CONSTANT_BYTES 64 /* of constants that are compared */

static uint64_t mix(uint64_t hash, uint64_t value) {
  return (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15) >> 7 ^ hash << 3;
}

/* The control inputs are few, and the builder makes them in one order. */
static uint64_t hash_of(const hr_rewriting *r, const hr_node *node) {
  uint64_t hash = (uintptr_t)node->op;
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_output input = hr_follow_alias(r->plan, node->inputs[i]);
    hash = mix(hash, (uint64_t)input.node->id << 8 ^ (uint64_t)input.index);
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i)
    hash = mix(hash, (uint64_t)node->control_inputs[i]->id);
  return hash;
}

static bool same_tensor(const hr_tensor *a, const hr_tensor *b) {
  if (a == b) return true;
  return a->dtype == b->dtype && a->elements == b->elements && hr_dtype_is_plain(hr_tensor_dtype(a)) &&
         hr_tensor_bytes(a) <= MAX_CONSTANT_BYTES && hr_tensor_equal(a, b);
}

static bool same_attr(const hr_attr_value *a, const hr_attr_value *b) {
  if (a->kind != b->kind || a->is_list != b->is_list || (a->is_list && a->count != b->count)) return false;
  if (a->is_list) {
    switch (a->kind) {
    case HR_ATTR_INT: return memcmp(a->ints, b->ints, sizeof *a->ints * (size_t)a->count) == 0;
    case HR_ATTR_TYPE: return memcmp(a->types, b->types, sizeof *a->types * (size_t)a->count) == 0;
    default: return a->count == 0;
    }
  }
  switch (a->kind) {
  case HR_ATTR_STRING: return a->count == b->count && memcmp(a->s, b->s, (size_t)a->count) == 0;
  case HR_ATTR_INT: return a->i == b->i;
  case HR_ATTR_FLOAT: return memcmp(&a->f, &b->f, sizeof a->f) == 0;
  case HR_ATTR_BOOL: return a->b == b->b;
  case HR_ATTR_TYPE: return a->type == b->type;
  case HR_ATTR_SHAPE: return hr_partial_shape_equal(a->shape, b->shape);
  case HR_ATTR_TENSOR: return same_tensor(a->tensor, b->tensor);
  default: return a->kind == HR_ATTR_NONE;
  }
}

static bool same_node(const hr_rewriting *r, int32_t place, int32_t other) {
  const hr_node *a = r->plan->nodes[place].node, *b = r->plan->nodes[other].node;
  if (r->plan->nodes[place].device != r->plan->nodes[other].device || a->op != b->op ||
      a->num_inputs != b->num_inputs || a->num_control_inputs != b->num_control_inputs ||
      a->num_outputs != b->num_outputs)
    return false;
  for (int32_t i = 0; i < a->num_inputs; ++i)
    if (!hr_output_equal(hr_follow_alias(r->plan, a->inputs[i]), hr_follow_alias(r->plan, b->inputs[i]))) return false;
  for (int32_t i = 0; i < a->num_control_inputs; ++i)
    if (a->control_inputs[i] != b->control_inputs[i]) return false;
  for (int i = 0; i < a->op->num_attrs; ++i)
    if (!same_attr(&a->attrs[i], &b->attrs[i])) return false;
  return true;
}

/* Placeholders that nobody fed fail, each with its own name. */
static bool is_comparable(const hr_rewriting *r, int32_t place) {
  const hr_node *node = r->plan->nodes[place].node;
  return hr_is_replaceable(r, place) && (node->num_inputs > 0 || strcmp(node->op->name, "Const") == 0);
}

hr_status hr_remove_duplicates(hr_rewriting *r) {
  hr_plan *plan = r->plan;
  uint32_t size = 64;
  while (size < 2 * (uint32_t)plan->num_nodes)
    size *= 2;
  int32_t *table = hr_arena_zalloc(&r->scratch, sizeof *table * size, _Alignof(int32_t)); /* place + 1 */
  if (!table) return hr_error_out_of_memory(sizeof *table * size, "the rewriting of a plan");
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    if (!is_comparable(r, i)) continue;
    const hr_node *node = plan->nodes[i].node;
    uint32_t at = (uint32_t)hash_of(r, node) & (size - 1);
    while (table[at] && !same_node(r, table[at] - 1, i))
      at = (at + 1) & (size - 1);
    if (table[at])
      hr_leave_out(r, i, plan->nodes[table[at] - 1].node, -1);
    else
      table[at] = i + 1;
  }
  return HR_SUCCESS;
}
