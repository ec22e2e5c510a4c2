/* Statistics: variances, counts, histograms, segments, and some special functions. Names follow the rule of math.h. */
#ifndef HEADRACE_STATISTICS_H
#define HEADRACE_STATISTICS_H

#include "headrace/math.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.math.reduce_variance (biased), tf.math.reduce_std. */
HR_API hr_output hr_reduce_variance_with(hr_scope scope, hr_operand x, const hr_reduce_options *options);
HR_API hr_output hr_reduce_std_with(hr_scope scope, hr_operand x, const hr_reduce_options *options);
#define hr_reduce_variance(scope, x, ...)                                                                              \
  hr_reduce_variance_with((scope), HR_OPERAND(x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_std(scope, x, ...) hr_reduce_std_with((scope), HR_OPERAND(x), &(hr_reduce_options){__VA_ARGS__})

/* ---- counts ---------------------------------------------------------------------------------------------------- */

typedef struct hr_count_nonzero_options {
  hr_operand axis; /* left out: all */
  bool keepdims;
  hr_dtype dtype; /* HR_INT64 for HR_INVALID */
  const char *name;
} hr_count_nonzero_options;
/* tf.count_nonzero; of strings, those that are not empty. */
HR_API hr_output hr_count_nonzero_with(hr_scope scope, hr_operand x, const hr_count_nonzero_options *options);
#define hr_count_nonzero(scope, x, ...)                                                                                \
  hr_count_nonzero_with((scope), HR_OPERAND(x), &(hr_count_nonzero_options){__VA_ARGS__})

/* tf.math.zero_fraction: the part of the elements that are zero, a float. */
HR_API hr_output hr_zero_fraction_with(hr_scope scope, hr_operand value, const hr_op_options *options);
#define hr_zero_fraction(scope, value, ...)                                                                            \
  hr_zero_fraction_with((scope), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_bincount_options {
  hr_operand weights;              /* left out: each counts 1 */
  hr_operand minlength, maxlength; /* left out: as many bins as the largest value needs */
  hr_dtype dtype;                  /* of counts; HR_INT32 for HR_INVALID */
} hr_tf_bincount_options;
/* tf.bincount of int32 values from 0 on. */
HR_API hr_output hr_tf_bincount_with(hr_scope scope, hr_operand values, const hr_tf_bincount_options *options);
#define hr_tf_bincount(scope, values, ...)                                                                             \
  hr_tf_bincount_with((scope), HR_OPERAND(values), &(hr_tf_bincount_options){__VA_ARGS__})

typedef struct hr_histogram_options {
  hr_dtype dtype; /* HR_INT32 for HR_INVALID */
  const char *name;
} hr_histogram_options;
/* tf.histogram_fixed_width_bins: the bin of each value, 0 to nbins - 1, of a range [low, high]. */
HR_API hr_output hr_histogram_fixed_width_bins_with(hr_scope scope, hr_operand values, hr_operand value_range,
                                                    hr_operand nbins, const hr_histogram_options *options);
#define hr_histogram_fixed_width_bins(scope, values, value_range, nbins, ...)                                          \
  hr_histogram_fixed_width_bins_with((scope), HR_OPERAND(values), HR_OPERAND(value_range), HR_OPERAND(nbins),          \
                                     &(hr_histogram_options){__VA_ARGS__})

/* ---- segments -------------------------------------------------------------------------------------------------- */

/* tf.unsorted_segment_mean; tf.unsorted_segment_sqrt_n, sums over the root of the segments' sizes. InvalidArgument
 * where a rank is not known. */
HR_API hr_output hr_unsorted_segment_mean_with(hr_scope scope, hr_operand data, hr_operand segment_ids,
                                               hr_operand num_segments, const hr_op_options *options);
HR_API hr_output hr_unsorted_segment_sqrt_n_with(hr_scope scope, hr_operand data, hr_operand segment_ids,
                                                 hr_operand num_segments, const hr_op_options *options);
#define hr_unsorted_segment_mean(scope, data, ids, num, ...)                                                           \
  hr_unsorted_segment_mean_with((scope), HR_OPERAND(data), HR_OPERAND(ids), HR_OPERAND(num),                           \
                                &(hr_op_options){__VA_ARGS__})
#define hr_unsorted_segment_sqrt_n(scope, data, ids, num, ...)                                                         \
  hr_unsorted_segment_sqrt_n_with((scope), HR_OPERAND(data), HR_OPERAND(ids), HR_OPERAND(num),                         \
                                  &(hr_op_options){__VA_ARGS__})

/* ---- special functions ----------------------------------------------------------------------------------------- */

/* tf.lbeta: log |Beta(x)| along the last dimension. tf.math.polyval: the coefficients' highest power first. */
HR_API hr_output hr_lbeta_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_polyval_with(hr_scope scope, hr_operands coeffs, hr_operand x, const hr_op_options *options);
/* tf.math.bessel_i0, tf.math.bessel_i1. */
HR_API hr_output hr_bessel_i0_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_bessel_i1_with(hr_scope scope, hr_operand x, const hr_op_options *options);
#define hr_lbeta(scope, x, ...)     hr_lbeta_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})
#define hr_bessel_i0(scope, x, ...) hr_bessel_i0_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})
#define hr_bessel_i1(scope, x, ...) hr_bessel_i1_with((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})
#define hr_polyval(scope, coeffs, x, ...)                                                                              \
  hr_polyval_with((scope), HR_OPERANDS_OF(coeffs), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})

typedef struct hr_confusion_matrix_options {
  hr_operand num_classes; /* left out: one more than the largest label or prediction */
  hr_dtype dtype;         /* HR_INT32 for HR_INVALID */
  hr_operand weights;     /* of each pair; left out: 1 */
  const char *name;
} hr_confusion_matrix_options;
/* tf.confusion_matrix: how often each label (a row) came with each prediction (a column), both class numbers in vectors
 * of one size. A run fails where they are not in [0, num_classes). */
HR_API hr_output hr_confusion_matrix_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                          const hr_confusion_matrix_options *options);
#define hr_confusion_matrix(scope, labels, predictions, ...)                                                           \
  hr_confusion_matrix_with((scope), HR_OPERAND(labels), HR_OPERAND(predictions),                                       \
                           &(hr_confusion_matrix_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
