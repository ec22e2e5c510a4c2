/* Training ops whose gradient is made while it is used up. */
#ifndef HR_KERNELS_CPU_TRAINING_H
#define HR_KERNELS_CPU_TRAINING_H

#include "headrace/kernel.h"

/* A gradient of floats that is nowhere in memory as a whole. */
typedef struct hr_gradient_rows {
  int64_t rows, columns;
  int64_t unit;     /* pieces begin at multiples of it; the last one also takes what is left over */
  double row_nanos; /* what making a row costs */
  const void *argument;
  /* Rows [row, row + rows) into `out`; on any thread, several at once. */
  void (*make)(const void *argument, int64_t row, int64_t rows, float *out);
} hr_gradient_rows;

/* The bytes of a piece: it shall stay in the cache until it is used. */
#define HR_GRADIENT_PIECE (64 << 10)

/* Runs the kernel of a node with HR_KERNEL_UPDATE, whose context is `ctx`, as if its gradient were the matrix that
 * `gradient` makes; the gradient input is not read. A unit of rows must fit into a piece. Errors are the kernel's. */
HR_MUST_USE hr_status hr_training_update(hr_kernel_context *ctx, const hr_gradient_rows *gradient);

#endif
