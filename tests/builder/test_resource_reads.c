/* Resource variables, made, read and written (programs/resource_variables.py): the graphs that TensorFlow 1.15 builds.
 */
#include "branches.h"
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define L           HR_OPERANDS
#define IN          HR_INTS
#define OF(...)     CALL_OP(s, __VA_ARGS__)
#define IN_RESOURCE .use_resource = HR_RESOURCE_TRUE
#define READ(v)     hr_var_tensor(s, v)

static hr_var *matrix(hr_scope s, const char *name) {
  return hr_tf_variable(s, L(L(1.0, 2.0), L(3.0, 4.0)), .name = name, IN_RESOURCE);
}

static hr_output threes(void *argument, hr_scope s) { return (void)argument, hr_tf_fill(s, HR_SHAPE(2), 3.0); }

static void made(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_tf_variable(s, L(1.0, 2.0), .name = "v", IN_RESOURCE), *placed = NULL;
  hr_var *w =
      hr_get_variable(s, "w", .shape = HR_SHAPE(2, 3), .initializer = hr_constant_initializer(0.5), IN_RESOURCE);
  hr_tf_variable(s, HR_NO_OPERAND, .function = {threes, NULL}, .dtype = HR_FLOAT, .name = "f", IN_RESOURCE);
  hr_tf_variable(s, L("a", "bc"), .name = "words", IN_RESOURCE);
  hr_get_variable(s, "flag", .value = hr_operand_bool(true), IN_RESOURCE);
  const hr_partial_shape any = HR_SHAPE_UNKNOWN;
  hr_output start = OF("PlaceholderWithDefault", NULL, L(IN(1, 2)), {"shape", HR_ATTR_SHAPE_VALUE(&any)});
  hr_var *any_shape = hr_tf_variable(s, start, .name = "any_shape", IN_RESOURCE);
  HR_WITH (cpu, hr_device_scope(s, "/cpu:0"))
    placed = hr_tf_variable(cpu, 1.0, .name = "placed", .trainable = false, IN_RESOURCE);
  hr_var *cached = hr_tf_variable(s, 2.0, .name = "cached", .caching_device = "/cpu:0", IN_RESOURCE);
  hr_output product = hr_times(s, hr_reduce_sum(s, w), placed);
  hr_minus(s, hr_plus(s, READ(v), product), cached);
  hr_report_uninitialized_variables(s), hr_assert_variables_initialized(s, HR_VARS(v, w));
  hr_global_variables_initializer(s);
  for (int i = 0; i < 3; ++i)
    hr_var_is_initialized(s, v);
  hr_var_assign(s, any_shape, L(IN(3, 4, 5))), READ(v), hr_plus(s, READ(v), 1.0);
  testing_graph_expect(&t, "resource_variables.made");
}

static void read_stays(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_tf_variable(s, L(1.0, 2.0), .name = "v", IN_RESOURCE), *m = matrix(s, "m");
  hr_var *n = hr_tf_variable(s, 5, .name = "n", IN_RESOURCE);
  hr_output before[3], again[3];
  before[0] = hr_var_read(s, v), before[1] = hr_var_read(s, m), before[2] = hr_var_read(s, n);
  HR_WITH (later, hr_control_dependencies(s, 3, ((hr_node *[]){before[0].node, before[1].node, before[2].node}))) {
    hr_var_assign_add(later, v, L(10.0, 10.0)), hr_var_assign_add(later, n, 1);
    hr_var_after(later, m, hr_update_resource(later, "ResourceScatterAdd", m, L(IN(0)), L(L(1.0, 1.0))));
  }
  hr_node *changes[] = {hr_graph_find(t.graph, "AssignAddVariableOp"), hr_graph_find(t.graph, "AssignAddVariableOp_1"),
                        hr_graph_find(t.graph, "ResourceScatterAdd")};
  HR_WITH (later, hr_control_dependencies(s, 3, changes)) {
    hr_plus(later, before[0], 0.0), hr_plus(later, before[1], 0.0), hr_plus(later, before[2], 0);
    again[0] = hr_var_read(later, v), again[1] = hr_var_read(later, m), again[2] = hr_var_read(later, n);
  }
  HR_WITH (later, hr_control_dependencies(s, 3, ((hr_node *[]){again[0].node, again[1].node, again[2].node})))
    hr_var_assign(later, v, L(7.0, 8.0));
  hr_node *assigned = hr_graph_find(t.graph, "AssignVariableOp");
  HR_WITH (later, hr_control_dependencies(s, 1, &assigned))
    hr_plus(later, before[0], 0.0), hr_plus(later, again[0], 0.0), hr_var_read(later, v);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "resource_variables.read_stays");
}

static void reads(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s, "v");
  hr_output indices = hr_constant(s, IN(1, 0, 1));
  hr_tf_gather(s, v, indices), hr_tf_gather(s, v, IN(1), .axis = HR_AXIS(1)), hr_tf_gather(s, v, IN(0));
  hr_tf_gather_nd(s, v, L(IN(0, 1))), hr_tf_gather_nd(s, v, L(IN(1))), hr_embedding_lookup(s, L(v), IN(1, 1));
  hr_at(s, v, HR_INDEX(0)), hr_at(s, v, HR_ALL, HR_INDEX(1)), hr_tf_shape(s, v), hr_tf_size(s, v), hr_tf_rank(s, v);
  hr_stack(s, L(v, v)), hr_tf_concat(s, L(v, v), 0), READ(v), hr_tf_add_n(s, L(v, v)), hr_tf_cast(s, v, HR_INT32);
  hr_tf_zeros_like(s, v), hr_convert(s, HR_OPERAND(L(v, v)), HR_INVALID, NULL);
  hr_neg(s, READ(v)), hr_abs(s, READ(v)), hr_binary(s, "Greater", READ(v), 2.0), hr_minus(s, 1.0, READ(v));
  hr_power(s, 2.0, READ(v)), hr_binary(s, "Less", READ(v), v), hr_truediv(s, READ(v), 2.0);
  hr_matrix_times(s, READ(v), v), hr_tf_matmul(s, v, v), hr_reduce_mean(s, v), hr_tf_transpose(s, v);
  hr_tf_where(s, L((bool)true, (bool)false), v, hr_neg(s, READ(v))), OF("L2Loss", NULL, L(v));
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "resource_variables.reads");
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void scattered(hr_scope s, hr_var *v, const char *op, hr_operand where, hr_operand value, const char *name) {
  hr_operands indices = {1, &where, NULL};
  hr_var_after(s, v, hr_update_resource(s, op, v, indices, value, .name = name));
}
#define SCATTERED(op, where, value) scattered(s, v, "ResourceScatter" op, HR_OPERAND(where), HR_OPERAND(value), NULL)
#define SLICE_ASSIGNED(value, ...)  hr_var_after(s, v, hr_assign_slice(s, v, hr_at(s, v, __VA_ARGS__), value))

static void write_rows(hr_scope s, hr_var *v, hr_output rows, hr_output indices) {
  static const char *const ops[] = {"ResourceScatterSub", "ResourceScatterAdd", "ResourceScatterUpdate",
                                    "ResourceScatterMul", "ResourceScatterDiv", "ResourceScatterMin",
                                    "ResourceScatterMax"};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; ++i)
    scattered(s, v, ops[i], HR_OPERAND(indices), HR_OPERAND(rows), NULL);
  SCATTERED("NdSub", L(IN(0, 1)), L(3.0)), SCATTERED("NdAdd", L(IN(0, 1), IN(1, 0)), L(3.0, 4.0));
  SCATTERED("NdUpdate", L(IN(0, 0)), L(9.0)), SCATTERED("Add", IN(0, 0), L(L(1.0, 2.0), L(3.0, 4.0)));
  SCATTERED("Sub", IN(0), L(L(1.0, 1.0))), SCATTERED("Mul", IN(1), L(L(2.0, 2.0)));
  SCATTERED("Div", IN(1), L(L(2.0, 4.0))), SCATTERED("Min", IN(0), L(L(0.0, 0.0)));
  SCATTERED("Max", IN(0), L(L(0.5, -1.0)));
  scattered(s, v, "ResourceScatterUpdate", HR_OPERAND(IN(0)), HR_OPERAND(L(L(7.0, 7.0))), "su");
  SCATTERED("NdAdd", L(IN(1)), L(L(1.0, 1.0))), SCATTERED("NdUpdate", L(IN(1, 1)), L(0.25));
  SCATTERED("NdSub", L(IN(0)), L(L(0.5, 0.5)));
  SLICE_ASSIGNED(L(1.0, 2.0), HR_INDEX(0)), SLICE_ASSIGNED(L(-1.0, -2.0), HR_ALL, HR_INDEX(1));
  SLICE_ASSIGNED(L(L(0.125)), HR_SLICE(0, 1), HR_SLICE(0, 1));
}

/* The variable after an update is read behind it, by all that takes it. */
static void after_update(hr_scope s, hr_var *v, hr_var *n, hr_output p) {
  hr_node *update = hr_update_resource(s, "AssignVariableOp", v, HR_NO_OPERANDS, p, .name = "later");
  hr_var *later = hr_var_after(s, v, update);
  hr_plus(s, READ(later), 1.0), OF("Identity", NULL, L(later)), READ(later), hr_at(s, later, HR_INDEX(0));
  hr_var_assign_add(s, later, p);
  HR_WITH (after, hr_control_dependencies(s, 1, &update))
    hr_no_op(after, .name = "waits");
  hr_var_assign_add(s, n, 1);
  hr_node *both[] = {update, hr_graph_find(hr_scope_graph(s), "AssignAddVariableOp_3")};
  hr_group_with(s, 2, both, &(hr_op_options){"both"});
}

static void updates(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s, "v"), *n = hr_tf_variable(s, 0, .name = "n", IN_RESOURCE);
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 2), .name = "p");
  hr_output rows = hr_constant(s, L(L(2.0, 3.0))), indices = hr_constant(s, IN(1));
  hr_operands ones = L(L(1.0, 1.0), L(1.0, 1.0)), eye = L(L(1.0, 0.0), L(0.0, 1.0));
  hr_var_assign(s, v, p), hr_var_assign_add(s, v, ones), hr_var_assign_sub(s, v, hr_times(s, READ(v), 0.5));
  hr_var_after(s, v, hr_update_resource(s, "AssignAddVariableOp", v, HR_NO_OPERANDS, ones, .name = "named"));
  write_rows(s, v, rows, indices);
  hr_var_assign_add(s, n, 1);
  hr_resource_count_up_to(s, hr_var_ref(n), 3, HR_INT32);
  hr_update_resource(s, "AssignSubVariableOp", v, HR_NO_OPERANDS, eye);
  after_update(s, v, n, p);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "resource_variables.updates");
}

/* ---- gradients, branches, loops ---------------------------------------------------------------------------------- */

static hr_gradient slope(hr_scope s, hr_output y, hr_var *x) {
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(y), HR_LIST(hr_var_ref(x)), &gradient);
  return gradient;
}

static void gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s, "v"), *w = hr_tf_variable(s, L(1.0, 2.0), .name = "w", IN_RESOURCE);
  hr_var *unused = hr_tf_variable(s, 1.0, .name = "unused", IN_RESOURCE);
  hr_output y = hr_reduce_sum(s, hr_times(s, hr_tf_matmul(s, v, v), w));
  hr_output rows = hr_reduce_sum(s, hr_tf_gather(s, v, IN(0, 0)));
  hr_output both = hr_plus(s, rows, hr_reduce_sum(s, hr_times(s, READ(v), w)));
  assert_true(hr_gradient_is_sparse(slope(s, hr_tf_gather(s, v, IN(1, 0, 1)), v)));
  slope(s, hr_tf_gather_nd(s, v, L(IN(0, 1), IN(1, 1))), v), slope(s, hr_tf_gather_nd(s, v, L(IN(1), IN(1))), v);
  hr_gradient one, two[2];
  hr_outputs handle = HR_LIST(hr_var_ref(v));
  hr_gradients(s, HR_LIST(hr_times(s, READ(v), v)), handle, &one, .stop_gradients = handle);
  slope(s, hr_times(s, READ(v), 2.0), v);
  hr_gradients(s, HR_LIST(y), HR_LIST(hr_var_ref(unused)), &one, .zero_unconnected = true);
  slope(s, slope(s, hr_reduce_sum(s, hr_power(s, READ(w), 3.0)), w).value, w);
  hr_global_variables_initializer(s);
  assert_false(hr_gradient_exists(slope(s, y, unused)));
  hr_outputs handles = HR_LIST(hr_var_ref(v), hr_var_ref(w));
  hr_gradients(s, HR_LIST(y), handles, two), hr_gradients(s, HR_LIST(both), handles, two);
  testing_graph_expect(&t, "resource_variables.gradients");
}

LOOP(fewer_than_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(fewer_than_two, hr_return(results, hr_binary(s, "Less", i, 2));)
LOOP(times_w, BOTH(hr_plus(s, i, 1), hr_times(s, a, V->w));)
LOOP(times_row, BOTH(hr_plus(s, i, 1), hr_times(s, a, hr_tf_gather(s, V->v, L(i))));)

static void in_loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.v = matrix(s, "v")};
  v.w = hr_tf_variable(s, L(1.0, 2.0), .name = "w", IN_RESOURCE);
  hr_output i = hr_constant(s, 0);
  hr_outputs product = hr_while_loop(s, HR_LIST(i, hr_ones(s, HR_SHAPE(2))), FUNCTIONS(fewer_than_three, times_w));
  hr_outputs rows = hr_while_loop(s, HR_LIST(i, hr_ones(s, HR_SHAPE(1, 2))), FUNCTIONS(fewer_than_two, times_row));
  expect_ok(t.builder);
  slope(s, product.items[1], v.w), slope(s, rows.items[1], v.v);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "resource_variables.in_loops");
}

BRANCH(w_plus_one, hr_plus(s, READ(V->w), 1.0))
BRANCH(w_times_v, hr_times(s, READ(V->w), V->v))
/* A branch returns the variable, which is read once more behind its update. */
static hr_output updated(hr_scope s, hr_var *w, const char *op, hr_operands value) {
  return READ(hr_var_after(s, w, hr_update_resource(s, op, w, HR_NO_OPERANDS, value)));
}
BRANCH(more_of_w, updated(s, V->w, "AssignAddVariableOp", L(1.0, 1.0)))
BRANCH(new_w, updated(s, V->w, "AssignVariableOp", L(5.0, 6.0)))
BRANCH(first_row, hr_tf_gather(s, V->v, IN(0)))
BRANCH(second_row, hr_times(s, hr_tf_gather(s, V->v, IN(1)), 2.0))

static void in_branches(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values rows = {.v = matrix(s, "v")}, v = {.w = hr_tf_variable(s, L(1.0, 2.0), .name = "w", IN_RESOURCE)};
  v.p = condition(s, "p");
  hr_output twice = hr_times(s, hr_var_initialized_value(s, v.w), 2.0);
  v.v = hr_tf_variable(s, twice, .name = "doubled", IN_RESOURCE);
  hr_output read = hr_only(hr_cond(s, v.p, HR_BRANCH(w_plus_one, &v), HR_BRANCH(w_times_v, &v)));
  hr_cond(s, v.p, HR_BRANCH(more_of_w, &v), HR_BRANCH(new_w, &v));
  hr_output row = hr_only(hr_cond(s, v.p, HR_BRANCH(first_row, &rows), HR_BRANCH(second_row, &rows)));
  expect_ok(t.builder);
  slope(s, read, v.w), slope(s, row, rows.v);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "resource_variables.in_branches");
}

/* ---- what uses them ---------------------------------------------------------------------------------------------- */

static void averages(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s, "v");
  hr_averages *keeper = hr_averages_new(s, 0.9);
  hr_averages_apply(s, keeper, L(v));
  assert_non_null(hr_average_of(keeper, HR_OPERAND(v)));
  hr_global_variables_initializer(s);
  hr_var_assign(s, v, L(L(5.0, 6.0), L(7.0, 8.0)));
  testing_graph_expect(&t, "resource_variables.averages");
}

static void frozen(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = matrix(s, "v"), *w = hr_tf_variable(s, L(L(5.0), L(6.0)), .name = "w");
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(1, 2), .name = "x");
  hr_identity(s, hr_tf_matmul(s, hr_tf_matmul(s, x, v), w), .name = "y");
  hr_identity(s, hr_tf_gather(s, v, hr_constant(s, IN(1), .dtype = HR_INT64)), .name = "z");
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "resource_variables.frozen");
}

static void layers_by_default(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_resource_by_default(s, true);
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  hr_output y = hr_placeholder(s, HR_INT64, .shape = HR_SHAPE(-1), .name = "y");
  hr_output hidden = hr_dense(s, x, 4, .activation = hr_relu_activation, .kernel_initializer = hr_ones_initializer(),
                              .kernel_regularizer = hr_l2_regularizer(0.1));
  hr_tensor start;
  assert_null(
      hr_tensor_from(HR_FLOAT, 2, (int64_t[]){4, 2}, (float[]){.1f, .2f, .1f, .2f, .1f, .2f, .1f, .2f}, &start));
  hr_output logits = hr_fully_connected(s, hidden, 2, .activation = {NULL, NULL},
                                        .weights_initializer = hr_constant_initializer(&start));
  hr_output loss = hr_sparse_softmax_cross_entropy(s, y, logits);
  expect_ok(t.builder);
  hr_output penalty = hr_collection_item(t.graph, HR_REGULARIZATION_LOSSES, 0)->output;
  hr_output total = hr_tf_add_n(s, HR_LIST(loss, penalty));
  hr_var *step = hr_get_or_create_global_step(s);
  hr_optimizer *optimizer = hr_gradient_descent_optimizer(0.1);
  hr_minimize(s, optimizer, total, .global_step = step);
  hr_optimizer_free(optimizer);
  hr_metrics_accuracy(s, y, hr_argmax(s, logits, .axis = HR_AXIS(1)));
  hr_node *first = hr_global_variables_initializer(s);
  hr_group(s, first, hr_local_variables_initializer(s));
  hr_tensor_clear(&start);
  testing_graph_expect(&t, "resource_variables.layers_by_default");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(made),        cmocka_unit_test(read_stays),
                                     cmocka_unit_test(reads),       cmocka_unit_test(updates),
                                     cmocka_unit_test(gradients),   cmocka_unit_test(in_loops),
                                     cmocka_unit_test(in_branches), cmocka_unit_test(averages),
                                     cmocka_unit_test(frozen),      cmocka_unit_test(layers_by_default)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
