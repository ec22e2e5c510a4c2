/* LMDB databases: one that the library wrote (fixtures/record_lmdb.py), and damaged ones. */
#include "io_testing.h"
#include "runtime/io/lmdb.h"

#include <zlib.h>

static contents fixture(void) {
  contents c = {malloc(1 << 20), 0};
  gzFile file = gzopen(FIXTURES "database.mdb.gz", "rb");
  int length = file && c.bytes ? gzread(file, c.bytes, 1 << 20) : -1;
  assert_true(length > 0);
  gzclose(file);
  c.length = (size_t)length;
  return c;
}

static const char *unpacked(void **state) {
  const char *path = in_folder(state, "database");
  contents c = fixture();
  write_file(path, c.bytes, c.length);
  free(c.bytes);
  return path;
}

/* What record_lmdb.py put in under `key NUMBER`. */
static size_t expected_value(int number, char *value) {
  size_t length = 0;
  for (int i = 0; i < (number == 70 ? 1000 : number % 20); ++i)
    length += (size_t)(number == 70 ? sprintf(value + length, "large ") : sprintf(value + length, "%d ", number));
  return length;
}

static void assert_view(hr_view view, const char *bytes, size_t length) {
  assert_int_equal(view.length, length);
  assert_memory_equal(view.data, bytes, length);
}

static void assert_records(const char *path) {
  hr_lmdb *db;
  hr_view key, value;
  bool is_there;
  char text[16], wanted[8192];
  assert_ok(hr_lmdb_open(path, &db));
  assert_ok(hr_lmdb_next(db, &key, &value, &is_there));
  assert_view(key, "\0\xff", 2);
  assert_view(value, "bytes \0\xff", 8);
  for (int i = 0; i < 150; ++i) {
    if (i >= 10 && i < 40) continue;
    assert_ok(hr_lmdb_next(db, &key, &value, &is_there));
    assert_true(is_there);
    assert_view(key, text, (size_t)sprintf(text, "key %03d", i));
    assert_view(value, wanted, expected_value(i, wanted));
  }
  for (int i = 0; i < 2; ++i) {
    assert_ok(hr_lmdb_next(db, &key, &value, &is_there));
    assert_false(is_there);
  }
  hr_lmdb_close(db);
}

static void test_file_and_folder(void **state) {
  assert_records(unpacked(state));
  char command[600];
  snprintf(command, sizeof command, "mkdir '%s' && mv '%s' '%s/data.mdb'", in_folder(state, "folder"),
           in_folder(state, "database"), in_folder(state, "folder"));
  assert_int_equal(system(command), 0);
  assert_records(in_folder(state, "folder"));
}

static void test_missing(void **state) {
  hr_lmdb *db;
  assert_code(HR_NOT_FOUND, hr_lmdb_open(in_folder(state, "none"), &db));
  assert_code(HR_NOT_FOUND, hr_lmdb_open(*state, &db));
}

/* Reads what there is; the code of what stopped it. */
static hr_code read_all(const char *path) {
  hr_lmdb *db;
  hr_view key, value;
  bool is_there = true;
  hr_status status = hr_lmdb_open(path, &db);
  while (!status && is_there)
    status = hr_lmdb_next(db, &key, &value, &is_there);
  hr_code code = hr_status_code(status);
  hr_status_free(status);
  hr_lmdb_close(db);
  return code;
}

static void test_cut_short(void **state) {
  const char *path = in_folder(state, "database");
  contents c = fixture();
  size_t lengths[] = {0, 1, 15, 16, 151, 152, 4095, 4096, 4300, 8192, 20000};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
    write_file(path, c.bytes, lengths[i]);
    assert_int_equal(read_all(path), HR_DATA_LOSS);
  }
  free(c.bytes);
}

static void test_damaged_bytes(void **state) {
  const char *path = in_folder(state, "database");
  contents c = fixture();
  int found = 0;
  for (size_t at = 0; at < c.length; at += at % 4096 < 160 ? 1 : 97) {
    char was = c.bytes[at];
    c.bytes[at] = (char)(was ^ 0xff);
    write_file(path, c.bytes, c.length);
    hr_code code = read_all(path);
    assert_true(code == HR_OK || code == HR_DATA_LOSS || code == HR_UNIMPLEMENTED);
    found += code != HR_OK;
    c.bytes[at] = was;
  }
  assert_in_range(found, 100, 100000);
  free(c.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {folder_test(test_file_and_folder), folder_test(test_missing),
                                     folder_test(test_cut_short), folder_test(test_damaged_bytes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
