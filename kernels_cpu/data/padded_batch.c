/* PaddedBatchDataset, PaddedBatchDatasetV2. */
#include "kernels_cpu/data/dataset_kernel.h"

typedef struct padded {
  hr_dataset head;
  int64_t size;
  bool drops_remainder;
  hr_partial_shape *shapes; /* of the elements: an unknown size is the largest of the batch */
  hr_tensor *values;        /* that pad */
} padded;

typedef struct padder {
  hr_iterator head;
  hr_elements elements;
} padder;

static void destroy(hr_dataset *dataset) {
  padded *d = (padded *)dataset;
  if (d->values) hr_element_clear(d->values, dataset->width);
  free(d->values);
  free(d->shapes);
}

static void close_padder(hr_iterator *it) { hr_elements_free(&((padder *)it)->elements, it->dataset->width); }

/* The shape of component `c` of a batch. */
static hr_status find_shape(const padded *d, const hr_elements *list, int32_t c, hr_shape *out) {
  const hr_partial_shape *wanted = &d->shapes[c];
  if (wanted->rank == HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A batch of tensors of %d dimensions", (int)wanted->rank);
  *out = (hr_shape){.rank = wanted->rank + 1, .dims = {list->count}};
  for (int i = 0; i < wanted->rank; ++i)
    out->dims[i + 1] = wanted->dims[i] < 0 ? 0 : wanted->dims[i];
  for (int64_t k = 0; k < list->count; ++k) {
    const hr_tensor *t = &hr_elements_at(list, k, d->head.width)[c];
    if (t->rank != wanted->rank)
      return hr_error(
          HR_INVALID_ARGUMENT,
          "All elements in a batch must have the same rank as the padded shape for component%d: expected rank "
          "%d but got element with rank %d",
          (int)c, (int)wanted->rank, (int)t->rank);
    for (int i = 0; i < t->rank; ++i) {
      if (wanted->dims[i] < 0 && t->dims[i] > out->dims[i + 1]) out->dims[i + 1] = t->dims[i];
      if (wanted->dims[i] >= 0 && t->dims[i] > wanted->dims[i])
        return hr_error(
            HR_DATA_LOSS,
            "Attempted to pad to a smaller size than the input element: component %d, dimension %d has size "
            "%lld, padded to %lld",
            (int)c, i, (long long)t->dims[i], (long long)wanted->dims[i]);
    }
  }
  return HR_SUCCESS;
}

static hr_status pad_component(const padded *d, const hr_elements *list, int32_t c, hr_tensor *out) {
  hr_shape shape;
  HR_TRY(find_shape(d, list, c, &shape));
  hr_dtype dtype = d->head.dtypes[c];
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  hr_status status = hr_fill_elements(dtype, hr_tensor_data(out), hr_tensor_data(&d->values[c]), out->elements);
  size_t row = list->count ? (size_t)(out->elements / list->count) * hr_dtype_size(dtype) : 0;
  for (int64_t k = 0; k < list->count && !status; ++k) {
    const hr_tensor *t = &hr_elements_at(list, k, d->head.width)[c];
    hr_box box = {0};
    int64_t to[HR_MAX_RANK], from[HR_MAX_RANK];
    if (t->elements == 0) continue;
    hr_dense_strides(t->rank, shape.dims + 1, to);
    hr_dense_strides(t->rank, t->dims, from);
    for (int i = 0; i < t->rank; ++i)
      hr_box_add(&box, t->dims[i], to[i], from[i]);
    status = hr_box_copy_here(dtype, &box, (char *)hr_tensor_data(out) + (size_t)k * row, hr_tensor_data(t));
  }
  if (status) hr_tensor_clear(out);
  return status;
}

static hr_status next_padded(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  const padded *d = (padded *)it->dataset;
  hr_elements *list = &((padder *)it)->elements;
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
    *end = list->count == 0 || (d->drops_remainder && list->count < d->size);
  }
  for (int32_t c = 0; c < width && !status && !*end; ++c) {
    status = pad_component(d, list, c, &element[c]);
    if (status) hr_element_clear(element, c);
  }
  hr_elements_empty(list, width);
  return status;
}

static int64_t cardinality(const hr_dataset *dataset) {
  const padded *d = (const padded *)dataset;
  int64_t n = hr_dataset_cardinality(dataset->inputs[0]);
  return n < 0 ? n : n / d->size + (!d->drops_remainder && n % d->size != 0);
}

static const hr_dataset_type type = {.name = "PaddedBatchDataset",
                                     .iterator_size = sizeof(padder),
                                     .opens_input = true,
                                     .destroy = destroy,
                                     .next = next_padded,
                                     .close = close_padder,
                                     .save = hr_save_nothing,
                                     .restore = hr_restore_nothing,
                                     .cardinality = cardinality};

static hr_status read_shape(const hr_tensor *t, hr_partial_shape *out) {
  if (t->rank != 1 || t->elements > HR_MAX_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "All padded shapes must be vectors of at most %d sizes", HR_MAX_RANK);
  *out = (hr_partial_shape){.rank = (int32_t)t->elements};
  for (int64_t i = 0; i < t->elements; ++i) {
    out->dims[i] = hr_index_at(t, i);
    if (out->dims[i] < -1)
      return hr_error(HR_INVALID_ARGUMENT, "Padded size %lld is below -1", (long long)out->dims[i]);
  }
  return HR_SUCCESS;
}

static hr_status read_inputs(const hr_kernel_context *ctx, padded *d) {
  int32_t first_shape, num_shapes, first_value, num_values;
  hr_input_range(ctx, 2, &first_shape, &num_shapes);
  hr_input_range(ctx, 3, &first_value, &num_values);
  HR_TRY(hr_int_input(ctx, 1, "batch_size", &d->size));
  if (d->size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Batch size must be greater than zero.");
  if (first_value + num_values < hr_input_count(ctx))
    HR_TRY(hr_bool_input(ctx, first_value + num_values, "drop_remainder", &d->drops_remainder));
  const hr_dataset *input = d->head.inputs[0];
  if (num_shapes != input->width || num_values != input->width || d->head.width != input->width)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Number of padded shapes (%d) and padding values (%d) must match the number of "
                    "components in the input dataset's elements (%d)",
                    (int)num_shapes, (int)num_values, (int)input->width);
  d->shapes = calloc((size_t)num_shapes + 1, sizeof *d->shapes);
  d->values = calloc((size_t)num_values + 1, sizeof *d->values);
  if (!d->shapes || !d->values) return hr_error_out_of_memory(sizeof *d->shapes, "a dataset");
  for (int32_t i = 0; i < num_values; ++i) {
    const hr_tensor *value = hr_input(ctx, first_value + i);
    HR_TRY(read_shape(hr_input(ctx, first_shape + i), &d->shapes[i]));
    if (value->rank != 0) return hr_error(HR_INVALID_ARGUMENT, "All padding values must be scalars");
    if (hr_tensor_dtype(value) != input->dtypes[i])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Mismatched type between padding value %d and input dataset's component %d: "
                      "%s vs. %s",
                      (int)i, (int)i, hr_dtype_name(hr_tensor_dtype(value)), hr_dtype_name(input->dtypes[i]));
    HR_TRY(hr_keep_input_shared(ctx, first_value + i, &d->values[i]));
  }
  return HR_SUCCESS;
}

static hr_status padded_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(padded), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (padded *)d));
}
HR_KERNEL(.op = "PaddedBatchDataset", .compute = padded_dataset);
HR_KERNEL(.op = "PaddedBatchDatasetV2", .compute = padded_dataset);
