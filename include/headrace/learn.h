/* What tf.contrib.learn's models are made of, beside layers: summaries of layers, and heads, which turn a network's
 * logits into predictions and losses. */
#ifndef HEADRACE_LEARN_H
#define HEADRACE_LEARN_H

#include "headrace/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Summaries of a layer's output: the part of it that is zero, tagged TAG_fraction_of_zero_values, and a histogram,
 * TAG_activation. */
HR_API void hr_learn_layer_summaries(hr_scope scope, hr_output value, const char *tag);

/* ---- predictions, in the name scope "predictions" -------------------------------------------------------------- */

typedef struct hr_learn_classes {
  hr_output classes;       /* [batch] of int64: the likeliest class */
  hr_output probabilities; /* [batch, classes] */
} hr_learn_classes;
/* Of logits [batch, classes]. */
HR_API hr_learn_classes hr_learn_multi_class_predictions(hr_scope scope, hr_output logits);

typedef struct hr_learn_two_classes {
  hr_output logistic; /* [batch, 1]: the probability of class 1 */
  hr_output probabilities, classes;
} hr_learn_two_classes;
/* Of logits [batch, 1]. */
HR_API hr_learn_two_classes hr_learn_binary_predictions(hr_scope scope, hr_output logits);

/* Of logits [batch, dimension]: [batch] where the dimension is 1. */
HR_API hr_output hr_learn_regression_scores(hr_scope scope, hr_output logits);

/* The numbers of all classes as text, for each example: [batch, classes]. */
HR_API hr_output hr_learn_class_names(hr_scope scope, hr_output probabilities);

/* ---- losses ---------------------------------------------------------------------------------------------------- */

typedef struct hr_learn_loss {
  hr_output loss;    /* the mean over the batch: what training minimises */
  hr_output average; /* the mean over the weights: what is told */
} hr_learn_loss;
typedef struct hr_learn_loss_options {
  hr_operand weights; /* of the examples; left out: 1 */
} hr_learn_loss_options;
/* Cross entropy of class numbers [batch] or [batch, 1] and logits [batch, classes]. InvalidArgument for labels that are
 * no integers. */
HR_API hr_learn_loss hr_learn_softmax_loss_with(hr_scope scope, hr_output labels, hr_output logits,
                                                const hr_learn_loss_options *options);
#define hr_learn_softmax_loss(scope, labels, logits, ...)                                                              \
  hr_learn_softmax_loss_with((scope), (labels), (logits), &(hr_learn_loss_options){__VA_ARGS__})
/* Of labels 0 and 1, [batch] or [batch, 1], and logits [batch, 1]. */
HR_API hr_learn_loss hr_learn_log_loss_with(hr_scope scope, hr_output labels, hr_output logits,
                                            const hr_learn_loss_options *options);
#define hr_learn_log_loss(scope, labels, logits, ...)                                                                  \
  hr_learn_log_loss_with((scope), (labels), (logits), &(hr_learn_loss_options){__VA_ARGS__})
/* Squared differences of labels [batch] or [batch, dimension] and logits [batch, dimension]. */
HR_API hr_learn_loss hr_learn_mean_squared_loss_with(hr_scope scope, hr_output labels, hr_output logits,
                                                     const hr_learn_loss_options *options);
#define hr_learn_mean_squared_loss(scope, labels, logits, ...)                                                         \
  hr_learn_mean_squared_loss_with((scope), (labels), (logits), &(hr_learn_loss_options){__VA_ARGS__})

/* ---- metrics of two classes ------------------------------------------------------------------------------------- */

/* Labels are 0 or 1, [batch] or [batch, 1], predictions the probabilities of class 1, [batch, 1]; weights broadcast to
 * what they weigh. */

/* The mean of labels or predictions. */
HR_API hr_metric hr_learn_mean_metric_with(hr_scope scope, hr_output values, const hr_metric_options *options);
#define hr_learn_mean_metric(scope, values, ...)                                                                       \
  hr_learn_mean_metric_with((scope), (values), &(hr_metric_options){__VA_ARGS__})
/* The area below a curve. */
HR_API hr_metric hr_learn_auc_with(hr_scope scope, hr_output labels, hr_output predictions,
                                   const hr_auc_options *options);
#define hr_learn_auc(scope, labels, predictions, ...)                                                                  \
  HR_CALL_OP_(hr_auc_options, hr_learn_auc_with((scope), (labels), (predictions), &hr_options_), HR_AUC_DEFAULTS,      \
              ##__VA_ARGS__)
/* Where a prediction of at least `threshold` (for precision and recall: above it) stands for class 1. */
HR_API hr_metric hr_learn_accuracy_at_threshold_with(hr_scope scope, hr_output labels, hr_output predictions,
                                                     double threshold, const hr_metric_options *options);
HR_API hr_metric hr_learn_precision_at_threshold_with(hr_scope scope, hr_output labels, hr_output predictions,
                                                      double threshold, const hr_metric_options *options);
HR_API hr_metric hr_learn_recall_at_threshold_with(hr_scope scope, hr_output labels, hr_output predictions,
                                                   double threshold, const hr_metric_options *options);
#define hr_learn_accuracy_at_threshold(scope, labels, predictions, threshold, ...)                                     \
  hr_learn_accuracy_at_threshold_with((scope), (labels), (predictions), (threshold), &(hr_metric_options){__VA_ARGS__})
#define hr_learn_precision_at_threshold(scope, labels, predictions, threshold, ...)                                    \
  hr_learn_precision_at_threshold_with((scope), (labels), (predictions), (threshold), &(hr_metric_options){__VA_ARGS__})
#define hr_learn_recall_at_threshold(scope, labels, predictions, threshold, ...)                                       \
  hr_learn_recall_at_threshold_with((scope), (labels), (predictions), (threshold), &(hr_metric_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
