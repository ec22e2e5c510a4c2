/* Range and LinSpace. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/types.h"
#include <math.h>

static hr_status check_scalars(const hr_kernel_context *ctx, const char *const names[3]) {
  for (int i = 0; i < 3; ++i)
    if (hr_input(ctx, i)->rank > 0)
      return hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar, not shape %s", names[i],
                      HR_TENSOR_SHAPE_TEXT(hr_input(ctx, i)));
  return HR_SUCCESS;
}

static hr_status new_vector(hr_kernel_context *ctx, int64_t size, void **data) {
  hr_shape shape = {.rank = 1, .dims = {size}};
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  *data = hr_tensor_data(out);
  return HR_SUCCESS;
}

/* Whether from start to limit leads the way of delta; values as text for the message. */
static hr_status check_direction(double start, double limit, double delta) {
  if (delta == 0) return hr_error(HR_INVALID_ARGUMENT, "Requires delta != 0: %g", delta);
  if (delta > 0 && !(start <= limit))
    return hr_error(HR_INVALID_ARGUMENT, "Requires start <= limit when delta > 0: %g/%g", start, limit);
  if (delta < 0 && !(start >= limit))
    return hr_error(HR_INVALID_ARGUMENT, "Requires start >= limit when delta < 0: %g/%g", start, limit);
  return HR_SUCCESS;
}

static hr_status count_floats(double start, double limit, double delta, int64_t *size) {
  double steps = ceil(fabs((limit - start) / delta));
  if (!(steps < 0x1p62)) return hr_error(HR_INVALID_ARGUMENT, "Requires a finite range: %g/%g/%g", start, limit, delta);
  *size = (int64_t)steps;
  return HR_SUCCESS;
}

static hr_status count_integers(int64_t start, int64_t limit, int64_t delta, int64_t *size) {
  uint64_t distance = start < limit ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
  uint64_t step = delta < 0 ? 0 - (uint64_t)delta : (uint64_t)delta;
  *size = (int64_t)(distance / step + (distance % step != 0));
  return HR_SUCCESS;
}

/* Each element is the one before plus delta, rounded: as TensorFlow adds up. */
#define RANGE(type, count)                                                                                             \
  static hr_status range_##type(hr_kernel_context *ctx) {                                                              \
    static const char *const names[] = {"start", "limit", "delta"};                                                    \
    HR_TRY(check_scalars(ctx, names));                                                                                 \
    HR_TYPE_##type start = *(const HR_TYPE_##type *)hr_tensor_data(hr_input(ctx, 0));                                  \
    HR_TYPE_##type limit = *(const HR_TYPE_##type *)hr_tensor_data(hr_input(ctx, 1));                                  \
    HR_TYPE_##type delta = *(const HR_TYPE_##type *)hr_tensor_data(hr_input(ctx, 2));                                  \
    int64_t size;                                                                                                      \
    void *data;                                                                                                        \
    HR_TRY(check_direction((double)start, (double)limit, (double)delta));                                              \
    HR_TRY(count(start, limit, delta, &size));                                                                         \
    HR_TRY(new_vector(ctx, size, &data));                                                                              \
    for (int64_t i = 0; i < size; ++i, start += delta)                                                                 \
      ((HR_TYPE_##type *)data)[i] = start;                                                                             \
    return HR_SUCCESS;                                                                                                 \
  }                                                                                                                    \
  HR_KERNEL(.op = "Range", .types = {{"Tidx", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = range_##type);
HR_FLOATS(RANGE, count_floats)
HR_INTS(RANGE, count_integers)

#define LINSPACE(type, unused)                                                                                         \
  static hr_status linspace_##type(hr_kernel_context *ctx) {                                                           \
    static const char *const names[] = {"start", "stop", "num"};                                                       \
    HR_TRY(check_scalars(ctx, names));                                                                                 \
    HR_TYPE_##type start = *(const HR_TYPE_##type *)hr_tensor_data(hr_input(ctx, 0));                                  \
    HR_TYPE_##type stop = *(const HR_TYPE_##type *)hr_tensor_data(hr_input(ctx, 1));                                   \
    int64_t size = hr_index_at(hr_input(ctx, 2), 0);                                                                   \
    if (size <= 0) return hr_error(HR_INVALID_ARGUMENT, "Requires num > 0: %lld", (long long)size);                    \
    void *data;                                                                                                        \
    HR_TRY(new_vector(ctx, size, &data));                                                                              \
    HR_TYPE_##type step = size > 1 ? (stop - start) / (HR_TYPE_##type)(size - 1) : 0;                                  \
    for (int64_t i = 0; i < size; ++i)                                                                                 \
      ((HR_TYPE_##type *)data)[i] = start + step * (HR_TYPE_##type)i;                                                  \
    return HR_SUCCESS;                                                                                                 \
  }                                                                                                                    \
  HR_KERNEL(.op = "LinSpace", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = linspace_##type);
HR_FLOATS(LINSPACE, )
