/* Checks that run with the graph. */
#ifndef HR_BUILDER_CHECKS_H
#define HR_BUILDER_CHECKS_H

#include "headrace/math.h"

/* tf.assert_equal of two int32 tensors: an Assert node that fails a run in which they differ. */
hr_node *hr_assert_equal(hr_scope scope, hr_output x, hr_output y);

#endif
