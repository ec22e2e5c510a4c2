/* What datasets say of their elements, and the nodes that make datasets. */
#include "builder/data/data.h"
#include "runtime/graph/graph_internal.h"

/* ---- elements ---------------------------------------------------------------------------------------------------- */

/* Of variants that no dataset's node made. */
struct hr_dataset_description {
  struct hr_dataset_description *next;
  hr_output dataset;
  hr_element element;
};

static const hr_element string_element = {1, (const int32_t[]){HR_STRING}, (const hr_partial_shape[]){{0}}};

static bool is_of_strings(const char *op) {
  static const char *const ops[] = {"TextLineDataset",          "TFRecordDataset",
                                    "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2",
                                    "MatchingFilesDataset",     "ExperimentalMatchingFilesDataset"};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; ++i)
    if (strcmp(op, ops[i]) == 0) return true;
  return false;
}

/* Rows of a sparse tensor. */
static hr_element sparse_element(hr_scope scope, const hr_node *node) {
  const hr_partial_shape *indices = hr_output_shape(node->inputs[0]), *shape = hr_output_shape(node->inputs[2]);
  int64_t rank = HR_UNKNOWN_DIM;
  if (indices->rank == 2 && indices->dims[1] > 0) rank = indices->dims[1] - 1;
  if (shape->rank == 1 && shape->dims[0] > 0) rank = shape->dims[0] - 1;
  int32_t *types = hr_keep_bytes(scope, 3 * sizeof *types);
  hr_partial_shape *shapes = hr_new_shapes(scope, 3);
  if (!types || !shapes) return (hr_element){0};
  types[0] = types[2] = HR_INT64;
  types[1] = (int32_t)hr_output_base_dtype(node->inputs[1]);
  shapes[0] = (hr_partial_shape){.rank = 2, .dims = {HR_UNKNOWN_DIM, rank}};
  shapes[1] = (hr_partial_shape){.rank = 1, .dims = {HR_UNKNOWN_DIM}};
  shapes[2] = (hr_partial_shape){.rank = 1, .dims = {rank}};
  return (hr_element){3, types, shapes};
}

bool hr_element_of(hr_scope scope, hr_output dataset, hr_element *out) {
  *out = (hr_element){0};
  if (!hr_scope_ok(scope)) return false;
  while (dataset.node && strcmp(dataset.node->op->name, "Identity") == 0)
    dataset = dataset.node->inputs[0];
  if (!dataset.node || hr_output_dtype(dataset) != HR_VARIANT) {
    hr_refuse_type(scope, "A dataset is needed, and this is none");
    return false;
  }
  for (const struct hr_dataset_description *d = dataset.node->graph->dataset_descriptions; d; d = d->next)
    if (hr_output_equal(d->dataset, dataset)) {
      *out = d->element;
      return true;
    }
  const hr_node *node = dataset.node;
  const hr_attr_value *types = hr_node_attr(node, "output_types"), *shapes = hr_node_attr(node, "output_shapes");
  if (!types) types = hr_node_attr(node, "Toutput_types");
  if (types && shapes && types->count == shapes->count)
    *out = (hr_element){types->count, types->types, shapes->shapes};
  else if (is_of_strings(node->op->name))
    *out = string_element;
  else if (strcmp(node->op->name, "SparseTensorSliceDataset") == 0)
    *out = sparse_element(scope, node);
  else
    hr_refuse_type(scope, "%s is no dataset, or nothing is known of its elements", node->name);
  return hr_scope_ok(scope);
}

hr_partial_shape *hr_new_shapes(hr_scope scope, int32_t count) {
  return hr_keep_bytes(scope, sizeof(hr_partial_shape) * ((size_t)count + 1));
}

hr_partial_shape hr_component_shape(int32_t type, hr_partial_shape shape) {
  return type == HR_VARIANT && shape.rank == 1 ? HR_SHAPE_UNKNOWN : shape;
}

hr_element hr_element_of_outputs(hr_scope scope, hr_outputs outputs) {
  int32_t *types = hr_keep_bytes(scope, sizeof *types * ((size_t)outputs.count + 1));
  hr_partial_shape *shapes = hr_new_shapes(scope, outputs.count);
  if (!types || !shapes) return (hr_element){0};
  for (int32_t i = 0; i < outputs.count; ++i) {
    types[i] = (int32_t)hr_output_base_dtype(outputs.items[i]);
    shapes[i] = hr_component_shape(types[i], *hr_output_shape(outputs.items[i]));
  }
  return (hr_element){outputs.count, types, shapes};
}

hr_types hr_dataset_types(hr_scope scope, hr_output dataset) {
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return (hr_types){0};
  hr_dtype *types = hr_keep_bytes(scope, sizeof *types * ((size_t)e.count + 1));
  if (!types) return (hr_types){0};
  for (int32_t i = 0; i < e.count; ++i)
    types[i] = (hr_dtype)e.types[i];
  return (hr_types){e.count, types};
}

hr_shapes hr_dataset_shapes(hr_scope scope, hr_output dataset) {
  hr_element e;
  return hr_element_of(scope, dataset, &e) ? (hr_shapes){e.count, e.shapes} : (hr_shapes){0};
}

void hr_dataset_describe(hr_scope scope, hr_output dataset, hr_types types, hr_shapes shapes) {
  if (!hr_scope_ok(scope) || !dataset.node) return;
  if (types.count != shapes.count) {
    hr_refuse(scope, "%d types and %d shapes", (int)types.count, (int)shapes.count);
    return;
  }
  struct hr_dataset_description *d = hr_keep_bytes(scope, sizeof *d);
  int32_t *own_types = hr_keep_bytes(scope, sizeof *own_types * ((size_t)types.count + 1));
  hr_partial_shape *own_shapes = hr_new_shapes(scope, types.count);
  if (!d || !own_types || !own_shapes) return;
  for (int32_t i = 0; i < types.count; ++i) {
    own_types[i] = (int32_t)types.items[i];
    own_shapes[i] = shapes.items[i];
  }
  hr_graph *graph = dataset.node->graph;
  *d = (struct hr_dataset_description){graph->dataset_descriptions, dataset, {types.count, own_types, own_shapes}};
  graph->dataset_descriptions = d;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

hr_attr_value hr_element_types_attr(hr_element e) {
  return (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = e.count, .types = e.types};
}
hr_attr_value hr_element_shapes_attr(hr_element e) {
  return (hr_attr_value){.kind = HR_ATTR_SHAPE, .is_list = true, .count = e.count, .shapes = e.shapes};
}

hr_output hr_dataset_node(hr_scope scope, const char *op, int32_t operand_count, const hr_operand *operands,
                          hr_element element, hr_attrs attrs) {
  hr_named_attr all[16];
  int32_t count = 0;
  for (int32_t i = 0; i < attrs.count; ++i)
    all[count++] = attrs.items[i];
  all[count++] = (hr_named_attr){"output_types", hr_element_types_attr(element)};
  all[count++] = (hr_named_attr){"output_shapes", hr_element_shapes_attr(element)};
  hr_node *node = hr_scope_ok(scope) ? hr_call_op(scope, op, NULL, operand_count, operands, count, all) : NULL;
  return node ? (hr_output){node, 0} : HR_NO_OUTPUT;
}

hr_operand hr_data_number(hr_scope scope, hr_operand value, hr_operand fallback, hr_dtype dtype, const char *name) {
  return hr_operand_output(hr_convert(scope, hr_operand_is_given(value) ? value : fallback, dtype, name));
}

int hr_known_flag(hr_operand flag) {
  bool known;
  hr_tensor value;
  if (!flag.output.node || hr_status_code(hr_constant_value(flag.output, &known, &value)) || !known) return -1;
  int result = hr_tensor_dtype(&value) == HR_BOOL && value.elements == 1 ? *(const bool *)hr_tensor_data(&value) : -1;
  hr_tensor_clear(&value);
  return result;
}

int64_t hr_known_size(hr_operand size) {
  bool known;
  hr_tensor value;
  if (!size.output.node || hr_status_code(hr_constant_value(size.output, &known, &value)) || !known) return -1;
  int64_t result = hr_tensor_dtype(&value) == HR_INT64 && value.elements == 1 ? *(int64_t *)hr_tensor_data(&value) : -1;
  hr_tensor_clear(&value);
  return result;
}

hr_named_attr hr_function_named(hr_scope scope, const char *name, const hr_defined *function) {
  const hr_function_attr *value = hr_defined_value(scope, function);
  return (hr_named_attr){name, {.kind = value ? HR_ATTR_FUNC : HR_ATTR_NONE, .func = value}};
}
