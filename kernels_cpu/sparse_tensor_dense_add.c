/* SparseTensorDenseAdd. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <string.h>

static hr_status check_shapes(const hr_tensor *indices, const hr_tensor *values, const hr_tensor *shape,
                              const hr_tensor *b) {
  if (indices->rank != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input a_indices should be a matrix but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  if (values->rank != 1 || shape->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Inputs a_values and a_shape should be vectors but received shapes: %s and %s",
                    HR_TENSOR_SHAPE_TEXT(values), HR_TENSOR_SHAPE_TEXT(shape));
  if (values->elements != indices->dims[0] || shape->elements != indices->dims[1])
    return hr_error(HR_INVALID_ARGUMENT,
                    "a_indices of shape %s have other numbers of elements and dimensions than a_values of shape %s and "
                    "a_shape of shape %s",
                    HR_TENSOR_SHAPE_TEXT(indices), HR_TENSOR_SHAPE_TEXT(values), HR_TENSOR_SHAPE_TEXT(shape));
  if (shape->elements != b->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Two operands have different ranks; received: %" PRId64 " and %d",
                    shape->elements, b->rank);
  for (int i = 0; i < b->rank; ++i)
    if (hr_index_at(shape, i) != b->dims[i])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Dimension %d does not equal (no broadcasting is supported): sparse side %" PRId64
                      " vs dense side %" PRId64,
                      i, hr_index_at(shape, i), b->dims[i]);
  return HR_SUCCESS;
}

static hr_status sparse_tensor_dense_add(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *values = hr_input(ctx, 1), *b = hr_input(ctx, 3);
  HR_TRY(check_shapes(indices, values, hr_input(ctx, 2), b));
  const void *dense = hr_tensor_data(b);
  hr_shape shape = hr_tensor_shape(b);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, UINT64_C(1) << 3, 0, &shape, &out));
  if (hr_tensor_data(out) != dense) memcpy(hr_tensor_data(out), dense, hr_tensor_bytes(out));
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, hr_tensor_dtype(out));
  size_t size = hr_dtype_size(hr_tensor_dtype(out));
  for (int64_t i = 0; i < values->elements; ++i) {
    int64_t place = 0;
    for (int d = 0; d < shape.rank; ++d) {
      int64_t index = hr_index_at(indices, i * shape.rank + d);
      if (index < 0 || index >= shape.dims[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "Sparse tensor has some invalid index on dimension %d: %" PRId64 " is not in [0, %" PRId64 ")",
                        d, index, shape.dims[d]);
      place = place * shape.dims[d] + index;
    }
    char *element = (char *)hr_tensor_data(out) + (size_t)place * size;
    add(element, element, (const char *)hr_tensor_data(values) + (size_t)i * size, 1, HR_BOTH_ROWS);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseTensorDenseAdd", .types = {{"T", HR_NUMBER_TYPES}, {"Tindices", HR_INDEX_TYPES}},
          .compute = sparse_tensor_dense_add);
