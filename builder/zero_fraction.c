/* tf.math.zero_fraction. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"
#include "headrace/math.h"
#include "headrace/statistics.h"

/* How many elements are not zero. */
static hr_output nonzero_count(hr_scope scope, hr_output value, hr_dtype dtype) {
  hr_scope s = hr_name_scope(scope, "count_nonzero");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output zero = hr_zeros(s, HR_SHAPE(), .dtype = hr_output_base_dtype(value));
  hr_output differs = hr_tf_cast(s, hr_not_equal(s, value, zero), dtype);
  return hr_reduce_sum(s, differs, .name = "nonzero_count");
}

/* Few elements are counted in 32 bits, which is faster. */
static void count_few(void *value, hr_scope scope, hr_results *results) {
  hr_output count = nonzero_count(scope, *(hr_output *)value, HR_INT32);
  hr_return(results, hr_tf_cast(scope, count, HR_INT64));
}
static void count_many(void *value, hr_scope scope, hr_results *results) {
  hr_return(results, nonzero_count(scope, *(hr_output *)value, HR_INT64));
}

hr_output hr_zero_fraction_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "zero_fraction");
  hr_output value = hr_convert(s, input, HR_INVALID, "value");
  hr_output size = hr_tf_size(s, value, .out_type = HR_INT64);
  hr_output is_small = hr_binary(s, "LessEqual", size, INT32_MAX);
  hr_output nonzero = hr_only(hr_cond(s, is_small, HR_BRANCH(count_few, &value), HR_BRANCH(count_many, &value)));
  hr_scope fraction = hr_name_scope(s, "counts_to_fraction");
  hr_output zeros = hr_minus(fraction, size, nonzero);
  hr_output part = hr_tf_cast(fraction, zeros, HR_FLOAT), whole = hr_tf_cast(fraction, size, HR_FLOAT);
  return hr_identity(s, hr_truediv(fraction, part, whole), .name = "fraction");
}
