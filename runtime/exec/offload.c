#include "runtime/exec/offload.h"
#include "runtime/exec/poll.h"
#include "runtime/exec/walk.h"
#include <sched.h>
#include <stdlib.h>

/* ---- the schedule ---------------------------------------------------------------------------------------------- */

static bool takes_reference(const hr_node *node) {
  for (int i = 0; i < node->op->num_inputs; ++i) {
    if (node->op->inputs[i].is_ref) return true;
  }
  return false;
}

/* Nothing offloaded may run beside it. */
static bool is_barrier(const hr_node *node) { return (node->op->flags & HR_OP_STATEFUL) || takes_reference(node); }

static bool reads(const hr_node *node, const hr_node *producer) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    if (node->inputs[i].node == producer) return true;
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    if (node->control_inputs[i] == producer) return true;
  }
  return false;
}

/* An output that nobody reads is released with the node itself. */
static bool has_unread_output(const hr_plan *plan, const hr_plan_node *node) {
  for (int32_t r = 0; r < node->num_releases; ++r) {
    int32_t slot = plan->releases[node->first_release + r];
    if (slot >= node->first_slot && slot < node->first_slot + node->num_outputs) return true;
  }
  return false;
}

/* The first node after `index` that must wait for it; num_nodes for none. `*between` sums up the work that need not. */
static int32_t find_join(const hr_plan *plan, int32_t index, int64_t *between) {
  *between = 0;
  for (int32_t i = index + 1; i < plan->num_nodes; ++i) {
    const hr_node *node = plan->nodes[i].node;
    if (is_barrier(node) || reads(node, plan->nodes[index].node)) return i;
    *between += plan->nodes[i].nanos;
  }
  return plan->num_nodes;
}

hr_status hr_schedule_make(hr_plan *plan, hr_schedule **out) {
  int32_t n = plan->num_nodes;
  hr_schedule *s = hr_arena_zalloc(&plan->arena, sizeof *s, _Alignof(hr_schedule));
  int32_t *join_at = malloc(sizeof *join_at * ((size_t)n + 1)); /* by task */
  if (s) {
    s->nodes = HR_ARENA_ARRAY(&plan->arena, int32_t, n + 1);
    s->task_of = HR_ARENA_ARRAY(&plan->arena, int32_t, n + 1);
    s->first_join = hr_arena_zalloc(&plan->arena, sizeof(int32_t) * ((size_t)n + 2), _Alignof(int32_t));
    s->joins = HR_ARENA_ARRAY(&plan->arena, int32_t, n + 1);
  }
  if (!s || !join_at || !s->nodes || !s->task_of || !s->first_join || !s->joins) {
    free(join_at);
    return hr_error_out_of_memory(sizeof(int32_t) * 4 * (size_t)n, "a schedule");
  }
  for (int32_t i = 0; i < n; ++i) {
    s->task_of[i] = -1;
    const hr_plan_node *node = &plan->nodes[i];
    if (node->nanos < HR_OFFLOAD_NANOS || node->splits || is_barrier(node->node) || has_unread_output(plan, node))
      continue;
    int64_t between;
    int32_t join = find_join(plan, i, &between);
    if (between < HR_OFFLOAD_NANOS / 2) continue;
    join_at[s->count] = join;
    s->task_of[i] = s->count;
    s->nodes[s->count++] = i;
  }
  for (int32_t t = 0; t < s->count; ++t)
    ++s->first_join[join_at[t] + 1];
  for (int32_t i = 0; i <= n; ++i)
    s->first_join[i + 1] += s->first_join[i];
  for (int32_t t = 0; t < s->count; ++t)
    s->joins[s->first_join[join_at[t]]++] = t;
  for (int32_t i = n + 1; i > 0; --i)
    s->first_join[i] = s->first_join[i - 1]; /* each start had moved to its list's end */
  s->first_join[0] = 0;
  free(join_at);
  *out = s;
  return HR_SUCCESS;
}

/* ---- running --------------------------------------------------------------------------------------------------- */

/* An offloaded node in one step: its own inputs and outputs, and where it stands. */
struct hr_offload_task {
  hr_task task;
  hr_step *step;
  const hr_plan_node *node;
  hr_kernel_context context;
  const hr_value **input_pointers;
  hr_value *inputs, *outputs;
  hr_status status;
  bool started; /* and not joined */
  _Atomic bool done;
};

static void run_task(hr_task *self) {
  hr_offload_task *task = (hr_offload_task *)self;
  task->status = task->node->kernel->compute(&task->context);
  atomic_store_explicit(&task->done, true, memory_order_release);
}

static void free_tasks(hr_offload_task *tasks, int32_t count) {
  for (int32_t t = 0; t < count; ++t) {
    free(tasks[t].input_pointers);
    free(tasks[t].inputs);
    free(tasks[t].outputs);
  }
  free(tasks);
}

void hr_offload_free(hr_step *step) {
  free_tasks(step->tasks, step->num_tasks);
  step->tasks = NULL;
  step->num_tasks = 0;
}

static hr_status make_tasks(hr_step *step, const hr_schedule *schedule) {
  hr_offload_task *tasks = calloc((size_t)schedule->count, sizeof *tasks);
  bool made = tasks != NULL;
  for (int32_t t = 0; made && t < schedule->count; ++t) {
    const hr_plan_node *node = &step->plan->nodes[schedule->nodes[t]];
    hr_offload_task *task = &tasks[t];
    task->task.run = run_task;
    task->step = step;
    task->node = node;
    task->input_pointers = calloc((size_t)node->num_inputs + 1, sizeof *task->input_pointers);
    task->inputs = calloc((size_t)node->num_inputs + 1, sizeof *task->inputs);
    task->outputs = calloc((size_t)node->num_outputs + 1, sizeof *task->outputs);
    made = task->input_pointers && task->inputs && task->outputs;
    for (int32_t i = 0; made && i < node->num_inputs; ++i)
      task->input_pointers[i] = &task->inputs[i];
    task->context = (hr_kernel_context){
        .inputs = task->input_pointers, .outputs = task->outputs, .state = node->state, .node = node, .step = step};
  }
  if (!made) {
    if (tasks) free_tasks(tasks, schedule->count);
    return hr_error_out_of_memory(sizeof *tasks * (size_t)schedule->count, "the tasks of a step");
  }
  step->tasks = tasks;
  step->num_tasks = schedule->count;
  return HR_SUCCESS;
}

/* Gives the node to the pool with its own hold on its inputs. */
static hr_status start_task(hr_step *step, int32_t index, hr_offload_task *task) {
  const hr_plan_node *node = task->node;
  HR_TRY(hr_step_dereference(step, node));
  for (int32_t i = 0; i < node->num_inputs; ++i)
    hr_tensor_copy(&step->inputs[node->first_input + i]->tensor, &task->inputs[i].tensor);
  task->status = HR_SUCCESS;
  task->done = false;
  task->started = true;
  hr_walk_release(step, &step->plan->nodes[index]);
  hr_thread_pool_submit(step->pool, &task->task);
  return HR_SUCCESS;
}

/* Waits for the node (or runs it here, where no worker has come to it), and puts its outputs where readers look. */
static hr_status join_task(hr_step *step, hr_offload_task *task) {
  if (!task->started) return HR_SUCCESS;
  task->started = false;
  if (hr_thread_pool_withdraw(step->pool, &task->task)) run_task(&task->task);
  while (!atomic_load_explicit(&task->done, memory_order_acquire)) {
    sched_yield();
    if (hr_cancellation_word(&step->cancellation)) hr_poll_attend(step);
  }
  const hr_plan_node *node = task->node;
  for (int32_t i = 0; i < node->num_inputs; ++i)
    hr_tensor_clear(&task->inputs[i].tensor);
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    hr_value *slot = hr_step_slot(step, node->first_slot + k);
    slot->tensor = task->outputs[k].tensor;
    task->outputs[k].tensor = (hr_tensor){0};
  }
  return hr_status_at_node(task->status, node->node->name, node->node->op->name, node->node->where);
}

static hr_status join_before(hr_step *step, const hr_schedule *schedule, int32_t index) {
  for (int32_t j = schedule->first_join[index]; j < schedule->first_join[index + 1]; ++j)
    HR_TRY(join_task(step, &step->tasks[schedule->joins[j]]));
  return HR_SUCCESS;
}

static hr_status run_nodes(hr_step *step, const hr_schedule *schedule) {
  const hr_plan *plan = step->plan;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    HR_TRY(join_before(step, schedule, i));
    int32_t task = schedule->task_of[i];
    hr_status status = task >= 0 ? start_task(step, i, &step->tasks[task]) : hr_walk_node(step, i);
    if (status)
      return hr_status_at_node(status, plan->nodes[i].node->name, plan->nodes[i].node->op->name,
                               plan->nodes[i].node->where);
    HR_TRY(hr_step_check(step));
  }
  return join_before(step, schedule, plan->num_nodes);
}

hr_status hr_walk_scheduled(hr_step *step, const hr_schedule *schedule) {
  if (!step->tasks) HR_TRY(make_tasks(step, schedule));
  hr_status status = run_nodes(step, schedule);
  for (int32_t t = 0; status && t < step->num_tasks; ++t) { /* an error left some under way */
    hr_status other = join_task(step, &step->tasks[t]);
    hr_status_free(other);
  }
  return status;
}
