/* Neural network pieces: what tf.nn builds above single ops. Names follow the rule of math.h: tf.nn.NAME is hr_NAME,
 * and hr_tf_NAME where the op itself has that wrapper. */
#ifndef HEADRACE_NN_H
#define HEADRACE_NN_H

#include "headrace/math.h"
#include "headrace/ops.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- activations ----------------------------------------------------------------------------------------------- */

/* A function of one tensor, as layers take it. A zeroed struct is none. */
typedef struct hr_activation {
  hr_output (*call)(void *argument, hr_scope scope, hr_output x);
  void *argument;
} hr_activation;

HR_API extern const hr_activation hr_relu_activation, hr_relu6_activation, hr_elu_activation, hr_selu_activation,
    hr_sigmoid_activation, hr_tanh_activation, hr_softplus_activation, hr_softsign_activation, hr_softmax_activation,
    hr_leaky_relu_activation;

typedef struct hr_axis_options {
  int32_t axis; /* default -1 */
  const char *name;
} hr_axis_options;
/* tf.nn.crelu: [relu(x), relu(-x)] along an axis; tf.log_sigmoid. */
HR_API hr_output hr_crelu_with(hr_scope scope, hr_operand x, const hr_axis_options *options);
#define hr_crelu(scope, x, ...)                                                                                        \
  HR_CALL_OP_(hr_axis_options, hr_crelu_with((scope), HR_OPERAND(x), &hr_options_), .axis = -1, ##__VA_ARGS__)
HR_API hr_output hr_log_sigmoid_with(hr_scope scope, hr_operand x, const hr_op_options *options);
#define hr_log_sigmoid(scope, x, ...) hr_log_sigmoid_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_leaky_relu_options {
  double alpha; /* default 0.2 */
  const char *name;
} hr_tf_leaky_relu_options;
/* tf.nn.leaky_relu: integers become floats. */
HR_API hr_output hr_tf_leaky_relu_with(hr_scope scope, hr_operand x, const hr_tf_leaky_relu_options *options);
#define hr_tf_leaky_relu(scope, x, ...)                                                                                \
  HR_CALL_OP_(hr_tf_leaky_relu_options, hr_tf_leaky_relu_with((scope), HR_OPERAND(x), &hr_options_), .alpha = 0.2,     \
              ##__VA_ARGS__)

/* tf.nn.softmax, tf.nn.log_softmax along any axis. InvalidArgument for an axis that is not there. */
HR_API hr_output hr_tf_softmax_with(hr_scope scope, hr_operand logits, const hr_axis_options *options);
HR_API hr_output hr_tf_log_softmax_with(hr_scope scope, hr_operand logits, const hr_axis_options *options);
#define hr_tf_softmax(scope, logits, ...)                                                                              \
  HR_CALL_OP_(hr_axis_options, hr_tf_softmax_with((scope), HR_OPERAND(logits), &hr_options_), .axis = -1, ##__VA_ARGS__)
#define hr_tf_log_softmax(scope, logits, ...)                                                                          \
  HR_CALL_OP_(hr_axis_options, hr_tf_log_softmax_with((scope), HR_OPERAND(logits), &hr_options_), .axis = -1,          \
              ##__VA_ARGS__)

/* ---- layers without variables ---------------------------------------------------------------------------------- */

typedef struct hr_tf_bias_add_options {
  const char *data_format; /* NULL: "NHWC" */
  const char *name;
} hr_tf_bias_add_options;
/* tf.nn.bias_add: bias [n] on the last axis of x, on the second one for "NCHW". */
HR_API hr_output hr_tf_bias_add_with(hr_scope scope, hr_operand x, hr_operand bias,
                                     const hr_tf_bias_add_options *options);
#define hr_tf_bias_add(scope, x, bias, ...)                                                                            \
  hr_tf_bias_add_with((scope), HR_OPERAND(x), HR_OPERAND(bias), &(hr_tf_bias_add_options){__VA_ARGS__})
/* tf.nn.xw_plus_b and tf.nn.relu_layer: x [m, k] times weights [k, n] plus biases [n]. */
HR_API hr_output hr_xw_plus_b_with(hr_scope scope, hr_operand x, hr_operand weights, hr_operand biases,
                                   const hr_op_options *options);
#define hr_xw_plus_b(scope, x, weights, biases, ...)                                                                   \
  hr_xw_plus_b_with((scope), HR_OPERAND(x), HR_OPERAND(weights), HR_OPERAND(biases), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_relu_layer_with(hr_scope scope, hr_operand x, hr_operand weights, hr_operand biases,
                                    const hr_op_options *options);
#define hr_relu_layer(scope, x, weights, biases, ...)                                                                  \
  hr_relu_layer_with((scope), HR_OPERAND(x), HR_OPERAND(weights), HR_OPERAND(biases), &(hr_op_options){__VA_ARGS__})

typedef struct hr_dropout_options {
  hr_dims noise_shape; /* default: the shape of x; unknown sizes in it are those of x */
  int64_t seed;        /* default HR_NO_SEED */
  const char *name;
} hr_dropout_options;
#define HR_DROPOUT_DEFAULTS .noise_shape = HR_NO_DIMS, .seed = HR_NO_SEED
/* tf.nn.dropout with `rate`, the share of elements that become zero; the others are scaled by 1 / (1 - rate). A rate of
 * 0 returns x. InvalidArgument for a rate outside [0, 1) and for an x that is not floating. */
HR_API hr_output hr_dropout_with(hr_scope scope, hr_operand x, hr_operand rate, const hr_dropout_options *options);
#define hr_dropout(scope, x, rate, ...)                                                                                \
  HR_CALL_OP_(hr_dropout_options, hr_dropout_with((scope), HR_OPERAND(x), HR_OPERAND(rate), &hr_options_),             \
              HR_DROPOUT_DEFAULTS, ##__VA_ARGS__)

/* tf.contrib.nn.alpha_dropout, for networks of SELU: elements that are not kept become the value that SELU goes to, and
 * all are scaled and moved so that mean and variance stay. A keep_prob of 1 returns x. */
HR_API hr_output hr_alpha_dropout_with(hr_scope scope, hr_operand x, hr_operand keep_prob,
                                       const hr_dropout_options *options);
#define hr_alpha_dropout(scope, x, keep_prob, ...)                                                                     \
  HR_CALL_OP_(hr_dropout_options, hr_alpha_dropout_with((scope), HR_OPERAND(x), HR_OPERAND(keep_prob), &hr_options_),  \
              HR_DROPOUT_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_l2_normalize_options {
  double epsilon; /* lower limit of the squared norm; default 1e-12 */
  const char *name;
} hr_l2_normalize_options;
/* tf.nn.l2_normalize over axes; over all where they are not given. */
HR_API hr_output hr_l2_normalize_with(hr_scope scope, hr_operand x, hr_operand axes,
                                      const hr_l2_normalize_options *options);
#define hr_l2_normalize(scope, x, axes, ...)                                                                           \
  HR_CALL_OP_(hr_l2_normalize_options, hr_l2_normalize_with((scope), HR_OPERAND(x), HR_OPERAND(axes), &hr_options_),   \
              .epsilon = 1e-12, ##__VA_ARGS__)

/* tf.nn.top_k. */
typedef struct hr_tf_top_k_options {
  bool unsorted;
  const char *name;
} hr_tf_top_k_options;
HR_API hr_top_k_v2_outputs hr_tf_top_k_with(hr_scope scope, hr_operand x, hr_operand k,
                                            const hr_tf_top_k_options *options);
#define hr_tf_top_k(scope, x, k, ...)                                                                                  \
  hr_tf_top_k_with((scope), HR_OPERAND(x), HR_OPERAND(k), &(hr_tf_top_k_options){__VA_ARGS__})

/* ---- statistics ------------------------------------------------------------------------------------------------ */

typedef struct hr_moments_outputs {
  hr_output mean, variance;
} hr_moments_outputs;
typedef struct hr_moments_options {
  bool keep_dims;
  const char *name;
} hr_moments_options;
/* tf.nn.moments over axes (numbers, unless keep_dims): mean and biased variance. */
HR_API hr_moments_outputs hr_moments_with(hr_scope scope, hr_operand x, hr_operand axes,
                                          const hr_moments_options *options);
#define hr_moments(scope, x, axes, ...)                                                                                \
  hr_moments_with((scope), HR_OPERAND(x), HR_OPERAND(axes), &(hr_moments_options){__VA_ARGS__})

typedef struct hr_sufficient_statistics_outputs {
  hr_output count, sum, sum_of_squares, shift; /* shift: none where none was given */
} hr_sufficient_statistics_outputs;
typedef struct hr_sufficient_statistics_options {
  hr_operand shift; /* what is subtracted first; left out: nothing */
  bool keep_dims;
  const char *name;
} hr_sufficient_statistics_options;
/* tf.nn.sufficient_statistics, and tf.nn.normalize_moments of them. */
HR_API hr_sufficient_statistics_outputs hr_sufficient_statistics_with(hr_scope scope, hr_operand x, hr_operand axes,
                                                                      const hr_sufficient_statistics_options *options);
#define hr_sufficient_statistics(scope, x, axes, ...)                                                                  \
  hr_sufficient_statistics_with((scope), HR_OPERAND(x), HR_OPERAND(axes),                                              \
                                &(hr_sufficient_statistics_options){__VA_ARGS__})
typedef struct hr_normalize_moments_options {
  hr_operand shift;
  const char *name;
} hr_normalize_moments_options;
HR_API hr_moments_outputs hr_normalize_moments_with(hr_scope scope, hr_operand counts, hr_operand mean_ss,
                                                    hr_operand variance_ss,
                                                    const hr_normalize_moments_options *options);
#define hr_normalize_moments(scope, counts, mean_ss, variance_ss, ...)                                                 \
  hr_normalize_moments_with((scope), HR_OPERAND(counts), HR_OPERAND(mean_ss), HR_OPERAND(variance_ss),                 \
                            &(hr_normalize_moments_options){__VA_ARGS__})

/* tf.nn.weighted_moments: elements count as often as the weights say. */
HR_API hr_moments_outputs hr_weighted_moments_with(hr_scope scope, hr_operand x, hr_operand axes, hr_operand weights,
                                                   const hr_moments_options *options);
#define hr_weighted_moments(scope, x, axes, weights, ...)                                                              \
  hr_weighted_moments_with((scope), HR_OPERAND(x), HR_OPERAND(axes), HR_OPERAND(weights),                              \
                           &(hr_moments_options){__VA_ARGS__})

typedef struct hr_batch_normalization_options {
  hr_operand offset, scale; /* left out: 0 and 1, without a node for them */
  const char *name;
} hr_batch_normalization_options;
/* tf.nn.batch_normalization: (x - mean) / sqrt(variance + epsilon) * scale + offset. */
HR_API hr_output hr_batch_normalization_with(hr_scope scope, hr_operand x, hr_operand mean, hr_operand variance,
                                             hr_operand epsilon, const hr_batch_normalization_options *options);
#define hr_batch_normalization(scope, x, mean, variance, epsilon, ...)                                                 \
  hr_batch_normalization_with((scope), HR_OPERAND(x), HR_OPERAND(mean), HR_OPERAND(variance), HR_OPERAND(epsilon),     \
                              &(hr_batch_normalization_options){__VA_ARGS__})

typedef struct hr_tf_fused_batch_norm_outputs {
  hr_output y, mean, variance;
} hr_tf_fused_batch_norm_outputs;
typedef struct hr_tf_fused_batch_norm_options {
  hr_operand mean, variance; /* of inference; left out: those of the batch */
  double epsilon;            /* default 0.001; at least 1.001e-5 is taken */
  const char *data_format;   /* NULL: "NHWC"; "NCHW" builds but does not run on the CPU */
  bool is_training;          /* default true */
  const char *name;
} hr_tf_fused_batch_norm_options;
#define HR_FUSED_BATCH_NORM_DEFAULTS .epsilon = 0.001, .is_training = true
/* tf.nn.fused_batch_norm of pictures [batch, height, width, channels]: batch normalisation as one node,
 * FusedBatchNormV3. In training, mean and (unbiased) variance are those of the batch; InvalidArgument where others are
 * given. */
HR_API hr_tf_fused_batch_norm_outputs hr_tf_fused_batch_norm_with(hr_scope scope, hr_operand x, hr_operand scale,
                                                                  hr_operand offset,
                                                                  const hr_tf_fused_batch_norm_options *options);
#define hr_tf_fused_batch_norm(scope, x, scale, offset, ...)                                                           \
  HR_CALL_OP_(                                                                                                         \
      hr_tf_fused_batch_norm_options,                                                                                  \
      hr_tf_fused_batch_norm_with((scope), HR_OPERAND(x), HR_OPERAND(scale), HR_OPERAND(offset), &hr_options_),        \
      HR_FUSED_BATCH_NORM_DEFAULTS, ##__VA_ARGS__)

/* ---- embeddings ------------------------------------------------------------------------------------------------ */

typedef struct hr_embedding_lookup_options {
  bool div_strategy;   /* several tables have blocks of rows ("div"); otherwise they get rows in turn ("mod") */
  hr_operand max_norm; /* longer rows are scaled down to it; left out: none are */
  const char *name;
} hr_embedding_lookup_options;
/* tf.nn.embedding_lookup: rows `ids` of a table, which may be cut into several. InvalidArgument for no table. */
HR_API hr_output hr_embedding_lookup_with(hr_scope scope, hr_operands params, hr_operand ids,
                                          const hr_embedding_lookup_options *options);
#define hr_embedding_lookup(scope, params, ids, ...)                                                                   \
  hr_embedding_lookup_with((scope), HR_OPERANDS_OF(params), HR_OPERAND(ids),                                           \
                           &(hr_embedding_lookup_options){__VA_ARGS__})

/* ---- classification -------------------------------------------------------------------------------------------- */

/* tf.nn.sparse_softmax_cross_entropy_with_logits: labels [d...] of int32 or int64, logits [d..., classes] -> [d...]. */
HR_API hr_output hr_tf_sparse_softmax_cross_entropy_with_logits_with(hr_scope scope, hr_operand labels,
                                                                     hr_operand logits, const hr_op_options *options);
#define hr_tf_sparse_softmax_cross_entropy_with_logits(scope, labels, logits, ...)                                     \
  hr_tf_sparse_softmax_cross_entropy_with_logits_with((scope), HR_OPERAND(labels), HR_OPERAND(logits),                 \
                                                      &(hr_op_options){__VA_ARGS__})

/* tf.nn.softmax_cross_entropy_with_logits (no gradient to the labels) and _v2: labels and logits [d..., classes] ->
 * [d...], where the classes may lie along another axis. */
HR_API hr_output hr_tf_softmax_cross_entropy_with_logits_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                                              const hr_axis_options *options);
#define hr_tf_softmax_cross_entropy_with_logits(scope, labels, logits, ...)                                            \
  HR_CALL_OP_(                                                                                                         \
      hr_axis_options,                                                                                                 \
      hr_tf_softmax_cross_entropy_with_logits_with((scope), HR_OPERAND(labels), HR_OPERAND(logits), &hr_options_),     \
      .axis = -1, ##__VA_ARGS__)
HR_API hr_output hr_softmax_cross_entropy_with_logits_v2_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                                              const hr_axis_options *options);
#define hr_softmax_cross_entropy_with_logits_v2(scope, labels, logits, ...)                                            \
  HR_CALL_OP_(                                                                                                         \
      hr_axis_options,                                                                                                 \
      hr_softmax_cross_entropy_with_logits_v2_with((scope), HR_OPERAND(labels), HR_OPERAND(logits), &hr_options_),     \
      .axis = -1, ##__VA_ARGS__)

/* tf.nn.sigmoid_cross_entropy_with_logits, and tf.nn.weighted_cross_entropy_with_logits. */
HR_API hr_output hr_sigmoid_cross_entropy_with_logits_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                                           const hr_op_options *options);
#define hr_sigmoid_cross_entropy_with_logits(scope, labels, logits, ...)                                               \
  hr_sigmoid_cross_entropy_with_logits_with((scope), HR_OPERAND(labels), HR_OPERAND(logits),                           \
                                            &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_weighted_cross_entropy_with_logits_with(hr_scope scope, hr_operand labels, hr_operand logits,
                                                            hr_operand pos_weight, const hr_op_options *options);
#define hr_weighted_cross_entropy_with_logits(scope, labels, logits, pos_weight, ...)                                  \
  hr_weighted_cross_entropy_with_logits_with((scope), HR_OPERAND(labels), HR_OPERAND(logits), HR_OPERAND(pos_weight),  \
                                             &(hr_op_options){__VA_ARGS__})

typedef struct hr_log_poisson_loss_options {
  bool compute_full_loss; /* with Stirling's approximation of log(targets!) */
  const char *name;
} hr_log_poisson_loss_options;
/* tf.nn.log_poisson_loss of counts. */
HR_API hr_output hr_log_poisson_loss_with(hr_scope scope, hr_operand targets, hr_operand log_input,
                                          const hr_log_poisson_loss_options *options);
#define hr_log_poisson_loss(scope, targets, log_input, ...)                                                            \
  hr_log_poisson_loss_with((scope), HR_OPERAND(targets), HR_OPERAND(log_input),                                        \
                           &(hr_log_poisson_loss_options){__VA_ARGS__})

/* tf.nn.in_top_k: predictions [batch, classes], targets [batch] -> bool [batch]. */
HR_API hr_output hr_tf_in_top_k_with(hr_scope scope, hr_operand predictions, hr_operand targets, hr_operand k,
                                     const hr_op_options *options);
#define hr_tf_in_top_k(scope, predictions, targets, k, ...)                                                            \
  hr_tf_in_top_k_with((scope), HR_OPERAND(predictions), HR_OPERAND(targets), HR_OPERAND(k),                            \
                      &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
