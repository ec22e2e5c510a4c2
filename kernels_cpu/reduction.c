#include "kernels_cpu/reduction.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"

/* Elements folded by one task. Partial results are combined in order, so that a result does not depend on threads. */
enum { PART_ELEMENTS = 1 << 15 };
/* Columns from which on tasks share the columns out, not the rows. */
enum { MANY_COLUMNS = 1024, COLUMN_STRIP = 64 };

static const hr_reduce_loops *loops_at(uint32_t offset) {
  return (const hr_reduce_loops *)((const char *)hr_loops + offset);
}

/* Cost of an element: what reading it takes. */
static double nanos_of(const hr_reduction *op) { return 0.03 * (double)hr_dtype_size(op->computed); }

hr_status hr_reduced_axes(const hr_tensor *input, const hr_tensor *axes, bool reduced[HR_MAX_RANK]) {
  for (int i = 0; i < input->rank; ++i)
    reduced[i] = false;
  for (int64_t i = 0; i < axes->elements; ++i) {
    int64_t axis = hr_index_at(axes, i);
    if (axis < -input->rank || axis >= input->rank)
      return hr_error(HR_INVALID_ARGUMENT, "Invalid reduction dimension (%lld for input with %d dimension(s)",
                      (long long)axis, input->rank);
    reduced[axis < 0 ? axis + input->rank : axis] = true;
  }
  return HR_SUCCESS;
}

/* ---- rows and columns on the pool ------------------------------------------------------------------------------ */

typedef struct part_job {
  const hr_reduction *op;
  const char *x;
  char *accumulators; /* of all columns, or of part after part */
  int64_t rows, columns;
  int64_t part_rows;
  size_t size;
} part_job;

static void fold_parts(void *argument, int64_t begin, int64_t end) {
  const part_job *job = argument;
  const hr_reduce_loops *loops = loops_at(job->op->loops);
  for (int64_t part = begin; part < end; ++part) {
    char *accumulators = job->accumulators + (size_t)(part * job->columns) * job->size;
    int64_t start = part * job->part_rows;
    int64_t rows = job->rows - start < job->part_rows ? job->rows - start : job->part_rows;
    const char *x = job->x + (size_t)(start * job->columns) * job->size;
    loops->identity(accumulators, job->columns);
    if (job->columns == 1)
      loops->row(accumulators, x, rows);
    else
      loops->columns(accumulators, x, rows, job->columns, job->columns);
  }
}

static void fold_strips(void *argument, int64_t begin, int64_t end) {
  const part_job *job = argument;
  const hr_reduce_loops *loops = loops_at(job->op->loops);
  int64_t first = begin * COLUMN_STRIP, last = end * COLUMN_STRIP < job->columns ? end * COLUMN_STRIP : job->columns;
  size_t offset = (size_t)first * job->size;
  loops->identity(job->accumulators + offset, last - first);
  loops->columns(job->accumulators + offset, job->x + offset, job->rows, last - first, job->columns);
}

hr_status hr_reduce_columns(hr_kernel_context *ctx, const hr_reduction *op, void *accumulators, const void *x,
                            int64_t rows, int64_t columns) {
  part_job job = {op, x, accumulators, rows, columns, rows, hr_dtype_size(op->computed)};
  if (columns >= MANY_COLUMNS) {
    hr_parallel_for(ctx, (columns + COLUMN_STRIP - 1) / COLUMN_STRIP, nanos_of(op) * (double)rows * COLUMN_STRIP,
                    fold_strips, &job);
    return HR_SUCCESS;
  }
  job.part_rows = PART_ELEMENTS / columns;
  int64_t parts = (rows + job.part_rows - 1) / job.part_rows;
  if (parts <= 1) {
    job.part_rows = rows;
    fold_parts(&job, 0, 1);
    return HR_SUCCESS;
  }
  hr_tensor partial;
  hr_shape shape = {.rank = 2, .dims = {parts, columns}};
  HR_TRY(hr_temporary_new(ctx, op->computed, &shape, &partial));
  job.accumulators = hr_tensor_data(&partial);
  hr_parallel_for(ctx, parts, nanos_of(op) * (double)(job.part_rows * columns), fold_parts, &job);
  const hr_reduce_loops *combine = loops_at(op->combine);
  combine->identity(accumulators, columns);
  if (columns == 1)
    combine->row(accumulators, job.accumulators, parts);
  else
    combine->columns(accumulators, job.accumulators, parts, columns, columns);
  hr_tensor_clear(&partial);
  return HR_SUCCESS;
}

hr_status hr_reduce_all(hr_kernel_context *ctx, const hr_reduction *op, void *accumulator, const void *x, int64_t n) {
  return hr_reduce_columns(ctx, op, accumulator, x, n, 1);
}

/* ---- any axes -------------------------------------------------------------------------------------------------- */

/* An input as few dimensions as say the same: those of size 1 are left out, neighbours of one kind run together, so
 * that kept and reduced ones alternate. Strides count elements; that of an accumulator is 0 where it is reduced. */
typedef struct reduce_layout {
  int rank;
  bool reduced[HR_MAX_RANK];
  int64_t dims[HR_MAX_RANK], strides[HR_MAX_RANK], accumulator_strides[HR_MAX_RANK];
} reduce_layout;

static void layout_of(const hr_tensor *input, const bool reduced[HR_MAX_RANK], reduce_layout *layout) {
  layout->rank = 0;
  for (int i = 0; i < input->rank; ++i) {
    int last = layout->rank - 1;
    if (input->dims[i] == 1) continue;
    if (last >= 0 && layout->reduced[last] == reduced[i]) {
      layout->dims[last] *= input->dims[i];
    } else {
      layout->reduced[layout->rank] = reduced[i];
      layout->dims[layout->rank++] = input->dims[i];
    }
  }
  int64_t stride = 1, accumulator_stride = 1;
  for (int i = layout->rank; i-- > 0;) {
    layout->strides[i] = stride;
    layout->accumulator_strides[i] = layout->reduced[i] ? 0 : accumulator_stride;
    stride *= layout->dims[i];
    if (!layout->reduced[i]) accumulator_stride *= layout->dims[i];
  }
}

typedef struct reduce_job {
  const hr_reduce_loops *loops;
  const reduce_layout *layout;
  int split; /* the dimension that tasks share */
  char *accumulators;
  const char *x;
  size_t size;
} reduce_job;

/* Folds what lies below `level` into accumulators that hold something already. */
static void fold_below(const reduce_job *job, int level, char *accumulators, const char *x) {
  const reduce_layout *layout = job->layout;
  int last = layout->rank - 1;
  if (level == last && layout->reduced[level]) {
    job->loops->row(accumulators, x, layout->dims[level]);
    return;
  }
  if (level == last || (level == last - 1 && layout->reduced[level])) {
    int64_t rows = level == last ? 1 : layout->dims[level];
    job->loops->columns(accumulators, x, rows, layout->dims[last], layout->dims[last]);
    return;
  }
  for (int64_t i = 0; i < layout->dims[level]; ++i)
    fold_below(job, level + 1, accumulators + (size_t)(i * layout->accumulator_strides[level]) * job->size,
               x + (size_t)(i * layout->strides[level]) * job->size);
}

/* Indices of the first kept dimension, which comes first or after one reduced dimension. */
static void fold_range(void *argument, int64_t begin, int64_t end) {
  const reduce_job *job = argument;
  const reduce_layout *layout = job->layout;
  int split = job->split;
  int64_t before = split == 0 ? 1 : layout->dims[0];
  for (int64_t i = begin; i < end; ++i) {
    char *accumulators = job->accumulators + (size_t)(i * layout->accumulator_strides[split]) * job->size;
    const char *x = job->x + (size_t)(i * layout->strides[split]) * job->size;
    for (int64_t k = 0; k < before; ++k)
      fold_below(job, split + 1, accumulators, x + (size_t)(k * layout->strides[0]) * job->size);
  }
}

/* All accumulators of a dense array of the computed type. */
static hr_status fold(hr_kernel_context *ctx, const hr_reduction *op, const reduce_layout *layout, int64_t elements,
                      int64_t results, void *accumulators, const void *x) {
  const hr_reduce_loops *loops = loops_at(op->loops);
  if (elements == 0) {
    loops->identity(accumulators, results);
    return HR_SUCCESS;
  }
  if (layout->rank <= 1) return hr_reduce_all(ctx, op, accumulators, x, elements);
  if (layout->rank == 2 && layout->reduced[0])
    return hr_reduce_columns(ctx, op, accumulators, x, layout->dims[0], layout->dims[1]);
  reduce_job job = {loops, layout, layout->reduced[0] ? 1 : 0, accumulators, x, hr_dtype_size(op->computed)};
  loops->identity(accumulators, results);
  int64_t shares = layout->dims[job.split];
  hr_parallel_for(ctx, shares, nanos_of(op) * (double)(elements / shares), fold_range, &job);
  return HR_SUCCESS;
}

/* The same for half types: as floats. */
static hr_status fold_as_floats(hr_kernel_context *ctx, const hr_reduction *op, const reduce_layout *layout,
                                int64_t elements, int64_t results, void *accumulators, const void *x) {
  hr_tensor floats = {0}, sums = {0};
  hr_shape shape = {.rank = 1, .dims = {elements}}, sums_shape = {.rank = 1, .dims = {results}};
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &shape, &floats));
  hr_status status;
  HR_TRY_GOTO(status, hr_temporary_new(ctx, HR_FLOAT, &sums_shape, &sums), done);
  hr_loops->cast[op->dtype][HR_FLOAT](hr_tensor_data(&floats), x, elements);
  void *sum = hr_tensor_data(&sums);
  HR_TRY_GOTO(status, fold(ctx, op, layout, elements, results, sum, hr_tensor_data(&floats)), done);
  if (op->finish) op->finish(sum, results, elements / results);
  hr_loops->cast[HR_FLOAT][op->dtype](accumulators, sum, results);
done:
  hr_tensor_clear(&floats);
  hr_tensor_clear(&sums);
  return status;
}

/* The output of a shape that is the input's without the reduced axes. */
static hr_status reduce_to(hr_kernel_context *ctx, const hr_reduction *op, const bool reduced[HR_MAX_RANK],
                           const hr_shape *shape) {
  const hr_tensor *input = hr_input(ctx, 0);
  reduce_layout layout;
  layout_of(input, reduced, &layout);
  int64_t elements = input->elements;
  const void *x = hr_tensor_data(input);
  hr_tensor *output;
  HR_TRY(hr_output_new(ctx, 0, shape, &output));
  if (output->elements == 0) return HR_SUCCESS;
  void *results = hr_tensor_data(output);
  if (op->dtype != op->computed) return fold_as_floats(ctx, op, &layout, elements, output->elements, results, x);
  HR_TRY(fold(ctx, op, &layout, elements, output->elements, results, x));
  if (op->finish) op->finish(results, output->elements, elements / output->elements);
  return HR_SUCCESS;
}

hr_status hr_reduce(hr_kernel_context *ctx, const hr_reduction *op, bool keep_dims) {
  const hr_tensor *input = hr_input(ctx, 0);
  bool reduced[HR_MAX_RANK];
  HR_TRY(hr_reduced_axes(input, hr_input(ctx, 1), reduced));
  hr_shape shape = {.rank = 0};
  bool is_same = true;
  for (int i = 0; i < input->rank; ++i) {
    if (!reduced[i]) shape.dims[shape.rank++] = input->dims[i];
    if (reduced[i] && keep_dims) shape.dims[shape.rank++] = 1;
    if (reduced[i] && input->dims[i] != 1) is_same = false;
  }
  if (is_same) { /* as TensorFlow does: even the norm of a single negative number is that number */
    hr_output_share(ctx, 0, 0, &shape);
    return HR_SUCCESS;
  }
  return reduce_to(ctx, op, reduced, &shape);
}

hr_status hr_reduce_whole(hr_kernel_context *ctx, const hr_reduction *op) {
  bool reduced[HR_MAX_RANK];
  for (int i = 0; i < HR_MAX_RANK; ++i)
    reduced[i] = true;
  hr_shape scalar = {.rank = 0};
  return reduce_to(ctx, op, reduced, &scalar);
}
