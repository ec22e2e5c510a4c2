/* Slices of tensors: which part of a partitioned variable a tensor in a checkpoint is. */
#ifndef HR_RUNTIME_IO_TENSOR_SLICE_H
#define HR_RUNTIME_IO_TENSOR_SLICE_H

#include "headrace/shape.h"
#include "runtime/base/text.h"

#define HR_FULL_EXTENT (-1)

/* For each dimension where the slice starts and how long it is. A whole dimension has start 0, length HR_FULL_EXTENT.
 */
typedef struct hr_tensor_slice {
  int rank;
  int64_t starts[HR_MAX_RANK];
  int64_t lengths[HR_MAX_RANK];
} hr_tensor_slice;

/* Reads what the op SaveV2 takes for a slice: "4 5 0,2:-" is the first two rows of a [4,5] tensor. InvalidArgument
 * where the text is malformed or the slice is not inside the shape. */
HR_MUST_USE hr_status hr_tensor_slice_parse(const char *text, hr_shape *full_shape, hr_tensor_slice *slice,
                                            hr_shape *slice_shape);

/* The slice's own shape; InvalidArgument where it is not inside `full_shape`. */
HR_MUST_USE hr_status hr_tensor_slice_shape(const hr_tensor_slice *slice, const hr_shape *full_shape, hr_shape *out);

/* The slice of whole dimensions. */
hr_tensor_slice hr_tensor_slice_whole(int rank);

/* True where every dimension is whole. */
bool hr_tensor_slice_is_full(const hr_tensor_slice *slice);

/* The binary key under which the slice of `name` stands in a checkpoint's index. Appends to `out`. */
void hr_tensor_slice_key(hr_view name, const hr_tensor_slice *slice, hr_text *out);

/* The fields of a TensorSliceProto, written and read; false for bytes that are none. What is read need not lie inside a
 * shape. */
void hr_tensor_slice_to_proto(const hr_tensor_slice *slice, hr_text *out);
bool hr_tensor_slice_from_proto(hr_view bytes, hr_tensor_slice *out);

/* Copies what two slices of one tensor (of shape `full_shape`) have in common from the elements of one to those of the
 * other, both row-major; returns the number of elements. Both slices lie inside the shape. `element_bytes`: the size of
 * an element that can be copied byte by byte. With `from` and `to` NULL it only counts. */
int64_t hr_tensor_slice_copy(const hr_shape *full_shape, size_t element_bytes, const hr_tensor_slice *from_slice,
                             const void *from, const hr_tensor_slice *to_slice, void *to);

#endif
