/* Initialisers (programs/initial_values.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L  HR_OPERANDS
#define IN HR_INTS

/* A variable of each. */
static void values(testing_graph *t, int count, const hr_initializer *initializers, hr_partial_shape shape,
                   const char *recorded_case) {
  for (int i = 0; i < count; ++i) {
    char name[8];
    snprintf(name, sizeof name, "v%02d", i);
    hr_get_variable(t->root, name, .shape = shape, .initializer = initializers[i]);
  }
  hr_global_variables_initializer(t->root);
  testing_graph_expect(t, recorded_case);
}
#define VALUES(t, initializers, ...)                                                                                   \
  values(t, (int)(sizeof(initializers) / sizeof *(initializers)), initializers, __VA_ARGS__)

#define UNSEEDED HR_NO_SEED

static void uniform(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 3);
  const hr_initializer all[] = {hr_random_uniform_initializer(0, HR_NO_OPERAND, UNSEEDED),
                                hr_random_uniform_initializer(-2.0, 2.0, 1),
                                hr_random_uniform_initializer(0.0, 1.0, 5),
                                hr_glorot_uniform_initializer(UNSEEDED),
                                hr_glorot_uniform_initializer(2),
                                hr_he_uniform_initializer(3),
                                {.call = NULL},
                                hr_lecun_uniform_initializer(4),
                                hr_uniform_unit_scaling_initializer(1.5, 5),
                                hr_variance_scaling_initializer(2.0, HR_FAN_OUT, HR_UNIFORM, 6),
                                hr_xavier_initializer(true, 7),
                                hr_xavier_initializer(true, UNSEEDED),
                                hr_contrib_variance_scaling_initializer(2.0, HR_FAN_IN, true, 8),
                                hr_random_uniform_initializer(-0.05, 0.05, 9),
                                hr_random_uniform_initializer(0, HR_NO_OPERAND, UNSEEDED)};
  VALUES(&t, all, HR_SHAPE(4, 3), "initial_values.uniform");
}

static void normal(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  const hr_initializer all[] = {hr_random_normal_initializer(0, 1, 1),
                                hr_random_normal_initializer(1, 0.1, 2),
                                hr_truncated_normal_initializer(0, 1, 3),
                                hr_truncated_normal_initializer(1, 0.5, 4),
                                hr_random_normal_initializer(0, 1, 5),
                                hr_truncated_normal_initializer(0, 1, 6),
                                hr_glorot_normal_initializer(7),
                                hr_he_normal_initializer(8),
                                hr_lecun_normal_initializer(9),
                                hr_variance_scaling_initializer(1.0, HR_FAN_IN, HR_TRUNCATED_NORMAL, 10),
                                hr_variance_scaling_initializer(3.0, HR_FAN_AVG, HR_UNTRUNCATED_NORMAL, 11),
                                hr_xavier_initializer(false, 12),
                                hr_contrib_variance_scaling_initializer(1.0, HR_FAN_AVG, false, 13),
                                hr_variance_scaling_initializer(1.0, HR_FAN_IN, HR_TRUNCATED_NORMAL, 14)};
  VALUES(&t, all, HR_SHAPE(4, 3), "initial_values.normal");
}

static hr_tensor tensor_of(hr_dtype dtype, hr_partial_shape shape, const void *data) {
  hr_tensor value;
  assert_null(hr_tensor_from(dtype, shape.rank, shape.dims, data, &value));
  return value;
}

static void fixed(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_tensor matrix = tensor_of(HR_DOUBLE, HR_SHAPE(2, 2), (double[]){1, 2, 3, 4});
  hr_tensor list = tensor_of(HR_INT64, HR_SHAPE(4), (int64_t[]){1, 2, 3, 4});
  hr_tensor eye = tensor_of(HR_DOUBLE, HR_SHAPE(2, 2), (double[]){1, 0, 0, 1});
  const hr_initializer all[] = {
      hr_zeros_initializer(),           hr_ones_initializer(),          hr_constant_initializer(0.5),
      hr_constant_initializer(&matrix), hr_constant_initializer(&list), hr_constant_initializer(&eye),
      hr_constant_initializer(7),       hr_zeros_initializer(),         hr_ones_initializer(),
      hr_identity_initializer(1),       hr_identity_initializer(2),     hr_zeros_initializer(),
      hr_constant_initializer(3),       hr_zeros_initializer(),         hr_ones_initializer(),
      hr_constant_initializer(2.0)};
  VALUES(&t, all, HR_SHAPE(2, 2), "initial_values.fixed");
  hr_tensor_clear(&matrix), hr_tensor_clear(&list), hr_tensor_clear(&eye);
}

static void orthogonal(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  const hr_initializer all[] = {hr_orthogonal_initializer(1, 1), hr_orthogonal_initializer(0.5, 2)};
  VALUES(&t, all, HR_SHAPE(3, 3), "initial_values.orthogonal");
}

static void types(void **state) {
  (void)state;
  static const struct {
    hr_dtype dtype;
    const char *name;
  } dtypes[] = {{HR_HALF, "float16"}, {HR_FLOAT, "float32"}, {HR_DOUBLE, "float64"}};
  testing_graph t = testing_graph_new();
  const hr_initializer uniform_numbers = hr_random_uniform_initializer(0, HR_NO_OPERAND, 1);
  const hr_initializer normal_numbers = hr_truncated_normal_initializer(0, 1, 2);
#define MADE(name, dims, type, ...) hr_get_variable(s, name, .shape = dims, .dtype = type, ##__VA_ARGS__)
  for (int i = 0; i < 3; ++i)
    HR_WITH (s, hr_variable_scope(t.root, dtypes[i].name)) {
      MADE("u", HR_SHAPE(3), dtypes[i].dtype, .initializer = uniform_numbers);
      MADE("n", HR_SHAPE(2, 2), dtypes[i].dtype, .initializer = normal_numbers);
      MADE("g", HR_SHAPE(2, 2), dtypes[i].dtype);
      MADE("z", HR_SHAPE(2), dtypes[i].dtype, .initializer = hr_zeros_initializer());
    }
  hr_tensor list = tensor_of(HR_INT64, HR_SHAPE(2), (int64_t[]){1, 2});
  HR_WITH (s, hr_variable_scope(t.root, "integers")) {
    MADE("i", HR_SHAPE(2), HR_INT32, .initializer = hr_ones_initializer()), MADE("default", HR_SHAPE(2), HR_INT64);
    MADE("u", HR_SHAPE(2), HR_INT32, .initializer = hr_random_uniform_initializer(0, 10, 3));
    MADE("b", HR_SHAPE(2), HR_BOOL);
    MADE("c", HR_SHAPE(2), HR_INT32, .initializer = hr_constant_initializer(&list));
  }
  hr_tensor_clear(&list);
  hr_global_variables_initializer(t.root);
  testing_graph_expect(&t, "initial_values.types");
}

static void called(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 2);
  hr_scope s = t.root;
  const hr_initializer normal_numbers = hr_random_normal_initializer(0, 0.5, 1);
  hr_initialize(s, normal_numbers, HR_SHAPE(2, 2), HR_INVALID), hr_initialize(s, normal_numbers, HR_SHAPE(3), HR_FLOAT);
  hr_initialize(s, hr_zeros_initializer(), HR_SHAPE(2), HR_INT32);
  hr_initialize(s, hr_constant_initializer(4.0), HR_SHAPE(), HR_INVALID);
  hr_initialize(s, hr_glorot_uniform_initializer(3), HR_SHAPE(2, 5), HR_INVALID);
  hr_initialize(s, hr_xavier_initializer(true, 4), HR_SHAPE(2, 5), HR_INVALID);
  hr_initialize(s, hr_ones_initializer(), HR_SHAPE(2), HR_DOUBLE);
  hr_initialize(s, hr_identity_initializer(1), HR_SHAPE(3), HR_INVALID);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "Identity", NULL);
  testing_graph_expect(&t, "initial_values.called");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(uniform),    cmocka_unit_test(normal), cmocka_unit_test(fixed),
                                     cmocka_unit_test(orthogonal), cmocka_unit_test(types),  cmocka_unit_test(called)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
