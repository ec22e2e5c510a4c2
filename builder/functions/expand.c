/* Calls in a plan's private graph become what their functions consist of. */
#include "builder/functions/expand.h"

#include "runtime/graph/frame.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/scratch.h"

#define MAX_DEPTH 200 /* of calls in calls */

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_expanded_call), "an expanded call"); }

/* ---- the ends of a call ------------------------------------------------------------------------------------------ */

hr_node *hr_join_nodes(hr_scope scope, const char *name, const char *suffix, int32_t count, hr_node *const *nodes) {
  hr_scope after = hr_control_dependencies(scope, count, nodes);
  hr_node *node = hr_no_op(after, .name = hr_keep_printf(scope, "%s_%s", name, suffix));
  hr_scope_close(after);
  return node;
}

hr_entry hr_call_entry(const hr_call_site *site) {
  hr_scope scope = site->scope;
  hr_entry entry = {NULL, site->is_conditional};
  if (site->num_controls == 0 && !site->is_conditional) return entry;
  int32_t count = 0, limit = site->num_controls + site->inputs.count;
  hr_node **nodes = hr_keep_bytes(scope, sizeof *nodes * ((size_t)limit + 1));
  for (int32_t i = 0; nodes && i < site->num_controls; ++i)
    nodes[count++] = site->controls[i];
  for (int32_t i = 0; nodes && i < site->inputs.count && site->is_conditional; ++i)
    nodes[count++] = site->inputs.items[i].node;
  if (nodes) entry.node = hr_join_nodes(scope, site->node->name, "entry", count, nodes);
  return entry;
}

hr_outputs hr_call_inputs(const hr_call_site *site, hr_entry entry) {
  hr_scope scope = site->scope;
  hr_output *inputs = hr_keep_bytes(scope, sizeof *inputs * ((size_t)site->inputs.count + 1));
  if (!inputs) return (hr_outputs){0, NULL};
  hr_scope after = entry.node ? hr_control_dependencies(scope, 1, &entry.node) : scope;
  for (int32_t i = 0; i < site->inputs.count && hr_scope_ok(scope); ++i) {
    inputs[i] = site->inputs.items[i];
    if (!hr_dtype_is_ref(hr_output_dtype(inputs[i]))) continue;
    inputs[i] = hr_identity(after, inputs[i], .name = hr_keep_printf(scope, "%s_input", site->node->name));
  }
  if (entry.node) hr_scope_close(after);
  return (hr_outputs){site->inputs.count, inputs};
}

/* ---- a body ------------------------------------------------------------------------------------------------------ */

typedef struct expansion {
  hr_expansion *x;
  hr_scope scope;
  hr_body body;
  hr_expanded_call *calls; /* by id - body.first: what stands for the calls among the nodes */
  int32_t end;             /* of the body's nodes and those of its calls */
  hr_scratch effects;      /* hr_node * */
  bool has_control_flow;
} expansion;

static const hr_expanded_call *call_of(const expansion *e, const hr_node *node) {
  if (node->id < e->body.first || node->id >= e->body.end || !hr_is_call(node)) return NULL;
  const hr_expanded_call *call = &e->calls[node->id - e->body.first];
  return call->done ? call : NULL;
}

/* Nothing of the body comes before a node: it begins with the call. */
static bool is_first(const expansion *e, const hr_node *node) {
  for (int32_t i = 0; i < node->num_inputs; ++i)
    if (node->inputs[i].node->id >= e->body.first) return false;
  for (int32_t i = 0; i < node->num_control_inputs; ++i)
    if (node->control_inputs[i]->id >= e->body.first) return false;
  return true;
}

static hr_status wait_for_entry(const expansion *e, hr_entry entry) {
  for (int32_t id = e->body.first; id < e->body.end && entry.node; ++id) {
    hr_node *node = hr_graph_node(e->x->graph, id);
    bool is_free = strcmp(node->op->name, "Const") == 0 && !entry.is_conditional;
    if (!is_free && is_first(e, node)) HR_TRY(hr_node_wait_for(node, entry.node));
  }
  return HR_SUCCESS;
}

/* Lets a node read what stands for the calls that it reads. */
static void replace_calls(const expansion *e, hr_node *node) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    const hr_expanded_call *call = call_of(e, node->inputs[i].node);
    if (!call) continue;
    node->inputs[i] = call->results.items[node->inputs[i].index];
    if (node->inputs[i].node->id > node->id) e->x->graph->reads_ahead = true;
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    const hr_expanded_call *call = call_of(e, node->control_inputs[i]);
    if (!call) continue;
    node->control_inputs[i] = call->done;
    if (call->done->id > node->id) e->x->graph->reads_ahead = true;
  }
}

static hr_status expand_site(hr_expansion *x, const hr_call_site *site, hr_expanded_call *out);

static hr_status expand_calls(expansion *e, bool is_conditional) {
  for (int32_t id = e->body.first; id < e->body.end; ++id) {
    hr_node *node = hr_graph_node(e->x->graph, id);
    if (!hr_is_call(node)) continue;
    replace_calls(e, node);
    hr_scope scope = hr_device_scope(hr_builder_root(e->x->builder), hr_node_device(node));
    if (node->context) scope = hr_scope_enter_context(scope, node->context);
    hr_call_site site = {.node = node,
                         .scope = scope,
                         .inputs = {node->num_inputs, node->inputs},
                         .num_controls = node->num_control_inputs,
                         .controls = node->control_inputs,
                         .is_conditional = is_conditional || e->has_control_flow};
    hr_expanded_call *call = &e->calls[id - e->body.first];
    HR_TRY(hr_status_at_node(expand_site(e->x, &site, call), node->name, node->op->name, node->where));
    if (call->has_effects) HR_TRY(HR_PUSH(&e->effects, call->done));
  }
  e->end = hr_graph_node_count(e->x->graph);
  for (int32_t id = e->body.first; id < e->end; ++id)
    replace_calls(e, hr_graph_node(e->x->graph, id));
  return HR_SUCCESS;
}

static hr_status find_effects(expansion *e) {
  for (int32_t id = e->body.first; id < e->body.end; ++id) {
    hr_node *node = hr_graph_node(e->x->graph, id);
    e->has_control_flow |= node->op->control != HR_CONTROL_NONE && !hr_is_call(node);
    if (!hr_is_call(node) && (node->op->flags & HR_OP_STATEFUL)) HR_TRY(HR_PUSH(&e->effects, node));
  }
  return HR_SUCCESS;
}

static hr_status take_results(expansion *e) {
  hr_output *results = hr_keep_bytes(e->scope, sizeof *results * ((size_t)e->body.results.count + 1));
  if (!results) return HR_SUCCESS;
  for (int32_t i = 0; i < e->body.results.count; ++i) {
    results[i] = e->body.results.items[i];
    const hr_expanded_call *call = call_of(e, results[i].node);
    if (call) results[i] = call->results.items[results[i].index];
  }
  e->body.results.items = results;
  for (int32_t i = 0; i < e->body.num_controls; ++i) {
    const hr_expanded_call *call = call_of(e, e->body.controls[i]);
    hr_node *node = call ? call->done : e->body.controls[i];
    HR_TRY(HR_PUSH(&e->effects, node));
  }
  return HR_SUCCESS;
}

/* The done node of a body, which waits for its effects, or, where it has none, for its results. */
static hr_status finish_body(expansion *e, const char *name, hr_entry entry, hr_expanded_call *out) {
  out->results = e->body.results;
  out->has_effects = e->effects.count > 0;
  for (int32_t i = 0; i < out->results.count && !out->has_effects; ++i)
    HR_TRY(HR_PUSH(&e->effects, out->results.items[i].node));
  if (e->effects.count == 0 && entry.node) HR_TRY(HR_PUSH(&e->effects, entry.node));
  out->done = hr_join_nodes(e->scope, name, "done", (int32_t)e->effects.count, (hr_node *const *)e->effects.items);
  return HR_SUCCESS;
}

static hr_status expand_body(expansion *e, const char *name, const hr_call *call, hr_outputs arguments, hr_entry entry,
                             hr_expanded_call *out) {
  HR_TRY(hr_call_build(e->scope, name, call, arguments, &e->body));
  e->x->nodes_left -= e->body.end - e->body.first;
  if (e->x->nodes_left < 0)
    return hr_error(HR_RESOURCE_EXHAUSTED, "The functions that are called have too many nodes: function %s",
                    call->function->op.name);
  e->calls = calloc((size_t)(e->body.end - e->body.first) + 1, sizeof *e->calls);
  if (!e->calls) return out_of_memory();
  HR_TRY(wait_for_entry(e, entry));
  HR_TRY(find_effects(e));
  HR_TRY(expand_calls(e, entry.is_conditional));
  HR_TRY(take_results(e));
  return finish_body(e, name, entry, out);
}

static hr_status check_depth(const hr_active_call *active) {
  for (const hr_active_call *outer = active->outer; outer; outer = outer->outer)
    if (outer->function == active->function)
      return hr_error(HR_UNIMPLEMENTED, "Function %s calls itself", active->function->op.name);
  if (active->depth <= MAX_DEPTH) return HR_SUCCESS;
  return hr_error(HR_UNIMPLEMENTED, "Functions call functions more than %d deep: function %s", MAX_DEPTH,
                  active->function->op.name);
}

hr_status hr_expand_function(hr_expansion *x, hr_scope scope, const char *name, const hr_call *call,
                             hr_outputs arguments, hr_entry entry, hr_expanded_call *out) {
  const hr_active_call *outer = x->active;
  hr_active_call active = {call->function, outer ? outer->depth + 1 : 1, outer};
  HR_TRY(check_depth(&active));
  if (!hr_scope_ok(scope)) return HR_SUCCESS;
  x->active = &active;
  expansion e = {.x = x, .scope = scope};
  hr_status status = hr_first_error(scope, expand_body(&e, name, call, arguments, entry, out));
  x->active = outer;
  hr_scratch_free(&e.effects);
  free(e.calls);
  return status;
}

/* ---- kinds of calls ---------------------------------------------------------------------------------------------- */

/* A function that is called as it is: by name, or by attribute f. */
static hr_status expand_plain(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out) {
  hr_call call;
  bool is_named = site->node->op->flags & HR_OP_FUNCTION;
  HR_TRY(hr_call_of_node(site->node, is_named ? NULL : "f", arena, &call));
  hr_entry entry = hr_call_entry(site);
  return hr_expand_function(x, site->scope, site->node->name, &call, hr_call_inputs(site, entry), entry, out);
}

static hr_status check_results(const hr_node *node, const hr_expanded_call *call) {
  if (call->results.count != node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "%s has %d outputs, but the function returns %d tensors", node->name,
                    (int)node->num_outputs, (int)call->results.count);
  for (int32_t i = 0; i < node->num_outputs; ++i) {
    hr_dtype found = hr_dtype_base(hr_output_dtype(call->results.items[i]));
    hr_dtype expected = hr_dtype_base(hr_node_output_dtype(node, i));
    if (found != expected)
      return hr_error(HR_INVALID_ARGUMENT, "Output %d of type %s does not match declared output type %s of node %s",
                      (int)i, hr_dtype_name(found), hr_dtype_name(expected), node->name);
  }
  return HR_SUCCESS;
}

static hr_status expand_site(hr_expansion *x, const hr_call_site *site, hr_expanded_call *out) {
  static const struct {
    const char *op;
    hr_status (*expand)(hr_expansion *x, const hr_call_site *site, hr_arena *arena, hr_expanded_call *out);
  } kinds[] = {
      {"If", hr_expand_if},       {"StatelessIf", hr_expand_if},       {"Case", hr_expand_case},
      {"While", hr_expand_while}, {"StatelessWhile", hr_expand_while}, {"SymbolicGradient", hr_expand_gradient},
  };
  hr_arena arena = {0};
  size_t kind = 0, count = sizeof kinds / sizeof *kinds;
  while (kind < count && strcmp(site->node->op->name, kinds[kind].op) != 0)
    ++kind;
  hr_status status = (kind < count ? kinds[kind].expand : expand_plain)(x, site, &arena, out);
  status = hr_first_error(site->scope, status);
  hr_arena_free(&arena);
  return status ? status : check_results(site->node, out);
}

__attribute__((constructor)) static void offer_expander(void) { hr_register_call_expander(expand_site); }
