/* Tensors that are pieces of others: views of one's memory, and many behind each other in one. */
#ifndef HR_KERNELS_CPU_PIECES_H
#define HR_KERNELS_CPU_PIECES_H

#include "headrace/kernel.h"

/* `shape`, from element `offset` of `whole` on: shares the memory, which must be a buffer's or hold one element. */
hr_tensor hr_piece_of(const hr_tensor *whole, const hr_shape *shape, int64_t offset);

/* Copies the parts to where offsets[i] says, in elements of `out`, which is of their dtype and has room. Runs on the
 * intra-op pool. */
HR_MUST_USE hr_status hr_join_pieces(hr_kernel_context *ctx, const hr_tensor *parts, const int64_t *offsets,
                                     int64_t count, hr_tensor *out);

/* A result's shape: `first`, then the `rank` dimensions. Unimplemented above HR_MAX_RANK. */
HR_MUST_USE hr_status hr_shape_with_first(int64_t first, int rank, const int64_t *dims, hr_shape *out);

#endif
