/* LowerBound, UpperBound and Bucketize: places of values among sorted ones. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/types.h"

/* Values as they are compared: halves as floats. */
#define VALUE_NATIVE(x) (x)
#define VALUE_HALF(x)   _Generic((x), hr_half : hr_half_to_float, hr_bfloat16 : hr_bfloat16_to_float)(x)
#define VALUE(type, x)  HR_BY_KIND(VALUE_, type)(x)

/* For each of n values how many of the sorted ones are smaller (lower), or not greater (upper). */
typedef void search_loop(int64_t *places, const void *sorted, int64_t count, const void *values, int64_t n, bool upper);

#define SEARCH(type, name)                                                                                             \
  static void name##_##type(int64_t *places, const void *sorted_, int64_t count, const void *values_, int64_t n,       \
                            bool upper) {                                                                              \
    const HR_TYPE_##type *sorted = sorted_, *values = values_;                                                         \
    for (int64_t i = 0; i < n; ++i) {                                                                                  \
      int64_t low = 0, high = count;                                                                                   \
      while (low < high) {                                                                                             \
        int64_t middle = low + (high - low) / 2;                                                                       \
        bool goes_on = upper ? !(VALUE(type, values[i]) < VALUE(type, sorted[middle]))                                 \
                             : VALUE(type, sorted[middle]) < VALUE(type, values[i]);                                   \
        if (goes_on)                                                                                                   \
          low = middle + 1;                                                                                            \
        else                                                                                                           \
          high = middle;                                                                                               \
      }                                                                                                                \
      places[i] = low;                                                                                                 \
    }                                                                                                                  \
  }
HR_REAL(SEARCH, search)

static hr_status bounds(hr_kernel_context *ctx, bool upper) {
  search_loop *const *loop = hr_context_argument(ctx);
  const hr_tensor *sorted = hr_input(ctx, 0), *values = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(sorted, 2, "sorted_inputs"));
  HR_TRY(hr_rank_check(values, 2, "values"));
  if (sorted->dims[0] != values->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "Leading dim_size of both tensors must match: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(sorted), HR_TENSOR_SHAPE_TEXT(values));
  if (hr_output_type(ctx, 0) == HR_INT32 && sorted->dims[1] > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "trailing dim_size must fit in int32: %s", HR_TENSOR_SHAPE_TEXT(sorted));
  hr_shape shape = hr_tensor_shape(values);
  hr_tensor *out, places;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &shape, &places));
  int64_t count = sorted->dims[1], n = values->dims[1];
  size_t size = hr_dtype_size(hr_tensor_dtype(values));
  int64_t *found = hr_tensor_data(&places);
  for (int64_t row = 0; row < values->dims[0]; ++row)
    (*loop)(found + row * n, (const char *)hr_tensor_data(sorted) + (size_t)(row * count) * size, count,
            (const char *)hr_tensor_data(values) + (size_t)(row * n) * size, n, upper);
  for (int64_t i = 0; i < out->elements; ++i) {
    if (out->dtype == HR_INT32)
      ((int32_t *)hr_tensor_data(out))[i] = (int32_t)found[i];
    else
      ((int64_t *)hr_tensor_data(out))[i] = found[i];
  }
  hr_tensor_clear(&places);
  return HR_SUCCESS;
}
static hr_status lower_bound(hr_kernel_context *ctx) { return bounds(ctx, false); }
static hr_status upper_bound(hr_kernel_context *ctx) { return bounds(ctx, true); }

#define REGISTER(type, unused)                                                                                         \
  static search_loop *const loop_##type = search_##type;                                                               \
  HR_KERNEL(.op = "LowerBound", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}, {"out_type", HR_INDEX_TYPES}},          \
            .compute = lower_bound, .argument = &loop_##type);                                                         \
  HR_KERNEL(.op = "UpperBound", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}, {"out_type", HR_INDEX_TYPES}},          \
            .compute = upper_bound, .argument = &loop_##type);
HR_REAL(REGISTER, unused)

/* ---- Bucketize ------------------------------------------------------------------------------------------------- */

static hr_status bucketize_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *boundaries;
  HR_TRY(hr_construction_attr(c, "boundaries", &boundaries));
  for (int32_t i = 1; i < boundaries->count; ++i)
    if (boundaries->floats[i] < boundaries->floats[i - 1])
      return hr_error(HR_INVALID_ARGUMENT, "Expected sorted boundaries");
  *state = NULL;
  return HR_SUCCESS;
}

/* The number of boundaries that are not greater. */
static int32_t bucket_of(const hr_attr_value *boundaries, double value) {
  int32_t low = 0, high = boundaries->count;
  while (low < high) {
    int32_t middle = low + (high - low) / 2;
    if (value < (double)boundaries->floats[middle])
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static hr_status bucketize(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  const hr_attr_value *boundaries = hr_node_attr(hr_context_node(ctx), "boundaries");
  const void *data = hr_tensor_data(x);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  int32_t *buckets = hr_tensor_data(out);
  for (int64_t i = 0; i < x->elements; ++i) {
    double value;
    switch (x->dtype) {
    case HR_FLOAT: value = (double)((const float *)data)[i]; break;
    case HR_DOUBLE: value = ((const double *)data)[i]; break;
    case HR_INT32: value = ((const int32_t *)data)[i]; break;
    default: value = (double)((const int64_t *)data)[i]; break;
    }
    buckets[i] = bucket_of(boundaries, value);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Bucketize", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_INDEX_TYPES}},
          .create = bucketize_create, .compute = bucketize);
