/* Sets of characters, while a regular expression is read. */
#ifndef HR_RUNTIME_BASE_REGEX_CLASS_H
#define HR_RUNTIME_BASE_REGEX_CLASS_H

#include "runtime/base/regex_parse.h"

/* A zeroed one is empty. `failed`: memory is out. */
typedef struct hr_regex_class {
  hr_regex_range *ranges;
  int32_t count, capacity;
  bool failed;
} hr_regex_class;
void hr_regex_class_free(hr_regex_class *class);

/* Adds characters; where case is ignored, what differs from them by case too. */
void hr_regex_class_add(hr_regex_class *class, int32_t first, int32_t last, bool ignores_case);
/* \d \s \w and their opposites; false for another letter. */
bool hr_regex_class_add_perl(hr_regex_class *class, char letter, bool ignores_case);
/* A class by its name: "alpha". False for another name. */
bool hr_regex_class_add_posix(hr_regex_class *class, const char *name, size_t length, bool is_negated,
                              bool ignores_case);
/* A category of Unicode, or a script: "Lu", "Greek", "Any". False for another name. */
bool hr_regex_class_add_unicode(hr_regex_class *class, const char *name, size_t length, bool is_negated,
                                bool ignores_case);

/* The ranges sorted and apart, in the arena; the characters that are not in it where `is_negated`. False when memory is
 * out. */
bool hr_regex_class_finish(hr_regex_class *class, bool is_negated, hr_arena *arena, const hr_regex_range **ranges,
                           int32_t *count);

static inline bool hr_regex_is_word(int32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

#endif
