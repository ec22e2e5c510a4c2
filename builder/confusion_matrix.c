/* Confusion matrices, and the metric that sums them up. */
#include "builder/builder.h"
#include "builder/metrics.h"
#include "builder/variable.h"
#include "builder/weights.h"
#include "headrace/checks.h"
#include "headrace/statistics.h"

/* x behind an assertion about it. */
static hr_output checked(hr_scope s, hr_node *assertion, hr_output x) {
  return hr_scope_ok(s) ? hr_with_dependency(s, assertion, x) : HR_NO_OUTPUT;
}

static hr_operand largest_class(hr_scope s, hr_output labels, hr_output predictions) {
  hr_output prediction = hr_reduce_max(s, predictions);
  hr_output largest = hr_maximum(s, prediction, hr_reduce_max(s, labels));
  return hr_operand_output(hr_plus(s, largest, 1));
}

static bool fits(hr_scope s, hr_output weights, hr_output predictions) {
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(hr_output_shape(predictions), hr_output_shape(weights), &merged);
  if (!status) return true;
  hr_scope_fail(s, status);
  return false;
}

hr_output hr_confusion_matrix_with(hr_scope scope, hr_operand raw_labels, hr_operand raw_predictions,
                                   const hr_confusion_matrix_options *options) {
  hr_confusion_matrix_options o = options ? *options : (hr_confusion_matrix_options){0};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_INT32;
  hr_scope s = hr_name_scope_or(scope, o.name, "confusion_matrix");
  hr_output labels = hr_convert(s, raw_labels, HR_INVALID, "labels");
  hr_output predictions = hr_convert(s, raw_predictions, HR_INVALID, "predictions"), weights = HR_NO_OUTPUT;
  if (!hr_squeeze_labels(s, hr_operand_output(labels), hr_operand_output(predictions), 0, &labels, &predictions))
    return HR_NO_OUTPUT;
  predictions = hr_tf_cast(s, predictions, HR_INT64);
  labels = hr_tf_cast(s, labels, HR_INT64);
  labels = checked(s, hr_assert_non_negative(s, labels, .message = "`labels` contains negative values"), labels);
  predictions = checked(s, hr_assert_non_negative(s, predictions, .message = "`predictions` contains negative values"),
                        predictions);
  hr_operand num_classes = o.num_classes;
  if (hr_operand_is_given(num_classes)) {
    hr_output limit = hr_tf_cast(s, num_classes, HR_INT64);
    labels = checked(s, hr_assert_less(s, labels, limit, .message = "`labels` out of bound"), labels);
    predictions =
        checked(s, hr_assert_less(s, predictions, limit, .message = "`predictions` out of bound"), predictions);
  } else {
    num_classes = largest_class(s, labels, predictions);
  }
  if (hr_operand_is_given(o.weights)) {
    weights = hr_convert(s, o.weights, HR_INVALID, "weights");
    if (!hr_scope_ok(s) || !fits(s, weights, predictions)) return HR_NO_OUTPUT;
    weights = hr_tf_cast(s, weights, dtype);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output shape = hr_stack(s, HR_OPERANDS(num_classes, num_classes));
  hr_output indices = hr_stack(s, HR_LIST(labels, predictions), .axis = 1);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(indices) - 1;
  if (rank >= 0 && rank != 1) return hr_refuse(s, "Labels and predictions must have rank 1, not %d", rank);
  hr_output values = weights.node ? weights : hr_tf_ones_like(s, predictions, .dtype = dtype);
  hr_output long_shape = hr_tf_cast(s, shape, HR_INT64);
  hr_name_scope(s, "SparseTensor"); /* that of the three tensors together */
  hr_output none = hr_zeros(s, hr_tf_cast(s, shape, HR_INT32), .dtype = dtype);
  return hr_sparse_tensor_dense_add(s, indices, values, long_shape, none);
}

/* ---- the metric ------------------------------------------------------------------------------------------------ */

static hr_output as_vector(hr_scope s, hr_output x) {
  return hr_scope_ok(s) && hr_output_rank(x) > 1 ? hr_tf_reshape(s, x, HR_SHAPE(-1)) : x;
}

static hr_output mean_iou(hr_scope s, hr_output matrix) {
  hr_output by_prediction = hr_tf_cast(s, hr_reduce_sum(s, matrix, .axis = HR_AXIS(0)), HR_FLOAT);
  hr_output by_label = hr_tf_cast(s, hr_reduce_sum(s, matrix, .axis = HR_AXIS(1)), HR_FLOAT);
  hr_output right = hr_tf_cast(s, hr_diag_part(s, matrix), HR_FLOAT);
  hr_output all = hr_minus(s, hr_plus(s, by_prediction, by_label), right);
  hr_output occurs = hr_tf_cast(s, hr_binary(s, "NotEqual", all, 0), HR_FLOAT);
  hr_output num_classes = hr_reduce_sum(s, occurs);
  hr_output is_divisor = hr_binary(s, "Greater", all, 0);
  all = hr_tf_where(s, is_divisor, all, hr_tf_ones_like(s, all));
  hr_output iou = hr_real_div(s, right, all, .name = "div");
  hr_output any = hr_binary(s, "Greater", num_classes, 0);
  hr_output sum = hr_reduce_sum(s, iou, .name = "mean_iou");
  return hr_tf_where(s, any, hr_truediv(s, sum, num_classes), 0.0);
}

hr_metric hr_metrics_mean_iou_with(hr_scope scope, hr_operand labels, hr_operand predictions, int64_t num_classes,
                                   const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = "mean_iou")) {
    hr_output l = hr_convert(s, labels, HR_INVALID, NULL), p = hr_convert(s, predictions, HR_INVALID, NULL);
    hr_output w = hr_operand_is_given(o.weights) ? hr_convert(s, o.weights, HR_INVALID, NULL) : HR_NO_OUTPUT;
    if (hr_scope_ok(s) && fits(s, l, p)) {
      hr_partial_shape square = HR_SHAPE(num_classes, num_classes);
      hr_var *total = hr_typed_metric_variable(s, square, HR_DOUBLE, "total_confusion_matrix");
      p = hr_tf_cast(s, p, HR_INT64);
      l = hr_tf_cast(s, l, HR_INT64);
      hr_output limit = hr_tf_cast(s, num_classes, HR_INT64);
      p = as_vector(s, p);
      l = as_vector(s, l);
      if (w.node) w = as_vector(s, w);
      hr_output matrix = hr_confusion_matrix(s, l, p, .num_classes = hr_operand_output(limit), .dtype = HR_DOUBLE,
                                             .weights = hr_operand_output(w));
      if (hr_scope_ok(s)) {
        hr_output update = hr_var_assign_add(s, total, matrix);
        hr_output value = mean_iou(s, hr_var_value(total));
        result = hr_metric_collect(s, (hr_metric){value, update}, &o);
      }
    }
  }
  return result;
}
