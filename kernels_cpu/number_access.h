/* Single elements of tensors as doubles, for kernels whose work on an element is long: half, bfloat16, float, double,
 * int32 and int64. */
#ifndef HR_KERNELS_CPU_NUMBER_ACCESS_H
#define HR_KERNELS_CPU_NUMBER_ACCESS_H

#include "headrace/tensor.h"

static inline double hr_number_at(const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (t->dtype) {
  case HR_FLOAT: return (double)((const float *)data)[i];
  case HR_INT32: return ((const int32_t *)data)[i];
  case HR_INT64: return (double)((const int64_t *)data)[i];
  case HR_HALF: return (double)hr_half_to_float(((const hr_half *)data)[i]);
  case HR_BFLOAT16: return (double)hr_bfloat16_to_float(((const hr_bfloat16 *)data)[i]);
  default: return ((const double *)data)[i];
  }
}

/* The value must fit into an integer type. */
static inline void hr_number_set(hr_tensor *t, int64_t i, double value) {
  void *data = hr_tensor_data(t);
  switch (t->dtype) {
  case HR_FLOAT: ((float *)data)[i] = (float)value; break;
  case HR_INT32: ((int32_t *)data)[i] = (int32_t)value; break;
  case HR_INT64: ((int64_t *)data)[i] = (int64_t)value; break;
  case HR_HALF: ((hr_half *)data)[i] = hr_half_from_float((float)value); break;
  case HR_BFLOAT16: ((hr_bfloat16 *)data)[i] = hr_bfloat16_from_float((float)value); break;
  default: ((double *)data)[i] = value;
  }
}

#endif
