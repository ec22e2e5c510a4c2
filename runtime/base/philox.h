/* Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), with TensorFlow's layout of key
 * and counter: the key is the first seed, the upper half of the counter the second. */
#ifndef HR_RUNTIME_BASE_PHILOX_H
#define HR_RUNTIME_BASE_PHILOX_H

#include <math.h>
#include <stdint.h>

typedef struct hr_philox {
  uint32_t counter[4];
  uint32_t key[2];
} hr_philox;

static inline hr_philox hr_philox_seeded(uint64_t seed_low, uint64_t seed_high) {
  return (hr_philox){.counter = {0, 0, (uint32_t)seed_high, (uint32_t)(seed_high >> 32)},
                     .key = {(uint32_t)seed_low, (uint32_t)(seed_low >> 32)}};
}

/* Skips `count` blocks of four numbers. */
static inline void hr_philox_skip(hr_philox *p, uint64_t count) {
  uint32_t low = (uint32_t)count;
  uint32_t high = (uint32_t)(count >> 32);
  p->counter[0] += low;
  if (p->counter[0] < low && ++high == 0) {
    if (++p->counter[2] == 0) ++p->counter[3];
  }
  p->counter[1] += high;
  if (p->counter[1] < high && ++p->counter[2] == 0) ++p->counter[3];
}

/* The four numbers of the current block; the counter is not advanced. */
static inline void hr_philox_block(const hr_philox *p, uint32_t out[4]) {
  uint32_t c0 = p->counter[0], c1 = p->counter[1], c2 = p->counter[2], c3 = p->counter[3];
  uint32_t k0 = p->key[0], k1 = p->key[1];
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = (uint64_t)0xD2511F53u * c0, product1 = (uint64_t)0xCD9E8D57u * c2;
    uint32_t n0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
    uint32_t n2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)product1;
    c3 = (uint32_t)product0;
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

static inline void hr_philox_next(hr_philox *p, uint32_t out[4]) {
  hr_philox_block(p, out);
  hr_philox_skip(p, 1);
}

/* [0, 1) from the low 23 bits. */
static inline float hr_philox_to_float(uint32_t x) {
  union {
    uint32_t bits;
    float value;
  } u = {(127u << 23) | (x & 0x7fffffu)};
  return u.value - 1.0f;
}
/* [0, 1) from 52 bits of two numbers. */
static inline double hr_philox_to_double(uint32_t x0, uint32_t x1) {
  union {
    uint64_t bits;
    double value;
  } u = {((uint64_t)1023 << 52) | ((uint64_t)(x0 & 0xfffffu) << 32) | x1};
  return u.value - 1.0;
}

#endif
