/* Gradients of rows of joined values (programs/sparse_joins.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

/* The variables v0, v1, ... of two dimensions. */
static void variables(hr_scope s, int count, const int64_t (*sizes)[2], hr_var **vars) {
  for (int i = 0; i < count; ++i) {
    char name[8];
    snprintf(name, sizeof name, "v%d", i);
    vars[i] = hr_get_variable(s, name, .shape = HR_SHAPE(sizes[i][0], sizes[i][1]),
                              .initializer = hr_random_uniform_initializer(0.0, 1.0, i));
  }
}

/* Of the rows `ids` of joined values. */
static void gradients_of_rows(hr_scope s, hr_output joined, hr_dtype dtype, hr_ints ids, int count, hr_output *xs,
                              hr_gradient *out) {
  hr_output rows = hr_tf_gather(s, joined, hr_constant(s, ids, .dtype = dtype));
  hr_gradients(s, ((hr_outputs){1, &rows}), ((hr_outputs){count, xs}), out);
}

static void first_axis(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v[3];
  variables(s, 3, (const int64_t[][2]){{5, 2}, {3, 2}, {1, 2}}, v);
  hr_output all[] = {hr_var_ref(v[0]), hr_var_ref(v[1]), hr_var_ref(v[2])};
  hr_output joined = hr_tf_concat(s, HR_OPERANDS(v[0], v[1], v[2]), 0);
  hr_gradient out[3];
  gradients_of_rows(s, joined, HR_INT32, HR_INTS(0, 8, 5, 0, 7), 3, all, out);
  for (int i = 0; i < 3; ++i)
    assert_true(hr_gradient_is_sparse(out[i]));
  hr_output swapped[] = {all[1], all[0]};
  joined = hr_tf_concat(s, HR_OPERANDS(v[0], v[1]), -2);
  gradients_of_rows(s, joined, HR_INT64, HR_INTS(1, 6, 1), 2, swapped, out);
  for (int flat = 0; flat < 2; ++flat) {
    hr_partial_shape known = flat ? HR_SHAPE_UNKNOWN : HR_SHAPE(-1, -1);
    hr_output parts[2];
    for (int i = 0; i < 2; ++i) {
      hr_scope p = hr_name_scope(s, "PlaceholderWithDefault");
      const float values[] = {i ? 3 : 1, i ? 4 : 2, 3, 4};
      hr_partial_shape shape = flat ? HR_SHAPE(i ? 1 : 2) : HR_SHAPE(i ? 2 : 1, 2);
      hr_output value = hr_constant_array(p, HR_FLOAT, shape, values, .name = "input");
      parts[i] = hr_placeholder_with_default(p, value, known, .name = hr_scope_name(p));
    }
    joined = hr_tf_concat(s, HR_OPERANDS(parts[0], parts[1]), 0);
    gradients_of_rows(s, joined, HR_INT32, HR_INTS(2, 0), 2, parts, out);
  }
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "sparse_joins.first_axis");
}

static void several_readers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v[2];
  variables(s, 2, (const int64_t[][2]){{5, 2}, {3, 2}}, v);
  hr_output xs[] = {hr_var_ref(v[0]), hr_var_ref(v[1])}, ys[2];
  hr_output joined = hr_tf_concat(s, HR_OPERANDS(v[0], v[1]), 0);
  hr_gradient out[2];
  ys[0] = hr_tf_gather(s, joined, hr_constant(s, HR_INTS(0, 7), .dtype = HR_INT32));
  ys[1] = hr_tf_gather(s, joined, hr_constant(s, HR_INTS(1, 0, 6), .dtype = HR_INT32));
  hr_gradients(s, ((hr_outputs){2, ys}), ((hr_outputs){2, xs}), out);
  ys[0] = hr_tf_gather(s, joined, hr_constant(s, HR_INTS(0, 7), .dtype = HR_INT32));
  ys[1] = hr_times(s, joined, 2.0);
  hr_gradients(s, ((hr_outputs){2, ys}), ((hr_outputs){2, xs}), out);
  hr_global_variables_initializer(s);
  testing_graph_expect(&t, "sparse_joins.several_readers");
}

static void unknown_axis(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(2, 2));
  hr_output axis = hr_placeholder(s, HR_INT32, .shape = HR_SHAPE());
  hr_gradient out;
  gradients_of_rows(s, hr_tf_concat(s, HR_OPERANDS(x, x), axis), HR_INT32, HR_INTS(0), 1, &x, &out);
  expect_error(t.builder, HR_INVALID_ARGUMENT, "statically-known concat_dim", NULL);
  testing_graph_free(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(first_axis), cmocka_unit_test(several_readers),
                                     cmocka_unit_test(unknown_axis)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
