/* Chooses how a convolution is computed. */
#include "kernels_cpu/convolution/convolution.h"

#include "kernels_cpu/gemm.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/zero_skipping.h"

#include <string.h>

/* Windows of one pixel that miss none: each pixel is multiplied by a matrix. */
static bool is_product(const hr_convolution *c) {
  for (int a = 0; a < HR_WINDOW_AXES; ++a)
    if (c->axes[a].window != 1 || c->axes[a].stride != 1 || c->axes[a].in != c->axes[a].out || c->axes[a].before != 0)
      return false;
  return true;
}

/* A vector of channels would be mostly empty. A stride beyond the windows leaves most of a line empty. */
static bool has_few_channels(const hr_convolution *c) {
  static const int64_t few = 4;
  return c->channels < few && c->axes[2].stride <= c->axes[2].in;
}

/* A filter's gradient is small, and a long sum: it has a sum for each of a few parts of the pixels, added in order. */
static int64_t count_sums(const hr_convolution *c, int64_t pixels) {
  static const int64_t most = 8, shortest = 1024;
  int64_t count = pixels / shortest < most ? pixels / shortest : most;
  while (count > 1 && pixels % count != 0)
    --count;
  bool is_worth = (double)count * (double)c->channels * (double)c->filters <
                  0.5 * (double)pixels * (double)(c->channels + c->filters);
  return is_worth && count > 1 ? count : 1;
}

static hr_status multiply_in_parts(hr_kernel_context *ctx, const hr_gemm *whole, int64_t parts) {
  int64_t size = whole->m * whole->n;
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, whole->dtype, &(hr_shape){1, {parts * size}}, &scratch));
  hr_gemm g = *whole;
  g.k = whole->k / parts;
  g.batch_rank = 1;
  g.batch_dims[0] = parts;
  g.a_strides[0] = g.b_strides[0] = 1;
  char *sums = hr_tensor_data(&scratch);
  g.c = sums;
  hr_status status = hr_gemm_run(ctx, &g);
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, g.dtype);
  size_t bytes = (size_t)size * hr_dtype_size(g.dtype);
  if (!status) add(whole->c, sums, sums + bytes, size, HR_BOTH_ROWS);
  for (int64_t i = 2; i < parts && !status; ++i)
    add(whole->c, whole->c, sums + (size_t)i * bytes, size, HR_BOTH_ROWS);
  hr_tensor_clear(&scratch);
  return status;
}

static hr_status multiply(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part) {
  int64_t pixels = c->batch * hr_windows_out(c->axes);
  const void *x = c->data[HR_CONVOLUTION_X], *filter = c->data[HR_CONVOLUTION_FILTER], *y = c->data[HR_CONVOLUTION_Y];
  hr_gemm g = {.dtype = c->dtype, .c = c->data[part]};
  if (part == HR_CONVOLUTION_Y) {
    g.m = pixels, g.n = c->filters, g.k = c->channels;
    g.a = x, g.b = filter;
  } else if (part == HR_CONVOLUTION_X) {
    g.m = pixels, g.n = c->channels, g.k = c->filters;
    g.a = y, g.b = filter, g.transpose_b = true;
  } else {
    g.m = c->channels, g.n = c->filters, g.k = pixels;
    g.a = x, g.b = y, g.transpose_a = true;
    int64_t parts = count_sums(c, pixels);
    if (parts > 1 && !hr_skips_zeros(&g)) return multiply_in_parts(ctx, &g, parts);
  }
  bool done = false;
  if (c->dtype == HR_FLOAT && !hr_skips_zeros(&g)) HR_TRY(hr_convolve_indirectly(ctx, c, part, &done));
  return done ? HR_SUCCESS : hr_gemm_run(ctx, &g);
}

/* Elements of each part. */
static void count_elements(const hr_convolution *c, int64_t counts[HR_CONVOLUTION_PARTS]) {
  counts[HR_CONVOLUTION_X] = c->batch * hr_windows_in(c->axes) * c->channels;
  counts[HR_CONVOLUTION_FILTER] = hr_windows_taps(c->axes) * c->channels * c->filters;
  counts[HR_CONVOLUTION_Y] = c->batch * hr_windows_out(c->axes) * c->filters;
}

/* Halves are computed in floats and rounded once. */
static hr_status convolve_halves(hr_kernel_context *ctx, hr_convolution_cache *cache, const hr_convolution *c,
                                 hr_convolution_part part, const int64_t counts[HR_CONVOLUTION_PARTS]) {
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {counts[0] + counts[1] + counts[2]}}, &scratch));
  hr_convolution in_floats = *c;
  in_floats.dtype = HR_FLOAT;
  float *floats = hr_tensor_data(&scratch);
  for (int i = 0; i < HR_CONVOLUTION_PARTS; floats += counts[i++]) {
    in_floats.data[i] = floats;
    if (i != (int)part) hr_loops->cast[c->dtype][HR_FLOAT](floats, c->data[i], counts[i]);
  }
  hr_status status = hr_convolve(ctx, cache, &in_floats, part);
  if (!status) hr_loops->cast[HR_FLOAT][c->dtype](c->data[part], in_floats.data[part], counts[part]);
  hr_tensor_clear(&scratch);
  return status;
}

hr_status hr_convolve(hr_kernel_context *ctx, hr_convolution_cache *cache, const hr_convolution *c,
                      hr_convolution_part part) {
  int64_t counts[HR_CONVOLUTION_PARTS];
  count_elements(c, counts);
  if (counts[part] == 0) return HR_SUCCESS;
  if (counts[0] == 0 || counts[1] == 0 || counts[2] == 0) { /* sums of nothing */
    memset(c->data[part], 0, (size_t)counts[part] * hr_dtype_size(c->dtype));
    return HR_SUCCESS;
  }
  if (c->dtype == HR_HALF) return convolve_halves(ctx, cache, c, part, counts);
  if (is_product(c)) return multiply(ctx, c, part);
  if (part == HR_CONVOLUTION_X && has_few_channels(c)) return hr_convolve_few_channels(ctx, c);
  if (c->dtype == HR_FLOAT) {
    bool done;
    HR_TRY(hr_convolve_tiles(ctx, c, part, &done));
    if (!done) HR_TRY(hr_convolve_indirectly(ctx, c, part, &done));
    if (!done) HR_TRY(hr_convolve_blocks(ctx, cache, c, part, &done));
    if (done) return HR_SUCCESS;
  }
  return hr_convolve_patches(ctx, c, part);
}
