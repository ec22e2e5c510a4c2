/* QuantizedMatMul, QuantizedConv2D: products of steps, which are counted from zero on, as sums of integers. */
#include "kernels_cpu/convolution/convolution.h"
#include "kernels_cpu/gemm.h"
#include "kernels_cpu/quantized/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

/* The two factors: inputs 0 and 1, with the ranges 2, 3 and 4, 5. */
typedef struct factors {
  hr_range ranges[2];
  hr_tensor steps[2];
} factors;

static void clear_factors(factors *f) {
  hr_tensor_clear(&f->steps[0]);
  hr_tensor_clear(&f->steps[1]);
}

static hr_status count_factors(hr_kernel_context *ctx, factors *f) {
  for (int i = 0; i < 2; ++i)
    HR_TRY(from_zero(ctx, hr_input(ctx, i), f->ranges[i], &f->steps[i]));
  return HR_SUCCESS;
}

static void output_product_range(hr_kernel_context *ctx, const factors *f) {
  hr_output_range(ctx, hr_product_range(HR_QUINT8, f->ranges[0], HR_QUINT8, f->ranges[1], HR_QINT32));
}

/* ---- matrices ---------------------------------------------------------------------------------------------------- */

static hr_status matmul_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"transpose_a", "transpose_b", NULL}, state);
}

static hr_status matmul(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  factors f = {0};
  HR_TRY(hr_wide_range_input(ctx, 2, "a", &f.ranges[0]));
  HR_TRY(hr_wide_range_input(ctx, 4, "b", &f.ranges[1]));
  HR_TRY(hr_rank_check(a, 2, "In[0]"));
  HR_TRY(hr_rank_check(b, 2, "In[1]"));
  hr_gemm gemm = {.dtype = HR_INT32, .transpose_a = hr_state_flag(ctx, 0), .transpose_b = hr_state_flag(ctx, 1)};
  gemm.m = a->dims[gemm.transpose_a];
  gemm.k = a->dims[!gemm.transpose_a];
  gemm.n = b->dims[!gemm.transpose_b];
  if (gemm.k != b->dims[gemm.transpose_b])
    return hr_error(HR_INVALID_ARGUMENT, "Matrix size-incompatible: In[0]: %s, In[1]: %s (transposed: %d, %d)",
                    HR_TENSOR_SHAPE_TEXT(a), HR_TENSOR_SHAPE_TEXT(b), gemm.transpose_a, gemm.transpose_b);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {gemm.m, gemm.n}}, &out));
  hr_status status = count_factors(ctx, &f);
  if (!status) {
    gemm.a = hr_tensor_data(&f.steps[0]);
    gemm.b = hr_tensor_data(&f.steps[1]);
    gemm.c = hr_tensor_data(out);
    status = hr_gemm_run(ctx, &gemm);
  }
  clear_factors(&f);
  if (!status) output_product_range(ctx, &f);
  return status;
}

/* ---- convolutions ------------------------------------------------------------------------------------------------ */

static hr_status convolution_create(const hr_kernel_construction *c, void **state) {
  hr_window_settings s;
  HR_TRY(hr_window_settings_read(c, 2, &s));
  if (s.strides[1] != s.strides[2])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Current implementation only supports equal length strides in the row and "
                    "column dimensions, not %" PRId64 " and %" PRId64,
                    s.strides[1], s.strides[2]);
  if (s.strides[0] != 1 || s.strides[3] != 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Current implementation does not yet support strides in the batch and depth dimensions.");
  for (int i = 0; i < 4; ++i)
    if (s.dilations[i] != 1)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Current implementation does not support dilations, but dimension %d has "
                      "%" PRId64,
                      i, s.dilations[i]);
  hr_window_settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

static hr_status convolve(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *filter = hr_input(ctx, 1);
  factors f = {0};
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_range_input(ctx, 2, "input", &f.ranges[0]));
  HR_TRY(hr_range_input(ctx, 4, "filter", &f.ranges[1]));
  HR_TRY(hr_rank_check(x, 4, "input"));
  HR_TRY(hr_rank_check(filter, 4, "filter"));
  if (x->dims[3] != filter->dims[2])
    return hr_error(HR_INVALID_ARGUMENT, "input and filter must have the same depth: %" PRId64 " vs %" PRId64,
                    x->dims[3], filter->dims[2]);
  if (filter->dims[0] < 1 || filter->dims[1] < 1)
    return hr_error(HR_INVALID_ARGUMENT, "filter has no elements: %s", HR_TENSOR_SHAPE_TEXT(filter));
  hr_convolution c = {.dtype = HR_INT32, .batch = x->dims[0], .channels = x->dims[3], .filters = filter->dims[3]};
  HR_TRY(hr_window_axes_make(ctx->state, x->dims, filter->dims, c.axes));
  HR_TRY(hr_windows_shape(c.axes, 2, false, c.batch, c.filters, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  output_product_range(ctx, &f);
  if (out->elements == 0) return HR_SUCCESS;
  if (c.channels == 0) {
    memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
    return HR_SUCCESS;
  }
  hr_status status = count_factors(ctx, &f);
  if (!status) {
    c.data[HR_CONVOLUTION_X] = hr_tensor_data(&f.steps[0]);
    c.data[HR_CONVOLUTION_FILTER] = hr_tensor_data(&f.steps[1]);
    c.data[HR_CONVOLUTION_Y] = hr_tensor_data(out);
    status = hr_convolve_patches(ctx, &c, HR_CONVOLUTION_Y);
  }
  clear_factors(&f);
  return status;
}

#define BYTES HR_TYPE_BIT(HR_QUINT8)
#define SUMS  HR_TYPE_BIT(HR_QINT32)
HR_KERNEL(.op = "QuantizedMatMul", .types = {{"T1", BYTES}, {"T2", BYTES}, {"Toutput", SUMS}}, .create = matmul_create,
          .compute = matmul);
HR_KERNEL(.op = "QuantizedConv2D", .types = {{"Tinput", BYTES}, {"Tfilter", BYTES}, {"out_type", SUMS}},
          .create = convolution_create, .destroy = free, .compute = convolve);
