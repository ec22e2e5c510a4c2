/* WindowDataset: each element is a dataset for each component, of a stretch of the input. */
#include "kernels_cpu/data/mapped.h"

typedef struct window {
  hr_dataset head;
  int64_t size, shift, stride;
  bool drops_remainder;
} window;

typedef struct windower {
  hr_iterator head;
  hr_elements buffer; /* elements of the input from the next window's first on */
} windower;

/* ---- what windows are -------------------------------------------------------------------------------------------- */

/* Elements of one component, in memory. */
typedef struct pane {
  hr_dataset head;
  hr_tensor *tensors;
  int64_t count;
} pane;

typedef struct position {
  hr_iterator head;
  int64_t next;
} position;

static void destroy_pane(hr_dataset *dataset) {
  pane *d = (pane *)dataset;
  if (d->tensors) hr_element_clear(d->tensors, (int32_t)d->count);
  free(d->tensors);
}

static hr_status next_of_pane(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  const pane *d = (pane *)it->dataset;
  position *p = (position *)it;
  *end = p->next >= d->count;
  if (!*end) hr_tensor_copy(&d->tensors[p->next++], element);
  return HR_SUCCESS;
}

static hr_status save_pane(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((position *)it)->next);
  return HR_SUCCESS;
}

static hr_status restore_pane(hr_iterator *it, hr_state_reader *reader) {
  return hr_state_get_int_in(reader, 0, INT64_MAX, &((position *)it)->next);
}

static int64_t count_pane(const hr_dataset *dataset) { return ((const pane *)dataset)->count; }

static const hr_dataset_type pane_type = {.name = "WindowDataset::Window",
                                          .iterator_size = sizeof(position),
                                          .destroy = destroy_pane,
                                          .next = next_of_pane,
                                          .save = save_pane,
                                          .restore = restore_pane,
                                          .cardinality = count_pane};

/* Component `c` of every `stride`-th of the first elements of a list, as a variant. */
static hr_status make_pane(const window *d, const hr_elements *list, int32_t c, int64_t count, hr_tensor *out) {
  const hr_dataset *input = d->head.inputs[0];
  int32_t dtype = (int32_t)input->dtypes[c];
  hr_dataset *made;
  HR_TRY(hr_dataset_new(&pane_type, sizeof(pane), 1, &dtype, &input->shapes[c], 0, NULL, &made));
  pane *p = (pane *)made;
  p->tensors = calloc((size_t)count + 1, sizeof *p->tensors);
  hr_status status = p->tensors ? HR_SUCCESS : hr_error_out_of_memory(sizeof *p->tensors, "a window");
  for (int64_t i = 0; i < count && !status; ++i, ++p->count)
    hr_tensor_copy(&hr_elements_at(list, i * d->stride, input->width)[c], &p->tensors[i]);
  if (!status) status = hr_variant_new(&made->resource, out);
  hr_dataset_unref(made);
  return status;
}

/* ---- iterators --------------------------------------------------------------------------------------------------- */

static void close_window(hr_iterator *it) {
  hr_elements_free(&((windower *)it)->buffer, it->dataset->inputs[0]->width);
}

/* Elements that the next window does not have: of the buffer, and of the input behind it. */
static hr_status move_on(windower *w, hr_pull *pull) {
  const window *d = (window *)w->head.dataset;
  int32_t width = w->head.dataset->inputs[0]->width;
  int64_t dropped = d->shift < w->buffer.count ? d->shift : w->buffer.count, kept = w->buffer.count - dropped;
  hr_element_clear(w->buffer.tensors, (int32_t)(dropped * width));
  memmove(w->buffer.tensors, w->buffer.tensors + dropped * width, sizeof(hr_tensor) * (size_t)(kept * width));
  w->buffer.count = kept;
  hr_tensor *element;
  HR_TRY(hr_element_new(width, &element));
  hr_status status = HR_SUCCESS;
  for (bool end = false; dropped < d->shift && w->head.input && !status; ++dropped) {
    status = hr_iterator_next(w->head.input, pull, element, &end);
    if (!status && !end) hr_element_clear(element, width);
    if (!end) continue;
    hr_iterator_close(w->head.input);
    w->head.input = NULL;
  }
  free(element);
  return status;
}

static hr_status fill(windower *w, hr_pull *pull, int64_t target) {
  int32_t width = w->head.dataset->inputs[0]->width;
  hr_tensor *element;
  HR_TRY(hr_element_new(width, &element));
  hr_status status = HR_SUCCESS;
  while (w->head.input && w->buffer.count < target && !status) {
    bool end = false;
    status = hr_iterator_next(w->head.input, pull, element, &end);
    if (!status && !end) status = hr_elements_add(&w->buffer, element, width);
    if (!status) status = hr_pull_check(pull);
    if (!end) continue;
    hr_iterator_close(w->head.input);
    w->head.input = NULL;
  }
  free(element);
  return status;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  windower *w = (windower *)it;
  const window *d = (window *)it->dataset;
  int64_t target = (d->size - 1) * d->stride + 1;
  HR_TRY(fill(w, pull, target));
  if (w->buffer.count == 0 || (d->drops_remainder && w->buffer.count < target)) {
    *end = true;
    return HR_SUCCESS;
  }
  int64_t there = w->buffer.count < target ? w->buffer.count : target, count = (there - 1) / d->stride + 1;
  for (int32_t c = 0; c < it->dataset->width; ++c) {
    hr_status status = make_pane(d, &w->buffer, c, count, &element[c]);
    if (status) {
      hr_element_clear(element, c);
      return status;
    }
  }
  hr_status status = move_on(w, pull);
  if (status) hr_element_clear(element, it->dataset->width);
  return status;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  return hr_elements_save(&((windower *)it)->buffer, it->dataset->inputs[0]->width, writer);
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  return hr_elements_restore(&((windower *)it)->buffer, it->dataset->inputs[0], reader);
}

static int64_t cardinality(const hr_dataset *dataset) {
  const window *d = (const window *)dataset;
  int64_t n = hr_dataset_cardinality(dataset->inputs[0]);
  int64_t span = (d->size - 1) * d->stride + 1;
  if (n < 0) return n;
  if (d->drops_remainder) return n < span ? 0 : (n - span) / d->shift + 1;
  return n / d->shift + (n % d->shift != 0);
}

static const hr_dataset_type type = {.name = "WindowDataset",
                                     .iterator_size = sizeof(windower),
                                     .opens_input = true,
                                     .next = next,
                                     .close = close_window,
                                     .save = save,
                                     .restore = restore,
                                     .cardinality = cardinality};

static hr_status read_inputs(const hr_kernel_context *ctx, window *d) {
  int64_t span;
  HR_TRY(hr_int_input(ctx, 1, "size", &d->size));
  HR_TRY(hr_int_input(ctx, 2, "shift", &d->shift));
  HR_TRY(hr_int_input(ctx, 3, "stride", &d->stride));
  HR_TRY(hr_bool_input(ctx, 4, "drop_remainder", &d->drops_remainder));
  if (d->size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Window size must be greater than zero.");
  if (d->shift <= 0) return hr_error(HR_INVALID_ARGUMENT, "Window shift must be greater than zero.");
  if (d->stride <= 0) return hr_error(HR_INVALID_ARGUMENT, "Window stride must be greater than zero.");
  if (__builtin_mul_overflow(d->size, d->stride, &span) || span > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "A window of %lld elements, %lld apart", (long long)d->size,
                    (long long)d->stride);
  if (d->head.width != d->head.inputs[0]->width)
    return hr_error(HR_INVALID_ARGUMENT, "Windows have a dataset for each of %d components, not %d",
                    (int)d->head.inputs[0]->width, (int)d->head.width);
  return HR_SUCCESS;
}

static hr_status window_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(window), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (window *)d));
}
HR_KERNEL(.op = "WindowDataset", .compute = window_dataset);
