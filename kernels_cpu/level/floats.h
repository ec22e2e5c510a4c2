/* A vector register of floats, and its exponentials. SLEEF's take a call, which empties the registers, and more steps
 * than these: about twice the time. */
#ifndef HR_KERNELS_CPU_LEVEL_FLOATS_H
#define HR_KERNELS_CPU_LEVEL_FLOATS_H

#include "kernels_cpu/level/level.h"
#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

typedef float floats __attribute__((vector_size(HR_VECTOR_BYTES)));
typedef int32_t words __attribute__((vector_size(HR_VECTOR_BYTES)));

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* x * y + z, rounded once where the machine has that. */
static ALWAYS_INLINE floats multiply_add(floats x, floats y, floats z) {
#if defined(__AVX512F__)
  return (floats)_mm512_fmadd_ps((__m512)x, (__m512)y, (__m512)z);
#elif defined(__FMA__)
  return (floats)_mm256_fmadd_ps((__m256)x, (__m256)y, (__m256)z);
#else
  return x * y + z;
#endif
}

/* x, or the bound where x is beyond it; NaN stays, which x86's maximum gives where it is the second operand. */
static ALWAYS_INLINE floats at_least(floats x, float bound) {
  floats bounds = (floats){0} + bound;
#if defined(__AVX512F__)
  return (floats)_mm512_max_ps((__m512)bounds, (__m512)x);
#elif defined(__AVX__)
  return (floats)_mm256_max_ps((__m256)bounds, (__m256)x);
#else
  words beyond = x < bounds;
  return (floats)(((words)x & ~beyond) | ((words)bounds & beyond));
#endif
}
static ALWAYS_INLINE floats at_most(floats x, float bound) { return -at_least(-x, -bound); }

/* exp(x) = 2^n exp(r), where r = x - n log 2 and |r| <= log 2 / 2, for |x| below 2^20.
 * Gives exp(r) - 1, by a polynomial whose error relative to exp(r) is at most 2e-9; and n. */
static ALWAYS_INLINE floats reduced_exp_less_one(floats x, words *n) {
  static const float per_log2 = 0x1.715476p+0f, log2_high = 0.693359375f, log2_low = -2.12194440e-4f;
  static const float to_integer = 0x1.8p23f; /* added, leaves an integer in the low bits */
  floats zero = {0}, shifted = multiply_add(x, zero + per_log2, zero + to_integer), whole = shifted - to_integer;
  floats r = multiply_add(whole, zero - log2_low, multiply_add(whole, zero - log2_high, x));
  floats series = multiply_add(r, zero + 0x1.6ae6e0p-10f, zero + 0x1.1267d8p-7f);
  series = multiply_add(r, series, zero + 0x1.555824p-5f);
  series = multiply_add(r, series, zero + 0x1.555418p-3f);
  series = multiply_add(r, series, zero + 0x1.fffffcp-2f);
  *n = (words)shifted - (words)(zero + to_integer);
  return multiply_add(r * r, series, r);
}
/* 2^n, for n in [-126, 127]. */
static ALWAYS_INLINE floats power_of_two(words n) { return (floats)((n + 127) << 23); }

/* Within 1.2 ulp. */
static ALWAYS_INLINE floats exp_of_floats(floats x) {
  static const float is_zero = -105, is_infinite = 89;
  words n, half;
  floats e = reduced_exp_less_one(at_most(at_least(x, is_zero), is_infinite), &n) + 1;
  half = n >> 1; /* 2^n itself may be no number */
  return e * power_of_two(half) * power_of_two(n - half);
}

/* For x that are not positive: within 1.2 ulp where the result is a normal number, 0 below. */
static ALWAYS_INLINE floats exp_below_zero(floats x) {
  static const float smallest = -87.33654f;
  words n;
  floats e = reduced_exp_less_one(x, &n) + 1;
  return (floats)((words)(e * power_of_two(n)) & ~(x < smallest));
}

/* (1 - t) / (1 + t), where t = exp(-2 |x|): within 2.6 ulp, as 1 - t is made without subtracting what is nearly 1. */
static ALWAYS_INLINE floats tanh_of_floats(floats x) {
  static const float is_one = -40;
  static const int32_t sign_bit = INT32_MIN;
  words n, sign = (words)x & sign_bit;
  floats e = reduced_exp_less_one(at_least((floats)((words)x | sign_bit) * 2, is_one), &n), power = power_of_two(n);
  floats difference = (1 - power) - power * e;
  return (floats)((words)(difference / (2 - difference)) ^ sign);
}

#endif
