/* Shapes of sounds: [frames, channels], and spectra [channels, windows, frequencies]. */
#include "ops/shapes/shapes.h"

static hr_status size_attr(const hr_shape_context *c, const char *attr, const char *what, int64_t *out) {
  int64_t size = hr_int_attr(c, attr);
  if (size < -1) return hr_error(HR_INVALID_ARGUMENT, "%s must be non-negative, got %" PRId64, what, size);
  *out = size == -1 ? HR_UNKNOWN_DIM : size;
  return HR_SUCCESS;
}

hr_status hr_shape_fn_decode_wav(hr_shape_context *c) {
  static const hr_partial_shape scalar = {0};
  int64_t channels, samples;
  HR_TRY(hr_check_scalar(c, 0));
  HR_TRY(size_attr(c, "desired_channels", "channels", &channels));
  HR_TRY(size_attr(c, "desired_samples", "samples", &samples));
  hr_partial_shape audio = hr_matrix_shape(samples, channels);
  HR_TRY(hr_shape_set(c, 0, &audio));
  hr_shape_share(c, 1, &scalar);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_encode_wav(hr_shape_context *c) {
  static const hr_partial_shape scalar = {0};
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 2, &unused));
  HR_TRY(hr_check_scalar(c, 1));
  hr_shape_share(c, 0, &scalar);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_audio_spectrogram(hr_shape_context *c) {
  hr_partial_shape input;
  HR_TRY(hr_input_of_rank(c, 0, 2, &input));
  int64_t window = hr_int_attr(c, "window_size"), stride = hr_int_attr(c, "stride");
  int64_t samples = hr_dim_at(&input, 0), windows = HR_UNKNOWN_DIM, length = 1;
  if (samples >= 0 && stride > 0) windows = samples < window ? 0 : (samples - window) / stride + 1;
  while (length < window && length < INT64_C(1) << 32)
    length *= 2;
  hr_partial_shape out = {.rank = 3, .dims = {hr_dim_at(&input, 1), windows, length / 2 + 1}};
  return hr_shape_set(c, 0, &out);
}

hr_status hr_shape_fn_mfcc(hr_shape_context *c) {
  hr_partial_shape spectrogram;
  HR_TRY(hr_input_of_rank(c, 0, 3, &spectrogram));
  HR_TRY(hr_check_scalar(c, 1));
  int64_t count = hr_int_attr(c, "dct_coefficient_count");
  if (count < 0)
    return hr_error(HR_INVALID_ARGUMENT, "dct_coefficient_count must be non-negative, got %" PRId64, count);
  hr_partial_shape out = {.rank = 3, .dims = {hr_dim_at(&spectrogram, 0), hr_dim_at(&spectrogram, 1), count}};
  return hr_shape_set(c, 0, &out);
}
