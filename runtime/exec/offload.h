/* Offloading: in a walked plan, gives nodes that take long and cannot be split to the pool while the walk goes on.
 *
 * The first runs of a plan are timed. A node is worth a worker where it takes at least HR_OFFLOAD_NANOS, did not split
 * its own loops, and enough other work stands between it and whoever needs it. Such a node gets its inputs (sharing
 * their buffers) in memory of its own, so that the walk may release and reuse slots meanwhile; it is joined before its
 * first reader, and before any node that takes a reference or has state, because those may write to memory it reads. */
#ifndef HR_RUNTIME_EXEC_OFFLOAD_H
#define HR_RUNTIME_EXEC_OFFLOAD_H

#include "runtime/plan/plan.h"

/* Waking a thread costs tens of microseconds: work below this stays where it is. */
#define HR_OFFLOAD_NANOS 100000
/* Runs that are timed, after a first one that warms up. */
#define HR_TIMED_RUNS 3

typedef struct hr_offload_task hr_offload_task;

/* Which nodes go to the pool and where they are joined: made once a plan, from the measured costs. */
struct hr_schedule {
  int32_t count;       /* offloaded nodes */
  int32_t *nodes;      /* their indices in the plan, rising */
  int32_t *task_of;    /* by node: index into nodes, -1 for none */
  int32_t *first_join; /* by node, one more than there are: into joins */
  int32_t *joins;      /* indices into nodes: joined before the node runs; the last list at the end */
};

/* Chooses by the nodes' measured costs; `*out` (in the plan's arena) has count 0 where nothing is worth it. Call under
 * a lock of the plan's. */
HR_MUST_USE hr_status hr_schedule_make(hr_plan *plan, hr_schedule **out);

/* The walk with a schedule. */
HR_MUST_USE hr_status hr_walk_scheduled(hr_step *step, const hr_schedule *schedule);
/* Frees the step's tasks. */
void hr_offload_free(hr_step *step);

#endif
