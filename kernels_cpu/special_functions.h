/* Special functions of doubles, after published formulas (DLMF is https://dlmf.nist.gov). NaN for a NaN. */
#ifndef HR_KERNELS_CPU_SPECIAL_FUNCTIONS_H
#define HR_KERNELS_CPU_SPECIAL_FUNCTIONS_H

/* The regularised incomplete gamma functions P(a, x) and Q(a, x) (DLMF 8.2.4). P(a, 0) is 0 for any a; otherwise
 * NaN for a <= 0 or x < 0. */
double hr_igamma(double a, double x);
double hr_igammac(double a, double x);

/* dP(a, x)/da. */
double hr_igamma_gradient(double a, double x);
/* dx/da where P(a, x) stays what it is: how a sample x of the gamma distribution moves with a. */
double hr_gamma_sample_gradient(double a, double x);

/* Hurwitz's zeta function, the sum of (k + q)^-x (DLMF 25.11.1). Infinity for x = 1 and at poles q = 0, -1, ...; NaN
 * for x < 1, and for q < 0 unless x is an integer. */
double hr_zeta(double x, double q);

/* The derivative of order n of digamma (DLMF 5.15). NaN unless n is a whole number >= 0. */
double hr_polygamma(double n, double x);

/* The regularised incomplete beta function I_x(a, b) (DLMF 8.17.2). NaN for a <= 0, b <= 0 and x outside [0, 1]. */
double hr_betainc(double a, double b, double x);

/* Modified Bessel functions of order 0 and 1 times e^-|x| (DLMF 10.25). */
double hr_bessel_i0e(double x);
double hr_bessel_i1e(double x);

#endif
