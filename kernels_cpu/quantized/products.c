/* QuantizedMatMul, QuantizedConv2D: products of steps, which are counted from zero on, as sums of 32 bits. */
#include "kernels_cpu/convolution/convolution.h"
#include "kernels_cpu/gemm.h"
#include "kernels_cpu/quantized/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One factor of a convolution, or of a product of matrices, which is one whose windows are single pixels: rows (pixels
 * of images, or taps of filters), each with channels, each with columns (the filters). */
typedef struct factor {
  const uint8_t *steps;
  hr_range range;
  uint32_t zero; /* the step that stands for zero, which may lie beyond a byte's */
  int64_t rows, columns;
  int64_t row_apart, channel_apart, column_apart;
} factor;

typedef struct sums {
  hr_convolution c;    /* of some of the channels; data X and FILTER are in scratch memory */
  factor x, filter;    /* pixels; taps, with a column for each filter */
  int64_t channels;    /* all of them */
  int64_t taps, first; /* the first channel of those at hand */
  int64_t count;       /* elements of the result */
  int32_t *to;
} sums;

/* ---- parts of the factors ---------------------------------------------------------------------------------------- */

typedef struct part {
  const sums *s;
  const factor *f;
  void *to; /* [rows, channels, columns], floats or integers */
} part;

static void take_rows(void *argument, int64_t begin, int64_t end) {
  const part *p = argument;
  const factor *f = p->f;
  int64_t channels = p->s->c.channels, at = begin * channels * f->columns;
  bool is_float = p->s->c.dtype == HR_FLOAT;
  for (int64_t r = begin; r < end; ++r)
    for (int64_t c = 0; c < channels; ++c) {
      const uint8_t *from = f->steps + r * f->row_apart + (p->s->first + c) * f->channel_apart;
      for (int64_t k = 0; k < f->columns; ++k, ++at) {
        int32_t step = (int32_t)(from[k * f->column_apart] - f->zero);
        if (is_float)
          ((float *)p->to)[at] = (float)step;
        else
          ((int32_t *)p->to)[at] = step;
      }
    }
}

static void take_part(hr_kernel_context *ctx, const sums *s, const factor *f, void *to) {
  part p = {s, f, to};
  hr_parallel_for(ctx, f->rows, (double)(s->c.channels * f->columns), take_rows, &p);
}

static void add_range(void *argument, int64_t begin, int64_t end) {
  const sums *s = argument;
  const float *y = s->c.data[HR_CONVOLUTION_Y];
  for (int64_t i = begin; i < end; ++i) {
    uint32_t before = s->first == 0 ? 0 : (uint32_t)s->to[i];
    s->to[i] = (int32_t)(before + (uint32_t)hr_to_int32(y[i]));
  }
}

/* ---- their products ---------------------------------------------------------------------------------------------- */

static hr_status multiply_part(hr_kernel_context *ctx, const sums *s) {
  const hr_convolution *c = &s->c;
  bool is_matrix = s->taps == 1 && hr_windows_in(c->axes) == hr_windows_out(c->axes);
  if (!is_matrix) return hr_convolve_patches(ctx, c, HR_CONVOLUTION_Y);
  hr_gemm gemm = {.dtype = c->dtype, .m = s->x.rows, .n = c->filters, .k = c->channels};
  gemm.a = c->data[HR_CONVOLUTION_X];
  gemm.b = c->data[HR_CONVOLUTION_FILTER];
  gemm.c = c->data[HR_CONVOLUTION_Y];
  return hr_gemm_run(ctx, &gemm);
}

/* Products of steps are below 2^16 where zero is one of a byte's steps, so that floats hold sums of 256 of them
 * exactly: as many channels are multiplied at once. Other sums are those of integers, which wrap. */
static hr_status multiply(hr_kernel_context *ctx, sums *s) {
  enum { EXACT_TERMS = 256, LAST_STEP = 255 };
  bool is_exact = s->x.zero <= LAST_STEP && s->filter.zero <= LAST_STEP && s->taps <= EXACT_TERMS;
  int64_t at_once = is_exact ? EXACT_TERMS / s->taps : s->channels, total = s->channels, words;
  if (at_once > total) at_once = total;
  if (__builtin_mul_overflow(s->x.rows + s->taps * s->filter.columns, at_once, &words) ||
      __builtin_add_overflow(words, is_exact ? s->count : 0, &words))
    return hr_error(HR_RESOURCE_EXHAUSTED, "The factors of a product are too large");
  s->c.dtype = is_exact ? HR_FLOAT : HR_INT32;
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, s->c.dtype, &(hr_shape){1, {words}}, &scratch));
  int32_t *memory = hr_tensor_data(&scratch);
  s->c.data[HR_CONVOLUTION_X] = memory;
  s->c.data[HR_CONVOLUTION_FILTER] = memory + s->x.rows * at_once;
  s->c.data[HR_CONVOLUTION_Y] = is_exact ? memory + words - s->count : s->to;
  hr_status status = HR_SUCCESS;
  for (s->first = 0; !status && s->first < total; s->first += at_once) {
    s->c.channels = total - s->first < at_once ? total - s->first : at_once;
    take_part(ctx, s, &s->x, s->c.data[HR_CONVOLUTION_X]);
    take_part(ctx, s, &s->filter, s->c.data[HR_CONVOLUTION_FILTER]);
    status = multiply_part(ctx, s);
    if (!status && is_exact) hr_parallel_for(ctx, s->count, 1, add_range, s);
  }
  hr_tensor_clear(&scratch);
  return status;
}

/* Into output 0, of that shape, with the range of the products. */
static hr_status run(hr_kernel_context *ctx, sums *s, const hr_shape *shape) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, shape, &out));
  hr_output_range(ctx, hr_product_range(HR_QUINT8, s->x.range, HR_QUINT8, s->filter.range, HR_QINT32));
  s->to = hr_tensor_data(out);
  s->count = out->elements;
  if (s->channels == 0) memset(s->to, 0, hr_tensor_bytes(out));
  if (s->count == 0 || s->channels == 0) return HR_SUCCESS;
  s->x.steps = hr_tensor_data(hr_input(ctx, 0));
  s->filter.steps = hr_tensor_data(hr_input(ctx, 1));
  s->x.zero = (uint32_t)hr_unbounded_step_of(HR_QUINT8, 0, s->x.range);
  s->filter.zero = (uint32_t)hr_unbounded_step_of(HR_QUINT8, 0, s->filter.range);
  return multiply(ctx, s);
}

/* ---- matrices ---------------------------------------------------------------------------------------------------- */

static hr_status matmul_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"transpose_a", "transpose_b", NULL}, state);
}

static hr_status matmul(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  bool transpose_a = hr_state_flag(ctx, 0), transpose_b = hr_state_flag(ctx, 1);
  sums s = {.taps = 1};
  HR_TRY(hr_wide_range_input(ctx, 2, "a", &s.x.range));
  HR_TRY(hr_wide_range_input(ctx, 4, "b", &s.filter.range));
  HR_TRY(hr_rank_check(a, 2, "In[0]"));
  HR_TRY(hr_rank_check(b, 2, "In[1]"));
  int64_t m = a->dims[transpose_a], k = a->dims[!transpose_a], n = b->dims[!transpose_b];
  if (k != b->dims[transpose_b])
    return hr_error(HR_INVALID_ARGUMENT, "Matrix size-incompatible: In[0]: %s, In[1]: %s (transposed: %d, %d)",
                    HR_TENSOR_SHAPE_TEXT(a), HR_TENSOR_SHAPE_TEXT(b), transpose_a, transpose_b);
  s.channels = k;
  s.c.filters = s.filter.columns = n;
  s.x.rows = m;
  s.filter.rows = s.x.columns = 1;
  s.x.row_apart = transpose_a ? 1 : k;
  s.x.channel_apart = transpose_a ? m : 1;
  s.filter.channel_apart = transpose_b ? 1 : n;
  s.filter.column_apart = transpose_b ? k : 1;
  return run(ctx, &s, &(hr_shape){2, {m, n}});
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
  sums s = {0};
  hr_shape shape;
  HR_TRY(hr_range_input(ctx, 2, "input", &s.x.range));
  HR_TRY(hr_range_input(ctx, 4, "filter", &s.filter.range));
  HR_TRY(hr_rank_check(x, 4, "input"));
  HR_TRY(hr_rank_check(filter, 4, "filter"));
  int64_t depth = x->dims[3], filters = filter->dims[3];
  if (depth != filter->dims[2])
    return hr_error(HR_INVALID_ARGUMENT, "input and filter must have the same depth: %" PRId64 " vs %" PRId64, depth,
                    filter->dims[2]);
  if (filter->dims[0] < 1 || filter->dims[1] < 1)
    return hr_error(HR_INVALID_ARGUMENT, "filter has no elements: %s", HR_TENSOR_SHAPE_TEXT(filter));
  s.c = (hr_convolution){.batch = x->dims[0], .filters = filters};
  HR_TRY(hr_window_axes_make(ctx->state, x->dims, filter->dims, s.c.axes));
  HR_TRY(hr_windows_shape(s.c.axes, 2, false, s.c.batch, filters, &shape));
  s.channels = depth;
  s.taps = s.filter.rows = filter->dims[0] * filter->dims[1];
  s.x.rows = hr_dims_product(x, 0, 3);
  s.x.row_apart = depth;
  s.x.channel_apart = s.x.columns = s.filter.column_apart = 1;
  s.filter.columns = s.filter.channel_apart = filters;
  s.filter.row_apart = depth * filters;
  return run(ctx, &s, &shape);
}

#define BYTES HR_TYPE_BIT(HR_QUINT8)
#define SUMS  HR_TYPE_BIT(HR_QINT32)
HR_KERNEL(.op = "QuantizedMatMul", .types = {{"T1", BYTES}, {"T2", BYTES}, {"Toutput", SUMS}}, .create = matmul_create,
          .compute = matmul);
HR_KERNEL(.op = "QuantizedConv2D", .types = {{"Tinput", BYTES}, {"Tfilter", BYTES}, {"out_type", SUMS}},
          .create = convolution_create, .destroy = free, .compute = convolve);
