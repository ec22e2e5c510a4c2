/* Products over more than two dimensions. */
#ifndef HR_BUILDER_TENSORDOT_H
#define HR_BUILDER_TENSORDOT_H

#include "headrace/math.h"

/* tf.tensordot(x, weights, [[rank - 1], [0]]): x [d..., k] of known rank times weights [k, n] -> [d..., n]. */
hr_output hr_tensordot_last(hr_scope scope, hr_output x, hr_output weights);

#endif
