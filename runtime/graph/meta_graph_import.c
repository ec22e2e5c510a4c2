#include "headrace/graph_io.h"

#include "proto/meta_graph.pb-c.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/meta_graph_fields.h"
#include "runtime/graph/scratch.h"

/* ---- readers of items -------------------------------------------------------------------------------------------- */

typedef struct reader_entry {
  const char *key;
  hr_item_reader read;
} reader_entry;

static struct {
  pthread_mutex_t lock; /* of everything here */
  hr_scratch entries;   /* reader_entry */
} readers = {.lock = PTHREAD_MUTEX_INITIALIZER};

hr_status hr_register_item_reader(const char *key, hr_item_reader reader) {
  reader_entry entry = {key, reader};
  pthread_mutex_lock(&readers.lock);
  hr_status status = HR_PUSH(&readers.entries, entry);
  pthread_mutex_unlock(&readers.lock);
  return status;
}

static hr_item_reader find_reader(const char *key) {
  hr_item_reader found = NULL;
  pthread_mutex_lock(&readers.lock);
  for (size_t i = 0; i < readers.entries.count; ++i) {
    const reader_entry *entry = &HR_SCRATCH_AT(&readers.entries, reader_entry, i);
    if (strcmp(entry->key, key) == 0) found = entry->read;
  }
  pthread_mutex_unlock(&readers.lock);
  return found;
}

/* ---- items of type Any ---------------------------------------------------------------------------------------------
 */

typedef struct any_object {
  size_t length;
  char bytes[];
} any_object;

static hr_status any_to_proto(const void *object, char **bytes, size_t *length) {
  const any_object *any = (const any_object *)object;
  *bytes = (char *)malloc(any->length + 1);
  if (!*bytes) return hr_error_out_of_memory(any->length, "a collection");
  memcpy(*bytes, any->bytes, any->length);
  *length = any->length;
  return HR_SUCCESS;
}

const hr_object_type hr_any_type = {.name = "Any", .destroy = free, .to_proto = any_to_proto};

hr_status hr_make_any(hr_view bytes, hr_item *item) {
  any_object *any = (any_object *)malloc(sizeof *any + bytes.length);
  if (!any) return hr_error_out_of_memory(bytes.length, "a collection");
  any->length = bytes.length;
  memcpy(any->bytes, bytes.data, bytes.length);
  *item = (hr_item){.kind = HR_ITEM_OBJECT, .type = &hr_any_type, .object = any};
  return HR_SUCCESS;
}

/* ---- collections ------------------------------------------------------------------------------------------------- */

/* An object that was read: the same bytes in another collection are the same object. */
typedef struct known_object {
  hr_view bytes;
  uint64_t hash;
  hr_item item;
} known_object;

typedef struct stored_collection {
  const char *key;
  hr_view value;
} stored_collection;

typedef struct reader {
  hr_graph *graph;
  const char *prefix; /* "scope/", or "" */
  hr_arena arena;     /* keys */
  hr_view graph_def, saver_def, op_list;
  hr_scratch collections; /* stored_collection */
  hr_scratch objects;     /* known_object */
} reader;

static hr_status malformed(const char *what) { return hr_error(HR_INVALID_ARGUMENT, "Malformed %s", what); }

static hr_status read_object(reader *r, hr_item_reader read, hr_view bytes, hr_item *item) {
  uint64_t hash = hr_hash_bytes(bytes.data, bytes.length);
  for (size_t i = 0; i < r->objects.count; ++i) {
    const known_object *known = &HR_SCRATCH_AT(&r->objects, known_object, i);
    if (known->hash != hash || !hr_view_equal(known->bytes, bytes)) continue;
    *item = known->item;
    return HR_SUCCESS;
  }
  HR_TRY(read(r->graph, bytes.data, bytes.length, r->prefix, item));
  known_object object = {bytes, hash, *item};
  return HR_PUSH(&r->objects, object);
}

/* A node, or an output where there is a colon. */
static hr_status read_node(reader *r, hr_view name, hr_item *item) {
  const char *text = hr_arena_printf(&r->arena, "%s%.*s", r->prefix, (int)name.length, name.data);
  if (!text) return hr_error_out_of_memory(name.length, "a name");
  if (strchr(text, ':')) {
    item->kind = HR_ITEM_OUTPUT;
    return hr_graph_output(r->graph, text, &item->output);
  }
  *item = (hr_item){.kind = HR_ITEM_NODE, .node = hr_graph_find(r->graph, text)};
  if (item->node) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND, "The name '%s' refers to an Operation not in the graph.", text);
}

static hr_status read_bytes_item(reader *r, const char *key, hr_collection_list list, hr_view bytes) {
  hr_item item = {.kind = HR_ITEM_BYTES, .bytes = {bytes.data, bytes.length}};
  hr_item_reader read = list == HR_LIST_BYTES ? find_reader(key) : NULL;
  if (list == HR_LIST_NODES) HR_TRY(read_node(r, bytes, &item));
  if (list == HR_LIST_ANY) HR_TRY(hr_make_any(bytes, &item));
  if (read) HR_TRY(read_object(r, read, bytes, &item));
  hr_status status = hr_collection_add(r->graph, key, &item);
  if (status && list == HR_LIST_ANY) free(item.object);
  return status;
}

/* One number, or a packed list of them. */
static hr_status read_numbers(reader *r, const char *key, hr_collection_list list, hr_wire *wire, hr_wire_type type) {
  hr_wire_type element = list == HR_LIST_INTS ? HR_WIRE_VARINT : HR_WIRE_32BIT;
  hr_wire numbers = *wire;
  hr_view packed;
  if (type == HR_WIRE_BYTES) {
    if (!hr_wire_bytes(wire, &packed)) return malformed("CollectionDef");
    numbers = hr_wire_of_view(packed);
  } else if (type != element || !hr_wire_skip(wire, type)) {
    return malformed("CollectionDef");
  } else {
    numbers.end = wire->at;
  }
  while (!hr_wire_done(&numbers)) {
    uint64_t number = 0;
    uint32_t bits = 0;
    if (element == HR_WIRE_VARINT ? !hr_wire_varint(&numbers, &number) : !hr_wire_fixed32(&numbers, &bits))
      return malformed("CollectionDef");
    float value;
    memcpy(&value, &bits, sizeof value);
    hr_item item = {.kind = HR_ITEM_INT, .i = (int64_t)number};
    if (list == HR_LIST_FLOATS) item = (hr_item){.kind = HR_ITEM_FLOAT, .f = (double)value};
    HR_TRY(hr_collection_add(r->graph, key, &item));
  }
  return HR_SUCCESS;
}

static hr_status read_list(reader *r, const char *key, hr_collection_list list, hr_view bytes) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    hr_view value;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed("CollectionDef");
    if (field != HR_LIST_VALUE) {
      if (!hr_wire_skip(&wire, type)) return malformed("CollectionDef");
    } else if (list == HR_LIST_INTS || list == HR_LIST_FLOATS) {
      HR_TRY(read_numbers(r, key, list, &wire, type));
    } else {
      if (type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &value)) return malformed("CollectionDef");
      HR_TRY(read_bytes_item(r, key, list, value));
    }
  }
  return HR_SUCCESS;
}

static hr_status read_collection(reader *r, const stored_collection *stored) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(stored->value); !hr_wire_done(&wire);) {
    hr_view list;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed("CollectionDef");
    bool known = field >= HR_LIST_NODES && field <= HR_LIST_ANY && type == HR_WIRE_BYTES;
    if (known ? !hr_wire_bytes(&wire, &list) : !hr_wire_skip(&wire, type)) return malformed("CollectionDef");
    if (known) HR_TRY(read_list(r, stored->key, (hr_collection_list)field, list));
  }
  return HR_SUCCESS;
}

static int compare_collections(const void *a, const void *b) {
  return strcmp(((const stored_collection *)a)->key, ((const stored_collection *)b)->key);
}

/* By key, as TensorFlow does. */
static hr_status read_collections(reader *r) {
  if (r->collections.count == 0) return HR_SUCCESS;
  qsort(r->collections.items, r->collections.count, sizeof(stored_collection), compare_collections);
  for (size_t i = 0; i < r->collections.count; ++i) {
    const stored_collection *stored = &HR_SCRATCH_AT(&r->collections, stored_collection, i);
    HR_TRY(hr_status_prefix(read_collection(r, stored), "Collection '%s': ", stored->key));
  }
  return HR_SUCCESS;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static hr_status scan_info(reader *r, hr_view info) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(info); !hr_wire_done(&wire);) {
    if (!hr_wire_tag(&wire, &field, &type)) return malformed("MetaInfoDef");
    bool is_ops = field == HR_INFO_OP_LIST && type == HR_WIRE_BYTES;
    if (is_ops ? !hr_wire_bytes(&wire, &r->op_list) : !hr_wire_skip(&wire, type)) return malformed("MetaInfoDef");
  }
  return HR_SUCCESS;
}

static hr_status scan_collection(reader *r, hr_view entry) {
  hr_view key;
  stored_collection stored;
  if (!hr_map_entry_read(entry, &key, &stored.value)) return malformed("CollectionDef");
  stored.key = hr_arena_copy_string(&r->arena, key.data, key.length);
  if (!stored.key) return hr_error_out_of_memory(key.length, "a collection");
  return HR_PUSH(&r->collections, stored);
}

static hr_status scan(reader *r, hr_view bytes) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(bytes); !hr_wire_done(&wire);) {
    hr_view part;
    if (!hr_wire_tag(&wire, &field, &type)) return malformed("MetaGraphDef");
    if (type != HR_WIRE_BYTES) {
      if (!hr_wire_skip(&wire, type)) return malformed("MetaGraphDef");
      continue;
    }
    if (!hr_wire_bytes(&wire, &part)) return malformed("MetaGraphDef");
    if (field == HR_META_INFO) HR_TRY(scan_info(r, part));
    if (field == HR_META_GRAPH_DEF) r->graph_def = part;
    if (field == HR_META_SAVER_DEF) r->saver_def = part;
    if (field == HR_META_COLLECTION) HR_TRY(scan_collection(r, part));
  }
  return HR_SUCCESS;
}

static hr_status give_saver_def(const reader *r, hr_owned_bytes *out) {
  if (!out) return HR_SUCCESS;
  *out = (hr_owned_bytes){0};
  if (!r->saver_def.data) return HR_SUCCESS;
  out->data = (char *)malloc(r->saver_def.length + 1);
  if (!out->data) return hr_error_out_of_memory(r->saver_def.length, "a SaverDef");
  memcpy(out->data, r->saver_def.data, r->saver_def.length);
  out->data[r->saver_def.length] = '\0';
  out->length = r->saver_def.length;
  return HR_SUCCESS;
}

/* The scope's own prefix, or what the import scope will be called. */
static hr_status choose_prefix(reader *r, hr_scope scope, const char *import_scope) {
  r->prefix = hr_scope_name(scope);
  if (import_scope && *import_scope) {
    const char *name = hr_unique_name(scope, import_scope, false);
    HR_TRY(hr_builder_status(scope.builder));
    r->prefix = hr_arena_printf(&r->arena, "%s/", name);
    if (!r->prefix) return hr_error_out_of_memory(strlen(name), "a name");
  }
  return HR_SUCCESS;
}

static hr_status import(reader *r, hr_scope scope, hr_view bytes, const hr_meta_graph_import_options *options) {
  HR_TRY(scan(r, bytes));
  HR_TRY(choose_prefix(r, scope, options->import_scope));
  bool has_scope = options->import_scope && *options->import_scope;
  hr_import_options graph_options = {.name = has_scope ? options->import_scope : r->prefix,
                                     .num_inputs = options->num_inputs,
                                     .input_names = options->input_names,
                                     .inputs = options->inputs,
                                     .clear_devices = options->clear_devices,
                                     .producer_ops = {r->op_list.data, r->op_list.length}};
  HR_TRY(hr_graph_import(scope, r->graph_def.data, r->graph_def.length, &graph_options));
  HR_TRY(read_collections(r));
  if (options->prefix) {
    *options->prefix = strdup(r->prefix);
    if (!*options->prefix) return hr_error_out_of_memory(strlen(r->prefix), "a name");
  }
  return give_saver_def(r, options->saver_def);
}

hr_status hr_meta_graph_import(hr_scope scope, const void *bytes, size_t length,
                               const hr_meta_graph_import_options *options) {
  static const hr_meta_graph_import_options plain = {0};
  if (!hr_scope_ok(scope)) return hr_error(HR_FAILED_PRECONDITION, "The builder holds an error: take it out first");
  reader r = {.graph = hr_scope_graph(scope)};
  hr_status status = import(&r, scope, (hr_view){(const char *)bytes, length}, options ? options : &plain);
  hr_scratch_free(&r.collections);
  hr_scratch_free(&r.objects);
  hr_arena_free(&r.arena);
  return status;
}

hr_status hr_meta_graph_import_text(hr_scope scope, const char *text, size_t length,
                                    const hr_meta_graph_import_options *options) {
  hr_text bytes = {0};
  hr_status status = hr_text_to_bytes(&hr_pb__meta_graph_def__descriptor, text, length, &bytes);
  if (!status) status = hr_meta_graph_import(scope, bytes.data, bytes.length, options);
  hr_text_free(&bytes);
  return status;
}
