/* Chains leave the processor as they found it: their last jump comes back to code that may know nothing of wide
 * registers, and is slowed down for good where something is left in their upper halves. */
#include "kernels_cpu/level/loops.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* False where the processor does not say. */
static bool upper_halves_are_in_use(void) {
  enum { SAYS_WHAT_IS_IN_USE = 1 << 2, UPPER_HALVES = 1 << 2 };
  unsigned a = 0, b, c, d;
  if (!__builtin_cpu_supports("avx") || !__get_cpuid_count(0xd, 1, &a, &b, &c, &d) || !(a & SAYS_WHAT_IS_IN_USE))
    return false;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
  return (a & UPPER_HALVES) != 0;
}
static void clear_upper_halves(void) {
  if (__builtin_cpu_supports("avx")) __asm__ volatile("vzeroupper");
}
#else
static bool upper_halves_are_in_use(void) { return false; }
static void clear_upper_halves(void) {}
#endif

static void test_upper_halves_are_left_clean(void **state) {
  (void)state;
  const hr_chain_loops *chains = hr_loops->chains;
  float x[HR_CHAIN_MAX_WIDTH], y[HR_CHAIN_MAX_WIDTH];
  for (int i = 0; i < HR_CHAIN_MAX_WIDTH; ++i)
    x[i] = (float)i;
  const hr_chain_step steps[] = {{chains->load, x, -1}, {chains->store, y, -1}, {chains->end, NULL, 0}};
  clear_upper_halves();
  chains->run(steps, 0, chains->width);
  bool are_in_use = upper_halves_are_in_use();
  assert_false(are_in_use);
  assert_memory_equal(x, y, sizeof *x * (size_t)chains->width);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_upper_halves_are_left_clean)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
