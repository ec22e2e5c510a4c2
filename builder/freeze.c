/* Freezing: variables become constants. */
#include "builder/graph_def.h"
#include "runtime/base/proto_check.h"
#include "runtime/tensor/tensor_proto.h"
#include <stdlib.h>
#include <string.h>

static bool contains(const hr_strings *list, const char *name) {
  for (int32_t i = 0; list && i < list->count; ++i)
    if (strcmp(list->items[i], name) == 0) return true;
  return false;
}

static bool is_op(const HrPb__NodeDef *node, const char *op) { return strcmp(node->op, op) == 0; }

static bool is_converted(const HrPb__NodeDef *node, const hr_freezing_options *o) {
  bool is_variable = is_op(node, "VariableV2") || is_op(node, "Variable") || is_op(node, "VarHandleOp");
  return is_variable && (!o->whitelist || contains(o->whitelist, node->name)) && !contains(o->blacklist, node->name);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static HrPb__NodeDef__AttrEntry *attr_of(const HrPb__NodeDef *node, const char *key) {
  for (size_t i = 0; i < node->n_attr; ++i)
    if (strcmp(node->attr[i]->key, key) == 0) return node->attr[i];
  return NULL;
}

/* The most attributes that a node made here has. */
enum { MAX_ATTRS = 4 };

static hr_status clear_attrs(hr_arena *arena, HrPb__NodeDef *node) {
  node->n_attr = 0;
  node->attr = HR_ARENA_ARRAY(arena, HrPb__NodeDef__AttrEntry *, MAX_ATTRS);
  return node->attr ? HR_SUCCESS : hr_error_out_of_memory(MAX_ATTRS * sizeof *node->attr, "attributes");
}

static hr_status add_attr(hr_arena *arena, HrPb__NodeDef *node, const char *key, HrPb__AttrValue *value) {
  HrPb__NodeDef__AttrEntry *entry = HR_ARENA_NEW(arena, HrPb__NodeDef__AttrEntry);
  if (!entry) return hr_error_out_of_memory(sizeof *entry, "an attribute");
  hr_pb__node_def__attr_entry__init(entry);
  entry->key = (char *)key;
  entry->value = value;
  node->attr[node->n_attr++] = entry;
  return HR_SUCCESS;
}

/* An attribute of `from` under another name, where it has it. */
static hr_status copy_attr(hr_arena *arena, HrPb__NodeDef *to, const char *key, const HrPb__NodeDef *from,
                           const char *from_key) {
  const HrPb__NodeDef__AttrEntry *entry = attr_of(from, from_key);
  return entry ? add_attr(arena, to, key, entry->value) : HR_SUCCESS;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* Makes the node a Const with the value. */
static hr_status make_constant(hr_arena *arena, HrPb__NodeDef *node, const hr_tensor *value, HrPb__AttrValue *dtype) {
  hr_text bytes = {0};
  HrPb__TensorProto *proto;
  hr_status status = hr_tensor_to_proto(value, &bytes);
  if (!status && bytes.failed) status = hr_error_out_of_memory(bytes.length, "a constant");
  if (!status)
    status = hr_proto_unpack(&hr_pb__tensor_proto__descriptor, arena, bytes.data, bytes.length, NULL, &proto);
  hr_text_free(&bytes);
  HR_TRY(status);
  HrPb__AttrValue *attr = HR_ARENA_NEW(arena, HrPb__AttrValue);
  if (!attr) return hr_error_out_of_memory(sizeof *attr, "a constant");
  hr_pb__attr_value__init(attr);
  attr->value_case = HR_PB__ATTR_VALUE__VALUE_TENSOR;
  attr->tensor = proto;
  node->op = (char *)"Const";
  node->n_input = 0;
  node->device = (char *)"";
  HR_TRY(clear_attrs(arena, node));
  HR_TRY(add_attr(arena, node, "dtype", dtype));
  return add_attr(arena, node, "value", attr);
}

/* Puts a Const with the value in the variable's place. */
static hr_status convert_variable(hr_arena *arena, HrPb__NodeDef *node, const hr_tensor *value) {
  const HrPb__NodeDef__AttrEntry *dtype = attr_of(node, "dtype");
  if (!dtype) return hr_error(HR_INVALID_ARGUMENT, "The variable %s has no dtype", node->name);
  return make_constant(arena, node, value, dtype->value);
}

/* Reads a constant in place of a variable: an Identity. */
static hr_status convert_reading(hr_arena *arena, HrPb__NodeDef *node) {
  const HrPb__NodeDef old = *node;
  node->op = (char *)"Identity";
  node->n_input = 1;
  node->device = (char *)"";
  HR_TRY(clear_attrs(arena, node));
  HR_TRY(copy_attr(arena, node, "T", &old, "dtype"));
  return copy_attr(arena, node, "_class", &old, "_class");
}

/* Gathers from a constant in place of a variable: a GatherV2, and the constant `*axis` that it takes. */
static hr_status convert_gather(hr_arena *arena, HrPb__NodeDef *node, HrPb__NodeDef **axis) {
  const HrPb__NodeDef old = *node;
  const HrPb__NodeDef__AttrEntry *batch_dims = attr_of(node, "batch_dims"), *index_type = attr_of(node, "Tindices");
  if (batch_dims && batch_dims->value->i != 0)
    return hr_error(HR_INVALID_ARGUMENT, "batch_dims != 0 is not supported by freezing: %s", node->name);
  if (!index_type || node->n_input < 2)
    return hr_error(HR_INVALID_ARGUMENT, "The node %s is no ResourceGather", node->name);
  char **inputs = HR_ARENA_ARRAY(arena, char *, 3);
  char *axis_name = hr_arena_printf(arena, "%s/axis", node->name);
  *axis = HR_ARENA_NEW(arena, HrPb__NodeDef);
  if (!inputs || !axis_name || !*axis) return hr_error_out_of_memory(sizeof **axis, "a node");
  hr_pb__node_def__init(*axis);
  (*axis)->name = axis_name;
  hr_tensor zero = index_type->value->type == (HrPb__DataType)HR_INT64 ? hr_tensor_i64(0) : hr_tensor_i32(0);
  HR_TRY(make_constant(arena, *axis, &zero, index_type->value));
  inputs[0] = old.input[0];
  inputs[1] = old.input[1];
  inputs[2] = axis_name;
  node->op = (char *)"GatherV2";
  node->n_input = 3;
  node->input = inputs;
  node->device = (char *)"";
  HR_TRY(clear_attrs(arena, node));
  HR_TRY(copy_attr(arena, node, "Tparams", &old, "dtype"));
  HR_TRY(copy_attr(arena, node, "Tindices", &old, "Tindices"));
  HR_TRY(copy_attr(arena, node, "Taxis", &old, "Tindices"));
  return copy_attr(arena, node, "_class", &old, "_class");
}

/* Turns what reads the handles of converted variables; `is_handle` says by index which nodes were such. */
static hr_status convert_readers(hr_graph_def *g, const bool *is_handle) {
  size_t count = g->def->n_node, made = 0;
  HrPb__NodeDef **nodes = HR_ARENA_ARRAY(&g->arena, HrPb__NodeDef *, 2 * count + 1);
  if (!nodes) return hr_error_out_of_memory(2 * count * sizeof *nodes, "the nodes of a GraphDef");
  for (size_t i = 0; i < count; ++i) {
    HrPb__NodeDef *node = g->def->node[i];
    int64_t input = node->n_input > 0 ? hr_graph_def_input(g, node->input[0]) : -1;
    bool reads_handle = input >= 0 && is_handle[input];
    if (reads_handle && is_op(node, "ReadVariableOp"))
      HR_TRY(convert_reading(&g->arena, node));
    else if (reads_handle && is_op(node, "ResourceGather"))
      HR_TRY(convert_gather(&g->arena, node, &nodes[made++]));
    nodes[made++] = node;
  }
  g->def->node = nodes;
  g->def->n_node = made;
  return HR_SUCCESS;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

/* Where a session finds a variable's value. */
static hr_status find_value(hr_session *session, hr_arena *arena, const HrPb__NodeDef *node, hr_output *out) {
  bool is_handle = is_op(node, "VarHandleOp");
  const char *name = is_handle ? hr_arena_printf(arena, "%s/Read/ReadVariableOp:0", node->name) : node->name;
  if (!name) return hr_error_out_of_memory(strlen(node->name), "a name");
  return hr_graph_output(hr_session_graph(session), name, out);
}

static hr_status convert_all(hr_session *session, hr_graph_def *g, const hr_freezing_options *o) {
  size_t count = 0, room = g->def->n_node + 1;
  hr_output *fetches = malloc(room * sizeof *fetches);
  hr_tensor *values = calloc(room, sizeof *values);
  size_t *indices = malloc(room * sizeof *indices);
  bool *is_handle = calloc(room, sizeof *is_handle);
  hr_status status = fetches && values && indices && is_handle
                         ? HR_SUCCESS
                         : hr_error_out_of_memory(room * sizeof *fetches, "the nodes of a GraphDef");
  for (size_t i = 0; i < g->def->n_node && !status; ++i) {
    const HrPb__NodeDef *node = g->def->node[i];
    if (!is_converted(node, o)) continue;
    indices[count] = i;
    is_handle[i] = is_op(node, "VarHandleOp");
    status = find_value(session, &g->arena, node, &fetches[count++]);
  }
  bool ran = !status && count > 0;
  if (ran) status = hr_session_run(session, 0, NULL, (int32_t)count, fetches, values, 0, NULL);
  for (size_t i = 0; i < count && ran; ++i) {
    if (!status) status = convert_variable(&g->arena, g->def->node[indices[i]], &values[i]);
    hr_tensor_clear(&values[i]);
  }
  if (!status) status = convert_readers(g, is_handle);
  free(fetches);
  free(values);
  free(indices);
  free(is_handle);
  return status;
}

hr_status hr_convert_variables_to_constants_with(hr_session *session, const void *graph_def, size_t length,
                                                 hr_strings outputs, hr_owned_bytes *out,
                                                 const hr_freezing_options *options) {
  hr_graph_def g;
  *out = (hr_owned_bytes){0};
  hr_status status = hr_graph_def_unpack(graph_def, length, &g);
  if (!status) status = hr_graph_def_cut(&g, outputs);
  if (!status) status = convert_all(session, &g, options);
  if (!status) {
    g.def->versions = NULL;
    status = hr_graph_def_pack(&g, out);
  }
  hr_graph_def_clear(&g);
  return status;
}
