/* Programs with variables and variable scopes: the graphs that TensorFlow 1.15 builds from them. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/layers.h"
#include "headrace/nn.h"
#include "headrace/saver.h"
#include "headrace/variables.h"

static void first_graph(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *x = hr_tf_variable(s, 3, .name = "x");
  hr_var *y = hr_tf_variable(s, 4, .name = "y");
  hr_plus(s, hr_plus(s, hr_times(s, hr_times(s, x, x), y), y), 2);
  hr_global_variables_initializer(s);
  expect_recorded_collections(t.graph, "first_graph");
  testing_graph_expect(&t, "first_graph");
}

/* ---- modules of the name-scope programs ------------------------------------------------------------------------ */

static hr_output neuron(hr_scope s, hr_output x, hr_operand threshold, const char *name) {
  hr_output value = hr_random_normal(s, HR_SHAPE(hr_output_shape(x)->dims[1], 1));
  hr_var *w = hr_tf_variable(s, value, .name = "weights");
  hr_var *b = hr_tf_variable(s, 0.0, .name = "bias");
  hr_output product = hr_tf_matmul(s, x, w);
  hr_output z = hr_binary(s, "Add", product, b, .name = "z");
  return hr_binary(s, "Maximum", z, threshold, .name = name);
}

static testing_graph begin_relus(hr_output *x) {
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  *x = hr_placeholder(t.root, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "X");
  return t;
}

static void end_relus(testing_graph *t, hr_output relus[5], const char *recorded_case) {
  hr_tf_add_n(t->root, ((hr_outputs){5, relus}), .name = "output");
  hr_global_variables_initializer(t->root);
  expect_recorded_collections(t->graph, recorded_case);
  testing_graph_expect(t, recorded_case);
}

static void five_relus(void **state) {
  (void)state;
  hr_output x, relus[5];
  testing_graph t = begin_relus(&x);
  for (int i = 0; i < 5; ++i)
    relus[i] = neuron(t.root, x, hr_operand_float(0), "relu");
  end_relus(&t, relus, "name_scopes.five_relus");
}

static void five_scoped_relus(void **state) {
  (void)state;
  hr_output x, relus[5];
  testing_graph t = begin_relus(&x);
  for (int i = 0; i < 5; ++i)
    HR_WITH (scope, hr_name_scope(t.root, "relu")) {
      relus[i] = neuron(scope, x, hr_operand_float(0), "relu");
    }
  end_relus(&t, relus, "name_scopes.five_scoped_relus");
}

static void threshold_parameter(void **state) {
  (void)state;
  hr_output x, relus[5];
  testing_graph t = begin_relus(&x);
  hr_var *threshold = hr_tf_variable(t.root, 0.0, .name = "threshold");
  for (int i = 0; i < 5; ++i)
    HR_WITH (scope, hr_name_scope(t.root, "relu")) {
      relus[i] = neuron(scope, x, hr_operand_variable(threshold), "max");
    }
  end_relus(&t, relus, "variable_scopes.threshold_parameter");
}

static void created_before(void **state) {
  (void)state;
  hr_output x, relus[5];
  testing_graph t = begin_relus(&x);
  HR_WITH (scope, hr_variable_scope(t.root, "relu")) {
    hr_get_variable(scope, "threshold", .shape = HR_SHAPE(), .initializer = hr_constant_initializer(0.0));
  }
  for (int i = 0; i < 5; ++i)
    HR_WITH (scope, hr_variable_scope(t.root, "relu", .reuse = HR_REUSE_TRUE)) {
      relus[i] = neuron(scope, x, hr_operand_variable(hr_get_variable(scope, "threshold")), "max");
    }
  end_relus(&t, relus, "variable_scopes.created_before");
}

static void created_inside(void **state) {
  (void)state;
  hr_output x, relus[5];
  testing_graph t = begin_relus(&x);
  for (int i = 0; i < 5; ++i)
    HR_WITH (scope, hr_variable_scope(t.root, "relu", .reuse = i >= 1 ? HR_REUSE_TRUE : HR_REUSE_NONE)) {
      hr_var *threshold =
          hr_get_variable(scope, "threshold", .shape = HR_SHAPE(), .initializer = hr_constant_initializer(0.0));
      relus[i] = neuron(scope, x, hr_operand_variable(threshold), "max");
    }
  end_relus(&t, relus, "variable_scopes.created_inside");
}

static void trio(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *v[3] = {NULL};
  HR_WITH (scope, hr_variable_scope(t.root, "relu")) {
    v[0] = hr_get_variable(scope, "threshold", .shape = HR_SHAPE(), .initializer = hr_constant_initializer(0.0));
  }
  HR_WITH (scope, hr_variable_scope(t.root, "relu", .reuse = HR_REUSE_TRUE)) {
    v[1] = hr_get_variable(scope, "threshold");
  }
  HR_WITH (scope, hr_variable_scope(t.root, "relu")) {
    hr_var_scope_reuse_variables(hr_get_variable_scope(scope));
    v[2] = hr_get_variable(scope, "threshold");
  }
  assert_ptr_equal(v[0], v[1]);
  assert_ptr_equal(v[0], v[2]);
  testing_graph_expect(&t, "variable_scopes.trio");
}

/* ---- everything about scopes ----------------------------------------------------------------------------------- */

static int facts;

/* Compares a node's name with the next recorded one. */
static void check(const char *name) {
  char key[8];
  snprintf(key, sizeof key, "%02d", facts++);
  char *want = recorded_fact("variable_scopes.mixed", key);
  assert_string_equal(name, want);
  free(want);
}
static hr_var *get(hr_scope s, const char *name, int64_t size) {
  hr_var *v = hr_get_variable(s, name, .shape = HR_SHAPE(size));
  assert_non_null(v);
  check(hr_var_name(v));
  return v;
}
static void plus_one(hr_scope s, hr_var *v) {
  hr_output y = hr_plus(s, v, 1);
  assert_non_null(y.node);
  check(hr_node_name(y.node));
}

static void mixed(void **state) {
  (void)state;
  facts = 0;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_var *v = NULL;
  hr_var_scope *outer = NULL, *inner = NULL;
  HR_WITH (a, hr_variable_scope(s, "outer", .initializer = hr_constant_initializer(0.5))) {
    outer = hr_get_variable_scope(a);
    v = get(a, "v", 2);
    check(hr_var_name(hr_tf_variable(a, 1.0, .name = "plain")));
    plus_one(a, v);
    HR_WITH (b, hr_variable_scope(a, "inner")) {
      inner = hr_get_variable_scope(b);
      get(b, "v", 2);
      plus_one(b, v);
    }
  }
  HR_WITH (a, hr_variable_scope_again(s, outer)) {
    get(a, "w", 2);
    plus_one(a, v);
    HR_WITH (b, hr_variable_scope(a, "inner")) {
      get(b, "w", 2);
      plus_one(b, v);
    }
  }
  HR_WITH (a, hr_variable_scope_again(s, inner, .reuse = HR_REUSE_TRUE)) {
    get(a, "v", 2);
    plus_one(a, v);
  }
  HR_WITH (a, hr_variable_scope_again(s, outer, .no_name_scope = true)) {
    plus_one(a, v);
  }
  HR_WITH (a, hr_variable_scope(s, "outer")) {
    plus_one(a, v);
    HR_WITH (b, hr_variable_scope_again(a, hr_get_variable_scope(a), .reuse = HR_REUSE_TRUE)) {
      get(b, "v", 2);
      plus_one(b, v);
    }
  }
  for (int i = 0; i < 3; ++i)
    HR_WITH (a, hr_variable_scope(s, NULL, .default_name = "unit")) {
      get(a, "v", 1);
      plus_one(a, v);
      HR_WITH (b, hr_variable_scope(a, NULL, .default_name = "unit")) {
        get(b, "v", 1);
      }
    }
  for (int i = 0; i < 2; ++i)
    HR_WITH (a, hr_variable_scope(s, "auto", .reuse = HR_REUSE_AUTO)) {
      get(a, "v", 1);
      HR_WITH (b, hr_variable_scope(a, "below")) {
        get(b, "v", 1);
      }
    }
  HR_WITH (a, hr_variable_scope(s, "", .reuse = HR_REUSE_AUTO)) {
    get(a, "at_root", 1);
    plus_one(a, v);
  }
  HR_WITH (names, hr_name_scope(s, "ops"))
    HR_WITH (a, hr_variable_scope(names, "vars")) {
      get(a, "v", 1);
      plus_one(a, v);
    }
  HR_WITH (a, hr_variable_scope(s, "a/b")) {
    hr_var *d = hr_get_variable(a, "c/d", .shape = HR_SHAPE(1), .trainable = false);
    check(hr_var_name(d));
    plus_one(a, v);
  }
  expect_recorded_collections(t.graph, "variable_scopes.mixed");
  testing_graph_expect(&t, "variable_scopes.mixed");
}

static void initializers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  const hr_partial_shape matrix = HR_SHAPE(3, 4);
#define GET(name, ...) hr_get_variable(s, name, .shape = matrix, .dtype = HR_FLOAT, __VA_ARGS__)
  GET("default");
  GET("default_vector", .shape = HR_SHAPE(4));
  GET("default_int", .shape = HR_SHAPE(2), .dtype = HR_INT32);
  GET("default_bool", .shape = HR_SHAPE(2), .dtype = HR_BOOL);
  GET("zeros", .initializer = hr_zeros_initializer());
  GET("ones", .initializer = hr_ones_initializer());
  GET("constant", .initializer = hr_constant_initializer(0.25));
  hr_tensor list;
  assert_null(hr_tensor_from(HR_INT32, 1, (const int64_t[]){4}, (const int32_t[]){1, 2, 3, 4}, &list));
  GET("constant_list", .shape = HR_SHAPE(2, 2), .initializer = hr_constant_initializer(&list));
  GET("uniform", .initializer = hr_random_uniform_initializer(-0.5, 0.5, HR_NO_SEED));
  GET("uniform_seed", .initializer = hr_random_uniform_initializer(-0.5, 0.5, 3));
  GET("normal", .initializer = hr_random_normal_initializer(1.0, 2.0, HR_NO_SEED));
  GET("truncated", .initializer = hr_truncated_normal_initializer(0.0, 0.1, HR_NO_SEED));
  GET("uniform_scaling", .initializer = hr_uniform_unit_scaling_initializer(1.5, HR_NO_SEED));
  GET("glorot_uniform", .initializer = hr_glorot_uniform_initializer(HR_NO_SEED));
  GET("glorot_normal", .initializer = hr_glorot_normal_initializer(HR_NO_SEED));
  GET("variance_in", .initializer = hr_variance_scaling_initializer(2, HR_FAN_IN, HR_TRUNCATED_NORMAL, HR_NO_SEED));
  GET("variance_out", .initializer = hr_variance_scaling_initializer(2, HR_FAN_OUT, HR_UNIFORM, HR_NO_SEED));
  GET("variance_avg", .initializer = hr_variance_scaling_initializer(2, HR_FAN_AVG, HR_UNTRUNCATED_NORMAL, HR_NO_SEED));
  GET("he", .initializer = hr_contrib_variance_scaling_initializer(2, HR_FAN_IN, false, HR_NO_SEED));
  GET("xavier", .initializer = hr_xavier_initializer(true, HR_NO_SEED));
  GET("xavier_normal", .initializer = hr_xavier_initializer(false, HR_NO_SEED));
  GET("double", .shape = HR_SHAPE(2, 2), .dtype = HR_DOUBLE);
#undef GET
  hr_tensor array;
  assert_null(hr_tensor_from(HR_FLOAT, 1, (const int64_t[]){3}, (const float[]){1, 2, 3}, &array));
  hr_get_variable(s, "from_array", .value = hr_operand_tensor(&array));
  hr_get_variable(s, "from_tensor", .value = hr_operand_output(hr_tf_fill(s, HR_SHAPE(2), 7)));
  hr_global_variables_initializer(s);
  hr_tensor_clear(&list);
  hr_tensor_clear(&array);
  expect_recorded_collections(t.graph, "variable_scopes.initializers");
  testing_graph_expect(&t, "variable_scopes.initializers");
}

static void regularized(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 42);
  hr_scope s = t.root;
  hr_var *a = NULL;
  HR_WITH (net, hr_variable_scope(s, "net", .regularizer = hr_l2_regularizer(0.1))) {
    a = hr_get_variable(net, "a", .shape = HR_SHAPE(2, 2));
    hr_get_variable(net, "b", .shape = HR_SHAPE(2), .regularizer = hr_l1_regularizer(0.5));
    hr_get_variable(net, "free", .shape = HR_SHAPE(2), .regularizer = hr_no_regularizer);
  }
  hr_regularize(s, hr_l1_l2_regularizer(0.25, 0.75), hr_var_value(a));
  hr_output square = hr_reduce_sum(s, hr_times(s, a, a));
  hr_output terms[3] = {square};
  assert_int_equal(hr_collection_count(t.graph, HR_REGULARIZATION_LOSSES), 2);
  for (int i = 0; i < 2; ++i)
    terms[i + 1] = hr_collection_item(t.graph, HR_REGULARIZATION_LOSSES, i)->output;
  hr_tf_add_n(s, ((hr_outputs){3, terms}), .name = "total");
  hr_global_variables_initializer(s);
  expect_recorded_collections(t.graph, "variable_scopes.regularized");
  testing_graph_expect(&t, "variable_scopes.regularized");
}

/* ---- mistakes -------------------------------------------------------------------------------------------------- */

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  HR_WITH (relu, hr_variable_scope(s, "relu")) {
    hr_get_variable(relu, "threshold", .shape = HR_SHAPE(), .initializer = hr_zeros_initializer());
    assert_null(hr_get_variable(relu, "threshold", .shape = HR_SHAPE()));
    expect_error(t.builder, HR_INVALID_ARGUMENT, "relu/threshold", "already exists", NULL);
  }
  HR_WITH (relu, hr_variable_scope(s, "relu", .reuse = HR_REUSE_TRUE)) {
    assert_null(hr_get_variable(relu, "missing"));
    expect_error(t.builder, HR_INVALID_ARGUMENT, "relu/missing", "does not exist", NULL);
    assert_null(hr_get_variable(relu, "threshold", .shape = HR_SHAPE(2)));
    expect_error(t.builder, HR_INVALID_ARGUMENT, "relu/threshold", "shape (2,)", "shape ()", NULL);
    assert_null(hr_get_variable(relu, "threshold", .dtype = HR_INT32));
    expect_error(t.builder, HR_INVALID_ARGUMENT, "relu/threshold", "int32", "float", NULL);
    hr_tf_variable(relu, 0.0, .name = "other");
    assert_null(hr_get_variable(relu, "relu/other"));
    expect_error(t.builder, HR_INVALID_ARGUMENT, "relu/other", "not created with tf.get_variable", NULL);
  }
  assert_null(hr_get_variable(s, "shapeless"));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "shapeless", "shape", NULL);
  assert_null(hr_get_variable(s, "both", .shape = HR_SHAPE(), .value = hr_operand_float(1)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "do not specify shape", NULL);
  assert_null(hr_tf_variable(s, hr_placeholder(s, HR_FLOAT)));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "must have a shape", "Placeholder", NULL);
  /* The builder goes on after an error. */
  assert_non_null(hr_tf_variable(s, 1.0));
  expect_ok(t.builder);
  testing_graph_free(&t);
}

static void variable_protos(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *v = hr_tf_variable(t.root, 1.5, .name = "v", .trainable = false);
  expect_ok(t.builder);
  char *bytes;
  size_t length;
  assert_null(hr_var_type.to_proto(v, &bytes, &length));
  hr_var *again = NULL;
  assert_null(hr_var_from_proto(t.graph, bytes, length, NULL, &again));
  assert_true(hr_output_equal(hr_var_ref(v), hr_var_ref(again)));
  assert_true(hr_output_equal(hr_var_value(v), hr_var_value(again)));
  assert_ptr_equal(hr_var_initializer(v), hr_var_initializer(again));
  assert_false(hr_var_is_trainable(again));
  hr_status status = hr_var_from_proto(t.graph, bytes, length, "elsewhere", &again);
  assert_int_equal(hr_status_code(status), HR_NOT_FOUND);
  hr_status_free(status);
  status = hr_var_from_proto(t.graph, bytes, length - 3, NULL, &again);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
  free(bytes);
  testing_graph_free(&t);
}

/* A variable in three parts, saved as one and joined (programs/savers.py, partitioned). */
static void in_parts(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_var *v = hr_get_variable(t.root, "v", .shape = HR_SHAPE(5, 2), .partitioner = hr_fixed_size_partitioner(3, 0),
                              .initializer = hr_random_uniform_initializer(0, 1, 7));
  assert_non_null(v);
  assert_int_equal(hr_var_parts(v).count, 3);
  assert_string_equal(hr_var_name(v), "v");
  assert_int_equal(hr_var_shape(v)->dims[0], 5);
  hr_saver *saver = hr_saver_new(t.root);
  hr_global_variables_initializer(t.root);
  assert_int_equal(hr_output_shape(hr_var_tensor(t.root, v))->dims[0], 5);
  hr_saver_free(saver);
  testing_graph_expect(&t, "savers.partitioned");
}

static hr_var *named(void *argument, const hr_next_creator *next, hr_scope scope, hr_operand value,
                     const hr_tf_variable_options *options) {
  hr_tf_variable_options o = *options;
  o.name = argument;
  return hr_next_creator_call(next, scope, value, &o);
}

static hr_var *doubled(void *argument, const hr_getter *getter, hr_scope scope, const char *name,
                       const hr_get_variable_options *options) {
  (void)argument;
  hr_var *var = hr_getter_call(getter, scope, name, options);
  return var ? hr_var_stand_in(scope, hr_times(scope, var, 2)) : NULL;
}

static void creators_and_stand_ins(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  HR_WITH (inside, hr_variable_creator_scope(t.root, (hr_variable_creator){named, "renamed"})) {
    assert_true(hr_has_variable_creator(inside));
    assert_string_equal(hr_var_name(hr_tf_variable(inside, 1.0f)), "renamed");
  }
  assert_string_equal(hr_var_name(hr_tf_variable(t.root, 1.0f)), "Variable");
  hr_var *twice = hr_get_variable(t.root, "v", .shape = HR_SHAPE(2), .custom_getter = {doubled, NULL});
  assert_non_null(twice);
  assert_string_equal(hr_node_op(hr_var_value(twice).node), "Mul");
  assert_null(hr_var_ref(twice).node);
  assert_int_equal(hr_var_dtype(twice), HR_FLOAT);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_graph),
      cmocka_unit_test(five_relus),
      cmocka_unit_test(five_scoped_relus),
      cmocka_unit_test(threshold_parameter),
      cmocka_unit_test(created_before),
      cmocka_unit_test(created_inside),
      cmocka_unit_test(trio),
      cmocka_unit_test(mixed),
      cmocka_unit_test(initializers),
      cmocka_unit_test(regularized),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(variable_protos),
      cmocka_unit_test(in_parts),
      cmocka_unit_test(creators_and_stand_ins),
  };
  return cmocka_run_group_tests_name("variables", tests, NULL, NULL);
}
