/* Parts of graphs that TensorFlow's optimizers have been at: what they fused is taken apart into the ops that it
 * consists of, which our own plans fuse their way. */
#ifndef HR_DISTRIBUTED_UNFOLD_H
#define HR_DISTRIBUTED_UNFOLD_H

#include "headrace/graph.h"

/* The readers of _UnaryOpsComposition, _FusedMatMul, _FusedConv2D and _FusedBatchNormEx nodes read chains of new nodes
 * instead; those of _ParallelConcatStart and _ParallelConcatUpdate nodes a ConcatV2. NotFound for an op that is
 * missing, InvalidArgument for one that does not fit. */
HR_MUST_USE hr_status hr_unfold(hr_graph *graph);
/* A node that nobody reads any more. */
bool hr_is_unfolded(const hr_node *node);

#endif
