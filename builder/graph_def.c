#include "builder/graph_def.h"

#include "runtime/base/proto_check.h"
#include "runtime/graph/graphdef_export.h"
#include <stdlib.h>
#include <string.h>

typedef struct hr_named_node {
  const char *name;
  size_t index;
} hr_named_node;

static int compare(const void *a, const void *b) {
  return strcmp(((const hr_named_node *)a)->name, ((const hr_named_node *)b)->name);
}

/* After the nodes have changed. */
static hr_status sort_names(hr_graph_def *g) {
  size_t count = g->def->n_node;
  g->by_name = HR_ARENA_ARRAY(&g->arena, hr_named_node, count + 1);
  if (!g->by_name) return hr_error_out_of_memory(count * sizeof *g->by_name, "the names of a GraphDef");
  for (size_t i = 0; i < count; ++i)
    g->by_name[i] = (hr_named_node){g->def->node[i]->name, i};
  qsort(g->by_name, count, sizeof *g->by_name, compare);
  for (size_t i = 1; i < count; ++i)
    if (strcmp(g->by_name[i - 1].name, g->by_name[i].name) == 0)
      return hr_error(HR_INVALID_ARGUMENT, "Two nodes of a GraphDef are named '%s'", g->by_name[i].name);
  return HR_SUCCESS;
}

hr_status hr_graph_def_unpack(const void *bytes, size_t length, hr_graph_def *g) {
  *g = (hr_graph_def){0};
  HR_TRY(hr_proto_unpack(&hr_pb__graph_def__descriptor, &g->arena, bytes, length, NULL, &g->def));
  return sort_names(g);
}

void hr_graph_def_clear(hr_graph_def *g) {
  hr_arena_free(&g->arena);
  *g = (hr_graph_def){0};
}

int64_t hr_graph_def_find(const hr_graph_def *g, const char *name, size_t length) {
  size_t low = 0, high = g->def->n_node;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const char *other = g->by_name[middle].name;
    int order = strncmp(name, other, length);
    if (order == 0 && other[length] != '\0') order = -1;
    if (order == 0) return (int64_t)g->by_name[middle].index;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

int64_t hr_graph_def_input(const hr_graph_def *g, const char *input) {
  if (*input == '^') ++input;
  return hr_graph_def_find(g, input, strcspn(input, ":"));
}

/* ---- cutting ---------------------------------------------------------------------------------------------------- */

/* Marks what the marked nodes need; `pending` has room for all. */
static hr_status mark_needed(const hr_graph_def *g, bool *needed, size_t *pending, size_t count) {
  while (count > 0) {
    const HrPb__NodeDef *node = g->def->node[pending[--count]];
    for (size_t i = 0; i < node->n_input; ++i) {
      int64_t input = hr_graph_def_input(g, node->input[i]);
      if (input < 0) return hr_error(HR_NOT_FOUND, "Input %s of %s is not in graph", node->input[i], node->name);
      if (needed[input]) continue;
      needed[input] = true;
      pending[count++] = (size_t)input;
    }
  }
  return HR_SUCCESS;
}

/* TensorFlow's functions write a library even where there is none. */
static hr_status add_library(hr_graph_def *g) {
  if (g->def->library) return HR_SUCCESS;
  g->def->library = HR_ARENA_NEW(&g->arena, HrPb__FunctionDefLibrary);
  if (!g->def->library) return hr_error_out_of_memory(sizeof *g->def->library, "a GraphDef");
  hr_pb__function_def_library__init(g->def->library);
  return HR_SUCCESS;
}

hr_status hr_graph_def_cut(hr_graph_def *g, hr_strings nodes) {
  size_t total = g->def->n_node, count = 0, kept = 0;
  bool *needed = calloc(total + 1, sizeof *needed);
  size_t *pending = malloc((total + 1) * sizeof *pending);
  hr_status status =
      needed && pending ? HR_SUCCESS : hr_error_out_of_memory(total * sizeof *pending, "the nodes of a GraphDef");
  for (int32_t i = 0; i < nodes.count && !status; ++i) {
    int64_t node = hr_graph_def_find(g, nodes.items[i], strlen(nodes.items[i]));
    if (node < 0) {
      status = hr_error(HR_NOT_FOUND, "%s is not in graph", nodes.items[i]);
    } else if (!needed[node]) {
      needed[node] = true;
      pending[count++] = (size_t)node;
    }
  }
  if (!status) status = mark_needed(g, needed, pending, count);
  for (size_t i = 0; i < total && !status; ++i)
    if (needed[i]) g->def->node[kept++] = g->def->node[i];
  if (!status) g->def->n_node = kept;
  free(needed);
  free(pending);
  HR_TRY(status);
  HR_TRY(add_library(g));
  return sort_names(g);
}

hr_status hr_graph_def_pack(const hr_graph_def *g, hr_owned_bytes *out) {
  hr_text text = {0};
  hr_proto_pack(g->def, &text);
  return hr_text_to_owned_bytes(&text, out);
}
