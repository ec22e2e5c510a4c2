/* Where: the coordinates of elements that are not zero. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"

#include <string.h>

/* Minus zero is zero; everything else that has a bit set is not. */
static bool is_zero(hr_dtype dtype, const void *data, int64_t i) {
  switch (dtype) {
  case HR_FLOAT: return ((const float *)data)[i] == 0;
  case HR_DOUBLE: return ((const double *)data)[i] == 0;
  case HR_HALF: return (((const hr_half *)data)[i].bits & 0x7fff) == 0;
  case HR_BFLOAT16: return (((const hr_bfloat16 *)data)[i].bits & 0x7fff) == 0;
  case HR_COMPLEX64: return ((const float *)data)[2 * i] == 0 && ((const float *)data)[2 * i + 1] == 0;
  case HR_COMPLEX128: return ((const double *)data)[2 * i] == 0 && ((const double *)data)[2 * i + 1] == 0;
  case HR_INT16:
  case HR_UINT16: return ((const uint16_t *)data)[i] == 0;
  case HR_INT32: return ((const int32_t *)data)[i] == 0;
  case HR_INT64: return ((const int64_t *)data)[i] == 0;
  default: return ((const uint8_t *)data)[i] == 0;
  }
}

static hr_status where(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Where takes no scalar");
  const void *data = hr_tensor_data(x);
  hr_dtype dtype = hr_tensor_dtype(x);
  int64_t count = 0;
  for (int64_t i = 0; i < x->elements; ++i)
    count += !is_zero(dtype, data, i);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {count, x->rank}}, &out));
  int64_t *to = hr_tensor_data(out), at[HR_MAX_RANK] = {0};
  for (int64_t i = 0; i < x->elements; ++i) {
    if (!is_zero(dtype, data, i)) {
      memcpy(to, at, sizeof *at * (size_t)x->rank);
      to += x->rank;
    }
    for (int d = x->rank; d-- > 0;) {
      if (++at[d] < x->dims[d]) break;
      at[d] = 0;
    }
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Where", .types = {{"T", HR_NUMBER_TYPES | HR_TYPE_BIT(HR_BOOL)}}, .compute = where);
