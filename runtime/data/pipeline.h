/* What the iterators of one initialisation share: the functions that they call, the threads, and the word that ends
 * them all. */
#ifndef HR_RUNTIME_DATA_PIPELINE_H
#define HR_RUNTIME_DATA_PIPELINE_H

#include "runtime/device/thread_pool.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/session/function_runner.h"

typedef struct hr_kept_function hr_kept_function;
typedef struct hr_shared_entry hr_shared_entry;

typedef struct hr_pipeline {
  hr_function_place place;
  hr_thread_pool *pool;             /* of the CPU */
  hr_cancellation cancellation;     /* of what runs beside the callers: they end when the pipeline does */
  struct hr_statistics *statistics; /* where what is measured goes, lent by SetStatsAggregatorDataset; NULL: nowhere */
  _Atomic bool may_wait;            /* some function of it may wait for what others do: a queue, the host program */
  pthread_mutex_t lock;             /* guards what follows */
  hr_kept_function *functions;
  hr_shared_entry *shared;
} hr_pipeline;

/* NULL when out of memory. */
hr_pipeline *hr_pipeline_new(const hr_function_place *place);
/* Its iterators are closed by then. NULL is allowed. */
void hr_pipeline_free(hr_pipeline *pipeline);

/* The object of a place in the pipeline, made by make(argument) at first use. `*out` is a reference. */
HR_MUST_USE hr_status hr_pipeline_shared(hr_pipeline *pipeline, uint64_t path, hr_resource_maker make, void *argument,
                                         hr_resource **out);

/* Who asks for an element, and until when. */
typedef struct hr_pull {
  hr_pipeline *pipeline;
  hr_step *step;   /* that of the kernel for which it happens; NULL: a thread of the pipeline */
  bool is_away;    /* on another thread than the kernel's */
  bool is_closing; /* functions that end what others began run though the pipeline is cancelled */
} hr_pull;

static inline hr_pull hr_pull_beside(hr_pipeline *pipeline) { return (hr_pull){.pipeline = pipeline}; }
/* What a function that is called for it is cancelled by. */
static inline hr_cancellation *hr_pull_cancellation(const hr_pull *pull) {
  if (pull->is_closing) return NULL;
  return pull->step ? &pull->step->cancellation : &pull->pipeline->cancellation;
}
/* Cancelled once the step or the pipeline is to end; the host's hook is called on the way. Without locks held. */
HR_MUST_USE hr_status hr_pull_check(const hr_pull *pull);
/* Waits on a condition (hr_condition_init) with the lock held, for a while: the caller looks at what it waits for, and
 * at hr_pull_check without the lock, in between. */
void hr_pull_wait(pthread_cond_t *condition, pthread_mutex_t *lock);

/* ---- functions --------------------------------------------------------------------------------------------------- */

/* A function of a dataset: an attribute of its node, and what it captured. */
typedef struct hr_data_function {
  hr_graph *graph; /* of the node: a reference */
  const hr_function_attr *value;
  int32_t num_captured;
  hr_tensor *captured;
} hr_data_function;

/* Takes the function and shares the inputs first .. first + count - 1 of the kernel's node. */
HR_MUST_USE hr_status hr_data_function_init(const hr_kernel_context *ctx, const char *attr, int32_t first,
                                            int32_t count, hr_data_function *out);
void hr_data_function_clear(hr_data_function *function);

/* The function, ready to be called. Within a pipeline functions of one name are one, so that their random numbers go on
 * from iterator to iterator. Borrowed from the pipeline. */
HR_MUST_USE hr_status hr_pipeline_function(hr_pipeline *pipeline, const hr_data_function *function,
                                           hr_function_runner **out);

/* Calls it with `count` tensors and what it captured. */
HR_MUST_USE hr_status hr_data_call(hr_function_runner *runner, const hr_data_function *function, const hr_pull *pull,
                                   int32_t count, const hr_tensor *arguments, hr_tensor *results);

#endif
