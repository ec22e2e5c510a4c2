/* Reductions over axes. */
#ifndef HR_KERNELS_CPU_REDUCTION_H
#define HR_KERNELS_CPU_REDUCTION_H

#include "headrace/kernel.h"
#include "kernels_cpu/level/loops.h"

/* One reduction of one type. */
typedef struct hr_reduction {
  uint32_t loops;   /* offset of the hr_reduce_loops in hr_loop_table: the float loops for half and bfloat16 */
  uint32_t combine; /* offset of those that fold accumulators into accumulators */
  uint8_t dtype;    /* of the input and the output */
  uint8_t computed; /* of loops and accumulators */
  /* Turns n accumulators into results, each of `count` elements; NULL: they are the results. */
  void (*finish)(void *accumulators, int64_t n, int64_t count);
} hr_reduction;

/* Which axes of an input go; from axes as TensorFlow takes them: negative ones count from the end, repeated ones count
 * once. InvalidArgument "Invalid reduction dimension (3 for input with 2 dimension(s)". */
HR_MUST_USE hr_status hr_reduced_axes(const hr_tensor *input, const hr_tensor *axes, bool reduced[HR_MAX_RANK]);

/* Output 0 = input 0 reduced over the axes in input 1; dimensions of size 1 stay for them where keep_dims. */
HR_MUST_USE hr_status hr_reduce(hr_kernel_context *ctx, const hr_reduction *op, bool keep_dims);

/* The same over all axes, to a scalar; there is no input 1. */
HR_MUST_USE hr_status hr_reduce_whole(hr_kernel_context *ctx, const hr_reduction *op);

/* Dense rows and columns: accumulators (`computed` type, length `columns`) of x[rows, columns] over the rows; on the
 * intra-op pool, with the same result whatever its size. ResourceExhausted. */
HR_MUST_USE hr_status hr_reduce_columns(hr_kernel_context *ctx, const hr_reduction *op, void *accumulators,
                                        const void *x, int64_t rows, int64_t columns);
/* The one accumulator of x[n]. */
HR_MUST_USE hr_status hr_reduce_all(hr_kernel_context *ctx, const hr_reduction *op, void *accumulator, const void *x,
                                    int64_t n);

#endif
