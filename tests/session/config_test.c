/* What a session takes from a ConfigProto, its devices, and tf.Session.reset. */
#include "fixture.h"
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static hr_status parse(const HrPb__ConfigProto *config, hr_session_options *out) {
  hr_text bytes = {0};
  hr_proto_pack(config, &bytes);
  hr_status status = hr_session_options_parse(bytes.data, bytes.length, out);
  hr_text_free(&bytes);
  return status;
}

static void test_every_field_is_read_or_accepted(void **state) {
  (void)state;
  HrPb__ConfigProto config = HR_PB__CONFIG_PROTO__INIT;
  HrPb__GraphOptions graph = HR_PB__GRAPH_OPTIONS__INIT;
  HrPb__OptimizerOptions optimizer = HR_PB__OPTIMIZER_OPTIONS__INIT;
  HrPb__ConfigProto__DeviceCountEntry cpu = HR_PB__CONFIG_PROTO__DEVICE_COUNT_ENTRY__INIT, gpu = cpu,
                                      *counts[] = {&gpu, &cpu};
  HrPb__GPUOptions gpu_options = HR_PB__GPUOPTIONS__INIT;
  char *filters[] = {(char[]){"/job:ps"}, (char[]){"nonsense!"}};
  hr_session_options options;
  assert_ok(hr_session_options_parse("", 0, &options));
  assert_memory_equal(&options, &(hr_session_options){0}, sizeof options);

  gpu.key = (char[]){"GPU"};
  gpu.value = 4;
  cpu.key = (char[]){"CPU"};
  cpu.value = 3;
  config.n_device_count = 2;
  config.device_count = counts;
  config.intra_op_parallelism_threads = 2;
  config.inter_op_parallelism_threads = -7;
  config.use_per_session_threads = config.allow_soft_placement = config.isolate_session_state = true;
  config.operation_timeout_in_ms = 12345;
  config.placement_period = -3;
  config.n_device_filters = 2;
  config.device_filters = filters;
  optimizer.opt_level = HR_PB__OPTIMIZER_OPTIONS__LEVEL__L0;
  optimizer.global_jit_level = HR_PB__OPTIMIZER_OPTIONS__GLOBAL_JIT_LEVEL__ON_2;
  graph.optimizer_options = &optimizer;
  graph.infer_shapes = graph.place_pruned_graph = graph.enable_recv_scheduling = true;
  graph.timeline_step = graph.build_cost_model = 5;
  config.graph_options = &graph;
  gpu_options.per_process_gpu_memory_fraction = 7;
  gpu_options.allow_growth = true;
  gpu_options.visible_device_list = (char[]){"1,0"};
  config.gpu_options = &gpu_options;
  assert_ok(parse(&config, &options));
  assert_int_equal(options.cpu_devices, 3);
  assert_int_equal(options.gpu_devices, 4);
  assert_true(options.gpu_memory_fraction == 7 && options.gpu_allow_growth);
  assert_string_equal(options.visible_gpus, "1,0");
  assert_int_equal(options.intra_op_threads, 2);
  assert_int_equal(options.inter_op_threads, -7);
  assert_true(options.use_per_session_threads && options.allow_soft_placement && !options.log_device_placement);
  assert_int_equal(options.operation_timeout_ms, 12345);
  assert_int_equal(options.inter_op_pools, 0);

  fixture f = fixture_new();
  hr_session *session;
  hr_tensor value;
  assert_ok(hr_session_new(f.graph, &options, &session));
  assert_ok(hr_evaluate(session, hr_neg(f.s, hr_constant_f32(f.s, 2)), &value));
  hr_session_free(session);
  fixture_free(&f);

  gpu.value = 0;
  char list[80] = "0";
  while (strlen(list) < 70)
    strcat(list, ",0");
  gpu_options.visible_device_list = list;
  assert_fails(parse(&config, &options), HR_INVALID_ARGUMENT, "visible_device_list");
  list[3] = '\0';
  assert_ok(parse(&config, &options));
  assert_int_equal(options.gpu_devices, -1);
}

static void test_sizes_of_pools(void **state) {
  (void)state;
  HrPb__ConfigProto config = HR_PB__CONFIG_PROTO__INIT;
  HrPb__ThreadPoolOptionProto first = HR_PB__THREAD_POOL_OPTION_PROTO__INIT, second = first,
                              *pools[] = {&first, &second};
  hr_session_options options;
  config.intra_op_parallelism_threads = -1;
  assert_fails(parse(&config, &options), HR_INVALID_ARGUMENT, "intra_op_parallelism_threads");
  config.intra_op_parallelism_threads = 0;
  first.num_threads = 2;
  first.global_name = (char[]){"shared"};
  config.n_session_inter_op_thread_pool = 2;
  config.session_inter_op_thread_pool = pools;
  assert_ok(parse(&config, &options));
  assert_int_equal(options.inter_op_pools, 2);
  fixture f = fixture_new();
  hr_session *session;
  hr_output x = hr_neg(f.s, hr_constant_f32(f.s, 2));
  assert_ok(hr_session_new(f.graph, &options, &session));
  for (int pool = -3; pool <= 3; ++pool) {
    hr_run_options run = {.inter_op_thread_pool = pool};
    hr_tensor value;
    hr_status status = hr_session_run_with(session, &run, 0, NULL, 1, &x, &value, 0, NULL, NULL);
    char text[64];
    snprintf(text, sizeof text, "Invalid inter_op_thread_pool: %d", pool);
    if (pool >= -1 && pool <= 1)
      assert_ok(status);
    else
      assert_fails(status, HR_INVALID_ARGUMENT, text);
  }
  hr_session_free(session);
  fixture_free(&f);
  second.num_threads = -1;
  assert_fails(parse(&config, &options), HR_INVALID_ARGUMENT, "num_threads");
}

static hr_output on(fixture *f, const char *device, float x) {
  hr_output y = HR_NO_OUTPUT;
  HR_WITH (s, hr_device_scope(f->s, device))
    y = hr_neg(s, hr_constant_f32(s, x));
  return y;
}

static void test_devices(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_session *session;
  hr_session_options options = {.rewrites_off = HR_REWRITE_ALL, .cpu_devices = 2, .place_pruned_graph = true};
  assert_ok(hr_session_new(f.graph, &options, &session));
  assert_int_equal(hr_session_device_count(f.session), 1);
  assert_int_equal(hr_session_device_count(session), 2);
  for (int i = 0; i < 2; ++i) {
    hr_device_info info = hr_session_device(session, i);
    char name[64];
    snprintf(name, sizeof name, "/job:localhost/replica:0/task:0/device:CPU:%d", i);
    assert_string_equal(info.name, name);
    assert_string_equal(info.type, "CPU");
    assert_int_equal(info.memory_limit, 268435456);
    assert_true(info.incarnation != 0);
  }
  assert_true(hr_session_device(session, 0).incarnation != hr_session_device(session, 1).incarnation);
  assert_true(hr_session_device(session, 0).incarnation != hr_session_device(f.session, 0).incarnation);

  hr_output sum = hr_add(f.s, on(&f, "/cpu:1", 1), on(&f, "/cpu:0", 2)), missing = on(&f, "/cpu:2", 1);
  hr_tensor value;
  hr_owned_bytes bytes;
  hr_run_options traced = {.trace_level = HR_FULL_TRACE};
  assert_ok(hr_session_run_with(session, &traced, 0, NULL, 1, &sum, &value, 0, NULL, &bytes));
  assert_true(*(float *)hr_tensor_data(&value) == -3);
  HrPb__RunMetadata *metadata = hr_pb__run_metadata__unpack(NULL, bytes.length, (const uint8_t *)bytes.data);
  assert_non_null(metadata);
  assert_int_equal(metadata->step_stats->n_dev_stats, 2);
  assert_int_equal(metadata->step_stats->dev_stats[0]->n_node_stats, 3); /* a value is received */
  assert_int_equal(metadata->step_stats->dev_stats[1]->n_node_stats, 2); /* and sent */
  assert_string_equal(metadata->step_stats->dev_stats[1]->device, "/job:localhost/replica:0/task:0/device:CPU:1");
  hr_pb__run_metadata__free_unpacked(metadata, NULL);
  free(bytes.data);
  assert_fails(hr_evaluate(session, missing, &value), HR_INVALID_ARGUMENT, "device:CPU:0, ");
  hr_session_free(session);
  options.cpu_devices = -1;
  assert_fails(hr_session_new(f.graph, &options, &session), HR_NOT_FOUND, "No CPU devices");
  options.cpu_devices = 1000000;
  assert_fails(hr_session_new(f.graph, &options, &session), HR_RESOURCE_EXHAUSTED, "1000000");
  fixture_free(&f);
}

static void test_reset(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output v = variable_f32(f.s, "v", 5, &init);
  hr_session *closed, *other;
  hr_callable *callable;
  hr_tensor value;
  assert_ok(hr_session_new(f.graph, NULL, &closed));
  assert_ok(hr_session_new(f.graph, NULL, &other));
  assert_ok(hr_callable_new(other, 0, NULL, 1, &v, 0, NULL, &callable));
  assert_ok(hr_run_node(f.session, init));
  assert_ok(hr_run_node(other, init));
  assert_ok(hr_session_close(closed));
  assert_fails(hr_session_reset("bogus", 0, NULL), HR_NOT_FOUND, "{target: \"bogus\"");
  assert_ok(hr_evaluate(other, v, &value));
  assert_ok(hr_session_reset("", 1, (const char *const[]){"c1"}));
  assert_fails(hr_evaluate(f.session, v, &value), HR_CANCELLED, "Session has been closed.");
  assert_fails(hr_evaluate(other, v, &value), HR_CANCELLED, "Session has been closed.");
  assert_fails(hr_callable_run(callable, NULL, &value), HR_CANCELLED, "Session has been closed.");
  assert_fails(hr_evaluate(closed, v, &value), HR_FAILED_PRECONDITION, "closed Session");
  hr_callable_free(callable);
  hr_session_free(other);
  hr_session_free(closed);
  assert_ok(hr_session_new(f.graph, NULL, &other));
  assert_fails(hr_evaluate(other, v, &value), HR_FAILED_PRECONDITION, "uninitialized");
  assert_ok(hr_session_reset(NULL, 0, NULL));
  assert_ok(hr_session_reset(NULL, 0, NULL));
  hr_session_free(other);
  fixture_free(&f);
}

static void *run_waiting(void *argument) {
  fixture *f = argument;
  hr_tensor value;
  return hr_evaluate(f->session, hr_node_output(hr_graph_find(f->graph, "wait"), 0), &value);
}

static void test_reset_ends_runs(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_node *init;
  hr_output begun = variable_f32(f.s, "begun", 0, &init);
  hr_output begins = hr_assign_add(f.s, begun, hr_constant_f32(f.s, 1));
  assert_ok(hr_run_node(f.session, init));
  hr_add(f.s, begins, hr_recv(f.s, HR_FLOAT, "never", "/cpu:0", 1, "/cpu:0"), .name = "wait");
  pthread_t thread;
  void *status;
  assert_int_equal(pthread_create(&thread, NULL, run_waiting, &f), 0);
  while (evaluate_f32(&f, begun) == 0)
    usleep(500);
  assert_ok(hr_session_reset(NULL, 0, NULL));
  pthread_join(thread, &status);
  assert_fails(status, HR_CANCELLED, "");
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_field_is_read_or_accepted),
                                     cmocka_unit_test(test_sizes_of_pools), cmocka_unit_test(test_devices),
                                     cmocka_unit_test(test_reset), cmocka_unit_test(test_reset_ends_runs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
