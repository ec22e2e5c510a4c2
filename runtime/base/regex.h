/* Regular expressions in the syntax of RE2, on UTF-8 text: classes, groups, flags, non-greedy repetition; no references
 * back and no looking around. Of all matches the leftmost counts, and of those the one that the expression's own order
 * prefers. All alternatives go through the text side by side, so that time grows with its length times the size of the
 * expression, whatever both are.
 */
#ifndef HR_RUNTIME_BASE_REGEX_H
#define HR_RUNTIME_BASE_REGEX_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hr_regex hr_regex;

/* InvalidArgument "Invalid pattern: PATTERN, error: REASON". */
HR_MUST_USE hr_status hr_regex_new(const char *pattern, size_t length, hr_regex **out);
void hr_regex_free(hr_regex *regex);
/* What a search needs; one thread at a time. NULL when out of memory. */
typedef struct hr_regex_search hr_regex_search;
hr_regex_search *hr_regex_search_new(const hr_regex *regex);
void hr_regex_search_free(hr_regex_search *search);
/* Groups that capture, the whole not counted. */
int hr_regex_search_groups(const hr_regex_search *search);

/* Whether the expression matches the whole text. */
bool hr_regex_full_match(hr_regex_search *search, const char *text, size_t length);
/* The first match from byte `start` on (what is before counts for anchors): where the whole and each group begin and
 * end, two numbers each, in `*spans` (valid until the next search); -1 for groups that took no part. */
bool hr_regex_find(hr_regex_search *search, const char *text, size_t length, size_t start, const int64_t **spans);

#endif
