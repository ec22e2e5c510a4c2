/* Shapes of what conditional accumulators take and give. */
#include "ops/shapes/shapes.h"

/* A step or a number of gradients in; what comes out depends on the gradients. */
hr_status hr_shape_fn_accumulator(hr_shape_context *c) { return hr_check_scalar(c, 1); }
