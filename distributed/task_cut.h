/* Cutting a graph by task: each task gets a graph of its own, in which what comes from other tasks is a _Recv and what
 * they want a _Send, as TensorFlow's workers know them.
 *
 * One transfer brings a value to all its readers in a task. A node that waits for one in another task waits for the
 * transfer of an empty constant. In a loop, a control loop in each task that receives there (Enter, Merge, Switch,
 * NextIteration, led by the loop's LoopCond) makes its _Recv nodes run in every iteration; what is the same in all
 * iterations enters the loop in the task that reads it. */
#ifndef HR_DISTRIBUTED_TASK_CUT_H
#define HR_DISTRIBUTED_TASK_CUT_H

#include "runtime/plan/plan.h"

/* A device of the cluster, and the task that it is of. */
typedef struct hr_cut_device {
  const hr_device *device; /* name, type and incarnation count */
  int32_t task;
} hr_cut_device;

/* Where a value of the request goes in or comes out. */
typedef struct hr_cut_end {
  int32_t task;
  hr_output output; /* in the graph of that task, for the task's own plan to feed or fetch */
  const char *key;  /* of the _Recv or _Send that the other tasks have for it; NULL in `own_task` */
} hr_cut_end;

typedef struct hr_cut {
  hr_graph **graphs;  /* by task; NULL: nothing runs there. The caller's to unref, also after an error */
  hr_node ***targets; /* by task: nodes of its graph */
  int32_t *num_targets;
  hr_cut_end *feeds, *fetches; /* as in the request; task -1: a feed that nothing reads */
} hr_cut;

/* `nodes` are those that run (hr_plan_prune), `devices[i]` the index of that of nodes[i] in `all`. Feeds go in where
 * they are read, fetches come out where they are made; in `own_task` as outputs, elsewhere as client-terminated nodes.
 * With `as_bfloat16` floats are cast to that on their way and back behind it (enable_bfloat16_sendrecv).
 * Arrays go to `arena`. InvalidArgument for loops over several tasks that do not end like one. */
HR_MUST_USE hr_status hr_cut_by_task(const hr_plan_request *request, hr_node **nodes, const int32_t *devices,
                                     int32_t count, const hr_cut_device *all, int32_t num_tasks, int32_t own_task,
                                     bool as_bfloat16, hr_arena *arena, hr_cut *out);

#endif
