/* Conditionals of functions, from what the program's branches build to the node. */
#include "builder/control_flow/results.h"
#include "builder/functions/automatic_control.h"
#include "builder/functions/conditional.h"
#include "builder/functions/defined.h"
#include "headrace/arrays.h"
#include "runtime/graph/function_graph.h"

/* ---- a branch ---------------------------------------------------------------------------------------------------- */

/* Operations are told by what chooses, which waits for them. */
static hr_outputs results_of(hr_scope scope, hr_output chooser, hr_results *results) {
  for (int32_t i = 0; i < results->count && hr_scope_ok(scope); ++i) {
    hr_node *node = results->items[i].node;
    if (!node) continue;
    HR_WITH (after, hr_control_dependencies(scope, 1, &node))
      results->items[i] = (hr_result){.value = hr_operand_output(hr_identity(after, chooser))};
  }
  return hr_results_tensors(scope, results);
}

hr_outputs hr_branch_build(hr_scope outer, hr_output chooser, hr_branch branch, hr_function_body_graph *b) {
  hr_outputs outputs = {0, NULL};
  hr_status status = hr_body_begin(outer, b);
  if (!status) {
    hr_scope scope = hr_device_scope_like(b->scope, outer);
    hr_results results = {.scope = scope};
    branch.build(branch.argument, scope, &results);
    outputs = results_of(scope, chooser, &results);
    hr_results_free(&results);
    status = hr_builder_status(b->builder);
  }
  hr_scope_fail(outer, status);
  return outputs;
}

/* What is of the graph around becomes an argument. Where stateful nodes run in order, each result goes through an
 * Identity that waits for them. */
static void finish_results(hr_function_branch *branch) {
  hr_scope scope = branch->scope;
  bool in_order = hr_graph_runs_in_order(hr_scope_graph(scope));
  hr_output *inside = hr_keep_bytes(scope, sizeof *inside * ((size_t)branch->results.count + 1));
  for (int32_t i = 0; inside && i < branch->results.count; ++i) {
    hr_output result = branch->results.items[i];
    inside[i] = in_order ? hr_identity(scope, result) : hr_function_capture(scope, result);
  }
  branch->results.items = inside;
  if (!in_order || !hr_scope_ok(scope)) return;
  hr_node **controls;
  hr_scope_fail(scope, hr_add_automatic_control(scope, branch->results, &branch->num_controls, &controls));
  if (hr_scope_ok(scope)) branch->controls = controls;
}

/* ---- do they fit each other? ------------------------------------------------------------------------------------- */

static const char *name_of(bool is_case, int32_t b, char text[32]) {
  snprintf(text, 32, is_case ? "branches[%d]" : b == 0 ? "true_fn" : "false_fn", (int)b);
  return text;
}

static bool check_results(hr_scope scope, bool is_case, int32_t count, const hr_outputs *results) {
  const char *function = is_case ? "tf.switch_case" : "tf.cond";
  char first_name[32], name[32];
  name_of(is_case, 0, first_name);
  for (int32_t b = 1; b < count && hr_scope_ok(scope); ++b) {
    name_of(is_case, b, name);
    if (results[b].count != results[0].count)
      hr_refuse(scope, "Lengths of branch outputs of %s must match: %s returns %d tensors, %s %d", function, first_name,
                (int)results[0].count, name, (int)results[b].count);
    for (int32_t i = 0; i < results[0].count && hr_scope_ok(scope); ++i) {
      hr_dtype first = hr_output_base_dtype(results[0].items[i]), other = hr_output_base_dtype(results[b].items[i]);
      if (first != other)
        hr_refuse_type(scope, "Branches of %s must return the same types: result %d of %s is %s, of %s %s", function,
                       (int)i, first_name, hr_dtype_name(first), name, hr_dtype_name(other));
    }
  }
  if (hr_scope_ok(scope) && results[0].count == 0) hr_refuse(scope, "Branches of %s must return something", function);
  return hr_scope_ok(scope);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* The prefix of a branch's name. */
static const char *prefix_of(hr_scope scope, bool is_case, int32_t b) {
  if (is_case) return hr_keep_printf(scope, "%sbranch%d", hr_scope_name(scope), (int)b);
  return hr_keep_printf(scope, "%s%s", hr_scope_name(scope), b == 0 ? "true" : "false");
}

hr_outputs hr_conditional_finish(hr_scope scope, const char *op, hr_output chooser, int32_t count,
                                 const hr_scope *bodies, const hr_outputs *results) {
  hr_outputs none = {0, NULL};
  bool is_case = strcmp(op, "Case") == 0;
  if (!hr_scope_ok(scope) || !check_results(scope, is_case, count, results)) return none;
  hr_function_branch *branches = hr_keep_bytes(scope, sizeof *branches * (size_t)count);
  if (!branches) return none;
  for (int32_t b = 0; b < count; ++b) {
    const char *prefix = prefix_of(scope, is_case, b);
    if (!prefix) return none;
    branches[b] =
        (hr_function_branch){.name = hr_counted_name(scope, prefix), .scope = bodies[b], .results = results[b]};
    finish_results(&branches[b]);
    hr_scope_fail(scope, hr_builder_status(bodies[b].builder));
    hr_branch_take_captured(&branches[b]);
  }
  const hr_node *node = hr_conditional_node(scope, op, hr_scope_name(scope), chooser, count, branches);
  return hr_conditional_results(scope, node);
}

hr_output hr_cond_predicate(hr_scope scope, hr_operand predicate) {
  if (hr_scope_ok(scope) && predicate.kind == HR_OPERAND_BOOL) hr_refuse_type(scope, "pred must not be a Python bool");
  hr_output value = hr_convert(scope, predicate, HR_INVALID, NULL);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  return hr_output_rank(value) == 0 ? value : hr_tf_squeeze(scope, value);
}

hr_outputs hr_cond_finish(hr_scope scope, hr_output predicate, const hr_scope *bodies, const hr_outputs *results) {
  return hr_conditional_finish(scope, "If", predicate, 2, bodies, results);
}

hr_outputs hr_functional_cond(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false) {
  hr_outputs outputs = {0, NULL}, results[2];
  hr_function_body_graph made[2] = {0};
  hr_scope bodies[2];
  const hr_branch branches[2] = {if_true, if_false};
  hr_output value = hr_cond_predicate(scope, predicate);
  for (int b = 0; b < 2 && hr_scope_ok(scope); ++b) {
    results[b] = hr_branch_build(scope, value, branches[b], &made[b]);
    bodies[b] = made[b].scope;
  }
  if (hr_scope_ok(scope)) outputs = hr_cond_finish(scope, value, bodies, results);
  for (int b = 0; b < 2; ++b)
    hr_body_free(&made[b]);
  return outputs;
}
