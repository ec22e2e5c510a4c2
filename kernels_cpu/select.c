/* Select: elements, rows or all of one of two tensors. */
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
  hr_dtype dtype = hr_tensor_dtype(x);
  select_job job = {.condition = hr_tensor_data(condition),
                    .x = hr_tensor_data(x),
                    .y = hr_tensor_data(y),
                    .dtype = dtype,
                    .size = hr_dtype_size(dtype),
                    .row = of_rows ? hr_dims_product(x, 1, x->rank) : 1};
  hr_shape shape = hr_tensor_shape(x);
  int64_t conditions = condition->elements;
  hr_tensor *z;
  if (!hr_dtype_is_plain(dtype)) {
    HR_TRY(hr_output_new(ctx, 0, &shape, &z));
    job.z = hr_tensor_data(z);
    return select_copies(&job, conditions);
  }
  HR_TRY(hr_output_forward_or_new(ctx, 6, 0, &shape, &z));
  job.z = hr_tensor_data(z);
  hr_parallel_for(ctx, conditions, 0.1 * (double)job.size * (double)job.row, of_rows ? select_rows : select_elements,
                  &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Select", .types = {{"T", HR_ANY_TYPES}}, .compute = select_compute);
