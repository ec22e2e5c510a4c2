/* The dataflow executor: for plans that cannot be walked, because some kernel answers later, or because their branches
 * and loops are no nest. A node becomes ready when everything it waits for is done, or dead; ready nodes run on the
 * calling thread in the order they became ready, asynchronous ones are started and finish whenever they like, on any
 * thread, without holding one. Several iterations of a loop may be under way (frames.h). */
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/base/float_mode.h"
#include "runtime/exec/frames.h"
#include "runtime/exec/lanes.h"
#include "runtime/exec/poll.h"
#include "runtime/exec/trace.h"
#include "runtime/exec/walk.h"

/* A node is through; lock held. */
static void finish_node(hr_dataflow *run, hr_node_run *node, hr_status status) {
  const hr_plan_node *n = &run->step->plan->nodes[node->index];
  if (hr_is_edge_end(n->node)) {
    hr_kernel_context *context = hr_node_context(run, node);
    node->is_dead = context->alive_input < 0;
    context->alive_input = 0;
  }
  if (run->step->traces) hr_trace_node_end(run->step, node->index);
  if (!status) status = hr_node_finished(run, node);
  if (status) hr_status_keep_first(&run->status, hr_walk_failed(n, status));
}

static void go_on(hr_dataflow *run);

static void async_done(void *argument, hr_status status) {
  hr_node_run *node = argument;
  hr_dataflow *run = node->iteration->run;
  pthread_mutex_lock(&run->lock);
  finish_node(run, node, status);
  --run->under_way;
  if (run->done && !run->is_driven) {
    go_on(run);
    return;
  }
  pthread_cond_signal(&run->changed);
  pthread_mutex_unlock(&run->lock);
}

/* Before a node starts: its reference inputs become values. */
static hr_status dereference(hr_dataflow *run, const hr_node_run *node) {
  const hr_plan *plan = run->step->plan;
  const hr_plan_node *n = &plan->nodes[node->index];
  for (int32_t i = 0; i < n->num_dereferences; ++i) {
    const hr_dereference *d = &plan->dereferences[n->first_dereference + i];
    if (!hr_is_dereferenced(d, hr_node_context(run, node))) continue;
    HR_TRY(hr_dereference_value(hr_iteration_slot(run, node->iteration, d->from),
                                hr_iteration_slot(run, node->iteration, d->to), d->allow_uninitialized));
  }
  return HR_SUCCESS;
}

/* What leads into, out of or round a loop only hands its value on, which finishing does. */
static bool only_hands_on(const hr_node *node) {
  hr_control_flow control = hr_control_of(node);
  return control == HR_CONTROL_ENTER || control == HR_CONTROL_EXIT || control == HR_CONTROL_NEXT_ITERATION;
}

/* A node of another lane, on its thread. */
static void run_on_lane(void *argument, int32_t index, int32_t detail) {
  (void)index, (void)detail;
  hr_node_run *node = argument;
  hr_dataflow *run = node->iteration->run;
  const hr_plan_node *n = &run->step->plan->nodes[node->index];
  bool goes_on = hr_cancellation_reason(&run->step->cancellation) == HR_OK;
  async_done(node, goes_on ? hr_device_compute(n, hr_node_context(run, node)) : hr_cancellation_error(HR_CANCELLED));
}

static hr_status start_elsewhere(hr_node_run *node, const hr_plan_node *n, hr_kernel_context *context) {
  if (n->lane) return hr_stream_submit(n->device->stream, &(hr_stream_work){.run = run_on_lane, .argument = node});
  n->kernel->compute_async(context, async_done, node);
  return HR_SUCCESS;
}

/* What is ready only hands over to other tasks, or waits for them: the cores are theirs. Of many such nodes the last
 * ones find it out, so that none looks at all the others. Lock held. */
static void rest_if_only_edges(hr_dataflow *run) {
  enum { FEW = 8 };
  const hr_node_run *node = run->first_ready;
  for (int i = 0; node; node = node->next, ++i)
    if (i == FEW || !hr_is_edge_end(run->step->plan->nodes[node->index].node)) return;
  hr_thread_pool_rest(run->step->pool);
}

/* Runs or starts a ready node; takes and gives back the lock. */
static void start_node(hr_dataflow *run, hr_node_run *node) {
  hr_step *step = run->step;
  const hr_plan_node *n = &step->plan->nodes[node->index];
  hr_kernel_context *context = hr_node_context(run, node);
  if (node->is_dead && !hr_is_edge_end(n->node)) {
    finish_node(run, node, HR_SUCCESS);
    return;
  }
  if (hr_control_of(n->node) == HR_CONTROL_SEND && node->is_dead) context->alive_input = -1;
  context->forwardable = hr_find_forwardable(run, node) & ~n->fixed_inputs;
  bool is_async = n->kernel->compute_async || (n->lane && !only_hands_on(n->node));
  if (is_async) ++run->under_way;
  if (hr_is_edge_end(n->node)) {
    run->has_asked = true;
    if (step->rendezvous->flush) rest_if_only_edges(run);
  }
  pthread_mutex_unlock(&run->lock);

  if (step->traces) hr_trace_node_start(step, node->index);
  hr_status status = context->alive_input < 0 ? HR_SUCCESS : dereference(run, node);
  if (is_async && !status) {
    status = start_elsewhere(node, n, context);
    if (!status) {
      pthread_mutex_lock(&run->lock);
      return;
    }
  }
  if (!status && !is_async && !only_hands_on(n->node)) status = n->kernel->compute(context);
  pthread_mutex_lock(&run->lock);
  if (is_async) --run->under_way;
  finish_node(run, node, status);
}

/* Waits for an asynchronous node to answer; not much longer than the host's hook may wait. */
static void wait_for_change(hr_dataflow *run) {
  if (hr_poll_is_caller(run->step))
    hr_condition_wait_until(&run->changed, &run->lock, hr_monotonic_nanos() + HR_POLL_NANOS);
  else
    pthread_cond_wait(&run->changed, &run->lock);
}

/* The run's cancellation, and the host's hook; gives the lock back meanwhile. */
static void attend(hr_dataflow *run) {
  pthread_mutex_unlock(&run->lock);
  hr_status status = hr_step_check(run->step);
  pthread_mutex_lock(&run->lock);
  hr_status_keep_first(&run->status, status);
}

/* The first error ends the run: waiting nodes are told, so that they answer. */
static void stop_waiting(hr_dataflow *run) {
  pthread_mutex_unlock(&run->lock);
  hr_cancellation_cancel(&run->step->cancellation, HR_CANCELLED);
  pthread_mutex_lock(&run->lock);
}

/* Before a wait: what the step has asked other tasks for goes out together. True where it did, and the run may have
 * changed meanwhile. */
static bool flush(hr_dataflow *run) {
  hr_rendezvous *rendezvous = run->step->rendezvous;
  if (!rendezvous->flush || !run->has_asked || run->under_way == 0) return false;
  run->has_asked = false;
  pthread_mutex_unlock(&run->lock);
  rendezvous->flush(rendezvous);
  pthread_mutex_lock(&run->lock);
  return true;
}

/* Runs ready nodes until there are none, or an error has come; true at the end of the run. Lock held. */
static bool drive(hr_dataflow *run) {
  const hr_step *step = run->step;
  run->is_driven = true;
  while (true) {
    if (hr_cancellation_word(&step->cancellation) && run->under_way > 0) attend(run);
    if (run->status && !run->is_stopped && run->under_way > 0) {
      run->is_stopped = true;
      stop_waiting(run);
    } else if (hr_has_ready(run) && !run->status) {
      if (hr_cancellation_word(&step->cancellation)) attend(run);
      if (!run->status) start_node(run, hr_take_ready(run));
    } else if (!flush(run)) {
      break;
    }
  }
  run->is_driven = false;
  return run->under_way == 0;
}

/* What the run ends with; lock held. */
static hr_status end_run(hr_dataflow *run) {
  hr_status status = run->status;
  run->status = HR_SUCCESS;
  if (!status && run->finished != run->num_root_nodes)
    status = hr_error(HR_INVALID_ARGUMENT, "%d nodes of the graph wait for each other in a cycle",
                      run->num_root_nodes - run->finished);
  hr_dataflow_end(run);
  return status;
}

hr_status hr_dataflow_run(hr_step *step) {
  if (!step->dataflow) HR_TRY(hr_dataflow_new(step, &step->dataflow));
  hr_dataflow *run = step->dataflow;
  pthread_mutex_lock(&run->lock);
  run->done = NULL;
  hr_dataflow_begin(run);
  while (!drive(run))
    wait_for_change(run);
  hr_status status = end_run(run);
  pthread_mutex_unlock(&run->lock);
  return status;
}

/* The calling thread goes on with a run that nobody waits for, and ends it where nothing is left. Gives the lock back.
 */
static void go_on(hr_dataflow *run) {
  hr_float_mode mode = hr_float_mode_enter();
  bool has_ended = drive(run);
  hr_step_done done = run->done;
  void *argument = run->done_argument;
  hr_status status = has_ended ? end_run(run) : HR_SUCCESS;
  if (has_ended) run->done = NULL;
  pthread_mutex_unlock(&run->lock);
  hr_float_mode_leave(mode);
  if (has_ended) done(argument, status);
}

void hr_dataflow_start(hr_step *step, hr_step_done done, void *argument) {
  hr_status status = step->dataflow ? HR_SUCCESS : hr_dataflow_new(step, &step->dataflow);
  if (status) {
    done(argument, status);
    return;
  }
  hr_dataflow *run = step->dataflow;
  pthread_mutex_lock(&run->lock);
  run->done = done;
  run->done_argument = argument;
  hr_dataflow_begin(run);
  go_on(run);
}
