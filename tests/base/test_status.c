#include "headrace/status.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_success_is_null(void **state) {
  (void)state;
  assert_int_equal(hr_status_code(HR_SUCCESS), HR_OK);
  assert_string_equal(hr_status_message(HR_SUCCESS), "");
  assert_null(hr_status_prefix(HR_SUCCESS, "x"));
  assert_null(hr_status_at_node(HR_SUCCESS, "a", "B", NULL));
  assert_null(hr_status_copy(HR_SUCCESS));
  hr_status_free(HR_SUCCESS);
}

static void test_message_prefix_and_node(void **state) {
  (void)state;
  hr_status s = hr_error(HR_INVALID_ARGUMENT, "bad %d", 7);
  assert_int_equal(hr_status_code(s), HR_INVALID_ARGUMENT);
  assert_string_equal(hr_status_message(s), "bad 7");
  assert_null(hr_status_node(s));
  s = hr_status_prefix(s, "While reading %s: ", "x");
  s = hr_status_at_node(s, "layer/MatMul", "MatMul", "train.c:12");
  s = hr_status_at_node(s, "other", "Add", NULL); /* the first node stays */
  assert_string_equal(hr_status_message(s),
                      "While reading x: bad 7\n\t [[node layer/MatMul (MatMul) defined at train.c:12]]");
  assert_string_equal(hr_status_node(s), "layer/MatMul");
  assert_string_equal(hr_status_op(s), "MatMul");
  hr_status copy = hr_status_copy(s);
  assert_string_equal(hr_status_message(copy), hr_status_message(s));
  assert_string_equal(hr_status_node(copy), "layer/MatMul");
  hr_status_free(s);
  hr_status_free(copy);
}

static void test_keep_first(void **state) {
  (void)state;
  hr_status first = HR_SUCCESS;
  hr_status_keep_first(&first, HR_SUCCESS);
  assert_null(first);
  hr_status_keep_first(&first, hr_error(HR_ABORTED, "one"));
  hr_status_keep_first(&first, hr_error(HR_INTERNAL, "two"));
  assert_string_equal(hr_status_message(first), "one");
  hr_status_free(first);
}

static hr_status tries(hr_status inner, int *reached) {
  HR_TRY(inner);
  ++*reached;
  return HR_SUCCESS;
}

static void test_try(void **state) {
  (void)state;
  int reached = 0;
  assert_null(tries(HR_SUCCESS, &reached));
  hr_status s = tries(hr_error(HR_CANCELLED, "stop"), &reached);
  assert_int_equal(hr_status_code(s), HR_CANCELLED);
  assert_int_equal(reached, 1);
  hr_status_free(s);
}

static void test_names(void **state) {
  (void)state;
  assert_string_equal(hr_code_name(HR_INVALID_ARGUMENT), "INVALID_ARGUMENT");
  assert_string_equal(hr_code_class_name(HR_DATA_LOSS), "DataLossError");
  assert_string_equal(hr_code_name((hr_code)99), "UNKNOWN");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_success_is_null),
                                     cmocka_unit_test(test_message_prefix_and_node), cmocka_unit_test(test_keep_first),
                                     cmocka_unit_test(test_try), cmocka_unit_test(test_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
