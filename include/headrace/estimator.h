/* The heads of tf.estimator's ready models: what becomes of a network's logits, node for node as TensorFlow 1.15 builds
 * it. Losses are those of losses.h, metrics those of metrics.h. */
#ifndef HEADRACE_ESTIMATOR_H
#define HEADRACE_ESTIMATOR_H

#include "headrace/variables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- checks ---------------------------------------------------------------------------------------------------- */

/* Logits [..., dimension] as floats, in the name scope "logits"; runs fail for other shapes that only they know.
 * InvalidArgument for one that is known. */
HR_API hr_output hr_head_logits(hr_scope scope, hr_output logits, int64_t dimension);
/* Labels [...] or [..., dimension] for such logits, with the last dimension, in the name scope "labels". Errors as
 * above. */
HR_API hr_output hr_head_labels(hr_scope scope, hr_operand labels, hr_output logits, int64_t dimension);
/* Weights [...] or [..., 1] for such logits (`per_logit`: or of their shape) as floats, with the last dimension; has
 * the name of the scope itself. */
HR_API hr_output hr_head_weights(hr_scope scope, hr_output weights, hr_output logits, bool per_logit);
/* Weights of a head's metrics, of the values' dtype, as large as the values. */
HR_API hr_output hr_head_broadcast_weights(hr_scope scope, hr_operand weights, hr_output values);
/* Labels, which runs check to be at least 0 and below n_classes. */
HR_API hr_output hr_head_labels_in_range(hr_scope scope, hr_output labels, int64_t n_classes);

/* ---- predictions ----------------------------------------------------------------------------------------------- */

typedef struct hr_head_options {
  hr_operand vocabulary; /* what the classes are called; left out: "0", "1", ... */
} hr_head_options;

/* All have a row for each example. */
typedef struct hr_head_classes {
  hr_output probabilities; /* [..., classes] */
  hr_output class_ids;     /* [..., 1] of int64: the likeliest class */
  hr_output classes;       /* its name */
  hr_output all_class_ids; /* [..., classes] of int32 */
  hr_output all_classes;   /* their names */
} hr_head_classes;
/* Of logits [batch, n_classes], in the name scope "predictions". */
HR_API hr_head_classes hr_head_multi_class_predictions_with(hr_scope scope, hr_output logits, int64_t n_classes,
                                                            const hr_head_options *options);
#define hr_head_multi_class_predictions(scope, logits, n_classes, ...)                                                 \
  hr_head_multi_class_predictions_with((scope), (logits), (n_classes), &(hr_head_options){__VA_ARGS__})

typedef struct hr_head_two_classes {
  hr_output logits;   /* checked */
  hr_output logistic; /* [batch, 1]: the probability of class 1 */
  hr_output probabilities, class_ids, classes, all_class_ids, all_classes;
} hr_head_two_classes;
/* Of logits [batch, 1], in the name scope "predictions". */
HR_API hr_head_two_classes hr_head_binary_predictions_with(hr_scope scope, hr_output logits,
                                                           const hr_head_options *options);
#define hr_head_binary_predictions(scope, logits, ...)                                                                 \
  hr_head_binary_predictions_with((scope), (logits), &(hr_head_options){__VA_ARGS__})

/* The names of all classes, for each row of scores: what an exported classifier tells. */
HR_API hr_output hr_head_class_names_with(hr_scope scope, hr_output scores, int64_t n_classes,
                                          const hr_head_options *options);
#define hr_head_class_names(scope, scores, n_classes, ...)                                                             \
  hr_head_class_names_with((scope), (scores), (n_classes), &(hr_head_options){__VA_ARGS__})

/* ---- summaries ------------------------------------------------------------------------------------------------- */

/* The part of a linear model's weights that is zero, in the name scope "zero_fraction". */
HR_API hr_output hr_zero_fraction_of_all(hr_scope scope, hr_vars vars);

#ifdef __cplusplus
}
#endif
#endif
