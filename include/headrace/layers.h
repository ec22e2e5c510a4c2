/* Layers with variables of their own: tf.layers and tf.contrib.layers. */
#ifndef HEADRACE_LAYERS_H
#define HEADRACE_LAYERS_H

#include "headrace/nn.h"
#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.contrib.layers regularisers: scale * sum |w|, scale * sum w^2 / 2, and both. A scale is a number, of which 0 is no
 * penalty and one below 0 InvalidArgument when the penalty is built, or a scalar tensor. The name is that of the
 * penalty's scope, in place of "l1_regularizer" and so on; it is borrowed. */
HR_API hr_regularizer hr_l1_regularizer_with(hr_operand scale, const hr_op_options *options);
HR_API hr_regularizer hr_l2_regularizer_with(hr_operand scale, const hr_op_options *options);
HR_API hr_regularizer hr_l1_l2_regularizer_with(hr_operand l1, hr_operand l2, const hr_op_options *options);
#define hr_l1_regularizer(scale, ...) hr_l1_regularizer_with(HR_OPERAND(scale), &(hr_op_options){__VA_ARGS__})
#define hr_l2_regularizer(scale, ...) hr_l2_regularizer_with(HR_OPERAND(scale), &(hr_op_options){__VA_ARGS__})
#define hr_l1_l2_regularizer(l1, l2, ...)                                                                              \
  hr_l1_l2_regularizer_with(HR_OPERAND(l1), HR_OPERAND(l2), &(hr_op_options){__VA_ARGS__})
/* tf.contrib.layers.sum_regularizer: the sum of what several give. None where there is none in the list, which is
 * borrowed for as long as the regulariser is used. */
HR_API hr_regularizer hr_sum_regularizer_with(hr_regularizers parts, const hr_op_options *options);
#define hr_sum_regularizer(parts, ...) hr_sum_regularizer_with((parts), &(hr_op_options){__VA_ARGS__})
/* tf.keras.regularizers.l1_l2: l1 * sum |w| + l2 * sum w^2. */
HR_API hr_regularizer hr_keras_regularizer(double l1, double l2);
/* Calls one on a tensor, as Python does. */
HR_API hr_output hr_regularize_with(hr_scope scope, hr_regularizer regularizer, hr_operand weights);
#define hr_regularize(scope, regularizer, weights) hr_regularize_with((scope), (regularizer), HR_OPERAND(weights))
/* tf.contrib.layers.apply_regularization: the sum of the penalties on all weights, those of the collection "weights"
 * for an empty list; it goes to "regularization_losses". InvalidArgument where there are no weights, and for a penalty
 * that is no scalar. */
HR_API hr_output hr_apply_regularization_with(hr_scope scope, hr_regularizer regularizer, hr_operands weights);
#define hr_apply_regularization(scope, regularizer, weights)                                                           \
  hr_apply_regularization_with((scope), (regularizer), HR_OPERANDS_OF(weights))

typedef struct hr_dense_options {
  hr_activation activation;
  bool use_bias;                     /* default true */
  hr_initializer kernel_initializer; /* none: the variable scope's, else glorot uniform */
  hr_initializer bias_initializer;   /* none: zeros */
  hr_regularizer kernel_regularizer, bias_regularizer;
  hr_regularizer activity_regularizer; /* of the result, as hr_activity_penalty */
  bool trainable;                      /* default true */
  hr_reuse reuse;                      /* HR_REUSE_TRUE: the variables of an earlier layer of that name */
  const char *name;
} hr_dense_options;
#define HR_DENSE_DEFAULTS .use_bias = true, .trainable = true
/* tf.layers.dense: x [d..., n] -> activation(x kernel + bias) [d..., units], variables NAME/kernel [n, units] and
 * NAME/bias [units]; NAME is "dense", "dense_1", ... where none is given. Penalties go to "regularization_losses". */
HR_API hr_output hr_dense_with(hr_scope scope, hr_operand x, int64_t units, const hr_dense_options *options);
#define hr_dense(scope, x, units, ...)                                                                                 \
  HR_CALL_OP_(hr_dense_options, hr_dense_with((scope), HR_OPERAND(x), (units), &hr_options_), HR_DENSE_DEFAULTS,       \
              ##__VA_ARGS__)

typedef struct hr_fully_connected_options {
  hr_activation activation;           /* default hr_relu_activation; a zeroed struct: none */
  hr_initializer weights_initializer; /* none: xavier uniform */
  hr_regularizer weights_regularizer;
  hr_initializer biases_initializer; /* none: zeros */
  hr_regularizer biases_regularizer;
  hr_activation normalizer; /* a function in place of the biases, as hr_batch_norm_normalizer; none by default */
  bool use_bias;            /* default true */
  bool trainable;           /* default true */
  hr_reuse reuse;
  const char *scope;
} hr_fully_connected_options;
#define HR_FULLY_CONNECTED_DEFAULTS .activation = hr_relu_activation, .use_bias = true, .trainable = true
/* tf.contrib.layers.fully_connected: variables SCOPE/weights and SCOPE/biases, which also go to "model_variables";
 * SCOPE is "fully_connected" made unique where none is given. */
HR_API hr_output hr_fully_connected_with(hr_scope scope, hr_operand x, int64_t units,
                                         const hr_fully_connected_options *options);
#define hr_fully_connected(scope, x, units, ...)                                                                       \
  HR_CALL_OP_(hr_fully_connected_options, hr_fully_connected_with((scope), HR_OPERAND(x), (units), &hr_options_),      \
              HR_FULLY_CONNECTED_DEFAULTS, ##__VA_ARGS__)

/* tf.layers.flatten: [batch, d...] -> [batch, product of d]. */
HR_API hr_output hr_flatten_with(hr_scope scope, hr_operand x, const hr_op_options *options);
#define hr_flatten(scope, x, ...) hr_flatten_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})

typedef struct hr_dropout_layer_options {
  double rate;            /* default 0.5 */
  hr_operand rate_tensor; /* in place of it; default: not given */
  hr_operand training; /* a bool, or a bool scalar tensor by which each run chooses; left out or false: x unchanged */
  int64_t seed;        /* default HR_NO_SEED */
  hr_dims noise_shape; /* default: the shape of x */
  const char *name;
} hr_dropout_layer_options;
/* tf.layers.dropout. */
HR_API hr_output hr_dropout_layer_with(hr_scope scope, hr_operand x, const hr_dropout_layer_options *options);
#define hr_dropout_layer(scope, x, ...)                                                                                \
  HR_CALL_OP_(hr_dropout_layer_options, hr_dropout_layer_with((scope), HR_OPERAND(x), &hr_options_), .rate = 0.5,      \
              HR_DROPOUT_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_contrib_dropout_options {
  hr_operand is_training; /* default true */
  hr_dims noise_shape;    /* default: the shape of x */
  int64_t seed;           /* default HR_NO_SEED */
  const char *scope;
} hr_contrib_dropout_options;
/* tf.contrib.layers.dropout, with the share that is kept; SCOPE is "Dropout" made unique where none is given. */
HR_API hr_output hr_contrib_dropout_with(hr_scope scope, hr_operand x, double keep_prob,
                                         const hr_contrib_dropout_options *options);
#define hr_contrib_dropout(scope, x, keep_prob, ...)                                                                   \
  HR_CALL_OP_(hr_contrib_dropout_options, hr_contrib_dropout_with((scope), HR_OPERAND(x), (keep_prob), &hr_options_),  \
              .is_training = {HR_OPERAND_BOOL, {.b = true}}, HR_DROPOUT_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_contrib_softmax_options {
  const char *scope;
} hr_contrib_softmax_options;
/* tf.contrib.layers.softmax, along the last axis of logits of any rank; SCOPE is "softmax" made unique where none is
 * given. InvalidArgument where the rank is not known or below 2, or the last size is not known. */
HR_API hr_output hr_contrib_softmax_with(hr_scope scope, hr_operand logits, const hr_contrib_softmax_options *options);
#define hr_contrib_softmax(scope, logits, ...)                                                                         \
  hr_contrib_softmax_with((scope), HR_OPERAND(logits), &(hr_contrib_softmax_options){__VA_ARGS__})

/* ---- parts of layers, for layers that bindings and callers make ------------------------------------------------- */

typedef struct hr_dense_call_options {
  hr_operand bias;
  hr_activation activation;
} hr_dense_call_options;
/* What hr_dense does once it has its variables: activation(x kernel + bias). */
HR_API hr_output hr_dense_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                    const hr_dense_call_options *options);
#define hr_dense_call(scope, x, kernel, ...)                                                                           \
  hr_dense_call_with((scope), (x), HR_OPERAND(kernel), &(hr_dense_call_options){__VA_ARGS__})
typedef struct hr_dropout_call_options {
  hr_operand training; /* as of hr_dropout_layer */
  hr_dims noise_shape;
  int64_t seed;
} hr_dropout_call_options;
/* What hr_dropout_layer does in its scope. */
HR_API hr_output hr_dropout_call_with(hr_scope scope, hr_output x, hr_operand rate,
                                      const hr_dropout_call_options *options);
#define hr_dropout_call(scope, x, rate, ...)                                                                           \
  HR_CALL_OP_(hr_dropout_call_options, hr_dropout_call_with((scope), (x), HR_OPERAND(rate), &hr_options_),             \
              HR_DROPOUT_DEFAULTS, ##__VA_ARGS__)
/* What hr_flatten does in its scope. */
HR_API hr_output hr_flatten_call(hr_scope scope, hr_output x);
/* The penalty on a layer's variable `name`, in the scope NAME/Regularizer. */
HR_API hr_output hr_layer_penalty_with(hr_scope scope, const char *name, hr_regularizer regularizer,
                                       hr_operand weights);
#define hr_layer_penalty(scope, name, regularizer, weights)                                                            \
  hr_layer_penalty_with((scope), (name), (regularizer), HR_OPERAND(weights))
/* What the l1 and l2 regularisers and their sum build, once they are called. */
HR_API hr_output hr_l1_penalty_with(hr_scope scope, hr_operand scale, hr_operand weights, const hr_op_options *options);
HR_API hr_output hr_l2_penalty_with(hr_scope scope, hr_operand scale, hr_operand weights, const hr_op_options *options);
HR_API hr_output hr_sum_of_penalties_with(hr_scope scope, hr_regularizers parts, hr_operand weights,
                                          const hr_op_options *options);
/* The penalty on what a layer gives, for each example of the batch, in the scope ActivityRegularizer. */
HR_API hr_output hr_activity_penalty(hr_scope scope, hr_regularizer regularizer, hr_output activity);

#ifdef __cplusplus
}
#endif
#endif
