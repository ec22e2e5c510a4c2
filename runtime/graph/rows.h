/* Rows in the place of a tensor: what a gradient function sees of a sparse gradient.
 *
 * Such an output may be given to any op. The op's node, once it has its name, gets a tensor made of the rows instead,
 * under the name of the argument and below that of the node: as TensorFlow makes a tensor of IndexedSlices wherever an
 * op is given them. Dtype and shape are those of the tensor. Its node is none of the graph: it has the name and the id
 * of the one that made the rows' values, and an op of its own. */
#ifndef HR_RUNTIME_GRAPH_ROWS_H
#define HR_RUNTIME_GRAPH_ROWS_H

#include "runtime/graph/node.h"

extern const hr_op_def hr_rows_op;

typedef struct hr_rows hr_rows;
struct hr_rows {
  hr_node node;
  hr_output values, indices, dense_shape;
  /* Adds the nodes that make a tensor; `name` NULL: the op's name. */
  hr_output (*to_tensor)(hr_scope scope, const hr_rows *rows, const char *name);
};

/* In the arena of the graph of `values`. HR_NO_OUTPUT after an error. */
hr_output hr_rows_output(hr_scope scope, hr_output values, hr_output indices, hr_output dense_shape,
                         hr_output (*to_tensor)(hr_scope scope, const hr_rows *rows, const char *name));

/* The rows that stand in the place of a tensor; NULL for what is one. */
static inline const hr_rows *hr_rows_of(hr_output output) {
  return output.node && __builtin_expect(output.node->op == &hr_rows_op, 0) ? (const hr_rows *)output.node : NULL;
}

/* The same rows of other values. */
static inline hr_output hr_rows_with_values(hr_scope scope, const hr_rows *rows, hr_output values) {
  return hr_rows_output(scope, values, rows->indices, rows->dense_shape, rows->to_tensor);
}

/* The node to wait for. */
static inline hr_node *hr_node_behind(hr_output output) {
  for (const hr_rows *rows; (rows = hr_rows_of(output));)
    output = rows->values; /* which may be rows again */
  return output.node;
}

#endif
