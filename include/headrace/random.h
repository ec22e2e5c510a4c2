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

#ifdef __cplusplus
}
#endif
#endif
