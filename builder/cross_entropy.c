/* Cross entropies of logits. */
#include "builder/builder.h"
#include "headrace/checks.h"
#include "headrace/nn.h"

/* ---- integer labels -------------------------------------------------------------------------------------------- */

static bool leading_dims_known(const hr_partial_shape *shape) {
  for (int i = 0; i + 1 < shape->rank; ++i)
    if (shape->dims[i] < 0) return false;
  return shape->rank >= 0;
}

/* False, with the error at the builder, where the static shapes of labels and logits contradict. */
static bool label_shapes_fit(hr_scope s, const hr_partial_shape *labels, const hr_partial_shape *logits) {
  char labels_text[HR_SHAPE_TEXT], logits_text[HR_SHAPE_TEXT];
  if (logits->rank == 0) {
    hr_refuse(s, "Logits cannot be scalars - received shape %s.", hr_partial_shape_text(logits, logits_text));
    return false;
  }
  if (logits->rank > 0 && labels->rank >= 0 && labels->rank != logits->rank - 1) {
    hr_refuse(s, "Rank mismatch: Rank of labels (received %d) should equal rank of logits minus 1 (received %d).",
              labels->rank, logits->rank);
    return false;
  }
  if (!hr_partial_shape_is_full(labels) || !leading_dims_known(logits)) return true;
  for (int i = 0; i < labels->rank; ++i)
    if (labels->dims[i] != logits->dims[i]) {
      hr_refuse(
          s,
          "Shape mismatch: The shape of labels (received %s) should equal the shape of logits except for the last "
          "dimension (received %s).",
          hr_partial_shape_text(labels, labels_text), hr_partial_shape_text(logits, logits_text));
      return false;
    }
  return true;
}

hr_output hr_tf_sparse_softmax_cross_entropy_with_logits_with(hr_scope scope, hr_operand classes, hr_operand scores,
                                                              const hr_op_options *options) {
  const char *name = options ? options->name : NULL;
  hr_scope s = hr_name_scope_or(scope, name, "SparseSoftmaxCrossEntropyWithLogits");
  hr_output labels = hr_convert(s, classes, HR_INVALID, NULL);
  hr_output logits = hr_convert(s, scores, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(logits);
  hr_output precise = dtype == HR_HALF ? hr_tf_cast(s, logits, HR_FLOAT) : logits;
  const hr_partial_shape labels_shape = *hr_output_shape(labels), logits_shape = *hr_output_shape(logits);
  hr_output label_sizes = hr_tf_shape(s, labels);
  if (!label_shapes_fit(s, &labels_shape, &logits_shape)) return HR_NO_OUTPUT;
  hr_output cost;
  if (logits_shape.rank == 2) {
    cost = hr_sparse_softmax_cross_entropy_with_logits(s, precise, labels, .name = name).loss;
    return dtype == HR_HALF ? hr_tf_cast(s, cost, HR_HALF) : cost;
  }
  hr_node *check = NULL;
  if (!hr_partial_shape_is_full(&labels_shape) || !leading_dims_known(&logits_shape)) {
    hr_output have = hr_tf_shape(s, labels);
    hr_output want = hr_at(s, hr_tf_shape(s, logits), HR_SLICE(HR_OPEN, -1));
    check = hr_assert_equal(s, have, want);
    if (!check) return HR_NO_OUTPUT;
  }
  HR_WITH (checked, hr_control_dependencies(s, check ? 1 : 0, check ? &check : (hr_node *const[]){NULL})) {
    hr_output sizes = hr_tf_shape(checked, logits);
    hr_output last = hr_minus(checked, hr_tf_rank(checked, logits), 1);
    hr_output classes = hr_at(checked, sizes, HR_INDEX(last));
    hr_scope r = hr_name_scope(checked, "Reshape");
    hr_output shape = hr_convert(r, HR_OPERAND(HR_OPERANDS(-1, classes)), HR_INT32, "shape");
    precise = hr_reshape(r, precise, shape, .name = hr_scope_name(r));
    labels = hr_tf_reshape(checked, labels, HR_SHAPE(-1));
    cost = hr_sparse_softmax_cross_entropy_with_logits(checked, precise, labels, .name = name).loss;
    cost = hr_reshape(checked, cost, label_sizes);
    hr_know_shape(checked, cost, &labels_shape);
    if (dtype == HR_HALF) cost = hr_tf_cast(checked, cost, HR_HALF);
  }
  return cost;
}

/* ---- distributions as labels ----------------------------------------------------------------------------------- */

/* x [d..., n] as a matrix [product of d, n]. */
static hr_output as_matrix(hr_scope s, hr_output x) {
  hr_output rank = hr_tf_rank(s, x);
  hr_output sizes = hr_tf_shape(s, x);
  hr_output start = hr_binary(s, "Sub", rank, 1);
  hr_scope cut = hr_name_scope(s, "Slice");
  hr_output begin = hr_pack(cut, HR_LIST(start), .name = "begin");
  hr_output size = hr_i32_vector(cut, 1, (const int32_t[]){1}, "size");
  hr_output last = hr_slice(cut, sizes, begin, size, .name = hr_scope_name(cut));
  hr_scope join = hr_name_scope(s, "concat");
  hr_output rest = hr_i32_vector(join, 1, (const int32_t[]){-1}, "values_0");
  hr_output axis = hr_constant_i32(join, 0, .name = "axis");
  hr_output shape = hr_concat_v2(join, HR_LIST(rest, last), axis, .name = hr_scope_name(join));
  hr_output matrix = hr_reshape(s, x, shape);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *known = hr_output_shape(x);
  if (leading_dims_known(known) && known->rank > 0) {
    int64_t rows = 1;
    for (int i = 0; i + 1 < known->rank; ++i)
      rows *= known->dims[i];
    hr_know_shape(s, matrix, &HR_SHAPE(rows, known->dims[known->rank - 1]));
  }
  return matrix;
}

/* x with the axis behind all others. */
static hr_output axis_last(hr_scope s, hr_output x, int axis, hr_output rank) {
  hr_output before = hr_tf_range(s, 0, axis, 1);
  hr_output after = hr_tf_range(s, axis + 1, rank, 1);
  hr_output perm = hr_tf_concat(s, HR_OPERANDS(before, after, HR_OPERANDS(axis)), 0);
  return hr_tf_transpose(s, x, .perm = hr_operand_output(perm));
}

hr_output hr_softmax_cross_entropy_with_logits_v2_with(hr_scope scope, hr_operand labels, hr_operand scores,
                                                       const hr_axis_options *options) {
  hr_axis_options o = options ? *options : (hr_axis_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "softmax_cross_entropy_with_logits");
  int axis = o.axis;
  hr_output logits = hr_convert(s, scores, HR_INVALID, "logits");
  hr_output targets = hr_convert(s, labels, HR_INVALID, "labels");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(logits);
  bool low = dtype == HR_HALF || dtype == HR_BFLOAT16;
  const hr_partial_shape shape = *hr_output_shape(logits);
  hr_output precise = low ? hr_tf_cast(s, logits, HR_FLOAT) : logits;
  targets = hr_tf_cast(s, targets, low ? HR_FLOAT : dtype);
  hr_output rank = hr_tf_rank(s, precise);
  if (axis != -1) {
    if (shape.rank < 0 || axis < -shape.rank || axis >= shape.rank)
      return hr_refuse(s, "Dimension (%d) is not one of logits of rank %d", axis, shape.rank);
    if (axis < 0) axis += shape.rank;
    precise = axis_last(s, precise, axis, rank);
    targets = axis_last(s, targets, axis, rank);
  } else {
    axis = shape.rank - 1;
  }
  hr_output sizes = hr_tf_shape(s, precise);
  precise = as_matrix(s, precise);
  targets = as_matrix(s, targets);
  hr_output cost = hr_softmax_cross_entropy_with_logits(s, precise, targets, .name = hr_scope_name(s)).loss;
  hr_output leading = hr_binary(s, "Sub", rank, 1);
  hr_output cost_shape =
      hr_call_one(s, "Slice", NULL, HR_OPERANDS(sizes, HR_OPERANDS(0), HR_OPERANDS(leading)), HR_NO_ATTRS);
  cost = hr_reshape(s, cost, cost_shape);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (shape.rank > 0) {
    hr_partial_shape known = shape;
    known.rank -= 1;
    for (int i = axis; i < known.rank; ++i)
      known.dims[i] = shape.dims[i + 1];
    hr_know_shape(s, cost, &known);
  }
  return low ? hr_tf_cast(s, cost, dtype) : cost;
}

hr_output hr_tf_softmax_cross_entropy_with_logits_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                                       const hr_axis_options *options) {
  hr_axis_options o = options ? *options : (hr_axis_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "softmax_cross_entropy_with_logits_sg");
  hr_output fixed = hr_call_one(s, "StopGradient", "labels_stop_gradient", HR_OPERANDS(labels), HR_NO_ATTRS);
  return hr_softmax_cross_entropy_with_logits_v2(s, fixed, logits, .axis = o.axis, .name = hr_scope_name(s));
}

/* ---- independent classes --------------------------------------------------------------------------------------- */

static bool same_shapes(hr_scope s, hr_output a, hr_output b) {
  if (!hr_scope_ok(s)) return false;
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(hr_output_shape(a), hr_output_shape(b), &merged);
  if (status) hr_scope_fail(s, hr_status_prefix(status, "logits and labels must have the same shape: "));
  return !status;
}

/* max(x, 0) - x z + log(1 + exp(-|x|)), which does not overflow; Select in place of max and |x| gives the right
 * gradient at 0. */
hr_output hr_sigmoid_cross_entropy_with_logits_with(hr_scope scope, hr_operand targets, hr_operand scores,
                                                    const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "logistic_loss");
  hr_output logits = hr_convert(s, scores, HR_INVALID, "logits");
  hr_output labels = hr_convert(s, targets, HR_INVALID, "labels");
  if (!same_shapes(s, logits, labels)) return HR_NO_OUTPUT;
  hr_output zeros = hr_tf_zeros_like(s, logits);
  hr_output positive = hr_greater_equal(s, logits, zeros);
  hr_output rectified = hr_select(s, positive, logits, zeros);
  hr_output negative_size = hr_select(s, positive, hr_neg(s, logits), logits);
  hr_output product = hr_times(s, logits, labels);
  hr_output linear = hr_minus(s, rectified, product);
  return hr_add(s, linear, hr_log1p(s, hr_exp(s, negative_size)), .name = hr_scope_name(s));
}

hr_output hr_weighted_cross_entropy_with_logits_with(hr_scope scope, hr_operand targets, hr_operand scores,
                                                     hr_operand pos_weight, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "logistic_loss");
  hr_output logits = hr_convert(s, scores, HR_INVALID, "logits");
  hr_output labels = hr_convert(s, targets, HR_INVALID, "labels");
  if (!same_shapes(s, logits, labels)) return HR_NO_OUTPUT;
  hr_operand more = pos_weight.kind == HR_OPERAND_FLOAT ? hr_operand_float(pos_weight.f - 1)
                    : pos_weight.kind == HR_OPERAND_INT ? hr_operand_int(pos_weight.i - 1)
                                                        : hr_operand_output(hr_minus(s, pos_weight, 1));
  hr_output weight = hr_plus(s, 1, hr_times(s, more, labels));
  hr_output misses = hr_times(s, hr_minus(s, 1, labels), logits);
  hr_output size = hr_log1p(s, hr_exp(s, hr_neg(s, hr_abs(s, logits))));
  hr_output rectified = hr_relu(s, hr_neg(s, logits));
  hr_output hits = hr_times(s, weight, hr_plus(s, size, rectified));
  return hr_add(s, misses, hits, .name = hr_scope_name(s));
}

hr_output hr_tf_in_top_k_with(hr_scope scope, hr_operand predictions, hr_operand targets, hr_operand k,
                              const hr_op_options *options) {
  const char *name = options ? options->name : NULL;
  hr_scope s = hr_name_scope_or(scope, name, "in_top_k");
  return hr_call_one(s, "InTopKV2", name, HR_OPERANDS(predictions, targets, k), HR_NO_ATTRS);
}
