/* Booleans from outside: any byte but 0 and 1 is no value of a C bool, and reading it as one is undefined. */
#ifndef HR_RUNTIME_TENSOR_BOOLS_H
#define HR_RUNTIME_TENSOR_BOOLS_H

#include <stddef.h>
#include <stdint.h>

/* Makes every byte 0 or 1. */
static inline void hr_bools_clean(void *bytes, size_t count) {
  uint8_t *b = bytes;
  for (size_t i = 0; i < count; ++i)
    b[i] = b[i] != 0;
}

#endif
