/* InTopK, InTopKV2, TopK, TopKV2. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/types.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <math.h>

/* ---- is the target among the k likeliest? ----------------------------------------------------------------------- */

typedef struct in_job {
  const float *predictions;
  const hr_tensor *targets;
  int64_t classes, k;
  bool *out;
} in_job;

/* Ties at the boundary all count as in; a row with a value that is not finite, and a target out of range, do not. */
static bool is_in_top_k(const float *row, int64_t classes, int64_t target, int64_t k) {
  if (target < 0 || target >= classes) return false;
  float wanted = row[target];
  int64_t larger = 0;
  bool finite = true;
  for (int64_t i = 0; i < classes; ++i) {
    finite &= isfinite(row[i]) != 0;
    larger += row[i] > wanted;
  }
  return finite && larger < k;
}

static void in_rows(void *argument, int64_t begin, int64_t end) {
  const in_job *job = argument;
  for (int64_t i = begin; i < end; ++i)
    job->out[i] = is_in_top_k(job->predictions + i * job->classes, job->classes, hr_index_at(job->targets, i), job->k);
}

static hr_status in_top_k_of(hr_kernel_context *ctx, int64_t k) {
  const hr_tensor *predictions = hr_input(ctx, 0), *targets = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(predictions, 2, "predictions"));
  HR_TRY(hr_rank_check(targets, 1, "targets"));
  if (predictions->dims[0] != targets->dims[0])
    return hr_error(HR_INVALID_ARGUMENT,
                    "First dimension of predictions %" PRId64 " must match length of targets %" PRId64,
                    predictions->dims[0], targets->dims[0]);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {targets->dims[0]}}, &out));
  in_job job = {hr_tensor_data(predictions), targets, predictions->dims[1], k, hr_tensor_data(out)};
  hr_parallel_for(ctx, targets->dims[0], 3 + 0.3 * (double)job.classes, in_rows, &job);
  return HR_SUCCESS;
}

static hr_status in_top_k(hr_kernel_context *ctx) {
  return in_top_k_of(ctx, hr_node_attr(hr_context_node(ctx), "k")->i);
}
HR_KERNEL(.op = "InTopK", .types = {{"T", HR_INDEX_TYPES}}, .compute = in_top_k);

static hr_status in_top_k_v2(hr_kernel_context *ctx) {
  int64_t k;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 2), "k", &k));
  return in_top_k_of(ctx, k);
}
HR_KERNEL(.op = "InTopKV2", .types = {{"T", HR_INDEX_TYPES}}, .compute = in_top_k_v2);

/* ---- the k largest, in falling order, the earlier one first among equals --------------------------------------- */

typedef struct top_job {
  const void *x;
  int64_t columns, k;
  void *values;
  int32_t *indices;
} top_job;

/* The indices chosen so far are a heap in the output itself, the weakest on top; sorting it in the end puts the
 * strongest first. */
#define DEFINE_TOP(type, less_than)                                                                                    \
  static inline bool weaker_##type(const HR_TYPE_##type *x, int32_t a, int32_t b) {                                    \
    return less_than(x[a], x[b]) || (!less_than(x[b], x[a]) && a > b);                                                 \
  }                                                                                                                    \
  static void sift_##type(const HR_TYPE_##type *x, int32_t *heap, int64_t at, int64_t n) {                             \
    int32_t moving = heap[at];                                                                                         \
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {                                                        \
      if (child + 1 < n && weaker_##type(x, heap[child + 1], heap[child])) ++child;                                    \
      if (!weaker_##type(x, heap[child], moving)) break;                                                               \
      heap[at] = heap[child];                                                                                          \
    }                                                                                                                  \
    heap[at] = moving;                                                                                                 \
  }                                                                                                                    \
  static void top_rows_##type(void *argument, int64_t begin, int64_t end) {                                            \
    const top_job *job = argument;                                                                                     \
    int64_t k = job->k;                                                                                                \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      const HR_TYPE_##type *x = (const HR_TYPE_##type *)job->x + r * job->columns;                                     \
      int32_t *heap = job->indices + r * k;                                                                            \
      for (int32_t i = 0; i < k; ++i)                                                                                  \
        heap[i] = i;                                                                                                   \
      for (int64_t i = k / 2; i-- > 0;)                                                                                \
        sift_##type(x, heap, i, k);                                                                                    \
      for (int32_t i = (int32_t)k; i < job->columns; ++i) {                                                            \
        if (!less_than(x[heap[0]], x[i])) continue;                                                                    \
        heap[0] = i;                                                                                                   \
        sift_##type(x, heap, 0, k);                                                                                    \
      }                                                                                                                \
      for (int64_t n = k; n-- > 1;) {                                                                                  \
        int32_t weakest = heap[0];                                                                                     \
        heap[0] = heap[n];                                                                                             \
        heap[n] = weakest;                                                                                             \
        sift_##type(x, heap, 0, n);                                                                                    \
      }                                                                                                                \
      for (int64_t i = 0; i < k; ++i)                                                                                  \
        ((HR_TYPE_##type *)job->values)[r * k + i] = x[heap[i]];                                                       \
    }                                                                                                                  \
  }
#define LESS(a, b)          ((a) < (b))
#define LESS_HALF(a, b)     (hr_half_to_float(a) < hr_half_to_float(b))
#define LESS_BFLOAT16(a, b) (hr_bfloat16_to_float(a) < hr_bfloat16_to_float(b))
HR_FLOATS(DEFINE_TOP, LESS)
HR_INTEGERS(DEFINE_TOP, LESS)
DEFINE_TOP(f16, LESS_HALF)
DEFINE_TOP(b16, LESS_BFLOAT16)
#define CASE_TOP(type, ...)                                                                                            \
  case HR_DTYPE_##type: return top_rows_##type;

static void (*top_rows(hr_dtype dtype))(void *, int64_t, int64_t) {
  switch (dtype) {
    HR_REAL(CASE_TOP, )
  default: return NULL;
  }
}

static hr_status top_k_of(hr_kernel_context *ctx, int64_t k) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (k < 0) return hr_error(HR_INVALID_ARGUMENT, "Need k >= 0, got %" PRId64, k);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "input must be >= 1-D, got shape %s", HR_TENSOR_SHAPE_TEXT(x));
  int64_t columns = x->dims[x->rank - 1];
  if (columns < k)
    return hr_error(HR_INVALID_ARGUMENT, "input must have at least k columns. Had %" PRId64 ", needed %" PRId64,
                    columns, k);
  if (columns > INT32_MAX) return hr_error(HR_INVALID_ARGUMENT, "input has too many columns for 32-bit indices");
  hr_shape shape = hr_tensor_shape(x);
  shape.dims[shape.rank - 1] = k;
  hr_tensor *values, *indices;
  HR_TRY(hr_output_new(ctx, 0, &shape, &values));
  HR_TRY(hr_output_new(ctx, 1, &shape, &indices));
  if (values->elements == 0) return HR_SUCCESS;
  top_job job = {hr_tensor_data(x), columns, k, hr_tensor_data(values), hr_tensor_data(indices)};
  hr_parallel_for(ctx, x->elements / columns, 2 * (double)columns + 10 * (double)k, top_rows(hr_tensor_dtype(x)), &job);
  return HR_SUCCESS;
}

static hr_status top_k(hr_kernel_context *ctx) { return top_k_of(ctx, hr_node_attr(hr_context_node(ctx), "k")->i); }
HR_KERNEL(.op = "TopK", .types = {{"T", HR_REAL_TYPES}}, .compute = top_k);

static hr_status top_k_v2(hr_kernel_context *ctx) {
  int64_t k;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "k", &k));
  return top_k_of(ctx, k);
}
HR_KERNEL(.op = "TopKV2", .types = {{"T", HR_REAL_TYPES}}, .compute = top_k_v2);
