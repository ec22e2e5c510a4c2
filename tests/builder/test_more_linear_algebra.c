/* Repeats, gathers in batches, pseudo-inverses and exponentials (programs/more_linear_algebra.py): the graphs that
 * TensorFlow 1.15 builds. */
#include "graph_compare.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "headrace/headrace.h"

#define L  HR_OPERANDS
#define IN HR_INTS

/* A placeholder whose default is the program's data. */
static hr_output free_data(hr_scope s, const char *recorded_case, const char *name, hr_partial_shape shape) {
  char input[40];
  snprintf(input, sizeof input, "%s/input", name);
  hr_tensor value = recorded_array(recorded_case, input);
  hr_output x = CALL_OP(s, "PlaceholderWithDefault", name, L(&value), {"shape", HR_ATTR_SHAPE_VALUE(&shape)});
  hr_tensor_clear(&value);
  return x;
}
static void slope(hr_scope s, hr_output y, hr_output x) {
  hr_gradient gradient;
  hr_gradients(s, HR_LIST(y), HR_LIST(x), &gradient);
}

static void repeats(void **state) {
  (void)state;
#define CASE "more_linear_algebra.repeats"
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = recorded_data(s, CASE, "x"), free = free_data(s, CASE, "free", HR_SHAPE_UNKNOWN);
  hr_output counts = free_data(s, CASE, "counts", HR_SHAPE(-1));
#define ALONG(number) .has_axis = true, .axis = (number)
  hr_repeat(s, x, 2), hr_repeat(s, x, 3, ALONG(1)), hr_repeat(s, x, IN(1, 2), ALONG(0));
  hr_repeat(s, x, counts, ALONG(1)), hr_repeat(s, x, IN(2, 2), ALONG(-1), .name = "named");
  hr_repeat(s, IN(3, -1, 0, 4), IN(1, 3, 0, 2)), hr_repeat(s, 5, 3);
  hr_output two = hr_constant(s, 2, .dtype = HR_INT64);
  hr_repeat(s, x, two, ALONG(2)), hr_repeat(s, free, 2, ALONG(0)), hr_repeat(s, L("a", "b"), IN(2, 1));
  slope(s, hr_repeat(s, x, counts, ALONG(1)), x), slope(s, hr_power(s, hr_repeat(s, x, 2, ALONG(0)), 2), x);
  testing_graph_expect(&t, CASE);
#undef CASE
}

static void batched_gathers(void **state) {
  (void)state;
#define CASE "more_linear_algebra.batched_gathers"
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output x = recorded_data(s, CASE, "x"), free = free_data(s, CASE, "free", HR_SHAPE(-1, -1, 4));
  hr_output indices = free_data(s, CASE, "indices", HR_SHAPE(-1, 2, 2));
  hr_output first = hr_batch_gather_nd(s, x, L(IN(1), IN(2)), 1);
  hr_batch_gather_nd(s, x, L(L(IN(1), IN(0), IN(2)), L(IN(0), IN(0), IN(2))), 1);
  hr_batch_gather_nd(s, x, L(L(IN(0), IN(1), IN(2)), L(IN(3), IN(2), IN(1))), 2),
      hr_batch_gather_nd(s, free, indices, 1);
  hr_tf_gather_nd(s, x, L(IN(0, 1)), .name = "plain"), hr_batch_gather_nd(s, x, L(IN(1), IN(2)), 1, .name = "named");
  slope(s, first, x);
  testing_graph_expect(&t, CASE);
#undef CASE
}

static void exponentials(void **state) {
  (void)state;
#define CASE "more_linear_algebra.exponentials"
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = recorded_data(s, CASE, "a"), free = free_data(s, CASE, "free", HR_SHAPE(-1, 3, 3));
  hr_output unknown = free_data(s, CASE, "unknown", HR_SHAPE_UNKNOWN);
  hr_output pair = free_data(s, CASE, "pair", HR_SHAPE(2, -1, -1)), small = recorded_data(s, CASE, "small");
  hr_output z = hr_tf_complex(s, a, hr_tf_transpose(s, a));
  hr_expm(s, a), hr_expm(s, free), hr_expm(s, unknown), hr_expm(s, pair), hr_expm(s, z), hr_expm(s, small);
  hr_expm(s, L(L(0.0, 1.0), L(0.0, 0.0)), .name = "named"), hr_expm(s, hr_zeros(s, HR_SHAPE(0, 0)));
  hr_expm(s, hr_tf_cast(s, z, HR_COMPLEX128));
  testing_graph_expect(&t, CASE);
#undef CASE
}

static void singular_values(void **state) {
  (void)state;
#define CASE "more_linear_algebra.singular_values"
  testing_graph t = testing_graph_new();
  hr_scope s = t.root;
  hr_output a = recorded_data(s, CASE, "a"), batch = free_data(s, CASE, "batch", HR_SHAPE(-1, -1, -1));
  hr_output free = free_data(s, CASE, "free", HR_SHAPE_UNKNOWN), low = hr_constant(s, L(L(1.0, 2.0), L(2.0, 4.0)));
  hr_pinv(s, a), hr_pinv(s, batch), hr_pinv(s, a, .rcond = HR_OPERAND(0.1)), hr_pinv(s, low, .name = "named");
  hr_pinv(s, free, .rcond = HR_OPERAND(0.2), .validate_args = true), hr_matrix_rank(s, a), hr_matrix_rank(s, low);
  hr_matrix_rank(s, batch), hr_matrix_rank(s, batch, .tol = HR_OPERAND(0.5), .validate_args = true);
  hr_normalize(s, a), hr_normalize(s, a, .ord = 1, .axis = HR_AXIS(0));
  hr_normalize(s, a, .ord = INFINITY, .axis = HR_AXES(0, 1), .name = "other");
  slope(s, hr_normalize(s, a, .axis = HR_AXIS(1)).items[0], a);
  testing_graph_expect(&t, CASE);
#undef CASE
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(repeats), cmocka_unit_test(batched_gathers),
                                     cmocka_unit_test(exponentials), cmocka_unit_test(singular_values)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
