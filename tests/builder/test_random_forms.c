/* Random functions in their forms (programs/random_forms.py, random_distributions.py): the graphs that TensorFlow 1.15
 * builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L             HR_OPERANDS
#define IN            HR_INTS
#define FROM_TO(a, b) .minval = HR_OPERAND(a), .maxval = HR_OPERAND(b)

static hr_output with_default(hr_scope s, const char *name, hr_operand value, hr_partial_shape shape) {
  return CALL_OP(s, "PlaceholderWithDefault", name, L(value), {"shape", HR_ATTR_SHAPE_VALUE(&shape)});
}

/* ---- programs/random_forms.py ------------------------------------------------------------------------------------ */

static void book(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_tf_random_uniform(t.root, HR_SHAPE(9, 1), FROM_TO(-1.0, 1.0), .seed = 42);
  hr_graph_set_seed(t.graph, true, 42);
  hr_tf_random_uniform(t.root, HR_SHAPE(9, 1), FROM_TO(-1.0, 1.0), .seed = 42);
  testing_graph_expect(&t, "random_forms.book");
}

/* tf.multinomial. */
static void multinomial(hr_scope s, hr_operands logits, int count, int64_t seed) {
  HR_WITH (outer, hr_name_scope(s, "multinomial")) {
    int64_t first, second;
    hr_output x = hr_convert(outer, HR_OPERAND(logits), HR_INVALID, "logits");
    hr_scope_seeds(outer, seed, &first, &second);
    CALL_OP(outer, "Multinomial", NULL, L(x, count), {"seed", HR_ATTR_INT_VALUE(first)},
            {"seed2", HR_ATTR_INT_VALUE(second)});
  }
}

static void functions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 7);
  hr_scope s = t.root;
  hr_output n = with_default(s, "n", HR_OPERAND(3), HR_SHAPE());
  hr_tf_random_uniform(s, HR_SHAPE(3)), hr_tf_random_uniform(s, HR_SHAPE(2, 2), FROM_TO(5, 9), .dtype = HR_INT32);
  hr_tf_random_uniform(s, HR_SHAPE(2), .maxval = HR_OPERAND(100), .dtype = HR_INT64);
  hr_tf_random_uniform(s, L(n), .dtype = HR_DOUBLE), hr_tf_random_uniform(s, HR_SHAPE(), FROM_TO(0.0, 1.0));
  hr_tf_random_uniform(s, hr_tf_shape(s, IN(1, 2)));
  hr_tf_random_shuffle(s, hr_tf_range(s, 8, HR_NO_OPERAND, HR_NO_OPERAND));
  hr_tf_random_shuffle(s, L(IN(1, 2), IN(3, 4), IN(5, 6)), .seed = 3);
  hr_random_crop(s, hr_tf_range(s, 10, HR_NO_OPERAND, HR_NO_OPERAND), IN(4));
  multinomial(s, L(L(0.0, 1.0, 2.0)), 5, HR_NO_SEED), multinomial(s, L(L(1.0, 1.0)), 4, 2);
  hr_categorical(s, L(L(0.0, 0.0)), 3), hr_tf_random_uniform(s, HR_SHAPE(2, 0));
  hr_output limits = hr_constant(s, L(1.0, 2.0, 3.0));
  hr_tf_random_uniform(s, HR_SHAPE(3), FROM_TO(0.0, limits)), hr_tf_random_uniform(s, HR_SHAPE(300), .seed = 1);
  hr_tf_random_uniform(s, HR_SHAPE(2), .dtype = HR_HALF);
  testing_graph_expect(&t, "random_forms.functions");
}

static void normals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_random_normal(s, HR_SHAPE(3, 1), .seed = 1), hr_random_normal(s, HR_SHAPE(2), .mean = 1, .stddev = 2, .seed = 2);
  hr_tf_truncated_normal(s, HR_SHAPE(3), .stddev = 0.5, .seed = 3);
  hr_tf_truncated_normal(s, HR_SHAPE(2, 2), .mean = -1, .seed = 4);
  hr_random_normal(s, HR_SHAPE(2), .dtype = HR_DOUBLE, .seed = 5), hr_random_normal(s, HR_SHAPE(0));
  hr_random_normal(s, HR_SHAPE(300), .seed = 6), hr_tf_truncated_normal(s, HR_SHAPE(300), .seed = 7);
  hr_random_normal(s, HR_SHAPE(2), .mean_tensor = HR_OPERAND(L(10.0, 20.0)), .stddev_tensor = HR_OPERAND(L(1.0, 2.0)),
                   .seed = 8);
  testing_graph_expect(&t, "random_forms.normals");
}

static void runs_and_sessions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tf_random_uniform(s, HR_SHAPE(2), .seed = 1, .name = "a"),
      hr_tf_random_uniform(s, HR_SHAPE(2), .seed = 1, .name = "b");
  hr_graph_set_seed(t.graph, true, 9);
  hr_tf_random_uniform(s, HR_SHAPE(2), .name = "c"), hr_constant(s, 0);
  hr_tf_random_uniform(s, HR_SHAPE(2), .name = "d");
  testing_graph_expect(&t, "random_forms.runs_and_sessions");
}

static void dropouts(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 5);
  hr_scope s = t.root;
  hr_output x = hr_ones(s, HR_SHAPE(4, 5), .name = "x");
  hr_dropout(s, x, 0.5);
  hr_output second = hr_dropout(s, x, 0.5, .seed = 1);
  hr_dropout(s, x, 0.25, .seed = 2), hr_dropout(s, x, 0.5, .noise_shape = HR_DIMS(HR_SHAPE(4, 1)), .seed = 3);
  hr_output keep = hr_constant(s, 0.5);
  hr_dropout(s, x, hr_minus(s, 1, keep), .seed = 4);
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(second), HR_LIST(x), &gradient);
  testing_graph_expect(&t, "random_forms.dropouts");
}

/* ---- programs/random_distributions.py ---------------------------------------------------------------------------- */

static void gamma_numbers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_scope s = t.root;
  hr_output alpha = with_default(s, "alpha", HR_OPERAND(L(L(0.3, 1.0, 2.5))), HR_SHAPE(-1, 3));
  hr_tf_random_gamma(s, HR_SHAPE(5), L(0.01, 0.5, 1.0, 3.0, 70.0), .seed = 1);
  hr_tf_random_gamma(s, HR_SHAPE(2, 3), alpha, .seed = 2);
  hr_tf_random_gamma(s, HR_SHAPE(), L(1.0, 2.0), .beta = HR_OPERAND(L(L(2.0), L(0.5))), .seed = 3);
  hr_tf_random_gamma(s, HR_SHAPE(4), 0.7, .beta = HR_OPERAND(3), .dtype = HR_DOUBLE);
  hr_output halves = hr_constant(s, L(0.5, 8.0), .dtype = HR_HALF);
  hr_tf_random_gamma(s, HR_SHAPE(4), halves, .dtype = HR_HALF, .seed = 4);
  hr_tf_random_gamma(s, HR_SHAPE(0), L(1.0, 2.0));
  hr_tf_random_gamma(s, hr_tf_shape(s, alpha), 3.0, .seed = 5, .name = "named");
  hr_tf_random_gamma(s, HR_SHAPE(700), L(0.2, 1.0, 9.0), .seed = 6);
  testing_graph_expect(&t, "random_distributions.gamma");
}

static void gamma_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output alpha = hr_constant(s, L(0.4, 1.0, 2.5, 30.0)), beta = hr_constant(s, L(L(1.0), L(3.0)));
  hr_output sample = hr_tf_random_gamma(s, HR_SHAPE(3, 2), alpha, .beta = HR_OPERAND(beta), .seed = 5);
  hr_output wide = hr_constant(s, L(0.3, 7.0, 150.0), .dtype = HR_DOUBLE);
  hr_output drawn = hr_tf_random_gamma(s, HR_SHAPE(20), wide, .dtype = HR_DOUBLE, .seed = 8);
  hr_gradient gradients[2];
  hr_gradients(s, HR_LIST(sample), HR_LIST(alpha, beta), gradients);
  hr_gradients(s, HR_LIST(hr_square(s, drawn)), HR_LIST(wide), gradients);
  testing_graph_expect(&t, "random_distributions.gamma_gradients");
}

static hr_output rates(hr_scope s, hr_dtype dtype) { return hr_constant(s, IN(4, 40), .dtype = dtype); }

static void poisson(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 12);
  hr_scope s = t.root;
  hr_output rate = with_default(s, "rate", HR_OPERAND(L(0.5, 20.0)), HR_SHAPE(-1));
  hr_tf_random_poisson(s, L(0.1, 3.0, 9.9, 10.0, 50.0, 12345.0), HR_SHAPE(4), .seed = 1);
  hr_tf_random_poisson(s, rate, HR_SHAPE(2, 3), .seed = 2), hr_tf_random_poisson(s, 3, HR_SHAPE(), .seed = 3);
  hr_tf_random_poisson(s, L(L(1.0), L(2.0)), HR_SHAPE(2), .dtype = HR_DOUBLE);
  static const hr_dtype dtypes[] = {HR_INT32, HR_INT64, HR_HALF};
  for (int i = 0; i < 3; ++i)
    hr_tf_random_poisson(s, rates(s, dtypes[i]), HR_SHAPE(3), .dtype = dtypes[i], .seed = 4 + i);
  hr_tf_random_poisson(s, L(2.0), HR_SHAPE(0));
  hr_tf_random_poisson(s, L(0.0, -1.0), HR_SHAPE(2), .seed = 7, .name = "named");
  hr_tf_random_poisson(s, L(2.0, 15.0), HR_SHAPE(600), .seed = 8);
  testing_graph_expect(&t, "random_distributions.poisson");
}

static void by_seed(hr_scope s, hr_operand seed) {
  hr_stateless_uniform(s, HR_SHAPE(7), seed);
  hr_stateless_uniform(s, HR_SHAPE(5), seed, FROM_TO(-1.0, 3.0), .dtype = HR_DOUBLE);
  hr_stateless_uniform(s, HR_SHAPE(5), seed, .dtype = HR_HALF);
  hr_stateless_uniform(s, HR_SHAPE(5), seed, FROM_TO(-3, 1000), .dtype = HR_INT32);
  hr_stateless_uniform(s, HR_SHAPE(2, 3), seed, FROM_TO(0, (int64_t)1 << 50), .dtype = HR_INT64);
  hr_stateless_normal(s, HR_SHAPE(7), seed);
  hr_stateless_normal(s, HR_SHAPE(2, 2), seed, .mean = HR_OPERAND(1.0), .stddev = HR_OPERAND(L(1.0, 10.0)),
                      .dtype = HR_DOUBLE);
  hr_tf_stateless_truncated_normal(s, HR_SHAPE(50), seed);
  hr_tf_stateless_truncated_normal(s, HR_SHAPE(3), seed, .mean = HR_OPERAND(5.0), .stddev = HR_OPERAND(0.1),
                                   .dtype = HR_HALF);
  hr_stateless_categorical(s, L(L(0.0, 1.0, 2.0), L(3.0, 2.0, 1.0)), 6, seed);
  hr_output logits = hr_constant(s, L(L(0.5, 0.25)), .dtype = HR_DOUBLE);
  HR_WITH (own, hr_name_scope(s, "stateless_multinomial"))
    CALL_OP(own, "StatelessMultinomial", NULL, L(logits, 3, seed), {"output_dtype", HR_ATTR_TYPE_VALUE(HR_INT32)});
}

static void stateless(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor value;
  assert_null(hr_tensor_from(HR_INT32, 1, (int64_t[]){2}, (int32_t[]){7, 9}, &value));
  hr_output seed = with_default(s, "seed", HR_OPERAND(&value), HR_SHAPE(2));
  hr_tensor_clear(&value);
  by_seed(s, HR_OPERAND(IN(1, 2))), by_seed(s, HR_OPERAND(IN(0, 0)));
  by_seed(s, HR_OPERAND(IN(-1, (int64_t)1 << 40))), by_seed(s, HR_OPERAND(seed));
  hr_stateless_uniform(s, HR_SHAPE(0), IN(1, 2)), hr_stateless_uniform(s, HR_SHAPE(), IN(1, 2), .name = "named");
  hr_stateless_normal(s, HR_SHAPE(600), IN(3, 4));
  testing_graph_expect(&t, "random_distributions.stateless");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(book),
                                     cmocka_unit_test(functions),
                                     cmocka_unit_test(normals),
                                     cmocka_unit_test(runs_and_sessions),
                                     cmocka_unit_test(dropouts),
                                     cmocka_unit_test(gamma_numbers),
                                     cmocka_unit_test(gamma_gradients),
                                     cmocka_unit_test(poisson),
                                     cmocka_unit_test(stateless)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
