/* Savers and SavedModels on a disk that fails: at every system call in turn, once or for good. */
#include "graph_compare.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "headrace/headrace.h"
#include "runtime/io/file.h"

static void ok(hr_status status) {
  if (status) print_error("%s\n", hr_status_message(status));
  assert_null(status);
}

/* ---- failing system calls ---------------------------------------------------------------------------------------- */

static int calls_left; /* calls that still succeed */
static bool has_failed, stays_down;

static bool fails(void) {
  if (has_failed) return stays_down;
  return has_failed = calls_left-- <= 0;
}
static int fail_with(int error) {
  errno = error;
  return -1;
}
static ssize_t write_or_fail(int fd, const void *bytes, size_t length) {
  return fails() ? fail_with(ENOSPC) : write(fd, bytes, length);
}
/* The real one only takes time. */
static int no_fsync(int fd) {
  (void)fd;
  return 0;
}
static int fsync_or_fail(int fd) { return fails() ? fail_with(ENOSPC) : no_fsync(fd); }
static int rename_or_fail(const char *from, const char *to) { return fails() ? fail_with(ENOSPC) : rename(from, to); }
static int unlink_or_fail(const char *path) { return fails() ? fail_with(ENOSPC) : unlink(path); }

static void disk_fails_after(int calls, bool for_good) {
  calls_left = calls;
  has_failed = false;
  stays_down = for_good;
  hr_file_system_calls = (hr_file_calls){write_or_fail, fsync_or_fail, rename_or_fail, unlink_or_fail};
}
/* Answers whether a call failed. */
static bool disk_recovers(void) {
  hr_file_system_calls = (hr_file_calls){write, no_fsync, rename, unlink};
  return has_failed;
}

/* ---- savers -------------------------------------------------------------------------------------------------------
 */

typedef struct fixture {
  char folder[64], path[96];
  testing_graph t;
  hr_var *v;
  hr_session *session;
  hr_saver *saver;
} fixture;

static fixture begin(bool version1, bool sharded) {
  fixture f = {.t = testing_graph_new()};
  strcpy(f.folder, "/tmp/headrace_disk_XXXXXX");
  assert_non_null(mkdtemp(f.folder));
  snprintf(f.path, sizeof f.path, "%s/m", f.folder);
  f.v = hr_tf_variable(f.t.root, hr_zeros(f.t.root, HR_SHAPE(100)), .name = "v");
  f.saver = hr_saver_new(f.t.root, .version1 = version1, .sharded = sharded, .max_to_keep = 2);
  expect_ok(f.t.builder);
  ok(hr_session_new(f.t.graph, NULL, &f.session));
  return f;
}

static void end(fixture *f) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", f->folder);
  assert_int_equal(system(command), 0);
  hr_saver_free(f->saver);
  hr_session_free(f->session);
  testing_graph_free(&f->t);
}

static void assign(fixture *f, float number) {
  hr_tensor values;
  float numbers[100];
  for (int i = 0; i < 100; ++i)
    numbers[i] = number;
  ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){100}, numbers, &values));
  hr_node *initializer = hr_var_initializer(f->v);
  hr_output initial = hr_var_initial_value(f->v);
  ok(hr_session_run(f->session, 1, &(hr_feed){initial, &values}, 0, NULL, NULL, 1, &initializer));
  hr_tensor_clear(&values);
}

/* The number in the newest checkpoint; all elements must have it. */
static float newest(fixture *f) {
  char *path;
  ok(hr_latest_checkpoint(f->folder, NULL, &path));
  assert_non_null(path);
  ok(hr_saver_restore(f->saver, f->session, path));
  free(path);
  hr_tensor value;
  ok(hr_evaluate(f->session, hr_var_value(f->v), &value));
  const float *numbers = hr_tensor_data(&value);
  float number = numbers[0];
  for (int i = 1; i < 100; ++i)
    assert_true(numbers[i] == number);
  hr_tensor_clear(&value);
  return number;
}

/* Saves step 1 and, with a failure at each call in turn, step 2: afterwards the newest checkpoint is one of the two,
 * and the next save succeeds. With `same_path` the second replaces the first. */
static void saver_fails(bool version1, bool sharded, bool same_path, bool for_good) {
  int calls = 0;
  for (bool reached = true; reached; ++calls) {
    assert_true(calls < 100);
    fixture f = begin(version1, sharded);
    assign(&f, 1);
    ok(hr_saver_save(f.saver, f.session, f.path, NULL, .global_step = 1));
    assign(&f, 2);
    disk_fails_after(calls, for_good);
    hr_status status = hr_saver_save(f.saver, f.session, f.path, NULL, .global_step = same_path ? 1 : 2);
    reached = disk_recovers();
    hr_code code = hr_status_code(status);
    assert_true(code == HR_OK || code == HR_RESOURCE_EXHAUSTED);
    if (status) assert_non_null(strstr(hr_status_message(status), "No space left on device"));
    hr_status_free(status);
    float number = newest(&f);
    assert_true(number == 2 || (code != HR_OK && number == 1));
    assign(&f, 3);
    ok(hr_saver_save(f.saver, f.session, f.path, NULL, .global_step = 3));
    assert_true(newest(&f) == 3);
    end(&f);
  }
  assert_true(calls > 5);
}

static void bundles(void **state) {
  (void)state;
  for (int i = 0; i < 8; ++i)
    saver_fails(false, i & 1, i & 2, i & 4);
}
static void version1(void **state) {
  (void)state;
  for (int i = 0; i < 8; ++i)
    saver_fails(true, i & 1, i & 2, i & 4);
}

/* ---- SavedModels ---------------------------------------------------------------------------------------------------
 */

static hr_status save_model(fixture *f, const char *folder) {
  hr_saved_model_builder *b;
  HR_TRY(hr_saved_model_builder_new(folder, &b));
  hr_status status =
      hr_saved_model_add_meta_graph_and_variables(b, f->t.root, f->session, HR_STRINGS("t"), .saver = f->saver);
  if (!status) status = hr_saved_model_save(b, false, NULL);
  hr_saved_model_builder_free(b);
  return status;
}

static void saved_models(void **state) {
  (void)state;
  int calls = 0;
  for (bool reached = true; reached; ++calls) {
    fixture f = begin(false, false);
    assign(&f, 1);
    disk_fails_after(calls, true);
    hr_status status = save_model(&f, f.folder);
    reached = disk_recovers();
    hr_owned_bytes found = {0};
    hr_status there = hr_saved_model_find(f.folder, HR_STRINGS("t"), &found);
    assert_int_equal(hr_status_code(status), reached ? HR_RESOURCE_EXHAUSTED : HR_OK);
    /* No half model: the file is there at the end, or (where only its directory was not synced) whole. */
    if (!reached) assert_null(there);
    if (there) assert_int_equal(hr_status_code(there), HR_NOT_FOUND);
    hr_status_free(there);
    hr_status_free(status);
    free(found.data);
    end(&f);
  }
  assert_true(calls > 5);
}

int main(void) {
  disk_recovers();
  const struct CMUnitTest tests[] = {cmocka_unit_test(bundles), cmocka_unit_test(version1),
                                     cmocka_unit_test(saved_models)};
  return cmocka_run_group_tests_name("saver_disk", tests, NULL, NULL);
}
