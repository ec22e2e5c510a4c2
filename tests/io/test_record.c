#include "headrace/io.h"
#include "io_testing.h"
#include "runtime/base/wire.h"
#include "runtime/io/crc32c.h"

/* The records of fixtures/record.py. */
static const struct {
  const char *bytes;
  size_t length;
} simple[] = {{"hello", 5}, {"", 0}, {"xxxxxxxxxxxxxxxxxxxx", 20}};

static size_t expected_length(int i) { return i < 3 ? simple[i].length : i == 3 ? 256 : 16; }

static const void *expected_record(int i) {
  static uint8_t all[256];
  for (int b = 0; b < 256; ++b)
    all[b] = (uint8_t)b;
  return i < 3 ? (const void *)simple[i].bytes : i == 3 ? (const void *)all : "The last record.";
}

static const char *const fixtures[] = {FIXTURES "records.plain", FIXTURES "records.zlib", FIXTURES "records.gzip"};

static void assert_holds_all(const char *path, hr_compression compression) {
  hr_record_reader *reader;
  assert_ok(hr_record_reader_open(path, compression, &reader));
  const void *data;
  size_t length;
  for (int i = 0; i < 5; ++i) {
    assert_ok(hr_record_reader_next(reader, &data, &length));
    assert_int_equal(length, expected_length(i));
    assert_memory_equal(data, expected_record(i), length);
  }
  assert_int_equal(hr_record_reader_offset(reader), 377);
  assert_code(HR_OUT_OF_RANGE, hr_record_reader_next(reader, &data, &length));
  assert_code(HR_OUT_OF_RANGE, hr_record_reader_next(reader, &data, &length));
  hr_record_reader_free(reader);
}

static void test_reads_tensorflows_files(void **state) {
  (void)state;
  for (int c = 0; c < 3; ++c)
    assert_holds_all(fixtures[c], (hr_compression)c);
}

static void test_writes_what_tensorflow_writes(void **state) {
  for (int c = 0; c < 3; ++c) {
    const char *path = in_folder(state, "records");
    hr_record_writer *writer;
    assert_ok(hr_record_writer_open(path, (hr_compression)c, &writer));
    for (int i = 0; i < 5; ++i) {
      assert_ok(hr_record_writer_write(writer, expected_record(i), expected_length(i)));
      if (i == 2) assert_ok(hr_record_writer_flush(writer));
    }
    assert_ok(hr_record_writer_close(writer));
    assert_holds_all(path, (hr_compression)c);
    if (c == HR_COMPRESSION_NONE) assert_files_equal(path, fixtures[0]);
  }
}

/* Reads a file of which one part is damaged: every record must be one of those written, in order, and the rest an
 * error. Returns the code that ended it. */
static hr_code read_damaged(const char *path, hr_compression compression, char *message, size_t size) {
  hr_record_reader *reader;
  assert_ok(hr_record_reader_open(path, compression, &reader));
  const void *data;
  size_t length;
  hr_status status;
  for (int i = 0; !(status = hr_record_reader_next(reader, &data, &length)); ++i) {
    assert_true(i < 5);
    assert_int_equal(length, expected_length(i));
    assert_memory_equal(data, expected_record(i), length);
  }
  hr_code code = hr_status_code(status);
  snprintf(message, size, "%s", hr_status_message(status));
  hr_status_free(status);
  assert_code(code, hr_record_reader_next(reader, &data, &length)); /* it stays at the record */
  hr_record_reader_free(reader);
  return code;
}

static void test_every_flipped_bit(void **state) {
  const char *path = in_folder(state, "records");
  char message[200];
  for (int c = 0; c < 3; ++c) {
    contents file = read_file(fixtures[c]);
    for (size_t i = 0; i < file.length; ++i) {
      file.bytes[i] ^= (char)(1 << i % 8);
      write_file(path, file.bytes, file.length);
      hr_code code = read_damaged(path, (hr_compression)c, message, sizeof message);
      if (c == HR_COMPRESSION_NONE)
        assert_int_equal(code, HR_DATA_LOSS);
      else
        assert_true(code == HR_DATA_LOSS || code == HR_OUT_OF_RANGE);
      file.bytes[i] ^= (char)(1 << i % 8);
    }
    free(file.bytes);
  }
}

/* Codes and offsets as TensorFlow 1.15 gives them; record 0 is at 0 and 21 bytes long. */
static void test_where_damage_is_reported(void **state) {
  static const struct {
    size_t flip;
    const char *message;
  } flips[] = {{0, "corrupted record at 0"},   {8, "corrupted record at 0"},   {12, "corrupted record at 12"},
               {17, "corrupted record at 12"}, {21, "corrupted record at 21"}, {33, "corrupted record at 33"},
               {50, "corrupted record at 49"}};
  const char *path = in_folder(state, "records");
  char message[200];
  contents file = read_file(fixtures[0]);
  for (size_t i = 0; i < sizeof flips / sizeof *flips; ++i) {
    file.bytes[flips[i].flip] ^= 1;
    write_file(path, file.bytes, file.length);
    assert_int_equal(read_damaged(path, HR_COMPRESSION_NONE, message, sizeof message), HR_DATA_LOSS);
    assert_string_equal(message, flips[i].message);
    file.bytes[flips[i].flip] ^= 1;
  }
  free(file.bytes);
}

static void test_every_truncation(void **state) {
  static const size_t starts[] = {0, 21, 37, 73, 345, 377};
  const char *path = in_folder(state, "records");
  char message[200], expected[64];
  contents file = read_file(fixtures[0]);
  for (size_t length = 0; length < file.length; ++length) {
    write_file(path, file.bytes, length);
    hr_code code = read_damaged(path, HR_COMPRESSION_NONE, message, sizeof message);
    int record = 0;
    while (starts[record + 1] <= length)
      ++record;
    if (length - starts[record] < 12) { /* a header that is not whole ends the file quietly, in TensorFlow too */
      assert_int_equal(code, HR_OUT_OF_RANGE);
    } else {
      snprintf(expected, sizeof expected, "truncated record at %zu", starts[record]);
      assert_int_equal(code, HR_DATA_LOSS);
      assert_string_equal(message, expected);
    }
  }
  free(file.bytes);
  for (int c = 1; c < 3; ++c) {
    contents packed = read_file(fixtures[c]);
    for (size_t length = 0; length < packed.length; ++length) {
      write_file(path, packed.bytes, length);
      hr_code code = read_damaged(path, (hr_compression)c, message, sizeof message);
      assert_true(code == HR_DATA_LOSS || code == HR_OUT_OF_RANGE);
    }
    free(packed.bytes);
  }
}

static void test_a_huge_length_takes_no_memory(void **state) {
  static const uint64_t lengths[] = {(uint64_t)1 << 40, UINT64_MAX, INT64_MAX};
  const char *path = in_folder(state, "records");
  char message[200];
  for (int i = 0; i < 3; ++i) {
    uint8_t header[20] = {0};
    hr_write_u64(header, lengths[i]);
    hr_write_u32(header + 8, hr_crc32c_mask(hr_crc32c(header, 8)));
    write_file(path, header, sizeof header);
    assert_int_equal(read_damaged(path, HR_COMPRESSION_NONE, message, sizeof message), HR_DATA_LOSS);
  }
}

static void test_a_growing_file_is_read_on(void **state) {
  const char *path = in_folder(state, "records");
  hr_record_writer *writer;
  hr_record_reader *reader;
  const void *data;
  size_t length;
  assert_ok(hr_record_writer_open(path, HR_COMPRESSION_NONE, &writer));
  assert_ok(hr_record_reader_open(path, HR_COMPRESSION_NONE, &reader));
  for (int i = 0; i < 5; ++i) {
    assert_code(HR_OUT_OF_RANGE, hr_record_reader_next(reader, &data, &length));
    assert_ok(hr_record_writer_write(writer, expected_record(i), expected_length(i)));
    assert_ok(hr_record_writer_flush(writer));
    assert_ok(hr_record_reader_next(reader, &data, &length));
    assert_int_equal(length, expected_length(i));
  }
  hr_record_reader_free(reader);
  assert_ok(hr_record_writer_close(writer));
}

static void test_large_records(void **state) {
  const char *path = in_folder(state, "records");
  size_t size = 3000000;
  char *large = malloc(size);
  for (size_t i = 0; i < size; ++i)
    large[i] = (char)(i * 2654435761u >> 13);
  for (int c = 0; c < 3; ++c) {
    hr_record_writer *writer;
    hr_record_reader *reader;
    const void *data;
    size_t length;
    assert_ok(hr_record_writer_open(path, (hr_compression)c, &writer));
    for (int i = 0; i < 2; ++i)
      assert_ok(hr_record_writer_write(writer, large, size));
    assert_ok(hr_record_writer_close(writer));
    assert_ok(hr_record_reader_open(path, (hr_compression)c, &reader));
    for (int i = 0; i < 2; ++i) {
      assert_ok(hr_record_reader_next(reader, &data, &length));
      assert_int_equal(length, size);
      assert_memory_equal(data, large, size);
    }
    assert_code(HR_OUT_OF_RANGE, hr_record_reader_next(reader, &data, &length));
    hr_record_reader_free(reader);
  }
  free(large);
}

static void test_compression_names(void **state) {
  (void)state;
  hr_compression c;
  assert_ok(hr_compression_from_name("", &c));
  assert_int_equal(c, HR_COMPRESSION_NONE);
  assert_ok(hr_compression_from_name("GZIP", &c));
  assert_int_equal(c, HR_COMPRESSION_GZIP);
  assert_code(HR_INVALID_ARGUMENT, hr_compression_from_name("gzip", &c));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reads_tensorflows_files),
      folder_test(test_writes_what_tensorflow_writes),
      folder_test(test_every_flipped_bit),
      folder_test(test_where_damage_is_reported),
      folder_test(test_every_truncation),
      folder_test(test_a_huge_length_takes_no_memory),
      folder_test(test_a_growing_file_is_read_on),
      folder_test(test_large_records),
      cmocka_unit_test(test_compression_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
