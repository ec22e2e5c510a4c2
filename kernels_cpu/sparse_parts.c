#include "kernels_cpu/sparse_parts.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hr_sparse_parts_clear(hr_sparse_parts *x) {
  hr_tensor_clear(&x->indices);
  hr_tensor_clear(&x->values);
  hr_tensor_clear(&x->shape);
}

/* ---- inputs and outputs ---------------------------------------------------------------------------------------- */

static hr_status check_ranks(const hr_sparse_parts *x) {
  if (x->indices.dtype != HR_INT64 || x->indices.rank != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input indices should be a matrix but received shape %s",
                    HR_TENSOR_SHAPE_TEXT(&x->indices));
  if (x->values.rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input values should be a vector but received shape %s",
                    HR_TENSOR_SHAPE_TEXT(&x->values));
  if (x->shape.dtype != HR_INT64 || x->shape.rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Input shape should be a vector but received shape %s",
                    HR_TENSOR_SHAPE_TEXT(&x->shape));
  return HR_SUCCESS;
}

hr_status hr_sparse_check(const hr_sparse_parts *x) {
  HR_TRY(check_ranks(x));
  if (x->indices.dims[0] != x->values.dims[0])
    return hr_error(HR_INVALID_ARGUMENT,
                    "indices and values rows (indexing dimension) must match. (indices = %" PRId64 ", values = %" PRId64
                    ")",
                    x->indices.dims[0], x->values.dims[0]);
  if (x->indices.dims[1] != x->shape.dims[0])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Indices of shape %s do not fit %" PRId64 " values and a shape of %" PRId64 " dimensions",
                    HR_TENSOR_SHAPE_TEXT(&x->indices), x->values.dims[0], x->shape.dims[0]);
  return HR_SUCCESS;
}

hr_status hr_sparse_input(hr_kernel_context *ctx, int first, hr_sparse_parts *out) {
  *out = (hr_sparse_parts){*hr_input(ctx, first), *hr_input(ctx, first + 1), *hr_input(ctx, first + 2)};
  return hr_sparse_check(out);
}

hr_status hr_sparse_input_ranks(hr_kernel_context *ctx, hr_sparse_parts *out) {
  *out = (hr_sparse_parts){*hr_input(ctx, 0), *hr_input(ctx, 1), *hr_input(ctx, 2)};
  return check_ranks(out);
}

hr_status hr_sparse_check_same_shape(const hr_sparse_parts *a, const hr_sparse_parts *b) {
  int64_t rank = hr_sparse_rank(a);
  if (rank != hr_sparse_rank(b))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Operands do not have the same ranks; got shapes of %" PRId64 " and %" PRId64 " dimensions", rank,
                    hr_sparse_rank(b));
  for (int64_t d = 0; d < rank; ++d)
    if (hr_sparse_sizes(a)[d] != hr_sparse_sizes(b)[d])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Operands' shapes do not match: got %" PRId64 " and %" PRId64 " for dimension %" PRId64,
                      hr_sparse_sizes(a)[d], hr_sparse_sizes(b)[d], d);
  return HR_SUCCESS;
}

hr_status hr_sparse_output(hr_kernel_context *ctx, int first, int second, int64_t count, int64_t rank,
                           hr_sparse_writer *out) {
  hr_tensor *indices, *values;
  HR_TRY(hr_output_new(ctx, first, &(hr_shape){2, {count, rank}}, &indices));
  HR_TRY(hr_output_new(ctx, second, &(hr_shape){1, {count}}, &values));
  *out = (hr_sparse_writer){rank, hr_tensor_data(indices), hr_tensor_data(values), hr_tensor_dtype(values)};
  return HR_SUCCESS;
}

hr_status hr_sparse_write(const hr_sparse_writer *out, int64_t k, const hr_sparse_parts *from, int64_t i) {
  memcpy(out->indices + k * out->rank, hr_sparse_index(from, i), (size_t)out->rank * sizeof *out->indices);
  return hr_copy_elements(out->dtype, hr_sparse_place(out, k), hr_sparse_value(from, i), 1);
}

hr_status hr_sparse_shape_output(hr_kernel_context *ctx, int index, int64_t rank, const int64_t *sizes) {
  hr_tensor *shape;
  HR_TRY(hr_output_new(ctx, index, &(hr_shape){1, {rank}}, &shape));
  if (rank) memcpy(hr_tensor_data(shape), sizes, (size_t)rank * sizeof *sizes);
  return HR_SUCCESS;
}

const char *hr_sizes_text(int64_t count, const int64_t *sizes, char text[HR_SHAPE_TEXT]) {
  size_t used = (size_t)snprintf(text, HR_SHAPE_TEXT, "[");
  for (int64_t i = 0; i < count && used + 24 < HR_SHAPE_TEXT; ++i)
    used += (size_t)snprintf(text + used, HR_SHAPE_TEXT - used, i ? ",%" PRId64 : "%" PRId64, sizes[i]);
  snprintf(text + used, HR_SHAPE_TEXT - used, "]");
  return text;
}

/* ---- order ----------------------------------------------------------------------------------------------------- */

int hr_sparse_compare(int64_t rank, const int64_t *a, const int64_t *b) {
  for (int64_t d = 0; d < rank; ++d)
    if (a[d] != b[d]) return a[d] < b[d] ? -1 : 1;
  return 0;
}

typedef struct element {
  const int64_t *index, *dims;
  int64_t rank, place;
} element;

static int compare_elements(const void *first, const void *second) {
  const element *a = first, *b = second;
  for (int64_t i = 0; i < a->rank; ++i) {
    int64_t d = a->dims ? a->dims[i] : i;
    if (a->index[d] != b->index[d]) return a->index[d] < b->index[d] ? -1 : 1;
  }
  return a->place < b->place ? -1 : 1;
}

hr_status hr_sparse_order(int64_t count, int64_t rank, const int64_t *indices, const int64_t *dims, int64_t *places) {
  element *elements = malloc((size_t)(count + 1) * sizeof *elements);
  if (!elements) return hr_error_out_of_memory((size_t)count * sizeof *elements, "sorting a sparse tensor");
  bool ordered = true;
  for (int64_t i = 0; i < count; ++i) {
    elements[i] = (element){indices + i * rank, dims, rank, i};
    ordered = ordered && (i == 0 || compare_elements(&elements[i - 1], &elements[i]) < 0);
  }
  if (!ordered) qsort(elements, (size_t)count, sizeof *elements, compare_elements);
  for (int64_t i = 0; i < count; ++i)
    places[i] = elements[i].place;
  free(elements);
  return HR_SUCCESS;
}
