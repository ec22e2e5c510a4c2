/* Steps: the memory of one run of a plan. A step is made once and used for many runs, one at a time; a plan keeps the
 * idle ones (step_pool.h). Slots, input pointers and kernel contexts point at each other, so nothing is set up again
 * between runs. */
#ifndef HR_RUNTIME_EXEC_STEP_H
#define HR_RUNTIME_EXEC_STEP_H

#include "runtime/exec/cancellation.h"
#include "runtime/exec/rendezvous.h"
#include "runtime/exec/step_allocator.h"
#include "runtime/plan/plan.h"

typedef struct hr_node_trace hr_node_trace; /* trace.h */

/* The end of a run that was started; owns `status`. */
typedef void (*hr_step_done)(void *argument, hr_status status);

struct hr_step {
  hr_plan *plan;
  hr_value *slots;             /* of the run: slot s of the plan is slots[s - num_constants] */
  const hr_value **inputs;     /* parallel to plan->input_slots */
  hr_kernel_context *contexts; /* parallel to plan->nodes */
  hr_step_allocator allocator;
  hr_thread_pool *pool; /* for splitting loops; NULL: calling thread only */
  hr_resource_manager *resources;
  int64_t id;
  hr_cancellation cancellation;
  hr_rendezvous *rendezvous; /* of this run's Send and Recv nodes: its own, or one that it shares */
  hr_rendezvous own_rendezvous;
  hr_resource_manager *local_resources; /* made at first use, emptied after each run */
  hr_status interrupt;                  /* what the host's hook said to stop the run; the calling thread's */
  _Atomic bool busy;                    /* in a run: what closing a session waits for */
  hr_node_trace *traces;                /* plan->num_nodes of them in a traced run, else NULL */
  struct hr_dataflow *dataflow;         /* of dataflow.c, made at first use */
  hr_step_done done;                    /* of a run that was started */
  void *done_argument;
  _Atomic bool split;            /* a node has split a loop since this was cleared */
  bool alone;                    /* in this run no node goes to the pool */
  struct hr_offload_task *tasks; /* of offload.c, made at first use */
  int32_t num_tasks;
  struct hr_lanes *lanes; /* lanes.h; NULL for a plan with one lane */
  uint8_t *predicates;    /* of the plan's control flow: what each is at the moment */
  bool *comes_back;       /* by loop: the iteration is not the first */
  hr_arena arena;
};

/* ResourceExhausted. */
HR_MUST_USE hr_status hr_step_new(hr_plan *plan, hr_step **out);
void hr_step_free(hr_step *step);

/* Runs all nodes once. Feeds stand in their slots; afterwards fetched values stand in theirs. On an error all slots are
 * empty. */
HR_MUST_USE hr_status hr_step_run(hr_step *step);
/* The same without waiting: the calling thread goes on as long as some node is ready, and then whichever thread answers
 * for an asynchronous one. `done` is called once, on the last of them, perhaps before this returns. */
void hr_step_start(hr_step *step, hr_step_done done, void *argument);
/* Puts feed i in its slot (borrowed until hr_step_finish). InvalidArgument for a wrong dtype or shape. */
HR_MUST_USE hr_status hr_step_feed(hr_step *step, int32_t index, const hr_tensor *value);
/* Takes fetch i out as a tensor of its own. */
HR_MUST_USE hr_status hr_step_fetch(hr_step *step, int32_t index, hr_tensor *out);
/* Empties all slots that may still hold something. */
void hr_step_finish(hr_step *step);
/* Empties every slot of the run, whatever happened. */
void hr_step_clear_all(hr_step *step);

/* What the run ends with: the hook's own status where it stopped the run. */
HR_MUST_USE hr_status hr_step_outcome(hr_step *step, hr_status status);

/* OK while the run may go on; on the way the host's hook is called where it is due. On the calling thread, after each
 * node, without locks held. */
HR_MUST_USE hr_status hr_step_attend(hr_step *step);
static inline HR_MUST_USE hr_status hr_step_check(hr_step *step) {
  return __builtin_expect(hr_cancellation_word(&step->cancellation) == 0, 1) ? HR_SUCCESS : hr_step_attend(step);
}

/* The executors (walk.c, program.c, dataflow.c). */
HR_MUST_USE hr_status hr_walk(hr_step *step);
HR_MUST_USE hr_status hr_run_program(hr_step *step);
HR_MUST_USE hr_status hr_dataflow_run(hr_step *step);
void hr_dataflow_start(hr_step *step, hr_step_done done, void *argument);
void hr_dataflow_free(hr_step *step);

/* Before a node starts: its reference inputs become values, of a Merge the one that is alive. FailedPrecondition for
 * uninitialised variables. */
HR_MUST_USE hr_status hr_dereference_value(const hr_value *from, hr_value *to, bool allow_uninitialized);
static inline bool hr_is_dereferenced(const hr_dereference *d, const hr_kernel_context *ctx) {
  return d->merged < 0 || d->merged == ctx->alive_input;
}
HR_MUST_USE hr_status hr_step_dereference(hr_step *step, const hr_plan_node *node);

static inline hr_value *hr_step_slot(hr_step *step, int32_t slot) {
  return slot < step->plan->num_constants ? &step->plan->constants[slot]
                                          : &step->slots[slot - step->plan->num_constants];
}
/* The step's own resources; NULL when out of memory. */
hr_resource_manager *hr_step_local_resources(hr_step *step);

/* Runs the plan's constant nodes: once, after hr_plan_new. */
HR_MUST_USE hr_status hr_plan_run_constants(hr_plan *plan);

#endif
