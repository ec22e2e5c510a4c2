/* The heads of tf.contrib.learn: predictions and losses of a network's logits. */
#include "builder/builder.h"
#include "builder/weights.h"
#include "headrace/arrays.h"
#include "headrace/learn.h"
#include "headrace/math.h"
#include "headrace/nn.h"
#include "headrace/statistics.h"
#include "headrace/summary.h"

void hr_learn_layer_summaries(hr_scope scope, hr_output value, const char *tag) {
  const char *zeros = hr_keep_printf(scope, "%s_fraction_of_zero_values", tag);
  const char *activation = hr_keep_printf(scope, "%s_activation", tag);
  if (!zeros || !activation) return;
  hr_summary_scalar(scope, zeros, hr_zero_fraction(scope, value));
  hr_summary_histogram(scope, activation, value);
}

/* ---- predictions ----------------------------------------------------------------------------------------------- */

hr_learn_classes hr_learn_multi_class_predictions(hr_scope scope, hr_output logits) {
  hr_scope s = hr_name_scope(scope, "predictions");
  hr_learn_classes p;
  p.classes = hr_argmax(s, logits, .axis = hr_operand_int(1), .name = "classes");
  p.probabilities = hr_tf_softmax(s, logits, .name = "probabilities");
  return p;
}

hr_learn_two_classes hr_learn_binary_predictions(hr_scope scope, hr_output logits) {
  hr_scope s = hr_name_scope(scope, "predictions");
  hr_learn_two_classes p;
  hr_output both = hr_tf_concat(s, HR_OPERANDS(hr_tf_zeros_like(s, logits), logits), 1);
  p.logistic = hr_sigmoid(s, logits, .name = "logistic");
  p.probabilities = hr_tf_softmax(s, both, .name = "probabilities");
  p.classes = hr_argmax(s, both, .axis = hr_operand_int(1), .name = "classes");
  return p;
}

hr_output hr_learn_regression_scores(hr_scope scope, hr_output logits) {
  hr_scope s = hr_name_scope(scope, "predictions");
  if (hr_scope_ok(s) && hr_output_rank(logits) == 2 && hr_output_shape(logits)->dims[1] == 1)
    logits = hr_tf_squeeze(s, logits, .axis = hr_operand_ints(HR_INTS(1)), .name = "scores");
  return hr_identity(s, logits);
}

hr_output hr_learn_class_names(hr_scope scope, hr_output probabilities) {
  hr_scope s = hr_name_scope(scope, "_classification_output_alternatives");
  hr_output batch = hr_at(s, hr_tf_shape(s, probabilities), HR_INDEX(0));
  hr_output count = hr_at(s, hr_tf_shape(s, probabilities), HR_INDEX(1));
  hr_output row = hr_tf_expand_dims(s, hr_tf_range(s, 0, count, 1), 0);
  return hr_as_string(s, hr_tf_tile(s, row, HR_OPERANDS(batch, 1)), .name = "classes_tensor");
}

/* ---- losses ---------------------------------------------------------------------------------------------------- */

/* The means of the losses of a batch, in a name scope of `losses`' own. */
static hr_learn_loss weighted_loss(hr_scope scope, hr_output losses, const hr_learn_loss_options *options) {
  hr_scope s = hr_name_scope(scope, "loss");
  const char *name = hr_scope_name(s);
  if (!options || !hr_operand_is_given(options->weights)) {
    hr_output mean = hr_reduce_mean(s, losses, .name = name);
    return (hr_learn_loss){mean, mean};
  }
  hr_output weights =
      hr_broadcast_weights(s, hr_operand_output(hr_convert(s, options->weights, HR_FLOAT, "weights")), losses);
  hr_scope product = hr_name_scope(s, "weighted_loss");
  hr_output weighted = hr_mul(product, losses, weights, .name = hr_scope_name(product));
  hr_output mean = hr_reduce_mean(s, weighted, .name = name);
  hr_output sum = hr_reduce_sum(s, weighted), all = hr_tf_cast(s, hr_reduce_sum(s, weights), HR_FLOAT);
  return (hr_learn_loss){mean, hr_tf_div(s, sum, all, .name = "weighted_average_loss")};
}

/* Labels [batch] as [batch, 1]. */
static hr_output as_column(hr_scope s, hr_output labels) {
  return hr_scope_ok(s) && hr_output_rank(labels) == 1 ? hr_tf_expand_dims(s, labels, 1) : labels;
}

hr_learn_loss hr_learn_softmax_loss_with(hr_scope scope, hr_output labels, hr_output logits,
                                         const hr_learn_loss_options *options) {
  hr_scope s = hr_name_scope(scope, "softmax_cross_entropy_loss");
  const char *name = hr_scope_name(s);
  if (hr_scope_ok(s) && !hr_dtype_is_integer(hr_output_base_dtype(labels)))
    hr_refuse(s, "Labels dtype should be integer. Instead got %s.", hr_dtype_name(hr_output_base_dtype(labels)));
  bool column = hr_scope_ok(s) && hr_output_rank(labels) == 2;
  if (column) labels = hr_tf_squeeze(s, labels, .axis = hr_operand_ints(HR_INTS(1)));
  hr_output losses = hr_tf_sparse_softmax_cross_entropy_with_logits(s, labels, logits, .name = name);
  if (column) losses = hr_tf_expand_dims(s, losses, HR_OPERANDS(1));
  return weighted_loss(s, losses, options);
}

hr_learn_loss hr_learn_log_loss_with(hr_scope scope, hr_output labels, hr_output logits,
                                     const hr_learn_loss_options *options) {
  hr_scope s = hr_name_scope(scope, "log_loss_with_two_classes");
  const char *name = hr_scope_name(s);
  hr_output wanted = as_column(s, hr_tf_cast(s, labels, HR_FLOAT));
  return weighted_loss(s, hr_sigmoid_cross_entropy_with_logits(s, wanted, logits, .name = name), options);
}

hr_learn_loss hr_learn_mean_squared_loss_with(hr_scope scope, hr_output labels, hr_output logits,
                                              const hr_learn_loss_options *options) {
  hr_scope s = hr_name_scope(scope, "mean_squared_loss");
  const char *name = hr_scope_name(s);
  hr_output wanted = hr_tf_cast(s, as_column(s, labels), HR_FLOAT);
  return weighted_loss(s, hr_squared_difference(s, as_column(s, logits), wanted, .name = name), options);
}
