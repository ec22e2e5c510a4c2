/* Compares the gradients that the graph computes with central differences, in double. */
#ifndef HR_TESTS_GRADIENTS_GRADIENT_CHECKER_H
#define HR_TESTS_GRADIENTS_GRADIENT_CHECKER_H

#include "headrace/scope.h"

#define GRADIENT_MAX_INPUTS 3

/* A differentiable function of tensors: what it builds, the shapes of its arguments (full), and where their elements
 * lie. */
typedef struct gradient_case {
  const char *name;
  hr_output (*build)(hr_scope scope, const hr_output *x);
  int orders; /* how often it is differentiated: 1 or 2 */
  double low, high;
  int num_inputs;
  hr_partial_shape shapes[GRADIENT_MAX_INPUTS];
} gradient_case;

typedef enum gradient_verdict {
  GRADIENT_AGREES,
  GRADIENT_DIFFERS,
  GRADIENT_WAITS, /* an op of the function or of its derivatives has no kernel for double */
} gradient_verdict;

/* At random arguments, and with random weights of the results: the first derivative, and where orders is 2 that of the
 * first derivative. Prints what differs. */
gradient_verdict check_gradient(const gradient_case *c);

#endif
