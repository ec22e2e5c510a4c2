/* tf.switch_case: a Case node, whose branches are functions of the graph's library. */
#include "builder/control_flow/results.h"
#include "builder/functions/body.h"
#include "builder/functions/conditional.h"
#include "builder/functions/defined.h"
#include "headrace/ops.h"
#include "runtime/graph/function_graph.h"

static bool check_results(hr_scope scope, int32_t count, const hr_outputs *results) {
  for (int32_t b = 1; b < count && hr_scope_ok(scope); ++b) {
    if (results[b].count != results[0].count)
      hr_refuse(scope,
                "Lengths of branch outputs of case must match: branch 0 returns %d tensors, branch %d returns %d",
                (int)results[0].count, (int)b, (int)results[b].count);
    for (int32_t i = 0; i < results[0].count && hr_scope_ok(scope); ++i) {
      hr_dtype first = hr_output_base_dtype(results[0].items[i]), other = hr_output_base_dtype(results[b].items[i]);
      if (first != other)
        hr_refuse_type(scope,
                       "Branches of switch_case must return the same types: result %d of branch 0 is %s, of "
                       "branch %d %s",
                       (int)i, hr_dtype_name(first), (int)b, hr_dtype_name(other));
    }
  }
  if (hr_scope_ok(scope) && results[0].count == 0) hr_refuse(scope, "Branches of switch_case must return something");
  return hr_scope_ok(scope);
}

hr_outputs hr_switch_case_finish(hr_scope scope, hr_output index, int32_t count, const hr_scope *bodies,
                                 const hr_outputs *results) {
  hr_outputs none = {0, NULL};
  if (!hr_scope_ok(scope) || !check_results(scope, count, results)) return none;
  hr_function_branch *branches = hr_keep_bytes(scope, sizeof *branches * (size_t)count);
  if (!branches) return none;
  for (int32_t b = 0; b < count; ++b) {
    const char *prefix = hr_keep_printf(scope, "%sbranch%d", hr_scope_name(scope), (int)b);
    if (!prefix) return none;
    branches[b] =
        (hr_function_branch){.name = hr_counted_name(scope, prefix), .scope = bodies[b], .results = results[b]};
    hr_branch_take_captured(&branches[b]);
  }
  hr_node *node = hr_conditional_node(scope, "Case", hr_scope_name(scope), index, count, branches);
  return hr_conditional_results(scope, node);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* Operations are told by the index, which waits for them; tensors of the graph around become arguments. */
static hr_outputs results_of(hr_scope scope, hr_output index, hr_results *results) {
  for (int32_t i = 0; i < results->count && hr_scope_ok(scope); ++i) {
    hr_node *node = results->items[i].node;
    if (!node) continue;
    HR_WITH (after, hr_control_dependencies(scope, 1, &node))
      results->items[i] = (hr_result){.value = hr_operand_output(hr_identity(after, index))};
  }
  hr_outputs tensors = hr_results_tensors(scope, results);
  hr_output *inside = hr_keep_bytes(scope, sizeof *inside * ((size_t)tensors.count + 1));
  for (int32_t i = 0; i < tensors.count && inside; ++i)
    inside[i] = hr_function_capture(scope, tensors.items[i]);
  return hr_scope_ok(scope) ? (hr_outputs){tensors.count, inside} : (hr_outputs){0, NULL};
}

static hr_outputs build_branch(hr_scope outer, hr_output index, hr_branch branch, hr_function_body_graph *b) {
  hr_outputs outputs = {0, NULL};
  hr_status status = hr_body_begin(outer, b);
  if (!status) {
    hr_scope scope = hr_open_outer_device(b->scope, outer);
    hr_results results = {.scope = scope};
    branch.build(branch.argument, scope, &results);
    outputs = results_of(scope, index, &results);
    hr_results_free(&results);
    status = hr_builder_status(b->builder);
  }
  hr_scope_fail(outer, status);
  return outputs;
}

static hr_outputs build(hr_scope scope, hr_output index, int32_t count, const hr_branch *branches,
                        hr_function_body_graph *made, hr_scope *bodies, hr_outputs *results) {
  for (int32_t i = 0; i < count && hr_scope_ok(scope); ++i) {
    results[i] = build_branch(scope, index, branches[i], &made[i]);
    bodies[i] = made[i].scope;
  }
  return hr_switch_case_finish(scope, index, count, bodies, results);
}

hr_outputs hr_switch_case_with(hr_scope scope, hr_output index, int32_t count, const hr_branch *branches,
                               const hr_switch_case_options *options) {
  hr_outputs outputs = {0, NULL};
  hr_scope around = hr_name_scope_or(scope, options->name, "switch_case"), s = hr_name_scope(around, "indexed_case");
  bool has_default = options->otherwise.build != NULL;
  int32_t all = count + has_default;
  if (count <= 0) hr_refuse(s, "Must provide at least one item in branch_fns");
  if (!hr_scope_ok(s)) return outputs;
  hr_branch *list = hr_keep_bytes(s, sizeof *list * (size_t)all);
  hr_function_body_graph *made = hr_keep_bytes(s, sizeof *made * (size_t)all);
  hr_scope *bodies = hr_keep_bytes(s, sizeof *bodies * (size_t)all);
  hr_outputs *results = hr_keep_bytes(s, sizeof *results * (size_t)all);
  if (!list || !made || !bodies || !results) return outputs;
  memcpy(list, branches, sizeof *list * (size_t)count);
  if (has_default) list[count] = options->otherwise;
  outputs = build(s, index, all, list, made, bodies, results);
  for (int32_t i = 0; i < all; ++i)
    hr_body_free(&made[i]);
  return outputs;
}
