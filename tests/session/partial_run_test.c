/* One step in several calls. */
#include "fixture.h"

typedef struct program {
  fixture f;
  hr_output a, b, c, r1, r2;
  hr_partial_run *run;
} program;

/* r1 = a + b, r2 = r1 * c, as TensorFlow's documentation of partial runs has it. */
static program program_new(void) {
  program p = {.f = fixture_new()};
  p.a = hr_placeholder(p.f.s, HR_FLOAT, .shape = HR_SHAPE(), .name = "a");
  p.b = hr_placeholder(p.f.s, HR_FLOAT, .shape = HR_SHAPE(), .name = "b");
  p.c = hr_placeholder(p.f.s, HR_FLOAT, .shape = HR_SHAPE(), .name = "c");
  p.r1 = hr_add(p.f.s, p.a, p.b, .name = "r1");
  p.r2 = hr_mul(p.f.s, p.r1, p.c, .name = "r2");
  assert_ok(
      hr_partial_run_new(p.f.session, 3, (hr_output[]){p.a, p.b, p.c}, 2, (hr_output[]){p.r1, p.r2}, 0, NULL, &p.run));
  return p;
}
static void program_free(program *p) {
  hr_partial_run_free(p->run);
  fixture_free(&p->f);
}

static void test_two_calls(void **state) {
  (void)state;
  program p = program_new();
  hr_tensor one = hr_tensor_f32(1), two = hr_tensor_f32(2), value;
  assert_ok(hr_partial_run_step(p.run, 2, (hr_feed[]){{p.a, &one}, {p.b, &two}}, 1, &p.r1, &value));
  float r1 = *(float *)hr_tensor_data(&value);
  assert_true(r1 == 3);
  hr_tensor factor = hr_tensor_f32(r1 * 17);
  assert_ok(hr_partial_run_step(p.run, 1, &(hr_feed){p.c, &factor}, 1, &p.r2, &value));
  assert_true(*(float *)hr_tensor_data(&value) == 153);
  assert_fails(hr_partial_run_step(p.run, 0, NULL, 1, &p.r2, &value), HR_INVALID_ARGUMENT, "has ended");
  program_free(&p);
}

static void test_fetch_too_early(void **state) {
  (void)state;
  program p = program_new();
  hr_tensor one = hr_tensor_f32(1), value;
  assert_fails(hr_partial_run_step(p.run, 1, &(hr_feed){p.a, &one}, 1, &p.r1, &value), HR_INVALID_ARGUMENT, "r1");
  program_free(&p);
}

static void test_feed_twice_and_unknown(void **state) {
  (void)state;
  program p = program_new();
  hr_tensor one = hr_tensor_f32(1), value;
  assert_ok(hr_partial_run_step(p.run, 1, &(hr_feed){p.a, &one}, 0, NULL, NULL));
  assert_fails(hr_partial_run_step(p.run, 1, &(hr_feed){p.a, &one}, 0, NULL, NULL), HR_INVALID_ARGUMENT, "already fed");
  assert_fails(hr_partial_run_step(p.run, 1, &(hr_feed){p.r1, &one}, 0, NULL, NULL), HR_INVALID_ARGUMENT,
               "not specified");
  assert_fails(hr_partial_run_step(p.run, 0, NULL, 1, &p.a, &value), HR_INVALID_ARGUMENT, "not specified");
  program_free(&p);
}

static void test_session_closes_over_it(void **state) {
  (void)state;
  program p = program_new();
  hr_tensor one = hr_tensor_f32(1);
  assert_ok(hr_session_close(p.f.session));
  assert_fails(hr_partial_run_step(p.run, 1, &(hr_feed){p.a, &one}, 0, NULL, NULL), HR_FAILED_PRECONDITION, "closed");
  program_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_calls), cmocka_unit_test(test_fetch_too_early),
                                     cmocka_unit_test(test_feed_twice_and_unknown),
                                     cmocka_unit_test(test_session_closes_over_it)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
