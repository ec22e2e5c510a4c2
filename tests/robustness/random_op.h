/* One op of random attributes and inputs, as a node of a graph: for tests that try all kernels. */
#ifndef HR_TESTS_ROBUSTNESS_RANDOM_OP_H
#define HR_TESTS_ROBUSTNESS_RANDOM_OP_H

#include "headrace/scope.h"
#include "headrace/session.h"
#include "runtime/graph/op_def.h"

enum { MAX_INPUTS = 24, MAX_OUTPUTS = 64 };

typedef struct random_op {
  const hr_op_def *def;
  hr_node *node; /* NULL where the graph refused it, which is fine */
  int32_t num_feeds, num_assigns;
  hr_feed feeds[MAX_INPUTS];
  hr_node *assigns[MAX_INPUTS]; /* of variables that reference arguments take */
  int32_t num_values;
  hr_tensor values[MAX_INPUTS];
} random_op;

/* The ops that have kernels and neither wait for another nor touch files outside the working folder. An array that the
 * caller frees. */
const hr_op_def **random_op_candidates(int *count);

/* Adds the node and what feeds it. The same number makes the same op. */
void random_op_make(random_op *op, const hr_op_def *def, uint64_t number, hr_builder *builder);
/* Frees the values, after the last run. */
void random_op_clear(random_op *op);

#endif
