#include "io_testing.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_write_and_read(void **state) {
  const char *path = in_folder(state, "file");
  hr_output_file *out;
  assert_ok(hr_output_file_open(path, HR_OUTPUT_REPLACE, &out));
  char *large = calloc(1, 200000);
  memset(large, 'z', 200000);
  assert_ok(hr_output_file_append(out, "abc", 3));
  assert_ok(hr_output_file_append(out, large, 200000));
  assert_ok(hr_output_file_append(out, "def", 3));
  assert_int_equal(hr_output_file_length(out), 200006);
  assert_ok(hr_output_file_close(out));
  assert_ok(hr_output_file_open(path, HR_OUTPUT_APPEND, &out));
  assert_ok(hr_output_file_append(out, "!", 1));
  assert_ok(hr_output_file_sync(out));
  assert_ok(hr_output_file_close(out));

  hr_input_file *in;
  assert_ok(hr_input_file_open(path, &in));
  uint64_t size;
  assert_ok(hr_input_file_size(in, &size));
  assert_int_equal(size, 200007);
  char bytes[10];
  size_t count;
  assert_ok(hr_input_file_read(in, 200001, bytes, 10, &count));
  assert_int_equal(count, 6);
  assert_memory_equal(bytes, "zzdef!", 6);
  assert_ok(hr_input_file_read(in, 300000, bytes, 10, &count));
  assert_int_equal(count, 0);
  hr_input_file_close(in);
  free(large);
}

static void test_errors_have_tensorflows_type_and_the_path(void **state) {
  hr_input_file *in;
  hr_output_file *out;
  assert_error(HR_NOT_FOUND, "missing; No such file or directory",
               hr_input_file_open(in_folder(state, "missing"), &in));
  assert_code(HR_NOT_FOUND, hr_output_file_open(in_folder(state, "no/file"), HR_OUTPUT_REPLACE, &out));
  write_file(in_folder(state, "file"), "x", 1);
  assert_code(HR_ALREADY_EXISTS, hr_output_file_open(in_folder(state, "file"), HR_OUTPUT_EXCLUSIVE, &out));
  assert_code(HR_FAILED_PRECONDITION, hr_input_file_open(in_folder(state, "file/inside"), &in));
  assert_code(HR_FAILED_PRECONDITION, hr_output_file_open((const char *)*state, HR_OUTPUT_REPLACE, &out));
  char *bytes;
  size_t length;
  assert_code(HR_RESOURCE_EXHAUSTED, hr_file_read_all(in_folder(state, "file"), 0, &bytes, &length));
  assert_code(HR_PERMISSION_DENIED, hr_error_from_errno(EACCES, "x"));
}

static void test_full_disk(void **state) {
  (void)state;
  hr_output_file *out;
  assert_ok(hr_output_file_open("/dev/full", HR_OUTPUT_APPEND, &out));
  assert_ok(hr_output_file_append(out, "x", 1));
  assert_error(HR_RESOURCE_EXHAUSTED, "/dev/full; No space left on device", hr_output_file_flush(out));
  assert_code(HR_RESOURCE_EXHAUSTED, hr_output_file_append(out, "x", 1));
  assert_code(HR_RESOURCE_EXHAUSTED, hr_output_file_close(out));
}

static int interruptions;
static ssize_t short_interrupted_write(int fd, const void *bytes, size_t length) {
  if (++interruptions % 2) {
    errno = EINTR;
    return -1;
  }
  return write(fd, bytes, length > 3 ? 3 : length);
}

static void test_short_and_interrupted_writes_go_on(void **state) {
  hr_file_system_calls.write = short_interrupted_write;
  write_file(in_folder(state, "file"), "0123456789", 10);
  hr_file_system_calls.write = write;
  contents c = read_file(in_folder(state, "file"));
  assert_string_equal(c.bytes, "0123456789");
  assert_int_equal(interruptions, 8);
  free(c.bytes);
}

static void test_replace(void **state) {
  const char *path = in_folder(state, "file");
  assert_ok(hr_file_replace(path, "one", 3));
  assert_ok(hr_file_replace(path, "two", 3));
  contents c = read_file(path);
  assert_string_equal(c.bytes, "two");
  free(c.bytes);
  hr_path_list list;
  assert_ok(hr_file_match(in_folder(state, "*"), &list));
  assert_int_equal(list.count, 1); /* nothing temporary stays */
  hr_path_list_clear(&list);
}

static void test_directories_and_matches(void **state) {
  assert_ok(hr_directory_create(in_folder(state, "a/b/c")));
  assert_ok(hr_directory_create(in_folder(state, "a/b/c")));
  assert_ok(hr_directory_create(""));
  write_file(in_folder(state, "a/x2"), "", 0);
  write_file(in_folder(state, "a/x1"), "", 0);
  assert_code(HR_FAILED_PRECONDITION, hr_directory_create(in_folder(state, "a/x1/d")));
  assert_code(HR_ALREADY_EXISTS, hr_directory_create(in_folder(state, "a/x1")));
  assert_code(HR_FAILED_PRECONDITION, hr_directory_delete(in_folder(state, "a")));
  hr_path_list list;
  assert_ok(hr_file_match(in_folder(state, "a/x[12]"), &list));
  assert_int_equal(list.count, 2);
  assert_string_equal(list.paths[0], in_folder(state, "a/x1"));
  assert_string_equal(list.paths[1], in_folder(state, "a/x2"));
  hr_path_list_clear(&list);
  assert_ok(hr_file_match(in_folder(state, "none*"), &list));
  assert_int_equal(list.count, 0);
  hr_path_list_clear(&list);
  assert_ok(hr_file_delete(in_folder(state, "a/x1")));
  assert_code(HR_NOT_FOUND, hr_file_delete(in_folder(state, "a/x1")));
}

static void test_paths(void **state) {
  (void)state;
  static const char *const directories[][2] = {{"/a/b", "/a"}, {"/a", "/"}, {"a", ""}, {"a/b/c", "a/b"}};
  for (int i = 0; i < 4; ++i) {
    char *directory = hr_path_directory_dup(directories[i][0]);
    assert_string_equal(directory, directories[i][1]);
    free(directory);
  }
  static const char *const joins[][3] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"a", "/b", "/b"}};
  for (int i = 0; i < 4; ++i) {
    char *joined = hr_path_join_dup(joins[i][0], joins[i][1]);
    assert_string_equal(joined, joins[i][2]);
    free(joined);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      folder_test(test_write_and_read), folder_test(test_errors_have_tensorflows_type_and_the_path),
      cmocka_unit_test(test_full_disk), folder_test(test_short_and_interrupted_writes_go_on),
      folder_test(test_replace),        folder_test(test_directories_and_matches),
      cmocka_unit_test(test_paths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
