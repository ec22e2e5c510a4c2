/* The three tensors that stand for a sparse one: checking them, and the order of their elements. */
#ifndef HR_KERNELS_CPU_SPARSE_PARTS_H
#define HR_KERNELS_CPU_SPARSE_PARTS_H

#include "kernels_cpu/arguments.h"

/* What the kernels that only move elements take. */
#define HR_SPARSE_TYPES (HR_ANY_TYPES | HR_TYPE_BIT(HR_RESOURCE) | HR_TYPE_BIT(HR_VARIANT))

/* int64 indices [n, rank], values [n], int64 shape [rank]. */
typedef struct hr_sparse_parts {
  hr_tensor indices, values, shape;
} hr_sparse_parts;
void hr_sparse_parts_clear(hr_sparse_parts *x);

static inline int64_t hr_sparse_count(const hr_sparse_parts *x) { return x->indices.dims[0]; }
static inline int64_t hr_sparse_rank(const hr_sparse_parts *x) { return x->indices.dims[1]; }
static inline const int64_t *hr_sparse_index(const hr_sparse_parts *x, int64_t i) {
  return (const int64_t *)hr_tensor_data(&x->indices) + i * x->indices.dims[1];
}
static inline const int64_t *hr_sparse_sizes(const hr_sparse_parts *x) { return hr_tensor_data(&x->shape); }
/* Element i. */
static inline const void *hr_sparse_value(const hr_sparse_parts *x, int64_t i) {
  return (const char *)hr_tensor_data(&x->values) + (size_t)i * hr_dtype_size(hr_tensor_dtype(&x->values));
}

/* InvalidArgument unless indices are a matrix, values and shape vectors, and they belong together: as many values as
 * indices, as many sizes as each index has numbers. */
HR_MUST_USE hr_status hr_sparse_check(const hr_sparse_parts *x);
/* Inputs `first` to first + 2, borrowed, checked. */
HR_MUST_USE hr_status hr_sparse_input(hr_kernel_context *ctx, int first, hr_sparse_parts *out);
/* Inputs 0 to 2 of the ops that keep a sparse tensor as it is: only ranks are checked. */
HR_MUST_USE hr_status hr_sparse_input_ranks(hr_kernel_context *ctx, hr_sparse_parts *out);
/* InvalidArgument unless both have the same shape. */
HR_MUST_USE hr_status hr_sparse_check_same_shape(const hr_sparse_parts *a, const hr_sparse_parts *b);

/* The elements of a sparse output, in its memory. */
typedef struct hr_sparse_writer {
  int64_t rank, *indices; /* [n, rank] */
  char *values;
  hr_dtype dtype;
} hr_sparse_writer;
/* Outputs `first` (indices) and `second` (values), of `count` elements. */
HR_MUST_USE hr_status hr_sparse_output(hr_kernel_context *ctx, int first, int second, int64_t count, int64_t rank,
                                       hr_sparse_writer *out);
static inline void *hr_sparse_place(const hr_sparse_writer *out, int64_t k) {
  return out->values + (size_t)k * hr_dtype_size(out->dtype);
}
/* Element k becomes element `i` of `from`, whose rank is the same; it was not written before. */
HR_MUST_USE hr_status hr_sparse_write(const hr_sparse_writer *out, int64_t k, const hr_sparse_parts *from, int64_t i);
/* Output `index`: a vector of sizes. */
HR_MUST_USE hr_status hr_sparse_shape_output(hr_kernel_context *ctx, int index, int64_t rank, const int64_t *sizes);

/* Sizes as text: [2,3]. */
const char *hr_sizes_text(int64_t count, const int64_t *sizes, char text[HR_SHAPE_TEXT]);

/* Below 0 where index `a` comes before `b`, 0 where they are equal; the last number runs fastest. */
int hr_sparse_compare(int64_t rank, const int64_t *a, const int64_t *b);
/* The numbers of the elements in the order of their indices; equal ones stay as they are. The numbers of an index count
 * in the order of `dims`, the first one most; NULL: as they stand. `places` has room for all. */
HR_MUST_USE hr_status hr_sparse_order(int64_t count, int64_t rank, const int64_t *indices, const int64_t *dims,
                                      int64_t *places);

#endif
