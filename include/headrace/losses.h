/* Losses: tf.losses. Each computes a loss an element, weights it, reduces it and adds the result to a collection. */
#ifndef HEADRACE_LOSSES_H
#define HEADRACE_LOSSES_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.losses.Reduction. The default divides the weighted sum by the number of elements whose weight is not zero. */
typedef enum hr_reduction {
  HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS,
  HR_REDUCTION_NONE,
  HR_REDUCTION_SUM,
  HR_REDUCTION_MEAN, /* over the sum of the weights */
  HR_REDUCTION_SUM_OVER_BATCH_SIZE,
} hr_reduction;

typedef struct hr_loss_options {
  hr_operand weights; /* its zero: 1. A scalar, or of the losses' rank with sizes equal to theirs or 1 */
  hr_reduction reduction;
  const char *loss_collection; /* NULL: "losses"; "": none */
  double label_smoothing;      /* of the cross entropies */
  double epsilon;              /* of log_loss: default 1e-7 */
  double delta;                /* of huber_loss: default 1 */
  const char *scope;           /* name scope; NULL: the loss's own */
} hr_loss_options;
#define HR_LOSS_DEFAULTS .epsilon = 1e-7, .delta = 1

/* Errors: InvalidArgument where the shapes of labels, predictions or weights do not fit; Unimplemented where whether
 * the weights fit can only be known at run time. */
#define HR_LOSS_(function, scope, a, b, ...)                                                                           \
  HR_CALL_OP_(hr_loss_options, function((scope), HR_OPERAND(a), HR_OPERAND(b), &hr_options_), HR_LOSS_DEFAULTS,        \
              ##__VA_ARGS__)

/* tf.losses.compute_weighted_loss. */
HR_API hr_output hr_compute_weighted_loss_with(hr_scope scope, hr_operand losses, const hr_loss_options *options);
#define hr_compute_weighted_loss(scope, losses, ...)                                                                   \
  HR_CALL_OP_(hr_loss_options, hr_compute_weighted_loss_with((scope), HR_OPERAND(losses), &hr_options_),               \
              HR_LOSS_DEFAULTS, ##__VA_ARGS__)

/* Labels and predictions of one shape. */
HR_API hr_output hr_mean_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                            const hr_loss_options *options);
HR_API hr_output hr_absolute_difference_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                             const hr_loss_options *options);
HR_API hr_output hr_log_loss_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                  const hr_loss_options *options);
HR_API hr_output hr_huber_loss_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                    const hr_loss_options *options);
HR_API hr_output hr_hinge_loss_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                    const hr_loss_options *options);
HR_API hr_output hr_sigmoid_cross_entropy_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                               const hr_loss_options *options);
#define hr_mean_squared_error(scope, labels, predictions, ...)                                                         \
  HR_LOSS_(hr_mean_squared_error_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_absolute_difference(scope, labels, predictions, ...)                                                        \
  HR_LOSS_(hr_absolute_difference_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_log_loss(scope, labels, predictions, ...)                                                                   \
  HR_LOSS_(hr_log_loss_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_huber_loss(scope, labels, predictions, ...)                                                                 \
  HR_LOSS_(hr_huber_loss_with, scope, labels, predictions, ##__VA_ARGS__)
#define hr_hinge_loss(scope, labels, logits, ...) HR_LOSS_(hr_hinge_loss_with, scope, labels, logits, ##__VA_ARGS__)
#define hr_sigmoid_cross_entropy(scope, labels, logits, ...)                                                           \
  HR_LOSS_(hr_sigmoid_cross_entropy_with, scope, labels, logits, ##__VA_ARGS__)

/* tf.losses.cosine_distance: 1 - sum of products along `axis`. */
HR_API hr_output hr_cosine_distance_with(hr_scope scope, hr_operand labels, hr_operand predictions, int32_t axis,
                                         const hr_loss_options *options);
#define hr_cosine_distance(scope, labels, predictions, axis, ...)                                                      \
  HR_CALL_OP_(hr_loss_options,                                                                                         \
              hr_cosine_distance_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions), (axis), &hr_options_),     \
              HR_LOSS_DEFAULTS, ##__VA_ARGS__)

/* tf.losses.mean_pairwise_squared_error of [batch, d...]; the reduction of the options has no effect. */
HR_API hr_output hr_mean_pairwise_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                     const hr_loss_options *options);
#define hr_mean_pairwise_squared_error(scope, labels, predictions, ...)                                                \
  HR_LOSS_(hr_mean_pairwise_squared_error_with, scope, labels, predictions, ##__VA_ARGS__)

/* One-hot labels [batch, classes]; class numbers [batch] or [batch, 1]. */
HR_API hr_output hr_softmax_cross_entropy_with(hr_scope scope, hr_operand onehot_labels, hr_operand logits,
                                               const hr_loss_options *options);
HR_API hr_output hr_sparse_softmax_cross_entropy_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                                      const hr_loss_options *options);
#define hr_softmax_cross_entropy(scope, onehot_labels, logits, ...)                                                    \
  HR_LOSS_(hr_softmax_cross_entropy_with, scope, onehot_labels, logits, ##__VA_ARGS__)
#define hr_sparse_softmax_cross_entropy(scope, labels, logits, ...)                                                    \
  HR_LOSS_(hr_sparse_softmax_cross_entropy_with, scope, labels, logits, ##__VA_ARGS__)

/* tf.losses.add_loss; get_regularization_loss (the sum, 0 where there is none), get_total_loss. NULL names:
 * TensorFlow's. */
HR_API void hr_add_loss(hr_scope scope, hr_output loss);
HR_API hr_output hr_get_regularization_loss(hr_scope scope, const char *name);
HR_API hr_output hr_get_total_loss(hr_scope scope, bool add_regularization_losses, const char *name);
/* tf.nn.scale_regularization_loss: the sum of penalties, over the number of replicas that train: one. */
HR_API hr_output hr_scale_regularization_loss_with(hr_scope scope, hr_operand penalties);
#define hr_scale_regularization_loss(scope, penalties) hr_scale_regularization_loss_with((scope), HR_OPERAND(penalties))

#ifdef __cplusplus
}
#endif
#endif
