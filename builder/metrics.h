/* What the metrics share. */
#ifndef HR_BUILDER_METRICS_H
#define HR_BUILDER_METRICS_H

#include "headrace/metrics.h"

#define HR_NO_METRIC ((hr_metric){HR_NO_OUTPUT, HR_NO_OUTPUT})

/* Adds value and update to the collections of the options; a metric of nothing after an error. */
hr_metric hr_metric_collect(hr_scope scope, hr_metric metric, const hr_metric_options *options);

/* A local variable of zeros that counts for a metric: floats, or of another dtype. NULL after an error. */
hr_var *hr_metric_variable(hr_scope scope, hr_partial_shape shape, const char *name);
hr_var *hr_typed_metric_variable(hr_scope scope, hr_partial_shape shape, hr_dtype dtype, const char *name);

/* Labels, predictions and weights as tensors, whose ranks differ only where they may: TensorFlow squeezes a last
 * dimension of 1, and gives weights one. `weights` stays HR_NO_OUTPUT where none are given. */
typedef struct hr_metric_inputs {
  hr_output labels, predictions, weights;
} hr_metric_inputs;
/* Labels may be HR_NO_OPERAND. False after an error. */
bool hr_metric_fit(hr_scope scope, hr_operand labels, hr_operand predictions, hr_operand weights,
                   hr_metric_inputs *out);

#endif
