/* CumulativeLogsumexp: logarithms of running sums of exponentials along an axis. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/number_access.h"
#include <float.h>
#include <math.h>

/* [outer, n, inner]; a line is n numbers that are `inner` apart. */
typedef struct scan_job {
  const hr_tensor *x;
  hr_tensor *out;
  int64_t n, inner;
  bool exclusive, reverse;
  double nothing; /* the logarithm of no sum: the lowest number of the type */
} scan_job;

static double log_of_sum(double a, double b) { return fmax(a, b) + log1p(exp(fmin(a, b) - fmax(a, b))); }

static void scan_lines(void *argument, int64_t begin, int64_t end) {
  const scan_job *job = argument;
  for (int64_t line = begin; line < end; ++line) {
    int64_t start = line / job->inner * job->n * job->inner + line % job->inner;
    double sum = job->nothing;
    for (int64_t i = 0; i < job->n; ++i) {
      int64_t at = start + (job->reverse ? job->n - 1 - i : i) * job->inner;
      double next = hr_number_at(job->x, at);
      if (job->exclusive) hr_number_set(job->out, at, sum);
      sum = isnan(next) ? next : log_of_sum(sum, next);
      if (!job->exclusive) hr_number_set(job->out, at, sum);
    }
  }
}

static hr_status scan(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *axis_input = hr_input(ctx, 1);
  if (axis_input->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "ScanOp: axis must be a scalar, not %s", HR_TENSOR_SHAPE_TEXT(axis_input));
  int axis;
  HR_TRY(hr_axis_check(hr_index_at(axis_input, 0), x->rank, "ScanOp: axis", &axis));
  scan_job job = {.x = x,
                  .n = x->dims[axis],
                  .inner = hr_dims_product(x, axis + 1, x->rank),
                  .exclusive = hr_state_flag(ctx, 0),
                  .reverse = hr_state_flag(ctx, 1)};
  job.nothing = x->dtype == HR_HALF ? -65504 : x->dtype == HR_FLOAT ? -(double)FLT_MAX : -DBL_MAX;
  hr_shape shape = hr_tensor_shape(x);
  HR_TRY(hr_output_new(ctx, 0, &shape, &job.out));
  if (x->elements == 0) return HR_SUCCESS;
  hr_parallel_for(ctx, x->elements / job.n, 30 * (double)job.n, scan_lines, &job);
  return HR_SUCCESS;
}

static hr_status scan_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"exclusive", "reverse", NULL}, state);
}
HR_KERNEL(.op = "CumulativeLogsumexp",
          .types = {{"T", HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}},
          .create = scan_create, .compute = scan);
