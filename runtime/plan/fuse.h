/* Nodes that run as one: chains of elementwise ones, and updates with the products that are their gradients. */
#ifndef HR_RUNTIME_PLAN_FUSE_H
#define HR_RUNTIME_PLAN_FUSE_H

#include "runtime/graph/op_def.h"
#include "runtime/plan/plan.h"

#define HR_FUSED_OP          "_FusedElementwise"
#define HR_MAX_FUSED_MEMBERS 32
#define HR_MAX_FUSED_INPUTS  16
#define HR_MAX_FUSED_OUTPUTS 8

/* A node of a plan that does what `num_members` nodes of the graph do. Its inputs are what they read of others, its
 * outputs what others read of them: output 0 is the last member's. */
typedef struct hr_fused_group {
  hr_node node; /* no graph has it; id and name are the last member's */
  int32_t num_members;
  hr_plan_node members[HR_MAX_FUSED_MEMBERS];
  /* Of each member: where its operands come from, input i of the group as i, member m as ~m. */
  int32_t operands[HR_MAX_FUSED_MEMBERS][2];
  int32_t output_of[HR_MAX_FUSED_MEMBERS]; /* the output a member's value is, -1 */
} hr_fused_group;

static inline const hr_fused_group *hr_fused_group_of(const hr_node *node) {
  return (const hr_fused_group *)((const char *)node - offsetof(hr_fused_group, node));
}

#define HR_FUSED_UPDATE_OP   "_FusedUpdate"
#define HR_MAX_UPDATE_INPUTS 16

/* A node of a plan that does what a training op and the MatMul of its gradient do. Its inputs are the training op's,
 * with the product's first factor where the gradient was, and the second one as the last. */
typedef struct hr_fused_update {
  hr_node node; /* no graph has it; id, name and outputs are the training op's */
  hr_op_def op;
  hr_arg_def arguments[HR_MAX_UPDATE_INPUTS];
  hr_plan_node product, update;
  int32_t gradient; /* which input of the training op */
} hr_fused_update;

static inline const hr_fused_update *hr_fused_update_of(const hr_node *node) {
  return (const hr_fused_update *)((const char *)node - offsetof(hr_fused_update, node));
}

/* How many nodes of the graph a plan's node does the work of: 0 where it is one of them itself. */
int32_t hr_num_fused(const hr_node *node);
/* Those nodes, in the order in which they would run: 0 <= index < hr_num_fused(node). */
const hr_node *hr_fused_member(const hr_node *node, int32_t index);

#endif
