/* Means over many runs: tf.metrics.mean and what is one. */
#include "builder/metrics.h"
#include "builder/builder.h"
#include "builder/variable.h"
#include "builder/weights.h"
#include "headrace/control_flow.h"

/* ---- what metrics share ---------------------------------------------------------------------------------------- */

static void add_to(hr_scope scope, const hr_strings *keys, hr_output output) {
  for (int32_t i = 0; keys && i < keys->count && output.node; ++i)
    hr_add_output_to_collection(scope, keys->items[i], output);
}

hr_metric hr_metric_collect(hr_scope scope, hr_metric metric, const hr_metric_options *options) {
  if (!hr_scope_ok(scope)) return HR_NO_METRIC;
  add_to(scope, options->metrics_collections, metric.value);
  add_to(scope, options->updates_collections, metric.update_op);
  return hr_scope_ok(scope) ? metric : HR_NO_METRIC;
}

typedef struct zeros {
  hr_partial_shape shape;
  hr_dtype dtype;
} zeros;

static hr_output make_zeros(void *argument, hr_scope scope) {
  const zeros *z = argument;
  return hr_zeros(scope, z->shape, .dtype = z->dtype);
}

hr_var *hr_typed_metric_variable(hr_scope scope, hr_partial_shape shape, hr_dtype dtype, const char *name) {
  static const char *const keys[] = {HR_LOCAL_VARIABLES, HR_METRIC_VARIABLES};
  const hr_strings collections = {2, keys};
  zeros z = {shape, dtype};
  return hr_tf_variable(scope, HR_NO_OPERAND, .name = name, .trainable = false, .collections = &collections,
                        .function = {make_zeros, &z});
}

hr_var *hr_metric_variable(hr_scope scope, hr_partial_shape shape, const char *name) {
  return hr_typed_metric_variable(scope, shape, HR_FLOAT, name);
}

static bool same_shape(hr_scope s, hr_output a, hr_output b) {
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(hr_output_shape(a), hr_output_shape(b), &merged);
  if (!status) return true;
  hr_status_free(status);
  char x[HR_SHAPE_TEXT], y[HR_SHAPE_TEXT];
  hr_refuse(s, "Shapes %s and %s are incompatible", hr_partial_shape_text(hr_output_shape(a), x),
            hr_partial_shape_text(hr_output_shape(b), y));
  return false;
}

/* ---- weights that fit when they run ---------------------------------------------------------------------------- */

typedef struct fitted {
  hr_output weights, rank, excess; /* of their rank over that of the predictions */
} fitted;

static void keep_weights(void *argument, hr_scope s, hr_results *results) {
  (void)s;
  hr_return(results, ((const fitted *)argument)->weights);
}
static void squeeze_weights(void *argument, hr_scope s, hr_results *results) {
  hr_return(results, hr_tf_squeeze(s, ((const fitted *)argument)->weights, .axis = HR_AXES(-1)));
}
static void expand_weights(void *argument, hr_scope s, hr_results *results) {
  hr_return(results, hr_tf_expand_dims(s, ((const fitted *)argument)->weights, HR_AXES(-1)));
}
static void may_expand_weights(void *argument, hr_scope s, hr_results *results) {
  const fitted *f = argument;
  hr_output lacks_one = hr_binary(s, "Equal", f->excess, -1);
  hr_return(results,
            hr_only(hr_cond(s, lacks_one, HR_BRANCH(expand_weights, argument), HR_BRANCH(keep_weights, argument))));
}
static void adjust_weights(void *argument, hr_scope s, hr_results *results) {
  const fitted *f = argument;
  const hr_partial_shape *shape = hr_output_shape(f->weights);
  bool has_rows = shape->rank > 0 && shape->dims[shape->rank - 1] >= 0 && shape->dims[shape->rank - 1] != 1;
  hr_output has_one_more = hr_binary(s, "Equal", f->excess, 1);
  hr_return(results, hr_only(hr_cond(s, has_one_more, HR_BRANCH(has_rows ? keep_weights : squeeze_weights, argument),
                                     HR_BRANCH(may_expand_weights, argument))));
}

static hr_output fit_weights_when_run(hr_scope s, hr_output weights, hr_output predictions) {
  fitted f = {.weights = weights, .rank = hr_tf_rank(s, weights)};
  f.excess = hr_minus(s, f.rank, hr_tf_rank(s, predictions));
  hr_output is_scalar = hr_binary(s, "Equal", f.rank, 0);
  return hr_only(hr_cond(s, is_scalar, HR_BRANCH(keep_weights, &f), HR_BRANCH(adjust_weights, &f)));
}

/* ---- what metrics take ------------------------------------------------------------------------------------------- */

bool hr_metric_fit(hr_scope scope, hr_operand labels, hr_operand predictions, hr_operand weights,
                   hr_metric_inputs *out) {
  *out = (hr_metric_inputs){HR_NO_OUTPUT, HR_NO_OUTPUT, HR_NO_OUTPUT};
  out->predictions = hr_convert(scope, predictions, HR_INVALID, NULL);
  if (hr_operand_is_given(labels) &&
      (!hr_squeeze_labels(scope, labels, hr_operand_output(out->predictions), 0, &out->labels, &out->predictions) ||
       !same_shape(scope, out->predictions, out->labels)))
    return false;
  if (!hr_operand_is_given(weights)) return hr_scope_ok(scope);
  out->weights = hr_convert(scope, weights, HR_INVALID, NULL);
  if (!hr_scope_ok(scope)) return false;
  int rank = hr_output_rank(out->weights), wanted = hr_output_rank(out->predictions);
  if (rank == 0) return true;
  if (rank < 0 || wanted < 0) {
    out->weights = fit_weights_when_run(scope, out->weights, out->predictions);
    return hr_scope_ok(scope);
  }
  if (rank - wanted == 1) out->weights = hr_tf_squeeze(scope, out->weights, .axis = HR_AXES(-1));
  if (wanted - rank == 1) out->weights = hr_tf_expand_dims(scope, out->weights, HR_AXES(-1));
  return hr_scope_ok(scope);
}

/* The options of a metric inside another one: its name where it has none, and no collections. */
static hr_metric_options inner_options(const hr_metric_options *options, const char *name, hr_output weights) {
  return (hr_metric_options){.weights = hr_operand_output(weights), .name = options->name ? options->name : name};
}

/* ---- means ----------------------------------------------------------------------------------------------------- */

static hr_output quotient(hr_scope s, hr_operand total, hr_operand count, const char *name) {
  return hr_binary(s, "DivNoNan", total, hr_binary(s, "Maximum", count, 0.0), .name = name);
}

/* Counts a batch: its sum, and then how many there were. */
static hr_metric count_batch(hr_scope s, hr_var *total, hr_var *count, hr_output values, hr_output sum,
                             hr_output num_values) {
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  hr_operand new_total = hr_var_added(s, total, hr_operand_output(sum), NULL), new_count = HR_NO_OPERAND;
  HR_WITH (after, hr_control_dependencies(s, 1, &values.node)) {
    new_count = hr_var_added(after, count, hr_operand_output(num_values), NULL);
  }
  hr_output value = quotient(s, hr_operand_variable(total), hr_operand_variable(count), "value");
  return (hr_metric){value, quotient(s, new_total, new_count, "update_op")};
}

/* Values times weights; `*weights` becomes as large as they are. */
static bool weigh(hr_scope s, const hr_metric_options *o, hr_output *values, hr_output *weights) {
  hr_metric_inputs in;
  if (!hr_metric_fit(s, HR_NO_OPERAND, hr_operand_output(*values), o->weights, &in)) return false;
  *weights = hr_broadcast_weights(s, hr_operand_output(hr_tf_cast(s, in.weights, HR_FLOAT)), *values);
  *values = hr_mul(s, *values, *weights);
  return hr_scope_ok(s);
}

hr_metric hr_metrics_mean_with(hr_scope scope, hr_operand input, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = "mean")) {
    hr_output values = hr_tf_cast(s, input, HR_FLOAT), num_values = HR_NO_OUTPUT, weights;
    hr_var *total = hr_metric_variable(s, HR_SHAPE(), "total");
    hr_var *count = hr_metric_variable(s, HR_SHAPE(), "count");
    if (!hr_operand_is_given(o.weights))
      num_values = hr_tf_cast(s, hr_tf_size(s, values), HR_FLOAT);
    else if (weigh(s, &o, &values, &weights))
      num_values = hr_reduce_sum(s, weights);
    hr_output sum = hr_reduce_sum(s, values);
    result = hr_metric_collect(s, count_batch(s, total, count, values, sum, num_values), &o);
  }
  return result;
}

hr_metric hr_metrics_mean_tensor_with(hr_scope scope, hr_operand input, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = "mean")) {
    hr_output values = hr_tf_cast(s, input, HR_FLOAT), weights;
    hr_partial_shape shape = values.node ? *hr_output_shape(values) : HR_SHAPE_UNKNOWN;
    hr_var *total = hr_metric_variable(s, shape, "total_tensor");
    hr_var *count = hr_metric_variable(s, shape, "count_tensor");
    hr_output num_values = hr_tf_ones_like(s, values);
    if (hr_operand_is_given(o.weights) && weigh(s, &o, &values, &weights)) num_values = hr_mul(s, num_values, weights);
    result = hr_metric_collect(s, count_batch(s, total, count, values, values, num_values), &o);
  }
  return result;
}

hr_metric hr_metrics_percentage_below_with(hr_scope scope, hr_operand values, hr_operand threshold,
                                           const hr_metric_options *options) {
  hr_metric_options o = options ? *options : (hr_metric_options){0};
  if (!o.name) o.name = "percentage_below_threshold";
  hr_output below = hr_tf_cast(scope, hr_binary(scope, "Less", values, threshold), HR_FLOAT);
  return hr_metrics_mean_with(scope, hr_operand_output(below), &o);
}

/* ---- means of errors ------------------------------------------------------------------------------------------- */

/* The mean of an error an element under the caller's options. */
static hr_metric mean_of(hr_scope scope, hr_output errors, hr_output weights, const char *name,
                         const hr_metric_options *options) {
  hr_metric_options o = *options;
  if (!o.name) o.name = name;
  o.weights = hr_operand_output(weights);
  return hr_metrics_mean_with(scope, hr_operand_output(errors), &o);
}

hr_metric hr_metrics_accuracy_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                   const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric_inputs in;
  if (!hr_metric_fit(scope, labels, predictions, o.weights, &in)) return HR_NO_METRIC;
  hr_output same = hr_equal(scope, hr_tf_cast(scope, in.predictions, hr_output_base_dtype(in.labels)), in.labels);
  return mean_of(scope, hr_tf_cast(scope, same, HR_FLOAT), in.weights, "accuracy", &o);
}

hr_metric hr_metrics_mean_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                             const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric_inputs in;
  if (!hr_metric_fit(scope, labels, predictions, o.weights, &in)) return HR_NO_METRIC;
  return mean_of(scope, hr_squared_difference(scope, in.labels, in.predictions), in.weights, "mean_squared_error", &o);
}

hr_metric hr_metrics_root_mean_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                  const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric_inputs in;
  if (!hr_metric_fit(scope, labels, predictions, o.weights, &in)) return HR_NO_METRIC;
  const hr_metric_options inner = inner_options(&o, "root_mean_squared_error", in.weights);
  hr_metric square = hr_metrics_mean_squared_error_with(scope, hr_operand_output(in.labels),
                                                        hr_operand_output(in.predictions), &inner);
  hr_output value = hr_sqrt(scope, square.value);
  return hr_metric_collect(scope, (hr_metric){value, hr_sqrt(scope, square.update_op)}, &o);
}

hr_metric hr_metrics_mean_absolute_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                              const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric_inputs in;
  if (!hr_metric_fit(scope, labels, predictions, o.weights, &in)) return HR_NO_METRIC;
  hr_output errors = hr_abs(scope, hr_minus(scope, in.predictions, in.labels));
  return mean_of(scope, errors, in.weights, "mean_absolute_error", &o);
}

hr_metric hr_metrics_mean_relative_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                              hr_operand normalizer, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric_inputs in;
  hr_output scale;
  if (!hr_metric_fit(scope, labels, predictions, o.weights, &in) ||
      !hr_squeeze_labels(scope, hr_operand_output(in.predictions), normalizer, 0, &in.predictions, &scale) ||
      !same_shape(scope, in.predictions, scale))
    return HR_NO_METRIC;
  hr_output none = hr_binary(scope, "Equal", scale, 0.0);
  hr_output zeros = hr_tf_zeros_like(scope, in.labels);
  hr_output size = hr_abs(scope, hr_minus(scope, in.labels, in.predictions));
  hr_output errors = hr_select(scope, none, zeros, hr_real_div(scope, size, scale, .name = "div"));
  return mean_of(scope, errors, in.weights, "mean_relative_error", &o);
}

hr_metric hr_metrics_mean_cosine_distance_with(hr_scope scope, hr_operand labels, hr_operand predictions, int32_t axis,
                                               const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric_inputs in;
  if (!hr_metric_fit(scope, labels, predictions, o.weights, &in)) return HR_NO_METRIC;
  hr_output products = hr_mul(scope, in.predictions, in.labels);
  hr_output sums = hr_reduce_sum(scope, products, .axis = HR_AXES(axis), .keepdims = true);
  const hr_metric_options inner = inner_options(&o, "mean_cosine_distance", in.weights);
  hr_metric cosine = hr_metrics_mean_with(scope, hr_operand_output(sums), &inner);
  hr_output value = hr_binary(scope, "Sub", 1.0, cosine.value);
  return hr_metric_collect(scope, (hr_metric){value, hr_binary(scope, "Sub", 1.0, cosine.update_op)}, &o);
}

/* ---- by class -------------------------------------------------------------------------------------------------- */

static hr_output as_vector(hr_scope s, hr_output x) {
  return hr_scope_ok(s) && hr_output_rank(x) > 1 ? hr_tf_reshape(s, x, HR_SHAPE(-1)) : x;
}

hr_metric hr_metrics_mean_per_class_accuracy_with(hr_scope scope, hr_operand raw_labels, hr_operand raw_predictions,
                                                  int64_t num_classes, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = "mean_accuracy")) {
    hr_output labels = as_vector(s, hr_tf_cast(s, raw_labels, HR_INT64));
    hr_output predictions = as_vector(s, hr_convert(s, raw_predictions, HR_INVALID, NULL));
    if (hr_scope_ok(s) && same_shape(s, predictions, labels)) {
      hr_var *total = hr_metric_variable(s, HR_SHAPE(num_classes), "total");
      hr_var *count = hr_metric_variable(s, HR_SHAPE(num_classes), "count");
      hr_output ones = hr_ones(s, HR_OPERANDS(hr_tf_size(s, labels)));
      hr_output right = hr_equal(s, hr_tf_cast(s, predictions, HR_INT64), labels);
      right = hr_tf_cast(s, right, HR_FLOAT);
      if (hr_operand_is_given(o.weights)) {
        hr_output weights = as_vector(s, hr_convert(s, o.weights, HR_INVALID, NULL));
        weights = hr_tf_cast(s, weights, HR_FLOAT);
        right = hr_times(s, right, weights);
        ones = hr_times(s, ones, weights);
      }
      if (hr_scope_ok(s)) {
        hr_operand new_total = hr_var_rows_added(s, total, labels, ones);
        hr_operand new_count = hr_var_rows_added(s, count, labels, right);
        hr_output shares = quotient(s, hr_operand_variable(count), hr_operand_variable(total), "div_no_nan");
        hr_output value = hr_reduce_mean(s, shares, .name = "mean_accuracy");
        result = hr_metric_collect(s, (hr_metric){value, quotient(s, new_count, new_total, "update_op")}, &o);
      }
    }
  }
  return result;
}
