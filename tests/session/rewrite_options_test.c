/* What ran, as step stats tell: fused kernels name the nodes that they do the work of, and each option of ConfigProto's
 * graph_options switches off its passes and no others. */
#include "fixture.h"
#include "proto/config.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/session/options.h"
#include <stdio.h>
#include <stdlib.h>

/* A step in which every pass finds something. */
typedef struct step_model {
  fixture f;
  hr_output x, fetch;
  hr_node *train;
} step_model;

static step_model model_new(void) {
  step_model m = {.f = fixture_new()};
  hr_scope s = m.f.s;
  float numbers[16];
  for (int i = 0; i < 16; ++i)
    numbers[i] = (float)i / 8;
  m.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(4, 4), .name = "x");
  hr_output matrix = hr_constant_array(s, HR_FLOAT, HR_SHAPE(4, 4), numbers);
  hr_output folded = hr_softmax(s, matrix, .name = "folded");
  hr_output passed = hr_identity(s, hr_softmax(s, m.x, .name = "first"), .name = "passed");
  hr_output again = hr_softmax(s, m.x, .name = "second");
  hr_output chain = hr_square(s, hr_neg(s, hr_exp(s, m.x, .name = "exp"), .name = "neg"), .name = "square");
  hr_var *weights = hr_tf_variable(s, matrix, .name = "w");
  hr_output product = hr_matmul(s, chain, chain, .name = "product");
  hr_output unseen = hr_matmul(s, again, folded, .name = "unseen");
  m.train = hr_apply_gradient_descent(s, hr_var_ref(weights), hr_constant_f32(s, 0.5f), product, .name = "train").node;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(unseen.node)))
    m.fetch = hr_add_n(after, HR_LIST(folded, passed, again), .name = "fetch");
  return m;
}

enum { FOLDED, DUPLICATE, PASSED, UNSEEN, CHAIN, UPDATE, NUM_FACTS };

static const char *label_of(const HrPb__DeviceStepStats *device, const char *name) {
  for (size_t i = 0; i < device->n_node_stats; ++i)
    if (strcmp(device->node_stats[i]->node_name, name) == 0) return device->node_stats[i]->timeline_label;
  return NULL;
}

/* What of the model ran as the graph says it. */
static void look(step_model *m, const hr_session_options *options, bool as_built[NUM_FACTS]) {
  hr_session *session;
  assert_ok(hr_session_new(m->f.graph, options, &session));
  assert_ok(hr_run_node(session, hr_global_variables_initializer(m->f.s)));
  hr_tensor x, value;
  assert_ok(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){2, {4, 4}}, &x));
  memset(hr_tensor_data(&x), 0, hr_tensor_bytes(&x));
  hr_owned_bytes bytes = {0};
  assert_ok(hr_session_run_with(session, &(hr_run_options){.trace_level = HR_FULL_TRACE}, 1, &(hr_feed){m->x, &x}, 1,
                                &m->fetch, &value, 1, &m->train, &bytes));
  hr_arena arena = {0};
  HrPb__RunMetadata *metadata;
  assert_ok(hr_proto_unpack(&hr_pb__run_metadata__descriptor, &arena, bytes.data, bytes.length, NULL, &metadata));
  const HrPb__DeviceStepStats *device = metadata->step_stats->dev_stats[0];
  as_built[FOLDED] = label_of(device, "folded");
  as_built[DUPLICATE] = label_of(device, "second");
  as_built[PASSED] = label_of(device, "passed");
  as_built[UNSEEN] = label_of(device, "unseen");
  as_built[CHAIN] = label_of(device, "exp") && label_of(device, "neg");
  as_built[UPDATE] = label_of(device, "product");
  assert_string_equal(label_of(device, "square"),
                      as_built[CHAIN] ? "square = Square(neg)"
                                      : "square = _FusedElementwise(x) of exp:Exp, neg:Neg, square:Square");
  const char *train = label_of(device, "train");
  if (as_built[UPDATE])
    assert_string_equal(train, "train = ApplyGradientDescent(w, Const_1, product)");
  else
    assert_string_equal(train, "train = _FusedUpdate(w, Const_1, square, square) of product:MatMul, "
                               "train:ApplyGradientDescent");
  /* Inputs are what made the value. */
  char fetch[64];
  snprintf(fetch, sizeof fetch, "fetch = AddN(folded, %s, %s)", as_built[PASSED] ? "passed" : "first",
           as_built[DUPLICATE] ? "second" : "first");
  assert_string_equal(label_of(device, "fetch"), fetch);
  hr_arena_free(&arena);
  free(bytes.data);
  hr_tensor_clear(&x);
  hr_tensor_clear(&value);
  hr_session_free(session);
}

static void check(const HrPb__ConfigProto *config, const bool wanted[NUM_FACTS]) {
  step_model m = model_new();
  hr_text bytes = {0};
  hr_proto_pack(config, &bytes);
  hr_session_options options;
  assert_ok(hr_session_options_parse(bytes.data, bytes.length, &options));
  bool as_built[NUM_FACTS];
  look(&m, &options, as_built);
  for (int i = 0; i < NUM_FACTS; ++i)
    if (as_built[i] != wanted[i]) fail_msg("fact %d is %d", i, as_built[i]);
  hr_text_free(&bytes);
  fixture_free(&m.f);
}

static void test_each_option(void **state) {
  (void)state;
  HrPb__ConfigProto config = HR_PB__CONFIG_PROTO__INIT;
  HrPb__GraphOptions graph = HR_PB__GRAPH_OPTIONS__INIT;
  HrPb__RewriterConfig rewrite = HR_PB__REWRITER_CONFIG__INIT;
  const HrPb__RewriterConfig__Toggle off = HR_PB__REWRITER_CONFIG__TOGGLE__OFF;
  config.graph_options = &graph;
  graph.rewrite_options = &rewrite;
  check(&config, (bool[NUM_FACTS]){0});
  rewrite.constant_folding = off;
  check(&config, (bool[NUM_FACTS]){[FOLDED] = true});
  rewrite = (HrPb__RewriterConfig)HR_PB__REWRITER_CONFIG__INIT;
  rewrite.arithmetic_optimization = off;
  check(&config, (bool[NUM_FACTS]){[DUPLICATE] = true});
  rewrite = (HrPb__RewriterConfig)HR_PB__REWRITER_CONFIG__INIT;
  rewrite.dependency_optimization = off;
  check(&config, (bool[NUM_FACTS]){[PASSED] = true, [UNSEEN] = true});
  rewrite = (HrPb__RewriterConfig)HR_PB__REWRITER_CONFIG__INIT;
  rewrite.remapping = off;
  check(&config, (bool[NUM_FACTS]){[CHAIN] = true, [UPDATE] = true});
  rewrite = (HrPb__RewriterConfig)HR_PB__REWRITER_CONFIG__INIT;
  rewrite.disable_meta_optimizer = true;
  check(&config, (bool[NUM_FACTS]){true, true, true, true, true, true});
}

/* Memory plans leave no trace in step stats: memory_test.c. */
static void test_memory_optimization(void **state) {
  (void)state;
  HrPb__GraphOptions graph = HR_PB__GRAPH_OPTIONS__INIT;
  HrPb__RewriterConfig rewrite = HR_PB__REWRITER_CONFIG__INIT;
  graph.rewrite_options = &rewrite;
  assert_int_equal(hr_rewrites_off(&graph), 0);
  rewrite.memory_optimization = HR_PB__REWRITER_CONFIG__MEM_OPT_TYPE__HEURISTICS;
  assert_int_equal(hr_rewrites_off(&graph), 0);
  rewrite.memory_optimization = HR_PB__REWRITER_CONFIG__MEM_OPT_TYPE__NO_MEM_OPT;
  assert_int_equal(hr_rewrites_off(&graph), HR_REWRITE_MEMORY);
  rewrite.disable_meta_optimizer = true;
  assert_int_equal(hr_rewrites_off(&graph), HR_REWRITE_ALL);
}

/* The older options: L0 is nothing but what is asked for. */
static void test_levels(void **state) {
  (void)state;
  HrPb__ConfigProto config = HR_PB__CONFIG_PROTO__INIT;
  HrPb__GraphOptions graph = HR_PB__GRAPH_OPTIONS__INIT;
  HrPb__OptimizerOptions optimizer = HR_PB__OPTIMIZER_OPTIONS__INIT;
  config.graph_options = &graph;
  graph.optimizer_options = &optimizer;
  check(&config, (bool[NUM_FACTS]){0});
  optimizer.opt_level = HR_PB__OPTIMIZER_OPTIONS__LEVEL__L0;
  check(&config, (bool[NUM_FACTS]){[FOLDED] = true, [DUPLICATE] = true});
  optimizer.do_constant_folding = true;
  check(&config, (bool[NUM_FACTS]){[DUPLICATE] = true});
  optimizer.do_constant_folding = false;
  optimizer.do_common_subexpression_elimination = true;
  check(&config, (bool[NUM_FACTS]){[FOLDED] = true});
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_option), cmocka_unit_test(test_memory_optimization),
                                     cmocka_unit_test(test_levels)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
