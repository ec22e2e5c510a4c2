#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/broadcast.h"

/* Elements of half types that are computed as floats at a time. */
enum { HALF_CHUNK = 256 };

static int64_t chunk_of(int64_t start, int64_t n) { return n - start < HALF_CHUNK ? n - start : HALF_CHUNK; }

void hr_unary_row(const hr_elementwise *op, void *y, const void *x, int64_t n) {
  hr_unary_loop *loop = HR_LOOP(hr_unary_loop, op->loop);
  if (!hr_is_half_type(op->in)) {
    loop(y, x, n);
    return;
  }
  size_t out_size = hr_dtype_size(op->out);
  float values[HALF_CHUNK];
  for (int64_t i = 0; i < n; i += HALF_CHUNK) {
    int64_t count = chunk_of(i, n);
    hr_loops->cast[op->in][HR_FLOAT](values, (const hr_half *)x + i, count);
    if (op->out != op->in) {
      loop((char *)y + (size_t)i * out_size, values, count);
      continue;
    }
    loop(values, values, count);
    hr_loops->cast[HR_FLOAT][op->out]((hr_half *)y + i, values, count);
  }
}

void hr_binary_row(const hr_elementwise *op, void *z, const void *x, const void *y, int64_t n, hr_operands operands) {
  hr_binary_loop *loop = HR_LOOP(hr_binary_loop, op->loop);
  if (!hr_is_half_type(op->in)) {
    loop(z, x, y, n, operands);
    return;
  }
  size_t out_size = hr_dtype_size(op->out);
  hr_unary_loop *to_float = hr_loops->cast[op->in][HR_FLOAT];
  float xs[HALF_CHUNK], ys[HALF_CHUNK], zs[HALF_CHUNK];
  if (operands == HR_LEFT_SCALAR) to_float(xs, x, 1);
  if (operands == HR_RIGHT_SCALAR) to_float(ys, y, 1);
  for (int64_t i = 0; i < n; i += HALF_CHUNK) {
    int64_t count = chunk_of(i, n);
    if (operands != HR_LEFT_SCALAR) to_float(xs, (const hr_half *)x + i, count);
    if (operands != HR_RIGHT_SCALAR) to_float(ys, (const hr_half *)y + i, count);
    if (op->out != op->in) {
      loop((char *)z + (size_t)i * out_size, xs, ys, count, operands);
      continue;
    }
    loop(zs, xs, ys, count, operands);
    hr_loops->cast[HR_FLOAT][op->out]((hr_half *)z + i, zs, count);
  }
}

typedef struct unary_job {
  const hr_elementwise *op;
  char *y;
  const char *x;
  size_t in_size, out_size;
} unary_job;

static void unary_part(void *argument, int64_t begin, int64_t end) {
  const unary_job *job = argument;
  hr_unary_row(job->op, job->y + (size_t)begin * job->out_size, job->x + (size_t)begin * job->in_size, end - begin);
}

hr_status hr_unary_compute(hr_kernel_context *ctx, const hr_elementwise *op) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  int64_t n = x->elements;
  unary_job job = {op, NULL, hr_tensor_data(x), hr_dtype_size(op->in), hr_dtype_size(op->out)};
  hr_tensor *y;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &y));
  job.y = hr_tensor_data(y);
  hr_parallel_for(ctx, n, op->unit_nanos, unary_part, &job);
  return HR_SUCCESS;
}

typedef struct binary_job {
  const hr_elementwise *op;
  char *z;
  const char *x, *y;
  size_t in_size, out_size;
  hr_operands operands;          /* of every row */
  const hr_broadcast *broadcast; /* NULL where all is one row */
} binary_job;

static void binary_part(void *argument, int64_t begin, int64_t end) {
  const binary_job *job = argument;
  char *z = job->z + (size_t)begin * job->out_size;
  if (!job->broadcast) {
    size_t x = job->operands == HR_LEFT_SCALAR ? 0 : (size_t)begin * job->in_size;
    size_t y = job->operands == HR_RIGHT_SCALAR ? 0 : (size_t)begin * job->in_size;
    hr_binary_row(job->op, z, job->x + x, job->y + y, end - begin, job->operands);
    return;
  }
  hr_broadcast_position position = hr_broadcast_at(job->broadcast, begin);
  while (begin < end) {
    int64_t count = hr_broadcast_run(job->broadcast, &position);
    if (count > end - begin) count = end - begin;
    hr_binary_row(job->op, z, job->x + (size_t)position.x * job->in_size, job->y + (size_t)position.y * job->in_size,
                  count, job->operands);
    hr_broadcast_advance(job->broadcast, &position, count);
    z += (size_t)count * job->out_size;
    begin += count;
  }
}

/* `shape` has `n` elements. */
static hr_status run_binary(hr_kernel_context *ctx, binary_job *job, const hr_shape *shape, int64_t n) {
  hr_tensor *z;
  job->x = hr_tensor_data(hr_input(ctx, 0));
  job->y = hr_tensor_data(hr_input(ctx, 1));
  job->in_size = hr_dtype_size(job->op->in);
  job->out_size = hr_dtype_size(job->op->out);
  HR_TRY(hr_output_forward_or_new(ctx, 3, 0, shape, &z));
  job->z = hr_tensor_data(z);
  hr_parallel_for(ctx, n, job->op->unit_nanos, binary_part, job);
  return HR_SUCCESS;
}

hr_status hr_binary_compute(hr_kernel_context *ctx, const hr_elementwise *op) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  binary_job job = {.op = op};
  if (hr_same_shape(x, y)) {
    job.operands = HR_BOTH_ROWS;
    hr_shape shape = hr_tensor_shape(x);
    return run_binary(ctx, &job, &shape, x->elements);
  }
  if (x->rank == 0 || y->rank == 0) {
    job.operands = x->rank == 0 ? HR_LEFT_SCALAR : HR_RIGHT_SCALAR;
    hr_shape shape = hr_tensor_shape(x->rank == 0 ? y : x);
    return run_binary(ctx, &job, &shape, x->rank == 0 ? y->elements : x->elements);
  }
  hr_broadcast broadcast;
  if (!hr_broadcast_plan(x, y, &broadcast)) return hr_incompatible_shapes(x, y);
  int last = broadcast.rank - 1;
  job.operands = !broadcast.x[last] ? HR_LEFT_SCALAR : !broadcast.y[last] ? HR_RIGHT_SCALAR : HR_BOTH_ROWS;
  if (last > 0) job.broadcast = &broadcast;
  return run_binary(ctx, &job, &broadcast.shape, broadcast.elements);
}

hr_status hr_same_shape_compute(hr_kernel_context *ctx, const hr_elementwise *op) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  if (!hr_same_shape(x, y))
    return hr_error(HR_INVALID_ARGUMENT, "Inputs must have the same size and shape. Input 0: %s != input 1: %s",
                    HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y));
  binary_job job = {.op = op, .operands = HR_BOTH_ROWS};
  hr_shape shape = hr_tensor_shape(x);
  return run_binary(ctx, &job, &shape, x->elements);
}
