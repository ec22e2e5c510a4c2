/* Lookup tables: the graphs that TensorFlow 1.15 builds (programs/tables.py), and what runs say. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "headrace/arrays.h"
#include "headrace/lookup.h"
#include "headrace/session.h"
#include "headrace/sparse.h"
#include "headrace/strings.h"
#include "headrace/variables.h"

static hr_output texts(hr_scope s, int64_t count, const char *const *items) {
  hr_tensor tensor;
  assert_null(hr_tensor_strings(count, items, &tensor));
  hr_output made = hr_constant(s, &tensor);
  hr_tensor_clear(&tensor);
  return made;
}
#define TEXTS(s, ...)                                                                                                  \
  texts(s, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})
#define INT64S(s, rows, ...) hr_constant_array(s, HR_INT64, rows, ((const int64_t[]){__VA_ARGS__}))

static void from_tensors(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_table words = hr_index_table(s, HR_OPERANDS("emerson", "lake", "palmer"), .default_value = hr_operand_int(-7));
  hr_table buckets = hr_index_table(s, TEXTS(s, "a", "b"), .name = "words");
  hr_table numbers = hr_index_table(s, ((hr_ints){3, (const int64_t[]){5, 7, 9}}), .dtype = HR_INT32);
  hr_table keyed = hr_index_table(s, INT64S(s, HR_SHAPE(2), 4, 5), .dtype = HR_INT64);
  hr_table text = hr_index_to_string_table(s, HR_OPERANDS("x", "y"));
  hr_table other =
      hr_index_to_string_table(s, TEXTS(s, "x", "y"), .default_value = hr_operand_string("none"), .name = "back");
  hr_scope sparse_scope = hr_name_scope(s, "SparseTensor");
  hr_tensor indices, sparse_words, shape;
  assert_null(hr_tensor_from(HR_INT64, 2, (int64_t[]){2, 2}, (int64_t[]){0, 1, 2, 0}, &indices));
  assert_null(hr_tensor_from(HR_INT64, 1, (int64_t[]){2}, (int64_t[]){3, 2}, &shape));
  assert_null(hr_tensor_strings(2, (const char *const[]){"b", "what"}, &sparse_words));
  hr_sparse_tensor sparse = {hr_convert(sparse_scope, hr_operand_tensor(&indices), HR_INT64, "indices"),
                             hr_convert(sparse_scope, hr_operand_tensor(&sparse_words), HR_STRING, "values"),
                             hr_convert(sparse_scope, hr_operand_tensor(&shape), HR_INT64, "dense_shape")};
  hr_tensor_clear(&indices), hr_tensor_clear(&sparse_words), hr_tensor_clear(&shape);
  hr_table_find_or_hash(s, sparse.values, 3, .table = buckets.handle, .default_value = buckets.default_value);
  hr_tensor four;
  assert_null(hr_tensor_strings(4, (const char *const[]){"lake", "x", "palmer", "emerson"}, &four));
  hr_tensor square;
  assert_null(hr_tensor_reshape(&four, &(hr_shape){2, {2, 2}}, &square));
  hr_output asked = hr_constant(s, &square);
  hr_tensor_clear(&four), hr_tensor_clear(&square);
  hr_output found = hr_table_find(s, words.handle, asked, words.default_value);
  hr_output size = hr_table_size(s, words.handle);
  hr_output bucketed = hr_table_find_or_hash(s, TEXTS(s, "b", "who", "where", "a"), 3, .table = buckets.handle,
                                             .default_value = buckets.default_value, .name = "mine");
  hr_table_size(s, buckets.handle, .num_buckets = 3);
  hr_table_find(s, numbers.handle, INT64S(s, HR_SHAPE(2), 9, 8), numbers.default_value);
  hr_table_find_or_hash(s, INT64S(s, HR_SHAPE(4), 5, 100, 4, 101), 2, .table = keyed.handle,
                        .default_value = keyed.default_value, .strong = true, .key_low = 3, .key_high = 4);
  hr_table_find(s, text.handle, INT64S(s, HR_SHAPE(3), 1, 2, 0), text.default_value);
  hr_table_find(s, other.handle, INT64S(s, HR_SHAPE(2, 1), 1, -1), other.default_value);
  hr_node *fill = hr_tables_initializer(s);
  expect_ok(t.builder);
  assert_int_equal(hr_output_shape(found)->dims[1], 2);

  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_session_run(session, 0, NULL, 0, NULL, NULL, 1, (hr_node *const[]){fill}));
  hr_tensor values[3];
  assert_null(hr_session_run(session, 0, NULL, 3, (hr_output[]){found, size, bucketed}, values, 0, NULL));
  const int64_t *places = hr_tensor_data(&values[0]);
  assert_true(places[0] == 1 && places[1] == -7 && places[2] == 2 && places[3] == 0);
  assert_int_equal(*(int64_t *)hr_tensor_data(&values[1]), 3);
  const int64_t *ids = hr_tensor_data(&values[2]);
  assert_true(ids[0] == 1 && ids[1] >= 2 && ids[1] < 5 && ids[2] >= 2 && ids[2] < 5 && ids[3] == 0);
  for (int i = 0; i < 3; ++i)
    hr_tensor_clear(&values[i]);
  hr_session_free(session);
  expect_recorded_collections(t.graph, "tables.from_tensors");
  testing_graph_expect(&t, "tables.from_tensors");
}

/* A file of lines, and a table of it. */
static void of_a_file(void **state) {
  (void)state;
  char path[] = "/tmp/headrace_words_XXXXXX";
  int file = mkstemp(path);
  assert_true(file >= 0);
  assert_int_equal(write(file, "one 1\r\ntwo 2\n", 13), 13);
  close(file);
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_table table = hr_index_table_from_file(s, path, .key_column = 0, .delimiter = " ");
  hr_output found = hr_table_find(s, table.handle, TEXTS(s, "two", "one", "2"), table.default_value);
  expect_ok(t.builder);
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  assert_null(hr_session_run(session, 0, NULL, 0, NULL, NULL, 1, &table.initializer));
  hr_tensor value;
  assert_null(hr_session_run(session, 0, NULL, 1, &found, &value, 0, NULL));
  const int64_t *places = hr_tensor_data(&value);
  assert_true(places[0] == 1 && places[1] == 0 && places[2] == -1);
  hr_tensor_clear(&value);
  hr_session_free(session);
  testing_graph_free(&t);
  unlink(path);
}

static void mistakes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_index_table(t.root, HR_OPERANDS(1.5, 2.5));
  expect_error(t.builder, HR_INVALID_ARGUMENT, "string", "float32", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(from_tensors), cmocka_unit_test(of_a_file),
                                     cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
