/* Cross: the product of vectors in space. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"

/* Component i is a[i + 1] b[i + 2] - a[i + 2] b[i + 1]. */
static hr_status cross(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  if (!hr_same_shape(a, b))
    return hr_error(HR_INVALID_ARGUMENT, "Both inputs must be of same shape: %s vs. %s", HR_TENSOR_SHAPE_TEXT(a),
                    HR_TENSOR_SHAPE_TEXT(b));
  if (a->rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Input must be at least 1D, not []");
  if (a->dims[a->rank - 1] != 3)
    return hr_error(HR_FAILED_PRECONDITION, "Cross-products are only defined for 3-element vectors, not %s",
                    HR_TENSOR_SHAPE_TEXT(a));
  hr_dtype dtype = hr_tensor_dtype(a);
  hr_shape shape = hr_tensor_shape(a);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_binary_loop *multiply = hr_row_loop(HR_ROW_MUL, dtype), *subtract = hr_row_loop(HR_ROW_SUB, dtype);
  size_t size = hr_dtype_size(dtype);
  const char *x = hr_tensor_data(a), *y = hr_tensor_data(b);
  char *z = hr_tensor_data(out), minuend[8], subtrahend[8];
  for (int64_t i = 0; i < out->elements; i += 3, x += 3 * size, y += 3 * size)
    for (size_t c = 0; c < 3; ++c, z += size) {
      size_t next = (c + 1) % 3 * size, after = (c + 2) % 3 * size;
      multiply(minuend, x + next, y + after, 1, HR_BOTH_ROWS);
      multiply(subtrahend, x + after, y + next, 1, HR_BOTH_ROWS);
      subtract(z, minuend, subtrahend, 1, HR_BOTH_ROWS);
    }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Cross", .types = {{"T", HR_REAL_TYPES}}, .compute = cross);
