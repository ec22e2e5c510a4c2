/* tf.switch_case: a Case node, whose branches are functions of the graph's library. */
#include "builder/control_flow/results.h"
#include "builder/functions/defined.h"
#include "headrace/ops.h"
#include "ops/wrapper.h"
#include "runtime/graph/function_export.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/function_library.h"
#include <stdatomic.h>

static _Atomic int64_t last_number;

/* "SCOPE_branchI_N", where N tells apart what a process has made. */
static const char *branch_name(hr_scope scope, int32_t index) {
  const char *path = hr_scope_name(scope);
  char *name = path ? hr_keep_printf(scope, "%sbranch%d_%lld", path, (int)index,
                                     (long long)atomic_fetch_add(&last_number, 1) + 1)
                    : NULL;
  for (char *c = name; c && *c; ++c)
    if (*c == '/') *c = '_';
  return name;
}

/* ---- arguments and results --------------------------------------------------------------------------------------- */

static int32_t find(hr_outputs list, hr_output output) {
  int32_t i = 0;
  while (i < list.count && !hr_output_equal(list.items[i], output))
    ++i;
  return i < list.count ? i : -1;
}

/* What any of the branches reads of the graph around, each once. */
static hr_outputs union_of_captured(hr_scope scope, int32_t count, const hr_scope *bodies) {
  int32_t most = 0, found = 0;
  hr_outputs outside, inside;
  for (int32_t b = 0; b < count; ++b) {
    hr_captured(hr_scope_graph(bodies[b]), &outside, &inside);
    most += outside.count;
  }
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)most + 1));
  for (int32_t b = 0; items && b < count; ++b) {
    hr_captured(hr_scope_graph(bodies[b]), &outside, &inside);
    for (int32_t i = 0; i < outside.count; ++i)
      if (find((hr_outputs){found, items}, outside.items[i]) < 0) items[found++] = outside.items[i];
  }
  return (hr_outputs){found, items};
}

/* The arguments of a branch: for what it does not read, ones that nobody does. */
static hr_outputs arguments_of(hr_scope body, hr_outputs all) {
  hr_outputs outside, inside;
  hr_captured(hr_scope_graph(body), &outside, &inside);
  hr_output *items = hr_keep_bytes(body, sizeof *items * ((size_t)all.count + 1));
  for (int32_t i = 0; items && i < all.count && hr_scope_ok(body); ++i) {
    int32_t known = find(outside, all.items[i]);
    items[i] = known >= 0
                   ? inside.items[known]
                   : hr_placeholder(body, hr_output_base_dtype(all.items[i]), .shape = *hr_output_shape(all.items[i]));
  }
  return hr_scope_ok(body) ? (hr_outputs){all.count, items} : (hr_outputs){0, NULL};
}

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

/* What is true of both shapes. */
static hr_partial_shape common_shape(hr_partial_shape a, const hr_partial_shape *b) {
  if (a.rank < 0 || a.rank != b->rank) return HR_SHAPE_UNKNOWN;
  for (int i = 0; i < a.rank; ++i)
    if (a.dims[i] != b->dims[i]) a.dims[i] = -1;
  return a;
}

/* ---- the node ---------------------------------------------------------------------------------------------------- */

/* Puts a branch into the library; its name. */
static const char *add_function(hr_scope scope, int32_t index, hr_scope body, hr_outputs arguments,
                                hr_outputs results) {
  hr_graph *graph = hr_scope_graph(scope);
  const char *name = branch_name(scope, index);
  if (!name) return NULL;
  hr_function_spec spec = {.name = name, .arguments = arguments, .results = results};
  hr_text definition = {0}, library = {0};
  char *full_name = NULL;
  hr_status status = hr_builder_status(body.builder);
  if (!status) status = hr_graph_to_function(hr_scope_graph(body), &spec, &definition, &full_name);
  if (!status) hr_function_library_write(hr_scope_graph(body), &library);
  if (!status && library.failed) status = hr_error_out_of_memory(library.capacity, "a function");
  if (!status) status = hr_function_library_add_function(graph, (hr_view){definition.data, definition.length});
  if (!status) status = hr_function_library_add(graph, (hr_view){library.data, library.length});
  hr_text_free(&definition);
  hr_text_free(&library);
  free(full_name);
  hr_scope_fail(scope, status);
  return hr_scope_ok(scope) ? name : NULL;
}

static hr_node *add_node(hr_scope scope, hr_output index, hr_outputs inputs, hr_functions branches, hr_types types,
                         hr_shapes shapes) {
  hr_attr_value tout = hr_types_value(types), functions = hr_funcs_value(branches), known = hr_shapes_value(shapes);
  hr_node_builder *n = hr_node_begin(scope, "Case", hr_scope_name(scope));
  hr_node_add_input(n, index);
  hr_node_add_input_list(n, inputs);
  hr_node_set_attr(n, "Tout", &tout);
  hr_node_set_attr(n, "branches", &functions);
  hr_node_set_attr(n, "output_shapes", &known);
  hr_node_set_bool(n, "_lower_using_switch_merge", true);
  hr_node *node = hr_node_finish(n);
  if (node) node->is_unfetchable = true;
  return node;
}

/* Each result through an Identity, so that it can be fetched alone. */
static hr_outputs pass_on(hr_scope scope, const hr_node *node) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)node->num_outputs + 1));
  for (int32_t i = 0; i < node->num_outputs && hr_scope_ok(scope); ++i)
    items[i] = hr_identity(scope, ((hr_output){(hr_node *)(uintptr_t)node, i}));
  return hr_scope_ok(scope) ? (hr_outputs){node->num_outputs, items} : (hr_outputs){0, NULL};
}

hr_outputs hr_switch_case_finish(hr_scope scope, hr_output index, int32_t count, const hr_scope *bodies,
                                 const hr_outputs *results) {
  hr_outputs none = {0, NULL};
  if (!hr_scope_ok(scope) || !check_results(scope, count, results)) return none;
  int32_t num_results = results[0].count;
  hr_outputs inputs = union_of_captured(scope, count, bodies);
  const hr_function_attr **branches = hr_keep_bytes(scope, sizeof *branches * (size_t)count);
  hr_dtype *types = hr_keep_bytes(scope, sizeof *types * (size_t)num_results);
  hr_partial_shape *shapes = hr_keep_bytes(scope, sizeof *shapes * (size_t)num_results);
  if (!inputs.items || !branches || !types || !shapes) return none;
  for (int32_t i = 0; i < num_results; ++i) {
    types[i] = hr_output_base_dtype(results[0].items[i]);
    shapes[i] = *hr_output_shape(results[0].items[i]);
    for (int32_t b = 1; b < count; ++b)
      shapes[i] = common_shape(shapes[i], hr_output_shape(results[b].items[i]));
  }
  for (int32_t b = 0; b < count; ++b) {
    const char *name = add_function(scope, b, bodies[b], arguments_of(bodies[b], inputs), results[b]);
    if (!name) return none;
    branches[b] = hr_function_value(scope, name);
  }
  if (!hr_scope_ok(scope)) return none;
  hr_node *node = add_node(scope, index, inputs, (hr_functions){count, branches}, (hr_types){num_results, types},
                           (hr_shapes){num_results, shapes});
  return node ? pass_on(scope, node) : none;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* A branch's body. */
typedef struct body {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope scope;
} body;

static hr_status body_new(hr_scope outer, body *out) {
  out->graph = hr_graph_new();
  out->builder = out->graph ? hr_builder_new(out->graph) : NULL;
  if (!out->builder) return hr_error_out_of_memory(sizeof *out, "a function");
  hr_builder_set_argument(out->builder, hr_builder_argument(outer.builder));
  out->scope = hr_builder_root(out->builder);
  return hr_traced_function_begin(out->graph, hr_scope_graph(outer));
}

static void body_free(body *b) {
  if (b->builder) hr_builder_free(b->builder);
  hr_graph_unref(b->graph);
}

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

static hr_outputs build_branch(hr_scope outer, hr_output index, hr_branch branch, body *b) {
  hr_outputs outputs = {0, NULL};
  hr_status status = body_new(outer, b);
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

static hr_outputs build(hr_scope scope, hr_output index, int32_t count, const hr_branch *branches, body *made,
                        hr_scope *bodies, hr_outputs *results) {
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
  body *made = hr_keep_bytes(s, sizeof *made * (size_t)all);
  hr_scope *bodies = hr_keep_bytes(s, sizeof *bodies * (size_t)all);
  hr_outputs *results = hr_keep_bytes(s, sizeof *results * (size_t)all);
  if (!list || !made || !bodies || !results) return outputs;
  memcpy(list, branches, sizeof *list * (size_t)count);
  if (has_default) list[count] = options->otherwise;
  memset(made, 0, sizeof *made * (size_t)all);
  outputs = build(s, index, all, list, made, bodies, results);
  for (int32_t i = 0; i < all; ++i)
    body_free(&made[i]);
  return outputs;
}
