/* The dataflow executor: for plans that cannot be walked, because some kernel answers later. A node becomes ready when
 * everything it waits for is done; ready nodes run on the calling thread in the order they became ready, asynchronous
 * ones are started and finish whenever they like, on any thread, without holding one. */
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/exec/poll.h"
#include "runtime/exec/trace.h"
#include <stdlib.h>

/* An asynchronous node that is under way: the argument of its done function. */
typedef struct hr_async_node {
  struct hr_dataflow *run;
  int32_t index;
} hr_async_node;

typedef struct hr_dataflow {
  hr_step *step;
  pthread_mutex_t lock; /* guards what follows, except where the node that runs owns it */
  pthread_cond_t changed;
  int32_t *pending; /* by node: what it still waits for */
  int32_t *readers; /* by slot: who still reads it; -1: kept */
  int32_t *ready;   /* a ring of node indices */
  int32_t first_ready, num_ready;
  int32_t under_way;    /* asynchronous nodes that have not answered */
  int32_t finished;     /* nodes */
  hr_status status;     /* the first error */
  hr_async_node *async; /* by node */
} hr_dataflow;

static hr_status new_dataflow(hr_step *step, hr_dataflow **out) {
  const hr_plan *plan = step->plan;
  hr_dataflow *run = calloc(1, sizeof *run);
  if (run) {
    run->step = step;
    run->pending = calloc((size_t)plan->num_nodes + 1, sizeof *run->pending);
    run->ready = calloc((size_t)plan->num_nodes + 1, sizeof *run->ready);
    run->async = calloc((size_t)plan->num_nodes + 1, sizeof *run->async);
    run->readers = calloc((size_t)plan->num_slots + 1, sizeof *run->readers);
  }
  if (!run || !run->pending || !run->ready || !run->async || !run->readers) {
    if (run) {
      free(run->pending);
      free(run->ready);
      free(run->async);
      free(run->readers);
    }
    free(run);
    return hr_error_out_of_memory((size_t)plan->num_nodes * 24, "a dataflow step");
  }
  pthread_mutex_init(&run->lock, NULL);
  hr_condition_init(&run->changed);
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    run->async[i] = (hr_async_node){run, i};
  *out = run;
  return HR_SUCCESS;
}

void hr_dataflow_free(hr_step *step) {
  hr_dataflow *run = step->dataflow;
  if (!run) return;
  pthread_mutex_destroy(&run->lock);
  pthread_cond_destroy(&run->changed);
  free(run->pending);
  free(run->ready);
  free(run->async);
  free(run->readers);
  free(run);
  step->dataflow = NULL;
}

static void make_ready(hr_dataflow *run, int32_t index) {
  int32_t capacity = run->step->plan->num_nodes;
  int32_t end = run->first_ready + run->num_ready++;
  run->ready[end < capacity ? end : end - capacity] = index;
}

static int32_t take_ready(hr_dataflow *run) {
  int32_t index = run->ready[run->first_ready];
  if (++run->first_ready == run->step->plan->num_nodes) run->first_ready = 0;
  --run->num_ready;
  return index;
}

/* The inputs that nobody but this node still reads; lock held. */
static uint64_t find_forwardable(const hr_dataflow *run, const hr_plan_node *node) {
  const hr_plan *plan = run->step->plan;
  uint64_t bits = 0;
  for (int32_t i = 0; i < node->num_inputs && i < 64; ++i) {
    int32_t slot = plan->input_slots[node->first_input + i];
    if (run->readers[slot] == 1 && plan->slot_kinds[slot] == HR_SLOT_TENSOR) bits |= UINT64_C(1) << i;
  }
  return bits;
}

/* Gives up what the node read, and what it made and nobody reads; lock held. */
static void release_values(hr_dataflow *run, const hr_plan_node *node) {
  hr_step *step = run->step;
  const hr_plan *plan = step->plan;
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    int32_t slot = plan->input_slots[node->first_input + i];
    if (run->readers[slot] > 0 && --run->readers[slot] == 0 && plan->slot_kinds[slot] == HR_SLOT_TENSOR)
      hr_tensor_clear(&hr_step_slot(step, slot)->tensor);
  }
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    int32_t slot = node->first_slot + k;
    if (run->readers[slot] == 0 && plan->slot_kinds[slot] == HR_SLOT_TENSOR)
      hr_tensor_clear(&hr_step_slot(step, slot)->tensor);
  }
}

/* A node is through; lock held. */
static void finish_node(hr_dataflow *run, int32_t index, hr_status status) {
  hr_step *step = run->step;
  const hr_plan_node *node = &step->plan->nodes[index];
  if (step->traces) hr_trace_node_end(step, index);
  if (status) {
    hr_status_keep_first(&run->status,
                         hr_status_at_node(status, node->node->name, node->node->op->name, node->node->where));
    return;
  }
  ++run->finished;
  release_values(run, node);
  for (int32_t i = 0; i < node->num_consumers; ++i) {
    int32_t consumer = step->plan->consumers[node->first_consumer + i];
    if (--run->pending[consumer] == 0) make_ready(run, consumer);
  }
}

static void async_done(void *argument, hr_status status) {
  hr_async_node *async = argument;
  hr_dataflow *run = async->run;
  pthread_mutex_lock(&run->lock);
  finish_node(run, async->index, status);
  --run->under_way;
  pthread_cond_signal(&run->changed);
  pthread_mutex_unlock(&run->lock);
}

/* Runs or starts a ready node; takes and gives back the lock. */
static void start_node(hr_dataflow *run, int32_t index) {
  hr_step *step = run->step;
  const hr_plan_node *node = &step->plan->nodes[index];
  hr_kernel_context *context = &step->contexts[index];
  context->forwardable = find_forwardable(run, node);
  bool is_async = node->kernel->compute_async != NULL;
  if (is_async) ++run->under_way;
  pthread_mutex_unlock(&run->lock);

  if (step->traces) hr_trace_node_start(step, index);
  hr_status status = hr_step_dereference(step, node);
  if (is_async && !status) {
    node->kernel->compute_async(context, async_done, &run->async[index]);
    pthread_mutex_lock(&run->lock);
    return;
  }
  if (!status) status = node->kernel->compute(context);
  pthread_mutex_lock(&run->lock);
  if (is_async) --run->under_way;
  finish_node(run, index, status);
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

hr_status hr_dataflow_run(hr_step *step) {
  const hr_plan *plan = step->plan;
  if (!step->dataflow) HR_TRY(new_dataflow(step, &step->dataflow));
  hr_dataflow *run = step->dataflow;
  pthread_mutex_lock(&run->lock);
  run->first_ready = run->num_ready = run->under_way = run->finished = 0;
  run->status = HR_SUCCESS;
  for (int32_t s = 0; s < plan->num_slots; ++s)
    run->readers[s] = plan->slot_readers[s];
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    run->pending[i] = plan->nodes[i].pending;
    if (run->pending[i] == 0) make_ready(run, i);
  }
  bool stopped = false;
  while (run->under_way > 0 || (run->num_ready > 0 && !run->status)) {
    if (hr_cancellation_word(&step->cancellation)) attend(run);
    if (run->status && !stopped) {
      stopped = true;
      stop_waiting(run);
    } else if (run->num_ready > 0 && !run->status) {
      start_node(run, take_ready(run));
    } else if (run->under_way > 0) {
      wait_for_change(run);
    }
  }
  hr_status status = run->status;
  run->status = HR_SUCCESS;
  if (!status && run->finished != plan->num_nodes)
    status = hr_error(HR_INVALID_ARGUMENT, "%d nodes of the graph wait for each other in a cycle",
                      plan->num_nodes - run->finished);
  pthread_mutex_unlock(&run->lock);
  return status;
}
