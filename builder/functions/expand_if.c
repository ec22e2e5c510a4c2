/* If and StatelessIf: conditionals whose branches are bodies of functions. */
#include "builder/functions/expand.h"
#include "headrace/control_flow.h"

/* A branch that is being built, and what came of it. */
typedef struct branch {
  hr_expansion *x;
  const hr_node *node;
  const char *name;
  hr_call call;
  hr_outputs inputs;
  hr_expanded_call made;
  hr_status status;
} branch;

static hr_output to_bool(hr_scope scope, hr_output scalar) {
  hr_dtype dtype = hr_output_base_dtype(scalar);
  if (dtype == HR_BOOL) return scalar;
  hr_operand zero = dtype == HR_STRING ? hr_operand_string("") : hr_operand_int(0);
  return hr_not_equal(scope, scalar, hr_convert(scope, zero, dtype, NULL));
}

hr_output hr_as_condition(hr_scope scope, hr_output value) {
  if (!value.node) return value;
  int rank = hr_output_rank(value);
  if (rank == 0) return to_bool(scope, value);
  hr_output has_elements =
      hr_greater(scope, hr_size(scope, value), hr_convert(scope, hr_operand_int(0), HR_INT32, NULL));
  if (rank > 0) return has_elements;
  /* Whether it is a scalar is known when it is there. */
  hr_output is_scalar = hr_equal(scope, hr_rank(scope, value), hr_convert(scope, hr_operand_int(0), HR_INT32, NULL));
  hr_output any = hr_reduce_any(scope, to_bool(scope, value));
  return hr_logical_or(scope, hr_logical_and(scope, is_scalar, any),
                       hr_logical_and(scope, hr_logical_not(scope, is_scalar), has_elements));
}

/* The results that both branches have; more than the call has outputs are not looked at. */
static void return_results(branch *b, hr_results *results) {
  if (b->made.results.count < b->node->num_outputs) {
    b->status = hr_error(HR_INVALID_ARGUMENT, "%s has %d outputs, but function %s returns %d tensors", b->node->name,
                         (int)b->node->num_outputs, b->call.function->op.name, (int)b->made.results.count);
    return;
  }
  for (int32_t i = 0; i < b->node->num_outputs; ++i) {
    hr_output result = b->made.results.items[i];
    hr_dtype found = hr_output_base_dtype(result), expected = hr_dtype_base(hr_node_output_dtype(b->node, i));
    if (found != expected) {
      b->status =
          hr_error(HR_INVALID_ARGUMENT, "Expect %d-th output of %s is of type %s but function %s returns %s", (int)i,
                   b->node->name, hr_dtype_name(expected), b->call.function->op.name, hr_dtype_name(found));
      return;
    }
    hr_return(results, result);
  }
  hr_return_node(results, b->made.done);
}

static void build_branch(void *argument, hr_scope scope, hr_results *results) {
  branch *b = (branch *)argument;
  hr_entry none = {NULL, false};
  b->status = hr_expand_function(b->x, scope, b->name, &b->call, b->inputs, none, &b->made);
  if (!b->status) return_results(b, results);
  if (b->status) hr_scope_fail(scope, b->status);
}

hr_status hr_expand_if(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out) {
  const hr_node *node = site->node;
  branch branches[2] = {{.x = x, .node = node, .name = "else"}, {.x = x, .node = node, .name = "then"}};
  HR_TRY(hr_call_of_node(node, "then_branch", arena, &branches[1].call));
  HR_TRY(hr_call_of_node(node, "else_branch", arena, &branches[0].call));
  hr_entry entry = hr_call_entry(site);
  hr_outputs inputs = hr_call_inputs(site, entry);
  if (inputs.count == 0) return HR_SUCCESS;
  for (int i = 0; i < 2; ++i)
    branches[i].inputs = (hr_outputs){inputs.count - 1, inputs.items + 1};
  hr_scope scope = hr_name_scope(site->scope, node->name);
  /* Everything in the branches comes after the predicate. */
  hr_scope after = entry.node ? hr_control_dependencies(scope, 1, &entry.node) : scope;
  hr_output predicate = hr_as_condition(scope, inputs.items[0]);
  if (entry.node) predicate = hr_identity(after, predicate);
  if (entry.node) hr_scope_close(after);
  if (!hr_scope_ok(scope)) return HR_SUCCESS;
  hr_outputs results =
      hr_cond(scope, predicate, HR_BRANCH(build_branch, &branches[1]), HR_BRANCH(build_branch, &branches[0]));
  hr_scope_close(scope);
  if (results.count == 0) return HR_SUCCESS; /* an error, which the builder has */
  out->results = (hr_outputs){node->num_outputs, results.items};
  out->done = results.items[node->num_outputs].node;
  out->has_effects = branches[0].made.has_effects || branches[1].made.has_effects;
  return HR_SUCCESS;
}
