/* Weights, labels and predictions of losses and metrics: do they fit each other? */
#include "builder/weights.h"
#include "builder/builder.h"
#include "headrace/checks.h"
#include "headrace/control_flow.h"

static hr_node *refuse_weights(hr_scope s, const char *why, const hr_partial_shape *weights,
                               const hr_partial_shape *values) {
  char a[HR_SHAPE_TEXT], b[HR_SHAPE_TEXT];
  hr_refuse(s, "weights can not be broadcast to values. %s values.shape=%s weights.shape=%s.", why,
            hr_partial_shape_text(values, b), hr_partial_shape_text(weights, a));
  return NULL;
}

/* ---- weights that fit when they run ---------------------------------------------------------------------------- */

/* Weights and values with what is asked of them. */
typedef struct shapes {
  hr_output weights, weights_shape, weights_rank, values, values_shape, values_rank;
  hr_output is_scalar, is_same_rank;
} shapes;

static void give(void *output, hr_scope scope, hr_results *results) {
  (void)scope;
  hr_return(results, *(const hr_output *)output);
}

/* Each size of the weights is 1 or that of the values: sets of two for each dimension have all elements of sets of
 * one. */
static void has_valid_sizes(void *argument, hr_scope scope, hr_results *results) {
  const shapes *c = argument;
  hr_scope s = hr_name_scope(scope, "has_invalid_dims");
  hr_output column = hr_tf_expand_dims(s, c->values_shape, HR_AXIS(-1));
  hr_output allowed = hr_tf_concat(s, HR_LIST(column, hr_tf_ones_like(s, column)), 1);
  hr_output sizes = hr_tf_expand_dims(s, c->weights_shape, HR_AXIS(-1));
  hr_output others = hr_dense_to_dense_set_operation(s, sizes, allowed, "a-b").result_values;
  hr_output count = hr_tf_size(s, others, .name = "num_invalid_dims");
  hr_return(results, hr_binary(s, "Equal", 0, count, .name = hr_scope_name(s)));
}

static void has_valid_shape(void *argument, hr_scope scope, hr_results *results) {
  shapes *c = argument;
  hr_scope s = hr_name_scope(scope, "has_valid_nonscalar_shape");
  c->is_same_rank = hr_binary(s, "Equal", c->values_rank, c->weights_rank, .name = "is_same_rank");
  hr_outputs answer = hr_cond(s, c->is_same_rank, HR_BRANCH(has_valid_sizes, c), HR_BRANCH(give, &c->is_same_rank),
                              .name = hr_scope_name(s));
  hr_return(results, hr_only(answer));
}

static hr_node *assert_when_run(hr_scope s, shapes *c) {
  c->is_scalar = hr_binary(s, "Equal", 0, c->weights_rank, .name = "is_scalar");
  hr_outputs valid =
      hr_cond(s, c->is_scalar, HR_BRANCH(give, &c->is_scalar), HR_BRANCH(has_valid_shape, c), .name = "is_valid_shape");
  if (!hr_scope_ok(s)) return NULL;
  char weights[256], values[256];
  hr_operands data = HR_OPERANDS("weights can not be broadcast to values.",
                                 "weights.shape=", hr_output_name(c->weights, weights, sizeof weights),
                                 c->weights_shape, "values.shape=", hr_output_name(c->values, values, sizeof values),
                                 c->values_shape, "is_scalar=", c->is_scalar);
  return hr_tf_assert(s, hr_only(valid), data, .name = hr_scope_name(s));
}

hr_node *hr_assert_broadcastable(hr_scope scope, hr_operand weights, hr_operand raw_values) {
  hr_scope s = hr_name_scope(scope, "assert_broadcastable");
  hr_scope in_weights = hr_name_scope(s, "weights");
  hr_output w = hr_convert(in_weights, weights, HR_INVALID, hr_scope_name(in_weights));
  if (!hr_scope_ok(s)) return NULL;
  shapes checked = {.weights = w};
  checked.weights_shape = hr_tf_shape(in_weights, w, .name = "shape");
  checked.weights_rank = hr_tf_rank(in_weights, w, .name = "rank");
  hr_scope in_values = hr_name_scope(s, "values");
  hr_output values = hr_convert(in_values, raw_values, HR_INVALID, hr_scope_name(in_values));
  checked.values = values;
  checked.values_shape = hr_tf_shape(in_values, values, .name = "shape");
  checked.values_rank = hr_tf_rank(in_values, values, .name = "rank");
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
  return assert_when_run(s, &checked);
}

hr_output hr_broadcast_weights(hr_scope scope, hr_operand given, hr_output values) {
  hr_scope s = hr_name_scope(scope, "broadcast_weights");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output weights = hr_convert(s, given, hr_output_base_dtype(values), "weights");
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

static void squeezed(void *output, hr_scope scope, hr_results *results) {
  hr_return(results, hr_tf_squeeze(scope, *(const hr_output *)output, .axis = HR_AXES(-1)));
}

/* Squeezes x where the ranks differ by so much. */
static hr_output squeeze_if(hr_scope s, hr_output x, int difference, hr_output found) {
  if (hr_output_rank(x) >= 0 && !last_may_be_one(x)) return x;
  hr_output must = hr_binary(s, "Equal", difference, found);
  return hr_only(hr_cond(s, must, HR_BRANCH(squeezed, &x), HR_BRANCH(give, &x)));
}

static void squeeze_when_run(hr_scope s, int difference, hr_output *labels, hr_output *predictions) {
  hr_output rank = hr_tf_rank(s, *predictions);
  hr_output found = hr_minus(s, rank, hr_tf_rank(s, *labels));
  *predictions = squeeze_if(s, *predictions, difference + 1, found);
  *labels = squeeze_if(s, *labels, difference - 1, found);
}

bool hr_squeeze_labels(hr_scope scope, hr_operand labels, hr_operand predictions, int difference, hr_output *l,
                       hr_output *p) {
  hr_scope s = hr_name_scope(scope, "remove_squeezable_dimensions");
  *p = hr_convert(s, predictions, HR_INVALID, NULL);
  *l = hr_convert(s, labels, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return false;
  int predictions_rank = hr_output_rank(*p), labels_rank = hr_output_rank(*l);
  if (predictions_rank < 0 || labels_rank < 0) {
    squeeze_when_run(s, difference, l, p);
    return hr_scope_ok(s);
  }
  int found = predictions_rank - labels_rank;
  if (found == difference + 1 && last_may_be_one(*p))
    *p = hr_tf_squeeze(s, *p, .axis = HR_AXES(-1));
  else if (found == difference - 1 && last_may_be_one(*l))
    *l = hr_tf_squeeze(s, *l, .axis = HR_AXES(-1));
  return hr_scope_ok(s);
}

hr_output hr_squeeze_weights(hr_scope s, hr_output weights, hr_output labels) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(weights), labels_rank = hr_output_rank(labels);
  if (rank >= 0 && labels_rank >= 0)
    return rank == labels_rank + 1 ? hr_tf_squeeze(s, weights, .axis = HR_AXES(-1)) : weights;
  hr_output found = hr_tf_rank(s, weights);
  return squeeze_if(s, weights, 1, hr_minus(s, found, hr_tf_rank(s, labels)));
}
