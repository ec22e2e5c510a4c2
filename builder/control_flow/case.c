/* tf.case: conditionals in one another. */
#include "builder/builder.h"
#include "builder/control_flow/results.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"

typedef struct chain {
  const hr_case *cases; /* those that are still to be looked at */
  int32_t count;
  hr_branch otherwise;
} chain;

/* An assertion that at most `limit` of the predicates are true. */
static hr_node *assert_at_most(hr_scope scope, int32_t count, const hr_case *cases, int limit, const char *message) {
  hr_operand *predicates = hr_keep_bytes(scope, sizeof *predicates * (size_t)(count + 1));
  hr_text names = {0};
  for (int32_t i = 0; i < count && predicates; ++i) {
    char name[256];
    predicates[i] = hr_operand_output(cases[i].predicate);
    hr_text_printf(&names, "%s%s", i ? ", " : "", hr_output_name(cases[i].predicate, name, sizeof name));
  }
  hr_node *result = NULL;
  if (hr_scope_ok(scope)) {
    hr_output all = hr_stack(scope, ((hr_operands){count, predicates, NULL}), .name = "preds_c");
    hr_output number = hr_reduce_sum(scope, hr_tf_cast(scope, all, HR_INT32), .name = "num_true_conds");
    hr_output allowed = hr_constant_i32(scope, limit, .name = "n_true_conds");
    hr_output holds = hr_less_equal(scope, number, allowed);
    const char *text = hr_keep_printf(scope, "%s: more than %d conditions (%s) evaluated as True:", message, limit,
                                      names.data ? names.data : "");
    if (hr_scope_ok(scope)) result = hr_tf_assert(scope, holds, HR_OPERANDS(text, all), .summarize = count);
  }
  hr_text_free(&names);
  return result;
}

static void build_rest(void *argument, hr_scope scope, hr_results *results);

/* What the chain returns. Where nothing is left to be asked, the last branch builds in the scope itself. */
static void build_chain(hr_scope scope, const chain *c, hr_results *results) {
  if (c->count == 0) {
    c->otherwise.build(c->otherwise.argument, scope, results);
    return;
  }
  chain rest = {c->cases + 1, c->count - 1, c->otherwise};
  hr_branch if_false = rest.count ? HR_BRANCH(build_rest, &rest) : c->otherwise;
  hr_outputs outputs = hr_cond(scope, c->cases->predicate, c->cases->branch, if_false);
  for (int32_t i = 0; i < outputs.count; ++i)
    hr_return(results, outputs.items[i]);
}

static void build_rest(void *argument, hr_scope scope, hr_results *results) { build_chain(scope, argument, results); }

/* What holds where the last case is taken without being asked: none of the others is true, and it is. */
static void check_last(hr_scope scope, int32_t count, const hr_case *cases, hr_node *checks[2]) {
  int32_t others = count - 1;
  hr_operand *predicates = hr_keep_bytes(scope, sizeof *predicates * (size_t)count);
  for (int32_t i = 0; i < count && predicates; ++i)
    predicates[i] = hr_operand_output(cases[i].predicate);
  const char *message = hr_keep_printf(scope,
                                       "Implementation error: selected default action #%d was called, but some of "
                                       "other predicates are True: ",
                                       (int)others);
  if (!predicates || !message) return;
  hr_output told = hr_stack(scope, ((hr_operands){count, predicates, NULL}), .name = "preds_c");
  checks[0] = assert_at_most(scope, others, cases, 0, message);
  checks[1] = hr_tf_assert(scope, cases[others].predicate,
                           HR_OPERANDS("Input error: None of conditions evaluated as True:", told));
}

static hr_node *check_exclusive(hr_scope scope, int32_t count, const hr_case *cases) {
  return assert_at_most(scope, count, cases, 1, "Input error: exclusive=True");
}

void hr_case_checks(hr_scope scope, hr_outputs predicates, bool is_last, hr_node *checks[2]) {
  checks[0] = checks[1] = NULL;
  if (!hr_scope_ok(scope) || predicates.count == 0) return;
  hr_case *cases = hr_keep_bytes(scope, sizeof *cases * (size_t)predicates.count);
  for (int32_t i = 0; cases && i < predicates.count; ++i)
    cases[i].predicate = predicates.items[i];
  if (!cases) return;
  if (is_last)
    check_last(scope, predicates.count, cases, checks);
  else
    checks[0] = check_exclusive(scope, predicates.count, cases);
}

/* The last case in place of what else there should be. */
static void build_last_case(void *argument, hr_scope scope, hr_results *results) {
  const chain *all = argument;
  const hr_branch *last = &all->cases[all->count - 1].branch;
  hr_node *checks[2] = {NULL, NULL};
  check_last(scope, all->count, all->cases, checks);
  if (!hr_scope_ok(scope)) return;
  HR_WITH (checked, hr_control_dependencies(scope, 2, checks)) {
    last->build(last->argument, checked, results);
  }
}

hr_outputs hr_case_of_with(hr_scope scope, int32_t count, const hr_case *cases, const hr_case_options *options) {
  static const hr_case_options defaults;
  if (!options) options = &defaults;
  hr_outputs outputs = {0, NULL};
  hr_scope s = hr_name_scope_or(scope, options->name, "case");
  if (count <= 0) hr_refuse(s, "There must be at least one case");
  if (!hr_scope_ok(s)) return outputs;
  chain all = {cases, count, options->otherwise};
  chain c = all;
  if (!c.otherwise.build) {
    c.otherwise = HR_BRANCH(build_last_case, &all);
    c.count = count - 1;
  }
  hr_node *check = options->exclusive ? check_exclusive(s, c.count, cases) : NULL;
  hr_scope checked = check ? hr_control_dependencies(s, 1, &check) : s;
  hr_results results = {.scope = checked};
  if (hr_scope_ok(s)) build_chain(checked, &c, &results);
  if (hr_scope_ok(s)) outputs = hr_results_tensors(checked, &results);
  hr_results_free(&results);
  return outputs;
}
