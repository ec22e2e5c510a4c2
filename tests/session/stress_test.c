/* Stress: threads run, wait, give up, are interrupted and run in parts, while the graph grows and sessions close under
 * them. Whatever happens, a run answers with the right value or with an error that says why, and nothing hangs. */
#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORKERS = 6, ACTIONS = 150, SESSIONS = 3, CLOSINGS = 40, GROWTH = 200, SIDE = 48 };

typedef struct world {
  fixture f;
  hr_output x, y, wait, product, total, v, added;
  hr_node *init;
  _Atomic int grown; /* how many of the outputs below exist */
  hr_output outputs[GROWTH];
  _Atomic(hr_session *) current[SESSIONS]; /* open when they were put here */
  hr_session *all[SESSIONS + CLOSINGS];    /* freed at the end: a session may be closed, not freed, under a run */
  int num_all;
  _Atomic int succeeded, cancelled, late, interrupted;
} world;

static uint32_t next_random(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33);
}

/* ---- what a run may answer ------------------------------------------------------------------------------------- */

/* Counts the answer; true for a success. Frees the status. */
static bool settle(world *w, hr_status status, bool may_be_late, bool may_be_interrupted) {
  hr_code code = hr_status_code(status);
  if (code == HR_OK) {
    ++w->succeeded;
  } else if (code == HR_CANCELLED || code == HR_FAILED_PRECONDITION) { /* its session was closed */
    ++w->cancelled;
  } else if (code == HR_DEADLINE_EXCEEDED && may_be_late) {
    ++w->late;
  } else if (code == HR_UNKNOWN && may_be_interrupted) {
    ++w->interrupted;
  } else {
    fprintf(stderr, "%s: %s\n", hr_code_name(code), hr_status_message(status));
    abort();
  }
  hr_status_free(status);
  return code == HR_OK;
}

/* cmocka's assertions are for the main thread. */
static void expect(bool truth, const char *what) {
  if (truth) return;
  fprintf(stderr, "not so: %s\n", what);
  abort();
}
#define EXPECT(truth) expect((truth), #truth)

static float number(const hr_tensor *t) { return *(const float *)hr_tensor_data(t); }

/* ---- actions --------------------------------------------------------------------------------------------------- */

static void run_feed(world *w, hr_session *session, uint64_t *random) {
  float given = (float)(next_random(random) % 1000);
  hr_tensor in = hr_tensor_f32(given), value;
  if (settle(w, hr_session_run(session, 1, &(hr_feed){w->x, &in}, 1, &w->y, &value, 0, NULL), false, false))
    EXPECT(number(&value) == given * given + 1);
}

static void run_grown(world *w, hr_session *session, uint64_t *random) {
  int grown = atomic_load(&w->grown);
  if (grown == 0) return;
  int pick = (int)(next_random(random) % (uint32_t)grown);
  hr_tensor value;
  if (settle(w, hr_evaluate(session, w->outputs[pick], &value), false, false)) EXPECT(number(&value) == -(float)pick);
}

static void run_product(world *w, hr_session *session, uint64_t *random) {
  hr_run_options options = {.timeout_ms = next_random(random) % 3 ? 0 : 1,
                            .inter_op_thread_pool = -(int)(next_random(random) % 2)};
  hr_tensor value;
  if (settle(w, hr_session_run_with(session, &options, 0, NULL, 1, &w->total, &value, 0, NULL, NULL), true, false))
    EXPECT(number(&value) == (float)SIDE * SIDE * SIDE);
}

static void run_variable(world *w, hr_session *session, uint64_t *random) {
  (void)random;
  hr_tensor value;
  if (!settle(w, hr_run_node(session, w->init), false, false)) return;
  if (settle(w, hr_evaluate(session, w->added, &value), false, false)) {
    EXPECT(number(&value) >= 0 && number(&value) <= WORKERS * ACTIONS); /* 0: another initialised it meanwhile */
    hr_tensor_clear(&value);
  }
}

static void wait_in_vain(world *w, hr_session *session, uint64_t *random) {
  hr_run_options options = {.timeout_ms = 1 + next_random(random) % 8};
  hr_tensor value;
  EXPECT(!settle(w, hr_session_run_with(session, &options, 0, NULL, 1, &w->wait, &value, 0, NULL, NULL), true, false));
}

static void run_callable(world *w, hr_session *session, uint64_t *random) {
  hr_callable *callable;
  if (!settle(w, hr_callable_new(session, 1, &w->x, 1, &w->y, 0, NULL, &callable), false, false)) return;
  for (int i = 0; i < 5; ++i) {
    float given = (float)(next_random(random) % 1000);
    hr_tensor in = hr_tensor_f32(given), value;
    if (settle(w, hr_callable_run(callable, (const hr_tensor *[]){&in}, &value), false, false))
      EXPECT(number(&value) == given * given + 1);
  }
  hr_callable_free(callable);
}

/* Some partial runs are left before their end. */
static void run_in_parts(world *w, hr_session *session, uint64_t *random) {
  hr_partial_run *run;
  hr_output fetches[] = {w->product, w->y};
  if (!settle(w, hr_partial_run_new(session, 1, &w->x, 2, fetches, 0, NULL, &run), false, false)) return;
  hr_tensor in = hr_tensor_f32(3), value;
  uint32_t parts = next_random(random) % 3;
  if (parts > 0 && settle(w, hr_partial_run_step(run, 0, NULL, 1, &w->product, &value), false, false)) {
    EXPECT(number(&value) == SIDE);
    hr_tensor_clear(&value);
  }
  if (parts > 1 && settle(w, hr_partial_run_step(run, 1, &(hr_feed){w->x, &in}, 1, &w->y, &value), false, false))
    EXPECT(number(&value) == 10);
  hr_partial_run_free(run);
}

static hr_status interrupt(void *unused) {
  (void)unused;
  return hr_error(HR_UNKNOWN, "interrupted");
}

static void be_interrupted(world *w, hr_session *session, uint64_t *random) {
  (void)random;
  hr_tensor value;
  EXPECT(hr_set_poll(interrupt, NULL) == HR_SUCCESS);
  EXPECT(!settle(w, hr_evaluate(session, w->wait, &value), false, true));
  EXPECT(hr_set_poll(NULL, NULL) == HR_SUCCESS);
}

/* In sessions that close, and in one that does not. */
static void be_interrupted_in_peace(world *w, hr_session *unused, uint64_t *random) {
  (void)unused;
  hr_session *session;
  EXPECT(hr_session_new(w->f.graph, NULL, &session) == HR_SUCCESS);
  be_interrupted(w, session, random);
  hr_session_free(session);
}

static void run_own_session(world *w, hr_session *unused, uint64_t *random) {
  (void)unused;
  hr_session *session;
  EXPECT(hr_session_new(w->f.graph, NULL, &session) == HR_SUCCESS);
  run_feed(w, session, random);
  run_variable(w, session, random);
  hr_session_free(session);
}

typedef void action(world *w, hr_session *session, uint64_t *random);
static action *const actions[] = {run_feed,     run_feed,     run_grown,    run_grown,    run_product,
                                  run_variable, run_callable, run_in_parts, wait_in_vain, run_own_session};

/* ---- threads --------------------------------------------------------------------------------------------------- */

typedef struct worker {
  pthread_t thread;
  world *w;
  uint64_t seed;
} worker;

static void *work(void *argument) {
  worker *self = argument;
  world *w = self->w;
  for (int i = 0; i < ACTIONS; ++i) {
    hr_session *session = atomic_load(&w->current[next_random(&self->seed) % SESSIONS]);
    if (i % 50 == 49)
      (i % 100 == 49 ? be_interrupted : be_interrupted_in_peace)(w, session, &self->seed);
    else
      actions[next_random(&self->seed) % (sizeof actions / sizeof *actions)](w, session, &self->seed);
  }
  return NULL;
}

static void *close_sessions(void *argument) {
  world *w = argument;
  uint64_t seed = 99;
  for (int i = 0; i < CLOSINGS; ++i) {
    hr_session *fresh;
    EXPECT(hr_session_new(w->f.graph, NULL, &fresh) == HR_SUCCESS);
    w->all[w->num_all++] = fresh;
    hr_session *old = atomic_exchange(&w->current[next_random(&seed) % SESSIONS], fresh);
    usleep(next_random(&seed) % 10000);
    EXPECT(hr_session_close(old) == HR_SUCCESS);
  }
  return NULL;
}

static void build(world *w) {
  hr_scope s = w->f.s;
  w->x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE());
  w->y = hr_add(s, hr_mul(s, w->x, w->x), hr_constant_f32(s, 1));
  w->wait = hr_recv(s, HR_FLOAT, "never", "/cpu:0", 1, "/cpu:0");
  hr_output ones =
      hr_fill(s, hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((int32_t[]){SIDE, SIDE})), hr_constant_f32(s, 1));
  w->product = hr_matmul(s, ones, ones);
  w->total = hr_sum(s, w->product, hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((int32_t[]){0, 1})));
  w->v = variable_f32(s, "v", 0, &w->init);
  w->added = hr_assign_add(s, w->v, hr_constant_f32(s, 1));
}

static void test_all_at_once(void **state) {
  (void)state;
  static world w;
  w = (world){.f = fixture_new()};
  build(&w);
  for (int i = 0; i < SESSIONS; ++i) {
    hr_session *session;
    assert_ok(hr_session_new(w.f.graph, NULL, &session));
    w.current[i] = w.all[w.num_all++] = session;
  }
  worker workers[WORKERS];
  pthread_t closer;
  for (int i = 0; i < WORKERS; ++i) {
    workers[i] = (worker){.w = &w, .seed = (uint64_t)i + 1};
    assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  assert_int_equal(pthread_create(&closer, NULL, close_sessions, &w), 0);
  for (int i = 0; i < GROWTH; ++i) {
    w.outputs[i] = hr_neg(w.f.s, hr_constant_f32(w.f.s, (float)i));
    atomic_store(&w.grown, i + 1);
    usleep(500);
  }
  for (int i = 0; i < WORKERS; ++i)
    pthread_join(workers[i].thread, NULL);
  pthread_join(closer, NULL);
  print_message("%d runs succeeded, %d were cancelled, %d late, %d interrupted\n", w.succeeded, w.cancelled, w.late,
                w.interrupted);
  assert_true(w.succeeded > WORKERS * ACTIONS / 4);
  assert_true(w.late > 0 && w.interrupted > 0);
  for (int i = 0; i < SESSIONS; ++i) /* what is open still works */
    assert_true(evaluate_f32(&(fixture){.session = w.current[i]}, w.outputs[7]) == -7);
  for (int i = 0; i < w.num_all; ++i)
    hr_session_free(w.all[i]);
  fixture_free(&w.f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_at_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
