/* tf.switch_case: a Case node, whose branches are functions of the graph's library. */
#include "builder/functions/conditional.h"
#include "headrace/function.h"

hr_outputs hr_switch_case_finish(hr_scope scope, hr_output index, int32_t count, const hr_scope *bodies,
                                 const hr_outputs *results) {
  return hr_conditional_finish(scope, "Case", index, count, bodies, results);
}

static hr_outputs build(hr_scope scope, hr_output index, int32_t count, const hr_branch *branches,
                        hr_function_body_graph *made, hr_scope *bodies, hr_outputs *results) {
  for (int32_t i = 0; i < count && hr_scope_ok(scope); ++i) {
    results[i] = hr_branch_build(scope, index, branches[i], &made[i]);
    bodies[i] = made[i].scope;
  }
  return hr_switch_case_finish(scope, index, count, bodies, results);
}

hr_outputs hr_switch_case_with(hr_scope scope, hr_output index, int32_t count, const hr_branch *branches,
                               const hr_switch_case_options *options) {
  static const hr_switch_case_options defaults;
  if (!options) options = &defaults;
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
