/* What the tests of graphs share. */
#ifndef TESTS_GRAPH_GRAPH_TESTING_H
#define TESTS_GRAPH_GRAPH_TESTING_H

#include "headrace/scope.h"
/* cmocka wants the others before it. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#define assert_ok(expression)                                                                                          \
  do {                                                                                                                 \
    hr_status assert_ok_status_ = (expression);                                                                        \
    if (assert_ok_status_) fail_msg("%s: %s", #expression, hr_status_message(assert_ok_status_));                      \
  } while (0)

/* The builder holds an error with this code whose message contains the text; it is taken out. */
#define assert_builder_error(builder, code, text) assert_error(hr_builder_status(builder), code, text)
#define assert_error(expression, code, text)                                                                           \
  do {                                                                                                                 \
    hr_status assert_error_status_ = (expression);                                                                     \
    assert_int_equal(hr_status_code(assert_error_status_), code);                                                      \
    if (!strstr(hr_status_message(assert_error_status_), text))                                                        \
      fail_msg("\"%s\" is not in \"%s\"", text, hr_status_message(assert_error_status_));                              \
    hr_status_free(assert_error_status_);                                                                              \
  } while (0)

#endif
