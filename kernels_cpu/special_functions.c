#include "kernels_cpu/special_functions.h"
#include "kernels_cpu/level/expressions.h"

#include <float.h>

/* No series or fraction here needs as many terms. */
enum { MOST_TERMS = 20000 };

/* ---- incomplete gamma ------------------------------------------------------------------------------------------ */

/* x^a e^-x / Gamma(a + 1). */
static double gamma_factor(double a, double x) { return exp(a * log(x) - x - lgamma(a + 1)); }

/* P by its series (DLMF 8.11.4): the factor times the sum of x^k / ((a + 1) ... (a + k)). */
static double gamma_series(double a, double x) {
  double term = 1, sum = 1;
  for (int k = 1; k < MOST_TERMS && term > sum * DBL_EPSILON / 4; ++k)
    sum += term *= x / (a + k);
  return sum * gamma_factor(a, x);
}

/* Q by Legendre's continued fraction (DLMF 8.9.2), evaluated by Lentz's method as Thompson and Barnett give it
 * ("Coulomb and Bessel functions of complex arguments and order", 1986). */
static double gamma_fraction(double a, double x) {
  double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, h = d;
  for (int k = 1; k < MOST_TERMS; ++k) {
    double an = -k * (k - a);
    b += 2;
    d = an * d + b;
    if (fabs(d) < DBL_MIN) d = DBL_MIN;
    c = b + an / c;
    if (fabs(c) < DBL_MIN) c = DBL_MIN;
    d = 1 / d;
    h *= d * c;
    if (fabs(d * c - 1) < DBL_EPSILON) break;
  }
  return h * a * gamma_factor(a, x);
}

static bool gamma_is_defined(double a, double x) { return a > 0 && x > 0; }

double hr_igamma(double a, double x) {
  if (x == 0) return 0;
  if (!gamma_is_defined(a, x)) return NAN;
  if (isinf(x)) return 1;
  return x > 1 && x > a ? 1 - gamma_fraction(a, x) : gamma_series(a, x);
}

double hr_igammac(double a, double x) {
  if (a > 0 && x == 0) return 1;
  if (!gamma_is_defined(a, x)) return NAN;
  if (isinf(x)) return 0;
  return x > 1 && x > a ? gamma_fraction(a, x) : 1 - gamma_series(a, x);
}

/* The derivative of P by a over x^a e^-x / Gamma(a + 1), from the series, differentiated term by term: with
 * t_k = x^k / ((a + 1) ... (a + k)) the derivative of t_k is -t_k times the sum of 1 / (a + i). */
static double gradient_by_series(double a, double x) {
  double term = 1, sum = 1, harmonic = 0, slope = 0;
  for (int k = 1; k < MOST_TERMS && (k < x || term > sum * DBL_EPSILON / 64); ++k) {
    term *= x / (a + k);
    harmonic += 1 / (a + k);
    sum += term;
    slope -= term * harmonic;
  }
  return (log(x) - hr_digamma(a + 1)) * sum + slope;
}

/* The same from the continued fraction of Q, each step of which is differentiated, too. For whole a the fraction ends
 * early, but its derivative does not. */
static double gradient_by_fraction(double a, double x) {
  double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, h = d;
  double c_slope = 0, d_slope = d * d, h_slope = d_slope; /* that of b is -1 throughout */
  for (int k = 1; k < MOST_TERMS; ++k) {
    double an = -k * (k - a), an_slope = k, last = h_slope;
    b += 2;
    c_slope = -1 + (an_slope - an / c * c_slope) / c;
    c = b + an / c;
    double slope = an_slope * d + an * d_slope - 1;
    d = 1 / (an * d + b);
    d_slope = -d * d * slope;
    h_slope = h_slope * (d * c) + h * (d_slope * c + d * c_slope);
    h *= d * c;
    if (fabs(d * c - 1) < DBL_EPSILON && fabs(h_slope - last) <= fabs(last) * DBL_EPSILON) break;
  }
  return -a * (h_slope + h * (log(x) - hr_digamma(a)));
}

static double gradient_over_factor(double a, double x) {
  return x > 1 && x > a ? gradient_by_fraction(a, x) : gradient_by_series(a, x);
}

double hr_igamma_gradient(double a, double x) {
  if (x == 0) return 0;
  if (!gamma_is_defined(a, x)) return NAN;
  if (isinf(x)) return 0;
  return gamma_factor(a, x) * gradient_over_factor(a, x);
}

/* The density at x is the factor times a / x. */
double hr_gamma_sample_gradient(double a, double x) {
  if (x == 0) return 0;
  if (!gamma_is_defined(a, x) || isinf(x)) return NAN;
  return -gradient_over_factor(a, x) * x / a;
}

/* ---- zeta ------------------------------------------------------------------------------------------------------ */

/* Euler and Maclaurin's formula (DLMF 25.11.5 with 2.10.1): the first terms one by one, then the integral and
 * corrections with Bernoulli numbers B_2k / (2k)!. */
double hr_zeta(double x, double q) {
  static const double corrections[] = {
      1.0 / 12,
      -1.0 / 720,
      1.0 / 30240,
      -1.0 / 1209600,
      1.0 / 47900160,
      -691.0 / 1307674368000,
      1.0 / 74724249600,
      -3617.0 / 10670622842880000,
      43867.0 / 5109094217170944000,
      -174611.0 / 802857662698291200000.0,
  };
  enum { FIRST_TERMS = 10 };
  if (isnan(x) || isnan(q) || x < 1) return NAN;
  if (x == 1) return (double)INFINITY;
  if (q <= 0) {
    if (q == floor(q)) return (double)INFINITY;
    if (x != floor(x)) return NAN;
  }
  double sum = 0, at = q;
  while (at < FIRST_TERMS) {
    double term = pow(at, -x);
    sum += term;
    at += 1;
    if (at > 1 && term < sum * DBL_EPSILON / 4) return sum;
  }
  double power = pow(at, -x); /* at^-x, then x (x + 1) .. at^-(x + 2k - 1) */
  sum += at * power / (x - 1) + power / 2;
  power *= x / at;
  for (int k = 0; k < (int)(sizeof corrections / sizeof *corrections); ++k) {
    double term = corrections[k] * power;
    sum += term;
    if (fabs(term) < fabs(sum) * DBL_EPSILON / 4) break;
    power *= (x + 2 * k + 1) * (x + 2 * k + 2) / (at * at);
  }
  return sum;
}

/* (-1)^(n+1) n! zeta(n + 1, x) (DLMF 25.11.12). */
double hr_polygamma(double n, double x) {
  if (!(n >= 0) || n != floor(n)) return NAN;
  if (n == 0) return hr_digamma(x);
  return (fmod(n, 2) == 0 ? -1 : 1) * tgamma(n + 1) * hr_zeta(n + 1, x);
}

/* ---- incomplete beta ------------------------------------------------------------------------------------------- */

/* The continued fraction DLMF 8.17.22 by Lentz's method, which converges quickly for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x) {
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  if (fabs(d) < DBL_MIN) d = DBL_MIN;
  d = 1 / d;
  double h = d;
  for (int m = 1; m < MOST_TERMS; ++m) {
    double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double coefficients[2] = {even, odd}, change = 1;
    for (int i = 0; i < 2; ++i) {
      d = 1 + coefficients[i] * d;
      if (fabs(d) < DBL_MIN) d = DBL_MIN;
      c = 1 + coefficients[i] / c;
      if (fabs(c) < DBL_MIN) c = DBL_MIN;
      d = 1 / d;
      change = c * d;
      h *= change;
    }
    if (fabs(change - 1) < DBL_EPSILON) break;
  }
  return h;
}

double hr_betainc(double a, double b, double x) {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return NAN;
  if (x == 0 || x == 1) return x;
  double factor = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return factor * beta_fraction(a, b, x) / a;
  return 1 - factor * beta_fraction(b, a, 1 - x) / b; /* DLMF 8.17.4 */
}

/* ---- Bessel ---------------------------------------------------------------------------------------------------- */

/* I_n(x) e^-x for x >= 0: the power series (DLMF 10.25.2) where its terms fit a double well, the asymptotic one (DLMF
 * 10.40.1) beyond. */
static double bessel(int n, double x) {
  enum { ASYMPTOTIC = 40 };
  double term = 1, sum = 1;
  if (x <= ASYMPTOTIC) {
    for (int k = 1; term > sum * DBL_EPSILON / 4; ++k)
      sum += term *= x / 2 / k * (x / 2 / (k + n));
    return (n ? x / 2 : 1) * sum * exp(-x);
  }
  if (isinf(x)) return 0;
  for (int k = 1; k < ASYMPTOTIC && fabs(term) > DBL_EPSILON / 4; ++k) {
    int odd = 2 * k - 1;
    sum += term *= -(4.0 * n * n - odd * odd) / (k * 8 * x);
  }
  return sum / sqrt(2 * M_PI * x);
}

double hr_bessel_i0e(double x) { return isnan(x) ? x : bessel(0, fabs(x)); }
double hr_bessel_i1e(double x) { return isnan(x) ? x : copysign(bessel(1, fabs(x)), x); }
