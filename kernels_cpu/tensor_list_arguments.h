/* What kernels of lists of tensors read. All refuse with InvalidArgument, in TensorFlow's words. */
#ifndef HR_KERNELS_CPU_TENSOR_LIST_ARGUMENTS_H
#define HR_KERNELS_CPU_TENSOR_LIST_ARGUMENTS_H

#include "kernels_cpu/tensor_list.h"

#define HR_PARTIAL_SHAPE_TEXT(s) hr_partial_shape_text((s), (char[HR_SHAPE_TEXT]){0})

/* The node's element_dtype. */
hr_dtype hr_list_dtype(const hr_kernel_context *ctx);
/* The list in an input; in input 0, with elements of the node's dtype. Borrowed. */
HR_MUST_USE hr_status hr_list_input(const hr_kernel_context *ctx, int input, hr_tensor_list **out);
HR_MUST_USE hr_status hr_typed_list_input(const hr_kernel_context *ctx, hr_tensor_list **out);
HR_MUST_USE hr_status hr_check_list_dtype(const hr_tensor_list *list, hr_dtype dtype);

/* The shape of elements that a tensor tells: sizes, or the scalar -1. */
HR_MUST_USE hr_status hr_told_element_shape(const hr_tensor *sizes, hr_partial_shape *out);
/* What an input and the list say of it. */
HR_MUST_USE hr_status hr_known_element_shape(const hr_kernel_context *ctx, int input, const hr_tensor_list *list,
                                             hr_partial_shape *out);
/* The shape that all elements of a list have, as far as `known` and those that are set say. */
HR_MUST_USE hr_status hr_common_element_shape(const hr_tensor_list *list, hr_partial_shape *known);

/* An int32 input of one element. */
HR_MUST_USE hr_status hr_list_scalar(const hr_kernel_context *ctx, int input, const char *name, int32_t *out);
/* An output of zeros of this full shape; of strings, empty ones. */
HR_MUST_USE hr_status hr_output_zeros(hr_kernel_context *ctx, int output, const hr_partial_shape *shape);

#endif
