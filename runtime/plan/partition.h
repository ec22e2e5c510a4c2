/* Partition: where nodes stand on several devices, or on one whose memory is its own, the edges between them are cut.
 *
 * The plan gets a graph of its own: copies of the nodes, which read what comes from elsewhere through a pair of
 * transfers (transfer.h), one for each output and memory that wants it, however many read it there. A node that waits
 * for one on another device waits for the transfer of an empty constant, as in TensorFlow. Feeds come from the client's
 * memory, the first device's, and fetches go there.
 *
 * What leads into a loop, and from an iteration to the next, stands where the loop's Merge does; what is the same in
 * all iterations enters once for each device that reads it. */
#ifndef HR_RUNTIME_PLAN_PARTITION_H
#define HR_RUNTIME_PLAN_PARTITION_H

#include "runtime/plan/plan.h"

typedef struct hr_partition {
  hr_plan_request request; /* the same for the new graph, which holds its arrays */
  hr_node **nodes;         /* by rising id, in the arena */
  hr_device **devices;     /* by node id, in the arena */
  int32_t count;
} hr_partition;

/* "_arg_NAME_INDEX_NUMBER" or "_retval_...", as TensorFlow calls the ends of a run: numbered as their names are sorted.
 * NULL when memory is out. */
char *hr_end_name(hr_arena *arena, const char *kind, const hr_output *ends, int32_t count, int32_t index);
/* That number. */
int32_t hr_end_number(const hr_output *ends, int32_t count, int32_t index);

/* `devices[i]` is the device of nodes[i]. Arrays go to `arena`; out->request.graph is the caller's to unref, also after
 * an error (NULL where there is none). InvalidArgument for kernels that are missing. */
HR_MUST_USE hr_status hr_plan_partition(const hr_plan_request *request, hr_node *const *nodes,
                                        hr_device *const *devices, int32_t count, hr_arena *arena, hr_partition *out);

#endif
