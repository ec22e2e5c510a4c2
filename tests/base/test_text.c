#include "runtime/base/arena.h"
#include "runtime/base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_builder(void **state) {
  (void)state;
  hr_text text = {0};
  char *string = hr_text_take(&text);
  assert_string_equal(string, "");
  free(string);
  for (int i = 0; i < 100; ++i)
    hr_text_printf(&text, "%d,", i);
  hr_text_add_string(&text, "end");
  assert_int_equal(text.length, 10 * 2 + 90 * 3 + 3);
  string = hr_text_take(&text);
  assert_memory_equal(string, "0,1,2,3,", 8);
  assert_string_equal(string + 290, "end");
  free(string);
  assert_null(text.data);
}

static void test_escapes(void **state) {
  (void)state;
  hr_text text = {0};
  hr_text_add_escaped(&text, "a\n\r\t\"'\\\0\x01\x7f\xff~", 12);
  assert_string_equal(text.data, "a\\n\\r\\t\\\"\\'\\\\\\000\\001\\177\\377~");
  hr_text_free(&text);
}

static void test_hashes(void **state) {
  (void)state;
  const char *mixed = "Layer_1/MatMul_[@Z`z{\xc4", *lower = "layer_1/matmul_[@z`z{\xc4";
  size_t length = strlen(mixed);
  for (size_t n = 0; n <= length; ++n)
    assert_true(hr_hash_bytes_lower(mixed, n) == hr_hash_bytes(lower, n));
  assert_true(hr_hash_bytes("ab", 2) != hr_hash_bytes("ba", 2));
  assert_true(hr_hash_bytes("a\0", 2) != hr_hash_bytes("a", 1)); /* the length counts */
}

static void test_views(void **state) {
  (void)state;
  assert_true(hr_view_equal(hr_view_of("abc"), HR_VIEW("abc")));
  assert_false(hr_view_equal(hr_view_of("abc"), HR_VIEW("abd")));
  assert_true(hr_view_starts_with(HR_VIEW("abc"), HR_VIEW("ab")));
  assert_false(hr_view_starts_with(HR_VIEW("a"), HR_VIEW("ab")));
  assert_int_equal(hr_view_of(NULL).length, 0);
}

static void test_arena(void **state) {
  (void)state;
  hr_arena arena = {0};
  char *previous_end = NULL;
  for (int i = 1; i < 2000; ++i) {
    size_t alignment = (size_t)1 << i % 7;
    char *memory = hr_arena_allocate(&arena, (size_t)i, alignment);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % alignment, 0);
    memset(memory, i, (size_t)i); /* the sanitizer sees overlaps with the allocator's own memory */
    previous_end = memory + i;
  }
  char *large = hr_arena_allocate(&arena, 3 << 20, 64);
  assert_non_null(large);
  memset(large, 1, 3 << 20);
  char *small = hr_arena_allocate(&arena, 1, 1); /* the block before the large one goes on */
  assert_ptr_equal(small, previous_end);
  uint64_t *zeros = hr_arena_zalloc(&arena, 80, 8);
  for (int i = 0; i < 10; ++i)
    assert_int_equal(zeros[i], 0);
  assert_string_equal(hr_arena_copy_string(&arena, "hello", 4), "hell");
  assert_string_equal(hr_arena_printf(&arena, "%s-%d", "x", 5), "x-5");
  assert_null(hr_arena_allocate(&arena, (size_t)PTRDIFF_MAX, 8));
  assert_null(hr_arena_allocate(&arena, SIZE_MAX - 16, 8));
  hr_arena_free(&arena);
  assert_int_equal(arena.reserved, 0);
  assert_non_null(hr_arena_allocate(&arena, 1, 1));
  hr_arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_builder), cmocka_unit_test(test_escapes),
                                     cmocka_unit_test(test_hashes), cmocka_unit_test(test_views),
                                     cmocka_unit_test(test_arena)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
