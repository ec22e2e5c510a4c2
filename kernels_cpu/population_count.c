/* PopulationCount: the bits that are set. */
#include "kernels_cpu/arguments.h"

static hr_status population_count(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  const uint8_t *bytes = hr_tensor_data(x);
  uint8_t *counts = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i, bytes += size) {
    counts[i] = 0;
    for (size_t k = 0; k < size; ++k)
      counts[i] = (uint8_t)(counts[i] + __builtin_popcount(bytes[k]));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "PopulationCount",
          .types = {{"T", HR_INDEX_TYPES | HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_UINT8) |
                              HR_TYPE_BIT(HR_UINT16) | HR_TYPE_BIT(HR_UINT32) | HR_TYPE_BIT(HR_UINT64)}},
          .compute = population_count);
