#include "kernels_cpu/image/resize.h"

#include <inttypes.h>
#include <math.h>

/* ---- arguments ------------------------------------------------------------------------------------------------- */

static float scale_of(int64_t in, int64_t out, bool align_corners) {
  return align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

static hr_status read_attributes(hr_kernel_context *ctx, hr_resize *r) {
  const hr_attr_value *half = hr_node_attr(hr_context_node(ctx), "half_pixel_centers"); /* ResizeArea has none */
  r->align_corners = hr_node_attr(hr_context_node(ctx), "align_corners")->b;
  r->half_pixel_centers = half && half->b;
  if (r->half_pixel_centers && r->align_corners)
    return hr_error(HR_INVALID_ARGUMENT, "If half_pixel_centers is True, align_corners must be False.");
  return HR_SUCCESS;
}

hr_status hr_resize_begin(hr_kernel_context *ctx, hr_resize *r, hr_tensor **out) {
  const hr_tensor *images = hr_input(ctx, 0), *size = hr_input(ctx, 1);
  HR_TRY(read_attributes(ctx, r));
  HR_TRY(hr_rank_check(images, 4, "input"));
  HR_TRY(hr_rank_check(size, 1, "shape_t"));
  if (size->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "shape_t must have two elements %s", HR_TENSOR_SHAPE_TEXT(size));
  int64_t height = hr_index_at(size, 0), width = hr_index_at(size, 1);
  if (height <= 0 || width <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "output dimensions must be positive, not %" PRId64 " x %" PRId64, height,
                    width);
  if (images->dims[1] > INT32_MAX || images->dims[2] > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "input sizes must be between 0 and max int32");
  if (images->dims[1] == 0 || images->dims[2] == 0)
    return hr_error(HR_INVALID_ARGUMENT, "input image must be of non-zero size");
  if (images->dims[3] == 0) return hr_error(HR_INVALID_ARGUMENT, "image must have at least one channel");
  r->batch = images->dims[0];
  r->channels = images->dims[3];
  r->y = (hr_resize_axis){images->dims[1], height, scale_of(images->dims[1], height, r->align_corners)};
  r->x = (hr_resize_axis){images->dims[2], width, scale_of(images->dims[2], width, r->align_corners)};
  hr_shape shape;
  HR_TRY(hr_shape_make(4, (int64_t[]){r->batch, height, width, r->channels}, &shape));
  return hr_output_new(ctx, 0, &shape, out);
}

hr_status hr_resize_of_gradient(hr_kernel_context *ctx, int64_t height, int64_t width, hr_resize *r) {
  const hr_tensor *gradient = hr_input(ctx, 0);
  HR_TRY(read_attributes(ctx, r));
  HR_TRY(hr_rank_check(gradient, 4, "input_grad"));
  if (height <= 0 || width <= 0)
    return hr_error(HR_INVALID_ARGUMENT, "The original image must be of non-zero size, not %" PRId64 " x %" PRId64,
                    height, width);
  r->batch = gradient->dims[0];
  r->channels = gradient->dims[3];
  r->y = (hr_resize_axis){height, gradient->dims[1], scale_of(height, gradient->dims[1], r->align_corners)};
  r->x = (hr_resize_axis){width, gradient->dims[2], scale_of(width, gradient->dims[2], r->align_corners)};
  return HR_SUCCESS;
}

/* ---- taps ------------------------------------------------------------------------------------------------------ */

hr_status hr_make_taps(hr_kernel_context *ctx, const hr_resize *r, const hr_resize_axis *axis, int64_t channels,
                       int count, hr_tap_function *tap, hr_axis_taps *out) {
  int64_t elements;
  if (__builtin_mul_overflow(axis->in, channels, &elements) || elements > INT32_MAX || axis->out > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "Rows of %" PRId64 " pixels of %" PRId64 " channels are too long", axis->in,
                    channels);
  *out = (hr_axis_taps){.taps = {.count = count}, .n = axis->out * channels};
  HR_TRY(hr_temporary_new(ctx, HR_INT32, &(hr_shape){2, {2 * count, out->n}}, &out->memory));
  int32_t *data = hr_tensor_data(&out->memory);
  for (int k = 0; k < count; ++k) {
    out->taps.index[k] = data + (2 * k) * out->n;
    out->taps.weight[k] = (float *)(data + (2 * k + 1) * out->n);
  }
  for (int64_t i = 0; i < axis->out; ++i) {
    int64_t pixels[HR_MAX_TAPS];
    float weights[HR_MAX_TAPS];
    tap(r, axis, i, pixels, weights);
    for (int k = 0; k < count; ++k)
      for (int64_t c = 0; c < channels; ++c) {
        out->taps.index[k][i * channels + c] = (int32_t)(pixels[k] * channels + c);
        out->taps.weight[k][i * channels + c] = weights[k];
      }
  }
  return HR_SUCCESS;
}

void hr_linear_taps(const hr_resize *r, const hr_resize_axis *axis, int64_t i, int64_t pixels[HR_MAX_TAPS],
                    float weights[HR_MAX_TAPS]) {
  float place = hr_resize_place(r, axis, i), below = floorf(place);
  pixels[0] = hr_clip_pixel((int64_t)below, axis->in);
  pixels[1] = hr_clip_pixel((int64_t)ceilf(place), axis->in);
  weights[1] = place - below;
  weights[0] = 1.0f - weights[1];
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

hr_rows hr_image_rows(const hr_tensor *images) {
  return (hr_rows){hr_tensor_data(images), hr_tensor_dtype(images), images->dims[2] * images->dims[3]};
}

const float *hr_float_row(const hr_rows *rows, int64_t index, float *scratch) {
  const char *row = rows->data + (size_t)(index * rows->length) * hr_dtype_size(rows->dtype);
  if (rows->dtype == HR_FLOAT) return (const float *)(const void *)row;
  hr_loops->cast[rows->dtype][HR_FLOAT](scratch, row, rows->length);
  return scratch;
}

typedef struct parts_job {
  void (*body)(const hr_row_part *part);
  void *argument;
  int64_t rows, parts, scratch;
  float *memory;
} parts_job;

static void run_parts(void *argument, int64_t begin, int64_t end) {
  const parts_job *job = argument;
  for (int64_t i = begin; i < end; ++i) {
    hr_row_part part = {job->argument, job->rows * i / job->parts, job->rows * (i + 1) / job->parts,
                        job->memory + i * job->scratch};
    job->body(&part);
  }
}

hr_status hr_for_row_parts(hr_kernel_context *ctx, int64_t rows, double row_nanos, int64_t scratch,
                           void (*body)(const hr_row_part *part), void *argument) {
  int64_t parts = (int64_t)hr_parallelism(ctx) * 4;
  if (parts > rows) parts = rows;
  if (parts == 0) return HR_SUCCESS;
  hr_tensor memory;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){2, {parts, scratch}}, &memory));
  parts_job job = {body, argument, rows, parts, scratch, hr_tensor_data(&memory)};
  hr_parallel_for(ctx, parts, row_nanos * (double)rows / (double)parts, run_parts, &job);
  hr_tensor_clear(&memory);
  return HR_SUCCESS;
}
