/* Select and SelectV2: elements, rows or all of one of two tensors. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/elementwise.h"
#include <string.h>

typedef struct select_job {
  const bool *condition;
  char *z;
  const char *x, *y;
  hr_dtype dtype;
  size_t size;
  int64_t row; /* elements that one condition decides for */
} select_job;

static void select_elements(void *argument, int64_t begin, int64_t end) {
  const select_job *job = argument;
  size_t offset = (size_t)begin * job->size;
  hr_loops->select[__builtin_ctzl(job->size)](job->z + offset, job->condition + begin, job->x + offset, job->y + offset,
                                              end - begin);
}

static void select_rows(void *argument, int64_t begin, int64_t end) {
  const select_job *job = argument;
  size_t bytes = (size_t)job->row * job->size;
  for (; begin < end; ++begin) {
    size_t offset = (size_t)begin * bytes;
    const char *from = (job->condition[begin] ? job->x : job->y) + offset;
    if (job->z + offset != from) memcpy(job->z + offset, from, bytes);
  }
}

/* Elements that are no plain bytes. */
static hr_status select_copies(const select_job *job, int64_t conditions) {
  for (int64_t i = 0; i < conditions; ++i) {
    size_t offset = (size_t)(i * job->row) * job->size;
    HR_TRY(hr_copy_elements(job->dtype, job->z + offset, (job->condition[i] ? job->x : job->y) + offset, job->row));
  }
  return HR_SUCCESS;
}

/* Runs the job, whose operands are set, into output 0; `forwardable` are the inputs whose memory it may take. */
static hr_status select_into_output(hr_kernel_context *ctx, select_job *job, int64_t conditions, const hr_shape *shape,
                                    uint64_t forwardable) {
  hr_tensor *z;
  job->dtype = hr_output_type(ctx, 0);
  job->size = hr_dtype_size(job->dtype);
  bool plain = hr_dtype_is_plain(job->dtype);
  HR_TRY(hr_output_forward_or_new(ctx, plain ? forwardable : 0, 0, shape, &z));
  job->z = hr_tensor_data(z);
  if (!plain) return select_copies(job, conditions);
  hr_parallel_for(ctx, conditions, 0.1 * (double)job->size * (double)job->row,
                  job->row == 1 ? select_elements : select_rows, job);
  return HR_SUCCESS;
}

static hr_status select_compute(hr_kernel_context *ctx) {
  const hr_tensor *condition = hr_input(ctx, 0), *x = hr_input(ctx, 1), *y = hr_input(ctx, 2);
  if (!hr_same_shape(x, y))
    return hr_error(HR_INVALID_ARGUMENT, "'then' and 'else' must have the same size, but received: %s vs. %s",
                    HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y));
  if (condition->rank == 0) {
    hr_output_share(ctx, 0, *(const bool *)hr_tensor_data(condition) ? 1 : 2, NULL);
    return HR_SUCCESS;
  }
  bool of_rows = condition->rank == 1 && x->rank > 1;
  if (of_rows && condition->elements != x->dims[0])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Number of batches of 'then' must match size of 'cond', but saw: %lld vs. %lld",
                    (long long)x->dims[0], (long long)condition->elements);
  if (!of_rows && !hr_same_shape(condition, x))
    return hr_error(HR_INVALID_ARGUMENT, "'cond' must be a scalar, a vector or of the shape of 'then': %s vs. %s",
                    HR_TENSOR_SHAPE_TEXT(condition), HR_TENSOR_SHAPE_TEXT(x));
  select_job job = {.condition = hr_tensor_data(condition),
                    .x = hr_tensor_data(x),
                    .y = hr_tensor_data(y),
                    .row = of_rows ? hr_dims_product(x, 1, x->rank) : 1};
  hr_shape shape = hr_tensor_shape(x);
  return select_into_output(ctx, &job, condition->elements, &shape, 6);
}
HR_KERNEL(.op = "Select", .types = {{"T", HR_COPIED_TYPES}}, .compute = select_compute);

/* ---- SelectV2 -------------------------------------------------------------------------------------------------- */

/* Widens `shape` to what it and the tensor are broadcast to; false where they do not go together. */
static bool widen(hr_shape *shape, const hr_tensor *t) {
  int missing = t->rank - shape->rank;
  if (missing > 0) {
    for (int i = shape->rank; i-- > 0;)
      shape->dims[i + missing] = shape->dims[i];
    for (int i = 0; i < missing; ++i)
      shape->dims[i] = 1;
    shape->rank = t->rank;
  }
  for (int i = 0; i < t->rank; ++i) {
    int64_t *size = &shape->dims[shape->rank - t->rank + i];
    if (*size == 1) *size = t->dims[i];
    if (t->dims[i] != *size && t->dims[i] != 1) return false;
  }
  return true;
}

static bool has_shape(const hr_tensor *t, const hr_shape *shape) {
  bool same = t->rank == shape->rank;
  for (int i = 0; same && i < t->rank; ++i)
    same = t->dims[i] == shape->dims[i];
  return same;
}

/* Copies of t as the shape asks; t itself is not touched. */
static hr_status broadcast_copy(hr_kernel_context *ctx, const hr_tensor *t, const hr_shape *shape, hr_tensor *out) {
  int64_t to[HR_MAX_RANK], from[HR_MAX_RANK];
  hr_dense_strides(shape->rank, shape->dims, to);
  hr_dense_strides(t->rank, t->dims, from);
  hr_box box = {.rank = 0};
  for (int i = 0, source = t->rank - shape->rank; i < shape->rank; ++i, ++source)
    hr_box_add(&box, shape->dims[i], to[i], source < 0 || t->dims[source] == 1 ? 0 : from[source]);
  HR_TRY(hr_temporary_new(ctx, hr_tensor_dtype(t), shape, out));
  hr_status status = hr_box_copy(ctx, hr_tensor_dtype(t), &box, hr_tensor_data(out), hr_tensor_data(t));
  if (status) hr_tensor_clear(out);
  return status;
}

static hr_status select_v2(hr_kernel_context *ctx) {
  const hr_tensor *inputs[3] = {hr_input(ctx, 0), hr_input(ctx, 1), hr_input(ctx, 2)};
  hr_shape shape = hr_tensor_shape(inputs[1]);
  if (!widen(&shape, inputs[2]) || !widen(&shape, inputs[0]))
    return hr_error(HR_INVALID_ARGUMENT, "condition %s, then %s, and else %s must be broadcastable",
                    HR_TENSOR_SHAPE_TEXT(inputs[0]), HR_TENSOR_SHAPE_TEXT(inputs[1]), HR_TENSOR_SHAPE_TEXT(inputs[2]));
  HR_TRY(hr_shape_make(shape.rank, shape.dims, &shape));
  if (inputs[0]->rank == 0) {
    int chosen = *(const bool *)hr_tensor_data(inputs[0]) ? 1 : 2;
    if (has_shape(inputs[chosen], &shape)) {
      hr_output_share(ctx, 0, chosen, NULL);
      return HR_SUCCESS;
    }
  }
  hr_tensor copies[3] = {{0}, {0}, {0}};
  const void *data[3];
  uint64_t forwardable = 0;
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < 3 && !status; ++i) {
    bool whole = has_shape(inputs[i], &shape);
    if (whole && i > 0) forwardable |= UINT64_C(1) << i;
    if (!whole) status = broadcast_copy(ctx, inputs[i], &shape, &copies[i]);
    data[i] = hr_tensor_data(whole ? inputs[i] : &copies[i]);
  }
  if (!status) {
    select_job job = {.condition = data[0], .x = data[1], .y = data[2], .row = 1};
    status = select_into_output(ctx, &job, hr_shape_elements(&shape), &shape, forwardable);
  }
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&copies[i]);
  return status;
}
HR_KERNEL(.op = "SelectV2", .types = {{"T", HR_COPIED_TYPES}}, .compute = select_v2);
