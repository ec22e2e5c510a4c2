/* UTF-8, a character at a time. */
#ifndef HR_RUNTIME_BASE_UTF8_H
#define HR_RUNTIME_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define HR_LAST_CHARACTER 0x10FFFF

/* How many of the bytes are the first character, which is written to `*out`; 0 where they are none: too few, too many
 * for what they hold, above the last character. Surrogates are let through. */
static inline int hr_utf8_decode(const char *bytes, size_t length, int32_t *out) {
  const unsigned char *b = (const unsigned char *)bytes;
  if (length == 0) return 0;
  if (b[0] < 0x80) {
    *out = b[0];
    return 1;
  }
  int size = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : b[0] >= 0xC2 ? 2 : 0;
  if (size == 0 || b[0] > 0xF4 || (size_t)size > length) return 0;
  int32_t c = b[0] & (0x7F >> size);
  for (int i = 1; i < size; ++i) {
    if ((b[i] & 0xC0) != 0x80) return 0;
    c = c << 6 | (b[i] & 0x3F);
  }
  if ((size == 3 && c < 0x800) || (size == 4 && (c < 0x10000 || c > HR_LAST_CHARACTER))) return 0;
  *out = c;
  return size;
}

/* The bytes of a character up to HR_LAST_CHARACTER; how many. */
static inline int hr_utf8_encode(int32_t c, char out[4]) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  int size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (int i = size - 1; i > 0; --i, c >>= 6)
    out[i] = (char)(0x80 | (c & 0x3F));
  out[0] = (char)((0xF00 >> size & 0xF0) | c);
  return size;
}

#endif
