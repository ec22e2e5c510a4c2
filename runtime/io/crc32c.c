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
__attribute__((target("sse4.2"))) static uint32_t extend_by_instruction(uint32_t crc, const void *bytes,
                                                                        size_t length) {
  const uint8_t *next = bytes;
  uint64_t state = ~crc;
  for (; length >= 8; length -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, sizeof word);
    state = __builtin_ia32_crc32di(state, word);
  }
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
