/* Datasets of examples and of tables, what writes datasets, and statistics. */
#include "builder/control_flow/results.h"
#include "builder/data/data.h"
#include "builder/input/feature_specs.h"
#include "headrace/ops.h"

/* ---- CSV --------------------------------------------------------------------------------------------------------- */

#define CSV_BUFFER_BYTES (4 * 1024 * 1024)

/* Values without elements, which only say which dtype a column has, come first. */
static hr_outputs record_defaults_of(hr_scope scope, hr_operands values) {
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)values.count + 1));
  for (int32_t i = 0; i < 2 * values.count && hr_scope_ok(scope); ++i) {
    int32_t column = i % values.count;
    hr_operand value = hr_operands_at(values, column);
    bool is_empty = value.kind == HR_OPERAND_TENSOR && value.tensor->elements == 0;
    if (is_empty != (i < values.count)) continue;
    const char *name = is_empty ? "Const" : hr_keep_printf(scope, "record_defaults_%d", (int)column);
    items[column] = hr_convert(scope, value, HR_INVALID, name);
  }
  return (hr_outputs){hr_scope_ok(scope) ? values.count : 0, items};
}

hr_output hr_dataset_csv_with(hr_scope scope, hr_operand filenames, hr_operands record_defaults,
                              const hr_dataset_csv_options *options) {
  hr_dataset_csv_options o = options ? *options : (hr_dataset_csv_options){0};
  hr_operand names = hr_operand_output(hr_convert(scope, filenames, HR_STRING, "filenames"));
  hr_operand compression =
      hr_data_number(scope, o.compression_type, hr_operand_string(""), HR_STRING, "compression_type");
  hr_outputs defaults = record_defaults_of(scope, record_defaults);
  hr_operand buffer = hr_data_int(scope, o.buffer_size, CSV_BUFFER_BYTES, "buffer_size");
  hr_operand header = hr_data_number(scope, o.header, hr_operand_bool(false), HR_BOOL, "header");
  hr_operand delimiter = hr_data_number(scope, o.field_delim, hr_operand_string(","), HR_STRING, "field_delim");
  hr_operand quotes = hr_data_number(scope, o.use_quote_delim, hr_operand_bool(true), HR_BOOL, "use_quote_delim");
  hr_operand missing = hr_data_number(scope, o.na_value, hr_operand_string(""), HR_STRING, "na_value");
  hr_operand selected =
      hr_data_number(scope, o.select_cols, hr_operand_ints((hr_ints){0, NULL}), HR_INT64, "select_cols");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_element e = hr_element_of_outputs(scope, defaults);
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t i = 0; shapes && i < e.count; ++i)
    shapes[i] = (hr_partial_shape){0};
  e.shapes = shapes;
  return HR_DATASET_NODE(scope, "CSVDataset", e, HR_NO_ATTRS, names, compression, buffer, header, delimiter, quotes,
                         missing, selected, hr_operand_outputs(defaults));
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

hr_output hr_dataset_group_by_reducer(hr_scope scope, hr_output dataset, const hr_defined *key, const hr_defined *init,
                                      const hr_defined *reduce, const hr_defined *finalize) {
  if (!hr_scope_ok(scope) || !key || !init || !reduce || !finalize) return HR_NO_OUTPUT;
  hr_element e = hr_element_of_outputs(scope, hr_traced_results(finalize));
  hr_attrs attrs =
      HR_ATTRS(hr_function_named(scope, "key_func", key), hr_function_named(scope, "init_func", init),
               hr_function_named(scope, "reduce_func", reduce), hr_function_named(scope, "finalize_func", finalize));
  return HR_DATASET_NODE(scope, "ExperimentalGroupByReducerDataset", e, attrs, hr_operand_output(dataset),
                         hr_captured_operand(key), hr_captured_operand(init), hr_captured_operand(reduce),
                         hr_captured_operand(finalize));
}

static hr_element of_variant(void) {
  static const int32_t types[] = {HR_VARIANT};
  static const hr_partial_shape shapes[] = {{.rank = -1}};
  return (hr_element){1, types, shapes};
}

hr_output hr_dataset_sparse_batch(hr_scope scope, hr_output dataset, hr_operand batch_size, hr_operand row_shape) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  if (e.count != 1)
    return hr_refuse_type(scope, "Elements of one component become a sparse tensor, not of %d", (int)e.count);
  hr_operand shape = hr_operand_output(hr_convert(scope, row_shape, HR_INT64, "Const"));
  return HR_DATASET_NODE(scope, "DenseToSparseBatchDataset", of_variant(), HR_NO_ATTRS, hr_operand_output(dataset),
                         batch_size, shape);
}

/* ---- examples ---------------------------------------------------------------------------------------------------- */

/* The keys of raw features in the order of their texts: index i < num_sparse is a sparse one, others dense. */
typedef struct key_order {
  const hr_raw_features *raw;
  int32_t count, *items;
} key_order;

static const char *key_at(const hr_raw_features *raw, int32_t i) {
  return i < raw->num_sparse ? raw->sparse_keys[i] : raw->dense[i - raw->num_sparse]->key;
}

static key_order order_of(hr_scope scope, const hr_raw_features *raw) {
  key_order order = {raw, raw->num_sparse + raw->num_dense, NULL};
  order.items = hr_keep_bytes(scope, sizeof *order.items * ((size_t)order.count + 1));
  for (int32_t i = 0; order.items && i < order.count; ++i) {
    int32_t at = i;
    for (; at > 0 && strcmp(key_at(raw, order.items[at - 1]), key_at(raw, i)) > 0; --at)
      order.items[at] = order.items[at - 1];
    order.items[at] = i;
  }
  return order;
}

static hr_element parsed_element(hr_scope scope, const key_order *order, int64_t batch) {
  const hr_raw_features *raw = order->raw;
  int32_t *types = hr_keep_bytes(scope, sizeof *types * ((size_t)order->count + 1));
  hr_partial_shape *shapes = hr_new_shapes(scope, order->count);
  for (int32_t i = 0; types && shapes && i < order->count; ++i) {
    int32_t dense = order->items[i] - raw->num_sparse;
    types[i] = dense < 0 ? HR_VARIANT : raw->dense_types[dense];
    shapes[i] = HR_SHAPE_UNKNOWN;
    if (dense < 0) continue;
    const hr_partial_shape *shape = &raw->dense_shapes[dense];
    if (shape->rank >= HR_MAX_RANK) {
      hr_refuse(scope, "A batch of features of %d dimensions", (int)shape->rank);
      break;
    }
    shapes[i] = (hr_partial_shape){.rank = shape->rank + 1, .dims = {batch}};
    memcpy(shapes[i].dims + 1, shape->dims, sizeof *shape->dims * (size_t)shape->rank);
  }
  return (hr_element){types && shapes ? order->count : 0, types, shapes};
}

/* What follows where features have several keys: they are merged, element by element. */
typedef struct merging {
  hr_feature_specs features;
  const key_order *order;
} merging;

static void merge_features(void *argument, hr_scope s, hr_outputs element, hr_results *results) {
  const merging *m = argument;
  const hr_raw_features *raw = m->order->raw;
  hr_raw_outputs outputs = {hr_keep_bytes(s, sizeof *outputs.sparse * ((size_t)raw->num_sparse + 1)),
                            hr_keep_bytes(s, sizeof *outputs.dense * ((size_t)raw->num_dense + 1))};
  if (!outputs.sparse || !outputs.dense) return;
  for (int32_t i = 0; i < element.count; ++i) {
    int32_t which = m->order->items[i];
    if (which >= raw->num_sparse) {
      outputs.dense[which - raw->num_sparse] = element.items[i];
      continue;
    }
    hr_deserialize_sparse_outputs x = hr_deserialize_sparse(s, element.items[i], (hr_dtype)raw->sparse_types[which]);
    outputs.sparse[which] = (hr_sparse_tensor){x.sparse_indices, x.sparse_values, x.sparse_shape};
    const hr_partial_shape indices = {.rank = 2, .dims = {HR_UNKNOWN_DIM, 2}}, sizes = {.rank = 1, .dims = {2}};
    if (!hr_scope_ok(s)) return;
    hr_scope_fail(s, hr_output_set_shape(x.sparse_indices, &indices));
    hr_scope_fail(s, hr_output_set_shape(x.sparse_shape, &sizes));
  }
  hr_any_tensors merged = hr_any_tensors_of(s, m->features, raw, &outputs);
  for (int32_t i = 0; i < merged.count; ++i) {
    const hr_any_tensor *x = &merged.items[i];
    hr_return(results, x->value.node ? x->value
                                     : hr_serialize_sparse(s, x->sparse.indices, x->sparse.values,
                                                           x->sparse.dense_shape, .out_type = HR_VARIANT));
  }
}

static bool is_merged(hr_feature_specs features) {
  for (int32_t i = 0; i < features.count; ++i)
    if (features.items[i].kind == HR_FEATURE_SPARSE) return true;
  return false;
}

hr_output hr_dataset_parse_examples_with(hr_scope scope, hr_output dataset, hr_feature_specs features,
                                         const hr_dataset_parse_examples_options *options) {
  hr_dataset_parse_examples_options o = options ? *options : (hr_dataset_parse_examples_options){0};
  hr_element e;
  hr_raw_features raw;
  if (features.count < 1) return hr_refuse(scope, "Missing: features was empty.");
  if (!hr_element_of(scope, dataset, &e) || !hr_raw_features_of(scope, features, true, &raw)) return HR_NO_OUTPUT;
  if (e.count != 1 || e.types[0] != HR_STRING || (e.shapes[0].rank >= 0 && e.shapes[0].rank != 1))
    return hr_refuse_type(scope, "Input dataset should be a dataset of vectors of strings");
  const hr_operand *defaults = hr_dense_defaults(scope, &raw, HR_DEFAULT_RESHAPED);
  if (!defaults) return HR_NO_OUTPUT;
  hr_output *converted = hr_keep_bytes(scope, sizeof *converted * ((size_t)raw.num_dense + 1));
  for (int32_t i = 0; converted && i < raw.num_dense; ++i)
    converted[i] = hr_convert(scope, defaults[i], (hr_dtype)raw.dense_types[i], "Const");
  key_order order = order_of(scope, &raw);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_operand calls = hr_operand_is_given(o.num_parallel_calls) ? o.num_parallel_calls : hr_operand_int(1);
  hr_attrs attrs = HR_ATTRS({"sparse_keys", hr_keys_attr(scope, raw.num_sparse, raw.sparse_keys)},
                            {"dense_keys", hr_keys_attr(scope, raw.num_dense, hr_dense_keys(scope, &raw))},
                            {"sparse_types", hr_types_attr(raw.num_sparse, raw.sparse_types)},
                            {"dense_shapes", hr_shapes_attr(raw.num_dense, raw.dense_shapes)});
  hr_element made = parsed_element(scope, &order, e.shapes[0].rank == 1 ? e.shapes[0].dims[0] : HR_UNKNOWN_DIM);
  hr_output parsed = HR_DATASET_NODE(scope, "ParseExampleDataset", made, attrs, hr_operand_output(dataset), calls,
                                     hr_operand_outputs((hr_outputs){raw.num_dense, converted}));
  if (!hr_scope_ok(scope) || !is_merged(features)) return parsed;
  merging m = {features, &order};
  const hr_defined *merge = hr_dataset_function(scope, parsed, "Dataset_map_<lambda>", merge_features, &m);
  return merge ? hr_dataset_map(scope, parsed, merge, .num_parallel_calls = calls, .preserve_cardinality = true)
               : HR_NO_OUTPUT;
}

/* ---- what is written --------------------------------------------------------------------------------------------- */

hr_node *hr_dataset_write_records_with(hr_scope scope, hr_output dataset, hr_operand filename,
                                       const hr_dataset_write_records_options *options) {
  hr_element e;
  hr_operand path = hr_operand_output(hr_convert(scope, filename, HR_STRING, "filename"));
  hr_operand compression = hr_data_number(scope, options ? options->compression_type : HR_NO_OPERAND,
                                          hr_operand_string(""), HR_STRING, "compression_type");
  if (!hr_element_of(scope, dataset, &e)) return NULL;
  if (e.count != 1 || e.types[0] != HR_STRING || e.shapes[0].rank > 0) {
    hr_refuse_type(scope, "`dataset` must produce scalar strings, not elements of %d components, the first of %s",
                   (int)e.count, e.count ? hr_dtype_name((hr_dtype)e.types[0]) : "nothing");
    return NULL;
  }
  const hr_operand operands[] = {hr_operand_output(dataset), path, compression};
  return hr_call_op(scope, "DatasetToTFRecord", NULL, 3, operands, 0, NULL);
}

/* ---- statistics -------------------------------------------------------------------------------------------------- */

static hr_output measured(hr_scope scope, const char *op, hr_output dataset, hr_operand tag) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand name = hr_operand_output(hr_convert(scope, tag, HR_STRING, "Const"));
  return HR_DATASET_NODE(scope, op, e, HR_NO_ATTRS, hr_operand_output(dataset), name);
}

hr_output hr_dataset_bytes_produced_stats(hr_scope scope, hr_output dataset, hr_operand tag) {
  return measured(scope, "BytesProducedStatsDataset", dataset, tag);
}

hr_output hr_dataset_latency_stats(hr_scope scope, hr_output dataset, hr_operand tag) {
  return measured(scope, "LatencyStatsDataset", dataset, tag);
}
