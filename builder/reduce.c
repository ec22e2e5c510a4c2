/* Reductions over axes. */
#include "builder/builder.h"

/* What a reduction without axes reduces over: all dimensions, as a constant or, for an unknown rank, counted at run. */
static hr_output all_dimensions(hr_scope scope, hr_output x) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  if (rank < 0) {
    hr_output count = hr_rank(scope, x);
    return hr_tf_range(scope, 0, count, 1);
  }
  int32_t dims[HR_MAX_RANK];
  for (int i = 0; i < rank; ++i)
    dims[i] = i;
  return hr_i32_vector(scope, rank, dims, "Const");
}

hr_output hr_reduce_with(hr_scope scope, const char *op, hr_output x, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  hr_output axes = o.axis_tensor;
  bool all = !axes.node && o.axis.kind == HR_AXES_ALL;
  if (all) axes = all_dimensions(scope, x);
  hr_scope s = hr_name_scope_or(scope, o.name, op);
  if (!axes.node) axes = hr_axes_constant(s, &o.axis, "reduction_indices");
  hr_node_builder *n = hr_node_begin(s, op, hr_scope_name(s));
  if (!n) return HR_NO_OUTPUT;
  hr_node_add_input(n, x);
  hr_node_add_input(n, axes);
  hr_node_set_bool(n, "keep_dims", o.keepdims);
  hr_node *node = hr_node_finish(n);
  if (!node) return HR_NO_OUTPUT;
  hr_output result = hr_node_output(node, 0);
  if (all && !o.keepdims) {
    hr_status status = hr_output_set_shape(result, &HR_SHAPE());
    if (status) hr_scope_fail(s, status);
  }
  return result;
}

/* log(sum(exp(x))), shifted by the largest finite element so that nothing overflows. */
hr_output hr_reduce_logsumexp_with(hr_scope scope, hr_output x, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "ReduceLogSumExp");
  hr_output largest = hr_reduce_max(s, x, .axis = o.axis, .axis_tensor = o.axis_tensor, .keepdims = true);
  hr_output finite = hr_is_finite(s, largest);
  hr_output shift = hr_stop_gradient(s, hr_select(s, finite, largest, hr_tf_zeros_like(s, largest)));
  hr_output powers = hr_exp(s, hr_sub(s, x, shift));
  hr_output total = hr_reduce_sum(s, powers, .axis = o.axis, .axis_tensor = o.axis_tensor, .keepdims = o.keepdims);
  hr_output result = hr_log(s, total);
  if (!o.keepdims) shift = hr_reshape(s, shift, hr_tf_shape(s, result));
  return hr_add(s, result, shift);
}

static hr_output arg_reduce(hr_scope scope, bool max, hr_output x, const hr_arg_options *options) {
  hr_arg_options o = options ? *options : (hr_arg_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, max ? "ArgMax" : "ArgMin");
  hr_output dimension = hr_constant_i32(s, o.axis.kind == HR_AXES_ALL ? 0 : o.axis.items[0], .name = "dimension");
  hr_dtype type = o.output_type ? o.output_type : HR_INT64;
  const char *name = hr_scope_name(s);
  return max ? hr_arg_max(s, x, dimension, .output_type = type, .name = name)
             : hr_arg_min(s, x, dimension, .output_type = type, .name = name);
}
hr_output hr_argmax_with(hr_scope scope, hr_output x, const hr_arg_options *options) {
  return arg_reduce(scope, true, x, options);
}
hr_output hr_argmin_with(hr_scope scope, hr_output x, const hr_arg_options *options) {
  return arg_reduce(scope, false, x, options);
}
