#include "runtime/io/bundle.h"

#include "runtime/io/bundle_files.h"
#include "runtime/io/bundle_index.h"
#include "runtime/io/table.h"
#include <stdlib.h>

/* Where the data files go, and the merged index. */
typedef struct merge {
  hr_bundle_index index;
  int shards;
  char **from;      /* data files in their order in the merged checkpoint */
  const char *part; /* prefix of the part under way */
  int part_shards, first_shard;
  bool seen_header;
} merge;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(merge), "merging checkpoints"); }

static hr_status merge_header(merge *m, hr_view value) {
  HR_TRY(hr_bundle_header_decode(value, &m->part_shards));
  if (m->shards + m->part_shards > HR_BUNDLE_MAX_SHARDS)
    return hr_error(HR_INVALID_ARGUMENT, "More than %d data files in a checkpoint", HR_BUNDLE_MAX_SHARDS);
  char **from = reallocarray(m->from, (size_t)(m->shards + m->part_shards), sizeof *from);
  if (!from) return out_of_memory();
  m->from = from;
  m->first_shard = m->shards;
  for (int i = 0; i < m->part_shards; ++i) {
    m->from[m->shards] = hr_bundle_data_name_dup(m->part, i, m->part_shards);
    if (!m->from[m->shards]) return out_of_memory();
    ++m->shards;
  }
  m->seen_header = true;
  return HR_SUCCESS;
}

static hr_status merge_entry(void *argument, hr_view key, hr_view value) {
  merge *m = argument;
  if (!m->seen_header) {
    if (key.length > 0) return hr_error(HR_DATA_LOSS, "%s; the index of a checkpoint without a header", m->part);
    return merge_header(m, value);
  }
  hr_bundle_entry fresh;
  HR_TRY(hr_bundle_entry_decode(value, &fresh));
  hr_bundle_entry *entry = hr_bundle_index_at(&m->index, key);
  hr_status status = entry ? HR_SUCCESS : out_of_memory();
  if (!status && fresh.shard >= m->part_shards)
    status = hr_error(HR_DATA_LOSS, "%s; an entry in data file %d of %d", m->part, fresh.shard, m->part_shards);
  if (!status && entry->dtype == HR_INVALID) {
    *entry = fresh;
    entry->shard += m->first_shard;
    return HR_SUCCESS;
  }
  /* Only the entry of a partitioned variable may come from several parts. */
  if (!status && (entry->slice_count == 0 || fresh.slice_count == 0 || entry->dtype != fresh.dtype ||
                  !hr_shape_equal(&entry->shape, &fresh.shape)))
    status = hr_error(HR_INVALID_ARGUMENT, "Duplicate tensor keyed by %.*s encountered, when merging prefix: %s",
                      (int)key.length, key.data, m->part);
  for (size_t i = 0; i < fresh.slice_count && !status; ++i)
    status = hr_bundle_entry_add_slice(entry, &fresh.slices[i]);
  hr_bundle_entry_clear(&fresh);
  return status;
}

static hr_status merge_part(merge *m, const char *prefix) {
  char *name = hr_bundle_index_name_dup(prefix);
  if (!name) return out_of_memory();
  m->part = prefix;
  m->seen_header = false;
  hr_input_file *file;
  hr_status status = hr_input_file_open(name, &file);
  if (!status) {
    status = hr_table_read(file, merge_entry, m);
    hr_input_file_close(file);
  }
  if (!status && !m->seen_header)
    status = hr_error(HR_DATA_LOSS, "%s; the index of a checkpoint without a header", prefix);
  free(name);
  return status;
}

static hr_status install(merge *m, const char *prefix) {
  hr_bundle_move *moves = calloc((size_t)m->shards, sizeof *moves);
  char *index_name = hr_bundle_index_name_dup(prefix);
  char *temporary_index_name = index_name ? hr_file_temporary_name_dup(index_name) : NULL;
  hr_status status = moves && temporary_index_name ? HR_SUCCESS : out_of_memory();
  for (int i = 0; i < m->shards && !status; ++i) {
    moves[i] = (hr_bundle_move){m->from[i], hr_bundle_data_name_dup(prefix, i, m->shards)};
    if (!moves[i].to) status = out_of_memory();
  }
  if (!status) status = hr_bundle_index_write(&m->index, m->shards, temporary_index_name);
  if (!status) {
    status = hr_bundle_install(prefix, moves, (size_t)m->shards, temporary_index_name);
    if (status) hr_status_free(hr_file_delete(temporary_index_name));
  }
  for (int i = 0; moves && i < m->shards; ++i)
    free((char *)moves[i].to);
  free(moves);
  free(index_name);
  free(temporary_index_name);
  return status;
}

/* What cannot be deleted does no harm to the merged checkpoint. */
static void delete_part(const char *prefix, const char *merged_prefix, bool delete_directory) {
  char *index = hr_bundle_index_name_dup(prefix);
  if (index && strcmp(prefix, merged_prefix) != 0) hr_status_free(hr_file_delete(index));
  free(index);
  if (!delete_directory) return;
  char *directory = hr_path_directory_dup(prefix), *merged_directory = hr_path_directory_dup(merged_prefix);
  if (directory && merged_directory && *directory && strcmp(directory, merged_directory) != 0)
    hr_status_free(hr_directory_delete(directory));
  free(directory);
  free(merged_directory);
}

hr_status hr_bundle_merge(const char *const *prefixes, size_t count, const char *merged_prefix,
                          bool delete_old_directories) {
  if (count == 0) return hr_error(HR_INVALID_ARGUMENT, "No checkpoints to merge into %s", merged_prefix);
  merge m = {0};
  char *directory = hr_path_directory_dup(merged_prefix);
  hr_status status = directory ? hr_directory_create(directory) : out_of_memory();
  free(directory);
  for (size_t i = 0; i < count && !status; ++i)
    status = merge_part(&m, prefixes[i]);
  if (!status) status = install(&m, merged_prefix);
  for (size_t i = 0; i < count && !status; ++i)
    delete_part(prefixes[i], merged_prefix, delete_old_directories);
  for (int i = 0; i < m.shards; ++i)
    free(m.from[i]);
  free(m.from);
  hr_bundle_index_clear(&m.index);
  return status;
}
