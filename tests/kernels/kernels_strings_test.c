/* Text, summaries, files and checkpoints, against recorded values of TensorFlow 1.15 and results noted from it. */
#include "tests/kernels/tester.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_recorded(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "strings"});
}

static hr_tensor text(const char *s) {
  hr_tensor t;
  assert_null(hr_tensor_string(s, strlen(s), &t));
  return t;
}
static hr_tensor texts(int64_t count, const char *const *strings) {
  hr_tensor t;
  assert_null(hr_tensor_strings(count, strings, &t));
  return t;
}

static void assert_text(const hr_tensor *t, int64_t i, const char *expected) {
  assert_true(i < t->elements);
  const hr_string *s = (const hr_string *)hr_tensor_data(t) + i;
  assert_int_equal(hr_string_length(s), strlen(expected));
  assert_memory_equal(hr_string_data(s), expected, strlen(expected));
}

static void assert_format(hr_tensor in, const char *expected) {
  int32_t type = in.dtype;
  hr_named_attr attrs[] = {{"template", HR_ATTR_STRING_VALUE("a %s b")},
                           {"summarize", HR_ATTR_INT_VALUE(2)},
                           {"T", {.kind = HR_ATTR_TYPE, .is_list = true, .count = 1, .types = &type}}};
  hr_tensor out = tester_run("StringFormat", 1, &in, 3, attrs);
  assert_text(&out, 0, expected);
  hr_tensor_clear(&out);
  hr_tensor_clear(&in);
}

static void test_format_shows_arrays_as_numpy_does(void **state) {
  (void)state;
  assert_format(TESTER_VECTOR(HR_INT32, ((int32_t[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9})), "a [0 1 ... 8 9] b");
  assert_format(tester_tensor(HR_FLOAT, 2, (int64_t[]){2, 2}, (float[]){1.5f, 2, 3, 4}), "a [[1.5 2]\n [3 4]] b");
  assert_format(tester_tensor(HR_INT32, 3, (int64_t[]){2, 1, 1}, (int32_t[]){1, 2}), "a [[[1]]\n\n [[2]]] b");
  assert_format(text("hi"), "a \"hi\" b");
  assert_format(hr_tensor_i32(7), "a 7 b");
}

/* Text, separator, maxsplit, parts joined by '|'. */
static void test_splits(void **state) {
  (void)state;
  static const struct {
    const char *text, *separator;
    int64_t limit;
    const char *parts;
    int64_t columns;
  } cases[] = {
      {"", "", -1, "", 0},
      {"", "", 0, "|", 1},
      {"", "--", 1, "|", 1},
      {" a", "", -1, "a|", 1},
      {" a", "", 0, " a|", 1},
      {" a", "", 1, "a||", 2},
      {"a--", "--", -1, "a||", 2},
      {"--", "--", 1, "||", 2},
      {"a b c ", "", -1, "a|b|c|", 3},
      {"a b c ", "", 1, "a|b c |", 2},
      {"a--b--c", "--", 1, "a|b--c|", 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    hr_tensor inputs[2] = {texts(1, &cases[i].text), text(cases[i].separator)}, out[3];
    hr_named_attr attrs[] = {{"maxsplit", HR_ATTR_INT_VALUE(cases[i].limit)}};
    hr_single_op op = {.op = "StringSplitV2", .num_attrs = 1, .attrs = attrs, .num_inputs = 2, .inputs = inputs};
    int32_t count;
    assert_null(hr_run_single_op(&op, 3, out, &count, NULL));
    char joined[64] = "";
    for (int64_t k = 0; k < out[1].elements; ++k) {
      const hr_string *s = (const hr_string *)hr_tensor_data(&out[1]) + k;
      strncat(joined, hr_string_data(s), hr_string_length(s));
      strcat(joined, "|");
    }
    assert_string_equal(joined, cases[i].parts);
    tester_assert_near(&out[2], 1, (double)cases[i].columns, 0, 0);
    for (int k = 0; k < 3; ++k)
      hr_tensor_clear(&out[k]);
    hr_tensor_clear(&inputs[0]);
    hr_tensor_clear(&inputs[1]);
  }
}

static void test_parts_of_strings(void **state) {
  (void)state;
  static const char *const words[] = {"hello", "wo"};
  hr_tensor inputs[3] = {texts(2, words), TESTER_VECTOR(HR_INT32, ((int32_t[]){-3, -1})),
                         TESTER_VECTOR(HR_INT32, ((int32_t[]){2, 5}))};
  hr_tensor out = tester_run("Substr", 3, inputs, 0, NULL);
  assert_text(&out, 0, "ll");
  assert_text(&out, 1, "o");
  hr_tensor_clear(&out);
  hr_tensor_clear(&inputs[1]);
  inputs[1] = TESTER_VECTOR(HR_INT32, ((int32_t[]){1, 3}));
  assert_int_equal(tester_code("Substr", 3, inputs, 0, NULL), HR_INVALID_ARGUMENT);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&inputs[i]);
}

/* RFC 4648's test vectors, in the web-safe alphabet. */
static void test_base64(void **state) {
  (void)state;
  static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xfb\xff"};
  static const char *const coded[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy", "-_8"};
  hr_tensor in = texts(8, plain), out = tester_run("EncodeBase64", 1, &in, 0, NULL);
  for (int i = 0; i < 8; ++i)
    assert_text(&out, i, coded[i]);
  hr_tensor back = tester_run("DecodeBase64", 1, &out, 0, NULL);
  assert_true(hr_tensor_equal(&in, &back));
  hr_tensor_clear(&in);
  hr_tensor_clear(&out);
  hr_tensor_clear(&back);
  static const char *const wrong[] = {"a", "ab*d", "ab d"};
  for (int i = 0; i < 3; ++i) {
    in = text(wrong[i]);
    assert_int_equal(tester_code("DecodeBase64", 1, &in, 0, NULL), HR_INVALID_ARGUMENT);
    hr_tensor_clear(&in);
  }
}

/* What TensorFlow 1.15 serialises. */
static void test_tensor_summary_bytes(void **state) {
  (void)state;
  static const char expected[] = "\n\x19\n\x01tB\x12\x08\x01\x12\x04\x12\x02\x08\x02\"\x08\0\0\x80?\0\0\0@J\0";
  hr_tensor inputs[3] = {text("t"), TESTER_VECTOR(HR_FLOAT, ((float[]){1, 2})), text("")};
  hr_tensor out = tester_run("TensorSummaryV2", 3, inputs, 0, NULL);
  const hr_string *s = hr_tensor_data(&out);
  assert_int_equal(hr_string_length(s), sizeof expected - 1);
  assert_memory_equal(hr_string_data(s), expected, sizeof expected - 1);
  hr_tensor_clear(&out);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&inputs[i]);
}

/* Bytes that are no summary. */
static void test_merging_garbage(void **state) {
  (void)state;
  static const char *const bytes[] = {"zzz", "\x0a", "\x0a\x7f", "\x0a\x02\x0a\x09"};
  for (int i = 0; i < 4; ++i) {
    hr_tensor in = text(bytes[i]);
    hr_named_attr attrs[] = {{"N", HR_ATTR_INT_VALUE(1)}};
    assert_int_equal(tester_code("MergeSummary", 1, &in, 1, attrs), HR_INVALID_ARGUMENT);
    hr_tensor_clear(&in);
  }
}

/* ---- checkpoints ----------------------------------------------------------------------------------------------- */

static void run_effect(const hr_single_op *op) {
  int32_t count;
  hr_status status = hr_run_single_op(op, 0, NULL, &count, NULL);
  if (status) fail_msg("%s: %s", op->op, hr_status_message(status));
}

static void test_checkpoint_and_back(void **state) {
  (void)state;
  char folder[] = "/tmp/headrace_kernels_XXXXXX", prefix[64];
  assert_non_null(mkdtemp(folder));
  snprintf(prefix, sizeof prefix, "%s/model", folder);
  static const char *const names[] = {"w", "part"}, *const slices[] = {"", "4 3 2,2:-"}, *const rows[] = {"4 3 3,1:-"};
  float values[] = {1, 2, 3, 4, 5, 6};
  hr_tensor saved[] = {text(prefix), texts(2, names), texts(2, slices), TESTER_VECTOR(HR_FLOAT, ((float[]){7, 8})),
                       tester_tensor(HR_FLOAT, 2, (int64_t[]){2, 3}, values)};
  int32_t two_floats[] = {HR_FLOAT, HR_FLOAT};
  hr_named_attr attrs[] = {{"dtypes", {.kind = HR_ATTR_TYPE, .is_list = true, .count = 2, .types = two_floats}}};
  run_effect(&(hr_single_op){.op = "SaveV2", .num_attrs = 1, .attrs = attrs, .num_inputs = 5, .inputs = saved});

  attrs[0].value.count = 1;
  hr_tensor asked[] = {saved[0], texts(1, names), texts(1, slices)};
  hr_tensor whole = tester_run("RestoreV2", 3, asked, 1, attrs);
  assert_true(hr_tensor_equal(&whole, &saved[3]));
  hr_tensor_clear(&asked[1]);
  hr_tensor_clear(&asked[2]);
  asked[1] = texts(1, names + 1);
  asked[2] = texts(1, rows);
  hr_tensor row = tester_run("RestoreV2", 3, asked, 1, attrs);
  for (int i = 0; i < 3; ++i)
    tester_assert_near(&row, i, 4 + i, 0, 0);
  int32_t wrong_type[] = {HR_INT32};
  attrs[0].value.types = wrong_type;
  assert_int_equal(tester_code("RestoreV2", 3, asked, 1, attrs), HR_INVALID_ARGUMENT);
  attrs[0].value.types = two_floats;
  hr_tensor_clear(&asked[1]);
  static const char *const missing[] = {"missing"};
  asked[1] = texts(1, missing);
  assert_int_equal(tester_code("RestoreV2", 3, asked, 1, attrs), HR_NOT_FOUND);

  hr_tensor_clear(&whole);
  hr_tensor_clear(&row);
  hr_tensor_clear(&asked[1]);
  hr_tensor_clear(&asked[2]);
  for (int i = 0; i < 5; ++i)
    hr_tensor_clear(&saved[i]);
  char command[96];
  snprintf(command, sizeof command, "rm -r %s", folder);
  assert_int_equal(system(command), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_recorded),        cmocka_unit_test(test_format_shows_arrays_as_numpy_does),
      cmocka_unit_test(test_splits),          cmocka_unit_test(test_parts_of_strings),
      cmocka_unit_test(test_base64),          cmocka_unit_test(test_tensor_summary_bytes),
      cmocka_unit_test(test_merging_garbage), cmocka_unit_test(test_checkpoint_and_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
