/* Regular expressions on long texts: what matches is recorded with the ops; here is what must not take for ever. */
#include "runtime/base/regex.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static hr_regex *compiled(const char *pattern) {
  hr_regex *regex;
  hr_status status = hr_regex_new(pattern, strlen(pattern), &regex);
  if (status) fail_msg("%s", hr_status_message(status));
  return regex;
}

/* Expressions that take exponential time where alternatives are tried one after the other. */
static void every_alternative_at_once(void **state) {
  (void)state;
  enum { LENGTH = 20000 };
  char *text = malloc(LENGTH);
  assert_non_null(text);
  memset(text, 'x', LENGTH);
  static const char *const patterns[] = {"(x+x+)+y", "(x*)*y", "(x|x|x)*y", "(x?){30}x*y", "((x|xx)+)+y"};
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; ++i) {
    hr_regex *regex = compiled(patterns[i]);
    hr_regex_search *search = hr_regex_search_new(regex);
    assert_non_null(search);
    const int64_t *spans;
    assert_false(hr_regex_full_match(search, text, LENGTH));
    assert_false(hr_regex_find(search, text, LENGTH, 0, &spans));
    text[LENGTH - 1] = 'y';
    assert_true(hr_regex_full_match(search, text, LENGTH));
    assert_true(hr_regex_find(search, text, LENGTH, 0, &spans));
    assert_int_equal(spans[0], 0);
    assert_int_equal(spans[1], LENGTH);
    text[LENGTH - 1] = 'x';
    hr_regex_search_free(search);
    hr_regex_free(regex);
  }
  free(text);
}

static void large_expressions_are_refused(void **state) {
  (void)state;
  hr_regex *regex = NULL;
  static char pattern[200000];
  memset(pattern, 'a', sizeof pattern);
  hr_status status = hr_regex_new(pattern, sizeof pattern, &regex);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  assert_non_null(strstr(hr_status_message(status), "pattern too large"));
  assert_null(regex);
  hr_status_free(status);
  char deep[5001];
  memset(deep, '(', 5000);
  deep[5000] = 0;
  status = hr_regex_new(deep, 5000, &regex);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_alternative_at_once),
                                     cmocka_unit_test(large_expressions_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
