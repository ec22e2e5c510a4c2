/* Activation functions as layers take them. */
#include "builder/builder.h"
#include "headrace/nn.h"

#define HR_ACTIVATION(name, expression)                                                                                \
  static hr_output name##_call(void *argument, hr_scope scope, hr_output x) {                                          \
    (void)argument;                                                                                                    \
    return expression;                                                                                                 \
  }                                                                                                                    \
  const hr_activation hr_##name##_activation = {name##_call, NULL};

HR_ACTIVATION(relu, hr_relu(scope, x))
HR_ACTIVATION(relu6, hr_relu6(scope, x))
HR_ACTIVATION(elu, hr_elu(scope, x))
HR_ACTIVATION(selu, hr_selu(scope, x))
HR_ACTIVATION(sigmoid, hr_sigmoid(scope, x))
HR_ACTIVATION(tanh, hr_tanh(scope, x))
HR_ACTIVATION(softplus, hr_softplus(scope, x))
HR_ACTIVATION(softsign, hr_softsign(scope, x))
HR_ACTIVATION(softmax, hr_tf_softmax(scope, x))
HR_ACTIVATION(leaky_relu, hr_leaky_relu(scope, x))

hr_output hr_crelu_with(hr_scope scope, hr_operand features, const hr_axis_options *options) {
  hr_axis_options o = options ? *options : (hr_axis_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "CRelu");
  hr_output x = hr_convert(s, features, HR_INVALID, "features");
  hr_output negative = hr_neg(s, x);
  return hr_relu(s, hr_tf_concat(s, HR_LIST(x, negative), o.axis, .name = hr_scope_name(s)));
}

hr_output hr_log_sigmoid_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "LogSigmoid");
  hr_output x = hr_convert(s, input, HR_INVALID, "x");
  return hr_neg(s, hr_softplus(s, hr_neg(s, x)), .name = hr_scope_name(s));
}

hr_output hr_tf_leaky_relu_with(hr_scope scope, hr_operand features, const hr_tf_leaky_relu_options *options) {
  hr_tf_leaky_relu_options o = options ? *options : (hr_tf_leaky_relu_options){.alpha = 0.2};
  hr_scope s = hr_name_scope_or(scope, o.name, "LeakyRelu");
  hr_output x = hr_convert(s, features, HR_INVALID, "features");
  if (hr_scope_ok(s) && hr_dtype_is_integer(hr_output_base_dtype(x))) x = hr_tf_cast(s, x, HR_FLOAT);
  return hr_leaky_relu(s, x, .alpha = (float)o.alpha, .name = hr_scope_name(s));
}
