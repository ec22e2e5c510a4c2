/* Gradients of gradients through conditionals and in loops: the graphs that TensorFlow 1.15 builds from
 * programs/second_order.py. */
#include "branches.h"
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Gradients of y by xs, the gradients of these, and so on; gives the last of the first x. */
static hr_output again(hr_scope s, hr_output y, hr_outputs xs, int order) {
  hr_output values[2] = {y};
  hr_outputs ys = {1, values};
  for (int i = 0; i < order; ++i) {
    hr_gradient out[2] = {HR_NO_GRADIENT, HR_NO_GRADIENT};
    hr_gradients(s, ys, xs, out);
    for (int32_t x = 0; x < xs.count; ++x)
      values[x] = out[x].value;
    ys.count = xs.count;
  }
  return values[0];
}

static hr_output cube(hr_scope s, hr_output x) { return hr_times(s, hr_times(s, x, x), x); }

BRANCH(x_itself, V->x)
BRANCH(x_cubed, cube(s, V->x))
BRANCH(sine, hr_sin(s, V->x))
BRANCH(exponential, hr_exp(s, V->x))
BRANCH(exponential_of_square, hr_exp(s, hr_times(s, V->x, V->x)))
BRANCH(x_squared_times_y, hr_times(s, hr_times(s, V->x, V->x), V->y))
BRANCH(y_squared_times_x, hr_times(s, hr_times(s, V->y, V->y), V->x))
BRANCH(exponential_times_y, hr_times(s, hr_exp(s, V->x), V->y))
BRANCH(by_q, hr_only(hr_cond(s, V->q, HR_BRANCH(x_squared_times_y, argument), HR_BRANCH(y_squared_times_x, argument))))
BRANCH(second_of_cube, again(s, cube(s, V->x), HR_LIST(V->x), 2))
static void product_and_square(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(hr_times(s, V->x, V->y), hr_square(s, V->y));
}
static void sine_and_quotient(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(hr_sin(s, V->x), hr_truediv(s, V->x, V->y));
}

static void conditionals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){1, 2}), .name = "x");
  v.y = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){3, 4}), .name = "y");
  again(s, hr_only(hr_cond(s, v.p, HR_BRANCH(x_cubed, &v), HR_BRANCH(sine, &v))), HR_LIST(v.x), 2);
  hr_outputs third = hr_cond(s, v.p, HR_BRANCH(exponential_of_square, &v), HR_BRANCH(x_cubed, &v), .name = "third");
  again(s, hr_only(third), HR_LIST(v.x), 3);
  hr_outputs two = hr_cond(s, v.p, HR_BRANCH(product_and_square, &v), HR_BRANCH(sine_and_quotient, &v), .name = "two");
  expect_ok(t.builder);
  again(s, hr_times(s, two.items[0], two.items[1]), HR_LIST(v.x, v.y), 2);
  testing_graph_expect(&t, "second_order.conditionals");
}

static void nested_conditionals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.q = condition(s, "q");
  v.x = hr_constant_f32(s, 2, .name = "x");
  v.y = hr_constant_f32(s, 3, .name = "y");
  hr_output z = hr_only(hr_cond(s, v.p, HR_BRANCH(by_q, &v), HR_BRANCH(exponential_times_y, &v)));
  again(s, z, HR_LIST(v.x, v.y), 2);
  testing_graph_expect(&t, "second_order.nested_conditionals");
}

static void cases(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.q = condition(s, "q");
  v.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){2, 1}), .name = "x");
  hr_case choices[] = {{v.p, HR_BRANCH(x_cubed, &v)}, {v.q, HR_BRANCH(exponential, &v)}};
  again(s, hr_only(hr_case_of(s, 2, choices, .otherwise = HR_BRANCH(sine, &v))), HR_LIST(v.x), 2);
  hr_outputs only = hr_case_of(s, 2, choices, .otherwise = HR_BRANCH(sine, &v), .exclusive = true);
  again(s, hr_only(only), HR_LIST(v.x), 3);
  testing_graph_expect(&t, "second_order.cases");
}

static void inside_conditionals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = hr_constant_f32(s, 2, .name = "x");
  hr_output z = hr_only(hr_cond(s, v.p, HR_BRANCH(second_of_cube, &v), HR_BRANCH(x_itself, &v)));
  again(s, z, HR_LIST(v.x), 1);
  again(s, hr_times(s, z, v.x), HR_LIST(v.x), 2);
  testing_graph_expect(&t, "second_order.inside_conditionals");
}

BRANCH(product, hr_tf_matmul(s, V->x, V->w))
BRANCH(softened_product, hr_softplus(s, hr_tf_matmul(s, V->x, V->w)))
BRANCH(v_cubed, hr_times(s, hr_times(s, V->v, V->v), V->v))
/* A resource variable is read by the op, in its scope. */
static hr_output sine_of(hr_scope s, hr_var *var) {
  const hr_operand x = HR_OPERAND(var);
  return (hr_output){hr_call_op(s, "Sin", NULL, 1, &x, 0, NULL), 0};
}
BRANCH(sine_of_v, sine_of(s, V->v))
BRANCH(some_rows, hr_tf_gather(s, V->v, HR_INTS(0, 1, 1)))
BRANCH(squared_rows, hr_times(s, V->v, V->v))
BRANCH(sum_of_cubes, hr_reduce_sum(s, cube(s, V->x)))
BRANCH(product_of_all, hr_reduce_prod(s, V->x))

static hr_var *variable(hr_scope s, int64_t rows, int64_t columns, const float *elements, const char *name) {
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){rows, columns}, elements, &start));
  hr_var *var = hr_tf_variable(s, &start, .name = name);
  hr_tensor_clear(&start);
  return var;
}

static void variables(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(1, 2), ((const float[]){1, 2}), .name = "x");
  v.w = variable(s, 2, 1, (const float[]){0.5f, 0.25f}, "w");
  hr_output y = hr_only(hr_cond(s, v.p, HR_BRANCH(softened_product, &v), HR_BRANCH(product, &v)));
  hr_output slope = again(s, y, HR_LIST(v.x), 1);
  hr_output length = hr_sqrt(s, hr_reduce_sum(s, hr_times(s, slope, slope)), .name = "length");
  v.v = hr_get_variable(s, "v", .value = HR_OPERAND(HR_OPERANDS(1.0, 2.0)), .use_resource = HR_RESOURCE_TRUE);
  hr_output resource = hr_only(hr_cond(s, v.p, HR_BRANCH(v_cubed, &v), HR_BRANCH(sine_of_v, &v), .name = "resource"));
  again(s, resource, HR_LIST(hr_var_ref(v.v)), 2);
  v.v = variable(s, 3, 2, (const float[]){0.5f, 0.5f, 1.5f, 0.5f, 0.5f, 2.5f}, "rows");
  hr_output taken = hr_only(hr_cond(s, v.p, HR_BRANCH(some_rows, &v), HR_BRANCH(squared_rows, &v), .name = "taken"));
  hr_output sum = hr_only(hr_cond(s, v.p, HR_BRANCH(sum_of_cubes, &v), HR_BRANCH(product_of_all, &v), .name = "sum"));
  hr_hessians(s, HR_LIST(sum), HR_LIST(v.x));
  again(s, length, HR_LIST(hr_var_ref(v.w)), 1);
  again(s, hr_reduce_sum(s, hr_power(s, taken, 3.0)), HR_LIST(hr_var_ref(v.v)), 2);
  hr_global_variables_initializer(s);
  expect_ok(t.builder);
  expect_recorded_collections(t.graph, "second_order.variables");
  testing_graph_expect(&t, "second_order.variables");
}

BRANCH(x_times_exponential, hr_times(s, V->x, hr_exp(s, V->x)))

static void switched(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.n = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "number")};
  v.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){1, 2}), .name = "x");
  hr_branch branches[] = {HR_BRANCH(x_cubed, &v), HR_BRANCH(sine, &v), HR_BRANCH(x_times_exponential, &v)};
  again(s, hr_only(hr_switch_case(s, v.n, 3, branches)), HR_LIST(v.x), 2);
  testing_graph_expect(&t, "second_order.switched");
}

/* ---- loops and arrays -------------------------------------------------------------------------------------------- */

static hr_output slope(hr_scope s, hr_output y, hr_output x) { return again(s, y, HR_LIST(x), 1); }

LOOP(up_to_two, hr_return(results, hr_binary(s, "Less", i, 2));)
LOOP(up_to_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(by_x, BOTH(hr_plus(s, i, 1), hr_times(s, a, V->x));)
static void by_curvature(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  const values *V = argument;
  hr_output i = variables.items[0], a = variables.items[1];
  hr_output first = slope(s, hr_times(s, cube(s, a), V->x), a);
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_plus(s, a, hr_times(s, slope(s, first, a), 0.1)));
}
static void by_slope_of_loop(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  hr_output i = variables.items[0], a = variables.items[1];
  hr_while_functions inner = {up_to_two, by_x, argument};
  hr_output b = hr_while_loop(s, HR_OPERANDS(0, a), &inner).items[1];
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_plus(s, a, hr_times(s, slope(s, b, a), 0.1)));
}
static void curvature_of_cube(void *unused, hr_scope s, hr_outputs elems, hr_results *results) {
  (void)unused;
  hr_return(results, again(s, cube(s, elems.items[0]), HR_LIST(elems.items[0]), 2));
}

static void rows_of_a_jacobian_row(void *argument, hr_scope s, hr_outputs elems, hr_results *results) {
  const values *V = argument;
  hr_return(results, slope(s, hr_at(s, V->y, HR_INDEX(elems.items[0])), V->x));
}

static void rows_of_a_jacobian(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(3), ((const float[]){1, 2, 3}), .name = "x")};
  v.y = cube(s, v.x);
  hr_output numbers = hr_tf_range(s, 3, HR_NO_OPERAND, HR_NO_OPERAND);
  const hr_dtype dtype = HR_FLOAT;
  hr_outputs rows = hr_map_fn(s, rows_of_a_jacobian_row, &v, HR_LIST(numbers), .dtypes = {1, &dtype});
  slope(s, hr_only(rows), v.x);
  testing_graph_expect(&t, "second_order.rows_of_a_jacobian");
}

static void inside_loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 2, .name = "x")};
  hr_output curved = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(up_to_three, by_curvature)).items[1];
  hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(up_to_three, by_slope_of_loop), .name = "sloped");
  hr_output elements = hr_constant_array(s, HR_FLOAT, HR_SHAPE(3), ((const float[]){1, 2, 3}), .name = "elements");
  hr_output mapped = hr_only(hr_map_fn(s, curvature_of_cube, NULL, HR_LIST(elements)));
  slope(s, curved, v.x);
  slope(s, mapped, elements);
  testing_graph_expect(&t, "second_order.inside_loops");
}

static void tensor_arrays(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(3), ((const float[]){1, 2, 3}), .name = "x");
  hr_tensor_array *array = hr_tensor_array_unstack(s, hr_tensor_array_new(s, HR_FLOAT, 3), x);
  hr_output first = hr_tensor_array_read(s, array, 0), second = hr_tensor_array_read(s, array, 1);
  hr_output product = hr_times(s, first, second);
  again(s, hr_times(s, product, hr_tensor_array_read(s, array, 2)), HR_LIST(x), 2);
  hr_tensor_array *written = hr_tensor_array_new(s, HR_FLOAT, 2, .name = "written");
  written = hr_tensor_array_write(s, written, 0, hr_times(s, x, x));
  written = hr_tensor_array_write(s, written, 1, hr_exp(s, x));
  again(s, hr_square(s, hr_tensor_array_stack(s, written)), HR_LIST(x), 3);
  hr_tensor_array *split = hr_tensor_array_new(s, HR_FLOAT, 2, .infer_shape = false, .name = "split");
  split = hr_tensor_array_split(s, split, x, HR_INTS(1, 2));
  hr_output one = hr_tensor_array_read(s, split, 0), two = hr_tensor_array_read(s, split, 1);
  again(s, hr_times(s, one, hr_reduce_sum(s, hr_square(s, two))), HR_LIST(x), 2);
  testing_graph_expect(&t, "second_order.tensor_arrays");
}

/* ---- what is refused --------------------------------------------------------------------------------------------- */

LOOP(below_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(times_x, BOTH(hr_plus(s, i, 1), hr_times(s, a, V->x));)

static void second_gradient_of_a_loop(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 2)};
  hr_outputs power = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_three, times_x));
  expect_ok(t.builder);
  again(s, power.items[1], HR_LIST(v.x), 1);
  expect_ok(t.builder);
  again(s, power.items[1], HR_LIST(v.x), 2);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Second-order gradient for while loops not supported", NULL);
  testing_graph_free(&t);
}

static void once(void *argument, hr_scope s, hr_outputs elems, hr_results *results) {
  (void)argument;
  hr_return(results, cube(s, elems.items[0]));
}
BRANCH(x_squared, hr_times(s, V->x, V->x))

static void hessians_of_loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){1, 2}), .name = "x")};
  hr_output loop = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_three, times_x)).items[1];
  hr_output mapped = hr_only(hr_map_fn(s, once, NULL, HR_LIST(v.x)));
  v.p = hr_binary(s, "Greater", hr_at(s, v.x, HR_INDEX(0)), 0);
  hr_output chosen = hr_only(hr_cond(s, v.p, HR_BRANCH(x_squared, &v), HR_BRANCH(x_itself, &v)));
  hr_output ys[] = {loop, mapped, chosen};
  for (int i = 0; i < 3; ++i) {
    hr_output sum = hr_reduce_sum(s, ys[i]);
    hr_hessians(s, HR_LIST(sum), HR_LIST(v.x));
    if (i < 2) expect_error(t.builder, HR_INVALID_ARGUMENT, "because they are in different while loops", NULL);
  }
  testing_graph_expect(&t, "second_order.hessians_of_loops");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(conditionals),
      cmocka_unit_test(nested_conditionals),
      cmocka_unit_test(cases),
      cmocka_unit_test(variables),
      cmocka_unit_test(switched),
      cmocka_unit_test(inside_conditionals),
      cmocka_unit_test(second_gradient_of_a_loop),
      cmocka_unit_test(rows_of_a_jacobian),
      cmocka_unit_test(inside_loops),
      cmocka_unit_test(tensor_arrays),
      cmocka_unit_test(hessians_of_loops),
  };
  return cmocka_run_group_tests_name("gradients of gradients", tests, NULL, NULL);
}
