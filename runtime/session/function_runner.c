#include "runtime/session/function_runner.h"
#include "runtime/exec/poll.h"
#include "runtime/graph/function_call.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/plan/flow.h"
#include "runtime/plan/placer.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/session/prepared.h"
#include <stdlib.h>

struct hr_function_runner {
  _Atomic int32_t references;
  hr_resource_manager *state; /* of the random nodes */
  hr_graph *graph;            /* of the body's nodes */
  hr_prepared *prepared;
  bool may_wait; /* a call may last: cancelling must reach it */
};

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_function_runner), "a function"); }

/* ---- making ------------------------------------------------------------------------------------------------------ */

/* The body in a graph of its own: placeholders, which are fed, and what is made of them. */
typedef struct body {
  hr_arena arena;
  hr_builder *builder;
  hr_output *arguments;
  int32_t num_arguments;
  hr_body nodes;
} body;

static hr_status build_body(body *b, const hr_function_place *place, hr_graph *library, const hr_function_attr *value) {
  hr_scope scope = hr_builder_root(b->builder);
  if (place->device) scope = hr_device_scope(scope, place->device->name);
  hr_call call;
  const hr_dtype *dtypes;
  HR_TRY(hr_call_of_value(library, value, &b->arena, &call));
  HR_TRY(hr_call_arguments(&call, &b->arena, &b->num_arguments, &dtypes));
  b->arguments = HR_ARENA_ARRAY(&b->arena, hr_output, b->num_arguments + 1);
  if (!b->arguments) return out_of_memory();
  for (int32_t i = 0; i < b->num_arguments; ++i) {
    hr_node_builder *n = hr_node_begin(scope, "Placeholder", "argument");
    hr_node_set_type(n, "dtype", dtypes[i]);
    b->arguments[i] = (hr_output){hr_node_finish(n), 0};
  }
  HR_TRY(hr_builder_status(b->builder));
  HR_TRY(hr_call_build(scope, "body", &call, (hr_outputs){b->num_arguments, b->arguments}, &b->nodes));
  return hr_builder_status(b->builder);
}

/* Nodes that may wait for others, or run for long without end. */
static bool may_wait(const hr_plan *plan) { return plan->is_dataflow || (plan->flow && plan->flow->is_controlled); }

static hr_status prepare(hr_function_runner *runner, const hr_function_place *place, const body *b) {
  hr_plan_request request = {.graph = runner->graph,
                             .devices = place->devices,
                             .resources = place->resources,
                             .private_resources = runner->state,
                             .num_feeds = b->num_arguments,
                             .feeds = b->arguments,
                             .num_fetches = b->nodes.results.count,
                             .fetches = b->nodes.results.items,
                             .num_targets = b->nodes.num_controls,
                             .targets = b->nodes.controls};
  hr_placer_options options = {.soft = true, .only_needed = true};
  if (place->device) HR_TRY(hr_placer_new(runner->graph, place->devices, options, &request.placer));
  hr_status status = hr_prepared_new(&request, &runner->prepared);
  hr_placer_free(request.placer);
  HR_TRY(status);
  runner->may_wait = may_wait(runner->prepared->plan);
  return HR_SUCCESS;
}

hr_status hr_function_runner_new(const hr_function_place *place, hr_graph *graph, const hr_function_attr *value,
                                 hr_function_runner **out) {
  *out = NULL;
  hr_function_runner *runner = calloc(1, sizeof *runner);
  if (!runner) return out_of_memory();
  atomic_init(&runner->references, 1);
  body b = {0};
  runner->state = hr_resource_manager_new("localhost");
  runner->graph = hr_graph_new_private(graph);
  if (runner->graph) b.builder = hr_builder_new(runner->graph);
  hr_status status = b.builder && runner->state ? build_body(&b, place, graph, value) : out_of_memory();
  if (!status) status = prepare(runner, place, &b);
  if (b.builder) hr_builder_free(b.builder);
  hr_arena_free(&b.arena);
  if (status) {
    hr_function_runner_unref(runner);
    return hr_status_from_within(status);
  }
  *out = runner;
  return HR_SUCCESS;
}

hr_function_runner *hr_function_runner_ref(hr_function_runner *runner) {
  atomic_fetch_add_explicit(&runner->references, 1, memory_order_relaxed);
  return runner;
}

void hr_function_runner_unref(hr_function_runner *runner) {
  if (!runner || atomic_fetch_sub_explicit(&runner->references, 1, memory_order_acq_rel) != 1) return;
  if (runner->prepared) hr_prepared_free(runner->prepared);
  hr_resource_manager_unref(runner->state);
  if (runner->graph) hr_graph_unref(runner->graph);
  free(runner);
}

int32_t hr_function_runner_arguments(const hr_function_runner *runner) { return runner->prepared->plan->num_feeds; }
int32_t hr_function_runner_results(const hr_function_runner *runner) { return runner->prepared->plan->num_fetches; }

/* ---- calling ----------------------------------------------------------------------------------------------------- */

/* Hands the caller's cancellation on to the step. */
typedef struct link {
  hr_cancel_watch watch;
  hr_step *step;
} link;

static void cancel_step(hr_cancel_watch *self) {
  hr_cancellation_cancel(&((link *)self)->step->cancellation, HR_CANCELLED);
}

static hr_status run(const hr_function_runner *runner, hr_step *step, hr_cancellation *cancellation) {
  if (!cancellation) return hr_step_run(step);
  hr_code reason = hr_cancellation_reason(cancellation);
  if (reason) return hr_cancellation_error(reason);
  if (!runner->may_wait) return hr_step_run(step);
  link to_step = {{.cancel = cancel_step}, step};
  if (!hr_cancellation_watch(cancellation, &to_step.watch)) return hr_cancellation_error(HR_CANCELLED);
  hr_status status = hr_step_run(step);
  hr_cancellation_unwatch(cancellation, &to_step.watch);
  return status;
}

/* Whether a result's buffer is one that never changes: an argument's, or a constant's of the plan. */
static bool is_lasting(const hr_step *step, int32_t slot, const hr_tensor *tensor) {
  const hr_plan *plan = step->plan;
  if (tensor->buffer->borrowed) return false;
  if (slot < plan->num_constants) return true;
  for (int32_t i = 0; i < plan->num_feeds; ++i)
    if (step->slots[plan->feeds[i].slot - plan->num_constants].tensor.buffer == tensor->buffer) return true;
  return false;
}

static hr_status take_result(hr_step *step, int32_t index, hr_tensor *out) {
  const hr_plan_fetch *fetch = &step->plan->fetches[index];
  if (!fetch->is_ref) {
    const hr_tensor *tensor = &hr_step_slot(step, fetch->slot)->tensor;
    if (hr_tensor_is_valid(tensor) && tensor->buffer && is_lasting(step, fetch->slot, tensor)) {
      hr_tensor_copy(tensor, out);
      return HR_SUCCESS;
    }
  }
  return hr_step_fetch(step, index, out);
}

static hr_status take_results(hr_step *step, hr_tensor *results) {
  for (int32_t i = 0; i < step->plan->num_fetches; ++i) {
    hr_status status = take_result(step, i, &results[i]);
    if (!status) continue;
    results[i] = (hr_tensor){0};
    while (i-- > 0)
      hr_tensor_clear(&results[i]);
    return status;
  }
  return HR_SUCCESS;
}

hr_status hr_function_call(hr_function_runner *runner, hr_cancellation *cancellation, const hr_tensor *const *arguments,
                           hr_tensor *results) {
  hr_step *step;
  HR_TRY(hr_prepared_take(runner->prepared, &step));
  const hr_plan *plan = step->plan;
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < plan->num_feeds && !status; ++i) {
    hr_dtype wanted = hr_output_dtype(plan->feeds[i].output), given = hr_tensor_dtype(arguments[i]);
    status = wanted == given ? hr_step_feed(step, i, arguments[i])
                             : hr_error(HR_INVALID_ARGUMENT, "Expects arg[%d] to be %s but %s is provided", (int)i,
                                        hr_dtype_name(wanted), hr_dtype_name(given));
  }
  if (!status) status = run(runner, step, cancellation);
  if (!status) status = take_results(step, results);
  hr_step_finish(step);
  hr_prepared_give_back(runner->prepared, step);
  return hr_status_from_within(status);
}
