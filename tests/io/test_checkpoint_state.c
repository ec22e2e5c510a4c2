#include "io_testing.h"
#include "runtime/io/checkpoint_state.h"

static void test_reads_and_writes_tensorflows_file(void **state) {
  hr_arena arena = {0};
  hr_checkpoint_state s;
  assert_ok(hr_checkpoint_state_read(FIXTURES, NULL, &arena, &s));
  assert_string_equal(s.model_checkpoint_path, "/models/m.ckpt-2");
  assert_int_equal(s.path_count, 2);
  assert_string_equal(s.all_model_checkpoint_paths[0], "/models/m.ckpt-1");
  assert_int_equal(s.timestamp_count, 2);
  assert_true(s.all_model_checkpoint_timestamps[1] == 1500000000.123456);
  assert_true(s.last_preserved_timestamp == 1e9);
  assert_ok(hr_checkpoint_state_write((const char *)*state, "other", &s));
  assert_files_equal(in_folder(state, "other"), FIXTURES "checkpoint");
  hr_arena_free(&arena);
}

static char *latest(void **state) {
  char *prefix;
  assert_ok(hr_latest_checkpoint((const char *)*state, NULL, &prefix));
  return prefix;
}

static void test_latest(void **state) {
  assert_null(latest(state)); /* no file */
  hr_checkpoint_state s = {.model_checkpoint_path = "m.ckpt-2"};
  assert_ok(hr_checkpoint_state_write((const char *)*state, NULL, &s));
  assert_null(latest(state)); /* no checkpoint */
  write_file(in_folder(state, "m.ckpt-2.index"), "", 0);
  char *prefix = latest(state);
  assert_string_equal(prefix, in_folder(state, "m.ckpt-2"));
  free(prefix);
}

static void test_damage(void **state) {
  write_file(in_folder(state, "checkpoint"), "model_checkpoint_path: 7", 24);
  char *prefix;
  assert_error(HR_DATA_LOSS, "checkpoint", hr_latest_checkpoint((const char *)*state, NULL, &prefix));
  assert_null(prefix);
}

int main(void) {
  const struct CMUnitTest tests[] = {folder_test(test_reads_and_writes_tensorflows_file), folder_test(test_latest),
                                     folder_test(test_damage)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
