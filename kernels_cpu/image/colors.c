/* RGBToHSV, HSVToRGB, AdjustHue, AdjustSaturation. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"

#include <inttypes.h>

typedef struct color_job {
  hr_color_loop *loop;
  const char *in;
  char *out;
  size_t pixel; /* bytes */
  float amount;
} color_job;

static void run_pixels(void *argument, int64_t begin, int64_t end) {
  const color_job *job = argument;
  job->loop(job->out + (size_t)begin * job->pixel, job->in + (size_t)begin * job->pixel, end - begin, job->amount);
}

/* `code`: that of an error for another number of channels. */
static hr_status map_pixels(hr_kernel_context *ctx, hr_color_loop *loop, float amount, hr_code code) {
  const hr_tensor *in = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out;
  if (in->dims[in->rank - 1] != 3)
    return hr_error(code, "input must have 3 channels but instead has %" PRId64 " channels", in->dims[in->rank - 1]);
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  color_job job = {loop, hr_tensor_data(in), hr_tensor_data(out), 3 * hr_dtype_size(hr_tensor_dtype(in)), amount};
  hr_parallel_for(ctx, in->elements / 3, 5, run_pixels, &job);
  return HR_SUCCESS;
}

static hr_status convert(hr_kernel_context *ctx, hr_color_loop *loop) {
  if (hr_input(ctx, 0)->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 1D%s", HR_TENSOR_SHAPE_TEXT(hr_input(ctx, 0)));
  return map_pixels(ctx, loop, 0, HR_FAILED_PRECONDITION);
}

#define COLOR_SPACE(name, loop, bits, suffix)                                                                          \
  static hr_status loop##_##suffix(hr_kernel_context *ctx) { return convert(ctx, hr_loops->images->loop##_##suffix); } \
  HR_KERNEL(.op = name, .types = {{"T", HR_TYPE_BIT(bits)}}, .compute = loop##_##suffix)
COLOR_SPACE("RGBToHSV", rgb_to_hsv, HR_FLOAT, f32);
COLOR_SPACE("RGBToHSV", rgb_to_hsv, HR_DOUBLE, f64);
COLOR_SPACE("HSVToRGB", hsv_to_rgb, HR_FLOAT, f32);
COLOR_SPACE("HSVToRGB", hsv_to_rgb, HR_DOUBLE, f64);

static hr_status adjust(hr_kernel_context *ctx, hr_color_loop *loop, const char *amount_name) {
  const hr_tensor *in = hr_input(ctx, 0), *amount = hr_input(ctx, 1);
  if (in->rank < 3)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 3-D, got shape%s", HR_TENSOR_SHAPE_TEXT(in));
  if (amount->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be scalar: %s", amount_name, HR_TENSOR_SHAPE_TEXT(amount));
  return map_pixels(ctx, loop, *(const float *)hr_tensor_data(amount), HR_INVALID_ARGUMENT);
}

static hr_status adjust_hue(hr_kernel_context *ctx) { return adjust(ctx, hr_loops->images->turn_hue, "delta"); }
HR_KERNEL(.op = "AdjustHue", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = adjust_hue);

static hr_status adjust_saturation(hr_kernel_context *ctx) {
  return adjust(ctx, hr_loops->images->scale_saturation, "scale");
}
HR_KERNEL(.op = "AdjustSaturation", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = adjust_saturation);
