/* Sorting, by the TopK op, and searching in sorted rows. */
#include "builder/builder.h"
#include "headrace/math.h"

/* Sorts along an axis so that the largest comes first: both outputs of TopKV2, in the order of dimensions of x. */
static hr_top_k_v2_outputs largest_first(hr_scope s, hr_output x, int32_t axis, bool want_indices) {
  hr_top_k_v2_outputs none = {HR_NO_OUTPUT, HR_NO_OUTPUT};
  if (!hr_scope_ok(s)) return none;
  int rank = hr_output_rank(x);
  hr_output size = hr_at(s, hr_tf_shape(s, x), HR_INDEX(axis));
  hr_tf_rank(s, x); /* which TensorFlow reads, and leaves */
  if (axis == -1 || axis + 1 == rank) return hr_top_k_v2(s, x, size, .sorted = true);
  if (!hr_scope_ok(s)) return none;
  if (rank < 0) {
    hr_refuse(s, "Sorting along axis %d needs a known rank", (int)axis);
    return none;
  }
  int last = rank - 1, from = axis < 0 ? axis + rank : axis;
  int64_t perm[HR_MAX_RANK];
  for (int i = 0; i < rank; ++i)
    perm[i] = i == from ? last : i == last ? from : i;
  hr_output order = hr_constant(s, hr_operand_ints((hr_ints){rank, perm}), .dtype = HR_INT64, .name = "transposition");
  hr_output turned = hr_tf_transpose(s, x, .perm = hr_operand_output(order));
  hr_top_k_v2_outputs top = hr_top_k_v2(s, turned, size, .sorted = true);
  hr_output *wanted = want_indices ? &top.indices : &top.values;
  *wanted = hr_tf_transpose(s, *wanted, .perm = hr_operand_output(order));
  return top;
}

/* The axis is a number, which TensorFlow makes a constant of to read it. */
static void leave_axis(hr_scope s, int32_t axis) { hr_constant_i32(s, axis, .name = "axis"); }

static hr_output negated(hr_scope s, hr_output x) { return hr_call_one(s, "Neg", NULL, HR_OPERANDS(x), HR_NO_ATTRS); }

hr_output hr_sort_with(hr_scope scope, hr_operand values, const hr_sort_options *options) {
  hr_sort_options o = options ? *options : (hr_sort_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "sort");
  leave_axis(s, o.axis);
  hr_output x = hr_convert(s, values, HR_INVALID, "values");
  if (o.descending) return largest_first(s, x, o.axis, false).values;
  return negated(s, largest_first(s, negated(s, x), o.axis, false).values);
}

hr_output hr_argsort_with(hr_scope scope, hr_operand values, const hr_sort_options *options) {
  hr_sort_options o = options ? *options : (hr_sort_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "argsort");
  leave_axis(s, o.axis);
  hr_output x = hr_convert(s, values, HR_INVALID, "values");
  return largest_first(s, o.descending ? x : negated(s, x), o.axis, true).indices;
}

/* A tensor as rows: [-1, size of the last dimension]. */
static hr_output as_rows(hr_scope s, hr_operand x, hr_output size) {
  return hr_tf_reshape(s, x, HR_OPERANDS(-1, size));
}

hr_output hr_searchsorted_with(hr_scope scope, hr_operand sorted, hr_operand values,
                               const hr_searchsorted_options *options) {
  hr_searchsorted_options o = options ? *options : (hr_searchsorted_options){0};
  hr_output sequence_size = hr_at(scope, hr_tf_shape(scope, sorted), HR_INDEX(-1));
  hr_output values_size = hr_at(scope, hr_tf_shape(scope, values), HR_INDEX(-1));
  hr_output rows = as_rows(scope, sorted, sequence_size), wanted = as_rows(scope, values, values_size);
  hr_attr_value type = HR_ATTR_TYPE_VALUE(o.out_type ? o.out_type : HR_INT32);
  hr_output found = hr_call_one(scope, o.right ? "UpperBound" : "LowerBound", o.name, HR_OPERANDS(rows, wanted),
                                HR_ATTRS({"out_type", type}));
  return hr_tf_reshape(scope, found, hr_tf_shape(scope, values));
}
