/* Penalties on weights. */
#include "builder/builder.h"
#include "headrace/layers.h"
#include "headrace/variables.h"

static hr_dtype dtype_of(hr_operand x) {
  return x.kind == HR_OPERAND_VARIABLE ? hr_var_dtype(x.variable)
         : x.kind == HR_OPERAND_OUTPUT ? hr_output_base_dtype(x.output)
                                       : hr_natural_dtype(x);
}

static hr_output of_all(hr_scope s, const char *op, hr_operand x) {
  return hr_call_one(s, op, NULL, HR_OPERANDS(x), HR_NO_ATTRS);
}

static hr_output scaled(hr_scope s, double scale, hr_operand weights, bool squares) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output factor = hr_convert(s, hr_operand_float(scale), dtype_of(weights), "scale");
  hr_output sum = squares ? of_all(s, "L2Loss", weights) : hr_reduce_sum(s, of_all(s, "Abs", weights));
  return hr_mul(s, factor, sum, .name = hr_scope_name(s));
}

static hr_output l1_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  if (self->l1 == 0) return HR_NO_OUTPUT;
  return scaled(hr_name_scope_or(scope, self->name, "l1_regularizer"), self->l1, weights, false);
}
hr_regularizer hr_l1_regularizer_with(double scale, const hr_op_options *options) {
  return (hr_regularizer){.call = l1_call, .l1 = scale, .name = options ? options->name : NULL};
}

static hr_output l2_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  if (self->l2 == 0) return HR_NO_OUTPUT;
  return scaled(hr_name_scope_or(scope, self->name, "l2_regularizer"), self->l2, weights, true);
}
hr_regularizer hr_l2_regularizer_with(double scale, const hr_op_options *options) {
  return (hr_regularizer){.call = l2_call, .l2 = scale, .name = options ? options->name : NULL};
}

static hr_output l1_l2_call(const hr_regularizer *self, hr_scope scope, hr_operand weights) {
  hr_scope s = hr_name_scope_or(scope, self->name, "l1_l2_regularizer");
  const hr_regularizer l1 = hr_l1_regularizer(self->l1), l2 = hr_l2_regularizer(self->l2);
  hr_output terms[2] = {l1_call(&l1, s, weights), l2_call(&l2, s, weights)};
  return hr_tf_add_n(s, ((hr_outputs){2, terms}), .name = hr_scope_name(s));
}
hr_regularizer hr_l1_l2_regularizer_with(double l1, double l2, const hr_op_options *options) {
  const char *name = options && options->name ? options->name : "l1_l2_regularizer";
  if (l1 == 0) return hr_l2_regularizer(l2, .name = name);
  if (l2 == 0) return hr_l1_regularizer(l1, .name = name);
  return (hr_regularizer){.call = l1_l2_call, .l1 = l1, .l2 = l2, .name = name};
}

/* Keras adds its penalties to zero. */
static hr_output keras_call(const hr_regularizer *self, hr_scope s, hr_operand x) {
  if (self->l1 == 0 && self->l2 == 0) return hr_convert(s, hr_operand_float(0), HR_FLOAT, NULL);
  hr_operand sum = hr_operand_float(0);
  if (self->l1 != 0)
    sum = hr_operand_output(hr_plus(s, sum, hr_times(s, self->l1, hr_reduce_sum(s, of_all(s, "Abs", x)))));
  if (self->l2 != 0)
    sum = hr_operand_output(hr_plus(s, sum, hr_times(s, self->l2, hr_reduce_sum(s, of_all(s, "Square", x)))));
  return sum.output;
}
hr_regularizer hr_keras_regularizer(double l1, double l2) {
  return (hr_regularizer){.call = keras_call, .l1 = l1, .l2 = l2};
}

hr_output hr_regularize_with(hr_scope scope, hr_regularizer regularizer, hr_operand weights) {
  return regularizer.call ? regularizer.call(&regularizer, scope, weights) : HR_NO_OUTPUT;
}
