/* The files of a checkpoint, whatever is in them: whether they are there, their time, their end. */
#include "headrace/io.h"
#include "runtime/base/text.h"
#include "runtime/io/bundle_files.h"
#include "runtime/io/bundle_format.h"
#include "runtime/io/file.h"
#include <stdlib.h>
#include <sys/stat.h>

static hr_status out_of_memory(const char *prefix) { return hr_error_out_of_memory(strlen(prefix), "a path"); }

/* The file that stands for the checkpoint: the index, the one set aside, or the first file of V1. NULL: none. */
static hr_status find_file(const char *prefix, char **path) {
  bool aside;
  *path = NULL;
  HR_TRY(hr_bundle_is_set_aside(prefix, &aside));
  char *index = hr_bundle_index_name_dup(prefix);
  if (!index) return out_of_memory(prefix);
  if (!aside && hr_file_exists(index)) {
    *path = index;
    return HR_SUCCESS;
  }
  if (aside) *path = hr_bundle_old_name_dup(index);
  free(index);
  if (aside) return *path ? HR_SUCCESS : out_of_memory(prefix);
  hr_path_list version1;
  HR_TRY(hr_file_match(prefix, &version1));
  if (version1.count > 0) {
    *path = version1.paths[0];
    version1.paths[0] = NULL;
  }
  hr_path_list_clear(&version1);
  return HR_SUCCESS;
}

bool hr_checkpoint_exists(const char *prefix) {
  char *path;
  hr_status_free(find_file(prefix, &path));
  free(path);
  return path != NULL;
}

hr_status hr_checkpoint_time(const char *prefix, double *seconds) {
  char *path;
  struct stat about;
  HR_TRY(find_file(prefix, &path));
  bool there = path && stat(path, &about) == 0;
  free(path);
  if (!there) return hr_error(HR_NOT_FOUND, "No checkpoint under %s", prefix);
  *seconds = (double)about.st_mtim.tv_sec + 1e-9 * (double)about.st_mtim.tv_nsec;
  return HR_SUCCESS;
}

static hr_status delete_matching(const char *prefix, size_t length, const char *pattern) {
  hr_text text = {0};
  hr_text_add(&text, prefix, length);
  hr_text_add_string(&text, pattern);
  if (text.failed) return out_of_memory(prefix);
  hr_path_list list;
  hr_status status = hr_file_match(text.data, &list);
  hr_text_free(&text);
  if (status) return status;
  for (size_t i = 0; i < list.count && !status; ++i) {
    status = hr_file_delete(list.paths[i]);
    if (hr_status_code(status) != HR_NOT_FOUND) continue;
    hr_status_free(status); /* somebody else was faster */
    status = HR_SUCCESS;
  }
  hr_path_list_clear(&list);
  return status;
}

/* The length of a prefix without the "-?????-of-00002" of several files of V1. */
static size_t length_of_base(const char *prefix) {
  size_t length = strlen(prefix);
  const size_t tail = strlen("-?\?\?\?\?-of-00002");
  if (length < tail || memcmp(prefix + length - 9, "-of-", 4) != 0 || prefix[length - tail] != '-') return length;
  for (size_t i = length - 5; i < length; ++i)
    if (prefix[i] < '0' || prefix[i] > '9') return length;
  for (size_t i = length - tail + 1; i < length - 9; ++i)
    if (prefix[i] != '?' && (prefix[i] < '0' || prefix[i] > '9')) return length;
  return length - tail;
}

hr_status hr_remove_checkpoint(const char *prefix, bool version1, const char *meta_graph_suffix) {
  static const char *const version1_files[] = {"", NULL};
  static const char *const bundle_files[] = {".index", ".index.old", ".data-[0-9]*-of-[0-9]*", NULL};
  for (const char *const *file = version1 ? version1_files : bundle_files; *file; ++file)
    HR_TRY(delete_matching(prefix, strlen(prefix), *file));
  hr_text meta = {0};
  hr_text_printf(&meta, ".%s", meta_graph_suffix ? meta_graph_suffix : "meta");
  hr_status status = meta.failed ? out_of_memory(prefix) : delete_matching(prefix, length_of_base(prefix), meta.data);
  hr_text_free(&meta);
  return status;
}
