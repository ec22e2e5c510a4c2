/* What losses of tf.losses and of tf.contrib.losses share. */
#ifndef BUILDER_LOSSES_H
#define BUILDER_LOSSES_H

#include "headrace/math.h"

/* Whether predictions and labels can have one shape; else an error in the scope. */
bool hr_loss_shapes_fit(hr_scope scope, hr_output predictions, hr_output labels);
/* -z log(p + e) - (1 - z) log(1 - p + e), element by element. */
hr_output hr_log_losses(hr_scope scope, hr_output labels, hr_output predictions, double epsilon);

#endif
