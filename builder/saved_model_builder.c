/* Writing SavedModels. */
#include "builder/builder.h"
#include "builder/saved_model.h"
#include "headrace/variables.h"
#include "proto/saved_model.pb-c.h"
#include "runtime/base/wire.h"
#include "runtime/graph/constant_value.h"
#include "runtime/graph/graphdef_export.h"
#include "runtime/graph/meta_graph_fields.h"
#include "runtime/io/file.h"
#include <sys/stat.h>

#define SCHEMA_VERSION 1

struct hr_saved_model_builder {
  char *directory;
  hr_text meta_graphs; /* fields of a SavedModel */
  bool has_variables;  /* saved: the first MetaGraph is there */
};

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_saved_model_builder), "a SavedModel"); }

void hr_saved_model_builder_free(hr_saved_model_builder *b) {
  if (!b) return;
  free(b->directory);
  hr_text_free(&b->meta_graphs);
  free(b);
}

static hr_status prepare_directory(const char *directory) {
  struct stat about;
  if (stat(directory, &about) != 0) return hr_directory_create(directory);
  if (!S_ISDIR(about.st_mode)) return hr_error(HR_NOT_FOUND, "Could not find directory %s", directory);
  bool empty;
  HR_TRY(hr_directory_is_empty(directory, &empty));
  if (empty) return HR_SUCCESS;
  return hr_error(HR_ALREADY_EXISTS,
                  "Export directory already exists, and isn't empty: %s. Choose another one, or delete what is in it.",
                  directory);
}

hr_status hr_saved_model_builder_new(const char *directory, hr_saved_model_builder **out) {
  *out = NULL;
  HR_TRY(prepare_directory(directory));
  hr_saved_model_builder *b = calloc(1, sizeof *b);
  if (!b || !(b->directory = strdup(directory))) {
    free(b);
    return out_of_memory();
  }
  *out = b;
  return HR_SUCCESS;
}

/* ---- assets ---------------------------------------------------------------------------------------------------- */

typedef struct asset {
  char *path; /* of the file to copy */
  char *name; /* in the folder of assets */
} asset;

static const char *base_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* The path that a constant string holds. */
static hr_status path_of(hr_output tensor, char **path) {
  char name[256];
  if (!tensor.node || strcmp(hr_node_op(tensor.node), "Const") != 0)
    return hr_type_error("Asset path tensor must be of type constant: %s",
                         tensor.node ? hr_output_name(tensor, name, sizeof name) : "none");
  hr_tensor value;
  bool known;
  HR_TRY(hr_constant_value(tensor, &known, &value));
  if (!known || hr_tensor_dtype(&value) != HR_STRING || value.rank != 0) {
    hr_tensor_clear(&value);
    return hr_type_error("Asset path tensor must be a scalar of dtype string: %s",
                         hr_output_name(tensor, name, sizeof name));
  }
  const hr_string *text = hr_tensor_data(&value);
  *path = strndup(hr_string_data(text), hr_string_length(text));
  hr_tensor_clear(&value);
  if (!*path) return out_of_memory();
  if (**path) return HR_SUCCESS;
  free(*path);
  *path = NULL;
  return hr_error(HR_INVALID_ARGUMENT, "Invalid asset filepath tensor %s: it is empty",
                  hr_output_name(tensor, name, sizeof name));
}

static bool is_taken(const asset *assets, int32_t count, const char *name) {
  for (int32_t i = 0; i < count; ++i)
    if (strcmp(assets[i].name, name) == 0) return true;
  return false;
}

/* The file's own name; "_1", "_2", ... behind it where another file has it. One file has one name. */
static hr_status name_asset(asset *assets, int32_t count) {
  asset *a = &assets[count];
  for (int32_t i = 0; i < count; ++i)
    if (strcmp(assets[i].path, a->path) == 0) {
      a->name = strdup(assets[i].name);
      return a->name ? HR_SUCCESS : out_of_memory();
    }
  a->name = strdup(base_of(a->path));
  for (int suffix = 1; a->name && is_taken(assets, count, a->name); ++suffix) {
    hr_text text = {0};
    hr_text_printf(&text, "%s_%d", base_of(a->path), suffix);
    free(a->name);
    a->name = hr_text_take(&text);
  }
  return a->name ? HR_SUCCESS : out_of_memory();
}

static hr_status copy_assets(const hr_saved_model_builder *b, const asset *assets, int32_t count) {
  char *folder = hr_path_join_dup(b->directory, HR_SAVED_MODEL_ASSETS);
  hr_status status = folder ? hr_directory_create(folder) : out_of_memory();
  for (int32_t i = 0; i < count && !status; ++i) {
    char *to = hr_path_join_dup(folder, assets[i].name);
    status = to ? hr_file_copy(assets[i].path, to) : out_of_memory();
    free(to);
  }
  free(folder);
  return status;
}

/* Adds an AssetFileDef to the collection. */
static hr_status collect_asset(hr_graph *graph, hr_output tensor, const char *name) {
  hr_text any = {0};
  char tensor_name[1024];
  hr_wire_put_bytes(&any, HR_ANY_TYPE_URL, HR_VIEW(HR_ASSET_TYPE_URL));
  size_t value = hr_wire_begin(&any, HR_ANY_VALUE);
  size_t info = hr_wire_begin(&any, HR_ASSET_TENSOR);
  hr_wire_put_bytes(&any, HR_TENSOR_INFO_NAME, hr_view_of(hr_output_name(tensor, tensor_name, sizeof tensor_name)));
  hr_wire_end(&any, info);
  hr_wire_put_bytes(&any, HR_ASSET_FILENAME, hr_view_of(name));
  hr_wire_end(&any, value);
  hr_item item = {0};
  hr_status status = any.failed ? out_of_memory() : hr_make_any((hr_view){any.data, any.length}, &item);
  hr_text_free(&any);
  if (status) return status;
  status = hr_collection_add(graph, HR_ASSETS_COLLECTION, &item);
  if (status) item.type->destroy(item.object);
  return status;
}

static hr_status add_assets(const hr_saved_model_builder *b, hr_graph *graph, hr_outputs tensors) {
  if (tensors.count == 0) return HR_SUCCESS;
  asset *assets = calloc((size_t)tensors.count, sizeof *assets);
  if (!assets) return out_of_memory();
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < tensors.count && !status; ++i) {
    status = path_of(tensors.items[i], &assets[i].path);
    if (!status) status = name_asset(assets, i);
  }
  if (!status) status = copy_assets(b, assets, tensors.count);
  for (int32_t i = 0; i < tensors.count && !status; ++i)
    status = collect_asset(graph, tensors.items[i], assets[i].name);
  for (int32_t i = 0; i < tensors.count; ++i) {
    free(assets[i].path);
    free(assets[i].name);
  }
  free(assets);
  return status;
}

/* ---- one MetaGraph --------------------------------------------------------------------------------------------- */

static hr_status check_signatures(const hr_saved_model_options *o) {
  for (int32_t i = 0; i < o->num_signatures; ++i) {
    const char *key = o->signatures[i].key;
    if (strcmp(key, HR_INIT_OP_SIGNATURE) == 0 || strcmp(key, HR_TRAIN_OP_SIGNATURE) == 0)
      return hr_error(HR_INVALID_ARGUMENT, "SignatureDef map key \"%s\" is reserved. Please use a different key.", key);
    HR_TRY(hr_signature_check(&o->signatures[i]));
  }
  return HR_SUCCESS;
}

static hr_status add_main_op(hr_graph *graph, const hr_saved_model_options *o) {
  hr_node *op = o->main_op ? o->main_op : o->legacy_init_op;
  if (!op) return HR_SUCCESS;
  if (hr_collection_count(graph, HR_MAIN_OP_COLLECTION) > 0)
    return hr_error(HR_INVALID_ARGUMENT, "Graph already contains one or more main ops under the collection %s.",
                    HR_MAIN_OP_COLLECTION);
  return hr_collection_add(graph, HR_MAIN_OP_COLLECTION, &(hr_item){.kind = HR_ITEM_NODE, .node = op});
}

static hr_status save_variables(const hr_saved_model_builder *b, hr_saver *saver, hr_session *session) {
  char *path = hr_path_join_dup(b->directory, HR_SAVED_MODEL_VARIABLES);
  if (!path) return out_of_memory();
  char *folder = hr_path_directory_dup(path);
  hr_status status = folder ? hr_directory_create(folder) : out_of_memory();
  if (!status) status = hr_saver_save(saver, session, path, NULL, .write_meta_graph = false, .write_state = false);
  free(folder);
  free(path);
  return status;
}

static hr_status add_meta_graph(hr_saved_model_builder *b, const hr_graph *graph, const hr_saver *saver,
                                hr_strings tags, const hr_saved_model_options *o) {
  char *def;
  size_t length;
  hr_owned_bytes bytes = {0};
  HR_TRY(hr_saver_to_proto(saver, &def, &length));
  const hr_meta_graph_export_options options = {.saver_def = {def, length},
                                                .num_signatures = o->num_signatures,
                                                .signatures = o->signatures,
                                                .num_tags = tags.count,
                                                .tags = tags.items,
                                                .clear_devices = o->clear_devices,
                                                .strip_default_attrs = o->strip_default_attrs};
  hr_status status = hr_meta_graph_export(graph, &options, &bytes);
  free(def);
  if (status) return status;
  hr_wire_put_bytes(&b->meta_graphs, HR_SAVED_MODEL_META_GRAPH, (hr_view){bytes.data, bytes.length});
  free(bytes.data);
  return b->meta_graphs.failed ? out_of_memory() : HR_SUCCESS;
}

/* Everything; without a session the variables are there already. */
static hr_status add(hr_saved_model_builder *b, hr_scope scope, hr_session *session, hr_strings tags,
                     const hr_saved_model_options *o) {
  hr_graph *graph = hr_scope_graph(scope);
  HR_TRY(check_signatures(o));
  HR_TRY(add_assets(b, graph, o->assets));
  HR_TRY(add_main_op(graph, o));
  hr_saver *made = o->saver ? NULL : hr_saver_new(scope, .sharded = true, .allow_empty = true);
  if (!o->saver && !made) return hr_builder_status(scope.builder);
  hr_saver *saver = o->saver ? o->saver : made;
  hr_status status = session ? save_variables(b, saver, session) : HR_SUCCESS;
  if (!status) status = add_meta_graph(b, graph, saver, tags, o);
  hr_saver_free(made);
  return status;
}

static hr_status check_builder(hr_scope scope) {
  if (hr_scope_ok(scope)) return HR_SUCCESS;
  return hr_error(HR_FAILED_PRECONDITION, "The builder holds an error: take it out first");
}

hr_status hr_saved_model_add_meta_graph_and_variables_with(hr_saved_model_builder *b, hr_scope scope,
                                                           hr_session *session, hr_strings tags,
                                                           const hr_saved_model_options *options) {
  HR_TRY(check_builder(scope));
  if (b->has_variables)
    return hr_error(HR_FAILED_PRECONDITION, "Graph state including variables and assets has already been saved. "
                                            "Please invoke `add_meta_graph()` instead.");
  HR_TRY(add(b, scope, session, tags, options));
  b->has_variables = true;
  return HR_SUCCESS;
}

hr_status hr_saved_model_add_meta_graph_with(hr_saved_model_builder *b, hr_scope scope, hr_strings tags,
                                             const hr_saved_model_options *options) {
  HR_TRY(check_builder(scope));
  if (!b->has_variables)
    return hr_error(HR_FAILED_PRECONDITION, "Graph state including variables and assets has not been saved yet. "
                                            "Please invoke `add_meta_graph_and_variables()` first.");
  return add(b, scope, NULL, tags, options);
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static hr_status encode(const hr_saved_model_builder *b, hr_owned_bytes *out) {
  hr_text text = {0};
  hr_wire_put_number(&text, HR_SAVED_MODEL_SCHEMA, SCHEMA_VERSION);
  hr_text_add(&text, b->meta_graphs.data, b->meta_graphs.length);
  return hr_text_to_owned_bytes(&text, out);
}

hr_status hr_saved_model_save(hr_saved_model_builder *b, bool as_text, char **path) {
  if (path) *path = NULL;
  hr_owned_bytes bytes, text = {0};
  HR_TRY(encode(b, &bytes));
  hr_status status = as_text ? hr_bytes_to_text(&hr_pb__saved_model__descriptor, &bytes, &text) : HR_SUCCESS;
  const hr_owned_bytes *written = as_text ? &text : &bytes;
  char *name = hr_path_join_dup(b->directory, as_text ? HR_SAVED_MODEL_TEXT_FILE : HR_SAVED_MODEL_FILE);
  if (!status && !name) status = out_of_memory();
  if (!status) status = hr_file_replace(name, written->data, written->length);
  free(bytes.data);
  free(text.data);
  if (!status && path)
    *path = name;
  else
    free(name);
  return status;
}

/* ---- the main op ----------------------------------------------------------------------------------------------- */

hr_node *hr_saved_model_main_op(hr_scope scope) {
  hr_node *variables = hr_global_variables_initializer(scope), *locals = hr_local_variables_initializer(scope);
  hr_node *tables = hr_tables_initializer(scope);
  return hr_scope_ok(scope) ? hr_group(scope, variables, locals, tables) : NULL;
}
