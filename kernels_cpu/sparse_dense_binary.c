/* SparseDenseCwiseAdd, SparseDenseCwiseMul, SparseDenseCwiseDiv: each element with the one of a dense tensor that
 * stands there, which may broadcast to the shape of the sparse one. */
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_DIMS = 5 }; /* of TensorFlow's kernels */

static hr_status refuse_shapes(const hr_sparse_parts *x, const hr_tensor *dense) {
  char shape[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT,
                  "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: %s vs. %s",
                  hr_sizes_text(hr_sparse_rank(x), hr_sparse_sizes(x), shape), HR_TENSOR_SHAPE_TEXT(dense));
}

/* How far apart neighbours of the dense tensor are along each dimension of the sparse one; 0 where it broadcasts. */
static hr_status find_strides(const hr_sparse_parts *x, const hr_tensor *dense, int64_t *strides) {
  int rank = (int)hr_sparse_rank(x);
  if (dense->rank > rank) return refuse_shapes(x, dense);
  int64_t stride = 1;
  for (int d = rank; d-- > 0;) {
    int k = d - (rank - dense->rank);
    int64_t size = k >= 0 ? dense->dims[k] : 1;
    if (size > hr_sparse_sizes(x)[d] || (size != 1 && size != hr_sparse_sizes(x)[d])) return refuse_shapes(x, dense);
    strides[d] = size == 1 ? 0 : stride;
    stride *= size;
  }
  return HR_SUCCESS;
}

static bool is_zero(const void *value, size_t size) {
  static const char zeros[sizeof(double)] = {0};
  return memcmp(value, zeros, size) == 0;
}

static hr_status combine(const hr_sparse_parts *x, const hr_tensor *dense, const int64_t *strides, hr_row_op op,
                         void *out) {
  hr_dtype dtype = hr_tensor_dtype(dense);
  hr_binary_loop *loop = hr_row_loop(op, dtype);
  size_t size = hr_dtype_size(dtype);
  bool may_fail = op == HR_ROW_DIV && hr_dtype_is_integer(dtype);
  for (int64_t i = 0; i < hr_sparse_count(x); ++i) {
    const int64_t *index = hr_sparse_index(x, i);
    int64_t place = 0;
    for (int64_t d = 0; d < hr_sparse_rank(x); ++d) {
      if (index[d] < 0 || index[d] >= hr_sparse_sizes(x)[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape: element %" PRId64
                        " has %" PRId64 " in dimension %" PRId64 " of size %" PRId64,
                        i, index[d], d, hr_sparse_sizes(x)[d]);
      place += index[d] * strides[d];
    }
    const char *other = (const char *)hr_tensor_data(dense) + (size_t)place * size;
    if (may_fail && is_zero(other, size)) return hr_error(HR_INVALID_ARGUMENT, "Integer division by zero");
    loop((char *)out + (size_t)i * size, hr_sparse_value(x, i), other, 1, HR_BOTH_ROWS);
  }
  return HR_SUCCESS;
}

static hr_status sparse_dense_binary(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  const hr_tensor *dense = hr_input(ctx, 3);
  HR_TRY(hr_sparse_input(ctx, 0, &x));
  int64_t rank = hr_sparse_rank(&x), strides[MOST_DIMS];
  if (rank < 1 || rank > MOST_DIMS)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Only tensors with ranks between 1 and 5 are currently supported.  Tensor rank: %" PRId64, rank);
  HR_TRY(find_strides(&x, dense, strides));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {hr_sparse_count(&x)}}, &out));
  return combine(&x, dense, strides, *(const hr_row_op *)hr_context_argument(ctx), hr_tensor_data(out));
}

static const hr_row_op add = HR_ROW_ADD, mul = HR_ROW_MUL, div_ = HR_ROW_DIV;
#define BINARY(name, kind)                                                                                             \
  HR_KERNEL(.op = name, .types = {{"T", HR_REAL_TYPES}}, .compute = sparse_dense_binary, .argument = &(kind))
BINARY("SparseDenseCwiseAdd", add);
BINARY("SparseDenseCwiseMul", mul);
BINARY("SparseDenseCwiseDiv", div_);
