/* Tensor arrays (programs/tensor_arrays.py): the graphs that TensorFlow 1.15 builds. Three of these programs stand in
 * test_functional.c, whose functions use arrays. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define ARRAY(dtype, size, ...) hr_tensor_array_new(s, dtype, size, ##__VA_ARGS__)
#define ROW(...)                HR_OPERAND(HR_OPERANDS(__VA_ARGS__))

static void rows(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2), .name = "x");
  hr_output count = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "count");
  hr_tensor_array *unstacked = hr_tensor_array_unstack(s, ARRAY(HR_FLOAT, count, .name = "rows"), x);
  hr_tensor_array *scattered = hr_tensor_array_scatter(s, ARRAY(HR_FLOAT, 3, .tensor_array_name = "shared"),
                                                       HR_INTS(2, 0), ROW(ROW(1.0), ROW(2.0)));
  hr_tensor_array *split = hr_tensor_array_split(s, ARRAY(HR_FLOAT, 2, .infer_shape = false), x, HR_INTS(1, 2));
  hr_tensor_array *equal =
      hr_tensor_array_split(s, ARRAY(HR_INT32, 2), HR_INTS(1, 2, 3, 4), HR_INTS(2, 2), .name = "halves");
  hr_output lengths = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1), .name = "lengths");
  hr_tensor_array *fed = hr_tensor_array_split(s, ARRAY(HR_FLOAT, 2, .infer_shape = false), x, lengths);
  hr_tensor_array_stack(s, unstacked, .name = "all");
  hr_tensor_array_size(s, unstacked);
  hr_tensor_array_read(s, scattered, 2);
  hr_tensor_array_read(s, scattered, 0);
  hr_tensor_array_concat(s, split, .name = "again");
  hr_tensor_array_read(s, equal, 1);
  hr_tensor_array_read(s, fed, 0);
  hr_tensor_array_read(s, fed, 1);
  testing_graph_expect(&t, "tensor_arrays.rows");
}

static void shapes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output values[] = {hr_placeholder(s, HR_FLOAT), HR_NO_OUTPUT, HR_NO_OUTPUT};
  values[1] = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 2));
  values[2] = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(3, -1));
  hr_tensor_array *array = ARRAY(HR_FLOAT, 4, .element_shape = HR_SHAPE(-1, -1));
  for (int i = 0; i < 3; ++i)
    array = hr_tensor_array_write(s, array, i, values[i]);
  expect_ok(t.builder);
  assert_true(hr_partial_shape_equal(hr_tensor_array_element_shape(array), &HR_SHAPE(3, 2)));
  hr_tensor_array *open = ARRAY(HR_FLOAT, 4, .infer_shape = false, .element_shape = HR_SHAPE(-1, 2));
  open = hr_tensor_array_write(s, open, 0, values[1]);
  hr_tensor_array_read(s, array, 0);
  hr_tensor_array_concat(s, array);
  hr_tensor_array_stack(s, array);
  hr_tensor_array_stack(s, open);
  hr_tensor_array *same = hr_tensor_array_identity(s, array);
  hr_tensor_array *again =
      hr_tensor_array_of(s, HR_FLOAT, hr_tensor_array_handle(array), hr_tensor_array_flow(same), .infer_shape = false);
  hr_tensor_array_read(s, again, 1);
  ARRAY(HR_INT64, 1);
  testing_graph_expect(&t, "tensor_arrays.shapes");
}

static void places(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output x = HR_NO_OUTPUT;
  HR_WITH (s, hr_device_scope(t.root, "/cpu:0")) {
    x = hr_constant(s, HR_OPERANDS(1.0, 2.0), .name = "x");
    hr_tensor_array *array = hr_tensor_array_unstack(s, ARRAY(HR_FLOAT, 2), x);
    HR_WITH (inside, hr_name_scope(s, "inside"))
      hr_tensor_array_write(inside, array, 1, 3.0);
  }
  hr_tensor_array *beside = NULL;
  HR_WITH (device, hr_device_scope(t.root, "/cpu:0"))
    HR_WITH (s, hr_colocate_with(device, x.node, false))
      beside = ARRAY(HR_FLOAT, 2, .colocate_with_first_write_call = false);
  hr_scope s = t.root;
  hr_tensor_array_write(s, beside, 0, x);
  hr_var *v = hr_tf_variable(s, 3.0, .name = "v");
  hr_tensor_array *written = hr_tensor_array_write(s, ARRAY(HR_FLOAT, 2), 0, v);
  hr_tensor_array_gather(s, written, hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(-1)), .name = "picked");
  testing_graph_expect(&t, "tensor_arrays.places");
}

static void growth(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x");
  hr_tensor_array *array = hr_tensor_array_write(s, ARRAY(HR_FLOAT, 0, .dynamic_size = true), 4, x);
  array = hr_tensor_array_write(s, array, 1, hr_times(s, x, x));
  hr_tensor_array_size(s, array);
  hr_tensor_array *other = ARRAY(HR_FLOAT, 1, .dynamic_size = true);
  hr_tensor_array_size(s, hr_tensor_array_scatter(s, other, HR_INTS(0, 6), ROW(1.0, 2.0)));
  hr_output read[] = {hr_tensor_array_read(s, array, 4), HR_NO_OUTPUT};
  read[1] = hr_tensor_array_read(s, array, 1);
  hr_gradient gradient;
  hr_gradients(s, ((hr_outputs){2, read}), HR_LIST(x), &gradient);
  testing_graph_expect(&t, "tensor_arrays.growth");
}

static void second_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, HR_OPERANDS(1.0, 2.0), .name = "x");
  hr_tensor_array *array = hr_tensor_array_unstack(s, ARRAY(HR_FLOAT, 2), x);
  hr_output first = hr_tensor_array_read(s, array, 0);
  hr_gradient slope, again;
  hr_gradients(s, HR_LIST(hr_times(s, first, hr_tensor_array_read(s, array, 1))), HR_LIST(x), &slope);
  hr_gradients(s, HR_LIST(slope.value), HR_LIST(x), &again);
  testing_graph_expect(&t, "tensor_arrays.second_gradients");
}

static void dtypes(void **state) {
  (void)state;
  const hr_dtype all[] = {HR_DOUBLE, HR_HALF,   HR_INT8, HR_INT16,     HR_INT32,     HR_INT64,
                          HR_UINT8,  HR_UINT16, HR_BOOL, HR_COMPLEX64, HR_COMPLEX128};
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
    hr_output numbers = hr_constant(s, HR_OPERANDS(ROW(1.0, 0.0), ROW(2.0, 3.0), ROW(0.0, 4.0)));
    hr_output values = hr_tf_cast(s, numbers, all[i]);
    hr_tensor_array *array = hr_tensor_array_unstack(s, ARRAY(all[i], 3, .clear_after_read = false), values);
    hr_tensor_array_stack(s, array);
    hr_tensor_array_concat(s, array);
    hr_tensor_array_read(s, array, 1);
    hr_tensor_array_gather(s, array, HR_INTS(1));
    hr_tensor_array_concat(s, hr_tensor_array_split(s, ARRAY(all[i], 2, .infer_shape = false), values, HR_INTS(2, 1)));
    if (all[i] == HR_BOOL) continue;
    hr_tensor_array *sums = hr_tensor_array_unstack(s, hr_tensor_array_grad(s, array, "sums"), values);
    hr_tensor_array_stack(s, hr_tensor_array_write(s, sums, 0, hr_at(s, values, HR_INDEX(1))));
  }
  testing_graph_expect(&t, "tensor_arrays.dtypes");
}

static void strings(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output words =
      hr_constant(s, HR_OPERANDS(ROW("a", "of"), ROW("a", "kind that is longer than others"), ROW("", "e")));
  hr_tensor_array *array = hr_tensor_array_unstack(s, ARRAY(HR_STRING, 3, .clear_after_read = false), words);
  hr_tensor_array *single = ARRAY(HR_STRING, 3);
  single = hr_tensor_array_unstack(s, single, hr_at(s, words, HR_ALL, HR_INDEX(1)));
  hr_tensor_array_stack(s, array);
  hr_tensor_array_concat(s, array);
  hr_tensor_array_read(s, array, 1);
  hr_tensor_array_read(s, single, 2);
  hr_tensor_array_gather(s, single, HR_INTS(1, 0));
  hr_tensor_array *parts = hr_tensor_array_split(s, ARRAY(HR_STRING, 2, .infer_shape = false), words, HR_INTS(2, 1));
  hr_tensor_array_read(s, parts, 0);
  testing_graph_expect(&t, "tensor_arrays.strings");
}

static void empty(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor_array *nothing = ARRAY(HR_FLOAT, 0, .element_shape = HR_SHAPE(2, 3));
  hr_tensor_array_concat(s, ARRAY(HR_FLOAT, 0, .element_shape = HR_SHAPE(0, 3)));
  hr_tensor_array *hollow = ARRAY(HR_FLOAT, 2);
  hollow = hr_tensor_array_unstack(s, hollow, hr_zeros(s, HR_SHAPE(2, 0)));
  hr_tensor_array *parts = ARRAY(HR_FLOAT, 3, .infer_shape = false);
  parts = hr_tensor_array_split(s, parts, hr_constant(s, HR_OPERANDS(1.0, 2.0)), HR_INTS(0, 2, 0));
  hr_tensor_array_stack(s, nothing);
  hr_tensor_array_size(s, nothing);
  hr_tensor_array_stack(s, hollow);
  hr_tensor_array_read(s, parts, 0);
  hr_tensor_array_read(s, parts, 1);
  testing_graph_expect(&t, "tensor_arrays.empty");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows),
                                     cmocka_unit_test(shapes),
                                     cmocka_unit_test(places),
                                     cmocka_unit_test(growth),
                                     cmocka_unit_test(second_gradients),
                                     cmocka_unit_test(dtypes),
                                     cmocka_unit_test(strings),
                                     cmocka_unit_test(empty)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
