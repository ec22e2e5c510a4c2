#include "runtime/exec/step.h"
#include "runtime/base/float_mode.h"
#include "runtime/exec/lanes.h"
#include "runtime/exec/offload.h"
#include "runtime/exec/poll.h"
#include "runtime/plan/flow.h"
#include "runtime/resource/variable.h"
#include <stdlib.h>

static hr_status allocate(hr_step *step) {
  hr_plan *plan = step->plan;
  size_t slots = (size_t)(plan->num_slots - plan->num_constants);
  step->slots = hr_arena_zalloc(&step->arena, sizeof(hr_value) * (slots + 1), 64);
  step->inputs = HR_ARENA_ARRAY(&step->arena, const hr_value *, plan->num_inputs + 1);
  step->contexts = HR_ARENA_ARRAY(&step->arena, hr_kernel_context, plan->num_nodes + 1);
  if (!step->slots || !step->inputs || !step->contexts)
    return hr_error_out_of_memory(sizeof(hr_value) * slots + sizeof(hr_kernel_context) * (size_t)plan->num_nodes,
                                  "a step");
  if (!plan->flow) return HR_SUCCESS;
  size_t predicates = (size_t)plan->flow->num_predicates + 1, loops = (size_t)plan->flow->num_loops + 1;
  step->predicates = hr_arena_zalloc(&step->arena, predicates, 1);
  step->comes_back = hr_arena_zalloc(&step->arena, loops * sizeof *step->comes_back, 1);
  return step->predicates && step->comes_back ? HR_SUCCESS : hr_error_out_of_memory(predicates + loops, "a step");
}

hr_status hr_step_new(hr_plan *plan, hr_step **out) {
  hr_step *step = calloc(1, sizeof *step);
  if (!step) return hr_error_out_of_memory(sizeof *step, "a step");
  step->plan = plan;
  step->pool = plan->device->pool;
  step->resources = plan->resources;
  hr_step_allocator_init(&step->allocator, plan->device->allocator, plan->plans_memory);
  hr_cancellation_init(&step->cancellation);
  hr_rendezvous_init(&step->own_rendezvous);
  step->rendezvous = &step->own_rendezvous;
  hr_status status = allocate(step);
  if (status) {
    hr_step_free(step);
    return status;
  }
  for (int32_t i = 0; i < plan->num_inputs; ++i)
    step->inputs[i] = hr_step_slot(step, plan->input_slots[i]);
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    const hr_plan_node *node = &plan->nodes[i];
    step->contexts[i] = (hr_kernel_context){.inputs = step->inputs + node->first_input,
                                            .outputs = hr_step_slot(step, node->first_slot),
                                            .state = node->state,
                                            .forwardable = node->forwardable,
                                            .node = node,
                                            .step = step};
  }
  if (plan->num_lanes > 1) status = hr_lanes_new(step, &step->lanes);
  if (status) {
    hr_step_free(step);
    return status;
  }
  *out = step;
  return HR_SUCCESS;
}

void hr_step_free(hr_step *step) {
  if (!step) return;
  hr_poll_forget();
  if (step->slots) hr_step_clear_all(step);
  hr_dataflow_free(step);
  hr_offload_free(step);
  hr_lanes_free(step->lanes);
  hr_resource_manager_unref(step->local_resources);
  hr_rendezvous_clear(&step->own_rendezvous);
  hr_cancellation_clear(&step->cancellation);
  hr_step_allocator_clear(&step->allocator);
  hr_arena_free(&step->arena);
  free(step);
}

hr_status hr_dereference_value(const hr_value *from, hr_value *to, bool allow_uninitialized) {
  hr_variable *variable = from->ref;
  hr_variable_lock(variable);
  hr_status status = allow_uninitialized ? HR_SUCCESS : hr_variable_check(variable);
  if (!status) hr_tensor_copy(&variable->value, &to->tensor);
  hr_variable_unlock(variable);
  return status;
}

hr_status hr_step_dereference(hr_step *step, const hr_plan_node *node) {
  const hr_dereference *d = step->plan->dereferences + node->first_dereference;
  const hr_kernel_context *ctx = &step->contexts[node - step->plan->nodes];
  for (int32_t i = 0; i < node->num_dereferences; ++i)
    if (hr_is_dereferenced(&d[i], ctx))
      HR_TRY(
          hr_dereference_value(hr_step_slot(step, d[i].from), hr_step_slot(step, d[i].to), d[i].allow_uninitialized));
  return HR_SUCCESS;
}

hr_resource_manager *hr_step_local_resources(hr_step *step) {
  pthread_mutex_lock(&step->cancellation.lock);
  if (!step->local_resources) step->local_resources = hr_resource_manager_new("step");
  hr_resource_manager *resources = step->local_resources;
  pthread_mutex_unlock(&step->cancellation.lock);
  return resources;
}

/* What is left to do when the nodes have run. */
static hr_status end_run(hr_step *step, hr_status status) {
  if (__builtin_expect(step->lanes != NULL, 0)) status = hr_lanes_finish(step, status);
  status = hr_step_outcome(step, status);
  if (__builtin_expect(status != HR_SUCCESS, 0)) hr_step_clear_all(step);
  return status;
}

hr_status hr_step_run(hr_step *step) {
  hr_float_mode mode = hr_float_mode_enter();
  const hr_plan *plan = step->plan;
  hr_status status = plan->is_dataflow                            ? hr_dataflow_run(step)
                     : plan->flow && plan->flow->num_instructions ? hr_run_program(step)
                                                                  : hr_walk(step);
  hr_float_mode_leave(mode);
  return end_run(step, status);
}

static void dataflow_ended(void *argument, hr_status status) {
  hr_step *step = argument;
  hr_step_done done = step->done;
  void *done_argument = step->done_argument;
  done(done_argument, end_run(step, status));
}

void hr_step_start(hr_step *step, hr_step_done done, void *argument) {
  if (!step->plan->is_dataflow) {
    done(argument, hr_step_run(step));
    return;
  }
  step->done = done;
  step->done_argument = argument;
  hr_dataflow_start(step, dataflow_ended, step);
}

/* A node that was told to stop waiting knows only that: where time is up, that is what the run says. */
static hr_status reason_of(const hr_step *step, hr_status status) {
  hr_code reason = hr_cancellation_reason(&step->cancellation);
  if (reason != HR_DEADLINE_EXCEEDED || hr_status_code(status) != HR_CANCELLED) return status;
  hr_status_free(status);
  return hr_cancellation_error(reason);
}

hr_status hr_step_outcome(hr_step *step, hr_status status) {
  if (__builtin_expect(status != HR_SUCCESS, 0)) status = reason_of(step, status);
  if (__builtin_expect(step->interrupt == HR_SUCCESS, 1)) return status;
  hr_status_free(status);
  status = step->interrupt;
  step->interrupt = HR_SUCCESS;
  return status;
}

hr_status hr_step_attend(hr_step *step) {
  hr_poll_attend(step);
  hr_code reason = hr_cancellation_reason(&step->cancellation);
  return reason ? hr_cancellation_error(reason) : HR_SUCCESS;
}

static hr_status bad_feed(hr_output output, const hr_tensor *value) {
  hr_shape shape = hr_tensor_shape(value);
  char given[HR_SHAPE_TEXT], wanted[HR_SHAPE_TEXT];
  hr_dtype dtype = hr_dtype_base(hr_output_dtype(output));
  if (hr_tensor_dtype(value) != dtype)
    return hr_error(HR_INVALID_ARGUMENT, "Cannot feed a value of type %s for Tensor '%s:%d', which has type %s",
                    hr_dtype_name(hr_tensor_dtype(value)), output.node->name, output.index, hr_dtype_name(dtype));
  return hr_error(HR_INVALID_ARGUMENT, "Cannot feed value of shape %s for Tensor '%s:%d', which has shape %s",
                  hr_shape_text(&shape, given), output.node->name, output.index,
                  hr_partial_shape_text(hr_output_shape(output), wanted));
}

static bool shape_fits(const hr_tensor *value, const hr_partial_shape *wanted) {
  if (wanted->rank < 0) return true;
  if (wanted->rank != value->rank) return false;
  for (int i = 0; i < wanted->rank; ++i) {
    if (wanted->dims[i] >= 0 && wanted->dims[i] != value->dims[i]) return false;
  }
  return true;
}

hr_status hr_step_feed(hr_step *step, int32_t index, const hr_tensor *value) {
  const hr_plan_feed *feed = &step->plan->feeds[index];
  if (hr_tensor_dtype(value) != hr_dtype_base(hr_output_dtype(feed->output)) ||
      !shape_fits(value, hr_output_shape(feed->output)))
    return bad_feed(feed->output, value);
  step->slots[feed->slot - step->plan->num_constants].tensor = *value;
  return HR_SUCCESS;
}

static hr_status fetch_reference(hr_variable *variable, hr_tensor *out) {
  hr_variable_lock(variable);
  hr_status status = hr_variable_check(variable);
  if (!status) status = hr_tensor_clone(hr_cpu_allocator(), &variable->value, out);
  hr_variable_unlock(variable);
  return status;
}

hr_status hr_step_fetch(hr_step *step, int32_t index, hr_tensor *out) {
  const hr_plan_fetch *fetch = &step->plan->fetches[index];
  hr_value *value = hr_step_slot(step, fetch->slot);
  const hr_node *node = fetch->output.node;
  if (fetch->is_ref && !value->ref)
    return hr_error(HR_INVALID_ARGUMENT, "Retval[%d] does not have value: %s:%d is dead", index, node->name,
                    fetch->output.index);
  if (fetch->is_ref)
    return hr_status_at_node(fetch_reference(value->ref, out), node->name, node->op->name, node->where);
  hr_tensor *tensor = &value->tensor;
  if (!hr_tensor_is_valid(tensor) && step->plan->flow)
    return hr_error(HR_INVALID_ARGUMENT, "Retval[%d] does not have value: %s:%d is dead", index, node->name,
                    fetch->output.index);
  if (!hr_tensor_is_valid(tensor))
    return hr_error(HR_INTERNAL, "%s:%d was fetched but has no value", fetch->output.node->name, fetch->output.index);
  if (!tensor->buffer) {
    *out = *tensor;
    return HR_SUCCESS;
  }
  /* A buffer that nobody else holds goes out as it is; what a variable, a constant or a feed holds is copied. */
  if (fetch->is_last && !tensor->buffer->borrowed && !hr_buffer_is_shared(tensor->buffer) &&
      hr_step_allocator_detach(&step->allocator, tensor->buffer)) {
    *out = *tensor;
    *tensor = (hr_tensor){0};
    return HR_SUCCESS;
  }
  return hr_tensor_clone(hr_cpu_allocator(), tensor, out);
}

static void forget_feeds(hr_step *step) {
  const hr_plan *plan = step->plan;
  for (int32_t i = 0; i < plan->num_feeds; ++i) {
    hr_tensor *tensor = &step->slots[plan->feeds[i].slot - plan->num_constants].tensor;
    tensor->buffer = NULL; /* the caller's */
    tensor->data = NULL;
    tensor->dtype = HR_INVALID;
  }
}

void hr_step_clear_all(hr_step *step) {
  const hr_plan *plan = step->plan;
  forget_feeds(step);
  for (int32_t s = plan->num_constants; s < plan->num_slots; ++s) {
    if (plan->slot_kinds[s] == HR_SLOT_TENSOR) hr_tensor_clear(&step->slots[s - plan->num_constants].tensor);
  }
}

void hr_step_finish(hr_step *step) {
  const hr_plan *plan = step->plan;
  if (plan->is_dataflow) {
    hr_step_clear_all(step);
  } else {
    forget_feeds(step);
    for (int32_t i = 0; i < plan->num_fetches; ++i) {
      int32_t slot = plan->fetches[i].slot;
      if (slot >= plan->num_constants && plan->slot_kinds[slot] == HR_SLOT_TENSOR)
        hr_tensor_clear(&step->slots[slot - plan->num_constants].tensor);
    }
  }
  if (step->local_resources) {
    hr_resource_manager_unref(step->local_resources);
    step->local_resources = NULL;
  }
  hr_rendezvous_empty(&step->own_rendezvous);
  hr_step_allocator_end_step(&step->allocator);
}
