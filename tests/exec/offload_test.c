/* Long nodes on the pool: the schedule that measured costs lead to, and the same results with it as without. */
#include "../session/fixture.h"
#include "runtime/exec/offload.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/session/prepared.h"
#include <math.h>

enum { SIDE = 24 };

/* Two chains of inverses that meet in a sum; a variable is written at the end. */
typedef struct program {
  fixture f;
  hr_output x, left, right, sum;
  hr_node *init, *update;
  hr_device_set devices;
  hr_resource_manager *resources;
  hr_prepared *prepared;
} program;

static hr_status prepare(program *p, int32_t target_count, hr_node *const *targets) {
  hr_plan_request request = {.graph = p->f.graph,
                             .devices = &p->devices,
                             .resources = p->resources,
                             .may_offload = true,
                             .num_feeds = 1,
                             .feeds = &p->x,
                             .num_fetches = 1,
                             .fetches = &p->sum,
                             .num_targets = target_count,
                             .targets = targets};
  return hr_prepared_new(&request, &p->prepared);
}

static program program_new(void) {
  program p = {.f = fixture_new()};
  hr_scope s = p.f.s;
  p.x = hr_placeholder(s, HR_DOUBLE, .shape = HR_SHAPE(SIDE, SIDE));
  p.left = hr_matrix_inverse(s, p.x, .name = "left");
  p.right = hr_matrix_inverse(s, hr_neg(s, p.x), .name = "right");
  p.sum = hr_add(s, hr_neg(s, p.left), p.right);
  hr_session_options options = {.intra_op_threads = 2};
  assert_ok(hr_device_set_init(&p.devices, &options));
  p.resources = hr_resource_manager_new("localhost");
  assert_ok(prepare(&p, 0, NULL));
  return p;
}

static void program_free(program *p) {
  hr_prepared_free(p->prepared);
  hr_resource_manager_unref(p->resources);
  hr_device_set_clear(&p->devices);
  fixture_free(&p->f);
}

static hr_plan_node *find_node(const program *p, const char *name) {
  for (int32_t i = 0; i < p->prepared->plan->num_nodes; ++i) {
    if (strcmp(hr_node_name(p->prepared->plan->nodes[i].node), name) == 0) return &p->prepared->plan->nodes[i];
  }
  fail_msg("no node %s", name);
  return NULL;
}

static hr_status run(program *p, const hr_tensor *x, hr_tensor *sum) {
  hr_step *step;
  HR_TRY(hr_prepared_take(p->prepared, &step));
  hr_status status = hr_step_feed(step, 0, x);
  if (!status) status = hr_step_run(step);
  if (!status) status = hr_step_fetch(step, 0, sum);
  hr_step_finish(step);
  hr_prepared_give_back(p->prepared, step);
  return status;
}

static void fill(double *x, double diagonal) {
  for (int i = 0; i < SIDE * SIDE; ++i)
    x[i] = i % (SIDE + 1) ? 0.01 * (i % 7) : diagonal;
}

/* Costs as if measured: the inverses take long, everything else next to nothing. */
static const hr_schedule *schedule_with(program *p, int64_t left, int64_t right) {
  hr_plan *plan = p->prepared->plan;
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    plan->nodes[i].nanos = 1000;
  find_node(p, "left")->nanos = left;
  find_node(p, "right")->nanos = right;
  hr_schedule *schedule;
  assert_ok(hr_schedule_make(plan, &schedule));
  plan->schedule = schedule->count ? schedule : NULL;
  plan->runs = HR_TIMED_RUNS + 1;
  return schedule;
}

static void test_long_beside_long_is_offloaded(void **state) {
  (void)state;
  program p = program_new();
  const hr_schedule *schedule = schedule_with(&p, 1000000, 1000000);
  assert_int_equal(schedule->count, 1); /* the right one stays: nothing would go on beside it */
  assert_ptr_equal(&p.prepared->plan->nodes[schedule->nodes[0]], find_node(&p, "left"));
  assert_int_equal(schedule_with(&p, 50000, 1000000)->count, 0);
  assert_int_equal(schedule_with(&p, 1000000, 2000)->count, 0); /* no work to go on with */
  find_node(&p, "left")->splits = true;
  assert_int_equal(schedule_with(&p, 1000000, 1000000)->count, 0); /* uses the workers itself */
  program_free(&p);
}

static void test_same_results(void **state) {
  (void)state;
  program p = program_new();
  double x[SIDE * SIDE];
  for (int round = 0; round < 50; ++round) {
    hr_tensor in, plain, offloaded;
    fill(x, 1 + round);
    assert_ok(hr_tensor_borrow(HR_DOUBLE, 2, (int64_t[]){SIDE, SIDE}, x, &in));
    schedule_with(&p, 0, 0);
    assert_ok(run(&p, &in, &plain));
    assert_int_equal(schedule_with(&p, 1000000, 1000000)->count, 1);
    assert_ok(run(&p, &in, &offloaded));
    assert_true(hr_tensor_equal(&plain, &offloaded));
    hr_tensor_clear(&plain);
    hr_tensor_clear(&offloaded);
    hr_tensor_clear(&in);
  }
  program_free(&p);
}

static void test_errors_come_back(void **state) {
  (void)state;
  program p = program_new();
  double x[SIDE * SIDE] = {0}; /* singular */
  hr_tensor in, sum;
  assert_ok(hr_tensor_borrow(HR_DOUBLE, 2, (int64_t[]){SIDE, SIDE}, x, &in));
  assert_int_equal(schedule_with(&p, 1000000, 1000000)->count, 1);
  for (int i = 0; i < 20; ++i)
    assert_fails(run(&p, &in, &sum), HR_INVALID_ARGUMENT, "not invertible");
  fill(x, 3);
  assert_ok(run(&p, &in, &sum));
  hr_tensor_clear(&sum);
  hr_tensor_clear(&in);
  program_free(&p);
}

static void test_joined_before_writers(void **state) {
  (void)state;
  program p = program_new();
  hr_scope s = p.f.s;
  hr_output v = hr_variable_v2(s, HR_SHAPE(SIDE, SIDE), HR_DOUBLE, .name = "v");
  hr_output inverse = hr_matrix_inverse(s, hr_identity(s, v), .name = "of_v");
  hr_output assigned = hr_assign(s, v, p.x);
  assert_ok(hr_builder_status(p.f.builder));
  hr_prepared_free(p.prepared);
  assert_ok(prepare(&p, 2, (hr_node *[]){inverse.node, assigned.node}));
  hr_plan *plan = p.prepared->plan;
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    plan->nodes[i].nanos = 1000000;
  hr_schedule *schedule;
  assert_ok(hr_schedule_make(plan, &schedule));
  int32_t writer = (int32_t)(find_node(&p, "Assign") - plan->nodes);
  for (int32_t t = 0; t < schedule->count; ++t) { /* whatever started before the write is joined at or before it */
    if (schedule->nodes[t] > writer) continue;
    bool joined = false;
    for (int32_t i = 0; i <= writer; ++i) {
      for (int32_t j = schedule->first_join[i]; j < schedule->first_join[i + 1]; ++j)
        joined = joined || schedule->joins[j] == t;
    }
    assert_true(joined);
  }
  program_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_long_beside_long_is_offloaded),
                                     cmocka_unit_test(test_same_results), cmocka_unit_test(test_errors_come_back),
                                     cmocka_unit_test(test_joined_before_writers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
