/* Mfcc: cepstral coefficients of spectra: sums over bands that are equally wide for the ear (in mel), their logarithms,
 * and the cosine transform of these (Davis and Mermelstein, 1980). */
#include "kernels_cpu/arguments.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* Frequencies in mel. */
static double mel(double hertz) { return 1127 * log1p(hertz / 700); }

/* Sums below it count as it. */
static const double silence = 1e-12;

typedef struct settings {
  double upper, lower; /* hertz */
  int64_t bands, coefficients;
} settings;

static settings settings_of(const hr_node *node) {
  return (settings){(double)hr_node_attr(node, "upper_frequency_limit")->f,
                    (double)hr_node_attr(node, "lower_frequency_limit")->f,
                    hr_node_attr(node, "filterbank_channel_count")->i, hr_node_attr(node, "dct_coefficient_count")->i};
}

/* How much of each frequency belongs to band `band`, the rest of it to the next one; -1: all but the rest is lost. */
typedef struct share {
  int64_t band;
  double weight;
} share;

/* Of frequencies first..last. */
typedef struct filter_bank {
  int64_t first, last;
  share *shares;
} filter_bank;

static void fill_bank(const settings *s, int64_t width, double rate, double *centers, filter_bank *bank) {
  double low = mel(s->lower), spacing = (mel(s->upper) - low) / (double)(s->bands + 1);
  for (int64_t i = 0; i <= s->bands; ++i)
    centers[i] = low + spacing * (double)(i + 1);
  double hertz = 0.5 * rate / (double)(width - 1);
  double first = 1.5 + s->lower / hertz, last = s->upper / hertz;
  bank->first = first < (double)width ? (int64_t)first : width;
  bank->last = last < (double)width ? (int64_t)last : width - 1;
  int64_t band = 0;
  for (int64_t i = bank->first; i <= bank->last; ++i) {
    double at = mel((double)i * hertz);
    while (band < s->bands && centers[band] < at)
      ++band;
    double begin = band > 0 ? centers[band - 1] : low, end = centers[band];
    bank->shares[i] = (share){band - 1, (end - at) / (end - begin)};
  }
}

/* scale cos(k (i + 1/2) pi / bands) for coefficient k and band i. */
static void fill_cosines(const settings *s, double *cosines) {
  double scale = sqrt(2.0 / (double)s->bands), step = M_PI / (double)s->bands;
  for (int64_t k = 0; k < s->coefficients; ++k)
    for (int64_t i = 0; i < s->bands; ++i)
      *cosines++ = scale * cos((double)k * step * ((double)i + 0.5));
}

static hr_status mfcc(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *rate = hr_input(ctx, 1);
  settings s = settings_of(hr_context_node(ctx));
  HR_TRY(hr_rank_check(x, 3, "spectrogram"));
  if (rate->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input sample_rate should be a scalar tensor, got %s instead.",
                    HR_TENSOR_SHAPE_TEXT(rate));
  int64_t width = x->dims[2];
  int32_t hertz = *(const int32_t *)hr_tensor_data(rate);
  if (width < 2 || hertz <= 0 || s.bands < 1 || s.bands > 1 << 24 || s.coefficients < 1 || s.coefficients > s.bands ||
      !(s.lower >= 0) || !(s.upper > s.lower))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Mfcc initialization failed for channel count %" PRId64 " and sample rate %" PRId32, width, hertz);
  hr_shape shape;
  HR_TRY(hr_shape_make(3, (int64_t[]){x->dims[0], x->dims[1], s.coefficients}, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t num_cosines, bytes;
  if (__builtin_mul_overflow(s.bands, s.coefficients, &num_cosines) ||
      __builtin_mul_overflow(num_cosines + 2 * s.bands + 1, (int64_t)sizeof(double), &bytes) ||
      __builtin_add_overflow(bytes, width * (int64_t)sizeof(share), &bytes))
    return hr_error(HR_RESOURCE_EXHAUSTED, "Mfcc of %" PRId64 " bands is too large", s.bands);
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_INT8, &(hr_shape){1, {bytes}}, &scratch));
  filter_bank bank = {.shares = hr_tensor_data(&scratch)};
  double *centers = (double *)(bank.shares + width), *sums = centers + s.bands + 1, *cosines = sums + s.bands;
  fill_bank(&s, width, hertz, centers, &bank);
  fill_cosines(&s, cosines);
  const float *spectrum = hr_tensor_data(x);
  float *to = hr_tensor_data(out);
  for (int64_t line = 0; line < x->dims[0] * x->dims[1]; ++line, spectrum += width) {
    for (int64_t i = 0; i < s.bands; ++i)
      sums[i] = 0;
    for (int64_t i = bank.first; i <= bank.last; ++i) {
      double magnitude = sqrt((double)spectrum[i]), part = magnitude * bank.shares[i].weight;
      int64_t band = bank.shares[i].band;
      if (band >= 0) sums[band] += part;
      if (band + 1 < s.bands) sums[band + 1] += magnitude - part;
    }
    for (int64_t i = 0; i < s.bands; ++i)
      sums[i] = log(sums[i] < silence ? silence : sums[i]);
    for (int64_t k = 0; k < s.coefficients; ++k) {
      double sum = 0;
      for (int64_t i = 0; i < s.bands; ++i)
        sum += cosines[k * s.bands + i] * sums[i];
      *to++ = (float)sum;
    }
  }
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Mfcc", .compute = mfcc);
