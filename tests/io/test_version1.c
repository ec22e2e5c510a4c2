/* V1 checkpoints: those that TensorFlow wrote, those that we write, and damaged ones. */
#include "io_testing.h"
#include "runtime/base/wire.h"
#include "runtime/io/bundle.h"
#include "runtime/io/table.h"
#include "runtime/io/version1.h"

static hr_checkpoint_reader *open_checkpoint(const char *prefix) {
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(prefix, &r));
  return r;
}

/* The same names, dtypes, shapes and values. */
static void assert_equal_checkpoints(const char *a, const char *b) {
  hr_checkpoint_reader *x = open_checkpoint(a), *y = open_checkpoint(b);
  assert_int_equal(hr_checkpoint_reader_count(x), hr_checkpoint_reader_count(y));
  for (size_t i = 0; i < hr_checkpoint_reader_count(x); ++i) {
    const char *name = hr_checkpoint_reader_name(x, i);
    hr_tensor want, have;
    assert_string_equal(name, hr_checkpoint_reader_name(y, i));
    assert_true(hr_checkpoint_reader_has(y, name));
    assert_ok(hr_checkpoint_reader_get(x, name, &want));
    assert_ok(hr_checkpoint_reader_get(y, name, &have));
    assert_true(hr_tensor_equal(&want, &have));
    hr_tensor_clear(&want);
    hr_tensor_clear(&have);
  }
  hr_checkpoint_reader_free(x);
  hr_checkpoint_reader_free(y);
}

static void reads_what_tensorflow_saved(void **state) {
  (void)state;
  assert_equal_checkpoints(FIXTURES "all.ckpt", FIXTURES "all.v1");
  assert_equal_checkpoints(FIXTURES "slices.ckpt", FIXTURES "slices.v1");
  assert_equal_checkpoints(FIXTURES "merged.ckpt", FIXTURES "sharded.v1-?\?\?\?\?-of-00002");
}

static void tells_of_tensors(void **state) {
  (void)state;
  hr_checkpoint_reader *r = open_checkpoint(FIXTURES "slices.v1");
  char *text;
  assert_ok(hr_checkpoint_reader_debug_string(r, &text));
  assert_string_equal(text, "table (DT_FLOAT) [4,5], 3 slices\nwords (DT_STRING) [6], 2 slices\n");
  free(text);
  hr_tensor unused;
  assert_error(HR_NOT_FOUND, "Key none not found in checkpoint", hr_checkpoint_reader_get(r, "none", &unused));
  hr_checkpoint_reader_free(r);
  assert_true(hr_checkpoint_exists(FIXTURES "slices.v1"));
  assert_true(hr_checkpoint_exists(FIXTURES "sharded.v1-?\?\?\?\?-of-00002"));
  assert_false(hr_checkpoint_exists(FIXTURES "sharded.v1"));
  assert_error(HR_NOT_FOUND, "Failed to find any matching files for",
               hr_checkpoint_reader_open(FIXTURES "sharded.v1", &r));
}

static void one_file_of_several(void **state) {
  (void)state;
  hr_checkpoint_reader *r = open_checkpoint(FIXTURES "sharded.v1-00000-of-00002");
  hr_tensor part;
  assert_error(HR_NOT_FOUND, "do not cover", hr_checkpoint_reader_get(r, "table", &part));
  hr_shape full, shape;
  hr_tensor_slice slice;
  assert_ok(hr_tensor_slice_parse("4 5 1,1:2,2", &full, &slice, &shape));
  assert_ok(hr_checkpoint_reader_get_slice(r, "table", &slice, &part));
  assert_memory_equal(hr_tensor_data(&part), ((float[]){7, 8}), 2 * sizeof(float));
  hr_tensor_clear(&part);
  assert_false(hr_checkpoint_reader_has(r, "b"));
  hr_checkpoint_reader_free(r);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void writes_what_it_reads(void **state) {
  hr_checkpoint_reader *r = open_checkpoint(FIXTURES "all.v1");
  hr_version1_writer *w = hr_version1_writer_new();
  for (size_t i = hr_checkpoint_reader_count(r); i-- > 0;) { /* any order will do */
    const char *name = hr_checkpoint_reader_name(r, i);
    hr_tensor tensor;
    assert_ok(hr_checkpoint_reader_get(r, name, &tensor));
    hr_shape shape = hr_tensor_shape(&tensor);
    hr_tensor_slice whole = hr_tensor_slice_whole(shape.rank);
    assert_ok(hr_version1_writer_add(w, name, &shape, &whole, &tensor));
    assert_ok(hr_version1_writer_add(w, name, &shape, &whole, &tensor)); /* passed over */
    hr_tensor_clear(&tensor);
  }
  hr_checkpoint_reader_free(r);
  const char *path = in_folder(state, "again.v1");
  assert_ok(hr_version1_writer_finish(w, path));
  hr_version1_writer_free(w);
  assert_equal_checkpoints(FIXTURES "all.v1", path);
}

static hr_status write_pair(const char *path, const hr_tensor *first, const hr_tensor *second, const char *spec) {
  hr_version1_writer *w = hr_version1_writer_new();
  hr_shape full, part;
  hr_tensor_slice slice;
  assert_ok(hr_tensor_slice_parse("4 0,2", &full, &slice, &part));
  hr_status status = hr_version1_writer_add(w, "x", &full, &slice, first);
  assert_ok(hr_tensor_slice_parse(spec, &full, &slice, &part));
  if (!status) status = hr_version1_writer_add(w, "x", &full, &slice, second);
  if (!status) status = hr_version1_writer_finish(w, path);
  hr_version1_writer_free(w);
  return status;
}

static void writes_slices(void **state) {
  hr_tensor a, b, c, whole;
  assert_ok(hr_tensor_from(HR_INT64, 1, (int64_t[]){2}, (int64_t[]){1, -2}, &a));
  assert_ok(hr_tensor_from(HR_INT64, 1, (int64_t[]){2}, (int64_t[]){3, INT64_MIN}, &b));
  assert_ok(hr_tensor_from(HR_BFLOAT16, 1, (int64_t[]){2}, (uint16_t[]){0, 0}, &c));
  const char *path = in_folder(state, "pair");
  assert_ok(write_pair(path, &a, &b, "4 2,2"));
  hr_checkpoint_reader *r = open_checkpoint(path);
  assert_ok(hr_checkpoint_reader_get(r, "x", &whole));
  assert_memory_equal(hr_tensor_data(&whole), ((int64_t[]){1, -2, 3, INT64_MIN}), 4 * sizeof(int64_t));
  hr_tensor_clear(&whole);
  hr_checkpoint_reader_free(r);
  assert_error(HR_INTERNAL, "Mismatching shapes", write_pair(path, &a, &b, "5 2,2"));
  assert_error(HR_UNIMPLEMENTED, "bfloat16", write_pair(path, &a, &c, "4 2,2"));
  hr_tensor f;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &f));
  assert_error(HR_INTERNAL, "Mismatching types", write_pair(path, &a, &f, "4 2,2"));
  assert_error(HR_NOT_FOUND, "nowhere", write_pair(in_folder(state, "nowhere/x"), &a, &b, "4 2,2"));
  hr_tensor_clear(&a);
  hr_tensor_clear(&b);
  hr_tensor_clear(&c);
  hr_tensor_clear(&f);
}

/* ---- damage ---------------------------------------------------------------------------------------------------- */

/* Reads everything; answers the first error's code. */
static hr_code read_all(const char *path) {
  hr_checkpoint_reader *r;
  hr_status status = hr_checkpoint_reader_open(path, &r);
  for (size_t i = 0; !status && i < hr_checkpoint_reader_count(r); ++i) {
    hr_tensor tensor;
    status = hr_checkpoint_reader_get(r, hr_checkpoint_reader_name(r, i), &tensor);
    hr_tensor_clear(&tensor);
  }
  hr_code code = hr_status_code(status);
  hr_status_free(status);
  hr_checkpoint_reader_free(r);
  return code;
}

static void damaged_bytes_are_found(void **state) {
  contents good = read_file(FIXTURES "slices.v1");
  const char *path = in_folder(state, "bad");
  int found = 0;
  for (size_t i = 0; i < good.length; ++i) {
    good.bytes[i] ^= 0x20;
    write_file(path, good.bytes, good.length);
    hr_code code = read_all(path);
    assert_true(code == HR_DATA_LOSS || code == HR_OK);
    found += code == HR_DATA_LOSS;
    good.bytes[i] ^= 0x20;
  }
  /* What does not count: the metaindex, and zeros in the footer. */
  assert_true(found > (int)good.length - 60);
  for (size_t length = 0; length < good.length; ++length) {
    write_file(path, good.bytes, length);
    assert_int_equal(read_all(path), HR_DATA_LOSS);
  }
  free(good.bytes);
}

/* A table with these entries under the empty key, and under that of the whole of the vector "x". */
static hr_code read_table(const char *path, hr_view meta, hr_view data) {
  hr_output_file *file;
  assert_ok(hr_output_file_open(path, HR_OUTPUT_REPLACE, &file));
  hr_table_writer *table = hr_table_writer_new(file);
  if (meta.data) assert_ok(hr_table_writer_add(table, HR_VIEW(""), meta));
  hr_text key = {0};
  hr_tensor_slice whole = hr_tensor_slice_whole(1);
  hr_tensor_slice_key(HR_VIEW("x"), &whole, &key);
  if (data.data) assert_ok(hr_table_writer_add(table, (hr_view){key.data, key.length}, data));
  assert_ok(hr_table_writer_finish(table));
  assert_ok(hr_output_file_close(file));
  hr_table_writer_free(table);
  hr_text_free(&key);
  return read_all(path);
}

static void wrong_messages_are_refused(void **state) {
  const char *path = in_folder(state, "table");
  /* name "x", shape [2], dtype int32, one slice of one extent, version; then the values 5, 6. */
  const hr_view meta =
      HR_VIEW("\x0a\x15\x0a\x0f\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x02\x0a\x00\x12\x02\x08\x01");
  const hr_view data = HR_VIEW("\x12\x06\x1a\x04\x3a\x02\x05\x06");
  assert_int_equal(read_table(path, meta, data), HR_OK);
  static const struct {
    hr_view meta, data;
  } bad[] = {
      {{NULL, 0}, {NULL, 0}},
      {HR_VIEW(""), {NULL, 0}},
      {HR_VIEW("\xff"), {NULL, 0}},
      /* no values; too few, too many, none in the list; broken ones */
      {HR_VIEW("\x0a\x15\x0a\x0f\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x02\x0a\x00\x12\x02\x08\x01"), {NULL, 0}},
      {HR_VIEW("\x0a\x15\x0a\x0f\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x02\x0a\x00\x12\x02\x08\x01"),
       HR_VIEW("\x12\x05\x1a\x03\x3a\x01\x05")},
      {HR_VIEW("\x0a\x15\x0a\x0f\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x02\x0a\x00\x12\x02\x08\x01"),
       HR_VIEW("\x12\x00")},
      {HR_VIEW("\x0a\x15\x0a\x0f\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x02\x0a\x00\x12\x02\x08\x01"),
       HR_VIEW("\x12\x06\x1a\x04\x3a\x02\x05\xff")},
      /* no name; dtype 0; a shape of size -1; a slice of rank 2; a slice beyond the end; no slice */
      {HR_VIEW("\x0a\x12\x0a\x0c\x12\x04\x12\x02\x08\x02\x18\x03\x22\x02\x0a\x00\x12\x02\x08\x01"), {NULL, 0}},
      {HR_VIEW("\x0a\x13\x0a\x0d\x0a\x01x\x12\x04\x12\x02\x08\x02\x22\x02\x0a\x00\x12\x02\x08\x01"), {NULL, 0}},
      {HR_VIEW("\x0a\x1e\x0a\x18\x0a\x01x\x12\x0d\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x18\x03\x22\x02"
               "\x0a\x00\x12\x02\x08\x01"),
       {NULL, 0}},
      {HR_VIEW("\x0a\x17\x0a\x11\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x04\x0a\x00\x0a\x00\x12\x02\x08\x01"),
       {NULL, 0}},
      {HR_VIEW("\x0a\x19\x0a\x13\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x22\x06\x0a\x04\x08\x01\x10\x02\x12\x02\x08"
               "\x01"),
       {NULL, 0}},
      {HR_VIEW("\x0a\x11\x0a\x0b\x0a\x01x\x12\x04\x12\x02\x08\x02\x18\x03\x12\x02\x08\x01"), {NULL, 0}},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    hr_code code = read_table(path, bad[i].meta, bad[i].data);
    if (code != HR_DATA_LOSS) fail_msg("case %zu: %s", i, hr_code_name(code));
  }
  /* A format of the future. */
  assert_int_equal(read_table(path, HR_VIEW("\x0a\x04\x12\x02\x10\x02"), (hr_view){NULL, 0}), HR_INVALID_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_what_tensorflow_saved),
      cmocka_unit_test(tells_of_tensors),
      cmocka_unit_test(one_file_of_several),
      folder_test(writes_what_it_reads),
      folder_test(writes_slices),
      folder_test(damaged_bytes_are_found),
      folder_test(wrong_messages_are_refused),
  };
  return cmocka_run_group_tests_name("version1", tests, NULL, NULL);
}
