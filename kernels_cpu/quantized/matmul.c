/* QuantizedMatMul: the product of two matrices of steps, which are counted from zero on, as sums of integers. */
#include "kernels_cpu/gemm.h"
#include "kernels_cpu/quantized/steps.h"

typedef struct job {
  const uint8_t *from;
  int32_t *to;
  uint32_t zero;
} job;

static void count_from_zero(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  for (int64_t i = begin; i < end; ++i)
    j->to[i] = (int32_t)(j->from[i] - j->zero);
}

/* The steps of `x` from the one that stands for zero on. */
static hr_status from_zero(hr_kernel_context *ctx, const hr_tensor *x, hr_range range, hr_tensor *out) {
  hr_shape shape = hr_tensor_shape(x);
  HR_TRY(hr_temporary_new(ctx, HR_INT32, &shape, out));
  job j = {.from = hr_tensor_data(x), .to = hr_tensor_data(out)};
  j.zero = (uint32_t)hr_unbounded_step_of(HR_QUINT8, 0, range);
  hr_parallel_for(ctx, x->elements, 0.3, count_from_zero, &j);
  return HR_SUCCESS;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"transpose_a", "transpose_b", NULL}, state);
}

static hr_status matmul(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  hr_range a_range, b_range;
  HR_TRY(hr_wide_range_input(ctx, 2, "a", &a_range));
  HR_TRY(hr_wide_range_input(ctx, 4, "b", &b_range));
  HR_TRY(hr_rank_check(a, 2, "In[0]"));
  HR_TRY(hr_rank_check(b, 2, "In[1]"));
  hr_gemm gemm = {.dtype = HR_INT32, .transpose_a = hr_state_flag(ctx, 0), .transpose_b = hr_state_flag(ctx, 1)};
  gemm.m = a->dims[gemm.transpose_a];
  gemm.k = a->dims[!gemm.transpose_a];
  gemm.n = b->dims[!gemm.transpose_b];
  if (gemm.k != b->dims[gemm.transpose_b])
    return hr_error(HR_INVALID_ARGUMENT, "Matrix size-incompatible: In[0]: %s, In[1]: %s (transposed: %d, %d)",
                    HR_TENSOR_SHAPE_TEXT(a), HR_TENSOR_SHAPE_TEXT(b), gemm.transpose_a, gemm.transpose_b);
  hr_tensor *out, a_steps = {0}, b_steps = {0};
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {gemm.m, gemm.n}}, &out));
  hr_status status = from_zero(ctx, a, a_range, &a_steps);
  if (!status) status = from_zero(ctx, b, b_range, &b_steps);
  if (!status) {
    gemm.a = hr_tensor_data(&a_steps);
    gemm.b = hr_tensor_data(&b_steps);
    gemm.c = hr_tensor_data(out);
    status = hr_gemm_run(ctx, &gemm);
  }
  hr_tensor_clear(&a_steps);
  hr_tensor_clear(&b_steps);
  HR_TRY(status);
  hr_output_range(ctx, hr_product_range(HR_QUINT8, a_range, HR_QUINT8, b_range, HR_QINT32));
  return HR_SUCCESS;
}

#define BYTES HR_TYPE_BIT(HR_QUINT8)
HR_KERNEL(.op = "QuantizedMatMul", .types = {{"T1", BYTES}, {"T2", BYTES}, {"Toutput", HR_TYPE_BIT(HR_QINT32)}},
          .create = create, .compute = matmul);
