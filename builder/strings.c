/* What TensorFlow's Python builds above string ops. */
#include "headrace/strings.h"
#include "builder/builder.h"

/* The dimensions in the order of joining where none are given: the last one first. */
static hr_operand all_dimensions(hr_scope s, hr_output x) {
  if (!hr_scope_ok(s)) return HR_NO_OPERAND;
  int rank = hr_output_rank(x);
  if (rank < 0) return hr_operand_output(hr_tf_range(s, hr_minus(s, hr_rank(s, x), 1), -1, -1));
  int32_t dims[HR_MAX_RANK];
  for (int i = 0; i < rank; ++i)
    dims[i] = rank - 1 - i;
  return hr_operand_output(hr_i32_vector(s, rank, dims, "Const"));
}

hr_output hr_tf_reduce_join_with(hr_scope scope, hr_operand inputs, const hr_tf_reduce_join_options *options) {
  hr_tf_reduce_join_options o = options ? *options : (hr_tf_reduce_join_options){0};
  hr_scope s = hr_name_scope(scope, "ReduceJoin");
  hr_output x = hr_convert(s, inputs, HR_INVALID, NULL);
  if (!hr_operand_is_given(o.axis)) o.axis = all_dimensions(s, x);
  hr_attr_value separator = HR_ATTR_STRING_VALUE(o.separator ? o.separator : "");
  return hr_call_one(s, "ReduceJoin", o.name, HR_OPERANDS(x, o.axis),
                     HR_ATTRS({"keep_dims", HR_ATTR_BOOL_VALUE(o.keepdims)}, {"separator", separator}));
}

hr_string_split_outputs hr_tf_string_split_with(hr_scope scope, hr_operand source,
                                                const hr_tf_string_split_options *options) {
  hr_tf_string_split_options o = options ? *options : (hr_tf_string_split_options){.skip_empty = true};
  hr_scope s = hr_name_scope_or(scope, o.name, "StringSplit");
  hr_operand at = hr_operand_is_given(o.delimiter) ? o.delimiter : hr_operand_string(" ");
  hr_output delimiter = hr_convert(s, at, HR_STRING, NULL), strings = hr_convert(s, source, HR_STRING, NULL);
  return hr_string_split(s, strings, delimiter, .skip_empty = o.skip_empty);
}

hr_string_split_v2_outputs hr_tf_string_split_v2_with(hr_scope scope, hr_operand source,
                                                      const hr_tf_string_split_v2_options *options) {
  hr_tf_string_split_v2_options o = options ? *options : (hr_tf_string_split_v2_options){.maxsplit = -1};
  hr_string_split_v2_outputs nothing = {0};
  hr_scope s = hr_name_scope_or(scope, o.name, "StringSplit");
  hr_output strings = hr_convert(s, source, HR_STRING, "input");
  if (!hr_scope_ok(s)) return nothing;
  if (hr_output_rank(strings) != 1) {
    hr_scope_fail(s, hr_error(HR_UNIMPLEMENTED, "Only vectors of strings can be split"));
    return nothing;
  }
  hr_output at = hr_convert(s, hr_operand_is_given(o.sep) ? o.sep : hr_operand_string(""), HR_STRING, NULL);
  return hr_string_split_v2(s, strings, at, .maxsplit = o.maxsplit);
}
