/* What gradients of convolutions and pooling share. */
#ifndef HR_OPS_GRADIENTS_WINDOW_H
#define HR_OPS_GRADIENTS_WINDOW_H

#include "ops/gradients/gradient.h"

/* A node of `op` with these inputs and the attributes about windows that the node at hand has: sizes, strides, padding,
 * format. Gives its first output. */
hr_output hr_window_node(const hr_gradient_context *c, const char *op, int count, const hr_output *inputs);
#define hr_windows(c, op, ...)                                                                                         \
  hr_window_node((c), (op), (int)(sizeof((hr_output[]){__VA_ARGS__}) / sizeof(hr_output)), (hr_output[]){__VA_ARGS__})

/* tf.zeros of the shape of input i. */
hr_output hr_zeros_like_input(const hr_gradient_context *c, int i);

#endif
