/* Layers that normalise each example by itself: tf.contrib.layers.layer_norm and instance_norm. Their variables, beta
 * and gamma, are also model variables. */
#ifndef HEADRACE_NORMALIZATION_H
#define HEADRACE_NORMALIZATION_H

#include "headrace/layers.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_layer_norm_options {
  bool center, scale;        /* whether there are beta and gamma; default true */
  hr_activation activation;  /* none by default */
  int32_t begin_norm_axis;   /* the statistics go over this axis and all after it; default 1 */
  int32_t begin_params_axis; /* beta and gamma have the sizes from this axis on; default -1 */
  bool trainable;            /* default true */
  hr_reuse reuse;
  const char *scope;
} hr_layer_norm_options;
#define HR_LAYER_NORM_DEFAULTS                                                                                         \
  .center = true, .scale = true, .begin_norm_axis = 1, .begin_params_axis = -1, .trainable = true
/* Each example by the mean and variance of all its elements (Ba, Kiros and Hinton, 2016). SCOPE is "LayerNorm" made
 * unique where none is given. InvalidArgument where the sizes of beta and gamma are not known. */
HR_API hr_output hr_layer_norm_with(hr_scope scope, hr_operand x, const hr_layer_norm_options *options);
#define hr_layer_norm(scope, x, ...)                                                                                   \
  HR_CALL_OP_(hr_layer_norm_options, hr_layer_norm_with((scope), HR_OPERAND(x), &hr_options_), HR_LAYER_NORM_DEFAULTS, \
              ##__VA_ARGS__)
/* As the normaliser of hr_fully_connected; `options` (NULL: defaults) are borrowed. */
HR_API hr_activation hr_layer_norm_normalizer(const hr_layer_norm_options *options);

typedef struct hr_instance_norm_options {
  bool center, scale;                                 /* default true */
  double epsilon;                                     /* default 0.000001 */
  hr_activation activation;                           /* none by default */
  hr_initializer beta_initializer, gamma_initializer; /* none: zeros, ones */
  bool nchw;                                          /* data_format='NCHW' */
  bool trainable;                                     /* default true */
  hr_reuse reuse;
  const char *scope;
} hr_instance_norm_options;
#define HR_INSTANCE_NORM_DEFAULTS .center = true, .scale = true, .epsilon = 0.000001, .trainable = true
/* Each channel of each picture by its mean and variance (Ulyanov, Vedaldi and Lempitsky, 2017). SCOPE is "InstanceNorm"
 * made unique where none is given. */
HR_API hr_output hr_instance_norm_with(hr_scope scope, hr_operand x, const hr_instance_norm_options *options);
#define hr_instance_norm(scope, x, ...)                                                                                \
  HR_CALL_OP_(hr_instance_norm_options, hr_instance_norm_with((scope), HR_OPERAND(x), &hr_options_),                   \
              HR_INSTANCE_NORM_DEFAULTS, ##__VA_ARGS__)

/* ---- parts of the layers, for layers that bindings and callers make --------------------------------------------- */

typedef struct hr_layer_norm_call_options {
  hr_operand gamma, beta;  /* left out: 1 and 0, without nodes for them */
  int32_t begin_norm_axis; /* default 1 */
} hr_layer_norm_call_options;
/* What layer_norm does in its scope once it has its variables. */
HR_API hr_output hr_layer_norm_call_with(hr_scope scope, hr_output x, const hr_layer_norm_call_options *options);
#define hr_layer_norm_call(scope, x, ...)                                                                              \
  HR_CALL_OP_(hr_layer_norm_call_options, hr_layer_norm_call_with((scope), (x), &hr_options_), .begin_norm_axis = 1,   \
              ##__VA_ARGS__)

typedef struct hr_instance_norm_call_options {
  hr_operand gamma, beta; /* left out: 1 and 0, without nodes for them; with nchw of a shape that is broadcast to x */
  double epsilon;         /* default 0.000001 */
  bool nchw;
} hr_instance_norm_call_options;
/* What instance_norm does in its scope once it has its variables. */
HR_API hr_output hr_instance_norm_call_with(hr_scope scope, hr_output x, const hr_instance_norm_call_options *options);
#define hr_instance_norm_call(scope, x, ...)                                                                           \
  HR_CALL_OP_(hr_instance_norm_call_options, hr_instance_norm_call_with((scope), (x), &hr_options_),                   \
              .epsilon = 0.000001, ##__VA_ARGS__)

/* tf.contrib.layers.maxout: along the axis, in so many groups of neighbours, the largest of each. InvalidArgument where
 * the size there is not known or no multiple of num_units. */
typedef struct hr_maxout_options {
  int32_t axis; /* default -1 */
  const char *scope;
} hr_maxout_options;
HR_API hr_output hr_maxout_with(hr_scope scope, hr_operand x, int64_t num_units, const hr_maxout_options *options);
#define hr_maxout(scope, x, num_units, ...)                                                                            \
  HR_CALL_OP_(hr_maxout_options, hr_maxout_with((scope), HR_OPERAND(x), (num_units), &hr_options_), .axis = -1,        \
              ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
