/* NthElement: in every row the value that sorting would put at place n. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/types.h"

#include <string.h>

#define VALUE_NATIVE(x) (x)
#define VALUE_HALF(x)   _Generic((x), hr_half : hr_half_to_float, hr_bfloat16 : hr_bfloat16_to_float)(x)

/* Hoare's selection, with the middle of the three for a pivot: afterwards row[n] is in its place. */
#define SELECT(type, name)                                                                                             \
  static bool is_less_##type(HR_TYPE_##type x, HR_TYPE_##type y) {                                                     \
    return HR_BY_KIND(VALUE_, type)(x) < HR_BY_KIND(VALUE_, type)(y);                                                  \
  }                                                                                                                    \
  static void name##_##type(void *row_, int64_t count, int64_t n) {                                                    \
    HR_TYPE_##type *row = row_;                                                                                        \
    int64_t low = 0, high = count - 1;                                                                                 \
    while (low < high) {                                                                                               \
      HR_TYPE_##type pivot = row[low + (high - low) / 2];                                                              \
      int64_t i = low, k = high;                                                                                       \
      while (i <= k) {                                                                                                 \
        while (i <= high && is_less_##type(row[i], pivot))                                                             \
          ++i;                                                                                                         \
        while (k >= low && is_less_##type(pivot, row[k]))                                                              \
          --k;                                                                                                         \
        if (i > k) break;                                                                                              \
        HR_TYPE_##type swapped = row[i];                                                                               \
        row[i++] = row[k];                                                                                             \
        row[k--] = swapped;                                                                                            \
      }                                                                                                                \
      if (n <= k)                                                                                                      \
        high = k;                                                                                                      \
      else if (n >= i)                                                                                                 \
        low = i;                                                                                                       \
      else                                                                                                             \
        break;                                                                                                         \
    }                                                                                                                  \
  }
HR_REAL(SELECT, select)

typedef void select_function(void *row, int64_t count, int64_t n);

static hr_status nth_element(hr_kernel_context *ctx) {
  select_function *const *select = hr_context_argument(ctx);
  const hr_tensor *x = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(hr_input(ctx, 1), 0, "n"));
  int64_t n = hr_index_at(hr_input(ctx, 1), 0);
  if (n < 0) return hr_error(HR_INVALID_ARGUMENT, "Need n >= 0, got %lld", (long long)n);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "Input must be >= 1-D, got shape []");
  int64_t count = x->dims[x->rank - 1], rows = hr_dims_product(x, 0, x->rank - 1);
  if (count <= n)
    return hr_error(HR_INVALID_ARGUMENT, "Input must have at least n+1 = %lld columns, not %s", (long long)n + 1,
                    HR_TENSOR_SHAPE_TEXT(x));
  if (hr_node_attr(hr_context_node(ctx), "reverse")->b) n = count - n - 1;
  hr_shape shape = hr_tensor_shape(x);
  --shape.rank;
  hr_tensor *out, scratch;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_temporary_new(ctx, hr_tensor_dtype(x), &(hr_shape){1, {count}}, &scratch));
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  char *row = hr_tensor_data(&scratch);
  for (int64_t i = 0; i < rows; ++i) {
    memcpy(row, (const char *)hr_tensor_data(x) + (size_t)(i * count) * size, (size_t)count * size);
    (*select)(row, count, n);
    memcpy((char *)hr_tensor_data(out) + (size_t)i * size, row + (size_t)n * size, size);
  }
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}

#define REGISTER(type, unused)                                                                                         \
  static select_function *const select_of_##type = select_##type;                                                      \
  HR_KERNEL(.op = "NthElement", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = nth_element,                \
            .argument = &select_of_##type);
HR_REAL(REGISTER, unused)
