#include "headrace/io.h"
#include "io_testing.h"
#include <zlib.h>

static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};

static void pack(const char *path, const void *bytes, size_t length) {
  gzFile file = gzopen(path, "wb");
  assert_int_equal(gzwrite(file, bytes, (unsigned)length), length);
  gzclose(file);
}

static void assert_images(const char *path) {
  hr_tensor t;
  char text[HR_SHAPE_TEXT];
  assert_ok(hr_idx_read(path, &t));
  hr_shape shape = hr_tensor_shape(&t);
  assert_int_equal(hr_tensor_dtype(&t), HR_UINT8);
  assert_string_equal(hr_shape_text(&shape, text), "[2,1,3]");
  assert_memory_equal(hr_tensor_data(&t), images + 16, 6);
  hr_tensor_clear(&t);
}

static void test_plain_and_packed(void **state) {
  const char *path = in_folder(state, "images");
  write_file(path, images, sizeof images);
  assert_images(path);
  pack(path, images, sizeof images);
  assert_images(path);
}

static void test_elements_are_big_endian(void **state) {
  static const uint8_t shorts[] = {0, 0, 0x0b, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe};
  static const uint8_t floats[] = {0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0};
  static const uint8_t doubles[] = {0, 0, 0x0e, 0, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0};
  const char *path = in_folder(state, "numbers");
  hr_tensor t;
  write_file(path, shorts, sizeof shorts);
  assert_ok(hr_idx_read(path, &t));
  assert_int_equal(hr_tensor_dtype(&t), HR_INT16);
  assert_int_equal(((int16_t *)hr_tensor_data(&t))[0], 258);
  assert_int_equal(((int16_t *)hr_tensor_data(&t))[1], -2);
  hr_tensor_clear(&t);
  write_file(path, floats, sizeof floats);
  assert_ok(hr_idx_read(path, &t));
  assert_true(*(float *)hr_tensor_data(&t) == 1.5f);
  write_file(path, doubles, sizeof doubles);
  assert_ok(hr_idx_read(path, &t));
  assert_true(t.rank == 0 && *(double *)hr_tensor_data(&t) == -1.5);
}

static void assert_damaged(const char *path) {
  hr_tensor t;
  assert_code(HR_DATA_LOSS, hr_idx_read(path, &t));
  assert_false(hr_tensor_is_valid(&t));
}

static void test_damage(void **state) {
  const char *path = in_folder(state, "images");
  for (size_t length = 0; length < sizeof images; ++length) {
    write_file(path, images, length);
    assert_damaged(path);
  }
  uint8_t bytes[sizeof images + 1] = {0};
  memcpy(bytes, images, sizeof images);
  write_file(path, bytes, sizeof bytes); /* one byte too many */
  assert_damaged(path);
  static const int flips[] = {0, 1, 2, 3, 4, 5, 8, 11, 15};
  for (size_t i = 0; i < sizeof flips / sizeof *flips; ++i) {
    bytes[flips[i]] ^= 0x80;
    write_file(path, bytes, sizeof images);
    assert_damaged(path);
    bytes[flips[i]] ^= 0x80;
  }
  static const uint8_t absurd[] = {0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  write_file(path, absurd, sizeof absurd);
  assert_damaged(path);
  write_file(path, "", 0);
  assert_damaged(path);
  hr_tensor t;
  assert_code(HR_NOT_FOUND, hr_idx_read(in_folder(state, "none"), &t));
}

static void test_damaged_packing(void **state) {
  const char *path = in_folder(state, "images");
  pack(path, images, sizeof images);
  contents packed = read_file(path);
  for (size_t i = 0; i < packed.length; ++i) {
    packed.bytes[i] ^= 0x10;
    write_file(path, packed.bytes, packed.length);
    hr_tensor t;
    hr_status status = hr_idx_read(path, &t);
    if (status)
      assert_int_equal(hr_status_code(status), HR_DATA_LOSS);
    else
      assert_memory_equal(hr_tensor_data(&t), images + 16, 6); /* the gzip header has unused fields */
    hr_status_free(status);
    hr_tensor_clear(&t);
    packed.bytes[i] ^= 0x10;
  }
  for (size_t length = 0; length < packed.length; ++length) {
    write_file(path, packed.bytes, length);
    assert_damaged(path);
  }
  free(packed.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {folder_test(test_plain_and_packed), folder_test(test_elements_are_big_endian),
                                     folder_test(test_damage), folder_test(test_damaged_packing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
