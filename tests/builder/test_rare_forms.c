/* Normal equations of unknown size, tuples of references, batches normalised by numbers (programs/rare_forms.py). */
#include "graph_compare.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "headrace/headrace.h"

static void unknown_equations(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = hr_placeholder(s, HR_FLOAT, .name = "a"), b = hr_placeholder(s, HR_FLOAT, .name = "b");
  hr_output rows = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 3), .name = "rows");
  hr_output column = hr_placeholder(s, HR_FLOAT, .shape = HR_SHAPE(-1, 1), .name = "column");
  hr_lstsq(s, a, b, .l2_regularizer = 0.1);
  hr_lstsq(s, rows, column);
  hr_output solved = hr_lstsq(s, rows, column, .l2_regularizer = 0.5);
  hr_lstsq(s, rows, column, .fast = false);
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(solved), HR_LIST(rows), &gradient);
  testing_graph_expect(&t, "rare_forms.unknown_equations");
}

static void tuples(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_var *v = hr_tf_variable(s, HR_OPERANDS(1.0, 2.0), .name = "v");
  hr_var *w = hr_get_variable(s, "w", .shape = HR_SHAPE(2), .initializer = hr_ones_initializer(),
                              .use_resource = HR_RESOURCE_TRUE);
  hr_output one = hr_constant_f32(s, 1), assigned = hr_var_assign(s, v, HR_OPERANDS(2.0, 3.0)), out[4];
  hr_tuple_with(s, HR_OPERANDS(v, one), 0, NULL, out, NULL);
  hr_tuple_with(s, HR_OPERANDS(assigned, one, hr_operand_none(), 2.0), 0, NULL, out, NULL);
  assert_true(out[1].node && !out[2].node && out[3].node);
  assert_true(hr_dtype_is_ref(hr_output_dtype(out[0])));
  hr_tuple_with(s, HR_OPERANDS(hr_var_ref(v), one), HR_NODES(hr_var_initializer(v)), out, NULL);
  hr_tuple_with(s, HR_OPERANDS(w, v), 0, NULL, out, NULL);
  testing_graph_expect(&t, "rare_forms.tuples");
}

static void normalized_by_numbers(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  static const float numbers[] = {0, 1, 2, 3, 4, 5}, means[] = {1, 2, 3};
  hr_output x = hr_constant_array(s, HR_FLOAT, HR_SHAPE(2, 3), numbers, .name = "x");
  hr_batch_normalization(s, x, 0.5, 2.0, 1e-3, .offset = HR_OPERAND(0.1), .scale = HR_OPERAND(1.5));
  hr_batch_normalization(s, x, 0.5, 2.0, 1e-3);
  hr_output mean = hr_constant_array(s, HR_FLOAT, HR_SHAPE(3), means);
  hr_batch_normalization(s, x, mean, 2.0, 1e-3, .scale = HR_OPERAND(2.0));
  hr_batch_normalization(s, x, 1, 2, 1e-3, .offset = HR_OPERAND(0), .scale = HR_OPERAND(1));
  testing_graph_expect(&t, "rare_forms.normalized_by_numbers");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(unknown_equations), cmocka_unit_test(tuples),
                                     cmocka_unit_test(normalized_by_numbers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
