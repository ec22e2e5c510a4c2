/* Means and variances. */
#include "builder/builder.h"
#include "headrace/nn.h"

hr_moments_outputs hr_moments_with(hr_scope scope, hr_operand input, hr_operand axes,
                                   const hr_moments_options *options) {
  hr_moments_options o = options ? *options : (hr_moments_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "moments");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return (hr_moments_outputs){HR_NO_OUTPUT, HR_NO_OUTPUT};
  bool low = hr_output_base_dtype(x) == HR_HALF;
  hr_output y = low ? hr_tf_cast(s, x, HR_FLOAT) : x;
  hr_output mean = hr_reduce_mean(s, y, .axis = axes, .keepdims = true, .name = "mean");
  hr_output distance = hr_squared_difference(s, y, hr_stop_gradient(s, mean));
  hr_output variance = hr_reduce_mean(s, distance, .axis = axes, .keepdims = true, .name = "variance");
  if (!o.keep_dims) {
    mean = hr_tf_squeeze(s, mean, .axis = axes);
    variance = hr_tf_squeeze(s, variance, .axis = axes);
  }
  if (low) {
    mean = hr_tf_cast(s, mean, HR_HALF);
    variance = hr_tf_cast(s, variance, HR_HALF);
  }
  return (hr_moments_outputs){mean, variance};
}
