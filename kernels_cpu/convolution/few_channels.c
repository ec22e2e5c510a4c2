/* The gradient of images of few channels, where a pixel is shorter than a vector: the filter times the results'
 * gradients is a matrix whose rows belong to a tap and a channel, and whose columns to windows. Lines of it are added
 * to lines of the image, whose pixels lie apart meanwhile: by channels, and by their remainder modulo the stride, so
 * that neighbouring windows reach neighbouring pixels. */
#include "kernels_cpu/convolution/convolution.h"
#include "kernels_cpu/gemm.h"
#include "kernels_cpu/row_arithmetic.h"

#include <string.h>

/* Elements of products that are made at a time. */
enum { PRODUCT_ELEMENTS = 1 << 21 };

typedef struct job {
  const hr_convolution *c;
  hr_binary_loop *add;
  size_t size;                /* of an element */
  int64_t windows;            /* of the images at hand */
  int64_t lane, line;         /* elements of a line's pixels of one channel and remainder, and of them all */
  char *products, *lines, *x; /* [taps, channels, windows], [lines, channels, stride, lane], the images at hand */
} job;

/* The window that has position `in` as tap `k`; -1 for none. */
static int64_t window_of(const hr_window_axis *axis, int64_t in, int64_t k) {
  int64_t start = in + axis->before - k * axis->dilation;
  if (start < 0 || start % axis->stride != 0 || start / axis->stride >= axis->out) return -1;
  return start / axis->stride;
}

/* Windows [first, last) whose tap `k` is inside. */
static void windows_inside(const hr_window_axis *axis, int64_t k, int64_t *first, int64_t *last) {
  int64_t before = axis->before - k * axis->dilation, end = axis->in + before; /* o * stride in [before, end) */
  *first = before > 0 ? (before + axis->stride - 1) / axis->stride : 0;
  *last = end > 0 ? (end + axis->stride - 1) / axis->stride : 0;
  if (*last > axis->out) *last = axis->out;
}

/* Adds a line of the products, those of tap `tap` and windows from `window` on, to a line of the image. */
static void add_line(const job *job, char *line, int64_t tap, int64_t window) {
  const hr_window_axis *axis = &job->c->axes[2];
  int64_t first, last;
  windows_inside(axis, tap % axis->window, &first, &last);
  if (first >= last) return;
  int64_t at = first * axis->stride - axis->before + tap % axis->window * axis->dilation, channels = job->c->channels;
  for (int64_t channel = 0; channel < channels; ++channel) {
    const char *from = job->products + (size_t)((tap * channels + channel) * job->windows + window + first) * job->size;
    int64_t place = (channel * axis->stride + at % axis->stride) * job->lane + at / axis->stride;
    char *to = line + (size_t)place * job->size;
    job->add(to, to, from, last - first, HR_BOTH_ROWS);
  }
}

#define DEFINE_INTERLEAVE(name, type)                                                                                  \
  static void name(const job *job, char *line, char *pixels) {                                                         \
    const hr_window_axis *axis = &job->c->axes[2];                                                                     \
    int64_t channels = job->c->channels;                                                                               \
    for (int64_t channel = 0; channel < channels; ++channel)                                                           \
      for (int64_t rest = 0; rest < axis->stride; ++rest) {                                                            \
        const type *from = (const type *)line + (channel * axis->stride + rest) * job->lane;                           \
        for (int64_t at = rest; at < axis->in; at += axis->stride)                                                     \
          ((type *)pixels)[at * channels + channel] = *from++;                                                         \
      }                                                                                                                \
  }
DEFINE_INTERLEAVE(interleave_words, uint32_t)
DEFINE_INTERLEAVE(interleave_long_words, uint64_t)

static void collect_lines(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_window_axis *axes = job->c->axes;
  for (int64_t i = begin; i < end; ++i) {
    int64_t image = i / axes[1].in / axes[0].in, plane = i / axes[1].in % axes[0].in, row = i % axes[1].in;
    char *line = job->lines + (size_t)(i * job->line) * job->size;
    memset(line, 0, (size_t)job->line * job->size);
    for (int64_t k0 = 0; k0 < axes[0].window; ++k0) {
      int64_t o0 = window_of(&axes[0], plane, k0);
      for (int64_t k1 = 0; o0 >= 0 && k1 < axes[1].window; ++k1) {
        int64_t o1 = window_of(&axes[1], row, k1);
        for (int64_t k2 = 0; o1 >= 0 && k2 < axes[2].window; ++k2)
          add_line(job, line, (k0 * axes[1].window + k1) * axes[2].window + k2,
                   ((image * axes[0].out + o0) * axes[1].out + o1) * axes[2].out);
      }
    }
    char *pixels = job->x + (size_t)(i * axes[2].in * job->c->channels) * job->size;
    if (line != pixels) (job->size == 4 ? interleave_words : interleave_long_words)(job, line, pixels);
  }
}

static hr_status collect_images(hr_kernel_context *ctx, job *job, int64_t at_once) {
  const hr_convolution *c = job->c;
  const hr_window_axis *axes = c->axes;
  int64_t row = hr_windows_taps(axes) * c->channels, pixels = hr_windows_in(axes);
  bool is_plain = c->channels == 1 && axes[2].stride == 1;
  for (int64_t image = 0; image < c->batch; image += at_once) {
    int64_t count = c->batch - image < at_once ? c->batch - image : at_once;
    job->windows = count * hr_windows_out(axes);
    job->x = (char *)c->data[HR_CONVOLUTION_X] + (size_t)(image * pixels * c->channels) * job->size;
    if (is_plain) job->lines = job->x;
    hr_gemm g = {.dtype = c->dtype, .m = row, .n = job->windows, .k = c->filters, .transpose_b = true};
    g.a = c->data[HR_CONVOLUTION_FILTER];
    g.b = (char *)c->data[HR_CONVOLUTION_Y] + (size_t)(image * hr_windows_out(axes) * c->filters) * job->size;
    g.c = job->products;
    HR_TRY(hr_gemm_run(ctx, &g));
    double nanos = 0.2 * (double)(job->line + row * axes[2].out);
    hr_parallel_for(ctx, count * axes[0].in * axes[1].in, nanos, collect_lines, job);
  }
  return HR_SUCCESS;
}

hr_status hr_convolve_few_channels(hr_kernel_context *ctx, const hr_convolution *c) {
  const hr_window_axis *axes = c->axes;
  job job = {.c = c, .add = hr_row_loop(HR_ROW_ADD, c->dtype), .size = hr_dtype_size(c->dtype)};
  int64_t row = hr_windows_taps(axes) * c->channels, windows = hr_windows_out(axes), product, lines, elements;
  job.lane = (axes[2].in + axes[2].stride - 1) / axes[2].stride;
  bool is_large = __builtin_mul_overflow(job.lane, axes[2].stride * c->channels, &job.line);
  int64_t at_once = 1;
  if (!is_large) {
    double elements_of_one = (double)row * (double)windows;
    if (elements_of_one < PRODUCT_ELEMENTS) at_once = (int64_t)(PRODUCT_ELEMENTS / elements_of_one);
    if (at_once > c->batch) at_once = c->batch;
  }
  is_large = is_large || __builtin_mul_overflow(at_once * row, windows, &product) ||
             __builtin_mul_overflow(at_once * axes[0].in * axes[1].in, job.line, &lines) ||
             __builtin_add_overflow(product, lines, &elements);
  if (is_large) return hr_error(HR_RESOURCE_EXHAUSTED, "The windows of a convolution are too large");
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, c->dtype, &(hr_shape){1, {elements}}, &scratch));
  job.products = hr_tensor_data(&scratch);
  job.lines = job.products + (size_t)product * job.size;
  hr_status status = collect_images(ctx, &job, at_once);
  hr_tensor_clear(&scratch);
  return status;
}
