/* Arithmetic whose ops depend on the dtypes: divisions, complex numbers, casts that clip. */
#include "builder/builder.h"
#include "headrace/math.h"
#include <float.h>

/* ---- divisions ------------------------------------------------------------------------------------------------- */

hr_output hr_tf_truediv_with(hr_scope scope, hr_operand x, hr_operand y, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "truediv");
  hr_output a = hr_convert(s, x, HR_INVALID, "x");
  hr_output b = hr_convert(s, y, HR_INVALID, "y");
  return hr_true_division(s, a, b);
}

hr_output hr_tf_div_with(hr_scope scope, hr_operand x, hr_operand y, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "div");
  hr_output a = hr_convert(s, x, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(a);
  hr_output b = hr_convert(s, y, dtype, "y");
  bool exact = hr_dtype_is_floating(dtype) || hr_dtype_is_complex(dtype);
  return hr_call_one(s, exact ? "RealDiv" : "FloorDiv", hr_scope_name(s), HR_OPERANDS(a, b), HR_NO_ATTRS);
}

hr_output hr_reciprocal_no_nan_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "reciprocal_no_nan");
  hr_output a = hr_convert(s, x, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output one = hr_constant(s, 1.0, .dtype = hr_output_base_dtype(a), .name = "one");
  return hr_div_no_nan(s, one, a, .name = hr_scope_name(s));
}

/* ---- logic ----------------------------------------------------------------------------------------------------- */

hr_output hr_logical_xor_with(hr_scope scope, hr_operand x, hr_operand y, const hr_op_options *options) {
  hr_output either = hr_binary(scope, "LogicalOr", x, y);
  hr_output both = hr_binary(scope, "LogicalAnd", x, y);
  const char *name = options && options->name ? options->name : "LogicalXor";
  return hr_logical_and(scope, either, hr_logical_not(scope, both), .name = name);
}

/* ---- complex numbers ------------------------------------------------------------------------------------------- */

static hr_dtype part_dtype(hr_dtype dtype) { return dtype == HR_COMPLEX128 ? HR_DOUBLE : HR_FLOAT; }

/* Converts x in a scope of its own; `*complex` tells whether it is complex. */
static hr_output begin(hr_scope *scope, const char *name, const char *op, hr_operand x, const char *argument,
                       bool *complex) {
  *scope = hr_name_scope_or(*scope, name, op);
  hr_output value = hr_convert(*scope, x, HR_INVALID, argument);
  *complex = hr_scope_ok(*scope) && hr_dtype_is_complex(hr_output_base_dtype(value));
  return value;
}

/* An op that takes a complex tensor to a real one, under the scope's name. */
static hr_output part(hr_scope s, const char *op, hr_output x) {
  hr_dtype dtype = part_dtype(hr_output_base_dtype(x));
  return hr_call_one(s, op, hr_scope_name(s), HR_OPERANDS(x), HR_ATTRS({"Tout", HR_ATTR_TYPE_VALUE(dtype)}));
}

hr_output hr_tf_abs_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  bool complex;
  hr_output value = begin(&scope, options ? options->name : NULL, "Abs", x, "x", &complex);
  return complex ? part(scope, "ComplexAbs", value) : hr_abs(scope, value, .name = hr_scope_name(scope));
}

hr_output hr_tf_real_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  bool complex;
  hr_output value = begin(&scope, options ? options->name : NULL, "Real", x, "input", &complex);
  return complex ? part(scope, "Real", value) : value;
}

hr_output hr_tf_imag_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  bool complex;
  hr_output value = begin(&scope, options ? options->name : NULL, "Imag", x, "input", &complex);
  return complex ? part(scope, "Imag", value) : hr_tf_zeros_like(scope, value);
}

hr_output hr_tf_angle_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  bool complex;
  hr_output value = begin(&scope, options ? options->name : NULL, "Angle", x, "input", &complex);
  return complex ? part(scope, "Angle", value) : hr_tf_zeros_like(scope, value);
}

static bool is_real(hr_dtype dtype) { return hr_dtype_is_floating(dtype) || hr_dtype_is_integer(dtype); }

hr_output hr_tf_conj_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  if (x.kind == HR_OPERAND_OUTPUT && x.output.node && is_real(hr_output_base_dtype(x.output))) return x.output;
  bool complex;
  hr_output value = begin(&scope, options ? options->name : NULL, "Conj", x, "x", &complex);
  if (complex) return hr_conj(scope, value, .name = hr_scope_name(scope));
  if (!hr_scope_ok(scope) || is_real(hr_output_base_dtype(value))) return value;
  return hr_refuse_type(scope, "Expected numeric or variant tensor, got dtype tf.%s",
                        hr_dtype_python_name(hr_output_base_dtype(value)));
}

hr_output hr_tf_complex_with(hr_scope scope, hr_operand real, hr_operand imag, const hr_op_options *options) {
  hr_output x = hr_convert(scope, real, HR_INVALID, "real");
  hr_output y = hr_convert(scope, imag, HR_INVALID, "imag");
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Complex");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x), other = hr_output_base_dtype(y);
  if (dtype != other || (dtype != HR_FLOAT && dtype != HR_DOUBLE))
    return hr_refuse_type(s, "real and imag have incorrect types: %s %s", hr_dtype_python_name(dtype),
                          hr_dtype_python_name(other));
  hr_dtype out = dtype == HR_DOUBLE ? HR_COMPLEX128 : HR_COMPLEX64;
  return hr_call_one(s, "Complex", hr_scope_name(s), HR_OPERANDS(x, y), HR_ATTRS({"Tout", HR_ATTR_TYPE_VALUE(out)}));
}

/* ---- rounding and clipping ------------------------------------------------------------------------------------- */

hr_output hr_tf_round_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  hr_output value = hr_convert(scope, x, HR_INVALID, "x");
  if (!hr_scope_ok(scope) || hr_dtype_is_integer(hr_output_base_dtype(value))) return value;
  return hr_round(scope, value, .name = options ? options->name : NULL);
}

/* The smallest and largest finite number of a dtype; false for what is no number. */
static bool limits(hr_dtype dtype, double *low, double *high) {
  static const struct {
    hr_dtype dtype;
    double low, high;
  } table[] = {
      {HR_INT8, INT8_MIN, INT8_MAX},    {HR_UINT8, 0, UINT8_MAX},
      {HR_INT16, INT16_MIN, INT16_MAX}, {HR_UINT16, 0, UINT16_MAX},
      {HR_INT32, INT32_MIN, INT32_MAX}, {HR_UINT32, 0, UINT32_MAX},
      {HR_INT64, -0x1p63, 0x1p63},      {HR_UINT64, 0, 0x1p64},
      {HR_HALF, -65504, 65504},         {HR_BFLOAT16, -0x1.fep127, 0x1.fep127},
      {HR_FLOAT, -FLT_MAX, FLT_MAX},    {HR_DOUBLE, -DBL_MAX, DBL_MAX},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; ++i) {
    if (table[i].dtype != dtype) continue;
    *low = table[i].low;
    *high = table[i].high;
    return true;
  }
  return false;
}

/* A limit as a constant of the dtype that is clipped. */
static hr_output limit(hr_scope s, double value, hr_dtype dtype, const char *name) {
  hr_operand number = hr_dtype_is_integer(dtype) ? hr_operand_int((int64_t)value) : hr_operand_float(value);
  return hr_convert(s, number, dtype, name);
}

hr_output hr_saturate_cast_with(hr_scope scope, hr_operand x, hr_dtype dtype, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "saturate_cast");
  hr_output value = hr_convert(s, x, HR_INVALID, "value");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  dtype = hr_dtype_base(dtype);
  hr_dtype own = hr_output_base_dtype(value);
  double own_low, own_high, low, high;
  if (!limits(own, &own_low, &own_high) || !limits(dtype, &low, &high))
    return hr_refuse_type(s, "saturate_cast is for numbers, not from %s to %s", hr_dtype_python_name(own),
                          hr_dtype_python_name(dtype));
  if (own_low < low) value = hr_maximum(s, value, limit(s, low, own, "min"));
  if (own_high > high) value = hr_minimum(s, value, limit(s, high, own, "max"));
  return hr_tf_cast(s, value, dtype, .name = hr_scope_name(s));
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

hr_output hr_accumulate_n_with(hr_scope scope, hr_operands inputs, const hr_accumulate_n_options *options) {
  hr_accumulate_n_options o = options ? *options : (hr_accumulate_n_options){.shape = HR_SHAPE_UNKNOWN};
  hr_output *items = hr_keep_bytes(scope, sizeof *items * (size_t)(inputs.count + 1));
  bool fit = inputs.count > 0;
  for (int32_t i = 0; items && fit && i < inputs.count; ++i) {
    items[i] = hr_convert(scope, hr_operands_at(inputs, i), HR_INVALID, NULL);
    if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
    hr_status status = hr_partial_shape_merge(&o.shape, hr_output_shape(items[i]), &o.shape);
    fit = hr_output_base_dtype(items[i]) == hr_output_base_dtype(items[0]) && status == HR_SUCCESS;
    hr_status_free(status);
  }
  if (!items) return HR_NO_OUTPUT;
  if (!fit) return hr_refuse(scope, "inputs must be a list of at least one Tensor with the same dtype and shape");
  if (inputs.count == 1) return o.name ? hr_identity(scope, items[0], .name = o.name) : items[0];
  return hr_call_one(scope, "AccumulateNV2", o.name, HR_OPERANDS(((hr_outputs){inputs.count, items})),
                     HR_ATTRS({"shape", HR_ATTR_SHAPE_VALUE(&o.shape)}));
}
