#include "kernels_cpu/text_encoding.h"
#include "runtime/base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

/* ---- reading ---------------------------------------------------------------------------------------------------- */

typedef enum kind { UTF8, UTF16, UTF32, SINGLE, OTHER } kind;

struct hr_decoder {
  kind kind;
  bool may_have_mark; /* UTF-16, UTF-32: a mark at the start tells the order of bytes */
  bool is_little, is_started;
  int32_t last;         /* SINGLE: the last byte that is a character */
  iconv_t iconv;        /* OTHER */
  bool passes_controls; /* OTHER: bytes 80 to 9F that are no character are controls, as ICU has it */
};

static const struct {
  const char *name; /* in small letters, without punctuation */
  kind kind;
  bool may_have_mark, is_little;
  int32_t last;
} known[] = {{"utf8", UTF8, false, false, 0},       {"utf16", UTF16, true, false, 0},
             {"utf16be", UTF16, false, false, 0},   {"utf16le", UTF16, false, true, 0},
             {"utf32", UTF32, true, false, 0},      {"utf32be", UTF32, false, false, 0},
             {"utf32le", UTF32, false, true, 0},    {"usascii", SINGLE, false, false, 127},
             {"ascii", SINGLE, false, false, 127},  {"iso88591", SINGLE, false, false, 0xFF},
             {"latin1", SINGLE, false, false, 0xFF}};

enum { MAX_NAME = 63, MOST_BYTES = 8 /* of a character with what shifts to it */ };

static hr_status open_other(const char *name, hr_decoder *d) {
  bool is_name = *name != 0; /* to iconv, nothing is the encoding of the locale */
  for (const char *c = name; *c; ++c)
    is_name &= isalnum((unsigned char)*c) || strchr("-_:.+", *c);
  if (is_name && (d->iconv = iconv_open("UTF-32LE", name)) != (iconv_t)-1) {
    d->kind = OTHER;
    d->passes_controls = strncasecmp(name, "windows-125", 11) == 0;
    return HR_SUCCESS;
  }
  return hr_error(HR_INVALID_ARGUMENT, "Could not create converter for input encoding: %s", name);
}

hr_status hr_decoder_new(const char *name, size_t length, hr_decoder **out) {
  char plain[MAX_NAME + 1], text[MAX_NAME + 1];
  size_t used = 0;
  if (length > MAX_NAME) length = MAX_NAME;
  memcpy(text, name, length);
  text[length] = 0;
  for (size_t i = 0; i < length; ++i)
    if (isalnum((unsigned char)text[i])) plain[used++] = (char)tolower((unsigned char)text[i]);
  plain[used] = 0;
  hr_decoder *d = calloc(1, sizeof *d);
  if (!d) return hr_error_out_of_memory(sizeof *d, "an encoding");
  *out = d;
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    if (strcmp(plain, known[i].name) == 0) {
      *d = (hr_decoder){known[i].kind, known[i].may_have_mark, known[i].is_little, false, known[i].last, NULL};
      return HR_SUCCESS;
    }
  hr_status status = open_other(text, d);
  if (!status) return HR_SUCCESS;
  hr_decoder_free(d);
  *out = NULL;
  return status;
}

void hr_decoder_free(hr_decoder *d) {
  if (d && d->kind == OTHER) iconv_close(d->iconv);
  free(d);
}

void hr_decoder_restart(hr_decoder *d) {
  d->is_started = false;
  if (d->kind == OTHER) iconv(d->iconv, NULL, NULL, NULL, NULL);
}

static bool is_half(int32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

/* Bytes that are no character go by as far as they could have been the beginning of one. */
static size_t next_utf8(const char *bytes, size_t length, int32_t *c) {
  int size = hr_utf8_decode(bytes, length, c);
  if (size > 0 && !is_half(*c)) return (size_t)size;
  const unsigned char *b = (const unsigned char *)bytes;
  size_t wanted = b[0] >= 0xF0 && b[0] <= 0xF4  ? 4
                  : b[0] >= 0xE0 && b[0] < 0xF0 ? 3
                  : b[0] >= 0xC2 && b[0] < 0xE0 ? 2
                                                : 1;
  unsigned low = b[0] == 0xE0 ? 0xA0 : b[0] == 0xF0 ? 0x90 : 0x80;
  unsigned high = b[0] == 0xED ? 0x9F : b[0] == 0xF4 ? 0x8F : 0xBF;
  *c = -1;
  size_t good = 1;
  while (good < wanted && good < length && b[good] >= low && b[good] <= high) {
    low = 0x80, high = 0xBF;
    ++good;
  }
  return good;
}

static int32_t unit_at(const hr_decoder *d, const char *bytes, int size) {
  uint32_t value = 0;
  for (int i = 0; i < size; ++i)
    value = value << 8 | (unsigned char)bytes[d->is_little ? size - 1 - i : i];
  return (int32_t)value;
}

static size_t next_utf16(const hr_decoder *d, const char *bytes, size_t length, int32_t *c) {
  *c = -1;
  if (length < 2) return length;
  int32_t first = unit_at(d, bytes, 2), second = length >= 4 ? unit_at(d, bytes + 2, 2) : 0;
  if (!is_half(first)) return *c = first, 2;
  if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF) return 2;
  *c = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
  return 4;
}

static size_t next_utf32(const hr_decoder *d, const char *bytes, size_t length, int32_t *c) {
  *c = -1;
  if (length < 4) return length;
  int32_t unit = unit_at(d, bytes, 4);
  if (unit >= 0 && unit <= HR_LAST_CHARACTER && !is_half(unit)) *c = unit;
  return 4;
}

/* A mark of the order of bytes at the start of a string; how long it is. */
static size_t take_mark(hr_decoder *d, const char *bytes, size_t length) {
  size_t size = d->kind == UTF16 ? 2 : 4;
  if (!d->may_have_mark || d->is_started || length < size) return 0;
  d->is_little = true;
  if (unit_at(d, bytes, (int)size) == 0xFEFF) return size;
  d->is_little = false;
  return unit_at(d, bytes, (int)size) == 0xFEFF ? size : 0;
}

/* More and more bytes, until they are a character. */
static size_t next_other(hr_decoder *d, const char *bytes, size_t length, int32_t *c) {
  *c = -1;
  size_t used = 0;
  for (size_t size = 1; size <= MOST_BYTES && size <= length; ++size) {
    char unit[8], *to = unit, *from = (char *)bytes + used;
    size_t rest = size - used, room = sizeof unit;
    size_t result = iconv(d->iconv, &from, &rest, &to, &room);
    if (result == (size_t)-1 && errno != EINVAL) {
      unsigned char byte = (unsigned char)bytes[used];
      if (d->passes_controls && byte >= 0x80 && byte <= 0x9F) *c = byte;
      return used + 1;
    }
    used = (size_t)(from - bytes);
    if (room == sizeof unit) continue;
    const unsigned char *u = (const unsigned char *)unit;
    *c = (int32_t)(u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24);
    return used;
  }
  return length < MOST_BYTES ? length : MOST_BYTES;
}

size_t hr_decoder_next(hr_decoder *d, const char *bytes, size_t length, int32_t *c) {
  if (length == 0) return 0;
  size_t mark = d->kind == UTF16 || d->kind == UTF32 ? take_mark(d, bytes, length) : 0;
  d->is_started = true;
  if (mark == length) return *c = 0xFFFF, length; /* a mark alone, as ICU reads it */
  switch (d->kind) {
  case UTF8: return next_utf8(bytes, length, c);
  case UTF16: return mark + next_utf16(d, bytes + mark, length - mark, c);
  case UTF32: return mark + next_utf32(d, bytes + mark, length - mark, c);
  case SINGLE: *c = (unsigned char)bytes[0] <= d->last ? (unsigned char)bytes[0] : -1; return 1;
  default: return next_other(d, bytes, length, c);
  }
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void put(const hr_encoder *e, int32_t c, hr_text *out) {
  char bytes[4];
  if (e->encoding == HR_UTF8) {
    int size = hr_utf8_encode(is_half(c) ? 0xFFFD : c, bytes);
    hr_text_add(out, bytes, (size_t)size);
    return;
  }
  if (e->encoding == HR_UTF16_BE && c > 0xFFFF) {
    int32_t first = 0xD800 + ((c - 0x10000) >> 10);
    hr_text_add(out, (char[]){(char)(first >> 8), (char)first}, 2);
    c = 0xDC00 + ((c - 0x10000) & 0x3FF);
  }
  for (int i = 0; i < 4; ++i)
    bytes[i] = (char)(c >> (24 - 8 * i));
  hr_text_add(out, e->encoding == HR_UTF16_BE ? bytes + 2 : bytes, e->encoding == HR_UTF16_BE ? 2 : 4);
}

void hr_encoder_end(hr_encoder *e, hr_text *out) {
  if (e->half) put(e, e->half, out);
  e->half = 0;
}

void hr_encoder_add(hr_encoder *e, int32_t c, hr_text *out) {
  if (e->half && c >= 0xDC00 && c <= 0xDFFF) {
    c = 0x10000 + ((e->half - 0xD800) << 10) + (c - 0xDC00);
    e->half = 0;
  }
  hr_encoder_end(e, out);
  if (c >= 0xD800 && c <= 0xDBFF)
    e->half = c;
  else
    put(e, c, out);
}
