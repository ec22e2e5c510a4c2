/* Normal random numbers, many Philox blocks at once: bit for bit those of random_normal.h, which TensorFlow draws.
 *
 * So logarithm, sine and cosine must be the C library's, to the last bit. Those of glibc 2.28 and later compute in
 * double, after Szabolcs Nagy and Wilco Dijkstra's for Arm's Optimized Routines (Apache-2.0), whose coefficients these
 * are. There are no more than 2^23 arguments of each, and all gave the same bits. */
#include "kernels_cpu/level/philox_blocks.h"
#include <math.h>

/* As many as loops of vectors like, and as stay close to the core. */
enum { ROUNDS = 16, BLOCKS = ROUNDS * SIDE, PAIRS = 2 * BLOCKS };

/* x * y + z, rounded once where the machine has that: no result differs by it. */
#ifdef __FMA__
#define MULTIPLY_ADD(x, y, z) __builtin_fma(x, y, z)
#else
#define MULTIPLY_ADD(x, y, z) ((x) * (y) + (z))
#endif

static inline float to_uniform(uint32_t number) {
  uint32_t bits = (number & 0x7fffff) | 0x3f800000; /* in [1, 2) */
  float f;
  memcpy(&f, &bits, sizeof f);
  return f - 1;
}

/* log x = k log 2 + log c + log(z / c), where x = 2^k z and c is near z: of each sixteenth, 1 / c and log c. */
static const double inverse[16] = {
    0x1.661ec79f8f3bep+0, 0x1.571ed4aaf883dp+0, 0x1.49539f0f010b0p+0, 0x1.3c995b0b80385p+0,
    0x1.30d190c8864a5p+0, 0x1.25e227b0b8ea0p+0, 0x1.1bb4a4a1a343fp+0, 0x1.12358f08ae5bap+0,
    0x1.0953f419900a7p+0, 0x1.0000000000000p+0, 0x1.e608cfd9a47acp-1, 0x1.ca4b31f026aa0p-1,
    0x1.b2036576afce6p-1, 0x1.9c2d163a1aa2dp-1, 0x1.886e6037841edp-1, 0x1.767dcf5534862p-1};
static const double logarithm[16] = {
    -0x1.57bf7808caadep-2, -0x1.2bef0a7c06ddbp-2, -0x1.01eae7f513a67p-2, -0x1.b31d8a68224e9p-3, -0x1.6574f0ac07758p-3,
    -0x1.1aa2bc79c8100p-3, -0x1.a4e76ce8c0e5ep-4, -0x1.1973c5a611cccp-4, -0x1.252f438e10c1ep-5, 0,
    0x1.aa5aa5df25984p-5,  0x1.c5e53aa362eb4p-4,  0x1.526e57720db08p-3,  0x1.bc2860d224770p-3,  0x1.1058bc8a07ee1p-2,
    0x1.4043057b6ee09p-2};

/* sqrt(-2 log u) of positive normal numbers. Bits and numbers in loops of their own, which the compiler makes vectors
 * of.
 */
static inline void radii_of(const float *restrict u, int count, float *restrict radii) {
  const uint32_t *bits = (const uint32_t *)u;
  uint32_t from_c[PAIRS], z_bits[PAIRS];
  for (int i = 0; i < count; ++i) {
    from_c[i] = bits[i] - 0x3f330000; /* z is in [0.7, 1.4) */
    z_bits[i] = bits[i] - (from_c[i] & 0xff800000);
  }
  double by_c[PAIRS], log_c[PAIRS], result[PAIRS];
  for (int i = 0; i < count; ++i) {
    by_c[i] = inverse[from_c[i] >> 19 & 15];
    log_c[i] = logarithm[from_c[i] >> 19 & 15];
  }
  const float *z = (const float *)z_bits;
  for (int i = 0; i < count; ++i) {
    double r = MULTIPLY_ADD((double)z[i], by_c[i], -1.0), r2 = r * r;
    double base = MULTIPLY_ADD((double)((int32_t)from_c[i] >> 23), 0x1.62e42fefa39efp-1, log_c[i]);
    double series = MULTIPLY_ADD(0x1.5575b0be00b6ap-2, r, -0x1.ffffef20a4123p-2);
    series = MULTIPLY_ADD(-0x1.00ea348b88334p-2, r2, series);
    result[i] = MULTIPLY_ADD(series, r2, base + r);
  }
  for (int i = 0; i < count; ++i)
    radii[i] = sqrtf(-2.0f * (float)result[i]);
}

/* x less its quarter turns, of which there are `turns`; then both series. */
static inline void turn(float angle, float *sine, float *cosine) {
  double x = angle;
  int turns = ((int32_t)(x * 0x1.45f306dc9c883p+23) + 0x800000) >> 24; /* 2^24 / (pi / 2) */
  x = MULTIPLY_ADD((double)turns, -0x1.921fb54442d18p0, x);
  double x2 = x * x, x3 = x * x2, x4 = x2 * x2;
  double s = MULTIPLY_ADD(x3, -0x1.555545995a603p-3, x), c = MULTIPLY_ADD(x2, -0x1.ffffffd0c621cp-2, 1.0);
  s = MULTIPLY_ADD(x3 * x2, MULTIPLY_ADD(x2, -0x1.994eb3774cf24p-13, 0x1.1107605230bc4p-7), s);
  c = MULTIPLY_ADD(x4, 0x1.55553e1068f19p-5, c);
  c = MULTIPLY_ADD(x4 * x2, MULTIPLY_ADD(x2, 0x1.99343027bf8c3p-16, -0x1.6c087e89a359dp-10), c);
  float sine_of = (float)s, cosine_of = (float)c;
  bool swaps = turns & 1;
  float first = swaps ? cosine_of : sine_of, second = swaps ? sine_of : cosine_of;
  *sine = turns & 2 ? -first : first;
  *cosine = (turns + 1) & 2 ? -second : second;
}

/* Pairs from pairs of numbers: one for the radius, one for the angle. */
static void normals_of(const uint32_t *numbers, int count, float *out) {
  float u[PAIRS], radius[PAIRS], sine[PAIRS], cosine[PAIRS];
  for (int i = 0; i < count; ++i) {
    float x = to_uniform(numbers[2 * i]);
    u[i] = HR_MAX(x, 1e-7f);
  }
  radii_of(u, count, radius);
  for (int i = 0; i < count; ++i)
    turn((float)(2 * M_PI * (double)to_uniform(numbers[2 * i + 1])), &sine[i], &cosine[i]);
  for (int i = 0; i < count; ++i) {
    out[2 * i] = sine[i] * radius[i];
    out[2 * i + 1] = cosine[i] * radius[i];
  }
}

void HR_LEVELED(normal_f32)(float *out, const hr_philox *generator, int64_t blocks) {
  hr_philox position = *generator;
  uint32_t numbers[2 * PAIRS];
  float values[2 * PAIRS];
  for (int64_t start = 0; start < blocks; start += BLOCKS, out += 2 * PAIRS) {
    int64_t count = blocks - start < BLOCKS ? blocks - start : BLOCKS;
    int rounds = (int)((count + SIDE - 1) / SIDE);
    for (int round = 0; round < rounds; ++round) {
      blocks_of(&position, numbers + 4 * SIDE * round);
      hr_philox_skip(&position, SIDE);
    }
    normals_of(numbers, 2 * SIDE * rounds, count == BLOCKS ? out : values);
    if (count < BLOCKS) memcpy(out, values, sizeof *values * 4 * (size_t)count);
  }
}
