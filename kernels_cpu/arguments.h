/* Reading the small integer inputs of kernels: shapes, axes, permutations, and attributes kept in a kernel's state. */
#ifndef HR_KERNELS_CPU_ARGUMENTS_H
#define HR_KERNELS_CPU_ARGUMENTS_H

#include "headrace/kernel.h"

/* The types an index input may have (Tidx, Tshape, Tmultiples, ...). */
#define HR_INDEX_TYPES (HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64))
/* All types whose elements take storage; the kernels that only move elements. */
#define HR_ANY_TYPES                                                                                                   \
  (((HR_TYPE_BIT(HR_DTYPE_COUNT) - 1) & ~HR_TYPE_BIT(HR_INVALID)) &                                                    \
   ~(HR_TYPE_BIT(HR_RESOURCE) | HR_TYPE_BIT(HR_VARIANT)))
/* Those and handles: of kernels that copy elements by hr_copy_elements and what goes with it. */
#define HR_COPIED_TYPES (HR_ANY_TYPES | HR_TYPE_BIT(HR_RESOURCE) | HR_TYPE_BIT(HR_VARIANT))

/* Element i of an int32 or int64 tensor. */
static inline int64_t hr_index_at(const hr_tensor *t, int64_t i) {
  return t->dtype == HR_INT32 ? ((const int32_t *)hr_tensor_data(t))[i] : ((const int64_t *)hr_tensor_data(t))[i];
}

/* The one element of an int32 or int64 scalar (a vector of one is accepted too); InvalidArgument "WHAT must be a
 * scalar, not shape [..]" otherwise. */
HR_MUST_USE hr_status hr_scalar_argument(const hr_tensor *t, const char *what, int64_t *out);

/* A vector (or scalar, as a vector of one) of sizes, each >= 0, as a shape. InvalidArgument naming `what`. */
HR_MUST_USE hr_status hr_shape_argument(const hr_tensor *t, const char *what, hr_shape *out);

/* An axis in [-rank, rank), from the end where negative. InvalidArgument naming `what`, the axis and the rank. */
HR_MUST_USE hr_status hr_axis_check(int64_t axis, int rank, const char *what, int *out);

/* InvalidArgument "WHAT must be RANK-dimensional, not shape [..]". */
HR_MUST_USE hr_status hr_rank_check(const hr_tensor *t, int rank, const char *what);

static inline bool hr_same_shape(const hr_tensor *a, const hr_tensor *b) {
  if (a->rank != b->rank) return false;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] != b->dims[i]) return false;
  return true;
}

/* The shape's text, for a message. */
#define HR_TENSOR_SHAPE_TEXT(t) (hr_tensor_shape_text((t), (char[HR_SHAPE_TEXT]){0}))
static inline const char *hr_tensor_shape_text(const hr_tensor *t, char text[HR_SHAPE_TEXT]) {
  hr_shape shape = hr_tensor_shape(t);
  return hr_shape_text(&shape, text);
}

/* Product of dims [begin, end). */
static inline int64_t hr_dims_product(const hr_tensor *t, int begin, int end) {
  int64_t product = 1;
  for (int i = begin; i < end; ++i)
    product *= t->dims[i];
  return product;
}

/* For `create`: the attribute of a boolean, packed into the state pointer itself (NULL false). */
static inline bool hr_state_flag(const hr_kernel_context *ctx, unsigned bit) {
  return (uintptr_t)ctx->state >> bit & 1;
}
/* Sets bit i of the state pointer to the boolean attribute names[i]; names end with NULL. No destroy is needed. */
HR_MUST_USE hr_status hr_state_flags(const hr_kernel_construction *c, const char *const *names, void **state);

#endif
