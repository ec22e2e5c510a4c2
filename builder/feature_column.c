/* What feature columns are made of. */
#include "headrace/feature_column.h"
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"
#include "headrace/strings.h"

/* ---- features -------------------------------------------------------------------------------------------------- */

static hr_sparse_tensor sparse(hr_scope s, hr_output indices, hr_output values, hr_output dense_shape) {
  return hr_make_sparse_tensor_of(s, hr_operand_output(indices), hr_operand_output(values),
                                  hr_operand_output(dense_shape));
}

/* As many rows as there are, and so many columns. */
static hr_sparse_tensor with_columns(hr_scope s, hr_sparse_tensor x, int64_t columns) {
  return hr_tf_sparse_reshape(s, x, HR_OPERANDS(hr_at(s, hr_sparse_shape(s, x), HR_INDEX(0)), columns));
}

hr_sparse_tensor hr_feature_to_sparse_with(hr_scope scope, hr_output x, const hr_feature_to_sparse_options *options) {
  hr_operand nothing = options ? options->ignore_value : HR_NO_OPERAND;
  hr_scope s = hr_name_scope(scope, "to_sparse_input");
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output ignored;
  if (!hr_operand_is_given(nothing) && hr_dtype_is_floating(dtype))
    ignored = hr_convert(s, hr_operand_float(0), dtype, "ignore_value/x");
  else if (!hr_operand_is_given(nothing))
    ignored =
        hr_tf_cast(s, dtype == HR_STRING ? hr_operand_string("") : hr_operand_int(-1), dtype, .name = "ignore_value");
  else
    ignored = hr_tf_cast(s, nothing, dtype, .name = "ignore_value");
  hr_output indices = hr_where(s, hr_binary(s, "NotEqual", x, ignored), .name = "indices");
  hr_output values = hr_gather_nd(s, x, indices, .name = "values");
  return sparse(s, indices, values, hr_tf_shape(s, x, .out_type = HR_INT64, .name = "dense_shape"));
}

hr_sparse_tensor hr_sparse_feature_column(hr_scope scope, hr_sparse_tensor x) { return with_columns(scope, x, 1); }

hr_output hr_feature_matrix(hr_scope scope, hr_output x, int64_t elements) {
  hr_output batch = hr_at(scope, hr_tf_shape(scope, x), HR_INDEX(0));
  return hr_tf_reshape(scope, x, HR_OPERANDS(batch, elements));
}

/* ---- dense columns --------------------------------------------------------------------------------------------- */

hr_output hr_buckets_one_hot(hr_scope scope, hr_output buckets, int64_t count) {
  return hr_tf_one_hot(scope, hr_tf_cast(scope, buckets, HR_INT64), count, .on_value = hr_operand_float(1),
                       .off_value = hr_operand_float(0));
}

hr_sparse_tensor hr_buckets_ids(hr_scope s, hr_output buckets, int64_t dimension, int64_t count) {
  hr_output batch = hr_at(s, hr_tf_shape(s, buckets), HR_INDEX(0));
  hr_output column = hr_tf_expand_dims(s, hr_tf_range(s, 0, batch, hr_operand_int(1)), 1);
  hr_output rows = hr_tf_reshape(s, hr_tf_tile(s, column, HR_OPERANDS(1, dimension)), HR_SHAPE(-1));
  hr_output columns = hr_tf_tile(s, hr_tf_range(s, 0, dimension, hr_operand_int(1)), HR_OPERANDS(batch));
  hr_output flat = hr_tf_reshape(s, buckets, HR_SHAPE(-1));
  hr_output values = hr_plus(s, flat, hr_times(s, count, columns));
  hr_output indices = hr_tf_cast(s, hr_tf_transpose(s, hr_stack(s, HR_OPERANDS(rows, columns))), HR_INT64);
  hr_output shape = hr_tf_cast(s, hr_stack(s, HR_OPERANDS(batch, dimension)), HR_INT64);
  return sparse(s, indices, values, shape);
}

hr_output hr_indicator_with(hr_scope s, hr_sparse_tensor ids, int64_t num_buckets,
                            const hr_indicator_options *options) {
  if (options && options->weights.values.node) {
    hr_sparse_tensor merged = hr_sparse_merge(s, ids, options->weights, num_buckets);
    hr_sparse_tensor all = hr_tf_sparse_slice(s, merged, HR_AXES(0, 0), hr_operand_output(merged.dense_shape));
    return hr_scatter_nd(s, all.indices, all.values, all.dense_shape);
  }
  hr_output dense = hr_sparse_tensor_to_dense(s, ids, .default_value = hr_operand_int(-1));
  hr_output hot =
      hr_tf_one_hot(s, dense, num_buckets, .on_value = hr_operand_float(1), .off_value = hr_operand_float(0));
  return hr_reduce_sum(s, hot, .axis = HR_AXES(-2));
}

/* ---- categorical columns --------------------------------------------------------------------------------------- */

/* Ids as they are, once it is known that all are in range. */
static hr_output checked_ids(hr_scope s, hr_output values, hr_output count, hr_output zero, const char *column) {
  const char *above = hr_keep_printf(s, "Bucket index for categorical column \"%s\" exceeds number of buckets", column);
  const char *below = hr_keep_printf(s, "Negative bucket index for categorical column \"%s\"", column);
  if (!above || !below) return HR_NO_OUTPUT;
  hr_node *less = hr_assert_less(s, values, count, .data = HR_OPERANDS(values, count), .message = above,
                                 .name = "assert_less_than_num_buckets");
  hr_node *not_negative = hr_assert_greater_equal(s, values, zero, .data = HR_OPERANDS(values), .message = below,
                                                  .name = "assert_greater_or_equal_0");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output checked = HR_NO_OUTPUT;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(less, not_negative))) {
    checked = hr_identity(after, values);
  }
  return checked;
}

hr_sparse_tensor hr_identity_ids_with(hr_scope s, hr_sparse_tensor x, int64_t num_buckets,
                                      const hr_identity_ids_options *options) {
  hr_identity_ids_options o = options ? *options : (hr_identity_ids_options){0};
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_dtype dtype = hr_output_base_dtype(x.values);
  if (!hr_dtype_is_integer(dtype)) {
    hr_refuse(s, "Invalid input, not integer. key: %s dtype: %s", o.column ? o.column : "",
              hr_dtype_python_name(dtype));
    return (hr_sparse_tensor){0};
  }
  hr_output values = hr_tf_cast(s, x.values, HR_INT64, .name = "values");
  hr_output count = hr_tf_cast(s, num_buckets, HR_INT64, .name = "num_buckets");
  hr_output zero = hr_tf_cast(s, 0, HR_INT64, .name = "zero");
  if (!hr_operand_is_given(o.default_value))
    return sparse(s, x.indices, checked_ids(s, values, count, zero, o.column ? o.column : ""), x.dense_shape);
  hr_output below = hr_binary(s, "Less", values, zero), above = hr_binary(s, "GreaterEqual", values, count);
  hr_output outside = hr_logical_or(s, below, above, .name = "out_of_range");
  hr_output shape = hr_tf_shape(s, values);
  hr_output fill = hr_tf_fill(s, shape, hr_tf_cast(s, o.default_value, HR_INT64), .name = "default_values");
  return sparse(s, x.indices, hr_where_v2(s, outside, fill, values), x.dense_shape);
}

hr_sparse_tensor hr_hashed_ids(hr_scope s, hr_sparse_tensor x, int64_t num_buckets) {
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_output text = hr_output_base_dtype(x.values) == HR_STRING ? x.values : hr_as_string(s, x.values);
  return sparse(s, x.indices, hr_string_to_hash_bucket_fast(s, text, num_buckets, .name = "lookup"), x.dense_shape);
}

static const int64_t default_hash_key = 0xDECAFCAFFE;

/* Features that are no strings as int64. `*only_text`: all are strings. */
static hr_outputs as_features(hr_scope s, hr_outputs list, bool *only_text) {
  hr_output *items = hr_keep_bytes(s, sizeof *items * (size_t)(list.count + 1));
  for (int32_t i = 0; items && i < list.count && hr_scope_ok(s); ++i) {
    bool text = hr_output_base_dtype(list.items[i]) == HR_STRING;
    items[i] = text ? list.items[i] : hr_tf_cast(s, list.items[i], HR_INT64);
    *only_text = *only_text && text;
  }
  return (hr_outputs){items ? list.count : 0, items};
}

hr_sparse_tensor hr_tf_sparse_cross_with(hr_scope s, hr_outputs indices, hr_outputs values, hr_outputs shapes,
                                         hr_outputs dense, const hr_tf_sparse_cross_options *options) {
  hr_tf_sparse_cross_options o = options ? *options : (hr_tf_sparse_cross_options){0};
  bool only_text = true;
  values = as_features(s, values, &only_text);
  dense = as_features(s, dense, &only_text);
  hr_sparse_cross_outputs crossed = hr_sparse_cross(
      s, indices, values, shapes, dense, o.hashed, o.num_buckets, o.hash_key ? o.hash_key : default_hash_key,
      o.hashed ? HR_INT64 : HR_STRING, only_text ? HR_STRING : HR_INT64, .name = o.name);
  return sparse(s, crossed.output_indices, crossed.output_values, crossed.output_shape);
}

/* ---- linear models --------------------------------------------------------------------------------------------- */

hr_output hr_dense_weighted_sum(hr_scope scope, hr_output x, int64_t elements, hr_operand weights) {
  hr_output matrix = hr_feature_matrix(scope, x, elements);
  return hr_tf_matmul(scope, matrix, weights, .name = "weighted_sum");
}

hr_output hr_sparse_weighted_sum_with(hr_scope scope, hr_sparse_tensor ids, hr_operands weights,
                                      const hr_sparse_weighted_sum_options *options) {
  hr_sparse_weighted_sum_options o = options ? *options : (hr_sparse_weighted_sum_options){0};
  hr_sparse_tensor flat = with_columns(scope, ids, -1), of_ids = {0};
  if (o.id_weights.values.node) of_ids = with_columns(scope, o.id_weights, -1);
  return hr_safe_embedding_lookup_sparse_with(scope, weights, flat,
                                              &(hr_safe_embedding_lookup_sparse_options){.weights = of_ids.values,
                                                                                         .combiner = o.combiner,
                                                                                         .name = "weighted_sum"});
}

hr_output hr_linear_sum(hr_scope scope, hr_outputs weighted_sums, hr_operand bias) {
  hr_output sum = hr_tf_add_n(scope, weighted_sums, .name = "weighted_sum_no_bias");
  return hr_tf_bias_add(scope, sum, bias, .name = "weighted_sum");
}
