/* Large blocks that are given back are handed out again, to one owner at a time. */
#include "runtime/base/heap.h"
#include "runtime/base/large_blocks.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ALIGNMENT = 64 };

static void test_given_back_and_taken(void **state) {
  (void)state;
  char *first = hr_large_block_new(HR_LARGE_BLOCK, ALIGNMENT), *second = hr_large_block_new(HR_LARGE_BLOCK, ALIGNMENT);
  assert_non_null(first);
  assert_non_null(second);
  assert_ptr_not_equal(first, second);
  memset(first, 1, HR_LARGE_BLOCK);
  uintptr_t place = (uintptr_t)first;
  hr_large_block_free(first, HR_LARGE_BLOCK);
  char *larger = hr_large_block_new(HR_LARGE_BLOCK + 1, ALIGNMENT);
  memset(larger, 2, HR_LARGE_BLOCK + 1);
  char *third = hr_large_block_new(HR_LARGE_BLOCK, ALIGNMENT);
  if (!HR_ADDRESS_SANITIZER && !HR_THREAD_SANITIZER) assert_int_equal((uintptr_t)third, place);
  memset(third, 3, HR_LARGE_BLOCK);
  for (size_t i = 0; i < HR_LARGE_BLOCK + 1; i += 997)
    assert_int_equal(larger[i], 2);
  hr_large_block_free(larger, HR_LARGE_BLOCK + 1);
  hr_large_block_free(second, HR_LARGE_BLOCK);
  hr_large_block_free(third, HR_LARGE_BLOCK);
}

/* More than are kept, of all sizes: each thread finds in its blocks what it wrote there. */
static void *use_blocks(void *argument) {
  char mark = *(char *)argument;
  enum { AT_ONCE = 40 };
  char *blocks[AT_ONCE];
  size_t sizes[AT_ONCE];
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < AT_ONCE; ++i) {
      sizes[i] = HR_LARGE_BLOCK + (size_t)(i * 7 + round) % 11 * 100000;
      blocks[i] = hr_large_block_new(sizes[i], ALIGNMENT);
      if (!blocks[i] || (uintptr_t)blocks[i] % ALIGNMENT) return argument;
      blocks[i][0] = blocks[i][sizes[i] - 1] = mark;
    }
    for (int i = 0; i < AT_ONCE; ++i) {
      if (blocks[i][0] != mark || blocks[i][sizes[i] - 1] != mark) return argument;
      hr_large_block_free(blocks[i], sizes[i]);
    }
  }
  return NULL;
}

static void test_many_threads(void **state) {
  (void)state;
  pthread_t threads[4];
  char marks[4] = {1, 2, 3, 4};
  for (int i = 0; i < 4; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, use_blocks, &marks[i]), 0);
  for (int i = 0; i < 4; ++i) {
    void *failed;
    assert_int_equal(pthread_join(threads[i], &failed), 0);
    assert_null(failed);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_given_back_and_taken), cmocka_unit_test(test_many_threads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
