/* The tree of a regular expression. */
#ifndef HR_RUNTIME_BASE_REGEX_PARSE_H
#define HR_RUNTIME_BASE_REGEX_PARSE_H

#include "headrace/status.h"
#include "runtime/base/arena.h"
#include <stdbool.h>

/* Characters `first` to `last`. */
typedef struct hr_regex_range {
  int32_t first, last;
} hr_regex_range;

typedef enum hr_regex_kind {
  HR_REGEX_EMPTY,
  HR_REGEX_CLASS,    /* a character in `ranges`, which are sorted and apart */
  HR_REGEX_BYTE,     /* any byte */
  HR_REGEX_POSITION, /* `position` */
  HR_REGEX_SEQUENCE,
  HR_REGEX_CHOICE,
  HR_REGEX_REPEAT, /* `child`, `least` to `most` times (-1: any number) */
  HR_REGEX_GROUP,  /* `child`, captured as `group` */
} hr_regex_kind;

typedef enum hr_regex_position {
  HR_REGEX_TEXT_START,
  HR_REGEX_TEXT_END,
  HR_REGEX_LINE_START,
  HR_REGEX_LINE_END,
  HR_REGEX_WORD_EDGE,
  HR_REGEX_NO_WORD_EDGE,
} hr_regex_position;

typedef struct hr_regex_node hr_regex_node;
struct hr_regex_node {
  hr_regex_kind kind;
  hr_regex_node *child, *next; /* the first child; the next one of the same parent */
  int32_t count;               /* of ranges; the number in the braces of a REPEAT */
  const hr_regex_range *ranges;
  hr_regex_position position;
  int least, most, group;
  bool is_greedy;
};

/* The tree lives in the arena. InvalidArgument "Invalid pattern: PATTERN, error: REASON". */
HR_MUST_USE hr_status hr_regex_parse(hr_arena *arena, const char *pattern, size_t length, hr_regex_node **out,
                                     int *groups);

#endif
