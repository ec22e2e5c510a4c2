/* Gradients of tensor arrays: what was read was written, and the other way round, in the array of gradients that the
 * call of hr_gradients has for it. */
#include "headrace/tensor_array.h"
#include "ops/gradients/gradient.h"

/* Each call of hr_gradients, and each derivative of a derivative, adds up in an array of its own: it is named for the
 * part of the gradient's name up to the last scope that begins with "gradients". NULL with the error at the builder. */
static const char *source_of(hr_scope scope, hr_output gradient) {
  static const char word[] = "gradients";
  const char *name = gradient.node ? hr_node_name(gradient.node) : "", *end = NULL;
  for (const char *part = name; part; part = strchr(part, '/')) {
    if (*part == '/') ++part;
    if (strncmp(part, word, sizeof word - 1) == 0) end = part + strcspn(part, "/");
  }
  if (end) return hr_keep_printf(scope, "%.*s", (int)(end - name), name);
  hr_refuse(
      scope,
      "Expected op/tensor name to start with gradients (excluding scope), got: %s. This means that a tf.gradients "
      "op with this op in its dependency path has a custom name that does not start with 'gradients'.",
      name);
  return NULL;
}

/* The gradients of the array of the node's handle, from `flow` on. */
static hr_tensor_array *gradients_of(hr_gradient_context *c, hr_dtype dtype, hr_output flow, hr_output gradient) {
  const char *source = source_of(c->scope, gradient);
  if (!source) return NULL;
  hr_tensor_array *array =
      hr_tensor_array_of(c->scope, dtype, hr_x(c, 0), flow, .colocate_with_first_write_call = false);
  return hr_tensor_array_grad(c->scope, array, source, .flow = flow);
}

static hr_dtype type_attr(const hr_gradient_context *c, const char *name) {
  return (hr_dtype)hr_node_attr(c->node, name)->type;
}

/* Of what was read: the gradient is written, and the array's flow passes on that it was. */
hr_status hr_gradient_tensor_array_read(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0);
  hr_tensor_array *gradients = gradients_of(c, type_attr(c, "dtype"), hr_x(c, 2), gradient);
  hr_dx(c, 2, hr_tensor_array_flow(hr_tensor_array_write(c->scope, gradients, hr_x(c, 1), gradient)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_array_gather(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0);
  hr_tensor_array *gradients = gradients_of(c, type_attr(c, "dtype"), hr_x(c, 2), gradient);
  hr_dx(c, 2, hr_tensor_array_flow(hr_tensor_array_scatter(c->scope, gradients, hr_x(c, 1), gradient)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_array_concat(hr_gradient_context *c) {
  hr_output gradient = hr_dy(c, 0);
  hr_tensor_array *gradients = gradients_of(c, type_attr(c, "dtype"), hr_x(c, 1), gradient);
  hr_dx(c, 1, hr_tensor_array_flow(hr_tensor_array_split(c->scope, gradients, gradient, hr_y(c, 1))));
  return HR_SUCCESS;
}

/* Of what was written: the gradient is read behind the flow that comes back. */
hr_status hr_gradient_tensor_array_write(hr_gradient_context *c) {
  hr_output flow = hr_dy(c, 0);
  hr_tensor_array *gradients = gradients_of(c, type_attr(c, "T"), flow, flow);
  hr_dx(c, 2, hr_tensor_array_read(c->scope, gradients, hr_x(c, 1)));
  hr_dx(c, 3, flow);
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_array_scatter(hr_gradient_context *c) {
  hr_output flow = hr_dy(c, 0);
  hr_tensor_array *gradients = gradients_of(c, type_attr(c, "T"), flow, flow);
  hr_dx(c, 2, hr_tensor_array_gather(c->scope, gradients, hr_x(c, 1)));
  hr_dx(c, 3, flow);
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_array_split(hr_gradient_context *c) {
  hr_output flow = hr_dy(c, 0);
  hr_tensor_array *gradients = gradients_of(c, type_attr(c, "T"), flow, flow);
  hr_dx(c, 1, hr_tensor_array_concat(c->scope, gradients));
  hr_dx(c, 3, flow);
  return HR_SUCCESS;
}
