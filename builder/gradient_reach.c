#include "builder/gradient_reach.h"
#include "runtime/graph/node.h"
#include <stdlib.h>

bool hr_dtype_is_trainable(hr_dtype dtype) {
  switch (hr_dtype_base(dtype)) {
  case HR_HALF:
  case HR_FLOAT:
  case HR_DOUBLE:
  case HR_COMPLEX64:
  case HR_COMPLEX128:
  case HR_RESOURCE:
  case HR_VARIANT: return true;
  default: return false;
  }
}

bool hr_is_trainable(hr_output output) { return hr_dtype_is_trainable(hr_output_dtype(output)); }

/* The nodes that are looked at. */
typedef struct range {
  const hr_graph *graph;
  int32_t first_id, count;
} range;

/* The place in the range of what a node reads; -1 where no gradient goes there. */
static int32_t differentiable_input(const range *r, const hr_node *node, int32_t input) {
  hr_output output = node->inputs[input];
  int32_t place = output.node ? output.node->id - r->first_id : -1;
  return place >= 0 && place < r->count && hr_is_trainable(output) ? place : -1;
}

/* Where nodes stand in topological order, one pass over their ids does it. */
static void mark_in_order(const range *r, bool *reached) {
  for (int32_t i = 0; i < r->count; ++i) {
    const hr_node *node = hr_graph_node(r->graph, r->first_id + i);
    for (int32_t k = 0; k < node->num_inputs && !reached[i]; ++k) {
      int32_t from = differentiable_input(r, node, k);
      reached[i] = from >= 0 && reached[from];
    }
  }
}

/* Who reads each node: items[begin[i]] on, up to begin[i + 1]. One piece of memory. */
typedef struct readers {
  int32_t *begin, *items;
} readers;

static hr_status find_readers(const range *r, readers *out) {
  size_t edges = 0;
  for (int32_t i = 0; i < r->count; ++i)
    edges += (size_t)hr_graph_node(r->graph, r->first_id + i)->num_inputs;
  size_t bytes = sizeof(int32_t) * ((size_t)r->count + 2 + edges);
  int32_t *begin = calloc(1, bytes), *items = begin ? begin + r->count + 2 : NULL;
  if (!begin) return hr_error_out_of_memory(bytes, "the readers of nodes");
  for (int32_t i = 0; i < r->count; ++i) {
    const hr_node *node = hr_graph_node(r->graph, r->first_id + i);
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      int32_t from = differentiable_input(r, node, k);
      if (from >= 0) ++begin[from + 2];
    }
  }
  for (int32_t i = 0; i < r->count; ++i)
    begin[i + 2] += begin[i + 1];
  /* Counting up the place where each next reader goes turns begin[i + 1] into the end of node i. */
  for (int32_t i = 0; i < r->count; ++i) {
    const hr_node *node = hr_graph_node(r->graph, r->first_id + i);
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      int32_t from = differentiable_input(r, node, k);
      if (from >= 0) items[begin[from + 1]++] = i;
    }
  }
  *out = (readers){begin, items};
  return HR_SUCCESS;
}

/* In any order, from reader to reader. */
static hr_status mark_ahead(const range *r, hr_outputs xs, bool *reached) {
  readers all;
  HR_TRY(find_readers(r, &all));
  int32_t *stack = malloc(sizeof *stack * ((size_t)r->count + (size_t)xs.count)), height = 0;
  if (!stack) {
    free(all.begin);
    return hr_error_out_of_memory(sizeof *stack * (size_t)r->count, "the readers of nodes");
  }
  for (int32_t i = 0; i < xs.count; ++i)
    stack[height++] = xs.items[i].node->id - r->first_id;
  while (height > 0) {
    int32_t at = stack[--height];
    for (int32_t i = all.begin[at]; i < all.begin[at + 1]; ++i) {
      if (reached[all.items[i]]) continue;
      reached[all.items[i]] = true;
      stack[height++] = all.items[i];
    }
  }
  free(stack);
  free(all.begin);
  return HR_SUCCESS;
}

hr_status hr_mark_reached(const hr_graph *graph, int32_t first_id, int32_t count, hr_outputs xs, bool *reached) {
  range r = {graph, first_id, count};
  for (int32_t i = 0; i < xs.count; ++i)
    reached[xs.items[i].node->id - first_id] = true;
  if (hr_graph_reads_ahead(graph)) return mark_ahead(&r, xs, reached);
  mark_in_order(&r, reached);
  return HR_SUCCESS;
}
