/* Ops on images, against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"

static void run_exactly(const char *family) {
  static const tester_tolerance exact[] = {{NULL, 0, 0, 0, 0}};
  tester_run_family(&(tester_family){.name = family, .tolerances = exact});
}

static void test_resizing(void **state) {
  (void)state;
  run_exactly("resizing");
}

static void test_resizing_gradients(void **state) {
  (void)state;
  run_exactly("resizing_gradients");
}

static void test_crops(void **state) {
  (void)state;
  run_exactly("crops");
}

static void test_crop_gradients(void **state) {
  (void)state;
  run_exactly("crop_gradients");
}

static void test_glimpses(void **state) {
  (void)state;
  run_exactly("glimpses");
}

static void test_projections(void **state) {
  (void)state;
  run_exactly("projections");
}

static void test_colors(void **state) {
  (void)state;
  run_exactly("colors");
}

static void test_contrast(void **state) {
  (void)state;
  run_exactly("contrast");
}

static void test_drawing(void **state) {
  (void)state;
  run_exactly("drawing");
}

static void test_distorting(void **state) {
  (void)state;
  run_exactly("distorting");
}

static void test_suppression(void **state) {
  (void)state;
  run_exactly("suppression");
}

static void test_combined_suppression(void **state) {
  (void)state;
  run_exactly("combined_suppression");
}

static void test_decoding(void **state) {
  (void)state;
  run_exactly("decoding");
}

static void test_decoding_jpeg(void **state) {
  (void)state;
  run_exactly("decoding_jpeg");
}

static void test_encoding(void **state) {
  (void)state;
  run_exactly("encoding");
}

/* A tall image of bright noise, as a JPEG file. */
static hr_tensor tall_jpeg(void) {
  static uint8_t pixels[256 * 16];
  for (int i = 0; i < 256 * 16; ++i)
    pixels[i] = (uint8_t)((uint32_t)i * 2654435761u >> 24 | 128);
  hr_tensor image = tester_tensor(HR_UINT8, 3, (int64_t[]){256, 16, 1}, pixels);
  hr_tensor file = tester_run("EncodeJpeg", 1, &image, 0, NULL);
  hr_tensor_clear(&image);
  return file;
}

/* A file cut in the middle is refused, or gives the rows that are there, or repeats the last of them. */
static void test_truncated_jpeg(void **state) {
  (void)state;
  hr_tensor file = tall_jpeg(), cut;
  const hr_string *bytes = hr_tensor_data(&file);
  assert_null(hr_tensor_string(hr_string_data(bytes), hr_string_length(bytes) / 2, &cut));
  hr_named_attr some = {"acceptable_fraction", HR_ATTR_FLOAT_VALUE(0.3f)};
  hr_named_attr recover = {"try_recover_truncated", HR_ATTR_BOOL_VALUE(true)};
  assert_int_equal(tester_code("DecodeJpeg", 1, &cut, 0, NULL), HR_INVALID_ARGUMENT);
  hr_tensor whole = tester_run("DecodeJpeg", 1, &file, 0, NULL);
  hr_tensor part = tester_run("DecodeJpeg", 1, &cut, 1, &some);
  hr_tensor recovered = tester_run("DecodeJpeg", 1, &cut, 1, &recover);
  const uint8_t *of_whole = hr_tensor_data(&whole), *of_part = hr_tensor_data(&part);
  assert_int_equal(part.elements, whole.elements);
  assert_int_equal(recovered.elements, whole.elements);
  assert_memory_equal(of_part, of_whole, 64 * 16);
  assert_memory_equal(hr_tensor_data(&recovered), of_whole, 64 * 16);
  assert_true(of_whole[whole.elements - 1] > 100);
  assert_int_equal(of_part[whole.elements - 1], 0);
  hr_tensor_clear(&recovered);
  hr_tensor_clear(&part);
  hr_tensor_clear(&whole);
  hr_tensor_clear(&cut);
  hr_tensor_clear(&file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_resizing),    cmocka_unit_test(test_resizing_gradients),
      cmocka_unit_test(test_crops),       cmocka_unit_test(test_crop_gradients),
      cmocka_unit_test(test_glimpses),    cmocka_unit_test(test_projections),
      cmocka_unit_test(test_colors),      cmocka_unit_test(test_contrast),
      cmocka_unit_test(test_drawing),     cmocka_unit_test(test_distorting),
      cmocka_unit_test(test_suppression), cmocka_unit_test(test_combined_suppression),
      cmocka_unit_test(test_decoding),    cmocka_unit_test(test_decoding_jpeg),
      cmocka_unit_test(test_encoding),    cmocka_unit_test(test_truncated_jpeg),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
