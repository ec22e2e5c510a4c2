#include "runtime/base/regex_class.h"
#include "runtime/base/unicode.h"
#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <string.h>

void hr_regex_class_free(hr_regex_class *class) { free(class->ranges); }

static void add_range(hr_regex_class *class, int32_t first, int32_t last) {
  if (class->count == class->capacity) {
    int32_t capacity = class->capacity ? 2 * class->capacity : 16;
    hr_regex_range *ranges = realloc(class->ranges, (size_t)capacity * sizeof *ranges);
    class->failed = class->failed || !ranges;
    if (!ranges) return;
    class->ranges = ranges;
    class->capacity = capacity;
  }
  class->ranges[class->count++] = (hr_regex_range){first, last};
}

static void add_folded(void *argument, int32_t c) { add_range(argument, c, c); }

void hr_regex_class_add(hr_regex_class *class, int32_t first, int32_t last, bool ignores_case) {
  add_range(class, first, last);
  if (ignores_case) hr_unicode_each_folded(first, last, add_folded, class);
}

/* ---- order ----------------------------------------------------------------------------------------------------- */

static int compare_ranges(const void *a, const void *b) {
  const hr_regex_range *x = a, *y = b;
  return (x->first > y->first) - (x->first < y->first);
}

/* Sorted, and none touches the next. */
static void tidy(hr_regex_class *class) {
  if (class->count == 0) return;
  qsort(class->ranges, (size_t) class->count, sizeof *class->ranges, compare_ranges);
  int32_t kept = 0;
  for (int32_t i = 1; i < class->count; ++i) {
    hr_regex_range *last = &class->ranges[kept], *next = &class->ranges[i];
    if (next->first > last->last + 1)
      class->ranges[++kept] = *next;
    else if (next->last > last->last)
      last->last = next->last;
  }
  class->count = kept + 1;
}

/* Adds what `other` has, or has not; `other` is used up. */
static void add_class(hr_regex_class *class, hr_regex_class *other, bool is_negated) {
  tidy(other);
  int32_t next = 0;
  for (int32_t i = 0; i < other->count; ++i) {
    if (!is_negated)
      add_range(class, other->ranges[i].first, other->ranges[i].last);
    else if (other->ranges[i].first > next)
      add_range(class, next, other->ranges[i].first - 1);
    next = other->ranges[i].last + 1;
  }
  if (is_negated && next <= HR_LAST_CHARACTER) add_range(class, next, HR_LAST_CHARACTER);
  class->failed = class->failed || other->failed;
  hr_regex_class_free(other);
}

bool hr_regex_class_finish(hr_regex_class *class, bool is_negated, hr_arena *arena, const hr_regex_range **ranges,
                           int32_t *count) {
  hr_regex_class whole = {0}, given = *class;
  *class = (hr_regex_class){0};
  add_class(&whole, &given, is_negated);
  hr_regex_range *kept = HR_ARENA_ARRAY(arena, hr_regex_range, whole.count + 1);
  bool ok = kept && !whole.failed;
  if (ok && whole.count) memcpy(kept, whole.ranges, (size_t)whole.count * sizeof *kept);
  *ranges = kept;
  *count = whole.count;
  hr_regex_class_free(&whole);
  return ok;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* Ranges of ASCII: pairs of first and last. */
static void add_pairs(hr_regex_class *class, const char *pairs, size_t length, bool is_negated, bool ignores_case) {
  hr_regex_class named = {0};
  for (size_t i = 0; i + 1 < length; i += 2)
    hr_regex_class_add(&named, pairs[i], pairs[i + 1], ignores_case);
  add_class(class, &named, is_negated);
}

typedef struct named_pairs {
  const char *name, *pairs;
  size_t length;
} named_pairs;
#define PAIRS(name, text)                                                                                              \
  { name, text, sizeof text - 1 }
static const named_pairs posix[] = {PAIRS("alnum", "09AZaz"),
                                    PAIRS("alpha", "AZaz"),
                                    PAIRS("ascii", "\0\x7F"),
                                    PAIRS("blank", "\t\t  "),
                                    PAIRS("cntrl", "\0\x1F\x7F\x7F"),
                                    PAIRS("digit", "09"),
                                    PAIRS("graph", "!~"),
                                    PAIRS("lower", "az"),
                                    PAIRS("print", " ~"),
                                    PAIRS("punct", "!/:@[`{~"),
                                    PAIRS("space", "\t\r  "),
                                    PAIRS("upper", "AZ"),
                                    PAIRS("word", "09AZaz__"),
                                    PAIRS("xdigit", "09AFaf")};
static const named_pairs perl[] = {PAIRS("d", "09"), PAIRS("s", "\t\n\f\r  "), PAIRS("w", "09AZaz__")};

bool hr_regex_class_add_perl(hr_regex_class *class, char letter, bool ignores_case) {
  for (size_t i = 0; i < sizeof perl / sizeof *perl; ++i) {
    char name = perl[i].name[0];
    if (letter != name && letter != name - 'a' + 'A') continue;
    add_pairs(class, perl[i].pairs, perl[i].length, letter != name, ignores_case);
    return true;
  }
  return false;
}

bool hr_regex_class_add_posix(hr_regex_class *class, const char *name, size_t length, bool is_negated,
                              bool ignores_case) {
  for (size_t i = 0; i < sizeof posix / sizeof *posix; ++i) {
    if (strlen(posix[i].name) != length || memcmp(posix[i].name, name, length) != 0) continue;
    add_pairs(class, posix[i].pairs, posix[i].length, is_negated, ignores_case);
    return true;
  }
  return false;
}

typedef struct adding {
  hr_regex_class *class;
  bool ignores_case;
} adding;
static void add_unicode_range(void *argument, int32_t first, int32_t last) {
  const adding *a = argument;
  hr_regex_class_add(a->class, first, last, a->ignores_case);
}

bool hr_regex_class_add_unicode(hr_regex_class *class, const char *name, size_t length, bool is_negated,
                                bool ignores_case) {
  hr_regex_class named = {0};
  adding a = {&named, ignores_case};
  bool found = length == 3 && memcmp(name, "Any", 3) == 0;
  if (found)
    add_range(&named, 0, HR_LAST_CHARACTER);
  else
    found = hr_unicode_each_range(name, length, add_unicode_range, &a);
  add_class(class, &named, is_negated);
  return found;
}
