/* Shapes of Range and LinSpace, whose lengths are computed from their inputs. */
#include "ops/shapes/shapes.h"
#include <math.h>

static double element_as_double(const hr_tensor *t) {
  switch (hr_tensor_dtype(t)) {
  case HR_FLOAT: return *(const float *)hr_tensor_data(t);
  case HR_DOUBLE: return *(const double *)hr_tensor_data(t);
  case HR_BFLOAT16: return hr_bfloat16_to_float(*(const hr_bfloat16 *)hr_tensor_data(t));
  default: return (double)hr_tensor_int(t, 0);
  }
}

/* How many of start, start + delta, ... come before limit. */
static hr_status range_length(const hr_tensor *start, const hr_tensor *limit, const hr_tensor *delta, int64_t *out) {
  double first = element_as_double(start), last = element_as_double(limit), step = element_as_double(delta);
  if (step == 0) return hr_error(HR_INVALID_ARGUMENT, "Requires delta != 0");
  if (step > 0 && first > last)
    return hr_error(HR_INVALID_ARGUMENT, "Requires start <= limit when delta > 0: %g/%g", first, last);
  if (step < 0 && first < last)
    return hr_error(HR_INVALID_ARGUMENT, "Requires start >= limit when delta < 0: %g/%g", first, last);
  if (hr_dtype_is_integer(hr_tensor_dtype(start))) { /* exact beyond 2^53 */
    uint64_t low = (uint64_t)hr_tensor_int(start, 0), high = (uint64_t)hr_tensor_int(limit, 0);
    uint64_t stride = (uint64_t)hr_tensor_int(delta, 0);
    uint64_t distance = step > 0 ? high - low : low - high, each = step > 0 ? stride : 0 - stride;
    uint64_t length = distance / each + (distance % each != 0);
    if (length > INT64_MAX) return hr_error(HR_INVALID_ARGUMENT, "Range of %g elements", (double)length);
    *out = (int64_t)length;
    return HR_SUCCESS;
  }
  double length = ceil(fabs((last - first) / step));
  if (!(length < 9e18)) return hr_error(HR_INVALID_ARGUMENT, "Range of %g elements", length);
  *out = (int64_t)length;
  return HR_SUCCESS;
}

hr_status hr_shape_fn_range(hr_shape_context *c) {
  hr_tensor values[3] = {{0}, {0}, {0}};
  bool all_known = true;
  int64_t length = HR_UNKNOWN_DIM;
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < 3; ++i)
    HR_TRY_GOTO(status, hr_check_scalar(c, i), done);
  for (int i = 0; i < 3; ++i) {
    bool known;
    HR_TRY_GOTO(status, hr_shape_input_value(c, i, &known, &values[i]), done);
    all_known &= known && values[i].elements == 1;
  }
  if (all_known) HR_TRY_GOTO(status, range_length(&values[0], &values[1], &values[2], &length), done);
  hr_partial_shape result = hr_vector_shape(length);
  status = hr_shape_set(c, 0, &result);
done:
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&values[i]);
  return status;
}

hr_status hr_shape_fn_lin_space(hr_shape_context *c) {
  int64_t count;
  bool known;
  for (int i = 0; i < 3; ++i)
    HR_TRY(hr_check_scalar(c, i));
  HR_TRY(hr_input_scalar(c, 2, &known, &count));
  if (known && count <= 0) return hr_error(HR_INVALID_ARGUMENT, "Requires num > 0: %" PRId64, count);
  hr_partial_shape result = hr_vector_shape(known ? count : HR_UNKNOWN_DIM);
  return hr_shape_set(c, 0, &result);
}
