/* Tensor arrays, as other parts of the builder write them. */
#ifndef HR_BUILDER_TENSOR_ARRAY_H
#define HR_BUILDER_TENSOR_ARRAY_H

#include "builder/builder.h"
#include "headrace/tensor_array.h"

/* What is known of an array, and shared by its states. In traced functions an array is a list (builder/tensor_list.h):
 * it has no handle, and its flow is the list. */
struct hr_tensor_array {
  hr_output handle, flow;
  hr_dtype dtype;
  bool dynamic, infer_shape, colocate, is_list;
  hr_partial_shape *element_shape; /* shared with the arrays of its gradients, too */
  hr_node **first_written;         /* what writes are colocated with; NULL inside until there is one */
};

/* The ops of arrays that are lists. `array` is usable; scopes are the caller's. */
hr_output hr_list_array_new(hr_scope scope, hr_dtype dtype, hr_operand size, const hr_tensor_array_options *options);
hr_output hr_list_array_read(hr_scope scope, const hr_tensor_array *array, hr_operand index, const char *name);
/* In the scope of a write. */
hr_output hr_list_array_write(hr_scope scope, const hr_tensor_array *array, hr_operand index, hr_output value,
                              const char *name);
hr_output hr_list_array_stack(hr_scope scope, const hr_tensor_array *array, const char *name);
hr_output hr_list_array_gather(hr_scope scope, const hr_tensor_array *array, hr_operand indices, const char *name);
hr_output hr_list_array_concat(hr_scope scope, const hr_tensor_array *array, const char *name);
hr_output hr_list_array_unstack(hr_scope scope, hr_output value, const char *name);
hr_output hr_list_array_scatter(hr_scope scope, const hr_tensor_array *array, hr_operand indices, hr_output value,
                                const char *name);
hr_output hr_list_array_split(hr_scope scope, hr_output value, hr_output lengths, const hr_partial_shape *piece,
                              const char *name);

/* hr_tensor_array_write of a tensor in the name scope that the caller has opened for it; `name`: of the node. */
hr_tensor_array *hr_tensor_array_write_in(hr_scope writing, const char *name, hr_tensor_array *array, hr_operand index,
                                          hr_output value);

#endif
