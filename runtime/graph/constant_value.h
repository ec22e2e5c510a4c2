/* Values that are known while a graph is built.
 *
 * Two sets of rules, as in TensorFlow 1.15. The shape refiner's (hr_evaluate_*) sees through every computation on
 * constants and known shapes and feeds shape functions. The front end's (hr_constant_*, tensor_util.constant_value)
 * sees a fixed list of ops and decides which nodes builder code makes, so it must not see more. Work is bounded: a
 * value of more than HR_CONSTANT_MAX_ELEMENTS that is not a Const itself, or that needs more than HR_CONSTANT_MAX_NODES
 * nodes, counts as unknown; computed values are kept with the graph.
 */
#ifndef HR_RUNTIME_GRAPH_CONSTANT_VALUE_H
#define HR_RUNTIME_GRAPH_CONSTANT_VALUE_H

#include "headrace/graph.h"

#define HR_CONSTANT_MAX_ELEMENTS 4096
#define HR_CONSTANT_MAX_NODES    256

/* `*value` (owned by the caller, untouched where not known) is the output's value. Errors are those of memory and of
 * the registered evaluator; a computation that would fail at run counts as unknown. */
HR_MUST_USE hr_status hr_evaluate_constant(hr_output output, bool *known, hr_tensor *value);
/* A shape tensor's meaning: sizes, -1 for unknown ones. InvalidArgument for a scalar other than -1, rank above 1, sizes
 * below -1. */
HR_MUST_USE hr_status hr_evaluate_shape(hr_output output, hr_partial_shape *out);

/* tensor_util.constant_value and constant_value_as_shape are hr_constant_value and hr_constant_value_as_shape, which
 * are public. */

/* The shape that an integer vector spells. */
HR_MUST_USE hr_status hr_shape_from_tensor(const hr_tensor *value, hr_partial_shape *out);

/* Evaluated values by output, in a graph. */
typedef struct hr_constant_cache {
  struct hr_cached_constant *entries;
  uint32_t count, capacity;
} hr_constant_cache;
void hr_constant_cache_free(hr_constant_cache *cache);

#endif
