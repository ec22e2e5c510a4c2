#include "kernels_cpu/arguments.h"

#include <inttypes.h>

hr_status hr_scalar_argument(const hr_tensor *t, const char *what, int64_t *out) {
  if (t->elements != 1 || t->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar, not shape %s", what, HR_TENSOR_SHAPE_TEXT(t));
  *out = hr_index_at(t, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_argument(const hr_tensor *t, const char *what, hr_shape *out) {
  if (t->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be a vector, not shape %s", what, HR_TENSOR_SHAPE_TEXT(t));
  if (t->elements > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "%s has %" PRId64 " dimensions; at most %d are supported", what, t->elements,
                    HR_MAX_RANK);
  int64_t dims[HR_MAX_RANK];
  for (int i = 0; i < (int)t->elements; ++i) {
    dims[i] = hr_index_at(t, i);
    if (dims[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "%s: dimension %d must be >= 0, not %" PRId64, what, i, dims[i]);
  }
  return hr_status_prefix(hr_shape_make((int)t->elements, dims, out), "%s: ", what);
}

hr_status hr_axis_check(int64_t axis, int rank, const char *what, int *out) {
  if (axis < -rank || axis >= rank)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be in the range [-%d, %d), not %" PRId64, what, rank, rank, axis);
  *out = (int)(axis < 0 ? axis + rank : axis);
  return HR_SUCCESS;
}

hr_status hr_rank_check(const hr_tensor *t, int rank, const char *what) {
  if (t->rank == rank) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s must be %d-dimensional, not shape %s", what, rank, HR_TENSOR_SHAPE_TEXT(t));
}

hr_status hr_state_flags(const hr_kernel_construction *c, const char *const *names, void **state) {
  uintptr_t flags = 0;
  for (unsigned i = 0; names[i]; ++i) {
    bool value;
    HR_TRY(hr_construction_bool(c, names[i], &value));
    flags |= (uintptr_t)value << i;
  }
  *state = (void *)flags;
  return HR_SUCCESS;
}
