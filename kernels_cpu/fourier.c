#include "kernels_cpu/fourier.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A length with a greater prime factor is done by convolution. */
enum { GREATEST_FACTOR = 13, MAX_FACTORS = 64 };

struct hr_fourier {
  int64_t n;
  int factor_count;
  int factors[MAX_FACTORS];
  hr_complex *roots;  /* e^(-2 pi i k / n), k < n */
  hr_fourier *whole;  /* of a convolution: the transform of its power of two; else NULL */
  hr_complex *chirp;  /* e^(-pi i k^2 / n), k < n */
  hr_complex *filter; /* the transform of the chirp's conjugate, around 0 */
};

static inline hr_complex plus(hr_complex a, hr_complex b) { return (hr_complex){a.re + b.re, a.im + b.im}; }
static inline hr_complex minus(hr_complex a, hr_complex b) { return (hr_complex){a.re - b.re, a.im - b.im}; }
static inline hr_complex times(hr_complex a, hr_complex b) {
  return (hr_complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* e^(-2 pi i k / n) for 0 <= k < n, from an angle of at most an eighth of a turn. */
static hr_complex root_of_unity(int64_t k, int64_t n) {
  if (8 * k > 4 * n) { /* the lower half mirrors the upper one */
    hr_complex root = root_of_unity(n - k, n);
    return (hr_complex){root.re, -root.im};
  }
  if (8 * k > 2 * n) { /* a quarter on */
    hr_complex root = root_of_unity(4 * k - n, 4 * n);
    return (hr_complex){root.im, -root.re};
  }
  double angle = 2 * M_PI * (double)k / (double)n;
  return (hr_complex){cos(angle), -sin(angle)};
}

static bool find_factors(int64_t n, hr_fourier *fourier) {
  static const int candidates[] = {4, 2, 3, 5, 7, 11, GREATEST_FACTOR};
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; ++i) {
    for (; n % candidates[i] == 0; n /= candidates[i])
      fourier->factors[fourier->factor_count++] = candidates[i];
  }
  return n == 1;
}

/* ---- Stockham -------------------------------------------------------------------------------------------------- */

/* One step of radix p over blocks of `stride` numbers: of `length` = p * m blocks, those that are m apart are combined,
 * and stand next to each other afterwards. */
static void step_2(const hr_fourier *f, int64_t m, int64_t stride, const hr_complex *x, hr_complex *y) {
  for (int64_t k = 0; k < m; ++k) {
    hr_complex root = f->roots[k * stride];
    const hr_complex *a = x + stride * k, *b = a + stride * m;
    hr_complex *out = y + 2 * stride * k;
    for (int64_t q = 0; q < stride; ++q) {
      hr_complex sum = plus(a[q], b[q]), difference = minus(a[q], b[q]);
      out[q] = sum;
      out[stride + q] = times(difference, root);
    }
  }
}

static void step_4(const hr_fourier *f, int64_t m, int64_t stride, const hr_complex *x, hr_complex *y) {
  for (int64_t k = 0; k < m; ++k) {
    hr_complex root1 = f->roots[k * stride], root2 = times(root1, root1), root3 = times(root1, root2);
    const hr_complex *a = x + stride * k, *b = a + stride * m, *c = b + stride * m, *d = c + stride * m;
    hr_complex *out = y + 4 * stride * k;
    for (int64_t q = 0; q < stride; ++q) {
      hr_complex even = plus(a[q], c[q]), odd = plus(b[q], d[q]);
      hr_complex even2 = minus(a[q], c[q]), turned = minus(b[q], d[q]);
      turned = (hr_complex){turned.im, -turned.re};
      out[q] = plus(even, odd);
      out[stride + q] = times(plus(even2, turned), root1);
      out[2 * stride + q] = times(minus(even, odd), root2);
      out[3 * stride + q] = times(minus(even2, turned), root3);
    }
  }
}

static void step_any(const hr_fourier *f, int p, int64_t m, int64_t stride, const hr_complex *x, hr_complex *y) {
  for (int64_t k = 0; k < m; ++k) {
    for (int r = 0; r < p; ++r) {
      hr_complex twist = f->roots[k * r * stride];
      hr_complex *out = y + stride * (p * k + r);
      for (int64_t q = 0; q < stride; ++q) {
        hr_complex sum = x[stride * k + q];
        for (int j = 1; j < p; ++j)
          sum = plus(sum, times(x[stride * (k + m * j) + q], f->roots[f->n / p * (j * r % p)]));
        out[q] = times(sum, twist);
      }
    }
  }
}

static void run_stockham(const hr_fourier *f, hr_complex *x, hr_complex *scratch) {
  hr_complex *from = x, *to = scratch;
  int64_t length = f->n, stride = 1;
  for (int i = 0; i < f->factor_count; ++i) {
    int p = f->factors[i];
    int64_t m = length / p;
    if (p == 2)
      step_2(f, m, stride, from, to);
    else if (p == 4)
      step_4(f, m, stride, from, to);
    else
      step_any(f, p, m, stride, from, to);
    hr_complex *swap = from;
    from = to;
    to = swap;
    length = m;
    stride *= p;
  }
  if (from != x) memcpy(x, from, (size_t)f->n * sizeof *x);
}

/* ---- Bluestein ------------------------------------------------------------------------------------------------- */

/* With j k = (j^2 + k^2 - (k - j)^2) / 2 the sum is a convolution of the line times the chirp with the chirp's
 * conjugate. */
static void run_bluestein(const hr_fourier *f, hr_complex *x, hr_complex *scratch) {
  hr_complex *line = scratch;
  for (int64_t k = 0; k < f->n; ++k)
    line[k] = times(x[k], f->chirp[k]);
  memset(line + f->n, 0, (size_t)(f->whole->n - f->n) * sizeof *line);
  hr_fourier_run(f->whole, false, line, scratch + f->whole->n);
  for (int64_t k = 0; k < f->whole->n; ++k)
    line[k] = times(line[k], f->filter[k]);
  hr_fourier_run(f->whole, true, line, scratch + f->whole->n);
  for (int64_t k = 0; k < f->n; ++k)
    x[k] = times(line[k], f->chirp[k]);
}

static hr_status prepare_bluestein(hr_fourier *f) {
  int64_t size = 1;
  while (size < 2 * f->n - 1)
    size *= 2;
  HR_TRY(hr_fourier_new(size, &f->whole));
  f->chirp = malloc((size_t)f->n * sizeof *f->chirp);
  f->filter = calloc((size_t)size, sizeof *f->filter);
  hr_complex *scratch = malloc((size_t)size * sizeof *scratch);
  if (!f->chirp || !f->filter || !scratch) {
    free(scratch);
    return hr_error_out_of_memory((size_t)size * sizeof *f->filter, "a Fourier transform");
  }
  uint64_t turn = 2 * (uint64_t)f->n;
  for (int64_t k = 0; k < f->n; ++k) {
    hr_complex chirp = root_of_unity((int64_t)((uint64_t)k * (uint64_t)k % turn), (int64_t)turn);
    f->chirp[k] = chirp;
    f->filter[k] = f->filter[k == 0 ? 0 : size - k] = (hr_complex){chirp.re, -chirp.im};
  }
  hr_fourier_run(f->whole, false, f->filter, scratch);
  free(scratch);
  return HR_SUCCESS;
}

/* ---- any length ------------------------------------------------------------------------------------------------ */

void hr_fourier_free(hr_fourier *f) {
  if (!f) return;
  hr_fourier_free(f->whole);
  free(f->roots);
  free(f->chirp);
  free(f->filter);
  free(f);
}

hr_status hr_fourier_new(int64_t n, hr_fourier **out) {
  hr_fourier *f = calloc(1, sizeof *f);
  if (!f) return hr_error_out_of_memory(sizeof *f, "a Fourier transform");
  f->n = n;
  hr_status status = HR_SUCCESS;
  if (n >= INT64_C(1) << 31) {
    status = hr_error(HR_UNIMPLEMENTED, "Lines of %lld numbers are too long to be transformed", (long long)n);
  } else if (!find_factors(n, f)) {
    status = prepare_bluestein(f);
  } else if (!(f->roots = malloc((size_t)n * sizeof *f->roots))) {
    status = hr_error_out_of_memory((size_t)n * sizeof *f->roots, "a Fourier transform");
  } else {
    for (int64_t k = 0; k < n; ++k)
      f->roots[k] = root_of_unity(k, n);
  }
  if (status) {
    hr_fourier_free(f);
    f = NULL;
  }
  *out = f;
  return status;
}

int64_t hr_fourier_scratch(const hr_fourier *f) { return f->whole ? 2 * f->whole->n : f->n; }

/* The inverse is the conjugate of the conjugate's transform. */
void hr_fourier_run(const hr_fourier *f, bool inverse, hr_complex *x, hr_complex *scratch) {
  if (inverse) {
    for (int64_t k = 0; k < f->n; ++k)
      x[k].im = -x[k].im;
  }
  if (f->whole)
    run_bluestein(f, x, scratch);
  else
    run_stockham(f, x, scratch);
  if (inverse) {
    double scale = 1 / (double)f->n;
    for (int64_t k = 0; k < f->n; ++k)
      x[k] = (hr_complex){x[k].re * scale, -x[k].im * scale};
  }
}
