/* Multinomial and StatelessMultinomial: class numbers drawn with the probabilities that rows of logarithms give. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/random_state.h"
#include <math.h>

/* Sums of exp(logit - greatest) up to each class; classes whose logit is not finite have no share. */
static double cumulate(const hr_tensor *logits, const char *row, int64_t classes, double *sums) {
  hr_dtype dtype = hr_tensor_dtype(logits);
  double greatest = -INFINITY, total = 0;
  for (int64_t i = 0; i < classes; ++i) {
    if (dtype == HR_DOUBLE) {
      sums[i] = ((const double *)row)[i];
    } else if (dtype == HR_FLOAT) {
      sums[i] = (double)((const float *)row)[i];
    } else {
      float value;
      hr_loops->cast[dtype][HR_FLOAT](&value, (const hr_half *)row + i, 1);
      sums[i] = (double)value;
    }
    if (isfinite(sums[i]) && sums[i] > greatest) greatest = sums[i];
  }
  for (int64_t i = 0; i < classes; ++i) {
    if (isfinite(sums[i])) total += exp(sums[i] - greatest);
    sums[i] = total;
  }
  return total;
}

/* The first class whose sum is greater; `classes` where none is. */
static int64_t find_class(const double *sums, int64_t classes, double number) {
  int64_t low = 0, high = classes;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (sums[middle] > number)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* One stretch of the generator serves all rows in order, two numbers a sample. A kernel without a generator of its own
 * has a seed in input 2. */
static hr_status multinomial(hr_kernel_context *ctx) {
  const hr_tensor *logits = hr_input(ctx, 0);
  int64_t samples;
  if (logits->rank != 2)
    return hr_error(HR_INVALID_ARGUMENT, "logits should be a matrix, got shape %s", HR_TENSOR_SHAPE_TEXT(logits));
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "num_samples", &samples));
  if (samples < 0)
    return hr_error(HR_INVALID_ARGUMENT, "num_samples should be nonnegative, got %lld", (long long)samples);
  int64_t rows = logits->dims[0], classes = logits->dims[1];
  if (classes <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "num_classes should be positive, got %lld", (long long)classes);
  hr_shape shape, places = {.rank = 1, .dims = {classes}};
  hr_tensor *out, sums_tensor;
  HR_TRY(hr_shape_make(2, (int64_t[]){rows, samples}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  hr_philox generator;
  if (ctx->state)
    generator = hr_random_reserve(ctx, (uint64_t)(rows * ((samples + 3) / 4 * 4) * 2) * 256);
  else
    HR_TRY(hr_random_from_seed(hr_input(ctx, 2), &generator));
  HR_TRY(hr_temporary_new(ctx, HR_DOUBLE, &places, &sums_tensor));
  double *sums = hr_tensor_data(&sums_tensor);
  size_t row_bytes = (size_t)classes * hr_dtype_size(hr_tensor_dtype(logits));
  uint32_t numbers[4];
  for (int64_t row = 0, k = 0; row < rows; ++row) {
    double total = cumulate(logits, (const char *)hr_tensor_data(logits) + (size_t)row * row_bytes, classes, sums);
    for (int64_t i = 0; i < samples; ++i, ++k) {
      if (k % 2 == 0) hr_philox_next(&generator, numbers);
      const uint32_t *pair = numbers + 2 * (k % 2);
      int64_t found = find_class(sums, classes, hr_philox_to_double(pair[0], pair[1]) * total);
      if (out->dtype == HR_INT64)
        ((int64_t *)hr_tensor_data(out))[k] = found;
      else
        ((int32_t *)hr_tensor_data(out))[k] = (int32_t)found;
    }
  }
  hr_tensor_clear(&sums_tensor);
  return HR_SUCCESS;
}
#define LOGIT_TYPES (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_BFLOAT16))
HR_KERNEL(.op = "Multinomial", .types = {{"T", LOGIT_TYPES}}, .compute = multinomial, .create = hr_random_create,
          .destroy = hr_random_destroy);
HR_KERNEL(.op = "StatelessMultinomial", .types = {{"T", LOGIT_TYPES}}, .compute = multinomial);
