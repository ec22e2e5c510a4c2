/* BatchDataset, BatchDatasetV2. */
#include "kernels_cpu/data/dataset_kernel.h"

typedef struct batch {
  hr_dataset head;
  int64_t size;
  bool drops_remainder;
} batch;

typedef struct batcher {
  hr_iterator head;
  hr_elements elements; /* of the batch that is being made */
} batcher;

static void close_batch(hr_iterator *it) { hr_elements_free(&((batcher *)it)->elements, it->dataset->width); }

static hr_status next_batch(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const batch *d = (batch *)it->dataset;
  hr_elements *list = &((batcher *)it)->elements;
  int32_t width = it->dataset->width;
  if (!it->input) {
    *end = true;
    return HR_SUCCESS;
  }
  hr_status status = HR_SUCCESS;
  while (list->count < d->size && !status) {
    status = hr_iterator_next(it->input, pull, element, end);
    if (*end || status) break;
    status = hr_elements_add(list, element, width);
    if (!status) status = hr_pull_check(pull);
  }
  if (*end) {
    hr_iterator_close(it->input);
    it->input = NULL;
    *end = list->count == 0 || d->drops_remainder;
  }
  if (!status && !*end) return hr_elements_stack(list, width, element);
  hr_elements_empty(list, width);
  return status;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  (void)it, (void)writer;
  return HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  (void)it, (void)reader;
  return HR_SUCCESS;
}

static int64_t cardinality(const hr_dataset *dataset) {
  const batch *d = (const batch *)dataset;
  int64_t n = hr_dataset_cardinality(dataset->inputs[0]);
  return n < 0 ? n : n / d->size + (!d->drops_remainder && n % d->size != 0);
}

static const hr_dataset_type type = {.name = "BatchDataset",
                                     .iterator_size = sizeof(batcher),
                                     .opens_input = true,
                                     .next = next_batch,
                                     .close = close_batch,
                                     .save = save,
                                     .restore = restore,
                                     .cardinality = cardinality};

static hr_status read_inputs(const hr_kernel_context *ctx, batch *d) {
  HR_TRY(hr_int_input(ctx, 1, "batch_size", &d->size));
  if (d->size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Batch size must be greater than zero.");
  return hr_input_count(ctx) > 2 ? hr_bool_input(ctx, 2, "drop_remainder", &d->drops_remainder) : HR_SUCCESS;
}

static hr_status batch_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(batch), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (batch *)d));
}
HR_KERNEL(.op = "BatchDataset", .compute = batch_dataset);
HR_KERNEL(.op = "BatchDatasetV2", .compute = batch_dataset);
