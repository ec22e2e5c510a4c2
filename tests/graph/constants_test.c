/* What is known of values while a graph is built, against data/constants.tsv (record_constants.py says what it holds).
 */
#include "graph_testing.h"
#include "headrace/graph_io.h"
#include "runtime/base/text.h"
#include "runtime/graph/constant_value.h"
#include <stdio.h>
#include <stdlib.h>

static char *value_text(bool known, const hr_tensor *value) {
  hr_text text = {0};
  if (!known) {
    hr_text_add_string(&text, "?");
    return hr_text_take(&text);
  }
  hr_dtype dtype = hr_tensor_dtype(value);
  hr_text_printf(&text, "%s[", dtype == HR_FLOAT ? "float32" : hr_dtype_name(dtype));
  for (int i = 0; i < value->rank; ++i)
    hr_text_printf(&text, "%s%lld", i ? "," : "", (long long)value->dims[i]);
  hr_text_add_string(&text, "]: ");
  const void *data = hr_tensor_data(value);
  for (int64_t i = 0; i < value->elements; ++i) {
    double element = 0;
    if (dtype == HR_FLOAT) element = (double)((const float *)data)[i];
    if (dtype == HR_INT32) element = ((const int32_t *)data)[i];
    if (dtype == HR_INT64) element = (double)((const int64_t *)data)[i];
    if (dtype == HR_BOOL) element = ((const bool *)data)[i];
    hr_text_printf(&text, "%s%g", i ? " " : "", element);
  }
  return hr_text_take(&text);
}

static int differs(const char *name, const char *what, const char *expected, const char *answer) {
  if (strcmp(expected, answer) == 0) return 0;
  /* TensorFlow refuses to build these; they run well. */
  if (strcmp(expected, "error") == 0 && strncmp(name, "slice backwards", strlen("slice backwards")) == 0) return 0;
  print_error("%s: %s: expected %s, answered %s\n", name, what, expected, answer);
  return 1;
}

static int check_shape(const char *name, const char *what, const char *expected, hr_status status,
                       const hr_partial_shape *shape) {
  char text[HR_SHAPE_TEXT];
  int wrong = differs(name, what, expected, status ? "error" : hr_partial_shape_text(shape, text));
  hr_status_free(status);
  return wrong;
}

static int check_row(const hr_graph *graph, char *line) {
  char *column[5];
  for (int i = 0; i < 5; ++i) {
    column[i] = line;
    line = line ? strchr(line, '\t') : NULL;
    if (line) *line++ = '\0';
  }
  assert_non_null(column[4]);
  hr_output output;
  assert_ok(hr_graph_output(graph, column[1], &output));
  bool known;
  hr_tensor value;
  assert_ok(hr_constant_value(output, &known, &value));
  char *text = value_text(known, &value);
  if (known) hr_tensor_clear(&value);
  int wrong = differs(column[0], "constant_value", column[2], text);
  free(text);
  if (strcmp(column[3], "-") == 0) return wrong;
  hr_partial_shape shape;
  hr_status status = hr_constant_value_as_shape(output, &shape);
  wrong += check_shape(column[0], "constant_value_as_shape", column[3], status, &shape);
  if (hr_output_shape(output)->rank == 0) return wrong; /* refused by the op itself there */
  for (int again = 0; again < 2; ++again) {             /* the second answer comes from the cache */
    status = hr_evaluate_shape(output, &shape);
    wrong += check_shape(column[0], "shape refiner", column[4], status, &shape);
  }
  return wrong;
}

static size_t from_hex(char *text) {
  size_t length = strcspn(text, "\n") / 2;
  for (size_t i = 0; i < length; ++i) {
    unsigned byte;
    sscanf(text + 2 * i, "%2x", &byte);
    text[i] = (char)byte;
  }
  return length;
}

static void values_are_those_tensorflow_knows(void **state) {
  (void)state;
  FILE *file = fopen(TEST_DATA "constants.tsv", "r");
  assert_non_null(file);
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  static char line[1 << 16];
  assert_non_null(fgets(line, sizeof line, file));
  char *bytes = strchr(line, '\t') + 1;
  size_t length = from_hex(bytes);
  assert_ok(hr_graph_import(hr_builder_root(builder), bytes, length, &(hr_import_options){.name = ""}));
  int wrong = 0, rows = 0;
  for (; fgets(line, sizeof line, file); ++rows) {
    line[strcspn(line, "\n")] = '\0';
    wrong += check_row(graph, line);
  }
  fclose(file);
  assert_true(rows > 50);
  assert_int_equal(wrong, 0);
  hr_builder_free(builder);
  hr_graph_unref(graph);
}

/* x + 1 + 1 + ...: the search gives up at its bound, and asking step by step works whatever the length. */
static void work_is_bounded(void **state) {
  (void)state;
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_scope root = hr_builder_root(builder);
  hr_tensor one = hr_tensor_i32(1);
  hr_node_builder *n = hr_node_begin(root, "Const", NULL);
  hr_node_set_type(n, "dtype", HR_INT32);
  hr_node_set_tensor(n, "value", &one);
  hr_output constant = {hr_node_finish(n), 0}, ends[2];
  assert_non_null(constant.node);
  for (int asked = 0; asked < 2; ++asked) {
    hr_output sum = constant;
    for (int i = 0; i < 2 * HR_CONSTANT_MAX_NODES; ++i) {
      n = hr_node_begin(root, "Add", NULL);
      hr_node_add_input(n, sum);
      hr_node_add_input(n, constant);
      sum = (hr_output){hr_node_finish(n), 0};
      assert_non_null(sum.node);
      bool known;
      hr_tensor value;
      if (!asked) continue;
      assert_ok(hr_evaluate_constant(sum, &known, &value));
      assert_true(known);
      assert_int_equal(*(int32_t *)hr_tensor_data(&value), i + 2);
      hr_tensor_clear(&value);
    }
    ends[asked] = sum;
  }
  bool known;
  hr_tensor value;
  assert_ok(hr_evaluate_constant(ends[0], &known, &value));
  assert_false(known);
  hr_builder_free(builder);
  hr_graph_unref(graph);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_those_tensorflow_knows),
                                     cmocka_unit_test(work_is_bounded)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
