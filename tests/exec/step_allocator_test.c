/* Buffers come back, keep their size class, and go when shapes change. */
#include "../session/fixture.h"
#include "runtime/exec/step_allocator.h"

static void test_reuse(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), false);
  size_t sizes[] = {0, 1, 64, 65, 511, 512, 513, 1000, 4096, 4097, 1 << 20, (1 << 20) + 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    hr_buffer *buffer = a.base.allocate(&a.base, sizes[i]);
    assert_non_null(buffer);
    assert_int_equal((uintptr_t)buffer->data % HR_ALIGNMENT, 0);
    memset(buffer->data, 0x5a, sizes[i]);
    void *first = buffer->data;
    hr_buffer_unref(buffer);
    uint64_t calls = hr_cpu_allocator_calls();
    buffer = a.base.allocate(&a.base, sizes[i]);
    assert_ptr_equal(buffer->data, first);
    assert_int_equal(hr_cpu_allocator_calls(), calls);
    memset(buffer->data, 0x5a, sizes[i]);
    hr_buffer_unref(buffer);
  }
  hr_step_allocator_clear(&a);
}

static int kept(const hr_step_allocator *a) {
  int count = 0;
  for (int i = 0; i < HR_SIZE_CLASSES; ++i)
    count += a->free_buffers[i] != NULL;
  return count;
}

static void test_old_shapes_go(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), false);
  hr_buffer_unref(a.base.allocate(&a.base, 100000));
  hr_step_allocator_end_step(&a);
  assert_int_equal(kept(&a), 1);
  hr_buffer_unref(a.base.allocate(&a.base, 50)); /* a step of another shape */
  hr_step_allocator_end_step(&a);
  assert_int_equal(kept(&a), 1);
  hr_step_allocator_clear(&a);
}

static void test_detached_buffers_outlive_the_step(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), false);
  hr_buffer *buffer = a.base.allocate(&a.base, 1000);
  assert_true(hr_step_allocator_detach(&a, buffer));
  hr_step_allocator_clear(&a);
  memset(&a, 0xff, sizeof a);
  hr_buffer_unref(buffer);
}

static void test_absurd_size(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), false);
  assert_null(a.base.allocate(&a.base, SIZE_MAX / 2));
  hr_step_allocator_clear(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_reuse), cmocka_unit_test(test_old_shapes_go),
                                     cmocka_unit_test(test_detached_buffers_outlive_the_step),
                                     cmocka_unit_test(test_absurd_size)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
