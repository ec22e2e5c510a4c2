/* Batch normalisation as a layer (Ioffe and Szegedy, 2015): tf.layers.batch_normalization and
 * tf.contrib.layers.batch_norm.
 *
 * While training, each channel is normalised by the mean and variance of the batch, and moving averages of them, two
 * variables that are not trained, take them in; otherwise the averages stand in for them. Whether it trains is a bool,
 * or a bool scalar tensor (a placeholder), by which each run chooses. */
#ifndef HEADRACE_BATCH_NORM_H
#define HEADRACE_BATCH_NORM_H

#include "headrace/layers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A scale and an offset for what is normalised while training, before gamma and beta: made from the shape of the
 * inputs, a vector of int32, to which both must be broadcast. `argument` is borrowed. */
typedef struct hr_adjusted {
  hr_operand scale, offset;
} hr_adjusted;
typedef struct hr_adjustment {
  hr_adjusted (*call)(void *argument, hr_scope scope, hr_output shape);
  void *argument;
} hr_adjustment;

/* ---- tf.layers ------------------------------------------------------------------------------------------------- */

typedef struct hr_batch_normalization_layer_options {
  hr_operand training;                                /* left out: false */
  int32_t axis;                                       /* of the channels; default -1 */
  hr_ints axes;                                       /* several, in its place */
  double momentum;                                    /* what stays of the averages at each update; default 0.99 */
  double epsilon;                                     /* default 0.001 */
  bool center, scale;                                 /* whether there are beta and gamma; default true */
  hr_initializer beta_initializer, gamma_initializer; /* none: zeros, ones */
  hr_initializer moving_mean_initializer, moving_variance_initializer;
  hr_regularizer beta_regularizer, gamma_regularizer;
  bool trainable; /* default true */
  /* Batch renormalisation (Ioffe, 2017): batches count as if normalised by averages of their own, which
   * `renorm_momentum` (default 0.99) moves. The correction is a factor from rmin to rmax and a summand of at most dmax
   * either way (renorm_clipping); what is left out does not bound it. */
  bool renorm;
  hr_operand rmin, rmax, dmax;
  double renorm_momentum;
  int64_t virtual_batch_size; /* statistics are those of parts of so many examples, which must divide the batch */
  hr_adjustment adjustment;   /* not with virtual batches */
  bool not_fused;             /* fused=False: of several nodes even where one would do */
  hr_reuse reuse;
  const char *name;
} hr_batch_normalization_layer_options;
#define HR_BATCH_NORMALIZATION_DEFAULTS                                                                                \
  .axis = -1, .momentum = 0.99, .epsilon = 0.001, .center = true, .scale = true, .trainable = true,                    \
  .renorm_momentum = 0.99
/* tf.layers.batch_normalization: variables NAME/gamma, beta, moving_mean, moving_variance; NAME is
 * "batch_normalization", "batch_normalization_1", ... where none is given. The updates of the averages go to the
 * collection "update_ops", which a training step must run, but for those of a layer that is not trained. Renormalising
 * adds moving_stddev, renorm_mean and renorm_stddev, of which the last two move before x is normalised.
 * InvalidArgument where the number of channels is not known, or the axes or the virtual batch size are out of range. */
HR_API hr_output hr_batch_normalization_layer_with(hr_scope scope, hr_operand x,
                                                   const hr_batch_normalization_layer_options *options);
#define hr_batch_normalization_layer(scope, x, ...)                                                                    \
  HR_CALL_OP_(hr_batch_normalization_layer_options,                                                                    \
              hr_batch_normalization_layer_with((scope), HR_OPERAND(x), &hr_options_),                                 \
              HR_BATCH_NORMALIZATION_DEFAULTS, ##__VA_ARGS__)

/* ---- tf.contrib.layers ----------------------------------------------------------------------------------------- */

typedef struct hr_batch_norm_options {
  hr_operand is_training;   /* default true */
  double decay;             /* default 0.999 */
  bool center, scale;       /* default true, false */
  double epsilon;           /* default 0.001 */
  hr_activation activation; /* none by default */
  bool in_place;      /* updates_collections=None: averages move before x is normalised; else they go to "update_ops" */
  bool not_fused;     /* fused=False: of several nodes even where one would do */
  bool nchw;          /* data_format='NCHW' */
  bool zero_debias;   /* zero_debias_moving_mean */
  hr_operand weights; /* batch_weights: how much each example counts */
  hr_initializer beta_initializer, gamma_initializer; /* param_initializers; none: zeros, ones */
  hr_initializer moving_mean_initializer, moving_variance_initializer;
  hr_regularizer beta_regularizer, gamma_regularizer; /* param_regularizers */
  bool trainable;                                     /* default true */
  /* As of hr_batch_normalization_layer. Not with `weights`, `in_place` or `zero_debias`: renorm is InvalidArgument
   * then, and the adjustment has no effect. */
  bool renorm;
  hr_operand rmin, rmax, dmax;
  double renorm_decay; /* default 0.99 */
  hr_adjustment adjustment;
  hr_reuse reuse;
  const char *scope;
} hr_batch_norm_options;
#define HR_BATCH_NORM_DEFAULTS                                                                                         \
  .is_training = {HR_OPERAND_BOOL, {.b = true}}, .decay = 0.999, .center = true, .epsilon = 0.001, .trainable = true,  \
  .renorm_decay = 0.99
/* tf.contrib.layers.batch_norm: variables SCOPE/beta, gamma, moving_mean, moving_variance, which are also model
 * variables; SCOPE is "BatchNorm" made unique where none is given. */
HR_API hr_output hr_batch_norm_with(hr_scope scope, hr_operand x, const hr_batch_norm_options *options);
#define hr_batch_norm(scope, x, ...)                                                                                   \
  HR_CALL_OP_(hr_batch_norm_options, hr_batch_norm_with((scope), HR_OPERAND(x), &hr_options_), HR_BATCH_NORM_DEFAULTS, \
              ##__VA_ARGS__)
/* The same as the normaliser of hr_fully_connected; `options` (NULL: defaults) are borrowed. */
HR_API hr_activation hr_batch_norm_normalizer(const hr_batch_norm_options *options);

/* ---- parts of the layers, for layers that bindings and callers make --------------------------------------------- */

/* The normalised tensor, and the updates of the averages: none where it never trains, or where they are in place. */
typedef struct hr_batch_normalized {
  hr_output y, mean_update, variance_update;
} hr_batch_normalized;

typedef struct hr_batch_normalization_call_options {
  hr_operand gamma, beta; /* left out: 1 and 0, without nodes for them */
  hr_operand training;    /* left out: false */
  double momentum;        /* default 0.99 */
  hr_operand momentum_tensor;
  double epsilon;  /* default 0.001 */
  hr_operand axis; /* of the channels, from 0 on */
  bool fused;      /* by one node; x has rank 4 and the channels along axis 1 or 3, and nothing below is given */
  hr_var *moving_stddev, *renorm_mean, *renorm_stddev; /* all three: renormalises */
  hr_operand rmin, rmax, dmax;
  double renorm_momentum;     /* default 0.99 */
  int64_t virtual_batch_size; /* parameters have a dimension more then, of size 1 along axis 1 */
  hr_adjustment adjustment;
} hr_batch_normalization_call_options;
/* What tf.layers.BatchNormalization does in its scope once it has its variables. Those of one axis are vectors, those
 * of several axes or of virtual batches have the rank of x, with sizes of 1. */
HR_API hr_batch_normalized hr_batch_normalization_call_with(hr_scope scope, hr_output x, hr_var *moving_mean,
                                                            hr_var *moving_variance,
                                                            const hr_batch_normalization_call_options *options);
#define hr_batch_normalization_call(scope, x, moving_mean, moving_variance, ...)                                       \
  HR_CALL_OP_(hr_batch_normalization_call_options,                                                                     \
              hr_batch_normalization_call_with((scope), (x), (moving_mean), (moving_variance), &hr_options_),          \
              .momentum = 0.99, .epsilon = 0.001, .renorm_momentum = 0.99, ##__VA_ARGS__)

typedef struct hr_batch_norm_call_options {
  hr_operand gamma, beta; /* left out: 1 and 0, without nodes for them; the fused node wants both */
  hr_operand is_training; /* default true */
  double decay;           /* default 0.999 */
  double epsilon;         /* default 0.001 */
  bool fused;             /* by one node; x has rank 4 */
  bool in_place, nchw, zero_debias;
  hr_operand weights; /* in a shape that is broadcast to x */
} hr_batch_norm_call_options;
/* What tf.contrib.layers.batch_norm does in its scope once it has its variables. The rank of x is known. */
HR_API hr_batch_normalized hr_batch_norm_call_with(hr_scope scope, hr_output x, hr_var *moving_mean,
                                                   hr_var *moving_variance, const hr_batch_norm_call_options *options);
#define hr_batch_norm_call(scope, x, moving_mean, moving_variance, ...)                                                \
  HR_CALL_OP_(hr_batch_norm_call_options,                                                                              \
              hr_batch_norm_call_with((scope), (x), (moving_mean), (moving_variance), &hr_options_),                   \
              .is_training = {HR_OPERAND_BOOL, {.b = true}}, .decay = 0.999, .epsilon = 0.001, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
