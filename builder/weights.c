/* Weights, labels and predictions of losses and metrics: do they fit each other? */
#include "builder/weights.h"
#include "builder/builder.h"

static hr_node *refuse_weights(hr_scope s, const char *why, const hr_partial_shape *weights,
                               const hr_partial_shape *values) {
  char a[HR_SHAPE_TEXT], b[HR_SHAPE_TEXT];
  hr_refuse(s, "weights can not be broadcast to values. %s values.shape=%s weights.shape=%s.", why,
            hr_partial_shape_text(values, b), hr_partial_shape_text(weights, a));
  return NULL;
}

hr_node *hr_assert_broadcastable(hr_scope scope, hr_operand weights, hr_operand raw_values) {
  hr_scope s = hr_name_scope(scope, "assert_broadcastable");
  hr_scope in_weights = hr_name_scope(s, "weights");
  hr_output w = hr_convert(in_weights, weights, HR_INVALID, hr_scope_name(in_weights));
  if (!hr_scope_ok(s)) return NULL;
  hr_tf_shape(in_weights, w, .name = "shape");
  hr_tf_rank(in_weights, w, .name = "rank");
  hr_scope in_values = hr_name_scope(s, "values");
  hr_output values = hr_convert(in_values, raw_values, HR_INVALID, hr_scope_name(in_values));
  hr_tf_shape(in_values, values, .name = "shape");
  hr_tf_rank(in_values, values, .name = "rank");
  if (!hr_scope_ok(s)) return NULL;
  const hr_partial_shape *a = hr_output_shape(w), *b = hr_output_shape(values);
  if (a->rank == 0 && b->rank >= 0) return hr_no_op(s, .name = "static_scalar_check_success");
  if (a->rank >= 0 && b->rank >= 0 && a->rank != b->rank) return refuse_weights(s, "Their ranks differ.", a, b);
  if (hr_partial_shape_is_full(a) && hr_partial_shape_is_full(b)) {
    for (int i = 0; i < a->rank; ++i)
      if (a->dims[i] != 1 && a->dims[i] != b->dims[i]) {
        char why[48];
        snprintf(why, sizeof why, "Mismatch at dim %d.", i);
        return refuse_weights(s, why, a, b);
      }
    return hr_no_op(s, .name = "static_dims_check_success");
  }
  char x[HR_SHAPE_TEXT], y[HR_SHAPE_TEXT];
  hr_scope_fail(s,
                hr_error(HR_UNIMPLEMENTED,
                         "Weights of shape %s for losses of shape %s can only be checked at run time, by conditional "
                         "nodes: give both a static shape",
                         hr_partial_shape_text(a, x), hr_partial_shape_text(b, y)));
  return NULL;
}

hr_output hr_broadcast_weights(hr_scope scope, hr_output weights, hr_output values) {
  hr_scope s = hr_name_scope(scope, "broadcast_weights");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *a = hr_output_shape(weights), *b = hr_output_shape(values);
  if (hr_partial_shape_is_full(a) && hr_partial_shape_is_full(b) && hr_partial_shape_equal(a, b)) return weights;
  hr_node *fits = hr_assert_broadcastable(s, hr_operand_output(weights), hr_operand_output(values));
  hr_output result = HR_NO_OUTPUT;
  if (!fits) return result;
  HR_WITH (checked, hr_control_dependencies(s, 1, &fits)) {
    result = hr_mul(checked, weights, hr_tf_ones_like(checked, values), .name = hr_scope_name(s));
  }
  return result;
}

static bool last_may_be_one(hr_output x) {
  const hr_partial_shape *shape = hr_output_shape(x);
  return shape->rank > 0 && (shape->dims[shape->rank - 1] == 1 || shape->dims[shape->rank - 1] < 0);
}

bool hr_squeeze_labels(hr_scope scope, hr_operand labels, hr_operand predictions, int difference, hr_output *l,
                       hr_output *p) {
  hr_scope s = hr_name_scope(scope, "remove_squeezable_dimensions");
  *p = hr_convert(s, predictions, HR_INVALID, NULL);
  *l = hr_convert(s, labels, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return false;
  int predictions_rank = hr_output_rank(*p), labels_rank = hr_output_rank(*l);
  if (predictions_rank < 0 || labels_rank < 0) {
    hr_scope_fail(s, hr_error(HR_UNIMPLEMENTED, "Labels or predictions of unknown rank need conditional nodes: give "
                                                "both a static rank"));
    return false;
  }
  int found = predictions_rank - labels_rank;
  if (found == difference + 1 && last_may_be_one(*p))
    *p = hr_tf_squeeze(s, *p, .axis = HR_AXES(-1));
  else if (found == difference - 1 && last_may_be_one(*l))
    *l = hr_tf_squeeze(s, *l, .axis = HR_AXES(-1));
  return hr_scope_ok(s);
}
