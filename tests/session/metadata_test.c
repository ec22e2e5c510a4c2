/* RunMetadata of a traced run, read back with the generated messages. */
#include "fixture.h"
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include <stdio.h>
#include <stdlib.h>

static HrPb__RunMetadata *read_metadata(hr_owned_bytes bytes, hr_arena *arena) {
  HrPb__RunMetadata *metadata;
  assert_ok(hr_proto_unpack(&hr_pb__run_metadata__descriptor, arena, bytes.data, bytes.length, NULL, &metadata));
  return metadata;
}

static void test_step_stats(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .name = "x");
  hr_output y = hr_square(f.s, hr_neg(f.s, x, .name = "minus"), .name = "power");
  hr_tensor in = hr_tensor_f32(3), value;
  hr_owned_bytes bytes;
  hr_run_options options = {.trace_level = HR_FULL_TRACE};
  assert_ok(hr_session_run_with(f.session, &options, 1, &(hr_feed){x, &in}, 1, &y, &value, 0, NULL, &bytes));
  assert_true(*(float *)hr_tensor_data(&value) == 9);
  hr_arena arena = {0};
  HrPb__RunMetadata *metadata = read_metadata(bytes, &arena);
  assert_non_null(metadata->step_stats);
  assert_int_equal(metadata->step_stats->n_dev_stats, 1);
  HrPb__DeviceStepStats *device = metadata->step_stats->dev_stats[0];
  assert_string_equal(device->device, "/job:localhost/replica:0/task:0/device:CPU:0");
  assert_int_equal(device->n_node_stats, 2);
  assert_string_equal(device->node_stats[0]->node_name, "minus");
  assert_string_equal(device->node_stats[0]->timeline_label, "minus = Neg(x)");
  assert_string_equal(device->node_stats[1]->node_name, "power");
  assert_true(device->node_stats[0]->all_start_micros <= device->node_stats[1]->all_start_micros);
  HrPb__NodeExecStats *power = device->node_stats[1];
  assert_int_equal(power->n_output, 1);
  HrPb__TensorDescription *described = power->output[0]->tensor_description;
  assert_int_equal(described->dtype, HR_FLOAT);
  assert_int_equal(described->shape->n_dim, 0);
  assert_int_equal(described->allocation_description->requested_bytes, sizeof(float));
  assert_string_equal(described->allocation_description->allocator_name, "cpu");
  hr_arena_free(&arena);
  free(bytes.data);
  fixture_free(&f);
}

/* Outputs of variables, of nodes that pass a value on, and of nodes whose value is given up in the run. */
static void test_outputs(void **state) {
  (void)state;
  fixture f = fixture_new();
  const float four[] = {1, 2, 3, 4};
  hr_var *v = hr_tf_variable(f.s, hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(2, 2), four), .name = "v");
  assert_ok(hr_run_node(f.session, hr_global_variables_initializer(f.s)));
  hr_output sum = hr_reduce_sum(f.s, hr_square(f.s, hr_var_value(v), .name = "square"), .name = "sum");
  hr_tensor value;
  hr_owned_bytes bytes;
  hr_run_options options = {.trace_level = HR_FULL_TRACE};
  assert_ok(hr_session_run_with(f.session, &options, 0, NULL, 1, &sum, &value, 0, NULL, &bytes));
  assert_true(*(float *)hr_tensor_data(&value) == 30);
  hr_arena arena = {0};
  HrPb__DeviceStepStats *device = read_metadata(bytes, &arena)->step_stats->dev_stats[0];
  int seen = 0;
  for (size_t i = 0; i < device->n_node_stats; ++i) {
    HrPb__NodeExecStats *node = device->node_stats[i];
    assert_int_equal(node->n_output, 1);
    HrPb__TensorDescription *described = node->output[0]->tensor_description;
    if (strcmp(node->node_name, "sum") == 0) continue;
    assert_int_equal(described->shape->n_dim, 2);
    assert_int_equal(described->shape->dim[1]->size, 2);
    assert_int_equal(described->allocation_description->requested_bytes, 16);
    assert_int_equal(described->allocation_description->has_single_reference, strcmp(node->node_name, "square") == 0);
    assert_true(described->allocation_description->ptr != 0);
    ++seen;
  }
  assert_true(seen >= 2);
  hr_arena_free(&arena);
  free(bytes.data);
  fixture_free(&f);
}

static void test_no_trace_no_stats(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output y = hr_neg(f.s, hr_constant_f32(f.s, 1));
  hr_tensor value;
  hr_owned_bytes bytes;
  assert_ok(hr_session_run_with(f.session, NULL, 0, NULL, 1, &y, &value, 0, NULL, &bytes));
  hr_arena arena = {0};
  HrPb__RunMetadata *metadata = read_metadata(bytes, &arena);
  assert_null(metadata->step_stats);
  hr_arena_free(&arena);
  free(bytes.data);
  fixture_free(&f);
}

static void expect_node(const HrPb__NodeDef *node, const char *name, const char *op, const char *inputs) {
  char have[200] = "";
  for (size_t i = 0; i < node->n_input; ++i)
    snprintf(have + strlen(have), sizeof have - strlen(have), "%s%s", i ? " " : "", node->input[i]);
  assert_string_equal(node->name, name);
  assert_string_equal(node->op, op);
  assert_string_equal(have, inputs);
  assert_string_equal(node->device, "/job:localhost/replica:0/task:0/device:CPU:0");
}

/* The nodes that TensorFlow answers with, arguments first. */
static void test_partition_graphs(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x");
  hr_tensor start, in, value;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &start));
  hr_var *v = hr_tf_variable(f.s, &start, .name = "v");
  hr_output y = hr_add(f.s, x, hr_var_value(v), .name = "y");
  hr_output z = hr_identity(f.s, hr_times(f.s, y, 2.0f), .name = "z");
  hr_node *t = NULL;
  HR_WITH (after, hr_control_dependencies(f.s, HR_NODES(y.node, x.node))) {
    t = hr_no_op(after, .name = "t");
  }
  hr_identity(f.s, z, .name = "unused");
  assert_ok(hr_run_node(f.session, hr_var_initializer(v)));
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){2}, (float[]){1, 2}, &in));
  hr_owned_bytes bytes;
  hr_run_options options = {.output_partition_graphs = true};
  assert_ok(hr_session_run_with(f.session, &options, 1, &(hr_feed){x, &in}, 1, &z, &value, 1, &t, &bytes));
  hr_arena arena = {0};
  HrPb__RunMetadata *metadata = read_metadata(bytes, &arena);
  assert_null(metadata->step_stats);
  assert_int_equal(metadata->n_partition_graphs, 1);
  const HrPb__GraphDef *graph = metadata->partition_graphs[0];
  assert_int_equal(graph->versions->producer, 134);
  static const char *const nodes[][3] = {
      {"_arg_x_0_0", "_Arg", ""},        {"v", "VariableV2", ""}, {"v/read", "Identity", "v"},
      {"y", "Add", "_arg_x_0_0 v/read"}, {"mul/y", "Const", ""},  {"mul", "Mul", "y mul/y"},
      {"z", "Identity", "mul"},          {"t", "NoOp", "^y"},     {"_retval_z_0_0", "_Retval", "z"}};
  assert_int_equal(graph->n_node, 9);
  for (int i = 0; i < 9; ++i)
    expect_node(graph->node[i], nodes[i][0], nodes[i][1], nodes[i][2]);
  hr_arena_free(&arena);
  free(bytes.data);
  hr_tensor_clear(&start);
  hr_tensor_clear(&in);
  hr_tensor_clear(&value);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_step_stats), cmocka_unit_test(test_outputs),
                                     cmocka_unit_test(test_no_trace_no_stats), cmocka_unit_test(test_partition_graphs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
