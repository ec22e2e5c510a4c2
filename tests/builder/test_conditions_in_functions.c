/* Conditions in functions of datasets (programs/conditions_in_functions.py): the graphs and functions that TensorFlow
 * 1.15 builds. Those of tf.case stand in test_datasets.c. */
#include "loops_in_functions.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

BRANCH(x_itself, V->x)
BRANCH(x_times_y, hr_times(s, V->x, V->y))
BRANCH(minus_one, hr_constant(s, -1, .dtype = HR_INT64))
BRANCH(one_more, hr_plus(s, V->x, 1))
BRANCH(one_less, hr_minus(s, V->x, 1))
BRANCH(seven_times, hr_times(s, V->x, 7))
BRANCH(five_times, hr_times(s, V->x, 5))
BRANCH(nine_times, hr_times(s, V->x, 9))
BRANCH(negative, hr_neg(s, V->x))

static void large(void *scale, hr_scope s, hr_outputs element, hr_results *results) {
  values v = {.x = element.items[0], .y = *(hr_output *)scale};
  hr_output above = hr_binary(s, "Greater", v.x, 2);
  hr_return(results, hr_only(hr_cond(s, above, HR_BRANCH(x_times_y, &v), HR_BRANCH(minus_one, &v), .name = "large")));
}

static void simple(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output scale = hr_constant(s, 10, .dtype = HR_INT64, .name = "scale"), numbers = hr_dataset_range(s, 0, 6, 1);
  const hr_defined *f = hr_dataset_function(s, numbers, "Dataset_map_<lambda>", large, &scale);
  expect_elements(&t, hr_dataset_map(s, numbers, f), "conditions_in_functions.simple");
}

BRANCH(under_one_or_two, hr_only(hr_cond(s, hr_binary(s, "Less", V->x, 1), HR_BRANCH(seven_times, argument),
                                         HR_BRANCH(five_times, argument))))
BRANCH(around_zero, hr_only(hr_cond(s, hr_binary(s, "Greater", V->x, 0), HR_BRANCH(one_more, argument),
                                    HR_BRANCH(one_less, argument))))

static void nested_function(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = element.items[0]};
  hr_output below = hr_binary(s, "Less", v.x, 2);
  hr_output small = hr_only(hr_cond(s, below, HR_BRANCH(under_one_or_two, &v), HR_BRANCH(x_itself, &v)));
  hr_output number = hr_tf_cast(s, v.x, HR_INT32);
  const hr_branch branches[] = {HR_BRANCH(x_itself, &v), HR_BRANCH(around_zero, &v)};
  return_all(results, 2, (hr_output[]){small, hr_only(hr_switch_case_with(s, number, 2, branches, NULL))});
}

static void predicates_function(void *unused, hr_scope s, hr_outputs element, hr_results *results) {
  (void)unused;
  values v = {.x = element.items[0]};
  hr_output single = hr_tf_reshape(s, hr_binary(s, "Greater", v.x, 1), HR_SHAPE(1, 1));
  hr_output first = hr_only(hr_cond(s, single, HR_BRANCH(x_itself, &v), HR_BRANCH(negative, &v)));
  hr_output known = hr_constant(s, (bool)true);
  return_all(results, 2,
             (hr_output[]){first, hr_only(hr_cond(s, known, HR_BRANCH(x_itself, &v), HR_BRANCH(nine_times, &v)))});
}

static void mapped(void **state) {
  (void)state;
  expect_mapped(nested_function, "conditions_in_functions.nested");
  expect_mapped(predicates_function, "conditions_in_functions.predicates");
}

static void change(void *argument, hr_scope s, hr_results *results) {
  const values *v = argument;
  hr_var_after(s, v->v, hr_update_resource(s, "AssignAddVariableOp", v->v, HR_NO_OPERANDS, 10.0));
  hr_output read = hr_var_read(s, v->v);
  hr_return(results, hr_plus(s, read, hr_times(s, 0.0, hr_tf_random_uniform(s, HR_SHAPE(), .seed = 2))));
}
BRANCH(twice_variable, hr_times(s, hr_var_tensor(s, V->v), 2.0))

static void even_changes(void *variable, hr_scope s, hr_outputs element, hr_results *results) {
  values v = {.v = variable};
  hr_output even = hr_binary(s, "Equal", hr_modulo(s, element.items[0], 2), 0);
  hr_return(results, hr_only(hr_cond(s, even, HR_BRANCH(change, &v), HR_BRANCH(twice_variable, &v))));
}

static void effects(void **state) {
  (void)state;
  testing_graph t = testing_graph_new();
  hr_graph_set_seed(t.graph, true, 11);
  hr_var *v = hr_get_variable(t.root, "v", .shape = HR_SHAPE(), .initializer = hr_constant_initializer(1.0),
                              .use_resource = HR_RESOURCE_TRUE);
  expect_mapped_with(&t, even_changes, v, "Dataset_map_<lambda>", "conditions_in_functions.effects");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(simple), cmocka_unit_test(mapped), cmocka_unit_test(effects)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
