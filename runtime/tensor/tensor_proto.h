/* TensorProto and TensorShapeProto, read and written by hand: constants of graphs, feeds, partial checkpoints. */
#ifndef HR_RUNTIME_TENSOR_TENSOR_PROTO_H
#define HR_RUNTIME_TENSOR_TENSOR_PROTO_H

#include "headrace/tensor.h"
#include "runtime/base/text.h"

/* Reads a serialised TensorProto: tensor_content, or the list of values of its dtype, whose last value stands for all
 * that are missing (none: zeros). `*out` is overwritten. Refused with InvalidArgument "Cannot parse tensor from proto:
 * ...": malformed bytes, invalid or reference dtypes, shapes that are not fully known, tensor_content of another size.
 * With Unimplemented: resource and variant, more than HR_MAX_RANK dimensions. With ResourceExhausted: more memory than
 * `allocator` has, or more than 2 GiB that the bytes do not spell out. */
HR_MUST_USE hr_status hr_tensor_from_proto(hr_view bytes, hr_allocator *allocator, hr_tensor *out);

/* Reads a tensor from the list of values of a TensorProto, whatever its other fields are; the list must have all of
 * them. `*out` is overwritten. InvalidArgument for malformed bytes and another number of values. */
HR_MUST_USE hr_status hr_tensor_from_values(hr_view bytes, hr_dtype dtype, const hr_shape *shape,
                                            hr_allocator *allocator, hr_tensor *out);

/* Appends the TensorProto that tf.make_tensor_proto of 1.15 makes: tensor_content for more than one element of the
 * types it uses it for, else the list of values; see hr_tensor.proto_values. Not for resource and variant:
 * Unimplemented. Out of memory shows in `out->failed`. */
HR_MUST_USE hr_status hr_tensor_to_proto(const hr_tensor *tensor, hr_text *out);

/* Appends a TensorProto with tensor_content, as TensorFlow's own runtime writes one, strings included. As above. */
HR_MUST_USE hr_status hr_tensor_content_to_proto(const hr_tensor *tensor, hr_text *out);

/* Appends the list of values alone, without dtype and shape: what hr_tensor_from_values reads. */
HR_MUST_USE hr_status hr_tensor_values_to_proto(const hr_tensor *tensor, hr_text *out);

/* A serialised TensorShapeProto. InvalidArgument for malformed bytes and sizes below -1, Unimplemented over
 * HR_MAX_RANK. */
HR_MUST_USE hr_status hr_shape_from_proto(hr_view bytes, hr_partial_shape *out);
/* Appends the fields of a TensorShapeProto. */
void hr_shape_to_proto(const hr_partial_shape *shape, hr_text *out);

#endif
