/* Conditional accumulators: who waits holds no thread, is served in order, and leaves when it is told to. */
#include "../session/fixture.h"
#include "headrace/accumulators.h"
#include <pthread.h>
#include <stdatomic.h>

/* One run, on a thread of its own. */
typedef struct waiting_run {
  pthread_t thread;
  hr_session *session;
  int32_t count;
  const hr_output *fetches;
  hr_tensor values[256];
  int64_t timeout_ms;
  hr_node *target; /* may be NULL */
  hr_status status;
  atomic_bool is_done;
} waiting_run;

static void *run_thread(void *argument) {
  waiting_run *run = argument;
  run->status = hr_session_run_with(run->session, &(hr_run_options){.timeout_ms = run->timeout_ms}, 0, NULL, run->count,
                                    run->fetches, run->values, run->target ? 1 : 0, &run->target, NULL);
  atomic_store(&run->is_done, true);
  return NULL;
}

static void start(waiting_run *run, fixture *f, int32_t count, const hr_output *fetches, hr_node *target,
                  int64_t timeout_ms) {
  *run = (waiting_run){
      .session = f->session, .count = count, .fetches = fetches, .timeout_ms = timeout_ms, .target = target};
  assert_int_equal(pthread_create(&run->thread, NULL, run_thread, run), 0);
}
static hr_status finish(waiting_run *run) {
  pthread_join(run->thread, NULL);
  return run->status;
}

static void assert_vector(const hr_tensor *value, float first, float second) {
  assert_int_equal(value->elements, 2);
  const float *x = hr_tensor_data(value);
  assert_true(x[0] == first && x[1] == second);
}

static hr_output vector(fixture *f, float first, float second) {
  return hr_constant_array(f->s, HR_FLOAT, HR_SHAPE(2), ((float[]){first, second}));
}

/* Two hundred Takes of one run wait on two threads, and other runs go on. */
static void test_who_waits_holds_no_thread(void **state) {
  (void)state;
  enum { COUNT = 200 };
  fixture f = fixture_new();
  hr_output sum = hr_accumulator(f.s, HR_FLOAT, .shape = HR_SHAPE(2)), takes[COUNT];
  hr_output far = hr_constant(f.s, 1000000, .dtype = HR_INT64);
  hr_node *add = hr_accumulator_apply(f.s, sum, vector(&f, 1, 2), .local_step = hr_operand_output(far));
  for (int i = 0; i < COUNT; ++i)
    takes[i] = hr_accumulator_take(f.s, sum, 1);
  waiting_run run;
  start(&run, &f, COUNT, takes, NULL, 60000);
  int adds = 0;
  for (; !atomic_load(&run.is_done); ++adds)
    assert_ok(hr_run_node(f.session, add));
  assert_true(adds >= COUNT);
  assert_ok(finish(&run));
  for (int i = 0; i < COUNT; ++i) {
    assert_vector(&run.values[i], 1, 2);
    hr_tensor_clear(&run.values[i]);
  }
  fixture_free(&f);
}

/* The first in the queue wants more than is there; when its time is over, the one behind it is served. */
static void test_one_who_leaves_is_no_obstacle(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output sum = hr_accumulator(f.s, HR_FLOAT, .shape = HR_SHAPE(2));
  hr_output many = hr_accumulator_take(f.s, sum, 5), one = hr_accumulator_take(f.s, sum, 1);
  hr_node *add = hr_accumulator_apply(f.s, sum, vector(&f, 3, 4));
  waiting_run first, second;
  start(&first, &f, 1, &many, NULL, 50);
  assert_ok(hr_run_node(f.session, add));
  start(&second, &f, 1, &one, NULL, 60000);
  hr_status status = finish(&first);
  assert_int_equal(hr_status_code(status), HR_DEADLINE_EXCEEDED);
  hr_status_free(status);
  assert_ok(finish(&second));
  assert_vector(&second.values[0], 3, 4);
  hr_tensor_clear(&second.values[0]);
  fixture_free(&f);
}

static void test_closing_ends_the_wait(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output sum = hr_accumulator(f.s, HR_FLOAT), take = hr_accumulator_take(f.s, sum, 1);
  hr_gradient rows = hr_sparse_accumulator_take(f.s, hr_sparse_accumulator(f.s, HR_FLOAT), 1);
  hr_output other = hr_accumulator(f.s, HR_FLOAT), count = hr_accumulator_num_accumulated(f.s, other);
  const hr_output fetches[] = {take, rows.value};
  waiting_run run;
  start(&run, &f, 2, fetches, hr_accumulator_apply(f.s, other, 1), 0);
  hr_tensor value;
  do {
    assert_ok(hr_evaluate(f.session, count, &value)); /* 1: the run is under way */
  } while (*(int32_t *)hr_tensor_data(&value) == 0);
  assert_ok(hr_session_close(f.session));
  hr_status status = finish(&run);
  assert_int_equal(hr_status_code(status), HR_CANCELLED);
  hr_status_free(status);
  fixture_free(&f);
}

/* Many add and many take at once: what is added is taken, once. */
typedef struct adder {
  pthread_t thread;
  fixture *f;
  hr_node *add;
} adder;
enum { ADDERS = 4, ROUNDS = 300 };

static void *add_thread(void *argument) {
  adder *a = argument;
  for (int i = 0; i < ROUNDS; ++i)
    assert_ok(hr_run_node(a->f->session, a->add));
  return NULL;
}

static void test_nothing_is_lost(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output sum = hr_accumulator(f.s, HR_FLOAT, .shape = HR_SHAPE(2), .reduction_type = "SUM");
  hr_output take = hr_accumulator_take(f.s, sum, 1);
  hr_output far = hr_constant(f.s, 1000000, .dtype = HR_INT64);
  adder adders[ADDERS];
  for (int i = 0; i < ADDERS; ++i) {
    adders[i] = (adder){
        .f = &f, .add = hr_accumulator_apply(f.s, sum, vector(&f, 1, (float)i), .local_step = hr_operand_output(far))};
  }
  hr_tensor value;
  for (int i = 0; i < ADDERS; ++i)
    assert_int_equal(pthread_create(&adders[i].thread, NULL, add_thread, &adders[i]), 0);
  float total = 0, weighted = 0;
  while (total < ADDERS * ROUNDS) {
    assert_ok(hr_evaluate(f.session, take, &value));
    total += ((float *)hr_tensor_data(&value))[0];
    weighted += ((float *)hr_tensor_data(&value))[1];
    hr_tensor_clear(&value);
  }
  for (int i = 0; i < ADDERS; ++i)
    pthread_join(adders[i].thread, NULL);
  assert_true(total == ADDERS * ROUNDS);
  assert_true(weighted == ROUNDS * (ADDERS * (ADDERS - 1) / 2));
  fixture_free(&f);
}

/* Two graphs' sparse accumulators, and what has the other kind. */
static void test_kinds_do_not_mix(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output rows = hr_sparse_accumulator(f.s, HR_FLOAT), value = hr_constant_f32(f.s, 1);
  hr_output dense = hr_conditional_accumulator(f.s, HR_FLOAT, HR_SHAPE_UNKNOWN);
  hr_output step = hr_constant(f.s, 0, .dtype = HR_INT64);
  hr_node *wrong = hr_accumulator_apply_gradient(f.s, rows, step, value);
  hr_status status = hr_run_node(f.session, wrong);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  assert_non_null(strstr(hr_status_message(status), "sparse"));
  hr_status_free(status);
  hr_node *right = hr_accumulator_apply_gradient(f.s, dense, step, value);
  assert_ok(hr_run_node(f.session, right));
  hr_tensor taken;
  assert_ok(
      hr_evaluate(f.session, hr_accumulator_take_gradient(f.s, dense, hr_constant_i32(f.s, 1), HR_FLOAT), &taken));
  assert_true(*(float *)hr_tensor_data(&taken) == 1);
  hr_output wide = hr_accumulator_take_gradient(f.s, dense, hr_constant_i32(f.s, 1), HR_DOUBLE);
  status = hr_evaluate(f.session, wide, &taken);
  assert_int_equal(hr_status_code(status), HR_INVALID_ARGUMENT);
  hr_status_free(status);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_who_waits_holds_no_thread), cmocka_unit_test(test_one_who_leaves_is_no_obstacle),
      cmocka_unit_test(test_closing_ends_the_wait),     cmocka_unit_test(test_nothing_is_lost),
      cmocka_unit_test(test_kinds_do_not_mix),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
