/* RandomPoissonV2 and RandomPoisson, bit for bit TensorFlow's: for small rates uniform numbers are multiplied until the
 * product is small (Knuth, "The art of computer programming", volume 2, 3.4.1), for others a transformed number is kept
 * or rejected (Hormann, "The transformed rejection method for generating Poisson random variables", 1993, PTRS).
 *
 * Each output has a stretch of the generator of its own, so that any thread may make any of them. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/number_access.h"
#include "kernels_cpu/random_outputs.h"
#include <float.h>
#include <math.h>

#define SMALL_RATE 10

static double multiplied(double rate, double highest, hr_number_source *source) {
  double limit = exp(-rate), product = 1;
  for (double count = 0; count <= highest; ++count) {
    product *= hr_next_uniform(source);
    if (product <= limit) return count;
  }
  return highest;
}

static double transformed(double rate, double highest, hr_number_source *source) {
  double log_rate = log(rate), b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
  double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    double u = hr_next_uniform(source) - 0.5, v = hr_next_uniform(source);
    double shifted = 0.5 - fabs(u);
    double k = floor((2 * a / shifted + b) * u + rate + 0.43);
    if (k > highest) continue;
    if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    double s = log(v * inverse_alpha / (a / (shifted * shifted) + b));
    if (s <= -rate + k * log_rate - lgamma(k + 1)) return k;
  }
}

/* A number of the distribution that is at most `highest`. Where the rate is far beyond that, or no number, there is
 * none to wait for. */
static double poisson_sample(double rate, const hr_tensor *out, hr_number_source *source) {
  double highest = out->dtype == HR_INT32   ? INT32_MAX
                   : out->dtype == HR_INT64 ? 0x1p63 - 1024 /* the greatest double that fits */
                   : out->dtype == HR_HALF  ? 65504
                   : out->dtype == HR_FLOAT ? (double)FLT_MAX
                                            : DBL_MAX;
  if (isnan(rate) || isinf(rate)) return hr_dtype_is_integer(out->dtype) ? 0 : NAN;
  if (rate < SMALL_RATE) return multiplied(rate, highest, source);
  return rate > highest ? highest : transformed(rate, highest, source);
}

static void poisson_at(const hr_random_outputs *job, int64_t place, int64_t parameter, hr_number_source *source) {
  double rate = hr_number_at(job->parameters, parameter);
  hr_number_set(job->out, place, poisson_sample(rate, job->out, source));
}

static hr_status random_poisson(hr_kernel_context *ctx) { return hr_random_outputs_make(ctx, 200, poisson_at); }

#define FLOATING_TYPES (HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
HR_KERNEL(.op = "RandomPoisson", .types = {{"dtype", FLOATING_TYPES}}, .compute = random_poisson,
          .create = hr_random_create, .destroy = hr_random_destroy);
HR_KERNEL(.op = "RandomPoissonV2",
          .types = {{"R", FLOATING_TYPES | HR_INDEX_TYPES}, {"dtype", FLOATING_TYPES | HR_INDEX_TYPES}},
          .compute = random_poisson, .create = hr_random_create, .destroy = hr_random_destroy);
