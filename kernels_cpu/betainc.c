/* Betainc: the special function of three numbers. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/number_access.h"
#include "kernels_cpu/special_functions.h"

typedef struct beta_job {
  hr_tensor *out;
  const hr_tensor *inputs[3];
} beta_job;

static void beta_range(void *argument, int64_t begin, int64_t end) {
  const beta_job *job = argument;
  for (int64_t i = begin; i < end; ++i) {
    double values[3];
    for (int k = 0; k < 3; ++k)
      values[k] = hr_number_at(job->inputs[k], job->inputs[k]->rank == 0 ? 0 : i);
    hr_number_set(job->out, i, hr_betainc(values[0], values[1], values[2]));
  }
}

/* Operands are scalars or of one shape: this one function does not broadcast. */
static hr_status betainc(hr_kernel_context *ctx) {
  beta_job job = {.inputs = {hr_input(ctx, 0), hr_input(ctx, 1), hr_input(ctx, 2)}};
  const hr_tensor *whole = job.inputs[0];
  for (int k = 1; k < 3; ++k) {
    const hr_tensor *t = job.inputs[k];
    if (whole->rank == 0) whole = t;
    if (t->rank > 0 && !hr_same_shape(t, whole))
      return hr_error(HR_INVALID_ARGUMENT, "Shapes of a, b and x are inconsistent: %s vs. %s",
                      HR_TENSOR_SHAPE_TEXT(whole), HR_TENSOR_SHAPE_TEXT(t));
  }
  hr_shape shape = hr_tensor_shape(whole);
  int64_t n = whole->elements;
  HR_TRY(hr_output_new(ctx, 0, &shape, &job.out));
  hr_parallel_for(ctx, n, 300, beta_range, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Betainc", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}}, .compute = betainc);
