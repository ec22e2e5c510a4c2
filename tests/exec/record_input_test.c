/* RecordInput: the order in which TensorFlow 1.15 gave these records, with several files at once, and what it refuses.
 */
#include "../session/fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILES   7
#define RECORDS 5

static char folder[] = "/tmp/record_input_test_XXXXXX";
static char pattern[400];

static int make_files(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  for (int i = 0; i < FILES; ++i) {
    char path[64], record[3];
    snprintf(path, sizeof path, "%s/%d.records", folder, i);
    snprintf(pattern + strlen(pattern), sizeof pattern - strlen(pattern), "%s%s", i ? "," : "", path);
    hr_record_writer *writer;
    assert_ok(hr_record_writer_open(path, HR_COMPRESSION_NONE, &writer));
    for (int j = 0; j < RECORDS; ++j) {
      snprintf(record, sizeof record, "%d%d", i, j);
      assert_ok(hr_record_writer_write(writer, record, 2));
    }
    assert_ok(hr_record_writer_close(writer));
  }
  return 0;
}

static int remove_files(void **state) {
  (void)state;
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}

static void assert_batch(fixture *f, hr_output records, const char *wanted) {
  hr_tensor value;
  char text[200] = "";
  assert_ok(hr_evaluate(f->session, records, &value));
  const hr_string *items = hr_tensor_data(&value);
  for (int64_t i = 0; i < value.elements; ++i)
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? " " : "", (int)hr_string_length(&items[i]),
             hr_string_data(&items[i]));
  assert_string_equal(text, wanted);
  hr_tensor_clear(&value);
}

/* Recorded: conformance/recorded/record_input, "small buffer" and "no limit". Each of the plans takes the next ones. */
static void test_order(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output all = hr_record_input(f.s, pattern, .file_parallelism = 1, .batch_size = 9, .file_buffer_size = -1);
  hr_output copy = hr_identity(f.s, all);
  assert_batch(&f, all, "62 13 21 51 53 14 03 02 12");
  assert_batch(&f, copy, "20 54 42 32 63 40 11 22 30");
  assert_batch(&f, all, "00 52 50 60 43 33 31 10 01");
  hr_output few = hr_record_input(f.s, pattern, .file_parallelism = 1, .batch_size = 1, .file_buffer_size = 1);
  static const char *const wanted[] = {"40", "41", "42", "43", "44", "30", "31"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i)
    assert_batch(&f, few, wanted[i]);
  fixture_free(&f);
}

/* Each pass has every record once, however many files are read together. */
static void assert_passes(int64_t parallelism, int64_t buffer_size) {
  fixture f = fixture_new();
  hr_output records = hr_record_input(f.s, pattern, .file_parallelism = parallelism, .batch_size = RECORDS,
                                      .file_buffer_size = buffer_size);
  for (int pass = 0; pass < 3; ++pass) {
    bool seen[FILES][RECORDS] = {{false}};
    for (int i = 0; i < FILES; ++i) {
      hr_tensor value;
      assert_ok(hr_evaluate(f.session, records, &value));
      for (int j = 0; j < RECORDS; ++j) {
        const char *record = hr_string_data((const hr_string *)hr_tensor_data(&value) + j);
        bool *is_seen = &seen[record[0] - '0'][record[1] - '0'];
        assert_false(*is_seen);
        *is_seen = true;
      }
      hr_tensor_clear(&value);
    }
  }
  fixture_free(&f);
}

static void test_passes(void **state) {
  (void)state;
  const int64_t parallelism[] = {1, 2, 3, FILES, INT64_MAX}, buffer_size[] = {1, 3, 17, 1000};
  for (size_t i = 0; i < 5; ++i)
    for (size_t j = 0; j < 4; ++j)
      assert_passes(parallelism[i], buffer_size[j]);
}

static void assert_refused(fixture *f, hr_output records, hr_code code, const char *what) {
  for (int i = 0; i < 2; ++i) { /* an input that has failed goes on failing */
    hr_tensor value = {0};
    assert_fails(hr_evaluate(f->session, records, &value), code, what);
  }
}

static void test_mistakes(void **state) {
  (void)state;
  fixture f = fixture_new();
  char path[64];
  snprintf(path, sizeof path, "%s/empty", folder);
  fclose(fopen(path, "wb"));
  char link_path[64];
  snprintf(link_path, sizeof link_path, "%s/link", folder);
  assert_int_equal(symlink("/nowhere", link_path), 0);
  assert_refused(&f, hr_record_input(f.s, path), HR_OUT_OF_RANGE, "There are no records in the files at /tmp/");
  assert_refused(&f, hr_record_input(f.s, "/tmp/nowhere/*"), HR_NOT_FOUND, "Found no files at /tmp/nowhere/*");
  assert_refused(&f, hr_record_input(f.s, link_path), HR_INVALID_ARGUMENT, "Can't open");
  assert_refused(&f, hr_record_input(f.s, pattern, .compression_type = "ZLIB"), HR_DATA_LOSS, "");
  assert_refused(&f, hr_record_input(f.s, pattern, .file_buffer_size = 0), HR_INVALID_ARGUMENT, "file_buffer_size");
  assert_refused(&f, hr_record_input(f.s, pattern, .file_parallelism = 0), HR_INVALID_ARGUMENT, "file_parallelism");
  assert_refused(&f, hr_record_input(f.s, pattern, .batch_size = -1), HR_INVALID_ARGUMENT, "batch_size");
  assert_refused(&f, hr_record_input(f.s, pattern, .batch_size = INT64_MAX / 2), HR_RESOURCE_EXHAUSTED, "");
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_passes),
                                     cmocka_unit_test(test_mistakes)};
  return cmocka_run_group_tests(tests, make_files, remove_files);
}
