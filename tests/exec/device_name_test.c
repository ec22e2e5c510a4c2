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

static void test_texts(void **state) {
  (void)state;
  const char *spellings[][2] = {{"", ""},
                                {"/job:ps/task:1", "/job:ps/task:1"},
                                {"/gpu:3", "/device:GPU:3"},
                                {"/device:FPGA:*", "/device:FPGA:*"},
                                {"/device:*:2", "/device:*:2"},
                                {"/replica:4/job:a/cpu:0/task:5", "/job:a/replica:4/task:5/device:CPU:0"}};
  for (size_t i = 0; i < sizeof spellings / sizeof *spellings; ++i) {
    hr_device_name name;
    char text[HR_DEVICE_NAME_TEXT];
    assert_ok(hr_device_name_parse(spellings[i][0], &name));
    assert_string_equal(hr_device_name_text(&name, text), spellings[i][1]);
  }
}

static void test_merging(void **state) {
  (void)state;
  static const struct {
    const char *a, *b, *merged, *soft; /* merged NULL: they do not agree */
  } cases[] = {
      {"", "/gpu:1", "/device:GPU:1", "/device:GPU:1"},
      {"/job:ps", "/task:1/cpu:0", "/job:ps/task:1/device:CPU:0", "/job:ps/task:1/device:CPU:0"},
      {"/cpu:0", "/cpu:1", NULL, "/device:CPU:*"},
      {"/cpu:0", "/gpu:0", NULL, ""},
      {"/job:a/cpu:0", "/device:GPU:*", NULL, "/job:a"},
      {"/job:a", "/job:b", NULL, NULL},
      {"/replica:1", "/replica:2", NULL, NULL},
      {"/task:1", "/task:2", NULL, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i)
    for (int soft = 0; soft < 2; ++soft) {
      hr_device_name a, b;
      char text[HR_DEVICE_NAME_TEXT];
      assert_ok(hr_device_name_parse(cases[i].a, &a));
      assert_ok(hr_device_name_parse(cases[i].b, &b));
      assert_int_equal(hr_device_names_agree(&a, &b), cases[i].merged != NULL);
      const char *expected = soft ? cases[i].soft : cases[i].merged;
      hr_status status = hr_device_name_merge(&a, &b, soft);
      if (expected) {
        assert_ok(status);
        assert_string_equal(hr_device_name_text(&a, text), expected);
      } else {
        assert_fails(status, HR_INVALID_ARGUMENT, "Cannot merge devices with incompatible");
      }
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_full_and_partial), cmocka_unit_test(test_matching),
                                     cmocka_unit_test(test_malformed), cmocka_unit_test(test_texts),
                                     cmocka_unit_test(test_merging)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
