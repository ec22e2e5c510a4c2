/* SparseSoftmax: over the elements of each row. The results stand in the order of the elements' indices. */
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <math.h>

/* `x` holds elements `order[0]` to `order[n - 1]` of a row. */
#define DEFINE_SOFTMAX(type, exponential)                                                                              \
  static void softmax_##type(int64_t n, const int64_t *order, const type *x, type *y) {                                \
    type most = x[order[0]], sum = 0;                                                                                  \
    for (int64_t i = 1; i < n; ++i)                                                                                    \
      if (x[order[i]] > most) most = x[order[i]];                                                                      \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      sum += y[i] = exponential(x[order[i]] - most);                                                                   \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      y[i] /= sum;                                                                                                     \
  }
DEFINE_SOFTMAX(float, expf)
DEFINE_SOFTMAX(double, exp)

static void softmax_rows(const hr_sparse_parts *x, const int64_t *order, void *out) {
  int64_t rank = hr_sparse_rank(x), count = hr_sparse_count(x);
  for (int64_t begin = 0, end; begin < count; begin = end) {
    end = begin + 1;
    const int64_t *index = hr_sparse_index(x, order[begin]);
    while (end < count && hr_sparse_compare(rank - 1, index, hr_sparse_index(x, order[end])) == 0)
      ++end;
    if (x->values.dtype == HR_FLOAT)
      softmax_float(end - begin, order + begin, hr_tensor_data(&x->values), (float *)out + begin);
    else
      softmax_double(end - begin, order + begin, hr_tensor_data(&x->values), (double *)out + begin);
  }
}

static hr_status sparse_softmax(hr_kernel_context *ctx) {
  hr_sparse_parts x;
  HR_TRY(hr_sparse_input(ctx, 0, &x));
  int64_t rank = hr_sparse_rank(&x), count = hr_sparse_count(&x);
  if (rank < 2)
    return hr_error(HR_INVALID_ARGUMENT, "Input should have rank >= 2, but received a shape of %" PRId64 " dimensions",
                    rank);
  hr_tensor *out, order;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {count}}, &out));
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {count}}, &order));
  hr_status status = hr_sparse_order(count, rank, hr_tensor_data(&x.indices), NULL, hr_tensor_data(&order));
  if (!status) softmax_rows(&x, hr_tensor_data(&order), hr_tensor_data(out));
  hr_tensor_clear(&order);
  return status;
}
HR_KERNEL(.op = "SparseSoftmax", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}},
          .compute = sparse_softmax);
