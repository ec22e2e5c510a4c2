#include "headrace/checks.h"
#include "builder/builder.h"
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

/* ---- ranks ----------------------------------------------------------------------------------------------------- */

/* "1", or "in (1, 2)". */
static const char *ranks_text(hr_scope s, int count, const int64_t *ranks, bool at_least) {
  if (count == 1) return hr_keep_printf(s, "%s%d", at_least ? "at least " : "", (int)ranks[0]);
  const char *text = hr_keep_printf(s, "in (%d", (int)ranks[0]);
  for (int i = 1; i < count && text; ++i)
    text = hr_keep_printf(s, "%s, %d", text, (int)ranks[i]);
  return text ? hr_keep_printf(s, "%s)", text) : NULL;
}

/* The ranks that an assertion allows. */
typedef struct allowed_ranks {
  hr_output x;
  int32_t count;
  hr_output *ranks;
  int64_t *known; /* -1: not known */
  bool all_known;
  const hr_assert_rank_options *options;
} allowed_ranks;

static bool convert_ranks(hr_scope s, hr_operands ranks, allowed_ranks *a) {
  a->ranks = hr_keep_bytes(s, sizeof *a->ranks * (size_t)ranks.count + 1);
  a->known = hr_keep_bytes(s, sizeof *a->known * (size_t)ranks.count + 1);
  a->count = ranks.count;
  for (int32_t i = 0; i < ranks.count && a->ranks && a->known; ++i)
    a->ranks[i] = hr_convert(s, hr_operands_at(ranks, i), HR_INVALID, "rank");
  return hr_scope_ok(s);
}

/* Each is an int32 scalar, as far as is known. */
static bool check_ranks(hr_scope s, allowed_ranks *a) {
  a->all_known = true;
  for (int32_t i = 0; i < a->count && hr_scope_ok(s); ++i) {
    hr_scope inside = hr_name_scope(s, "assert_type");
    hr_dtype dtype = hr_output_base_dtype(a->ranks[i]);
    if (dtype != HR_INT32)
      hr_refuse_type(s, "%s:%d must be of type int32, not %s", hr_node_name(a->ranks[i].node), (int)a->ranks[i].index,
                     hr_dtype_python_name(dtype));
    hr_no_op(inside, .name = "statically_determined_correct_type");
    hr_tensor value = {0};
    bool known = false;
    hr_status status = hr_constant_value(a->ranks[i], &known, &value);
    if (status) hr_scope_fail(s, status);
    a->known[i] = -1;
    a->all_known = a->all_known && known;
    if (!known) continue;
    if (value.rank != 0)
      hr_refuse(s, "Rank must be a scalar.");
    else
      a->known[i] = *(const int32_t *)hr_tensor_data(&value);
    hr_tensor_clear(&value);
  }
  return hr_scope_ok(s);
}

static hr_node *decide_rank(hr_scope s, const allowed_ranks *a, int rank) {
  for (int32_t i = 0; i < a->count; ++i)
    if (rank == a->known[i] || (a->options->at_least && rank > a->known[i]))
      return hr_no_op(s, .name = "static_checks_determined_all_ok");
  char text[HR_SHAPE_TEXT];
  hr_refuse(s, "%s.  Tensor %s:%d must have rank %s.  Received rank %d, shape %s",
            a->options->message ? a->options->message : "", hr_node_name(a->x.node), (int)a->x.index,
            ranks_text(s, a->count, a->known, a->options->at_least), rank,
            hr_partial_shape_text(hr_output_shape(a->x), text));
  return NULL;
}

/* The condition that a run computes. */
static hr_output rank_condition(hr_scope s, const allowed_ranks *a) {
  hr_output rank = hr_tf_rank(s, a->x), condition = HR_NO_OUTPUT;
  for (int32_t i = 0; i < a->count && hr_scope_ok(s); ++i) {
    hr_output fits = HR_NO_OUTPUT;
    if (a->options->at_least)
      fits = hr_binary(s, "GreaterEqual", rank, a->ranks[i]);
    else if (a->count == 1)
      fits = hr_binary(s, "Equal", rank, a->ranks[i]);
    else
      fits = hr_binary(s, "Equal", a->ranks[i], rank);
    condition = condition.node ? hr_binary(s, "LogicalOr", condition, fits) : fits;
  }
  for (int32_t i = 0; i < a->count && hr_scope_ok(s); ++i) {
    if (a->known[i] >= 0) continue;
    hr_operands told = HR_OPERANDS("Rank must be a scalar. Received rank: ", a->ranks[i]);
    hr_node *check = hr_assert_rank(s, a->ranks[i], HR_OPERANDS(0), .data = told);
    if (check) condition = hr_with_dependency(s, check, condition);
  }
  return condition;
}

hr_node *hr_assert_rank_with(hr_scope scope, hr_operand input, hr_operands ranks,
                             const hr_assert_rank_options *options) {
  static const hr_assert_rank_options defaults = {.summarize = 3};
  const hr_assert_rank_options *o = options ? options : &defaults;
  const char *fallback = o->at_least ? "assert_rank_at_least" : ranks.count == 1 ? "assert_rank" : "assert_rank_in";
  hr_scope s = hr_name_scope_or(scope, o->name, fallback);
  allowed_ranks a = {.options = o, .x = hr_convert(s, input, HR_INVALID, "x")};
  if (ranks.count == 0) hr_refuse(s, "No ranks to choose from");
  if (!hr_scope_ok(s) || !convert_ranks(s, ranks, &a)) return NULL;
  hr_operand *data = hr_keep_bytes(s, sizeof *data * (size_t)(ranks.count + 4));
  if (!data) return NULL;
  hr_operands all = {0, data, NULL};
  if (o->data.count == 0) {
    const char *name = hr_node_name(a.x.node);
    const char *kind = o->at_least ? " at least" : ranks.count > 1 ? " in" : "";
    data[all.count++] = hr_operand_string(o->message ? o->message : "");
    data[all.count++] =
        hr_operand_string(hr_keep_printf(s, "Tensor %s:%d must have rank%s", name, (int)a.x.index, kind));
    for (int32_t i = 0; i < a.count; ++i)
      data[all.count++] = hr_operand_output(a.ranks[i]);
    data[all.count++] = hr_operand_string("Received shape: ");
    data[all.count++] = hr_operand_output(hr_tf_shape(s, a.x));
  }
  if (!check_ranks(s, &a)) return NULL;
  int rank = hr_output_rank(a.x);
  if (a.all_known && rank >= 0) return decide_rank(s, &a, rank);
  hr_output condition = rank_condition(s, &a);
  if (!hr_scope_ok(s)) return NULL;
  return hr_tf_assert(s, condition, o->data.count ? o->data : all, .summarize = o->summarize);
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

hr_node *hr_add_check_numerics_ops(hr_scope scope) {
  hr_graph *graph = hr_scope_graph(scope);
  hr_node *check = NULL;
  int32_t count = hr_graph_node_count(graph);
  for (int32_t i = 0; i < count && hr_scope_ok(scope); ++i) {
    hr_node *node = hr_graph_node(graph, i);
    for (int32_t output = 0; output < hr_node_output_count(node) && hr_scope_ok(scope); ++output) {
      hr_output x = {node, output};
      hr_dtype dtype = hr_output_dtype(x);
      if (dtype != HR_HALF && dtype != HR_FLOAT && dtype != HR_DOUBLE) continue;
      if (node->context) {
        hr_refuse(scope,
                  "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow operations such as "
                  "`tf.cond()` or `tf.while_loop()`.");
        return NULL;
      }
      const char *message = hr_keep_printf(scope, "%s:%d", hr_node_name(node), (int)output);
      HR_WITH (after, hr_control_dependencies(scope, check ? 1 : 0, &check)) {
        if (message) check = hr_check_numerics(after, x, message).node;
      }
    }
  }
  return hr_group_with(scope, check ? 1 : 0, &check, NULL);
}
