/* If, StatelessIf and Case: conditionals whose branches are bodies of functions. */
#include "builder/functions/expand.h"
#include "headrace/arrays.h"
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

/* A conditional that is being expanded: its inputs but for the one that chooses, and the scope of its branches. */
typedef struct conditional {
  const hr_node *node;
  hr_scope scope;
  hr_output chooser; /* after the call's entry */
  int32_t count;
  branch *branches;
} conditional;

static void begin(hr_expansion *x, const hr_call_site *site, hr_outputs inputs, conditional *c) {
  c->scope = hr_name_scope(site->scope, c->node->name);
  for (int32_t i = 0; i < c->count; ++i) {
    c->branches[i].x = x;
    c->branches[i].node = c->node;
    c->branches[i].inputs = (hr_outputs){inputs.count - 1, inputs.items + 1};
  }
}

/* Where what chooses is computed: everything in the branches comes after that, and that after the entry. */
static hr_scope after(const conditional *c, hr_entry entry) {
  return entry.node ? hr_control_dependencies(c->scope, 1, &entry.node) : c->scope;
}

static hr_status end(conditional *c, hr_outputs results, hr_expanded_call *out) {
  hr_scope_close(c->scope);
  if (results.count == 0) return HR_SUCCESS; /* an error, which the builder has */
  out->results = (hr_outputs){c->node->num_outputs, results.items};
  out->done = results.items[c->node->num_outputs].node;
  for (int32_t i = 0; i < c->count; ++i)
    out->has_effects |= c->branches[i].made.has_effects;
  return HR_SUCCESS;
}

hr_status hr_expand_if(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out) {
  branch branches[2] = {{.name = "else"}, {.name = "then"}};
  HR_TRY(hr_call_of_node(site->node, "then_branch", arena, &branches[1].call));
  HR_TRY(hr_call_of_node(site->node, "else_branch", arena, &branches[0].call));
  hr_entry entry = hr_call_entry(site);
  hr_outputs inputs = hr_call_inputs(site, entry);
  if (inputs.count == 0) return HR_SUCCESS;
  conditional c = {.node = site->node, .count = 2, .branches = branches};
  begin(x, site, inputs, &c);
  hr_scope choosing = after(&c, entry);
  c.chooser = hr_as_condition(choosing, inputs.items[0]);
  if (entry.node) {
    c.chooser = hr_identity(choosing, c.chooser);
    hr_scope_close(choosing);
  }
  if (!hr_scope_ok(c.scope)) return HR_SUCCESS;
  hr_branch then_branch = HR_BRANCH(build_branch, &branches[1]), else_branch = HR_BRANCH(build_branch, &branches[0]);
  return end(&c, hr_cond(c.scope, c.chooser, then_branch, else_branch), out);
}

/* ---- Case -------------------------------------------------------------------------------------------------------- */

/* The last branch stands for every number that has none: for those above by the search, for negative ones here. */
static hr_output as_number(hr_scope scope, hr_output index, int32_t count) {
  return hr_where_v2(scope, hr_less(scope, index, hr_constant_i32(scope, 0)), hr_constant_i32(scope, count - 1), index);
}

/* What branches [first, last] become: a search by halves. */
typedef struct range {
  const conditional *c;
  int32_t first, last;
} range;

static void build_range(void *argument, hr_scope scope, hr_results *results);

/* The first question is asked in the scope `choosing`. */
static hr_outputs build_halves(const range *r, hr_scope choosing, hr_scope scope) {
  int32_t middle = r->first + (r->last - r->first) / 2;
  range low = {r->c, r->first, middle}, high = {r->c, middle + 1, r->last};
  hr_output is_low = hr_less_equal(choosing, r->c->chooser, hr_constant_i32(choosing, middle));
  return hr_cond(scope, is_low, HR_BRANCH(build_range, &low), HR_BRANCH(build_range, &high));
}

static void build_range(void *argument, hr_scope scope, hr_results *results) {
  const range *r = argument;
  if (r->first == r->last) {
    build_branch(&r->c->branches[r->first], scope, results);
    return;
  }
  hr_outputs outputs = build_halves(r, scope, scope);
  for (int32_t i = 0; i < outputs.count - 1; ++i)
    hr_return(results, outputs.items[i]);
  if (outputs.count) hr_return_node(results, outputs.items[outputs.count - 1].node);
}

hr_status hr_expand_case(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out) {
  const hr_attr_value *functions = hr_node_attr(site->node, "branches");
  conditional c = {.node = site->node, .count = functions->count};
  c.branches = hr_arena_zalloc(arena, sizeof *c.branches * (size_t)c.count, _Alignof(branch));
  if (!c.branches) return hr_error_out_of_memory(sizeof *c.branches * (size_t)c.count, "a call");
  for (int32_t i = 0; i < c.count; ++i) {
    c.branches[i].name = "branch";
    HR_TRY(hr_call_of_value(site->node->graph, functions->funcs[i], arena, &c.branches[i].call));
  }
  hr_entry entry = hr_call_entry(site);
  hr_outputs inputs = hr_call_inputs(site, entry);
  if (inputs.count == 0) return HR_SUCCESS;
  if (c.count == 1) {
    hr_outputs arguments = {inputs.count - 1, inputs.items + 1};
    return hr_expand_function(x, site->scope, c.node->name, &c.branches[0].call, arguments, entry, out);
  }
  begin(x, site, inputs, &c);
  hr_scope choosing = after(&c, entry);
  c.chooser = as_number(choosing, inputs.items[0], c.count);
  range all = {&c, 0, c.count - 1};
  hr_outputs results = build_halves(&all, choosing, c.scope);
  if (entry.node) hr_scope_close(choosing);
  return end(&c, results, out);
}
