/* ArgMax and ArgMin: the place of the first of the greatest (least) elements along an axis. A NaN is never it. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include <float.h>

/* [outer, n, inner] without the middle. */
typedef struct arg_job arg_job;
struct arg_job {
  int64_t n, inner;
  const void *x;
  void *out;
  bool is_wide; /* int64 results */
  /* Places of a row of `inner` results of one outer index. */
  void (*find)(const void *x, int64_t n, int64_t inner, int64_t column, int64_t columns, int64_t *places);
  size_t size;
};

/* Results found at a time. */
enum { STRIP = 64 };
/* Elements of a line that are looked at side by side. */
enum { LANES = 16 };

static void find_part(void *argument, int64_t begin, int64_t end) {
  const arg_job *job = argument;
  int64_t places[STRIP];
  while (begin < end) {
    int64_t outer = begin / job->inner, column = begin % job->inner;
    int64_t columns = job->inner - column < end - begin ? job->inner - column : end - begin;
    if (columns > STRIP) columns = STRIP;
    job->find((const char *)job->x + (size_t)(outer * job->n * job->inner) * job->size, job->n, job->inner, column,
              columns, places);
    for (int64_t i = 0; i < columns; ++i) {
      if (job->is_wide)
        ((int64_t *)job->out)[begin + i] = places[i];
      else
        ((int32_t *)job->out)[begin + i] = (int32_t)places[i];
    }
    begin += columns;
  }
}

static hr_status arg_reduce(hr_kernel_context *ctx, arg_job *job) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t dimension;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "dimension", &dimension));
  if (dimension < -x->rank || dimension >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Expected dimension in the range [%d, %d), but got %lld", -x->rank, x->rank,
                    (long long)dimension);
  int axis = (int)(dimension < 0 ? dimension + x->rank : dimension);
  job->n = x->dims[axis];
  if (job->n == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Reduction axis %d is empty in shape %s", axis, HR_TENSOR_SHAPE_TEXT(x));
  job->inner = hr_dims_product(x, axis + 1, x->rank);
  job->x = hr_tensor_data(x);
  job->size = hr_dtype_size(hr_tensor_dtype(x));
  hr_shape shape = {.rank = 0};
  for (int i = 0; i < x->rank; ++i)
    if (i != axis) shape.dims[shape.rank++] = x->dims[i];
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  job->out = hr_tensor_data(out);
  job->is_wide = out->dtype == HR_INT64;
  hr_parallel_for(ctx, out->elements, (double)job->n, find_part, job);
  return HR_SUCCESS;
}

/* Elements as they are compared: halves as floats. */
#define VALUE_NATIVE(type, x) (x)
#define VALUE_f16(x)          hr_half_to_float(x)
#define VALUE_b16(x)          hr_bfloat16_to_float(x)
#define COMPARED_NATIVE(type) HR_TYPE_##type
#define COMPARED_HALF(type)   float
#define VALUE_HALF(type, x)   VALUE_##type(x)

/* One line of elements behind each other: of each of LANES the best of its own, then the best of those. */
#define LINE_HALF(...)
#define LINE_NATIVE(type, better, worst)                                                                               \
  if (inner == 1 && n >= LANES) {                                                                                      \
    compared lane_best[LANES];                                                                                         \
    int32_t rounds[LANES] = {0};                                                                                       \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      lane_best[k] = best[0];                                                                                          \
    int64_t whole = n / LANES < INT32_MAX ? n / LANES : INT32_MAX;                                                     \
    for (int32_t r = 0; r < whole; ++r)                                                                                \
      for (int k = 0; k < LANES; ++k) {                                                                                \
        compared value = x[(int64_t)r * LANES + k];                                                                    \
        bool is_better = value better lane_best[k];                                                                    \
        lane_best[k] = is_better ? value : lane_best[k];                                                               \
        rounds[k] = is_better ? r : rounds[k];                                                                         \
      }                                                                                                                \
    for (int k = 0; k < LANES; ++k) {                                                                                  \
      int64_t place = (int64_t)rounds[k] * LANES + k;                                                                  \
      bool ties = lane_best[k] == best[0] && place < places[0] && best[0] != worst;                                    \
      if (lane_best[k] better best[0] || ties) best[0] = lane_best[k], places[0] = place;                              \
    }                                                                                                                  \
    for (int64_t i = whole * LANES; i < n; ++i)                                                                        \
      if (x[i] better best[0]) best[0] = x[i], places[0] = i;                                                          \
    return;                                                                                                            \
  }

/* Whatever is not finite at the wrong end cannot be found: neither is it greater than the start nor less. */
#define ARG_REDUCE(type, name, better, worst)                                                                          \
  static void name##_find_##type(const void *x_, int64_t n, int64_t inner, int64_t column, int64_t columns,            \
                                 int64_t *places) {                                                                    \
    typedef HR_BY_KIND(COMPARED_, type)(type) compared;                                                                \
    const HR_TYPE_##type *x = (const HR_TYPE_##type *)x_ + column;                                                     \
    compared best[STRIP];                                                                                              \
    for (int64_t k = 0; k < columns; ++k)                                                                              \
      best[k] = worst, places[k] = 0;                                                                                  \
    HR_BY_KIND(LINE_, type)(type, better, worst) for (int64_t i = 0; i < n; ++i, x += inner) {                         \
      for (int64_t k = 0; k < columns; ++k) {                                                                          \
        compared value = HR_BY_KIND(VALUE_, type)(type, x[k]);                                                         \
        if (value better best[k]) best[k] = value, places[k] = i;                                                      \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  static hr_status name##_##type(hr_kernel_context *ctx) {                                                             \
    arg_job job = {.find = name##_find_##type};                                                                        \
    return arg_reduce(ctx, &job);                                                                                      \
  }                                                                                                                    \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = name##_##type);
#define LOWEST                                                                                                         \
  _Generic((compared)0, float                                                                                          \
           : -FLT_MAX, double                                                                                          \
           : -DBL_MAX, int8_t                                                                                          \
           : INT8_MIN, int16_t                                                                                         \
           : INT16_MIN, int32_t                                                                                        \
           : INT32_MIN, int64_t                                                                                        \
           : INT64_MIN, uint8_t : 0, uint16_t : 0)
#define HIGHEST                                                                                                        \
  _Generic((compared)0, float                                                                                          \
           : FLT_MAX, double                                                                                           \
           : DBL_MAX, int8_t                                                                                           \
           : INT8_MAX, int16_t                                                                                         \
           : INT16_MAX, int32_t                                                                                        \
           : INT32_MAX, int64_t                                                                                        \
           : INT64_MAX, uint8_t                                                                                        \
           : UINT8_MAX, uint16_t                                                                                       \
           : UINT16_MAX)
HR_REAL(ARG_REDUCE, ArgMax, >, LOWEST)
HR_REAL(ARG_REDUCE, ArgMin, <, HIGHEST)
