/* tf.while_loop. */
#include "builder/control_flow/collections.h"
#include "builder/control_flow/context.h"
#include "builder/control_flow/primitives.h"
#include "builder/control_flow/results.h"
#include "builder/functions/functional_while.h"
#include "runtime/graph/function_graph.h"

/* A loop under construction. Its arrays have an item for each variable and are the graph's. */
typedef struct building {
  hr_scope outside, inside; /* the loop's name scope, outside of its context and in it */
  hr_loop_context *loop;
  const hr_while_functions *functions;
  hr_operands initial;
  hr_shapes invariants; /* none given: the shapes of the initial values */
  hr_output counter;    /* a variable of the loop before all others where iterations are limited, else HR_NO_OUTPUT */
  int32_t count;        /* of variables, the counter among them */
  hr_output *initial_values, *enters, *merges, *body_values, *results, *exits;
  hr_sides_of_switch *switches;
} building;

static bool has_counter(const building *b) { return b->counter.node != NULL; }

/* The variables that the program knows of. */
static hr_outputs without_counter(const building *b, const hr_output *values) {
  int32_t skip = has_counter(b);
  return (hr_outputs){b->count - skip, values + skip};
}

/* ---- what enters ----------------------------------------------------------------------------------------------- */

static bool convert_variables(building *b) {
  int32_t skip = has_counter(b);
  b->count = b->initial.count + skip;
  hr_output *values = hr_keep_bytes(b->outside, 6 * sizeof *values * (size_t)b->count);
  b->switches = hr_keep_bytes(b->outside, sizeof *b->switches * (size_t)b->count);
  if (!values || !b->switches) return false;
  b->initial_values = values;
  b->enters = values + b->count;
  b->merges = b->enters + b->count;
  b->body_values = b->merges + b->count;
  b->results = b->body_values + b->count;
  b->exits = b->results + b->count;
  if (skip) values[0] = b->counter;
  for (int32_t i = skip; i < b->count; ++i)
    values[i] = hr_convert(b->outside, hr_operands_at(b->initial, i - skip), HR_INVALID, NULL);
  return hr_scope_ok(b->outside);
}

/* Whether `shape` is known to be one of those that `invariant` allows. */
static bool is_allowed(const hr_partial_shape *shape, const hr_partial_shape *invariant) {
  if (invariant->rank < 0) return true;
  if (shape->rank != invariant->rank) return false;
  for (int i = 0; i < shape->rank; ++i)
    if (invariant->dims[i] != HR_UNKNOWN_DIM && shape->dims[i] != invariant->dims[i]) return false;
  return true;
}

static void set_invariant(building *b, int32_t i) {
  int32_t skip = has_counter(b);
  const hr_partial_shape *shape = hr_output_shape(b->enters[i].node->inputs[0]);
  const hr_partial_shape *invariant =
      i < skip || b->invariants.count == 0 ? hr_output_shape(b->initial_values[i]) : &b->invariants.items[i - skip];
  if (is_allowed(shape, invariant)) {
    hr_scope_fail(b->outside, hr_output_set_shape(b->enters[i], invariant));
    return;
  }
  char name[256], found[HR_SHAPE_TEXT], wanted[HR_SHAPE_TEXT];
  hr_refuse(b->outside,
            "The shape invariant specified for %s is not compatible with the initial shape of the loop variable. It "
            "enters the loop with shape %s, but the specified shape invariant is %s.",
            hr_output_name(b->enters[i].node->inputs[0], name, sizeof name), hr_partial_shape_tuple_text(shape, found),
            hr_partial_shape_tuple_text(invariant, wanted));
}

/* What is alive where the loop stands: the pivot of the innermost context around, or NULL. */
static hr_node *pivot_around(const hr_loop_context *loop) {
  for (hr_control_context *around = loop->common.base.outer; around; around = around->outer) {
    const hr_cond_context *cond = hr_as_cond(around);
    hr_node *pivot = cond ? cond->pivot.node : hr_loop_pivot(hr_as_loop(around));
    if (pivot) return pivot;
  }
  return NULL;
}

static bool enter_variables(building *b) {
  hr_context *context = &b->loop->common;
  for (int32_t i = 0; i < b->count; ++i)
    hr_context_add_name(b->inside, context, b->initial_values[i]);
  for (int32_t i = 0; i < b->count && context->base.outer; ++i)
    b->enters[i] = hr_context_add_value(b->inside, context->base.outer, b->initial_values[i]);
  hr_scope alone = hr_control_dependencies(b->inside, 0, NULL);
  for (int32_t i = 0; i < b->count && hr_scope_ok(alone); ++i) {
    hr_output value = context->base.outer ? b->enters[i] : b->initial_values[i];
    b->enters[i] = hr_loop_enter(alone, b->loop, value, false, false, NULL);
    if (b->enters[i].node) b->enters[i].node->is_unfeedable = true;
  }
  hr_node *pivot = pivot_around(b->loop);
  for (int32_t i = 0; i < b->count && pivot && hr_scope_ok(alone); ++i)
    if (hr_is_loop_constant(b->enters[i].node->inputs[0].node))
      hr_scope_fail(alone, hr_node_wait_for(b->enters[i].node, pivot));
  for (int32_t i = 0; i < b->count && hr_scope_ok(alone); ++i)
    set_invariant(b, i);
  hr_context_clear_values(context);
  for (int32_t i = 0; i < b->count; ++i) {
    hr_loop_adopt_enter(b->inside, b->loop, b->enters[i]);
    hr_context_add_name(b->inside, context, b->enters[i]);
    hr_output_list_add(b->inside, &b->loop->enters, b->enters[i]);
  }
  return hr_scope_ok(b->inside);
}

/* ---- the condition --------------------------------------------------------------------------------------------- */

/* What the condition returns, and the limit of iterations. */
static hr_output goes_on(building *b) {
  hr_output within = HR_NO_OUTPUT, result = HR_NO_OUTPUT;
  if (has_counter(b)) within = hr_less(b->inside, b->merges[0], b->loop->maximum_iterations);
  hr_results results = {.scope = b->inside};
  b->functions->condition(b->functions->argument, b->inside, without_counter(b, b->merges), &results);
  bool is_value = results.count == 1 && !results.items[0].node && !results.items[0].indices.node;
  if (!is_value)
    hr_refuse_type(b->inside, "The condition of a loop returns one tensor");
  else if (has_counter(b))
    result = hr_binary(b->inside, "LogicalAnd", within, results.items[0].value);
  else
    result = hr_convert(b->inside, results.items[0].value, HR_INVALID, NULL);
  hr_results_free(&results);
  return result;
}

static bool build_condition(building *b) {
  for (int32_t i = 0; i < b->count; ++i)
    b->merges[i] = hr_merge_pair(b->inside, b->enters[i], b->enters[i], NULL);
  if (!hr_scope_ok(b->inside)) return false;
  b->loop->condition_pivot = b->merges[0];
  b->loop->condition = hr_loop_cond(b->inside, goes_on(b), .name = "LoopCond");
  for (int32_t i = 0; i < b->count; ++i)
    b->switches[i] = hr_switch_beside(b->inside, b->merges[i], b->loop->condition, NULL);
  return hr_scope_ok(b->inside);
}

/* ---- the body -------------------------------------------------------------------------------------------------- */

/* Appends the tensors of the results; the number of all of them. */
static int32_t convert_results(building *b, int32_t count, const hr_results *results) {
  for (int32_t i = 0; i < results->count && hr_scope_ok(b->inside); ++i) {
    const hr_result *result = &results->items[i];
    if (result->node) hr_refuse_type(b->inside, "The body of a loop returns tensors, not operations");
    hr_output parts[] = {HR_NO_OUTPUT, result->indices, result->dense_shape};
    if (!result->node) parts[0] = hr_convert(b->inside, result->value, HR_INVALID, NULL);
    for (int part = 0; part < 3; ++part) {
      if (!parts[part].node) continue;
      if (count < b->count) b->results[count] = parts[part];
      ++count;
    }
  }
  return count;
}

/* Reads the next iteration's value of variable `i` into its Merge. */
static void close_loop(building *b, int32_t i) {
  hr_output next = hr_next_iteration_of(b->inside, b->results[i]);
  if (!next.node) return;
  const hr_partial_shape *merged = hr_output_shape(b->merges[i]), *shape = hr_output_shape(next);
  if (!is_allowed(shape, merged)) {
    hr_output initial = b->enters[i].node->inputs[0];
    char name[256], first[HR_SHAPE_TEXT], later[HR_SHAPE_TEXT];
    hr_refuse(b->inside,
              "Input tensor '%s' enters the loop with shape %s, but has shape %s after one iteration. To allow the "
              "shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a "
              "less-specific shape.",
              hr_output_name(initial, name, sizeof name), hr_partial_shape_tuple_text(hr_output_shape(initial), first),
              hr_partial_shape_tuple_text(shape, later));
    return;
  }
  hr_scope_fail(b->inside, hr_node_update_input(b->merges[i].node, 1, next));
}

static bool build_body(building *b) {
  for (int32_t i = 0; i < b->count; ++i)
    b->body_values[i] = hr_identity_of(b->inside, b->switches[i].of[1]);
  if (!hr_scope_ok(b->inside)) return false;
  b->loop->body_pivot = b->body_values[0];
  if (has_counter(b)) b->results[0] = hr_plus(b->inside, b->body_values[0], 1);
  hr_results results = {.scope = b->inside};
  b->functions->body(b->functions->argument, b->inside, without_counter(b, b->body_values), &results);
  int32_t count = convert_results(b, has_counter(b), &results);
  hr_results_free(&results);
  if (count != b->count)
    hr_refuse(b->inside, "Number of inputs and outputs of body must match loop_vars: %d, %d", b->count, count);
  for (int32_t i = 0; i < b->count && hr_scope_ok(b->inside); ++i)
    close_loop(b, i);
  return hr_scope_ok(b->inside);
}

static void exit_variables(building *b) {
  for (int32_t i = 0; i < b->count; ++i) {
    b->exits[i] = hr_exit_of(b->inside, b->switches[i].of[0], NULL);
    hr_output_list_add(b->inside, &b->loop->exits, b->exits[i]);
    hr_context_exit_result(b->inside, &b->loop->common, b->exits[i]);
  }
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

/* The limit of iterations and their counter. */
static void make_counter(building *b, hr_operand limit, hr_output *maximum) {
  if (!hr_operand_is_given(limit) || !hr_scope_ok(b->outside)) return;
  *maximum = hr_convert(b->outside, limit, HR_INVALID, "maximum_iterations");
  if (!hr_scope_ok(b->outside)) return;
  char text[HR_SHAPE_TEXT];
  const hr_partial_shape *shape = hr_output_shape(*maximum);
  if (shape->rank != 0)
    hr_refuse(b->outside, "maximum_iterations must be a scalar, saw shape: %s",
              hr_partial_shape_tuple_text(shape, text));
  b->counter = hr_convert(b->outside, hr_operand_int(0), hr_output_base_dtype(*maximum), "iteration_counter");
}

static bool check_arguments(hr_scope scope, hr_operands variables, const hr_while_options *options) {
  if (options->parallel_iterations < 1) hr_refuse_type(scope, "parallel_iterations must be a positive integer.");
  if (variables.count == 0) hr_refuse(scope, "No loop variables provided");
  if (options->shape_invariants.count != 0 && options->shape_invariants.count != variables.count)
    hr_refuse(scope, "%d shape invariants for %d loop variables", options->shape_invariants.count, variables.count);
  return hr_scope_ok(scope);
}

hr_outputs hr_while_loop_with(hr_scope scope, hr_operands variables, const hr_while_functions *functions,
                              const hr_while_options *options) {
  static const hr_while_options defaults = {HR_WHILE_DEFAULTS};
  if (!options) options = &defaults;
  hr_outputs none = {0, NULL};
  if (!check_arguments(scope, variables, options)) return none;
  if (!functions || !functions->condition || !functions->body) {
    hr_refuse(scope, "A loop needs a condition and a body");
    return none;
  }
  if (hr_graph_has_functional_flow(hr_scope_graph(scope)))
    return hr_while_of_functions(scope, variables, functions, options);
  building b = {.outside = hr_name_scope_or(scope, options->name, "while"),
                .functions = functions,
                .initial = variables,
                .invariants = options->shape_invariants};
  hr_output maximum = HR_NO_OUTPUT;
  make_counter(&b, options->maximum_iterations, &maximum);
  b.loop = hr_loop_context_new(b.outside, "while_context");
  if (!b.loop) return none;
  b.loop->maximum_iterations = maximum;
  b.loop->parallel_iterations = options->parallel_iterations;
  b.loop->back_prop = options->back_prop;
  b.loop->swap_memory = options->swap_memory;
  if (!b.loop->common.base.outer) hr_collect_context(b.outside, HR_WHILE_CONTEXTS, &b.loop->common);
  if (!convert_variables(&b)) return none;
  b.inside = hr_scope_enter_context(b.outside, &b.loop->common.base);
  if (enter_variables(&b) && build_condition(&b) && build_body(&b)) exit_variables(&b);
  return hr_scope_ok(scope) ? without_counter(&b, b.exits) : none;
}
