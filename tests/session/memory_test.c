/* Memory plans of whole steps: fewer bytes, the same numbers, no allocations; each step has an arena of its own, and
 * graph_options switch them off. */
#include "fixture.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/session/prepared.h"
#include <pthread.h>

enum { BATCH = 32, INPUTS = 96, CLASSES = 8, LAYERS = 5 };
static const int widths[LAYERS + 1] = {INPUTS, 80, 64, 48, 24, CLASSES};

/* Layers of falling width, trained; the batch's size is known when it is fed. */
typedef struct network {
  fixture f;
  hr_output x, logits, loss;
  hr_node *train, *init;
} network;

static network network_new(void) {
  network n = {.f = fixture_new()};
  hr_scope s = n.f.s;
  static float numbers[INPUTS * 80];
  for (int i = 0; i < INPUTS * 80; ++i)
    numbers[i] = (float)((i * 7) % 23 - 11) * 0.01f;
  n.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, INPUTS));
  hr_output values = n.x, weights[LAYERS];
  for (int i = 0; i < LAYERS; ++i) {
    hr_output start = hr_constant_array(s, HR_FLOAT, HR_SHAPE(widths[i], widths[i + 1]), numbers);
    weights[i] = hr_var_ref(hr_tf_variable(s, start));
    values = hr_matmul(s, values, weights[i]);
    if (i + 1 < LAYERS) values = hr_softmax(s, hr_tanh(s, values));
  }
  n.logits = values;
  n.loss = hr_reduce_sum(s, hr_square(s, hr_sub(s, values, hr_constant_f32(s, 0.5f))));
  hr_gradient gradients[LAYERS];
  hr_gradients(s, HR_LIST(n.loss), ((hr_outputs){LAYERS, weights}), gradients);
  hr_node *steps[LAYERS];
  for (int i = 0; i < LAYERS; ++i)
    steps[i] = hr_apply_gradient_descent(s, weights[i], hr_constant_f32(s, 0.01f), gradients[i].value).node;
  HR_WITH (after, hr_control_dependencies(s, LAYERS, steps))
    n.train = hr_no_op(after);
  n.init = hr_global_variables_initializer(s);
  assert_ok(hr_builder_status(n.f.builder));
  return n;
}

static void fill(float *images, int batch, int seed) {
  for (int i = 0; i < batch * INPUTS; ++i)
    images[i] = (float)((i * 13 + seed * 5) % 17) / 16;
}

/* What stands behind a session, open to look at. */
typedef struct engine {
  hr_device_set devices;
  hr_resource_manager *resources;
  hr_prepared *init, *train;
} engine;

static hr_prepared *prepare(engine *e, network *n, uint32_t rewrites_off, hr_node *target, int num_fetches) {
  hr_prepared *prepared;
  hr_plan_request request = {.graph = n->f.graph,
                             .devices = &e->devices,
                             .resources = e->resources,
                             .rewrites_off = rewrites_off,
                             .num_feeds = num_fetches > 0,
                             .feeds = &n->x,
                             .num_fetches = num_fetches,
                             .fetches = (hr_output[]){n->loss, n->logits},
                             .num_targets = 1,
                             .targets = &target};
  assert_ok(hr_prepared_new(&request, &prepared));
  return prepared;
}

static engine engine_new(network *n, uint32_t rewrites_off) {
  engine e = {.resources = hr_resource_manager_new("localhost")};
  assert_ok(hr_cpu_devices_add(&e.devices, &(hr_session_options){.intra_op_threads = 1}));
  e.init = prepare(&e, n, rewrites_off, n->init, 0);
  e.train = prepare(&e, n, rewrites_off, n->train, 2);
  hr_step *step;
  assert_ok(hr_prepared_take(e.init, &step));
  assert_ok(hr_step_run(step));
  hr_step_finish(step);
  hr_prepared_give_back(e.init, step);
  return e;
}

static void engine_free(engine *e) {
  hr_prepared_free(e->init);
  hr_prepared_free(e->train);
  hr_resource_manager_unref(e->resources);
  hr_device_set_clear(&e->devices);
}

static float train(engine *e, int batch, int seed) {
  float images[BATCH * INPUTS];
  fill(images, batch, seed);
  hr_tensor in, values[2];
  hr_step *step;
  assert_ok(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){batch, INPUTS}, images, &in));
  assert_ok(hr_prepared_take(e->train, &step));
  assert_ok(hr_step_feed(step, 0, &in));
  assert_ok(hr_step_run(step));
  for (int i = 0; i < 2; ++i)
    assert_ok(hr_step_fetch(step, i, &values[i]));
  hr_step_finish(step);
  hr_prepared_give_back(e->train, step);
  float loss = *(float *)hr_tensor_data(&values[0]);
  hr_tensor_clear(&values[1]);
  hr_tensor_clear(&in);
  return loss;
}

static size_t numbers_and_bytes(network *n, uint32_t rewrites_off, float losses[12]) {
  engine e = engine_new(n, rewrites_off);
  uint64_t calls = 0;
  for (int i = 0; i < 12; ++i) {
    if (i == 6) calls = hr_cpu_allocator_calls();
    losses[i] = train(&e, i == 8 ? BATCH / 2 : BATCH, i);
  }
  if (!(rewrites_off & HR_REWRITE_MEMORY)) /* the fetched logits of each run; a smaller batch fits in the arena, too */
    assert_int_equal(hr_cpu_allocator_calls() - calls, 6);
  assert_int_equal(e.train->num_steps, 1);
  hr_step_allocator *allocator = &e.train->steps[0]->allocator;
  size_t bytes = hr_step_allocator_bytes(allocator);
  assert_int_equal(allocator->state, rewrites_off & HR_REWRITE_MEMORY ? HR_ARENA_NEVER : HR_ARENA_USED);
  assert_int_equal(allocator->strikes, 0);
  engine_free(&e);
  return bytes;
}

static void test_a_training_step(void **state) {
  (void)state;
  network n = network_new();
  for (int k = 0; k < 2; ++k) {
    uint32_t others = k ? HR_REWRITE_ALL & ~(uint32_t)HR_REWRITE_MEMORY : 0;
    float with[12], without[12];
    size_t planned = numbers_and_bytes(&n, others, with);
    size_t by_class = numbers_and_bytes(&n, others | HR_REWRITE_MEMORY, without);
    assert_memory_equal(with, without, sizeof with);
    if (planned >= by_class * 4 / 5) fail_msg("%zu bytes planned, %zu without a plan", planned, by_class);
  }
  fixture_free(&n.f);
}

/* Fetched values are the caller's: later runs do not reach them. */
static void test_fetched_values_stay(void **state) {
  (void)state;
  network n = network_new();
  hr_session *session;
  assert_ok(hr_session_new(n.f.graph, NULL, &session));
  assert_ok(hr_run_node(session, n.init));
  float images[BATCH * INPUTS], first[BATCH * CLASSES];
  fill(images, BATCH, 1);
  hr_tensor in, values[8];
  assert_ok(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){BATCH, INPUTS}, images, &in));
  for (int i = 0; i < 8; ++i) {
    assert_ok(hr_session_run(session, 1, &(hr_feed){n.x, &in}, 1, &n.logits, &values[i], 0, NULL));
    if (i == 0) memcpy(first, hr_tensor_data(&values[0]), sizeof first);
    if (i % 2) memset(hr_tensor_data(&values[i]), 0, sizeof first);
  }
  for (int i = 0; i < 8; ++i) {
    if (i % 2 == 0) assert_memory_equal(hr_tensor_data(&values[i]), first, sizeof first);
    hr_tensor_clear(&values[i]);
  }
  hr_tensor_clear(&in);
  hr_session_free(session);
  fixture_free(&n.f);
}

/* A variable that takes over what a step made, and values that wait in a queue. */
static void test_kept_values_stay(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_scope s = f.s;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1));
  hr_output queue = hr_fifo_queue_v2(s, HR_TYPES(HR_FLOAT), .capacity = 100);
  hr_output v = hr_variable_v2(s, HR_SHAPE(64), HR_FLOAT);
  hr_output doubled = hr_exp(s, hr_softmax(s, x));
  hr_node *put = hr_queue_enqueue_v2(s, queue, HR_LIST(hr_softmax(s, doubled)));
  hr_node *assign = hr_assign(s, v, hr_softmax(s, hr_softmax(s, doubled))).node;
  hr_output taken = hr_queue_dequeue_v2(s, queue, HR_TYPES(HR_FLOAT)).items[0];
  hr_output wanted = hr_softmax(s, doubled);
  assert_ok(hr_builder_status(f.builder));
  hr_session *session;
  assert_ok(hr_session_new(f.graph, NULL, &session));
  for (int i = 0; i < 10; ++i) {
    float numbers[64];
    for (int j = 0; j < 64; ++j)
      numbers[j] = (float)((j * (i + 3)) % 11) / 8;
    hr_tensor in;
    assert_ok(hr_tensor_borrow(HR_FLOAT, 1, (int64_t[]){64}, numbers, &in));
    assert_ok(hr_session_run(session, 1, &(hr_feed){x, &in}, 0, NULL, NULL, 2, (hr_node *[]){put, assign}));
    hr_tensor_clear(&in);
  }
  for (int i = 0; i < 10; ++i) {
    float numbers[64];
    for (int j = 0; j < 64; ++j)
      numbers[j] = (float)((j * (i + 3)) % 11) / 8;
    hr_tensor in, expected, value;
    assert_ok(hr_tensor_borrow(HR_FLOAT, 1, (int64_t[]){64}, numbers, &in));
    assert_ok(hr_session_run(session, 1, &(hr_feed){x, &in}, 1, &wanted, &expected, 0, NULL));
    assert_ok(hr_evaluate(session, taken, &value));
    assert_true(hr_tensor_equal(&value, &expected));
    hr_tensor_clear(&in);
    hr_tensor_clear(&value);
    hr_tensor_clear(&expected);
  }
  hr_session_free(session);
  fixture_free(&f);
}

/* Runs of one session on several threads: each step has its own arena. */
enum { THREADS = 4, RUNS = 60 };

typedef struct shared_network {
  network n;
  hr_session *session;
  float expected[3][BATCH * CLASSES];
} shared_network;

static void evaluate(shared_network *s, int which, float *logits) {
  float images[BATCH * INPUTS];
  int batch = which == 2 ? BATCH / 2 : BATCH;
  fill(images, batch, which);
  hr_tensor in, value;
  assert_ok(hr_tensor_borrow(HR_FLOAT, 2, (int64_t[]){batch, INPUTS}, images, &in));
  assert_ok(hr_session_run(s->session, 1, &(hr_feed){s->n.x, &in}, 1, &s->n.logits, &value, 0, NULL));
  memcpy(logits, hr_tensor_data(&value), hr_tensor_bytes(&value));
  hr_tensor_clear(&value);
  hr_tensor_clear(&in);
}

static void *evaluate_often(void *argument) {
  shared_network *s = argument;
  for (int i = 0; i < RUNS; ++i) {
    float logits[BATCH * CLASSES];
    int which = i % 3;
    evaluate(s, which, logits);
    size_t rows = which == 2 ? BATCH / 2 : BATCH;
    if (memcmp(logits, s->expected[which], rows * CLASSES * sizeof *logits) != 0) return argument;
  }
  return NULL;
}

static void test_concurrent_runs(void **state) {
  (void)state;
  static shared_network s;
  s.n = network_new();
  s.session = s.n.f.session; /* of which nothing is rewritten */
  assert_ok(hr_run_node(s.session, s.n.init));
  for (int which = 0; which < 3; ++which)
    evaluate(&s, which, s.expected[which]);
  assert_ok(hr_session_new(s.n.f.graph, &(hr_session_options){.rewrites_off = HR_REWRITE_ALL & ~HR_REWRITE_MEMORY},
                           &s.session));
  assert_ok(hr_run_node(s.session, s.n.init));
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, evaluate_often, &s), 0);
  for (int i = 0; i < THREADS; ++i) {
    void *wrong;
    pthread_join(threads[i], &wrong);
    assert_null(wrong);
  }
  hr_session_free(s.session);
  fixture_free(&s.n.f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_training_step), cmocka_unit_test(test_fetched_values_stay),
                                     cmocka_unit_test(test_kept_values_stay), cmocka_unit_test(test_concurrent_runs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
