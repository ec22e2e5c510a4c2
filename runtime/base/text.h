/* Text: string views and a growing string builder. */
#ifndef HR_RUNTIME_BASE_TEXT_H
#define HR_RUNTIME_BASE_TEXT_H

#include "headrace/status.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that somebody else owns; not NUL-terminated in general. */
typedef struct hr_view {
  const char *data;
  size_t length;
} hr_view;

static inline hr_view hr_view_of(const char *text) { return (hr_view){text, text ? strlen(text) : 0}; }
#define HR_VIEW(literal) ((hr_view){(literal), sizeof(literal) - 1})
static inline bool hr_view_equal(hr_view a, hr_view b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}
static inline bool hr_view_starts_with(hr_view text, hr_view prefix) {
  return text.length >= prefix.length && memcmp(text.data, prefix.data, prefix.length) == 0;
}
/* 64-bit FNV-style hash with a final mix; hr_hash_bytes_lower folds ASCII case. */
uint64_t hr_hash_bytes(const void *bytes, size_t length);
uint64_t hr_hash_bytes_lower(const void *bytes, size_t length);

/* A string under construction, always NUL-terminated once something was added. A zeroed struct is empty. Running out
 * of memory sets `failed` and drops further text, so a caller checks once at the end. */
typedef struct hr_text {
  char *data;
  size_t length, capacity;
  bool failed;
} hr_text;

void hr_text_add(hr_text *text, const char *bytes, size_t length);
void hr_text_add_string(hr_text *text, const char *string);
void hr_text_printf(hr_text *text, const char *format, ...) HR_PRINTF(2, 3);
void hr_text_vprintf(hr_text *text, const char *format, va_list arguments) HR_PRINTF(2, 0);
/* C-style escapes as in protobuf text format: \n, \", \\, octal for the rest. */
void hr_text_add_escaped(hr_text *text, const char *bytes, size_t length);
/* The string, to be freed with free(); the builder is empty again. "" (allocated) where nothing was added; NULL when
 * out of memory. */
char *hr_text_take(hr_text *text);
void hr_text_free(hr_text *text);

#endif
