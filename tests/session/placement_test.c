/* Device strings at run: what fits, what does not, soft placement. */
#include "fixture.h"

static hr_output on_device(fixture *f, const char *device) {
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (s, hr_device_scope(f->s, device)) {
    y = hr_neg(s, hr_constant_f32(s, -1), .name = "placed");
  }
  return y;
}

static void test_cpu_in_all_spellings(void **state) {
  (void)state;
  const char *spellings[] = {"/cpu:0", "/device:CPU:0", "/job:localhost/replica:0/task:0/cpu:0", "/job:localhost", ""};
  for (size_t i = 0; i < sizeof spellings / sizeof *spellings; ++i) {
    fixture f = fixture_new();
    assert_true(evaluate_f32(&f, on_device(&f, spellings[i])) == 1);
    fixture_free(&f);
  }
}

static void test_missing_device(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_tensor value;
  hr_status status = hr_evaluate(f.session, on_device(&f, "/gpu:0"), &value);
  assert_fails(status, HR_INVALID_ARGUMENT, "was explicitly assigned to /device:GPU:0");
  fixture_free(&f);
}

static void test_soft_placement(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_session *soft;
  hr_session_options options = {.allow_soft_placement = true};
  hr_tensor value;
  assert_ok(hr_session_new(f.graph, &options, &soft));
  assert_ok(hr_evaluate(soft, on_device(&f, "/gpu:0"), &value));
  assert_true(*(float *)hr_tensor_data(&value) == 1);
  hr_session_free(soft);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cpu_in_all_spellings), cmocka_unit_test(test_missing_device),
                                     cmocka_unit_test(test_soft_placement)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
