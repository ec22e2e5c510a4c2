/* Integers that are known while a graph is built, or tensors of it: arithmetic makes nodes for the second alone, as it
 * does in a Python program. */
#ifndef HR_BUILDER_KNOWN_INTS_H
#define HR_BUILDER_KNOWN_INTS_H

#include "builder/builder.h"

typedef struct hr_known_ints {
  hr_output tensor; /* no output: known */
  int count;        /* of a vector; -1: a scalar */
  int64_t items[HR_MAX_RANK];
} hr_known_ints;

static inline hr_known_ints hr_known_int(int64_t x) { return (hr_known_ints){HR_NO_OUTPUT, -1, {x}}; }
static inline hr_known_ints hr_unknown_ints(hr_output x) { return (hr_known_ints){.tensor = x, .count = -1}; }
static inline bool hr_ints_are_known(const hr_known_ints *x) { return !x->tensor.node; }
/* The first `count` of `items`. */
hr_known_ints hr_known_vector(int count, const int64_t *items);
/* What is known of a vector of integers; the tensor itself where it is not. */
hr_known_ints hr_ints_of(hr_scope scope, hr_output x);
/* As an operand, which points into `x`. */
hr_operand hr_known_operand(const hr_known_ints *x);
/* Sums, differences, products, floordiv and mod (0 where y is 0) of Python, element by element; scalars go with
 * vectors, vectors with those of their length. */
hr_known_ints hr_ints_math(hr_scope scope, hr_operator operation, hr_known_ints x, hr_known_ints y);
/* Element i of a vector. */
hr_known_ints hr_ints_item(hr_scope scope, const hr_known_ints *x, int i);

#endif
