/* BatchDataset, BatchDatasetV2. */
#include "kernels_cpu/data/batch.h"

typedef struct batch {
  hr_dataset head;
  int64_t size;
  bool drops_remainder, at_once;
} batch;

typedef struct batcher {
  hr_iterator head;
  hr_elements elements; /* of the batch that is being made */
} batcher;

static void close_batch(hr_iterator *it) { hr_elements_free(&((batcher *)it)->elements, it->dataset->width); }

/* A batch at once, or a batch of a map that TensorFlow's optimizer makes one with it. */
static bool is_at_once(const hr_iterator *it) {
  const char *input = it->dataset->inputs[0]->type->name;
  return ((const batch *)it->dataset)->at_once ||
         (it->is_optimized && (strcmp(input, "MapDataset") == 0 || strcmp(input, "ParallelMapDataset") == 0));
}

/* Behind an error: the `count` elements that were to come. */
static void pass_over(hr_iterator *it, hr_pull *pull, hr_tensor *element, int64_t count) {
  bool end = false;
  while (count-- > 0 && !end) {
    hr_status status = hr_iterator_next(it->input, pull, element, &end);
    if (!status && !end) hr_element_clear(element, it->dataset->width);
    hr_status_free(status);
    status = hr_pull_check(pull);
    end = end || status;
    hr_status_free(status);
  }
}

/* The batch; where components of one at once differ, that is told of as the op that makes those does. */
static hr_status stack(const hr_iterator *it, hr_elements *list, hr_tensor *element) {
  int32_t width = it->dataset->width;
  char first[HR_SHAPE_TEXT], other[HR_SHAPE_TEXT];
  for (int64_t i = 1; i < list->count && is_at_once(it); ++i)
    for (int32_t c = 0; c < width; ++c) {
      const hr_tensor *a = &hr_elements_at(list, 0, width)[c], *b = &hr_elements_at(list, i, width)[c];
      if (a->elements == b->elements) continue;
      hr_shape of_first = hr_tensor_shape(a), of_other = hr_tensor_shape(b);
      hr_status status = hr_error(HR_INVALID_ARGUMENT,
                                  "Cannot add tensor to the batch: number of elements does not match. Shapes are: "
                                  "[tensor]: %s, [batch]: %s",
                                  hr_shape_text(&of_other, other), hr_shape_text(&of_first, first));
      hr_elements_empty(list, width);
      return status;
    }
  return hr_elements_stack(list, width, element);
}

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
  if (!status && !*end) return stack(it, list, element);
  if (status && is_at_once(it)) pass_over(it, pull, element, d->size - list->count - 1);
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
                        bool at_once, hr_dataset **out) {
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *dtypes = hr_node_attr(node, "output_types"), *shapes = hr_node_attr(node, "output_shapes");
  if (size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Batch size must be greater than zero.");
  if (dtypes->count != shapes->count || dtypes->count != input->width)
    return hr_error(HR_INVALID_ARGUMENT, "Elements of %d components, output_types of %d and output_shapes of %d",
                    (int)input->width, (int)dtypes->count, (int)shapes->count);
  HR_TRY(hr_dataset_new(&type, sizeof(batch), dtypes->count, dtypes->types, shapes->shapes, 1, &input, out));
  ((batch *)*out)->size = size;
  ((batch *)*out)->drops_remainder = drops_remainder;
  ((batch *)*out)->at_once = at_once;
  return HR_SUCCESS;
}

static hr_status batch_dataset(hr_kernel_context *ctx) {
  hr_dataset *input, *d;
  int64_t size;
  bool drops = false;
  HR_TRY(hr_dataset_of(hr_input(ctx, 0), &input));
  HR_TRY(hr_int_input(ctx, 1, "batch_size", &size));
  if (hr_input_count(ctx) > 2) HR_TRY(hr_bool_input(ctx, 2, "drop_remainder", &drops));
  HR_TRY(hr_make_batch(ctx, input, size, drops, false, &d));
  return hr_give_dataset(ctx, d, HR_SUCCESS);
}
HR_KERNEL(.op = "BatchDataset", .compute = batch_dataset);
HR_KERNEL(.op = "BatchDatasetV2", .compute = batch_dataset);
