#include "runtime/graph/meta_graph_narrow.h"

#include "proto/meta_graph.pb-c.h"
#include "proto/variable.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/meta_graph_contexts.h"
#include <stdlib.h>
#include <string.h>

typedef struct narrowing {
  hr_arena arena;
  HrPb__MetaGraphDef *meta;
  const char *scope; /* without the slash */
  size_t scope_length;
} narrowing;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(HrPb__MetaGraphDef), "a MetaGraph"); }

static bool is_one_of(const char *text, const char *const *list) {
  for (; *list; ++list)
    if (strcmp(text, *list) == 0) return true;
  return false;
}

/* ---- savers of others ---------------------------------------------------------------------------------------------
 */

/* The length of a node's scope: what stands before the last slash; 0 at the root. */
static size_t scope_of(const char *name) {
  const char *slash = strrchr(name, '/');
  return slash ? (size_t)(slash - name) : 0;
}

static bool is_in(const char *name, const char *scope, size_t length) {
  return length > 0 && strncmp(name, scope, length) == 0 && name[length] == '/';
}

static bool is_same_scope(const char *a, const char *b) {
  return b && scope_of(a) == scope_of(b) && strncmp(a, b, scope_of(a)) == 0;
}

/* Nodes in the scopes in which ops of another saver stand go, and the other savers. */
static hr_status clear_savers(narrowing *n) {
  static const char *const saver_ops[] = {"SaveV2",       "RestoreV2",          "Save", "SaveSlices", "Restore",
                                          "RestoreSlice", "MergeV2Checkpoints", NULL};
  HrPb__GraphDef *graph = n->meta->graph_def;
  const HrPb__SaverDef *own = n->meta->saver_def;
  const char **scopes = HR_ARENA_ARRAY(&n->arena, const char *, graph->n_node + 1);
  if (!scopes) return out_of_memory();
  size_t count = 0, kept = 0;
  for (size_t i = 0; i < graph->n_node; ++i) {
    const char *name = graph->node[i]->name;
    bool is_own = own && (is_same_scope(name, own->restore_op_name) || is_same_scope(name, own->save_tensor_name));
    if (!is_own && scope_of(name) > 0 && is_one_of(graph->node[i]->op, saver_ops) &&
        !(count > 0 && is_same_scope(name, scopes[count - 1])))
      scopes[count++] = name;
  }
  for (size_t i = 0; i < graph->n_node; ++i) {
    bool goes = false;
    for (size_t k = 0; k < count && !goes; ++k)
      goes = is_in(graph->node[i]->name, scopes[k], scope_of(scopes[k]));
    if (!goes) graph->node[kept++] = graph->node[i];
  }
  graph->n_node = kept;
  return HR_SUCCESS;
}

/* Keeps a SaverDef in the collection of savers only if it is the MetaGraph's own. */
static bool is_own_saver(narrowing *n, const ProtobufCBinaryData *bytes, hr_status *status) {
  HrPb__SaverDef *def;
  *status = hr_proto_unpack(&hr_pb__saver_def__descriptor, &n->arena, bytes->data, bytes->len, NULL, &def);
  return !*status && n->meta->saver_def && strcmp(def->restore_op_name, n->meta->saver_def->restore_op_name) == 0;
}

/* ---- one scope -----------------------------------------------------------------------------------------------------
 */

/* The name without the scope; NULL where it is elsewhere. */
static char *inside(const narrowing *n, char *name) {
  return is_in(name, n->scope, n->scope_length) ? name + n->scope_length + 1 : NULL;
}

static hr_status narrow_inputs(narrowing *n, HrPb__NodeDef *node) {
  for (size_t i = 0; i < node->n_input; ++i) {
    bool is_control = node->input[i][0] == '^';
    char *name = node->input[i] + is_control, *stripped = inside(n, name);
    node->input[i] = stripped ? hr_arena_printf(&n->arena, "%s%s", is_control ? "^" : "", stripped)
                              : hr_arena_printf(&n->arena, "%s$unbound_inputs_%s", is_control ? "^" : "", name);
    if (!node->input[i]) return out_of_memory();
  }
  return HR_SUCCESS;
}

/* Colocation with nodes elsewhere is forgotten. */
static hr_status narrow_classes(narrowing *n, HrPb__NodeDef *node) {
  for (size_t i = 0; i < node->n_attr; ++i) {
    HrPb__AttrValue *value = node->attr[i]->value;
    if (strcmp(node->attr[i]->key, "_class") != 0 || !value || value->value_case != HR_PB__ATTR_VALUE__VALUE_LIST)
      continue;
    HrPb__AttrValue__ListValue *list = value->list;
    size_t kept = 0;
    for (size_t k = 0; k < list->n_s; ++k) {
      char *text = hr_arena_copy_string(&n->arena, (const char *)list->s[k].data, list->s[k].len);
      if (!text) return out_of_memory();
      char *stripped = strncmp(text, "loc:@", 5) == 0 ? inside(n, text + 5) : NULL;
      char *whole = stripped ? hr_arena_printf(&n->arena, "loc:@%s", stripped) : NULL;
      if (!stripped) continue;
      if (!whole) return out_of_memory();
      list->s[kept++] = (ProtobufCBinaryData){strlen(whole), (uint8_t *)whole};
    }
    list->n_s = kept;
  }
  return HR_SUCCESS;
}

static hr_status narrow_nodes(narrowing *n) {
  HrPb__GraphDef *graph = n->meta->graph_def;
  size_t kept = 0;
  for (size_t i = 0; i < graph->n_node; ++i) {
    HrPb__NodeDef *node = graph->node[i];
    char *name = inside(n, node->name);
    if (!name) continue;
    node->name = name;
    HR_TRY(narrow_inputs(n, node));
    HR_TRY(narrow_classes(n, node));
    graph->node[kept++] = node;
  }
  graph->n_node = kept;
  return HR_SUCCESS;
}

static hr_status repack(narrowing *n, const void *message, ProtobufCBinaryData *bytes) {
  hr_text text = {0};
  hr_proto_pack(message, &text);
  char *copy = text.failed ? NULL : hr_arena_copy_string(&n->arena, text.data, text.length);
  *bytes = (ProtobufCBinaryData){text.length, (uint8_t *)copy};
  hr_text_free(&text);
  return copy ? HR_SUCCESS : out_of_memory();
}

/* Strips names that may be empty; false where one is elsewhere. */
static bool strip_all(const narrowing *n, int count, char **const *names) {
  for (int i = 0; i < count; ++i) {
    if (**names[i] == '\0') continue;
    *names[i] = inside(n, *names[i]);
    if (!*names[i]) return false;
  }
  return true;
}

static hr_status narrow_variable(narrowing *n, ProtobufCBinaryData *bytes, bool *keep) {
  HrPb__VariableDef *def;
  HR_TRY(hr_proto_unpack(&hr_pb__variable_def__descriptor, &n->arena, bytes->data, bytes->len, NULL, &def));
  char **const names[] = {&def->variable_name, &def->initializer_name, &def->snapshot_name, &def->initial_value_name};
  *keep = strip_all(n, 4, names);
  return *keep ? repack(n, def, bytes) : HR_SUCCESS;
}

static hr_status narrow_saver(narrowing *n, ProtobufCBinaryData *bytes, bool *keep) {
  HrPb__SaverDef *def;
  HR_TRY(hr_proto_unpack(&hr_pb__saver_def__descriptor, &n->arena, bytes->data, bytes->len, NULL, &def));
  char **const names[] = {&def->filename_tensor_name, &def->save_tensor_name, &def->restore_op_name};
  *keep = strip_all(n, 3, names);
  return *keep ? repack(n, def, bytes) : HR_SUCCESS;
}

/* Texts count as names, as in TensorFlow. */
static hr_status narrow_text(narrowing *n, const ProtobufCBinaryData *bytes, bool *keep) {
  char *text = hr_arena_copy_string(&n->arena, (const char *)bytes->data, bytes->len);
  *keep = text && inside(n, text);
  return text ? HR_SUCCESS : out_of_memory();
}

/* ---- collections ---------------------------------------------------------------------------------------------------
 */

static bool is_of_variables(const char *key) {
  static const char *const keys[] = {
      HR_GLOBAL_VARIABLES, HR_TRAINABLE_VARIABLES,      HR_LOCAL_VARIABLES, HR_MODEL_VARIABLES,
      HR_METRIC_VARIABLES, HR_MOVING_AVERAGE_VARIABLES, HR_GLOBAL_STEP,     NULL};
  return is_one_of(key, keys);
}

static bool is_of_contexts(const char *key) {
  return strcmp(key, "cond_context") == 0 || strcmp(key, "while_context") == 0;
}

static hr_status narrow_context(narrowing *n, const char *key, ProtobufCBinaryData *bytes, bool *keep) {
  hr_view view = {(const char *)bytes->data, bytes->len};
  HR_TRY(hr_narrow_context(key, (hr_view){n->scope, n->scope_length}, &n->arena, &view, keep));
  *bytes = (ProtobufCBinaryData){view.length, (uint8_t *)view.data};
  return HR_SUCCESS;
}

static hr_status narrow_bytes(narrowing *n, const hr_meta_graph_export_options *o, const char *key,
                              HrPb__CollectionDef__BytesList *list) {
  bool savers = strcmp(key, HR_SAVERS) == 0;
  size_t kept = 0;
  for (size_t i = 0; i < list->n_value; ++i) {
    bool keep = true;
    hr_status status = HR_SUCCESS;
    if (savers && o->clear_extraneous_savers) keep = is_own_saver(n, &list->value[i], &status);
    if (!status && keep && n->scope && savers) status = narrow_saver(n, &list->value[i], &keep);
    if (!status && n->scope && is_of_variables(key)) status = narrow_variable(n, &list->value[i], &keep);
    if (!status && n->scope && is_of_contexts(key)) status = narrow_context(n, key, &list->value[i], &keep);
    if (!status && n->scope && !savers && !is_of_variables(key) && !is_of_contexts(key))
      status = narrow_text(n, &list->value[i], &keep);
    HR_TRY(status);
    if (keep) list->value[kept++] = list->value[i];
  }
  list->n_value = kept;
  return HR_SUCCESS;
}

static void narrow_names(const narrowing *n, HrPb__CollectionDef__NodeList *list) {
  size_t kept = 0;
  for (size_t i = 0; i < list->n_value && n->scope; ++i) {
    char *name = inside(n, list->value[i]);
    if (name) list->value[kept++] = name;
  }
  if (n->scope) list->n_value = kept;
}

/* Collections of which nothing is left go. */
static hr_status narrow_collections(narrowing *n, const hr_meta_graph_export_options *o) {
  size_t kept = 0;
  for (size_t i = 0; i < n->meta->n_collection_def; ++i) {
    HrPb__MetaGraphDef__CollectionDefEntry *entry = n->meta->collection_def[i];
    bool empty = false;
    if (entry->value->kind_case == HR_PB__COLLECTION_DEF__KIND_NODE_LIST) {
      narrow_names(n, entry->value->node_list);
      empty = entry->value->node_list->n_value == 0;
    } else if (entry->value->kind_case == HR_PB__COLLECTION_DEF__KIND_BYTES_LIST) {
      HR_TRY(narrow_bytes(n, o, entry->key, entry->value->bytes_list));
      empty = entry->value->bytes_list->n_value == 0;
    }
    if (!empty) n->meta->collection_def[kept++] = entry;
  }
  n->meta->n_collection_def = kept;
  return HR_SUCCESS;
}

/* Ops that no node has any more leave the list, unless functions may use them. */
static void narrow_ops(const narrowing *n) {
  const HrPb__GraphDef *graph = n->meta->graph_def;
  HrPb__OpList *ops = n->meta->meta_info_def->stripped_op_list;
  if (!ops || (graph->library && graph->library->n_function > 0)) return;
  size_t kept = 0;
  for (size_t i = 0; i < ops->n_op; ++i)
    for (size_t k = 0; k < graph->n_node; ++k)
      if (strcmp(graph->node[k]->op, ops->op[i]->name) == 0) {
        ops->op[kept++] = ops->op[i];
        break;
      }
  ops->n_op = kept;
}

/* ---- unbound inputs -------------------------------------------------------------------------------------------------
 */

/* The inputs that an importer must map, each once, in the collection where TensorFlow looks for them. */
static hr_status collect_unbound(narrowing *n) {
  const HrPb__GraphDef *graph = n->meta->graph_def;
  size_t limit = 0;
  for (size_t i = 0; i < graph->n_node; ++i)
    limit += graph->node[i]->n_input;
  HrPb__CollectionDef__BytesList *list = HR_ARENA_NEW(&n->arena, HrPb__CollectionDef__BytesList);
  HrPb__CollectionDef *value = HR_ARENA_NEW(&n->arena, HrPb__CollectionDef);
  HrPb__MetaGraphDef__CollectionDefEntry *entry = HR_ARENA_NEW(&n->arena, HrPb__MetaGraphDef__CollectionDefEntry);
  HrPb__MetaGraphDef__CollectionDefEntry **all =
      HR_ARENA_ARRAY(&n->arena, HrPb__MetaGraphDef__CollectionDefEntry *, n->meta->n_collection_def + 1);
  ProtobufCBinaryData *items = HR_ARENA_ARRAY(&n->arena, ProtobufCBinaryData, limit + 1);
  if (!list || !value || !entry || !all || !items) return out_of_memory();
  size_t count = 0;
  for (size_t i = 0; i < graph->n_node; ++i)
    for (size_t k = 0; k < graph->node[i]->n_input; ++k) {
      char *name = graph->node[i]->input[k] + (graph->node[i]->input[k][0] == '^');
      bool is_new = *name == '$';
      for (size_t j = 0; j < count && is_new; ++j)
        is_new = strcmp((const char *)items[j].data, name) != 0;
      if (is_new) items[count++] = (ProtobufCBinaryData){strlen(name), (uint8_t *)name};
    }
  if (count == 0) return HR_SUCCESS;
  hr_pb__collection_def__bytes_list__init(list);
  list->n_value = count;
  list->value = items;
  hr_pb__collection_def__init(value);
  value->kind_case = HR_PB__COLLECTION_DEF__KIND_BYTES_LIST;
  value->bytes_list = list;
  hr_pb__meta_graph_def__collection_def_entry__init(entry);
  entry->key = (char *)"unbound_inputs";
  entry->value = value;
  size_t at = 0; /* collections stand by key */
  while (at < n->meta->n_collection_def && strcmp(n->meta->collection_def[at]->key, entry->key) < 0)
    ++at;
  memcpy(all, n->meta->collection_def, at * sizeof *all);
  all[at] = entry;
  memcpy(all + at + 1, n->meta->collection_def + at, (n->meta->n_collection_def - at) * sizeof *all);
  n->meta->collection_def = all;
  ++n->meta->n_collection_def;
  return HR_SUCCESS;
}

/* ---- the whole
 * ------------------------------------------------------------------------------------------------------- */

/* TensorFlow writes a library into such graphs even where there is none. */
static hr_status add_library(narrowing *n) {
  HrPb__GraphDef *graph = n->meta->graph_def;
  if (graph->library) return HR_SUCCESS;
  graph->library = HR_ARENA_NEW(&n->arena, HrPb__FunctionDefLibrary);
  if (!graph->library) return out_of_memory();
  hr_pb__function_def_library__init(graph->library);
  return HR_SUCCESS;
}

static hr_status narrow(narrowing *n, const hr_meta_graph_export_options *o) {
  HR_TRY(add_library(n));
  if (o->clear_extraneous_savers) HR_TRY(clear_savers(n));
  HR_TRY(narrow_collections(n, o));
  if (n->scope) HR_TRY(narrow_nodes(n));
  narrow_ops(n);
  return n->scope ? collect_unbound(n) : HR_SUCCESS;
}

hr_status hr_meta_graph_narrow(const hr_meta_graph_export_options *options, hr_owned_bytes *bytes) {
  narrowing n = {0};
  if (options->export_scope && *options->export_scope) {
    n.scope = options->export_scope;
    n.scope_length = strlen(n.scope);
    if (n.scope[n.scope_length - 1] == '/') --n.scope_length;
  }
  hr_owned_bytes narrowed = {0};
  hr_status status =
      hr_proto_unpack(&hr_pb__meta_graph_def__descriptor, &n.arena, bytes->data, bytes->length, NULL, &n.meta);
  if (!status) status = narrow(&n, options);
  if (!status) {
    hr_text text = {0};
    hr_proto_pack(n.meta, &text);
    status = hr_text_to_owned_bytes(&text, &narrowed);
  }
  hr_arena_free(&n.arena);
  if (status) return status;
  free(bytes->data);
  *bytes = narrowed;
  return HR_SUCCESS;
}
