/* What Print, PrintV2 and Assert write, byte for byte as TensorFlow 1.15. */
#include "../session/fixture.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- what a run writes ----------------------------------------------------------------------------------------- */

/* Runs the node `times` times; what it wrote to the stream, NUL-terminated, in `text`. */
static void capture(fixture *f, hr_node *node, int times, FILE *stream, char *text, size_t size) {
  FILE *file = tmpfile();
  assert_non_null(file);
  fflush(stream);
  int saved = dup(fileno(stream));
  assert_true(saved >= 0 && dup2(fileno(file), fileno(stream)) >= 0);
  for (int i = 0; i < times; ++i)
    assert_ok(hr_run_node(f->session, node));
  fflush(stream);
  assert_true(dup2(saved, fileno(stream)) >= 0);
  close(saved);
  rewind(file);
  text[fread(text, 1, size - 1, file)] = 0;
  fclose(file);
}

static void assert_prints(fixture *f, hr_node *node, int times, const char *wanted) {
  char text[1024];
  capture(f, node, times, stderr, text, sizeof text);
  assert_string_equal(text, wanted);
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

typedef struct sample {
  hr_dtype dtype;
  hr_partial_shape shape;
  const void *data;
  const char *of_3, *all, *of_2;
} sample;

static void test_values(void **state) {
  (void)state;
  static const float numbers[] = {1, 2.5f, 1e-10f, 1e20f, 123456.789f, -0.f, NAN, INFINITY, -INFINITY, 1 / 3.f},
                     zeros[16];
  static const double doubles[] = {1 / 3., 1e300, 12345678.9, 0.1};
  static const int32_t counting[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                     12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
  static const int64_t square[] = {1, 2, 3, 4};
  static const int8_t bytes[] = {-1, 5};
  static const uint8_t unsigned_bytes[] = {200, 5};
  static const bool flags[] = {true, false};
  const hr_half halves[] = {hr_half_from_float(1.5f), hr_half_from_float(0.1f), hr_half_from_float(65504)};
  const sample samples[] = {
      {HR_FLOAT, HR_SHAPE(), &numbers[1], "[2.5]", "[2.5]", "[2.5]"},
      {HR_FLOAT, HR_SHAPE(10), numbers, "[1 2.5 1e-10...]",
       "[1 2.5 1e-10 1e+20 123456.789 -0 nan inf -inf 0.333333343]", "[1 2.5...]"},
      {HR_DOUBLE, HR_SHAPE(4), doubles, "[0.33333333333333331 1e+300 12345678.9...]",
       "[0.33333333333333331 1e+300 12345678.9 0.1]", "[0.33333333333333331 1e+300...]"},
      {HR_INT32, HR_SHAPE(2, 3, 4), counting, "[[[0 1 2...]]...]",
       "[[[0 1 2 3][4 5 6 7][8 9 10 11]][[12 13 14 15][16 17 18 19][20 21 22 23]]]", "[[[0 1...]]...]"},
      {HR_INT64, HR_SHAPE(2, 2), square, "[[1 2][3...]...]", "[[1 2][3 4]]", "[[1 2]...]"},
      {HR_INT8, HR_SHAPE(2), bytes, "[-1 5]", "[-1 5]", "[-1 5]"},
      {HR_UINT8, HR_SHAPE(2), unsigned_bytes, "[200 5]", "[200 5]", "[200 5]"},
      {HR_BOOL, HR_SHAPE(2), flags, "[1 0]", "[1 0]", "[1 0]"},
      {HR_FLOAT, HR_SHAPE(0), zeros, "[]", "[]", "[]"},
      {HR_FLOAT, HR_SHAPE(2, 0), zeros, "[]", "[]", "[]"},
      {HR_HALF, HR_SHAPE(3), halves, "[1.5 0.0999755859 65504]", "[1.5 0.0999755859 65504]", "[1.5 0.0999755859...]"},
      {HR_FLOAT, HR_SHAPE(2, 2, 2, 2), zeros, "[[[[0 0][0...]]]...]",
       "[[[[0 0][0 0]][[0 0][0 0]]][[[0 0][0 0]][[0 0][0 0]]]]", "[[[[0 0]]]...]"},
      {HR_FLOAT, HR_SHAPE(1, 1), &numbers[1], "[[2.5]]", "[[2.5]]", "[[2.5]]"},
  };
  fixture f = fixture_new();
  hr_output input = hr_constant_f32(f.s, 0);
  for (size_t i = 0; i < sizeof samples / sizeof *samples; ++i) {
    const sample *s = &samples[i];
    hr_output x = hr_constant_array(f.s, s->dtype, s->shape, s->data);
    const int64_t limits[] = {3, -1, 100, 2, 0};
    const char *const wanted[] = {s->of_3, s->all, s->all, s->of_2, strcmp(s->all, "[]") == 0 ? "[]" : "[...]"};
    for (int k = 0; k < 5; ++k) {
      char line[128];
      snprintf(line, sizeof line, "%s\n", wanted[k]);
      assert_prints(&f, hr_print(f.s, input, HR_LIST(x), .summarize = limits[k]).node, 1, line);
    }
  }
  fixture_free(&f);
}

/* Bytes that are no text are escaped. */
static void test_strings(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output words = hr_constant_strings(f.s, 3, ((const char *const[]){"abc", "a\"b\\\n\x01\xff", ""}));
  assert_prints(&f, hr_print(f.s, words, HR_LIST(words)).node, 1, "[abc a\\\"b\\\\\\n\\001\\377 ]\n");
  assert_prints(&f, hr_print(f.s, words, HR_LIST(words), .summarize = 1).node, 1, "[abc...]\n");
  assert_prints(&f, hr_print(f.s, words, HR_LIST(hr_constant_string(f.s, "scalar"))).node, 1, "[scalar]\n");
  fixture_free(&f);
}

static void test_message_and_first_n(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_constant_array(f.s, HR_INT32, HR_SHAPE(2), ((int32_t[]){1, 2})), text = hr_constant_string(f.s, "s");
  hr_outputs data = HR_LIST(x, text, x), none = {0};
  assert_prints(&f, hr_print(f.s, x, data, .message = "msg: ", .first_n = 2, .summarize = 1).node, 4,
                "msg: [1...][s][1...]\nmsg: [1...][s][1...]\n");
  assert_prints(&f, hr_print(f.s, x, none, .message = "only\n").node, 2, "only\n\nonly\n\n");
  assert_prints(&f, hr_print(f.s, x, none, .message = "never", .first_n = 0).node, 2, "");
  fixture_free(&f);
}

static void test_print_v2(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_constant_string(f.s, "text %d");
  char text[256];
  assert_prints(&f, hr_print_v2(f.s, x), 1, "text %d\n");
  assert_prints(&f, hr_print_v2(f.s, x, .end = " END "), 1, "text %d END ");
  capture(&f, hr_print_v2(f.s, x, .output_stream = "stdout", .end = ""), 2, stdout, text, sizeof text);
  assert_string_equal(text, "text %dtext %d");
  static const char *const logs[][2] = {{"log(info)", ": I "}, {"log(warning)", ": W "}, {"log(error)", ": E "}};
  for (int i = 0; i < 3; ++i) {
    capture(&f, hr_print_v2(f.s, x, .output_stream = logs[i][0], .end = " END "), 1, stderr, text, sizeof text);
    assert_non_null(strstr(text, logs[i][1]));
    const char *end = strchr(text, ']');
    assert_string_equal(end ? end : text, "] text %d END \n");
  }
  fixture_free(&f);
}

static void assert_message(fixture *f, hr_node *node, const char *wanted) {
  hr_status status = hr_run_node(f->session, node);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  char line[256];
  snprintf(line, sizeof line, "%s", hr_status_message(status));
  *strchr(line, '\n') = 0;
  assert_string_equal(line, wanted);
  hr_status_free(status);
}

static void test_assert(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output no = hr_constant_bool(f.s, false), message = hr_constant_string(f.s, "m");
  hr_output x = hr_constant_array(f.s, HR_INT32, HR_SHAPE(2), ((int32_t[]){1, 2}));
  hr_output y = hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(4), ((float[]){1.5f, 2, 3, 4}));
  assert_message(&f, hr_assert(f.s, no, HR_LIST(message, x)), "assertion failed: [m] [1 2]");
  assert_message(&f, hr_assert(f.s, no, HR_LIST(y), .summarize = 2), "assertion failed: [1.5 2...]");
  assert_message(&f, hr_assert(f.s, no, HR_LIST(x, x, x)), "assertion failed: [1 2] [1 2] [1 2]");
  assert_ok(hr_run_node(f.session, hr_assert(f.s, hr_constant_bool(f.s, true), HR_LIST(x))));
  fixture_free(&f);
}

int main(void) {
  unsetenv("HEADRACE_MIN_LOG_LEVEL");
  setenv("TF_CPP_MIN_LOG_LEVEL", "0", 1);
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_strings),
                                     cmocka_unit_test(test_message_and_first_n), cmocka_unit_test(test_print_v2),
                                     cmocka_unit_test(test_assert)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
