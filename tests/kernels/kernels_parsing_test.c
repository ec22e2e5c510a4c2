/* Parsing, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void run(const char *name) { tester_run_family(&(tester_family){.name = name}); }

static void test_csv(void **state) { (void)state, run("csv"); }
static void test_examples(void **state) { (void)state, run("examples"); }
static void test_sequences(void **state) { (void)state, run("sequences"); }
static void test_messages(void **state) { (void)state, run("messages"); }
static void test_protos(void **state) { (void)state, run("protos"); }
static void test_sparse_bytes(void **state) { (void)state, run("sparse_bytes"); }

/* The reference writes past its output here, so values are told by hand. */
static void test_padded_raw(void **state) {
  (void)state;
  static const char *const strings[] = {"abcdefgh", "xy"};
  hr_tensor inputs[2];
  assert_null(hr_tensor_strings(2, strings, &inputs[0]));
  inputs[1] = hr_tensor_i32(4);
  for (int little = 0; little < 2; ++little) {
    hr_named_attr attrs[] = {{"out_type", HR_ATTR_TYPE_VALUE(HR_INT16)}, {"little_endian", HR_ATTR_BOOL_VALUE(little)}};
    hr_tensor out = tester_run("DecodePaddedRaw", 2, inputs, 2, attrs);
    assert_int_equal(out.rank, 2);
    static const int16_t expected[2][4] = {{0x6162, 0x6364, 0x7879, 0}, {0x6261, 0x6463, 0x7978, 0}};
    assert_memory_equal(hr_tensor_data(&out), expected[little], sizeof expected[little]);
    hr_tensor_clear(&out);
  }
  hr_named_attr wide[] = {{"out_type", HR_ATTR_TYPE_VALUE(HR_INT64)}};
  assert_int_equal(tester_code("DecodePaddedRaw", 2, inputs, 1, wide), HR_INVALID_ARGUMENT);
  inputs[1] = hr_tensor_i32(-8);
  assert_int_equal(tester_code("DecodePaddedRaw", 2, inputs, 1, wide), HR_INVALID_ARGUMENT);
  hr_tensor_clear(&inputs[0]);
}

/* Malformed messages, which crash the reference. */
static void test_malformed_messages(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
  } cases[] = {{"\xff", 1},
               {"\x0a\x05\x0a\x03\x0a\x01", 6},
               {"\x0a\x0b\x0a\x09\x0a\x01x\x12\x04\x12\x02\x0a\x05", 13},
               {"\x0a\x0b\x0a\x09\x0a\x01x\x12\x04\x12\x02\x0a\x00zz", 15}};
  static const hr_partial_shape scalar = {.rank = 0};
  int32_t type = HR_FLOAT;
  hr_bytes key = {"x", 1};
  hr_named_attr attrs[] = {{"num_sparse", HR_ATTR_INT_VALUE(0)},
                           {"sparse_keys", {.kind = HR_ATTR_STRING, .is_list = true}},
                           {"dense_keys", {.kind = HR_ATTR_STRING, .is_list = true, .count = 1, .strings = &key}},
                           {"sparse_types", {.kind = HR_ATTR_TYPE, .is_list = true}},
                           {"Tdense", {.kind = HR_ATTR_TYPE, .is_list = true, .count = 1, .types = &type}},
                           {"dense_shapes", {.kind = HR_ATTR_SHAPE, .is_list = true, .count = 1, .shapes = &scalar}}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    hr_tensor inputs[2] = {{0}, hr_tensor_f32(0)};
    assert_null(hr_tensor_string(cases[i].bytes, cases[i].length, &inputs[0]));
    assert_int_equal(tester_code("ParseSingleExample", 2, inputs, 6, attrs), HR_INVALID_ARGUMENT);
    hr_tensor_clear(&inputs[0]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_csv),        cmocka_unit_test(test_examples),
      cmocka_unit_test(test_sequences),  cmocka_unit_test(test_messages),
      cmocka_unit_test(test_protos),     cmocka_unit_test(test_sparse_bytes),
      cmocka_unit_test(test_padded_raw), cmocka_unit_test(test_malformed_messages),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
