/* Names in a FunctionDef are one set: results are named first, after the nodes that compute them, in lower case; then
 * arguments, after theirs; then nodes keep their names where they can. */
#include "runtime/graph/function_export.h"

#include "proto/function.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/function_hash.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/graphdef_export.h"
#include <stdlib.h>

typedef struct exporter {
  const hr_graph *graph;
  const hr_function_spec *spec;
  hr_arena arena;
  hr_names used;
  const char **names; /* by node: of an argument or a node of the body */
  bool *is_argument;  /* by node */
  HrPb__FunctionDef def;
  HrPb__OpDef signature;
} exporter;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(HrPb__FunctionDef), "a function"); }

#define NEW_MESSAGE(e, type) ((type *)hr_arena_zalloc(&(e)->arena, sizeof(type), _Alignof(max_align_t)))
#define NEW_LIST(e, type, count)                                                                                       \
  ((type *)hr_arena_zalloc(&(e)->arena, sizeof(type) * ((size_t)(count) + 1), _Alignof(max_align_t)))

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* In lower case, with '_' for what is neither letter nor digit, from the first letter on. */
static char *normalized(exporter *e, const char *name) {
  char *text = hr_arena_copy_string(&e->arena, name, strlen(name));
  for (char *c = text; c && *c; ++c) {
    bool is_upper = *c >= 'A' && *c <= 'Z', is_lower = *c >= 'a' && *c <= 'z', is_digit = *c >= '0' && *c <= '9';
    if (is_upper) *c = (char)(*c + 'a' - 'A');
    if (!is_upper && !is_lower && !is_digit) *c = '_';
  }
  while (text && *text && !(*text >= 'a' && *text <= 'z'))
    ++text;
  return text && !*text ? hr_arena_copy_string(&e->arena, "unknown", 7) : text;
}

/* Takes a name; false where it is taken or memory is out. */
static bool take(exporter *e, const char *name, const hr_node *node) {
  if (hr_names_find(&e->used, hr_view_of(name))) return false;
  hr_name *entry = hr_names_enter(&e->used, hr_view_of(name), false);
  if (entry) hr_name_set_node(entry, (hr_node *)(uintptr_t)node);
  return entry != NULL;
}

/* The name itself, or the first free one of "name_0", "name_1", ... */
static const char *unique(exporter *e, const char *name, const hr_node *node) {
  if (!name || take(e, name, node)) return name;
  for (int32_t i = 0; i < INT32_MAX; ++i) {
    char *candidate = hr_arena_printf(&e->arena, "%s_%d", name, (int)i);
    if (!candidate || take(e, candidate, node)) return candidate;
    if (!hr_names_find(&e->used, hr_view_of(candidate))) return NULL; /* memory is out */
  }
  return NULL;
}

/* ---- the signature ----------------------------------------------------------------------------------------------- */

static hr_status add_arg(exporter *e, const char *name, hr_output output, HrPb__OpDef__ArgDef **out) {
  HrPb__OpDef__ArgDef *arg = NEW_MESSAGE(e, HrPb__OpDef__ArgDef);
  if (!arg || !name) return out_of_memory();
  hr_pb__op_def__arg_def__init(arg);
  arg->name = (char *)(uintptr_t)name;
  arg->type = (HrPb__DataType)hr_output_dtype(output);
  *out = arg;
  return HR_SUCCESS;
}

static hr_status name_results(exporter *e) {
  hr_outputs results = e->spec->results;
  e->signature.output_arg = NEW_LIST(e, HrPb__OpDef__ArgDef *, results.count);
  if (!e->signature.output_arg) return out_of_memory();
  for (int32_t i = 0; i < results.count; ++i) {
    const hr_node *node = results.items[i].node;
    const char *name;
    if (e->spec->result_names.count > 0) {
      name = e->spec->result_names.items[i];
      if (!take(e, name, node))
        return hr_error(HR_INVALID_ARGUMENT, "Cannot have duplicate output names. Name '%s' appears more than once.",
                        name);
    } else {
      name = unique(e, normalized(e, node->name), node);
    }
    HR_TRY(add_arg(e, name, results.items[i], &e->signature.output_arg[i]));
    ++e->signature.n_output_arg;
  }
  return HR_SUCCESS;
}

static hr_status node_to_message(exporter *e, const hr_node *node, HrPb__NodeDef **out) {
  hr_owned_bytes bytes;
  HR_TRY(hr_node_export(node, &bytes));
  hr_status status = hr_proto_unpack(&hr_pb__node_def__descriptor, &e->arena, bytes.data, bytes.length, NULL, out);
  free(bytes.data);
  return status;
}

/* Attributes of an argument's node that begin with '_'. */
static hr_status add_arg_attrs(exporter *e, const hr_node *node, uint32_t index) {
  HrPb__NodeDef *def;
  HR_TRY(node_to_message(e, node, &def));
  HrPb__FunctionDef__ArgAttrEntry *entry = NEW_MESSAGE(e, HrPb__FunctionDef__ArgAttrEntry);
  HrPb__FunctionDef__ArgAttrs *attrs = NEW_MESSAGE(e, HrPb__FunctionDef__ArgAttrs);
  if (!entry || !attrs) return out_of_memory();
  hr_pb__function_def__arg_attr_entry__init(entry);
  hr_pb__function_def__arg_attrs__init(attrs);
  attrs->attr = NEW_LIST(e, HrPb__FunctionDef__ArgAttrs__AttrEntry *, def->n_attr);
  HrPb__FunctionDef__ArgAttrs__AttrEntry *entries = NEW_LIST(e, HrPb__FunctionDef__ArgAttrs__AttrEntry, def->n_attr);
  if (!attrs->attr || !entries) return out_of_memory();
  for (size_t i = 0; i < def->n_attr; ++i) {
    if (def->attr[i]->key[0] != '_') continue;
    hr_pb__function_def__arg_attrs__attr_entry__init(&entries[i]);
    entries[i].key = def->attr[i]->key;
    entries[i].value = def->attr[i]->value;
    attrs->attr[attrs->n_attr++] = &entries[i];
  }
  entry->key = index;
  entry->value = attrs;
  e->def.arg_attr[e->def.n_arg_attr++] = entry;
  return HR_SUCCESS;
}

static hr_status name_arguments(exporter *e) {
  hr_outputs arguments = e->spec->arguments;
  e->signature.input_arg = NEW_LIST(e, HrPb__OpDef__ArgDef *, arguments.count);
  e->def.arg_attr = NEW_LIST(e, HrPb__FunctionDef__ArgAttrEntry *, arguments.count);
  if (!e->signature.input_arg || !e->def.arg_attr) return out_of_memory();
  for (int32_t i = 0; i < arguments.count; ++i) {
    const hr_node *node = arguments.items[i].node;
    e->is_argument[node->id] = true;
    e->names[node->id] = unique(e, normalized(e, node->name), node);
    HR_TRY(add_arg(e, e->names[node->id], arguments.items[i], &e->signature.input_arg[i]));
    ++e->signature.n_input_arg;
    HR_TRY(add_arg_attrs(e, node, (uint32_t)i));
  }
  return HR_SUCCESS;
}

/* ---- the body ---------------------------------------------------------------------------------------------------- */

/* "x" of an argument, else "node:output:2". NULL when memory is out. */
static char *tensor_name(exporter *e, hr_output output) {
  const hr_node *node = output.node;
  if (e->is_argument[node->id]) return (char *)(uintptr_t)e->names[node->id];
  for (int32_t i = 0; i < node->op->num_outputs; ++i) {
    int32_t first, count;
    hr_node_output_range(node, i, &first, &count);
    if (output.index < first + count)
      return hr_arena_printf(&e->arena, "%s:%s:%d", e->names[node->id], node->op->outputs[i].name,
                             (int)(output.index - first));
  }
  return NULL;
}

static int compare_texts(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static hr_status fill_inputs(exporter *e, const hr_node *node, HrPb__NodeDef *def) {
  def->input = NEW_LIST(e, char *, node->num_inputs + node->num_control_inputs);
  def->n_input = 0;
  if (!def->input) return out_of_memory();
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    if (!node->inputs[i].node) return hr_error(HR_INVALID_ARGUMENT, "Input %d of %s is missing", (int)i, node->name);
    if (!(def->input[def->n_input++] = tensor_name(e, node->inputs[i]))) return out_of_memory();
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    char *text = hr_arena_printf(&e->arena, "^%s", e->names[node->control_inputs[i]->id]);
    if (!(def->input[def->n_input++] = text)) return out_of_memory();
  }
  if (node->num_control_inputs > 1)
    qsort(def->input + node->num_inputs, (size_t)node->num_control_inputs, sizeof *def->input, compare_texts);
  return HR_SUCCESS;
}

static hr_status add_node(exporter *e, const hr_node *node) {
  HrPb__NodeDef *def;
  HR_TRY(node_to_message(e, node, &def));
  def->name = (char *)(uintptr_t)e->names[node->id];
  HR_TRY(fill_inputs(e, node, def));
  if (node->op->flags & HR_OP_STATEFUL) e->signature.is_stateful = true;
  e->def.node_def[e->def.n_node_def++] = def;
  return HR_SUCCESS;
}

static hr_status add_nodes(exporter *e) {
  int32_t count = hr_graph_node_count(e->graph);
  e->def.node_def = NEW_LIST(e, HrPb__NodeDef *, count);
  if (!e->def.node_def) return out_of_memory();
  for (int32_t i = 0; i < count; ++i) {
    const hr_node *node = hr_graph_node(e->graph, i);
    if (!e->is_argument[i] && !(e->names[i] = unique(e, node->name, node))) return out_of_memory();
  }
  for (int32_t i = 0; i < count; ++i)
    if (!e->is_argument[i]) HR_TRY(add_node(e, hr_graph_node(e->graph, i)));
  return HR_SUCCESS;
}

/* ---- returns and attributes -------------------------------------------------------------------------------------- */

static hr_status add_returns(exporter *e) {
  hr_outputs results = e->spec->results;
  e->def.ret = NEW_LIST(e, HrPb__FunctionDef__RetEntry *, results.count);
  HrPb__FunctionDef__RetEntry *entries = NEW_LIST(e, HrPb__FunctionDef__RetEntry, results.count);
  if (!e->def.ret || !entries) return out_of_memory();
  for (int32_t i = 0; i < results.count; ++i) {
    hr_pb__function_def__ret_entry__init(&entries[i]);
    entries[i].key = e->signature.output_arg[i]->name;
    entries[i].value = tensor_name(e, results.items[i]);
    if (!entries[i].value) return out_of_memory();
    e->def.ret[e->def.n_ret++] = &entries[i];
  }
  return HR_SUCCESS;
}

/* Nodes that must run, under their own names. */
static hr_status add_controls(exporter *e) {
  int32_t count = e->spec->num_controls;
  e->def.control_ret = NEW_LIST(e, HrPb__FunctionDef__ControlRetEntry *, count);
  e->signature.control_output = NEW_LIST(e, char *, count);
  HrPb__FunctionDef__ControlRetEntry *entries = NEW_LIST(e, HrPb__FunctionDef__ControlRetEntry, count);
  if (!e->def.control_ret || !e->signature.control_output || !entries) return out_of_memory();
  for (int32_t i = 0; i < count; ++i) {
    char *name = (char *)(uintptr_t)e->names[e->spec->controls[i]->id];
    hr_pb__function_def__control_ret_entry__init(&entries[i]);
    entries[i].key = entries[i].value = name;
    e->def.control_ret[e->def.n_control_ret++] = &entries[i];
    e->signature.control_output[e->signature.n_control_output++] = name;
  }
  return HR_SUCCESS;
}

static hr_status add_attrs(exporter *e) {
  int32_t count = e->spec->num_attrs;
  e->def.attr = NEW_LIST(e, HrPb__FunctionDef__AttrEntry *, count);
  HrPb__FunctionDef__AttrEntry *entries = NEW_LIST(e, HrPb__FunctionDef__AttrEntry, count);
  if (!e->def.attr || !entries) return out_of_memory();
  for (int32_t i = 0; i < count; ++i) {
    hr_text bytes = {0};
    hr_pb__function_def__attr_entry__init(&entries[i]);
    entries[i].key = (char *)(uintptr_t)e->spec->attr_names[i];
    hr_status status = hr_attr_to_proto(&e->spec->attr_values[i], &bytes);
    if (!status)
      status =
          hr_proto_unpack(&hr_pb__attr_value__descriptor, &e->arena, bytes.data, bytes.length, NULL, &entries[i].value);
    hr_text_free(&bytes);
    HR_TRY(status);
    e->def.attr[e->def.n_attr++] = &entries[i];
  }
  return HR_SUCCESS;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static hr_status name_function(exporter *e, char **name) {
  char hash[HR_FUNCTION_HASH_TEXT];
  hr_text text = {0};
  hr_text_add_string(&text, e->spec->name);
  if (e->spec->append_hash) {
    hr_status status = hr_function_hash(&e->def, hash);
    if (status) {
      hr_text_free(&text);
      return status;
    }
    hr_text_printf(&text, "_%s", hash);
  }
  *name = hr_text_take(&text);
  return *name ? HR_SUCCESS : out_of_memory();
}

static hr_status export_function(exporter *e, hr_text *out, char **name) {
  size_t count = (size_t)hr_graph_node_count(e->graph);
  e->names = NEW_LIST(e, const char *, count);
  e->is_argument = NEW_LIST(e, bool, count);
  if (!e->names || !e->is_argument) return out_of_memory();
  hr_pb__function_def__init(&e->def);
  hr_pb__op_def__init(&e->signature);
  e->def.signature = &e->signature;
  if (e->spec->doc) e->signature.description = (char *)(uintptr_t)e->spec->doc;
  HR_TRY(name_results(e));
  HR_TRY(name_arguments(e));
  HR_TRY(add_nodes(e));
  HR_TRY(add_returns(e));
  HR_TRY(add_controls(e));
  hr_proto_sort_maps(&e->def);
  HR_TRY(name_function(e, name));
  e->signature.name = *name;
  HR_TRY(add_attrs(e));
  hr_proto_pack(&e->def, out);
  return out->failed ? out_of_memory() : HR_SUCCESS;
}

hr_status hr_graph_to_function(const hr_graph *graph, const hr_function_spec *spec, hr_text *out, char **name) {
  exporter e = {.graph = graph, .spec = spec};
  e.used.arena = &e.arena;
  *name = NULL;
  hr_status status = export_function(&e, out, name);
  if (status) {
    free(*name);
    *name = NULL;
  }
  hr_arena_free(&e.arena);
  return status;
}
