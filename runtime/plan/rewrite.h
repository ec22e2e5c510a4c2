/* Rewriting: what a plan does less than its graph says. The graph itself is never touched, and what is fetched, fed or
 * asked for as a target stays.
 *
 *   constants    what constants alone decide is computed once, when the plan is made    fold.c
 *   unobserved   products and negations that only control edges name do not run          unobserved.c
 *   duplicates   nodes that compute the same are one                                     duplicates.c
 *   identities   readers of an Identity read what it passes on                           identities.c
 *   fusion       chains of elementwise nodes become one, which works in small blocks     fuse.c
 *                training ops make the matrix product that is their gradient             fuse_update.c
 *
 * All but the first leave nodes out; who reads one of those is told by plan->aliases where its value comes from.
 */
#ifndef HR_RUNTIME_PLAN_REWRITE_H
#define HR_RUNTIME_PLAN_REWRITE_H

#include "runtime/plan/flow.h"
#include "runtime/plan/node_set.h"

/* What takes the place of a node that was left out: output k of it is output k of `node`, or, where `index` is not -1,
 * its only output is output `index`. */
struct hr_alias {
  const hr_node *node; /* NULL: the node itself is there */
  int32_t index;
};

/* Where the value comes from. */
static inline hr_output hr_follow_alias(const hr_plan *plan, hr_output output) {
  while (plan->aliases) {
    const hr_alias *alias = &plan->aliases[output.node->id];
    if (!alias->node) break;
    output = (hr_output){(hr_node *)(uintptr_t)alias->node, alias->index < 0 ? output.index : alias->index};
  }
  return output;
}

/* The node that stands for another one, for control edges. */
static inline const hr_node *hr_follow_node(const hr_plan *plan, const hr_node *node) {
  return hr_follow_alias(plan, (hr_output){(hr_node *)(uintptr_t)node, 0}).node;
}

/* A pass at work. */
typedef struct hr_rewriting {
  const hr_plan_request *request;
  hr_plan *plan;
  hr_arena scratch;
  hr_node_set wanted; /* nodes that are fetched, fed or targets */
  hr_node_set members;
  int32_t *index_of; /* of a member by rank: its place in plan->nodes */
  bool *removed;     /* by place */
} hr_rewriting;

/* The place of a node in plan->nodes; -1 for one that is not there. */
static inline int32_t hr_place_of(const hr_rewriting *r, const hr_node *node) {
  int32_t rank = hr_node_set_index(&r->members, node->id);
  return rank < 0 ? -1 : r->index_of[rank];
}

/* Is an output of it fed? */
bool hr_is_fed(const hr_plan_request *request, const hr_node *node);
/* Is what it does for others its value alone? Stateless, no reference, no part of control flow, no transfer. */
bool hr_is_pure(const hr_rewriting *r, int32_t place);
/* May it be left out, and its value be taken from elsewhere on its device? Pure, and not wanted from outside. */
bool hr_is_replaceable(const hr_rewriting *r, int32_t place);
/* Leaves out the node at `place`, whose output k (or only output, where index >= 0) `node` has. */
void hr_leave_out(hr_rewriting *r, int32_t place, const hr_node *node, int32_t index);

/* Do only constants (a set of node ids) decide what the node computes, so that once will do? Not for large values. */
bool hr_is_foldable(const hr_plan_request *request, const hr_node *node, const hr_kernel_def *kernel,
                    const hr_node_set *constant);

/* Runs the passes that request->rewrites allows; conditions are set, the layout is not. */
HR_MUST_USE hr_status hr_plan_rewrite(const hr_plan_request *request, hr_plan *plan);

HR_MUST_USE hr_status hr_remove_unobserved(hr_rewriting *r);
HR_MUST_USE hr_status hr_remove_duplicates(hr_rewriting *r);
HR_MUST_USE hr_status hr_remove_identities(hr_rewriting *r);
HR_MUST_USE hr_status hr_fuse_elementwise(hr_rewriting *r);
HR_MUST_USE hr_status hr_fuse_updates(hr_rewriting *r);

#endif
