#include "runtime/io/crc32c.h"

#include <pthread.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* Castagnoli's, bits reversed */

static uint32_t table[256];

static void make_table(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    table[i] = crc;
  }
}

uint32_t hr_crc32c_extend_by_table(uint32_t crc, const void *bytes, size_t length) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_table);
  const uint8_t *next = bytes;
  crc = ~crc;
  for (; length > 0; --length)
    crc = crc >> 8 ^ table[(crc ^ *next++) & 0xff];
  return ~crc;
}

#ifdef __x86_64__
/* The instruction takes three cycles, but a new one may begin in each: three stretches go side by side. */
enum { STRETCH = 8192 };

static uint32_t beyond_stretch; /* x to the power of a stretch's bits, modulo the polynomial */

__attribute__((target("sse4.2"))) static void find_beyond_stretch(void) {
  uint64_t state = 1u << 31; /* x^0: the bits are reversed */
  for (int i = 0; i < STRETCH; i += 8)
    state = __builtin_ia32_crc32di(state, 0);
  beyond_stretch = (uint32_t)state;
}

/* The product of two polynomials. */
static uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
    product ^= a & bit ? b : 0;
    b = b >> 1 ^ (b & 1 ? POLYNOMIAL : 0);
  }
  return product;
}

static inline uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) static uint32_t extend_by_instruction(uint32_t crc, const void *bytes,
                                                                        size_t length) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  if (length >= 3 * STRETCH) pthread_once(&once, find_beyond_stretch);
  const uint8_t *next = bytes;
  uint64_t state = ~crc;
  for (; length >= 3 * STRETCH; length -= 3 * STRETCH, next += 3 * STRETCH) {
    uint64_t second = 0, third = 0;
    for (int i = 0; i < STRETCH; i += 8) {
      state = __builtin_ia32_crc32di(state, word_at(next + i));
      second = __builtin_ia32_crc32di(second, word_at(next + STRETCH + i));
      third = __builtin_ia32_crc32di(third, word_at(next + 2 * STRETCH + i));
    }
    state = multiply((uint32_t)state, beyond_stretch) ^ second;
    state = multiply((uint32_t)state, beyond_stretch) ^ third;
  }
  for (; length >= 8; length -= 8, next += 8)
    state = __builtin_ia32_crc32di(state, word_at(next));
  for (; length > 0; --length)
    state = __builtin_ia32_crc32qi((uint32_t)state, *next++);
  return ~(uint32_t)state;
}

uint32_t hr_crc32c_extend(uint32_t crc, const void *bytes, size_t length) {
  return __builtin_cpu_supports("sse4.2") ? extend_by_instruction(crc, bytes, length)
                                          : hr_crc32c_extend_by_table(crc, bytes, length);
}
#else
uint32_t hr_crc32c_extend(uint32_t crc, const void *bytes, size_t length) {
  return hr_crc32c_extend_by_table(crc, bytes, length);
}
#endif
