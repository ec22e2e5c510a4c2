/* tf.contrib.staging.StagingArea: its ops under TensorFlow's names. */
#include "builder/staging.h"
#include "headrace/arrays.h"

static const char *name_of(const hr_op_options *options) { return options ? options->name : NULL; }
static bool usable(hr_scope scope, const hr_staging_area *area) { return area->root && hr_scope_ok(scope); }

hr_staging_area hr_staging_area_of_kind(hr_scope scope, const char *kind, hr_types dtypes,
                                        const hr_staging_area_options *options) {
  hr_staging_area_options o = options ? *options : (hr_staging_area_options){0};
  hr_staging_area area = {.capacity = o.capacity, .memory_limit = o.memory_limit};
  if (!hr_scope_ok(scope)) return area;
  if (o.shapes.count && o.shapes.count != dtypes.count) {
    hr_refuse(scope, "StagingArea shapes must be the same length as dtypes");
    return area;
  }
  hr_dtype *kept = hr_keep_bytes(scope, sizeof *kept * ((size_t)dtypes.count + 1));
  hr_partial_shape *shapes = hr_keep_bytes(scope, sizeof *shapes * ((size_t)dtypes.count + 1));
  const char *name = hr_keep_text(scope, o.shared_name ? o.shared_name : hr_unique_name(scope, kind, true));
  if (!kept || !shapes || !name) return area;
  for (int32_t i = 0; i < dtypes.count; ++i) {
    kept[i] = hr_dtype_base(dtypes.items[i]);
    shapes[i] = o.shapes.count ? o.shapes.items[i] : HR_SHAPE_UNKNOWN;
  }
  area.name = name;
  area.dtypes = (hr_types){dtypes.count, kept};
  area.shapes = (hr_shapes){dtypes.count, shapes};
  hr_scope inside = hr_name_scope(scope, hr_keep_printf(scope, "%s_root", name));
  area.root = hr_no_op(inside);
  return area;
}

hr_staging_area hr_staging_area_new_with(hr_scope scope, hr_types dtypes, const hr_staging_area_options *options) {
  return hr_staging_area_of_kind(scope, "StagingArea", dtypes, options);
}

/* Calls one of the area's ops. */
static hr_node *call(hr_scope scope, const hr_staging_area *area, const char *op, const char *name,
                     hr_operands operands) {
  hr_attrs attrs = HR_ATTRS(
      {"dtypes", hr_staging_types_value(area->dtypes)}, {"capacity", HR_ATTR_INT_VALUE(area->capacity)},
      {"memory_limit", HR_ATTR_INT_VALUE(area->memory_limit)}, {"shared_name", HR_ATTR_STRING_VALUE(area->name)});
  return hr_call_op(scope, op, name, operands.count, operands.items, attrs.count, attrs.items);
}

static const char *op_name(hr_scope scope, const hr_op_options *options, const hr_staging_area *area,
                           const char *suffix) {
  return name_of(options) ? name_of(options) : hr_keep_printf(scope, "%s_%s", area->name, suffix);
}

bool hr_staging_check_values(hr_scope s, const hr_staging_area *area, hr_outputs values, const int64_t *places) {
  for (int32_t i = 0; i < values.count; ++i) {
    hr_dtype dtype = hr_output_base_dtype(values.items[i]), wanted = area->dtypes.items[places[i]];
    hr_partial_shape merged;
    if (dtype != wanted) {
      hr_refuse(s, "Datatypes do not match. '%s' != '%s'", hr_dtype_name(dtype), hr_dtype_name(wanted));
      return false;
    }
    if (!area->shapes.count) continue;
    const hr_partial_shape *shape = &area->shapes.items[places[i]];
    hr_status status = hr_partial_shape_merge(hr_output_shape(values.items[i]), shape, &merged);
    if (!status) continue;
    hr_status_free(status);
    char one[HR_SHAPE_TEXT], other[HR_SHAPE_TEXT];
    hr_refuse(s, "Shapes %s and %s are incompatible",
              hr_partial_shape_tuple_text(hr_output_shape(values.items[i]), one),
              hr_partial_shape_tuple_text(shape, other));
    return false;
  }
  return true;
}

/* The first components, in their order. */
static bool check_values(hr_scope s, const hr_staging_area *area, hr_outputs values) {
  if (values.count > area->dtypes.count) {
    hr_refuse(s, "Unexpected number of inputs '%d' vs '%d'", values.count, area->dtypes.count);
    return false;
  }
  int64_t *places = hr_keep_bytes(s, sizeof *places * ((size_t)values.count + 1));
  for (int32_t i = 0; places && i < values.count; ++i)
    places[i] = i;
  return places && hr_staging_check_values(s, area, values, places);
}

hr_node *hr_staging_put_with(hr_scope scope, hr_staging_area area, hr_outputs values, const hr_op_options *options) {
  if (!usable(scope, &area)) return NULL;
  hr_scope s = hr_name_scope_or(scope, name_of(options), hr_keep_printf(scope, "%s_put", area.name));
  if (!hr_scope_ok(s) || !check_values(s, &area, values)) return NULL;
  hr_node *node = NULL;
  HR_WITH (beside, hr_colocate_with(s, area.root, false)) {
    node = call(beside, &area, "Stage", hr_scope_name(s), HR_OPERANDS(values));
  }
  return node;
}

hr_outputs hr_staging_hand_out(hr_scope scope, const hr_staging_area *area, hr_node *node, int32_t first,
                               int32_t count) {
  hr_output *outputs = node ? hr_keep_bytes(scope, sizeof *outputs * ((size_t)count + 1)) : NULL;
  hr_node *here = outputs ? hr_no_op(scope) : NULL;
  if (!here) return (hr_outputs){0, NULL};
  bool elsewhere = strcmp(hr_node_device(here), hr_node_device(area->root)) != 0;
  for (int32_t i = 0; i < count; ++i) {
    outputs[i] = (hr_output){node, first + i};
    if (elsewhere) outputs[i] = hr_identity(scope, outputs[i]);
  }
  return (hr_outputs){count, outputs};
}

/* All components. */
static hr_outputs handed_out(hr_scope scope, const hr_staging_area *area, hr_node *node) {
  hr_outputs outputs = hr_staging_hand_out(scope, area, node, 0, node ? node->num_outputs : 0);
  for (int32_t i = 0; i < outputs.count && area->shapes.count; ++i)
    hr_know_shape(scope, outputs.items[i], &area->shapes.items[i]);
  return outputs;
}

hr_outputs hr_staging_get_with(hr_scope scope, hr_staging_area area, const hr_op_options *options) {
  if (!usable(scope, &area)) return (hr_outputs){0, NULL};
  hr_node *node = NULL;
  HR_WITH (beside, hr_colocate_with(scope, area.root, false)) {
    node = call(beside, &area, "Unstage", op_name(scope, options, &area, "get"), HR_NO_OPERANDS);
  }
  return handed_out(scope, &area, node);
}

hr_outputs hr_staging_peek_with(hr_scope scope, hr_staging_area area, hr_operand index, const hr_op_options *options) {
  if (!usable(scope, &area)) return (hr_outputs){0, NULL};
  hr_node *node = NULL;
  HR_WITH (beside, hr_colocate_with(scope, area.root, false)) {
    node = call(beside, &area, "StagePeek", op_name(scope, options, &area, "peek"), HR_OPERANDS(index));
  }
  return handed_out(scope, &area, node);
}

hr_output hr_staging_size_with(hr_scope scope, hr_staging_area area, const hr_op_options *options) {
  if (!usable(scope, &area)) return HR_NO_OUTPUT;
  hr_node *node = call(scope, &area, "StageSize", op_name(scope, options, &area, "size"), HR_NO_OPERANDS);
  return node ? (hr_output){node, 0} : HR_NO_OUTPUT;
}

hr_node *hr_staging_clear_with(hr_scope scope, hr_staging_area area, const hr_op_options *options) {
  if (!usable(scope, &area)) return NULL;
  return call(scope, &area, "StageClear", op_name(scope, options, &area, "clear"), HR_NO_OPERANDS);
}
