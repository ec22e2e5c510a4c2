/* AudioSummary, AudioSummaryV2: sound clips of a batch as WAV files in a Summary message. */
#include "kernels_cpu/audio/wav.h"
#include "kernels_cpu/summary_value.h"

#include <math.h>

/* Fields of Summary.Audio. */
enum { AUDIO_RATE = 1, AUDIO_CHANNELS = 2, AUDIO_FRAMES = 3, AUDIO_BYTES = 4, AUDIO_CONTENT_TYPE = 5 };

typedef struct clips {
  const float *samples;
  int64_t count, frames, channels;
  float rate; /* frames a second */
} clips;

static hr_status put_wav(hr_text *out, const clips *c, int64_t number) {
  hr_wav wav = {(uint32_t)lrintf(fmaxf(c->rate, 1)), c->channels, c->frames};
  return hr_wav_encode(out, &wav, c->samples + number * c->frames * c->channels);
}

static hr_status read_clips(hr_kernel_context *ctx, float rate, clips *out) {
  const hr_tensor *t = hr_input(ctx, 1);
  HR_TRY(hr_summary_tag_check(hr_input(ctx, 0)));
  if (t->rank != 2 && t->rank != 3)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be 3-D or 2-D, got: %s", HR_TENSOR_SHAPE_TEXT(t));
  if (!(rate > 0 && rate < (float)INT32_MAX))
    return hr_error(HR_INVALID_ARGUMENT, "sample_rate must be > 0, got: %g", (double)rate);
  *out = (clips){hr_tensor_data(t), t->dims[0], t->dims[1], t->rank == 3 ? t->dims[2] : 1, rate};
  return HR_SUCCESS;
}

static hr_status put_clips(hr_kernel_context *ctx, float rate) {
  clips c;
  HR_TRY(read_clips(ctx, rate, &c));
  int64_t most = hr_node_attr(hr_context_node(ctx), "max_outputs")->i;
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < c.count && i < most && !status; ++i) {
    size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
    hr_summary_put_numbered_tag(&text, hr_string_at(hr_input(ctx, 0), 0), "audio", i, most);
    size_t audio = hr_wire_begin(&text, HR_VALUE_AUDIO);
    hr_wire_put_float(&text, AUDIO_RATE, c.rate);
    hr_wire_put_number(&text, AUDIO_CHANNELS, (uint64_t)c.channels);
    hr_wire_put_number(&text, AUDIO_FRAMES, (uint64_t)c.frames);
    size_t file = hr_wire_begin(&text, AUDIO_BYTES);
    status = put_wav(&text, &c, i);
    hr_wire_end(&text, file);
    hr_wire_put_bytes(&text, AUDIO_CONTENT_TYPE, HR_VIEW("audio/wav"));
    hr_wire_end(&text, audio);
    hr_wire_end(&text, value);
  }
  if (!status) return hr_output_text(ctx, 0, &text);
  hr_text_free(&text);
  return status;
}

static hr_status audio_summary(hr_kernel_context *ctx) {
  return put_clips(ctx, hr_node_attr(hr_context_node(ctx), "sample_rate")->f);
}
HR_KERNEL(.op = "AudioSummary", .compute = audio_summary);

static hr_status audio_summary_v2(hr_kernel_context *ctx) {
  const hr_tensor *rate = hr_input(ctx, 2);
  HR_TRY(hr_rank_check(rate, 0, "sample_rate"));
  return put_clips(ctx, *(const float *)hr_tensor_data(rate));
}
HR_KERNEL(.op = "AudioSummaryV2", .compute = audio_summary_v2);
