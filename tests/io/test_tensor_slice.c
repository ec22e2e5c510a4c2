#include "io_testing.h"
#include "runtime/io/tensor_slice.h"

static void test_parse(void **state) {
  (void)state;
  hr_shape full, part;
  hr_tensor_slice slice;
  char text[HR_SHAPE_TEXT];
  assert_ok(hr_tensor_slice_parse("4 5 1,2:-", &full, &slice, &part));
  assert_string_equal(hr_shape_text(&full, text), "[4,5]");
  assert_string_equal(hr_shape_text(&part, text), "[2,5]");
  assert_int_equal(slice.starts[0], 1);
  assert_int_equal(slice.lengths[1], HR_FULL_EXTENT);
  assert_false(hr_tensor_slice_is_full(&slice));
  assert_ok(hr_tensor_slice_parse("7 -", &full, &slice, &part));
  assert_true(hr_tensor_slice_is_full(&slice));

  static const char *const bad[] = {"",
                                    "4",
                                    "4 ",
                                    "4 5",
                                    "4 5 -",
                                    "4 5 -:-:-",
                                    "4 x",
                                    "4 0,5",
                                    "4 4,1",
                                    "4 -1,2",
                                    "4 1",
                                    "4 1,",
                                    "4 0,1x",
                                    "-4 -",
                                    "4 5 0,2-",
                                    "4  0,1",
                                    "4 0,99999999999999999999",
                                    "1 1 1 1 1 1 1 1 1 1 1 1 1 -"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
    assert_code(HR_INVALID_ARGUMENT, hr_tensor_slice_parse(bad[i], &full, &slice, &part));
}

/* Rows 1 to 2 of a [4,3] tensor out of its rows 0 to 1 and columns 1 to 2 of all rows. */
static void test_copy(void **state) {
  (void)state;
  hr_shape full = {.rank = 2, .dims = {4, 3}};
  hr_tensor_slice rows = {2, {0, 0}, {2, HR_FULL_EXTENT}}, wanted = {2, {1, 0}, {2, HR_FULL_EXTENT}};
  hr_tensor_slice columns = {2, {0, 1}, {HR_FULL_EXTENT, 2}}, far = {2, {3, 0}, {1, 3}};
  const int32_t from_rows[] = {0, 1, 2, 10, 11, 12}, from_columns[] = {1, 2, 11, 12, 21, 22, 31, 32};
  int32_t to[6] = {-1, -1, -1, -1, -1, -1};
  assert_int_equal(hr_tensor_slice_copy(&full, 4, &rows, from_rows, &wanted, to), 3);
  assert_int_equal(hr_tensor_slice_copy(&full, 4, &columns, from_columns, &wanted, to), 4);
  assert_int_equal(hr_tensor_slice_copy(&full, 4, &far, from_rows, &wanted, to), 0);
  const int32_t expected[] = {10, 11, 12, -1, 21, 22};
  assert_memory_equal(to, expected, sizeof expected);
  assert_int_equal(hr_tensor_slice_copy(&full, 4, &columns, NULL, &wanted, NULL), 4);

  hr_shape scalar = {0};
  hr_tensor_slice whole = {0};
  assert_int_equal(hr_tensor_slice_copy(&scalar, 4, &whole, from_rows, &whole, to), 1);
  assert_int_equal(to[0], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse), cmocka_unit_test(test_copy)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
