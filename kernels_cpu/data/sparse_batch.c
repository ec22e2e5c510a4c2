/* DenseToSparseBatchDataset: tensors whose shapes may differ, as the rows of a sparse one. */
#include "kernels_cpu/data/mapped.h"
#include "kernels_cpu/sparse_bytes.h"

typedef struct sparse_batch {
  hr_dataset head;
  int64_t size;
  hr_partial_shape row; /* sizes of -1 are the largest element's */
} sparse_batch;

typedef struct batcher {
  hr_iterator head;
  hr_elements rows; /* of the batch that is being made */
} batcher;

static void close_batch(hr_iterator *it) { hr_elements_free(&((batcher *)it)->rows, 1); }

static hr_status check_row(const sparse_batch *d, const hr_tensor *row) {
  char text[HR_SHAPE_TEXT];
  if (row->rank != d->row.rank)
    return hr_error(HR_INVALID_ARGUMENT, "Input element had shape (%s) that is incompatible with the row shape (%s).",
                    HR_TENSOR_SHAPE_TEXT(row), hr_partial_shape_text(&d->row, text));
  for (int i = 0; i < row->rank; ++i)
    if (d->row.dims[i] >= 0 && row->dims[i] > d->row.dims[i])
      return hr_error(HR_DATA_LOSS, "Input element had shape (%s) that is larger than the row shape (%s).",
                      HR_TENSOR_SHAPE_TEXT(row), hr_partial_shape_text(&d->row, text));
  return HR_SUCCESS;
}

/* Indices of all elements of all rows. */
static void put_indices(const hr_elements *rows, int rank, int64_t *to) {
  for (int64_t r = 0; r < rows->count; ++r) {
    const hr_tensor *row = &rows->tensors[r];
    int64_t at[HR_MAX_RANK] = {0};
    for (int64_t i = 0; i < row->elements; ++i) {
      *to++ = r;
      for (int d = 0; d < rank; ++d)
        *to++ = at[d];
      for (int d = rank - 1; d >= 0 && ++at[d] == row->dims[d]; --d)
        at[d] = 0;
    }
  }
}

static hr_status put_values(const hr_elements *rows, hr_tensor *values) {
  hr_dtype dtype = hr_tensor_dtype(values);
  char *to = hr_tensor_data(values);
  for (int64_t r = 0; r < rows->count; ++r) {
    const hr_tensor *row = &rows->tensors[r];
    HR_TRY(hr_copy_elements(dtype, to, hr_tensor_data(row), row->elements));
    to += (size_t)row->elements * hr_dtype_size(dtype);
  }
  return HR_SUCCESS;
}

static void put_shape(const sparse_batch *d, const hr_elements *rows, int64_t *to) {
  to[0] = rows->count;
  for (int i = 0; i < d->row.rank; ++i) {
    to[i + 1] = d->row.dims[i];
    for (int64_t r = 0; d->row.dims[i] < 0 && r < rows->count; ++r)
      if (rows->tensors[r].dims[i] > to[i + 1]) to[i + 1] = rows->tensors[r].dims[i];
  }
}

static hr_status make_parts(const sparse_batch *d, const hr_elements *rows, hr_tensor parts[3]) {
  int64_t total = 0, rank = d->row.rank + 1;
  for (int64_t r = 0; r < rows->count; ++r)
    total += rows->tensors[r].elements;
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_INT64, &(hr_shape){2, {total, rank}}, &parts[0]));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), hr_tensor_dtype(rows->tensors), &(hr_shape){1, {total}}, &parts[1]));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_INT64, &(hr_shape){1, {rank}}, &parts[2]));
  put_indices(rows, d->row.rank, hr_tensor_data(&parts[0]));
  put_shape(d, rows, hr_tensor_data(&parts[2]));
  return put_values(rows, &parts[1]);
}

static hr_status give_batch(const sparse_batch *d, const hr_elements *rows, hr_tensor *element) {
  hr_tensor parts[3] = {{0}};
  hr_status status = make_parts(d, rows, parts);
  if (!status) return hr_sparse_variants(parts, element);
  hr_element_clear(parts, 3);
  return status;
}

static hr_status read_rows(batcher *b, hr_pull *pull, bool *end) {
  const sparse_batch *d = (sparse_batch *)b->head.dataset;
  hr_tensor row = {0};
  while (b->rows.count < d->size) {
    HR_TRY(hr_iterator_next(b->head.input, pull, &row, end));
    if (*end) return HR_SUCCESS;
    hr_status status = check_row(d, &row);
    if (status) {
      hr_tensor_clear(&row);
      return status;
    }
    HR_TRY(hr_elements_add(&b->rows, &row, 1));
    HR_TRY(hr_pull_check(pull));
  }
  return HR_SUCCESS;
}

static hr_status next(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  batcher *b = (batcher *)it;
  hr_status status = read_rows(b, pull, end);
  *end = *end && b->rows.count == 0;
  if (!status && !*end) status = give_batch((sparse_batch *)it->dataset, &b->rows, element);
  hr_elements_empty(&b->rows, 1);
  return status;
}

static const hr_dataset_type type = {.name = "DenseToSparseBatchDataset",
                                     .iterator_size = sizeof(batcher),
                                     .opens_input = true,
                                     .next = next,
                                     .close = close_batch,
                                     .save = hr_save_nothing,
                                     .restore = hr_restore_nothing};

static hr_status read_inputs(const hr_kernel_context *ctx, sparse_batch *d) {
  const hr_tensor *row = hr_input(ctx, 2);
  HR_TRY(hr_int_input(ctx, 1, "batch_size", &d->size));
  if (d->size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Batch size must be greater than zero.");
  HR_TRY(hr_rank_check(row, 1, "row_shape"));
  if (row->elements >= HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Rows of %lld dimensions", (long long)row->elements);
  if (d->head.width != 1 || d->head.inputs[0]->width != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Elements of one component become a sparse tensor, not of %d",
                    (int)d->head.inputs[0]->width);
  d->row.rank = (int32_t)row->elements;
  for (int i = 0; i < d->row.rank; ++i) {
    d->row.dims[i] = hr_index_at(row, i);
    if (d->row.dims[i] < -1)
      return hr_error(HR_INVALID_ARGUMENT, "Dimension %lld must be >= -1", (long long)d->row.dims[i]);
  }
  return HR_SUCCESS;
}

static hr_status sparse_batch_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(sparse_batch), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (sparse_batch *)d));
}
HR_KERNEL(.op = "DenseToSparseBatchDataset", .compute = sparse_batch_dataset);
HR_KERNEL(.op = "ExperimentalDenseToSparseBatchDataset", .compute = sparse_batch_dataset);
