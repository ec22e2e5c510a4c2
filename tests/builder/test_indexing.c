/* Slices, masks and lists of parts (programs/indexing.py): the graphs that TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define IN         HR_INTS
#define L          HR_OPERANDS
#define I          HR_INDEX
#define ALL        HR_ALL
#define NEW        HR_NEW_AXIS
#define REST       HR_ELLIPSIS
#define FROM(a)    HR_SLICE(a, HR_OPEN)
#define TO(b)      HR_SLICE(HR_OPEN, b)
#define BY(c)      HR_SLICE_STEP(HR_OPEN, HR_OPEN, c)
#define AT(x, ...) hr_at(s, x, __VA_ARGS__)

static hr_output counted(hr_scope s, hr_partial_shape shape) {
  float values[60];
  for (int i = 0; i < 60; ++i)
    values[i] = (float)i;
  return hr_constant_array(s, HR_FLOAT, shape, values, .name = "x");
}

static void slices(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = counted(s, HR_SHAPE(3, 4, 5)), i = hr_constant(s, 1, .name = "i");
  AT(x, I(0)), AT(x, I(-1)), AT(x, I(1), I(2)), AT(x, I(1), I(2), I(3)), AT(x, I(-1), I(-2), I(-3)), AT(x, ALL);
  AT(x, ALL, ALL), AT(x, HR_SLICE(0, 2)), AT(x, TO(2)), AT(x, FROM(1)), AT(x, FROM(-2)), AT(x, TO(-1)), AT(x, BY(2));
  AT(x, BY(-1)), AT(x, HR_SLICE_STEP(2, 0, -1)), AT(x, ALL, I(1)), AT(x, ALL, HR_SLICE(1, 3)), AT(x, ALL, ALL, I(0));
  AT(x, REST, I(0)), AT(x, I(0), REST), AT(x, REST, HR_SLICE(1, 3), ALL), AT(x, REST, FROM(1), BY(2));
  AT(x, NEW), AT(x, ALL, NEW), AT(x, REST, NEW), AT(x, NEW, I(0), NEW), AT(x, HR_SLICE(0, 1)), AT(x, HR_SLICE(0, 0));
  AT(x, HR_SLICE(1, 100)), AT(x, I(i)), AT(x, FROM(i)), AT(x, TO(i)), AT(x, I(i), I(0));
  hr_output next = hr_plus(s, i, 1);
  AT(x, HR_SLICE(i, next)), AT(x, I(0), FROM(i), BY(i));
  hr_output zero = hr_constant(s, 0);
  AT(x, HR_SLICE(zero, 2));
  AT(x, I(1)), AT(x, I(1)); /* a NumPy number, and an array of one */
  AT(AT(AT(x, I(1)), I(2)), I(3));
  AT(x, HR_SLICE(0, 2)), AT(x, I(0), ALL, NEW, HR_SLICE(1, 2)), AT(x, HR_SLICE(-3, -1), I(-4)), AT(x, I(0), I(1));
  AT(x, REST), AT(x, ALL, BY(-1), BY(-2));
  testing_graph_expect(&t, "indexing.slices");
}

static void unknown_shapes(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 4), .name = "x");
  hr_output u = hr_placeholder(s, HR_FLOAT, .name = "u"),
            n = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE(), .name = "n");
  AT(x, I(0)), AT(x, I(-1)), AT(x, ALL, I(0)), AT(x, FROM(1)), AT(x, TO(n)), AT(x, I(n)), AT(x, ALL, FROM(n));
  AT(x, BY(2)), AT(x, REST, I(0)), AT(x, NEW), AT(u, I(0)), AT(u, REST, I(0)), AT(u, ALL, I(1)), AT(u, NEW);
  AT(u, HR_SLICE(0, 1)), AT(u, I(n), REST);
  hr_output next = hr_plus(s, n, 1);
  AT(x, HR_SLICE(n, next), HR_SLICE(1, 3));
  hr_output rows = AT(hr_tf_shape(s, x), I(0));
  AT(x, I(hr_minus(s, rows, 1)));
  testing_graph_expect(&t, "indexing.unknown_shapes");
}

static void lists(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "x");
  AT(x, I(0), I(1)), AT(x, I(-1)), AT(x, FROM(1), I(2)), AT(x, REST, NEW);
  testing_graph_expect(&t, "indexing.lists");
}

static void variables(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_tensor start;
  assert_null(hr_tensor_from(HR_FLOAT, 2, (int64_t[]){3, 4}, (float[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, &start));
  hr_var *v = hr_tf_variable(s, &start, .name = "v"), *w = hr_tf_variable(s, IN(0, 0, 0, 0), .name = "w");
  hr_tensor_clear(&start);
  AT(v, I(0)), AT(v, ALL, I(1)), AT(v, FROM(1), BY(2)), AT(v, REST, I(3)), AT(v, I(0), I(0)), AT(w, I(1));
  AT(w, FROM(-1));
  hr_assign_slice(s, w, AT(w, HR_SLICE(1, 3)), IN(7, 8));
  hr_assign_slice(s, w, AT(w, I(0)), 5);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "indexing.variables");
}

static void masks(void **state) {
  (void)state;
  const bool yes = true, no = false;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(IN(1, 2, 3), IN(4, 5, 6)), .name = "x");
  hr_output keep = hr_constant(s, L(yes, no), .name = "keep");
  hr_output p = hr_placeholder(s, HR_BOOL, .shape = HR_SHAPE(2, -1), .name = "p");
  hr_boolean_mask(s, x, keep), hr_boolean_mask(s, x, L(yes, no, yes), .axis = 1), hr_boolean_mask(s, x, p);
  hr_boolean_mask(s, x, hr_binary(s, "Greater", x, 3));
  hr_boolean_mask(s, hr_tf_cast(s, x, HR_FLOAT), L(yes, yes), .name = "both");
  testing_graph_expect(&t, "indexing.masks");
}

static void gradients(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = counted(s, HR_SHAPE(3, 4)), parts[5];
  parts[0] = AT(x, I(0));
  parts[1] = AT(x, FROM(1), BY(2));
  parts[2] = AT(x, REST, I(-1));
  parts[3] = AT(x, NEW, I(1), HR_SLICE(1, 3));
  parts[4] = AT(x, BY(-1));
  for (int i = 0; i < 5; ++i) {
    hr_gradient gradient;
    hr_gradients(s, HR_LIST(hr_square(s, parts[i])), HR_LIST(x), &gradient);
  }
  testing_graph_expect(&t, "indexing.gradients");
}

static void unpacking(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_constant(s, L(IN(1, 2), IN(3, 4)), .name = "x");
  hr_unstack(s, x), hr_tf_split(s, x, 2, .axis = HR_AXIS(1));
  hr_unstack(s, hr_constant(s, L(L(5.0))), .name = "third");
  const hr_partial_shape shape = HR_SHAPE(-1, 3);
  hr_output rows =
      CALL_OP(s, "PlaceholderWithDefault", NULL, L(L(IN(1, 2, 3))), {"shape", HR_ATTR_SHAPE_VALUE(&shape)});
  hr_unstack(s, rows, .num = 3, .axis = 1);
  testing_graph_expect(&t, "indexing.unpacking");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(slices),   cmocka_unit_test(unknown_shapes),
                                     cmocka_unit_test(lists),    cmocka_unit_test(variables),
                                     cmocka_unit_test(masks),    cmocka_unit_test(gradients),
                                     cmocka_unit_test(unpacking)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
