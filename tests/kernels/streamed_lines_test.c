/* Results that are larger than the caches, and are copied past them, are those of the same work in smaller pieces. */
#include "../session/fixture.h"
#include "kernels_cpu/streamed_lines.h"

enum { BATCH = 2, ROWS = 259, COLUMNS = 257, CHANNELS = 33, IMAGE = ROWS * COLUMNS * CHANNELS };
_Static_assert(BATCH *(size_t)IMAGE * sizeof(float) >= HR_STREAMED_BYTES, "all images are streamed");
_Static_assert(IMAGE * sizeof(float) < HR_STREAMED_BYTES, "and one is not");

static void fill(hr_tensor *t, uint32_t seed) {
  float *x = hr_tensor_data(t);
  for (int64_t i = 0; i < t->elements; ++i) {
    seed = seed * 1664525u + 1013904223u;
    x[i] = (float)(seed >> 24) - 128; /* equal ones are frequent */
  }
}

static void check(int window, int stride, const char *padding) {
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT), dy = hr_placeholder(f.s, HR_FLOAT);
  hr_ints ksize = HR_INTS(1, window, window, 1), strides = HR_INTS(1, stride, stride, 1);
  hr_output pooled = hr_max_pool(f.s, x, ksize, strides, padding);
  hr_output dx = hr_max_pool_grad(f.s, x, pooled, dy, ksize, strides, padding);
  hr_tensor image, slope, all;
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){4, {BATCH, ROWS, COLUMNS, CHANNELS}}, &image));
  fill(&image, 1);
  assert_ok(hr_session_run(f.session, 1, (hr_feed[]){{x, &image}}, 1, &pooled, &slope, 0, NULL));
  hr_shape shape = hr_tensor_shape(&slope);
  hr_tensor_clear(&slope);
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &shape, &slope));
  fill(&slope, 2);
  assert_ok(hr_session_run(f.session, 2, (hr_feed[]){{x, &image}, {dy, &slope}}, 1, &dx, &all, 0, NULL));
  shape.dims[0] = 1;
  for (int i = 0; i < BATCH; ++i) {
    hr_tensor one_image, one_slope, one;
    assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){4, {1, ROWS, COLUMNS, CHANNELS}}, &one_image));
    assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &shape, &one_slope));
    memcpy(hr_tensor_data(&one_image), (float *)hr_tensor_data(&image) + i * IMAGE, IMAGE * sizeof(float));
    memcpy(hr_tensor_data(&one_slope), (float *)hr_tensor_data(&slope) + i * one_slope.elements,
           (size_t)one_slope.elements * sizeof(float));
    assert_ok(hr_session_run(f.session, 2, (hr_feed[]){{x, &one_image}, {dy, &one_slope}}, 1, &dx, &one, 0, NULL));
    assert_memory_equal(hr_tensor_data(&one), (float *)hr_tensor_data(&all) + i * IMAGE, IMAGE * sizeof(float));
    hr_tensor_clear(&one);
    hr_tensor_clear(&one_slope);
    hr_tensor_clear(&one_image);
  }
  hr_tensor_clear(&all);
  hr_tensor_clear(&slope);
  hr_tensor_clear(&image);
  fixture_free(&f);
}

static void test_gradients_of_largest_values(void **state) {
  (void)state;
  check(3, 2, "SAME");
  check(3, 2, "VALID");
  check(2, 2, "SAME");
  check(3, 1, "SAME");
  check(5, 3, "VALID");
  check(2, 3, "VALID"); /* lines that no window sees */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradients_of_largest_values)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
