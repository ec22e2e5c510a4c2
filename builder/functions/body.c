#include "builder/functions/body.h"

#include "headrace/function.h"
#include "runtime/graph/function_call.h"
#include "runtime/graph/function_graph.h"
#include "runtime/graph/function_library.h"

hr_status hr_body_graph_begin(hr_graph *body, hr_graph *outer) {
  int64_t seed;
  bool has_seed = hr_graph_seed(outer, &seed);
  hr_graph_set_seed(body, has_seed, has_seed ? seed : 0);
  HR_TRY(hr_graph_begin_function(body, outer, HR_CAPTURE_NAMED));
  hr_graph_set_runs_in_order(body, hr_graph_runs_in_order(outer));
  return HR_SUCCESS;
}

static hr_status begin(hr_graph *outer, hr_function_body_graph *out) {
  out->graph = hr_graph_new();
  out->builder = out->graph ? hr_builder_new(out->graph) : NULL;
  if (!out->builder) return hr_error_out_of_memory(sizeof *out, "a function");
  out->scope = hr_builder_root(out->builder);
  return hr_body_graph_begin(out->graph, outer);
}

hr_status hr_body_begin(hr_scope outer, hr_function_body_graph *out) {
  HR_TRY(begin(hr_scope_graph(outer), out));
  hr_builder_set_argument(out->builder, hr_builder_argument(outer.builder));
  return hr_graph_set_scope_around(out->graph, hr_scope_name(outer));
}

hr_status hr_hosted_body_begin(hr_scope outer, hr_function_body_graph *out) {
  const hr_body_host *host = hr_builder_body_host(outer.builder);
  if (!host) return hr_body_begin(outer, out);
  HR_TRY(host->make(hr_builder_argument(outer.builder), &out->builder, &out->object));
  out->host = host;
  out->scope = hr_builder_root(out->builder);
  out->graph = hr_scope_graph(out->scope);
  return hr_graph_set_scope_around(out->graph, hr_scope_name(outer));
}

void hr_body_free(hr_function_body_graph *body) {
  if (body->host) {
    body->host->release(body->object);
    *body = (hr_function_body_graph){0};
    return;
  }
  if (body->builder) hr_builder_free(body->builder);
  if (body->graph) hr_graph_unref(body->graph);
  *body = (hr_function_body_graph){0};
}

/* ---- from a definition ------------------------------------------------------------------------------------------- */

/* What the body calls must be in its own library. */
static hr_status copy_library(hr_graph *from, hr_graph *to) {
  hr_text library = {0};
  hr_function_library_write(from, &library);
  hr_status status = library.failed ? hr_error_out_of_memory(library.capacity, "a function")
                                    : hr_function_library_add(to, (hr_view){library.data, library.length});
  hr_text_free(&library);
  return status;
}

static hr_status make_arguments(hr_function_body_graph *body, const hr_call *call, hr_outputs inputs) {
  const hr_op_def *op = &call->function->op;
  hr_output *items = hr_keep_bytes(body->scope, sizeof *items * ((size_t)inputs.count + 1));
  if (op->num_inputs != inputs.count)
    return hr_error(HR_INVALID_ARGUMENT, "Expected number of arguments of function %s: %d, received: %d", op->name,
                    (int)op->num_inputs, (int)inputs.count);
  for (int32_t i = 0; items && i < inputs.count; ++i)
    items[i] = hr_placeholder(body->scope, hr_output_base_dtype(inputs.items[i]),
                              .shape = *hr_output_shape(inputs.items[i]), .name = op->inputs[i].name);
  body->arguments = (hr_outputs){inputs.count, items};
  return hr_builder_status(body->builder);
}

static hr_status build(hr_function_body_graph *body, const hr_call *call, hr_outputs inputs) {
  HR_TRY(make_arguments(body, call, inputs));
  hr_body built;
  HR_TRY(hr_call_build(body->scope, "", call, body->arguments, &built));
  body->results = built.results;
  body->num_controls = built.num_controls;
  body->controls = built.controls;
  /* TensorFlow tells the arguments after the nodes were made: what reads a variable does not know its shape. */
  for (int32_t i = 0; i < inputs.count; ++i)
    HR_TRY(hr_node_know_handle(body->arguments.items[i].node, hr_output_handle_data(inputs.items[i])));
  return HR_SUCCESS;
}

hr_status hr_body_of_function(hr_graph *graph, const hr_function_attr *function, hr_outputs inputs,
                              hr_function_body_graph *out) {
  hr_arena arena = {0};
  hr_call call;
  hr_status status = begin(graph, out);
  if (!status) status = copy_library(graph, out->graph);
  if (!status) status = hr_call_of_value(out->graph, function, &arena, &call);
  if (!status) status = build(out, &call, inputs);
  hr_arena_free(&arena);
  return status;
}
