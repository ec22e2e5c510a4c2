/* A function's signature as an op, and when two functions are the same. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_SIGNATURE_H
#define HR_RUNTIME_GRAPH_FUNCTION_SIGNATURE_H

#include "proto/function.pb-c.h"
#include "runtime/graph/node.h"

/* Fills in `op` (in the graph's memory; names are those of `signature`, which must live as long). InvalidArgument for
 * arguments without a type or of attributes that there are not, unknown kinds of attributes; Unimplemented for more
 * arguments or attributes than an op can have. */
HR_MUST_USE hr_status hr_function_signature(hr_graph *graph, const HrPb__OpDef *signature, hr_op_def *op);

/* Whether two serialised FunctionDefs say the same, in whatever order their maps stand. */
bool hr_function_defs_equal(hr_view a, hr_view b);

#endif
