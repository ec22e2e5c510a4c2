/* The older losses: tf.contrib.losses. Each computes a loss an element, multiplies by weights, divides the sum by how
 * many losses have a weight that is not zero, and adds the result to the collection "losses". Unlike in tf.losses,
 * weights of fewer dimensions weigh the first ones, and predictions come before labels. */
#ifndef HEADRACE_CONTRIB_LOSSES_H
#define HEADRACE_CONTRIB_LOSSES_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_contrib_loss_options {
  hr_operand weights;     /* left out: 1. A scalar, or of the sizes of the losses' first dimensions */
  double label_smoothing; /* of the cross entropies */
  double epsilon;         /* of the log loss: default 1e-7 */
  const char *scope;      /* name scope; NULL: the loss's own */
} hr_contrib_loss_options;
#define HR_CONTRIB_LOSS_DEFAULTS .epsilon = 1e-7

/* Errors: InvalidArgument where shapes do not fit, or a rank that is needed is not known. */
#define HR_CONTRIB_LOSS_(function, scope, a, b, ...)                                                                   \
  HR_CALL_OP_(hr_contrib_loss_options, function((scope), HR_OPERAND(a), HR_OPERAND(b), &hr_options_),                  \
              HR_CONTRIB_LOSS_DEFAULTS, ##__VA_ARGS__)

HR_API hr_output hr_contrib_compute_weighted_loss_with(hr_scope scope, hr_operand losses,
                                                       const hr_contrib_loss_options *options);
#define hr_contrib_compute_weighted_loss(scope, losses, ...)                                                           \
  HR_CALL_OP_(hr_contrib_loss_options,                                                                                 \
              hr_contrib_compute_weighted_loss_with((scope), HR_OPERAND(losses), &hr_options_),                        \
              HR_CONTRIB_LOSS_DEFAULTS, ##__VA_ARGS__)

/* Predictions and labels of one shape. */
HR_API hr_output hr_contrib_absolute_difference_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                                     const hr_contrib_loss_options *options);
HR_API hr_output hr_contrib_mean_squared_error_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                                    const hr_contrib_loss_options *options);
HR_API hr_output hr_contrib_log_loss_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                          const hr_contrib_loss_options *options);
HR_API hr_output hr_contrib_sigmoid_cross_entropy_with(hr_scope scope, hr_operand logits, hr_operand labels,
                                                       const hr_contrib_loss_options *options);
#define hr_contrib_absolute_difference(scope, predictions, labels, ...)                                                \
  HR_CONTRIB_LOSS_(hr_contrib_absolute_difference_with, scope, predictions, labels, ##__VA_ARGS__)
#define hr_contrib_mean_squared_error(scope, predictions, labels, ...)                                                 \
  HR_CONTRIB_LOSS_(hr_contrib_mean_squared_error_with, scope, predictions, labels, ##__VA_ARGS__)
#define hr_contrib_log_loss(scope, predictions, labels, ...)                                                           \
  HR_CONTRIB_LOSS_(hr_contrib_log_loss_with, scope, predictions, labels, ##__VA_ARGS__)
#define hr_contrib_sigmoid_cross_entropy(scope, logits, labels, ...)                                                   \
  HR_CONTRIB_LOSS_(hr_contrib_sigmoid_cross_entropy_with, scope, logits, labels, ##__VA_ARGS__)

/* The loss an element, neither weighted nor reduced nor collected; of the options only the scope counts. */
HR_API hr_output hr_contrib_hinge_loss_with(hr_scope scope, hr_operand logits, hr_operand labels,
                                            const hr_contrib_loss_options *options);
#define hr_contrib_hinge_loss(scope, logits, labels, ...)                                                              \
  HR_CONTRIB_LOSS_(hr_contrib_hinge_loss_with, scope, logits, labels, ##__VA_ARGS__)

/* Of the differences of all pairs in each of [batch, d...]. Weights are a scalar or [batch]. */
HR_API hr_output hr_contrib_mean_pairwise_squared_error_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                                             const hr_contrib_loss_options *options);
#define hr_contrib_mean_pairwise_squared_error(scope, predictions, labels, ...)                                        \
  HR_CONTRIB_LOSS_(hr_contrib_mean_pairwise_squared_error_with, scope, predictions, labels, ##__VA_ARGS__)

/* 1 - the sum of products along `axis`. */
HR_API hr_output hr_contrib_cosine_distance_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                                 int32_t axis, const hr_contrib_loss_options *options);
#define hr_contrib_cosine_distance(scope, predictions, labels, axis, ...)                                              \
  HR_CALL_OP_(                                                                                                         \
      hr_contrib_loss_options,                                                                                         \
      hr_contrib_cosine_distance_with((scope), HR_OPERAND(predictions), HR_OPERAND(labels), (axis), &hr_options_),     \
      HR_CONTRIB_LOSS_DEFAULTS, ##__VA_ARGS__)

/* Logits [batch, classes] and one-hot labels of that shape; class numbers [batch] or [batch, 1]. */
HR_API hr_output hr_contrib_softmax_cross_entropy_with(hr_scope scope, hr_operand logits, hr_operand onehot_labels,
                                                       const hr_contrib_loss_options *options);
HR_API hr_output hr_contrib_sparse_softmax_cross_entropy_with(hr_scope scope, hr_operand logits, hr_operand labels,
                                                              const hr_contrib_loss_options *options);
#define hr_contrib_softmax_cross_entropy(scope, logits, onehot_labels, ...)                                            \
  HR_CONTRIB_LOSS_(hr_contrib_softmax_cross_entropy_with, scope, logits, onehot_labels, ##__VA_ARGS__)
#define hr_contrib_sparse_softmax_cross_entropy(scope, logits, labels, ...)                                            \
  HR_CONTRIB_LOSS_(hr_contrib_sparse_softmax_cross_entropy_with, scope, logits, labels, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
