/* Cast between all numeric types. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"

/* Elements of a half type that pass through float at a time. */
enum { HALF_CHUNK = 256 };

/* The two types, packed into the kernel's state. */
typedef struct cast_types {
  hr_dtype from, to;
} cast_types;

static cast_types types_of(const hr_kernel_context *ctx) {
  uintptr_t packed = (uintptr_t)ctx->state;
  return (cast_types){(hr_dtype)(packed / HR_DTYPE_COUNT), (hr_dtype)(packed % HR_DTYPE_COUNT)};
}

/* The loop from a type to itself or to float is missing where the type is no number. */
static bool is_castable(hr_dtype dtype) { return dtype == HR_FLOAT || hr_loops->cast[dtype][HR_FLOAT] != NULL; }

static hr_status cast_create(const hr_kernel_construction *c, void **state) {
  hr_dtype from, to;
  HR_TRY(hr_construction_type(c, "SrcT", &from));
  HR_TRY(hr_construction_type(c, "DstT", &to));
  if (from != to && (!is_castable(from) || !is_castable(to)))
    return hr_error(HR_UNIMPLEMENTED, "Cast %s to %s is not supported", hr_dtype_name(from), hr_dtype_name(to));
  *state = (void *)((uintptr_t)from * HR_DTYPE_COUNT + (uintptr_t)to);
  return HR_SUCCESS;
}

typedef struct cast_job {
  cast_types types;
  size_t from_size, to_size;
  char *y;
  const char *x;
} cast_job;

static void cast_part(void *argument, int64_t begin, int64_t end) {
  const cast_job *job = argument;
  hr_dtype from = job->types.from, to = job->types.to;
  char *y = job->y + (size_t)begin * job->to_size;
  const char *x = job->x + (size_t)begin * job->from_size;
  if (hr_loops->cast[from][to]) {
    hr_loops->cast[from][to](y, x, end - begin);
    return;
  }
  for (float values[HALF_CHUNK]; begin < end; begin += HALF_CHUNK) {
    int64_t n = end - begin < HALF_CHUNK ? end - begin : HALF_CHUNK;
    hr_loops->cast[from][HR_FLOAT](values, x, n);
    hr_loops->cast[HR_FLOAT][to](y, values, n);
    x += (size_t)n * job->from_size;
    y += (size_t)n * job->to_size;
  }
}

static hr_status cast_compute(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  cast_job job = {.types = types_of(ctx), .x = hr_tensor_data(x)};
  if (job.types.from == job.types.to) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  if (x->rank == 0) {
    job.y = hr_scalar_output(ctx, job.types.to);
    cast_part(&job, 0, 1);
    return HR_SUCCESS;
  }
  hr_shape shape = hr_tensor_shape(x);
  int64_t n = x->elements;
  hr_tensor *y;
  job.from_size = hr_dtype_size(job.types.from);
  job.to_size = hr_dtype_size(job.types.to);
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &y));
  job.y = hr_tensor_data(y);
  hr_parallel_for(ctx, n, 0.1 * (double)(job.from_size + job.to_size), cast_part, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Cast", .compute = cast_compute, .create = cast_create);
