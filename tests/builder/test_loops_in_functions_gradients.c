/* Gradients of loops in functions of datasets (programs/loops_in_functions.py): the graphs and functions that
 * TensorFlow 1.15 builds. */
#include "loops_in_functions.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define L HR_OPERANDS

static hr_output slope(hr_scope s, hr_output y, hr_output x) {
  hr_gradient gradient = HR_NO_GRADIENT;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient);
  return gradient.value;
}
static hr_output as_float(hr_scope s, hr_outputs element) { return hr_tf_cast(s, element.items[0], HR_FLOAT); }
/* The number and a half. */
static hr_output between(hr_scope s, hr_outputs element) { return hr_plus(s, as_float(s, element), 0.5); }

LOOP(below_two, hr_return(results, hr_binary(s, "Less", i, 2));)
LOOP(below_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(below_four, hr_return(results, hr_binary(s, "Less", i, 4));)

/* The last variable of a loop that counts from 0 up, and `start`. */
static hr_output counted(hr_scope s, hr_output start, hr_loop_function condition, hr_loop_function body,
                         const void *v) {
  hr_output first = hr_constant(s, 0);
  hr_outputs both = hr_while_loop(s, HR_LIST(first, start), (&(hr_while_functions){condition, body, (void *)v}));
  return both.count == 2 ? both.items[1] : HR_NO_OUTPUT;
}
/* A body that counts on and returns an expression. */
#define COUNTED(name, expression) LOOP(name, hr_output next = hr_plus(s, i, 1); BOTH(next, expression);)

/* ---- programs ---------------------------------------------------------------------------------------------------- */

COUNTED(times_x_w, hr_times(s, hr_times(s, a, V->x), V->y))
LOOP(pair_body, hr_output next = hr_plus(s, i, 1); hr_output b = a; a = variables.items[1];
     hr_output product = hr_times(s, a, hr_sin(s, b)); hr_output square = hr_times(s, a, a);
     return_all(results, 3, (hr_output[]){next, product, hr_plus(s, b, square)});)

static void plain(void *w, hr_scope s, hr_outputs element, hr_results *results) {
  values v = {.x = as_float(s, element), .y = *(hr_output *)w};
  hr_output power = counted(s, v.x, below_three, times_x_w, &v), first = hr_constant(s, 0);
  hr_output start[] = {first, v.x, hr_constant(s, 0.5)};
  hr_outputs pair = hr_while_loop(s, ((hr_outputs){3, start}), FUNCTIONS(below_four, pair_body), .name = "pair",
                                  .maximum_iterations = HR_OPERAND(3));
  if (pair.count < 3) return;
  hr_output of_power = slope(s, power, v.x);
  hr_gradient of_pair = HR_NO_GRADIENT;
  hr_gradients(s, HR_LIST(pair.items[1], pair.items[2]), HR_LIST(v.x), &of_pair);
  return_all(results, 4, (hr_output[]){power, pair.items[1], of_power, of_pair.value});
}

COUNTED(times_matrix, hr_tf_matmul(s, a, V->x))
COUNTED(tanh_times_y, hr_times(s, hr_tanh(s, a), V->y))

static void of_vectors(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.y = hr_tf_cast(s, hr_tf_range(s, element.items[0], HR_NO_OPERAND, HR_NO_OPERAND), HR_FLOAT)};
  v.x = hr_constant(s, L(L(1.0, 0.5), L(0.25, 2.0)), .name = "m");
  hr_output product = counted(s, v.x, below_three, times_matrix, &v);
  hr_output grown = counted(s, v.y, below_three, tanh_times_y, &v), first = slope(s, product, v.x);
  return_all(results, 2, (hr_output[]){first, slope(s, grown, v.y)});
}

COUNTED(sine_times_x, hr_times(s, hr_sin(s, a), V->x))

static void of_gradients(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = between(s, element)};
  hr_output y = counted(s, v.x, below_three, sine_times_x, &v), first = slope(s, y, v.x);
  return_all(results, 3, (hr_output[]){y, first, slope(s, first, v.x)});
}

COUNTED(times_x, hr_times(s, a, V->x))
LOOP(around_times_x, hr_output inner = counted(s, a, below_two, times_x, V); hr_output next = hr_plus(s, i, 1);
     BOTH(next, hr_times(s, inner, a));)

static void of_nested(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = between(s, element)};
  hr_output y = counted(s, v.x, below_two, around_times_x, &v);
  return_all(results, 2, (hr_output[]){y, slope(s, y, v.x)});
}

BRANCH(y_squared, hr_times(s, V->y, V->y))
BRANCH(y_times_x_twice, hr_times(s, hr_times(s, V->y, V->x), 2.0))
LOOP(by_branch, values inner = {.x = V->x, .y = a}; hr_output next = hr_plus(s, i, 1);
     hr_output above = hr_binary(s, "Greater", a, 2.0);
     BOTH(next, hr_only(hr_cond(s, above, HR_BRANCH(y_squared, &inner), HR_BRANCH(y_times_x_twice, &inner))));)
LOOP(below_nine, hr_return(results, hr_binary(s, "Less", i, 9.0));)
LOOP(times_x_alone, hr_return(results, hr_times(s, a, V->x));)
BRANCH(loop_of_x,
       hr_only(hr_while_loop(s, HR_LIST(V->x), (&(hr_while_functions){below_nine, times_x_alone, (void *)V}))))
BRANCH(x_squared, hr_times(s, V->x, V->x))

static void of_branches(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = between(s, element)};
  hr_output inside = counted(s, v.x, below_three, by_branch, &v), above = hr_binary(s, "Greater", v.x, 1.0);
  hr_output around = hr_only(hr_cond(s, above, HR_BRANCH(loop_of_x, &v), HR_BRANCH(x_squared, &v)));
  hr_output first = slope(s, inside, v.x);
  return_all(results, 4, (hr_output[]){inside, around, first, slope(s, around, v.x)});
}

/* ---- rows, arrays, folds ----------------------------------------------------------------------------------------- */

/* The numbers x, x + 1, ... as floats. */
static hr_output row_of(hr_scope s, hr_output x, int count) {
  hr_output items[3] = {x};
  for (int i = 1; i < count; ++i)
    items[i] = hr_plus(s, x, i);
  return hr_tf_cast(s, hr_stack(s, ((hr_outputs){count, items})), HR_FLOAT);
}

static void square_times_second(void *v, hr_scope s, hr_outputs row, hr_results *results) {
  hr_output square = hr_times(s, row.items[0], row.items[0]);
  hr_return(results, hr_times(s, square, hr_at(s, *(hr_output *)v, HR_INDEX(1))));
}

static void of_maps(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output v = row_of(s, element.items[0], 2), y = hr_only(hr_map_fn(s, square_times_second, &v, HR_LIST(v)));
  return_all(results, 2, (hr_output[]){y, slope(s, y, v)});
}

static void product_and_row(void *unused, hr_scope s, hr_outputs a, hr_outputs b, hr_results *results) {
  (void)unused;
  hr_output product = hr_times(s, a.items[0], b.items[0]);
  hr_return(results, hr_plus(s, product, b.items[0]));
}
static void product(void *unused, hr_scope s, hr_outputs a, hr_outputs b, hr_results *results) {
  (void)unused;
  hr_return(results, hr_times(s, a.items[0], b.items[0]));
}

static void of_folds(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output v = row_of(s, element.items[0], 3), left = hr_only(hr_foldl(s, product_and_row, NULL, HR_LIST(v)));
  hr_output all = hr_only(hr_scan(s, product, NULL, HR_LIST(v))), first = slope(s, left, v);
  return_all(results, 4, (hr_output[]){left, first, all, slope(s, all, v)});
}

#define STATE(a) hr_tensor_array_with_flow(s, V->array, a)

LOOP(write_square, hr_output next = hr_plus(s, i, 1); hr_output square = hr_times(s, V->x, V->x);
     hr_output value = hr_times(s, square, hr_tf_cast(s, i, HR_FLOAT));
     BOTH(next, hr_tensor_array_flow(hr_tensor_array_write(s, STATE(a), i, value)));)
LOOP(write_next, hr_output next = hr_plus(s, i, 1);
     hr_output before = hr_tensor_array_read(s, STATE(a), hr_minus(s, i, 1));
     hr_output value = hr_times(s, before, V->x);
     BOTH(next, hr_tensor_array_flow(hr_tensor_array_write(s, STATE(a), i, value)));)

static void filled(hr_scope s, hr_output first, values v, hr_loop_function condition, hr_loop_function body,
                   hr_results *results) {
  hr_outputs both = hr_while_loop(s, HR_LIST(first, hr_tensor_array_flow(v.array)), FUNCTIONS(condition, body));
  if (both.count < 2) return;
  hr_output y = hr_tensor_array_stack(s, hr_tensor_array_with_flow(s, v.array, both.items[1]));
  return_all(results, 3, (hr_output[]){both.items[0], y, slope(s, y, v.x)});
}

static void of_arrays(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = as_float(s, element)};
  hr_output first = hr_constant(s, 0);
  v.array = hr_tensor_array_new(s, HR_FLOAT, 3);
  filled(s, first, v, below_three, write_square, results);
}

static void of_growing_arrays(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = as_float(s, element)};
  v.array = hr_tensor_array_new(s, HR_FLOAT, 1, .dynamic_size = true, .clear_after_read = false);
  v.array = hr_tensor_array_write(s, v.array, 0, v.x);
  filled(s, hr_constant(s, 1), v, below_four, write_next, results);
}

COUNTED(plus_row, hr_plus(s, a, hr_times(s, hr_tf_gather(s, V->y, i), a)))

static void of_rows(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output x = element.items[0], end = hr_plus(s, x, 6);
  hr_output numbers = hr_tf_cast(s, hr_tf_range(s, x, end, 1), HR_FLOAT);
  values v = {.y = hr_tf_reshape(s, numbers, HR_SHAPE(3, 2))};
  hr_output first = hr_constant(s, 0);
  hr_outputs both = hr_while_loop(s, HR_LIST(first, hr_ones(s, HR_SHAPE(2))), FUNCTIONS(below_three, plus_row));
  if (both.count == 2) return_all(results, 2, (hr_output[]){both.items[1], slope(s, both.items[1], v.y)});
}

/* ---- variables --------------------------------------------------------------------------------------------------- */

LOOP(
    after_update,
    hr_node *update = hr_update_resource(s, "AssignAddVariableOp", V->v, HR_NO_OPERANDS, L(1.0, 0.0, 1.0));
    hr_var_after(s, V->v, update); HR_WITH (later, hr_control_dependencies(s, 1, &update)) {
      hr_output next = hr_plus(later, i, 1);
      hr_output scaled = hr_times(later, a, V->x);
      hr_output sum = hr_reduce_sum(later, hr_var_read(later, V->v));
      BOTH(next, hr_times(later, scaled, sum));
    })
LOOP(times_element, hr_output next = hr_plus(s, i, 1); hr_output scaled = hr_times(s, a, V->x);
     BOTH(next, hr_times(s, scaled, hr_tf_gather(s, V->v, i)));)

static void with_variable(hr_var *variable, hr_scope s, hr_outputs element, hr_loop_function condition,
                          hr_loop_function body, hr_results *results) {
  values v = {.x = as_float(s, element), .v = variable};
  hr_output y = counted(s, v.x, condition, body, &v);
  return_all(results, 2, (hr_output[]){y, slope(s, y, v.x)});
}
static void of_effects(void *variable, hr_scope s, hr_outputs element, hr_results *results) {
  with_variable(variable, s, element, below_two, after_update, results);
}
static void of_variable_rows(void *variable, hr_scope s, hr_outputs element, hr_results *results) {
  with_variable(variable, s, element, below_three, times_element, results);
}

/* ---- again ------------------------------------------------------------------------------------------------------- */

LOOP(stopped, hr_output next = hr_plus(s, i, 1); hr_output b = variables.items[1];
     hr_output scaled = hr_times(s, b, V->x); hr_output still = hr_times(s, hr_stop_gradient(s, b), a);
     return_all(results, 3, (hr_output[]){next, hr_plus(s, scaled, still), a});)

static void twice(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = as_float(s, element)};
  hr_output start[] = {hr_constant(s, 0), v.x, HR_NO_OUTPUT};
  start[2] = hr_plus(s, v.x, 1);
  hr_outputs y = hr_while_loop(s, ((hr_outputs){3, start}), FUNCTIONS(below_three, stopped));
  if (y.count < 3) return;
  hr_output one = slope(s, y.items[1], v.x);
  const hr_gradient given[] = {hr_dense_gradient(hr_constant(s, 2.0)), hr_dense_gradient(v.x)};
  hr_gradient two = HR_NO_GRADIENT;
  hr_gradients(s, HR_LIST(y.items[1], y.items[2]), HR_LIST(v.x), &two, .grad_ys = given);
  return_all(results, 3, (hr_output[]){y.items[1], one, two.value});
}

static void below_limit(void *argument, hr_scope s, hr_outputs variables, hr_results *results) {
  const values *v = argument;
  hr_return(results, hr_binary(s, "Less", variables.items[0], hr_plus(s, v->n, 1)));
}
LOOP(around_sines, values inner = {.x = V->x, .n = i}; hr_output y = counted(s, a, below_limit, sine_times_x, &inner);
     hr_output next = hr_plus(s, i, 1); BOTH(next, hr_times(s, y, a));)

static void second_of_nested(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = between(s, element)};
  hr_output y = counted(s, v.x, below_two, around_sines, &v), first = slope(s, y, v.x);
  return_all(results, 3, (hr_output[]){y, first, slope(s, first, v.x)});
}

static void second_of_arrays(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  hr_output v = row_of(s, element.items[0], 2), y = hr_only(hr_map_fn(s, square_times_second, &v, HR_LIST(v)));
  hr_output first = slope(s, y, v);
  return_all(results, 2, (hr_output[]){first, slope(s, first, v)});
}

LOOP(strange, hr_output *in = (hr_output *)variables.items; hr_output out[5]; out[0] = hr_plus(s, i, 1);
     out[1] = hr_logical_not(s, in[1]); out[2] = hr_times(s, in[2], V->x); out[3] = hr_plus(s, in[3], "a");
     out[4] = hr_times(s, in[4], hr_tf_complex(s, in[2], V->x)); return_all(results, 5, out);)

static void of_strange_types(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = hr_tf_cast(s, element.items[0], HR_DOUBLE)};
  hr_output start[5];
  start[0] = hr_constant(s, 0), start[1] = hr_constant(s, (bool)true), start[2] = v.x, start[3] = hr_constant(s, "b");
  start[4] = hr_tf_complex(s, v.x, v.x);
  hr_outputs y = hr_while_loop(s, ((hr_outputs){5, start}), FUNCTIONS(below_three, strange));
  if (y.count < 5) return;
  hr_output first = slope(s, y.items[2], v.x);
  return_all(results, 5,
             (hr_output[]){y.items[2], first, slope(s, hr_tf_abs(s, y.items[4]), v.x), y.items[1], y.items[3]});
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static void functions(void **state) {
  (void)state;
  static const struct {
    hr_function_body function;
    const char *recorded;
  } cases[] = {{of_vectors, "gradients_of_vectors"},
               {of_gradients, "gradients_of_gradients"},
               {of_nested, "gradients_of_nested"},
               {of_branches, "gradients_of_branches"},
               {of_maps, "gradients_of_maps"},
               {of_folds, "gradients_of_folds"},
               {of_arrays, "gradients_of_arrays"},
               {of_rows, "gradients_of_rows"},
               {of_growing_arrays, "gradients_of_growing_arrays"},
               {twice, "gradients_twice"},
               {second_of_nested, "second_gradients_of_nested"},
               {second_of_arrays, "second_gradients_of_arrays"},
               {of_strange_types, "gradients_of_strange_types"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    char recorded[80];
    snprintf(recorded, sizeof recorded, "loops_in_functions.%s", cases[i].recorded);
    expect_mapped(cases[i].function, recorded);
  }
}

static void captured_weight(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output w = hr_constant(t.root, 1.5, .name = "w");
  expect_mapped_with(&t, plain, &w, "Dataset_map_<lambda>", "loops_in_functions.gradients");
}

static void variables(void **state) {
  (void)state;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){3}, (float[]){1, 2, 3}, &start));
  for (int rows = 0; rows < 2; ++rows) {
    testing_graph t = testing_graph_new();
    hr_var *v = hr_get_variable(t.root, "v", .shape = HR_SHAPE(3), .initializer = hr_constant_initializer(&start),
                                .use_resource = HR_RESOURCE_TRUE);
    if (rows)
      expect_mapped_with(&t, of_variable_rows, v, "Dataset_map_function",
                         "loops_in_functions.gradients_of_variable_rows");
    else
      expect_mapped_with(&t, of_effects, v, "Dataset_map_function", "loops_in_functions.gradients_of_effects");
  }
  hr_tensor_clear(&start);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(functions), cmocka_unit_test(captured_weight),
                                     cmocka_unit_test(variables)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
