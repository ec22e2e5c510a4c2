#include "headrace/shape.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_make(hr_code expected, int rank, const int64_t *dims) {
  hr_shape shape;
  hr_status status = hr_shape_make(rank, dims, &shape);
  assert_int_equal(hr_status_code(status), expected);
  hr_status_free(status);
}

static void test_make(void **state) {
  (void)state;
  assert_make(HR_OK, 0, NULL);
  assert_make(HR_OK, 3, (int64_t[]){2, 0, 5});
  assert_make(HR_INVALID_ARGUMENT, 2, (int64_t[]){2, -1});
  assert_make(HR_INVALID_ARGUMENT, -1, NULL);
  assert_make(HR_INVALID_ARGUMENT, 2, (int64_t[]){(int64_t)1 << 40, (int64_t)1 << 40});
  assert_make(HR_UNIMPLEMENTED, HR_MAX_RANK + 1, (int64_t[HR_MAX_RANK + 1]){0});
}

static void test_text(void **state) {
  (void)state;
  char text[HR_SHAPE_TEXT];
  hr_partial_shape longest = {.rank = HR_MAX_RANK};
  for (int i = 0; i < HR_MAX_RANK; ++i)
    longest.dims[i] = INT64_MAX;
  assert_string_equal(hr_partial_shape_text(&HR_SHAPE(2, -1, 3), text), "[2,?,3]");
  assert_string_equal(hr_partial_shape_text(&HR_SHAPE_UNKNOWN, text), "<unknown>");
  assert_string_equal(hr_partial_shape_text(&HR_SHAPE(), text), "[]");
  assert_int_equal(strlen(hr_partial_shape_text(&longest, text)), HR_MAX_RANK * 20 + 1);
}

static void test_merge_and_match(void **state) {
  (void)state;
  hr_partial_shape merged;
  assert_null(hr_partial_shape_merge(&HR_SHAPE(2, -1), &HR_SHAPE(-1, 3), &merged));
  assert_true(hr_partial_shape_equal(&merged, &HR_SHAPE(2, 3)) && hr_partial_shape_is_full(&merged));
  assert_null(hr_partial_shape_merge(&HR_SHAPE_UNKNOWN, &HR_SHAPE(-1), &merged));
  assert_true(hr_partial_shape_equal(&merged, &HR_SHAPE(-1)) && !hr_partial_shape_is_full(&merged));
  hr_status status = hr_partial_shape_merge(&HR_SHAPE(2, 3), &HR_SHAPE(2, 4), &merged);
  assert_string_equal(hr_status_message(status),
                      "Dimension 1 in both shapes must be equal, but are 3 and 4. Shapes are [2,3] and [2,4]");
  hr_status_free(status);
  status = hr_partial_shape_merge(&HR_SHAPE(2), &HR_SHAPE(2, 4), &merged);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
  hr_shape full = {.rank = 2, .dims = {2, 3}};
  assert_true(hr_shape_matches(&full, &HR_SHAPE(-1, 3)) && hr_shape_matches(&full, &HR_SHAPE_UNKNOWN));
  assert_false(hr_shape_matches(&full, &HR_SHAPE(2)) || hr_shape_matches(&full, &HR_SHAPE(2, 4)));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_make), cmocka_unit_test(test_text),
                                     cmocka_unit_test(test_merge_and_match)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
