/* Gradients of plain graphs (programs/gradients.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static hr_output scalar(hr_scope s, double value, const char *name) { return hr_constant(s, value, .name = name); }

static void options(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = scalar(s, 3, "x"), y = scalar(s, 4, "y"), z = scalar(s, 5, "z");
  hr_output f = hr_add(s, hr_times(s, hr_times(s, x, x), y), y, .name = "f"), g = hr_mul(s, f, x, .name = "g");
  hr_gradient out[2];
  hr_gradients(s, HR_LIST(f), HR_LIST(x, y), out);
  hr_gradients(s, HR_LIST(f, g), HR_LIST(x, y), out, .name = "two");
  const hr_gradient given[] = {hr_dense_gradient(hr_constant(s, 10.0)), HR_NO_GRADIENT};
  hr_gradients(s, HR_LIST(f, g), HR_LIST(x, y), out, .grad_ys = given, .name = "given");
  hr_gradients(s, HR_LIST(g), HR_LIST(x, f), out, .stop_gradients = HR_LIST(f), .name = "stopped");
  hr_gradients(s, HR_LIST(g), HR_LIST(f, x), out, .name = "inner");
  hr_gradients(s, HR_LIST(f), HR_LIST(f), out, .name = "itself");
  hr_gradients(s, HR_LIST(f), HR_LIST(z), out, .name = "none");
  assert_false(hr_gradient_exists(out[0]));
  hr_gradients(s, HR_LIST(f), HR_LIST(z), out, .zero_unconnected = true, .name = "zero");
  hr_output stopped = hr_times(s, hr_stop_gradient(s, f), x);
  hr_gradients(s, HR_LIST(stopped), HR_LIST(x, y), out, .name = "stop_op");
  assert_false(hr_gradient_exists(out[1]));
  hr_output doubled = hr_times(s, hr_tf_cast(s, x, HR_INT32), 2);
  hr_gradients(s, HR_LIST(doubled), HR_LIST(x), out, .name = "integers");
  assert_false(hr_gradient_exists(out[0]));
  testing_graph_expect(&t, "gradients.options");
}

static void sum_up(int count, const hr_aggregation_method *methods, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, HR_OPERANDS(1.0, 2.0), .name = "x"), terms[4] = {hr_exp(s, x)};
  terms[1] = hr_square(s, x);
  terms[2] = x;
  terms[3] = hr_times(s, x, 3.0);
  hr_output y = hr_tf_add_n(s, ((hr_outputs){4, terms}), .name = "y");
  hr_gradient out;
  for (int i = 0; i < count; ++i)
    hr_gradients(s, HR_LIST(y), HR_LIST(x), &out, .aggregation = methods[i]);
  testing_graph_expect(&t, recorded_case);
}

static void aggregation(void **state) {
  (void)state;
  const hr_aggregation_method methods[] = {HR_AGGREGATION_ADD_N, HR_AGGREGATION_EXPERIMENTAL_TREE,
                                           HR_AGGREGATION_EXPERIMENTAL_ACCUMULATE_N};
  sum_up(2, methods, "gradients.aggregation");
  sum_up(1, methods + 2, "gradients.accumulate_n");
}

/* What arrives is a number, a list, a tensor, or left out. */
static void given_numbers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *x = hr_tf_variable(s, HR_OPERANDS(1.0, 2.0), .name = "x");
  hr_output y = hr_square(s, hr_var_value(x), .name = "y"), z = hr_binary(s, "Mul", x, 3.0, .name = "z");
  hr_outputs xs = HR_LIST(hr_var_ref(x));
  hr_operands pair = HR_OPERANDS(2.0, 3.0), other = HR_OPERANDS(1.0, 5.0);
  hr_gradient out;
  hr_gradients(s, HR_LIST(y, z), xs, &out, .grad_y_values = HR_OPERANDS(pair, HR_NO_OPERAND).items);
  const hr_gradient given[] = {hr_dense_gradient(hr_ones(s, HR_SHAPE(2))), HR_NO_GRADIENT,
                               hr_dense_gradient(hr_var_value(x))};
  hr_gradients(s, HR_LIST(z, y, z), xs, &out, .grad_ys = given,
               .grad_y_values = HR_OPERANDS(HR_NO_OPERAND, other, HR_NO_OPERAND).items);
  hr_gradients(s, HR_LIST(hr_reduce_sum(s, y)), xs, &out, .grad_y_values = HR_OPERANDS(0.5).items, .name = "half");
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "gradients.given_numbers");
}

/* ---- compositions ---------------------------------------------------------------------------------------------- */

static void three_exps(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *x = hr_tf_variable(s, 0.5, .name = "x");
  hr_output y = hr_exp(s, hr_exp(s, hr_exp(s, hr_var_value(x))));
  hr_gradient out;
  hr_gradients(s, HR_LIST(y), HR_LIST(hr_var_ref(x)), &out);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "gradients.three_exps");
}

static void sine_loop(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *a = hr_tf_variable(s, 0.2, .name = "a"), *b = hr_tf_variable(s, 0.3, .name = "b");
  hr_output z = scalar(s, 0, "z0");
  for (int i = 0; i < 20; ++i) {
    hr_output cosine = hr_times(s, a, hr_cos(s, hr_plus(s, z, i)));
    z = hr_plus(s, cosine, hr_times(s, z, hr_sin(s, hr_minus(s, b, i))));
  }
  hr_gradient out[2];
  hr_gradients(s, HR_LIST(z), HR_LIST(hr_var_ref(a), hr_var_ref(b)), out);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "gradients.sine_loop");
}

static hr_output cube(hr_scope s, hr_output x) { return hr_times(s, hr_times(s, x, x), x); }

static void hessian_by_hand(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, HR_OPERANDS(1.0, 2.0, 3.0), .name = "x"), sum = hr_reduce_sum(s, cube(s, x));
  hr_output first = hr_at(s, x, HR_INDEX(0));
  hr_output f = hr_plus(s, sum, hr_times(s, first, hr_at(s, x, HR_INDEX(1))));
  hr_gradient slope, out;
  hr_gradients(s, HR_LIST(f), HR_LIST(x), &slope);
  hr_output length = hr_reduce_sum(s, hr_square(s, slope.value));
  hr_gradients(s, HR_LIST(length), HR_LIST(x), &out);
  testing_graph_expect(&t, "gradients.hessians");
}

/* Rows of what was clipped: the gradient comes in rows, and is made dense where it is read. */
static void clipped_rows(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  const float numbers[] = {3, 4, 0.3f, 0.4f, 0, 0};
  hr_output x = HR_NO_OUTPUT;
  HR_WITH (named, hr_name_scope(s, "x"))
    x = hr_placeholder_with_default(named, hr_constant_array(named, HR_FLOAT, HR_SHAPE(3, 2), numbers, .name = "input"),
                                    HR_SHAPE(-1, 2), .name = hr_scope_name(named));
  const hr_operand axes[] = {HR_NO_OPERAND, HR_AXES(1)};
  hr_gradient out;
  for (int i = 0; i < 2; ++i) {
    hr_output clipped = hr_clip_by_norm(s, x, 1.0, .axes = axes[i]);
    hr_gradients(s, HR_LIST(hr_tf_gather(s, clipped, HR_INTS(0, 2, 1))), HR_LIST(x), &out);
  }
  hr_output two = hr_constant(s, 2.0), quotient = hr_truediv(s, two, hr_at(s, x, HR_SLICE(HR_OPEN, 2)));
  hr_gradients(s, HR_LIST(hr_tf_gather(s, quotient, HR_INTS(1), .name = "rows")), HR_LIST(x), &out);
  testing_graph_expect(&t, "gradients.clipped_rows");
}

/* ---- second derivatives ---------------------------------------------------------------------------------------- */

#define FUNCTION(name, ...)                                                                                            \
  static hr_output name(hr_scope s, hr_output x, hr_output y) {                                                        \
    (void)y;                                                                                                           \
    return __VA_ARGS__;                                                                                                \
  }
FUNCTION(bias_add, hr_square(s, hr_tf_bias_add(s, x, hr_at(s, y, HR_INDEX(0)))))
FUNCTION(cross_entropy, hr_softmax_cross_entropy_with_logits_v2(s, y, x))
FUNCTION(division, hr_truediv(s, hr_truediv(s, x, y), x))
FUNCTION(elu, hr_elu(s, x))
FUNCTION(exponential, hr_exp(s, x))
FUNCTION(inverse, hr_matrix_inverse(s, x))
FUNCTION(logarithm, hr_log(s, hr_abs(s, x)))
FUNCTION(log_softmax, hr_times(s, hr_tf_log_softmax(s, x), y))
FUNCTION(matmul, hr_tf_matmul(s, hr_tf_matmul(s, x, y), x, .transpose_b = true))
static hr_output maximum(hr_scope s, hr_output x, hr_output y) {
  hr_output square = hr_times(s, x, x);
  return hr_maximum(s, square, hr_times(s, y, x));
}
FUNCTION(mean, hr_reduce_mean(s, hr_times(s, hr_square(s, x), x), .axis = HR_AXIS(0)))
FUNCTION(power, hr_pow(s, hr_abs(s, x), y))
FUNCTION(product, hr_times(s, hr_times(s, x, x), y))
FUNCTION(reciprocal, hr_reciprocal(s, x))
FUNCTION(relu, hr_times(s, hr_relu(s, x), x))
FUNCTION(reciprocal_root, hr_rsqrt(s, hr_abs(s, x)))
FUNCTION(selu, hr_selu(s, x))
FUNCTION(sigmoid, hr_sigmoid(s, x))
FUNCTION(softmax, hr_times(s, hr_tf_softmax(s, x), y))
FUNCTION(softplus, hr_softplus(s, x))
FUNCTION(root, hr_sqrt(s, hr_abs(s, x)))
FUNCTION(square, hr_times(s, hr_square(s, x), y))
FUNCTION(squared_difference, hr_times(s, hr_squared_difference(s, x, y), x))
FUNCTION(hyperbolic_tangent, hr_tanh(s, x))

static void second_order(void **state) {
  (void)state;
  static const struct {
    const char *name;
    hr_output (*call)(hr_scope s, hr_output x, hr_output y);
  } all[] = {{"bias_add", bias_add},
             {"cross_entropy", cross_entropy},
             {"division", division},
             {"elu", elu},
             {"exp", exponential},
             {"inverse", inverse},
             {"log", logarithm},
             {"log_softmax", log_softmax},
             {"matmul", matmul},
             {"maximum", maximum},
             {"mean", mean},
             {"power", power},
             {"product", product},
             {"reciprocal", reciprocal},
             {"relu", relu},
             {"rsqrt", reciprocal_root},
             {"selu", selu},
             {"sigmoid", sigmoid},
             {"softmax", softmax},
             {"softplus", softplus},
             {"sqrt", root},
             {"square", square},
             {"squared_difference", squared_difference},
             {"tanh", hyperbolic_tangent}};
  testing_graph t = testing_graph_new();
  hr_output x = hr_constant_array(t.root, HR_FLOAT, HR_SHAPE(2, 2), ((float[]){0.3f, -0.6f, 0.9f, 0.2f}), .name = "x");
  hr_output y = hr_constant_array(t.root, HR_FLOAT, HR_SHAPE(2, 2), ((float[]){1.5f, 0.5f, -0.25f, 2}), .name = "y");
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    HR_WITH (s, hr_name_scope(t.root, all[i].name)) {
      hr_gradient first[2], second[2];
      hr_gradients(s, HR_LIST(all[i].call(s, x, y)), HR_LIST(x, y), first, .name = "first");
      hr_output known[2];
      int32_t count = 0;
      for (int k = 0; k < 2; ++k)
        if (hr_gradient_exists(first[k])) known[count++] = first[k].value;
      hr_gradients(s, ((hr_outputs){count, known}), HR_LIST(x, y), second, .name = "second");
    }
  testing_graph_expect(&t, "gradients.second_order");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(options),       cmocka_unit_test(aggregation),
                                     cmocka_unit_test(given_numbers), cmocka_unit_test(three_exps),
                                     cmocka_unit_test(sine_loop),     cmocka_unit_test(hessian_by_hand),
                                     cmocka_unit_test(clipped_rows),  cmocka_unit_test(second_order)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
