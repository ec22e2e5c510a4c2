/* Device strings in all spellings, and malformed ones. */
#include "../session/fixture.h"
#include "runtime/device/device_name.h"

static void test_full_and_partial(void **state) {
  (void)state;
  hr_device_name n;
  assert_ok(hr_device_name_parse("/job:worker/replica:1/task:2/device:GPU:3", &n));
  assert_string_equal(n.job, "worker");
  assert_true(n.replica == 1 && n.task == 2 && n.id == 3);
  assert_string_equal(n.type, "GPU");
  assert_ok(hr_device_name_parse("/gpu:1", &n));
  assert_string_equal(n.type, "GPU");
  assert_true(n.id == 1 && n.task == -1 && n.job[0] == '\0');
  assert_ok(hr_device_name_parse("/device:CPU:*", &n));
  assert_true(n.id == -1);
  assert_ok(hr_device_name_parse("", &n));
  assert_true(n.type[0] == '\0' && n.id == -1);
}

static void test_matching(void **state) {
  (void)state;
  hr_device_name wanted, full;
  assert_ok(hr_device_name_parse("/job:localhost/replica:0/task:0/device:CPU:0", &full));
  const char *fit[] = {"", "/cpu:0", "/job:localhost", "/task:0/device:CPU:*"};
  const char *unfit[] = {"/cpu:1", "/gpu:0", "/job:ps", "/task:1"};
  for (int i = 0; i < 4; ++i) {
    assert_ok(hr_device_name_parse(fit[i], &wanted));
    assert_true(hr_device_name_matches(&wanted, &full));
    assert_ok(hr_device_name_parse(unfit[i], &wanted));
    assert_false(hr_device_name_matches(&wanted, &full));
  }
}

static void test_malformed(void **state) {
  (void)state;
  const char *bad[] = {"cpu:0", "/cpu", "/job:", "/task:x", "/device:", "/job:a/", "/cpu:99999999999999", "/:0", "//"};
  hr_device_name n;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
    assert_fails(hr_device_name_parse(bad[i], &n), HR_INVALID_ARGUMENT, bad[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_and_partial), cmocka_unit_test(test_matching),
                                     cmocka_unit_test(test_malformed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
