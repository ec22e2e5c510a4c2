/* ScanDataset: a function of a state and an element makes the next state and an element. */
#include "kernels_cpu/data/mapped.h"

typedef struct scan {
  hr_mapped mapped;
  int32_t width; /* of the state */
  hr_tensor *initial;
} scan;

typedef struct scanner {
  hr_mapper mapper; /* its argument: the state, then an element */
  hr_tensor *results;
} scanner;

static int32_t state_width(const hr_iterator *it) { return ((scan *)it->dataset)->width; }

static void destroy(hr_dataset *dataset) {
  scan *d = (scan *)dataset;
  if (d->initial) hr_element_clear(d->initial, d->width);
  free(d->initial);
  hr_mapped_destroy(dataset);
}

static hr_status open(hr_iterator *it) {
  scanner *s = (scanner *)it;
  const scan *d = (scan *)it->dataset;
  HR_TRY(hr_mapper_open(it));
  int32_t results = hr_function_runner_results(s->mapper.runner);
  if (results != d->width + it->dataset->width)
    return hr_error(HR_INVALID_ARGUMENT, "The scan function returns %d tensors, not %d", (int)results,
                    (int)(d->width + it->dataset->width));
  HR_TRY(hr_element_new(d->width + it->dataset->inputs[0]->width, &s->mapper.argument));
  HR_TRY(hr_element_new(results, &s->results));
  hr_element_copy(d->initial, s->mapper.argument, d->width);
  return HR_SUCCESS;
}

static void close_scan(hr_iterator *it) {
  scanner *s = (scanner *)it;
  if (s->mapper.argument) hr_element_clear(s->mapper.argument, state_width(it));
  free(s->mapper.argument);
  free(s->results);
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  scanner *s = (scanner *)it;
  const scan *d = (scan *)it->dataset;
  hr_tensor *state = s->mapper.argument;
  int32_t width = it->dataset->inputs[0]->width;
  HR_TRY(hr_iterator_next(it->input, pull, state + d->width, end));
  if (*end) return HR_SUCCESS;
  hr_status status = hr_data_call(s->mapper.runner, &d->mapped.function, pull, d->width + width, state, s->results);
  hr_element_clear(state + d->width, width);
  if (hr_status_code(status) == HR_OUT_OF_RANGE && !d->mapped.preserves_cardinality) {
    hr_status_free(status);
    *end = true;
    return HR_SUCCESS;
  }
  HR_TRY(status);
  hr_element_clear(state, d->width);
  hr_element_move(s->results, state, d->width);
  hr_element_move(s->results + d->width, element, it->dataset->width);
  return HR_SUCCESS;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  return hr_state_put_element(writer, ((hr_mapper *)it)->argument, state_width(it));
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  scanner *s = (scanner *)it;
  for (int32_t i = 0; i < state_width(it); ++i) {
    hr_dtype dtype = hr_tensor_dtype(&s->mapper.argument[i]);
    hr_tensor_clear(&s->mapper.argument[i]);
    HR_TRY(hr_state_get_element(reader, &dtype, 1, &s->mapper.argument[i]));
  }
  return HR_SUCCESS;
}

static const hr_dataset_type type = {.name = "ScanDataset",
                                     .iterator_size = sizeof(scanner),
                                     .opens_input = true,
                                     .destroy = destroy,
                                     .open = open,
                                     .next = next,
                                     .close = close_scan,
                                     .save = save,
                                     .restore = restore};

static hr_status read_inputs(const hr_kernel_context *ctx, scan *d) {
  int32_t first, count;
  hr_input_range(ctx, 1, &first, &count);
  HR_TRY(hr_element_new(count, &d->initial));
  for (; d->width < count; ++d->width)
    HR_TRY(hr_keep_input_shared(ctx, first + d->width, &d->initial[d->width]));
  return hr_mapped_init(ctx, "f", 2, &d->mapped);
}

static hr_status scan_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(scan), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (scan *)d));
}
HR_KERNEL(.op = "ScanDataset", .compute = scan_dataset);
HR_KERNEL(.op = "ExperimentalScanDataset", .compute = scan_dataset);
