/* The generated wrappers: what a call with named options becomes. Compiled with -Woverride-init, as programs may be. */
#include "headrace/ops.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope s;
} fixture;

static int open_graph(void **state) {
  static fixture f;
  f.graph = hr_graph_new();
  f.builder = hr_builder_new(f.graph);
  f.s = hr_builder_root(f.builder);
  *state = &f;
  return 0;
}

static int close_graph(void **state) {
  fixture *f = *state;
  hr_builder_free(f->builder);
  hr_graph_unref(f->graph);
  return 0;
}

static void assert_shape(hr_output output, const char *expected) {
  char text[HR_SHAPE_TEXT];
  assert_string_equal(hr_partial_shape_text(hr_output_shape(output), text), expected);
}

static void defaults_and_options(void **state) {
  fixture *f = *state;
  hr_output x = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(-1, 784), .name = "X");
  hr_output w = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(300, 784));
  hr_output y = hr_matmul(f->s, x, w, .transpose_b = true, .name = "xw");
  assert_string_equal(hr_node_name(x.node), "X");
  assert_string_equal(hr_node_name(w.node), "Placeholder");
  assert_string_equal(hr_node_name(y.node), "xw");
  assert_false(hr_node_attr(y.node, "transpose_a")->b);
  assert_true(hr_node_attr(y.node, "transpose_b")->b);
  assert_int_equal(hr_node_attr(y.node, "T")->type, HR_FLOAT);
  assert_shape(y, "[?,300]");
  assert_true(hr_scope_ok(f->s));
}

static void calls_within_calls(void **state) {
  fixture *f = *state;
  hr_output a = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(2, 2), .name = "a");
  hr_output y = hr_matmul(f->s, hr_matmul(f->s, hr_square(f->s, a, .name = "aa"), a, .transpose_a = true, .name = "m"),
                          hr_identity(f->s, a), .name = "outer");
  assert_string_equal(hr_node_name(y.node), "outer");
  assert_string_equal(hr_node_name(hr_node_input(y.node, 0).node), "m");
  assert_true(hr_node_attr(hr_node_input(y.node, 0).node, "transpose_a")->b);
  assert_string_equal(hr_node_name(hr_node_input(hr_node_input(y.node, 0).node, 0).node), "aa");
}

static void lists_in_and_out(void **state) {
  fixture *f = *state;
  hr_output a = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(4, 6));
  hr_tensor one = hr_tensor_i32(1);
  hr_output axis = hr_const(f->s, &one, HR_INT32);
  hr_outputs parts = hr_split(f->s, axis, a, 3);
  assert_int_equal(parts.count, 3);
  assert_shape(parts.items[2], "[4,2]");
  hr_output joined = hr_concat_v2(f->s, HR_LIST(parts.items[2], parts.items[0]), axis);
  assert_int_equal(hr_node_input_count(joined.node), 3);
  assert_int_equal(hr_node_input(joined.node, 0).index, 2);
  assert_int_equal(hr_node_attr(joined.node, "N")->i, 2);
  assert_shape(joined, "[4,4]");
  assert_shape(hr_squeeze(f->s, hr_expand_dims(f->s, a, axis), .squeeze_dims = HR_INTS(1)), "[4,6]");
}

static void many_inputs(void **state) {
  fixture *f = *state;
  enum { COUNT = 200 };
  hr_output items[COUNT], x = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(3));
  for (int i = 0; i < COUNT; ++i)
    items[i] = x;
  hr_output sum = hr_add_n(f->s, ((hr_outputs){COUNT, items}));
  assert_int_equal(hr_node_input_count(sum.node), COUNT);
  hr_outputs negative = {-1, NULL};
  assert_null(hr_add_n(f->s, negative).node);
  hr_status status = hr_builder_status(f->builder);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
}

static void several_outputs_and_none(void **state) {
  fixture *f = *state;
  hr_output x = hr_placeholder(f->s, HR_STRING, .shape = HR_SHAPE(-1));
  hr_unique_outputs u = hr_unique(f->s, x, .out_idx = HR_INT64);
  assert_int_equal(u.idx.index, 1);
  assert_int_equal(hr_output_dtype(u.idx), HR_INT64);
  hr_node *init = hr_no_op(f->s, .name = "init");
  assert_string_equal(hr_node_op(init), "NoOp");
}

static void strings_in_attributes(void **state) {
  fixture *f = *state;
  hr_output x = hr_placeholder(f->s, HR_FLOAT);
  hr_output summary = hr_tensor_summary(f->s, x, .labels = HR_STRINGS("a", "bc"), .description = "d");
  const hr_attr_value *labels = hr_node_attr(summary.node, "labels");
  assert_int_equal(labels->count, 2);
  assert_memory_equal(labels->strings[1].data, "bc", 2);
  assert_string_equal(hr_node_attr(summary.node, "description")->s, "d");
  assert_string_equal(hr_node_attr(summary.node, "display_name")->s, "");
}

static void plain_functions(void **state) {
  fixture *f = *state;
  hr_output a = hr_placeholder_with(f->s, HR_FLOAT, NULL);
  assert_shape(a, "<unknown>");
  hr_matmul_options options = hr_matmul_defaults;
  options.transpose_a = true;
  assert_true(hr_node_attr(hr_matmul_with(f->s, a, a, &options).node, "transpose_a")->b);
}

static void after_an_error_nothing_is_made(void **state) {
  fixture *f = *state;
  hr_output a = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(2, 3));
  hr_output bad = hr_matmul(f->s, a, a);
  assert_null(bad.node);
  int32_t count = hr_graph_node_count(f->graph);
  assert_null(hr_relu(f->s, bad).node);
  assert_int_equal(hr_split(f->s, bad, a, 2).count, 0);
  assert_null(hr_unique(f->s, bad).idx.node);
  assert_int_equal(hr_graph_node_count(f->graph), count);
  hr_status status = hr_builder_status(f->builder);
  assert_non_null(strstr(hr_status_message(status), "Dimensions must be equal, but are 3 and 2"));
  hr_status_free(status);
}

#define GRAPH_TEST(name) cmocka_unit_test_setup_teardown(name, open_graph, close_graph)

int main(void) {
  const struct CMUnitTest tests[] = {GRAPH_TEST(defaults_and_options),     GRAPH_TEST(calls_within_calls),
                                     GRAPH_TEST(lists_in_and_out),         GRAPH_TEST(many_inputs),
                                     GRAPH_TEST(several_outputs_and_none), GRAPH_TEST(strings_in_attributes),
                                     GRAPH_TEST(plain_functions),          GRAPH_TEST(after_an_error_nothing_is_made)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
