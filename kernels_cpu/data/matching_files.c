/* MatchingFilesDataset: paths that match patterns. */
#include "kernels_cpu/data/dataset_kernel.h"
#include "runtime/io/file.h"

typedef struct matching {
  hr_dataset head;
  int64_t count;
  char **patterns;
} matching;

typedef struct matcher {
  hr_iterator head;
  hr_path_list paths;
  size_t next;
  bool has_begun;
} matcher;

static void destroy(hr_dataset *dataset) {
  hr_free_texts(((matching *)dataset)->count, ((matching *)dataset)->patterns);
}

static void close_matcher(hr_iterator *it) { hr_path_list_clear(&((matcher *)it)->paths); }

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static hr_status find_all(matcher *m) {
  const matching *d = (matching *)m->head.dataset;
  for (int64_t i = 0; i < d->count; ++i) {
    hr_path_list found;
    HR_TRY(hr_file_match(d->patterns[i], &found));
    hr_status status = hr_path_list_take(&m->paths, &found);
    hr_path_list_clear(&found);
    HR_TRY(status);
  }
  if (m->paths.count) qsort(m->paths.paths, m->paths.count, sizeof *m->paths.paths, compare);
  m->has_begun = true;
  return HR_SUCCESS;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  matcher *m = (matcher *)it;
  if (!m->has_begun) HR_TRY(find_all(m));
  *end = m->next >= m->paths.count;
  if (*end) return HR_SUCCESS;
  const char *path = m->paths.paths[m->next++];
  return hr_tensor_string(path, strlen(path), element);
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, (int64_t)((matcher *)it)->next);
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  int64_t position;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &position));
  ((matcher *)it)->next = (size_t)position;
  return HR_SUCCESS;
}

static const hr_dataset_type type = {.name = "MatchingFilesDataset",
                                     .iterator_size = sizeof(matcher),
                                     .destroy = destroy,
                                     .next = next,
                                     .close = close_matcher,
                                     .save = save,
                                     .restore = restore};

static hr_status matching_files(hr_kernel_context *ctx) {
  static const int32_t dtype = HR_STRING;
  static const hr_partial_shape shape = {0};
  hr_dataset *d;
  HR_TRY(hr_dataset_new(&type, sizeof(matching), 1, &dtype, &shape, 0, NULL, &d));
  matching *m = (matching *)d;
  return hr_give_dataset(ctx, d, hr_texts_input(ctx, 0, "patterns", &m->count, &m->patterns));
}
HR_KERNEL(.op = "MatchingFilesDataset", .compute = matching_files);
HR_KERNEL(.op = "ExperimentalMatchingFilesDataset", .compute = matching_files);
