/* ReadFile, WriteFile, MatchingFiles. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/io/file.h"

#include <stdlib.h>
#include <string.h>

static hr_status scalar_path(const hr_tensor *t, const char *what, char **path) {
  *path = NULL;
  if (t->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s tensor must be scalar, but had shape: %s", what, HR_TENSOR_SHAPE_TEXT(t));
  *path = hr_string_element_dup(t, 0);
  return *path ? HR_SUCCESS : hr_error_out_of_memory(0, "a file's name");
}

static hr_status read_file(hr_kernel_context *ctx) {
  char *path, *bytes = NULL;
  size_t length = 0;
  HR_TRY(scalar_path(hr_input(ctx, 0), "Input filename", &path));
  hr_status status = hr_file_read_all(path, SIZE_MAX / 2, &bytes, &length);
  free(path);
  HR_TRY(status);
  hr_tensor *out;
  status = hr_output_new(ctx, 0, &(hr_shape){0}, &out);
  if (!status) status = hr_string_set(hr_tensor_data(out), bytes, length);
  free(bytes);
  return status;
}
HR_KERNEL(.op = "ReadFile", .compute = read_file);

static hr_status write_with_directories(const char *path, hr_view contents) {
  char *directory = hr_path_directory_dup(path);
  if (!directory) return hr_error_out_of_memory(strlen(path), "a directory's name");
  hr_status status = directory[0] ? hr_directory_create(directory) : HR_SUCCESS;
  free(directory);
  return status ? status : hr_file_replace(path, contents.data, contents.length);
}

static hr_status write_file(hr_kernel_context *ctx) {
  const hr_tensor *contents = hr_input(ctx, 1);
  if (contents->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Contents tensor must be scalar, but had shape: %s",
                    HR_TENSOR_SHAPE_TEXT(contents));
  char *path;
  HR_TRY(scalar_path(hr_input(ctx, 0), "Input filename", &path));
  hr_status status = write_with_directories(path, hr_string_view(hr_string_at(contents, 0)));
  free(path);
  return status;
}
HR_KERNEL(.op = "WriteFile", .compute = write_file);

static int compare_paths(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* What matches, as TensorFlow tells it: below ".", where the pattern begins with no directory; where it does, that must
 * be there. */
static hr_status match(const char *pattern, hr_path_list *out) {
  size_t plain = strcspn(pattern, "*?[\\");
  const char *slash = memrchr(pattern, '/', plain);
  if (slash) {
    bool empty;
    char *directory = strndup(pattern, slash == pattern ? 1 : (size_t)(slash - pattern));
    if (!directory) return hr_error_out_of_memory(plain, "a directory's name");
    hr_status status = hr_directory_is_empty(directory, &empty);
    free(directory);
    return status ? status : hr_file_match(pattern, out);
  }
  if (!pattern[0]) return HR_SUCCESS;
  hr_text below = {0};
  hr_text_printf(&below, "./%s", pattern);
  hr_status status =
      below.failed ? hr_error_out_of_memory(strlen(pattern), "a file pattern") : hr_file_match(below.data, out);
  hr_text_free(&below);
  return status;
}

static hr_status match_all(const hr_tensor *patterns, hr_path_list *lists, int64_t *total) {
  for (int64_t i = 0; i < patterns->elements; ++i) {
    char *pattern = hr_string_element_dup(patterns, i);
    if (!pattern) return hr_error_out_of_memory(0, "a file pattern");
    hr_status status = match(pattern, &lists[i]);
    free(pattern);
    HR_TRY(status);
    *total += (int64_t)lists[i].count;
  }
  return HR_SUCCESS;
}

static hr_status output_paths(hr_kernel_context *ctx, const hr_path_list *lists, int64_t count, int64_t total) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {total}}, &out));
  const char **all = malloc((size_t)(total ? total : 1) * sizeof *all);
  if (!all) return hr_error_out_of_memory((unsigned long long)total * sizeof *all, "file names");
  size_t filled = 0;
  for (int64_t i = 0; i < count; ++i)
    for (size_t k = 0; k < lists[i].count; ++k)
      all[filled++] = lists[i].paths[k];
  qsort(all, filled, sizeof *all, compare_paths);
  hr_status status = HR_SUCCESS;
  for (size_t i = 0; i < filled && !status; ++i)
    status = hr_string_set((hr_string *)hr_tensor_data(out) + i, all[i], strlen(all[i]));
  free(all);
  return status;
}

static hr_status matching_files(hr_kernel_context *ctx) {
  const hr_tensor *patterns = hr_input(ctx, 0);
  if (patterns->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input patterns tensor must be scalar or vector, but had shape: %s",
                    HR_TENSOR_SHAPE_TEXT(patterns));
  hr_path_list *lists = calloc((size_t)(patterns->elements ? patterns->elements : 1), sizeof *lists);
  if (!lists) return hr_error_out_of_memory(sizeof *lists, "file names");
  int64_t total = 0;
  hr_status status = match_all(patterns, lists, &total);
  if (!status) status = output_paths(ctx, lists, patterns->elements, total);
  for (int64_t i = 0; i < patterns->elements; ++i)
    hr_path_list_clear(&lists[i]);
  free(lists);
  return status;
}
HR_KERNEL(.op = "MatchingFiles", .compute = matching_files);
