/* What functions of branches and loops return. */
#ifndef HR_BUILDER_CONTROL_FLOW_RESULTS_H
#define HR_BUILDER_CONTROL_FLOW_RESULTS_H

#include "builder/builder.h"
#include "headrace/control_flow.h"

typedef struct hr_result {
  hr_node *node;                  /* an operation; else NULL */
  hr_operand value;               /* a tensor, or the values of rows */
  hr_output indices, dense_shape; /* of rows; else HR_NO_OUTPUT */
} hr_result;

struct hr_results {
  hr_scope scope;   /* for errors */
  hr_result *items; /* malloc'd */
  int32_t count, capacity;
};

void hr_results_free(hr_results *results);

/* The results of a function that is not one of several branches, as tensors: of rows, all parts. Empty after an error,
 * such a type error for operations. */
hr_outputs hr_results_tensors(hr_scope scope, const hr_results *results);

#endif
