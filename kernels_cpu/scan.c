/* Cumsum and Cumprod: running results along an axis. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include <string.h>

/* Lines of numbers one behind the other, LINES of them side by side, since each sum waits for the one before. */
enum { LINES = 4 };
typedef void line_scan(void *out, const void *x, int64_t n, bool is_exclusive, bool is_reverse);

/* [outer, n, inner]: a row is `inner` elements. */
typedef struct scan_job {
  const hr_elementwise *combine;
  line_scan *line, *lines; /* where inner is 1: one, and LINES of them; NULL: row by row, too */
  float identity;
  bool is_exclusive, is_reverse;
  int64_t n, inner;
  size_t row; /* bytes */
  char *out;
  const char *x;
} scan_job;

/* A row of the number of the type. */
static void fill(const scan_job *job, char *row) {
  size_t size = job->row / (size_t)job->inner;
  hr_dtype dtype = (hr_dtype)job->combine->in;
  if (dtype == HR_FLOAT)
    memcpy(row, &job->identity, sizeof job->identity);
  else
    hr_loops->cast[HR_FLOAT][dtype](row, &job->identity, 1);
  for (int64_t i = 1; i < job->inner; ++i)
    memcpy(row + (size_t)i * size, row, size);
}

static void scan_part(void *argument, int64_t begin, int64_t end) {
  const scan_job *job = argument;
  if (job->inner == 1 && job->lines) {
    size_t line = (size_t)job->n * job->row;
    for (int64_t outer = begin, count; outer < end; outer += count) {
      count = end - outer < LINES ? 1 : LINES;
      (count == 1 ? job->line : job->lines)(job->out + (size_t)outer * line, job->x + (size_t)outer * line, job->n,
                                            job->is_exclusive, job->is_reverse);
    }
    return;
  }
  for (int64_t outer = begin; outer < end; ++outer) {
    const char *last = NULL, *before = NULL; /* rows of the result and of the input that come before */
    for (int64_t i = 0; i < job->n; ++i) {
      size_t place = (size_t)(outer * job->n + (job->is_reverse ? job->n - 1 - i : i)) * job->row;
      const char *x = job->is_exclusive ? before : job->x + place;
      char *out = job->out + place;
      if (!x)
        fill(job, out);
      else if (last)
        hr_binary_row(job->combine, out, last, x, job->inner, HR_BOTH_ROWS);
      else
        memcpy(out, x, job->row);
      last = out;
      before = job->x + place;
    }
  }
}

static hr_status scan(hr_kernel_context *ctx, const hr_elementwise *combine, line_scan *line, line_scan *lines,
                      float identity) {
  const hr_tensor *x = hr_input(ctx, 0), *axis_input = hr_input(ctx, 1);
  if (axis_input->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "ScanOp: axis must be a scalar, not %s", HR_TENSOR_SHAPE_TEXT(axis_input));
  int64_t axis = hr_index_at(axis_input, 0);
  if (axis < -x->rank || axis >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "ScanOp: Expected scan axis in the range [%d, %d), but got %lld", -x->rank,
                    x->rank, (long long)axis);
  if (axis < 0) axis += x->rank;
  int64_t inner = hr_dims_product(x, (int)axis + 1, x->rank);
  scan_job job = {.combine = combine,
                  .line = line,
                  .lines = lines,
                  .identity = identity,
                  .is_exclusive = hr_state_flag(ctx, 0),
                  .is_reverse = hr_state_flag(ctx, 1),
                  .n = x->dims[axis],
                  .inner = inner,
                  .row = (size_t)inner * hr_dtype_size(combine->in),
                  .x = hr_tensor_data(x)};
  int64_t outer = hr_dims_product(x, 0, (int)axis);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job.out = hr_tensor_data(out);
  hr_parallel_for(ctx, outer, (double)job.n * (4 + (double)inner * combine->unit_nanos), scan_part, &job);
  return HR_SUCCESS;
}

static const char *const flags[] = {"exclusive", "reverse", NULL};
static hr_status scan_create(const hr_kernel_construction *c, void **state) { return hr_state_flags(c, flags, state); }

#define LINES_NATIVE(type, name, operator, identity)                                                                   \
  LINES_OF(type, name##_line_##type, 1, operator, identity)                                                            \
  LINES_OF(type, name##_lines_##type, LINES, operator, identity)
#define LINES_HALF(...)
/* A cache line of each row at a time: rows may lie such that a few of them push each other out of the cache. */
enum { STRIP = 16 };
#define LINES_OF(type, function, count, operator, identity)                                                            \
  static inline __attribute__((always_inline)) void function##_of(HR_TYPE_##type *out, const HR_TYPE_##type *x,        \
                                                                  int64_t n, bool is_exclusive, bool is_reverse) {     \
    HR_TYPE_##type totals[count], strip[count][STRIP];                                                                 \
    for (int k = 0; k < count; ++k)                                                                                    \
      totals[k] = (HR_TYPE_##type)(identity);                                                                          \
    for (int64_t i = 0; i < n; i += STRIP) {                                                                           \
      int64_t width = n - i < STRIP ? n - i : STRIP, at = is_reverse ? n - i - width : i;                              \
      for (int k = 0; k < count; ++k)                                                                                  \
        memcpy(strip[k], x + k * n + at, (size_t)width * sizeof *x);                                                   \
      for (int64_t j = 0; j < width; ++j) {                                                                            \
        int64_t place = is_reverse ? width - 1 - j : j;                                                                \
        bool is_first = i + j == 0 && !is_exclusive; /* -0 stays -0 */                                                 \
        for (int k = 0; k < count; ++k) {                                                                              \
          HR_TYPE_##type before = totals[k], next = strip[k][place];                                                   \
          totals[k] = is_first ? next : (HR_TYPE_##type)(before operator next);                                        \
          strip[k][place] = is_exclusive ? before : totals[k];                                                         \
        }                                                                                                              \
      }                                                                                                                \
      for (int k = 0; k < count; ++k)                                                                                  \
        memcpy(out + k * n + at, strip[k], (size_t)width * sizeof *x);                                                 \
    }                                                                                                                  \
  }                                                                                                                    \
  /* Each with its flags decided, so that the usual loop is nothing but the sum. */                                    \
  static void function(void *out, const void *x, int64_t n, bool is_exclusive, bool is_reverse) {                      \
    if (is_exclusive)                                                                                                  \
      function##_of(out, x, n, true, is_reverse);                                                                      \
    else if (is_reverse)                                                                                               \
      function##_of(out, x, n, false, true);                                                                           \
    else                                                                                                               \
      function##_of(out, x, n, false, false);                                                                          \
  }
#define FUNCTIONS_NATIVE(type, name) name##_line_##type, name##_lines_##type
#define FUNCTIONS_HALF(type, name)   NULL, NULL
#define SCAN(type, name, function, operator, identity)                                                                 \
  HR_BY_KIND(LINES_, type)(type, name, operator, identity) static hr_status name##_##type(hr_kernel_context *ctx) {    \
    static const hr_elementwise combine = HR_ELEMENTWISE(function, type, type, HR_CHEAP_NANOS(type));                  \
    return scan(ctx, &combine, HR_BY_KIND(FUNCTIONS_, type)(type, name), identity);                                    \
  }                                                                                                                    \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = name##_##type,                     \
            .create = scan_create);
HR_NUMBERS(SCAN, Cumsum, Add, +, 0)
HR_NUMBERS(SCAN, Cumprod, Mul, *, 1)
