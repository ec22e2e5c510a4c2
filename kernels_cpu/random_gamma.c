/* RandomGamma, bit for bit TensorFlow's: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
 */
#include "kernels_cpu/number_access.h"
#include "kernels_cpu/random_outputs.h"
#include <math.h>

/* NaN where there is no such distribution. */
static double gamma_sample(double alpha, hr_number_source *source) {
  if (alpha == 1) return -log1p(-hr_next_uniform(source));
  double d = alpha + (alpha < 1 ? 2.0 / 3 : -1.0 / 3), c = 1.0 / 3 / sqrt(d);
  if (!(d > 0)) return NAN;
  for (;;) {
    double x = hr_next_normal(source), v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    double u = hr_next_uniform(source);
    if (u < 1 - 0.0331 * (x * x) * (x * x) || log(u) < 0.5 * x * x + d * (1 - v + log(v)))
      return alpha < 1 ? d * v * pow(hr_next_uniform(source), 1 / alpha) : d * v;
  }
}

static void gamma_at(const hr_random_outputs *job, int64_t place, int64_t parameter, hr_number_source *source) {
  hr_number_set(job->out, place, gamma_sample(hr_number_at(job->parameters, parameter), source));
}

static hr_status random_gamma(hr_kernel_context *ctx) { return hr_random_outputs_make(ctx, 150, gamma_at); }
HR_KERNEL(.op = "RandomGamma", .types = {{"T", HR_TYPE_BIT(HR_HALF) | HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}},
          .compute = random_gamma, .create = hr_random_create, .destroy = hr_random_destroy);
