/* Functions as datasets have them: TensorFlow's FuncGraph, from trace to definition. */
#include "builder/control_flow/results.h"
#include "builder/functions/automatic_control.h"
#include "builder/functions/body.h"
#include "builder/functions/defined.h"
#include "headrace/ops.h"
#include "runtime/graph/function_export.h"
#include "runtime/graph/function_graph.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- parts ------------------------------------------------------------------------------------------------------- */

hr_status hr_branch_begin(hr_graph *body, hr_scope outer) {
  HR_TRY(hr_body_graph_begin(body, hr_scope_graph(outer)));
  return hr_graph_set_scope_around(body, hr_scope_name(outer));
}

hr_status hr_traced_function_begin(hr_graph *body, hr_scope outer) {
  HR_TRY(hr_branch_begin(body, outer));
  hr_graph_set_runs_in_order(body, true);
  return HR_SUCCESS;
}

static hr_output add_argument(hr_scope scope, const char *name, hr_dtype dtype, const hr_partial_shape *shape) {
  hr_node_builder *n = hr_node_begin(scope, "Placeholder", name);
  hr_node_set_type(n, "dtype", dtype);
  hr_node_set_shape(n, "shape", shape);
  hr_node_set_string(n, "_user_specified_name", name);
  return (hr_output){hr_node_finish(n), 0};
}

hr_output hr_traced_function_argument(hr_scope scope, int32_t index, hr_dtype dtype, const hr_partial_shape *shape) {
  char name[24];
  snprintf(name, sizeof name, "args_%d", (int)index);
  return add_argument(scope, name, dtype, shape);
}

static _Atomic int64_t last_number;

static hr_outputs pass_on(hr_scope scope, hr_outputs results) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)results.count + 1));
  for (int32_t i = 0; i < results.count && hr_scope_ok(scope); ++i)
    items[i] = hr_identity(scope, results.items[i]);
  return hr_scope_ok(scope) ? (hr_outputs){results.count, items} : (hr_outputs){0, NULL};
}

static hr_status finish(hr_scope scope, const char *name, hr_outputs arguments, hr_outputs results, hr_attrs attrs,
                        hr_defined *f) {
  hr_outputs inside, outside, given = hr_join_outputs(scope, results, (hr_outputs){0, NULL});
  hr_outputs passed = pass_on(scope, given);
  HR_TRY(hr_builder_status(scope.builder));
  hr_node **controls;
  int32_t num_controls;
  HR_TRY(hr_add_automatic_control(scope, passed, &num_controls, &controls));
  hr_captured(f->body, &outside, &inside);
  const char *full =
      hr_keep_printf(scope, "__inference_%s_%lld", name, (long long)atomic_fetch_add(&last_number, 1) + 1);
  const char **names = hr_keep_bytes(scope, sizeof *names * ((size_t)attrs.count + 1));
  hr_attr_value *values = hr_keep_bytes(scope, sizeof *values * ((size_t)attrs.count + 1));
  for (int32_t i = 0; i < attrs.count && names && values; ++i) {
    names[i] = attrs.items[i].name;
    values[i] = attrs.items[i].value;
  }
  hr_function_spec spec = {.name = full,
                           .arguments = hr_join_outputs(scope, arguments, inside),
                           .results = passed,
                           .num_controls = num_controls,
                           .controls = controls,
                           .num_attrs = attrs.count,
                           .attr_names = names,
                           .attr_values = values};
  f->results = given;
  HR_TRY(hr_builder_status(scope.builder));
  return hr_defined_write(scope, f, &spec);
}

static const hr_defined *finish_traced(hr_scope scope, const char *name, hr_outputs arguments, hr_outputs results,
                                       hr_attrs attrs) {
  if (!hr_scope_ok(scope)) return NULL;
  hr_defined *f = calloc(1, sizeof *f);
  hr_status status = f ? HR_SUCCESS : hr_error_out_of_memory(sizeof *f, "a function");
  if (f) {
    *f = (hr_defined){.body = hr_scope_graph(scope), .infer_shapes = true};
    status = finish(scope, name, arguments, results, attrs, f);
    if (!status) status = hr_defined_own(f);
    if (status) hr_defined_free(f);
  }
  hr_scope_fail(scope, status);
  return status ? NULL : f;
}

const hr_defined *hr_traced_function_finish(hr_scope scope, const char *name, hr_outputs arguments,
                                            hr_outputs results) {
  return finish_traced(scope, name, arguments, results, HR_NO_ATTRS);
}

hr_outputs hr_traced_results(const hr_defined *function) { return function->results; }

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* What a function is traced of. */
typedef struct traced {
  const char *name;
  hr_types types;
  hr_shapes shapes;
  const char *argument_name; /* of the only one; NULL: their numbers' names */
  hr_attrs attrs;
  hr_function_body body;
  void *body_argument;
} traced;

static const hr_defined *build(hr_scope scope, const traced *t) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)t->types.count + 1));
  for (int32_t i = 0; i < t->types.count && hr_scope_ok(scope); ++i) {
    const hr_partial_shape *shape = i < t->shapes.count ? &t->shapes.items[i] : &HR_SHAPE_UNKNOWN;
    items[i] = t->argument_name ? add_argument(scope, t->argument_name, t->types.items[i], shape)
                                : hr_traced_function_argument(scope, i, t->types.items[i], shape);
  }
  if (!hr_scope_ok(scope)) return NULL;
  hr_outputs arguments = {t->types.count, items};
  hr_results results = {.scope = scope};
  t->body(t->body_argument, scope, arguments, &results);
  hr_outputs values = hr_results_tensors(scope, &results);
  hr_results_free(&results);
  return finish_traced(scope, t->name, arguments, values, t->attrs);
}

static const hr_defined *trace(hr_scope scope, const traced *t) {
  if (!hr_scope_ok(scope)) return NULL;
  hr_graph *graph = hr_graph_new();
  hr_builder *builder = graph ? hr_builder_new(graph) : NULL;
  hr_status status =
      builder ? hr_traced_function_begin(graph, scope) : hr_error_out_of_memory(sizeof(hr_defined), "a function");
  const hr_defined *defined = NULL;
  if (!status) {
    hr_builder_set_argument(builder, hr_builder_argument(scope.builder));
    defined = build(hr_builder_root(builder), t);
    status = hr_builder_status(builder);
  }
  if (!status) status = hr_keep_body(scope, graph);
  if (builder) hr_builder_free(builder);
  if (graph) hr_graph_unref(graph);
  hr_scope_fail(scope, status);
  return hr_scope_ok(scope) ? defined : NULL;
}

const hr_defined *hr_trace_function(hr_scope scope, const char *name, hr_types arguments, hr_shapes shapes,
                                    hr_function_body body, void *argument) {
  if (!body) hr_refuse(scope, "Function %s has no body", name ? name : "");
  return trace(scope,
               &(traced){.name = name, .types = arguments, .shapes = shapes, .body = body, .body_argument = argument});
}

const hr_defined *hr_trace_named(hr_scope scope, const char *name, const char *argument, hr_attrs attrs,
                                 hr_function_body body, void *body_argument) {
  static const hr_dtype type = HR_STRING;
  static const hr_partial_shape shape = {0};
  return trace(scope, &(traced){.name = name,
                                .types = {argument ? 1 : 0, &type},
                                .shapes = {argument ? 1 : 0, &shape},
                                .argument_name = argument,
                                .attrs = attrs,
                                .body = body,
                                .body_argument = body_argument});
}
