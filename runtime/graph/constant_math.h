/* The small computations by which values are known while a graph is built: what shapes are made of. */
#ifndef HR_RUNTIME_GRAPH_CONSTANT_MATH_H
#define HR_RUNTIME_GRAPH_CONSTANT_MATH_H

#include "runtime/graph/node.h"

/* Output `index` of `node` from the values of its inputs, the kernel's result. `*known` (false before) stays false for
 * dtypes, ranks and sizes that it does not handle, and where the kernel would fail. */
typedef hr_status (*hr_constant_function)(const hr_node *node, int32_t index, const hr_tensor *inputs, bool *known,
                                          hr_tensor *out);

typedef struct hr_constant_rule {
  const char *op;
  hr_constant_function compute;
  bool front_end; /* tensor_util.constant_value knows it too */
} hr_constant_rule;

/* NULL where there is none. */
const hr_constant_rule *hr_constant_rule_find(const char *op);

#endif
