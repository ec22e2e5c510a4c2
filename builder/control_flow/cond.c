/* tf.cond. */
#include "builder/control_flow/collections.h"
#include "builder/control_flow/context.h"
#include "builder/control_flow/primitives.h"
#include "builder/control_flow/results.h"
#include "builder/functions/conditional.h"
#include "builder/variable.h"
#include "runtime/graph/function_graph.h"

/* What a branch has built. */
typedef struct built_branch {
  hr_results results;
  hr_output *tensors; /* the results as tensors that are alive where the branch is taken; in the graph's memory */
  int32_t count;
} built_branch;

/* The tensors of a result; answers how many. */
static int branch_tensors(hr_scope scope, hr_cond_context *cond, const hr_result *result, hr_output *out) {
  if (result->node) {
    out[0] = hr_with_dependency(scope, result->node, cond->pivot);
    return 1;
  }
  int count = 0;
  out[count++] = hr_cond_result(scope, cond, hr_convert(scope, result->value, HR_INVALID, NULL));
  if (result->indices.node) out[count++] = hr_cond_result(scope, cond, result->indices);
  if (result->dense_shape.node) out[count++] = hr_cond_result(scope, cond, result->dense_shape);
  return count;
}

static void build_branch(hr_scope scope, hr_cond_context *cond, hr_branch branch, built_branch *out) {
  if (!cond || !hr_scope_ok(scope)) return;
  hr_scope inner = hr_scope_enter_context(scope, &cond->common.base);
  out->results.scope = inner;
  branch.build(branch.argument, inner, &out->results);
  out->tensors = hr_keep_bytes(scope, sizeof *out->tensors * (size_t)(3 * out->results.count + 1));
  if (!out->tensors) return;
  for (int32_t i = 0; i < out->results.count && hr_scope_ok(scope); ++i)
    out->count += branch_tensors(inner, cond, &out->results.items[i], out->tensors + out->count);
  for (int32_t i = 0; i < out->count && hr_scope_ok(scope); ++i)
    hr_context_exit_result(scope, &cond->common, out->tensors[i]);
}

/* ---- do they fit each other? ----------------------------------------------------------------------------------- */

/* Indices that differ in dtype become int64. */
static void align(hr_scope scope, hr_output *if_true, hr_output *if_false) {
  if (!if_true->node || hr_output_base_dtype(*if_true) == hr_output_base_dtype(*if_false)) return;
  *if_true = hr_tf_cast(scope, *if_true, HR_INT64);
  *if_false = hr_tf_cast(scope, *if_false, HR_INT64);
}

/* Those of all rows: of what the branches returned, which TensorFlow compares, and of the tensors. */
static void align_indices(hr_scope scope, built_branch *built) {
  int32_t count = built[0].results.count, at = 0;
  for (int32_t i = 0; i < count; ++i)
    align(scope, &built[1].results.items[i].indices, &built[0].results.items[i].indices);
  for (int32_t i = 0; i < count; ++i) {
    const hr_result *result = &built[1].results.items[i];
    if (result->indices.node) align(scope, &built[1].tensors[at + 1], &built[0].tensors[at + 1]);
    at += 1 + (result->indices.node != NULL) + (result->dense_shape.node != NULL);
  }
}

static bool same_kind(const hr_result *a, const hr_result *b) {
  return !a->indices.node == !b->indices.node && !a->dense_shape.node == !b->dense_shape.node;
}

static bool check_branches(hr_scope scope, built_branch *built) {
  if (!hr_scope_ok(scope)) return false;
  int32_t count = built[1].results.count;
  if (count != built[0].results.count) {
    hr_refuse(scope, "Incompatible return values of true_fn and false_fn: %d and %d results", count,
              built[0].results.count);
    return false;
  }
  for (int32_t i = 0; i < count; ++i)
    if (!same_kind(&built[1].results.items[i], &built[0].results.items[i])) {
      hr_refuse_type(scope, "Incompatible return types of true_fn and false_fn: result %d is sparse rows of one alone",
                     i);
      return false;
    }
  align_indices(scope, built);
  if (count == 0) hr_refuse(scope, "true_fn and false_fn must return at least one result.");
  for (int32_t i = 0; i < built[1].count && hr_scope_ok(scope); ++i) {
    hr_output a = built[1].tensors[i], b = built[0].tensors[i];
    if (hr_output_base_dtype(a) == hr_output_base_dtype(b)) continue;
    hr_refuse(scope, "Outputs of true_fn and false_fn must have the same type: %s, %s",
              hr_dtype_python_name(hr_output_dtype(a)), hr_dtype_python_name(hr_output_dtype(b)));
  }
  return hr_scope_ok(scope);
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static hr_outputs merge_branches(hr_scope scope, const built_branch *built) {
  int32_t count = built[0].count;
  hr_output *merged = hr_keep_bytes(scope, sizeof *merged * (size_t)count);
  if (!merged) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < count; ++i)
    merged[i] = hr_merge_pair(scope, built[0].tensors[i], built[1].tensors[i], NULL);
  return hr_scope_ok(scope) ? (hr_outputs){count, merged} : (hr_outputs){0, NULL};
}

/* Identities of a predicate, alive where it is true, where it is false, and everywhere. */
typedef struct pivots {
  hr_output of[2], predicate;
} pivots;

static pivots make_pivots(hr_scope scope, hr_operand predicate) {
  pivots p = {0};
  if (hr_scope_ok(scope) && !hr_operand_is_in_graph(predicate)) {
    hr_refuse_type(scope, "pred must not be a Python bool");
    return p;
  }
  /* A variable goes as a reference into the Switch that it decides. */
  hr_output data = predicate.kind == HR_OPERAND_VARIABLE ? hr_var_ref(predicate.variable)
                                                         : hr_convert(scope, predicate, HR_INVALID, "pred");
  hr_output value = hr_convert(scope, predicate, HR_INVALID, "pred");
  hr_switch_outputs sides = hr_switch(scope, data, value);
  p.of[1] = hr_identity(scope, sides.output_true, .name = "switch_t");
  p.of[0] = hr_identity(scope, sides.output_false, .name = "switch_f");
  p.predicate = hr_identity(scope, value, .name = "pred_id");
  if (!hr_scope_ok(scope)) return p;
  sides.output_true.node->is_unfetchable = p.predicate.node->is_unfetchable = true;
  p.of[0].node->is_unfetchable = p.of[1].node->is_unfetchable = true;
  return p;
}

static hr_outputs switched_cond(hr_scope s, hr_operand predicate, hr_branch if_true, hr_branch if_false) {
  pivots p = make_pivots(s, predicate);
  built_branch built[2] = {0};
  hr_cond_context *contexts[2] = {NULL, NULL};
  const hr_branch branches[2] = {if_false, if_true};
  for (int branch = 1; branch >= 0 && hr_scope_ok(s); --branch) {
    contexts[branch] = hr_cond_context_new(s, "cond_text", p.predicate, p.of[branch], branch);
    build_branch(s, contexts[branch], branches[branch], &built[branch]);
  }
  hr_outputs merged = {0, NULL};
  if (check_branches(s, built)) {
    merged = merge_branches(s, built);
    for (int branch = 1; branch >= 0 && !contexts[branch]->common.base.outer; --branch)
      hr_collect_context(s, HR_COND_CONTEXTS, &contexts[branch]->common);
  }
  for (int branch = 0; branch < 2; ++branch)
    hr_results_free(&built[branch].results);
  return merged;
}

void hr_functional_control_flow(hr_scope scope, bool functional) {
  hr_graph_set_functional_flow(hr_scope_graph(scope), functional);
}

bool hr_has_functional_control_flow(hr_scope scope) { return hr_graph_has_functional_flow(hr_scope_graph(scope)); }

hr_outputs hr_cond_with(hr_scope scope, hr_operand predicate, hr_branch if_true, hr_branch if_false,
                        const hr_op_options *options) {
  if (!if_true.build || !if_false.build) hr_refuse(scope, "A conditional needs a function for each branch");
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "cond");
  if (!hr_scope_ok(s)) return (hr_outputs){0, NULL};
  hr_outputs results = hr_has_functional_control_flow(s) ? hr_functional_cond(s, predicate, if_true, if_false)
                                                         : switched_cond(s, predicate, if_true, if_false);
  hr_scope_close(s);
  return results;
}
