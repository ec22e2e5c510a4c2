/* What scopes put on nodes: names, control inputs, colocation, devices, containers (programs/name_scopes.py,
 * programs/wiring.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "headrace/gradients.h"
#include "headrace/ops.h"
#include "headrace/summary.h"
#include "headrace/variables.h"

static hr_output number(hr_scope s, float value, const char *name) { return hr_constant_f32(s, value, .name = name); }
static hr_output zero(hr_scope s, const char *name) { return hr_constant_i32(s, 0, .name = name); }

static void control_dependencies(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = number(s, 1, "a"), b = number(s, 2, "b"), c = hr_placeholder(s, HR_FLOAT, .name = "c");
  hr_output d, e;
  HR_WITH (first, hr_control_dependencies(s, HR_NODES(a.node))) {
    number(first, 3, "plain");
    d = hr_add(first, a, b, .name = "uses_a");
    e = hr_add(first, d, b, .name = "after_uses_a");
    HR_WITH (second, hr_control_dependencies(first, HR_NODES(b.node, c.node))) {
      hr_add(second, e, b, .name = "nested");
      hr_no_op(second, .name = "nested_nothing");
      HR_WITH (free, hr_control_dependencies(second, 0, NULL)) {
        number(free, 4, "free");
        HR_WITH (after, hr_control_dependencies(free, HR_NODES(d.node))) {
          number(after, 5, "after_free");
        }
      }
    }
    HR_WITH (second, hr_control_dependencies(first, HR_NODES(d.node))) {
      number(second, 6, "second");
      hr_identity(second, e, .name = "dominated");
    }
    hr_identity(first, c, .name = "back_in_first");
  }
  number(s, 7, "empty");
  hr_var *v = NULL;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(d.node, d.node, a.node))) {
    number(after, 8, "ops_and_tensors");
    v = hr_tf_variable(after, a, .name = "v");
    hr_get_variable(after, "w", .shape = HR_SHAPE(2), .initializer = hr_zeros_initializer());
    hr_placeholder(after, HR_FLOAT, .name = "p");
    hr_binary(after, "Add", v, 1.0, .name = "variable_plus");
  }
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(hr_var_ref(v).node))) {
    number(after, 9, "after_variable");
  }
  hr_node *both = hr_group_with(s, HR_NODES(d.node, e.node), &(hr_op_options){"both"});
  hr_output pair[2];
  hr_tuple_with(s, HR_OPERANDS(d, e), 0, NULL, pair, &(hr_op_options){"pair"});
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(both))) {
    hr_identity(after, a, .name = "after_group");
  }
  hr_group_with(s, 0, NULL, &(hr_op_options){"nobody"});
  testing_graph_expect(&t, "wiring.control_dependencies");
}

static void colocation(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_node *a = hr_var_ref(hr_tf_variable(s, 1.0, .name = "a")).node;
  hr_node *b = number(s, 2, "b").node, *c = NULL, *g = NULL;
  HR_WITH (with_a, hr_colocate_with(s, a, false)) {
    c = number(with_a, 3, "c").node;
    HR_WITH (with_b, hr_colocate_with(with_a, b, false)) {
      number(with_b, 4, "d");
    }
    HR_WITH (with_b, hr_colocate_with(with_a, b, true)) {
      number(with_b, 5, "e");
    }
  }
  HR_WITH (with_c, hr_colocate_with(s, c, false)) {
    number(with_c, 6, "f");
  }
  HR_WITH (cpu, hr_device_scope(s, "/device:CPU:0")) {
    g = number(cpu, 7, "g").node;
    HR_WITH (with_a, hr_colocate_with(cpu, a, false)) {
      number(with_a, 8, "h");
    }
  }
  HR_WITH (with_g, hr_colocate_with(s, g, false)) {
    number(with_g, 9, "i");
    HR_WITH (other, hr_device_scope(with_g, "/device:CPU:1")) {
      number(other, 10, "j");
    }
  }
  HR_WITH (alone, hr_colocate_with(s, NULL, true)) {
    number(alone, 11, "k");
  }
  testing_graph_expect(&t, "wiring.colocation");
}

static const char *by_matmul(void *argument, const hr_node *node) {
  (void)argument;
  return strcmp(hr_node_op(node), "MatMul") == 0 ? "/device:GPU:0" : "/device:CPU:0";
}

/* tf.train.replica_device_setter of two parameter servers: variables go round, the rest to the worker. */
static const char *by_replica(void *argument, const hr_node *node) {
  int *next = argument;
  if (strcmp(hr_node_op(node), "VariableV2") != 0) return "/job:worker";
  return (*next)++ % 2 ? "/job:ps/task:1" : "/job:ps/task:0";
}

static void devices(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  HR_WITH (ps, hr_device_scope(s, "/job:ps/task:1")) {
    zero(ps, "a");
    HR_WITH (cpu, hr_device_scope(ps, "/cpu:0")) {
      zero(cpu, "b");
      HR_WITH (worker, hr_device_scope(cpu, "/job:worker")) {
        zero(worker, "c");
      }
      HR_WITH (none, hr_device_scope(cpu, NULL)) {
        zero(none, "d");
        HR_WITH (gpu, hr_device_scope(none, "/gpu:3")) {
          zero(gpu, "e");
        }
      }
    }
    HR_WITH (gpu, hr_device_scope(ps, "GPU:2")) {
      zero(gpu, "f");
    }
    HR_WITH (any, hr_device_scope(ps, "/device:GPU:*")) {
      zero(any, "g");
    }
    HR_WITH (same, hr_device_scope(ps, "")) {
      zero(same, "h");
    }
    HR_WITH (replica, hr_device_scope(ps, "/replica:4")) {
      zero(replica, "i");
    }
  }
  hr_tensor one, two;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 1}, (float[]){1}, &one));
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){1, 1}, (float[]){2}, &two));
  hr_var *v = NULL;
  HR_WITH (local, hr_device_scope(s, "/job:local")) {
    HR_WITH (by, hr_device_scope_by(local, by_matmul, NULL)) {
      hr_tf_matmul(by, &one, &two, .name = "product");
      v = hr_tf_variable(by, &one, .name = "v");
    }
  }
  hr_tensor_clear(&one);
  hr_tensor_clear(&two);
  HR_WITH (by, hr_device_scope_by(s, by_matmul, NULL)) {
    HR_WITH (fixed, hr_device_scope(by, "/device:CPU:7")) {
      zero(fixed, "inner_fixed");
    }
  }
  hr_output y;
  HR_WITH (gpu, hr_device_scope(s, "/device:GPU:0")) {
    y = hr_square(gpu, hr_var_value(v), .name = "y");
  }
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(y), HR_LIST(hr_var_ref(v)), &gradient);
  HR_WITH (gpu, hr_device_scope(s, "/device:GPU:0")) {
    hr_gradients(gpu, HR_LIST(y), HR_LIST(hr_var_ref(v)), &gradient, .name = "again", .colocate_with_ops = true);
  }
  int next = 0;
  HR_WITH (spread, hr_device_scope_by(s, by_replica, &next)) {
    for (int i = 0; i < 3; ++i)
      hr_tf_variable(spread, (double)i, .name = "ps_var");
    zero(spread, "on_worker");
  }
  testing_graph_expect(&t, "wiring.devices");
}

static void containers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  HR_WITH (box, hr_container(t.root, "box")) {
    hr_tf_variable(box, 1.0, .name = "boxed");
    hr_get_variable(box, "boxed_by_get", .shape = HR_SHAPE(1));
    HR_WITH (none, hr_container(box, "")) {
      hr_tf_variable(none, 1.0, .name = "unboxed");
    }
  }
  testing_graph_expect(&t, "wiring.containers");
}

static hr_output one(hr_scope s, const char *name) { return hr_constant_i32(s, 1, .name = name); }

static void expect_fact(const char *recorded_case, const char *key, const char *have) {
  char *want = recorded_fact(recorded_case, key);
  assert_string_equal(have, want);
  free(want);
}

static void nesting(void **state) {
  (void)state;
  static const char name[] = "name_scopes.nesting";
  testing_graph t = testing_graph_new();
  hr_scope s = t.root, outer = hr_name_scope(s, "outer");
  hr_output a = one(outer, "a");
  hr_scope inner = hr_name_scope(outer, "inner");
  hr_output b = one(inner, "a");
  one(hr_name_scope(inner, NULL), "a"), one(hr_name_scope(inner, hr_scope_name(outer)), "a");
  one(hr_name_scope(outer, "inner"), NULL), one(hr_name_scope(s, "outer/"), "a"), one(hr_name_scope(s, "outer"), "a");
  hr_scope chosen = hr_name_scope_or(s, "chosen", "default");
  hr_add(chosen, a, b), hr_add(hr_name_scope_or(s, NULL, "default"), a, b);
  hr_add(hr_name_scope(s, "a/b/c"), a, b, .name = "x/y"), hr_add(hr_name_scope(s, "a/b"), a, b, .name = "x");
  expect_fact(name, "unique", hr_unique_name(s, "free", true));
  expect_fact(name, "unique again", hr_unique_name(s, "free", true));
  expect_fact(name, "unique unmarked", hr_unique_name(s, "free", false));
  expect_fact(name, "unique unmarked again", hr_unique_name(s, "free", false));
  expect_fact(name, "scope", hr_scope_name(chosen));
  testing_graph_expect(&t, name);
}

static void unique_names(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  static const char *const names[] = {"a",     "a",   "A",   "a_1", "A_1", "a", "B",   "b",  "b_1",
                                      "b_1_1", "b_1", "c_1", "c",   "c",   "c", "C/d", "c/D"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
    one(s, names[i]);
  one(hr_name_scope(s, "Scope"), "x"), one(hr_name_scope(s, "scope"), "X"), one(s, "SCOPE");
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 2), .name = "mse");
  hr_reduce_mean(s, x, .name = "mse");
  hr_summary_scalar(s, "MSE", hr_reduce_mean(s, x));
  testing_graph_expect(&t, "name_scopes.unique_names");
}

static void repeated_variables(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_tf_variable(t.root, 0, .name = "a"), hr_tf_variable(t.root, 0, .name = "a");
  for (int i = 0; i < 2; ++i)
    hr_tf_variable(hr_name_scope(t.root, "param"), 0, .name = "a");
  testing_graph_expect(&t, "name_scopes.repeated_variables");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(control_dependencies), cmocka_unit_test(colocation), cmocka_unit_test(devices),
      cmocka_unit_test(containers),           cmocka_unit_test(nesting),    cmocka_unit_test(unique_names),
      cmocka_unit_test(repeated_variables),
  };
  return cmocka_run_group_tests_name("wiring", tests, NULL, NULL);
}
