#include "runtime/io/checkpoint_state.h"

#include "proto/checkpoint_state.pb-c.h"
#include "runtime/base/proto_text.h"
#include "runtime/io/file.h"
#include <stdlib.h>

#define LARGEST_FILE ((size_t)64 << 20)

/* What the functions here give away: the state, and the memory of all it points to. */
typedef struct owned_state {
  hr_checkpoint_state state; /* first */
  hr_arena arena;
} owned_state;

static hr_status out_of_memory(void) {
  return hr_error_out_of_memory(sizeof(hr_checkpoint_state), "a checkpoint state");
}

void hr_checkpoint_state_free(hr_checkpoint_state *state) {
  if (!state) return;
  hr_arena_free(&((owned_state *)state)->arena);
  free(state);
}

static char *state_path_dup(const char *directory, const char *filename) {
  return hr_path_join_dup(directory, filename ? filename : HR_CHECKPOINT_STATE_NAME);
}

/* A path as it is told elsewhere; NULL when out of memory. */
typedef char *(*path_rule)(const char *directory, const char *path);

static char *seen_from_here(const char *directory, const char *path) { return hr_path_join_dup(directory, path); }
static char *seen_from_directory(const char *directory, const char *path) {
  return *directory == '/' || *path == '/' ? strdup(path) : hr_path_relative_dup(path, directory);
}

static const char *add_path(hr_arena *arena, path_rule rule, const char *directory, const char *path) {
  char *told = *path ? rule(directory, path) : strdup("");
  char *copy = told ? hr_arena_copy_string(arena, told, strlen(told)) : NULL;
  free(told);
  return copy;
}

/* A copy of `given` with its paths told by a rule, and the newest one at the end of all if `complete`. */
static hr_status copy_state(const hr_checkpoint_state *given, path_rule rule, const char *directory, bool complete,
                            hr_checkpoint_state **out) {
  *out = NULL;
  const char *newest = given->model_checkpoint_path;
  size_t count = given->path_count;
  bool add = complete && (count == 0 || strcmp(given->all_model_checkpoint_paths[count - 1], newest) != 0);
  owned_state *owned = calloc(1, sizeof *owned);
  if (!owned) return out_of_memory();
  const char **paths = HR_ARENA_ARRAY(&owned->arena, const char *, count + 1);
  double *times = HR_ARENA_ARRAY(&owned->arena, double, given->timestamp_count + 1);
  bool enough = paths && times;
  for (size_t i = 0; enough && i < count; ++i) {
    paths[i] = add_path(&owned->arena, rule, directory, given->all_model_checkpoint_paths[i]);
    enough = paths[i];
  }
  newest = enough ? add_path(&owned->arena, rule, directory, newest) : NULL;
  if (!newest) {
    hr_checkpoint_state_free(&owned->state);
    return out_of_memory();
  }
  if (add) paths[count++] = newest;
  if (given->timestamp_count > 0)
    memcpy(times, given->all_model_checkpoint_timestamps, given->timestamp_count * sizeof *times);
  owned->state =
      (hr_checkpoint_state){newest, paths, count, times, given->timestamp_count, given->last_preserved_timestamp};
  *out = &owned->state;
  return HR_SUCCESS;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static hr_status parse(const char *path, const char *directory, const char *text, size_t length,
                       hr_checkpoint_state **out) {
  hr_arena arena = {0};
  HrPb__CheckpointState *message;
  hr_status status = hr_proto_parse(&hr_pb__checkpoint_state__descriptor, &arena, text, length, &message);
  if (hr_status_code(status) == HR_INVALID_ARGUMENT) {
    hr_status damage = hr_error(HR_DATA_LOSS, "%s; %s", path, hr_status_message(status));
    hr_status_free(status);
    status = damage;
  } else if (!status && *message->model_checkpoint_path == '\0') {
    status = hr_error(HR_INVALID_ARGUMENT, "Invalid checkpoint state loaded from %s", directory);
  } else if (!status) {
    const hr_checkpoint_state stored = {message->model_checkpoint_path,
                                        (const char *const *)message->all_model_checkpoint_paths,
                                        message->n_all_model_checkpoint_paths,
                                        message->all_model_checkpoint_timestamps,
                                        message->n_all_model_checkpoint_timestamps,
                                        message->last_preserved_timestamp};
    status = copy_state(&stored, seen_from_here, directory, false, out);
  }
  hr_arena_free(&arena);
  return status;
}

hr_status hr_get_checkpoint_state(const char *directory, const char *latest_filename, hr_checkpoint_state **out) {
  *out = NULL;
  char *path = state_path_dup(directory, latest_filename), *text;
  if (!path) return out_of_memory();
  size_t length;
  hr_status status = hr_file_read_all(path, LARGEST_FILE, &text, &length);
  if (!status) {
    status = parse(path, directory, text, length, out);
    free(text);
  } else if (hr_status_code(status) == HR_NOT_FOUND) {
    hr_status_free(status);
    status = HR_SUCCESS;
  }
  free(path);
  return status;
}

hr_status hr_latest_checkpoint(const char *directory, const char *latest_filename, char **prefix) {
  *prefix = NULL;
  hr_checkpoint_state *state;
  HR_TRY(hr_get_checkpoint_state(directory, latest_filename, &state));
  hr_status status = HR_SUCCESS;
  if (state && hr_checkpoint_exists(state->model_checkpoint_path)) {
    *prefix = strdup(state->model_checkpoint_path);
    if (!*prefix) status = out_of_memory();
  }
  hr_checkpoint_state_free(state);
  return status;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* The message borrows all of the state. */
static HrPb__CheckpointState message_of(const hr_checkpoint_state *state) {
  HrPb__CheckpointState message = HR_PB__CHECKPOINT_STATE__INIT;
  message.model_checkpoint_path = (char *)state->model_checkpoint_path;
  message.all_model_checkpoint_paths = (char **)state->all_model_checkpoint_paths;
  message.n_all_model_checkpoint_paths = state->path_count;
  message.all_model_checkpoint_timestamps = (double *)state->all_model_checkpoint_timestamps;
  message.n_all_model_checkpoint_timestamps = state->timestamp_count;
  message.last_preserved_timestamp = state->last_preserved_timestamp;
  return message;
}

hr_status hr_checkpoint_state_write(const char *directory, const char *filename, const hr_checkpoint_state *state) {
  HrPb__CheckpointState message = message_of(state);
  char *path = state_path_dup(directory, filename);
  hr_text text = {0};
  hr_proto_print(&message, &text);
  hr_status status =
      path && !text.failed ? hr_file_replace(path, text.data ? text.data : "", text.length) : out_of_memory();
  hr_text_free(&text);
  free(path);
  return status;
}

hr_status hr_checkpoint_state_to_proto(const hr_checkpoint_state *state, char **bytes, size_t *length) {
  HrPb__CheckpointState message = message_of(state);
  hr_text packed = {0};
  hr_proto_pack(&message, &packed);
  *length = packed.length;
  *bytes = hr_text_take(&packed);
  return *bytes ? HR_SUCCESS : out_of_memory();
}

hr_status hr_generate_checkpoint_state(const char *directory, const hr_checkpoint_state *given,
                                       hr_checkpoint_state **out) {
  HR_TRY(copy_state(given, seen_from_directory, directory, true, out));
  if (given->timestamp_count == 0 || given->timestamp_count == (*out)->path_count) return HR_SUCCESS;
  size_t paths = (*out)->path_count;
  hr_checkpoint_state_free(*out);
  *out = NULL;
  return hr_error(HR_INVALID_ARGUMENT,
                  "Checkpoint timestamps, if provided, must match checkpoint paths (got %zu paths and %zu timestamps)",
                  paths, given->timestamp_count);
}

hr_status hr_update_checkpoint_state(const char *directory, const char *latest_filename,
                                     const hr_checkpoint_state *given) {
  hr_checkpoint_state *state;
  HR_TRY(hr_generate_checkpoint_state(directory, given, &state));
  hr_status status = hr_checkpoint_state_write(directory, latest_filename, state);
  hr_checkpoint_state_free(state);
  return status;
}
