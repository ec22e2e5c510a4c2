/* Assertions about statuses. */
#ifndef HR_TESTS_PROTO_EXPECT_H
#define HR_TESTS_PROTO_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "headrace/status.h"

#define assert_ok(expression)                                                                                          \
  do {                                                                                                                 \
    hr_status status_ = (expression);                                                                                  \
    if (status_) fail_msg("%s: %s", hr_code_name(hr_status_code(status_)), hr_status_message(status_));                \
  } while (0)

/* The expression fails with `code` and a message that contains `part`. */
#define assert_fails(expression, code, part)                                                                           \
  do {                                                                                                                 \
    hr_status status_ = (expression);                                                                                  \
    assert_int_equal(hr_status_code(status_), code);                                                                   \
    if (!strstr(hr_status_message(status_), part)) fail_msg("message is: %s", hr_status_message(status_));             \
    hr_status_free(status_);                                                                                           \
  } while (0)

#endif
