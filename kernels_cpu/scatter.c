/* ScatterUpdate, ScatterAdd, ...: rows of a variable, by index; by reference and by handle. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/variable_access.h"

#include <inttypes.h>

static hr_status check(const hr_tensor *variable, const hr_tensor *indices, const hr_tensor *updates) {
  if (variable->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "params must be at least 1-D, got shape %s", HR_TENSOR_SHAPE_TEXT(variable));
  /* updates has the shape of indices followed by that of a row; a scalar serves all rows. */
  bool fits = updates->rank == indices->rank + variable->rank - 1;
  for (int i = 0; fits && i < updates->rank; ++i)
    fits = updates->dims[i] == (i < indices->rank ? indices->dims[i] : variable->dims[i - indices->rank + 1]);
  if (!fits && updates->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
                    "updates.shape %s, indices.shape %s, params.shape %s",
                    HR_TENSOR_SHAPE_TEXT(updates), HR_TENSOR_SHAPE_TEXT(indices), HR_TENSOR_SHAPE_TEXT(variable));
  for (int64_t i = 0; i < indices->elements; ++i) {
    int64_t index = hr_index_at(indices, i);
    if (index < 0 || index >= variable->dims[0])
      return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] = %" PRId64 " is not in [0, %" PRId64 ")", i, index,
                      variable->dims[0]);
  }
  return HR_SUCCESS;
}

/* An index may come twice: rows go into the variable in order. Threads share out the variable's rows, in parts that
 * each look at all indices; narrow rows are one part. */
enum { MOST_PARTS = 16, NARROW = 256 };

typedef struct job {
  hr_binary_loop *loop; /* NULL: rows are replaced */
  hr_dtype dtype;
  const hr_tensor *indices;
  char *to;
  const char *from;
  bool one_for_all; /* `from` is one element */
  int64_t inner;    /* elements of a row */
  int64_t rows, parts;
  hr_status status; /* of strings, which one thread copies */
} job;

static hr_status scatter_row(const job *job, void *target, const void *source) {
  if (job->loop) {
    job->loop(target, target, source, job->inner, job->one_for_all ? HR_RIGHT_SCALAR : HR_BOTH_ROWS);
    return HR_SUCCESS;
  }
  return job->one_for_all ? hr_fill_elements(job->dtype, target, source, job->inner)
                          : hr_copy_elements(job->dtype, target, source, job->inner);
}

static void scatter_parts(void *argument, int64_t begin, int64_t end) {
  job *job = argument;
  int64_t first = job->rows * begin / job->parts, last = job->rows * end / job->parts;
  size_t bytes = (size_t)job->inner * hr_dtype_size(job->dtype);
  for (int64_t i = 0; i < job->indices->elements; ++i) {
    int64_t row = hr_index_at(job->indices, i);
    if (row < first || row >= last) continue;
    hr_status status =
        scatter_row(job, job->to + (size_t)row * bytes, job->one_for_all ? job->from : job->from + (size_t)i * bytes);
    if (!status) continue;
    job->status = status;
    return;
  }
}

static hr_status scatter_rows(hr_kernel_context *ctx, hr_binary_loop *loop, hr_tensor *variable,
                              const hr_tensor *indices, const hr_tensor *updates) {
  static const double nanos_per_element = 0.1;
  job job = {.loop = loop,
             .dtype = hr_tensor_dtype(variable),
             .indices = indices,
             .to = hr_tensor_data(variable),
             .from = hr_tensor_data(updates),
             .one_for_all = updates->rank == 0,
             .inner = hr_dims_product(variable, 1, variable->rank),
             .rows = variable->dims[0]};
  bool is_shared = job.inner >= NARROW && job.dtype != HR_STRING && job.rows > 1;
  job.parts = !is_shared ? 1 : job.rows < MOST_PARTS ? job.rows : MOST_PARTS;
  double nanos = nanos_per_element * (double)indices->elements * (double)job.inner / (double)job.parts;
  if (is_shared)
    hr_parallel_for(ctx, job.parts, nanos, scatter_parts, &job);
  else
    scatter_parts(&job, 0, 1);
  return job.status;
}

static hr_status scatter_create(const hr_kernel_construction *c, void **state) {
  if (!hr_node_attr(c->node, "use_locking")) return HR_SUCCESS; /* by handle: always locked */
  return hr_state_flags(c, (const char *const[]){"use_locking", NULL}, state);
}

static hr_status scatter(hr_kernel_context *ctx) {
  const hr_row_op *op = hr_context_argument(ctx);
  const hr_tensor *indices = hr_input(ctx, 1), *updates = hr_input(ctx, 2);
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, 1, hr_state_flag(ctx, 0), &v));
  hr_status status = check(&v.values[0], indices, updates);
  if (!status)
    status = scatter_rows(ctx, op ? hr_row_loop(*op, hr_tensor_dtype(updates)) : NULL, &v.values[0], indices, updates);
  hr_variables_close(&v);
  HR_TRY(status);
  return hr_variables_done(ctx);
}

static const hr_row_op add = HR_ROW_ADD, sub = HR_ROW_SUB, mul = HR_ROW_MUL, divide = HR_ROW_DIV, min = HR_ROW_MIN,
                       max = HR_ROW_MAX;
#define SCATTER_KERNEL(name, type_attr, allowed, operation)                                                            \
  HR_KERNEL(.op = name, .types = {{type_attr, allowed}, {"Tindices", HR_INDEX_TYPES}}, .create = scatter_create,       \
            .argument = operation, .compute = scatter)
#define SCATTER_KERNELS(name, allowed, operation)                                                                      \
  SCATTER_KERNEL("Scatter" name, "T", allowed, operation);                                                             \
  SCATTER_KERNEL("ResourceScatter" name, "dtype", allowed, operation)
SCATTER_KERNELS("Update", HR_COPIED_TYPES, NULL);
SCATTER_KERNELS("Add", HR_NUMBER_TYPES, &add);
SCATTER_KERNELS("Sub", HR_NUMBER_TYPES, &sub);
SCATTER_KERNELS("Mul", HR_NUMBER_TYPES, &mul);
SCATTER_KERNELS("Div", HR_NUMBER_TYPES, &divide);
SCATTER_KERNELS("Min", HR_REAL_TYPES, &min);
SCATTER_KERNELS("Max", HR_REAL_TYPES, &max);
