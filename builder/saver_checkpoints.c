/* The checkpoints that a saver keeps. */
#include "builder/saver.h"
#include "headrace/io.h"
#include "runtime/base/clock.h"
#include "runtime/io/checkpoint_state.h"
#include "runtime/io/file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

int32_t hr_saver_checkpoint_count(const hr_saver *saver) { return saver->num_kept; }

const char *hr_saver_checkpoint(const hr_saver *saver, int32_t index) {
  return index >= 0 && index < saver->num_kept ? saver->kept[index].path : NULL;
}

double hr_saver_checkpoint_time(const hr_saver *saver, int32_t index) {
  return index >= 0 && index < saver->num_kept ? saver->kept[index].time : 0;
}

/* Appends a checkpoint; the same path earlier in the list is dropped. */
static hr_status append(hr_saver *saver, const char *path, double time) {
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

static void forget_all(hr_saver *saver) {
  while (saver->num_kept > 0)
    free(saver->kept[--saver->num_kept].path);
}

hr_status hr_saver_set_checkpoints(hr_saver *saver, int32_t count, const char *const *paths, const double *times) {
  forget_all(saver);
  for (int32_t i = 0; i < count; ++i)
    HR_TRY(append(saver, paths[i], times ? times[i] : INFINITY));
  return HR_SUCCESS;
}

hr_status hr_saver_recover(hr_saver *saver, int32_t count, const char *const *paths) {
  forget_all(saver);
  for (int32_t i = 0; i < count; ++i) {
    double time;
    hr_status status = hr_checkpoint_time(paths[i], &time);
    if (hr_status_code(status) == HR_NOT_FOUND) {
      hr_status_free(status);
      continue;
    }
    HR_TRY(status);
    HR_TRY(append(saver, paths[i], time));
  }
  return HR_SUCCESS;
}

/* ---- after a save ---------------------------------------------------------------------------------------------- */

/* A path as the state file tells it. */
static char *told_path_dup(const hr_saver *saver, const char *directory, const char *path) {
  return saver->save_relative_paths ? hr_path_relative_dup(path, directory) : strdup(path);
}

static hr_status write_state(const hr_saver *saver, const char *directory, const char *filename, const char *latest) {
  int32_t first = saver->max_to_keep > 0 && saver->num_kept > saver->max_to_keep;
  size_t count = (size_t)(saver->num_kept - first);
  char **paths = calloc(count + 1, sizeof *paths);
  if (!paths) return hr_error_out_of_memory(count * sizeof *paths, "the checkpoint state");
  bool complete = true;
  for (size_t i = 0; i <= count && complete; ++i) {
    paths[i] = told_path_dup(saver, directory, i < count ? saver->kept[first + (int32_t)i].path : latest);
    complete = paths[i];
  }
  const hr_checkpoint_state state = {.model_checkpoint_path = paths[count],
                                     .all_model_checkpoint_paths = (const char *const *)paths,
                                     .path_count = count};
  /* Relative paths are seen from the directory by now: nothing is to be resolved any more. */
  const char *seen_from = saver->save_relative_paths ? "/" : directory;
  hr_checkpoint_state *told = NULL;
  hr_status status = complete ? hr_generate_checkpoint_state(seen_from, &state, &told)
                              : hr_error_out_of_memory(256, "the checkpoint state");
  if (!status) status = hr_checkpoint_state_write(directory, filename, told);
  hr_checkpoint_state_free(told);
  for (size_t i = 0; i <= count; ++i)
    free(paths[i]);
  free(paths);
  return status;
}

/* Drops the oldest checkpoint from the list where there are too many, and its files, unless one of its age is to stay.
 */
static hr_status forget_oldest(hr_saver *saver, const char *meta_graph_suffix) {
  if (saver->num_kept <= saver->max_to_keep) return HR_SUCCESS;
  hr_kept_checkpoint oldest = saver->kept[0];
  memmove(&saver->kept[0], &saver->kept[1], sizeof *saver->kept * (size_t)(saver->num_kept - 1));
  --saver->num_kept;
  hr_status status = HR_SUCCESS;
  if (oldest.time > saver->next_to_keep)
    saver->next_to_keep += 3600 * saver->keep_every_n_hours;
  else
    status = hr_remove_checkpoint(oldest.path, saver->version1, meta_graph_suffix);
  free(oldest.path);
  return status;
}

hr_status hr_saver_keep(hr_saver *saver, const char *directory, const char *state_file, const char *path,
                        const char *meta_graph_suffix) {
  if (saver->max_to_keep > 0) HR_TRY(append(saver, path, 1e-6 * (double)hr_now_micros()));
  /* First the state file names what stays, then the rest goes. */
  HR_TRY(write_state(saver, directory, state_file, path));
  return saver->max_to_keep > 0 ? forget_oldest(saver, meta_graph_suffix) : HR_SUCCESS;
}
