/* SparseSoftmax: over the elements of each row, which stand together. */
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <math.h>

#define DEFINE_SOFTMAX(type, exponential)                                                                              \
  static void softmax_##type(int64_t n, const type *x, type *y) {                                                      \
    type most = x[0], sum = 0;                                                                                         \
    for (int64_t i = 1; i < n; ++i)                                                                                    \
      if (x[i] > most) most = x[i];                                                                                    \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      sum += y[i] = exponential(x[i] - most);                                                                          \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      y[i] /= sum;                                                                                                     \
  }
DEFINE_SOFTMAX(float, expf)
DEFINE_SOFTMAX(double, exp)

static hr_status sparse_softmax(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input(ctx, 0, &x));
  int64_t rank = hr_sparse_rank(&x), count = hr_sparse_count(&x);
  if (rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input should have rank >= 2, but received a shape of %" PRId64 " dimensions",
                    rank);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {count}}, &out));
  for (int64_t begin = 0, end; begin < count; begin = end) {
    end = begin + 1;
    while (end < count && hr_sparse_compare(rank - 1, hr_sparse_index(&x, begin), hr_sparse_index(&x, end)) == 0)
      ++end;
    if (x.values.dtype == HR_FLOAT)
      softmax_float(end - begin, hr_sparse_value(&x, begin), (float *)hr_tensor_data(out) + begin);
    else
      softmax_double(end - begin, hr_sparse_value(&x, begin), (double *)hr_tensor_data(out) + begin);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseSoftmax", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}},
          .compute = sparse_softmax);
