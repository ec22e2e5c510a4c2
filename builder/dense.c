/* tf.layers.dense and tf.contrib.layers.fully_connected. */
#include "builder/builder.h"
#include "builder/layer.h"
#include "headrace/layers.h"
#include "headrace/linalg.h"

hr_output hr_dense_call_with(hr_scope scope, hr_output x, hr_operand kernel, const hr_dense_call_options *options) {
  hr_dense_call_options o = options ? *options : (hr_dense_call_options){0};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  hr_output y = rank > 2 ? hr_tensordot(scope, x, kernel, HR_OPERANDS(HR_AXES(rank - 1), HR_AXES(0)))
                         : hr_call_one(scope, "MatMul", NULL, HR_OPERANDS(x, kernel), HR_NO_ATTRS);
  if (hr_operand_is_given(o.bias)) y = hr_call_one(scope, "BiasAdd", NULL, HR_OPERANDS(y, o.bias), HR_NO_ATTRS);
  return o.activation.call && hr_scope_ok(scope) ? o.activation.call(o.activation.argument, scope, y) : y;
}

/* Variables kernel and bias in `owner`, and activation(x kernel + bias). */
static hr_output build(hr_scope scope, const hr_var_scope *owner, hr_output x, int64_t units,
                       const hr_dense_options *o) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  hr_dtype dtype = hr_output_base_dtype(x);
  if (!hr_dtype_is_floating(dtype) && !hr_dtype_is_complex(dtype))
    return hr_refuse(scope, "Unable to build `Dense` layer with non-floating point dtype %s", hr_dtype_name(dtype));
  if (shape->rank < 2 || shape->dims[shape->rank - 1] < 0) {
    char text[HR_SHAPE_TEXT];
    return hr_refuse(scope,
                     "The last dimension of the inputs to `Dense` should be defined, and its rank at least 2: found %s",
                     hr_partial_shape_text(shape, text));
  }
  int rank = shape->rank;
  hr_layer layer = hr_layer_begin(scope, owner, o->reuse, o->trainable);
  hr_var *kernel = hr_layer_variable(&layer, "kernel", HR_SHAPE(shape->dims[rank - 1], units), dtype,
                                     o->kernel_initializer, o->kernel_regularizer);
  hr_var *bias = NULL;
  if (o->use_bias)
    bias =
        hr_layer_variable(&layer, "bias", HR_SHAPE(units), dtype,
                          o->bias_initializer.call ? o->bias_initializer : hr_zeros_initializer(), o->bias_regularizer);
  hr_operand offset = bias ? hr_operand_variable(bias) : HR_NO_OPERAND;
  hr_output y = kernel ? hr_dense_call(layer.scope, x, kernel, .bias = offset, .activation = o->activation) : x;
  hr_layer_activity(&layer, o->activity_regularizer, y);
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

hr_output hr_dense_with(hr_scope scope, hr_operand input, int64_t units, const hr_dense_options *options) {
  hr_dense_options o = options ? *options : (hr_dense_options){HR_DENSE_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  return build(scope, hr_layer_scope(scope, o.name, "dense", o.reuse), x, units, &o);
}

hr_output hr_fully_connected_with(hr_scope scope, hr_operand input, int64_t units,
                                  const hr_fully_connected_options *options) {
  hr_fully_connected_options o = options ? *options : (hr_fully_connected_options){HR_FULLY_CONNECTED_DEFAULTS};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  hr_dense_options dense = {.use_bias = o.use_bias && !o.normalizer.call,
                            .kernel_initializer = o.weights_initializer.call ? o.weights_initializer
                                                                             : hr_xavier_initializer(true, HR_NO_SEED),
                            .bias_initializer = o.biases_initializer,
                            .kernel_regularizer = o.weights_regularizer,
                            .bias_regularizer = o.biases_regularizer,
                            .trainable = o.trainable,
                            .reuse = o.reuse};
  hr_scope outer = hr_variable_scope(scope, o.scope, .default_name = "fully_connected", .reuse = o.reuse,
                                     .custom_getter = {hr_model_variable, NULL});
  hr_output y = HR_NO_OUTPUT;
  if (hr_scope_ok(outer)) {
    y = build(outer, hr_captured_scope(outer), x, units, &dense);
    if (o.normalizer.call && hr_scope_ok(scope)) y = o.normalizer.call(o.normalizer.argument, outer, y);
    if (o.activation.call && hr_scope_ok(scope)) y = o.activation.call(o.activation.argument, outer, y);
  }
  hr_scope_close(outer);
  return y;
}
