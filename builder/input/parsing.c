/* tf.parse_example, tf.parse_single_example, tf.decode_csv. */
#include "builder/input/after.h"
#include "builder/input/feature_specs.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"

static const hr_any_tensors no_features = {0, NULL};

/* The op ParseExample in a scope of its own. */
static bool parse_batch(hr_scope scope, const char *name, hr_operand serialized, hr_operand names,
                        const hr_raw_features *raw, hr_raw_outputs *out) {
  hr_scope s = hr_name_scope_or(scope, name, "ParseExample");
  const hr_operand *defaults = hr_dense_defaults(s, raw, HR_DEFAULT_RESHAPED);
  if (!defaults) return false;
  const char *const *dense_keys = hr_dense_keys(s, raw);
  if (!hr_operand_is_given(names)) names = hr_operand_items(0, NULL);
  const hr_operand operands[] = {serialized, names, hr_keys_operand(s, raw->num_sparse, raw->sparse_keys),
                                 hr_keys_operand(s, raw->num_dense, dense_keys),
                                 hr_operand_items(raw->num_dense, defaults)};
  const hr_named_attr attrs[] = {{"sparse_types", hr_types_attr(raw->num_sparse, raw->sparse_types)},
                                 {"dense_shapes", hr_shapes_attr(raw->num_dense, raw->dense_shapes)}};
  hr_node *node = hr_call_op(s, "ParseExample", name, 5, operands, 2, attrs);
  return hr_raw_outputs_of(s, node, 0, raw, out);
}

hr_any_tensors hr_tf_parse_example_with(hr_scope scope, hr_operand serialized, hr_feature_specs features,
                                        const hr_tf_parse_example_options *options) {
  hr_tf_parse_example_options o = options ? *options : (hr_tf_parse_example_options){0};
  hr_raw_features raw;
  hr_raw_outputs outputs;
  if (features.count < 1) return hr_refuse(scope, "Missing: features was empty."), no_features;
  if (!hr_raw_features_of(scope, features, true, &raw) ||
      !parse_batch(scope, o.name, serialized, o.example_names, &raw, &outputs))
    return no_features;
  return hr_any_tensors_of(scope, features, &raw, &outputs);
}

/* ---- one message ------------------------------------------------------------------------------------------------- */

/* x, read only once it is known to be a scalar; with a dimension in front. */
static hr_output checked_scalar(hr_scope s, hr_operand operand, const char *what, const char *assertion,
                                const char *dependencies) {
  char message[64];
  snprintf(message, sizeof message, "Input %s must be a scalar", what);
  hr_output x = hr_convert(s, operand, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  if (rank > 0) return hr_refuse(s, "%s", message);
  if (rank < 0) {
    hr_output is_scalar = hr_call_one(s, "Equal", NULL, HR_OPERANDS(hr_rank(s, x), 0), HR_NO_ATTRS);
    hr_node *check = hr_tf_assert(s, is_scalar, HR_OPERANDS((const char *)message), .name = assertion);
    x = hr_after(s, 1, &check, x, dependencies);
  }
  return hr_tf_expand_dims(s, x, 0);
}

static hr_any_tensors parse_through_batch(hr_scope scope, hr_operand serialized, hr_feature_specs features,
                                          const hr_tf_parse_example_options *o, const hr_raw_features *raw) {
  hr_scope s = hr_name_scope_or(scope, o->name, "ParseSingleExample");
  hr_output message = checked_scalar(s, serialized, "serialized", "SerializedIsScalar", "SerializedDependencies");
  hr_output names = checked_scalar(s, o->example_names, "names", "NamesIsScalar", "NamesDependencies");
  hr_raw_outputs outputs;
  if (!hr_scope_ok(s) || !parse_batch(s, o->name, hr_operand_output(message), hr_operand_output(names), raw, &outputs))
    return no_features;
  for (int32_t i = 0; i < raw->num_dense; ++i)
    outputs.dense[i] =
        hr_tf_squeeze(s, outputs.dense[i], .axis = HR_AXES(0), .name = hr_key_name(s, "Squeeze_", raw->dense[i]->key));
  for (int32_t i = 0; i < raw->num_sparse; ++i) {
    hr_sparse_tensor *x = &outputs.sparse[i];
    const char *key = raw->sparse_keys[i];
    hr_operand begin = hr_operand_ints(HR_INTS(0, 1)), all = hr_operand_ints(HR_INTS(-1, -1));
    hr_output indices = hr_call_one(s, "Slice", hr_key_name(s, "Slice_Indices_", key),
                                    HR_OPERANDS(x->indices, begin, all), HR_NO_ATTRS);
    begin = hr_operand_ints(HR_INTS(1)), all = hr_operand_ints(HR_INTS(-1));
    hr_output shape = hr_call_one(s, "Slice", hr_key_name(s, "Squeeze_Shape_", key),
                                  HR_OPERANDS(x->dense_shape, begin, all), HR_NO_ATTRS);
    *x = hr_make_sparse_tensor(s, indices, x->values, shape);
  }
  return hr_any_tensors_of(scope, features, raw, &outputs);
}

hr_any_tensors hr_tf_parse_single_example_with(hr_scope scope, hr_operand serialized, hr_feature_specs features,
                                               const hr_tf_parse_example_options *options) {
  hr_tf_parse_example_options o = options ? *options : (hr_tf_parse_example_options){0};
  hr_raw_features raw;
  hr_raw_outputs outputs;
  if (features.count < 1) return hr_refuse(scope, "Missing features."), no_features;
  if (!hr_raw_features_of(scope, features, true, &raw)) return no_features;
  if (hr_operand_is_given(o.example_names)) return parse_through_batch(scope, serialized, features, &o, &raw);
  hr_scope s = hr_name_scope_or(scope, o.name, "ParseSingleExample");
  hr_output message = hr_convert(s, serialized, HR_INVALID, "serialized");
  const hr_operand *defaults = hr_dense_defaults(s, &raw, HR_DEFAULT_RESHAPED);
  if (!defaults) return no_features;
  const hr_operand operands[] = {hr_operand_output(message), hr_operand_items(raw.num_dense, defaults)};
  const hr_named_attr attrs[] = {
      {"num_sparse", HR_ATTR_INT_VALUE(raw.num_sparse)},
      {"sparse_keys", hr_keys_attr(s, raw.num_sparse, raw.sparse_keys)},
      {"dense_keys", hr_keys_attr(s, raw.num_dense, hr_dense_keys(s, &raw))},
      {"sparse_types", hr_types_attr(raw.num_sparse, raw.sparse_types)},
      {"dense_shapes", hr_shapes_attr(raw.num_dense, raw.dense_shapes)},
  };
  hr_node *node = hr_call_op(s, "ParseSingleExample", o.name, 2, operands, 5, attrs);
  if (!hr_raw_outputs_of(s, node, 0, &raw, &outputs)) return no_features;
  return hr_any_tensors_of(scope, features, &raw, &outputs);
}

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

hr_outputs hr_tf_decode_csv_with(hr_scope scope, hr_operand records, hr_operands record_defaults,
                                 const hr_tf_decode_csv_options *options) {
  const hr_outputs none = {0};
  hr_tf_decode_csv_options o =
      options ? *options : (hr_tf_decode_csv_options){.field_delim = ",", .use_quote_delim = true};
  for (int32_t i = 0; i + 1 < o.select_cols.count; ++i)
    if (o.select_cols.items[i] >= o.select_cols.items[i + 1])
      return hr_refuse(scope, "select_cols is not strictly increasing."), none;
  if (o.select_cols.count && o.select_cols.items[0] < 0)
    return hr_refuse(scope, "select_cols contains negative values."), none;
  if (o.select_cols.count && o.select_cols.count != record_defaults.count)
    return hr_refuse(scope, "Length of select_cols and record_defaults do not match."), none;
  const hr_operand operands[] = {records, hr_operand_list(record_defaults)};
  const hr_named_attr attrs[] = {
      {"field_delim", HR_ATTR_STRING_VALUE(o.field_delim ? o.field_delim : ",")},
      {"use_quote_delim", HR_ATTR_BOOL_VALUE(o.use_quote_delim)},
      {"na_value", HR_ATTR_STRING_VALUE(o.na_value ? o.na_value : "")},
      {"select_cols",
       {.kind = HR_ATTR_INT, .is_list = true, .count = o.select_cols.count, .ints = o.select_cols.items}},
  };
  hr_node *node = hr_call_op(scope, "DecodeCSV", o.name, 2, operands, 4, attrs);
  hr_output *outputs = node ? hr_keep_bytes(scope, sizeof *outputs * (size_t)record_defaults.count) : NULL;
  for (int32_t i = 0; outputs && i < record_defaults.count; ++i)
    outputs[i] = (hr_output){node, i};
  return outputs ? (hr_outputs){record_defaults.count, outputs} : none;
}
