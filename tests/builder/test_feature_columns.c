/* What feature columns are made of, against the graphs that TensorFlow 1.15 builds (programs/feature_columns.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/arrays.h"
#include "headrace/feature_column.h"
#include "headrace/lookup.h"
#include "headrace/ops.h"
#include "headrace/session.h"
#include "headrace/variables.h"

static hr_output floats(hr_scope s, hr_partial_shape shape, const float *values) {
  return hr_constant_array(s, HR_FLOAT, shape, values);
}

/* The features of the programs. */
typedef struct features {
  hr_output age, size, word, place, weight;
} features;

static features make_features(hr_scope s) {
  features f;
  f.age = floats(s, HR_SHAPE(4), (const float[]){3, 12, 31, 20});
  f.size = floats(s, HR_SHAPE(4, 2), (const float[]){1, 2, 3, 4, 5, 6, 7, 8});
  hr_tensor flat, words;
  assert_null(hr_tensor_strings(4, (const char *const[]){"b", "what", "", "a"}, &flat));
  assert_null(hr_tensor_reshape(&flat, &(hr_shape){2, {4, 1}}, &words));
  f.word = hr_constant(s, &words);
  hr_tensor_clear(&flat), hr_tensor_clear(&words);
  f.place = hr_constant_array(s, HR_INT64, HR_SHAPE(4, 2), ((const int64_t[]){0, 2, 3, -1, 1, 1, 4, 0}));
  f.weight = floats(s, HR_SHAPE(4, 2), (const float[]){0.5, 2, 1, 0, 1.5, 0.25, 4, 3});
  return f;
}

static void numbers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  features f = make_features(t.root);
  hr_output parts[3], all;
  HR_WITH (layer, hr_variable_scope(t.root, NULL, .default_name = "input_layer")) {
    hr_scope age = hr_name_scope(layer, "age");
    hr_output column = hr_tf_expand_dims(age, f.age, -1);
    parts[0] = hr_feature_matrix(age, column, 1);
    hr_scope bucketized = hr_name_scope(layer, "age_bucketized");
    hr_output buckets = hr_bucketize(bucketized, column, HR_FLOATS(10, 20, 30));
    parts[1] = hr_feature_matrix(bucketized, hr_buckets_one_hot(bucketized, buckets, 4), 4);
    hr_scope size = hr_name_scope(layer, "size");
    parts[2] = hr_feature_matrix(size, hr_truediv(size, hr_minus(size, f.size, 1.0), 2.0), 2);
    all = hr_tf_concat(layer, HR_LIST(parts[0], parts[1], parts[2]), 1);
  }
  hr_global_variables_initializer(t.root);
  hr_tables_initializer(t.root);
  expect_ok(t.builder);
  assert_int_equal(hr_output_shape(all)->dims[1], 7);
  testing_graph_expect(&t, "feature_columns.numbers");
}

static hr_output indicator_of(hr_scope s, hr_sparse_tensor ids, int64_t count) {
  return hr_feature_matrix(s, hr_indicator(s, ids, count), count);
}

static void ids(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  features f = make_features(t.root);
  HR_WITH (layer, hr_variable_scope(t.root, NULL, .default_name = "input_layer")) {
    hr_scope s = hr_name_scope(layer, "age_bucketized_indicator");
    hr_output buckets = hr_bucketize(s, hr_tf_expand_dims(s, f.age, -1), HR_FLOATS(10, 20));
    hr_output age = indicator_of(s, hr_buckets_ids(s, buckets, 1, 3), 3);
    s = hr_name_scope(layer, "place_X_word_indicator");
    hr_sparse_tensor crossed = hr_tf_sparse_cross(s, (hr_outputs){0}, (hr_outputs){0}, (hr_outputs){0},
                                                  HR_LIST(f.word, f.place), .hashed = true, .num_buckets = 7);
    hr_output both = indicator_of(s, crossed, 7);
    s = hr_name_scope(layer, "place_indicator");
    hr_output place = indicator_of(s, hr_identity_ids(s, hr_feature_to_sparse(s, f.place), 5, .column = "place"), 5);
    s = hr_name_scope(layer, "word_indicator");
    hr_sparse_tensor words = hr_feature_to_sparse(s, f.word);
    hr_table table = hr_index_table(s, HR_OPERANDS("a", "b", "c"), .name = "word_lookup");
    words.values = hr_table_find(s, table.handle, words.values, table.default_value);
    hr_output word = indicator_of(s, words, 3);
    hr_tf_concat(layer, HR_LIST(age, both, place, word), 1);
  }
  hr_global_variables_initializer(t.root);
  hr_tables_initializer(t.root);
  expect_ok(t.builder);
  testing_graph_expect(&t, "feature_columns.ids");
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  features f = make_features(t.root);
  hr_identity_ids(t.root, hr_feature_to_sparse(t.root, f.size), 5, .column = "size");
  expect_error(t.builder, HR_INVALID_ARGUMENT, "not integer", "size", "float32", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(ids), cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
