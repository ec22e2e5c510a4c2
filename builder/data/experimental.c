/* Datasets that TensorFlow calls experimental. */
#include "builder/data/data.h"

hr_output hr_dataset_ignore_errors(hr_scope scope, hr_output dataset) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  return HR_DATASET_NODE(scope, "IgnoreErrorsDataset", e, HR_NO_ATTRS, hr_operand_output(dataset));
}

hr_output hr_dataset_unique(hr_scope scope, hr_output dataset) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  if (e.count != 1 || (e.types[0] != HR_INT32 && e.types[0] != HR_INT64 && e.types[0] != HR_STRING))
    return hr_refuse_type(scope, "`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, "
                                 "`tf.int64`, or `tf.string` component.");
  return HR_DATASET_NODE(scope, "UniqueDataset", e, HR_NO_ATTRS, hr_operand_output(dataset));
}

hr_output hr_dataset_shuffle_and_repeat_with(hr_scope scope, hr_output dataset, hr_operand buffer_size,
                                             hr_operand count, const hr_dataset_seed_options *options) {
  hr_element e;
  hr_output first, second;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_operand size = hr_data_int(scope, buffer_size, 0, "buffer_size");
  hr_operand times = hr_data_int(scope, count, -1, "count");
  hr_data_seeds(scope, options ? options->seed : HR_NO_OPERAND, &first, &second);
  return HR_DATASET_NODE(scope, "ShuffleAndRepeatDataset", e, HR_NO_ATTRS, hr_operand_output(dataset), size,
                         hr_operand_output(first), hr_operand_output(second), times);
}

hr_output hr_dataset_random_with(hr_scope scope, const hr_dataset_seed_options *options) {
  static const int32_t types[] = {HR_INT64};
  static const hr_partial_shape shapes[] = {{0}};
  hr_output first, second;
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_data_seeds(scope, options ? options->seed : HR_NO_OPERAND, &first, &second);
  return HR_DATASET_NODE(scope, "RandomDataset", ((hr_element){1, types, shapes}), HR_NO_ATTRS,
                         hr_operand_output(first), hr_operand_output(second));
}

hr_output hr_dataset_directed_interleave(hr_scope scope, hr_output selector, hr_outputs datasets) {
  hr_element e, other;
  if (datasets.count == 0) return hr_refuse(scope, "There are no datasets to choose from");
  if (!hr_element_of(scope, datasets.items[0], &e)) return HR_NO_OUTPUT;
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t c = 0; shapes && c < e.count; ++c)
    shapes[c] = e.shapes[c];
  for (int32_t i = 1; i < datasets.count && hr_scope_ok(scope); ++i) {
    if (!hr_element_of(scope, datasets.items[i], &other)) return HR_NO_OUTPUT;
    bool same = other.count == e.count;
    for (int32_t c = 0; same && c < e.count; ++c) {
      same = other.types[c] == e.types[c];
      shapes[c] = hr_common_shape(&shapes[c], &other.shapes[c]);
    }
    if (!same) return hr_refuse_type(scope, "All datasets must have the same type and class.");
  }
  e.shapes = shapes;
  return HR_DATASET_NODE(scope, "DirectedInterleaveDataset", e, HR_NO_ATTRS, hr_operand_output(selector),
                         hr_operand_outputs(datasets));
}

hr_output hr_dataset_parallel_interleave_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                              hr_operand cycle_length, hr_operand block_length,
                                              const hr_dataset_parallel_interleave_options *options) {
  static const hr_dataset_parallel_interleave_options defaults;
  const hr_dataset_parallel_interleave_options *o = options ? options : &defaults;
  hr_element e;
  if (!hr_made_element(scope, function, &e)) return HR_NO_OUTPUT;
  hr_operand cycle = hr_data_int(scope, cycle_length, 1, "cycle_length");
  hr_operand block = hr_data_int(scope, block_length, 1, "block_length");
  hr_operand sloppy = hr_data_number(scope, o->sloppy, hr_operand_bool(false), HR_BOOL, "sloppy");
  hr_operand buffer = hr_data_int(scope, o->buffer_output_elements, 2, "buffer_output_elements");
  hr_operand ahead = hr_data_int(scope, o->prefetch_input_elements, 2, "prefetch_input_elements");
  return HR_DATASET_NODE(scope, "ParallelInterleaveDataset", e, HR_ATTRS(hr_function_named(scope, "f", function)),
                         hr_operand_output(dataset), hr_captured_operand(function), cycle, block, sloppy, buffer,
                         ahead);
}

hr_output hr_dataset_scan(hr_scope scope, hr_output dataset, hr_outputs initial, const hr_defined *function) {
  hr_element given;
  if (!hr_is_function(scope, function) || !hr_element_of(scope, dataset, &given)) return HR_NO_OUTPUT;
  hr_outputs results = hr_traced_results(function);
  if (results.count <= initial.count)
    return hr_refuse_type(scope, "The scan function must return a pair comprising the new state and the output value.");
  hr_element e =
      hr_element_of_outputs(scope, (hr_outputs){results.count - initial.count, results.items + initial.count});
  hr_attrs attrs =
      HR_ATTRS(hr_function_named(scope, "f", function), {"preserve_cardinality", HR_ATTR_BOOL_VALUE(true)});
  return HR_DATASET_NODE(scope, "ScanDataset", e, attrs, hr_operand_output(dataset), hr_operand_outputs(initial),
                         hr_captured_operand(function));
}

hr_output hr_dataset_group_by_window(hr_scope scope, hr_output dataset, const hr_defined *key, const hr_defined *reduce,
                                     const hr_defined *window_size) {
  hr_element e;
  if (!key || !window_size || !hr_made_element(scope, reduce, &e)) return HR_NO_OUTPUT;
  hr_attrs attrs = HR_ATTRS(hr_function_named(scope, "key_func", key), hr_function_named(scope, "reduce_func", reduce),
                            hr_function_named(scope, "window_size_func", window_size));
  return HR_DATASET_NODE(scope, "GroupByWindowDataset", e, attrs, hr_operand_output(dataset), hr_captured_operand(key),
                         hr_captured_operand(reduce), hr_captured_operand(window_size));
}
