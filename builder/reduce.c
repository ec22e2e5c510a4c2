/* Reductions over axes. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "runtime/graph/rows.h"

/* What a reduction without axes reduces over: all dimensions, as a constant or, for an unknown rank and for what is no
 * tensor yet, counted at run. */
static hr_output all_dimensions(hr_scope scope, hr_operand x) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = x.kind == HR_OPERAND_OUTPUT && !hr_rows_of(x.output) ? hr_output_rank(x.output) : -1;
  if (rank < 0) return hr_tf_range(scope, 0, hr_tf_rank(scope, x), 1);
  int32_t dims[HR_MAX_RANK];
  for (int i = 0; i < rank; ++i)
    dims[i] = i;
  return hr_i32_vector(scope, rank, dims, "Const");
}

hr_output hr_reduce_with(hr_scope scope, const char *op, hr_operand x, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  bool all = !hr_operand_is_given(o.axis);
  if (all) o.axis = hr_operand_output(all_dimensions(scope, x));
  hr_output result =
      hr_call_one(scope, op, o.name, HR_OPERANDS(x, o.axis), HR_ATTRS({"keep_dims", HR_ATTR_BOOL_VALUE(o.keepdims)}));
  if (result.node && all && !o.keepdims) {
    hr_know_shape(scope, result, &HR_SHAPE());
  }
  return result;
}

/* log(sum(exp(x))), shifted by the largest finite element so that nothing overflows. */
hr_output hr_reduce_logsumexp_with(hr_scope scope, hr_operand input, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  hr_scope s = hr_name_scope_or(scope, o.name, "ReduceLogSumExp");
  hr_output largest = hr_reduce_max(s, x, .axis = o.axis, .keepdims = true);
  hr_output finite = hr_is_finite(s, largest);
  hr_output shift = hr_stop_gradient(s, hr_select(s, finite, largest, hr_tf_zeros_like(s, largest)));
  hr_output powers = hr_exp(s, hr_sub(s, x, shift));
  hr_output result = hr_log(s, hr_reduce_sum(s, powers, .axis = o.axis, .keepdims = o.keepdims));
  if (!o.keepdims) shift = hr_reshape(s, shift, hr_tf_shape(s, result));
  return hr_add(s, result, shift);
}

static hr_output arg_reduce(hr_scope scope, const char *op, hr_operand x, const hr_arg_options *options) {
  hr_arg_options o = options ? *options : (hr_arg_options){0};
  if (!hr_operand_is_given(o.axis)) o.axis = hr_operand_int(0);
  return hr_call_one(scope, op, o.name, HR_OPERANDS(x, o.axis),
                     HR_ATTRS({"output_type", HR_ATTR_TYPE_VALUE(o.output_type ? o.output_type : HR_INT64)}));
}
hr_output hr_argmax_with(hr_scope scope, hr_operand x, const hr_arg_options *options) {
  return arg_reduce(scope, "ArgMax", x, options);
}
hr_output hr_argmin_with(hr_scope scope, hr_operand x, const hr_arg_options *options) {
  return arg_reduce(scope, "ArgMin", x, options);
}

hr_output hr_reduced_shape(hr_scope s, hr_operand shape, hr_operand axes) {
  hr_output sizes = hr_tf_cast_with(s, shape, HR_INT32, NULL);
  hr_output dims = hr_tf_cast_with(s, axes, HR_INT32, NULL);
  hr_output rank = hr_scope_ok(s) ? hr_tf_size(s, sizes) : HR_NO_OUTPUT;
  dims = hr_modulo(s, hr_plus(s, dims, rank), rank);
  hr_output dims_shape = hr_tf_shape(s, dims);
  hr_output all = hr_tf_range(s, 0, rank, 1);
  hr_output ones = hr_tf_fill(s, dims_shape, 1);
  return hr_dynamic_stitch(s, HR_LIST(all, dims), HR_LIST(sizes, ones));
}
