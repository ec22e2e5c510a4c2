/* The functions that a graph carries: kept as they came. */
#ifndef HR_RUNTIME_GRAPH_FUNCTION_LIBRARY_H
#define HR_RUNTIME_GRAPH_FUNCTION_LIBRARY_H

#include "runtime/graph/graph_internal.h"

/* Adds the functions and gradients of a serialised FunctionDefLibrary that the graph does not have yet. InvalidArgument
 * for malformed bytes and for another function of a known name. */
HR_MUST_USE hr_status hr_function_library_add(hr_graph *graph, hr_view library);

/* Calls `each` with the op of every node of every function. */
void hr_function_library_ops(const hr_graph *graph, void (*each)(void *argument, hr_view op), void *argument);

#endif
