/* Gradients of lists of tensors: lists of the elements' gradients. */
#include "builder/tensor_list.h"
#include "headrace/arrays.h"
#include "headrace/ops.h"
#include "ops/gradients/gradient.h"

static hr_dtype dtype_of(const hr_gradient_context *c) {
  return (hr_dtype)hr_node_attr(c->node, "element_dtype")->type;
}

/* The sizes of a row of a tensor. */
static hr_output row_shape(hr_scope scope, hr_output tensor) {
  return hr_call_one(scope, "Slice", NULL, HR_OPERANDS(hr_tf_shape(scope, tensor), HR_INTS(1), HR_INTS(-1)),
                     HR_NO_ATTRS);
}

static hr_output element_shape_of(hr_scope scope, hr_output list) {
  return hr_tensor_list_element_shape(scope, list, HR_INT32);
}

/* ---- one element ------------------------------------------------------------------------------------------------- */

hr_status hr_gradient_tensor_list_push(hr_gradient_context *c) {
  hr_output shape = hr_tf_shape(c->scope, hr_x(c, 1));
  hr_tensor_list_pop_back_outputs popped = hr_tensor_list_pop_back(c->scope, hr_dy(c, 0), shape, dtype_of(c));
  hr_dx(c, 0, popped.output_handle);
  hr_dx(c, 1, popped.tensor);
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_pop(hr_gradient_context *c) {
  hr_dx(c, 0, hr_tensor_list_push_back(c->scope, hr_dy(c, 0), hr_dy(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_get(hr_gradient_context *c) {
  hr_output list = hr_x(c, 0), gradient = hr_dy(c, 0);
  hr_output length = hr_tensor_list_length(c->scope, list);
  hr_output none = hr_tensor_list_reserve(c->scope, element_shape_of(c->scope, list), length, dtype_of(c));
  hr_dx(c, 0, hr_tensor_list_set_item(c->scope, none, hr_x(c, 1), gradient));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_set(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0), index = hr_x(c, 1), item = hr_x(c, 2);
  hr_dx(c, 0, hr_tensor_list_set_item(c->scope, gradient, index, hr_tf_zeros_like(c->scope, item)));
  hr_dx(c, 2, hr_tensor_list_get_item(c->scope, gradient, index, hr_tf_shape(c->scope, item), dtype_of(c)));
  return HR_SUCCESS;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

hr_status hr_gradient_tensor_list_stack(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0);
  hr_partial_shape row = *hr_output_shape(gradient);
  int64_t sizes[HR_MAX_RANK];
  if (row.rank > 0) memmove(row.dims, row.dims + 1, sizeof *row.dims * (size_t)--row.rank);
  hr_operand shape = hr_list_element_shape(c->scope, &row, sizes);
  hr_dx(c, 0, hr_call_one(c->scope, "TensorListFromTensor", NULL, HR_OPERANDS(gradient, shape), HR_NO_ATTRS));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_from_tensor(hr_gradient_context *c) {
  hr_output tensor = hr_x(c, 0), shape = row_shape(c->scope, tensor);
  const hr_partial_shape *known = hr_output_shape(tensor);
  hr_dx(c, 0,
        hr_tensor_list_stack(c->scope, hr_dy(c, 0), shape, dtype_of(c),
                             .num_elements = known->rank > 0 ? known->dims[0] : -1));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_concat(hr_gradient_context *c) {
  hr_output shape = element_shape_of(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_tensor_list_split(c->scope, hr_dy(c, 0), shape, hr_y(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_split(hr_gradient_context *c) {
  hr_output shape = row_shape(c->scope, hr_x(c, 0));
  shape = hr_join(c->scope, HR_NUMBER_PART(-1), HR_VECTOR_PART(shape));
  hr_dx(c, 0, hr_tensor_list_concat_v2(c->scope, hr_dy(c, 0), shape, hr_x(c, 2), dtype_of(c)).tensor);
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_resize(hr_gradient_context *c) {
  hr_output length = hr_tensor_list_length(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_tensor_list_resize(c->scope, hr_dy(c, 0), length));
  return HR_SUCCESS;
}

/* ---- some of them ------------------------------------------------------------------------------------------------ */

hr_status hr_gradient_tensor_list_gather(hr_gradient_context *c) {
  hr_output list = hr_x(c, 0), shape = element_shape_of(c->scope, list);
  hr_output none = hr_tensor_list_reserve(c->scope, shape, hr_tensor_list_length(c->scope, list), dtype_of(c));
  hr_dx(c, 0, hr_tensor_list_scatter_into_existing_list(c->scope, none, hr_dy(c, 0), hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_scatter(hr_gradient_context *c) {
  hr_output shape = row_shape(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_tensor_list_gather(c->scope, hr_dy(c, 0), hr_x(c, 1), shape, dtype_of(c)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_list_scatter_into(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0), tensor = hr_x(c, 1), indices = hr_x(c, 2);
  hr_output shape = row_shape(c->scope, tensor);
  hr_dx(c, 1, hr_tensor_list_gather(c->scope, gradient, indices, shape, dtype_of(c)));
  hr_output zeros = hr_tf_zeros_like(c->scope, tensor);
  hr_dx(c, 0, hr_tensor_list_scatter_into_existing_list(c->scope, gradient, zeros, indices));
  return HR_SUCCESS;
}
