/* The operations that bring a training session up: those that tf.train.Scaffold adds to the same model. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/arrays.h"
#include "headrace/ops.h"
#include "headrace/saver.h"
#include "headrace/scaffold.h"
#include "headrace/summary.h"

static hr_var *model(hr_scope s) {
  const float start[] = {1, 2};
  hr_tensor values;
  assert_null(hr_tensor_borrow(HR_FLOAT, 1, (int64_t[]){2}, start, &values));
  hr_create_global_step(s);
  hr_var *v = hr_tf_variable(s, &values, .name = "v");
  hr_tensor_clear(&values);
  hr_strings local = HR_STRINGS(HR_LOCAL_VARIABLES);
  hr_tf_variable(s, 3.0, .name = "local", .collections = &local, .trainable = false);
  hr_output loss = hr_reduce_sum(s, hr_times(s, v, v), .name = "loss");
  hr_summary_scalar(s, "loss_summary", loss);
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(loss.node))) {
    hr_var_assign_sub(after, v, hr_times(after, 0.1, v), .name = "down");
  }
  return v;
}

static void scaffold(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  model(s);
  hr_node *init = hr_scaffold_init_op(s);
  hr_output ready = hr_scaffold_ready_op(s), ready_for_local = hr_scaffold_ready_for_local_init_op(s);
  hr_node *local_init = hr_scaffold_local_init_op(s);
  hr_summary_merge_all(s, NULL);
  hr_saver_free(hr_saver_new(s, .sharded = true, .allow_empty = true));
  expect_ok(t.builder);
  assert_string_equal(hr_node_name(init), "group_deps");
  assert_string_equal(hr_node_name(ready.node), "concat");
  assert_string_equal(hr_node_name(ready_for_local.node), "concat_1");
  assert_string_equal(hr_node_name(local_init), "group_deps_1");
  testing_graph_expect(&t, "training_sessions.scaffold");
}

/* What else is to be run: the nodes of a collection, in which other items count for nothing. */
static void more_to_initialize(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_tf_variable(s, 1.0, .name = "v");
  hr_node *mine = hr_no_op(s, .name = "mine");
  hr_add_node_to_collection(s, "saved_model_initializers", mine);
  hr_add_output_to_collection(s, "saved_model_initializers", hr_var_value(v));
  hr_node *init = hr_scaffold_init_op(s);
  expect_ok(t.builder);
  assert_int_equal(hr_node_control_input_count(init), 3);
  assert_ptr_equal(hr_node_control_input(init, 2), mine);
  testing_graph_free(&t);
}

static void after_an_error(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_finalize(t.graph);
  assert_null(hr_scaffold_init_op(t.root));
  expect_error(t.builder, HR_FAILED_PRECONDITION, "finalized", NULL);
  assert_null(hr_scaffold_ready_op(t.root).node);
  expect_error(t.builder, HR_FAILED_PRECONDITION, "finalized", NULL);
  hr_graph_unfinalize(t.graph);
  assert_non_null(hr_scaffold_local_init_op(t.root));
  expect_ok(t.builder);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scaffold),
      cmocka_unit_test(more_to_initialize),
      cmocka_unit_test(after_an_error),
  };
  return cmocka_run_group_tests_name("scaffold", tests, NULL, NULL);
}
