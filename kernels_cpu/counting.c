/* Bincount and HistogramFixedWidth: how often values occur. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/types.h"
#include "kernels_cpu/row_arithmetic.h"

#include <math.h>
#include <string.h>

#define NUMBER_TYPES (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_INDEX_TYPES)

/* Element i is added to, without weights by one. */
static void add_one(hr_tensor *bins, int64_t i) {
  void *data = hr_tensor_data(bins);
  switch (bins->dtype) {
  case HR_FLOAT: ++((float *)data)[i]; break;
  case HR_DOUBLE: ++((double *)data)[i]; break;
  case HR_INT32: ++((int32_t *)data)[i]; break;
  default: ++((int64_t *)data)[i]; break;
  }
}

static hr_status new_bins(hr_kernel_context *ctx, int64_t count, hr_tensor **out) {
  hr_shape shape;
  HR_TRY(hr_shape_make(1, &count, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, out));
  if (count) memset(hr_tensor_data(*out), 0, hr_tensor_bytes(*out));
  return HR_SUCCESS;
}

/* Values that no bin is for are passed over. */
static hr_status bincount(hr_kernel_context *ctx) {
  const hr_tensor *values = hr_input(ctx, 0), *weights = hr_input(ctx, 2);
  int64_t size;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "size", &size));
  if (size < 0) return hr_error(HR_INVALID_ARGUMENT, "size (%lld) must be non-negative", (long long)size);
  if (weights->elements > 0 && !hr_same_shape(values, weights))
    return hr_error(HR_INVALID_ARGUMENT, "weights must be empty or of the shape of arr: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(weights), HR_TENSOR_SHAPE_TEXT(values));
  for (int64_t i = 0; i < values->elements; ++i)
    if (hr_index_at(values, i) < 0) return hr_error(HR_INVALID_ARGUMENT, "Input arr must be non-negative!");
  hr_tensor *bins;
  HR_TRY(new_bins(ctx, size, &bins));
  hr_dtype dtype = hr_tensor_dtype(bins);
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, dtype);
  size_t bytes = hr_dtype_size(dtype);
  for (int64_t i = 0; i < values->elements; ++i) {
    int64_t value = hr_index_at(values, i);
    if (value >= size) continue;
    char *bin = (char *)hr_tensor_data(bins) + (size_t)value * bytes;
    if (weights->elements > 0)
      add(bin, bin, (const char *)hr_tensor_data(weights) + (size_t)i * bytes, 1, HR_BOTH_ROWS);
    else
      add_one(bins, value);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Bincount", .types = {{"T", NUMBER_TYPES}}, .compute = bincount);

/* ---- HistogramFixedWidth --------------------------------------------------------------------------------------- */

static double number_at(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (t->dtype) {
  case HR_FLOAT: return (double)((const float *)data)[i];
  case HR_DOUBLE: return ((const double *)data)[i];
  case HR_INT32: return ((const int32_t *)data)[i];
  default: return (double)((const int64_t *)data)[i];
  }
}

/* Values outside the range count in the first or the last bin. */
static hr_status histogram_fixed_width(hr_kernel_context *ctx) {
  const hr_tensor *values = hr_input(ctx, 0), *range = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(range, 1, "value_range"));
  if (range->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "value_range should be a vector of 2 elements, not %s",
                    HR_TENSOR_SHAPE_TEXT(range));
  HR_TRY(hr_rank_check(hr_input(ctx, 2), 0, "nbins"));
  int64_t count = hr_index_at(hr_input(ctx, 2), 0);
  double low = number_at(range, 0), high = number_at(range, 1);
  if (!(low < high))
    return hr_error(HR_INVALID_ARGUMENT, "value_range should satisfy value_range[0] < value_range[1], not %g, %g", low,
                    high);
  if (count <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "nbins should be a positive number, but got %lld", (long long)count);
  hr_tensor *bins;
  HR_TRY(new_bins(ctx, count, &bins));
  double step = (high - low) / (double)count;
  for (int64_t i = 0; i < values->elements; ++i) {
    double place = floor((number_at(values, i) - low) / step);
    add_one(bins, place >= (double)count ? count - 1 : place > 0 ? (int64_t)place : 0);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "HistogramFixedWidth", .types = {{"T", NUMBER_TYPES}, {"dtype", HR_INDEX_TYPES}},
          .compute = histogram_fixed_width);
