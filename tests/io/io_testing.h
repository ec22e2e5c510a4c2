/* What the tests of this folder share: statuses, a folder that goes with the test, whole files. */
#ifndef HR_TESTS_IO_TESTING_H
#define HR_TESTS_IO_TESTING_H

#include "runtime/io/file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* FIXTURES: tests/io/fixtures/ with its slash, from meson. */

#define assert_ok(expression)                                                                                          \
  do {                                                                                                                 \
    hr_status status_ = (expression);                                                                                  \
    if (status_)                                                                                                       \
      fail_msg("%s: %s: %s", #expression, hr_code_name(hr_status_code(status_)), hr_status_message(status_));          \
  } while (0)

/* The code of a status, which it frees; prints the message of an unexpected one. */
static inline int code_of(hr_status status, hr_code expected) {
  hr_code code = hr_status_code(status);
  if (code != expected) print_error("%s: %s\n", hr_code_name(code), hr_status_message(status));
  hr_status_free(status);
  return (int)code;
}
#define assert_code(expected, expression) assert_int_equal(expected, code_of((expression), (expected)))

#define assert_error(code, text, expression)                                                                           \
  do {                                                                                                                 \
    hr_status status_ = (expression);                                                                                  \
    assert_int_equal(code, hr_status_code(status_));                                                                   \
    if (!strstr(hr_status_message(status_), text)) fail_msg("\"%s\" is not in: %s", text, hr_status_message(status_)); \
    hr_status_free(status_);                                                                                           \
  } while (0)

static inline int make_folder(void **state) {
  char *folder = strdup("/tmp/headrace_io_XXXXXX");
  *state = folder;
  return folder && mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state) {
  char command[256];
  snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
  free(*state);
  return system(command);
}

#define folder_test(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

/* A path in the test's folder; valid until the eighth call after it. */
static inline const char *in_folder(void **state, const char *name) {
  static char paths[8][512];
  static unsigned next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", (char *)*state, name);
  return path;
}

typedef struct contents {
  char *bytes;
  size_t length;
} contents;

static inline contents read_file(const char *path) {
  contents c;
  assert_ok(hr_file_read_all(path, (size_t)1 << 30, &c.bytes, &c.length));
  return c;
}

static inline void write_file(const char *path, const void *bytes, size_t length) {
  hr_output_file *file;
  assert_ok(hr_output_file_open(path, HR_OUTPUT_REPLACE, &file));
  assert_ok(hr_output_file_append(file, bytes, length));
  assert_ok(hr_output_file_close(file));
}

static inline void copy_file(const char *from, const char *to) {
  contents c = read_file(from);
  write_file(to, c.bytes, c.length);
  free(c.bytes);
}

static inline void assert_files_equal(const char *a, const char *b) {
  contents x = read_file(a), y = read_file(b);
  assert_int_equal(x.length, y.length);
  assert_memory_equal(x.bytes, y.bytes, x.length);
  free(x.bytes);
  free(y.bytes);
}

#endif
