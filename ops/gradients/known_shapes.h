/* What the gradients of a graph have worked out about shapes: TensorFlow makes the nodes that compute it once for each
 * pair. */
#ifndef HR_OPS_GRADIENTS_KNOWN_SHAPES_H
#define HR_OPS_GRADIENTS_KNOWN_SHAPES_H

#include "headrace/scope.h"

typedef enum hr_shapes_use {
  HR_SHAPES_BROADCAST, /* two shapes that are broadcast */
  HR_SHAPES_REDUCED,   /* a shape and the axes it is reduced over */
} hr_shapes_use;

/* True the first time that a graph asks for this pair; remembered until the graph goes. */
bool hr_first_use_of_shapes(hr_scope scope, hr_shapes_use use, const hr_partial_shape *a, const hr_partial_shape *b);

#endif
