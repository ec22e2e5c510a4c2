/* Lists of tensors in variants. A list is a value: it changes only while nobody else has it. */
#ifndef HR_KERNELS_CPU_TENSOR_LIST_H
#define HR_KERNELS_CPU_TENSOR_LIST_H

#include "headrace/kernel.h"
#include "runtime/tensor/resource.h"

typedef struct hr_tensor_list {
  hr_resource resource;
  hr_dtype dtype;
  hr_partial_shape element_shape;
  int64_t max_count; /* -1: any */
  int64_t count, capacity;
  hr_tensor *items; /* dtype HR_INVALID: not set; they may outlive the step */
} hr_tensor_list;

/* `count` elements that are not set. One reference. */
HR_MUST_USE hr_status hr_tensor_list_new(hr_dtype dtype, const hr_partial_shape *element_shape, int64_t count,
                                         hr_tensor_list **out);
/* The list in element `i` of a tensor of variants, borrowed. InvalidArgument for what is none. */
HR_MUST_USE hr_status hr_tensor_list_at(const hr_tensor *variants, int64_t i, hr_tensor_list **out);
/* More or less elements; new ones are not set. */
HR_MUST_USE hr_status hr_tensor_list_resize_to(hr_tensor_list *list, int64_t count);
/* What both say of the same shape, in TensorFlow's words where they contradict. `out` may alias. */
HR_MUST_USE hr_status hr_merge_element_shapes(const hr_partial_shape *a, const hr_partial_shape *b,
                                              hr_partial_shape *out);

/* Output 0 becomes the list that lets itself be changed, with the elements of the one in input 0: that one, where
 * nobody else has it. */
HR_MUST_USE hr_status hr_tensor_list_to_change(hr_kernel_context *ctx, hr_tensor_list **out);

#endif
