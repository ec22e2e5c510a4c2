#include "builder/functions/conditional.h"

#include "headrace/function.h"
#include "ops/wrapper.h"
#include "runtime/graph/attr.h"
#include "runtime/graph/function_export.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/function_library.h"
#include <stdatomic.h>

static _Atomic int64_t last_number;

const char *hr_counted_name(hr_scope scope, const char *prefix) {
  char *name = hr_keep_printf(scope, "%s_%lld", prefix, (long long)atomic_fetch_add(&last_number, 1) + 1);
  for (char *c = name; c && *c; ++c)
    if (*c == '/') *c = '_';
  return name;
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

void hr_branch_take_captured(hr_function_branch *branch) {
  hr_captured(hr_scope_graph(branch->scope), &branch->outside, &branch->inside);
}

/* What any of the branches reads of the graph around, each once. */
static hr_outputs union_of_outside(hr_scope scope, int32_t count, const hr_function_branch *branches) {
  int32_t most = 0, found = 0;
  for (int32_t b = 0; b < count; ++b)
    most += branches[b].outside.count;
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)most + 1));
  for (int32_t b = 0; items && b < count; ++b)
    for (int32_t i = 0; i < branches[b].outside.count; ++i) {
      hr_output outside = branches[b].outside.items[i];
      if (hr_outputs_find((hr_outputs){found, items}, outside) < 0) items[found++] = outside;
    }
  return (hr_outputs){found, items};
}

/* The arguments of a branch: for what it does not read, ones that nobody does. */
static hr_outputs arguments_of(const hr_function_branch *branch, hr_outputs all) {
  hr_scope body = branch->scope;
  hr_output *items = hr_keep_bytes(body, sizeof *items * ((size_t)all.count + 1));
  for (int32_t i = 0; items && i < all.count && hr_scope_ok(body); ++i) {
    int32_t known = hr_outputs_find(branch->outside, all.items[i]);
    items[i] = known >= 0
                   ? branch->inside.items[known]
                   : hr_placeholder(body, hr_output_base_dtype(all.items[i]), .shape = *hr_output_shape(all.items[i]));
  }
  return hr_scope_ok(body) ? (hr_outputs){all.count, items} : (hr_outputs){0, NULL};
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

hr_status hr_branch_add_function(hr_graph *graph, const hr_function_branch *branch, hr_outputs arguments) {
  hr_graph *body = hr_scope_graph(branch->scope);
  hr_function_spec spec = {.name = branch->name,
                           .arguments = arguments,
                           .results = branch->results,
                           .num_controls = branch->num_controls,
                           .controls = branch->controls};
  hr_text definition = {0}, library = {0};
  char *full_name = NULL;
  hr_status status = hr_builder_status(branch->scope.builder);
  if (!status) status = hr_graph_to_function(body, &spec, &definition, &full_name);
  if (!status) hr_function_library_write(body, &library);
  if (!status && library.failed) status = hr_error_out_of_memory(library.capacity, "a function");
  if (!status) status = hr_function_library_add_function(graph, (hr_view){definition.data, definition.length});
  if (!status) status = hr_function_library_add(graph, (hr_view){library.data, library.length});
  hr_text_free(&definition);
  hr_text_free(&library);
  free(full_name);
  return status;
}

const hr_function_attr *hr_rewrite_function(hr_scope scope, hr_graph *graph, const hr_function_attr *function,
                                            const hr_function_body_graph *body) {
  const char *name = hr_keep_printf(scope, "%s_rewritten", function->name);
  if (!name) return NULL;
  hr_function_branch branch = {.name = name,
                               .scope = body->scope,
                               .results = body->results,
                               .num_controls = body->num_controls,
                               .controls = body->controls};
  hr_scope_fail(scope, hr_branch_add_function(graph, &branch, body->arguments));
  return hr_scope_ok(scope) ? hr_function_value(scope, name) : NULL;
}

static bool has_stateful_nodes(const hr_graph *body) {
  int32_t count = hr_graph_node_count(body);
  for (int32_t i = 0; i < count; ++i)
    if (hr_graph_node(body, i)->op->flags & HR_OP_STATEFUL) return true;
  return false;
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

/* What is true of both shapes. */
static hr_partial_shape common_shape(hr_partial_shape a, const hr_partial_shape *b) {
  if (a.rank < 0 || a.rank != b->rank) return HR_SHAPE_UNKNOWN;
  for (int i = 0; i < a.rank; ++i)
    if (a.dims[i] != b->dims[i]) a.dims[i] = -1;
  return a;
}

typedef struct parts {
  hr_outputs inputs;
  hr_functions functions;
  hr_types types;
  hr_shapes shapes;
} parts;

static bool describe_results(hr_scope scope, int32_t count, const hr_function_branch *branches, parts *out) {
  int32_t num_results = branches[0].results.count;
  hr_dtype *types = hr_keep_bytes(scope, sizeof *types * ((size_t)num_results + 1));
  hr_partial_shape *shapes = hr_keep_bytes(scope, sizeof *shapes * ((size_t)num_results + 1));
  if (!types || !shapes) return false;
  for (int32_t i = 0; i < num_results; ++i) {
    types[i] = hr_output_base_dtype(branches[0].results.items[i]);
    shapes[i] = *hr_output_shape(branches[0].results.items[i]);
    for (int32_t b = 1; b < count; ++b)
      shapes[i] = common_shape(shapes[i], hr_output_shape(branches[b].results.items[i]));
  }
  out->types = (hr_types){num_results, types};
  out->shapes = (hr_shapes){num_results, shapes};
  return true;
}

static bool add_functions(hr_scope scope, int32_t count, const hr_function_branch *branches, parts *out) {
  const hr_function_attr **functions = hr_keep_bytes(scope, sizeof *functions * (size_t)count);
  hr_outputs *arguments = hr_keep_bytes(scope, sizeof *arguments * (size_t)count);
  if (!functions || !arguments) return false;
  for (int32_t b = 0; b < count; ++b)
    arguments[b] = arguments_of(&branches[b], out->inputs);
  for (int32_t b = 0; b < count && hr_scope_ok(scope); ++b) {
    hr_scope_fail(scope, hr_branch_add_function(hr_scope_graph(scope), &branches[b], arguments[b]));
    functions[b] = hr_function_value(scope, branches[b].name);
  }
  out->functions = (hr_functions){count, functions};
  return hr_scope_ok(scope);
}

static hr_node *add_node(hr_scope scope, const char *op, const char *name, hr_output chooser, const parts *p) {
  hr_attr_value tout = hr_types_value(p->types), known = hr_shapes_value(p->shapes);
  hr_node_builder *n = hr_node_begin(scope, op, name);
  hr_node_add_input(n, chooser);
  hr_node_add_input_list(n, p->inputs);
  hr_node_set_attr(n, "Tout", &tout);
  if (strcmp(op, "Case") == 0) {
    hr_attr_value functions = hr_funcs_value(p->functions);
    hr_node_set_attr(n, "branches", &functions);
  } else {
    hr_node_set_attr(n, "then_branch", &(hr_attr_value){.kind = HR_ATTR_FUNC, .func = p->functions.items[0]});
    hr_node_set_attr(n, "else_branch", &(hr_attr_value){.kind = HR_ATTR_FUNC, .func = p->functions.items[1]});
  }
  hr_node_set_attr(n, "output_shapes", &known);
  hr_node_set_bool(n, "_lower_using_switch_merge", true);
  hr_node *node = hr_node_finish(n);
  if (node) node->is_unfetchable = true;
  return node;
}

hr_node *hr_conditional_node(hr_scope scope, const char *op, const char *name, hr_output chooser, int32_t count,
                             const hr_function_branch *branches) {
  if (!hr_scope_ok(scope)) return NULL;
  parts p = {.inputs = union_of_outside(scope, count, branches)};
  if (!p.inputs.items || !describe_results(scope, count, branches, &p)) return NULL;
  bool is_stateful = strcmp(op, "Case") == 0;
  for (int32_t b = 0; b < count; ++b)
    is_stateful |= has_stateful_nodes(hr_scope_graph(branches[b].scope));
  if (!add_functions(scope, count, branches, &p)) return NULL;
  return add_node(scope, is_stateful ? op : "StatelessIf", name, chooser, &p);
}

hr_outputs hr_conditional_results(hr_scope scope, const hr_node *node) {
  hr_output *items = node ? hr_keep_bytes(scope, sizeof *items * ((size_t)node->num_outputs + 1)) : NULL;
  if (!items) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < node->num_outputs && hr_scope_ok(scope); ++i)
    items[i] = hr_identity(scope, ((hr_output){(hr_node *)(uintptr_t)node, i}));
  return hr_scope_ok(scope) ? (hr_outputs){node->num_outputs, items} : (hr_outputs){0, NULL};
}
