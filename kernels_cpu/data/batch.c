/* BatchDataset, BatchDatasetV2. */
#include "kernels_cpu/data/batch.h"

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
                                     .save = hr_save_nothing,
                                     .restore = hr_restore_nothing,
                                     .cardinality = cardinality};

hr_status hr_make_batch(const hr_kernel_context *ctx, hr_dataset *input, int64_t size, bool drops_remainder,
                        hr_dataset **out) {
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *dtypes = hr_node_attr(node, "output_types"), *shapes = hr_node_attr(node, "output_shapes");
  if (size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Batch size must be greater than zero.");
  if (dtypes->count != shapes->count || dtypes->count != input->width)
    return hr_error(HR_INVALID_ARGUMENT, "Elements of %d components, output_types of %d and output_shapes of %d",
                    (int)input->width, (int)dtypes->count, (int)shapes->count);
  HR_TRY(hr_dataset_new(&type, sizeof(batch), dtypes->count, dtypes->types, shapes->shapes, 1, &input, out));
  ((batch *)*out)->size = size;
  ((batch *)*out)->drops_remainder = drops_remainder;
  return HR_SUCCESS;
}

static hr_status batch_dataset(hr_kernel_context *ctx) {
  hr_dataset *input, *d;
  int64_t size;
  bool drops = false;
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &input));
  HR_TRY(hr_int_input(ctx, 1, "batch_size", &size));
  if (hr_input_count(ctx) > 2) HR_TRY(hr_bool_input(ctx, 2, "drop_remainder", &drops));
  HR_TRY(hr_make_batch(ctx, input, size, drops, &d));
  return hr_give_dataset(ctx, d, HR_SUCCESS);
}
HR_KERNEL(.op = "BatchDataset", .compute = batch_dataset);
HR_KERNEL(.op = "BatchDatasetV2", .compute = batch_dataset);
