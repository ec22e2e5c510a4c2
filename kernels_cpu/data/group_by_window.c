/* GroupByWindowDataset: elements wait by key; a window that is full becomes a dataset, whose elements come next. */
#include "kernels_cpu/data/mapped.h"
#include "kernels_cpu/data/memory_dataset.h"

typedef struct grouping {
  hr_dataset head;
  hr_data_function key, reduce, window_size;
} grouping;

/* The elements of a key that wait. */
typedef struct group {
  struct group *next;
  int64_t key, window_size;
  hr_elements elements;
} group;

typedef struct grouper {
  hr_iterator head;
  hr_function_runner *key, *reduce, *window_size; /* the pipeline's */
  group *groups;                                  /* in the order of their keys */
  hr_iterator *window;                            /* whose elements come */
} grouper;

static int32_t input_width(const grouper *g) { return g->head.dataset->inputs[0]->width; }

static void destroy(hr_dataset *dataset) {
  grouping *d = (grouping *)dataset;
  hr_data_function_clear(&d->key);
  hr_data_function_clear(&d->reduce);
  hr_data_function_clear(&d->window_size);
}

static hr_status open(hr_iterator *it) {
  const grouping *d = (grouping *)it->dataset;
  grouper *g = (grouper *)it;
  HR_TRY(hr_pipeline_function(it->pipeline, &d->key, &g->key));
  HR_TRY(hr_pipeline_function(it->pipeline, &d->reduce, &g->reduce));
  HR_TRY(hr_pipeline_function(it->pipeline, &d->window_size, &g->window_size));
  if (hr_function_runner_results(g->key) != 1 || hr_function_runner_results(g->reduce) != 1 ||
      hr_function_runner_results(g->window_size) != 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "`key_func`, `reduce_func` and `window_size_func` must return one value each.");
  return HR_SUCCESS;
}

static void close_grouper(hr_iterator *it) {
  grouper *g = (grouper *)it;
  for (group *at = g->groups, *next; at; at = next) {
    next = at->next;
    hr_elements_free(&at->elements, input_width(g));
    free(at);
  }
  hr_iterator_close(g->window);
}

/* ---- keys and windows -------------------------------------------------------------------------------------------- */

static hr_status call_for_int(hr_function_runner *runner, const hr_data_function *f, const hr_pull *pull, int32_t count,
                              const hr_tensor *arguments, const char *what, int64_t *out) {
  hr_tensor result = {0};
  HR_TRY(hr_data_call(runner, f, pull, count, arguments, &result));
  bool fits = hr_tensor_dtype(&result) == HR_INT64 && result.rank == 0;
  if (fits) *out = *(const int64_t *)hr_tensor_data(&result);
  hr_tensor_clear(&result);
  return fits ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "`%s` must return a scalar int64.", what);
}

static hr_status find_group(grouper *g, const hr_pull *pull, int64_t key, group **out) {
  const grouping *d = (grouping *)g->head.dataset;
  group **link = &g->groups;
  while (*link && (*link)->key < key)
    link = &(*link)->next;
  if (*link && (*link)->key == key) {
    *out = *link;
    return HR_SUCCESS;
  }
  hr_tensor argument = hr_tensor_i64(key);
  int64_t size;
  HR_TRY(call_for_int(g->window_size, &d->window_size, pull, 1, &argument, "window_size_func", &size));
  if (size <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "Window size must be greater than zero, but got %lld.", (long long)size);
  group *made = calloc(1, sizeof *made);
  if (!made) return hr_error_out_of_memory(sizeof *made, "a group of elements");
  *made = (group){.next = *link, .key = key, .window_size = size};
  *link = *out = made;
  return HR_SUCCESS;
}

/* Opens what the function makes of a window, and forgets the group. */
static hr_status start_window(grouper *g, const hr_pull *pull, group *full) {
  const grouping *d = (grouping *)g->head.dataset;
  hr_tensor arguments[2] = {hr_tensor_i64(full->key), {0}}, variant = {0};
  hr_dataset *window, *made;
  hr_status status = hr_memory_dataset(g->head.dataset->inputs[0], &full->elements, &window);
  if (!status) {
    status = hr_variant_new(&window->resource, &arguments[1]);
    hr_dataset_unref(window);
  }
  if (!status) status = hr_data_call(g->reduce, &d->reduce, pull, 2, arguments, &variant);
  if (!status) status = hr_dataset_of(&variant, &made);
  if (!status && made->width != g->head.dataset->width)
    status = hr_error(HR_INVALID_ARGUMENT, "`reduce_func` makes a dataset of %d components, not %d", (int)made->width,
                      (int)g->head.dataset->width);
  if (!status) status = hr_iterator_open_made(&g->head, made, &g->window);
  hr_tensor_clear(&variant);
  hr_tensor_clear(&arguments[1]);
  group **link = &g->groups;
  while (*link != full)
    link = &(*link)->next;
  *link = full->next;
  hr_elements_free(&full->elements, input_width(g));
  free(full);
  return status;
}

static hr_status take_in(grouper *g, const hr_pull *pull, hr_tensor *element) {
  const grouping *d = (grouping *)g->head.dataset;
  int32_t width = input_width(g);
  int64_t key;
  group *at;
  hr_status status = call_for_int(g->key, &d->key, pull, width, element, "key_func", &key);
  if (!status) status = find_group(g, pull, key, &at);
  if (status) {
    hr_element_clear(element, width);
    return status;
  }
  HR_TRY(hr_elements_add(&at->elements, element, width));
  return at->elements.count >= at->window_size ? start_window(g, pull, at) : HR_SUCCESS;
}

static hr_status read_on(grouper *g, hr_pull *pull) {
  hr_tensor *element;
  bool end = false;
  HR_TRY(hr_element_new(input_width(g), &element));
  hr_status status = hr_pull_check(pull);
  if (!status) status = hr_iterator_next(g->head.input, pull, element, &end);
  if (!status && !end) status = take_in(g, pull, element);
  free(element);
  if (!end) return status;
  hr_iterator_close(g->head.input);
  g->head.input = NULL;
  return status;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  grouper *g = (grouper *)it;
  for (;;) {
    if (g->window) {
      HR_TRY(hr_iterator_next(g->window, pull, element, end));
      if (!*end) return HR_SUCCESS;
      hr_iterator_close(g->window);
      g->window = NULL;
    }
    *end = !it->input && !g->groups;
    if (*end) return HR_SUCCESS;
    HR_TRY(it->input ? read_on(g, pull) : start_window(g, pull, g->groups));
  }
}

static const hr_dataset_type type = {.name = "GroupByWindowDataset",
                                     .iterator_size = sizeof(grouper),
                                     .opens_input = true,
                                     .destroy = destroy,
                                     .open = open,
                                     .next = next,
                                     .close = close_grouper};

static hr_status read_functions(const hr_kernel_context *ctx, grouping *d) {
  static const char *const names[] = {"key_func", "reduce_func", "window_size_func"};
  hr_data_function *functions[] = {&d->key, &d->reduce, &d->window_size};
  for (int i = 0; i < 3; ++i) {
    int32_t first, count;
    hr_input_range(ctx, i + 1, &first, &count);
    HR_TRY(hr_data_function_init(ctx, names[i], first, count, functions[i]));
  }
  return HR_SUCCESS;
}

static hr_status group_by_window(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(grouping), 1, &d));
  return hr_give_dataset(ctx, d, read_functions(ctx, (grouping *)d));
}
HR_KERNEL(.op = "GroupByWindowDataset", .compute = group_by_window);
HR_KERNEL(.op = "ExperimentalGroupByWindowDataset", .compute = group_by_window);
