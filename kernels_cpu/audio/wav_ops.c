/* DecodeWav, EncodeWav. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/audio/wav.h"
#include "kernels_cpu/string_arguments.h"
#include "kernels_cpu/summary_value.h"

#include <inttypes.h>

/* `desired`, or where it is -1 what the file has. */
static hr_status size_of(int64_t desired, int64_t has, const char *what, int64_t *out) {
  if (desired < -1) return hr_error(HR_INVALID_ARGUMENT, "%s must be -1 or >= 0, got %" PRId64, what, desired);
  *out = desired == -1 ? has : desired;
  return HR_SUCCESS;
}

static hr_status decode_wav(hr_kernel_context *ctx) {
  const hr_tensor *contents = hr_input(ctx, 0);
  if (contents->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "contents must be scalar but got shape %s", HR_TENSOR_SHAPE_TEXT(contents));
  const hr_string *file = hr_string_at(contents, 0);
  const hr_node *node = hr_context_node(ctx);
  hr_wav wav;
  hr_view data;
  HR_TRY(hr_wav_decode((hr_view){hr_string_data(file), hr_string_length(file)}, &wav, &data));
  int64_t channels, frames;
  HR_TRY(size_of(hr_node_attr(node, "desired_channels")->i, wav.channels, "desired_channels", &channels));
  HR_TRY(size_of(hr_node_attr(node, "desired_samples")->i, wav.frames, "desired_samples", &frames));
  hr_shape shape, scalar = {0};
  HR_TRY(hr_shape_make(2, (int64_t[]){frames, channels}, &shape));
  hr_tensor *audio, *rate;
  HR_TRY(hr_output_new(ctx, 0, &shape, &audio));
  HR_TRY(hr_output_new(ctx, 1, &scalar, &rate));
  *(int32_t *)hr_tensor_data(rate) = (int32_t)wav.rate;
  float *out = hr_tensor_data(audio);
  for (int64_t i = 0; i < frames; ++i)
    for (int64_t k = 0; k < channels; ++k) { /* the last channel goes on in those that the file does not have */
      int64_t channel = k < wav.channels ? k : wav.channels - 1;
      *out++ = i < wav.frames ? hr_wav_sample(data, i * wav.channels + channel) : 0;
    }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "DecodeWav", .compute = decode_wav);

static hr_status encode_wav(hr_kernel_context *ctx) {
  const hr_tensor *audio = hr_input(ctx, 0), *rate = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(audio, 2, "audio"));
  if (rate->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input sample_rate should be a scalar tensor, got %s instead.",
                    HR_TENSOR_SHAPE_TEXT(rate));
  hr_wav wav = {(uint32_t) * (const int32_t *)hr_tensor_data(rate), audio->dims[1], audio->dims[0]};
  hr_text text = {0};
  hr_status status = hr_wav_encode(&text, &wav, hr_tensor_data(audio));
  if (status) {
    hr_text_free(&text);
    return status;
  }
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "EncodeWav", .compute = encode_wav);
