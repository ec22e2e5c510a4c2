#include "io_testing.h"
#include "runtime/io/crc32c.h"

/* RFC 3720, appendix B.4. */
static void test_vectors(void **state) {
  (void)state;
  uint8_t bytes[32] = {0};
  assert_int_equal(hr_crc32c(bytes, 32), 0x8a9136aa);
  memset(bytes, 0xff, 32);
  assert_int_equal(hr_crc32c(bytes, 32), 0x62a8ab43);
  for (int i = 0; i < 32; ++i)
    bytes[i] = (uint8_t)i;
  assert_int_equal(hr_crc32c(bytes, 32), 0x46dd794e);
  for (int i = 0; i < 32; ++i)
    bytes[i] = (uint8_t)(31 - i);
  assert_int_equal(hr_crc32c(bytes, 32), 0x113fdb5c);
  assert_int_equal(hr_crc32c("123456789", 9), 0xe3069283);
  assert_int_equal(hr_crc32c("", 0), 0);
}

static void test_table_and_parts_agree(void **state) {
  (void)state;
  uint8_t bytes[100];
  for (int i = 0; i < 100; ++i)
    bytes[i] = (uint8_t)(i * 37 + 11);
  for (size_t length = 0; length <= 100; ++length) {
    uint32_t whole = hr_crc32c(bytes, length);
    assert_int_equal(whole, hr_crc32c_extend_by_table(0, bytes, length));
    for (size_t cut = 0; cut <= length; cut += 7)
      assert_int_equal(whole, hr_crc32c_extend(hr_crc32c(bytes, cut), bytes + cut, length - cut));
  }
}

/* Long stretches go side by side. */
static void test_long_stretches(void **state) {
  (void)state;
  enum { LENGTH = 200000 };
  static uint8_t bytes[LENGTH];
  uint32_t next = 1;
  for (int i = 0; i < LENGTH; ++i) {
    next = next * 1664525u + 1013904223u;
    bytes[i] = (uint8_t)(next >> 24);
  }
  uint32_t by_table = 0;
  size_t at = 0;
  for (size_t length = 1; length < LENGTH; length += length / 3 + 4093) {
    by_table = hr_crc32c_extend_by_table(by_table, bytes + at, length - at);
    at = length;
    assert_int_equal(hr_crc32c(bytes, length), by_table);
    assert_int_equal(hr_crc32c_extend(hr_crc32c(bytes, length / 5), bytes + length / 5, length - length / 5), by_table);
  }
}

static void test_mask(void **state) {
  (void)state;
  uint32_t crc = hr_crc32c("foo", 3);
  assert_int_not_equal(crc, hr_crc32c_mask(crc));
  assert_int_not_equal(crc, hr_crc32c_mask(hr_crc32c_mask(crc)));
  assert_int_equal(crc, hr_crc32c_unmask(hr_crc32c_mask(crc)));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_table_and_parts_agree),
                                     cmocka_unit_test(test_long_stretches), cmocka_unit_test(test_mask)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
