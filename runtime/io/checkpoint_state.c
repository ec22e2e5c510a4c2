#include "runtime/io/checkpoint_state.h"

#include "proto/checkpoint_state.pb-c.h"
#include "runtime/base/proto_text.h"
#include "runtime/io/bundle_files.h"
#include "runtime/io/bundle_format.h"
#include "runtime/io/file.h"
#include <stdlib.h>

#define LARGEST_FILE ((size_t)64 << 20)

static hr_status out_of_memory(void) {
  return hr_error_out_of_memory(sizeof(hr_checkpoint_state), "a checkpoint state");
}

static char *state_path_dup(const char *directory, const char *filename) {
  return hr_path_join_dup(directory, filename ? filename : HR_CHECKPOINT_STATE_NAME);
}

/* `path` seen from where `directory` is seen; NULL when out of memory. */
static char *resolve(hr_arena *arena, const char *directory, const char *path) {
  if (*path == '\0') return hr_arena_copy_string(arena, "", 0);
  char *joined = hr_path_join_dup(directory, path);
  char *copy = joined ? hr_arena_copy_string(arena, joined, strlen(joined)) : NULL;
  free(joined);
  return copy;
}

static hr_status convert(const HrPb__CheckpointState *message, const char *directory, hr_arena *arena,
                         hr_checkpoint_state *out) {
  const char **paths = HR_ARENA_ARRAY(arena, const char *, message->n_all_model_checkpoint_paths + 1);
  const char *newest = resolve(arena, directory, message->model_checkpoint_path);
  if (!paths || !newest) return out_of_memory();
  for (size_t i = 0; i < message->n_all_model_checkpoint_paths; ++i) {
    paths[i] = resolve(arena, directory, message->all_model_checkpoint_paths[i]);
    if (!paths[i]) return out_of_memory();
  }
  *out = (hr_checkpoint_state){
      .model_checkpoint_path = newest,
      .all_model_checkpoint_paths = paths,
      .path_count = message->n_all_model_checkpoint_paths,
      .all_model_checkpoint_timestamps = message->all_model_checkpoint_timestamps,
      .timestamp_count = message->n_all_model_checkpoint_timestamps,
      .last_preserved_timestamp = message->last_preserved_timestamp,
  };
  return HR_SUCCESS;
}

hr_status hr_checkpoint_state_read(const char *directory, const char *filename, hr_arena *arena,
                                   hr_checkpoint_state *out) {
  *out = (hr_checkpoint_state){.model_checkpoint_path = ""};
  char *path = state_path_dup(directory, filename), *text;
  if (!path) return out_of_memory();
  size_t length;
  hr_status status = hr_file_read_all(path, LARGEST_FILE, &text, &length);
  if (!status) {
    HrPb__CheckpointState *message;
    status = hr_proto_parse(&hr_pb__checkpoint_state__descriptor, arena, text, length, &message);
    if (hr_status_code(status) == HR_INVALID_ARGUMENT) {
      hr_status damage = hr_error(HR_DATA_LOSS, "%s; %s", path, hr_status_message(status));
      hr_status_free(status);
      status = damage;
    }
    if (!status) status = convert(message, directory, arena, out);
  }
  free(text);
  free(path);
  return status;
}

hr_status hr_checkpoint_state_write(const char *directory, const char *filename, const hr_checkpoint_state *state) {
  HrPb__CheckpointState message;
  hr_pb__checkpoint_state__init(&message);
  message.model_checkpoint_path = (char *)state->model_checkpoint_path;
  message.all_model_checkpoint_paths = (char **)state->all_model_checkpoint_paths;
  message.n_all_model_checkpoint_paths = state->path_count;
  message.all_model_checkpoint_timestamps = (double *)state->all_model_checkpoint_timestamps;
  message.n_all_model_checkpoint_timestamps = state->timestamp_count;
  message.last_preserved_timestamp = state->last_preserved_timestamp;
  char *path = state_path_dup(directory, filename);
  hr_text text = {0};
  hr_proto_print(&message, &text);
  hr_status status =
      path && !text.failed ? hr_file_replace(path, text.data ? text.data : "", text.length) : out_of_memory();
  hr_text_free(&text);
  free(path);
  return status;
}

bool hr_checkpoint_exists(const char *prefix) {
  bool aside = false;
  hr_status_free(hr_bundle_is_set_aside(prefix, &aside));
  char *index = hr_bundle_index_name_dup(prefix);
  bool exists = aside || (index && hr_file_exists(index));
  free(index);
  if (exists) return true;
  hr_path_list version1;
  hr_status_free(hr_file_match(prefix, &version1));
  exists = version1.count > 0;
  hr_path_list_clear(&version1);
  return exists;
}

hr_status hr_latest_checkpoint(const char *directory, const char *latest_filename, char **prefix) {
  *prefix = NULL;
  hr_arena arena = {0};
  hr_checkpoint_state state;
  hr_status status = hr_checkpoint_state_read(directory, latest_filename, &arena, &state);
  if (hr_status_code(status) == HR_NOT_FOUND) {
    hr_status_free(status);
    status = HR_SUCCESS;
  } else if (!status && *state.model_checkpoint_path && hr_checkpoint_exists(state.model_checkpoint_path)) {
    *prefix = strdup(state.model_checkpoint_path);
    if (!*prefix) status = out_of_memory();
  }
  hr_arena_free(&arena);
  return status;
}
