/* The programs of chapter 9 (programs/chapter_9.py, and three of linreg.py): the graphs that TensorFlow 1.15 builds,
 * and what training finds.
 */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void expect(testing_graph *t, const char *recorded_case) {
  expect_ok(t->builder);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

static hr_session *open_session(const testing_graph *t) {
  hr_session *session;
  expect_ok(t->builder);
  assert_null(hr_session_new(t->graph, NULL, &session));
  return session;
}
static void run(hr_session *session, hr_node *node) {
  assert_null(hr_session_run(session, 0, NULL, 0, NULL, NULL, 1, &node));
}
/* Fetches a value, which the fact must have. */
static void expect_fact(hr_session *session, hr_output output, const char *recorded_case, const char *fact) {
  hr_tensor value;
  assert_null(hr_session_run(session, 0, NULL, 1, &output, &value, 0, NULL));
  expect_recorded_numbers(recorded_case, fact, 1, &value);
  hr_tensor_clear(&value);
}

static hr_output solution(hr_scope s, const char *recorded_case) {
  hr_output x = recorded_data(s, recorded_case, "X"), y = recorded_data(s, recorded_case, "y");
  hr_output xt = hr_tf_transpose(s, x);
  hr_output inverse = hr_matrix_inverse(s, hr_tf_matmul(s, xt, x));
  return hr_tf_matmul(s, hr_tf_matmul(s, inverse, xt), y);
}

static void normal_equation(void **state) {
  (void)state;
  const char *const others[] = {"linreg.normal_equation", "linreg.normal_equation_double"};
  for (int i = 0; i < 2; ++i) {
    testing_graph other = testing_graph_new();
    solution(other.root, others[i]);
    expect(&other, others[i]);
  }
  const char *recorded_case = "chapter_9.normal_equation";
  testing_graph t = testing_graph_new();
  hr_output theta = solution(t.root, recorded_case);
  hr_session *session = open_session(&t);
  expect_fact(session, theta, recorded_case, "value");
  hr_session_free(session);
  expect(&t, recorded_case);
}

/* ---- batch gradient descent ------------------------------------------------------------------------------------ */

typedef struct regression {
  hr_output x, error, mse;
  hr_var *theta;
} regression;

static regression regress(hr_scope s, int64_t features, const char *recorded_case) {
  regression r = {.x = recorded_data(s, recorded_case, "X")};
  hr_output y = recorded_data(s, recorded_case, "y");
  hr_output start = hr_tf_random_uniform(s, HR_SHAPE(features, 1), .minval = hr_operand_float(-1),
                                         .maxval = hr_operand_float(1), .seed = 42);
  r.theta = hr_tf_variable(s, start, .name = "theta");
  r.error = hr_minus(s, hr_tf_matmul(s, r.x, r.theta, .name = "predictions"), y);
  r.mse = hr_reduce_mean(s, hr_square(s, r.error), .name = "mse");
  return r;
}

static hr_node *step_against(hr_scope s, hr_var *theta, double rate, hr_output gradients) {
  return hr_var_assign(s, theta, hr_minus(s, theta, hr_times(s, rate, gradients))).node;
}
static hr_output slopes_by_hand(hr_scope s, const regression *r, double instances) {
  hr_output product = hr_tf_matmul(s, hr_tf_transpose(s, r->x), r->error);
  return hr_times(s, 2 / instances, product);
}
static hr_node *by_hand(hr_scope s, const regression *r) {
  return step_against(s, r->theta, 0.01, slopes_by_hand(s, r, 50));
}
static hr_node *by_autodiff(hr_scope s, const regression *r) {
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(r->mse), HR_LIST(hr_var_ref(r->theta)), &gradient);
  return step_against(s, r->theta, 0.01, gradient.value);
}
static hr_node *minimized(hr_scope s, hr_optimizer *optimizer, hr_output mse) {
  assert_non_null(optimizer);
  hr_node *train = hr_minimize(s, optimizer, mse);
  hr_optimizer_free(optimizer);
  return train;
}
static hr_node *by_optimizer(hr_scope s, const regression *r) {
  return minimized(s, hr_gradient_descent_optimizer(0.01), r->mse);
}
static hr_node *by_momentum(hr_scope s, const regression *r) {
  return minimized(s, hr_momentum_optimizer(0.01, 0.9), r->mse);
}

static void descend(hr_node *(*make)(hr_scope s, const regression *r), const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  regression r = regress(s, 5, recorded_case);
  hr_node *train = make(s, &r), *init = hr_global_variables_initializer(s);
  hr_saver_free(hr_saver_new(s));
  hr_session *session = open_session(&t);
  run(session, init);
  expect_fact(session, r.mse, recorded_case, "shown");
  for (int epoch = 0; epoch < 40; ++epoch)
    run(session, train);
  expect_fact(session, hr_var_value(r.theta), recorded_case, "best");
  hr_session_free(session);
  expect(&t, recorded_case);
}

static void batch_gradient_descent(void **state) {
  (void)state;
  descend(by_hand, "chapter_9.by_hand");
  descend(by_autodiff, "chapter_9.by_autodiff");
  descend(by_optimizer, "chapter_9.by_optimizer");
  descend(by_momentum, "chapter_9.by_momentum");
}

static void manual_gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  regression r = regress(t.root, 4, "linreg.manual_gradients");
  step_against(t.root, r.theta, 0.1, slopes_by_hand(t.root, &r, 12));
  hr_global_variables_initializer(t.root);
  expect(&t, "linreg.manual_gradients");
}

static void mini_batches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 5), .name = "X");
  hr_output y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "y"), mse = HR_NO_OUTPUT;
  hr_output start = hr_tf_random_uniform(s, HR_SHAPE(5, 1), .minval = hr_operand_float(-1),
                                         .maxval = hr_operand_float(1), .seed = 42);
  hr_var *theta = hr_tf_variable(s, start, .name = "theta");
  hr_output predictions = hr_tf_matmul(s, x, theta, .name = "predictions");
  HR_WITH (loss, hr_name_scope(s, "loss")) {
    hr_output error = hr_minus(loss, predictions, y);
    mse = hr_reduce_mean(loss, hr_square(loss, error), .name = "mse");
  }
  minimized(s, hr_gradient_descent_optimizer(0.01), mse);
  hr_global_variables_initializer(s);
  hr_summary_scalar(s, "MSE", mse);
  expect(&t, "chapter_9.mini_batches");
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static void feeding(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_output a = hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(-1, 3)), b = hr_plus(t.root, a, 5);
  hr_session *session = open_session(&t);
  hr_tensor fed, value;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){2, 3}, (float[]){4, 5, 6, 7, 8, 9}, &fed));
  assert_null(hr_session_run(session, 1, &(hr_feed){a, &fed}, 1, &b, &value, 0, NULL));
  expect_recorded_numbers("chapter_9.feeding", "two", 1, &value);
  hr_tensor_clear(&fed);
  hr_tensor_clear(&value);
  hr_session_free(session);
  expect(&t, "chapter_9.feeding");
}

static void assigned(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output start =
      hr_tf_random_uniform(s, HR_SHAPE(), .minval = hr_operand_float(0), .maxval = hr_operand_float(1), .seed = 1);
  hr_var *x = hr_tf_variable(s, start);
  hr_var_assign(s, x, hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE()));
  hr_session *session = open_session(&t);
  run(session, hr_var_initializer(x));
  expect_fact(session, hr_var_value(x), "chapter_9.assigned", "first");
  hr_session_free(session);
  expect(&t, "chapter_9.assigned");
}

static void differentiated(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *x = hr_tf_variable(s, 3.0, .name = "x"), *y = hr_tf_variable(s, 4.0, .name = "y");
  hr_output square = hr_times(s, x, x);
  hr_output f = hr_plus(s, hr_plus(s, hr_times(s, square, y), y), 2);
  hr_gradient grads[2], second[2], loop[2];
  hr_gradients(s, HR_LIST(f), HR_LIST(hr_var_ref(x), hr_var_ref(y)), grads);
  for (int i = 0; i < 2; ++i)
    hr_gradients(s, HR_LIST(grads[i].value), HR_LIST(hr_var_ref(x), hr_var_ref(y)), second);
  hr_var *a = hr_tf_variable(s, 0.2, .name = "a"), *b = hr_tf_variable(s, 0.3, .name = "b");
  hr_output z = hr_constant(s, 0.0, .name = "z0");
  for (int i = 0; i < 100; ++i) {
    hr_output cosine = hr_times(s, a, hr_cos(s, hr_plus(s, z, i)));
    z = hr_plus(s, cosine, hr_times(s, z, hr_sin(s, hr_minus(s, b, i))));
  }
  hr_gradients(s, HR_LIST(z), HR_LIST(hr_var_ref(a), hr_var_ref(b)), loop);
  hr_global_variables_initializer(s);
  expect(&t, "chapter_9.differentiated");
}

/* ---- ReLUs that share a threshold ------------------------------------------------------------------------------ */

static hr_output weighted(hr_scope s, hr_output x) {
  hr_var *w = hr_tf_variable(s, hr_random_normal(s, HR_SHAPE(3, 1)), .name = "weights");
  hr_var *b = hr_tf_variable(s, 0.0, .name = "bias");
  return hr_binary(s, "Add", hr_tf_matmul(s, x, w), b, .name = "z");
}

static hr_var *threshold_of(hr_scope s) {
  return hr_get_variable(s, "threshold", .shape = HR_SHAPE(), .initializer = hr_constant_initializer(0.0));
}

typedef enum kind { PARAMETER, ATTRIBUTE, REUSED, WITHIN } kind;

static void share(kind how, const char *recorded_case) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_output x = hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "X"), relus[5];
  hr_var *threshold = how == PARAMETER ? hr_tf_variable(t.root, 0.0, .name = "threshold") : NULL;
  if (how == REUSED)
    HR_WITH (s, hr_variable_scope(t.root, "relu"))
      threshold_of(s);
  for (int i = 0; i < 5; ++i) {
    bool reuse = how == REUSED || i > 0;
    hr_scope opened = how < REUSED ? hr_name_scope(t.root, "relu")
                                   : hr_variable_scope(t.root, "relu", .reuse = reuse ? HR_REUSE_TRUE : HR_REUSE_NONE);
    HR_WITH (s, opened) {
      if (how == ATTRIBUTE && i == 0) threshold = hr_tf_variable(s, 0.0, .name = "threshold");
      if (how == REUSED) threshold = hr_get_variable(s, "threshold");
      if (how == WITHIN) threshold = threshold_of(s);
      relus[i] = hr_binary(s, "Maximum", weighted(s, x), threshold, .name = "max");
    }
  }
  hr_tf_add_n(t.root, ((hr_outputs){5, relus}), .name = "output");
  hr_global_variables_initializer(t.root);
  expect(&t, recorded_case);
}

static void shared_thresholds(void **state) {
  (void)state;
  share(PARAMETER, "chapter_9.relu_parameter");
  share(ATTRIBUTE, "chapter_9.relu_attribute");
  share(REUSED, "chapter_9.relu_reused");
  share(WITHIN, "chapter_9.relu_within");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(normal_equation), cmocka_unit_test(manual_gradients), cmocka_unit_test(batch_gradient_descent),
      cmocka_unit_test(mini_batches),    cmocka_unit_test(feeding),          cmocka_unit_test(assigned),
      cmocka_unit_test(differentiated),  cmocka_unit_test(shared_thresholds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
