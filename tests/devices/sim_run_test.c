/* Runs over several simulated accelerators: what waits for what, errors, cancellation, and all ways to run. */
#include "tests/session/fixture.h"

#include "headrace/kernel.h"
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- kernels that wait for each other ------------------------------------------------------------------------------
 */

static _Atomic bool flag;

/* On a card: waits until somebody raises the flag. */
static hr_status wait_for_flag(hr_kernel_context *ctx) {
  while (!atomic_load(&flag) && !hr_is_cancelled(ctx))
    usleep(200);
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
static hr_status raise_flag(hr_kernel_context *ctx) {
  atomic_store(&flag, true);
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
static hr_status refuse(hr_kernel_context *ctx) {
  (void)ctx;
  return hr_error(HR_DATA_LOSS, "refused");
}
HR_KERNEL(.op = "Asinh", .device = "GPU", .priority = 9, .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}},
          .compute = wait_for_flag);
HR_KERNEL(.op = "Acosh", .device = "GPU", .priority = 9, .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}},
          .compute = raise_flag);
HR_KERNEL(.op = "Acosh", .device = "CPU", .priority = 9, .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}},
          .compute = raise_flag);
HR_KERNEL(.op = "Atanh", .device = "GPU", .priority = 9, .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = refuse);

static hr_scope on(hr_scope s, const char *device) { return hr_device_scope(s, device); }

static hr_output vector(hr_scope s, float a, float b, float c) {
  return hr_constant_array(s, HR_FLOAT, HR_SHAPE(3), ((float[]){a, b, c}));
}

static void assert_values(hr_tensor *value, float a, float b, float c) {
  const float *x = hr_tensor_data(value), expected[] = {a, b, c};
  assert_int_equal(value->elements, 3);
  for (int i = 0; i < 3; ++i)
    if (x[i] != expected[i]) fail_msg("element %d is %g, not %g", i, (double)x[i], (double)expected[i]);
  hr_tensor_clear(value);
}

/* ---- what waits ----------------------------------------------------------------------------------------------------
 */

/* The walk goes on while a card works: a node of the CPU that comes later lets the card's go on. */
static void test_walk_goes_on(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output slow = hr_asinh(on(f.s, "/gpu:0"), vector(f.s, 1, 2, 3));
  hr_output raised = hr_acosh(on(f.s, "/cpu:0"), vector(f.s, 4, 5, 6));
  hr_output fetches[] = {slow, raised};
  hr_tensor values[2];
  atomic_store(&flag, false);
  assert_ok(hr_session_run(f.session, 0, NULL, 2, fetches, values, 0, NULL));
  assert_values(&values[0], 1, 2, 3);
  assert_values(&values[1], 4, 5, 6);
  fixture_free(&f);
}

/* Cards work side by side. */
static void test_cards_work_side_by_side(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output slow = hr_asinh(on(f.s, "/gpu:0"), vector(f.s, 1, 2, 3));
  hr_output raised = hr_acosh(on(f.s, "/gpu:1"), vector(f.s, 4, 5, 6));
  hr_output sum = hr_add(on(f.s, "/gpu:0"), slow, raised);
  hr_tensor value;
  atomic_store(&flag, false);
  assert_ok(hr_evaluate(f.session, sum, &value));
  assert_values(&value, 5, 7, 9);
  fixture_free(&f);
}

static int count_sends(hr_owned_bytes bytes) {
  hr_arena arena = {0};
  HrPb__RunMetadata *metadata;
  int sends = 0;
  assert_ok(hr_proto_unpack(&hr_pb__run_metadata__descriptor, &arena, bytes.data, bytes.length, NULL, &metadata));
  for (size_t i = 0; i < metadata->n_partition_graphs; ++i)
    for (size_t k = 0; k < metadata->partition_graphs[i]->n_node; ++k)
      sends += strstr(metadata->partition_graphs[i]->node[k]->op, "Send") != NULL;
  hr_arena_free(&arena);
  free(bytes.data);
  return sends;
}

/* A variable of one card, read on another and on the CPU by several nodes: one transfer each. */
static void test_one_transfer_for_a_device(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_var *v = hr_tf_variable(on(f.s, "/gpu:0"), vector(on(f.s, "/gpu:0"), 1, 2, 3), .name = "v");
  hr_output x = hr_var_value(v), there = x, here = x;
  for (int i = 0; i < 5; ++i) {
    there = hr_add(on(f.s, "/gpu:1"), there, x);
    here = hr_sub(on(f.s, "/cpu:0"), here, x);
  }
  hr_output fetches[] = {here, hr_identity(on(f.s, "/gpu:1"), there)};
  hr_tensor values[2];
  hr_owned_bytes bytes;
  hr_run_options options = {.output_partition_graphs = true};
  assert_ok(hr_run_node(f.session, hr_var_initializer(v)));
  assert_ok(hr_session_run_with(f.session, &options, 0, NULL, 2, fetches, values, 0, NULL, &bytes));
  assert_values(&values[0], -4, -8, -12);
  assert_values(&values[1], 6, 12, 18);
  assert_int_equal(count_sends(bytes), 3); /* to the other card, to the CPU, and the fetch */
  fixture_free(&f);
}

/* What is sent is the value of that moment, whatever happens to the variable afterwards. */
static void test_sent_values_stay(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_scope cpu = on(f.s, "/cpu:0"), card = on(f.s, "/gpu:0");
  hr_var *v = hr_tf_variable(cpu, vector(cpu, 1, 2, 3), .name = "v");
  hr_output slow = hr_asinh(card, vector(card, 0, 0, 0)); /* holds the card back */
  hr_output there = hr_add(card, hr_var_value(v), slow);
  hr_output grown = hr_var_assign_add(cpu, v, vector(cpu, 10, 10, 10));
  hr_output raised = HR_NO_OUTPUT;
  HR_WITH (s, hr_control_dependencies(cpu, HR_NODES(grown.node)))
    raised = hr_acosh(s, vector(cpu, 0, 0, 0));
  hr_output fetches[] = {there, raised};
  hr_tensor values[2];
  for (int run = 0; run < 3; ++run) {
    assert_ok(hr_run_node(f.session, hr_var_initializer(v)));
    atomic_store(&flag, false);
    assert_ok(hr_session_run(f.session, 0, NULL, 2, fetches, values, 0, NULL));
    assert_values(&values[0], 1, 2, 3);
    hr_tensor_clear(&values[1]);
  }
  fixture_free(&f);
}

/* ---- errors and ends -----------------------------------------------------------------------------------------------
 */

static void test_error_on_a_card(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output bad = hr_atanh(on(f.s, "/gpu:1"), vector(f.s, 1, 2, 3), .name = "bad");
  hr_output x = hr_neg(on(f.s, "/gpu:0"), hr_neg(on(f.s, "/cpu:0"), bad)),
            good = hr_neg(on(f.s, "/gpu:1"), vector(f.s, 1, 2, 3));
  hr_tensor value;
  for (int run = 0; run < 20; ++run) {
    hr_status status = hr_evaluate(f.session, x, &value);
    assert_non_null(status);
    assert_string_equal(hr_status_node(status), "bad");
    assert_fails(status, HR_DATA_LOSS, "refused");
    assert_ok(hr_evaluate(f.session, good, &value));
    assert_values(&value, -1, -2, -3);
  }
  fixture_free(&f);
}

/* The error of a node on the CPU is not covered by what it does to cards that wait for it. */
static void test_error_beside_cards(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output zero = hr_div(on(f.s, "/cpu:0"), hr_placeholder(f.s, HR_INT32, .name = "x"), hr_constant_i32(f.s, 0),
                          .name = "quotient");
  hr_output x = hr_neg(on(f.s, "/gpu:0"), hr_cast(on(f.s, "/cpu:0"), zero, HR_FLOAT));
  hr_tensor one = hr_tensor_i32(1), value;
  for (int run = 0; run < 20; ++run) {
    hr_status status = hr_session_run(f.session, 1, &(hr_feed){hr_node_output(hr_graph_find(f.graph, "x"), 0), &one}, 1,
                                      &x, &value, 0, NULL);
    assert_non_null(status);
    assert_string_equal(hr_status_node(status), "quotient");
    hr_status_free(status);
  }
  fixture_free(&f);
}

static void test_timeout(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output stuck = hr_asinh(on(f.s, "/gpu:0"), vector(f.s, 1, 2, 3));
  hr_output waiting = hr_neg(on(f.s, "/cpu:0"), hr_neg(on(f.s, "/gpu:1"), stuck));
  hr_run_options options = {.timeout_ms = 30};
  hr_tensor value;
  atomic_store(&flag, false);
  for (int run = 0; run < 3; ++run)
    assert_fails(hr_session_run_with(f.session, &options, 0, NULL, 1, &waiting, &value, 0, NULL, NULL),
                 HR_DEADLINE_EXCEEDED, "");
  atomic_store(&flag, true);
  assert_ok(hr_evaluate(f.session, waiting, &value));
  assert_values(&value, 1, 2, 3);
  fixture_free(&f);
}

/* ---- ways to run ---------------------------------------------------------------------------------------------------
 */

static void test_partial_run(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(3)),
            y = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(3));
  hr_output a = hr_neg(on(f.s, "/gpu:0"), x), b = hr_add(on(f.s, "/gpu:1"), a, y);
  hr_output feeds[] = {x, y}, fetches[] = {a, b};
  hr_partial_run *run;
  hr_tensor in, value;
  assert_ok(hr_tensor_from(HR_FLOAT, 1, (int64_t[]){3}, (float[]){1, 2, 3}, &in));
  assert_ok(hr_partial_run_new(f.session, 2, feeds, 2, fetches, 0, NULL, &run));
  assert_ok(hr_partial_run_step(run, 1, &(hr_feed){x, &in}, 1, &a, &value));
  assert_values(&value, -1, -2, -3);
  assert_ok(hr_partial_run_step(run, 1, &(hr_feed){y, &in}, 1, &b, &value));
  assert_values(&value, 0, 0, 0);
  hr_partial_run_free(run);
  hr_tensor_clear(&in);
  fixture_free(&f);
}

/* The same by the dataflow executor. */
static void test_dataflow(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_session *session;
  hr_session_options options = {.dataflow = true, .rewrites_off = HR_REWRITE_ALL};
  assert_ok(hr_session_new(f.graph, &options, &session));
  hr_output slow = hr_asinh(on(f.s, "/gpu:0"), vector(f.s, 1, 2, 3));
  hr_output raised = hr_acosh(on(f.s, "/gpu:1"), vector(f.s, 4, 5, 6));
  hr_output sum = hr_add(on(f.s, "/cpu:0"), slow, raised),
            bad = hr_add(f.s, hr_atanh(on(f.s, "/gpu:0"), sum, .name = "bad"), sum);
  hr_tensor value;
  for (int run = 0; run < 20; ++run) {
    atomic_store(&flag, false);
    assert_ok(hr_evaluate(session, sum, &value));
    assert_values(&value, 5, 7, 9);
    assert_fails(hr_evaluate(session, bad, &value), HR_DATA_LOSS, "bad");
  }
  hr_session_free(session);
  fixture_free(&f);
}

/* Parent and child go on after a fork, each with its own streams. */
static void test_fork(void **state) {
  (void)state;
#ifdef __SANITIZE_THREAD__
  skip(); /* it does not follow several threads into a child */
#endif
  fixture f = fixture_new();
  hr_output x = hr_neg(on(f.s, "/gpu:0"), hr_add(on(f.s, "/gpu:1"), vector(f.s, 1, 2, 3), vector(f.s, 1, 1, 1)));
  hr_tensor value;
  assert_ok(hr_evaluate(f.session, x, &value));
  assert_values(&value, -2, -3, -4);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    hr_status status = hr_evaluate(f.session, x, &value);
    _exit(status == HR_SUCCESS && ((float *)hr_tensor_data(&value))[2] == -4 ? 0 : 1);
  }
  int result;
  assert_int_equal(waitpid(child, &result, 0), child);
  assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  assert_ok(hr_evaluate(f.session, x, &value));
  assert_values(&value, -2, -3, -4);
  fixture_free(&f);
}

int main(void) {
  setenv("HEADRACE_MIN_LOG_LEVEL", "1", 0);
  setenv("HEADRACE_SIM_GPUS", "2", 1);
  setenv("HEADRACE_SIM_GPU_MEMORY", "16M", 1);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_walk_goes_on),
      cmocka_unit_test(test_cards_work_side_by_side),
      cmocka_unit_test(test_one_transfer_for_a_device),
      cmocka_unit_test(test_sent_values_stay),
      cmocka_unit_test(test_error_on_a_card),
      cmocka_unit_test(test_error_beside_cards),
      cmocka_unit_test(test_timeout),
      cmocka_unit_test(test_partial_run),
      cmocka_unit_test(test_dataflow),
      cmocka_unit_test(test_fork),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
