/* Random tensors. The seeds of a random op follow from the graph's seed, the op's, and how many ops were made before.
 */
#ifndef HEADRACE_RANDOM_H
#define HEADRACE_RANDOM_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_tf_random_uniform_options {
  hr_operand minval, maxval; /* default 0 and, for floating dtypes, 1 */
  hr_dtype dtype;            /* HR_FLOAT for HR_INVALID */
  int64_t seed;              /* default HR_NO_SEED */
  const char *name;
} hr_tf_random_uniform_options;
/* tf.random_uniform. Integers need maxval. */
HR_API hr_output hr_tf_random_uniform_with(hr_scope scope, hr_dims dims, const hr_tf_random_uniform_options *options);
#define HR_RANDOM_UNIFORM_DEFAULTS .minval = {HR_OPERAND_INT, {.i = 0}}, .seed = HR_NO_SEED
#define hr_tf_random_uniform(scope, dims, ...)                                                                         \
  HR_CALL_OP_(hr_tf_random_uniform_options, hr_tf_random_uniform_with((scope), HR_DIMS(dims), &hr_options_),           \
              HR_RANDOM_UNIFORM_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_random_normal_options {
  double mean, stddev;                   /* default 0, 1 */
  hr_operand mean_tensor, stddev_tensor; /* in place of the numbers */
  hr_dtype dtype;                        /* HR_FLOAT for HR_INVALID */
  int64_t seed;                          /* default HR_NO_SEED */
  const char *name;
} hr_random_normal_options;
/* tf.random_normal; tf.truncated_normal (redrawn beyond two standard deviations). */
HR_API hr_output hr_random_normal_with(hr_scope scope, hr_dims dims, const hr_random_normal_options *options);
HR_API hr_output hr_tf_truncated_normal_with(hr_scope scope, hr_dims dims, const hr_random_normal_options *options);
#define HR_RANDOM_NORMAL_DEFAULTS .stddev = 1.0, .seed = HR_NO_SEED
#define hr_random_normal(scope, dims, ...)                                                                             \
  HR_CALL_OP_(hr_random_normal_options, hr_random_normal_with((scope), HR_DIMS(dims), &hr_options_),                   \
              HR_RANDOM_NORMAL_DEFAULTS, ##__VA_ARGS__)
#define hr_tf_truncated_normal(scope, dims, ...)                                                                       \
  HR_CALL_OP_(hr_random_normal_options, hr_tf_truncated_normal_with((scope), HR_DIMS(dims), &hr_options_),             \
              HR_RANDOM_NORMAL_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_seed_options {
  int64_t seed; /* default HR_NO_SEED */
  const char *name;
} hr_seed_options;
/* tf.random_shuffle along the first dimension. */
HR_API hr_output hr_tf_random_shuffle_with(hr_scope scope, hr_operand value, const hr_seed_options *options);
#define hr_tf_random_shuffle(scope, value, ...)                                                                        \
  HR_CALL_OP_(hr_seed_options, hr_tf_random_shuffle_with((scope), HR_OPERAND(value), &hr_options_),                    \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

/* tf.random_crop: a block of a given size from a random place. A run fails where the size is too large. */
HR_API hr_output hr_random_crop_with(hr_scope scope, hr_operand value, hr_operand size, const hr_seed_options *options);
#define hr_random_crop(scope, value, size, ...)                                                                        \
  HR_CALL_OP_(hr_seed_options, hr_random_crop_with((scope), HR_OPERAND(value), HR_OPERAND(size), &hr_options_),        \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

typedef struct hr_categorical_options {
  hr_dtype dtype; /* HR_INT64 for HR_INVALID */
  int64_t seed;   /* default HR_NO_SEED */
  const char *name;
} hr_categorical_options;
/* tf.random.categorical: logits [batch, classes] -> class numbers [batch, num_samples]. */
HR_API hr_output hr_categorical_with(hr_scope scope, hr_operand logits, hr_operand num_samples,
                                     const hr_categorical_options *options);
#define hr_categorical(scope, logits, num_samples, ...)                                                                \
  HR_CALL_OP_(hr_categorical_options,                                                                                  \
              hr_categorical_with((scope), HR_OPERAND(logits), HR_OPERAND(num_samples), &hr_options_),                 \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

typedef struct hr_tf_random_gamma_options {
  hr_operand beta; /* left out: 1 */
  hr_dtype dtype;  /* of alpha and beta where they are values; HR_FLOAT for HR_INVALID */
  int64_t seed;    /* default HR_NO_SEED */
  const char *name;
} hr_tf_random_gamma_options;
/* tf.random_gamma: numbers of the gamma distribution, [dims, d] for alpha and beta that broadcast to [d]. */
HR_API hr_output hr_tf_random_gamma_with(hr_scope scope, hr_dims dims, hr_operand alpha,
                                         const hr_tf_random_gamma_options *options);
#define hr_tf_random_gamma(scope, dims, alpha, ...)                                                                    \
  HR_CALL_OP_(hr_tf_random_gamma_options,                                                                              \
              hr_tf_random_gamma_with((scope), HR_DIMS(dims), HR_OPERAND(alpha), &hr_options_), .seed = HR_NO_SEED,    \
              ##__VA_ARGS__)

typedef struct hr_tf_random_poisson_options {
  hr_dtype dtype; /* HR_FLOAT for HR_INVALID */
  int64_t seed;   /* default HR_NO_SEED */
  const char *name;
} hr_tf_random_poisson_options;
/* tf.random_poisson: numbers of the Poisson distribution, [dims, d] for rates of shape [d]. */
HR_API hr_output hr_tf_random_poisson_with(hr_scope scope, hr_operand rate, hr_dims dims,
                                           const hr_tf_random_poisson_options *options);
#define hr_tf_random_poisson(scope, rate, dims, ...)                                                                   \
  HR_CALL_OP_(hr_tf_random_poisson_options,                                                                            \
              hr_tf_random_poisson_with((scope), HR_OPERAND(rate), HR_DIMS(dims), &hr_options_), .seed = HR_NO_SEED,   \
              ##__VA_ARGS__)

/* ---- stateless: the numbers follow from `seed`, two integers --------------------------------------------------- */

typedef struct hr_stateless_uniform_options {
  hr_operand minval, maxval; /* default 0 and, for floating dtypes, 1 */
  hr_dtype dtype;            /* HR_FLOAT for HR_INVALID */
  const char *name;
} hr_stateless_uniform_options;
/* tf.random.stateless_uniform. InvalidArgument for integers without maxval. */
HR_API hr_output hr_stateless_uniform_with(hr_scope scope, hr_dims dims, hr_operand seed,
                                           const hr_stateless_uniform_options *options);
#define hr_stateless_uniform(scope, dims, seed, ...)                                                                   \
  HR_CALL_OP_(hr_stateless_uniform_options,                                                                            \
              hr_stateless_uniform_with((scope), HR_DIMS(dims), HR_OPERAND(seed), &hr_options_),                       \
              .minval = {HR_OPERAND_INT, {.i = 0}}, ##__VA_ARGS__)

typedef struct hr_stateless_normal_options {
  hr_operand mean, stddev; /* left out: 0, 1 */
  hr_dtype dtype;          /* HR_FLOAT for HR_INVALID */
  const char *name;
} hr_stateless_normal_options;
/* tf.random.stateless_normal, tf.random.stateless_truncated_normal. */
HR_API hr_output hr_stateless_normal_with(hr_scope scope, hr_dims dims, hr_operand seed,
                                          const hr_stateless_normal_options *options);
HR_API hr_output hr_tf_stateless_truncated_normal_with(hr_scope scope, hr_dims dims, hr_operand seed,
                                                       const hr_stateless_normal_options *options);
#define hr_stateless_normal(scope, dims, seed, ...)                                                                    \
  hr_stateless_normal_with((scope), HR_DIMS(dims), HR_OPERAND(seed), &(hr_stateless_normal_options){__VA_ARGS__})
#define hr_tf_stateless_truncated_normal(scope, dims, seed, ...)                                                       \
  hr_tf_stateless_truncated_normal_with((scope), HR_DIMS(dims), HR_OPERAND(seed),                                      \
                                        &(hr_stateless_normal_options){__VA_ARGS__})

typedef struct hr_stateless_categorical_options {
  hr_dtype dtype; /* HR_INT64 for HR_INVALID */
  const char *name;
} hr_stateless_categorical_options;
/* tf.random.stateless_categorical: logits [batch, classes] -> class numbers [batch, num_samples]. */
HR_API hr_output hr_stateless_categorical_with(hr_scope scope, hr_operand logits, hr_operand num_samples,
                                               hr_operand seed, const hr_stateless_categorical_options *options);
#define hr_stateless_categorical(scope, logits, num_samples, seed, ...)                                                \
  hr_stateless_categorical_with((scope), HR_OPERAND(logits), HR_OPERAND(num_samples), HR_OPERAND(seed),                \
                                &(hr_stateless_categorical_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
