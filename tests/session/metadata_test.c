/* RunMetadata of a traced run, read back with the generated messages. */
#include "fixture.h"
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_step_stats), cmocka_unit_test(test_no_trace_no_stats)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
