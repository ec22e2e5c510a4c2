/* The ops of branches and loops on any value: references stay references, and sparse rows go part by part. */
#ifndef HR_BUILDER_CONTROL_FLOW_PRIMITIVES_H
#define HR_BUILDER_CONTROL_FLOW_PRIMITIVES_H

#include "builder/builder.h"
#include "headrace/gradients.h"

/* What a Switch sends to its two sides: [0] where the predicate is false, [1] where it is true. */
typedef struct hr_sides_of_switch {
  hr_output of[2];
} hr_sides_of_switch;

/* Switch, or RefSwitch of a reference, beside the node of `data` whatever the scope stands beside. `name` NULL:
 * "Switch" for both. */
hr_sides_of_switch hr_switch_beside(hr_scope scope, hr_output data, hr_output predicate, const char *name);

typedef struct hr_gradient_sides {
  hr_gradient of[2];
} hr_gradient_sides;
/* A Switch of a gradient where the scope stands. */
hr_gradient_sides hr_switch_gradient(hr_scope scope, hr_gradient data, hr_output predicate, const char *name);
/* The same beside the node of the gradient. */
hr_gradient_sides hr_switch_gradient_beside(hr_scope scope, hr_gradient data, hr_output predicate, const char *name);

/* Identity, NextIteration and Exit of tensors and of references. */
hr_output hr_identity_of(hr_scope scope, hr_output x);
hr_output hr_next_iteration_of(hr_scope scope, hr_output x);
hr_output hr_exit_of(hr_scope scope, hr_output x, const char *name);

/* Merge of two, or RefMerge where both are references. `name` NULL: "Merge" for both. */
hr_output hr_merge_pair(hr_scope scope, hr_output first, hr_output second, const char *name);
/* A dense gradient as all its rows; one that has rows as it is. */
hr_gradient hr_gradient_as_rows(hr_scope scope, hr_gradient gradient);
/* Merge of two gradients, of which none is missing: a dense one becomes rows where the other has rows. InvalidArgument
 * where one alone has a dense shape. */
hr_gradient hr_merge_gradients(hr_scope scope, hr_gradient first, hr_gradient second, const char *name);

#endif
