/* Kernels between real and complex numbers: Real, Imag, Angle, ComplexAbs, Complex. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/broadcast.h"

#include <complex.h>

/* ---- parts ----------------------------------------------------------------------------------------------------- */

typedef struct part_op {
  void (*loop)(void *y, const void *x, int64_t n);
  size_t size; /* of an element of y; x's are twice as large */
} part_op;

typedef struct part_job {
  const part_op *op;
  char *y;
  const char *x;
} part_job;

static void part_range(void *argument, int64_t begin, int64_t end) {
  const part_job *job = argument;
  size_t size = job->op->size;
  job->op->loop(job->y + (size_t)begin * size, job->x + 2 * (size_t)begin * size, end - begin);
}

static hr_status part_compute(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *y;
  HR_TRY(hr_output_new(ctx, 0, &shape, &y));
  part_job job = {hr_context_argument(ctx), hr_tensor_data(y), hr_tensor_data(x)};
  hr_parallel_for(ctx, x->elements, 5, part_range, &job);
  return HR_SUCCESS;
}

#define PART(name, function, real, real_dtype, complex_dtype)                                                          \
  static void name##_##real(void *y_, const void *x_, int64_t n) {                                                     \
    real *y = y_;                                                                                                      \
    const real _Complex *x = x_;                                                                                       \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      y[i] = function(x[i]);                                                                                           \
  }                                                                                                                    \
  static const part_op name##_op_##real = {name##_##real, sizeof(real)};                                               \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(complex_dtype)}, {"Tout", HR_TYPE_BIT(real_dtype)}},              \
            .compute = part_compute, .argument = &name##_op_##real);
#define PARTS(name, single_function, double_function)                                                                  \
  PART(name, single_function, float, HR_FLOAT, HR_COMPLEX64)                                                           \
  PART(name, double_function, double, HR_DOUBLE, HR_COMPLEX128)
PARTS(Real, crealf, creal)
PARTS(Imag, cimagf, cimag)
PARTS(Angle, cargf, carg)
PARTS(ComplexAbs, cabsf, cabs)

/* ---- Complex --------------------------------------------------------------------------------------------------- */

typedef struct join_job {
  const hr_broadcast *broadcast;
  void *z;
  const void *x, *y;
  bool is_double;
} join_job;

static void join_range(void *argument, int64_t begin, int64_t end) {
  const join_job *job = argument;
  hr_broadcast_position at = hr_broadcast_at(job->broadcast, begin);
  for (; begin < end; ++begin) {
    if (job->is_double)
      ((double _Complex *)job->z)[begin] =
          __builtin_complex(((const double *)job->x)[at.x], ((const double *)job->y)[at.y]);
    else
      ((float _Complex *)job->z)[begin] =
          __builtin_complex(((const float *)job->x)[at.x], ((const float *)job->y)[at.y]);
    hr_broadcast_advance(job->broadcast, &at, 1);
  }
}

static hr_status join(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  hr_broadcast broadcast;
  if (!hr_broadcast_plan(x, y, &broadcast)) return hr_incompatible_shapes(x, y);
  hr_tensor *z;
  HR_TRY(hr_output_new(ctx, 0, &broadcast.shape, &z));
  join_job job = {&broadcast, hr_tensor_data(z), hr_tensor_data(x), hr_tensor_data(y), x->dtype == HR_DOUBLE};
  hr_parallel_for(ctx, broadcast.elements, 2, join_range, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Complex", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}, {"Tout", HR_TYPE_BIT(HR_COMPLEX64)}},
          .compute = join);
HR_KERNEL(.op = "Complex", .types = {{"T", HR_TYPE_BIT(HR_DOUBLE)}, {"Tout", HR_TYPE_BIT(HR_COMPLEX128)}},
          .compute = join);
