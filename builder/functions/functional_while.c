#include "builder/functions/functional_while.h"

#include "builder/control_flow/results.h"
#include "builder/functions/automatic_control.h"
#include "builder/functions/conditional.h"
#include "builder/functions/defined.h"
#include "headrace/arrays.h"
#include "headrace/function.h"
#include "ops/wrapper.h"
#include "runtime/graph/function_graph.h"

enum { OWN = 2 }; /* the counter and the limit, the first variables */

/* A loop that is being built. Lists are the graph's. */
typedef struct loop {
  hr_scope scope; /* of the loop's name */
  const hr_while_functions *functions;
  const hr_while_options *options;
  bool is_limited;
  hr_outputs initial; /* all variables but what is captured */
  hr_partial_shape *shapes;
  hr_function_body_graph graphs[2]; /* of the condition, of the body */
  hr_function_branch parts[2];
  hr_outputs arguments[2];
} loop;

/* ---- variables --------------------------------------------------------------------------------------------------- */

static bool convert_variables(loop *l, hr_scope scope, hr_operands variables) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * (size_t)(OWN + variables.count));
  for (int32_t i = 0; items && i < variables.count; ++i)
    items[OWN + i] = hr_convert(scope, hr_operands_at(variables, i), HR_INVALID, NULL);
  l->initial = (hr_outputs){OWN + variables.count, items};
  return hr_scope_ok(scope);
}

static bool add_own_variables(loop *l) {
  hr_operand limit = l->options->maximum_iterations;
  hr_output *items = (hr_output *)(uintptr_t)l->initial.items;
  l->is_limited = hr_operand_is_given(limit);
  items[1] = hr_convert(l->scope, l->is_limited ? limit : hr_operand_int(-1), HR_INVALID, "maximum_iterations");
  if (!hr_scope_ok(l->scope)) return false;
  char text[HR_SHAPE_TEXT];
  if (hr_output_rank(items[1]) != 0) {
    hr_refuse(l->scope, "maximum_iterations must be a scalar, saw shape: %s",
              hr_partial_shape_tuple_text(hr_output_shape(items[1]), text));
    return false;
  }
  items[0] = hr_convert(l->scope, hr_operand_int(0), hr_output_base_dtype(items[1]), "loop_counter");
  l->shapes = hr_keep_bytes(l->scope, sizeof *l->shapes * (size_t)l->initial.count);
  for (int32_t i = 0; l->shapes && i < l->initial.count; ++i)
    l->shapes[i] = i >= OWN && l->options->shape_invariants.count > 0 ? l->options->shape_invariants.items[i - OWN]
                                                                      : *hr_output_shape(items[i]);
  return hr_scope_ok(l->scope);
}

/* ---- the functions ----------------------------------------------------------------------------------------------- */

/* The graph of the condition (0) or the body (1), with an argument for each variable. */
static bool begin(loop *l, int part) {
  hr_function_body_graph *graph = &l->graphs[part];
  hr_status status = hr_hosted_body_begin(l->scope, graph);
  if (status) {
    hr_scope_fail(l->scope, status);
    return false;
  }
  hr_scope scope = graph->scope;
  hr_output *items = hr_keep_bytes(scope, sizeof *items * (size_t)l->initial.count);
  for (int32_t i = 0; items && i < l->initial.count; ++i) {
    hr_output initial = l->initial.items[i];
    items[i] = hr_placeholder(scope, hr_output_base_dtype(initial), .shape = l->shapes[i],
                              .name = i < OWN ? initial.node->name : NULL);
    if (items[i].node) hr_scope_fail(scope, hr_node_know_handle(items[i].node, hr_output_handle_data(initial)));
  }
  l->arguments[part] = (hr_outputs){l->initial.count, items};
  return hr_scope_ok(scope);
}

/* The results of the part, each through an Identity where stateful nodes run in order. */
static hr_outputs pass_on(hr_scope scope, int32_t count, const hr_output *results) {
  bool in_order = hr_graph_runs_in_order(hr_scope_graph(scope));
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)count + 1));
  for (int32_t i = 0; items && i < count; ++i)
    items[i] = in_order ? hr_identity(scope, results[i]) : hr_function_capture(scope, results[i]);
  return hr_scope_ok(scope) ? (hr_outputs){count, items} : (hr_outputs){0, NULL};
}

static void finish(loop *l, int part, int32_t count, const hr_output *results) {
  hr_scope scope = l->graphs[part].scope;
  hr_function_branch *made = &l->parts[part];
  *made = (hr_function_branch){.name = made->name, .scope = scope, .results = pass_on(scope, count, results)};
  if (!hr_graph_runs_in_order(hr_scope_graph(scope)) || !hr_scope_ok(scope)) return;
  hr_node **controls;
  hr_scope_fail(scope, hr_add_automatic_control(scope, made->results, &made->num_controls, &controls));
  if (hr_scope_ok(scope)) made->controls = controls;
}

static hr_outputs without_own(hr_outputs variables) {
  return (hr_outputs){variables.count - OWN, variables.items + OWN};
}

static void build_condition(loop *l) {
  hr_scope scope = l->graphs[0].scope, inner = hr_device_scope_like(scope, l->scope);
  hr_results results = {.scope = inner};
  l->functions->condition(l->functions->argument, inner, without_own(l->arguments[0]), &results);
  hr_output goes_on = HR_NO_OUTPUT;
  if (hr_scope_ok(inner) && (results.count != 1 || results.items[0].node || results.items[0].indices.node))
    hr_refuse_type(inner, "The condition of a loop returns one tensor");
  else if (hr_scope_ok(inner))
    goes_on = hr_convert(inner, results.items[0].value, HR_INVALID, NULL);
  hr_results_free(&results);
  if (hr_scope_ok(inner) && hr_output_rank(goes_on) != 0) goes_on = hr_tf_squeeze(inner, goes_on);
  if (l->is_limited && hr_scope_ok(inner)) {
    hr_output within = hr_less(inner, l->arguments[0].items[0], l->arguments[0].items[1]);
    goes_on = hr_binary(inner, "LogicalAnd", within, goes_on);
  }
  if (hr_scope_ok(inner)) finish(l, 0, 1, &goes_on);
}

/* The body captures first what the condition has captured. */
static void capture_as_condition(loop *l) {
  hr_branch_take_captured(&l->parts[0]);
  for (int32_t i = 0; i < l->parts[0].outside.count; ++i)
    hr_function_capture(l->graphs[1].scope, l->parts[0].outside.items[i]);
}

static void check_result(loop *l, hr_scope scope, int32_t i, hr_output result) {
  hr_output initial = l->initial.items[i];
  char first[HR_SHAPE_TEXT], later[HR_SHAPE_TEXT], name[256];
  hr_output_name(initial, name, sizeof name);
  if (hr_output_base_dtype(result) != hr_output_base_dtype(initial)) {
    hr_refuse_type(scope, "Loop var %s enters the loop with type %s but has type %s after 1 iteration.", name,
                   hr_dtype_python_name(hr_output_base_dtype(initial)),
                   hr_dtype_python_name(hr_output_base_dtype(result)));
    return;
  }
  const hr_partial_shape *shape = hr_output_shape(result), *wanted = &l->shapes[i];
  bool fits = wanted->rank < 0 || wanted->rank == shape->rank;
  for (int d = 0; fits && d < wanted->rank; ++d)
    fits = wanted->dims[d] < 0 || wanted->dims[d] == shape->dims[d];
  if (fits) return;
  hr_refuse(
      scope,
      "Input tensor '%s' enters the loop with shape %s, but has shape %s after one iteration. To allow the shape "
      "to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific "
      "shape.",
      name, hr_partial_shape_tuple_text(hr_output_shape(initial), first), hr_partial_shape_tuple_text(shape, later));
}

static void build_body(loop *l) {
  hr_scope scope = l->graphs[1].scope, inner = hr_device_scope_like(scope, l->scope);
  hr_results results = {.scope = inner};
  l->functions->body(l->functions->argument, inner, without_own(l->arguments[1]), &results);
  hr_outputs values = hr_scope_ok(inner) ? hr_results_tensors(inner, &results) : (hr_outputs){0, NULL};
  hr_results_free(&results);
  if (hr_scope_ok(inner) && values.count != l->initial.count - OWN)
    hr_refuse(inner, "Number of inputs and outputs of body must match loop_vars: %d, %d", (int)l->initial.count - OWN,
              (int)values.count);
  for (int32_t i = 0; i < values.count && hr_scope_ok(inner); ++i)
    check_result(l, inner, OWN + i, values.items[i]);
  hr_output *all = hr_scope_ok(inner) ? hr_keep_bytes(inner, sizeof *all * (size_t)l->initial.count) : NULL;
  if (!all) return;
  all[0] = hr_plus(inner, l->arguments[1].items[0], 1);
  all[1] = l->arguments[1].items[1];
  memcpy(all + OWN, values.items, sizeof *all * (size_t)values.count);
  finish(l, 1, l->initial.count, all);
}

/* What the body has captured goes from iteration to iteration; the condition gets it, too. */
static bool add_captured(loop *l) {
  hr_function_branch *condition = &l->parts[0], *body = &l->parts[1];
  hr_branch_take_captured(body);
  for (int32_t i = 0; i < body->outside.count; ++i)
    hr_function_capture(condition->scope, body->outside.items[i]);
  hr_branch_take_captured(condition);
  body->results = hr_join_outputs(body->scope, body->results, body->inside);
  l->arguments[0] = hr_join_outputs(condition->scope, l->arguments[0], condition->inside);
  l->arguments[1] = hr_join_outputs(body->scope, l->arguments[1], body->inside);
  for (int part = 0; part < 2; ++part)
    hr_scope_fail(l->scope, hr_builder_status(l->graphs[part].builder));
  return hr_scope_ok(l->scope);
}

static bool build_functions(loop *l) {
  for (int part = 0; part < 2; ++part)
    l->parts[part].name =
        hr_counted_name(l->scope, hr_keep_printf(l->scope, "%s%s", hr_scope_name(l->scope), part ? "body" : "cond"));
  for (int part = 0; part < 2 && hr_scope_ok(l->scope); ++part) {
    if (begin(l, part)) {
      if (part) capture_as_condition(l);
      (part ? build_body : build_condition)(l);
    }
    if (l->graphs[part].builder) hr_scope_fail(l->scope, hr_builder_status(l->graphs[part].builder));
  }
  return hr_scope_ok(l->scope) && add_captured(l);
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

hr_node *hr_while_node(hr_scope scope, const char *name, const hr_while_parts *parts) {
  int32_t count = parts->inputs.count;
  hr_partial_shape *shapes = hr_keep_bytes(scope, sizeof *shapes * ((size_t)count + 1));
  if (!shapes || !hr_scope_ok(scope)) return NULL;
  for (int32_t i = 0; i < count; ++i)
    shapes[i] = parts->shapes && i < parts->num_shapes ? parts->shapes[i] : *hr_output_shape(parts->results.items[i]);
  hr_attr_value known = hr_shapes_value((hr_shapes){count, shapes});
  hr_node_builder *n = hr_node_begin(scope, "While", name);
  hr_node_add_input_list(n, parts->inputs);
  hr_node_set_attr(n, "cond",
                   &(hr_attr_value){.kind = HR_ATTR_FUNC, .func = hr_function_value(scope, parts->condition)});
  hr_node_set_attr(n, "body", &(hr_attr_value){.kind = HR_ATTR_FUNC, .func = hr_function_value(scope, parts->body)});
  hr_node_set_attr(n, "output_shapes", &known);
  hr_node_set_int(n, "parallel_iterations", parts->parallel_iterations);
  if (parts->num_original_outputs) hr_node_set_int(n, "_num_original_outputs", parts->num_original_outputs);
  hr_node_set_bool(n, "_lower_using_switch_merge", true);
  hr_node *node = hr_node_finish(n);
  if (node) node->is_unfetchable = true;
  return node;
}

static hr_node *add_node(loop *l) {
  hr_graph *graph = hr_scope_graph(l->scope);
  for (int part = 0; part < 2; ++part)
    hr_scope_fail(l->scope, hr_branch_add_function(graph, &l->parts[part], l->arguments[part]));
  hr_outputs inputs = hr_join_outputs(l->scope, l->initial, l->parts[1].outside);
  hr_while_parts parts = {.condition = l->parts[0].name,
                          .body = l->parts[1].name,
                          .inputs = inputs,
                          .results = l->parts[1].results,
                          .parallel_iterations = l->options->parallel_iterations,
                          .num_original_outputs = inputs.count,
                          .num_shapes = l->initial.count,
                          .shapes = l->shapes};
  return hr_scope_ok(l->scope) ? hr_while_node(l->scope, hr_scope_name(l->scope), &parts) : NULL;
}

hr_outputs hr_while_of_functions(hr_scope scope, hr_operands variables, const hr_while_functions *functions,
                                 const hr_while_options *options) {
  hr_outputs none = {0, NULL}, all = none;
  loop l = {.functions = functions, .options = options};
  if (!convert_variables(&l, scope, variables)) return none;
  l.scope = hr_name_scope_or(scope, options->name, "while");
  if (hr_scope_ok(l.scope) && add_own_variables(&l) && build_functions(&l))
    all = hr_conditional_results(l.scope, add_node(&l));
  for (int part = 0; part < 2; ++part)
    hr_body_free(&l.graphs[part]);
  hr_scope_close(l.scope);
  return all.count > 0 ? (hr_outputs){l.initial.count - OWN, all.items + OWN} : none;
}
