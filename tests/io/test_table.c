#include "io_testing.h"
#include "runtime/io/table.h"

typedef struct seen {
  int count;
  char last[300];
} seen;

static hr_status count_entry(void *argument, hr_view key, hr_view value) {
  seen *s = argument;
  (void)value;
  ++s->count;
  size_t skipped = key.length > 0 && key.data[0] == '\0'; /* version 1 keys start with it */
  snprintf(s->last, sizeof s->last, "%.*s", (int)(key.length - skipped), key.data + skipped);
  return HR_SUCCESS;
}

static hr_status read_table(const char *path, seen *s) {
  *s = (seen){0};
  hr_input_file *file;
  HR_TRY(hr_input_file_open(path, &file));
  hr_status status = hr_table_read(file, count_entry, s);
  hr_input_file_close(file);
  return status;
}

static void write_numbers(const char *path, int count) {
  hr_output_file *file;
  assert_ok(hr_output_file_open(path, HR_OUTPUT_REPLACE, &file));
  hr_table_writer *table = hr_table_writer_new(file);
  for (int i = 0; i < count; ++i) {
    char key[100], value[100];
    snprintf(key, sizeof key, "key/%08d/%.*s", i, i % 50, "padpadpadpadpadpadpadpadpadpadpadpadpadpadpadpadpad");
    snprintf(value, sizeof value, "value %d", i);
    assert_ok(hr_table_writer_add(table, hr_view_of(key), hr_view_of(value)));
  }
  assert_ok(hr_table_writer_finish(table));
  hr_table_writer_free(table);
  assert_ok(hr_output_file_close(file));
}

static hr_status check_number(void *argument, hr_view key, hr_view value) {
  int i = (*(int *)argument)++;
  char expected_key[100], expected_value[100];
  snprintf(expected_key, sizeof expected_key, "key/%08d/", i);
  snprintf(expected_value, sizeof expected_value, "value %d", i);
  assert_int_equal(key.length, strlen(expected_key) + (size_t)(i % 50));
  assert_memory_equal(key.data, expected_key, strlen(expected_key));
  assert_true(hr_view_equal(value, hr_view_of(expected_value)));
  return HR_SUCCESS;
}

static void test_round_trip_over_many_blocks(void **state) {
  static const int counts[] = {0, 1, 15, 16, 17, 33, 20000};
  for (size_t c = 0; c < sizeof counts / sizeof *counts; ++c) {
    const char *path = in_folder(state, "table");
    write_numbers(path, counts[c]);
    hr_input_file *file;
    int next = 0;
    assert_ok(hr_input_file_open(path, &file));
    assert_ok(hr_table_read(file, check_number, &next));
    assert_int_equal(next, counts[c]);
    hr_input_file_close(file);
  }
}

/* A version 1 checkpoint of TensorFlow: its blocks are packed by snappy. */
static void test_reads_snappy_blocks(void **state) {
  (void)state;
  seen s;
  assert_ok(read_table(FIXTURES "version1.ckpt", &s));
  assert_int_equal(s.count, 21); /* the metadata and 20 variables */
  assert_non_null(strstr(s.last, "variable_9"));
}

static void test_keys_must_rise(void **state) {
  hr_output_file *file;
  assert_ok(hr_output_file_open(in_folder(state, "table"), HR_OUTPUT_REPLACE, &file));
  hr_table_writer *table = hr_table_writer_new(file);
  assert_ok(hr_table_writer_add(table, HR_VIEW("b"), HR_VIEW("")));
  assert_code(HR_INTERNAL, hr_table_writer_add(table, HR_VIEW("b"), HR_VIEW("")));
  assert_code(HR_INTERNAL, hr_table_writer_add(table, HR_VIEW("a"), HR_VIEW("")));
  hr_table_writer_free(table);
  assert_ok(hr_output_file_close(file));
}

static void damage(const char *path, const char *source, int entries) {
  seen s;
  contents file = read_file(source);
  for (size_t i = 0; i < file.length; ++i) {
    file.bytes[i] ^= (char)(1 << i % 8);
    write_file(path, file.bytes, file.length);
    hr_status status = read_table(path, &s);
    /* The footer's zeros and the metaindex block say nothing. */
    if (status)
      assert_int_equal(hr_status_code(status), HR_DATA_LOSS);
    else
      assert_int_equal(s.count, entries);
    hr_status_free(status);
    file.bytes[i] ^= (char)(1 << i % 8);
  }
  for (size_t length = 0; length < file.length; length += 1 + file.length / 500) {
    write_file(path, file.bytes, length);
    assert_code(HR_DATA_LOSS, read_table(path, &s));
  }
  free(file.bytes);
}

static void test_damage(void **state) {
  const char *good = in_folder(state, "good"), *bad = in_folder(state, "bad");
  write_numbers(good, 20);
  damage(bad, good, 20);
  damage(bad, FIXTURES "version1.ckpt", 21);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      folder_test(test_round_trip_over_many_blocks),
      cmocka_unit_test(test_reads_snappy_blocks),
      folder_test(test_keys_must_rise),
      folder_test(test_damage),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
