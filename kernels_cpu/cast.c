/* Cast between all numeric types. Steps of a range are the integers that they are kept as. */
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/quantized/steps.h"

#include <string.h>

/* Elements that pass through scratch at a time: of a half type, or cut off. */
enum { CHUNK = 256 };

/* The two types and what is cut off before, packed into the kernel's state. */
typedef struct cast_types {
  hr_dtype from, to;
  int cut; /* low bits of each word that become zero; 0 for none */
} cast_types;

static cast_types types_of(const hr_kernel_context *ctx) {
  uintptr_t packed = (uintptr_t)ctx->state, types = packed / 64;
  return (cast_types){(hr_dtype)(types / HR_DTYPE_COUNT), (hr_dtype)(types % HR_DTYPE_COUNT), (int)(packed % 64)};
}

/* With Truncate, the bits of a mantissa that the other type has no room for, so that it is cut off instead of rounded;
 * for the pairs of types for which TensorFlow does so. */
static int cut_bits(hr_dtype from, hr_dtype to) {
  bool single = from == HR_FLOAT || from == HR_COMPLEX64, wide = from == HR_DOUBLE || from == HR_COMPLEX128;
  if (to == HR_HALF) return single ? 23 - 10 : wide ? 52 - 10 : 0;
  if (to == HR_BFLOAT16) return from == HR_FLOAT ? 23 - 7 : 0;
  if (from == HR_DOUBLE && to == HR_COMPLEX64) return 53; /* a complex number has no mantissa there: all of it goes */
  return wide && (to == HR_FLOAT || to == HR_COMPLEX64) ? 52 - 23 : 0;
}

/* The loop from a type to itself or to float is missing where the type is no number. */
static bool is_castable(hr_dtype dtype) { return dtype == HR_FLOAT || hr_loops->cast[dtype][HR_FLOAT] != NULL; }

static hr_status cast_create(const hr_kernel_construction *c, void **state) {
  hr_dtype from, to;
  HR_TRY(hr_construction_type(c, "SrcT", &from));
  HR_TRY(hr_construction_type(c, "DstT", &to));
  if (from != to) {
    from = hr_kept_as(from);
    to = hr_kept_as(to);
  }
  if (from != to && (!is_castable(from) || !is_castable(to)))
    return hr_error(HR_UNIMPLEMENTED, "Cast %s to %s is not supported", hr_dtype_name(from), hr_dtype_name(to));
  bool truncate;
  HR_TRY(hr_construction_bool(c, "Truncate", &truncate));
  uintptr_t types = (uintptr_t)from * HR_DTYPE_COUNT + (uintptr_t)to;
  *state = (void *)(types * 64 + (truncate ? (uintptr_t)cut_bits(from, to) : 0));
  return HR_SUCCESS;
}

typedef struct cast_job {
  cast_types types;
  size_t from_size, to_size;
  char *y;
  const char *x;
} cast_job;

static void cast_range(const cast_job *job, char *y, const char *x, int64_t count) {
  hr_dtype from = job->types.from, to = job->types.to;
  if (hr_loops->cast[from][to]) {
    hr_loops->cast[from][to](y, x, count);
    return;
  }
  for (float values[CHUNK]; count > 0; count -= CHUNK) {
    int64_t n = count < CHUNK ? count : CHUNK;
    hr_loops->cast[from][HR_FLOAT](values, x, n);
    hr_loops->cast[HR_FLOAT][to](y, values, n);
    x += (size_t)n * job->from_size;
    y += (size_t)n * job->to_size;
  }
}

static void cut_off(const cast_types *types, void *values, size_t bytes) {
  if (types->from == HR_FLOAT || types->from == HR_COMPLEX64) {
    for (uint32_t *word = values, *end = word + bytes / sizeof *word; word < end; ++word)
      *word &= UINT32_MAX << types->cut;
  } else {
    for (uint64_t *word = values, *end = word + bytes / sizeof *word; word < end; ++word)
      *word &= UINT64_MAX << types->cut;
  }
}

static void cast_part(void *argument, int64_t begin, int64_t end) {
  const cast_job *job = argument;
  char *y = job->y + (size_t)begin * job->to_size;
  const char *x = job->x + (size_t)begin * job->from_size;
  if (job->types.cut == 0) {
    cast_range(job, y, x, end - begin);
    return;
  }
  for (double _Complex values[CHUNK]; begin < end; begin += CHUNK) {
    int64_t n = end - begin < CHUNK ? end - begin : CHUNK;
    memcpy(values, x, (size_t)n * job->from_size);
    cut_off(&job->types, values, (size_t)n * job->from_size);
    cast_range(job, y, (const char *)values, n);
    x += (size_t)n * job->from_size;
    y += (size_t)n * job->to_size;
  }
}

static hr_status cast_compute(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  cast_job job = {.types = types_of(ctx), .x = hr_tensor_data(x)};
  if (hr_tensor_dtype(x) == hr_output_type(ctx, 0)) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  job.from_size = hr_dtype_size(job.types.from);
  job.to_size = hr_dtype_size(job.types.to);
  if (x->rank == 0) {
    job.y = hr_scalar_output(ctx, hr_output_type(ctx, 0));
    cast_part(&job, 0, 1);
    return HR_SUCCESS;
  }
  hr_shape shape = hr_tensor_shape(x);
  int64_t n = x->elements;
  hr_tensor *y;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &y));
  job.y = hr_tensor_data(y);
  hr_parallel_for(ctx, n, 0.1 * (double)(job.from_size + job.to_size), cast_part, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Cast", .compute = cast_compute, .create = cast_create);
