/* Datasets over datasets. */
#include "builder/data/data.h"
#include "builder/python_text.h"
#include "headrace/math.h"
#include "headrace/ops.h"

/* ---- together ---------------------------------------------------------------------------------------------------- */

hr_output hr_dataset_zip(hr_scope scope, hr_outputs datasets) {
  int32_t count = 0;
  hr_element e;
  for (int32_t i = 0; i < datasets.count; ++i) {
    if (!hr_element_of(scope, datasets.items[i], &e)) return HR_NO_OUTPUT;
    count += e.count;
  }
  int32_t *types = hr_keep_bytes(scope, sizeof *types * ((size_t)count + 1)), at = 0;
  hr_partial_shape *shapes = hr_new_shapes(scope, count);
  for (int32_t i = 0; i < datasets.count && hr_scope_ok(scope); ++i) {
    if (!hr_element_of(scope, datasets.items[i], &e)) return HR_NO_OUTPUT;
    memcpy(types + at, e.types, sizeof *types * (size_t)e.count);
    memcpy(shapes + at, e.shapes, sizeof *shapes * (size_t)e.count);
    at += e.count;
  }
  return HR_DATASET_NODE(scope, "ZipDataset", ((hr_element){count, types, shapes}), HR_NO_ATTRS,
                         hr_operand_outputs(datasets));
}

hr_partial_shape hr_common_shape(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (a->rank < 0 || a->rank != b->rank) return HR_SHAPE_UNKNOWN;
  hr_partial_shape shape = *a;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] != b->dims[i]) shape.dims[i] = HR_UNKNOWN_DIM;
  return shape;
}

hr_output hr_dataset_concatenate(hr_scope scope, hr_output dataset, hr_output other) {
  hr_element a, b;
  if (!hr_element_of(scope, dataset, &a) || !hr_element_of(scope, other, &b)) return HR_NO_OUTPUT;
  bool same = a.count == b.count;
  for (int32_t i = 0; same && i < a.count; ++i)
    same = a.types[i] == b.types[i];
  if (!same) return hr_refuse_type(scope, "Two datasets to concatenate have different types");
  hr_partial_shape *shapes = hr_new_shapes(scope, a.count);
  for (int32_t i = 0; shapes && i < a.count; ++i)
    shapes[i] = hr_common_shape(&a.shapes[i], &b.shapes[i]);
  a.shapes = shapes;
  return HR_DATASET_NODE(scope, "ConcatenateDataset", a, HR_NO_ATTRS, hr_operand_output(dataset),
                         hr_operand_output(other));
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

static hr_output counted(hr_scope scope, const char *op, hr_output dataset, hr_operand count) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand number = hr_data_int(scope, count, -1, "count");
  return HR_DATASET_NODE(scope, op, e, HR_NO_ATTRS, hr_operand_output(dataset), number);
}

hr_output hr_dataset_repeat(hr_scope scope, hr_output dataset, hr_operand count) {
  return counted(scope, "RepeatDataset", dataset, count);
}
hr_output hr_dataset_take(hr_scope scope, hr_output dataset, hr_operand count) {
  return counted(scope, "TakeDataset", dataset, count);
}
hr_output hr_dataset_skip(hr_scope scope, hr_output dataset, hr_operand count) {
  return counted(scope, "SkipDataset", dataset, count);
}

hr_output hr_dataset_shard(hr_scope scope, hr_output dataset, hr_operand num_shards, hr_operand index) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand shards = hr_data_int(scope, num_shards, 1, "num_shards"), at = hr_data_int(scope, index, 0, "index");
  return HR_DATASET_NODE(scope, "ShardDataset", e, HR_NO_ATTRS, hr_operand_output(dataset), shards, at);
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

/* Two zeros would stand for seeds from the system: then the second one is another number. */
static hr_output second_seed(hr_scope scope, hr_output seed, hr_operand value) {
  hr_scope s = hr_name_scope(scope, "seed2");
  hr_output seed2 = hr_convert(s, value, HR_INT64, NULL);
  hr_output first = hr_binary(s, "Equal", seed, 0);
  hr_output second = hr_binary(s, "Equal", seed2, 0);
  hr_output zeros = hr_logical_and(s, first, second);
  hr_output other = hr_convert(s, hr_operand_int(INT32_MAX), HR_INT64, NULL);
  hr_output chosen = hr_call_one(s, "Select", hr_scope_name(s), HR_OPERANDS(zeros, other, seed2), HR_NO_ATTRS);
  hr_scope_close(s);
  return chosen;
}

void hr_data_seeds(hr_scope scope, hr_operand given, hr_output *seed, hr_output *seed2) {
  int64_t graph_seed, first, second;
  bool has_seed = hr_graph_seed(hr_scope_graph(scope), &graph_seed), is_number = given.kind == HR_OPERAND_INT;
  if (!has_seed && !hr_operand_is_given(given)) {
    *seed = hr_convert(scope, hr_operand_int(0), HR_INT64, "seed");
    *seed2 = hr_convert(scope, hr_operand_int(0), HR_INT64, "seed2");
    return;
  }
  hr_scope_seeds(scope, is_number ? given.i : hr_operand_is_given(given) ? 1 : HR_NO_SEED, &first, &second);
  *seed = hr_convert(scope, hr_operand_int(first), HR_INT64, "seed");
  *seed2 = second_seed(scope, *seed, is_number || !hr_operand_is_given(given) ? hr_operand_int(second) : given);
}

hr_output hr_dataset_shuffle_with(hr_scope scope, hr_output dataset, hr_operand buffer_size,
                                  const hr_dataset_shuffle_options *options) {
  hr_element e;
  hr_output seed, seed2;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand size = hr_data_int(scope, buffer_size, 0, "buffer_size");
  hr_data_seeds(scope, options ? options->seed : HR_NO_OPERAND, &seed, &seed2);
  bool reshuffles = !options || !options->same_each_iteration;
  return HR_DATASET_NODE(scope, "ShuffleDataset", e,
                         HR_ATTRS({"reshuffle_each_iteration", HR_ATTR_BOOL_VALUE(reshuffles)}),
                         hr_operand_output(dataset), size, hr_operand_output(seed), hr_operand_output(seed2));
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

hr_output hr_dataset_cache(hr_scope scope, hr_output dataset, hr_operand filename) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand name = hr_data_number(scope, filename, hr_operand_string(""), HR_STRING, "filename");
  return HR_DATASET_NODE(scope, "CacheDataset", e, HR_NO_ATTRS, hr_operand_output(dataset), name);
}

hr_output hr_dataset_prefetch(hr_scope scope, hr_output dataset, hr_operand buffer_size, int64_t slack_period) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand size = hr_data_int(scope, buffer_size, -1, "buffer_size");
  return HR_DATASET_NODE(scope, "PrefetchDataset", e, HR_ATTRS({"slack_period", HR_ATTR_INT_VALUE(slack_period)}),
                         hr_operand_output(dataset), size);
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

/* A dimension more in front. */
static bool put_in_front(hr_scope scope, int64_t size, const hr_partial_shape *in, hr_partial_shape *out) {
  *out = *in;
  if (in->rank < 0) return true;
  if (in->rank == HR_MAX_RANK) {
    hr_refuse(scope, "A batch of tensors of %d dimensions", (int)in->rank);
    return false;
  }
  out->rank = in->rank + 1;
  out->dims[0] = size;
  memcpy(out->dims + 1, in->dims, sizeof *in->dims * (size_t)in->rank);
  return true;
}

hr_output hr_dataset_batch(hr_scope scope, hr_output dataset, hr_operand batch_size, hr_operand drop_remainder) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand size = hr_data_int(scope, batch_size, 1, "batch_size");
  hr_operand drops = hr_data_number(scope, drop_remainder, hr_operand_bool(false), HR_BOOL, "drop_remainder");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int64_t known = hr_known_flag(drops) == 1 ? hr_known_size(size) : HR_UNKNOWN_DIM;
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t i = 0; shapes && i < e.count; ++i)
    if (!put_in_front(scope, known, &e.shapes[i], &shapes[i])) return HR_NO_OUTPUT;
  e.shapes = shapes;
  return HR_DATASET_NODE(scope, "BatchDatasetV2", e, HR_NO_ATTRS, hr_operand_output(dataset), size, drops);
}

/* A shape as a vector: of a written one -1 where a size is unknown. */
static hr_output shape_vector(hr_scope scope, hr_operand shape) { return hr_convert(scope, shape, HR_INT64, NULL); }

static bool fits(const hr_partial_shape *padded, const hr_partial_shape *input) {
  if (padded->rank < 0 || input->rank < 0) return true;
  if (padded->rank != input->rank) return false;
  for (int i = 0; i < padded->rank; ++i)
    if (padded->dims[i] >= 0 && input->dims[i] >= 0 && padded->dims[i] < input->dims[i]) return false;
  return true;
}

static bool find_padded_shape(hr_scope scope, hr_output vector, const hr_partial_shape *input, hr_partial_shape *out) {
  char padded[HR_SHAPE_TEXT], given[HR_SHAPE_TEXT];
  hr_status status = hr_constant_value_as_shape(vector, out);
  if (status) {
    hr_scope_fail(scope, status);
    return false;
  }
  if (!fits(out, input))
    hr_refuse(scope, "The padded shape %s is not compatible with the corresponding input component shape %s.",
              hr_partial_shape_tuple_text(out, padded), hr_partial_shape_tuple_text(input, given));
  return hr_scope_ok(scope);
}

/* Zero, or "". */
static hr_output padding_value(hr_scope scope, hr_operands values, int32_t i, hr_dtype dtype) {
  hr_operand value = values.count ? hr_operands_at(values, i) : HR_NO_OPERAND;
  if (hr_operand_is_given(value)) {
    hr_output given = hr_convert(scope, value, HR_INVALID, "padding_value");
    if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
    if (hr_output_rank(given) > 0) return hr_refuse(scope, "Padding value should be a scalar, but is not");
    if (hr_output_base_dtype(given) != dtype) {
      const char *text = hr_tensor_python_text(scope, given);
      return hr_refuse_type(scope, "Padding value tensor (%s) does not match output type: <dtype: '%s'>",
                            text ? text : "", hr_dtype_python_name(dtype));
    }
    return given;
  }
  if (dtype == HR_STRING) return hr_convert(scope, hr_operand_string(""), dtype, "padding_value");
  if (!hr_dtype_is_plain(dtype))
    return hr_refuse_type(scope, "Unable to create padding for field of type '%s'", hr_dtype_name(dtype));
  if (dtype == HR_BOOL) return hr_convert(scope, hr_operand_bool(false), dtype, "padding_value");
  return hr_convert(scope, hr_operand_int(0), dtype, "padding_value");
}

hr_output hr_dataset_padded_batch(hr_scope scope, hr_output dataset, hr_operand batch_size, hr_operands padded_shapes,
                                  hr_operands padding_values, hr_operand drop_remainder) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  if (padded_shapes.count != e.count || (padding_values.count != 0 && padding_values.count != e.count))
    return hr_refuse(scope, "The elements have %d components, and there are %d padded shapes and %d padding values",
                     (int)e.count, (int)padded_shapes.count, (int)padding_values.count);
  hr_operand size = hr_data_int(scope, batch_size, 1, "batch_size");
  hr_output *vectors = hr_keep_bytes(scope, sizeof *vectors * ((size_t)e.count + 1));
  hr_output *values = hr_keep_bytes(scope, sizeof *values * ((size_t)e.count + 1));
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t i = 0; i < e.count && hr_scope_ok(scope); ++i) {
    vectors[i] = shape_vector(scope, hr_operands_at(padded_shapes, i));
    if (hr_scope_ok(scope)) find_padded_shape(scope, vectors[i], &e.shapes[i], &shapes[i]);
  }
  for (int32_t i = 0; i < e.count && hr_scope_ok(scope); ++i)
    values[i] = padding_value(scope, padding_values, i, (hr_dtype)e.types[i]);
  hr_operand drops = hr_data_number(scope, drop_remainder, hr_operand_bool(false), HR_BOOL, "drop_remainder");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  for (int32_t i = 0; i < e.count; ++i) {
    hr_partial_shape padded = shapes[i];
    if (!put_in_front(scope, hr_known_flag(drops) == 1 ? hr_known_size(size) : HR_UNKNOWN_DIM, &padded, &shapes[i]))
      return HR_NO_OUTPUT;
  }
  e.shapes = shapes;
  hr_operand operands[] = {hr_operand_output(dataset), size, hr_operand_outputs((hr_outputs){e.count, vectors}),
                           hr_operand_outputs((hr_outputs){e.count, values}), drops};
  hr_named_attr attr = {"output_shapes", hr_element_shapes_attr(e)};
  hr_node *node = hr_call_op(scope, "PaddedBatchDatasetV2", NULL, 5, operands, 1, &attr);
  return node ? (hr_output){node, 0} : HR_NO_OUTPUT;
}

hr_output hr_dataset_window(hr_scope scope, hr_output dataset, hr_operand size, hr_operand shift, hr_operand stride,
                            hr_operand drop_remainder) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand count = hr_data_int(scope, size, 1, "size");
  hr_operand distance = hr_data_int(scope, hr_operand_is_given(shift) ? shift : size, 1, "shift");
  hr_operand step = hr_data_int(scope, stride, 1, "stride");
  hr_operand drops = hr_data_number(scope, drop_remainder, hr_operand_bool(false), HR_BOOL, "drop_remainder");
  int32_t *types = hr_keep_bytes(scope, sizeof *types * ((size_t)e.count + 1));
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t i = 0; types && shapes && i < e.count; ++i)
    types[i] = HR_VARIANT;
  return HR_DATASET_NODE(scope, "WindowDataset", ((hr_element){e.count, types, shapes}), HR_NO_ATTRS,
                         hr_operand_output(dataset), count, distance, step, drops);
}

hr_output hr_dataset_rows(hr_scope scope, hr_output dataset) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  int64_t rows = HR_UNKNOWN_DIM;
  for (int32_t i = 0; shapes && i < e.count; ++i) {
    shapes[i] = e.shapes[i];
    if (e.shapes[i].rank < 0) continue;
    if (e.shapes[i].rank == 0) return hr_refuse(scope, "Cannot unbatch an input with scalar components.");
    int64_t first = e.shapes[i].dims[0];
    if (first >= 0 && rows >= 0 && first != rows)
      return hr_refuse(scope, "Cannot unbatch an input whose components have different batch sizes.");
    if (first >= 0) rows = first;
    --shapes[i].rank;
    memmove(shapes[i].dims, e.shapes[i].dims + 1, sizeof *shapes[i].dims * (size_t)shapes[i].rank);
    shapes[i] = hr_component_shape(e.types[i], shapes[i]);
  }
  e.shapes = shapes;
  return HR_DATASET_NODE(scope, "UnbatchDataset", e, HR_NO_ATTRS, hr_operand_output(dataset));
}
