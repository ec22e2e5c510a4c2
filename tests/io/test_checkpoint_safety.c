/* A checkpoint that is being replaced, a full disk, a crash at every step, damaged files. */
#include "io_testing.h"
#include "runtime/io/bundle.h"
#include <errno.h>
#include <unistd.h>

#define PREFIX in_folder(state, "model.ckpt")

static const char *const names[] = {"a", "b", "text"};

/* Three tensors that all tell the generation they were saved in. */
static hr_status save(const char *prefix, int generation) {
  hr_bundle_writer *w;
  HR_TRY(hr_bundle_writer_open(prefix, 1, &w));
  float values[100];
  for (int i = 0; i < 100; ++i)
    values[i] = (float)(generation * 1000 + i);
  hr_tensor tensors[3] = {{0}, hr_tensor_i32(generation), {0}};
  hr_status status = hr_tensor_from(HR_FLOAT, 1, (int64_t[]){100}, values, &tensors[0]);
  if (!status) status = hr_tensor_string(generation == 1 ? "one" : "two", 3, &tensors[2]);
  for (int i = 0; i < 3 && !status; ++i)
    status = hr_bundle_writer_add(w, names[i], &tensors[i]);
  if (!status) status = hr_bundle_writer_finish(w);
  hr_bundle_writer_free(w);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&tensors[i]);
  return status;
}

/* The generation of a checkpoint that is whole; fails where it is a mixture. */
static int generation_of(const char *prefix) {
  hr_checkpoint_reader *r;
  hr_tensor a, b, text;
  assert_ok(hr_checkpoint_reader_open(prefix, &r));
  assert_ok(hr_checkpoint_reader_get(r, "a", &a));
  assert_ok(hr_checkpoint_reader_get(r, "b", &b));
  assert_ok(hr_checkpoint_reader_get(r, "text", &text));
  int generation = b.scalar.i32;
  assert_true(((float *)hr_tensor_data(&a))[99] == (float)(generation * 1000 + 99));
  assert_memory_equal(hr_string_data(hr_tensor_data(&text)), generation == 1 ? "one" : "two", 3);
  hr_tensor_clear(&a);
  hr_tensor_clear(&text);
  hr_checkpoint_reader_free(r);
  return generation;
}

static void assert_only_files(void **state, size_t count) {
  hr_path_list list;
  assert_ok(hr_file_match(in_folder(state, "*"), &list));
  for (size_t i = count; i < list.count; ++i)
    print_error("left behind: %s\n", list.paths[i]);
  assert_int_equal(list.count, count);
  hr_path_list_clear(&list);
}

/* ---- failing system calls -------------------------------------------------------------------------------------- */

static int calls_left; /* calls that still succeed */
static bool crashed;   /* after the first failure all fail, as if the process were gone */
static bool stay_down;

static bool failing(void) {
  if (crashed && stay_down) return true;
  if (calls_left-- > 0) return false;
  if (crashed) return false;
  return crashed = true;
}
static int fail_with(int error) {
  errno = error;
  return -1;
}
static ssize_t write_or_fail(int fd, const void *bytes, size_t length) {
  return failing() ? fail_with(ENOSPC) : write(fd, bytes, length);
}
static int fsync_or_fail(int fd) { return failing() ? fail_with(EIO) : fsync(fd); }
static int rename_or_fail(const char *from, const char *to) { return failing() ? fail_with(EIO) : rename(from, to); }
static int unlink_or_fail(const char *path) { return failing() ? fail_with(EIO) : unlink(path); }

static const hr_file_calls failing_calls = {write_or_fail, fsync_or_fail, rename_or_fail, unlink_or_fail};
static const hr_file_calls system_calls = {write, fsync, rename, unlink};

static hr_status save_failing_at(const char *prefix, int generation, int call, bool crash) {
  calls_left = call;
  crashed = false;
  stay_down = crash;
  hr_file_system_calls = failing_calls;
  hr_status status = save(prefix, generation);
  hr_file_system_calls = system_calls;
  return status;
}

/* Saves over generation 1 with a failure at every call in turn, until one save needs no more calls than are good. */
static void fail_at_every_call(void **state, bool crash) {
  bool done = false;
  int calls = 0;
  for (; !done; ++calls) {
    assert_true(calls < 200);
    assert_ok(save(PREFIX, 1));
    assert_int_equal(generation_of(PREFIX), 1);
    hr_status status = save_failing_at(PREFIX, 2, calls, crash);
    done = !crashed;
    int generation = generation_of(PREFIX);
    if (!status) assert_int_equal(generation, 2);
    hr_status_free(status);
    /* The next save cleans up whatever was left, and reading again gives it. */
    assert_ok(save(PREFIX, 2));
    assert_int_equal(generation_of(PREFIX), 2);
    if (!crash) assert_false(hr_file_exists(in_folder(state, "model.ckpt.index.old")));
  }
  assert_true(calls > 10);
}

static void test_crash_at_every_call(void **state) { fail_at_every_call(state, true); }
static void test_failure_at_every_call(void **state) { fail_at_every_call(state, false); }

static void test_crash_twice(void **state) {
  for (int first = 0; first < 20; ++first)
    for (int second = 0; second < 20; ++second) {
      assert_ok(save(PREFIX, 1));
      hr_status_free(save_failing_at(PREFIX, 2, first, true));
      hr_status_free(save_failing_at(PREFIX, 2, second, true));
      generation_of(PREFIX);
    }
}

static void test_full_disk(void **state) {
  assert_ok(save(PREFIX, 1));
  assert_error(HR_RESOURCE_EXHAUSTED, "No space left on device", save_failing_at(PREFIX, 2, 0, false));
  assert_int_equal(generation_of(PREFIX), 1);
  assert_only_files(state, 2);
  assert_ok(save(PREFIX, 2));
  assert_int_equal(generation_of(PREFIX), 2);
  assert_only_files(state, 2);
}

static void test_an_open_reader_keeps_its_checkpoint(void **state) {
  hr_checkpoint_reader *r;
  hr_tensor b;
  assert_ok(save(PREFIX, 1));
  assert_ok(hr_checkpoint_reader_open(PREFIX, &r));
  assert_ok(save(PREFIX, 2));
  assert_ok(hr_checkpoint_reader_get(r, "b", &b));
  assert_int_equal(b.scalar.i32, 1);
  hr_checkpoint_reader_free(r);
}

static void test_a_checkpoint_set_aside_counts_as_there(void **state) {
  assert_ok(save(PREFIX, 1));
  assert_true(hr_checkpoint_exists(PREFIX));
  assert_ok(hr_file_rename(in_folder(state, "model.ckpt.index"), in_folder(state, "model.ckpt.index.old")));
  write_file(in_folder(state, "checkpoint"), "model_checkpoint_path: \"model.ckpt\"", 35);
  char *latest;
  assert_ok(hr_latest_checkpoint((const char *)*state, NULL, &latest));
  assert_string_equal(latest, PREFIX);
  free(latest);
  assert_int_equal(generation_of(PREFIX), 1);
}

/* ---- damaged files --------------------------------------------------------------------------------------------- */

/* Reads everything there is; each tensor must be right or an error. */
static void read_damaged(const char *prefix) {
  hr_checkpoint_reader *r;
  hr_status status = hr_checkpoint_reader_open(prefix, &r);
  if (!status) {
    for (size_t i = 0; i < hr_checkpoint_reader_count(r) && !status; ++i) {
      hr_tensor t;
      status = hr_checkpoint_reader_get(r, hr_checkpoint_reader_name(r, i), &t);
      hr_tensor_clear(&t);
    }
    hr_checkpoint_reader_free(r);
  }
  assert_true(!status || hr_status_code(status) == HR_DATA_LOSS);
  hr_status_free(status);
}

static void test_damaged_index(void **state) {
  static const char *const sources[] = {FIXTURES "all.ckpt", FIXTURES "slices.ckpt"};
  for (int s = 0; s < 2; ++s) {
    char source[600];
    snprintf(source, sizeof source, "%s.data-00000-of-00001", sources[s]);
    copy_file(source, in_folder(state, "model.ckpt.data-00000-of-00001"));
    snprintf(source, sizeof source, "%s.index", sources[s]);
    contents index = read_file(source);
    for (size_t i = 0; i < index.length; ++i) {
      index.bytes[i] ^= (char)(1 << i % 8);
      write_file(in_folder(state, "model.ckpt.index"), index.bytes, index.length);
      read_damaged(PREFIX);
      index.bytes[i] ^= (char)(1 << i % 8);
    }
    hr_checkpoint_reader *r;
    for (size_t length = 0; length < index.length; ++length) {
      write_file(in_folder(state, "model.ckpt.index"), index.bytes, length);
      assert_code(HR_DATA_LOSS, hr_checkpoint_reader_open(PREFIX, &r));
    }
    free(index.bytes);
  }
}

static void test_damaged_data(void **state) {
  copy_file(FIXTURES "all.ckpt.index", in_folder(state, "model.ckpt.index"));
  contents data = read_file(FIXTURES "all.ckpt.data-00000-of-00001");
  char path[600];
  snprintf(path, sizeof path, "%s", in_folder(state, "model.ckpt.data-00000-of-00001"));
  hr_tensor t;
  for (size_t i = 0; i < data.length; ++i) {
    data.bytes[i] ^= (char)(1 << i % 8);
    write_file(path, data.bytes, data.length);
    hr_checkpoint_reader *r;
    assert_ok(hr_checkpoint_reader_open(PREFIX, &r));
    int failures = 0;
    for (size_t n = 0; n < hr_checkpoint_reader_count(r); ++n) {
      hr_status status = hr_checkpoint_reader_get(r, hr_checkpoint_reader_name(r, n), &t);
      if (status) {
        assert_int_equal(hr_status_code(status), HR_DATA_LOSS);
        ++failures;
      }
      hr_status_free(status);
      hr_tensor_clear(&t);
    }
    assert_int_equal(failures, 1); /* every byte belongs to one tensor */
    hr_checkpoint_reader_free(r);
    data.bytes[i] ^= (char)(1 << i % 8);
  }
  for (size_t length = 0; length < data.length; length += 7) {
    write_file(path, data.bytes, length);
    read_damaged(PREFIX);
  }
  free(data.bytes);
  assert_ok(hr_file_delete(path));
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(PREFIX, &r));
  assert_code(HR_NOT_FOUND, hr_checkpoint_reader_get(r, "scalar", &t));
  hr_checkpoint_reader_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      folder_test(test_crash_at_every_call),
      folder_test(test_failure_at_every_call),
      folder_test(test_crash_twice),
      folder_test(test_full_disk),
      folder_test(test_an_open_reader_keeps_its_checkpoint),
      folder_test(test_a_checkpoint_set_aside_counts_as_there),
      folder_test(test_damaged_index),
      folder_test(test_damaged_data),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
