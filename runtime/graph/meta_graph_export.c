#include "headrace/graph_io.h"

#include "proto/meta_graph.pb-c.h"
#include "runtime/base/log.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/function_library.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/meta_graph_fields.h"
#include "runtime/graph/meta_graph_narrow.h"
#include "runtime/graph/op_def_proto.h"
#include "runtime/graph/scratch.h"
#include <stdio.h>

/* What readers of the format expect to find: the version whose graphs these are. */
#define TENSORFLOW_VERSION "1.15.5"

/* ---- ops --------------------------------------------------------------------------------------------------------- */

/* The ops in use, each once. */
typedef struct op_set {
  bool *built_in;   /* by id */
  hr_scratch items; /* const hr_op_def * */
  hr_status status;
} op_set;

static void add_op(op_set *set, const hr_op_def *op) {
  if (op->id >= 0) {
    if (set->built_in[op->id]) return;
    set->built_in[op->id] = true;
  } else {
    for (size_t i = 0; i < set->items.count; ++i)
      if (HR_SCRATCH_AT(&set->items, const hr_op_def *, i) == op) return;
  }
  hr_status_keep_first(&set->status, HR_PUSH(&set->items, op));
}

static void add_op_by_name(void *set, hr_view name) {
  const hr_op_def *op = hr_op_find(name.data, name.length);
  if (op) add_op((op_set *)set, op); /* else another function */
}

static int compare_ops(const void *a, const void *b) {
  return strcmp((*(const hr_op_def *const *)a)->name, (*(const hr_op_def *const *)b)->name);
}

static hr_status write_ops(op_set *set, const hr_graph *graph, hr_text *out) {
  int32_t count = hr_graph_node_count(graph);
  for (int32_t i = 0; i < count; ++i)
    add_op(set, hr_graph_node(graph, i)->op);
  hr_function_library_ops(graph, add_op_by_name, set);
  if (set->status) return set->status;
  if (set->items.count) qsort(set->items.items, set->items.count, sizeof(const hr_op_def *), compare_ops);
  size_t list = hr_wire_begin(out, HR_INFO_OP_LIST);
  for (size_t i = 0; i < set->items.count; ++i) {
    size_t op = hr_wire_begin(out, HR_OP_LIST_OP);
    HR_TRY(hr_op_def_to_proto(HR_SCRATCH_AT(&set->items, const hr_op_def *, i), out));
    hr_wire_end(out, op);
  }
  hr_wire_end(out, list);
  return HR_SUCCESS;
}

/* Whether a MetaInfoDef has its list of ops. */
static hr_status has_ops(hr_view info, bool *answer) {
  uint32_t field;
  hr_wire_type type;
  *answer = false;
  for (hr_wire wire = hr_wire_of_view(info); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type) || !hr_wire_skip(&wire, type))
      return hr_error(HR_INVALID_ARGUMENT, "Malformed MetaInfoDef");
    *answer = *answer || field == HR_INFO_OP_LIST;
  }
  return HR_SUCCESS;
}

static hr_status write_used_ops(const hr_graph *graph, hr_text *out) {
  op_set set = {.built_in = (bool *)calloc((size_t)hr_ops_count + 1, sizeof(bool))};
  if (!set.built_in) return hr_error_out_of_memory((size_t)hr_ops_count, "the ops of a graph");
  hr_status status = write_ops(&set, graph, out);
  free(set.built_in);
  hr_scratch_free(&set.items);
  return status;
}

/* Given fields come first: of one that comes twice, the last counts. */
static hr_status write_info(const hr_graph *graph, const hr_meta_graph_export_options *options, hr_text *out) {
  hr_view given = {options->meta_info.data, options->meta_info.length};
  bool given_ops;
  HR_TRY(has_ops(given, &given_ops));
  size_t begin = hr_wire_begin(out, HR_META_INFO);
  hr_text_add(out, given.data, given.length);
  if (!given_ops) HR_TRY(write_used_ops(graph, out));
  for (int32_t i = 0; i < options->num_tags; ++i)
    hr_wire_put_bytes(out, HR_INFO_TAG, hr_view_of(options->tags[i]));
  hr_wire_put_bytes(out, HR_INFO_VERSION, HR_VIEW(TENSORFLOW_VERSION));
  hr_wire_put_bytes(out, HR_INFO_GIT_VERSION, HR_VIEW("unknown"));
  if (options->strip_default_attrs) hr_wire_put_number(out, HR_INFO_STRIPPED_DEFAULTS, 1);
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

/* ---- collections ------------------------------------------------------------------------------------------------- */

static hr_collection_list list_of(const hr_item *item) {
  switch (item->kind) {
  case HR_ITEM_NODE:
  case HR_ITEM_OUTPUT: return HR_LIST_NODES;
  case HR_ITEM_INT: return HR_LIST_INTS;
  case HR_ITEM_FLOAT: return HR_LIST_FLOATS;
  case HR_ITEM_OBJECT: return item->type == &hr_any_type ? HR_LIST_ANY : HR_LIST_BYTES;
  case HR_ITEM_BYTES: break;
  }
  return HR_LIST_BYTES;
}

static hr_status write_object(const hr_item *item, hr_text *out) {
  if (!item->type->to_proto)
    return hr_error(HR_UNIMPLEMENTED, "An object of type %s cannot be stored", item->type->name);
  char *bytes;
  size_t length;
  HR_TRY(item->type->to_proto(item->object, &bytes, &length));
  hr_wire_put_bytes(out, HR_LIST_VALUE, (hr_view){bytes, length});
  free(bytes);
  return HR_SUCCESS;
}

static hr_status write_item(const hr_item *item, hr_text *out) {
  switch (item->kind) {
  case HR_ITEM_NODE: hr_wire_put_bytes(out, HR_LIST_VALUE, hr_view_of(item->node->name)); break;
  case HR_ITEM_OUTPUT: {
    char suffix[16];
    int length = snprintf(suffix, sizeof suffix, ":%d", item->output.index);
    const hr_node *node = item->output.node;
    hr_wire_put_tag(out, HR_LIST_VALUE, HR_WIRE_BYTES);
    hr_wire_put_varint(out, (uint64_t)node->name_length + (uint64_t)length);
    hr_text_add(out, node->name, node->name_length);
    hr_text_add(out, suffix, (size_t)length);
    break;
  }
  case HR_ITEM_BYTES: hr_wire_put_bytes(out, HR_LIST_VALUE, (hr_view){item->bytes.data, item->bytes.length}); break;
  case HR_ITEM_OBJECT: return write_object(item, out);
  case HR_ITEM_INT:
  case HR_ITEM_FLOAT: break; /* write_numbers's */
  }
  return HR_SUCCESS;
}

static void write_numbers(const hr_graph *graph, const char *key, int32_t count, hr_text *out) {
  size_t begin = hr_wire_begin(out, HR_LIST_VALUE);
  for (int32_t i = 0; i < count; ++i) {
    const hr_item *item = hr_collection_item(graph, key, i);
    float value = (float)item->f;
    if (item->kind == HR_ITEM_INT)
      hr_wire_put_varint(out, (uint64_t)item->i);
    else
      hr_text_add(out, (const char *)&value, sizeof value);
  }
  hr_wire_end(out, begin);
}

static hr_status write_items(const hr_graph *graph, const char *key, int32_t count, hr_text *out) {
  hr_collection_list list = list_of(hr_collection_item(graph, key, 0));
  for (int32_t i = 1; i < count; ++i)
    if (list_of(hr_collection_item(graph, key, i)) != list)
      return hr_error(HR_INVALID_ARGUMENT, "Its items are of several kinds");
  size_t begin = hr_wire_begin(out, list);
  if (list == HR_LIST_INTS || list == HR_LIST_FLOATS) {
    write_numbers(graph, key, count, out);
  } else {
    for (int32_t i = 0; i < count; ++i)
      HR_TRY(write_item(hr_collection_item(graph, key, i), out));
  }
  hr_wire_end(out, begin);
  return HR_SUCCESS;
}

/* As in TensorFlow, a collection that cannot be stored does not keep the graph from being stored. */
static hr_status write_collection(const hr_graph *graph, const char *key, hr_text *out) {
  int32_t count = hr_collection_count(graph, key);
  if (count == 0 || strncmp(key, "__", 2) == 0) return HR_SUCCESS; /* "__": the builder's own, as in TensorFlow */
  size_t before = out->length;
  size_t entry = hr_wire_begin(out, HR_META_COLLECTION);
  hr_wire_put_bytes(out, HR_ENTRY_KEY, hr_view_of(key));
  size_t value = hr_wire_begin(out, HR_ENTRY_VALUE);
  hr_status status = write_items(graph, key, count, out);
  if (hr_status_code(status) == HR_RESOURCE_EXHAUSTED) return status;
  if (status) {
    HR_LOG(HR_LOG_WARNING, "Collection %s is left out of the MetaGraph: %s", key, hr_status_message(status));
    hr_status_free(status);
    out->length = before;
    return HR_SUCCESS;
  }
  hr_wire_end(out, value);
  hr_wire_end(out, entry);
  return HR_SUCCESS;
}

static int compare_keys(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static hr_status write_collections(const hr_graph *graph, const hr_meta_graph_export_options *options, hr_text *out) {
  size_t count = (size_t)(options->collections ? options->num_collections : hr_collection_key_count(graph));
  if (count == 0) return HR_SUCCESS;
  const char **keys = (const char **)malloc(count * sizeof *keys);
  if (!keys) return hr_error_out_of_memory(count * sizeof *keys, "collections");
  for (size_t i = 0; i < count; ++i)
    keys[i] = options->collections ? options->collections[i] : hr_collection_key(graph, (int32_t)i);
  qsort(keys, count, sizeof *keys, compare_keys);
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < count && !status; ++i)
    if (i == 0 || strcmp(keys[i - 1], keys[i]) != 0) status = write_collection(graph, keys[i], out);
  free(keys);
  return status;
}

/* ---- signatures -------------------------------------------------------------------------------------------------- */

static int compare_signatures(const void *a, const void *b) {
  return strcmp((*(const hr_signature *const *)a)->key, (*(const hr_signature *const *)b)->key);
}

static hr_status write_signatures(const hr_meta_graph_export_options *options, hr_text *out) {
  size_t count = (size_t)options->num_signatures;
  if (count == 0) return HR_SUCCESS;
  const hr_signature **sorted = (const hr_signature **)malloc(count * sizeof *sorted);
  if (!sorted) return hr_error_out_of_memory(count * sizeof *sorted, "signatures");
  for (size_t i = 0; i < count; ++i)
    sorted[i] = &options->signatures[i];
  qsort(sorted, count, sizeof *sorted, compare_signatures);
  for (size_t i = 0; i < count; ++i) {
    size_t entry = hr_wire_begin(out, HR_META_SIGNATURE);
    hr_wire_put_bytes(out, HR_ENTRY_KEY, hr_view_of(sorted[i]->key));
    hr_wire_put_bytes(out, HR_ENTRY_VALUE, (hr_view){sorted[i]->def.data, sorted[i]->def.length});
    hr_wire_end(out, entry);
  }
  free(sorted);
  return HR_SUCCESS;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static hr_status write_meta_graph(const hr_graph *graph, const hr_meta_graph_export_options *options, hr_text *out) {
  HR_TRY(write_info(graph, options, out));
  size_t begin = hr_wire_begin(out, HR_META_GRAPH_DEF);
  hr_export_options graph_options = {.output_shapes = true,
                                     .clear_devices = options->clear_devices,
                                     .strip_default_attrs = options->strip_default_attrs};
  HR_TRY(hr_graph_to_proto(graph, &graph_options, out));
  hr_wire_end(out, begin);
  if (options->saver_def.length > 0)
    hr_wire_put_bytes(out, HR_META_SAVER_DEF, (hr_view){options->saver_def.data, options->saver_def.length});
  HR_TRY(write_collections(graph, options, out));
  return write_signatures(options, out);
}

hr_status hr_meta_graph_export(const hr_graph *graph, const hr_meta_graph_export_options *options,
                               hr_owned_bytes *out) {
  static const hr_meta_graph_export_options plain = {0};
  *out = (hr_owned_bytes){0};
  hr_text text = {0};
  if (!options) options = &plain;
  hr_status status = write_meta_graph(graph, options, &text);
  if (status) {
    hr_text_free(&text);
    return status;
  }
  HR_TRY(hr_text_to_owned_bytes(&text, out));
  if (options->export_scope || options->clear_extraneous_savers) status = hr_meta_graph_narrow(options, out);
  if (status) {
    free(out->data);
    *out = (hr_owned_bytes){0};
  }
  return status;
}

hr_status hr_meta_graph_export_text(const hr_graph *graph, const hr_meta_graph_export_options *options,
                                    hr_owned_bytes *out) {
  hr_owned_bytes bytes;
  HR_TRY(hr_meta_graph_export(graph, options, &bytes));
  hr_status status = hr_bytes_to_text(&hr_pb__meta_graph_def__descriptor, &bytes, out);
  free(bytes.data);
  return status;
}
