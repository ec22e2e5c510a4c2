/* tf.graph_util without freezing. */
#include "builder/graph_def.h"
#include "runtime/base/proto_check.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/io/file.h"
#include <stdlib.h>
#include <string.h>

hr_status hr_extract_sub_graph(const void *graph_def, size_t length, hr_strings nodes, hr_owned_bytes *out) {
  hr_graph_def g;
  *out = (hr_owned_bytes){0};
  hr_status status = hr_graph_def_unpack(graph_def, length, &g);
  if (!status) status = hr_graph_def_cut(&g, nodes);
  if (!status) status = hr_graph_def_pack(&g, out);
  hr_graph_def_clear(&g);
  return status;
}

/* ---- training nodes ---------------------------------------------------------------------------------------------- */

/* What is known of each node, by index. */
typedef struct removal {
  hr_graph_def g;
  bool *is_protected, *is_control, *goes; /* is_control: some node's control input */
} removal;

static bool is_op(const HrPb__NodeDef *node, const char *op) { return strcmp(node->op, op) == 0; }

static bool has_control_input(const HrPb__NodeDef *node) {
  for (size_t i = 0; i < node->n_input; ++i)
    if (node->input[i][0] == '^') return true;
  return false;
}

/* Nodes that only hand a tensor on. */
static void mark_numerics_checks(const removal *r) {
  for (size_t i = 0; i < r->g.def->n_node; ++i) {
    const HrPb__NodeDef *node = r->g.def->node[i];
    r->goes[i] = is_op(node, "CheckNumerics") && !r->is_protected[i] && node->n_input > 0 && node->input[0][0] != '^';
  }
}

static void mark_identities(const removal *r) {
  for (size_t i = 0; i < r->g.def->n_node; ++i) {
    const HrPb__NodeDef *node = r->g.def->node[i];
    r->goes[i] = r->goes[i] || (is_op(node, "Identity") && !r->is_protected[i] && !r->is_control[i] &&
                                !has_control_input(node) && node->n_input > 0);
  }
}

static void mark_control_inputs(const removal *r) {
  for (size_t i = 0; i < r->g.def->n_node; ++i)
    for (size_t k = 0; !r->goes[i] && k < r->g.def->node[i]->n_input; ++k) {
      const char *input = r->g.def->node[i]->input[k];
      int64_t node = *input == '^' ? hr_graph_def_input(&r->g, input) : -1;
      if (node >= 0) r->is_control[node] = true;
    }
}

/* Where a data input comes from once the marked nodes are gone. A cycle of them ends where it began. */
static char *source_of(const removal *r, char *input) {
  for (size_t steps = 0; steps <= r->g.def->n_node; ++steps) {
    int64_t node = hr_graph_def_input(&r->g, input);
    if (node < 0 || !r->goes[node]) break;
    input = r->g.def->node[node]->input[0];
  }
  return input;
}

static bool is_gone(const removal *r, const char *input) {
  int64_t node = hr_graph_def_input(&r->g, input);
  return node >= 0 && r->goes[node];
}

/* Connects the readers of marked nodes to their inputs; control inputs from them are dropped. */
static void splice(const removal *r) {
  for (size_t i = 0; i < r->g.def->n_node; ++i) {
    HrPb__NodeDef *node = r->g.def->node[i];
    if (r->goes[i]) continue;
    size_t kept = 0;
    for (size_t k = 0; k < node->n_input; ++k) {
      bool is_control = node->input[k][0] == '^';
      if (is_control && is_gone(r, node->input[k])) continue;
      node->input[kept++] = is_control ? node->input[k] : source_of(r, node->input[k]);
    }
    node->n_input = kept;
  }
}

/* First the checks, then identities: a control input from a check keeps no identity. */
static void remove_nodes(const removal *r) {
  mark_numerics_checks(r);
  splice(r);
  mark_control_inputs(r);
  mark_identities(r);
  splice(r);
  size_t kept = 0;
  for (size_t i = 0; i < r->g.def->n_node; ++i)
    if (!r->goes[i]) r->g.def->node[kept++] = r->g.def->node[i];
  r->g.def->n_node = kept;
  r->g.def->versions = NULL;
  r->g.def->library = NULL;
}

hr_status hr_remove_training_nodes(const void *graph_def, size_t length, hr_strings protected_nodes,
                                   hr_owned_bytes *out) {
  removal r = {0};
  *out = (hr_owned_bytes){0};
  hr_status status = hr_graph_def_unpack(graph_def, length, &r.g);
  if (!status) {
    size_t count = r.g.def->n_node + 1;
    bool *flags = hr_arena_zalloc(&r.g.arena, 3 * count, 1);
    if (!flags) status = hr_error_out_of_memory(3 * count, "the nodes of a GraphDef");
    r.is_protected = flags;
    r.is_control = flags ? flags + count : NULL;
    r.goes = flags ? flags + 2 * count : NULL;
  }
  for (int32_t i = 0; i < protected_nodes.count && !status; ++i) {
    int64_t node = hr_graph_def_find(&r.g, protected_nodes.items[i], strlen(protected_nodes.items[i]));
    if (node >= 0) r.is_protected[node] = true;
  }
  if (!status) remove_nodes(&r);
  if (!status) status = hr_graph_def_pack(&r.g, out);
  hr_graph_def_clear(&r.g);
  return status;
}

/* ---- single nodes ------------------------------------------------------------------------------------------------ */

static bool is_one_of(const char *text, const char *const *list) {
  for (; *list; ++list)
    if (strcmp(text, *list) == 0) return true;
  return false;
}

static int type_attr(const HrPb__NodeDef *node, const char *name) {
  for (size_t i = 0; i < node->n_attr; ++i) {
    const HrPb__AttrValue *value = node->attr[i]->value;
    if (strcmp(node->attr[i]->key, name) == 0 && value && value->value_case == HR_PB__ATTR_VALUE__VALUE_TYPE)
      return (int)value->type;
  }
  return HR_INVALID;
}

static bool must_run_on_cpu(const HrPb__NodeDef *node, bool pin_variables) {
  static const char *const writers[] = {"Variable",   "VariableV2",    "Assign",     "AssignAdd",       "AssignSub",
                                        "ScatterAdd", "ScatterUpdate", "ScatterSub", "TruncatedNormal", NULL};
  static const char *const stitches[] = {"DynamicStitch", "ParallelDynamicStitch", NULL};
  if (pin_variables && is_one_of(node->op, writers)) return true;
  if (strcmp(node->op, "Const") == 0) {
    int dtype = type_attr(node, "dtype");
    return dtype == HR_STRING || dtype == HR_INT32;
  }
  if (is_one_of(node->op, stitches)) return type_attr(node, "T") == HR_INT32;
  return strcmp(node->op, "Cast") == 0 && type_attr(node, "SrcT") == HR_INT32;
}

hr_status hr_must_run_on_cpu(const void *node_def, size_t length, bool pin_variables, bool *answer) {
  hr_arena arena = {0};
  HrPb__NodeDef *node;
  *answer = false;
  HR_TRY(hr_proto_unpack(&hr_pb__node_def__descriptor, &arena, node_def, length, NULL, &node));
  *answer = must_run_on_cpu(node, pin_variables);
  hr_arena_free(&arena);
  return HR_SUCCESS;
}

hr_status hr_tensor_shape_from_node_def_name(const hr_graph *graph, const char *name, hr_partial_shape *out) {
  hr_output output;
  HR_TRY(hr_graph_output(graph, name, &output));
  *out = *hr_output_shape(output);
  return HR_SUCCESS;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static hr_status write_file(hr_bytes bytes, const char *directory, const char *name, char **path) {
  if (path) *path = NULL;
  char *joined = hr_path_join_dup(directory, name);
  hr_status status = joined ? hr_directory_create(directory) : hr_error_out_of_memory(strlen(directory), "a path");
  if (!status) status = hr_file_replace(joined, bytes.data, bytes.length);
  if (!status && path)
    *path = joined;
  else
    free(joined);
  return status;
}

hr_status hr_write_graph(const hr_graph *graph, const char *directory, const char *name, bool as_text, char **path) {
  if (path) *path = NULL;
  hr_owned_bytes bytes;
  HR_TRY(as_text ? hr_graph_export_text(graph, NULL, &bytes) : hr_graph_export(graph, NULL, &bytes));
  hr_status status = write_file((hr_bytes){bytes.data, bytes.length}, directory, name, path);
  free(bytes.data);
  return status;
}

hr_status hr_write_graph_def(const void *graph_def, size_t length, const char *directory, const char *name,
                             bool as_text, char **path) {
  if (path) *path = NULL;
  if (!as_text) {
    HR_TRY(hr_proto_check(&hr_pb__graph_def__descriptor, graph_def, length, NULL));
    return write_file((hr_bytes){graph_def, length}, directory, name, path);
  }
  hr_graph_def g;
  hr_owned_bytes bytes, text = {0};
  hr_status status = hr_graph_def_unpack(graph_def, length, &g);
  if (!status) status = hr_graph_def_pack(&g, &bytes);
  hr_graph_def_clear(&g);
  if (status) return status;
  status = hr_bytes_to_text(&hr_pb__graph_def__descriptor, &bytes, &text);
  if (!status) status = write_file((hr_bytes){text.data, text.length}, directory, name, path);
  free(bytes.data);
  free(text.data);
  return status;
}
