/* Which function differentiates a node. */
#ifndef HR_BUILDER_GRADIENT_RULES_H
#define HR_BUILDER_GRADIENT_RULES_H

#include "headrace/gradients.h"
#include "runtime/graph/node.h"

/* What turns a node's output gradients into its input gradients. */
typedef struct hr_gradient_rule {
  hr_gradient_function function; /* NULL: gradients stop */
  void *argument;
} hr_gradient_rule;

/* The node's own, that of its op, or the one that its attribute names. NotFound where there is none (LookupError). */
HR_MUST_USE hr_status hr_gradient_rule_find(const hr_node *node, hr_gradient_rule *rule);

#endif
