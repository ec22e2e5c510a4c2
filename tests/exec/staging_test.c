/* Staging areas and barriers: what one run leaves for another. */
#include "../session/fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int32_t evaluate_i32(fixture *f, hr_output output) {
  hr_tensor value;
  assert_ok(hr_evaluate(f->session, output, &value));
  return *(int32_t *)hr_tensor_data(&value);
}

static hr_status run_until(fixture *f, hr_output fetch, hr_node *target, int64_t milliseconds) {
  hr_tensor value = {0};
  hr_run_options options = {.timeout_ms = milliseconds};
  hr_status status = hr_session_run_with(f->session, &options, 0, NULL, fetch.node ? 1 : 0, &fetch, &value,
                                         target ? 1 : 0, &target, NULL);
  hr_tensor_clear(&value);
  return status;
}

/* ---- staging areas ---------------------------------------------------------------------------------------------- */

static void test_staging(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_staging_area area = hr_staging_area_new(f.s, HR_TYPES(HR_FLOAT), .shapes = HR_SHAPES(HR_SHAPE()), .capacity = 2);
  hr_output x = hr_placeholder(f.s, HR_FLOAT), size = hr_staging_size(f.s, area);
  hr_node *put = hr_staging_put(f.s, area, HR_LIST(x)), *clear = hr_staging_clear(f.s, area);
  hr_output first = hr_staging_peek(f.s, area, 0).items[0], third = hr_staging_peek(f.s, area, 2).items[0];
  hr_output taken = hr_staging_get(f.s, area).items[0];
  hr_run_options hasty = {.timeout_ms = 10};
  for (int i = 1; i <= 3; ++i) {
    hr_tensor value = hr_tensor_f32((float)i);
    hr_status status =
        hr_session_run_with(f.session, i < 3 ? NULL : &hasty, 1, &(hr_feed){x, &value}, 0, NULL, NULL, 1, &put, NULL);
    if (i < 3)
      assert_ok(status);
    else
      assert_fails(status, HR_DEADLINE_EXCEEDED, "Timed out"); /* it is full */
  }
  assert_int_equal(evaluate_i32(&f, size), 2);
  assert_true(evaluate_f32(&f, first) == 1);
  assert_fails(run_until(&f, third, NULL, 10), HR_DEADLINE_EXCEEDED, "Timed out");
  assert_true(evaluate_f32(&f, taken) == 1);
  assert_true(evaluate_f32(&f, first) == 2);
  assert_ok(hr_run_node(f.session, clear));
  assert_int_equal(evaluate_i32(&f, size), 0);
  assert_fails(run_until(&f, taken, NULL, 10), HR_DEADLINE_EXCEEDED, "Timed out");
  fixture_free(&f);
}

static void test_memory_limit(void **state) {
  (void)state;
  fixture f = fixture_new();
  float numbers[4] = {1, 2, 3, 4};
  hr_staging_area area = hr_staging_area_new(f.s, HR_TYPES(HR_FLOAT), .memory_limit = 24);
  hr_output four = hr_constant_array(f.s, HR_FLOAT, HR_SHAPE(4), numbers);
  hr_output eight = hr_concat_v2(f.s, HR_LIST(four, four), hr_constant_i32(f.s, 0));
  hr_node *put = hr_staging_put(f.s, area, HR_LIST(four)), *put_eight = hr_staging_put(f.s, area, HR_LIST(eight));
  hr_output taken = hr_reduce_sum(f.s, hr_staging_get(f.s, area).items[0]);
  assert_ok(hr_run_node(f.session, put));
  assert_fails(run_until(&f, HR_NO_OUTPUT, put, 10), HR_DEADLINE_EXCEEDED, "Timed out");
  assert_fails(hr_run_node(f.session, put_eight), HR_RESOURCE_EXHAUSTED, "'32' bytes");
  assert_true(evaluate_f32(&f, taken) == 10);
  assert_ok(hr_run_node(f.session, put));
  fixture_free(&f);
}

/* ---- staging areas with keys ------------------------------------------------------------------------------------ */

typedef struct keyed_area {
  hr_map_staging_area area;
  hr_output key, x, y;
  hr_node *put, *put_x, *put_y;
  hr_output size, incomplete;
} keyed_area;

static keyed_area keyed_area_new(fixture *f, hr_map_staging_area area) {
  keyed_area a = {.area = area,
                  .key = hr_placeholder(f->s, HR_INT64),
                  .x = hr_placeholder(f->s, HR_FLOAT),
                  .y = hr_placeholder(f->s, HR_FLOAT)};
  a.put = hr_map_staging_put(f->s, area, a.key, HR_LIST(a.x, a.y));
  a.put_x = hr_map_staging_put(f->s, area, a.key, HR_LIST(a.x), .indices = HR_INTS(0));
  a.put_y = hr_map_staging_put(f->s, area, a.key, HR_LIST(a.y), .indices = HR_INTS(1));
  a.size = hr_map_staging_size(f->s, area);
  a.incomplete = hr_map_staging_incomplete_size(f->s, area);
  return a;
}

/* Runs `fetch` or `target` with components of `key`, the number and its negative; `milliseconds` 0: however long. */
static hr_status run_for(fixture *f, const keyed_area *a, int64_t key, hr_output fetch, hr_node *target, float *out,
                         int64_t milliseconds) {
  hr_tensor key_value = hr_tensor_i64(key), x = hr_tensor_f32((float)key), y = hr_tensor_f32((float)-key), value = {0};
  const hr_feed feeds[] = {{a->key, &key_value}, {a->x, &x}, {a->y, &y}};
  hr_run_options options = {.timeout_ms = milliseconds};
  hr_status status = hr_session_run_with(f->session, &options, 3, feeds, fetch.node ? 1 : 0, &fetch, &value,
                                         target ? 1 : 0, &target, NULL);
  if (!status && out) *out = *(const float *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  return status;
}

static hr_status run_at(fixture *f, const keyed_area *a, int64_t key, hr_output fetch, hr_node *target, float *out) {
  return run_for(f, a, key, fetch, target, out, 0);
}

/* It waits until its time is up. */
static void assert_waits(fixture *f, const keyed_area *a, int64_t key, hr_output fetch, hr_node *target) {
  assert_fails(run_for(f, a, key, fetch, target, NULL, 30), HR_DEADLINE_EXCEEDED, "Timed out");
}

static void check_sizes(fixture *f, const keyed_area *a, int32_t size, int32_t incomplete) {
  assert_int_equal(evaluate_i32(f, a->size), size);
  assert_int_equal(evaluate_i32(f, a->incomplete), incomplete);
}

static void test_keys(void **state) {
  (void)state;
  fixture f = fixture_new();
  keyed_area a =
      keyed_area_new(&f, hr_map_staging_area_new(f.s, HR_TYPES(HR_FLOAT, HR_FLOAT), .capacity = 3, .ordered = true));
  hr_outputs any = hr_map_staging_get_any(f.s, a.area);
  hr_output taken = hr_map_staging_get(f.s, a.area, a.key).items[1],
            first = hr_map_staging_peek(f.s, a.area, a.key).items[0];
  hr_output taken_x = hr_map_staging_get(f.s, a.area, a.key, .indices = HR_INTS(0)).items[0];
  float value;
  assert_ok(run_at(&f, &a, 7, HR_NO_OUTPUT, a.put, NULL));
  assert_ok(run_at(&f, &a, 2, HR_NO_OUTPUT, a.put_x, NULL));
  assert_ok(run_at(&f, &a, 9, HR_NO_OUTPUT, a.put, NULL));
  check_sizes(&f, &a, 2, 1);
  assert_waits(&f, &a, 2, taken, NULL); /* it is not whole */
  assert_fails(run_at(&f, &a, 2, HR_NO_OUTPUT, a.put_x, NULL), HR_INVALID_ARGUMENT, "already initialized");
  assert_ok(run_at(&f, &a, 2, HR_NO_OUTPUT, a.put_y, NULL));
  check_sizes(&f, &a, 3, 0);
  assert_waits(&f, &a, 1, HR_NO_OUTPUT, a.put);              /* full */
  assert_ok(run_at(&f, &a, 1, HR_NO_OUTPUT, a.put_x, NULL)); /* what is not whole does not count */
  assert_waits(&f, &a, 1, HR_NO_OUTPUT, a.put_y);
  assert_ok(run_at(&f, &a, 9, first, NULL, &value));
  assert_true(value == 9);
  assert_ok(run_at(&f, &a, 9, taken_x, NULL, &value));
  assert_fails(run_at(&f, &a, 9, taken, NULL, &value), HR_INVALID_ARGUMENT,
               "Tensor at index '0' for key '9' has already been removed");
  assert_ok(run_at(&f, &a, 0, any.items[1], NULL, &value)); /* the least key */
  assert_true(value == 2);
  assert_ok(run_at(&f, &a, 1, HR_NO_OUTPUT, a.put_y, NULL));
  assert_ok(run_at(&f, &a, 7, taken, NULL, &value));
  assert_true(value == -7);
  check_sizes(&f, &a, 2, 0);
  assert_ok(hr_run_node(f.session, hr_map_staging_clear(f.s, a.area)));
  check_sizes(&f, &a, 0, 0);
  assert_waits(&f, &a, 0, any.items[1], NULL);
  fixture_free(&f);
}

static void test_keys_memory(void **state) {
  (void)state;
  fixture f = fixture_new();
  keyed_area a = keyed_area_new(&f, hr_map_staging_area_new(f.s, HR_TYPES(HR_FLOAT, HR_FLOAT), .memory_limit = 12));
  hr_output taken = hr_map_staging_get(f.s, a.area, a.key).items[0];
  float value;
  assert_ok(run_at(&f, &a, 1, HR_NO_OUTPUT, a.put, NULL));
  assert_waits(&f, &a, 2, HR_NO_OUTPUT, a.put);
  assert_ok(run_at(&f, &a, 2, HR_NO_OUTPUT, a.put_x, NULL));
  assert_waits(&f, &a, 2, HR_NO_OUTPUT, a.put_y);
  assert_ok(run_at(&f, &a, 1, taken, NULL, &value));
  assert_ok(run_at(&f, &a, 2, HR_NO_OUTPUT, a.put_y, NULL));
  check_sizes(&f, &a, 1, 0);
  fixture_free(&f);
}

/* Nodes of one shared name that were never built by one program. */
static void test_keys_of_others(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_map_staging_area area = hr_map_staging_area_new(f.s, HR_TYPES(HR_FLOAT, HR_FLOAT), .shared_name = "shared");
  hr_map_staging_area other = hr_map_staging_area_new(f.s, HR_TYPES(HR_FLOAT), .shared_name = "shared");
  hr_map_staging_area texts = hr_map_staging_area_new(f.s, HR_TYPES(HR_STRING, HR_STRING), .shared_name = "shared");
  keyed_area a = keyed_area_new(&f, area);
  hr_node *put_other = hr_map_staging_put(f.s, other, a.key, HR_LIST(a.x));
  hr_node *first = hr_map_staging_peek(f.s, texts, a.key).items[0].node;
  hr_node *disorder = hr_ordered_map_stage(f.s, hr_constant_i64(f.s, 1),
                                           hr_constant_array(f.s, HR_INT32, HR_SHAPE(2), ((int32_t[]){1, 0})),
                                           HR_LIST(a.x, a.y), HR_TYPES(HR_FLOAT, HR_FLOAT));
  hr_node *beyond = hr_ordered_map_stage(f.s, hr_constant_i64(f.s, 1),
                                         hr_constant_array(f.s, HR_INT32, HR_SHAPE(1), ((int32_t[]){-1})), HR_LIST(a.x),
                                         HR_TYPES(HR_FLOAT, HR_FLOAT));
  hr_node *too_few = hr_ordered_map_stage(f.s, hr_constant_i64(f.s, 1),
                                          hr_constant_array(f.s, HR_INT32, HR_SHAPE(1), ((int32_t[]){0})),
                                          HR_LIST(a.x, a.y), HR_TYPES(HR_FLOAT, HR_FLOAT));
  assert_ok(run_at(&f, &a, 1, HR_NO_OUTPUT, a.put, NULL));
  assert_fails(run_at(&f, &a, 1, HR_NO_OUTPUT, put_other, NULL), HR_INVALID_ARGUMENT,
               "2 components is shared by a node with 1");
  assert_fails(run_at(&f, &a, 1, (hr_output){first, 0}, NULL, NULL), HR_INVALID_ARGUMENT,
               "Component 0 of a staging area is float, not string");
  assert_fails(run_at(&f, &a, 1, HR_NO_OUTPUT, disorder, NULL), HR_INVALID_ARGUMENT, "not strictly ordered");
  assert_fails(run_at(&f, &a, 1, HR_NO_OUTPUT, beyond, NULL), HR_INVALID_ARGUMENT,
               "Index '-1' for key '1' was out of bounds '2'");
  assert_fails(run_at(&f, &a, 1, HR_NO_OUTPUT, too_few, NULL), HR_INVALID_ARGUMENT, "1 indices for 2 components");
  fixture_free(&f);
}

/* A thousand nodes of one run wait for keys of their own, and hold no thread: other runs bring them. */
enum { WAITING = 1000 };
typedef struct waiting_run {
  hr_session *session;
  hr_output fetch;
  int64_t value;
  hr_status status;
} waiting_run;

static void *run_waiting(void *argument) {
  waiting_run *run = argument;
  hr_tensor value = {0};
  run->status = hr_session_run(run->session, 0, NULL, 1, &run->fetch, &value, 0, NULL);
  if (!run->status) run->value = *(const int64_t *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  return NULL;
}

static void test_many_wait_for_keys(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_map_staging_area area = hr_map_staging_area_new(f.s, HR_TYPES(HR_INT64));
  hr_output key = hr_placeholder(f.s, HR_INT64);
  hr_output *taken = malloc(sizeof *taken * WAITING);
  for (int i = 0; i < WAITING; ++i)
    taken[i] = hr_map_staging_get(f.s, area, i).items[0];
  hr_output sum = hr_add_n(f.s, ((hr_outputs){WAITING, taken}));
  hr_node *put = hr_map_staging_put(f.s, area, key, HR_LIST(key));
  pthread_t thread;
  waiting_run run = {.session = f.session, .fetch = sum};
  assert_int_equal(pthread_create(&thread, NULL, run_waiting, &run), 0);
  for (int64_t i = WAITING; i-- > 0;) {
    hr_tensor value = hr_tensor_i64(i);
    assert_ok(hr_session_run(f.session, 1, &(hr_feed){key, &value}, 0, NULL, NULL, 1, &put));
  }
  pthread_join(thread, NULL);
  assert_ok(run.status);
  assert_true(run.value == WAITING * (WAITING - 1) / 2);
  free(taken);
  fixture_free(&f);
}

/* ---- barriers --------------------------------------------------------------------------------------------------- */

static hr_node *insert(hr_scope s, hr_output barrier, int component, const char *key, float value) {
  hr_output values = hr_constant_array(s, HR_FLOAT, HR_SHAPE(1), &value);
  return hr_barrier_insert_many(s, barrier, component, HR_OPERANDS(key), values);
}

static void test_barrier(void **state) {
  (void)state;
  fixture f = fixture_new();
  hr_output barrier = hr_barrier(f.s, HR_TYPES(HR_FLOAT, HR_FLOAT), .shapes = HR_SHAPES(HR_SHAPE(), HR_SHAPE()));
  hr_output ready = hr_barrier_ready_size(f.s, barrier), incomplete = hr_barrier_incomplete_size(f.s, barrier);
  hr_outputs two = hr_barrier_take_many(f.s, barrier, 2), one = hr_barrier_take_many(f.s, barrier, 1);
  hr_outputs rest = hr_barrier_take_many(f.s, barrier, 9, .allow_small_batch = true);
  hr_node *close = hr_barrier_close(f.s, barrier), *twice = insert(f.s, barrier, 0, "b", 5);
  assert_ok(hr_run_node(f.session, insert(f.s, barrier, 0, "a", 1)));
  assert_ok(hr_run_node(f.session, insert(f.s, barrier, 0, "b", 2)));
  assert_ok(hr_run_node(f.session, insert(f.s, barrier, 0, "c", 3)));
  assert_fails(hr_run_node(f.session, twice), HR_INVALID_ARGUMENT, "Key b already has a value for component 0");
  assert_ok(hr_run_node(f.session, insert(f.s, barrier, 1, "b", 20)));
  assert_int_equal(evaluate_i32(&f, ready), 1);
  assert_int_equal(evaluate_i32(&f, incomplete), 2);
  assert_fails(run_until(&f, two.items[2], NULL, 10), HR_DEADLINE_EXCEEDED, "Timed out");
  assert_ok(hr_run_node(f.session, insert(f.s, barrier, 1, "a", 10)));
  hr_tensor values[4];
  assert_ok(hr_session_run(f.session, 0, NULL, 4, two.items, values, 0, NULL));
  const float *second = hr_tensor_data(&values[3]);
  assert_true(second[0] == 10 && second[1] == 20); /* a came first */
  assert_true(((int64_t *)hr_tensor_data(&values[0]))[1] == INT64_MIN + 1);
  for (int i = 0; i < 4; ++i)
    hr_tensor_clear(&values[i]);
  assert_ok(hr_run_node(f.session, close));
  assert_fails(hr_run_node(f.session, insert(f.s, barrier, 0, "d", 1)), HR_CANCELLED, "brand new key: d");
  assert_fails(run_until(&f, rest.items[2], NULL, 0), HR_OUT_OF_RANGE, "is closed");
  assert_ok(hr_run_node(f.session, insert(f.s, barrier, 1, "c", 30)));
  assert_true(evaluate_f32(&f, rest.items[3]) == 30);
  assert_fails(run_until(&f, one.items[2], NULL, 0), HR_OUT_OF_RANGE, "is closed");
  assert_fails(hr_run_node(f.session, close), HR_CANCELLED, "already closed");
  fixture_free(&f);
}

/* Many keys, components in another order. */
static void test_many_keys(void **state) {
  (void)state;
  enum { COUNT = 500 };
  fixture f = fixture_new();
  hr_output barrier = hr_barrier(f.s, HR_TYPES(HR_STRING, HR_STRING), .shapes = HR_SHAPES(HR_SHAPE(), HR_SHAPE()));
  hr_output keys = hr_placeholder(f.s, HR_STRING);
  hr_node *puts[] = {hr_barrier_insert_many(f.s, barrier, 0, keys, keys),
                     hr_barrier_insert_many(f.s, barrier, 1, keys, keys)};
  hr_output ready = hr_barrier_ready_size(f.s, barrier), incomplete = hr_barrier_incomplete_size(f.s, barrier);
  for (int component = 0; component < 2; ++component)
    for (int i = 0; i < COUNT; ++i) {
      char text[32];
      const char *key = text;
      snprintf(text, sizeof text, "a key that is long enough %d", component ? COUNT - 1 - i : i);
      hr_tensor value;
      assert_ok(hr_tensor_strings(1, &key, &value));
      assert_ok(hr_session_run(f.session, 1, &(hr_feed){keys, &value}, 0, NULL, NULL, 1, &puts[component]));
      hr_tensor_clear(&value);
    }
  assert_int_equal(evaluate_i32(&f, ready), COUNT);
  assert_int_equal(evaluate_i32(&f, incomplete), 0);
  hr_output taken[] = {hr_barrier_take_many(f.s, barrier, COUNT).items[1]};
  hr_tensor all;
  assert_ok(hr_session_run(f.session, 0, NULL, 1, taken, &all, 0, NULL));
  const hr_string *last = (const hr_string *)hr_tensor_data(&all) + COUNT - 1;
  assert_memory_equal(hr_string_data(last), "a key that is long enough 499", 29);
  hr_tensor_clear(&all);
  fixture_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_staging),        cmocka_unit_test(test_memory_limit),
                                     cmocka_unit_test(test_keys),           cmocka_unit_test(test_keys_memory),
                                     cmocka_unit_test(test_keys_of_others), cmocka_unit_test(test_many_wait_for_keys),
                                     cmocka_unit_test(test_barrier),        cmocka_unit_test(test_many_keys)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
