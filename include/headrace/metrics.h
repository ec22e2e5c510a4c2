/* Metrics over many runs: tf.metrics. Each keeps sums in local variables (also in "metric_variables"), which
 * hr_local_variables_initializer sets to zero; a run of `update_op` adds a batch, a run of `value` tells the metric of
 * all batches so far. */
#ifndef HEADRACE_METRICS_H
#define HEADRACE_METRICS_H

#include "headrace/sparse.h"
#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_metric {
  hr_output value, update_op;
} hr_metric;

typedef struct hr_metric_options {
  hr_operand weights;                    /* left out: 1. A scalar, or of a shape that broadcasts to the values' */
  const hr_strings *metrics_collections; /* where `value` goes; NULL: nowhere */
  const hr_strings *updates_collections; /* where `update_op` goes */
  const char *name;                      /* of the variable scope; NULL: the metric's */
} hr_metric_options;

/* Errors: InvalidArgument where labels, predictions or weights do not fit; Unimplemented where only a run can tell
 * whether they do, because a rank is not known. */

/* The mean of all values; of tensors of one shape, element by element; the share of values below a number. */
HR_API hr_metric hr_metrics_mean_with(hr_scope scope, hr_operand values, const hr_metric_options *options);
HR_API hr_metric hr_metrics_mean_tensor_with(hr_scope scope, hr_operand values, const hr_metric_options *options);
HR_API hr_metric hr_metrics_percentage_below_with(hr_scope scope, hr_operand values, hr_operand threshold,
                                                  const hr_metric_options *options);
#define hr_metrics_mean(scope, values, ...)                                                                            \
  hr_metrics_mean_with((scope), HR_OPERAND(values), &(hr_metric_options){__VA_ARGS__})
#define hr_metrics_mean_tensor(scope, values, ...)                                                                     \
  hr_metrics_mean_tensor_with((scope), HR_OPERAND(values), &(hr_metric_options){__VA_ARGS__})
#define hr_metrics_percentage_below(scope, values, threshold, ...)                                                     \
  hr_metrics_percentage_below_with((scope), HR_OPERAND(values), HR_OPERAND(threshold),                                 \
                                   &(hr_metric_options){__VA_ARGS__})

/* Labels and predictions of one shape, of which one may have a last dimension of 1 more. */
HR_API hr_metric hr_metrics_accuracy_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                          const hr_metric_options *options);
HR_API hr_metric hr_metrics_mean_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                    const hr_metric_options *options);
HR_API hr_metric hr_metrics_root_mean_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                         const hr_metric_options *options);
HR_API hr_metric hr_metrics_mean_absolute_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                     const hr_metric_options *options);
/* The error over `normalizer`; 0 where that is 0. */
HR_API hr_metric hr_metrics_mean_relative_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                     hr_operand normalizer, const hr_metric_options *options);
/* 1 - the sum of products along `axis`. */
HR_API hr_metric hr_metrics_mean_cosine_distance_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                      int32_t axis, const hr_metric_options *options);
/* The mean over the classes of the share of right predictions; labels are class numbers below num_classes. */
HR_API hr_metric hr_metrics_mean_per_class_accuracy_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                         int64_t num_classes, const hr_metric_options *options);

/* Labels and predictions as bools: how often each pair of them comes, and ratios of these counts. */
HR_API hr_metric hr_metrics_true_positives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                const hr_metric_options *options);
HR_API hr_metric hr_metrics_true_negatives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                const hr_metric_options *options);
HR_API hr_metric hr_metrics_false_positives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                 const hr_metric_options *options);
HR_API hr_metric hr_metrics_false_negatives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                 const hr_metric_options *options);
HR_API hr_metric hr_metrics_precision_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                           const hr_metric_options *options);
HR_API hr_metric hr_metrics_recall_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                        const hr_metric_options *options);

/* The mean over the classes of intersection over union: of pairs of a label and a prediction, both class numbers below
 * num_classes, those that are right among those with the class in either place. The update is the matrix of counts. */
HR_API hr_metric hr_metrics_mean_iou_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                          int64_t num_classes, const hr_metric_options *options);

/* Counts and shares of predictions in [0, 1], for each threshold that they are compared with: vectors. */
HR_API hr_metric hr_metrics_true_positives_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                              hr_floats thresholds, const hr_metric_options *options);
HR_API hr_metric hr_metrics_true_negatives_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                              hr_floats thresholds, const hr_metric_options *options);
HR_API hr_metric hr_metrics_false_positives_at_thresholds_with(hr_scope scope, hr_operand labels,
                                                               hr_operand predictions, hr_floats thresholds,
                                                               const hr_metric_options *options);
HR_API hr_metric hr_metrics_false_negatives_at_thresholds_with(hr_scope scope, hr_operand labels,
                                                               hr_operand predictions, hr_floats thresholds,
                                                               const hr_metric_options *options);
HR_API hr_metric hr_metrics_precision_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                         hr_floats thresholds, const hr_metric_options *options);
HR_API hr_metric hr_metrics_recall_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                      hr_floats thresholds, const hr_metric_options *options);

/* The area below a curve through evenly spread thresholds: of true over false positives (ROC), of precision over recall
 * (PR). The sum is of trapezoids, of rectangles below or above them, or of what lies below where counts grow linearly
 * from threshold to threshold: for ROC, that is trapezoids. */
typedef enum hr_auc_curve { HR_ROC, HR_PR } hr_auc_curve;
typedef enum hr_auc_summation { HR_TRAPEZOIDAL, HR_MINORING, HR_MAJORING, HR_CAREFUL_INTERPOLATION } hr_auc_summation;
typedef struct hr_auc_options {
  hr_operand weights;
  int64_t num_thresholds; /* default 200 */
  const hr_strings *metrics_collections, *updates_collections;
  hr_auc_curve curve;
  const char *name;
  hr_auc_summation summation;
  hr_floats thresholds; /* in (0, 1), in place of evenly spread ones; two more stand beside them */
} hr_auc_options;
#define HR_AUC_DEFAULTS .num_thresholds = 200
HR_API hr_metric hr_metrics_auc_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                     const hr_auc_options *options);
#define hr_metrics_auc(scope, labels, predictions, ...)                                                                \
  HR_CALL_OP_(hr_auc_options, hr_metrics_auc_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions), &hr_options_), \
              HR_AUC_DEFAULTS, ##__VA_ARGS__)

/* The share of true labels that are found where a share of the false ones is told to be false, and the other way round.
 * The share is a number in [0, 1]. */
typedef struct hr_curve_point_options {
  hr_operand weights;
  int64_t num_thresholds; /* default 200 */
  const hr_strings *metrics_collections, *updates_collections;
  const char *name;
} hr_curve_point_options;
#define HR_CURVE_POINT_DEFAULTS .num_thresholds = 200
HR_API hr_metric hr_metrics_sensitivity_at_specificity_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                            double specificity, const hr_curve_point_options *options);
HR_API hr_metric hr_metrics_specificity_at_sensitivity_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                            double sensitivity, const hr_curve_point_options *options);

/* The k best of the predictions: scores of classes along the last dimension. Labels are int64 class numbers, as many in
 * each row as there are right ones, or one without a dimension of its own; or sparse, where rows differ. Precision is
 * the share of the k classes that are right, recall the share of the right ones among the k. The sums are double.
 * Errors: a type error for labels of another dtype, InvalidArgument for a rank that does not fit, and for k below 1. */
typedef struct hr_metric_at_k_options {
  hr_operand class_id; /* a number: nothing but this class counts */
  hr_operand weights;
  const hr_strings *metrics_collections, *updates_collections;
  const char *name;
} hr_metric_at_k_options;
HR_API hr_metric hr_metrics_precision_at_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions,
                                                int64_t k, const hr_metric_at_k_options *options);
HR_API hr_metric hr_metrics_recall_at_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions, int64_t k,
                                             const hr_metric_at_k_options *options);
#define hr_metrics_precision_at_k(scope, labels, predictions, k, ...)                                                  \
  hr_metrics_precision_at_k_with((scope), (labels), HR_OPERAND(predictions), (k),                                      \
                                 &(hr_metric_at_k_options){__VA_ARGS__})
#define hr_metrics_recall_at_k(scope, labels, predictions, k, ...)                                                     \
  hr_metrics_recall_at_k_with((scope), (labels), HR_OPERAND(predictions), (k), &(hr_metric_at_k_options){__VA_ARGS__})

/* The same of predictions that are the numbers of the best classes. */
typedef struct hr_metric_at_top_k_options {
  hr_operand k;        /* for names alone */
  hr_operand class_id; /* a number: nothing but this class counts */
  hr_operand weights;
  const hr_strings *metrics_collections, *updates_collections;
  const char *name;
} hr_metric_at_top_k_options;
HR_API hr_metric hr_metrics_precision_at_top_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions_idx,
                                                    const hr_metric_at_top_k_options *options);
HR_API hr_metric hr_metrics_recall_at_top_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions_idx,
                                                 const hr_metric_at_top_k_options *options);
#define hr_metrics_precision_at_top_k(scope, labels, predictions_idx, ...)                                             \
  hr_metrics_precision_at_top_k_with((scope), (labels), HR_OPERAND(predictions_idx),                                   \
                                     &(hr_metric_at_top_k_options){__VA_ARGS__})
#define hr_metrics_recall_at_top_k(scope, labels, predictions_idx, ...)                                                \
  hr_metrics_recall_at_top_k_with((scope), (labels), HR_OPERAND(predictions_idx),                                      \
                                  &(hr_metric_at_top_k_options){__VA_ARGS__})

/* The mean over all rows of the mean of the precision at each of the right classes among the k best. */
HR_API hr_metric hr_metrics_average_precision_at_k_with(hr_scope scope, hr_any_operand labels, hr_operand predictions,
                                                        int64_t k, const hr_metric_options *options);
#define hr_metrics_average_precision_at_k(scope, labels, predictions, k, ...)                                          \
  hr_metrics_average_precision_at_k_with((scope), (labels), HR_OPERAND(predictions), (k),                              \
                                         &(hr_metric_options){__VA_ARGS__})

#define HR_METRIC_(function, scope, labels, predictions, ...)                                                          \
  function((scope), HR_OPERAND(labels), HR_OPERAND(predictions), &(hr_metric_options){__VA_ARGS__})
#define hr_metrics_accuracy(scope, labels, predictions, ...)                                                           \
  HR_METRIC_(hr_metrics_accuracy_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_mean_squared_error(scope, labels, predictions, ...)                                                 \
  HR_METRIC_(hr_metrics_mean_squared_error_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_root_mean_squared_error(scope, labels, predictions, ...)                                            \
  HR_METRIC_(hr_metrics_root_mean_squared_error_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_mean_absolute_error(scope, labels, predictions, ...)                                                \
  HR_METRIC_(hr_metrics_mean_absolute_error_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_mean_relative_error(scope, labels, predictions, normalizer, ...)                                    \
  hr_metrics_mean_relative_error_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions), HR_OPERAND(normalizer),    \
                                      &(hr_metric_options){__VA_ARGS__})
#define hr_metrics_mean_cosine_distance(scope, labels, predictions, axis, ...)                                         \
  hr_metrics_mean_cosine_distance_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions), (axis),                   \
                                       &(hr_metric_options){__VA_ARGS__})
#define hr_metrics_mean_per_class_accuracy(scope, labels, predictions, num_classes, ...)                               \
  hr_metrics_mean_per_class_accuracy_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions), (num_classes),         \
                                          &(hr_metric_options){__VA_ARGS__})
#define hr_metrics_true_positives(scope, labels, predictions, ...)                                                     \
  HR_METRIC_(hr_metrics_true_positives_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_true_negatives(scope, labels, predictions, ...)                                                     \
  HR_METRIC_(hr_metrics_true_negatives_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_false_positives(scope, labels, predictions, ...)                                                    \
  HR_METRIC_(hr_metrics_false_positives_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_false_negatives(scope, labels, predictions, ...)                                                    \
  HR_METRIC_(hr_metrics_false_negatives_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_precision(scope, labels, predictions, ...)                                                          \
  HR_METRIC_(hr_metrics_precision_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_recall(scope, labels, predictions, ...)                                                             \
  HR_METRIC_(hr_metrics_recall_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_metrics_mean_iou(scope, labels, predictions, num_classes, ...)                                              \
  hr_metrics_mean_iou_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions), (num_classes),                        \
                           &(hr_metric_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
