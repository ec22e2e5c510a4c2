/* Stress: many threads run one session while its graph grows and other sessions open and close. */
#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, RUNS = 400, GROWTH = 300 };

typedef struct shared {
  fixture f;
  hr_output x, y;
  _Atomic int grown; /* how many of the outputs below exist */
  hr_output outputs[GROWTH];
} shared;

static void *run_often(void *argument) {
  shared *s = argument;
  for (int i = 0; i < RUNS; ++i) {
    hr_tensor in = hr_tensor_f32((float)i), value;
    assert_ok(hr_session_run(s->f.session, 1, &(hr_feed){s->x, &in}, 1, &s->y, &value, 0, NULL));
    assert_true(*(float *)hr_tensor_data(&value) == (float)i * (float)i + 1);
    int grown = atomic_load(&s->grown);
    if (grown > 0) {
      int pick = i % grown;
      assert_ok(hr_evaluate(s->f.session, s->outputs[pick], &value));
      assert_true(*(float *)hr_tensor_data(&value) == -(float)pick);
    }
  }
  return NULL;
}

static void *open_and_close(void *argument) {
  shared *s = argument;
  for (int i = 0; i < RUNS / 8; ++i) {
    hr_session *session;
    hr_tensor in = hr_tensor_f32(2), value;
    assert_ok(hr_session_new(s->f.graph, NULL, &session));
    assert_ok(hr_session_run(session, 1, &(hr_feed){s->x, &in}, 1, &s->y, &value, 0, NULL));
    hr_session_free(session);
  }
  return NULL;
}

static void test_runs_beside_growth(void **state) {
  (void)state;
  static shared s;
  s = (shared){.f = fixture_new()};
  s.x = hr_placeholder(s.f.s, HR_FLOAT, .shape = HR_SHAPE());
  s.y = hr_add(s.f.s, hr_mul(s.f.s, s.x, s.x), hr_constant_f32(s.f.s, 1));
  pthread_t threads[THREADS + 1];
  for (int i = 0; i < THREADS; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, run_often, &s), 0);
  assert_int_equal(pthread_create(&threads[THREADS], NULL, open_and_close, &s), 0);
  for (int i = 0; i < GROWTH; ++i) {
    s.outputs[i] = hr_neg(s.f.s, hr_constant_f32(s.f.s, (float)i));
    atomic_store(&s.grown, i + 1);
  }
  for (int i = 0; i <= THREADS; ++i)
    pthread_join(threads[i], NULL);
  fixture_free(&s.f);
}

typedef struct racer {
  hr_session *session;
  hr_node *node;
} racer;

static void *run_until_closed(void *argument) {
  racer *r = argument;
  for (;;) {
    hr_status status = hr_run_node(r->session, r->node);
    if (!status) continue;
    hr_code code = hr_status_code(status);
    hr_status_free(status);
    assert_true(code == HR_CANCELLED || code == HR_FAILED_PRECONDITION);
    return NULL;
  }
}

static void test_close_while_running(void **state) {
  (void)state;
  for (int round = 0; round < 20; ++round) {
    fixture f = fixture_new();
    hr_output x = hr_constant_f32(f.s, 1);
    for (int i = 0; i < 50; ++i)
      x = hr_add(f.s, x, x);
    racer r = {f.session, x.node};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; ++i)
      assert_int_equal(pthread_create(&threads[i], NULL, run_until_closed, &r), 0);
    assert_ok(hr_session_close(f.session));
    for (int i = 0; i < THREADS; ++i)
      pthread_join(threads[i], NULL);
    fixture_free(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs_beside_growth),
                                     cmocka_unit_test(test_close_while_running)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
