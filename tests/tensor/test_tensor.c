#include "headrace/tensor.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static hr_tensor tensor_of(hr_dtype dtype, int rank, const int64_t *dims, const void *data) {
  hr_tensor t;
  assert_null(hr_tensor_from(dtype, rank, dims, data, &t));
  return t;
}

static void assert_text(hr_tensor t, int64_t entries, const char *expected) {
  char *text = hr_tensor_text_dup(&t, entries);
  assert_string_equal(text, expected);
  free(text);
  hr_tensor_clear(&t);
}

static void test_buffers_are_aligned_and_counted(void **state) {
  (void)state;
  uint64_t calls = hr_cpu_allocator_calls();
  hr_tensor t = tensor_of(HR_FLOAT, 1, (int64_t[]){3}, (float[]){1, 2, 3}), copy;
  assert_int_equal(hr_cpu_allocator_calls(), calls + 1);
  assert_int_equal((uintptr_t)hr_tensor_data(&t) % HR_ALIGNMENT, 0);
  assert_int_equal(hr_tensor_bytes(&t), 12);
  assert_false(hr_buffer_is_shared(t.buffer));
  hr_tensor_copy(&t, &copy);
  assert_true(hr_buffer_is_shared(t.buffer));
  hr_tensor_clear(&t);
  assert_false(hr_buffer_is_shared(copy.buffer));
  assert_true(((float *)hr_tensor_data(&copy))[2] == 3);
  hr_tensor_clear(&copy);
  assert_false(hr_tensor_is_valid(&copy));
  hr_tensor_clear(&copy);
}

static void test_one_element_allocates_nothing(void **state) {
  (void)state;
  uint64_t calls = hr_cpu_allocator_calls();
  hr_tensor t = tensor_of(HR_COMPLEX128, 2, (int64_t[]){1, 1}, &(hr_complex128){1, 2}), borrowed;
  assert_null(t.buffer);
  assert_true(((hr_complex128 *)hr_tensor_data(&t))->im == 2);
  assert_null(hr_tensor_borrow(HR_INT32, 0, NULL, &(int32_t){5}, &borrowed));
  assert_int_equal(borrowed.scalar.i32, 5);
  assert_int_equal(hr_cpu_allocator_calls(), calls);
}

static int freed;
static void count_free(void *data, size_t bytes, void *argument) {
  assert_int_equal(bytes, 8);
  assert_ptr_equal(argument, &freed);
  free(data);
  ++freed;
}

static void test_wrapped_and_borrowed_memory(void **state) {
  (void)state;
  hr_buffer *buffer = hr_buffer_wrap(malloc(8), 8, count_free, &freed);
  hr_buffer_ref(buffer);
  hr_buffer_unref(buffer);
  assert_int_equal(freed, 0);
  hr_buffer_unref(buffer);
  assert_int_equal(freed, 1);
  float data[2] = {1, 2};
  hr_tensor t, own;
  assert_null(hr_tensor_borrow(HR_FLOAT, 1, (int64_t[]){2}, data, &t));
  assert_ptr_equal(hr_tensor_data(&t), data);
  assert_true(t.buffer->borrowed);
  assert_null(hr_tensor_clone(hr_cpu_allocator(), &t, &own));
  data[0] = 9;
  assert_true(((float *)hr_tensor_data(&own))[0] == 1);
  hr_tensor_clear(&t);
  hr_tensor_clear(&own);
  assert_null(hr_tensor_borrow(HR_FLOAT, 1, (int64_t[]){0}, NULL, &t));
  assert_int_equal(t.elements, 0);
  hr_tensor_clear(&t);
}

static void test_strings(void **state) {
  (void)state;
  char bytes[40] = "twenty-two bytes long!";
  for (size_t length = 0; length <= sizeof bytes; ++length) {
    hr_string s = {0};
    assert_null(hr_string_set(&s, bytes, length));
    assert_int_equal(hr_string_length(&s), length);
    assert_memory_equal(hr_string_data(&s), bytes, length);
    assert_int_equal(s.tag == 255, length > HR_STRING_INLINE);
    assert_null(hr_string_set(&s, hr_string_data(&s) + length / 2, length - length / 2)); /* from its own bytes */
    assert_memory_equal(hr_string_data(&s), bytes + length / 2, length - length / 2);
    hr_string_clear(&s);
    assert_int_equal(hr_string_length(&s), 0);
  }
  hr_tensor t, clone;
  assert_null(hr_tensor_strings(2, (const char *const[]){"a", "a string that lives on the heap"}, &t));
  assert_null(hr_tensor_clone(hr_cpu_allocator(), &t, &clone));
  assert_true(hr_tensor_equal(&t, &clone));
  assert_null(hr_string_set(hr_tensor_data(&clone), "b", 1));
  assert_false(hr_tensor_equal(&t, &clone));
  hr_tensor_clear(&t);
  hr_tensor_clear(&clone);
}

static void assert_refused(hr_code expected, hr_status status) {
  assert_int_equal(hr_status_code(status), expected);
  hr_status_free(status);
}

static void test_refusals(void **state) {
  (void)state;
  hr_tensor t, out;
  hr_shape huge = {.rank = 2, .dims = {(int64_t)1 << 30, (int64_t)1 << 31}};
  assert_refused(HR_RESOURCE_EXHAUSTED, hr_tensor_new(hr_cpu_allocator(), HR_COMPLEX128, &huge, &t));
  assert_false(hr_tensor_is_valid(&t));
  huge.dims[0] = (int64_t)1 << 60;
  assert_refused(HR_INVALID_ARGUMENT, hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &huge, &t));
  assert_refused(HR_INVALID_ARGUMENT, hr_tensor_new(hr_cpu_allocator(), hr_dtype_ref(HR_FLOAT), &(hr_shape){0}, &t));
  assert_refused(HR_INVALID_ARGUMENT, hr_tensor_new(hr_cpu_allocator(), HR_INVALID, &(hr_shape){0}, &t));
  assert_refused(HR_INVALID_ARGUMENT, hr_tensor_from(HR_STRING, 0, NULL, "x", &t));
  assert_refused(HR_INVALID_ARGUMENT, hr_tensor_from(HR_FLOAT, 1, (int64_t[]){-1}, NULL, &t));
  t = tensor_of(HR_INT32, 1, (int64_t[]){6}, (int32_t[6]){0});
  assert_refused(HR_INVALID_ARGUMENT, hr_tensor_reshape(&t, &(hr_shape){.rank = 1, .dims = {5}}, &out));
  assert_null(hr_tensor_reshape(&t, &(hr_shape){.rank = 2, .dims = {2, 3}}, &out));
  assert_ptr_equal(t.buffer, out.buffer);
  assert_int_equal(out.dims[1], 3);
  hr_tensor_clear(&t);
  hr_tensor_clear(&out);
}

/* Values as TensorFlow 1.15's Assert prints them with the same limit. */
static void test_text(void **state) {
  (void)state;
  float thirds[12];
  for (int i = 0; i < 12; ++i)
    thirds[i] = (float)i / 3;
  int64_t cube[] = {2, 2, 3};
  assert_text(tensor_of(HR_FLOAT, 3, cube, thirds), 3,
              "Tensor<type: float shape: [2,2,3] values: [[0 0.333333343 0.666666687]]...>");
  assert_text(tensor_of(HR_FLOAT, 3, cube, thirds), 0, "Tensor<type: float shape: [2,2,3] values: ...>");
  assert_text(tensor_of(HR_FLOAT, 3, cube, thirds), -1,
              "Tensor<type: float shape: [2,2,3] values: [[0 0.333333343 0.666666687][1 1.33333337 1.66666663]]"
              "[[2 2.33333325 2.66666675][3 3.33333325 3.66666675]]>");
  assert_text(tensor_of(HR_DOUBLE, 1, (int64_t[]){5}, (double[]){1e10, 1e-7, 0.1, 1.0 / 3, 1e300}), -1,
              "Tensor<type: double shape: [5] values: 10000000000 1e-07 0.1 0.33333333333333331 1e+300>");
  assert_text(tensor_of(HR_FLOAT, 1, (int64_t[]){3}, (float[]){1e10f, -0.0f, 123456789.0f}), -1,
              "Tensor<type: float shape: [3] values: 1e+10 -0 123456792>");
  hr_half halves[] = {{0x3c00}, {0x2e66}};
  assert_text(tensor_of(HR_HALF, 1, (int64_t[]){2}, halves), -1,
              "Tensor<type: half shape: [2] values: 1 0.0999755859>");
  assert_text(tensor_of(HR_BOOL, 1, (int64_t[]){2}, (bool[]){true, false}), -1,
              "Tensor<type: bool shape: [2] values: 1 0>");
  assert_text(hr_tensor_f32(4), 3, "Tensor<type: float shape: [] values: 4>");
  assert_text(tensor_of(HR_INT32, 1, (int64_t[]){5}, (int32_t[]){1, 2, 3, 4, 5}), 3,
              "Tensor<type: int32 shape: [5] values: 1 2 3...>");
  assert_text(tensor_of(HR_FLOAT, 2, (int64_t[]){0, 3}, NULL), 3, "Tensor<type: float shape: [0,3] values: >");
  hr_tensor words;
  assert_null(hr_tensor_strings(4, (const char *const[]){"a", "b", "c", "d"}, &words));
  hr_tensor square;
  assert_null(hr_tensor_reshape(&words, &(hr_shape){.rank = 2, .dims = {2, 2}}, &square));
  hr_tensor_clear(&words);
  assert_text(square, 3, "Tensor<type: string shape: [2,2] values: [a b][c...]...>");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_buffers_are_aligned_and_counted),
                                     cmocka_unit_test(test_one_element_allocates_nothing),
                                     cmocka_unit_test(test_wrapped_and_borrowed_memory),
                                     cmocka_unit_test(test_strings),
                                     cmocka_unit_test(test_refusals),
                                     cmocka_unit_test(test_text)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
