#include "runtime/base/text.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- hashing --------------------------------------------------------------------------------------------------- */

#define EACH_BYTE(value) ((uint64_t)(value)*0x0101010101010101u)

/* Lower-cases the ASCII letters of eight bytes at once. */
static inline uint64_t fold_case(uint64_t word) {
  uint64_t low_bits = word & EACH_BYTE(0x7f);
  uint64_t from_a = low_bits + EACH_BYTE(0x80 - 'A'), after_z = low_bits + EACH_BYTE(0x7f - 'Z');
  uint64_t upper = (from_a ^ after_z) & ~word & EACH_BYTE(0x80);
  return word | upper >> 2;
}

static inline uint64_t hash(const char *bytes, size_t length, bool fold) {
  uint64_t h = 0xcbf29ce484222325u ^ length;
  for (; length > 0;) {
    size_t step = length < 8 ? length : 8;
    uint64_t word = 0;
    memcpy(&word, bytes, step);
    h = (h ^ (fold ? fold_case(word) : word)) * 0x9e3779b97f4a7c15u;
    h ^= h >> 32;
    bytes += step;
    length -= step;
  }
  h *= 0xff51afd7ed558ccdu;
  return h ^ h >> 33;
}

uint64_t hr_hash_bytes(const void *bytes, size_t length) { return hash(bytes, length, false); }
uint64_t hr_hash_bytes_lower(const void *bytes, size_t length) { return hash(bytes, length, true); }

/* ---- building -------------------------------------------------------------------------------------------------- */

/* Makes room for `more` bytes and the final NUL. */
static bool reserve(hr_text *text, size_t more) {
  if (text->failed) return false;
  if (text->capacity - text->length > more) return true;
  size_t needed = text->length + more + 1, capacity = text->capacity * 2 < 64 ? 64 : text->capacity * 2;
  if (capacity < needed) capacity = needed;
  char *data = needed > more ? realloc(text->data, capacity) : NULL;
  if (!data) {
    text->failed = true;
    return false;
  }
  text->data = data;
  text->capacity = capacity;
  return true;
}

void hr_text_add(hr_text *text, const char *bytes, size_t length) {
  if (!reserve(text, length)) return;
  if (length) memcpy(text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = '\0';
}

void hr_text_add_string(hr_text *text, const char *string) { hr_text_add(text, string, strlen(string)); }

void hr_text_vprintf(hr_text *text, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length < 0)
    text->failed = true;
  else if (reserve(text, (size_t)length)) {
    vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
}

void hr_text_printf(hr_text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  hr_text_vprintf(text, format, arguments);
  va_end(arguments);
}

void hr_text_add_escaped(hr_text *text, const char *bytes, size_t length) {
  static const char plain[] = "\n\r\t\"'\\", escaped[] = "nrt\"'\\";
  for (size_t i = 0; i < length; ++i) {
    unsigned char c = (unsigned char)bytes[i];
    const char *match = c ? strchr(plain, c) : NULL;
    if (match)
      hr_text_add(text, (char[]){'\\', escaped[match - plain]}, 2);
    else if (c >= 0x20 && c < 0x7f)
      hr_text_add(text, bytes + i, 1);
    else
      hr_text_add(text, (char[]){'\\', (char)('0' + (c >> 6)), (char)('0' + (c >> 3 & 7)), (char)('0' + (c & 7))}, 4);
  }
}

char *hr_text_take(hr_text *text) {
  hr_text_add(text, "", 0);
  char *string = text->failed ? NULL : text->data;
  if (!string) free(text->data);
  *text = (hr_text){0};
  return string;
}

void hr_text_free(hr_text *text) {
  free(text->data);
  *text = (hr_text){0};
}
