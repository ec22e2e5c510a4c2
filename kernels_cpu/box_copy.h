/* Moving elements between strided layouts: transposes, slices, tiles, pads, reversals and concatenations are all this.
 */
#ifndef HR_KERNELS_CPU_BOX_COPY_H
#define HR_KERNELS_CPU_BOX_COPY_H

#include "headrace/kernel.h"

/* Room for tiling a tensor of the largest rank: a dimension and its repetition. */
#define HR_BOX_RANK (2 * HR_MAX_RANK)

/* An N-dimensional box of elements, and how far apart (in elements, any sign) neighbours lie on both sides. */
typedef struct hr_box {
  int rank;
  int64_t dims[HR_BOX_RANK];
  int64_t to[HR_BOX_RANK], from[HR_BOX_RANK];
} hr_box;

static inline void hr_box_add(hr_box *box, int64_t dim, int64_t to, int64_t from) {
  box->dims[box->rank] = dim;
  box->to[box->rank] = to;
  box->from[box->rank++] = from;
}

/* Strides of a dense row-major shape. */
static inline void hr_dense_strides(int rank, const int64_t *dims, int64_t *strides) {
  int64_t stride = 1;
  for (int i = rank; i-- > 0;) {
    strides[i] = stride;
    stride *= dims[i];
  }
}

/* Copies the box. `to` and `from` point at its first elements and must not overlap; `to` strides other than 0 reach
 * each element once. Strings and handles are copied one by one, to empty places: ResourceExhausted. Runs on the
 * intra-op pool. */
HR_MUST_USE hr_status hr_box_copy(hr_kernel_context *ctx, hr_dtype dtype, const hr_box *box, void *to,
                                  const void *from);

/* The same on the calling thread. */
HR_MUST_USE hr_status hr_box_copy_here(hr_dtype dtype, const hr_box *box, void *to, const void *from);

/* `count` elements that lie together; resources and variants over empty ones. */
HR_MUST_USE hr_status hr_copy_elements(hr_dtype dtype, void *to, const void *from, int64_t count);

/* `count` times the one element at `from`. */
HR_MUST_USE hr_status hr_fill_elements(hr_dtype dtype, void *to, const void *from, int64_t count);

/* A fresh tensor, all of it, with the one element at `from`. Runs on the intra-op pool. */
HR_MUST_USE hr_status hr_fill_tensor(hr_kernel_context *ctx, const hr_tensor *out, const void *from);

#endif
