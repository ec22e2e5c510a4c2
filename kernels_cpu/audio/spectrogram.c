/* AudioSpectrogram: how strong each frequency is in windows of a signal, which Hann's function fades in and out. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/fourier.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

typedef struct settings {
  int64_t window, stride, length; /* of the transform: the next power of two */
  bool squared;
  hr_fourier *fourier;
  double weights[]; /* of the window */
} settings;

static hr_status create(const hr_kernel_construction *c, void **state) {
  int64_t window, stride;
  bool squared;
  HR_TRY(hr_construction_int(c, "window_size", &window));
  HR_TRY(hr_construction_int(c, "stride", &stride));
  HR_TRY(hr_construction_bool(c, "magnitude_squared", &squared));
  if (window < 2 || window > 1 << 24 || stride < 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Spectrogram initialization failed for window size %" PRId64 " and stride %" PRId64, window,
                    stride);
  settings *s = malloc(sizeof *s + (size_t)window * sizeof *s->weights);
  if (!s) return hr_error_out_of_memory(sizeof *s + (size_t)window * sizeof *s->weights, "a spectrogram");
  *s = (settings){.window = window, .stride = stride, .length = 2, .squared = squared};
  while (s->length < window)
    s->length *= 2;
  for (int64_t i = 0; i < window; ++i)
    s->weights[i] = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)window);
  hr_status status = hr_fourier_new(s->length, &s->fourier);
  if (status) {
    free(s);
    return status;
  }
  *state = s;
  return HR_SUCCESS;
}

static void destroy(void *state) {
  settings *s = state;
  if (!s) return;
  hr_fourier_free(s->fourier);
  free(s);
}

static hr_status audio_spectrogram(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(x, 2, "input"));
  int64_t samples = x->dims[0], channels = x->dims[1], width = s->length / 2 + 1;
  int64_t frames = samples < s->window ? 0 : (samples - s->window) / s->stride + 1;
  hr_shape shape;
  HR_TRY(hr_shape_make(3, (int64_t[]){channels, frames, width}, &shape));
  hr_tensor *out, scratch;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t numbers = s->length + hr_fourier_scratch(s->fourier);
  HR_TRY(hr_temporary_new(ctx, HR_COMPLEX128, &(hr_shape){1, {numbers + 1}}, &scratch));
  hr_complex *line = hr_tensor_data(&scratch);
  const float *from = hr_tensor_data(x);
  float *to = hr_tensor_data(out);
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t frame = 0; frame < frames; ++frame) {
      for (int64_t i = 0; i < s->length; ++i)
        line[i] = (hr_complex){
            i < s->window ? s->weights[i] * (double)from[(frame * s->stride + i) * channels + channel] : 0, 0};
      hr_fourier_run(s->fourier, false, line, line + s->length);
      for (int64_t i = 0; i < width; ++i) {
        double strength = line[i].re * line[i].re + line[i].im * line[i].im;
        *to++ = (float)(s->squared ? strength : sqrt(strength));
      }
    }
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "AudioSpectrogram", .create = create, .destroy = destroy, .compute = audio_spectrogram);
