/* Savers over a session: saving and restoring, and their protos. */
#include "builder/saver.h"
#include "headrace/graph_io.h"
#include "headrace/io.h"
#include "proto/saver.pb-c.h"
#include "runtime/base/clock.h"
#include "runtime/base/proto_check.h"
#include "runtime/io/checkpoint_state.h"
#include "runtime/io/file.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

hr_saver *hr_saver_allocate(int32_t max_to_keep, double keep_every_n_hours) {
  hr_saver *saver = calloc(1, sizeof *saver);
  if (!saver) return NULL;
  saver->max_to_keep = max_to_keep < 0 ? 0 : max_to_keep;
  saver->keep_every_n_hours = keep_every_n_hours;
  saver->next_to_keep = 1e-6 * (double)hr_now_micros() + 3600 * keep_every_n_hours;
  return saver;
}

void hr_saver_free(hr_saver *saver) {
  if (!saver) return;
  for (int32_t i = 0; i < saver->num_kept; ++i)
    free(saver->kept[i].path);
  free(saver->kept);
  free(saver->filename_tensor);
  free(saver->save_tensor);
  free(saver->restore_op);
  free(saver);
}

/* ---- SaverDef -------------------------------------------------------------------------------------------------- */

/* The name behind "scope/"; NULL where it is elsewhere. */
static char *name_inside(const char *scope, char *name) {
  size_t length = scope ? strlen(scope) : 0;
  if (length == 0) return name;
  if (scope[length - 1] == '/') --length;
  return strncmp(name, scope, length) == 0 && name[length] == '/' ? name + length + 1 : NULL;
}

hr_status hr_saver_to_proto_with(const hr_saver *saver, char **bytes, size_t *length,
                                 const hr_saver_proto_options *options) {
  static const hr_saver_proto_options defaults;
  if (!options) options = &defaults;
  HrPb__SaverDef def = HR_PB__SAVER_DEF__INIT;
  *bytes = NULL;
  if (saver->filename_tensor) {
    def.filename_tensor_name = name_inside(options->scope, saver->filename_tensor);
    def.save_tensor_name = name_inside(options->scope, saver->save_tensor);
    def.restore_op_name = name_inside(options->scope, saver->restore_op);
    if (!def.filename_tensor_name || !def.save_tensor_name || !def.restore_op_name)
      return hr_error(HR_NOT_FOUND, "The saver's node %s is not in the scope %s", saver->restore_op, options->scope);
  }
  def.max_to_keep = saver->max_to_keep;
  def.sharded = saver->sharded;
  def.keep_checkpoint_every_n_hours = (float)saver->keep_every_n_hours;
  def.version = saver->version1 ? HR_PB__SAVER_DEF__CHECKPOINT_FORMAT_VERSION__V1
                                : HR_PB__SAVER_DEF__CHECKPOINT_FORMAT_VERSION__V2;
  hr_text text = {0};
  hr_proto_pack(&def, &text);
  *length = text.length;
  *bytes = text.failed ? NULL : hr_text_take(&text);
  hr_text_free(&text);
  return *bytes ? HR_SUCCESS : hr_error_out_of_memory(256, "a SaverDef");
}

static char *name_outside_dup(const char *scope, const char *name) {
  if (!scope || !*scope) return strdup(name);
  hr_text text = {0};
  hr_text_printf(&text, "%s%s%s", scope, scope[strlen(scope) - 1] == '/' ? "" : "/", name);
  return hr_text_take(&text);
}

hr_status hr_saver_from_proto_with(const void *saver_def, size_t length, hr_saver **out,
                                   const hr_saver_proto_options *options) {
  static const hr_saver_proto_options defaults;
  if (!options) options = &defaults;
  hr_arena arena = {0};
  HrPb__SaverDef *def;
  *out = NULL;
  HR_TRY(hr_proto_unpack(&hr_pb__saver_def__descriptor, &arena, saver_def, length, NULL, &def));
  hr_saver *saver = hr_saver_allocate(def->max_to_keep, (double)def->keep_checkpoint_every_n_hours);
  bool has_nodes = *def->filename_tensor_name != '\0';
  if (saver) {
    saver->sharded = def->sharded;
    saver->version1 = def->version != HR_PB__SAVER_DEF__CHECKPOINT_FORMAT_VERSION__V2;
  }
  if (saver && has_nodes) {
    saver->filename_tensor = name_outside_dup(options->scope, def->filename_tensor_name);
    saver->save_tensor = name_outside_dup(options->scope, def->save_tensor_name);
    saver->restore_op = name_outside_dup(options->scope, def->restore_op_name);
  }
  bool complete = saver && (!has_nodes || (saver->filename_tensor && saver->save_tensor && saver->restore_op));
  hr_arena_free(&arena);
  if (complete) {
    *out = saver;
    return HR_SUCCESS;
  }
  hr_saver_free(saver);
  return hr_error_out_of_memory(sizeof *saver, "a saver");
}

/* ---- saving ---------------------------------------------------------------------------------------------------- */

static bool is_directory(const char *path) {
  struct stat about;
  return stat(*path ? path : ".", &about) == 0 && S_ISDIR(about.st_mode);
}

/* One run with the file's name fed. `*saved`: where not NULL, gets the path that saving answers. */
static hr_status run_saver(hr_saver *saver, hr_session *session, const char *path, char **saved) {
  hr_graph *graph = hr_session_graph(session);
  hr_output filename, fetch;
  if (hr_graph_node_count(graph) == 0)
    return hr_error(HR_FAILED_PRECONDITION,
                    "The Session graph is empty.  Add operations to the graph before calling run().");
  HR_TRY(hr_graph_output(graph, saver->filename_tensor, &filename));
  hr_tensor name = {0}, result = {0};
  HR_TRY(hr_tensor_string(path, strlen(path), &name));
  const hr_feed feed = {filename, &name};
  hr_status status;
  if (saved) {
    status = hr_graph_output(graph, saver->save_tensor, &fetch);
    if (!status) status = hr_session_run(session, 1, &feed, 1, &fetch, &result, 0, NULL);
    if (!status) {
      const hr_string *answer = hr_tensor_dtype(&result) == HR_STRING ? hr_tensor_data(&result) : NULL;
      *saved = answer ? strndup(hr_string_data(answer), hr_string_length(answer)) : strdup(path);
      if (!*saved) status = hr_error_out_of_memory(strlen(path), "a path");
    }
  } else {
    hr_node *target = hr_graph_find(graph, saver->restore_op);
    status = target
                 ? hr_session_run(session, 1, &feed, 0, NULL, NULL, 1, &target)
                 : hr_error(HR_NOT_FOUND, "The name '%s' refers to an Operation not in the graph.", saver->restore_op);
  }
  hr_tensor_clear(&name);
  hr_tensor_clear(&result);
  return status;
}

static hr_status write_meta_graph(const hr_saver *saver, hr_session *session, const char *path,
                                  const hr_save_options *o) {
  char *def = NULL;
  size_t length = 0;
  HR_TRY(hr_saver_to_proto(saver, &def, &length));
  const hr_meta_graph_export_options options = {.saver_def = {def, length},
                                                .strip_default_attrs = o->strip_default_attrs};
  hr_owned_bytes bytes = {0};
  hr_status status = hr_meta_graph_export(hr_session_graph(session), &options, &bytes);
  free(def);
  hr_text meta = {0};
  hr_text_printf(&meta, "%s.%s", path, o->meta_graph_suffix ? o->meta_graph_suffix : "meta");
  if (!status)
    status = meta.failed ? hr_error_out_of_memory(strlen(path), "a path")
                         : hr_file_replace(meta.data, bytes.data, bytes.length);
  hr_text_free(&meta);
  free(bytes.data);
  return status;
}

/* Everything but the making of the names. `*saved`: see run_saver; stays NULL without variables. */
static hr_status save(hr_saver *saver, hr_session *session, const char *path, const char *directory,
                      const char *state_file, const hr_save_options *o, char **saved) {
  if (saver->filename_tensor) {
    hr_status status = run_saver(saver, session, path, saved);
    hr_code code = hr_status_code(status);
    if ((code == HR_FAILED_PRECONDITION || code == HR_NOT_FOUND || code == HR_ALREADY_EXISTS) &&
        !is_directory(directory)) {
      hr_status_free(status);
      return hr_error(HR_INVALID_ARGUMENT, "Parent directory of %s doesn't exist, can't save.", path);
    }
    HR_TRY(status);
    if (o->write_state) HR_TRY(hr_saver_keep(saver, directory, state_file, *saved, o->meta_graph_suffix));
  }
  return o->write_meta_graph ? write_meta_graph(saver, session, path, o) : HR_SUCCESS;
}

static hr_status no_saver(void) {
  return hr_error(HR_INVALID_ARGUMENT, "There is no saver (was there an error while building it?)");
}

hr_status hr_saver_save_with(hr_saver *saver, hr_session *session, const char *path, char **saved,
                             const hr_save_options *options) {
  hr_save_options o = options ? *options : (hr_save_options){HR_SAVE_DEFAULTS};
  const char *state_file = o.latest_filename ? o.latest_filename : HR_CHECKPOINT_STATE_NAME;
  if (saved) *saved = NULL;
  if (!saver) return no_saver();
  if (!path || !*path) return hr_error(HR_INVALID_ARGUMENT, "A checkpoint needs a path");
  if (strchr(state_file, '/'))
    return hr_error(HR_INVALID_ARGUMENT, "'latest_filename' must not contain path components");
  const char *slash = strrchr(path, '/');
  if (strcmp(slash ? slash + 1 : path, state_file) == 0)
    return hr_error(HR_INVALID_ARGUMENT, "'latest_filename' collides with 'save_path': '%s' and '%s'", state_file,
                    path);
  hr_text full = {0};
  hr_text_add_string(&full, path);
  if (o.global_step != HR_NO_STEP)
    hr_text_printf(&full, saver->pad_step_number ? "-%08lld" : "-%lld", (long long)o.global_step);
  char *directory = hr_path_directory_dup(path), *written = NULL;
  hr_status status = full.failed || !directory ? hr_error_out_of_memory(strlen(path), "a path")
                                               : save(saver, session, full.data, directory, state_file, &o, &written);
  free(directory);
  hr_text_free(&full);
  if (status || !saved)
    free(written);
  else
    *saved = written;
  return status;
}

/* ---- restoring ------------------------------------------------------------------------------------------------- */

hr_status hr_saver_restore(hr_saver *saver, hr_session *session, const char *path) {
  if (!saver) return no_saver();
  if (!saver->filename_tensor) return HR_SUCCESS;
  if (!path) return hr_error(HR_INVALID_ARGUMENT, "Can't load save_path when it is None.");
  if (!hr_checkpoint_exists(path))
    return hr_error(HR_INVALID_ARGUMENT, "The passed save_path is not a valid checkpoint: %s", path);
  hr_status status = run_saver(saver, session, path, NULL);
  switch (hr_status_code(status)) {
  case HR_NOT_FOUND:
    return hr_status_prefix(status,
                            "Restoring from %s failed, most likely because the graph has a name that the "
                            "checkpoint lacks. ",
                            path);
  case HR_INVALID_ARGUMENT:
    return hr_status_prefix(
        status, "Restoring from %s failed, most likely because the graph and the checkpoint differ. ", path);
  default: return status;
  }
}
