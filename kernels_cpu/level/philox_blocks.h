/* Many Philox blocks side by side: the numbers of philox.h, block after block. */
#ifndef HR_KERNELS_CPU_LEVEL_PHILOX_BLOCKS_H
#define HR_KERNELS_CPU_LEVEL_PHILOX_BLOCKS_H

#include "kernels_cpu/level/level.h"
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* A 32-bit number in each 64-bit lane: products need the room. */
typedef uint64_t lanes __attribute__((vector_size(HR_VECTOR_BYTES)));
enum { LANES = HR_VECTOR_BYTES / 8, VECTORS = 2, SIDE = LANES * VECTORS };

static inline lanes product(lanes a, uint32_t b) {
  lanes factor = (lanes){0} + b;
#if defined(__AVX512F__)
  return (lanes)_mm512_mul_epu32((__m512i)a, (__m512i)factor);
#elif defined(__AVX2__)
  return (lanes)_mm256_mul_epu32((__m256i)a, (__m256i)factor);
#elif defined(__SSE2__)
  return (lanes)_mm_mul_epu32((__m128i)a, (__m128i)factor);
#else
  return a * factor;
#endif
}

/* a and b by turns, from lane 0 on, or from the middle on. */
#if HR_VECTOR_BYTES == 64
#define BY_TURNS_LOW(a, b)  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define BY_TURNS_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif HR_VECTOR_BYTES == 32
#define BY_TURNS_LOW(a, b)  __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define BY_TURNS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define BY_TURNS_LOW(a, b)  __builtin_shufflevector(a, b, 0, 2)
#define BY_TURNS_HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

/* The numbers of the SIDE blocks from `generator` on. */
static inline void blocks_of(const hr_philox *generator, uint32_t numbers[4 * SIDE]) {
  uint64_t low = (uint64_t)generator->counter[1] << 32 | generator->counter[0];
  uint64_t high = (uint64_t)generator->counter[3] << 32 | generator->counter[2];
  uint64_t start[4][SIDE];
  for (int i = 0; i < SIDE; ++i) {
    uint64_t position = low + (uint64_t)i, above = high + (position < low);
    start[0][i] = (uint32_t)position;
    start[1][i] = position >> 32;
    start[2][i] = (uint32_t)above;
    start[3][i] = above >> 32;
  }
  lanes c[4][VECTORS];
  memcpy(c, start, sizeof c);
  uint32_t k0 = generator->key[0], k1 = generator->key[1];
  for (int round = 0; round < 10; ++round) {
    for (int v = 0; v < VECTORS; ++v) {
      lanes product0 = product(c[0][v], 0xD2511F53u), product1 = product(c[2][v], 0xCD9E8D57u);
      c[0][v] = product1 >> 32 ^ c[1][v] ^ k0;
      c[2][v] = product0 >> 32 ^ c[3][v] ^ k1;
      c[1][v] = product1 & UINT32_MAX;
      c[3][v] = product0 & UINT32_MAX;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int v = 0; v < VECTORS; ++v) {
    lanes first = c[0][v] | c[1][v] << 32, second = c[2][v] | c[3][v] << 32; /* two numbers, the lower first */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    first = first << 32 | first >> 32;
    second = second << 32 | second >> 32;
#endif
    lanes low = BY_TURNS_LOW(first, second), high = BY_TURNS_HIGH(first, second);
    memcpy(numbers + 4 * LANES * v, &low, sizeof low);
    memcpy(numbers + 4 * LANES * v + 2 * LANES, &high, sizeof high);
  }
}

#endif
