/* Saving and restoring over a session, and keeping the last checkpoints. */
#include "builder/saver.h"
#include "headrace/graph_io.h"
#include "headrace/io.h"
#include "proto/saver.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/io/checkpoint_state.h"
#include "runtime/io/file.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

hr_saver *hr_saver_allocate(int32_t max_to_keep, bool sharded, double keep_every_n_hours) {
  hr_saver *saver = calloc(1, sizeof *saver);
  if (!saver) return NULL;
  saver->max_to_keep = max_to_keep < 0 ? 0 : max_to_keep;
  saver->sharded = sharded;
  saver->keep_every_n_hours = keep_every_n_hours;
  saver->next_to_keep = now() + 3600 * keep_every_n_hours;
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

hr_status hr_saver_to_proto(const hr_saver *saver, char **bytes, size_t *length) {
  HrPb__SaverDef def = HR_PB__SAVER_DEF__INIT;
  if (saver->filename_tensor) {
    def.filename_tensor_name = saver->filename_tensor;
    def.save_tensor_name = saver->save_tensor;
    def.restore_op_name = saver->restore_op;
  }
  def.max_to_keep = saver->max_to_keep;
  def.sharded = saver->sharded;
  def.keep_checkpoint_every_n_hours = (float)saver->keep_every_n_hours;
  def.version = HR_PB__SAVER_DEF__CHECKPOINT_FORMAT_VERSION__V2;
  hr_text text = {0};
  hr_proto_pack(&def, &text);
  *length = text.length;
  *bytes = text.failed ? NULL : hr_text_take(&text);
  hr_text_free(&text);
  return *bytes ? HR_SUCCESS : hr_error_out_of_memory(256, "a SaverDef");
}

hr_status hr_saver_from_proto(const void *saver_def, size_t length, hr_saver **out) {
  hr_arena arena = {0};
  HrPb__SaverDef *def;
  *out = NULL;
  HR_TRY(hr_proto_unpack(&hr_pb__saver_def__descriptor, &arena, saver_def, length, NULL, &def));
  hr_saver *saver = hr_saver_allocate(def->max_to_keep, def->sharded, (double)def->keep_checkpoint_every_n_hours);
  if (saver && *def->filename_tensor_name) {
    saver->filename_tensor = strdup(def->filename_tensor_name);
    saver->save_tensor = strdup(def->save_tensor_name);
    saver->restore_op = strdup(def->restore_op_name);
  }
  bool complete =
      saver && (!*def->filename_tensor_name || (saver->filename_tensor && saver->save_tensor && saver->restore_op));
  hr_arena_free(&arena);
  if (complete) {
    *out = saver;
    return HR_SUCCESS;
  }
  hr_saver_free(saver);
  return hr_error_out_of_memory(sizeof *saver, "a saver");
}

/* ---- the kept checkpoints -------------------------------------------------------------------------------------- */

int32_t hr_saver_checkpoint_count(const hr_saver *saver) { return saver->num_kept; }
const char *hr_saver_checkpoint(const hr_saver *saver, int32_t index) {
  return index >= 0 && index < saver->num_kept ? saver->kept[index].path : NULL;
}

/* Appends a checkpoint; the same path earlier in the list is dropped. */
static hr_status keep(hr_saver *saver, const char *path, double time) {
  for (int32_t i = 0; i < saver->num_kept; ++i) {
    if (strcmp(saver->kept[i].path, path) != 0) continue;
    free(saver->kept[i].path);
    memmove(&saver->kept[i], &saver->kept[i + 1], sizeof *saver->kept * (size_t)(saver->num_kept - i - 1));
    --saver->num_kept;
    break;
  }
  hr_kept_checkpoint *more = realloc(saver->kept, sizeof *more * (size_t)(saver->num_kept + 1));
  if (!more) return hr_error_out_of_memory(sizeof *more * (size_t)(saver->num_kept + 1), "kept checkpoints");
  saver->kept = more;
  char *copy = strdup(path);
  if (!copy) return hr_error_out_of_memory(strlen(path) + 1, "a path");
  saver->kept[saver->num_kept++] = (hr_kept_checkpoint){copy, time};
  return HR_SUCCESS;
}

static hr_status delete_matching(const char *prefix, const char *pattern) {
  hr_text text = {0};
  hr_text_printf(&text, "%s%s", prefix, pattern);
  if (text.failed) return hr_error_out_of_memory(strlen(prefix), "a path");
  hr_path_list list;
  hr_status status = hr_file_match(text.data, &list);
  hr_text_free(&text);
  if (status) return status;
  for (size_t i = 0; i < list.count && !status; ++i)
    status = hr_file_delete(list.paths[i]);
  hr_path_list_clear(&list);
  return status;
}

/* Drops the oldest checkpoint from the list where there are too many, and its files, unless one of its age is to stay.
 */
static hr_status forget_oldest(hr_saver *saver) {
  if (saver->num_kept <= saver->max_to_keep) return HR_SUCCESS;
  hr_kept_checkpoint oldest = saver->kept[0];
  memmove(&saver->kept[0], &saver->kept[1], sizeof *saver->kept * (size_t)(saver->num_kept - 1));
  --saver->num_kept;
  hr_status status = HR_SUCCESS;
  if (oldest.time > saver->next_to_keep) {
    saver->next_to_keep += 3600 * saver->keep_every_n_hours;
  } else {
    static const char *const patterns[] = {".data-[0-9]*-of-[0-9]*", ".index", ".meta"};
    for (int i = 0; i < 3 && !status; ++i)
      status = delete_matching(oldest.path, patterns[i]);
  }
  free(oldest.path);
  return status;
}

hr_status hr_saver_recover(hr_saver *saver, int32_t count, const char *const *paths) {
  for (int32_t i = 0; i < count; ++i) {
    if (!hr_checkpoint_exists(paths[i])) continue;
    hr_text index = {0};
    hr_text_printf(&index, "%s.index", paths[i]);
    struct stat about;
    double time = !index.failed && stat(index.data, &about) == 0 ? (double)about.st_mtime : now();
    hr_text_free(&index);
    HR_TRY(keep(saver, paths[i], time));
  }
  return HR_SUCCESS;
}

/* ---- the state file -------------------------------------------------------------------------------------------- */

/* A path as the state file of a relative directory says it: from there. */
static char *relative_path_dup(const char *directory, const char *path) {
  size_t length = strlen(directory);
  if (directory[0] == '/' || path[0] == '/' || length == 0) return strdup(path);
  if (strncmp(path, directory, length) == 0 && path[length] == '/') return strdup(path + length + 1);
  hr_text text = {0};
  for (const char *part = directory; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
    hr_text_add_string(&text, "../");
  hr_text_add_string(&text, path);
  return hr_text_take(&text);
}

static hr_status write_state(const hr_saver *saver, const char *directory, const char *filename, const char *latest) {
  int32_t first = saver->num_kept > saver->max_to_keep;
  size_t count = saver->num_kept ? (size_t)(saver->num_kept - first) : 1;
  char **paths = calloc(count + 1, sizeof *paths);
  if (!paths) return hr_error_out_of_memory(count * sizeof *paths, "the checkpoint state");
  bool complete = true;
  for (size_t i = 0; i < count; ++i) {
    paths[i] = relative_path_dup(directory, saver->num_kept ? saver->kept[first + (int32_t)i].path : latest);
    complete = complete && paths[i];
  }
  paths[count] = relative_path_dup(directory, latest);
  complete = complete && paths[count];
  hr_checkpoint_state state = {.model_checkpoint_path = paths[count],
                               .all_model_checkpoint_paths = (const char *const *)paths,
                               .path_count = count};
  hr_status status = complete ? hr_checkpoint_state_write(directory, filename, &state)
                              : hr_error_out_of_memory(256, "the checkpoint state");
  for (size_t i = 0; i <= count; ++i)
    free(paths[i]);
  free(paths);
  return status;
}

/* ---- saving ---------------------------------------------------------------------------------------------------- */

static bool is_directory(const char *path) {
  struct stat about;
  return stat(*path ? path : ".", &about) == 0 && S_ISDIR(about.st_mode);
}

/* One run with the file's name fed. */
static hr_status run_saver(hr_saver *saver, hr_session *session, const char *path, bool saving) {
  hr_graph *graph = hr_session_graph(session);
  hr_output filename, saved;
  HR_TRY(hr_graph_output(graph, saver->filename_tensor, &filename));
  hr_tensor name = {0}, result = {0};
  HR_TRY(hr_tensor_string(path, strlen(path), &name));
  const hr_feed feed = {filename, &name};
  hr_status status;
  if (saving) {
    status = hr_graph_output(graph, saver->save_tensor, &saved);
    if (!status) status = hr_session_run(session, 1, &feed, 1, &saved, &result, 0, NULL);
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

static hr_status write_meta_graph(const hr_saver *saver, hr_session *session, const char *path) {
  char *def = NULL;
  size_t length = 0;
  HR_TRY(hr_saver_to_proto(saver, &def, &length));
  const hr_meta_graph_export_options options = {.saver_def = {def, length}};
  hr_owned_bytes bytes = {0};
  hr_status status = hr_meta_graph_export(hr_session_graph(session), &options, &bytes);
  free(def);
  hr_text meta = {0};
  hr_text_printf(&meta, "%s.meta", path);
  if (!status)
    status = meta.failed ? hr_error_out_of_memory(strlen(path), "a path")
                         : hr_file_replace(meta.data, bytes.data, bytes.length);
  hr_text_free(&meta);
  free(bytes.data);
  return status;
}

/* Everything but the making of the names. */
static hr_status save(hr_saver *saver, hr_session *session, const char *path, const char *directory,
                      const char *state_file, const hr_save_options *o) {
  if (saver->filename_tensor) {
    hr_status status = run_saver(saver, session, path, true);
    hr_code code = hr_status_code(status);
    if ((code == HR_FAILED_PRECONDITION || code == HR_NOT_FOUND) && !is_directory(directory)) {
      hr_status_free(status);
      return hr_error(HR_INVALID_ARGUMENT, "Parent directory of %s doesn't exist, can't save.", path);
    }
    HR_TRY(status);
    if (o->write_state) {
      if (saver->max_to_keep > 0) HR_TRY(keep(saver, path, now()));
      /* First the state file names what stays, then the rest goes. */
      HR_TRY(write_state(saver, directory, state_file, path));
      HR_TRY(forget_oldest(saver));
    }
  }
  return o->write_meta_graph ? write_meta_graph(saver, session, path) : HR_SUCCESS;
}

hr_status hr_saver_save_with(hr_saver *saver, hr_session *session, const char *path, char **saved,
                             const hr_save_options *options) {
  hr_save_options o = options ? *options : (hr_save_options){HR_SAVE_DEFAULTS};
  const char *state_file = o.latest_filename ? o.latest_filename : HR_CHECKPOINT_STATE_NAME;
  if (saved) *saved = NULL;
  if (!path || !*path) return hr_error(HR_INVALID_ARGUMENT, "A checkpoint needs a path");
  if (strchr(state_file, '/'))
    return hr_error(HR_INVALID_ARGUMENT, "'latest_filename' must not contain path components");
  const char *slash = strrchr(path, '/');
  if (strcmp(slash ? slash + 1 : path, state_file) == 0)
    return hr_error(HR_INVALID_ARGUMENT, "'latest_filename' collides with 'save_path': '%s' and '%s'", state_file,
                    path);
  hr_text full = {0};
  hr_text_add_string(&full, path);
  if (o.global_step != HR_NO_STEP) hr_text_printf(&full, "-%lld", (long long)o.global_step);
  char *directory = hr_path_directory_dup(path);
  hr_status status = full.failed || !directory ? hr_error_out_of_memory(strlen(path), "a path")
                                               : save(saver, session, full.data, directory, state_file, &o);
  free(directory);
  if (!status && saved) {
    *saved = hr_text_take(&full);
    if (!*saved) status = hr_error_out_of_memory(strlen(path), "a path");
  }
  hr_text_free(&full);
  return status;
}

/* ---- restoring ------------------------------------------------------------------------------------------------- */

hr_status hr_saver_restore(hr_saver *saver, hr_session *session, const char *path) {
  if (!saver->filename_tensor) return HR_SUCCESS;
  if (!path) return hr_error(HR_INVALID_ARGUMENT, "Can't load save_path when it is None.");
  if (!hr_checkpoint_exists(path))
    return hr_error(HR_INVALID_ARGUMENT, "The passed save_path is not a valid checkpoint: %s", path);
  hr_status status = run_saver(saver, session, path, false);
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
