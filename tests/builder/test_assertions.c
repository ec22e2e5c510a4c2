/* Assertions (programs/assertions.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L  HR_OPERANDS
#define IN HR_INTS

static hr_output fed(hr_scope s, hr_dtype dtype, hr_partial_shape shape, const char *name) {
  return hr_placeholder(s, dtype, .shape = shape, .name = name);
}

/* Checks, which a tensor that comes after them waits for. */
typedef struct checks {
  int count;
  hr_node *nodes[12];
} checks;
static void add(checks *c, hr_node *node) { c->nodes[c->count++] = node; }

static void expect_checked(testing_graph *t, const checks *c, hr_output x, const char *name, const char *recorded) {
  HR_WITH (after, hr_control_dependencies(t->root, c->count, c->nodes))
    hr_identity(after, x, .name = name);
  if (hr_collection_count(t->graph, HR_GLOBAL_VARIABLES) > 0) hr_global_variables_initializer(t->root);
  testing_graph_expect(t, recorded);
}

static void comparisons(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = fed(s, HR_FLOAT, HR_SHAPE(2), "x"), y = fed(s, HR_FLOAT, HR_SHAPE(2), "y");
  hr_output count = fed(s, HR_INT32, HR_SHAPE(-1), "count"), word = fed(s, HR_STRING, HR_SHAPE(), "word");
  checks c = {0};
  add(&c, hr_assert_equal(s, x, y));
  add(&c, hr_assert_equal(s, x, x));
  add(&c, hr_assert_equal(s, word, "a", .name = "words"));
  add(&c, hr_assert_none_equal(s, x, L(7.0, 7.0), .message = "never seven"));
  add(&c, hr_assert_less(s, x, 3.0, .summarize = 5));
  add(&c, hr_assert_less_equal(s, count, IN(5, 5), .name = "few"));
  hr_output less = hr_minus(s, y, 1.0);
  add(&c, hr_assert_greater(s, x, less, .data = L(x, "and", count)));
  add(&c, hr_assert_greater_equal(s, x, y));
  add(&c, hr_assert_less(s, 1, 2));
  add(&c, hr_assert_equal(s, L(1.0, 2.0), L(1.0, 2.0)));
  expect_checked(&t, &c, x, "checked", "assertions.comparisons");
}

static void signs(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = fed(s, HR_FLOAT, HR_SHAPE(2), "x"), n = fed(s, HR_INT64, HR_SHAPE(), "n");
  hr_var *v = hr_tf_variable(s, L(1.0, 2.0), .name = "v");
  checks c = {0};
  add(&c, hr_assert_positive(s, x));
  add(&c, hr_assert_negative(s, n, .message = "below"));
  add(&c, hr_assert_non_negative(s, x, .name = "no_debt"));
  add(&c, hr_assert_non_positive(s, n));
  add(&c, hr_assert_positive(s, v));
  add(&c, hr_assert_positive(s, x, .data = L("told", x), .summarize = 1));
  add(&c, hr_assert_non_negative(s, IN(0, 1)));
  hr_output below = hr_constant(s, -1.0);
  add(&c, hr_assert_non_positive(s, below));
  expect_checked(&t, &c, n, NULL, "assertions.signs");
}

static void nearness(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = fed(s, HR_FLOAT, HR_SHAPE(2), "x"), y = fed(s, HR_DOUBLE, HR_SHAPE(-1, 2), "y");
  hr_output half = hr_tf_cast(s, x, HR_HALF);
  checks c = {0};
  hr_output beside = hr_plus(s, x, 1e-8);
  add(&c, hr_assert_near(s, x, beside));
  add(&c, hr_assert_near(s, y, 1.0, .rtol = HR_OPERAND(0.1), .atol = HR_OPERAND(L(0.5, 0.2)), .message = "far"));
  add(&c, hr_assert_near(s, half, half, .name = "halves"));
  add(&c, hr_assert_near(s, x, x, .data = L("x is", x), .summarize = 2));
  expect_checked(&t, &c, y, NULL, "assertions.nearness");
}

static void ranks(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output unknown = fed(s, HR_FLOAT, HR_SHAPE_UNKNOWN, "unknown"), pair = fed(s, HR_FLOAT, HR_SHAPE(-1, 2), "pair");
  hr_output rank = fed(s, HR_INT32, HR_SHAPE(), "rank");
  checks c = {0};
  add(&c, hr_assert_rank(s, unknown, L(1)));
  add(&c, hr_assert_rank(s, pair, L(rank)));
  hr_output less = hr_minus(s, rank, 1);
  add(&c, hr_assert_rank(s, unknown, L(less), .message = "odd"));
  add(&c, hr_assert_rank(s, unknown, L(1), .at_least = true, .message = "flat"));
  add(&c, hr_assert_rank(s, pair, L(rank), .at_least = true, .data = L("pair", pair)));
  add(&c, hr_assert_rank(s, unknown, L(1, 3)));
  add(&c, hr_assert_rank(s, pair, L(1, rank), .summarize = 1, .name = "some"));
  add(&c, hr_assert_rank(s, unknown, L(0, 1, 2)));
  add(&c, hr_assert_rank(s, pair, L(2), .name = "known"));
  add(&c, hr_assert_rank(s, pair, L(1, 2)));
  add(&c, hr_assert_rank(s, pair, L(1), .at_least = true, .data = L("unused")));
  expect_checked(&t, &c, unknown, NULL, "assertions.ranks");
}

static void order(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = fed(s, HR_FLOAT, HR_SHAPE_UNKNOWN, "x"), numbers = fed(s, HR_INT32, HR_SHAPE(3), "numbers");
  hr_tensor longs;
  assert_null(hr_tensor_from(HR_INT64, 2, (int64_t[]){2, 2}, (int64_t[]){1, 2, 2, 3}, &longs));
  hr_is_strictly_increasing(s, x), hr_is_non_decreasing(s, x, .name = "calm"), hr_is_strictly_increasing(s, numbers);
  hr_is_non_decreasing(s, &longs), hr_is_non_decreasing(s, L(1.0));
  hr_tensor_clear(&longs);
  testing_graph_expect(&t, "assertions.order");
}

static void numerics(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = fed(s, HR_FLOAT, HR_SHAPE(2), "x"), n = fed(s, HR_INT32, HR_SHAPE(), "n");
  hr_output root = hr_sqrt(s, x), y = hr_times(s, root, hr_tf_cast(s, n, HR_FLOAT));
  hr_tf_split(s, hr_tf_cast(s, x, HR_DOUBLE), 2);
  hr_add_check_numerics_ops(s);
  hr_identity(s, y);
  testing_graph_expect(&t, "assertions.numerics");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(comparisons), cmocka_unit_test(signs),
                                     cmocka_unit_test(nearness),    cmocka_unit_test(ranks),
                                     cmocka_unit_test(order),       cmocka_unit_test(numerics)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
