/* Matrix products that nobody reads. A step of training makes the gradient of every input of an operation before any of
 * them is used (TensorFlow's tuple/group_deps), that of the data included, which costs as much as the layer itself. */
#ifndef HR_RUNTIME_PLAN_UNOBSERVED_H
#define HR_RUNTIME_PLAN_UNOBSERVED_H

#include "runtime/plan/node_set.h"
#include "runtime/plan/plan.h"

typedef struct hr_unobserved {
  const hr_graph *graph;
  hr_arena *arena;
  hr_node_set effects; /* nodes that have an effect, or wait for one; made at first use */
  bool failed;         /* no memory for the set: nothing is left out */
} hr_unobserved;

/* Whether a control edge from `node` may be left out of a plan: a matrix product that, with all it depends on, has no
 * effect but its value. */
bool hr_is_unobserved(hr_unobserved *u, const hr_node *node);

#endif
