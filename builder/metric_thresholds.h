/* Counts of right and wrong answers, by thresholds that predictions are compared with. */
#ifndef HR_BUILDER_METRIC_THRESHOLDS_H
#define HR_BUILDER_METRIC_THRESHOLDS_H

#include "builder/metrics.h"

typedef enum hr_outcome { HR_TRUE_POSITIVE, HR_FALSE_NEGATIVE, HR_TRUE_NEGATIVE, HR_FALSE_POSITIVE } hr_outcome;
enum { HR_OUTCOMES = 4 };

/* For each outcome that is wanted a vector of counts, one a threshold: of all batches so far (`value`), and with this
 * one (`update_op`). */
typedef struct hr_outcome_counts {
  hr_metric of[HR_OUTCOMES];
} hr_outcome_counts;
/* Counts what labels say and what predictions in [0, 1] above each threshold say. False after an error. */
bool hr_count_outcomes(hr_scope scope, hr_operand labels, hr_operand predictions, hr_floats thresholds,
                       hr_operand weights, const bool *wanted, hr_outcome_counts *out);

#endif
