/* The memory plan of a step: what a watched run asked for shares one arena in the runs after it, and no buffer is ever
 * written over, whatever later runs do. */
#include "../session/fixture.h"
#include "runtime/exec/step_allocator.h"

enum { LARGE = 100000, MIDDLE = 60000, SMALL = 30000 };

static hr_buffer *take(hr_step_allocator *a, size_t bytes) {
  hr_buffer *buffer = a->base.allocate(&a->base, bytes);
  assert_non_null(buffer);
  assert_int_equal((uintptr_t)buffer->data % HR_ALIGNMENT, 0);
  return buffer;
}

/* Three values, each of which is needed with the next one only; 0 for those that a run does not make. */
static void run_chain(hr_step_allocator *a, size_t first, size_t second, size_t third) {
  hr_buffer *x = take(a, first), *y = take(a, second);
  hr_buffer_unref(x);
  hr_buffer *z = take(a, third);
  hr_buffer_unref(y);
  hr_buffer_unref(z);
  hr_step_allocator_end_step(a);
}

static void make_plan(hr_step_allocator *a) {
  hr_step_allocator_init(a, hr_cpu_allocator(), true);
  for (int i = 0; i < 2; ++i)
    run_chain(a, LARGE, SMALL, MIDDLE);
  assert_int_equal(a->state, HR_ARENA_USED);
}

static void test_values_of_different_times_share_bytes(void **state) {
  (void)state;
  hr_step_allocator a, classes;
  make_plan(&a);
  hr_step_allocator_init(&classes, hr_cpu_allocator(), false);
  run_chain(&classes, LARGE, SMALL, MIDDLE);
  size_t planned = hr_step_allocator_bytes(&a);
  assert_in_range(planned, LARGE + SMALL, LARGE + SMALL + 2 * HR_ALIGNMENT);
  assert_true(hr_step_allocator_bytes(&classes) >= LARGE + SMALL + MIDDLE);
  uint64_t calls = hr_cpu_allocator_calls();
  for (int i = 0; i < 5; ++i) {
    run_chain(&a, LARGE, SMALL, MIDDLE);
    run_chain(&a, LARGE / 2, SMALL / 2, MIDDLE / 2); /* a last, smaller batch */
  }
  assert_int_equal(hr_cpu_allocator_calls(), calls);
  assert_int_equal(hr_step_allocator_bytes(&a), planned);
  hr_step_allocator_clear(&a);
  hr_step_allocator_clear(&classes);
}

/* Whoever holds a value longer than in the run that was watched keeps it whole. */
static void test_what_is_held_longer_is_not_written_over(void **state) {
  (void)state;
  hr_step_allocator a;
  make_plan(&a);
  hr_buffer *x = take(&a, LARGE), *y = take(&a, SMALL);
  memset(x->data, 1, LARGE);
  memset(y->data, 2, SMALL);
  hr_buffer *z = take(&a, MIDDLE); /* planned in the bytes of x */
  memset(z->data, 3, MIDDLE);
  for (int i = 0; i < LARGE; ++i)
    assert_int_equal(((char *)x->data)[i], 1);
  hr_buffer_unref(x);
  hr_step_allocator_end_step(&a); /* y and z are still out */
  hr_step_allocator_end_step(&a);
  hr_step_allocator_stop_planning(&a);
  assert_int_equal(a.state, HR_ARENA_USED); /* which it would not do under them */
  for (int i = 0; i < SMALL; ++i)
    assert_int_equal(((char *)y->data)[i], 2);
  hr_buffer_unref(y);
  hr_buffer_unref(z);
  hr_step_allocator_stop_planning(&a);
  assert_int_equal(a.state, HR_ARENA_NEVER);
  hr_step_allocator_clear(&a);
}

static void test_parts_of_the_arena_stay_with_the_step(void **state) {
  (void)state;
  hr_step_allocator a;
  make_plan(&a);
  hr_buffer *x = take(&a, LARGE);
  assert_false(hr_step_allocator_detach(&a, x));
  assert_ptr_equal(x->allocator, &a.base);
  hr_buffer_unref(x);
  hr_step_allocator_clear(&a);
}

/* What leaves the step in the run that is watched gets no place, and leaves in the others as it is. */
static void test_what_leaves_is_not_planned(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), true);
  size_t bytes[4];
  for (int i = 0; i < 4; ++i) {
    hr_buffer *x = take(&a, LARGE), *y = take(&a, SMALL);
    hr_buffer_unref(x);
    assert_true(hr_step_allocator_detach(&a, y));
    hr_buffer *empty = take(&a, 0);
    assert_true(hr_step_allocator_detach(&a, empty));
    hr_step_allocator_end_step(&a);
    hr_buffer_unref(y);
    bytes[i] = hr_step_allocator_bytes(&a);
    hr_buffer_unref(empty);
  }
  assert_int_equal(a.strikes, 0);
  assert_in_range(bytes[3], LARGE, LARGE + HR_ALIGNMENT);
  hr_step_allocator_clear(&a);
}

static void test_other_shapes_are_planned_anew(void **state) {
  (void)state;
  hr_step_allocator a;
  make_plan(&a);
  run_chain(&a, 2 * LARGE, SMALL, MIDDLE);
  run_chain(&a, LARGE, SMALL, MIDDLE);
  run_chain(&a, 2 * LARGE, SMALL, MIDDLE);
  assert_int_equal(a.state, HR_ARENA_USED); /* now and then */
  run_chain(&a, 2 * LARGE, SMALL, MIDDLE);
  assert_int_equal(a.state, HR_ARENA_WATCHING);
  run_chain(&a, 2 * LARGE, SMALL, MIDDLE);
  assert_int_equal(a.state, HR_ARENA_USED);
  run_chain(&a, 2 * LARGE, SMALL, MIDDLE);
  assert_int_equal(a.strikes, 0);
  for (int i = 0; i < 3; ++i) /* far smaller ones: the memory is let go */
    run_chain(&a, 1000, 500, 700);
  assert_true(hr_step_allocator_bytes(&a) < 3000);
  for (int i = 1; i < 20; ++i)
    run_chain(&a, (size_t)i * LARGE, SMALL, MIDDLE);
  assert_int_equal(a.state, HR_ARENA_NEVER); /* always others: no more plans */
  assert_null(a.arena);
  hr_step_allocator_clear(&a);
}

static void test_too_many_requests(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), true);
  for (int run = 0; run < 3; ++run) {
    for (int i = 0; i <= HR_MAX_REQUESTS; ++i)
      hr_buffer_unref(take(&a, 100));
    hr_step_allocator_end_step(&a);
  }
  assert_int_equal(a.state, HR_ARENA_NEVER);
  hr_step_allocator_clear(&a);
}

/* Runs that are like each other only most of the time: every buffer keeps what was written to it. */
enum { REQUESTS = 150, RUNS = 40 };

static uint64_t next_number(uint64_t *seed) {
  *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return *seed >> 33;
}

static void check_and_give_back(hr_buffer *buffer, int pattern, hr_step_allocator *a, bool keeps) {
  for (size_t k = 0; k < buffer->bytes; k += buffer->bytes / 16 + 1)
    assert_int_equal(((unsigned char *)buffer->data)[k], pattern);
  if (keeps && hr_step_allocator_detach(a, buffer)) assert_ptr_not_equal(buffer->allocator, &a->base);
  hr_buffer_unref(buffer);
}

static void test_nothing_is_written_over(void **state) {
  (void)state;
  hr_step_allocator a;
  hr_step_allocator_init(&a, hr_cpu_allocator(), true);
  uint64_t oddities = 7;
  size_t planned = 0;
  for (int run = 0; run < RUNS; ++run) {
    uint64_t seed = 1;
    hr_buffer *out[REQUESTS] = {0};
    int ends[REQUESTS];
    for (int i = 0; i < REQUESTS; ++i) {
      size_t bytes = next_number(&seed) % 5000;
      int life = (int)(next_number(&seed) % 12);
      bool is_odd = run > 5 && next_number(&oddities) % 40 == 0;
      if (is_odd && next_number(&oddities) % 2) bytes *= 2;
      if (is_odd) life *= 5;
      if (is_odd && next_number(&oddities) % 4 == 0) continue; /* a request that is not made */
      out[i] = take(&a, bytes);
      ends[i] = i + life;
      memset(out[i]->data, i, bytes);
      for (int j = 0; j <= i; ++j) {
        if (!out[j] || ends[j] > i) continue;
        check_and_give_back(out[j], j, &a, is_odd);
        out[j] = NULL;
      }
    }
    for (int j = 0; j < REQUESTS; ++j)
      if (out[j]) check_and_give_back(out[j], j, &a, false);
    hr_step_allocator_end_step(&a);
    if (run == 5) planned = hr_step_allocator_bytes(&a);
  }
  /* Some seven are out at a time: far less than all sizes together. */
  assert_in_range(planned, 1, REQUESTS * 2500 / 4);
  hr_step_allocator_clear(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_values_of_different_times_share_bytes),
                                     cmocka_unit_test(test_what_is_held_longer_is_not_written_over),
                                     cmocka_unit_test(test_parts_of_the_arena_stay_with_the_step),
                                     cmocka_unit_test(test_what_leaves_is_not_planned),
                                     cmocka_unit_test(test_other_shapes_are_planned_anew),
                                     cmocka_unit_test(test_too_many_requests),
                                     cmocka_unit_test(test_nothing_is_written_over)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
