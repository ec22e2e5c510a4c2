/* Loops in functions of datasets (programs/loops_in_functions.py): the graphs and functions that TensorFlow 1.15
 * builds. Their gradients stand in test_loops_in_functions_gradients.c. */
#include "loops_in_functions.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* ---- conditions and bodies --------------------------------------------------------------------------------------- */

LOOP(below_x, hr_return(results, hr_binary(s, "Less", i, V->x));)
LOOP(below_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(below_ten, hr_return(results, hr_binary(s, "Less", i, 10));)
LOOP(above_one, hr_return(results, hr_binary(s, "Greater", i, 1));)
LOOP(more, hr_return(results, hr_plus(s, i, 1));)
LOOP(more_by_two, hr_return(results, hr_plus(s, i, 2));)
LOOP(less_by_two, hr_return(results, hr_minus(s, i, 2));)
LOOP(doubled, hr_return(results, hr_times(s, i, 2));)
LOOP(more_and_sum, hr_output next = hr_plus(s, i, 1); hr_output part = hr_times(s, i, V->y);
     BOTH(next, hr_plus(s, a, part));)

static hr_outputs loop(hr_scope s, hr_output x, hr_loop_function condition, hr_loop_function body, const values *v) {
  return hr_while_loop(s, HR_LIST(x), (&(hr_while_functions){condition, body, (void *)v}));
}

/* ---- programs ---------------------------------------------------------------------------------------------------- */

static void simple(void *scale, hr_scope s, hr_outputs element, hr_results *results) {
  values v = {.x = element.items[0], .y = *(hr_output *)scale};
  hr_outputs pair = hr_while_loop(s, HR_LIST(zero(s), v.x), FUNCTIONS(below_x, more_and_sum));
  hr_outputs limited = hr_while_loop(s, HR_LIST(zero(s)), FUNCTIONS(below_x, more), .maximum_iterations = HR_OPERAND(2),
                                     .name = "limited");
  hr_output limit = hr_tf_cast(s, v.x, HR_INT32);
  hr_outputs by_tensor =
      hr_while_loop(s, HR_LIST(v.x), FUNCTIONS(below_ten, more), .maximum_iterations = HR_OPERAND(limit));
  hr_outputs kept = hr_while_loop(s, HR_LIST(zero(s)), FUNCTIONS(below_x, more_by_two));
  return_all(results, 5,
             (hr_output[]){pair.items[0], pair.items[1], hr_only(limited), hr_only(by_tensor), hr_only(kept)});
}

static void is_even(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output rest = hr_only(loop(s, element.items[0], above_one, less_by_two, NULL));
  hr_return(results, hr_only(HR_LIST(hr_binary(s, "Equal", rest, 0))));
}

static void filters(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output numbers = hr_dataset_range(s, 0, 8, 1);
  const hr_defined *even = hr_dataset_function(s, numbers, "Dataset_filter_<lambda>", is_even, NULL);
  expect_elements(&t, hr_dataset_filter(s, numbers, even), "loops_in_functions.filters");
}

LOOP(below_outer, hr_return(results, hr_binary(s, "Less", i, V->x));)
LOOP(more_and_loop, values inner = {.x = i}; hr_output next = hr_plus(s, i, 1);
     BOTH(next, hr_only(loop(s, a, below_outer, more_by_two, &inner)));)
BRANCH(doubled_to_ten, hr_only(loop(s, V->x, below_ten, doubled, V)))
BRANCH(x_itself, V->x)
BRANCH(x_plus_two, hr_plus(s, V->x, 2))
BRANCH(x_plus_one, hr_plus(s, V->x, 1))
LOOP(by_branch, values inner = {.x = i}; hr_output above = hr_binary(s, "Greater", i, 1);
     hr_return(results, hr_only(hr_cond(s, above, HR_BRANCH(x_plus_two, &inner), HR_BRANCH(x_plus_one, &inner))));)

static void nested(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = element.items[0]};
  hr_outputs pair = {0, NULL};
  HR_WITH (outer, hr_name_scope(s, "outer"))
    pair = hr_while_loop(outer, HR_LIST(zero(outer), v.x), FUNCTIONS(below_x, more_and_loop));
  hr_output above = hr_binary(s, "Greater", v.x, 1);
  hr_outputs branch = hr_cond(s, above, HR_BRANCH(doubled_to_ten, &v), HR_BRANCH(x_itself, &v));
  hr_outputs inside = loop(s, v.x, below_three, by_branch, &v);
  if (pair.count == 2)
    return_all(results, 4, (hr_output[]){pair.items[0], pair.items[1], hr_only(branch), hr_only(inside)});
}

LOOP(is_short, hr_return(results, hr_binary(s, "Less", hr_tf_size(s, a), 7));)
LOOP(longer, hr_output next = hr_plus(s, i, 1); BOTH(next, hr_tf_concat(s, HR_LIST(a, V->y), 0));)
LOOP(below_as_row, hr_return(results, hr_tf_reshape(s, hr_binary(s, "Less", i, V->x), HR_SHAPE(1)));)
LOOP(exchanged, hr_output next = hr_plus(s, i, 1);
     return_all(results, 3, (hr_output[]){next, a, hr_plus(s, variables.items[1], i)});)

static void shapes(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = element.items[0], .y = hr_constant(s, HR_OPERANDS(1.0, 2.0))};
  hr_outputs grown = hr_while_loop(s, HR_LIST(v.x, v.y), FUNCTIONS(is_short, longer),
                                   .shape_invariants = HR_SHAPES(HR_SHAPE(), HR_SHAPE(-1)), .parallel_iterations = 3);
  hr_output first = zero(s), b = hr_plus(s, v.x, 1);
  hr_outputs named = hr_while_loop(s, HR_LIST(first, v.x, b), FUNCTIONS(below_as_row, exchanged));
  if (grown.count == 2 && named.count == 3)
    return_all(results, 4, (hr_output[]){grown.items[0], grown.items[1], named.items[1], named.items[2]});
}

LOOP(with_effects, hr_var_after(s, V->v, hr_update_resource(s, "AssignAddVariableOp", V->v, HR_NO_OPERANDS, 1.0));
     hr_output next = hr_plus(s, i, 1); hr_output sum = hr_plus(s, a, hr_var_read(s, V->v));
     hr_output noise = hr_times(s, 0.0, hr_tf_random_uniform(s, HR_SHAPE(), .seed = 2));
     BOTH(next, hr_plus(s, sum, noise));)

static void effects(void *variable, hr_scope s, hr_outputs element, hr_results *results) {
  values v = {.x = element.items[0], .v = variable};
  hr_output first = zero(s);
  hr_outputs both = hr_while_loop(s, HR_LIST(first, hr_constant(s, 0.0)), FUNCTIONS(below_x, with_effects));
  if (both.count == 2) return_all(results, 2, both.items);
}

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

#define ARRAY(dtype, size, ...) hr_tensor_array_new(s, dtype, size, ##__VA_ARGS__)

static void arrays(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output x = element.items[0], r[7];
  hr_tensor_array *a = hr_tensor_array_write(s, ARRAY(HR_INT64, 3, .element_shape = HR_SHAPE()), 0, x);
  a = hr_tensor_array_write(s, a, 1, hr_plus(s, x, 1));
  a = hr_tensor_array_write(s, a, 2, x);
  hr_tensor_array *b = ARRAY(HR_INT64, 3);
  b = hr_tensor_array_unstack(s, b, hr_tensor_array_stack(s, a));
  hr_output five = hr_constant(s, HR_INTS(5), .dtype = HR_INT64);
  hr_tensor_array *c = hr_tensor_array_scatter(s, b, HR_INTS(1), five), *d = ARRAY(HR_INT64, 2);
  d = hr_tensor_array_split(s, d, hr_tensor_array_gather(s, a, HR_INTS(0, 1)), HR_INTS(1, 1));
  hr_tensor_array *e = hr_tensor_array_write(s, ARRAY(HR_INT64, 0, .dynamic_size = true), 2, x);
  e = hr_tensor_array_write(s, e, hr_tf_cast(s, x, HR_INT32), x);
  r[0] = hr_tensor_array_stack(s, a), r[1] = hr_tensor_array_read(s, b, 1), r[2] = hr_tensor_array_size(s, c);
  r[3] = hr_tensor_array_stack(s, c), r[4] = hr_tensor_array_concat(s, d), r[5] = hr_tensor_array_stack(s, e);
  r[6] = hr_tensor_array_read(s, hr_tensor_array_identity(s, a), 0);
  return_all(results, 7, r);
}

LOOP(write_product, const values *v = V; hr_output next = hr_plus(s, i, 1);
     hr_tensor_array *array = hr_tensor_array_with_flow(s, v->array, a);
     array = hr_tensor_array_write(s, array, i, hr_times(s, v->x, hr_tf_cast(s, i, HR_INT64)));
     BOTH(next, hr_tensor_array_flow(array));)

static void arrays_in_loops(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output first = hr_constant(s, 0);
  values v = {.x = element.items[0], .array = ARRAY(HR_INT64, 3)};
  hr_outputs both =
      hr_while_loop(s, HR_LIST(first, hr_tensor_array_flow(v.array)), FUNCTIONS(below_three, write_product));
  if (both.count < 2) return;
  hr_return(results, both.items[0]);
  hr_return(results, hr_tensor_array_stack(s, hr_tensor_array_with_flow(s, v.array, both.items[1])));
}

static void product_and_float(void *x, hr_scope s, hr_outputs row, hr_results *results) {
  hr_return(results, hr_times(s, row.items[0], *(hr_output *)x));
  hr_return(results, hr_tf_cast(s, row.items[0], HR_FLOAT));
}
static void sum_of_both(void *unused, hr_scope s, hr_outputs row, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, row.items[0], row.items[1]));
}

static void maps(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output x = element.items[0], numbers = hr_tf_range(s, x, HR_NO_OPERAND, HR_NO_OPERAND);
  hr_outputs pair = hr_map_fn(s, product_and_float, &x, HR_LIST(numbers), .dtypes = HR_TYPES(HR_INT64, HR_FLOAT));
  hr_output first = hr_constant(s, HR_OPERANDS(HR_INTS(1, 2), HR_INTS(3, 4)));
  hr_output second = hr_constant(s, HR_OPERANDS(HR_INTS(5, 6), HR_INTS(7, 8)));
  hr_outputs rows =
      hr_map_fn(s, sum_of_both, NULL, HR_LIST(first, second), .dtypes = HR_TYPES(HR_INT32), .name = "rows");
  if (pair.count == 2) return_all(results, 3, (hr_output[]){pair.items[0], pair.items[1], hr_only(rows)});
}

static void add_product(void *x, hr_scope s, hr_outputs sum, hr_outputs row, hr_results *results) {
  hr_output product = hr_times(s, row.items[0], *(hr_output *)x);
  hr_return(results, hr_plus(s, sum.items[0], product));
}

static void folds(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output x = element.items[0], r[5];
  hr_output rows = hr_constant(s, HR_INTS(1, 2, 3), .dtype = HR_INT64);
  r[0] = hr_only(hr_foldl(s, add_product, &x, HR_LIST(rows))),
  r[1] = hr_only(hr_foldr(s, add_product, &x, HR_LIST(rows)));
  r[2] = hr_only(hr_foldl(s, add_product, &x, HR_LIST(rows), .initializer = HR_OPERANDS(x)));
  r[3] = hr_only(hr_scan(s, add_product, &x, HR_LIST(rows)));
  r[4] = hr_only(hr_scan(s, add_product, &x, HR_LIST(rows), .initializer = HR_OPERANDS(x), .reverse = true));
  return_all(results, 5, r);
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static void mapped(void **state) {
  (void)state;
  expect_mapped(nested, "loops_in_functions.nested"), expect_mapped(shapes, "loops_in_functions.shapes");
}
static void mapped_arrays(void **state) {
  (void)state;
  expect_mapped(arrays, "loops_in_functions.arrays"), expect_mapped(maps, "loops_in_functions.maps");
  expect_mapped(arrays_in_loops, "loops_in_functions.arrays_in_loops");
  expect_mapped(folds, "loops_in_functions.folds");
}

static void with_capture(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output scale = hr_constant(t.root, 3, .dtype = HR_INT64, .name = "scale");
  expect_mapped_with(&t, simple, &scale, "Dataset_map_function", "loops_in_functions.simple");
}

static void with_variable(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 7);
  hr_var *v = hr_get_variable(t.root, "v", .shape = HR_SHAPE(), .initializer = hr_constant_initializer(1.0),
                              .use_resource = HR_RESOURCE_TRUE);
  expect_mapped_with(&t, effects, v, "Dataset_map_<lambda>", "loops_in_functions.effects");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(filters), cmocka_unit_test(mapped),
                                     cmocka_unit_test(mapped_arrays), cmocka_unit_test(with_capture),
                                     cmocka_unit_test(with_variable)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
