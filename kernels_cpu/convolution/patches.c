/* Convolutions as matrix products: a row of the patches' matrix is what a window sees. */
#include "kernels_cpu/convolution/convolution.h"
#include "kernels_cpu/gemm.h"
#include "kernels_cpu/row_arithmetic.h"

#include <string.h>

/* Elements of the patches that are made at a time. */
enum { PATCH_ELEMENTS = 1 << 21 };
#define COPY_NANOS 0.2 /* of an element */

typedef struct job {
  const hr_convolution *c;
  size_t size;     /* of an element */
  int64_t row;     /* elements of a patch */
  int64_t windows; /* of an image */
  int64_t first;   /* the first window of the piece, over all images */
  char *x, *patches;
} job;

/* Taps along the last axis, for one position along the others: inside a run of the input, outside zeros. */
static void copy_taps(const job *job, char *to, const char *line, const hr_taps_inside *taps) {
  const hr_window_axis *axis = &job->c->axes[2];
  size_t pixel = (size_t)job->c->channels * job->size;
  memset(to, 0, (size_t)taps->first * pixel);
  memset(to + (size_t)taps->last * pixel, 0, (size_t)(axis->window - taps->last) * pixel);
  if (axis->dilation == 1 && taps->last > taps->first) {
    memcpy(to + (size_t)taps->first * pixel, line + (size_t)(taps->start + taps->first) * pixel,
           (size_t)(taps->last - taps->first) * pixel);
    return;
  }
  for (int64_t k = taps->first; k < taps->last; ++k)
    memcpy(to + (size_t)k * pixel, line + (size_t)(taps->start + k * axis->dilation) * pixel, pixel);
}

static void make_patches(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_convolution *c = job->c;
  size_t pixel = (size_t)c->channels * job->size, run = (size_t)c->axes[2].window * pixel;
  for (int64_t i = begin; i < end; ++i) {
    int64_t at[HR_WINDOW_AXES], window = job->first + i;
    hr_window_at(c->axes, window % job->windows, at);
    hr_taps_inside taps[HR_WINDOW_AXES];
    for (int a = 0; a < HR_WINDOW_AXES; ++a)
      taps[a] = hr_window_taps(&c->axes[a], at[a]);
    const char *image = job->x + (size_t)(window / job->windows * hr_windows_in(c->axes)) * pixel;
    char *to = job->patches + (size_t)(i * job->row) * job->size;
    for (int64_t k0 = 0; k0 < c->axes[0].window; ++k0)
      for (int64_t k1 = 0; k1 < c->axes[1].window; ++k1, to += run) {
        bool inside = k0 >= taps[0].first && k0 < taps[0].last && k1 >= taps[1].first && k1 < taps[1].last;
        if (!inside) {
          memset(to, 0, run);
          continue;
        }
        int64_t plane = taps[0].start + k0 * c->axes[0].dilation, line = taps[1].start + k1 * c->axes[1].dilation;
        copy_taps(job, to, image + (size_t)((plane * c->axes[1].in + line) * c->axes[2].in) * pixel, &taps[2]);
      }
  }
}

/* The windows that have position `in` as their tap `k`: at most one; -1 for none. */
static int64_t window_of_tap(const hr_window_axis *axis, int64_t in, int64_t k) {
  int64_t start = in + axis->before - k * axis->dilation;
  if (start < 0 || start % axis->stride != 0 || start / axis->stride >= axis->out) return -1;
  return start / axis->stride;
}

/* Each pixel of an image takes what the patches have of it, in the order of the taps. */
static void collect_patches(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_convolution *c = job->c;
  const hr_window_axis *axes = c->axes;
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, c->dtype);
  int64_t pixels = hr_windows_in(axes);
  size_t pixel = (size_t)c->channels * job->size;
  for (int64_t p = begin; p < end; ++p) {
    int64_t image = p / pixels, in[] = {p % pixels / axes[2].in / axes[1].in, p % pixels / axes[2].in % axes[1].in,
                                        p % pixels % axes[2].in};
    char *to = job->x + (size_t)p * pixel;
    memset(to, 0, pixel);
    for (int64_t k0 = 0; k0 < axes[0].window; ++k0) {
      int64_t o0 = window_of_tap(&axes[0], in[0], k0);
      for (int64_t k1 = 0; o0 >= 0 && k1 < axes[1].window; ++k1) {
        int64_t o1 = window_of_tap(&axes[1], in[1], k1);
        for (int64_t k2 = 0; o1 >= 0 && k2 < axes[2].window; ++k2) {
          int64_t o2 = window_of_tap(&axes[2], in[2], k2);
          if (o2 < 0) continue;
          int64_t window = image * job->windows + (o0 * axes[1].out + o1) * axes[2].out + o2;
          int64_t tap = (k0 * axes[1].window + k1) * axes[2].window + k2;
          const char *from = job->patches + (size_t)(window * job->row + tap * c->channels) * job->size;
          add(to, to, from, c->channels, HR_BOTH_ROWS);
        }
      }
    }
  }
}

static hr_gemm product_of(const hr_convolution *c, int64_t m, int64_t n, int64_t k) {
  return (hr_gemm){.dtype = c->dtype, .m = m, .n = n, .k = k};
}

static hr_status forward(hr_kernel_context *ctx, job *job, int64_t windows, char *y) {
  hr_gemm g = product_of(job->c, windows, job->c->filters, job->row);
  g.a = job->patches;
  g.b = job->c->data[HR_CONVOLUTION_FILTER];
  g.c = y;
  return hr_gemm_run(ctx, &g);
}

/* A piece's part of the filter's gradient; the first one goes to the result, the others are added. */
static hr_status add_to_filter(hr_kernel_context *ctx, job *job, int64_t windows, const char *y, char *sum) {
  char *filter = job->c->data[HR_CONVOLUTION_FILTER];
  bool is_first = job->first == 0;
  hr_gemm g = product_of(job->c, job->row, job->c->filters, windows);
  g.transpose_a = true;
  g.a = job->patches;
  g.b = y;
  g.c = is_first ? filter : sum;
  HR_TRY(hr_gemm_run(ctx, &g));
  if (!is_first) hr_row_loop(HR_ROW_ADD, job->c->dtype)(filter, filter, sum, job->row * job->c->filters, HR_BOTH_ROWS);
  return HR_SUCCESS;
}

/* Whole images at a time: their patches' gradients are a product, which the pixels then collect. */
static hr_status back_to_images(hr_kernel_context *ctx, job *job, int64_t images) {
  const hr_convolution *c = job->c;
  const char *y = c->data[HR_CONVOLUTION_Y];
  int64_t pixels = hr_windows_in(c->axes);
  for (int64_t image = 0; image < c->batch; image += images) {
    int64_t count = c->batch - image < images ? c->batch - image : images;
    hr_gemm g = product_of(c, count * job->windows, job->row, c->filters);
    g.transpose_b = true;
    g.a = y + (size_t)(image * job->windows * c->filters) * job->size;
    g.b = c->data[HR_CONVOLUTION_FILTER];
    g.c = job->patches;
    HR_TRY(hr_gemm_run(ctx, &g));
    job->x = (char *)c->data[HR_CONVOLUTION_X] + (size_t)(image * pixels * c->channels) * job->size;
    hr_parallel_for(ctx, count * pixels, 3 + COPY_NANOS * (double)job->row, collect_patches, job);
  }
  return HR_SUCCESS;
}

static hr_status by_pieces(hr_kernel_context *ctx, job *job, int64_t at_once, hr_convolution_part part, char *sum) {
  const hr_convolution *c = job->c;
  int64_t total = c->batch * job->windows;
  for (job->first = 0; job->first < total; job->first += at_once) {
    int64_t count = total - job->first < at_once ? total - job->first : at_once;
    hr_parallel_for(ctx, count, 5 + COPY_NANOS * (double)job->row, make_patches, job);
    char *of_y = (char *)c->data[HR_CONVOLUTION_Y] + (size_t)(job->first * c->filters) * job->size;
    if (part == HR_CONVOLUTION_Y)
      HR_TRY(forward(ctx, job, count, of_y));
    else
      HR_TRY(add_to_filter(ctx, job, count, of_y, sum));
  }
  return HR_SUCCESS;
}

hr_status hr_convolve_patches(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part) {
  job job = {.c = c,
             .size = hr_dtype_size(c->dtype),
             .row = hr_windows_taps(c->axes) * c->channels,
             .windows = hr_windows_out(c->axes),
             .x = c->data[HR_CONVOLUTION_X]};
  int64_t unit = part == HR_CONVOLUTION_X ? job.windows : 1, total = c->batch * job.windows, sum_elements = 0;
  int64_t at_once = PATCH_ELEMENTS / job.row / unit * unit;
  if (at_once < unit) at_once = unit;
  if (at_once > total) at_once = total;
  if (part == HR_CONVOLUTION_FILTER) sum_elements = job.row * c->filters;
  hr_tensor scratch;
  int64_t elements;
  if (__builtin_mul_overflow(at_once, job.row, &elements) || __builtin_add_overflow(elements, sum_elements, &elements))
    return hr_error(HR_RESOURCE_EXHAUSTED, "The patches of a convolution are too large");
  HR_TRY(hr_temporary_new(ctx, c->dtype, &(hr_shape){1, {elements}}, &scratch));
  job.patches = hr_tensor_data(&scratch);
  char *sum = job.patches + (size_t)(at_once * job.row) * job.size;
  hr_status status =
      part == HR_CONVOLUTION_X ? back_to_images(ctx, &job, at_once / unit) : by_pieces(ctx, &job, at_once, part, sum);
  hr_tensor_clear(&scratch);
  return status;
}
