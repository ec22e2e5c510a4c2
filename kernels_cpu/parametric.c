/* Elementwise kernels with a number from an attribute: LeakyRelu, its gradient, ApproximateEqual. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include <string.h>

/* Half types are converted to float, this many elements at a time. */
enum { HALF_CHUNK = 256 };

/* The number lies in the state pointer itself. */
static hr_status read_parameter(const hr_kernel_construction *c, const char *name, void **state) {
  float parameter;
  HR_TRY(hr_construction_float(c, name, &parameter));
  *state = NULL;
  memcpy(state, &parameter, sizeof parameter);
  return HR_SUCCESS;
}
static double parameter_of(const hr_kernel_context *ctx) {
  float parameter;
  memcpy(&parameter, &ctx->state, sizeof parameter);
  return (double)parameter;
}
static hr_status alpha_create(const hr_kernel_construction *c, void **state) {
  return read_parameter(c, "alpha", state);
}
static hr_status tolerance_create(const hr_kernel_construction *c, void **state) {
  return read_parameter(c, "tolerance", state);
}

typedef struct parametric_job {
  const hr_elementwise *op;
  double parameter;
  char *z;
  const char *x, *y;
} parametric_job;

static void parametric_part(void *argument, int64_t begin, int64_t end) {
  const parametric_job *job = argument;
  const hr_elementwise *op = job->op;
  hr_parametric_loop *loop = HR_LOOP(hr_parametric_loop, op->loop);
  size_t in = (size_t)begin * hr_dtype_size(op->in), out = (size_t)begin * hr_dtype_size(op->out);
  if (!hr_is_half_type(op->in)) {
    loop(job->z + out, job->x + in, job->y + in, end - begin, job->parameter);
    return;
  }
  for (float xs[HALF_CHUNK], ys[HALF_CHUNK]; begin < end; begin += HALF_CHUNK) {
    int64_t n = end - begin < HALF_CHUNK ? end - begin : HALF_CHUNK;
    hr_loops->cast[op->in][HR_FLOAT](xs, (const hr_half *)job->x + begin, n);
    hr_loops->cast[op->in][HR_FLOAT](ys, (const hr_half *)job->y + begin, n);
    loop(xs, xs, ys, n, job->parameter);
    hr_loops->cast[HR_FLOAT][op->in]((hr_half *)job->z + begin, xs, n);
  }
}

/* `second` is the input of y: 0 for functions of x alone. */
static hr_status compute(hr_kernel_context *ctx, const hr_elementwise *op, int second) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, second);
  if (!hr_same_shape(x, y))
    return hr_error(HR_INVALID_ARGUMENT, "Inputs must have the same size and shape. Input 0: %s != input 1: %s",
                    HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y));
  parametric_job job = {op, parameter_of(ctx), NULL, hr_tensor_data(x), hr_tensor_data(y)};
  hr_shape shape = hr_tensor_shape(x);
  int64_t n = x->elements;
  hr_tensor *z;
  HR_TRY(hr_output_forward_or_new(ctx, 3, 0, &shape, &z));
  job.z = hr_tensor_data(z);
  hr_parallel_for(ctx, n, op->unit_nanos, parametric_part, &job);
  return HR_SUCCESS;
}

#define PARAMETRIC_KERNEL(type, name, result, second, make)                                                            \
  static hr_status name##_##type(hr_kernel_context *ctx) {                                                             \
    static const hr_elementwise loop = HR_ELEMENTWISE(name, type, result, HR_CHEAP_NANOS(type));                       \
    return compute(ctx, &loop, second);                                                                                \
  }                                                                                                                    \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = name##_##type, .create = make);
#define OF_ONE(type, name, make) PARAMETRIC_KERNEL(type, name, type, 0, make)
#define OF_TWO(type, name, make) PARAMETRIC_KERNEL(type, name, type, 1, make)
#define YES_NO(type, name, make) PARAMETRIC_KERNEL(type, name, b8, 1, make)
HR_FLOATING(OF_ONE, LeakyRelu, alpha_create)
HR_FLOATING(OF_TWO, LeakyReluGrad, alpha_create)
HR_FLOATS(YES_NO, ApproximateEqual, tolerance_create)
