/* Conditional accumulators: sums of gradients, dense or of slices, that are taken once enough were added. A gradient
 * whose step is behind the accumulator's is dropped; taking moves that step on by one. */
#ifndef HR_KERNELS_CPU_ACCUMULATOR_H
#define HR_KERNELS_CPU_ACCUMULATOR_H

#include "runtime/resource/resource_manager.h"
#include <pthread.h>

/* Of a sum of slices: slice i of the values belongs to row `indices[i]` of the gradient, and `counts[i]` gradients had
 * one there. Rows ascend where those of the gradients do. */
typedef struct hr_slice_sums {
  int64_t count;
  int64_t *indices, *counts;
} hr_slice_sums;

/* A Take that waits for gradients. */
typedef struct hr_accumulator_waiter hr_accumulator_waiter;

typedef struct hr_accumulator {
  hr_resource resource;
  bool is_sparse, is_mean; /* fixed, with the next three */
  hr_dtype dtype;
  hr_partial_shape shape;
  char *name;
  pthread_mutex_t lock; /* guards what follows */
  int64_t step, count;
  hr_tensor sum; /* of dense gradients, or of the slices' values; no tensor while count is 0 */
  hr_slice_sums slices;
  hr_accumulator_waiter *first, **last; /* served in their order */
} hr_accumulator;

extern const hr_resource_type hr_accumulator_type;

/* For hr_object_state_new: the node's attributes say what the accumulator is like. */
HR_MUST_USE hr_status hr_accumulator_make(void *construction, hr_resource **out);
const char *hr_accumulator_name(const hr_resource *accumulator);

/* A gradient as it stands in a node's inputs: what gives the slices' shape is NULL where nobody says it. */
typedef struct hr_gradient_inputs {
  int values, indices;
  const hr_tensor *dense_shape;
} hr_gradient_inputs;

/* Adds a gradient that was computed at `step`, and serves who waits. InvalidArgument for one of another shape. */
HR_MUST_USE hr_status hr_accumulator_add(hr_kernel_context *ctx, hr_accumulator *a, int64_t step,
                                         hr_gradient_inputs gradient);
int64_t hr_accumulator_count(hr_accumulator *a);
/* Steps never go back in practice; a warning where this one does. */
void hr_accumulator_set_step(hr_accumulator *a, int64_t step);
/* Ends the node with its outputs once `required` gradients are there. */
void hr_accumulator_take(hr_kernel_context *ctx, hr_accumulator *a, int64_t required, hr_done_function done,
                         void *argument);

/* `count` as one element of float, double or half, the dtypes that accumulators are for; at most 8 bytes. */
void hr_divisor(hr_dtype dtype, int64_t count, void *out);

/* ---- slices (accumulator_slices.c); lock held ------------------------------------------------------------------- */

/* InvalidArgument where the gradient is no list of slices of the accumulator's shape, or of those that are there. */
HR_MUST_USE hr_status hr_slice_sums_check(const hr_kernel_context *ctx, const hr_accumulator *a, hr_gradient_inputs g);
/* Adds those of a gradient that was checked. */
HR_MUST_USE hr_status hr_slice_sums_add(hr_kernel_context *ctx, hr_accumulator *a, hr_gradient_inputs g);
/* Divides each slice by its count. */
void hr_slice_sums_average(hr_accumulator *a);
/* Outputs indices, values and shape, and leaves none behind. */
HR_MUST_USE hr_status hr_slice_sums_output(hr_kernel_context *ctx, hr_accumulator *a);
void hr_slice_sums_clear(hr_accumulator *a);

#endif
