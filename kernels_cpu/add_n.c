/* AddN, AccumulateNV2: the sum of any number of tensors of one shape, in one pass over memory. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"

/* Elements that are summed over all inputs before the next: they stay in the first-level cache. */
enum { CHUNK = 2048 };

typedef struct add_job {
  const hr_elementwise *add;
  const void *const *inputs;
  int count;
  size_t size;
  char *sum;
} add_job;

static void add_part(void *argument, int64_t begin, int64_t end) {
  const add_job *job = argument;
  for (; begin < end; begin += CHUNK) {
    int64_t n = end - begin < CHUNK ? end - begin : CHUNK;
    size_t offset = (size_t)begin * job->size;
    const char *sum_so_far = (const char *)job->inputs[0] + offset;
    for (int i = 1; i < job->count; ++i) {
      hr_binary_row(job->add, job->sum + offset, sum_so_far, (const char *)job->inputs[i] + offset, n, HR_BOTH_ROWS);
      sum_so_far = job->sum + offset;
    }
  }
}

/* Inputs whose addresses fit on the stack. */
enum { FEW = 16 };

static hr_status add_n(hr_kernel_context *ctx, const hr_elementwise *add) {
  int count = hr_input_count(ctx);
  const hr_tensor *first = hr_input(ctx, 0);
  for (int i = 1; i < count; ++i) {
    if (!hr_same_shape(first, hr_input(ctx, i)))
      return hr_error(
          HR_INVALID_ARGUMENT, "Inputs to operation %s must have the same size and shape. Input 0: %s != input %d: %s",
          hr_node_op(hr_context_node(ctx)), HR_TENSOR_SHAPE_TEXT(first), i, HR_TENSOR_SHAPE_TEXT(hr_input(ctx, i)));
  }
  if (count == 1) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  hr_shape shape = hr_tensor_shape(first);
  int64_t n = first->elements;
  const void *few[FEW], **inputs = few;
  hr_tensor many = {0};
  if (count > FEW) {
    hr_shape places = {.rank = 1, .dims = {count}};
    HR_TRY(hr_temporary_new(ctx, HR_INT64, &places, &many));
    inputs = hr_tensor_data(&many);
  }
  for (int i = 0; i < count; ++i)
    inputs[i] = hr_tensor_data(hr_input(ctx, i));
  /* Only the first input: the sum must not overwrite one that is still to be added. */
  hr_tensor *sum;
  hr_status status = hr_output_forward_or_new(ctx, 1, 0, &shape, &sum);
  if (!status) {
    add_job job = {add, inputs, count, hr_dtype_size(add->in), hr_tensor_data(sum)};
    hr_parallel_for(ctx, n, add->unit_nanos * (float)(count - 1), add_part, &job);
  }
  hr_tensor_clear(&many);
  return status;
}

/* TensorFlow rewrites AccumulateNV2 into updates of a temporary variable, to save memory that this loop does not take.
 */
#define ADD_N(type, function)                                                                                          \
  static hr_status function##_##type(hr_kernel_context *ctx) {                                                         \
    static const hr_elementwise add = HR_ELEMENTWISE(Add, type, type, HR_CHEAP_NANOS(type));                           \
    return function(ctx, &add);                                                                                        \
  }                                                                                                                    \
  HR_KERNEL(.op = "AddN", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = function##_##type);               \
  HR_KERNEL(.op = "AccumulateNV2", .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = function##_##type);
HR_NUMBERS(ADD_N, add_n)
