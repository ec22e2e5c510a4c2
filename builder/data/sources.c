/* Datasets that begin a pipeline. */
#include "builder/data/data.h"
#include "headrace/ops.h"

hr_outputs hr_dataset_components(hr_scope scope, hr_operands values) {
  hr_scope s = hr_name_scope(scope, "normalize_element");
  hr_output *items = hr_keep_bytes(scope, sizeof *items * ((size_t)values.count + 1));
  for (int32_t i = 0; i < values.count && hr_scope_ok(s); ++i)
    items[i] = hr_convert(s, hr_operands_at(values, i), HR_INVALID, hr_keep_printf(s, "component_%d", (int)i));
  bool ok = hr_scope_ok(s);
  hr_scope_close(s);
  return ok ? (hr_outputs){values.count, items} : (hr_outputs){0, NULL};
}

/* A node whose dtypes are its inputs'. */
static hr_output of_components(hr_scope scope, const char *op, hr_outputs components, hr_element element) {
  hr_operand list = hr_operand_outputs(components);
  hr_named_attr shapes = {"output_shapes", hr_element_shapes_attr(element)};
  hr_node *node = hr_scope_ok(scope) ? hr_call_op(scope, op, NULL, 1, &list, 1, &shapes) : NULL;
  return node ? (hr_output){node, 0} : HR_NO_OUTPUT;
}

hr_output hr_dataset_from_tensors(hr_scope scope, hr_outputs components) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  return of_components(scope, "TensorDataset", components, hr_element_of_outputs(scope, components));
}

hr_output hr_dataset_from_tensor_slices(hr_scope scope, hr_outputs components) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_element e = hr_element_of_outputs(scope, components);
  hr_partial_shape *shapes = hr_new_shapes(scope, e.count);
  int64_t rows = HR_UNKNOWN_DIM;
  for (int32_t i = 0; i < e.count && hr_scope_ok(scope); ++i) {
    const hr_partial_shape *whole = hr_output_shape(components.items[i]);
    shapes[i] = *whole;
    if (whole->rank < 0) continue;
    if (whole->rank == 0) return hr_refuse(scope, "Unbatching a tensor is only supported for rank >= 1");
    if (whole->dims[0] >= 0 && rows >= 0 && whole->dims[0] != rows)
      return hr_refuse(scope, "Dimensions %lld and %lld are not compatible", (long long)rows,
                       (long long)whole->dims[0]);
    if (whole->dims[0] >= 0) rows = whole->dims[0];
    --shapes[i].rank;
    memmove(shapes[i].dims, whole->dims + 1, sizeof *whole->dims * (size_t)shapes[i].rank);
    shapes[i] = hr_component_shape(e.types[i], shapes[i]);
  }
  e.shapes = shapes;
  return of_components(scope, "TensorSliceDataset", components, e);
}

hr_output hr_dataset_from_sparse_slices(hr_scope scope, hr_sparse_tensor tensor) {
  return hr_call_one(scope, "SparseTensorSliceDataset", NULL,
                     HR_OPERANDS(tensor.indices, tensor.values, tensor.dense_shape), HR_NO_ATTRS);
}

hr_output hr_dataset_range_with(hr_scope scope, hr_operand start, hr_operand stop, hr_operand step,
                                const hr_op_options *options) {
  (void)options;
  hr_operand first = hr_data_int(scope, start, 0, "start"), end = hr_data_int(scope, stop, 0, "stop");
  hr_operand distance = hr_data_int(scope, step, 1, "step");
  static const int32_t types[] = {HR_INT64};
  static const hr_partial_shape shapes[] = {{0}};
  return HR_DATASET_NODE(scope, "RangeDataset", ((hr_element){1, types, shapes}), HR_NO_ATTRS, first, end, distance);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

#define BUFFER_BYTES (256 * 1024)

static hr_output files(hr_scope scope, const char *op, hr_operand filenames, const hr_dataset_files_options *o) {
  hr_output names = hr_convert(scope, filenames, HR_STRING, "filenames");
  hr_operand compression =
      hr_data_number(scope, o->compression_type, hr_operand_string(""), HR_STRING, "compression_type");
  hr_operand buffer = hr_data_int(scope, o->buffer_size, BUFFER_BYTES, "buffer_size");
  return hr_call_one(scope, op, NULL, HR_OPERANDS(names, compression, buffer), HR_NO_ATTRS);
}

hr_output hr_dataset_text_lines_with(hr_scope scope, hr_operand filenames, const hr_dataset_files_options *options) {
  static const hr_dataset_files_options defaults;
  return files(scope, "TextLineDataset", filenames, options ? options : &defaults);
}

hr_output hr_dataset_records_with(hr_scope scope, hr_operand filenames, const hr_dataset_files_options *options) {
  static const hr_dataset_files_options defaults;
  return files(scope, "TFRecordDataset", filenames, options ? options : &defaults);
}

hr_output hr_dataset_fixed_records_with(hr_scope scope, hr_operand filenames, hr_operand record_bytes,
                                        const hr_dataset_fixed_records_options *options) {
  static const hr_dataset_fixed_records_options defaults;
  const hr_dataset_fixed_records_options *o = options ? options : &defaults;
  hr_output names = hr_convert(scope, filenames, HR_STRING, "filenames");
  hr_operand record = hr_data_int(scope, record_bytes, 0, "record_bytes");
  hr_operand header = hr_data_int(scope, o->header_bytes, 0, "header_bytes");
  hr_operand footer = hr_data_int(scope, o->footer_bytes, 0, "footer_bytes");
  hr_operand buffer = hr_data_int(scope, o->buffer_size, BUFFER_BYTES, "buffer_size");
  hr_operand compression =
      hr_data_number(scope, o->compression_type, hr_operand_string(""), HR_STRING, "compression_type");
  return hr_call_one(scope, "FixedLengthRecordDatasetV2", NULL,
                     HR_OPERANDS(names, header, record, footer, buffer, compression), HR_NO_ATTRS);
}

hr_output hr_dataset_matching_files(hr_scope scope, hr_operand patterns) {
  return hr_call_one(scope, "MatchingFilesDataset", NULL, HR_OPERANDS(patterns), HR_NO_ATTRS);
}

hr_output hr_dataset_lmdb(hr_scope scope, hr_operand filenames) {
  static const int32_t types[] = {HR_STRING, HR_STRING};
  static const hr_partial_shape shapes[2] = {{0}};
  hr_output names = hr_convert(scope, filenames, HR_STRING, "filenames");
  return HR_DATASET_NODE(scope, "LMDBDataset", ((hr_element){2, types, shapes}), HR_NO_ATTRS, hr_operand_output(names));
}

hr_output hr_dataset_sql(hr_scope scope, hr_operand driver_name, hr_operand data_source_name, hr_operand query,
                         hr_types output_types) {
  hr_output driver = hr_convert(scope, driver_name, HR_STRING, "driver_name");
  hr_output source = hr_convert(scope, data_source_name, HR_STRING, "data_source_name");
  hr_output text = hr_convert(scope, query, HR_STRING, "query");
  int32_t *types = hr_keep_bytes(scope, sizeof *types * ((size_t)output_types.count + 1));
  hr_partial_shape *shapes = hr_new_shapes(scope, output_types.count);
  if (!types || !shapes) return HR_NO_OUTPUT;
  for (int32_t i = 0; i < output_types.count; ++i) {
    types[i] = (int32_t)output_types.items[i];
    shapes[i] = (hr_partial_shape){0};
  }
  return HR_DATASET_NODE(scope, "SqlDataset", ((hr_element){output_types.count, types, shapes}), HR_NO_ATTRS,
                         hr_operand_output(driver), hr_operand_output(source), hr_operand_output(text));
}
