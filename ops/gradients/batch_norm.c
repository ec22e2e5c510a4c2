/* Gradients of batch normalisation. */
#include "ops/gradients/gradient.h"

static bool channels_first(const hr_gradient_context *c) {
  return strcmp(hr_node_attr(c->node, "data_format")->s, "NCHW") == 0;
}
static float epsilon(const hr_gradient_context *c) { return hr_node_attr(c->node, "epsilon")->f; }

/* The gradient op of a version has two or three inputs more than dy, x and scale: what forward kept for it. */
static hr_node *gradient_node(const hr_gradient_context *c, const char *format, hr_output dy, hr_output x,
                              hr_output mean, hr_output variance) {
  const char *version = hr_node_op(c->node) + strlen("FusedBatchNorm");
  char op[32];
  snprintf(op, sizeof op, "FusedBatchNormGrad%s", version);
  hr_node_builder *n = hr_node_begin(c->scope, op, NULL);
  const hr_output inputs[] = {dy, x, hr_x(c, 1), mean, variance};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; ++i)
    hr_node_add_input(n, inputs[i]);
  if (strcmp(version, "V3") == 0) hr_node_add_input(n, hr_y(c, 5));
  hr_node_set_float(n, "epsilon", epsilon(c));
  hr_node_set_string(n, "data_format", format);
  hr_node_set_bool(n, "is_training", hr_bool_attr(c, "is_training"));
  return hr_node_finish(n);
}

hr_status hr_gradient_fused_batch_norm(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), dy = hr_dy(c, 0);
  hr_node *node;
  if (hr_bool_attr(c, "is_training")) {
    node = gradient_node(c, hr_node_attr(c->node, "data_format")->s, dy, x, hr_y(c, 3), hr_y(c, 4));
    if (node) {
      hr_dx(c, 0, (hr_output){node, 0});
      hr_dx(c, 3, (hr_output){node, 3}); /* of mean and variance, which are empty here */
      hr_dx(c, 4, (hr_output){node, 4});
    }
  } else { /* the kernels of inference want the channels last */
    bool turn = channels_first(c);
    if (turn) {
      x = hr_tf_transpose(s, x, .perm = HR_AXES(0, 2, 3, 1));
      dy = hr_tf_transpose(s, dy, .perm = HR_AXES(0, 2, 3, 1));
    }
    node = gradient_node(c, "NHWC", dy, x, hr_x(c, 3), hr_x(c, 4));
    hr_output dx = {node, 0};
    if (node) hr_dx(c, 0, turn ? hr_tf_transpose(s, dx, .perm = HR_AXES(0, 3, 1, 2)) : dx);
  }
  if (!node) return HR_SUCCESS;
  hr_dx(c, 1, (hr_output){node, 1});
  hr_dx(c, 2, (hr_output){node, 2});
  return HR_SUCCESS;
}

/* ---- second order ---------------------------------------------------------------------------------------------- */

/* The gradient op's outputs again, by ops that have gradients: those of x, scale and offset. */
static void compose(const hr_gradient_context *c, hr_output out[3]) {
  hr_scope s = c->scope;
  hr_output dy = hr_tf_cast(s, hr_x(c, 0), HR_FLOAT), x = hr_tf_cast(s, hr_x(c, 1), HR_FLOAT);
  hr_output scale = hr_x(c, 2), mean = hr_x(c, 3), variance = hr_x(c, 4);
  bool first = channels_first(c), is_training = hr_bool_attr(c, "is_training");
  hr_operand axes = first ? HR_AXES(0, 2, 3) : HR_AXES(0, 1, 2);
  if (first) {
    scale = hr_tf_reshape(s, scale, HR_SHAPE(1, -1, 1, 1));
    mean = hr_tf_reshape(s, mean, HR_SHAPE(1, -1, 1, 1));
    variance = hr_tf_reshape(s, variance, HR_SHAPE(1, -1, 1, 1));
  }
  if (is_training) { /* here they are functions of x */
    hr_moments_outputs moments = hr_moments(s, x, axes, .keep_dims = true);
    mean = moments.mean;
    variance = moments.variance;
  }
  hr_output centred = hr_minus(s, x, mean), inverse = hr_rsqrt(s, hr_plus(s, variance, (double)epsilon(c)));
  hr_output product = hr_times(s, dy, centred), step = dy;
  if (is_training) {
    step = hr_minus(s, dy, hr_reduce_mean(s, dy, .axis = axes, .keepdims = true));
    hr_output slope = hr_reduce_mean(s, product, .axis = axes, .keepdims = true);
    slope = hr_times(s, slope, hr_square(s, inverse));
    step = hr_minus(s, step, hr_times(s, centred, slope));
  }
  out[0] = hr_tf_cast(s, hr_times(s, step, hr_times(s, scale, inverse)), hr_output_base_dtype(hr_x(c, 1)));
  out[1] = hr_reduce_sum(s, hr_times(s, product, inverse), .axis = axes);
  out[2] = hr_reduce_sum(s, dy, .axis = axes);
}

/* Differentiates the same by nodes: what TensorFlow does too, with other nodes. */
hr_status hr_gradient_fused_batch_norm_grad(hr_gradient_context *c) {
  hr_output ys[3], xs[] = {hr_x(c, 0), hr_x(c, 1), hr_x(c, 2)};
  compose(c, ys);
  hr_gradients(c->scope, ((hr_outputs){3, ys}), ((hr_outputs){3, xs}), c->inputs, .grad_ys = c->outputs,
               .stop_gradients = {3, xs});
  return HR_SUCCESS;
}
