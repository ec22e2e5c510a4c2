/* Loops over rows of images. The order of operations is TensorFlow's, so that results are equal to the last bit. */
#include "kernels_cpu/level/level.h"

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* ---- resizing -------------------------------------------------------------------------------------------------- */

static void interpolate(float *restrict out, const float *restrict row, const hr_taps *taps, int64_t n) {
  const int32_t *restrict lower = taps->index[0], *restrict upper = taps->index[1];
  const float *restrict weight = taps->weight[1];
  for (int64_t i = 0; i < n; ++i) {
    float a = row[lower[i]], b = row[upper[i]];
    out[i] = a + (b - a) * weight[i];
  }
}

static void blend(float *restrict out, const float *a, const float *b, float weight, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = a[i] + (b[i] - a[i]) * weight;
}

static void convolve(float *restrict out, const float *restrict row, const hr_taps *taps, int64_t n) {
  const int32_t *restrict i0 = taps->index[0], *restrict i1 = taps->index[1], *restrict i2 = taps->index[2],
                          *restrict i3 = taps->index[3];
  const float *restrict w0 = taps->weight[0], *restrict w1 = taps->weight[1], *restrict w2 = taps->weight[2],
                        *restrict w3 = taps->weight[3];
  for (int64_t i = 0; i < n; ++i)
    out[i] = row[i0[i]] * w0[i] + row[i1[i]] * w1[i] + row[i2[i]] * w2[i] + row[i3[i]] * w3[i];
}

static void combine(float *restrict out, const float *const rows[4], const float weights[4], int64_t n) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  float w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];
  for (int64_t i = 0; i < n; ++i)
    out[i] = r0[i] * w0 + r1[i] * w1 + r2[i] * w2 + r3[i] * w3;
}

static inline void shrink_pixels(float *restrict out, const float *restrict row, int64_t pixels, const hr_span *spans,
                                 int64_t n, int64_t channels) {
#define AT(x) row[MIN(x, pixels - 1) * channels + c]
  for (int64_t i = 0; i < n; ++i)
    for (int64_t c = 0; c < channels; ++c) {
      const hr_span *span = &spans[i];
      float sum = AT(span->first) * span->first_share;
      for (int64_t x = span->first + 1; x < span->last; ++x)
        sum += AT(x);
      if (span->last > span->first) sum += AT(span->last) * span->last_share;
      out[i * channels + c] = sum;
    }
#undef AT
}
static void shrink(float *out, const float *row, int64_t pixels, const hr_span *spans, int64_t n, int64_t channels) {
  if (channels == 1)
    shrink_pixels(out, row, pixels, spans, n, 1);
  else if (channels == 3)
    shrink_pixels(out, row, pixels, spans, n, 3);
  else
    shrink_pixels(out, row, pixels, spans, n, channels);
}

static void add_scaled(float *restrict sum, const float *restrict x, float weight, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    sum[i] += x[i] * weight;
}

static void scale(float *x, float weight, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    x[i] *= weight;
}

/* ---- colors ---------------------------------------------------------------------------------------------------- */

static inline void contrast_pixels(float *out, const float *in, const float *mean, float factor, int64_t pixels,
                                   int64_t channels) {
  for (int64_t i = 0; i < pixels; ++i)
    for (int64_t c = 0; c < channels; ++c)
      out[i * channels + c] = (in[i * channels + c] - mean[c]) * factor + mean[c];
}
static void contrast(float *out, const float *in, const float *mean, float factor, int64_t pixels, int64_t channels) {
  if (channels == 1) {
    contrast_pixels(out, in, (float[]){mean[0]}, factor, pixels, 1);
  } else if (channels == 3) {
    contrast_pixels(out, in, (float[]){mean[0], mean[1], mean[2]}, factor, pixels, 3);
  } else {
    contrast_pixels(out, in, mean, factor, pixels, channels);
  }
}

#define CLIP(x, low, top) MIN(MAX(x, low), top)

/* Foley et al., Computer Graphics: hue, saturation and value in [0, 1]. */
#define RGB_TO_HSV(type, number)                                                                                       \
  static void rgb_to_hsv_##type(void *out_, const void *in_, int64_t n, float unused) {                                \
    (void)unused;                                                                                                      \
    number *out = out_;                                                                                                \
    const number *in = in_;                                                                                            \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                   \
      number r = in[3 * i], g = in[3 * i + 1], b = in[3 * i + 2];                                                      \
      number value = MAX(r, MAX(g, b)), range = value - MIN(r, MIN(g, b));                                             \
      number norm = 1 / range * (number)(1.0 / 6.0);                                                                   \
      number of_r = norm * (g - b), of_g = norm * (b - r) + (number)(2.0 / 6.0),                                       \
             of_b = norm * (r - g) + (number)(4.0 / 6.0);                                                              \
      number hue = r == value ? of_r : g == value ? of_g : of_b;                                                       \
      hue = range > 0 ? hue : 0;                                                                                       \
      out[3 * i] = hue < 0 ? hue + 1 : hue;                                                                            \
      out[3 * i + 1] = value > 0 ? range / value : 0;                                                                  \
      out[3 * i + 2] = value;                                                                                          \
    }                                                                                                                  \
  }
RGB_TO_HSV(f32, float)
RGB_TO_HSV(f64, double)

#define HSV_TO_RGB(type, number, absolute)                                                                             \
  static void hsv_to_rgb_##type(void *out_, const void *in_, int64_t n, float unused) {                                \
    (void)unused;                                                                                                      \
    number *out = out_;                                                                                                \
    const number *in = in_;                                                                                            \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                   \
      number sector = in[3 * i] * 6, saturation = in[3 * i + 1], value = in[3 * i + 2], gray = 1 - saturation;         \
      number r = absolute(sector - 3) - 1, g = 2 - absolute(sector - 2), b = 2 - absolute(sector - 4);                 \
      out[3 * i] = (gray + saturation * CLIP(r, 0, 1)) * value;                                                        \
      out[3 * i + 1] = (gray + saturation * CLIP(g, 0, 1)) * value;                                                    \
      out[3 * i + 2] = (gray + saturation * CLIP(b, 0, 1)) * value;                                                    \
    }                                                                                                                  \
  }
HSV_TO_RGB(f32, float, __builtin_fabsf)
HSV_TO_RGB(f64, double, __builtin_fabs)

/* The hue as a number in [0, 6): its sector tells which of the six orders the channels have. */
static inline float hue_of(float r, float g, float b, float *low, float *high) {
  float middle = MAX(MIN(r, g), MIN(MAX(r, g), b));
  *low = MIN(r, MIN(g, b));
  *high = MAX(r, MAX(g, b));
  float when_g = b < r ? 1 : b > g ? 3 : 2, when_r = b < g ? 0 : b > r ? 4 : 5;
  float sector = r < g ? when_g : when_r, share = (middle - *low) / (*high - *low);
  bool rising = sector == 0 || sector == 2 || sector == 4;
  return *high == *low ? 0 : sector + (rising ? share : 1 - share);
}

static void turn_hue(void *out_, const void *in_, int64_t n, float amount) {
  float *out = out_;
  const float *in = in_;
  HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {
    float low, high, hue = hue_of(in[3 * i], in[3 * i + 1], in[3 * i + 2], &low, &high);
    hue += amount * 6;
    hue -= 6 * __builtin_floorf(hue / 6);
    hue = hue < 0 ? hue + 6 : hue;
    hue = hue >= 6 ? hue - 6 : hue;
    float sector = __builtin_floorf(hue), share = hue - sector;
    bool rising = sector == 0 || sector == 2 || sector == 4;
    float middle = low + (rising ? share : 1 - share) * (high - low);
    out[3 * i] = sector == 0 || sector == 5 ? high : sector == 1 || sector == 4 ? middle : low;
    out[3 * i + 1] = sector == 1 || sector == 2 ? high : sector == 0 || sector == 3 ? middle : low;
    out[3 * i + 2] = sector == 3 || sector == 4 ? high : sector == 2 || sector == 5 ? middle : low;
  }
}

static void scale_saturation(void *out_, const void *in_, int64_t n, float amount) {
  float *out = out_;
  const float *in = in_;
  HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {
    float r = in[3 * i], g = in[3 * i + 1], b = in[3 * i + 2];
    float value = MAX(r, MAX(g, b)), range = value - MIN(r, MIN(g, b));
    float saturation = value > 0 ? range / value : 0, norm = 1.0f / (6.0f * range);
    float of_r = norm * (g - b);
    float of_g = (float)((double)(norm * (b - r)) + 2.0 / 6.0), of_b = (float)((double)(norm * (r - g)) + 4.0 / 6.0);
    float hue = r == value ? of_r : g == value ? of_g : of_b;
    hue = range <= 0 ? 0 : hue;
    hue = hue < 0 ? hue + 1 : hue;
    saturation = MIN(1.0f, MAX(0.0f, saturation * amount));
    float chroma = saturation * value, base = value - chroma, place = hue * 6, sector = __builtin_floorf(place);
    float second = chroma * (1 - __builtin_fabsf(place - 2 * __builtin_floorf(place / 2) - 1));
    out[3 * i] = (sector == 0 || sector == 5 ? chroma : sector == 1 || sector == 4 ? second : 0) + base;
    out[3 * i + 1] = (sector == 1 || sector == 2 ? chroma : sector == 0 || sector == 3 ? second : 0) + base;
    out[3 * i + 2] = (sector == 3 || sector == 4 ? chroma : sector == 2 || sector == 5 ? second : 0) + base;
  }
}

const hr_image_table HR_LEVELED(images) = {
    .interpolate = interpolate,
    .blend = blend,
    .convolve = convolve,
    .combine = combine,
    .shrink = shrink,
    .add_scaled = add_scaled,
    .scale = scale,
    .contrast = contrast,
    .rgb_to_hsv_f32 = rgb_to_hsv_f32,
    .rgb_to_hsv_f64 = rgb_to_hsv_f64,
    .hsv_to_rgb_f32 = hsv_to_rgb_f32,
    .hsv_to_rgb_f64 = hsv_to_rgb_f64,
    .turn_hue = turn_hue,
    .scale_saturation = scale_saturation,
};
