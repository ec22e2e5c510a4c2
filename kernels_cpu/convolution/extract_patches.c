/* ExtractImagePatches, ExtractVolumePatches: what each window sees, in the depth of the result. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/window.h"

#include <stdlib.h>
#include <string.h>

typedef struct job {
  hr_window_axis axes[HR_WINDOW_AXES];
  size_t pixel; /* bytes of its channels */
  const char *from;
  char *to;
} job;

/* Windows [begin, end) of all images. */
static void copy_windows(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  const hr_window_axis *axes = j->axes;
  int64_t windows = hr_windows_out(axes), in = hr_windows_in(axes);
  size_t patch = (size_t)hr_windows_taps(axes) * j->pixel;
  for (int64_t i = begin; i < end; ++i) {
    int64_t at[HR_WINDOW_AXES];
    hr_window_at(axes, i % windows, at);
    const char *image = j->from + (size_t)(i / windows * in) * j->pixel;
    char *to = j->to + (size_t)i * patch;
    hr_taps_inside taps[HR_WINDOW_AXES];
    for (int a = 0; a < HR_WINDOW_AXES; ++a)
      taps[a] = hr_window_taps(&axes[a], at[a]);
    memset(to, 0, patch);
    for (int64_t z = taps[0].first; z < taps[0].last; ++z)
      for (int64_t y = taps[1].first; y < taps[1].last; ++y)
        for (int64_t x = taps[2].first; x < taps[2].last; ++x) {
          int64_t plane = taps[0].start + z * axes[0].dilation, row = taps[1].start + y * axes[1].dilation;
          int64_t column = taps[2].start + x * axes[2].dilation;
          memcpy(to + (size_t)((z * axes[1].window + y) * axes[2].window + x) * j->pixel,
                 image + (size_t)((plane * axes[1].in + row) * axes[2].in + column) * j->pixel, j->pixel);
        }
  }
}

static hr_status create(const hr_kernel_construction *c, void **state, int spatial) {
  hr_window_settings *s = malloc(sizeof *s);
  if (!s) return hr_error_out_of_memory(sizeof *s, "patches");
  hr_status status = hr_window_settings_read(c, spatial, s);
  int last = spatial + 1;
  if (!status && (s->sizes[0] != 1 || s->sizes[last] != 1))
    status = hr_error(HR_UNIMPLEMENTED, "Only support ksizes across space.");
  if (!status && (s->strides[0] != 1 || s->strides[last] != 1))
    status = hr_error(HR_UNIMPLEMENTED, "Only support strides across space.");
  if (!status && (s->dilations[0] != 1 || s->dilations[last] != 1))
    status = hr_error(HR_UNIMPLEMENTED, "Only support rates across space.");
  if (status)
    free(s);
  else
    *state = s;
  return status;
}
static hr_status create_images(const hr_kernel_construction *c, void **state) { return create(c, state, 2); }
static hr_status create_volumes(const hr_kernel_construction *c, void **state) { return create(c, state, 3); }

static hr_status extract_patches(hr_kernel_context *ctx) {
  const hr_window_settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(x, s->spatial + 2, "input"));
  int64_t batch = x->dims[0], channels = x->dims[s->spatial + 1], depth;
  job j;
  HR_TRY(hr_window_axes_make(s, x->dims, s->sizes + 1, j.axes));
  int64_t taps = 1;
  for (int a = 0; a < HR_WINDOW_AXES; ++a)
    if (__builtin_mul_overflow(taps, j.axes[a].window, &taps)) taps = INT64_MAX;
  if (__builtin_mul_overflow(taps, channels, &depth))
    return hr_error(HR_INVALID_ARGUMENT, "Patches of %s are too large", HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape;
  HR_TRY(hr_windows_shape(j.axes, s->spatial, false, batch, depth, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  j.pixel = (size_t)channels * hr_dtype_size(hr_tensor_dtype(x));
  j.from = hr_tensor_data(x);
  j.to = hr_tensor_data(out);
  hr_parallel_for(ctx, batch * hr_windows_out(j.axes), 20 + 5 * (double)taps + 0.1 * (double)taps * (double)j.pixel,
                  copy_windows, &j);
  return HR_SUCCESS;
}

#define PATCH_TYPES                                                                                                    \
  (HR_TYPE_BIT(HR_BFLOAT16) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF) |                  \
   HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) | HR_TYPE_BIT(HR_INT8) |                      \
   HR_TYPE_BIT(HR_UINT16) | HR_TYPE_BIT(HR_UINT8))
HR_KERNEL(.op = "ExtractImagePatches", .types = {{"T", PATCH_TYPES}}, .create = create_images, .destroy = free,
          .compute = extract_patches);
HR_KERNEL(.op = "ExtractVolumePatches", .types = {{"T", PATCH_TYPES}}, .create = create_volumes, .destroy = free,
          .compute = extract_patches);
