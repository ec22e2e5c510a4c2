/* After a fork the parent and the child both go on with the sessions they had, and make new ones. */
#include "fixture.h"
#include "runtime/base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIDE = 300 };

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

/* A graph with work for several threads, a variable, and a wait without end. */
typedef struct program {
  fixture f;
  hr_node *init, *step;
  hr_output v, product, wait;
} program;

static program program_new(void) {
  program p = {.f = fixture_new()};
  hr_scope s = p.f.s;
  p.v = variable_f32(s, "v", 5, &p.init);
  p.step = hr_assign_add(s, p.v, hr_constant_f32(s, 1)).node;
  hr_output ones =
      hr_fill(s, hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((int32_t[]){SIDE, SIDE})), hr_constant_f32(s, 1));
  p.product = hr_sum(s, hr_matmul(s, ones, ones), hr_constant_array(s, HR_INT32, HR_SHAPE(2), ((int32_t[]){0, 1})));
  p.wait = hr_recv(s, HR_FLOAT, "never", "/cpu:0", 1, "/cpu:0");
  return p;
}

static hr_status never(void *unused) {
  (void)unused;
  return HR_SUCCESS;
}

/* Uses a session in every way that needs a thread; the variable has the value `v` and one more afterwards. */
static void use(program *p, hr_session *session, float v) {
  hr_tensor value;
  assert_ok(hr_evaluate(session, p->product, &value));
  assert_true(*(float *)hr_tensor_data(&value) == (float)SIDE * SIDE * SIDE);
  assert_ok(hr_evaluate(session, p->v, &value));
  assert_true(*(float *)hr_tensor_data(&value) == v);
  hr_tensor_clear(&value);
  assert_ok(hr_run_node(session, p->step));
  hr_run_options limited = {.timeout_ms = 120};
  assert_ok(hr_set_poll(never, NULL));
  assert_fails(hr_session_run_with(session, &limited, 0, NULL, 1, &p->wait, &value, 0, NULL, NULL),
               HR_DEADLINE_EXCEEDED, "");
  assert_ok(hr_set_poll(NULL, NULL));
}

/* In the child: 0 where all of it works. A failed assertion would go on with the parent's tests. */
static int child(program *p, hr_session *session) {
  use(p, session, 6);
  hr_session *fresh;
  assert_ok(hr_session_new(p->f.graph, NULL, &fresh));
  assert_ok(hr_run_node(fresh, p->init));
  use(p, fresh, 5);
  hr_session_free(fresh);
  hr_session_free(session);
  return 0;
}

static void test_fork(void **state) {
  (void)state;
#ifdef __SANITIZE_THREAD__
  print_message("The thread sanitizer does not follow several threads into a child: it takes new ones for old ones.\n");
  skip();
#endif
  program p = program_new();
  hr_session *session;
  hr_session_options options = {.intra_op_threads = 3, .use_per_session_threads = true};
  assert_ok(hr_session_new(p.f.graph, &options, &session));
  assert_ok(hr_run_node(session, p.init));
  use(&p, session, 5);
  for (int round = 0; round < 3; ++round) {
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
      alarm(60);
      _exit(child(&p, session));
    }
    int result;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_int_equal(result, 0);
  }
  use(&p, session, 6);
  hr_session_free(session);
  fixture_free(&p.f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_fork)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
