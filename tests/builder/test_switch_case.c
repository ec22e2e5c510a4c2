/* tf.switch_case: the graphs that TensorFlow 1.15 builds from programs/switch_cases.py, the branch of every number, its
 * gradients, and what is refused. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "branches.h"
#include "headrace/headrace.h"

BRANCH(x_twice, hr_times(s, V->x, 2.0))
BRANCH(x_and_y, hr_plus(s, V->x, V->y))
BRANCH(x_squared, hr_square(s, V->x))
BRANCH(x_itself, V->x)
BRANCH(seven_and_eight, hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){7, 8})))
BRANCH(y_times_x, hr_times(s, V->y, V->x))

static void numbered(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {0};
  hr_output index = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "index");
  v.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){1, 2}), .name = "x");
  v.y = hr_constant_f32(s, 3, .name = "y");
  hr_branch twice = HR_BRANCH(x_twice, &v), sum = HR_BRANCH(x_and_y, &v), square = HR_BRANCH(x_squared, &v);
  hr_switch_case(s, index, 3, ((hr_branch[]){twice, sum, square}));
  hr_switch_case(s, index, 2, ((hr_branch[]){square, sum}), .otherwise = twice, .name = "paired");
  hr_switch_case(s, index, 3,
                 ((hr_branch[]){HR_BRANCH(seven_and_eight, &v), HR_BRANCH(y_times_x, &v), HR_BRANCH(x_itself, &v)}));
  hr_switch_case(s, index, 1, &twice, .name = "alone");
  testing_graph_expect(&t, "switch_cases.numbered");
}

/* ---- gradients --------------------------------------------------------------------------------------------------- */

BRANCH(sine_of_exp_times_y, hr_times(s, hr_sin(s, hr_exp(s, V->x)), V->y))
BRANCH(x_thrice, hr_times(s, V->x, 3.0))
BRANCH(tanh_of_square, hr_tanh(s, hr_square(s, V->x)))

/* Of three branches, and of these gradients. */
static void gradients_twice(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {0};
  hr_output index = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "index");
  v.x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){0.3f, 0.5f}), .name = "x");
  v.y = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2), ((const float[]){2, 3}), .name = "w");
  hr_output y = hr_only(hr_switch_case(
      s, index, 3,
      ((hr_branch[]){HR_BRANCH(sine_of_exp_times_y, &v), HR_BRANCH(x_thrice, &v), HR_BRANCH(tanh_of_square, &v)})));
  hr_gradient first[2], second;
  hr_gradients(s, HR_LIST(y), HR_LIST(v.x, v.y), first);
  hr_gradients(s, HR_LIST(first[0].value), HR_LIST(v.x), &second);
  testing_graph_expect(&t, "conditional_gradients.cases");
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

enum { MANY = 17 };

typedef struct power {
  hr_output x;
  int exponent;
} power;

static void build_power(void *argument, hr_scope s, hr_results *results) {
  const power *p = argument;
  hr_output y = hr_constant_f32(s, 1);
  for (int i = 0; i < p->exponent; ++i)
    y = hr_times(s, y, p->x);
  hr_return(results, y);
}

/* x^n of many branches, and n x^(n - 1). */
static void every_number(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output index = hr_placeholder(s, HR_INT32), x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE());
  power powers[MANY];
  hr_branch branches[MANY];
  for (int i = 0; i < MANY; ++i) {
    powers[i] = (power){x, i};
    branches[i] = HR_BRANCH(build_power, &powers[i]);
  }
  hr_output y = hr_only(hr_switch_case(s, index, MANY, branches));
  hr_gradient dx;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &dx);
  expect_ok(t.builder);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  for (int32_t n = -2; n <= MANY + 1; ++n) {
    int taken = n < 0 || n >= MANY ? MANY - 1 : n;
    double power = 1, slope = 0;
    for (int i = 0; i < taken; ++i) {
      slope = slope * 1.25 + power;
      power *= 1.25;
    }
    hr_tensor number = hr_tensor_i32(n), at = hr_tensor_f32(1.25f), out[2];
    hr_feed feeds[] = {{index, &number}, {x, &at}};
    assert_null(hr_session_run(session, 2, feeds, 2, (hr_output[]){y, dx.value}, out, 0, NULL));
    assert_float_equal(*(float *)hr_tensor_data(&out[0]), power, 1e-5 * power);
    assert_float_equal(*(float *)hr_tensor_data(&out[1]), slope, 1e-5 * (slope + 1));
  }
  hr_session_free(session);
  testing_graph_free(&t);
}

/* ---- mistakes ---------------------------------------------------------------------------------------------------- */

BRANCH(one_number, hr_constant_i32(s, 1))
BRANCH(of_another_graph, hr_neg(s, V->y))

static void returns_two(void *argument, hr_scope s, hr_results *results) {
  (void)argument;
  hr_return(results, hr_constant_i32(s, 1));
  hr_return(results, hr_constant_i32(s, 1));
}
static void returns_nothing(void *argument, hr_scope s, hr_results *results) {
  (void)argument;
  (void)s;
  (void)results;
}

static void refused(void **state) {
  (void)state;
  testing_graph t = testing_graph_new(), other = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 1), .y = hr_constant_f32(other.root, 1)};
  hr_output index = hr_constant_i32(s, 0);
  hr_branch one = HR_BRANCH(one_number, &v), two = HR_BRANCH(returns_two, NULL),
            none = HR_BRANCH(returns_nothing, NULL);
  hr_switch_case(s, index, 0, NULL);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "at least one", NULL);
  hr_switch_case(s, index, 2, ((hr_branch[]){one, two}));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "branches[0] returns 1 tensors, branches[1] 2", NULL);
  hr_switch_case(s, index, 2, ((hr_branch[]){one, HR_BRANCH(x_itself, &v)}));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "result 0 of branches[0] is int32, of branches[1] float", NULL);
  hr_switch_case(s, index, 2, ((hr_branch[]){none, none}));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "must return something", NULL);
  hr_switch_case(s, index, 1, ((hr_branch[]){HR_BRANCH(of_another_graph, &v)}));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "graph", NULL);
  hr_switch_case(s, v.x, 1, &one);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "int32", NULL);
  testing_graph_free(&t);
  testing_graph_free(&other);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbered), cmocka_unit_test(gradients_twice),
                                     cmocka_unit_test(every_number), cmocka_unit_test(refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
