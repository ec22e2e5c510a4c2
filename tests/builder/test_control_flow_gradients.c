/* Gradients of conditionals and loops: the graphs that TensorFlow 1.15 builds from programs/control_flow_gradients.py
 * and programs/functions_with_loops.py. */
#include "branches.h"
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static hr_output floats(hr_scope s, hr_partial_shape shape, const float *numbers, const char *name) {
  return hr_constant_array(s, HR_FLOAT, shape, numbers, .name = name);
}

/* The gradients of one y by one x and, where there is one, another. */
static hr_gradient gradients_of(hr_scope s, hr_output y, hr_output x, hr_output other) {
  hr_gradient out[2] = {HR_NO_GRADIENT};
  hr_gradients(s, HR_LIST(y), ((hr_outputs){other.node ? 2 : 1, (hr_output[]){x, other}}), out);
  return out[0];
}

BRANCH(x_itself, V->x)
BRANCH(y_itself, V->y)
LOOP(below_two, hr_return(results, hr_binary(s, "Less", i, 2));)
LOOP(below_three, hr_return(results, hr_binary(s, "Less", i, 3));)
LOOP(below_four, hr_return(results, hr_binary(s, "Less", i, 4));)
LOOP(below_n, hr_return(results, hr_less(s, i, V->n));)

/* ---- conditionals ---------------------------------------------------------------------------------------------- */

BRANCH(square_times_y, hr_times(s, hr_square(s, V->x), V->y))
BRANCH(x_and_two_x, hr_plus(s, V->x, hr_times(s, 2.0, V->x)))
static void x_and_product(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(V->x, hr_times(s, V->x, V->y));
}
static void square_and_y(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(hr_square(s, V->x), V->y);
}
static void x_and_y(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const values *V = argument;
  BOTH(V->x, V->y);
}
static void y_and_x(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const values *V = argument;
  BOTH(V->y, V->x);
}

static void conditionals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = floats(s, HR_SHAPE(2), (const float[]){1, 2}, "x");
  v.y = floats(s, HR_SHAPE(2), (const float[]){3, 4}, "y");
  hr_output z = hr_only(hr_cond(s, v.p, HR_BRANCH(square_times_y, &v), HR_BRANCH(x_and_two_x, &v)));
  hr_gradient first = gradients_of(s, z, v.x, v.y);
  hr_outputs two = hr_cond(s, v.p, HR_BRANCH(x_and_product, &v), HR_BRANCH(square_and_y, &v), .name = "two");
  expect_ok(t.builder);
  gradients_of(s, hr_times(s, hr_reduce_sum(s, two.items[0]), two.items[1]), v.x, v.y);
  hr_outputs swap = hr_cond(s, v.p, HR_BRANCH(x_and_y, &v), HR_BRANCH(y_and_x, &v), .name = "swap");
  gradients_of(s, swap.items[0], v.x, v.y);
  gradients_of(s, first.value, v.x, v.y);
  testing_graph_expect(&t, "control_flow_gradients.conditionals");
}

BRANCH(local_times_v, hr_times(s, V->y, V->v))
BRANCH(x_plus_v, hr_plus(s, V->x, V->v))
BRANCH(v_itself, V->v)
BRANCH(half_x, hr_times(s, V->x, 0.5))
BRANCH(v_or_half_x, hr_only(hr_cond(s, V->q, HR_BRANCH(v_itself, argument), HR_BRANCH(half_x, argument))))
static void with_local(void *argument, hr_scope s, hr_results *results) {
  values v = *(const values *)argument;
  v.y = hr_square(s, v.x, .name = "local");
  hr_output inner = hr_only(hr_cond(s, v.q, HR_BRANCH(local_times_v, &v), HR_BRANCH(x_plus_v, &v)));
  hr_return(results, hr_times(s, inner, v.y));
}
static void gradients_within(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  hr_output y = hr_times(s, hr_times(s, V->x, V->x), V->v);
  hr_gradient out[2];
  hr_gradients(s, HR_LIST(y), HR_LIST(V->x, hr_var_ref(V->v)), out);
  if (!hr_scope_ok(s)) return;
  BOTH(out[0].value, out[1].value);
}
static void x_twice(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  const values *V = argument;
  BOTH(V->x, V->x);
}

static void nested_conditionals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.q = condition(s, "q");
  v.x = hr_constant_f32(s, 2, .name = "x");
  v.v = hr_tf_variable(s, 3.0, .name = "y");
  hr_output z = hr_only(hr_cond(s, v.p, HR_BRANCH(with_local, &v), HR_BRANCH(v_or_half_x, &v)));
  gradients_of(s, z, v.x, hr_var_ref(v.v));
  hr_cond(s, v.p, HR_BRANCH(gradients_within, &v), HR_BRANCH(x_twice, &v), .name = "within");
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "control_flow_gradients.nested_conditionals");
}

/* ---- loops ----------------------------------------------------------------------------------------------------- */

LOOP(times_x, BOTH(hr_plus(s, i, 1), hr_times(s, a, V->x));)
LOOP(squared_times_x, BOTH(hr_plus(s, i, 1), hr_times(s, hr_square(s, a), V->x));)
LOOP(of_two, {
  hr_output first = variables.items[1];
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_plus(s, first, hr_times(s, a, V->x)));
  hr_return(results, hr_times(s, a, hr_reduce_sum(s, first)));
})
LOOP(below_nine, hr_return(results, hr_binary(s, "Less", i, 9.0));)
LOOP(only_times_x, hr_return(results, hr_times(s, a, V->x));)
LOOP(counted, BOTH(hr_plus(s, i, 1), a);)

static void loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 2, .name = "x")};
  v.y = floats(s, HR_SHAPE(2), (const float[]){1, 3}, "y");
  hr_outputs power = hr_while_loop(s, HR_OPERANDS(0, 1.0), FUNCTIONS(below_three, times_x));
  gradients_of(s, power.items[1], v.x, HR_NO_OUTPUT);
  hr_outputs grown = hr_while_loop(s, HR_OPERANDS(0, v.y), FUNCTIONS(below_three, squared_times_x), .name = "grown");
  gradients_of(s, grown.items[1], v.x, v.y);
  hr_outputs two = hr_while_loop(s, HR_OPERANDS(0, v.y, v.x), FUNCTIONS(below_four, of_two), .name = "two",
                                 .parallel_iterations = 1);
  gradients_of(s, two.items[1], v.x, v.y);
  hr_gradient out[2], given[] = {hr_dense_gradient(v.x), hr_dense_gradient(v.y)};
  hr_gradients(s, HR_LIST(two.items[2], two.items[1]), HR_LIST(v.x, v.y), out, .grad_ys = given);
  hr_output stopped = hr_only(
      hr_while_loop(s, HR_LIST(v.x), FUNCTIONS(below_nine, only_times_x), .back_prop = false, .name = "stopped"));
  assert_false(hr_gradient_exists(gradients_of(s, stopped, v.x, HR_NO_OUTPUT)));
  hr_outputs none = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_two, counted), .name = "none");
  assert_false(hr_gradient_exists(gradients_of(s, none.items[0], v.x, HR_NO_OUTPUT)));
  testing_graph_expect(&t, "control_flow_gradients.loops");
}

/* `y` is what the iteration has, `q` and `n` what it has computed of it. */
BRANCH(y_times_x, hr_times(s, V->y, V->x))
BRANCH(y_plus_sum, hr_plus(s, V->y, hr_reduce_sum(s, V->n)))
static void scaled_and_product(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(V->q, hr_times(s, V->q, V->n));
}
static void kept_and_product(void *argument, hr_scope s, hr_results *results) {
  const values *V = argument;
  BOTH(V->y, hr_times(s, V->n, V->y));
}
LOOP(with_conditionals, {
  values v = *V;
  v.n = V->y;
  v.y = a;
  hr_output even = hr_binary(s, "Equal", hr_modulo(s, i, 2), 0);
  v.q = hr_only(hr_cond(s, even, HR_BRANCH(y_times_x, &v), HR_BRANCH(y_plus_sum, &v), .name = "even"));
  hr_outputs both = hr_cond(s, v.p, HR_BRANCH(scaled_and_product, &v), HR_BRANCH(kept_and_product, &v), .name = "both");
  if (!hr_scope_ok(s)) return;
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_plus(s, both.items[0], hr_reduce_sum(s, both.items[1])));
})
static void loop_in_branch(void *argument, hr_scope s, hr_results *results) {
  values v = *(const values *)argument;
  hr_output zero = hr_constant_i32(s, 0);
  hr_outputs loop = hr_while_loop(s, HR_LIST(zero, v.x), FUNCTIONS(below_three, times_x), .name = "inside");
  if (hr_scope_ok(s)) hr_return(results, loop.items[1]);
}
BRANCH(x_minus_one, hr_minus(s, V->x, 1.0))

static void loops_with_conditionals(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.p = condition(s, "p")};
  v.x = hr_constant_f32(s, 1.5f, .name = "x");
  v.y = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "y");
  hr_outputs z = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_four, with_conditionals));
  expect_ok(t.builder);
  gradients_of(s, z.items[1], v.x, v.y);
  hr_outputs branch = hr_cond(s, v.p, HR_BRANCH(loop_in_branch, &v), HR_BRANCH(x_minus_one, &v), .name = "branch");
  gradients_of(s, hr_only(branch), v.x, HR_NO_OUTPUT);
  testing_graph_expect(&t, "control_flow_gradients.loops_with_conditionals");
}

/* `q`: the outer loop's counter; `y`: what it has computed. */
LOOP(up_to_q, hr_return(results, hr_binary(s, "Less", i, hr_plus(s, V->q, 1)));)
LOOP(times_x_plus_y, BOTH(hr_plus(s, i, 1), hr_plus(s, hr_times(s, a, V->x), V->y));)
LOOP(outer_loop, {
  values v = *V;
  v.q = i;
  v.y = hr_square(s, a, .name = "local");
  hr_output zero = hr_constant_i32(s, 0);
  hr_outputs z = hr_while_loop(s, HR_LIST(zero, v.y), FUNCTIONS(up_to_q, times_x_plus_y));
  if (!hr_scope_ok(s)) return;
  hr_return(results, hr_plus(s, i, 1));
  hr_return(results, hr_truediv(s, z.items[1], hr_plus(s, 1.0, hr_reduce_sum(s, v.y))));
})
BRANCH(half_q, hr_times(s, V->q, 0.5))
BRANCH(q_plus_y, hr_plus(s, V->q, V->y))
LOOP(dynamic_loop, {
  values v = *V;
  v.y = a;
  hr_output start = hr_tanh(s, a);
  hr_outputs z = hr_while_loop(s, HR_OPERANDS(0, start), FUNCTIONS(below_two, times_x_plus_y), .name = "more");
  if (!hr_scope_ok(s)) return;
  v.q = z.items[1];
  hr_return(results, hr_plus(s, i, 1));
  hr_output is_first = hr_binary(s, "Less", i, 1);
  hr_return(results, hr_only(hr_cond(s, is_first, HR_BRANCH(half_q, &v), HR_BRANCH(q_plus_y, &v))));
})

static void nested_loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x")};
  hr_output some = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "s");
  v.n = hr_constant_i32(s, 3, .name = "n");
  hr_outputs z = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_n, outer_loop), .name = "outer");
  gradients_of(s, z.items[1], v.x, HR_NO_OUTPUT);
  v.x = some;
  z = hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_n, dynamic_loop), .name = "dynamic");
  gradients_of(s, z.items[1], v.x, HR_NO_OUTPUT);
  testing_graph_expect(&t, "control_flow_gradients.nested_loops");
}

/* A step down the gradient. */
static void step_down(hr_scope s, hr_output i, hr_output y, hr_output a, hr_results *results) {
  hr_gradient slope;
  hr_return(results, hr_plus(s, i, 1));
  hr_gradients(s, HR_LIST(y), HR_LIST(a), &slope);
  hr_return(results, hr_minus(s, a, hr_times(s, 0.1, slope.value)));
}
LOOP(of_square, step_down(s, i, hr_times(s, hr_square(s, a), V->x), a, results);)
LOOP(of_loop, {
  values v = *V;
  hr_outputs inner = hr_while_loop(s, HR_OPERANDS(0, a), FUNCTIONS(below_two, times_x), .name = "inner");
  if (hr_scope_ok(s)) step_down(s, i, inner.items[1], a, results);
})

static void inside_loops(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 2, .name = "x")};
  hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_three, of_square));
  hr_while_loop(s, HR_OPERANDS(0, v.x), FUNCTIONS(below_three, of_loop), .name = "nested");
  testing_graph_expect(&t, "control_flow_gradients.inside_loops");
}

LOOP(times_x_and_y, BOTH(hr_plus(s, i, 1), hr_plus(s, hr_times(s, a, V->x), V->y));)
BRANCH(x_times_y, hr_times(s, V->x, V->y))

static void options(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  values v = {.x = hr_constant_f32(s, 2, .name = "x")};
  v.y = hr_constant_f32(s, 3, .name = "y");
  hr_outputs loop = {0, NULL}, xs = HR_LIST(v.x, v.y);
  HR_WITH (placed, hr_device_scope(s, "/cpu:0")) {
    loop = hr_while_loop(placed, HR_OPERANDS(0, v.y), FUNCTIONS(below_three, times_x_and_y));
  }
  expect_ok(t.builder);
  hr_outputs z = HR_LIST(loop.items[1]);
  hr_gradient out[2];
  hr_gradients(s, z, xs, out, .colocate_with_ops = true);
  hr_gradients(s, z, xs, out, .gate_gradients = true, .name = "gated");
  v.p = hr_placeholder_with_default(s, hr_constant_bool(s, true, .name = "p/input"), HR_SHAPE(), .name = "p");
  hr_outputs branch = hr_cond(s, v.p, HR_BRANCH(x_times_y, &v), HR_BRANCH(x_itself, &v), .name = "branch");
  hr_gradients(s, branch, xs, out, .colocate_with_ops = true, .gate_gradients = true);
  hr_gradients(s, z, xs, out, .stop_gradients = HR_LIST(v.y), .aggregation = HR_AGGREGATION_EXPERIMENTAL_TREE);
  testing_graph_expect(&t, "control_flow_gradients.options");
}

/* ---- graphs that were read ------------------------------------------------------------------------------------- */

BRANCH(x_times_w, hr_times(s, V->x, V->w))
BRANCH(x_plus_one, hr_plus(s, V->x, 1.0))
BRANCH(y_times_w, hr_times(s, V->y, V->w))
BRANCH(y_plus_x, hr_plus(s, V->y, V->x))
BRANCH(y_minus_w, hr_minus(s, V->y, V->w))
BRANCH(y_as_p_says, hr_only(hr_cond(s, V->p, HR_BRANCH(y_plus_x, argument), HR_BRANCH(y_minus_w, argument))))
LOOP(tanh_of_product, BOTH(hr_plus(s, i, 1), hr_tanh(s, hr_times(s, a, V->w)));)
LOOP(model_loop, {
  values v = *V;
  v.y = a;
  v.n = i;
  hr_output is_one = hr_binary(s, "Equal", i, 1);
  hr_output scaled = hr_only(hr_cond(s, is_one, HR_BRANCH(y_times_w, &v), HR_BRANCH(y_as_p_says, &v)));
  hr_outputs z = hr_while_loop(s, HR_OPERANDS(0, scaled), FUNCTIONS(below_n, tanh_of_product), .name = "inner",
                               .parallel_iterations = 3);
  if (!hr_scope_ok(s)) return;
  BOTH(hr_plus(s, i, 1), z.items[1]);
})

static void make_model(hr_scope s) {
  values v = {.p = condition(s, "p")};
  v.x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2), .name = "x");
  v.w = hr_tf_variable(s, HR_OPERANDS(1.5, 0.5), .name = "w");
  hr_output branch = hr_only(hr_cond(s, v.p, HR_BRANCH(x_times_w, &v), HR_BRANCH(x_plus_one, &v), .name = "branch"));
  hr_output zero = hr_constant_i32(s, 0);
  hr_outputs loop = hr_while_loop(s, HR_LIST(zero, branch), FUNCTIONS(below_three, model_loop), .name = "outer",
                                  .maximum_iterations = HR_OPERAND(5), .swap_memory = true);
  if (hr_scope_ok(s)) hr_identity(s, loop.items[1], .name = "result");
}

static void expect_success(hr_status status) {
  if (status) fail_msg("%s", hr_status_message(status));
}

static void read(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  make_model(t.root);
  expect_ok(t.builder);
  hr_owned_bytes meta_graph, graph;
  expect_success(hr_meta_graph_export(t.graph, NULL, &meta_graph));
  expect_success(hr_graph_export(t.graph, NULL, &graph));
  testing_graph_free(&t);

  t = testing_graph_new();
  hr_scope s = t.root;
  expect_success(hr_meta_graph_import(s, meta_graph.data, meta_graph.length, NULL));
  hr_saver_free(hr_saver_new(s)); /* as tf.train.import_meta_graph */
  values v = {.p = {hr_graph_find(t.graph, "p"), 0}, .x = {hr_graph_find(t.graph, "x"), 0}};
  v.y = (hr_output){hr_graph_find(t.graph, "result"), 0};
  hr_vars trainable;
  expect_success(hr_collection_vars(t.graph, HR_TRAINABLE_VARIABLES, NULL, &trainable));
  assert_int_equal(trainable.count, 1);
  hr_output sum = hr_reduce_sum(s, hr_times(s, v.y, v.y));
  gradients_of(s, sum, v.x, hr_var_ref(trainable.items[0]));
  hr_cond(s, v.p, HR_BRANCH(y_itself, &v), HR_BRANCH(x_itself, &v), .name = "more");
  hr_global_variables_initializer(s);
  free((void *)trainable.items);
  testing_graph_expect(&t, "control_flow_files.read");

  /* A GraphDef does not say which nodes are a loop. */
  t = testing_graph_new();
  expect_success(hr_graph_import(t.root, graph.data, graph.length, &(hr_import_options){.name = ""}));
  v.x.node = hr_graph_find(t.graph, "x");
  v.y.node = hr_graph_find(t.graph, "result");
  gradients_of(t.root, v.y, v.x, HR_NO_OUTPUT);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "loop", NULL);
  testing_graph_free(&t);
  free(meta_graph.data);
  free(graph.data);
}

/* Contexts that are of no loop, or of two kinds, are refused, and nodes stay as they were. */
static void wrong_contexts(void **state) {
  (void)state;
  static const char *const stored[][2] = {
      {"while_context", "\\n\\001w\\020\\n*\\003x:02\\003x:0:\\003x:0"},          /* all pivots are x */
      {"while_context", "\\n\\001w\\020\\000*\\003x:02\\003x:0:\\003x:0"},        /* no parallel iterations */
      {"while_context", "\\n\\001w\\020\\n*\\003x:02\\003x:0:\\003x:0B\\003x:0"}, /* x is an exit */
      {"cond_context", "\\n\\001c\\022\\003x:0\\032\\003x:02\\000"},              /* nested: neither kind */
      {"cond_context", "\\n\\001c\\022\\003z:0\\032\\003x:0"},                    /* no such tensor */
  };
  for (size_t i = 0; i < sizeof stored / sizeof *stored; ++i) {
    testing_graph t = testing_graph_new();
    hr_text text = {0};
    hr_text_printf(&text,
                   "graph_def {node {name:'x' op:'Placeholder' attr {key:'dtype' value {type:DT_FLOAT}}}}"
                   "collection_def {key:'%s' value {bytes_list {value: '%s'}}}",
                   stored[i][0], stored[i][1]);
    hr_status status = hr_meta_graph_import_text(t.root, text.data, text.length, NULL);
    assert_non_null(status);
    assert_int_equal(hr_status_code(status), i == 4 ? HR_NOT_FOUND : HR_INVALID_ARGUMENT);
    hr_status_free(status);
    hr_text_free(&text);
    hr_output x = {hr_graph_find(t.graph, "x"), 0};
    assert_non_null(x.node);
    gradients_of(t.root, hr_square(t.root, x), x, HR_NO_OUTPUT);
    expect_ok(t.builder);
    testing_graph_free(&t);
  }
}

/* ---- second derivatives ---------------------------------------------------------------------------------------- */

static void hessians(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = floats(s, HR_SHAPE(3), (const float[]){1, 2, 3}, "x");
  hr_var *v = hr_tf_variable(s, HR_OPERANDS(HR_OPERANDS(0.5, -1.0)), .name = "v");
  hr_output p = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1), .name = "p");
  hr_output y = hr_reduce_sum(s, hr_times(s, hr_times(s, x, x), x));
  hr_output first = hr_at(s, x, HR_INDEX(0)), second = hr_at(s, x, HR_INDEX(1));
  y = hr_plus(s, y, hr_times(s, first, second));
  hr_output product = hr_tf_matmul(s, v, HR_OPERANDS(HR_OPERANDS(2.0), HR_OPERANDS(3.0)));
  y = hr_plus(s, y, hr_reduce_sum(s, hr_times(s, hr_square(s, product), v)));
  hr_outputs all = hr_hessians(s, HR_LIST(y, hr_reduce_prod(s, p)), HR_OPERANDS(x, v, p));
  expect_ok(t.builder);
  assert_int_equal(all.count, 3);
  assert_true(hr_partial_shape_equal(hr_output_shape(all.items[1]), &HR_SHAPE(1, 2, 1, 2)));
  hr_output scalar = hr_constant_f32(s, 2, .name = "scalar");
  hr_hessians(s, HR_LIST(hr_power(s, scalar, 3)), HR_OPERANDS(scalar), .gate_gradients = true);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "functions_with_loops.hessians");
}

static void no_hessians(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant_f32(s, 1), y = hr_times(s, x, 2.0);
  assert_int_equal(hr_hessians(s, HR_LIST(y), HR_OPERANDS(x)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "second derivatives", NULL);
  assert_int_equal(hr_hessians(s, HR_LIST(x), HR_OPERANDS(y)).count, 0);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "No y depends", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(conditionals),   cmocka_unit_test(nested_conditionals),
      cmocka_unit_test(loops),          cmocka_unit_test(loops_with_conditionals),
      cmocka_unit_test(nested_loops),   cmocka_unit_test(inside_loops),
      cmocka_unit_test(options),        cmocka_unit_test(read),
      cmocka_unit_test(wrong_contexts), cmocka_unit_test(hessians),
      cmocka_unit_test(no_hessians),
  };
  return cmocka_run_group_tests_name("gradients of control flow", tests, NULL, NULL);
}
