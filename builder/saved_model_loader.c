/* Reading SavedModels. */
#include "builder/builder.h"
#include "builder/saved_model.h"
#include "headrace/variables.h"
#include "proto/saved_model.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include "runtime/graph/attr_proto.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/meta_graph_fields.h"
#include "runtime/io/file.h"

#define LARGEST_FILE ((size_t)2 << 30)

static hr_status out_of_memory(void) { return hr_error_out_of_memory(256, "a SavedModel"); }

/* ---- the file -------------------------------------------------------------------------------------------------- */

static bool has_file(const char *directory, const char *name) {
  char *path = hr_path_join_dup(directory, name);
  bool there = path && hr_file_exists(path);
  free(path);
  return there;
}

bool hr_contains_saved_model(const char *directory) {
  return has_file(directory, HR_SAVED_MODEL_FILE) || has_file(directory, HR_SAVED_MODEL_TEXT_FILE);
}

static hr_status damaged(const char *path, hr_status why) {
  hr_status status = hr_error(HR_DATA_LOSS, "Cannot parse file %s: %s", path, hr_status_message(why));
  hr_status_free(why);
  return status;
}

static hr_status from_text(const char *path, hr_owned_bytes *bytes) {
  hr_text packed = {0};
  hr_status status = hr_text_to_bytes(&hr_pb__saved_model__descriptor, bytes->data, bytes->length, &packed);
  free(bytes->data);
  *bytes = (hr_owned_bytes){0};
  if (!status) return hr_text_to_owned_bytes(&packed, bytes);
  hr_text_free(&packed);
  return hr_status_code(status) == HR_INVALID_ARGUMENT ? damaged(path, status) : status;
}

hr_status hr_saved_model_read(const char *directory, hr_owned_bytes *saved_model) {
  *saved_model = (hr_owned_bytes){0};
  if (!hr_contains_saved_model(directory))
    return hr_error(HR_NOT_FOUND, "SavedModel file does not exist at: %s/{%s|%s}", directory, HR_SAVED_MODEL_TEXT_FILE,
                    HR_SAVED_MODEL_FILE);
  bool is_text = !has_file(directory, HR_SAVED_MODEL_FILE);
  char *path = hr_path_join_dup(directory, is_text ? HR_SAVED_MODEL_TEXT_FILE : HR_SAVED_MODEL_FILE);
  if (!path) return out_of_memory();
  hr_status status = hr_file_read_all(path, LARGEST_FILE, &saved_model->data, &saved_model->length);
  if (!status && is_text) status = from_text(path, saved_model);
  if (!status) {
    hr_status bad = hr_proto_check(&hr_pb__saved_model__descriptor, saved_model->data, saved_model->length, NULL);
    if (bad) status = hr_status_code(bad) == HR_INVALID_ARGUMENT ? damaged(path, bad) : bad;
  }
  free(path);
  if (!status) return HR_SUCCESS;
  free(saved_model->data);
  *saved_model = (hr_owned_bytes){0};
  return status;
}

/* ---- choosing by tags ------------------------------------------------------------------------------------------ */

static bool has_tag(int32_t count, const char *const *tags, const char *tag) {
  for (int32_t i = 0; i < count; ++i)
    if (strcmp(tags[i], tag) == 0) return true;
  return false;
}

static bool are_equal_sets(const hr_meta_graph *m, hr_strings tags) {
  for (int32_t i = 0; i < tags.count; ++i)
    if (!has_tag(m->num_tags, m->tags, tags.items[i])) return false;
  for (int32_t i = 0; i < m->num_tags; ++i)
    if (!has_tag(tags.count, tags.items, m->tags[i])) return false;
  return true;
}

static void add_tags(hr_text *text, int32_t count, const char *const *tags) {
  for (int32_t i = 0; i < count; ++i)
    hr_text_printf(text, "%s'%s'", i ? ", " : "", tags[i]);
}

/* The first MetaGraph with the tags; `available` gets those of all up to it. */
static hr_status choose(hr_view saved_model, hr_strings tags, hr_text *available, hr_view *out) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(saved_model); !hr_wire_done(&wire) && !out->data;) {
    hr_view meta_graph;
    hr_meta_graph *m;
    if (!hr_wire_tag(&wire, &field, &type)) return hr_error(HR_DATA_LOSS, "Malformed SavedModel");
    bool wanted = field == HR_SAVED_MODEL_META_GRAPH && type == HR_WIRE_BYTES;
    if (wanted ? !hr_wire_bytes(&wire, &meta_graph) : !hr_wire_skip(&wire, type))
      return hr_error(HR_DATA_LOSS, "Malformed SavedModel");
    if (!wanted) continue;
    HR_TRY(hr_meta_graph_parse(meta_graph.data, meta_graph.length, &m));
    if (are_equal_sets(m, tags)) *out = meta_graph;
    hr_text_add_string(available, available->length ? ", {" : "{");
    add_tags(available, m->num_tags, m->tags);
    hr_text_add_string(available, "}");
    hr_meta_graph_free(m);
  }
  return HR_SUCCESS;
}

hr_status hr_saved_model_find(const char *directory, hr_strings tags, hr_owned_bytes *meta_graph) {
  hr_owned_bytes saved_model;
  *meta_graph = (hr_owned_bytes){0};
  HR_TRY(hr_saved_model_read(directory, &saved_model));
  hr_text wanted = {0}, available = {0};
  hr_view found = {0};
  add_tags(&wanted, tags.count, tags.items);
  hr_status status = choose((hr_view){saved_model.data, saved_model.length}, tags, &available, &found);
  if (!status && !found.data) {
    status = hr_error(HR_INVALID_ARGUMENT,
                      "MetaGraphDef associated with tags %s could not be found in SavedModel. available_tags: [%s]",
                      wanted.data ? wanted.data : "", available.data ? available.data : "");
  } else if (!status) {
    hr_text copy = {0};
    hr_text_add(&copy, found.data, found.length);
    status = hr_text_to_owned_bytes(&copy, meta_graph);
  }
  hr_text_free(&wanted);
  hr_text_free(&available);
  free(saved_model.data);
  return status;
}

/* ---- restoring ------------------------------------------------------------------------------------------------- */

typedef struct loading {
  hr_scope scope;
  hr_session *session;
  const char *directory;
  const char *prefix; /* of the imported names: "scope/" or "" */
  hr_view bytes;
  const hr_meta_graph *meta_graph;
} loading;

static bool has_variables(const loading *l) {
  hr_vars vars;
  hr_status status = hr_collection_vars(hr_scope_graph(l->scope), HR_GLOBAL_VARIABLES, NULL, &vars);
  bool any = false;
  for (int32_t i = 0; !status && i < vars.count && !any; ++i)
    any = strncmp(hr_var_name(vars.items[i]), l->prefix, strlen(l->prefix)) == 0;
  if (!status) free((void *)vars.items);
  hr_status_free(status);
  return any;
}

static hr_status restore(const loading *l) {
  hr_saver *saver = NULL;
  hr_bytes def = l->meta_graph->saver_def;
  if (def.data) {
    HR_TRY(hr_saver_from_proto(def.data, def.length, &saver, .scope = l->prefix));
  } else if (has_variables(l)) {
    saver = hr_saver_new(l->scope);
    if (!saver) return hr_builder_status(l->scope.builder);
  } else {
    return HR_SUCCESS;
  }
  char *path = hr_path_join_dup(l->directory, HR_SAVED_MODEL_VARIABLES);
  char *folder = path ? hr_path_directory_dup(path) : NULL;
  hr_status status = folder ? HR_SUCCESS : out_of_memory();
  if (!status && !hr_file_exists(folder)) status = hr_error(HR_NOT_FOUND, "%s; No such file or directory", folder);
  if (!status) status = hr_saver_restore(saver, l->session, path);
  free(folder);
  free(path);
  hr_saver_free(saver);
  return status;
}

/* ---- the main op ----------------------------------------------------------------------------------------------- */

/* What the search for the op's name is about, and what it has found. */
typedef struct init_op {
  const char *collection;
  hr_text names; /* "'a', 'b'" */
  hr_text first;
  int count;
} init_op;

static hr_status read_names(hr_view list, init_op *op) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(list); !hr_wire_done(&wire);) {
    hr_view name;
    if (!hr_wire_tag(&wire, &field, &type) || type != HR_WIRE_BYTES || !hr_wire_bytes(&wire, &name))
      return hr_error(HR_INVALID_ARGUMENT, "Malformed CollectionDef");
    if (field != HR_LIST_VALUE) continue;
    hr_text_printf(&op->names, "%s'%.*s'", op->count ? ", " : "", (int)name.length, name.data);
    if (op->count++ == 0) hr_text_add(&op->first, name.data, name.length);
  }
  return HR_SUCCESS;
}

/* The names in a collection of the MetaGraph: in the graph there may be others of the key. */
static hr_status find_in_collection(hr_view meta_graph, init_op *op) {
  uint32_t field;
  hr_wire_type type;
  for (hr_wire wire = hr_wire_of_view(meta_graph); !hr_wire_done(&wire);) {
    hr_view entry, key, value, list = {0};
    if (!hr_wire_tag(&wire, &field, &type)) return hr_error(HR_INVALID_ARGUMENT, "Malformed MetaGraphDef");
    bool wanted = field == HR_META_COLLECTION && type == HR_WIRE_BYTES;
    if (wanted ? !hr_wire_bytes(&wire, &entry) : !hr_wire_skip(&wire, type))
      return hr_error(HR_INVALID_ARGUMENT, "Malformed MetaGraphDef");
    if (!wanted || !hr_map_entry_read(entry, &key, &value)) continue;
    if (!hr_view_equal(key, hr_view_of(op->collection))) continue;
    hr_wire inside = hr_wire_of_view(value);
    if (!hr_wire_done(&inside) && hr_wire_tag(&inside, &field, &type) && field == HR_LIST_NODES &&
        type == HR_WIRE_BYTES && hr_wire_bytes(&inside, &list))
      HR_TRY(read_names(list, op));
  }
  return HR_SUCCESS;
}

/* TensorFlow 2's way: an output of a signature names the op. */
static hr_status find_in_signature(const loading *l, hr_node **out) {
  const hr_signature *signature = hr_meta_graph_signature(l->meta_graph, HR_INIT_OP_SIGNATURE);
  return signature ? hr_signature_init_op(hr_scope_graph(l->scope), signature, l->prefix, out) : HR_SUCCESS;
}

static hr_status find_main_op(const loading *l, hr_node **out) {
  static const char *const collections[] = {HR_MAIN_OP_COLLECTION, HR_LEGACY_INIT_COLLECTION};
  *out = NULL;
  HR_TRY(find_in_signature(l, out));
  for (int i = 0; i < 2 && !*out; ++i) {
    init_op op = {.collection = collections[i]};
    hr_text_add_string(&op.first, l->prefix);
    hr_status status = find_in_collection(l->bytes, &op);
    if (!status && (op.names.failed || op.first.failed)) status = out_of_memory();
    if (!status && op.count > 1)
      status = hr_error(HR_FAILED_PRECONDITION, "Expected exactly one SavedModel init op. Found: [%s]", op.names.data);
    if (!status && op.count == 1) {
      *out = hr_graph_find(hr_scope_graph(l->scope), op.first.data);
      if (!*out)
        status = hr_error(HR_NOT_FOUND, "The name '%s' refers to an Operation not in the graph.", op.first.data);
    }
    hr_text_free(&op.names);
    hr_text_free(&op.first);
    HR_TRY(status);
  }
  return HR_SUCCESS;
}

/* The path of an asset, for the tensor that takes it. */
static hr_status make_feed(const loading *l, int32_t index, hr_feed *feed, hr_tensor *value) {
  hr_text name = {0};
  hr_text_printf(&name, "%s%s", l->prefix, l->meta_graph->asset_names[index]);
  char *folder = hr_path_join_dup(l->directory, HR_SAVED_MODEL_ASSETS);
  char *path = folder ? hr_path_join_dup(folder, l->meta_graph->asset_files[index]) : NULL;
  hr_status status =
      path && !name.failed ? hr_graph_output(hr_scope_graph(l->scope), name.data, &feed->output) : out_of_memory();
  if (!status) status = hr_tensor_string(path, strlen(path), value);
  feed->value = value;
  hr_text_free(&name);
  free(folder);
  free(path);
  return status;
}

/* Whether a later asset is for the same tensor, which gets that. */
static bool is_replaced(const hr_meta_graph *m, int32_t index) {
  for (int32_t i = index + 1; i < m->num_assets; ++i)
    if (strcmp(m->asset_names[i], m->asset_names[index]) == 0) return true;
  return false;
}

static hr_status run_main_op(const loading *l) {
  hr_node *op;
  HR_TRY(find_main_op(l, &op));
  if (!op) return HR_SUCCESS;
  size_t count = (size_t)l->meta_graph->num_assets;
  hr_feed *feeds = calloc(count + 1, sizeof *feeds);
  hr_tensor *values = calloc(count + 1, sizeof *values);
  hr_status status = feeds && values ? HR_SUCCESS : out_of_memory();
  int32_t used = 0;
  for (int32_t i = 0; i < (int32_t)count && !status; ++i) {
    if (is_replaced(l->meta_graph, i)) continue;
    status = make_feed(l, i, &feeds[used], &values[used]);
    ++used;
  }
  if (!status) status = hr_session_run(l->session, used, feeds, 0, NULL, NULL, 1, &op);
  for (size_t i = 0; values && i < count; ++i)
    hr_tensor_clear(&values[i]);
  free(feeds);
  free(values);
  return status;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static hr_status load(loading *l, const hr_saved_model_load_options *o) {
  hr_text prefix = {0};
  if (o->import_scope && *o->import_scope)
    hr_text_printf(&prefix, "%s/", hr_unique_name(l->scope, o->import_scope, false));
  else
    hr_text_add_string(&prefix, hr_scope_name(l->scope));
  l->prefix = prefix.data ? prefix.data : "";
  hr_meta_graph *meta_graph = NULL;
  hr_status status = prefix.failed ? out_of_memory() : hr_meta_graph_parse(l->bytes.data, l->bytes.length, &meta_graph);
  const hr_meta_graph_import_options options = {.import_scope = o->import_scope, .clear_devices = o->clear_devices};
  if (!status) status = hr_meta_graph_import(l->scope, l->bytes.data, l->bytes.length, &options);
  l->meta_graph = meta_graph;
  if (!status) status = restore(l);
  if (!status) status = run_main_op(l);
  hr_meta_graph_free(meta_graph);
  hr_text_free(&prefix);
  return status;
}

hr_status hr_saved_model_load_with(hr_scope scope, hr_session *session, hr_strings tags, const char *directory,
                                   hr_owned_bytes *meta_graph, const hr_saved_model_load_options *options) {
  if (meta_graph) *meta_graph = (hr_owned_bytes){0};
  if (hr_session_graph(session) != hr_scope_graph(scope))
    return hr_error(HR_INVALID_ARGUMENT, "The session is of another graph than the scope");
  hr_owned_bytes bytes;
  HR_TRY(hr_saved_model_find(directory, tags, &bytes));
  loading l = {scope, session, directory, "", {bytes.data, bytes.length}, NULL};
  hr_status status = load(&l, options);
  if (!status && meta_graph)
    *meta_graph = bytes;
  else
    free(bytes.data);
  return status;
}
