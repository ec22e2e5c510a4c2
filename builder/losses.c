/* tf.losses: a loss an element each; weighted_loss.c does the rest. */
#include "builder/losses.h"
#include "builder/builder.h"
#include "builder/weights.h"
#include "headrace/losses.h"
#include "headrace/nn.h"
#include "headrace/variables.h"

bool hr_loss_shapes_fit(hr_scope s, hr_output predictions, hr_output labels) {
  if (!hr_scope_ok(s)) return false;
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(hr_output_shape(predictions), hr_output_shape(labels), &merged);
  if (!status) return true;
  hr_status_free(status);
  char a[HR_SHAPE_TEXT], b[HR_SHAPE_TEXT];
  hr_refuse(s, "Shapes %s and %s are incompatible", hr_partial_shape_text(hr_output_shape(predictions), a),
            hr_partial_shape_text(hr_output_shape(labels), b));
  return false;
}

/* A loss under construction: its scope, and its arguments as floats of one shape. */
typedef struct loss {
  hr_scope scope;
  hr_output predictions, labels;
  hr_loss_options options;
} loss;

static loss open_loss(hr_scope scope, const char *name, const hr_loss_options *options) {
  loss l = {.options = options ? *options : (hr_loss_options){HR_LOSS_DEFAULTS}};
  l.scope = hr_name_scope_or(scope, l.options.scope, name);
  l.options.scope = hr_scope_name(l.scope);
  return l;
}

static loss begin(hr_scope scope, const char *name, hr_operand labels, hr_operand predictions,
                  const hr_loss_options *options) {
  loss l = open_loss(scope, name, options);
  l.predictions = hr_tf_cast(l.scope, predictions, HR_FLOAT);
  l.labels = hr_tf_cast(l.scope, labels, HR_FLOAT);
  if (!hr_loss_shapes_fit(l.scope, l.predictions, l.labels)) l.predictions = l.labels = HR_NO_OUTPUT;
  return l;
}

static hr_output finish(const loss *l, hr_output losses) {
  return hr_compute_weighted_loss_with(l->scope, hr_operand_output(losses), &l->options);
}

hr_output hr_mean_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                     const hr_loss_options *options) {
  loss l = begin(scope, "mean_squared_error", labels, predictions, options);
  return finish(&l, hr_squared_difference(l.scope, l.predictions, l.labels));
}

hr_output hr_absolute_difference_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                      const hr_loss_options *options) {
  loss l = begin(scope, "absolute_difference", labels, predictions, options);
  return finish(&l, hr_abs(l.scope, hr_sub(l.scope, l.predictions, l.labels)));
}

hr_output hr_log_losses(hr_scope s, hr_output labels, hr_output predictions, double epsilon) {
  hr_output hit = hr_log(s, hr_plus(s, predictions, epsilon));
  hr_output hits = hr_neg(s, hr_mul(s, labels, hit));
  hr_output absent = hr_minus(s, 1, labels);
  hr_output rest = hr_minus(s, 1, predictions);
  hr_output misses = hr_mul(s, absent, hr_log(s, hr_plus(s, rest, epsilon)));
  return hr_minus(s, hits, misses);
}

hr_output hr_log_loss_with(hr_scope scope, hr_operand labels, hr_operand predictions, const hr_loss_options *options) {
  loss l = begin(scope, "log_loss", labels, predictions, options);
  return finish(&l, hr_log_losses(l.scope, l.labels, l.predictions, l.options.epsilon));
}

/* Quadratic up to delta, linear beyond. */
hr_output hr_huber_loss_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                             const hr_loss_options *options) {
  loss l = begin(scope, "huber_loss", labels, predictions, options);
  hr_scope s = l.scope;
  hr_output size = hr_abs(s, hr_sub(s, l.predictions, l.labels));
  hr_output quadratic = hr_binary(s, "Minimum", size, l.options.delta);
  hr_output linear = hr_sub(s, size, quadratic);
  hr_output half = hr_convert(s, hr_operand_float(0.5), HR_FLOAT, NULL);
  hr_output square = hr_mul(s, half, hr_mul(s, quadratic, quadratic));
  return finish(&l, hr_add(s, square, hr_binary(s, "Mul", l.options.delta, linear)));
}

hr_output hr_hinge_loss_with(hr_scope scope, hr_operand labels, hr_operand logits, const hr_loss_options *options) {
  loss l = begin(scope, "hinge_loss", labels, logits, options);
  hr_scope s = l.scope;
  hr_output ones = hr_tf_ones_like(s, l.labels);
  hr_output signs = hr_sub(s, hr_times(s, 2, l.labels), ones);
  return finish(&l, hr_relu(s, hr_sub(s, ones, hr_mul(s, signs, l.predictions))));
}

hr_output hr_cosine_distance_with(hr_scope scope, hr_operand labels, hr_operand predictions, int32_t axis,
                                  const hr_loss_options *options) {
  loss l = begin(scope, "cosine_distance_loss", labels, predictions, options);
  hr_output products = hr_mul(l.scope, l.predictions, l.labels);
  hr_output sum = hr_reduce_sum(l.scope, products, .axis = HR_AXES(axis), .keepdims = true);
  return finish(&l, hr_minus(l.scope, 1, sum));
}

/* ---- cross entropies ------------------------------------------------------------------------------------------- */

/* Labels take the dtype of the logits. */
static loss begin_logits(hr_scope scope, const char *name, hr_operand labels, hr_operand logits,
                         const hr_loss_options *options) {
  loss l = open_loss(scope, name, options);
  l.predictions = hr_convert(l.scope, logits, HR_INVALID, NULL);
  if (!hr_scope_ok(l.scope)) return l;
  l.labels = hr_tf_cast(l.scope, labels, hr_output_base_dtype(l.predictions));
  if (!hr_loss_shapes_fit(l.scope, l.predictions, l.labels)) l.predictions = l.labels = HR_NO_OUTPUT;
  return l;
}

hr_output hr_sigmoid_cross_entropy_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                        const hr_loss_options *options) {
  loss l = begin_logits(scope, "sigmoid_cross_entropy_loss", labels, logits, options);
  double smoothing = l.options.label_smoothing;
  if (smoothing > 0) l.labels = hr_plus(l.scope, hr_times(l.scope, l.labels, 1 - smoothing), 0.5 * smoothing);
  return finish(&l, hr_sigmoid_cross_entropy_with_logits(l.scope, l.labels, l.predictions, .name = "xentropy"));
}

hr_output hr_softmax_cross_entropy_with(hr_scope scope, hr_operand onehot_labels, hr_operand logits,
                                        const hr_loss_options *options) {
  loss l = begin_logits(scope, "softmax_cross_entropy_loss", onehot_labels, logits, options);
  hr_scope s = l.scope;
  double smoothing = l.options.label_smoothing;
  if (smoothing > 0 && hr_scope_ok(s)) {
    hr_output classes = hr_at(s, hr_tf_shape(s, l.labels), HR_INDEX(-1));
    classes = hr_tf_cast(s, classes, hr_output_base_dtype(l.predictions));
    hr_output negatives = hr_truediv(s, smoothing, classes);
    l.labels = hr_plus(s, hr_times(s, l.labels, 1 - smoothing), negatives);
  }
  hr_output labels = hr_stop_gradient(s, l.labels, .name = "labels_stop_gradient");
  return finish(&l, hr_softmax_cross_entropy_with_logits_v2(s, labels, l.predictions, .name = "xentropy"));
}

hr_output hr_sparse_softmax_cross_entropy_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                               const hr_loss_options *options) {
  loss l = open_loss(scope, "sparse_softmax_cross_entropy_loss", options);
  if (!hr_squeeze_labels(l.scope, labels, logits, 1, &l.labels, &l.predictions)) return HR_NO_OUTPUT;
  hr_operand given = l.options.weights;
  hr_output weights = hr_convert(l.scope, hr_operand_is_given(given) ? given : hr_operand_float(1), HR_INVALID, NULL);
  l.options.weights = hr_operand_output(hr_squeeze_weights(l.scope, weights, l.labels));
  if (!hr_scope_ok(l.scope)) return HR_NO_OUTPUT;
  return finish(&l,
                hr_tf_sparse_softmax_cross_entropy_with_logits(l.scope, l.labels, l.predictions, .name = "xentropy"));
}

/* ---- collections ----------------------------------------------------------------------------------------------- */

void hr_add_loss(hr_scope scope, hr_output loss) { hr_add_output_to_collection(scope, HR_LOSSES, loss); }

/* The outputs of one collection behind those already there. */
static void append_losses(hr_scope scope, const char *key, hr_output **items, int32_t *count) {
  hr_graph *graph = hr_scope_graph(scope);
  int32_t more = hr_collection_count(graph, key);
  hr_output *grown = realloc(*items, sizeof **items * (size_t)(*count + more + 1));
  if (!grown) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof **items * (size_t)(*count + more), "losses"));
    return;
  }
  *items = grown;
  for (int32_t i = 0; i < more; ++i) {
    const hr_item *item = hr_collection_item(graph, key, i);
    if (item->kind == HR_ITEM_OUTPUT) (*items)[(*count)++] = item->output;
  }
}

hr_output hr_get_regularization_loss(hr_scope scope, const char *name) {
  hr_output *items = NULL;
  int32_t count = 0;
  append_losses(scope, HR_REGULARIZATION_LOSSES, &items, &count);
  hr_output sum =
      count ? hr_tf_add_n(scope, ((hr_outputs){count, items}), .name = name ? name : "total_regularization_loss")
            : hr_constant_f32(scope, 0);
  free(items);
  return sum;
}

hr_output hr_get_total_loss(hr_scope scope, bool add_regularization_losses, const char *name) {
  hr_output *items = NULL;
  int32_t count = 0;
  append_losses(scope, HR_LOSSES, &items, &count);
  if (add_regularization_losses) append_losses(scope, HR_REGULARIZATION_LOSSES, &items, &count);
  hr_output sum = hr_tf_add_n(scope, ((hr_outputs){count, items}), .name = name ? name : "total_loss");
  free(items);
  return sum;
}

hr_output hr_scale_regularization_loss_with(hr_scope scope, hr_operand penalties) {
  return hr_truediv(scope, hr_reduce_sum(scope, penalties), 1.0);
}
