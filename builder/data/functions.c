/* Datasets with functions. */
#include "builder/control_flow/results.h"
#include "builder/data/data.h"

const hr_defined *hr_dataset_function(hr_scope scope, hr_output dataset, const char *name, hr_function_body body,
                                      void *argument) {
  hr_types types = hr_dataset_types(scope, dataset);
  hr_shapes shapes = hr_dataset_shapes(scope, dataset);
  const hr_defined *function = hr_trace_function(scope, name, types, shapes, body, argument);
  if (!function) return NULL;
  hr_scope_fail(scope, hr_defined_add(hr_scope_graph(scope), function));
  return hr_scope_ok(scope) ? function : NULL;
}

static hr_element results_of(hr_scope scope, const hr_defined *function) {
  return hr_element_of_outputs(scope, hr_traced_results(function));
}

/* ---- map --------------------------------------------------------------------------------------------------------- */

bool hr_is_function(hr_scope scope, const hr_defined *function) {
  if (!function) hr_refuse_type(scope, "A function is needed, and this is none");
  return hr_scope_ok(scope) && function;
}

hr_output hr_dataset_map_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                              const hr_dataset_map_options *options) {
  static const hr_dataset_map_options defaults;
  const hr_dataset_map_options *o = options ? options : &defaults;
  if (!hr_is_function(scope, function)) return HR_NO_OUTPUT;
  hr_attrs attrs = HR_ATTRS(hr_function_named(scope, "f", function),
                            {"preserve_cardinality", HR_ATTR_BOOL_VALUE(o->preserve_cardinality)},
                            {"use_inter_op_parallelism", HR_ATTR_BOOL_VALUE(!o->alone)});
  hr_element e = results_of(scope, function);
  hr_operand captured = hr_captured_operand(function);
  if (!hr_operand_is_given(o->num_parallel_calls))
    return HR_DATASET_NODE(scope, "MapDataset", e, attrs, hr_operand_output(dataset), captured);
  hr_operand calls = hr_data_number(scope, o->num_parallel_calls, HR_NO_OPERAND, HR_INT32, "num_parallel_calls");
  return HR_DATASET_NODE(scope, "ParallelMapDataset", e, attrs, hr_operand_output(dataset), captured, calls);
}

hr_output hr_dataset_map_and_batch_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                        hr_operand batch_size, const hr_dataset_map_and_batch_options *options) {
  static const hr_dataset_map_and_batch_options defaults;
  const hr_dataset_map_and_batch_options *o = options ? options : &defaults;
  if (!hr_is_function(scope, function)) return HR_NO_OUTPUT;
  hr_operand size = hr_data_int(scope, batch_size, 1, "batch_size");
  hr_operand calls = hr_data_int(scope, o->num_parallel_calls, 1, "num_parallel_calls");
  hr_operand drops = hr_data_number(scope, o->drop_remainder, hr_operand_bool(false), HR_BOOL, "drop_remainder");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_element e = results_of(scope, function);
  int64_t known = hr_known_flag(drops) == 1 ? hr_known_size(size) : HR_UNKNOWN_DIM;
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t i = 0; shapes && i < e.count; ++i) {
    shapes[i] = e.shapes[i];
    if (shapes[i].rank < 0) continue;
    if (shapes[i].rank == HR_MAX_RANK) return hr_refuse(scope, "A batch of tensors of %d dimensions", HR_MAX_RANK);
    memmove(shapes[i].dims + 1, shapes[i].dims, sizeof *shapes[i].dims * (size_t)shapes[i].rank++);
    shapes[i].dims[0] = known;
  }
  e.shapes = shapes;
  hr_attrs attrs = HR_ATTRS(hr_function_named(scope, "f", function),
                            {"preserve_cardinality", HR_ATTR_BOOL_VALUE(o->preserve_cardinality)});
  return HR_DATASET_NODE(scope, "MapAndBatchDataset", e, attrs, hr_operand_output(dataset),
                         hr_captured_operand(function), size, calls, drops);
}

static void return_all(void *unused, hr_scope scope, hr_outputs element, hr_results *results) {
  (void)unused, (void)scope;
  for (int32_t i = 0; i < element.count; ++i)
    hr_return(results, element.items[i]);
}

hr_output hr_dataset_unbatch(hr_scope scope, hr_output dataset) {
  const hr_defined *normalize = hr_dataset_function(scope, dataset, "Dataset_map_normalize", return_all, NULL);
  return normalize ? hr_dataset_rows(scope, hr_dataset_map(scope, dataset, normalize)) : HR_NO_OUTPUT;
}

/* ---- predicates -------------------------------------------------------------------------------------------------- */

static hr_output filtered(hr_scope scope, const char *op, hr_output dataset, const hr_defined *predicate) {
  hr_element e;
  if (!hr_is_function(scope, predicate) || !hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_outputs results = hr_traced_results(predicate);
  if (results.count != 1 || hr_output_base_dtype(results.items[0]) != HR_BOOL || hr_output_rank(results.items[0]) > 0)
    return hr_refuse(scope, "`predicate` return type must be convertible to a scalar boolean tensor.");
  return HR_DATASET_NODE(scope, op, e, HR_ATTRS(hr_function_named(scope, "predicate", predicate)),
                         hr_operand_output(dataset), hr_captured_operand(predicate));
}

hr_output hr_dataset_filter(hr_scope scope, hr_output dataset, const hr_defined *predicate) {
  return filtered(scope, "FilterDataset", dataset, predicate);
}

hr_output hr_dataset_take_while(hr_scope scope, hr_output dataset, const hr_defined *predicate) {
  return filtered(scope, "TakeWhileDataset", dataset, predicate);
}

/* ---- functions that make datasets -------------------------------------------------------------------------------- */

bool hr_made_element(hr_scope scope, const hr_defined *function, hr_element *out) {
  if (!hr_is_function(scope, function)) return false;
  hr_outputs results = hr_traced_results(function);
  if (results.count == 1 && hr_output_base_dtype(results.items[0]) == HR_VARIANT)
    return hr_element_of(scope, results.items[0], out);
  hr_refuse_type(scope, "`map_func` must return a `Dataset` object.");
  return false;
}

hr_output hr_dataset_flat_map(hr_scope scope, hr_output dataset, const hr_defined *function) {
  hr_element e;
  if (!hr_made_element(scope, function, &e)) return HR_NO_OUTPUT;
  return HR_DATASET_NODE(scope, "FlatMapDataset", e, HR_ATTRS(hr_function_named(scope, "f", function)),
                         hr_operand_output(dataset), hr_captured_operand(function));
}

hr_output hr_dataset_interleave_with(hr_scope scope, hr_output dataset, const hr_defined *function,
                                     hr_operand cycle_length, hr_operand block_length,
                                     const hr_dataset_interleave_options *options) {
  hr_element e;
  if (!hr_made_element(scope, function, &e)) return HR_NO_OUTPUT;
  hr_operand cycle = hr_data_int(scope, cycle_length, 1, "cycle_length");
  hr_operand block = hr_data_int(scope, block_length, 1, "block_length");
  hr_attrs attrs = HR_ATTRS(hr_function_named(scope, "f", function));
  hr_operand captured = hr_captured_operand(function);
  if (!options || !hr_operand_is_given(options->num_parallel_calls))
    return HR_DATASET_NODE(scope, "InterleaveDataset", e, attrs, hr_operand_output(dataset), captured, cycle, block);
  hr_operand calls = hr_data_int(scope, options->num_parallel_calls, 1, "num_parallel_calls");
  return HR_DATASET_NODE(scope, "ParallelInterleaveDatasetV2", e, attrs, hr_operand_output(dataset), captured, cycle,
                         block, calls);
}

/* ---- others ------------------------------------------------------------------------------------------------------ */

hr_output hr_dataset_generator(hr_scope scope, hr_outputs arguments, const hr_defined *init, const hr_defined *next,
                               const hr_defined *finalize) {
  if (!hr_scope_ok(scope) || !init || !next || !finalize) return HR_NO_OUTPUT;
  hr_outputs first = hr_join_outputs(scope, arguments, hr_defined_captured(init));
  hr_attrs attrs = HR_ATTRS(hr_function_named(scope, "init_func", init), hr_function_named(scope, "next_func", next),
                            hr_function_named(scope, "finalize_func", finalize));
  return HR_DATASET_NODE(scope, "GeneratorDataset", results_of(scope, next), attrs, hr_operand_outputs(first),
                         hr_captured_operand(next), hr_captured_operand(finalize));
}

static hr_outputs outputs_of(hr_scope scope, hr_node *node) {
  hr_output *items = node ? hr_keep_bytes(scope, sizeof *items * ((size_t)node->num_outputs + 1)) : NULL;
  if (!items) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < node->num_outputs; ++i)
    items[i] = (hr_output){node, i};
  return (hr_outputs){node->num_outputs, items};
}

hr_outputs hr_dataset_reduce(hr_scope scope, hr_output dataset, hr_outputs initial, const hr_defined *function) {
  if (!hr_is_function(scope, function)) return (hr_outputs){0, NULL};
  hr_element e = hr_element_of_outputs(scope, initial), given = results_of(scope, function);
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  for (int32_t i = 0; shapes && i < e.count; ++i)
    shapes[i] = i < given.count ? hr_common_shape(&e.shapes[i], &given.shapes[i]) : e.shapes[i];
  e.shapes = shapes;
  hr_operand operands[] = {hr_operand_output(dataset), hr_operand_outputs(initial), hr_captured_operand(function)};
  hr_named_attr attrs[] = {hr_function_named(scope, "f", function),
                           {"output_types", hr_element_types_attr(e)},
                           {"output_shapes", hr_element_shapes_attr(e)}};
  return hr_scope_ok(scope) ? outputs_of(scope, hr_call_op(scope, "ReduceDataset", NULL, 3, operands, 3, attrs))
                            : (hr_outputs){0, NULL};
}

hr_outputs hr_dataset_single_element(hr_scope scope, hr_output dataset) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return (hr_outputs){0, NULL};
  hr_operand operand = hr_operand_output(dataset);
  hr_named_attr attrs[] = {{"output_types", hr_element_types_attr(e)}, {"output_shapes", hr_element_shapes_attr(e)}};
  return outputs_of(scope, hr_call_op(scope, "DatasetToSingleElement", NULL, 1, &operand, 2, attrs));
}
