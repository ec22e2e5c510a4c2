/* The heads of tf.estimator's ready models. */
#include "builder/builder.h"
#include "builder/weights.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"
#include "headrace/control_flow.h"
#include "headrace/estimator.h"
#include "headrace/lookup.h"
#include "headrace/nn.h"
#include "headrace/statistics.h"
#include "headrace/strings.h"

/* ---- checks ---------------------------------------------------------------------------------------------------- */

/* The last size where it is known, else -1. */
static int64_t last_size(hr_output x) {
  const hr_partial_shape *shape = hr_output_shape(x);
  return shape->rank > 0 ? shape->dims[shape->rank - 1] : -1;
}

static hr_node *check_rank(hr_scope s, hr_output x, hr_operands data, const char *message) {
  return hr_assert_rank(s, x, HR_OPERANDS(2), .at_least = true, .data = data, .message = message);
}

/* All sizes but the last, and `last`. */
static hr_output shape_with_last(hr_scope s, hr_output shape, int64_t last) {
  hr_operand sizes = hr_operand_list(HR_OPERANDS(last));
  return hr_tf_concat(s, HR_OPERANDS(hr_at(s, shape, HR_SLICE(HR_OPEN, -1)), sizes), 0);
}

static const char logits_message[] = "logits shape must be [D0, D1, ... DN, logits_dimension]";

hr_output hr_head_logits(hr_scope scope, hr_output logits, int64_t dimension) {
  hr_scope s = hr_name_scope(scope, "logits");
  const char *name = hr_scope_name(s);
  hr_output x = hr_tf_cast(s, logits, HR_FLOAT, .name = "ToFloat"), shape = hr_tf_shape(s, x), result = x;
  hr_node *rank = check_rank(s, x, HR_OPERANDS(shape), logits_message);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(rank))) {
    int64_t last = last_size(x);
    char text[HR_SHAPE_TEXT];
    if (last >= 0 && last != dimension) {
      hr_refuse(after, "%s, got %s.", logits_message, hr_partial_shape_text(hr_output_shape(x), text));
    } else if (last < 0) {
      hr_node *equal = hr_assert_equal(after, dimension, hr_at(after, shape, HR_INDEX(-1)), .data = HR_OPERANDS(shape),
                                       .message = logits_message);
      if (hr_scope_ok(after))
        HR_WITH (checked, hr_control_dependencies(after, HR_NODES(equal)))
          result = hr_identity(checked, x, .name = name);
    }
  }
  return result;
}

hr_output hr_head_labels(hr_scope scope, hr_operand labels, hr_output logits, int64_t dimension) {
  hr_scope s = hr_name_scope(scope, "labels");
  const char *name = hr_scope_name(s);
  hr_output x = hr_convert(s, labels, HR_INVALID, NULL), result = HR_NO_OUTPUT;
  if (!hr_scope_ok(s)) return result;
  if (hr_output_rank(x) >= 0 && hr_output_rank(logits) >= 0 && hr_output_rank(x) == hr_output_rank(logits) - 1)
    x = hr_tf_expand_dims(s, x, -1);
  hr_output shape = hr_tf_shape(s, x), of_logits = hr_tf_shape(s, logits);
  const char *message = hr_keep_printf(
      s,
      "labels shape must be [D0, D1, ... DN, %lld]. Suggested Fix: check your n_classes argument to the estimator "
      "and/or the shape of your label.",
      (long long)dimension);
  hr_node *rank = message ? check_rank(s, x, HR_NO_OPERANDS, message) : NULL;
  if (!hr_scope_ok(s)) return result;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(rank))) {
    int64_t last = last_size(x);
    if (last >= 0 && last != dimension)
      hr_refuse(after,
                "Mismatched label shape. Expected labels dimension=%lld.  Received %lld. Suggested Fix:If your "
                "classifier expects one-hot encoding label,check your n_classes argument to the estimator and/or the "
                "shape of your label. Otherwise, check the shape of your label.",
                (long long)dimension, (long long)last);
    hr_output wanted = shape_with_last(after, of_logits, dimension);
    hr_node *equal = hr_assert_equal(after, wanted, shape,
                                     .data = HR_OPERANDS("expected_labels_shape: ", wanted, "labels_shape: ", shape),
                                     .message = message);
    if (hr_scope_ok(after))
      HR_WITH (checked, hr_control_dependencies(after, HR_NODES(equal)))
        result = hr_identity(checked, x, .name = name);
  }
  return result;
}

hr_output hr_head_weights(hr_scope s, hr_output weights, hr_output logits, bool per_logit) {
  const char *name = hr_scope_name(s);
  const char *message = per_logit ? "weights shape must be [D0, D1, ... DN], [D0, D1, ... DN, 1] or [D0, D1, ... DN, "
                                    "logits_dimension]"
                                  : "weights shape must be [D0, D1, ... DN] or [D0, D1, ... DN, 1]";
  hr_output x = hr_tf_cast(s, weights, HR_FLOAT, .name = "weights"), result = HR_NO_OUTPUT;
  hr_output shape = hr_tf_shape(s, x, .name = "weights_shape"),
            of_logits = hr_tf_shape(s, logits, .name = "logits_shape");
  if (!hr_scope_ok(s)) return result;
  hr_operands data = HR_OPERANDS("logits_shape: ", of_logits, "weights_shape: ", shape);
  hr_node *check;
  if (hr_output_rank(x) >= 0 && hr_output_rank(logits) >= 0 && hr_output_rank(x) == hr_output_rank(logits) - 1) {
    check = hr_assert_equal(s, hr_at(s, of_logits, HR_SLICE(HR_OPEN, -1)), shape, .data = data, .message = message);
    if (hr_scope_ok(s))
      HR_WITH (checked, hr_control_dependencies(s, HR_NODES(check)))
        result = hr_tf_expand_dims(checked, x, -1, .name = name);
    return result;
  }
  hr_output column = shape_with_last(s, of_logits, 1);
  if (per_logit) {
    hr_output whole = hr_reduce_all(s, hr_binary(s, "Equal", of_logits, shape));
    hr_output one = hr_reduce_all(s, hr_binary(s, "Equal", column, shape));
    hr_output either = hr_reduce_any(s, hr_operand_list(HR_OPERANDS(whole, one)));
    check = hr_tf_assert(s, either, HR_OPERANDS(message, "logits_shape: ", of_logits, "weights_shape: ", shape));
  } else {
    check = hr_assert_equal(s, column, shape, .data = data, .message = message);
  }
  if (hr_scope_ok(s))
    HR_WITH (checked, hr_control_dependencies(s, HR_NODES(check)))
      result = hr_identity(checked, x, .name = name);
  return result;
}

hr_output hr_head_broadcast_weights(hr_scope scope, hr_operand weights, hr_output values) {
  return hr_broadcast_weights(scope, weights, values);
}

hr_output hr_head_labels_in_range(hr_scope scope, hr_output labels, int64_t n_classes) {
  hr_scope s = hr_name_scope(scope, "assert_range");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output last = hr_convert(s, hr_operand_int(n_classes - 1), hr_output_base_dtype(labels), NULL);
  hr_node *below = hr_assert_less_equal(s, labels, last, .message = "Labels must <= n_classes - 1");
  hr_node *above = hr_assert_non_negative(s, labels, .message = "Labels must >= 0");
  hr_output result = HR_NO_OUTPUT;
  if (hr_scope_ok(s))
    HR_WITH (checked, hr_control_dependencies(s, HR_NODES(below, above)))
      result = hr_identity(checked, labels);
  return result;
}

/* ---- predictions ----------------------------------------------------------------------------------------------- */

/* A list of classes, once for each row. */
static hr_output for_each_row(hr_scope s, hr_output batch, hr_operand list) {
  return hr_tf_tile(s, hr_tf_expand_dims(s, list, 0), HR_OPERANDS(batch, 1));
}

static hr_output batch_of(hr_scope s, hr_output x) { return hr_at(s, hr_tf_shape(s, x), HR_INDEX(0)); }

static hr_output numbers_to(hr_scope s, int64_t n) { return hr_tf_range(s, n, HR_NO_OPERAND, HR_NO_OPERAND); }

static hr_output all_class_ids(hr_scope s, hr_output logits, int64_t n_classes) {
  hr_output batch = batch_of(s, logits);
  return for_each_row(s, batch, hr_operand_output(numbers_to(s, n_classes)));
}

hr_output hr_head_class_names_with(hr_scope s, hr_output scores, int64_t n_classes, const hr_head_options *options) {
  hr_operand vocabulary = options ? options->vocabulary : HR_NO_OPERAND;
  hr_output batch = batch_of(s, scores);
  if (!hr_operand_is_given(vocabulary)) vocabulary = hr_operand_output(hr_as_string(s, numbers_to(s, n_classes)));
  return for_each_row(s, batch, vocabulary);
}

static hr_output names_of(hr_scope s, hr_output ids, const hr_head_options *options) {
  if (!options || !hr_operand_is_given(options->vocabulary)) return hr_as_string(s, ids, .name = "str_classes");
  hr_table table = hr_index_to_string_table(s, options->vocabulary, .name = "class_string_lookup");
  return hr_table_find(s, table.handle, ids, table.default_value);
}

static hr_output likeliest(hr_scope s, hr_output logits) {
  return hr_tf_expand_dims(s, hr_argmax(s, logits, .axis = hr_operand_int(-1), .name = "class_ids"), -1);
}

hr_head_classes hr_head_multi_class_predictions_with(hr_scope scope, hr_output logits, int64_t n_classes,
                                                     const hr_head_options *options) {
  hr_scope s = hr_name_scope(scope, "predictions");
  hr_head_classes p;
  p.all_class_ids = all_class_ids(s, logits, n_classes);
  p.all_classes = hr_head_class_names_with(s, logits, n_classes, options);
  p.class_ids = likeliest(s, logits);
  p.classes = names_of(s, p.class_ids, options);
  p.probabilities = hr_tf_softmax(s, logits, .name = "probabilities");
  return p;
}

hr_head_two_classes hr_head_binary_predictions_with(hr_scope scope, hr_output logits, const hr_head_options *options) {
  hr_scope s = hr_name_scope(scope, "predictions");
  hr_head_two_classes p;
  p.logits = hr_head_logits(s, logits, 1);
  p.logistic = hr_sigmoid(s, p.logits, .name = "logistic");
  hr_output both =
      hr_tf_concat(s, HR_OPERANDS(hr_tf_zeros_like(s, p.logits), p.logits), -1, .name = "two_class_logits");
  p.probabilities = hr_tf_softmax(s, both, .name = "probabilities");
  p.class_ids = likeliest(s, both);
  p.all_class_ids = all_class_ids(s, p.logits, 2);
  p.all_classes = hr_head_class_names_with(s, p.logits, 2, options);
  p.classes = names_of(s, p.class_ids, options);
  return p;
}

/* ---- summaries ------------------------------------------------------------------------------------------------- */

/* A variable and its number of elements. */
typedef struct counted {
  hr_var *var;
  hr_output size;
} counted;

static void none(void *argument, hr_scope scope, hr_results *results) {
  (void)argument;
  hr_return(results, hr_constant_f32(scope, 0));
}

static void zeros_of(void *argument, hr_scope scope, hr_results *results) {
  const counted *c = argument;
  hr_output fraction = hr_zero_fraction_with(scope, hr_operand_variable(c->var), NULL);
  hr_return(results, hr_times(scope, fraction, hr_tf_cast(scope, c->size, HR_FLOAT, .name = "ToFloat")));
}

hr_output hr_zero_fraction_of_all(hr_scope scope, hr_vars vars) {
  hr_scope s = hr_name_scope(scope, "zero_fraction");
  hr_output *sizes = hr_keep_bytes(s, sizeof *sizes * (size_t)(vars.count + 1) * 2), *zeros = sizes + vars.count;
  if (!sizes) return HR_NO_OUTPUT;
  hr_scope size = hr_name_scope(s, "total_size");
  for (int32_t i = 0; i < vars.count; ++i)
    sizes[i] = hr_tf_size(size, vars.items[i], .out_type = HR_INT64);
  hr_output all = hr_tf_add_n(size, ((hr_outputs){vars.count, sizes}));
  hr_scope zero = hr_name_scope(s, "total_zero");
  for (int32_t i = 0; i < vars.count && hr_scope_ok(zero); ++i) {
    counted c = {vars.items[i], sizes[i]};
    hr_output is_empty = hr_binary(zero, "Equal", sizes[i], hr_constant_i64(zero, 0));
    zeros[i] = hr_only(hr_cond(zero, is_empty, HR_BRANCH(none, NULL), HR_BRANCH(zeros_of, &c), .name = "zero_count"));
  }
  hr_output count = hr_tf_add_n(zero, ((hr_outputs){vars.count, zeros}));
  hr_scope compute = hr_name_scope(s, "compute");
  hr_output whole = hr_tf_cast(compute, all, HR_FLOAT, .name = "float32_size");
  return hr_identity(s, hr_truediv(compute, count, whole), .name = "zero_fraction_or_nan");
}
