/* While and StatelessWhile: loops whose condition and body are bodies of functions. */
#include "builder/functions/expand.h"
#include "builder/variable.h"
#include "headrace/control_flow.h"

/* A loop that is being built. */
typedef struct loop {
  hr_expansion *x;
  const hr_node *node;
  hr_call condition, body;
  bool has_effects;
} loop;

/* What the functions get: all variables but the one that stands in for none. */
static hr_outputs arguments_of(const loop *l, hr_outputs variables) {
  return (hr_outputs){l->node->num_outputs, variables.items};
}

static void build_condition(void *argument, hr_scope scope, hr_outputs variables, hr_results *results) {
  loop *l = (loop *)argument;
  hr_expanded_call made = {0};
  hr_entry none = {NULL, false};
  hr_status status = hr_expand_function(l->x, scope, "cond", &l->condition, arguments_of(l, variables), none, &made);
  if (!status && made.results.count != 1)
    status = hr_error(HR_INVALID_ARGUMENT, "Expected a single scalar return value from %s's cond, got %d tensors.",
                      l->node->name, (int)made.results.count);
  if (status) {
    hr_scope_fail(scope, status);
    return;
  }
  hr_output goes_on = hr_as_condition(scope, made.results.items[0]);
  if (made.has_effects) goes_on = hr_with_dependency(scope, made.done, goes_on);
  l->has_effects |= made.has_effects;
  hr_return(results, goes_on);
}

static void build_body(void *argument, hr_scope scope, hr_outputs variables, hr_results *results) {
  loop *l = (loop *)argument;
  hr_expanded_call made = {0};
  hr_entry none = {NULL, false};
  hr_status status = hr_expand_function(l->x, scope, "body", &l->body, arguments_of(l, variables), none, &made);
  if (!status && made.results.count != l->node->num_outputs)
    status = hr_error(HR_INVALID_ARGUMENT, "While loop body returned %d arguments. Expected: %d",
                      (int)made.results.count, (int)l->node->num_outputs);
  for (int32_t i = 0; !status && i < made.results.count; ++i) {
    hr_dtype found = hr_output_base_dtype(made.results.items[i]);
    hr_dtype expected = hr_dtype_base(hr_node_output_dtype(l->node, i));
    if (found != expected)
      status = hr_error(HR_INVALID_ARGUMENT, "Result %d of %s's body is %s, but the variable is %s", (int)i,
                        l->node->name, hr_dtype_name(found), hr_dtype_name(expected));
  }
  if (status) {
    hr_scope_fail(scope, status);
    return;
  }
  /* The effects of an iteration come before the next one. */
  l->has_effects |= made.has_effects;
  for (int32_t i = 0; i < variables.count; ++i) {
    hr_output next = i < made.results.count ? made.results.items[i] : variables.items[i];
    if (i == 0 && made.has_effects) next = hr_with_dependency(scope, made.done, next);
    hr_return(results, next);
  }
}

/* The variables at first; a loop without any gets one. */
static hr_outputs first_values(const hr_call_site *site, hr_entry entry) {
  hr_scope scope = site->scope;
  hr_outputs inputs = hr_call_inputs(site, entry);
  int32_t count = inputs.count > 0 ? inputs.count : 1;
  hr_output *values = hr_keep_bytes(scope, sizeof *values * (size_t)count);
  if (!values) return (hr_outputs){0, NULL};
  hr_scope after = entry.node ? hr_control_dependencies(scope, 1, &entry.node) : scope;
  for (int32_t i = 0; i < inputs.count && hr_scope_ok(scope); ++i)
    values[i] = entry.node ? hr_identity(after, inputs.items[i]) : inputs.items[i];
  if (inputs.count == 0) values[0] = hr_convert(after, hr_operand_int(0), HR_INT32, NULL);
  if (entry.node) hr_scope_close(after);
  return (hr_outputs){count, values};
}

hr_status hr_expand_while(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out) {
  loop l = {.x = x, .node = site->node};
  HR_TRY(hr_call_of_node(site->node, "cond", arena, &l.condition));
  HR_TRY(hr_call_of_node(site->node, "body", arena, &l.body));
  hr_outputs values = first_values(site, hr_call_entry(site));
  if (!hr_scope_ok(site->scope)) return HR_SUCCESS;
  /* Variables may have another shape in each iteration. */
  hr_partial_shape *shapes = HR_ARENA_ARRAY(arena, hr_partial_shape, values.count);
  if (!shapes) return hr_error_out_of_memory(sizeof *shapes * (size_t)values.count, "a loop");
  for (int32_t i = 0; i < values.count; ++i)
    shapes[i] = HR_SHAPE_UNKNOWN;
  hr_while_functions functions = {build_condition, build_body, &l};
  hr_outputs results = hr_while_loop(site->scope, values, &functions, .shape_invariants = {values.count, shapes},
                                     .parallel_iterations = (int32_t)hr_node_attr(site->node, "parallel_iterations")->i,
                                     .name = site->node->name);
  if (results.count == 0) return HR_SUCCESS; /* an error, which the builder has */
  out->results = (hr_outputs){site->node->num_outputs, results.items};
  hr_node **exits = hr_keep_bytes(site->scope, sizeof *exits * (size_t)results.count);
  for (int32_t i = 0; exits && i < results.count; ++i)
    exits[i] = results.items[i].node;
  if (exits) out->done = hr_join_nodes(site->scope, site->node->name, "done", results.count, exits);
  out->has_effects = l.has_effects;
  return HR_SUCCESS;
}
