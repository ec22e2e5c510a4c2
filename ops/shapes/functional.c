/* Shapes of what functions return. */
#include "ops/shapes/shapes.h"
#include "runtime/graph/function_shapes.h"

hr_status hr_shape_fn_call(hr_shape_context *c) { return hr_shapes_of_called(c); }

/* The gradients of the arguments, which come first among the inputs. */
hr_status hr_shape_fn_symbolic_gradient(hr_shape_context *c) {
  if (c->node->num_inputs < c->node->num_outputs) return hr_error(HR_INVALID_ARGUMENT, "len(inputs) < len(outputs)");
  for (int i = 0; i < c->node->num_outputs; ++i) {
    hr_output x = c->node->inputs[i];
    const hr_handle_data *handle = hr_output_handle_data(x);
    if (handle)
      HR_TRY(hr_shape_set(c, i, &handle->shape));
    else if (hr_output_dtype(x) != HR_RESOURCE)
      hr_share_input(c, i, i);
  }
  return HR_SUCCESS;
}

/* The shapes that output_shapes tells; `*given` false where it tells none. */
static hr_status take_given_shapes(hr_shape_context *c, bool *given) {
  const hr_attr_value *shapes = hr_node_attr(c->node, "output_shapes");
  *given = shapes->count > 0;
  if (!*given) return HR_SUCCESS;
  if (shapes->count != c->node->num_outputs)
    return hr_error(HR_INVALID_ARGUMENT, "`output_shapes` must be the same length as num outputs (%d vs. %d)",
                    (int)shapes->count, (int)c->node->num_outputs);
  for (int i = 0; i < c->node->num_outputs; ++i)
    HR_TRY(hr_shape_set(c, i, &shapes->shapes[i]));
  return HR_SUCCESS;
}

hr_status hr_shape_fn_if(hr_shape_context *c) {
  bool given;
  return take_given_shapes(c, &given);
}

hr_status hr_shape_fn_while(hr_shape_context *c) {
  bool given;
  HR_TRY(take_given_shapes(c, &given));
  for (int i = 0; i < c->node->num_outputs; ++i) {
    const hr_handle_data *handle = hr_shape_input_handle(c, i);
    if (!given) hr_share_input(c, i, i);
    if (handle) HR_TRY(hr_shape_share_handle(c, i, handle));
  }
  return HR_SUCCESS;
}
