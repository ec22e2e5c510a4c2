/* Tensor arrays, maps, folds and scans: the graphs that TensorFlow 1.15 builds from programs/tensor_arrays.py and
 * programs/functional.py. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static hr_output floats(hr_scope s, hr_partial_shape shape, const float *values, const char *name) {
  return hr_constant_array(s, HR_FLOAT, shape, values, .name = name);
}
static hr_output placeholder(hr_scope s, hr_partial_shape shape, const char *name) {
  return hr_placeholder(s, HR_FLOAT, .shape = shape, .name = name);
}

/* ---- tensor arrays --------------------------------------------------------------------------------------------- */

static void elements(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = placeholder(s, HR_SHAPE(2), "x");
  hr_tensor_array *array = hr_tensor_array_new(s, HR_FLOAT, 3, .clear_after_read = false);
  array = hr_tensor_array_write(s, array, 0, x);
  array = hr_tensor_array_write(s, array, 1, HR_OPERANDS(3.0, 4.0), .name = "second");
  array = hr_tensor_array_write(s, array, 2, hr_times(s, x, 2.0));
  hr_output last[] = {hr_tensor_array_read(s, array, 0), hr_tensor_array_read(s, array, 1, .name = "named"),
                      hr_tensor_array_stack(s, array),   hr_tensor_array_gather(s, array, HR_OPERANDS(2, 0)),
                      hr_tensor_array_concat(s, array),  hr_tensor_array_size(s, array)};
  hr_node *nodes[6];
  for (int i = 0; i < 6; ++i)
    nodes[i] = last[i].node;
  HR_WITH (after, hr_control_dependencies(s, 6, nodes)) {
    hr_tensor_array_close(after, array, .name = "closed");
  }
  assert_int_equal(hr_tensor_array_dtype(array), HR_FLOAT);
  assert_false(hr_tensor_array_is_dynamic(array));
  assert_true(hr_partial_shape_equal(hr_tensor_array_element_shape(array), &HR_SHAPE(2)));
  assert_true(hr_partial_shape_equal(hr_output_shape(last[0]), &HR_SHAPE(2)));
  assert_true(hr_partial_shape_equal(hr_output_shape(last[4]), &HR_SHAPE(-1)));
  testing_graph_expect(&t, "tensor_arrays.elements");
}

static hr_output sum_of_gradients(hr_scope s, int count, const hr_output *ys, hr_output x) {
  hr_gradient d;
  hr_gradients(s, ((hr_outputs){count, ys}), HR_LIST(x), &d);
  return d.value;
}

static void array_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = placeholder(s, HR_SHAPE(3, 2), "x"), first, second, y;
  hr_tensor_array *array = hr_tensor_array_new(s, HR_FLOAT, 4, .clear_after_read = false, .element_shape = HR_SHAPE(2));
  array = hr_tensor_array_unstack(s, array, x);
  first = hr_tensor_array_read(s, array, 0);
  second = hr_tensor_array_read(s, array, 0);
  hr_output product = hr_times(s, first, second);
  sum_of_gradients(s, 2, (hr_output[]){product, hr_tensor_array_read(s, array, 2)}, x);
  array = hr_tensor_array_unstack(s, hr_tensor_array_new(s, HR_FLOAT, 3), x);
  y = hr_tensor_array_gather(s, array, HR_OPERANDS(2, 0));
  y = hr_times(s, y, HR_OPERANDS(HR_OPERANDS(1.0, 2.0), HR_OPERANDS(3.0, 4.0)));
  sum_of_gradients(s, 1, &y, x);
  array = hr_tensor_array_new(s, HR_FLOAT, 2, .infer_shape = false);
  array = hr_tensor_array_split(s, array, hr_times(s, x, x), HR_OPERANDS(1, 2));
  y = hr_times(s, hr_tensor_array_concat(s, array), 3.0);
  sum_of_gradients(s, 1, &y, x);
  array = hr_tensor_array_write(s, hr_tensor_array_new(s, HR_FLOAT, 2), 0, x);
  array = hr_tensor_array_write(s, array, 1, hr_sin(s, x));
  y = hr_tensor_array_stack(s, array);
  sum_of_gradients(s, 1, &y, x);
  array = hr_tensor_array_scatter(s, hr_tensor_array_new(s, HR_FLOAT, 5), HR_OPERANDS(3, 1, 2), x);
  y = hr_tensor_array_gather(s, array, HR_OPERANDS(1, 2, 3));
  hr_gradient dy = hr_dense_gradient(floats(s, HR_SHAPE(3, 2), (const float[]){1, 2, 3, 4, 5, 6}, NULL)), dx;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &dx, .grad_ys = &dy);
  testing_graph_expect(&t, "tensor_arrays.gradients");
}

static void array_of_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor_array *array = hr_tensor_array_new(s, HR_FLOAT, 3, .element_shape = HR_SHAPE(2));
  array = hr_tensor_array_write(s, array, 0, HR_OPERANDS(1.0, 2.0));
  hr_tensor_array *one = hr_tensor_array_grad(s, array, "one", .name = "one");
  hr_tensor_array *two = hr_tensor_array_grad(s, array, "two", .flow = hr_constant_f32(s, 0));
  one = hr_tensor_array_write(s, one, 0, HR_OPERANDS(3.0, 4.0));
  one = hr_tensor_array_write(s, one, 0, HR_OPERANDS(5.0, 6.0));
  one = hr_tensor_array_write(s, one, 2, HR_OPERANDS(7.0, 8.0));
  for (int i = 0; i < 3; ++i)
    hr_tensor_array_read(s, one, i);
  hr_tensor_array_read(s, two, 2);
  testing_graph_expect(&t, "tensor_arrays.array_of_gradients");
}

static void array_mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor_array *array = hr_tensor_array_new(s, HR_FLOAT, 3, .element_shape = HR_SHAPE(2));
  assert_null(hr_tensor_array_write(s, array, 0, placeholder(s, HR_SHAPE(3), NULL)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "[3]", "[2]", NULL);
  assert_null(hr_tensor_array_new(s, HR_FLOAT, HR_NO_OPERAND));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Size", NULL);
  assert_null(hr_tensor_array_of(s, HR_FLOAT, hr_tensor_array_handle(array), HR_NO_OUTPUT));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "flow", NULL);
  assert_null(hr_tensor_array_read(s, NULL, 0).node);
  assert_null(hr_tensor_array_write(s, NULL, 0, 1.0));
  expect_ok(t.builder);
  testing_graph_free(&t);
}

/* ---- maps, folds, scans ---------------------------------------------------------------------------------------- */

static hr_var *weight(hr_scope s) {
  return hr_get_variable(s, "w", .shape = HR_SHAPE(2), .initializer = hr_constant_initializer(0.5));
}
static void layer(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, row.items[0], weight(s)));
}
static void add_layer(void *unused, hr_scope s, hr_outputs sum, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, sum.items[0], hr_times(s, row.items[0], weight(s))));
}

static void functions_with_variables(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = floats(s, HR_SHAPE(3, 2), (const float[]){1, 2, 3, 4, 5, 6}, "x");
  HR_WITH (mapped, hr_variable_scope(s, "mapped")) {
    assert_int_equal(hr_map_fn(mapped, layer, NULL, HR_LIST(x)).count, 1);
  }
  HR_WITH (folded, hr_variable_scope(s, "folded")) {
    hr_output zeros = hr_zeros(folded, HR_SHAPE(2));
    hr_foldl(folded, add_layer, NULL, HR_LIST(x), .initializer = HR_OPERANDS(zeros));
  }
  HR_WITH (again, hr_variable_scope(s, "folded", .reuse = HR_REUSE_TRUE)) {
    hr_output zeros = hr_zeros(again, HR_SHAPE(2));
    hr_foldr(again, add_layer, NULL, HR_LIST(x), .initializer = HR_OPERANDS(zeros));
  }
  HR_WITH (scanned, hr_variable_scope(s, "scanned")) {
    hr_output zeros = hr_zeros(scanned, HR_SHAPE(2));
    hr_output sums = hr_only(hr_scan(scanned, add_layer, NULL, HR_LIST(x), .initializer = HR_OPERANDS(zeros)));
    assert_true(hr_partial_shape_equal(hr_output_shape(sums), &HR_SHAPE(3, 2)));
    hr_get_variable(scanned, "after", .value = hr_operand_float(1));
  }
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "functional.variables");
}

/* ---- without variables ------------------------------------------------------------------------------------------- */

#define FOLD(name, expression)                                                                                         \
  static void name(void *argument, hr_scope s, hr_outputs before, hr_outputs rows, hr_results *results) {              \
    hr_output a = before.items[0], row = rows.items[0];                                                                \
    const hr_output *w = argument;                                                                                     \
    (void)w;                                                                                                           \
    hr_return(results, expression);                                                                                    \
  }
FOLD(sum_with_row, hr_plus(s, a, row))
FOLD(times_row, hr_times(s, a, row))
FOLD(weighted_and_row, hr_plus(s, hr_times(s, a, *w), row))
FOLD(tanh_of_weighted, hr_tanh(s, hr_plus(s, hr_times(s, a, *w), row)))

static hr_output three_rows(hr_scope s) { return floats(s, HR_SHAPE(3, 2), (const float[]){1, 2, 3, 4, 5, 6}, "x"); }

static void empty(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &start));
  hr_output nothing = hr_zeros(s, HR_SHAPE(0, 2)), fed = placeholder(s, HR_SHAPE(-1, 2), "fed");
  hr_foldl(s, sum_with_row, NULL, HR_LIST(nothing), .initializer = HR_OPERANDS(&start));
  hr_foldr(s, sum_with_row, NULL, HR_LIST(fed), .initializer = HR_OPERANDS(&start));
  hr_output first = hr_constant(s, HR_OPERANDS(1.0, 2.0));
  hr_scan(s, sum_with_row, NULL, HR_LIST(fed), .initializer = HR_OPERANDS(first));
  hr_tensor_clear(&start);
  testing_graph_expect(&t, "functional.empty");
}

static void weighted_square(void *w, hr_scope s, hr_outputs row, hr_results *results) {
  hr_output square = hr_times(s, row.items[0], row.items[0]);
  hr_return(results, hr_times(s, square, *(hr_output *)w));
}

static void gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = three_rows(s), w = hr_constant(s, HR_OPERANDS(0.5, -1.0), .name = "w");
  hr_outputs both = HR_LIST(x, w), one = HR_LIST(x);
  hr_operands start = HR_OPERANDS(w);
  hr_gradient d[2];
  hr_gradients(s, hr_map_fn(s, weighted_square, &w, one), both, d);
  hr_gradients(s, hr_foldl(s, times_row, NULL, one), one, d);
  hr_gradients(s, hr_foldr(s, weighted_and_row, &w, one, .initializer = start), both, d);
  hr_gradients(s, hr_scan(s, times_row, NULL, one), one, d);
  hr_gradients(s, hr_scan(s, tanh_of_weighted, &w, one, .initializer = start, .reverse = true), both, d);
  testing_graph_expect(&t, "functional.gradients");
}

static void squared(void *unused, hr_scope s, hr_outputs item, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, item.items[0], item.items[0]));
}
static void squared_items(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  hr_return(results, hr_only(hr_map_fn(s, squared, unused, row)));
}
static void negative(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_return(results, hr_neg(s, row.items[0]));
}
static void doubled(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, row.items[0], 2.0));
}
static void difference(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_tensor_array *array = hr_tensor_array_unstack(s, hr_tensor_array_new(s, HR_FLOAT, 2), row.items[0]);
  hr_output first = hr_tensor_array_read(s, array, 0);
  hr_return(results, hr_minus(s, first, hr_tensor_array_read(s, array, 1)));
}
static void mapped_branch(void *x, hr_scope s, hr_results *results) {
  hr_return(results, hr_only(hr_map_fn(s, negative, NULL, HR_LIST(*(hr_output *)x))));
}
static void scanned_branch(void *x, hr_scope s, hr_results *results) {
  hr_return(results, hr_only(hr_scan(s, sum_with_row, NULL, HR_LIST(*(hr_output *)x))));
}
static void twice_at_most(void *unused, hr_scope s, hr_outputs v, hr_results *results) {
  (void)unused;
  hr_return(results, hr_binary(s, "Less", v.items[0], 2));
}
static void map_again(void *unused, hr_scope s, hr_outputs v, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, v.items[0], 1));
  hr_return(results, hr_only(hr_map_fn(s, doubled, NULL, HR_LIST(v.items[1]))));
}

static void nested(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = three_rows(s);
  hr_map_fn(s, squared_items, NULL, HR_LIST(x));
  hr_output p = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(), .name = "p");
  hr_cond(s, p, HR_BRANCH(mapped_branch, &x), HR_BRANCH(scanned_branch, &x));
  hr_map_fn(s, difference, NULL, HR_LIST(x));
  hr_while_loop(s, HR_OPERANDS(0, x), (&(hr_while_functions){twice_at_most, map_again, NULL}));
  testing_graph_expect(&t, "functional.nested");
}

/* Two results for a row. */
static void twice(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, row.items[0], 2.0));
  hr_return(results, 1);
}

static void values_and_mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = floats(s, HR_SHAPE(3), (const float[]){1, 2, 3}, NULL);
  const hr_dtype dtypes[] = {HR_FLOAT, HR_INT32};
  hr_outputs both = hr_map_fn(s, twice, NULL, HR_LIST(x), .dtypes = {2, dtypes});
  expect_ok(t.builder);
  assert_int_equal(both.count, 2);
  hr_session *session;
  hr_tensor values[2];
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_session_run(session, 0, NULL, 2, both.items, values, 0, NULL));
  for (int i = 0; i < 3; ++i) {
    assert_true(((float *)hr_tensor_data(&values[0]))[i] == 2 * (float)(i + 1));
    assert_int_equal(((int32_t *)hr_tensor_data(&values[1]))[i], 1);
  }
  hr_tensor_clear(&values[0]);
  hr_tensor_clear(&values[1]);
  hr_session_free(session);
  assert_int_equal(hr_map_fn(s, twice, NULL, HR_LIST(x)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "2 tensors where 1", NULL);
  assert_int_equal(hr_scan(s, add_layer, NULL, HR_LIST(hr_constant_f32(s, 1))).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "scalar", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(elements),
      cmocka_unit_test(array_gradients),
      cmocka_unit_test(array_of_gradients),
      cmocka_unit_test(array_mistakes),
      cmocka_unit_test(functions_with_variables),
      cmocka_unit_test(values_and_mistakes),
      cmocka_unit_test(empty),
      cmocka_unit_test(gradients),
      cmocka_unit_test(nested),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
