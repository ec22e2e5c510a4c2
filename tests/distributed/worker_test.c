/* Workers without the network: parts of graphs whose ends others hold, steps that meet, end and fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four before it */
#include <cmocka.h>

#include "distributed/partial_part.h"
#include "distributed/rpc_server.h"
#include "headrace/headrace.h"
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#define TASK   "/job:worker/replica:0/task:0"
#define DEVICE TASK "/device:CPU:0"
#define OTHER  TASK "/device:CPU:1" /* in place of another task's, which would be asked */

static void assert_ok(hr_status status) {
  if (status) fail_msg("%s: %s", hr_code_name(hr_status_code(status)), hr_status_message(status));
}
static void assert_fails(hr_status status, hr_code code, const char *fact) {
  if (hr_status_code(status) != code || !strstr(hr_status_message(status), fact))
    fail_msg("wanted %s with '%s', got %s: %s", hr_code_name(code), fact, hr_code_name(hr_status_code(status)),
             hr_status_message(status));
  hr_status_free(status);
}
static void assert_posted(sem_t *semaphore) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 120;
  assert_int_equal(sem_timedwait(semaphore, &until), 0);
}

/* ---- a worker and a part ------------------------------------------------------------------------------------------
 */

static hr_peers *peers;
static hr_worker *worker;

static int set_up(void **state) {
  (void)state;
  assert_ok(hr_peers_new(NULL, NULL, &peers));
  assert_ok(hr_worker_new(TASK, &(hr_session_options){0}, peers, NULL, &worker));
  return 0;
}
static int tear_down(void **state) {
  (void)state;
  hr_worker_stop(worker);
  hr_worker_free(worker);
  hr_peers_unref(peers);
  return 0;
}

#define EDGE(type, tensor, from, to, extra)                                                                            \
  "device: '" DEVICE "' attr { key: '" type "' value { type: DT_FLOAT } } attr { key: 'tensor_name' value { s: "       \
  "'" tensor "' } } attr { key: 'send_device' value { s: '" from "' } } attr { key: 'send_device_incarnation' value "  \
  "{ i: 7 } } attr { key: 'recv_device' value { s: '" to "' } } " extra
#define CLIENT "attr { key: 'client_terminated' value { b: true } }"

/* y = square(x), where the other task makes x and wants y. */
static const char square[] = "node { name: 'x' op: '_Recv' " EDGE(
    "tensor_type", "edge_x", OTHER, DEVICE,
    CLIENT) "}"
            "node { name: 'y' op: 'Square' input: 'x' device: '" DEVICE "' attr { key: 'T' value { type: DT_FLOAT } } }"
            "node { name: 'out' op: '_Send' input: 'y' " EDGE("T", "edge_y", DEVICE, OTHER, CLIENT) "}";
/* z = square(y) when b comes, y = square(a). */
static const char two_steps[] = "node { name: 'a' op: '_Recv' " EDGE(
    "tensor_type", "a:0", DEVICE, DEVICE,
    CLIENT) "}"
            "node { name: 'b' op: '_Recv' " EDGE(
                "tensor_type", "b:0", DEVICE, DEVICE,
                CLIENT) "}"
                        "node { name: 'y' op: 'Square' input: 'a' device: '" DEVICE
                        "' attr { key: 'T' value { type: DT_FLOAT } } }"
                        "node { name: 'z' op: 'Mul' input: 'y' input: 'b' device: '" DEVICE
                        "' attr { key: 'T' value { type: DT_FLOAT } } }"
                        "node { name: 'y_out' op: '_Send' input: 'y' " EDGE(
                            "T", "y:0", DEVICE, DEVICE, CLIENT) "}"
                                                                "node { name: 'z_out' op: '_Send' input: 'z' " EDGE(
                                                                    "T", "z:0", DEVICE, DEVICE, CLIENT) "}";

#define KEY(from, to, tensor) from ";0000000000000007;" to ";" tensor ";0:0"
#define X_KEY                 KEY(OTHER, DEVICE, "edge_x")
#define Y_KEY                 KEY(DEVICE, OTHER, "edge_y")

static hr_part *register_text(const char *text, size_t length) {
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = hr_builder_new(graph);
  hr_worker_session *session;
  hr_part *part;
  assert_ok(
      hr_graph_import_text(hr_builder_root(builder), text, length, &(hr_import_options){.name = "", .verbatim = true}));
  hr_builder_free(builder);
  assert_ok(hr_worker_find_session(worker, (hr_view){0}, &session));
  assert_ok(hr_worker_register(worker, session, graph, NULL, 0, false, &part));
  hr_worker_session_unref(session);
  hr_graph_unref(graph);
  return part;
}

/* ---- runs ---------------------------------------------------------------------------------------------------------
 */

typedef struct test_run {
  hr_part_run run; /* first */
  sem_t ended;
  hr_status status;
} test_run;

static void run_done(hr_part_run *run, hr_status status, hr_tensor *values) {
  (void)values;
  test_run *t = (test_run *)run;
  t->status = status;
  if (status) hr_meeting_place_abort(run->place, status);
  sem_post(&t->ended);
}

static void begin_run(test_run *t, hr_part *part, int64_t step) {
  *t = (test_run){.run = {.part = part, .done = run_done}};
  sem_init(&t->ended, 0, 0);
  assert_ok(hr_meeting_place_find(&worker->meetings, step, &t->run.place));
  hr_meeting_place_set_peers(t->run.place, peers);
  assert_ok(hr_part_run_begin(&t->run));
}

static hr_status end_run(test_run *t) {
  assert_posted(&t->ended);
  hr_part_run_end(&t->run);
  hr_meeting_place_unref(t->run.place);
  sem_destroy(&t->ended);
  return t->status;
}

typedef struct test_receiver {
  hr_receiver base;
  sem_t came;
  hr_status status;
  float value;
  bool is_dead;
} test_receiver;

static void receive(hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead) {
  test_receiver *r = (test_receiver *)self;
  r->status = status;
  r->is_dead = is_dead;
  if (!status && !is_dead) r->value = *(float *)hr_tensor_data(tensor);
  hr_tensor_clear(tensor);
  sem_post(&r->came);
}

/* Asks for y as another task does: from a thread of its own, perhaps before the step begins here. */
static void *ask_for_y(void *argument) {
  int64_t step = *(int64_t *)argument;
  hr_meeting_place *place;
  assert_ok(hr_meeting_place_find(&worker->meetings, step, &place));
  test_receiver r = {.base.receive = receive};
  sem_init(&r.came, 0, 0);
  hr_rendezvous_receive(&place->rendezvous, Y_KEY, &r.base);
  assert_posted(&r.came);
  assert_ok(r.status);
  assert_true(r.value == (float)step * (float)step);
  hr_meeting_place_unref(place);
  return NULL;
}

static void *send_x(void *argument) {
  int64_t step = *(int64_t *)argument;
  hr_meeting_place *place;
  assert_ok(hr_meeting_place_find(&worker->meetings, step, &place));
  hr_tensor x = hr_tensor_f32((float)step);
  assert_ok(hr_rendezvous_send(&place->rendezvous, X_KEY, &x, false));
  hr_meeting_place_unref(place);
  return NULL;
}

static void test_steps_meet(void **state) {
  (void)state;
  hr_part *part = register_text(square, sizeof square - 1);
  for (int64_t step = 1; step <= 100; ++step) {
    pthread_t asker, sender;
    test_run run;
    assert_int_equal(pthread_create(&asker, NULL, ask_for_y, &step), 0);
    assert_int_equal(pthread_create(&sender, NULL, send_x, &step), 0);
    begin_run(&run, part, step);
    hr_part_run_start(&run.run);
    assert_ok(end_run(&run));
    pthread_join(asker, NULL);
    pthread_join(sender, NULL);
  }
  for (int i = 0; i < HR_MEETING_LISTS; ++i) /* nothing is left of them */
    assert_null(worker->meetings.places[i]);
  hr_part_unref(part);
}

/* Several steps at once, of one part. */
static void *run_steps(void *argument) {
  hr_part *part = argument;
  static _Atomic int64_t next = 1000;
  for (int i = 0; i < 50; ++i) {
    int64_t step = next++;
    test_run run;
    begin_run(&run, part, step);
    hr_part_run_start(&run.run);
    send_x(&step);
    ask_for_y(&step);
    assert_ok(end_run(&run));
  }
  return NULL;
}

static void test_many_steps_at_once(void **state) {
  (void)state;
  hr_part *part = register_text(square, sizeof square - 1);
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, run_steps, part), 0);
  for (int i = 0; i < 4; ++i)
    pthread_join(threads[i], NULL);
  hr_part_unref(part);
}

static void *cancel(void *argument) {
  hr_part_run_cancel(argument, HR_CANCELLED);
  return NULL;
}
static void *end_step(void *argument) {
  hr_worker_end_step(worker, *(int64_t *)argument);
  return NULL;
}

/* Whoever waits is told, whatever ends the step, and when. */
static void test_steps_that_end_early(void **state) {
  (void)state;
  hr_part *part = register_text(square, sizeof square - 1);
  for (int64_t step = 5000; step < 5100; ++step) {
    bool cancels = step % 2;
    test_run run;
    pthread_t other;
    begin_run(&run, part, step);
    assert_int_equal(pthread_create(&other, NULL, cancels ? cancel : end_step, cancels ? (void *)&run : &step), 0);
    hr_part_run_start(&run.run);
    pthread_join(other, NULL);
    assert_fails(end_run(&run), cancels ? HR_CANCELLED : HR_ABORTED, "");
    hr_worker_end_step(worker, step);
    hr_meeting_place *place;
    assert_fails(hr_meeting_place_find(&worker->meetings, step, &place), HR_ABORTED, "has ended");
  }
  hr_part_unref(part);
}

/* What a branch that was not taken sends is dead on the other side, too. */
static void test_dead_values(void **state) {
  (void)state;
  hr_part *part = register_text(square, sizeof square - 1);
  test_run run;
  begin_run(&run, part, 6000);
  hr_rendezvous *rendezvous = &run.run.place->rendezvous;
  hr_tensor none = {0};
  assert_ok(hr_rendezvous_send(rendezvous, X_KEY, &none, true));
  hr_part_run_start(&run.run);
  test_receiver r = {.base.receive = receive};
  sem_init(&r.came, 0, 0);
  hr_rendezvous_receive(rendezvous, Y_KEY, &r.base);
  assert_posted(&r.came);
  assert_ok(r.status);
  assert_true(r.is_dead);
  assert_ok(end_run(&run));
  hr_part_unref(part);
}

typedef struct test_exchange {
  hr_exchange exchange; /* first */
  sem_t done;
  hr_status status;
} test_exchange;

static void exchange_done(hr_exchange *exchange, hr_status status) {
  test_exchange *t = (test_exchange *)exchange;
  t->status = status;
  sem_post(&t->done);
}

static hr_status exchange(hr_part *part, int64_t step, const char *input, float value, const char *output, bool is_last,
                          float *out) {
  hr_tensor given = hr_tensor_f32(value), got = {0};
  test_exchange t = {.exchange = {.num_inputs = 1,
                                  .num_outputs = 1,
                                  .input_keys = &input,
                                  .output_keys = &output,
                                  .inputs = &given,
                                  .outputs = &got,
                                  .is_last = is_last,
                                  .done = exchange_done}};
  sem_init(&t.done, 0, 0);
  hr_exchange_start(worker, part, step, &t.exchange);
  assert_posted(&t.done);
  if (!t.status) *out = *(float *)hr_tensor_data(&got);
  hr_tensor_clear(&got);
  sem_destroy(&t.done);
  return t.status;
}

static void test_partial_runs(void **state) {
  (void)state;
  hr_part *part = register_text(two_steps, sizeof two_steps - 1);
  for (int64_t step = 7000; step < 7050; ++step) {
    float y, z;
    assert_ok(exchange(part, step, KEY(DEVICE, DEVICE, "a:0"), 3, KEY(DEVICE, DEVICE, "y:0"), false, &y));
    assert_true(y == 9);
    assert_ok(exchange(part, step, KEY(DEVICE, DEVICE, "b:0"), 2, KEY(DEVICE, DEVICE, "z:0"), true, &z));
    assert_true(z == 18);
    hr_worker_end_step(worker, step);
  }
  float y; /* one that nobody goes on with */
  assert_ok(exchange(part, 7100, KEY(DEVICE, DEVICE, "a:0"), 3, KEY(DEVICE, DEVICE, "y:0"), false, &y));
  hr_worker_end_step(worker, 7100);
  assert_null(worker->partial);
  hr_part_unref(part);
}

/* ---- a task that never answers ----------------------------------------------------------------------------------- */

/* It lives, so that the connection is fine. The last call is answered when the test is over. */
static _Atomic(hr_rpc *) held;
static void hold(void *unused, hr_rpc *rpc) {
  (void)unused;
  hr_rpc *before = atomic_exchange(&held, rpc);
  if (before) hr_rpc_reply(before, HR_SUCCESS, NULL);
}

static hr_peers *peers_with(const char *address) {
  HrPb__JobDef__TasksEntry own = HR_PB__JOB_DEF__TASKS_ENTRY__INIT, other = HR_PB__JOB_DEF__TASKS_ENTRY__INIT;
  HrPb__JobDef__TasksEntry *tasks[] = {&own, &other};
  HrPb__JobDef job = HR_PB__JOB_DEF__INIT, *jobs[] = {&job};
  HrPb__ClusterDef cluster = HR_PB__CLUSTER_DEF__INIT;
  own.value = "localhost:1";
  other.key = 1;
  other.value = (char *)(uintptr_t)address;
  job.name = "worker";
  job.n_tasks = 2;
  job.tasks = tasks;
  cluster.n_job = 1;
  cluster.job = jobs;
  hr_peers *made;
  assert_ok(hr_peers_new(&cluster, NULL, &made));
  return made;
}

/* What a step asks another task for has the step's time, and a second. */
static void test_tensors_that_never_come(void **state) {
  (void)state;
  static const char wants[] = "node { name: 'x' op: '_Recv' " EDGE(
      "tensor_type", "edge_x", "/job:worker/replica:0/task:1/device:CPU:0", DEVICE, CLIENT) "}";
  const hr_rpc_method methods[] = {{"/tensorflow.WorkerService/RecvTensor", hold, NULL, true}};
  hr_rpc_server *silent;
  assert_ok(
      hr_rpc_server_new(&(hr_rpc_server_options){.host = "localhost", .methods = methods, .method_count = 1}, &silent));
  assert_ok(hr_rpc_server_start(silent));
  char address[64];
  snprintf(address, sizeof address, "localhost:%d", hr_rpc_server_port(silent));
  hr_peers *both = peers_with(address);
  hr_part *part = register_text(wants, sizeof wants - 1);
  test_run run = {.run = {.part = part, .done = run_done}};
  sem_init(&run.ended, 0, 0);
  assert_ok(hr_meeting_place_find(&worker->meetings, 8000, &run.run.place));
  hr_meeting_place_set_peers(run.run.place, both);
  hr_meeting_place_set_time_left(run.run.place, 10);
  assert_ok(hr_part_run_begin(&run.run));
  hr_part_run_start(&run.run);
  assert_fails(end_run(&run), HR_DEADLINE_EXCEEDED, "From /job:worker/replica:0/task:1:\n");
  hr_rpc_reply(atomic_load(&held), HR_SUCCESS, NULL);
  hr_rpc_server_free(silent);
  hr_part_unref(part);
  hr_peers_unref(both);
}

static void test_unknown_handles(void **state) {
  (void)state;
  hr_part *part;
  hr_worker_session *session;
  assert_fails(hr_worker_find_part(worker, HR_VIEW("00000000000fffff"), &part), HR_ABORTED,
               "Graph handle is not found: 00000000000fffff. Possibly, this worker just restarted.");
  assert_fails(hr_worker_deregister(worker, HR_VIEW("")), HR_ABORTED, "Graph handle is not found");
  assert_fails(hr_worker_find_session(worker, HR_VIEW("x"), &session), HR_ABORTED,
               "Session handle is not found: x. Possibly this worker (\"" TASK "\") just restarted.");
  assert_fails(hr_worker_close_session(worker, HR_VIEW("x")), HR_ABORTED, "Session handle is not found");
  assert_ok(hr_worker_open_session(worker, "x", NULL, true));
  assert_fails(hr_worker_open_session(worker, "x", NULL, true), HR_ALREADY_EXISTS, "");
  assert_ok(hr_worker_close_session(worker, HR_VIEW("x")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steps_meet),
      cmocka_unit_test(test_many_steps_at_once),
      cmocka_unit_test(test_steps_that_end_early),
      cmocka_unit_test(test_dead_values),
      cmocka_unit_test(test_partial_runs),
      cmocka_unit_test(test_unknown_handles),
      cmocka_unit_test(test_tensors_that_never_come),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
