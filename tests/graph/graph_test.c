/* Graphs, nodes and collections as the public headers promise them. */
#include "graph_testing.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/frame.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/shape_context.h"
#include <stdlib.h>

typedef struct fixture {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope root;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f.graph = hr_graph_new();
  f.builder = hr_builder_new(f.graph);
  f.root = hr_builder_root(f.builder);
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  hr_builder_free(f->builder);
  hr_graph_unref(f->graph);
  return 0;
}

static hr_output placeholder(fixture *f, const char *name, hr_dtype dtype, hr_partial_shape shape) {
  hr_node_builder *n = hr_node_begin(f->root, "Placeholder", name);
  hr_node_set_type(n, "dtype", dtype);
  hr_node_set_shape(n, "shape", &shape);
  hr_node *node = hr_node_finish(n);
  assert_non_null(node);
  hr_output output = {node, 0};
  assert_ok(hr_output_set_shape(output, &shape));
  return output;
}

static hr_node *binary(fixture *f, const char *op, const char *name, hr_output a, hr_output b) {
  hr_node_builder *n = hr_node_begin(f->root, op, name);
  hr_node_add_input(n, a);
  hr_node_add_input(n, b);
  return hr_node_finish(n);
}

static void nodes_are_found_and_read(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2, -1));
  hr_node *add = binary(f, "Add", NULL, x, x);
  assert_int_equal(hr_graph_node_count(f->graph), 2);
  assert_ptr_equal(hr_graph_node(f->graph, 1), add);
  assert_null(hr_graph_node(f->graph, 2));
  assert_null(hr_graph_node(f->graph, -1));
  assert_ptr_equal(hr_graph_find(f->graph, "Add"), add);
  assert_null(hr_graph_find(f->graph, "add"));
  assert_string_equal(hr_node_op(add), "Add");
  assert_int_equal(hr_node_id(add), 1);
  assert_int_equal(hr_node_input_count(add), 2);
  assert_true(hr_output_equal(hr_node_input(add, 1), x));
  assert_null(hr_node_input(add, 2).node);
  assert_int_equal(hr_output_dtype((hr_output){add, 0}), HR_FLOAT);
  assert_int_equal(hr_node_attr(add, "T")->type, HR_FLOAT);
  assert_null(hr_node_attr(add, "dtype"));
  hr_output found;
  assert_ok(hr_graph_output(f->graph, "Add:0", &found));
  assert_ptr_equal(found.node, add);
  assert_ok(hr_graph_output(f->graph, "x", &found));
  assert_true(hr_output_equal(found, x));
  assert_error(hr_graph_output(f->graph, "Add:1", &found), HR_NOT_FOUND, "only has 1 outputs");
  assert_error(hr_graph_output(f->graph, "y:0", &found), HR_NOT_FOUND, "'y', does not exist in the graph");
  assert_error(hr_graph_output(f->graph, "Add:", &found), HR_INVALID_ARGUMENT, "Add:");
  assert_error(hr_graph_output(f->graph, "Add:0:1", &found), HR_INVALID_ARGUMENT, "Add:0:1");
  assert_error(hr_graph_output(f->graph, "Add:99999999999999999999", &found), HR_INVALID_ARGUMENT, "Add:9");
  assert_error(hr_graph_output(f->graph, "", &found), HR_INVALID_ARGUMENT, "");
  char name[16];
  assert_string_equal(hr_output_name((hr_output){add, 0}, name, sizeof name), "Add:0");
}

static void shapes_merge(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2, -1));
  assert_ok(hr_output_set_shape(x, &HR_SHAPE(-1, 3)));
  assert_true(hr_partial_shape_equal(hr_output_shape(x), &HR_SHAPE(2, 3)));
  assert_error(hr_output_set_shape(x, &HR_SHAPE(3, 3)), HR_INVALID_ARGUMENT,
               "Dimension 0 in both shapes must be equal, but are 2 and 3. Shapes are [2,3] and [3,3]");
  assert_error(hr_output_set_shape(HR_NO_OUTPUT, &HR_SHAPE()), HR_INVALID_ARGUMENT, "no output");
  assert_int_equal(hr_output_shape(HR_NO_OUTPUT)->rank, HR_UNKNOWN_RANK);
}

static void the_first_error_stays_and_names_its_node(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2)), y = placeholder(f, "y", HR_INT32, HR_SHAPE(2));
  hr_builder_set_where(f->builder, "model.c:12");
  assert_null(binary(f, "Add", "sum", x, y));
  hr_builder_set_where(f->builder, NULL);
  assert_false(hr_builder_ok(f->builder));
  assert_null(binary(f, "Add", "later", x, x));
  assert_int_equal(hr_graph_node_count(f->graph), 2);
  hr_status status = hr_builder_status(f->builder);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  assert_string_equal(hr_status_node(status), "sum");
  assert_string_equal(hr_status_op(status), "Add");
  assert_non_null(strstr(hr_status_message(status), "[[node sum (Add) defined at model.c:12]]"));
  hr_status_free(status);
  assert_true(hr_builder_ok(f->builder));
  assert_string_equal(hr_node_name(binary(f, "Add", "sum", x, x)), "sum_1");
}

static void bad_arguments_are_refused(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2));
  assert_null(hr_node_finish(hr_node_begin(f->root, "NoSuchOp", NULL)));
  assert_builder_error(f->builder, HR_NOT_FOUND, "Op type not registered 'NoSuchOp'");
  assert_null(binary(f, "Add", NULL, x, HR_NO_OUTPUT));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "No argument for input y");
  assert_null(binary(f, "Add", NULL, x, (hr_output){x.node, 1}));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "refers to output 1 of x, which has 1");
  assert_null(binary(f, "Neg", NULL, x, x));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "takes 1 arguments, but 2");
  hr_node_builder *n = hr_node_begin(f->root, "Neg", NULL);
  hr_node_add_input(n, x);
  hr_node_set_int(n, "no_such_attr", 1);
  assert_null(hr_node_finish(n));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "no_such_attr");
  n = hr_node_begin(f->root, "Neg", NULL);
  hr_node_add_input(n, x);
  hr_node_set_int(n, "T", 1);
  assert_null(hr_node_finish(n));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "Expected type for argument 'T' not int.");
  assert_null(hr_node_finish(hr_node_begin(f->root, "Placeholder", NULL)));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "No argument for attr dtype");

  hr_graph *other = hr_graph_new();
  hr_builder *other_builder = hr_builder_new(other);
  fixture g = {other, other_builder, hr_builder_root(other_builder)};
  hr_output z = placeholder(&g, "z", HR_FLOAT, HR_SHAPE(2));
  assert_null(binary(f, "Add", NULL, x, z));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "must be from the same graph");
  (void)hr_control_dependencies(f->root, HR_NODES(z.node));
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "not an element of this graph");
  (void)hr_colocate_with(f->root, z.node, false);
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "not an element of this graph");
  (void)hr_colocate_with(f->root, NULL, false);
  assert_builder_error(f->builder, HR_INVALID_ARGUMENT, "Trying to reset colocation");
  hr_builder_free(other_builder);
  hr_graph_unref(other);
}

static void a_finalized_graph_stays_as_it_is(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2));
  hr_graph_finalize(f->graph);
  assert_null(binary(f, "Add", NULL, x, x));
  assert_builder_error(f->builder, HR_FAILED_PRECONDITION, "Graph is finalized and cannot be modified.");
  assert_error(hr_collection_add(f->graph, "k", &(hr_item){.kind = HR_ITEM_INT, .i = 1}), HR_FAILED_PRECONDITION,
               "finalized");
  assert_int_equal(hr_graph_node_count(f->graph), 1);
}

static hr_status refuse(hr_shape_context *c) {
  bool known;
  hr_tensor value;
  hr_partial_shape shape;
  HR_TRY(hr_shape_input_value(c, 1, &known, &value));
  if (known) hr_tensor_clear(&value);
  HR_TRY(hr_shape_input_as_shape(c, 1, &shape));
  return hr_error(HR_INVALID_ARGUMENT, "This is wrong");
}

static void shape_errors_tell_what_was_known(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2, -1));
  int32_t two_three[] = {2, 3};
  hr_tensor value;
  assert_ok(hr_tensor_from(HR_INT32, 1, (int64_t[]){2}, two_three, &value));
  hr_node_builder *n = hr_node_begin(f->root, "Const", "c");
  hr_node_set_type(n, "dtype", HR_INT32);
  hr_node_set_tensor(n, "value", &value);
  hr_node *constant = hr_node_finish(n);
  hr_tensor_clear(&value);
  assert_non_null(constant);
  hr_op_def wrong = *hr_op_find("Reshape", strlen("Reshape"));
  wrong.shape = refuse;
  hr_output inputs[] = {x, {constant, 0}};
  assert_ok(hr_output_set_shape(inputs[1], &HR_SHAPE(2)));
  assert_null(hr_add_node(f->root, &wrong, &(hr_node_args){.name = "w", .inputs = inputs, .num_inputs = 2}));
  assert_builder_error(
      f->builder, HR_INVALID_ARGUMENT,
      "This is wrong for 'w' (op: 'Reshape') with input shapes: [2,?], [2] and with computed input "
      "tensors: input[1] = <2 3> and with input tensors computed as partial shapes: input[1] = [2,3].");
}

/* ---- definitions ----------------------------------------------------------------------------------------------- */

static hr_attr_value *no_attrs(fixture *f, const hr_op_def *op) {
  return hr_arena_zalloc(hr_graph_arena(f->graph), sizeof(hr_attr_value) * op->num_attrs, _Alignof(hr_attr_value));
}

static void definitions_are_taken_as_they_are(void **state) {
  fixture *f = *state;
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2));
  const hr_op_def *op = hr_op_find("Identity", strlen("Identity"));
  hr_attr_value *attrs = no_attrs(f, op);
  attrs[hr_op_attr_index(op, "T", 1)] = HR_ATTR_TYPE_VALUE(HR_FLOAT);
  hr_node *controls[] = {x.node, x.node};
  hr_node_spec spec = {.op = op,
                       .name = HR_VIEW("X"),
                       .device = HR_VIEW("/gpu:0"),
                       .inputs = &x,
                       .num_inputs = 1,
                       .num_controls = 2,
                       .controls = controls,
                       .attrs = attrs};
  hr_node *node;
  assert_ok(hr_graph_add(f->graph, &spec, &node));
  assert_string_equal(hr_node_name(node), "X");
  assert_string_equal(hr_node_device(node), "/gpu:0");
  assert_int_equal(hr_node_control_input_count(node), 1);
  assert_ptr_equal(hr_graph_find(f->graph, "X"), node);
  assert_ptr_equal(hr_graph_find(f->graph, "x"), x.node);
  assert_string_equal(hr_unique_name(f->root, "x", false), "x_1");
  assert_error(hr_graph_add(f->graph, &spec, &node), HR_INVALID_ARGUMENT, "Duplicate node name in graph: 'X'");
  spec.name = HR_VIEW("b@d");
  assert_error(hr_graph_add(f->graph, &spec, &node), HR_INVALID_ARGUMENT, "contains invalid characters");
  spec.name = HR_VIEW("other");
  attrs[hr_op_attr_index(op, "T", 1)] = HR_ATTR_TYPE_VALUE(HR_INT32);
  assert_error(hr_graph_add(f->graph, &spec, &node), HR_INVALID_ARGUMENT, "type float32");
  assert_null(node);
  assert_int_equal(hr_graph_node_count(f->graph), 2);
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

static void attribute_values_print_and_compare(void **state) {
  fixture *f = *state;
  int64_t ints[] = {1, -2};
  int32_t types[] = {HR_FLOAT, HR_INT64};
  hr_bytes strings[] = {{"a\"b", 3}, {"", 0}};
  hr_tensor tensor = hr_tensor_f32(1.5f);
  hr_function_attr function = {"body", 1, (const char *const[]){"T"},
                               (const hr_attr_value[]){HR_ATTR_TYPE_VALUE(HR_FLOAT)}};
  const struct {
    hr_attr_value value;
    const char *text;
  } rows[] = {
      {HR_ATTR_INT_VALUE(-3), "-3"},
      {HR_ATTR_FLOAT_VALUE(0.5f), "0.5"},
      {HR_ATTR_BOOL_VALUE(true), "true"},
      {HR_ATTR_TYPE_VALUE(HR_FLOAT), "DT_FLOAT"},
      {HR_ATTR_STRING_VALUE("SAME"), "\"SAME\""},
      {HR_ATTR_SHAPE_VALUE(&HR_SHAPE(2, -1)), "[2,?]"},
      {HR_ATTR_TENSOR_VALUE(&tensor), "Tensor<type: float shape: [] values: 1.5>"},
      {{.kind = HR_ATTR_FUNC, .func = &function}, "body[T=DT_FLOAT]"},
      {{.kind = HR_ATTR_INT, .is_list = true, .count = 2, .ints = ints}, "[1, -2]"},
      {{.kind = HR_ATTR_TYPE, .is_list = true, .count = 2, .types = types}, "[DT_FLOAT, DT_INT64]"},
      {{.kind = HR_ATTR_STRING, .is_list = true, .count = 2, .strings = strings}, "[\"a\\\"b\", \"\"]"},
  };
  const size_t count = sizeof rows / sizeof *rows;
  for (size_t i = 0; i < count; ++i) {
    hr_text text = {0};
    hr_attr_text(&rows[i].value, &text);
    char *string = hr_text_take(&text);
    assert_string_equal(string, rows[i].text);
    free(string);
    hr_attr_value copy;
    assert_ok(hr_attr_copy(f->graph, &rows[i].value, &copy));
    for (size_t k = 0; k < count; ++k)
      assert_int_equal(hr_attr_equal(&copy, &rows[k].value), i == k);
  }
}

/* ---- collections ----------------------------------------------------------------------------------------------- */

static void count_destruction(void *object) { ++*(int *)object; }

static void collections_hold_items(void **state) {
  fixture *f = *state;
  static const hr_object_type type = {.name = "thing", .destroy = count_destruction};
  hr_output x = placeholder(f, "x", HR_FLOAT, HR_SHAPE(2));
  int destroyed = 0;
  char bytes[] = "abc";
  hr_item object = {.kind = HR_ITEM_OBJECT, .type = &type, .object = &destroyed};
  assert_ok(hr_collection_add(f->graph, "b", &object));
  assert_ok(hr_collection_add(f->graph, "a", &object));
  assert_ok(hr_collection_add(f->graph, "a", &(hr_item){.kind = HR_ITEM_BYTES, .bytes = {bytes, 3}}));
  assert_ok(hr_collection_add(f->graph, "c", &(hr_item){.kind = HR_ITEM_OUTPUT, .output = x}));
  bytes[0] = 'z';
  assert_int_equal(hr_collection_count(f->graph, "a"), 2);
  assert_memory_equal(hr_collection_item(f->graph, "a", 1)->bytes.data, "abc", 3);
  assert_null(hr_collection_item(f->graph, "a", 2));
  assert_null(hr_collection_item(f->graph, "none", 0));
  assert_int_equal(hr_collection_key_count(f->graph), 3);
  assert_string_equal(hr_collection_key(f->graph, 0), "b");
  assert_string_equal(hr_collection_key(f->graph, 1), "a");
  hr_collection_clear(f->graph, "b");
  assert_int_equal(hr_collection_count(f->graph, "b"), 0);
  assert_string_equal(hr_collection_key(f->graph, 0), "a");
  assert_null(hr_collection_make(f->graph, "a"));
  assert_int_equal(hr_collection_count(f->graph, "a"), 2);
  assert_null(hr_collection_make(f->graph, "empty"));
  assert_int_equal(hr_collection_count(f->graph, "empty"), 0);
  assert_string_equal(hr_collection_key(f->graph, hr_collection_key_count(f->graph) - 1), "empty");
  assert_int_equal(destroyed, 0);
  tear_down(state);
  assert_int_equal(destroyed, 1);
  set_up(state);
}

/* ---- variable scopes ------------------------------------------------------------------------------------------- */

static void variable_scopes_close_once(void **state) {
  fixture *f = *state;
  int closed = 0, left_open = 0;
  hr_scope with = hr_scope_with_variable_scope(f->root, &closed, count_destruction);
  hr_scope inner = hr_name_scope(with, "a");
  assert_ptr_equal(hr_scope_variable_scope(inner), &closed);
  assert_null(hr_scope_variable_scope(f->root));
  hr_scope_close(inner);
  assert_int_equal(closed, 0);
  hr_scope_close(with);
  hr_scope_close(with);
  assert_int_equal(closed, 1);
  (void)hr_scope_with_variable_scope(f->root, &left_open, count_destruction);
  tear_down(state);
  assert_int_equal(left_open, 1);
  assert_int_equal(closed, 1);
  set_up(state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(nodes_are_found_and_read, set_up, tear_down),
      cmocka_unit_test_setup_teardown(shapes_merge, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_first_error_stays_and_names_its_node, set_up, tear_down),
      cmocka_unit_test_setup_teardown(bad_arguments_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_finalized_graph_stays_as_it_is, set_up, tear_down),
      cmocka_unit_test_setup_teardown(shape_errors_tell_what_was_known, set_up, tear_down),
      cmocka_unit_test_setup_teardown(definitions_are_taken_as_they_are, set_up, tear_down),
      cmocka_unit_test_setup_teardown(attribute_values_print_and_compare, set_up, tear_down),
      cmocka_unit_test_setup_teardown(collections_hold_items, set_up, tear_down),
      cmocka_unit_test_setup_teardown(variable_scopes_close_once, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
