#include "runtime/io/bundle_files.h"

#include "runtime/base/text.h"
#include "runtime/io/bundle_format.h"
#include "runtime/io/file.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define OLD_SUFFIX ".old"

char *hr_bundle_old_name_dup(const char *path) {
  char *name;
  return asprintf(&name, "%s" OLD_SUFFIX, path) < 0 ? NULL : name;
}

static hr_status out_of_memory(const char *path) { return hr_error_out_of_memory(strlen(path), "a file name"); }

hr_status hr_bundle_is_set_aside(const char *prefix, bool *aside) {
  char *index = hr_bundle_index_name_dup(prefix);
  char *old = index ? hr_bundle_old_name_dup(index) : NULL;
  hr_status status = old ? HR_SUCCESS : out_of_memory(prefix);
  if (!status) *aside = !hr_file_exists(index) && hr_file_exists(old);
  free(index);
  free(old);
  return status;
}

/* Calls `act` for the .old name of every data file of the prefix that has been set aside, of whatever shard count. */
static hr_status each_old_data(const char *prefix, hr_status (*act)(const char *old)) {
  char *directory = hr_path_directory_dup(prefix);
  if (!directory) return out_of_memory(prefix);
  const char *slash = strrchr(prefix, '/');
  hr_view base = hr_view_of(slash ? slash + 1 : prefix);
  DIR *entries = opendir(*directory ? directory : ".");
  hr_status status = entries ? HR_SUCCESS : hr_error_from_errno(errno, directory);
  while (!status) {
    struct dirent *entry = readdir(entries);
    if (!entry) break;
    hr_view name = hr_view_of(entry->d_name);
    size_t suffix = sizeof OLD_SUFFIX - 1;
    if (!hr_view_starts_with(name, base) || name.length < base.length + suffix ||
        strncmp(name.data + base.length, ".data-", 6) != 0 || strcmp(name.data + name.length - suffix, OLD_SUFFIX) != 0)
      continue;
    char *path = hr_path_join_dup(directory, entry->d_name);
    status = path ? act(path) : out_of_memory(entry->d_name);
    free(path);
  }
  if (entries) closedir(entries);
  free(directory);
  return status;
}

static hr_status put_back(const char *old) {
  char *path = strndup(old, strlen(old) - (sizeof OLD_SUFFIX - 1));
  if (!path) return out_of_memory(old);
  hr_status status = hr_file_rename(old, path);
  free(path);
  return status;
}

/* Ends what an interrupted installation left: a checkpoint that was set aside comes back, remains of one that has been
 * replaced go. */
static hr_status recover(const char *prefix, const char *index, const char *old_index) {
  if (!hr_file_exists(index) && hr_file_exists(old_index)) {
    HR_TRY(each_old_data(prefix, put_back));
    HR_TRY(hr_file_sync_directory_of(prefix));
    HR_TRY(hr_file_rename(old_index, index));
    return hr_file_sync_directory_of(prefix);
  }
  HR_TRY(each_old_data(prefix, hr_file_delete));
  return hr_file_exists(old_index) ? hr_file_delete(old_index) : HR_SUCCESS;
}

static hr_status set_aside_data(const hr_bundle_move *data, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!hr_file_exists(data[i].to)) continue;
    char *old = hr_bundle_old_name_dup(data[i].to);
    if (!old) return out_of_memory(data[i].to);
    hr_status status = hr_file_rename(data[i].to, old);
    free(old);
    if (status) return status;
  }
  return HR_SUCCESS;
}

static hr_status replace(const char *prefix, const hr_bundle_move *data, size_t data_count, const char *index_from,
                         const char *index, const char *old_index) {
  if (hr_file_exists(index)) {
    HR_TRY(hr_file_rename(index, old_index));
    HR_TRY(hr_file_sync_directory_of(prefix));
    HR_TRY(set_aside_data(data, data_count));
    HR_TRY(hr_file_sync_directory_of(prefix));
  }
  for (size_t i = 0; i < data_count; ++i)
    HR_TRY(hr_file_rename(data[i].from, data[i].to));
  HR_TRY(hr_file_sync_directory_of(prefix));
  HR_TRY(hr_file_rename(index_from, index));
  return hr_file_sync_directory_of(prefix);
}

hr_status hr_bundle_install(const char *prefix, const hr_bundle_move *data, size_t data_count, const char *index_from) {
  char *index = hr_bundle_index_name_dup(prefix);
  char *old_index = index ? hr_bundle_old_name_dup(index) : NULL;
  hr_status status = old_index ? recover(prefix, index, old_index) : out_of_memory(prefix);
  if (!status) {
    status = replace(prefix, data, data_count, index_from, index, old_index);
    /* After success this deletes the set-aside files, after an error it brings them back; what it cannot do now, the
     * next installation does, and readers know both states. */
    hr_status_free(recover(prefix, index, old_index));
  }
  free(index);
  free(old_index);
  return status;
}
