#include "io_testing.h"
#include "runtime/base/wire.h"
#include "runtime/io/bundle.h"

static hr_tensor strings(int64_t rows, int64_t columns, const hr_view *values) {
  hr_tensor t;
  hr_shape shape = {.rank = columns ? 2 : 1, .dims = {rows, columns}};
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_STRING, &shape, &t));
  hr_string *elements = hr_tensor_data(&t);
  for (int64_t i = 0; i < t.elements; ++i)
    assert_ok(hr_string_set(&elements[i], values[i].data, values[i].length));
  return t;
}

/* The number i of fixtures/record.py's `rows` in a dtype. */
static void put(hr_dtype dtype, void *data, int i) {
  switch (dtype) {
  case HR_HALF: ((hr_half *)data)[i] = hr_half_from_float((float)i); break;
  case HR_FLOAT: ((float *)data)[i] = (float)i; break;
  case HR_DOUBLE: ((double *)data)[i] = i; break;
  case HR_INT8: ((int8_t *)data)[i] = (int8_t)i; break;
  case HR_INT16: ((int16_t *)data)[i] = (int16_t)i; break;
  case HR_INT32: ((int32_t *)data)[i] = i; break;
  case HR_INT64: ((int64_t *)data)[i] = i; break;
  case HR_UINT8: ((uint8_t *)data)[i] = (uint8_t)i; break;
  case HR_UINT16: ((uint16_t *)data)[i] = (uint16_t)i; break;
  case HR_BOOL: ((bool *)data)[i] = i % 2 == 1; break;
  case HR_COMPLEX64: ((hr_complex64 *)data)[i] = (hr_complex64){(float)i, (float)-i}; break;
  case HR_COMPLEX128: ((hr_complex128 *)data)[i] = (hr_complex128){i, -i}; break;
  default: fail();
  }
}

#define ALL_COUNT 15

/* The tensors of "all.ckpt", in the order in which they were saved. */
static void make_all(hr_tensor tensors[ALL_COUNT], const char *names[ALL_COUNT]) {
  static const struct {
    const char *name;
    hr_dtype dtype;
  } plain[12] = {{"plain/float16", HR_HALF}, {"plain/float32", HR_FLOAT},       {"plain/float64", HR_DOUBLE},
                 {"plain/int8", HR_INT8},    {"plain/int16", HR_INT16},         {"plain/int32", HR_INT32},
                 {"plain/int64", HR_INT64},  {"plain/uint8", HR_UINT8},         {"plain/uint16", HR_UINT16},
                 {"plain/bool", HR_BOOL},    {"plain/complex64", HR_COMPLEX64}, {"plain/complex128", HR_COMPLEX128}};
  hr_shape shape = {.rank = 2, .dims = {2, 3}}, empty = {.rank = 2, .dims = {0, 3}};
  for (int i = 0; i < 12; ++i) {
    names[i] = plain[i].name;
    assert_ok(hr_tensor_new(hr_cpu_allocator(), plain[i].dtype, &shape, &tensors[i]));
    for (int j = 0; j < 6; ++j)
      put(plain[i].dtype, hr_tensor_data(&tensors[i]), j);
  }
  names[12] = "empty";
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &empty, &tensors[12]));
  names[13] = "scalar";
  tensors[13] = hr_tensor_f32(3.5f);
  names[14] = "strings";
  char ys[200];
  memset(ys, 'y', sizeof ys);
  tensors[14] = strings(2, 2, (hr_view[]){HR_VIEW(""), HR_VIEW("short"), HR_VIEW("a\0b"), {ys, sizeof ys}});
}

static void clear_all(hr_tensor tensors[ALL_COUNT]) {
  for (int i = 0; i < ALL_COUNT; ++i)
    hr_tensor_clear(&tensors[i]);
}

static void save(const char *prefix, int count, const char *const *names, const hr_tensor *tensors) {
  hr_bundle_writer *w;
  assert_ok(hr_bundle_writer_open(prefix, 1, &w));
  for (int i = 0; i < count; ++i)
    assert_ok(hr_bundle_writer_add(w, names[i], &tensors[i]));
  assert_ok(hr_bundle_writer_finish(w));
  hr_bundle_writer_free(w);
}

static void add_spec(hr_bundle_writer *w, const char *name, const char *spec, const hr_tensor *tensor) {
  hr_shape full, shape;
  hr_tensor_slice slice;
  assert_ok(hr_tensor_slice_parse(spec, &full, &slice, &shape));
  assert_ok(hr_bundle_writer_add_slice(w, name, &full, &slice, tensor));
}

static void assert_checkpoints_equal(const char *a, const char *b, const char *const *suffixes, int count) {
  for (int i = 0; i < count; ++i) {
    char x[600], y[600];
    snprintf(x, sizeof x, "%s%s", a, suffixes[i]);
    snprintf(y, sizeof y, "%s%s", b, suffixes[i]);
    assert_files_equal(x, y);
  }
}

static const char *const one_shard[] = {".index", ".data-00000-of-00001"};
static const char *const two_shards[] = {".index", ".data-00000-of-00002", ".data-00001-of-00002"};

static void test_reads_what_tensorflow_saved(void **state) {
  (void)state;
  hr_tensor tensors[ALL_COUNT], read;
  const char *names[ALL_COUNT];
  make_all(tensors, names);
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(FIXTURES "all.ckpt", &r));
  assert_int_equal(hr_checkpoint_reader_count(r), ALL_COUNT);
  assert_string_equal(hr_checkpoint_reader_name(r, 0), "empty");
  assert_string_equal(hr_checkpoint_reader_name(r, 1), "plain/bool");
  for (int i = 0; i < ALL_COUNT; ++i) {
    hr_dtype dtype;
    hr_shape shape, expected = hr_tensor_shape(&tensors[i]);
    assert_true(hr_checkpoint_reader_has(r, names[i]));
    assert_ok(hr_checkpoint_reader_info(r, names[i], &dtype, &shape));
    assert_int_equal(dtype, hr_tensor_dtype(&tensors[i]));
    assert_true(hr_shape_equal(&shape, &expected));
    assert_ok(hr_checkpoint_reader_get(r, names[i], &read));
    assert_true(hr_tensor_equal(&read, &tensors[i]));
    hr_tensor_clear(&read);
  }
  assert_false(hr_checkpoint_reader_has(r, "none"));
  assert_error(HR_NOT_FOUND, "Key none not found in checkpoint", hr_checkpoint_reader_get(r, "none", &read));
  hr_checkpoint_reader_free(r);
  clear_all(tensors);
}

static void test_writes_the_bytes_that_tensorflow_writes(void **state) {
  hr_tensor tensors[ALL_COUNT];
  const char *names[ALL_COUNT], *prefix = in_folder(state, "new/folder/all.ckpt");
  make_all(tensors, names);
  save(prefix, ALL_COUNT, names, tensors);
  assert_checkpoints_equal(prefix, FIXTURES "all.ckpt", one_shard, 2);
  clear_all(tensors);
}

static hr_tensor table_part(int rows, int columns, int first_row, int first_column) {
  float values[20];
  for (int i = 0; i < rows * columns; ++i)
    values[i] = (float)((first_row + i / columns) * 5 + first_column + i % columns);
  hr_tensor t;
  assert_ok(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){rows, columns}, values, &t));
  return t;
}

static hr_tensor words(int count, int first) {
  static const hr_view all[] = {HR_VIEW("w0"), HR_VIEW("w1"), HR_VIEW("w2"),
                                HR_VIEW("w3"), HR_VIEW("w4"), HR_VIEW("w5")};
  return strings(count, 0, all + first);
}

static void assert_slice_reads(const hr_checkpoint_reader *r, const char *name, const char *spec, hr_tensor expected) {
  hr_shape full, shape;
  hr_tensor_slice slice;
  hr_tensor read;
  assert_ok(hr_tensor_slice_parse(spec, &full, &slice, &shape));
  assert_ok(hr_checkpoint_reader_get_slice(r, name, &slice, &read));
  assert_true(hr_tensor_equal(&read, &expected));
  hr_tensor_clear(&read);
  hr_tensor_clear(&expected);
}

static void test_slices(void **state) {
  const char *prefix = in_folder(state, "slices.ckpt");
  hr_bundle_writer *w;
  assert_ok(hr_bundle_writer_open(prefix, 1, &w));
  static const struct {
    const char *name, *spec;
    int a, b, c, d;
  } parts[] = {{"table", "4 5 0,1:-", 1, 5, 0, 0},
               {"table", "4 5 1,3:0,2", 3, 2, 1, 0},
               {"table", "4 5 1,3:2,3", 3, 3, 1, 2},
               {"words", "6 0,4", 4, 0, 0, 0},
               {"words", "6 4,2", 2, 4, 0, 0}};
  for (int i = 0; i < 5; ++i) {
    hr_tensor t = i < 3 ? table_part(parts[i].a, parts[i].b, parts[i].c, parts[i].d) : words(parts[i].a, parts[i].b);
    add_spec(w, parts[i].name, parts[i].spec, &t);
    hr_tensor_clear(&t);
  }
  assert_ok(hr_bundle_writer_finish(w));
  hr_bundle_writer_free(w);
  assert_checkpoints_equal(prefix, FIXTURES "slices.ckpt", one_shard, 2);

  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(FIXTURES "slices.ckpt", &r));
  assert_int_equal(hr_checkpoint_reader_count(r), 2);
  assert_string_equal(hr_checkpoint_reader_name(r, 0), "table");
  assert_slice_reads(r, "table", "4 5 -:-", table_part(4, 5, 0, 0));
  assert_slice_reads(r, "table", "4 5 1,3:2,3", table_part(3, 3, 1, 2));
  assert_slice_reads(r, "table", "4 5 0,3:1,2", table_part(3, 2, 0, 1));
  assert_slice_reads(r, "words", "6 -", words(6, 0));
  assert_slice_reads(r, "words", "6 3,2", words(2, 3));
  hr_checkpoint_reader_free(r);
}

static void test_reads_a_part_of_a_whole_tensor(void **state) {
  const char *prefix = in_folder(state, "ckpt"), *name = "t";
  hr_tensor t = table_part(4, 5, 0, 0);
  save(prefix, 1, &name, &t);
  hr_tensor_clear(&t);
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(prefix, &r));
  assert_slice_reads(r, "t", "4 5 2,2:0,3", table_part(2, 3, 2, 0));
  hr_tensor_slice outside = {2, {2, 0}, {3, HR_FULL_EXTENT}};
  assert_code(HR_INVALID_ARGUMENT, hr_checkpoint_reader_get_slice(r, "t", &outside, &t));
  hr_checkpoint_reader_free(r);
}

static void test_slices_with_a_hole(void **state) {
  const char *prefix = in_folder(state, "ckpt");
  hr_bundle_writer *w;
  assert_ok(hr_bundle_writer_open(prefix, 1, &w));
  hr_tensor t = table_part(1, 5, 0, 0), read;
  add_spec(w, "table", "2 5 0,1:-", &t);
  assert_ok(hr_bundle_writer_finish(w));
  hr_bundle_writer_free(w);
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(prefix, &r));
  assert_code(HR_DATA_LOSS, hr_checkpoint_reader_get(r, "table", &read)); /* more than the file has */
  assert_slice_reads(r, "table", "2 5 0,1:-", table_part(1, 5, 0, 0));
  hr_tensor_clear(&t);
  hr_checkpoint_reader_free(r);
}

static void test_merges_parts_as_tensorflow_does(void **state) {
  const char *parts[] = {in_folder(state, "temporary/part-0"), in_folder(state, "temporary/part-1")};
  const char *merged = in_folder(state, "merged.ckpt");
  hr_tensor a, b, top = table_part(2, 5, 0, 0), bottom = table_part(2, 5, 2, 0), read;
  assert_ok(hr_tensor_from(HR_INT32, 1, (int64_t[]){3}, (int32_t[]){1, 2, 3}, &a));
  assert_ok(hr_tensor_from(HR_INT64, 2, (int64_t[]){1, 1}, (int64_t[]){9}, &b));
  for (int i = 0; i < 2; ++i) {
    hr_bundle_writer *w;
    assert_ok(hr_bundle_writer_open(parts[i], 1, &w));
    assert_ok(hr_bundle_writer_add(w, i ? "b" : "a", i ? &b : &a));
    add_spec(w, "table", i ? "4 5 2,2:-" : "4 5 0,2:-", i ? &bottom : &top);
    assert_ok(hr_bundle_writer_finish(w));
    hr_bundle_writer_free(w);
  }
  assert_ok(hr_bundle_merge(parts, 2, merged, true));
  assert_checkpoints_equal(merged, FIXTURES "merged.ckpt", two_shards, 3);
  assert_false(hr_file_exists(in_folder(state, "temporary")));

  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(merged, &r));
  assert_int_equal(hr_checkpoint_reader_count(r), 3);
  assert_ok(hr_checkpoint_reader_get(r, "b", &read));
  assert_true(hr_tensor_equal(&read, &b));
  hr_tensor_clear(&read);
  assert_slice_reads(r, "table", "4 5 -:-", table_part(4, 5, 0, 0));
  hr_checkpoint_reader_free(r);
  hr_tensor_clear(&a);
  hr_tensor_clear(&b);
  hr_tensor_clear(&top);
  hr_tensor_clear(&bottom);
}

static void test_merging_refuses_the_same_tensor_twice(void **state) {
  const char *parts[] = {in_folder(state, "0/part"), in_folder(state, "1/part")}, *name = "a";
  hr_tensor t = hr_tensor_i32(1);
  for (int i = 0; i < 2; ++i)
    save(parts[i], 1, &name, &t);
  assert_error(HR_INVALID_ARGUMENT, "Duplicate tensor keyed by a encountered, when merging prefix: ",
               hr_bundle_merge(parts, 2, in_folder(state, "merged"), true));
  assert_code(HR_INVALID_ARGUMENT, hr_bundle_merge(parts, 0, in_folder(state, "merged"), true));
}

/* An index of several blocks: its length and its last bytes, with the places and checksums of the blocks. */
static void test_large_index(void **state) {
  const char *prefix = in_folder(state, "many");
  hr_bundle_writer *w;
  assert_ok(hr_bundle_writer_open(prefix, 1, &w));
  for (int i = 0; i < 4000; ++i) {
    char name[300];
    int at = snprintf(name, sizeof name, "layer_%05d/", i);
    for (int j = 0; j < i % 40; ++j)
      at += snprintf(name + at, sizeof name - (size_t)at, "unit");
    snprintf(name + at, sizeof name - (size_t)at, "/weights");
    hr_tensor t = hr_tensor_i32(i);
    assert_ok(hr_bundle_writer_add(w, name, &t));
  }
  assert_ok(hr_bundle_writer_finish(w));
  hr_bundle_writer_free(w);
  contents index = read_file(in_folder(state, "many.index")), tail = read_file(FIXTURES "many.index.tail");
  assert_int_equal(index.length, hr_read_u64(tail.bytes));
  assert_memory_equal(index.bytes + index.length - 256, tail.bytes + 8, 256);
  free(index.bytes);
  free(tail.bytes);
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(prefix, &r));
  assert_int_equal(hr_checkpoint_reader_count(r), 4000);
  hr_checkpoint_reader_free(r);
}

static void test_alignment(void **state) {
  const char *prefix = in_folder(state, "ckpt");
  hr_bundle_writer *w;
  hr_tensor a = hr_tensor_bool(true), b = hr_tensor_f64(2.5), read;
  assert_ok(hr_bundle_writer_open(prefix, 64, &w));
  assert_ok(hr_bundle_writer_add(w, "a", &a));
  assert_ok(hr_bundle_writer_add(w, "b", &b));
  assert_ok(hr_bundle_writer_finish(w));
  hr_bundle_writer_free(w);
  contents data = read_file(in_folder(state, "ckpt.data-00000-of-00001"));
  assert_int_equal(data.length, 128);
  assert_memory_equal(data.bytes + 64, &b.scalar.f64, 8);
  free(data.bytes);
  hr_checkpoint_reader *r;
  assert_ok(hr_checkpoint_reader_open(prefix, &r));
  assert_ok(hr_checkpoint_reader_get(r, "b", &read));
  assert_true(hr_tensor_equal(&read, &b));
  hr_checkpoint_reader_free(r);
}

static void test_bad_calls(void **state) {
  hr_bundle_writer *w;
  hr_checkpoint_reader *r;
  hr_tensor t = hr_tensor_f32(1), resource = {.dtype = HR_RESOURCE};
  assert_ok(hr_bundle_writer_open(in_folder(state, "ckpt"), 1, &w));
  assert_ok(hr_bundle_writer_add(w, "a", &t));
  assert_error(HR_INVALID_ARGUMENT, "Adding duplicate key: a", hr_bundle_writer_add(w, "a", &t));
  assert_code(HR_INVALID_ARGUMENT, hr_bundle_writer_add(w, "", &t));
  assert_code(HR_UNIMPLEMENTED, hr_bundle_writer_add(w, "r", &resource));
  hr_tensor_slice slice = {1, {0}, {1}}, far = {1, {4}, {1}};
  hr_shape full = {.rank = 1, .dims = {4}};
  assert_code(HR_INVALID_ARGUMENT, hr_bundle_writer_add_slice(w, "s", &full, &slice, &t)); /* a scalar is no [1] */
  assert_code(HR_INVALID_ARGUMENT, hr_bundle_writer_add_slice(w, "s", &full, &far, &t));
  hr_bundle_writer_free(w);
  hr_path_list left;
  assert_ok(hr_file_match(in_folder(state, "*"), &left));
  assert_int_equal(left.count, 0);
  hr_path_list_clear(&left);
  assert_code(HR_NOT_FOUND, hr_checkpoint_reader_open(in_folder(state, "ckpt"), &r));
  assert_code(HR_FAILED_PRECONDITION, hr_bundle_writer_open("/dev/null/x/ckpt", 1, &w));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reads_what_tensorflow_saved),
      folder_test(test_writes_the_bytes_that_tensorflow_writes),
      folder_test(test_slices),
      folder_test(test_reads_a_part_of_a_whole_tensor),
      folder_test(test_slices_with_a_hole),
      folder_test(test_merges_parts_as_tensorflow_does),
      folder_test(test_merging_refuses_the_same_tensor_twice),
      folder_test(test_large_index),
      folder_test(test_alignment),
      folder_test(test_bad_calls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
