/* Elementwise kernels against recorded values of TensorFlow 1.15. */
#include "tests/kernels/tester.h"
#include <math.h>
#include <string.h>

static const tester_tolerance elementwise_tolerances[] = {
    /* The reference's approximations are off by this much. */
    {"Sigmoid", 1e-6, 1e-7, 1e-13, 0},
    {"Softplus", 1e-6, 1e-7, 1e-13, 2e-16},
    {NULL, 1e-6, 0, 1e-13, 0},
};

static bool holds_infinity(const hr_tensor *t) {
  for (int64_t i = 0; i < t->elements; ++i)
    if (isinf(tester_number(t, i))) return true;
  return false;
}

/* The reference makes a NaN of the root of infinity in its vector code, and reads past the end of gradients that are
 * shorter than the values. */
static bool is_reference_error(const tester_case *c) {
  if (!strcmp(c->op, "Sqrt") || !strcmp(c->op, "Rsqrt")) return holds_infinity(&c->inputs[0]);
  return c->code == 0 && c->num_inputs == 2 && c->inputs[0].elements != c->inputs[1].elements &&
         !strcmp(c->op + strlen(c->op) - 4, "Grad");
}

static void test_unary(void **state) {
  (void)state;
  tester_run_family(
      &(tester_family){.name = "unary", .tolerances = elementwise_tolerances, .is_other = is_reference_error});
}

static void test_unary_gradients(void **state) {
  (void)state;
  tester_run_family(&(tester_family){
      .name = "unary_gradients", .tolerances = elementwise_tolerances, .is_other = is_reference_error});
}

enum { SPECIAL_PAIRS = 121 };

/* The reference's floor division overflows where |x| + |y| does; it calls a division by zero an internal error in the
 * truncating ops; and libm's functions see the subnormal numbers that its own ones flush. */
static bool is_reference_quirk(const tester_case *c) {
  if (!strcmp(c->op, "Atan2") || !strcmp(c->op, "Pow"))
    return c->inputs[0].elements == SPECIAL_PAIRS && c->inputs[0].dtype == HR_FLOAT;
  if (c->code == HR_INTERNAL && !strncmp(c->op, "Truncate", 8)) return true;
  return !strcmp(c->op, "FloorDiv") && hr_dtype_is_integer(hr_tensor_dtype(&c->inputs[0])) &&
         c->inputs[0].elements > 80;
}

static void test_binary(void **state) {
  (void)state;
  tester_run_family(
      &(tester_family){.name = "binary", .tolerances = elementwise_tolerances, .is_other = is_reference_quirk});
}

static void test_comparison(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "comparison"});
}

static void test_casts(void **state) {
  (void)state;
  tester_run_family(&(tester_family){.name = "casts", .tolerances = elementwise_tolerances});
}

static void test_selection(void **state) {
  (void)state;
  static const char *const ops[] = {"Select", "ClipByValue", NULL};
  tester_run_family(&(tester_family){.name = "selection", .ops = ops});
}

static void test_reductions(void **state) {
  (void)state;
  /* Sums of numbers up to 3 that nearly cancel out. */
  static const tester_tolerance tolerances[] = {
      {"Sum", 1e-6, 2e-6, 1e-13, 1e-14}, {"Mean", 1e-6, 1e-6, 1e-13, 1e-14}, {NULL, 1e-6, 0, 1e-13, 0}};
  tester_run_family(&(tester_family){.name = "reductions", .tolerances = tolerances});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_unary),      cmocka_unit_test(test_unary_gradients), cmocka_unit_test(test_binary),
      cmocka_unit_test(test_comparison), cmocka_unit_test(test_casts),           cmocka_unit_test(test_selection),
      cmocka_unit_test(test_reductions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
