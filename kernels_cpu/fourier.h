/* The discrete Fourier transform of one line of numbers, in double: for lengths of small factors Stockham's sorted
 * algorithm (see Van Loan, "Computational frameworks for the fast Fourier transform", 1992), for others Bluestein's ("A
 * linear filtering approach to the computation of discrete Fourier transform", 1970), which makes a convolution of it.
 */
#ifndef HR_KERNELS_CPU_FOURIER_H
#define HR_KERNELS_CPU_FOURIER_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct hr_complex {
  double re, im;
} hr_complex;

/* What is known of a length; not changed once it is made, so that any number of threads may use it. */
typedef struct hr_fourier hr_fourier;

/* For lines of n > 0 numbers. ResourceExhausted where there is no memory. */
HR_MUST_USE hr_status hr_fourier_new(int64_t n, hr_fourier **out);
void hr_fourier_free(hr_fourier *fourier);

/* Numbers of scratch that hr_fourier_run needs. */
int64_t hr_fourier_scratch(const hr_fourier *fourier);
/* x[k] becomes the sum of x[j] e^(-2 pi i j k / n); `inverse`: of x[j] e^(2 pi i j k / n) / n. */
void hr_fourier_run(const hr_fourier *fourier, bool inverse, hr_complex *x, hr_complex *scratch);

#endif
