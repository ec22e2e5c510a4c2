/* Regular expressions: a match lies inside of the text, its groups inside of it, and a match of the whole text is found
 * by looking for one. The expression ends at the first newline; the rest is text. */
#include "runtime/base/regex.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_spans(const int64_t *spans, int groups, size_t start, size_t length) {
  if (spans[0] < (int64_t)start || spans[1] < spans[0] || spans[1] > (int64_t)length) abort();
  for (int i = 1; i <= groups; ++i)
    if (spans[2 * i] >= 0 && spans[2 * i + 1] >= 0 &&
        (spans[2 * i] < spans[0] || spans[2 * i + 1] < spans[2 * i] || spans[2 * i + 1] > spans[1]))
      abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  const char *pattern = (const char *)bytes, *end = length ? memchr(pattern, '\n', length) : NULL;
  if (!end || length > 4096) return 0;
  const char *text = end + 1;
  size_t rest = length - (size_t)(text - pattern);
  hr_regex *regex = NULL;
  hr_status status = hr_regex_new(pattern, (size_t)(end - pattern), &regex);
  if (status) {
    hr_status_free(status);
    return 0;
  }
  hr_regex_search *search = hr_regex_search_new(regex);
  const int64_t *spans;
  if (search) {
    bool whole = hr_regex_full_match(search, text, rest);
    bool found = hr_regex_find(search, text, rest, 0, &spans);
    if (whole && !found) abort();
    if (found) check_spans(spans, hr_regex_search_groups(search), 0, rest);
    if (hr_regex_find(search, text, rest, rest / 2, &spans))
      check_spans(spans, hr_regex_search_groups(search), rest / 2, rest);
  }
  hr_regex_search_free(search);
  hr_regex_free(regex);
  return 0;
}
