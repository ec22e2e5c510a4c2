/* The file "checkpoint", checkpoints' files, and paths seen from elsewhere. */
#include "headrace/io.h"
#include "io_testing.h"
#include "runtime/io/checkpoint_state.h"
#include <unistd.h>

static void reads_and_writes_tensorflows_file(void **state) {
  hr_checkpoint_state *s;
  assert_ok(hr_get_checkpoint_state(FIXTURES, NULL, &s));
  assert_string_equal(s->model_checkpoint_path, "/models/m.ckpt-2");
  assert_int_equal(s->path_count, 2);
  assert_string_equal(s->all_model_checkpoint_paths[0], "/models/m.ckpt-1");
  assert_int_equal(s->timestamp_count, 2);
  assert_true(s->all_model_checkpoint_timestamps[1] == 1500000000.123456);
  assert_true(s->last_preserved_timestamp == 1e9);
  assert_ok(hr_update_checkpoint_state((const char *)*state, "other", s));
  assert_files_equal(in_folder(state, "other"), FIXTURES "checkpoint");
  char *bytes;
  size_t length;
  assert_ok(hr_checkpoint_state_to_proto(s, &bytes, &length));
  assert_memory_equal(bytes, "\x0a\x10/models/m.ckpt-2\x12\x10/models/m.ckpt-1", 36);
  free(bytes);
  hr_checkpoint_state_free(s);
}

static char *latest(void **state) {
  char *prefix;
  assert_ok(hr_latest_checkpoint((const char *)*state, NULL, &prefix));
  return prefix;
}

static void the_latest(void **state) {
  hr_checkpoint_state *none;
  assert_null(latest(state)); /* no file */
  assert_ok(hr_get_checkpoint_state((const char *)*state, NULL, &none));
  assert_null(none);
  hr_checkpoint_state s = {.model_checkpoint_path = "m.ckpt-2"};
  assert_ok(hr_checkpoint_state_write((const char *)*state, NULL, &s));
  assert_null(latest(state)); /* no checkpoint */
  write_file(in_folder(state, "m.ckpt-2.index"), "", 0);
  char *prefix = latest(state);
  assert_string_equal(prefix, in_folder(state, "m.ckpt-2"));
  free(prefix);
}

static void damage(void **state) {
  write_file(in_folder(state, "checkpoint"), "model_checkpoint_path: 7", 24);
  char *prefix;
  assert_error(HR_DATA_LOSS, "checkpoint", hr_latest_checkpoint((const char *)*state, NULL, &prefix));
  assert_null(prefix);
  write_file(in_folder(state, "checkpoint"), "", 0);
  assert_error(HR_INVALID_ARGUMENT, "Invalid checkpoint state",
               hr_latest_checkpoint((const char *)*state, NULL, &prefix));
}

/* As TensorFlow's generate_checkpoint_state_proto answers. */
static void generates(void **state) {
  (void)state;
  hr_checkpoint_state given = {"x/y/m-3", (const char *[]){"x/y/m-2", "z/m-3"}, 2, (double[]){1, 2, 3}, 3, 4}, *s;
  assert_ok(hr_generate_checkpoint_state("x/y", &given, &s));
  assert_string_equal(s->model_checkpoint_path, "m-3");
  assert_int_equal(s->path_count, 3);
  assert_string_equal(s->all_model_checkpoint_paths[0], "m-2");
  assert_string_equal(s->all_model_checkpoint_paths[1], "../../z/m-3");
  assert_string_equal(s->all_model_checkpoint_paths[2], "m-3");
  assert_true(s->last_preserved_timestamp == 4 && s->all_model_checkpoint_timestamps[2] == 3);
  hr_checkpoint_state_free(s);
  given = (hr_checkpoint_state){"/x/y/m-3", (const char *[]){"/x/y/m-2", "/x/y/m-3"}, 2, NULL, 0, 0};
  assert_ok(hr_generate_checkpoint_state("/x/y", &given, &s));
  assert_int_equal(s->path_count, 2);
  assert_string_equal(s->model_checkpoint_path, "/x/y/m-3");
  hr_checkpoint_state_free(s);
  given = (hr_checkpoint_state){"m-3", NULL, 0, (double[]){1, 2}, 2, 0};
  assert_error(HR_INVALID_ARGUMENT, "got 1 paths and 2 timestamps", hr_generate_checkpoint_state("/x/y", &given, &s));
  assert_null(s);
}

/* What Python's os.path.relpath answers. */
static void relative_paths(void **state) {
  (void)state;
  static const struct {
    const char *path, *directory, *relative;
  } rows[] = {{"/a/b/c", "/a/b", "c"},
              {"/a/b/c", "/a/bc", "../b/c"},
              {"/a", "/a/b/c", "../.."},
              {"/a/b", "/a/b/", "."},
              {"/", "/", "."},
              {"/a", "/", "a"},
              {"/", "/a", ".."},
              {"x/y", "x/z", "../y"},
              {"x/../y", "./x//.", "../y"},
              {"/../a", "/b/../c", "../a"},
              {"m", "", "m"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
    char *relative = hr_path_relative_dup(rows[i].path, rows[i].directory);
    assert_string_equal(relative, rows[i].relative);
    free(relative);
  }
  char here[4096], *up = hr_path_relative_dup("../x", ".");
  assert_non_null(getcwd(here, sizeof here));
  assert_string_equal(up, "../x");
  free(up);
}

static void touch(void **state, const char *name) { write_file(in_folder(state, name), "x", 1); }

static void times_and_removal(void **state) {
  static const char *const bundle[] = {"m-1.index", "m-1.data-00000-of-00002", "m-1.data-00001-of-00002", "m-1.meta"};
  static const char *const version1[] = {"v-1-00000-of-00002", "v-1-00001-of-00002", "v-1.meta", "v-10.meta"};
  for (int i = 0; i < 4; ++i) {
    touch(state, bundle[i]);
    touch(state, version1[i]);
  }
  const char *prefix = in_folder(state, "m-1"), *pattern = in_folder(state, "v-1-?\?\?\?\?-of-00002");
  double time = 0, other = 0;
  assert_ok(hr_checkpoint_time(prefix, &time));
  assert_ok(hr_checkpoint_time(pattern, &other));
  assert_true(time > 1e9 && other >= time && other - time < 60);
  assert_error(HR_NOT_FOUND, "nothing", hr_checkpoint_time(in_folder(state, "nothing"), &time));

  assert_ok(hr_remove_checkpoint(prefix, false, "other"));
  assert_false(hr_checkpoint_exists(prefix));
  assert_true(hr_file_exists(in_folder(state, "m-1.meta")));
  assert_ok(hr_remove_checkpoint(prefix, false, NULL));
  for (int i = 0; i < 4; ++i)
    assert_false(hr_file_exists(in_folder(state, bundle[i])));
  assert_ok(hr_remove_checkpoint(pattern, true, NULL));
  for (int i = 0; i < 3; ++i)
    assert_false(hr_file_exists(in_folder(state, version1[i])));
  assert_true(hr_file_exists(in_folder(state, "v-10.meta")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      folder_test(reads_and_writes_tensorflows_file),
      folder_test(the_latest),
      folder_test(damage),
      cmocka_unit_test(generates),
      cmocka_unit_test(relative_paths),
      folder_test(times_and_removal),
  };
  return cmocka_run_group_tests_name("checkpoint_state", tests, NULL, NULL);
}
