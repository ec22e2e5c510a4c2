/* RandomShuffle: rows in an order that is Fisher and Yates's with the generator's numbers. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/random_state.h"
#include <string.h>

static hr_status shuffle(hr_kernel_context *ctx) {
  const hr_tensor *value = hr_input(ctx, 0);
  if (value->elements <= 1 || value->dims[0] <= 1) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  int64_t rows = value->dims[0], inner = hr_dims_product(value, 1, value->rank);
  hr_philox generator = hr_random_reserve(ctx, (uint64_t)(rows - 1 + 3) / 4);
  hr_shape shape = hr_tensor_shape(value), places = {.rank = 1, .dims = {rows}};
  hr_tensor order_tensor, *out;
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &places, &order_tensor));
  int64_t *order = hr_tensor_data(&order_tensor);
  for (int64_t i = 0; i < rows; ++i)
    order[i] = i;
  uint32_t numbers[4];
  for (int64_t i = 0; i < rows - 1; ++i) {
    if (i % 4 == 0) hr_philox_next(&generator, numbers);
    int64_t other = i + numbers[i % 4] % (uint32_t)(rows - i), place = order[i];
    order[i] = order[other];
    order[other] = place;
  }
  hr_dtype dtype = hr_tensor_dtype(value);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  const char *from = hr_tensor_data(value);
  hr_status status = hr_output_new(ctx, 0, &shape, &out);
  char *to = status ? NULL : hr_tensor_data(out);
  for (int64_t i = 0; !status && i < rows; ++i)
    status = hr_copy_elements(dtype, to + (size_t)i * row, from + (size_t)order[i] * row, inner);
  hr_tensor_clear(&order_tensor);
  return status;
}
HR_KERNEL(.op = "RandomShuffle", .types = {{"T", HR_COPIED_TYPES}}, .compute = shuffle, .create = hr_random_create,
          .destroy = hr_random_destroy);
