/* Rewriting of plans that are cut over devices: what runs there is less, and the values are the same to the last bit.
 */
#include "tests/session/fixture.h"

#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include <stdlib.h>

enum { ROWS = 40, COLUMNS = 30 };

static hr_output matrix(hr_scope s, float start) {
  float values[ROWS * COLUMNS];
  for (int i = 0; i < ROWS * COLUMNS; ++i)
    values[i] = start + (float)(i % 97) / 97;
  return hr_constant_array(s, HR_FLOAT, HR_SHAPE(ROWS, COLUMNS), values);
}

/* The same chain, a duplicate and an Identity on each device, each with what comes from the one before. */
typedef struct model {
  hr_output x, last;
  hr_node *unseen;
} model;

static const char *const devices[] = {"/cpu:0", "/gpu:0", "/gpu:1"};

static model build(fixture *f) {
  model m = {0};
  m.x = m.last = hr_placeholder(f->s, HR_FLOAT, .shape = HR_SHAPE(ROWS, COLUMNS), .name = "x");
  hr_node *unseen[3];
  for (int i = 0; i < 3; ++i) {
    HR_WITH (s, hr_device_scope(f->s, devices[i])) {
      hr_output y = m.last, c = matrix(s, (float)i);
      hr_output folded = hr_softmax(s, c, .name = "folded");
      hr_output once = hr_softmax(s, y, .name = "once"), again = hr_softmax(s, y, .name = "again");
      hr_output chain = hr_tanh(s, hr_add(s, hr_square(s, y, .name = "square"), folded, .name = "add"), .name = "tanh");
      unseen[i] = hr_matmul(s, chain, again, .transpose_b = true, .name = "unseen").node;
      m.last = hr_add_n(s, HR_LIST(hr_identity(s, once, .name = "passed"), again, chain), .name = "sum");
    }
  }
  HR_WITH (after, hr_control_dependencies(f->s, 3, unseen))
    m.last = hr_neg(after, m.last, .name = "last");
  return m;
}

/* How often names ran, numbers behind them left aside. */
static int count(const HrPb__RunMetadata *metadata, const char *name) {
  int found = 0;
  for (size_t d = 0; d < metadata->step_stats->n_dev_stats; ++d) {
    const HrPb__DeviceStepStats *device = metadata->step_stats->dev_stats[d];
    for (size_t i = 0; i < device->n_node_stats; ++i) {
      const char *have = device->node_stats[i]->node_name;
      found += strncmp(have, name, strlen(name)) == 0 &&
               strspn(have + strlen(name), "_0123456789") == strlen(have) - strlen(name);
    }
  }
  return found;
}

static HrPb__RunMetadata *run(fixture *f, const model *m, uint32_t rewrites_off, hr_arena *arena, hr_tensor *value) {
  hr_session *session;
  hr_session_options options = {.rewrites_off = rewrites_off};
  assert_ok(hr_session_new(f->graph, &options, &session));
  hr_tensor x;
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){2, {ROWS, COLUMNS}}, &x));
  for (int i = 0; i < ROWS * COLUMNS; ++i)
    ((float *)hr_tensor_data(&x))[i] = (float)(i % 89) / 89 - 0.5f;
  hr_owned_bytes bytes = {0};
  for (int round = 0; round < 3; ++round) { /* in memory that was used */
    if (round) hr_tensor_clear(value);
    free(bytes.data);
    assert_ok(hr_session_run_with(session, &(hr_run_options){.trace_level = HR_FULL_TRACE}, 1, &(hr_feed){m->x, &x}, 1,
                                  &m->last, value, 0, NULL, &bytes));
  }
  HrPb__RunMetadata *metadata;
  assert_ok(hr_proto_unpack(&hr_pb__run_metadata__descriptor, arena, bytes.data, bytes.length, NULL, &metadata));
  free(bytes.data);
  hr_tensor_clear(&x);
  hr_session_free(session);
  return metadata;
}

static void test_less_runs_for_the_same(void **state) {
  (void)state;
  setenv("HEADRACE_SIM_GPUS", "2", 1);
  fixture f = fixture_new();
  model m = build(&f);
  static const char *const names[] = {"folded", "again", "passed", "square", "add", "unseen"};
  static const uint32_t switches[] = {HR_REWRITE_CONSTANTS, HR_REWRITE_DUPLICATES, HR_REWRITE_IDENTITIES,
                                      HR_REWRITE_FUSION,    HR_REWRITE_FUSION,     HR_REWRITE_UNOBSERVED};
  hr_tensor wanted, value;
  for (int k = 0; k <= 7; ++k) { /* all off, one of them, none */
    hr_arena arena = {0};
    uint32_t off = k == 0 ? HR_REWRITE_ALL : k == 7 ? 0 : switches[k - 1];
    const HrPb__RunMetadata *metadata = run(&f, &m, off, &arena, k ? &value : &wanted);
    for (int n = 0; n < 6; ++n) {
      int ran = count(metadata, names[n]);
      if (ran != (switches[n] & off ? 3 : 0)) fail_msg("%s ran %d times with %x off", names[n], ran, (unsigned)off);
    }
    assert_int_equal(count(metadata, "tanh"), 3);
    hr_arena_free(&arena);
    if (k == 0) continue;
    assert_true(hr_tensor_equal(&wanted, &value));
    hr_tensor_clear(&value);
  }
  hr_tensor_clear(&wanted);
  fixture_free(&f);
  unsetenv("HEADRACE_SIM_GPUS");
}

static int count_transfers(const HrPb__RunMetadata *metadata) {
  int found = 0;
  for (size_t d = 0; d < metadata->step_stats->n_dev_stats; ++d) {
    const HrPb__DeviceStepStats *device = metadata->step_stats->dev_stats[d];
    for (size_t i = 0; i < device->n_node_stats; ++i)
      found += strstr(device->node_stats[i]->timeline_label, "_Send(") != NULL ||
               strstr(device->node_stats[i]->timeline_label, "_Recv(") != NULL ||
               strstr(device->node_stats[i]->timeline_label, "HostSend(") != NULL ||
               strstr(device->node_stats[i]->timeline_label, "HostRecv(") != NULL;
  }
  return found;
}

/* What constants alone decide is computed where it stands, and brought to each device that reads it once: no transfer
 * of it runs in a step. Another one, of a fed value, does. */
static void test_constants_cross_once(void **state) {
  (void)state;
  setenv("HEADRACE_SIM_GPUS", "2", 1);
  fixture f = fixture_new();
  hr_output constant, folded, sums[3];
  HR_WITH (s, hr_device_scope(f.s, "/cpu:0")) {
    constant = matrix(s, 1);
    folded = hr_softmax(s, constant, .name = "folded");
  }
  model m = {.x = hr_placeholder(f.s, HR_FLOAT, .shape = HR_SHAPE(ROWS, COLUMNS), .name = "x")};
  for (int i = 0; i < 3; ++i)
    HR_WITH (s, hr_device_scope(f.s, devices[i]))
      sums[i] = hr_mul(s, hr_add(s, i == 1 ? m.x : folded, folded), constant);
  HR_WITH (s, hr_device_scope(f.s, "/cpu:0"))
    m.last = hr_add_n(s, HR_LIST(sums[0], sums[1], sums[2]), .name = "last");
  hr_tensor wanted, value;
  hr_arena arena = {0};
  int all = count_transfers(run(&f, &m, HR_REWRITE_ALL, &arena, &wanted));
  int kept = count_transfers(run(&f, &m, HR_REWRITE_ALL & ~(uint32_t)HR_REWRITE_CONSTANTS, &arena, &value));
  assert_true(hr_tensor_equal(&wanted, &value));
  /* x goes to the first card, whose sum comes back; all of the second card's is known, and only its sum comes back or
   * does not even run. */
  assert_true(all >= 12);
  assert_int_equal(kept, 4);
  hr_arena_free(&arena);
  hr_tensor_clear(&wanted);
  hr_tensor_clear(&value);
  fixture_free(&f);
  unsetenv("HEADRACE_SIM_GPUS");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_less_runs_for_the_same),
                                     cmocka_unit_test(test_constants_cross_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
