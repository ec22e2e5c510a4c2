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

static bool is_converted(const HrPb__NodeDef *node, const hr_freezing_options *o) {
  bool is_variable = strcmp(node->op, "VariableV2") == 0 || strcmp(node->op, "Variable") == 0;
  return is_variable && (!o->whitelist || contains(o->whitelist, node->name)) && !contains(o->blacklist, node->name);
}

static HrPb__NodeDef__AttrEntry *attr_of(const HrPb__NodeDef *node, const char *key) {
  for (size_t i = 0; i < node->n_attr; ++i)
    if (strcmp(node->attr[i]->key, key) == 0) return node->attr[i];
  return NULL;
}

/* Puts a Const with the value in the variable's place. */
static hr_status convert(hr_arena *arena, HrPb__NodeDef *node, const hr_tensor *value) {
  hr_text bytes = {0};
  HrPb__TensorProto *proto;
  hr_status status = hr_tensor_to_proto(value, &bytes);
  if (!status && bytes.failed) status = hr_error_out_of_memory(bytes.length, "a constant");
  if (!status)
    status = hr_proto_unpack(&hr_pb__tensor_proto__descriptor, arena, bytes.data, bytes.length, NULL, &proto);
  hr_text_free(&bytes);
  HR_TRY(status);
  HrPb__NodeDef__AttrEntry *dtype = attr_of(node, "dtype"), *entry = HR_ARENA_NEW(arena, HrPb__NodeDef__AttrEntry);
  HrPb__NodeDef__AttrEntry **attrs = HR_ARENA_ARRAY(arena, HrPb__NodeDef__AttrEntry *, 2);
  HrPb__AttrValue *attr = HR_ARENA_NEW(arena, HrPb__AttrValue);
  if (!entry || !attrs || !attr) return hr_error_out_of_memory(sizeof *attr, "a constant");
  if (!dtype) return hr_error(HR_INVALID_ARGUMENT, "The variable %s has no dtype", node->name);
  hr_pb__attr_value__init(attr);
  attr->value_case = HR_PB__ATTR_VALUE__VALUE_TENSOR;
  attr->tensor = proto;
  hr_pb__node_def__attr_entry__init(entry);
  entry->key = (char *)"value";
  entry->value = attr;
  attrs[0] = dtype;
  attrs[1] = entry;
  node->op = (char *)"Const";
  node->n_input = 0;
  node->device = (char *)"";
  node->n_attr = 2;
  node->attr = attrs;
  return HR_SUCCESS;
}

static hr_status convert_all(hr_session *session, hr_graph_def *g, const hr_freezing_options *o) {
  size_t count = 0;
  hr_output *fetches = malloc((g->def->n_node + 1) * sizeof *fetches);
  hr_tensor *values = calloc(g->def->n_node + 1, sizeof *values);
  HrPb__NodeDef **nodes = malloc((g->def->n_node + 1) * sizeof(HrPb__NodeDef *));
  hr_status status = fetches && values && nodes
                         ? HR_SUCCESS
                         : hr_error_out_of_memory((g->def->n_node + 1) * sizeof *fetches, "the nodes of a GraphDef");
  for (size_t i = 0; i < g->def->n_node && !status; ++i) {
    if (!is_converted(g->def->node[i], o)) continue;
    nodes[count] = g->def->node[i];
    status = hr_graph_output(hr_session_graph(session), nodes[count]->name, &fetches[count]);
    ++count;
  }
  bool ran = !status && count > 0;
  if (ran) status = hr_session_run(session, 0, NULL, (int32_t)count, fetches, values, 0, NULL);
  for (size_t i = 0; i < count && ran; ++i) {
    if (!status) status = convert(&g->arena, nodes[i], &values[i]);
    hr_tensor_clear(&values[i]);
  }
  free(fetches);
  free(values);
  free(nodes);
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
