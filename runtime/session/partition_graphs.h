/* What a run executed, as GraphDefs: RunMetadata.partition_graphs. */
#ifndef HR_RUNTIME_SESSION_PARTITION_GRAPHS_H
#define HR_RUNTIME_SESSION_PARTITION_GRAPHS_H

#include "proto/config.pb-c.h"
#include "runtime/plan/plan.h"

/* Adds a GraphDef for each device of the plan that has nodes, in the arena: the nodes that run, with their devices;
 * feeds as nodes _arg_NAME_INDEX_NUMBER and fetches as _retval_..., and what goes from one device to another through
 * _Send and _Recv, as in TensorFlow. (Loops need no control loops of their own on the other devices here.) */
HR_MUST_USE hr_status hr_partition_graphs_fill(const hr_plan *plan, hr_arena *arena, HrPb__RunMetadata *metadata);

#endif
