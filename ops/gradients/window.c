#include "ops/gradients/window.h"

#include "headrace/arrays.h"

hr_output hr_window_node(const hr_gradient_context *c, const char *op, int count, const hr_output *inputs) {
  static const char *const shared[] = {"strides",
                                       "padding",
                                       "explicit_paddings",
                                       "use_cudnn_on_gpu",
                                       "data_format",
                                       "dilations",
                                       "ksize",
                                       "ksizes",
                                       "include_batch_in_index",
                                       "rates",
                                       "overlapping"};
  hr_node_builder *n = hr_node_begin(c->scope, op, NULL);
  for (int i = 0; i < count; ++i)
    hr_node_add_input(n, inputs[i]);
  for (size_t i = 0; i < sizeof shared / sizeof *shared; ++i) {
    const hr_attr_value *value = hr_node_attr(c->node, shared[i]);
    if (value) hr_node_set_attr(n, shared[i], value);
  }
  return (hr_output){hr_node_finish(n), 0};
}

hr_output hr_zeros_like_input(const hr_gradient_context *c, int i) {
  hr_output shape = hr_tf_shape(c->scope, hr_x(c, i));
  return hr_zeros(c->scope, shape, .dtype = hr_output_base_dtype(hr_x(c, i)));
}
