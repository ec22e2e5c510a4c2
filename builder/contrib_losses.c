/* tf.contrib.losses. */
#include "headrace/contrib_losses.h"
#include "builder/builder.h"
#include "builder/losses.h"
#include "headrace/losses.h"
#include "headrace/nn.h"

/* ---- weighting and reducing ------------------------------------------------------------------------------------ */

/* The numbers from `first` up to `end`. */
static hr_operand axes_from(int first, int end, int64_t axes[HR_MAX_RANK]) {
  int32_t count = 0;
  for (int axis = first; axis < end; ++axis)
    axes[count++] = axis;
  return hr_operand_ints((hr_ints){count, axes});
}

/* The sum of the losses times their weights. */
static hr_output weighted_sum(hr_scope s, hr_output losses, hr_output weights) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int64_t axes[HR_MAX_RANK];
  hr_output sums = hr_reduce_sum(s, losses, .axis = axes_from(hr_output_rank(weights), hr_output_rank(losses), axes));
  return hr_reduce_sum(s, hr_mul(s, sums, weights));
}

/* The sizes from dimension `from` on, `count` of them or, for -1, all. */
static hr_output sizes_from(hr_scope s, hr_output x, int from, int count) {
  return hr_call_one(s, "Slice", NULL, HR_OPERANDS(hr_tf_shape(s, x), HR_AXES(from), HR_AXES(count)), HR_NO_ATTRS);
}

/* Of each instance, how many losses have a weight that is not zero; all have a scalar one. */
static hr_output counts_of_scalar(hr_scope s, hr_output losses, hr_output weight) {
  hr_output batch = hr_tf_reshape(s, sizes_from(s, losses, 0, 1), hr_operand_ints((hr_ints){0, NULL}));
  hr_output size = hr_tf_cast(s, hr_tf_size(s, losses), HR_FLOAT);
  hr_output each = hr_tf_div(s, size, hr_tf_cast(s, batch, HR_FLOAT));
  hr_output none = hr_binary(s, "Equal", weight, 0.0);
  hr_output count = hr_tf_where(s, none, 0.0, each);
  hr_output shape = hr_tf_reshape(s, batch, HR_OPERANDS(1));
  return hr_mul(s, hr_ones(s, shape), count);
}

static hr_output counts(hr_scope s, hr_output losses, hr_output weights) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(weights);
  if (rank == 0) return counts_of_scalar(s, losses, weights);
  int64_t axes[HR_MAX_RANK];
  hr_output present = hr_tf_cast(s, hr_binary(s, "NotEqual", weights, 0.0), HR_FLOAT);
  present = hr_reduce_sum(s, present, .axis = axes_from(1, rank, axes));
  hr_output dims = sizes_from(s, losses, rank, -1);
  hr_output each = hr_tf_cast(s, hr_reduce_prod(s, dims), HR_FLOAT);
  return hr_mul(s, present, each);
}

static void collect(hr_scope s, hr_output loss) {
  if (hr_scope_ok(s)) hr_add_loss(s, loss);
}

/* The weights as floats. */
static hr_output weights_of(hr_scope s, const hr_contrib_loss_options *o) {
  return hr_tf_cast(
      s, hr_convert(s, hr_operand_is_given(o->weights) ? o->weights : hr_operand_float(1), HR_INVALID, NULL), HR_FLOAT);
}

static bool ranks_are_known(hr_scope s, hr_output losses, hr_output weights) {
  if (!hr_scope_ok(s)) return false;
  if (hr_output_rank(losses) < 0) hr_refuse(s, "the rank of losses must be known");
  if (hr_output_rank(weights) < 0) hr_refuse(s, "the rank of weights must be known");
  return hr_scope_ok(s);
}

/* The last dimension of weights, where it is 1, is left out. */
static hr_output without_last_one(hr_scope s, hr_output weights) {
  int rank = hr_output_rank(weights);
  if (rank < 2) return weights;
  int64_t last = hr_output_shape(weights)->dims[rank - 1];
  return last == 1 || last < 0 ? hr_tf_squeeze(s, weights, .axis = HR_AXES(-1)) : weights;
}

hr_output hr_contrib_compute_weighted_loss_with(hr_scope scope, hr_operand losses,
                                                const hr_contrib_loss_options *options) {
  hr_contrib_loss_options o = options ? *options : (hr_contrib_loss_options){HR_CONTRIB_LOSS_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.scope, "weighted_loss");
  hr_output raw = hr_convert(s, losses, HR_INVALID, NULL);
  hr_output values = hr_tf_cast(s, raw, HR_FLOAT), weights = weights_of(s, &o);
  if (!ranks_are_known(s, values, weights)) return HR_NO_OUTPUT;
  weights = without_last_one(s, weights);
  hr_output sum = weighted_sum(s, values, weights);
  hr_output count = hr_reduce_sum(s, counts(s, values, weights));
  hr_output mean = hr_div_no_nan(s, hr_reduce_sum(s, sum), count, .name = "value");
  if (hr_scope_ok(s)) mean = hr_tf_cast(s, mean, hr_output_base_dtype(raw));
  collect(s, mean);
  return mean;
}

/* ---- losses ---------------------------------------------------------------------------------------------------- */

/* A loss under construction: its scope, and its arguments in one shape. */
typedef struct loss {
  hr_scope scope;
  hr_output predictions, labels;
  hr_contrib_loss_options options;
} loss;

/* Predictions of dtype `dtype`, or their own for HR_INVALID, and labels of theirs. */
static loss begin(hr_scope scope, const char *name, hr_operand predictions, hr_operand labels, hr_dtype dtype,
                  const hr_contrib_loss_options *options) {
  loss l = {.options = options ? *options : (hr_contrib_loss_options){HR_CONTRIB_LOSS_DEFAULTS}};
  l.scope = hr_name_scope_or(scope, l.options.scope, name);
  l.options.scope = hr_scope_name(l.scope);
  l.predictions = hr_convert(l.scope, predictions, HR_INVALID, NULL);
  l.labels = hr_convert(l.scope, labels, HR_INVALID, NULL);
  if (!hr_loss_shapes_fit(l.scope, l.predictions, l.labels)) {
    l.predictions = l.labels = HR_NO_OUTPUT;
    return l;
  }
  if (dtype == HR_INVALID) dtype = hr_output_base_dtype(l.predictions);
  l.predictions = hr_tf_cast(l.scope, l.predictions, dtype);
  l.labels = hr_tf_cast(l.scope, l.labels, dtype);
  return l;
}

static hr_output finish(const loss *l, hr_output losses) {
  return hr_contrib_compute_weighted_loss_with(l->scope, hr_operand_output(losses), &l->options);
}

hr_output hr_contrib_absolute_difference_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                              const hr_contrib_loss_options *options) {
  loss l = begin(scope, "absolute_difference", predictions, labels, HR_FLOAT, options);
  return finish(&l, hr_abs(l.scope, hr_sub(l.scope, l.predictions, l.labels)));
}

hr_output hr_contrib_mean_squared_error_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                             const hr_contrib_loss_options *options) {
  loss l = begin(scope, "mean_squared_error", predictions, labels, HR_FLOAT, options);
  return finish(&l, hr_squared_difference(l.scope, l.predictions, l.labels));
}

hr_output hr_contrib_log_loss_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                   const hr_contrib_loss_options *options) {
  loss l = begin(scope, "log_loss", predictions, labels, HR_FLOAT, options);
  return finish(&l, hr_log_losses(l.scope, l.labels, l.predictions, l.options.epsilon));
}

hr_output hr_contrib_cosine_distance_with(hr_scope scope, hr_operand predictions, hr_operand labels, int32_t axis,
                                          const hr_contrib_loss_options *options) {
  loss l = begin(scope, "cosine_distance_loss", predictions, labels, HR_FLOAT, options);
  hr_output products = hr_mul(l.scope, l.predictions, l.labels);
  return finish(&l, hr_minus(l.scope, 1, hr_reduce_sum(l.scope, products, .axis = HR_AXES(axis))));
}

hr_output hr_contrib_hinge_loss_with(hr_scope scope, hr_operand logits, hr_operand labels,
                                     const hr_contrib_loss_options *options) {
  loss l = begin(scope, "hinge_loss", logits, labels, HR_FLOAT, options);
  hr_scope s = l.scope;
  hr_output ones = hr_tf_ones_like(s, l.labels);
  hr_output signs = hr_sub(s, hr_times(s, 2, l.labels), ones);
  return hr_relu(s, hr_sub(s, ones, hr_mul(s, signs, l.predictions)));
}

hr_output hr_contrib_mean_pairwise_squared_error_with(hr_scope scope, hr_operand predictions, hr_operand labels,
                                                      const hr_contrib_loss_options *options) {
  loss l = begin(scope, "mean_pairwise_squared_error", predictions, labels, HR_FLOAT, options);
  hr_scope s = l.scope;
  hr_output weights = weights_of(s, &l.options);
  hr_output differences = hr_sub(s, l.predictions, l.labels);
  if (!ranks_are_known(s, differences, weights)) return HR_NO_OUTPUT;
  int64_t axes[HR_MAX_RANK];
  hr_operand inner = axes_from(1, hr_output_rank(differences), axes);
  hr_output squares = hr_reduce_sum(s, hr_square(s, differences), .axis = inner);
  hr_output count = counts(s, differences, weights);
  hr_output first = hr_times(s, 2.0, hr_div_no_nan(s, squares, count, .name = "value"));
  hr_output sums = hr_reduce_sum(s, differences, .axis = inner);
  hr_output square = hr_square(s, sums);
  hr_output second = hr_times(s, 2.0, hr_div_no_nan(s, square, hr_square(s, count), .name = "value"));
  hr_output sum = weighted_sum(s, hr_minus(s, first, second), weights);
  hr_output any = hr_binary(s, "Greater", hr_reduce_sum(s, count), 0.0);
  hr_output mean = hr_tf_where(s, any, sum, hr_tf_zeros_like(s, sum), .name = "value");
  collect(s, mean);
  return mean;
}

/* ---- cross entropies ------------------------------------------------------------------------------------------- */

hr_output hr_contrib_sigmoid_cross_entropy_with(hr_scope scope, hr_operand logits, hr_operand labels,
                                                const hr_contrib_loss_options *options) {
  loss l = begin(scope, "sigmoid_cross_entropy_loss", logits, labels, HR_INVALID, options);
  double smoothing = l.options.label_smoothing;
  if (smoothing > 0) l.labels = hr_plus(l.scope, hr_times(l.scope, l.labels, 1 - smoothing), 0.5 * smoothing);
  return finish(&l, hr_sigmoid_cross_entropy_with_logits(l.scope, l.labels, l.predictions, .name = "xentropy"));
}

hr_output hr_contrib_softmax_cross_entropy_with(hr_scope scope, hr_operand logits, hr_operand onehot_labels,
                                                const hr_contrib_loss_options *options) {
  loss l = begin(scope, "softmax_cross_entropy_loss", logits, onehot_labels, HR_INVALID, options);
  hr_scope s = l.scope;
  double smoothing = l.options.label_smoothing;
  if (smoothing > 0 && hr_scope_ok(s)) {
    hr_output classes = hr_at(s, hr_tf_shape(s, l.labels), HR_INDEX(1));
    classes = hr_tf_cast(s, classes, hr_output_base_dtype(l.predictions));
    hr_output negatives = hr_truediv(s, smoothing, classes);
    l.labels = hr_plus(s, hr_times(s, l.labels, 1 - smoothing), negatives);
  }
  return finish(&l, hr_tf_softmax_cross_entropy_with_logits(s, l.labels, l.predictions, .name = "xentropy"));
}

hr_output hr_contrib_sparse_softmax_cross_entropy_with(hr_scope scope, hr_operand logits, hr_operand labels,
                                                       const hr_contrib_loss_options *options) {
  loss l = {.options = options ? *options : (hr_contrib_loss_options){HR_CONTRIB_LOSS_DEFAULTS}};
  hr_scope s = l.scope = hr_name_scope_or(scope, l.options.scope, "sparse_softmax_cross_entropy_loss");
  l.options.scope = hr_scope_name(s);
  hr_output batch = hr_at(s, hr_tf_shape(s, labels), HR_INDEX(0));
  hr_output flat = hr_tf_reshape(s, labels, HR_OPERANDS(batch));
  hr_output converted = hr_convert(s, logits, HR_INVALID, NULL);
  return finish(&l, hr_tf_sparse_softmax_cross_entropy_with_logits(s, flat, converted, .name = "xentropy"));
}
