#include "runtime/base/mersenne.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The C++ standard names the 10000th number of its default seed. */
static void test_known_answer(void **state) {
  (void)state;
  hr_mersenne m;
  hr_mersenne_seed(&m, 5489);
  for (int i = 1; i < 10000; ++i)
    hr_mersenne_next(&m);
  assert_true(hr_mersenne_next(&m) == UINT64_C(9981545732273789042));
}

static void test_swaps_stay_inside(void **state) {
  (void)state;
  hr_mersenne m;
  size_t to[50];
  hr_mersenne_seed(&m, 1);
  for (size_t count = 0; count <= 50; ++count) {
    hr_mersenne_swaps(&m, count, to);
    for (size_t i = 0; i < count; ++i)
      assert_true(to[i] <= i);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_answer), cmocka_unit_test(test_swaps_stay_inside)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
