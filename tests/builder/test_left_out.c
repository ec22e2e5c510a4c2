/* What a C program leaves out, as after an error that it did not look at: each call says what is missing. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define MISSING(call, text) ((void)(call), expect_error(t.builder, HR_INVALID_ARGUMENT, (text), NULL))

static void training(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_tf_variable(s, 1.0, .name = "v"), *none = NULL;
  hr_output loss = hr_square(s, hr_var_value(v));
  hr_gradient gradient = hr_dense_gradient(hr_constant(s, 1.0));
  hr_optimizer *descent = hr_gradient_descent_optimizer(0.1), *dual = hr_adagrad_da_optimizer(0.1, NULL);
  assert_non_null(descent);
  assert_non_null(dual);
  MISSING(hr_minimize(s, descent, HR_NO_OUTPUT), "There is no loss to make smaller");
  MISSING(hr_minimize(s, dual, loss), "AdagradDA needs the variable that counts the training steps");
  MISSING(hr_apply_gradients(s, descent, HR_VARS(none), &gradient), "Variable 0 of those to update is none");
  MISSING(hr_variables_initializer(s, HR_VARS(v, none)), "Operation 1 of the group is none");
  MISSING(hr_group(s, loss.node, (hr_node *)NULL), "Operation 1 of the group is none");
  MISSING(hr_create_slot(s, NULL, "slot", .initializer = hr_zeros_initializer()), "A slot stands beside a variable");
  MISSING(hr_summary_scalar(s, NULL, 1.0), "A summary needs a name");
  MISSING(hr_initialize(s, hr_xavier_initializer(true, HR_NO_SEED), HR_SHAPE(-1, 2), HR_FLOAT), "[?,2]");
  assert_null(hr_initialize(s, (hr_initializer){0}, HR_SHAPE(2), HR_FLOAT).node);
  expect_ok(t.builder);
  hr_optimizer_free(descent);
  hr_optimizer_free(dual);
  testing_graph_free(&t);
}

static void functions(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  const hr_branch no_branch = {0};
  MISSING(hr_while_loop(s, HR_OPERANDS(0), NULL), "A loop needs a condition and a body");
  MISSING(hr_while_loop(s, HR_OPERANDS(0), &(hr_while_functions){0}), "A loop needs a condition and a body");
  MISSING(hr_cond(s, hr_operand_bool(true), no_branch, no_branch), "A conditional needs a function for each branch");
  hr_output numbers = hr_dataset_range(s, 0, 5, 1);
  MISSING(hr_dataset_function(s, numbers, "f", NULL, NULL), "Function f has no body");
  MISSING(hr_define(s, "g", HR_TYPES(HR_FLOAT), NULL, NULL), "Function g has no body");
  MISSING(hr_dataset_map(s, numbers, NULL), "A function is needed, and this is none");
  MISSING(hr_dataset_filter(s, numbers, NULL), "A function is needed, and this is none");
  MISSING(hr_dataset_flat_map(s, numbers, NULL), "A function is needed, and this is none");
  MISSING(hr_dataset_scan(s, numbers, HR_LIST(hr_constant(s, 1.0)), NULL), "A function is needed, and this is none");
  testing_graph_free(&t);
}

static void no_saver(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_session *session;
  assert_null(hr_session_new(t.graph, NULL, &session));
  hr_status statuses[] = {hr_saver_save(NULL, session, "model", NULL), hr_saver_restore(NULL, session, "model")};
  for (int i = 0; i < 2; ++i) {
    assert_int_equal(hr_status_code(statuses[i]), HR_INVALID_ARGUMENT);
    hr_status_free(statuses[i]);
  }
  hr_session_free(session);
  testing_graph_free(&t);
}

static void below_two(void *unused, hr_scope s, hr_outputs v, hr_results *results) {
  (void)unused;
  hr_return(results, hr_binary(s, "Less", v.items[0], 2));
}
static void one_more(void *unused, hr_scope s, hr_outputs v, hr_results *results) {
  (void)unused;
  hr_return(results, hr_plus(s, v.items[0], 1));
}
static void number(void *unused, hr_scope s, hr_results *results) {
  (void)unused;
  hr_return(results, hr_constant(s, 1));
}
static hr_status never_called(void *argument, int32_t input_count, const hr_tensor *const *inputs, int32_t output_count,
                              hr_tensor *outputs, int32_t *given) {
  (void)argument, (void)input_count, (void)inputs, (void)output_count, (void)outputs, (void)given;
  return HR_SUCCESS;
}

/* No options are those of the macros' defaults. */
static void no_options(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  const hr_while_functions loop = {below_two, one_more, NULL};
  const hr_branch branch = HR_BRANCH(number, NULL);
  assert_int_equal(hr_while_loop_with(s, HR_OPERANDS(0), &loop, NULL).count, 1);
  hr_output p = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE()), index = hr_constant(s, 0);
  assert_int_equal(hr_case_of_with(s, 1, &(hr_case){p, branch}, NULL).count, 1);
  assert_int_equal(hr_switch_case_with(s, index, 1, &branch, NULL).count, 1);
  assert_non_null(hr_tf_py_func_with(s, never_called, NULL, NULL, HR_OPERANDS(1), HR_TYPES(HR_FLOAT), NULL));
  hr_sparse_tensor x = hr_make_sparse_tensor(s, HR_OPERANDS(HR_INTS(0)), HR_OPERANDS(1.0), HR_INTS(2));
  assert_int_equal(hr_output_dtype(hr_sparse_shape_with(s, x, NULL)), HR_INT32);
  hr_scope devices = hr_replica_devices_with(s, NULL);
  assert_string_equal(hr_node_device(hr_constant(devices, 1).node), "");
  hr_scope_close(devices);
  hr_tf_variable(s, 1.0, .name = "v");
  hr_saver *saver = hr_saver_new(s), *again = NULL;
  char *bytes = NULL;
  size_t length = 0;
  assert_null(hr_saver_to_proto_with(saver, &bytes, &length, NULL));
  assert_null(hr_saver_from_proto_with(bytes, length, &again, NULL));
  expect_ok(t.builder);
  free(bytes);
  hr_saver_free(saver);
  hr_saver_free(again);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(training), cmocka_unit_test(functions),
                                     cmocka_unit_test(no_saver), cmocka_unit_test(no_options)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
