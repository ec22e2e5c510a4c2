/* BiasAdd, BiasAddV1, BiasAddGrad. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <string.h>

/* A tensor as the bias sees it: `outer` times `channels` times `inner` elements. */
typedef struct layout {
  int64_t outer, channels, inner;
} layout;

static layout layout_of(const hr_tensor *t, bool channels_first) {
  if (channels_first) return (layout){t->dims[0], t->dims[1], hr_dims_product(t, 2, t->rank)};
  return (layout){hr_dims_product(t, 0, t->rank - 1), t->dims[t->rank - 1], 1};
}

static hr_status format_create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *format = hr_node_attr(c->node, "data_format");
  static int channels_first; /* its address says so */
  *state = format && format->kind == HR_ATTR_STRING && strncmp(format->s, "NC", 2) == 0 ? &channels_first : NULL;
  return HR_SUCCESS;
}

typedef struct add_job {
  hr_binary_loop *add;
  layout layout;
  size_t size;
  const char *x, *bias;
  char *out;
} add_job;

/* Pixels of few channels are added many at a time, to as many copies of the bias. */
static void add_pixels(const add_job *job, int64_t begin, int64_t end) {
  enum { COPIES_BYTES = 4096 };
  _Alignas(64) char copies[COPIES_BYTES];
  size_t row = (size_t)job->layout.channels * job->size;
  int64_t at_once = (int64_t)(COPIES_BYTES / row);
  const char *biases = job->bias;
  if (at_once < 2 || end - begin < 2 * at_once)
    at_once = 1;
  else
    biases = copies;
  for (int64_t i = 0; i < at_once && biases == copies; ++i)
    memcpy(copies + (size_t)i * row, job->bias, row);
  for (int64_t i = begin; i < end; i += at_once) {
    int64_t count = end - i < at_once ? end - i : at_once;
    job->add(job->out + (size_t)i * row, job->x + (size_t)i * row, biases, count * job->layout.channels, HR_BOTH_ROWS);
  }
}

/* Rows of [begin, end): one a pixel where channels are last, one a channel plane where they are not. */
static void add_rows(void *argument, int64_t begin, int64_t end) {
  const add_job *job = argument;
  if (job->layout.inner == 1) {
    add_pixels(job, begin, end);
    return;
  }
  size_t row = (size_t)job->layout.inner * job->size;
  for (int64_t i = begin; i < end; ++i)
    job->add(job->out + (size_t)i * row, job->x + (size_t)i * row,
             job->bias + (size_t)(i % job->layout.channels) * job->size, job->layout.inner, HR_RIGHT_SCALAR);
}

static hr_status bias_add(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *bias = hr_input(ctx, 1);
  bool channels_first = ctx->state != NULL;
  if (x->rank < (channels_first ? 3 : 2))
    return hr_error(HR_INVALID_ARGUMENT, "Input tensor must be at least %dD: %s", channels_first ? 3 : 2,
                    HR_TENSOR_SHAPE_TEXT(x));
  if (bias->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "Biases must be 1D: %s", HR_TENSOR_SHAPE_TEXT(bias));
  add_job job = {.layout = layout_of(x, channels_first)};
  if (bias->dims[0] != job.layout.channels)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Must provide as many biases as the %s dimension of the input tensor: %s vs. %s",
                    channels_first ? "channel" : "last", HR_TENSOR_SHAPE_TEXT(bias), HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  job.add = hr_row_loop(HR_ROW_ADD, hr_tensor_dtype(x));
  job.size = hr_dtype_size(hr_tensor_dtype(x));
  job.x = hr_tensor_data(x);
  job.bias = hr_tensor_data(bias);
  job.out = hr_tensor_data(out);
  int64_t rows = job.layout.inner == 1 ? job.layout.outer : job.layout.outer * job.layout.channels;
  int64_t row = job.layout.inner == 1 ? job.layout.channels : job.layout.inner;
  hr_parallel_for(ctx, rows, 3 + 0.1 * (double)row, add_rows, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "BiasAdd", .types = {{"T", HR_NUMBER_TYPES}}, .create = format_create, .compute = bias_add);
HR_KERNEL(.op = "BiasAddV1", .types = {{"T", HR_NUMBER_TYPES}}, .compute = bias_add);

/* ---- gradient: the sum over all but the channels ---------------------------------------------------------------- */

typedef struct sum_job {
  layout layout;
  const void *x;
  void *out;
} sum_job;

#define DEFINE_SUM(type, ...)                                                                                          \
  static void sum_channels_##type(void *argument, int64_t begin, int64_t end) {                                        \
    const sum_job *job = argument;                                                                                     \
    const HR_TYPE_##type *x = job->x;                                                                                  \
    HR_TYPE_##type *out = job->out;                                                                                    \
    int64_t channels = job->layout.channels, inner = job->layout.inner;                                                \
    hr_loops->Sum_##type.identity(out + begin, end - begin);                                                           \
    if (inner == 1) {                                                                                                  \
      hr_loops->Sum_##type.columns(out + begin, x + begin, job->layout.outer, end - begin, channels);                  \
      return;                                                                                                          \
    }                                                                                                                  \
    for (int64_t i = 0; i < job->layout.outer; ++i)                                                                    \
      for (int64_t c = begin; c < end; ++c)                                                                            \
        hr_loops->Sum_##type.row(out + c, x + (i * channels + c) * inner, inner);                                      \
  }
#define DEFINE_HALF_SUM(type, load, store)                                                                             \
  static void sum_channels_##type(void *argument, int64_t begin, int64_t end) {                                        \
    const sum_job *job = argument;                                                                                     \
    const HR_TYPE_##type *x = job->x;                                                                                  \
    int64_t channels = job->layout.channels, inner = job->layout.inner;                                                \
    for (int64_t c = begin; c < end; ++c) {                                                                            \
      float sum = 0;                                                                                                   \
      for (int64_t i = 0; i < job->layout.outer; ++i)                                                                  \
        for (int64_t j = 0; j < inner; ++j)                                                                            \
          sum += load(x[(i * channels + c) * inner + j]);                                                              \
      ((HR_TYPE_##type *)job->out)[c] = store(sum);                                                                    \
    }                                                                                                                  \
  }
HR_FLOATS(DEFINE_SUM, )
HR_SIGNED(DEFINE_SUM, )
HR_COMPLEX(DEFINE_SUM, )
DEFINE_SUM(u8, )
DEFINE_SUM(u16, )
DEFINE_HALF_SUM(f16, hr_half_to_float, hr_half_from_float)
DEFINE_HALF_SUM(b16, hr_bfloat16_to_float, hr_bfloat16_from_float)
#define CASE_SUM(type, ...)                                                                                            \
  case HR_DTYPE_##type: body = sum_channels_##type; break;

static hr_status bias_add_grad(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  bool channels_first = ctx->state != NULL;
  if (x->rank < (channels_first ? 3 : 2))
    return hr_error(HR_INVALID_ARGUMENT, "Input tensor must be at least %dD: %s", channels_first ? 3 : 2,
                    HR_TENSOR_SHAPE_TEXT(x));
  sum_job job = {.layout = layout_of(x, channels_first), .x = hr_tensor_data(x)};
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {job.layout.channels}}, &out));
  job.out = hr_tensor_data(out);
  void (*body)(void *, int64_t, int64_t) = NULL;
  switch (hr_tensor_dtype(x)) {
    HR_NUMBERS(CASE_SUM, )
  default: return hr_error(HR_INTERNAL, "No sum of %s", hr_dtype_name(hr_tensor_dtype(x)));
  }
  if (job.layout.channels == 0) return HR_SUCCESS;
  hr_parallel_for(ctx, job.layout.channels, 0.1 * (double)(job.layout.outer * job.layout.inner), body, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "BiasAddGrad", .types = {{"T", HR_NUMBER_TYPES}}, .create = format_create, .compute = bias_add_grad);
