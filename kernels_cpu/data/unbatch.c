/* UnbatchDataset, SparseTensorSliceDataset. */
#include "kernels_cpu/data/mapped.h"
#include "kernels_cpu/sparse_parts.h"

/* ---- rows of elements -------------------------------------------------------------------------------------------- */

typedef struct unbatcher {
  hr_iterator head;
  hr_tensor *element; /* whose rows are given; its `rows` are 0 where there is none */
  int64_t rows, next;
} unbatcher;

static hr_status open(hr_iterator *it) { return hr_element_new(it->dataset->width, &((unbatcher *)it)->element); }

static void let_go(unbatcher *u) {
  hr_element_clear(u->element, u->head.dataset->width);
  u->rows = u->next = 0;
}

static void close_unbatch(hr_iterator *it) {
  unbatcher *u = (unbatcher *)it;
  if (u->element) let_go(u);
  free(u->element);
}

static hr_status count_rows(unbatcher *u) {
  for (int32_t i = 0; i < u->head.dataset->width; ++i) {
    const hr_tensor *t = &u->element[i];
    if (t->rank < 1)
      return hr_error(HR_INVALID_ARGUMENT, "Input element must have a non-scalar value in each component.");
    if (i == 0) u->rows = t->dims[0];
    if (t->dims[0] != u->rows)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Input element must have the same batch size in each component. Component 0 had size %lld but "
                      "component %d had size, %lld.",
                      (long long)u->rows, (int)i, (long long)t->dims[0]);
  }
  return HR_SUCCESS;
}

static hr_status next_row(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  unbatcher *u = (unbatcher *)it;
  while (u->next >= u->rows) {
    let_go(u);
    HR_TRY(hr_iterator_next(it->input, pull, u->element, end));
    if (*end) return HR_SUCCESS;
    hr_status status = count_rows(u);
    if (status) let_go(u); /* the next call goes on behind it */
    HR_TRY(status);
    HR_TRY(hr_pull_check(pull));
  }
  for (int32_t i = 0; i < it->dataset->width; ++i) {
    hr_status status = hr_copy_row(&u->element[i], u->next, &element[i]);
    if (status) {
      hr_element_clear(element, i);
      return status;
    }
  }
  ++u->next;
  return HR_SUCCESS;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  const unbatcher *u = (unbatcher *)it;
  hr_state_put_int(writer, u->next);
  hr_state_put_int(writer, u->rows > 0);
  return u->rows > 0 ? hr_state_put_element(writer, u->element, it->dataset->width) : HR_SUCCESS;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  unbatcher *u = (unbatcher *)it;
  bool has_element;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &u->next));
  HR_TRY(hr_state_get_flag(reader, &has_element));
  if (!has_element) return HR_SUCCESS;
  HR_TRY(hr_state_get_element(reader, it->dataset->dtypes, it->dataset->width, u->element));
  return count_rows(u);
}

static const hr_dataset_type unbatch_type = {.name = "UnbatchDataset",
                                             .iterator_size = sizeof(unbatcher),
                                             .opens_input = true,
                                             .open = open,
                                             .next = next_row,
                                             .close = close_unbatch,
                                             .save = save,
                                             .restore = restore};

static hr_status unbatch_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &unbatch_type, sizeof *d, 1, &d));
  hr_status status = d->width == d->inputs[0]->width
                         ? HR_SUCCESS
                         : hr_error(HR_INVALID_ARGUMENT, "Elements of %d components, and output_types of %d",
                                    (int)d->inputs[0]->width, (int)d->width);
  return hr_give_dataset(ctx, d, status);
}
HR_KERNEL(.op = "UnbatchDataset", .compute = unbatch_dataset);
HR_KERNEL(.op = "ExperimentalUnbatchDataset", .compute = unbatch_dataset);

/* ---- rows of a sparse tensor ------------------------------------------------------------------------------------- */

typedef struct sparse {
  hr_dataset head;
  hr_tensor indices, values, shape; /* of the whole */
} sparse;

typedef struct slicer {
  hr_iterator head;
  int64_t row, at; /* the next one, and its first value */
} slicer;

static void destroy_sparse(hr_dataset *dataset) {
  sparse *d = (sparse *)dataset;
  hr_tensor_clear(&d->indices);
  hr_tensor_clear(&d->values);
  hr_tensor_clear(&d->shape);
}

static hr_status make_row(const sparse *d, int64_t first, int64_t count, hr_tensor *element) {
  int rank = (int)d->indices.dims[1] - 1;
  hr_dtype dtype = hr_tensor_dtype(&d->values);
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_INT64, &(hr_shape){2, {count, rank}}, &element[0]));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &(hr_shape){1, {count}}, &element[1]));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_INT64, &(hr_shape){1, {rank}}, &element[2]));
  const int64_t *from = hr_tensor_data(&d->indices);
  int64_t *to = hr_tensor_data(&element[0]);
  for (int64_t i = 0; i < count; ++i)
    memcpy(to + i * rank, from + (first + i) * (rank + 1) + 1, sizeof *to * (size_t)rank);
  memcpy(hr_tensor_data(&element[2]), (const int64_t *)hr_tensor_data(&d->shape) + 1, sizeof *to * (size_t)rank);
  return hr_copy_elements(dtype, hr_tensor_data(&element[1]),
                          (const char *)hr_tensor_data(&d->values) + (size_t)first * hr_dtype_size(dtype), count);
}

static hr_status next_sparse(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  (void)pull;
  const sparse *d = (sparse *)it->dataset;
  slicer *s = (slicer *)it;
  *end = s->row >= *(const int64_t *)hr_tensor_data(&d->shape);
  if (*end) return HR_SUCCESS;
  const int64_t *indices = hr_tensor_data(&d->indices);
  int64_t first = s->at, columns = d->indices.dims[1];
  while (s->at < d->values.elements && indices[s->at * columns] == s->row)
    ++s->at;
  ++s->row;
  memset(element, 0, 3 * sizeof *element);
  hr_status status = make_row(d, first, s->at - first, element);
  if (status) hr_element_clear(element, 3);
  return status;
}

static hr_status save_sparse(hr_iterator *it, hr_state_writer *writer) {
  hr_state_put_int(writer, ((slicer *)it)->row);
  hr_state_put_int(writer, ((slicer *)it)->at);
  return HR_SUCCESS;
}

static hr_status restore_sparse(hr_iterator *it, hr_state_reader *reader) {
  slicer *s = (slicer *)it;
  HR_TRY(hr_state_get_int_in(reader, 0, INT64_MAX, &s->row));
  return hr_state_get_int_in(reader, 0, ((sparse *)it->dataset)->values.elements, &s->at);
}

static int64_t count_sparse(const hr_dataset *dataset) {
  return *(const int64_t *)hr_tensor_data(&((const sparse *)dataset)->shape);
}

static const hr_dataset_type sparse_type = {.name = "SparseTensorSliceDataset",
                                            .iterator_size = sizeof(slicer),
                                            .destroy = destroy_sparse,
                                            .next = next_sparse,
                                            .save = save_sparse,
                                            .restore = restore_sparse,
                                            .cardinality = count_sparse};

static hr_status check_row_order(const hr_sparse_parts *x) {
  if (hr_sparse_rank(x) < 1) return hr_error(HR_INVALID_ARGUMENT, "A scalar sparse tensor has no rows");
  for (int64_t i = 0, before = 0; i < hr_sparse_count(x); ++i) {
    int64_t row = *hr_sparse_index(x, i);
    if (row < before)
      return hr_error(HR_UNIMPLEMENTED, "The SparseTensor must be ordered in the batch dimension; handling arbitrarily "
                                        "ordered input is not currently supported.");
    before = row;
  }
  return HR_SUCCESS;
}

static hr_status sparse_dataset(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input(ctx, 0, &x));
  HR_TRY(check_row_order(&x));
  const int32_t dtypes[] = {HR_INT64, (int32_t)hr_tensor_dtype(hr_input(ctx, 1)), HR_INT64};
  int64_t rank = hr_input(ctx, 0)->dims[1] - 1;
  const hr_partial_shape shapes[] = {{2, {HR_UNKNOWN_DIM, rank}}, {1, {HR_UNKNOWN_DIM}}, {1, {rank}}};
  hr_dataset *made;
  HR_TRY(hr_dataset_new(&sparse_type, sizeof(sparse), 3, dtypes, shapes, 0, NULL, &made));
  sparse *d = (sparse *)made;
  hr_status status = hr_keep_input_shared(ctx, 0, &d->indices);
  if (!status) status = hr_keep_input_shared(ctx, 1, &d->values);
  if (!status) status = hr_keep_input_shared(ctx, 2, &d->shape);
  return hr_give_dataset(ctx, made, status);
}
HR_KERNEL(.op = "SparseTensorSliceDataset", .compute = sparse_dataset);
