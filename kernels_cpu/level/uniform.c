/* Uniform random numbers, many Philox blocks side by side. The numbers are those of philox.h, block after block. */
#include "kernels_cpu/level/level.h"

enum { SIDE = 16 };

/* numbers[k][i]: number k of the block i after `generator`. */
static inline void blocks_of(const hr_philox *generator, uint32_t numbers[4][SIDE]) {
  uint64_t low = (uint64_t)generator->counter[1] << 32 | generator->counter[0];
  uint64_t high = (uint64_t)generator->counter[3] << 32 | generator->counter[2];
  uint32_t c0[SIDE], c1[SIDE], c2[SIDE], c3[SIDE];
  for (int i = 0; i < SIDE; ++i) {
    uint64_t position = low + (uint64_t)i, above = high + (position < low);
    c0[i] = (uint32_t)position;
    c1[i] = (uint32_t)(position >> 32);
    c2[i] = (uint32_t)above;
    c3[i] = (uint32_t)(above >> 32);
  }
  uint32_t k0 = generator->key[0], k1 = generator->key[1];
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < SIDE; ++i) {
      uint64_t product0 = (uint64_t)0xD2511F53u * c0[i], product1 = (uint64_t)0xCD9E8D57u * c2[i];
      c0[i] = (uint32_t)(product1 >> 32) ^ c1[i] ^ k0;
      c2[i] = (uint32_t)(product0 >> 32) ^ c3[i] ^ k1;
      c1[i] = (uint32_t)product1;
      c3[i] = (uint32_t)product0;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int i = 0; i < SIDE; ++i) {
    numbers[0][i] = c0[i];
    numbers[1][i] = c1[i];
    numbers[2][i] = c2[i];
    numbers[3][i] = c3[i];
  }
}

void HR_LEVELED(uniform_f32)(float *out, const hr_philox *generator, int64_t blocks) {
  hr_philox position = *generator;
  uint32_t numbers[4][SIDE];
  for (int64_t start = 0; start < blocks; start += SIDE, out += 4 * SIDE) {
    int count = blocks - start < SIDE ? (int)(blocks - start) : SIDE;
    blocks_of(&position, numbers);
    hr_philox_skip(&position, SIDE);
    for (int i = 0; i < count; ++i)
      for (int k = 0; k < 4; ++k) out[4 * i + k] = hr_philox_to_float(numbers[k][i]);
  }
}

void HR_LEVELED(uniform_f64)(double *out, const hr_philox *generator, int64_t blocks) {
  hr_philox position = *generator;
  uint32_t numbers[4][SIDE];
  for (int64_t start = 0; start < blocks; start += SIDE, out += 2 * SIDE) {
    int count = blocks - start < SIDE ? (int)(blocks - start) : SIDE;
    blocks_of(&position, numbers);
    hr_philox_skip(&position, SIDE);
    for (int i = 0; i < count; ++i)
      for (int k = 0; k < 2; ++k) out[2 * i + k] = hr_philox_to_double(numbers[2 * k][i], numbers[2 * k + 1][i]);
  }
}
