/* Optionals: an element, or none, in a variant. */
#ifndef HR_KERNELS_CPU_DATA_OPTIONAL_H
#define HR_KERNELS_CPU_DATA_OPTIONAL_H

#include "headrace/kernel.h"
#include "runtime/tensor/resource.h"

typedef struct hr_optional {
  hr_resource resource;
  bool has_value;
  int32_t width;      /* components of the element */
  hr_tensor *element; /* owned; room for one more */
} hr_optional;

/* One without a value yet, with room for `width` components. */
HR_MUST_USE hr_status hr_optional_new(int32_t width, hr_optional **out);
/* Output 0 = a variant of it, unless `status` is an error; lets go of it. The status, or the error. */
HR_MUST_USE hr_status hr_optional_give(hr_kernel_context *ctx, hr_optional *o, hr_status status);

/* InvalidArgument where the components of an element, as many as the outputs, have other dtypes than these. */
HR_MUST_USE hr_status hr_check_element(hr_kernel_context *ctx, const hr_tensor *element);

#endif
