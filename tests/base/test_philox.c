#include "runtime/base/philox.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Known answers of the authors' Random123 library (kat_vectors, philox4x32 with 10 rounds). */
static void test_known_answers(void **state) {
  (void)state;
  static const struct {
    hr_philox p;
    uint32_t expected[4];
  } answers[] = {
      {{{0, 0, 0, 0}, {0, 0}}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof answers / sizeof *answers; ++i) {
    uint32_t out[4];
    hr_philox_block(&answers[i].p, out);
    assert_memory_equal(out, answers[i].expected, sizeof out);
  }
}

static void test_skip_carries(void **state) {
  (void)state;
  hr_philox p = {.counter = {0xfffffffe, 0xffffffff, 0xffffffff, 5}};
  hr_philox_skip(&p, 3);
  const uint32_t expected[] = {1, 0, 0, 6};
  assert_memory_equal(p.counter, expected, sizeof expected);
  hr_philox a = hr_philox_seeded(1, 2), b = a;
  uint32_t out[4];
  for (int i = 0; i < 1000; ++i)
    hr_philox_next(&a, out);
  hr_philox_skip(&b, 1000);
  assert_memory_equal(a.counter, b.counter, sizeof a.counter);
}

static void test_floats(void **state) {
  (void)state;
  assert_true(hr_philox_to_float(0) == 0.0f);
  assert_true(hr_philox_to_float(0xffffffff) == 1.0f - 0x1p-23f);
  assert_true(hr_philox_to_double(0, 0) == 0.0);
  assert_true(hr_philox_to_double(0xffffffff, 0xffffffff) == 1.0 - 0x1p-52);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_answers), cmocka_unit_test(test_skip_carries),
                                     cmocka_unit_test(test_floats)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
