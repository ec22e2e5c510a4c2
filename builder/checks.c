#include "headrace/checks.h"
#include "builder/builder.h"
#include "builder/checks.h"
#include "builder/variable.h"
#include "headrace/control_flow.h"

/* What an assertion is made of. */
typedef struct assertion {
  hr_operand condition;
  hr_operands data;
  int32_t summarize;
} assertion;

static hr_node *assert_node(hr_scope scope, const assertion *a) {
  const hr_operand operands[] = {a->condition, hr_operand_list(a->data)};
  const hr_named_attr attrs[] = {{"summarize", HR_ATTR_INT_VALUE(a->summarize)}};
  return hr_call_op(scope, "Assert", "Assert", 2, operands, 1, attrs);
}

static void build_nothing(void *argument, hr_scope scope, hr_results *results) {
  (void)argument;
  hr_return_node(results, hr_no_op(scope));
}

static void build_assert(void *argument, hr_scope scope, hr_results *results) {
  hr_return_node(results, assert_node(scope, argument));
}

/* Whether all data are in the memory of the host on every device. Values become constants here, and again for the
 * node. */
static bool are_on_host(hr_scope scope, hr_operands data) {
  bool all = true;
  for (int32_t i = 0; i < data.count; ++i) {
    hr_output value = hr_convert(scope, hr_operands_at(data, i), HR_INVALID, NULL);
    if (!hr_scope_ok(scope)) return false;
    hr_dtype dtype = hr_output_base_dtype(value);
    all = all && (dtype == HR_STRING || dtype == HR_INT32);
  }
  return all;
}

hr_node *hr_tf_assert_with(hr_scope scope, hr_operand condition, hr_operands data,
                           const hr_tf_assert_options *options) {
  assertion a = {condition, data, options ? options->summarize : 3};
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Assert");
  if (are_on_host(s, data)) return assert_node(s, &a);
  a.condition = hr_operand_output(hr_convert(s, condition, HR_INVALID, "Condition"));
  hr_outputs guarded =
      hr_cond(s, a.condition, HR_BRANCH(build_nothing, NULL), HR_BRANCH(build_assert, &a), .name = "AssertGuard");
  return hr_only(guarded).node;
}

hr_node *hr_assert_equal(hr_scope scope, hr_output x, hr_output y) {
  /* TensorFlow opens the scope once to look for trivial cases, and again to build. */
  hr_name_scope(scope, "assert_equal");
  hr_scope s = hr_name_scope(scope, "assert_equal");
  hr_output holds = hr_reduce_all(s, hr_equal(s, x, y));
  if (!hr_scope_ok(s)) return NULL;
  const char *x_text = hr_keep_printf(s, "x (%s:%d) = ", hr_node_name(x.node), (int)x.index);
  const char *y_text = hr_keep_printf(s, "y (%s:%d) = ", hr_node_name(y.node), (int)y.index);
  if (!hr_scope_ok(s)) return NULL;
  return hr_tf_assert(s, holds, HR_OPERANDS("Condition x == y did not hold element-wise:", x_text, x, y_text, y));
}

/* ---- ranks ----------------------------------------------------------------------------------------------------- */

/* "1", or "in (1, 2)". */
static const char *ranks_text(hr_scope s, int count, const int64_t *ranks, bool at_least) {
  if (count == 1) return hr_keep_printf(s, "%s%d", at_least ? "at least " : "", (int)ranks[0]);
  const char *text = hr_keep_printf(s, "in (%d", (int)ranks[0]);
  for (int i = 1; i < count && text; ++i)
    text = hr_keep_printf(s, "%s, %d", text, (int)ranks[i]);
  return text ? hr_keep_printf(s, "%s)", text) : NULL;
}

hr_node *hr_assert_rank_with(hr_scope scope, hr_operand input, hr_operands ranks,
                             const hr_assert_rank_options *options) {
  hr_assert_rank_options o = options ? *options : (hr_assert_rank_options){0};
  const char *fallback = o.at_least ? "assert_rank_at_least" : ranks.count == 1 ? "assert_rank" : "assert_rank_in";
  hr_scope s = hr_name_scope_or(scope, o.name, fallback);
  int64_t wanted[HR_MAX_RANK];
  hr_output x = hr_convert(s, input, HR_INVALID, "x");
  bool known = ranks.count > 0 && ranks.count <= HR_MAX_RANK;
  for (int32_t i = 0; known && i < ranks.count; ++i) {
    hr_operand rank = hr_operands_at(ranks, i);
    known = hr_operand_known_ints(rank, &wanted[i]) == 1;
    hr_convert(s, rank, HR_INVALID, "rank");
  }
  hr_tf_shape(s, x);
  for (int32_t i = 0; i < ranks.count; ++i)
    hr_no_op(hr_name_scope(s, "assert_type"), .name = "statically_determined_correct_type");
  if (!hr_scope_ok(s)) return NULL;
  int rank = hr_output_rank(x);
  if (!known || rank < 0) {
    hr_scope_fail(s, hr_error(HR_UNIMPLEMENTED, "Ranks that are not known while building cannot be asserted yet"));
    return NULL;
  }
  for (int32_t i = 0; i < ranks.count; ++i)
    if (rank == wanted[i] || (o.at_least && rank > wanted[i]))
      return hr_no_op(s, .name = "static_checks_determined_all_ok");
  char text[HR_SHAPE_TEXT];
  hr_refuse(s, "%s.  Tensor %s:%d must have rank %s.  Received rank %d, shape %s", o.message ? o.message : "",
            hr_node_name(x.node), (int)x.index, ranks_text(s, ranks.count, wanted, o.at_least), rank,
            hr_partial_shape_text(hr_output_shape(x), text));
  return NULL;
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

hr_output hr_verify_finite_with(hr_scope scope, hr_operand x, const char *message, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "VerifyFinite");
  hr_output value = hr_convert(s, x, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output checked = HR_NO_OUTPUT;
  HR_WITH (beside, hr_colocate_with(s, value.node, false)) {
    checked = hr_check_numerics(beside, value, message);
  }
  return hr_scope_ok(s) ? hr_with_dependency(s, checked.node, value) : HR_NO_OUTPUT;
}
