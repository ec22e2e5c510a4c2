/* Barriers: their ops under TensorFlow's names. */
#include "headrace/barrier.h"
#include "builder/builder.h"

static bool usable(hr_scope scope, hr_output barrier) { return barrier.node && hr_scope_ok(scope); }

/* The name that was given, or "BARRIER_SUFFIX". */
static const char *op_name(hr_scope scope, const char *name, hr_output barrier, const char *suffix) {
  const char *slash = strrchr(barrier.node->name, '/');
  return name ? name : hr_keep_printf(scope, "%s_%s", slash ? slash + 1 : barrier.node->name, suffix);
}

hr_output hr_barrier_with(hr_scope scope, hr_types dtypes, const hr_barrier_options *options) {
  hr_barrier_options o = options ? *options : (hr_barrier_options){0};
  hr_partial_shape *unknown =
      hr_scope_ok(scope) ? hr_keep_bytes(scope, sizeof *unknown * ((size_t)dtypes.count + 1)) : NULL;
  if (!unknown) return HR_NO_OUTPUT;
  if (o.shapes.count && o.shapes.count != dtypes.count)
    return hr_refuse(scope, "A barrier of %d components has %d shapes", dtypes.count, o.shapes.count);
  for (int32_t i = 0; i < o.shapes.count; ++i)
    for (int d = 0; d < o.shapes.items[i].rank; ++d)
      if (o.shapes.items[i].dims[d] == 0)
        return hr_refuse(scope, "Empty tensors are not supported, but received a shape without elements at index %d",
                         i);
  for (int32_t i = 0; i < dtypes.count; ++i)
    unknown[i] = HR_SHAPE_UNKNOWN;
  hr_shapes shapes = o.shapes.count ? o.shapes : (hr_shapes){dtypes.count, unknown};
  hr_attr_value types_value = {
      .kind = HR_ATTR_TYPE, .is_list = true, .count = dtypes.count, .types = (const int32_t *)dtypes.items};
  hr_attr_value shapes_value = {.kind = HR_ATTR_SHAPE, .is_list = true, .count = shapes.count, .shapes = shapes.items};
  hr_attr_value shared_name = HR_ATTR_STRING_VALUE(o.shared_name ? o.shared_name : "");
  return hr_call_one(
      scope, "Barrier", o.name ? o.name : "barrier", HR_NO_OPERANDS,
      HR_ATTRS({"component_types", types_value}, {"shapes", shapes_value}, {"shared_name", shared_name}));
}

hr_node *hr_barrier_insert_many_with(hr_scope scope, hr_output barrier, int64_t component, hr_operand keys,
                                     hr_operand values, const hr_op_options *options) {
  if (!usable(scope, barrier)) return NULL;
  hr_operands operands = HR_OPERANDS(barrier, keys, values);
  hr_attrs attrs = HR_ATTRS({"component_index", HR_ATTR_INT_VALUE(component)});
  return hr_call_op(scope, "BarrierInsertMany",
                    op_name(scope, options ? options->name : NULL, barrier, "BarrierInsertMany"), operands.count,
                    operands.items, attrs.count, attrs.items);
}

/* What is known of the batches: `rows` of what the barrier's node says of its elements. */
static hr_outputs taken(hr_scope scope, hr_output barrier, hr_node *node, int64_t rows) {
  const hr_attr_value *shapes = hr_node_attr(barrier.node, "shapes");
  hr_output *outputs = node ? hr_keep_bytes(scope, sizeof *outputs * ((size_t)node->num_outputs + 1)) : NULL;
  if (!outputs) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < node->num_outputs; ++i) {
    outputs[i] = (hr_output){node, i};
    hr_partial_shape shape = {.rank = 1, .dims = {rows}};
    if (i >= 2) {
      bool known = shapes && i - 2 < shapes->count && shapes->shapes[i - 2].rank >= 0 &&
                   shapes->shapes[i - 2].rank < HR_MAX_RANK;
      if (!known) continue;
      shape.rank += shapes->shapes[i - 2].rank;
      memcpy(shape.dims + 1, shapes->shapes[i - 2].dims, sizeof *shape.dims * (size_t)(shape.rank - 1));
    }
    hr_know_shape(scope, outputs[i], &shape);
  }
  return (hr_outputs){node->num_outputs, outputs};
}

hr_outputs hr_barrier_take_many_with(hr_scope scope, hr_output barrier, hr_operand n,
                                     const hr_barrier_take_many_options *options) {
  if (!usable(scope, barrier)) return (hr_outputs){0, NULL};
  bool small = options && options->allow_small_batch;
  hr_operands operands = HR_OPERANDS(barrier, n);
  hr_attrs attrs = HR_ATTRS({"component_types", *hr_node_attr(barrier.node, "component_types")},
                            {"allow_small_batch", HR_ATTR_BOOL_VALUE(small)});
  hr_node *node =
      hr_call_op(scope, "BarrierTakeMany", op_name(scope, options ? options->name : NULL, barrier, "BarrierTakeMany"),
                 operands.count, operands.items, attrs.count, attrs.items);
  int64_t rows = HR_UNKNOWN_DIM;
  if (node && !small) {
    hr_tensor value;
    bool known = false;
    hr_status status = hr_constant_value(node->inputs[1], &known, &value);
    if (status) hr_scope_fail(scope, status);
    if (!status && known) {
      if (value.dtype == HR_INT32 && value.elements == 1) rows = *(const int32_t *)hr_tensor_data(&value);
      hr_tensor_clear(&value);
    }
  }
  return taken(scope, barrier, node, rows < 0 ? HR_UNKNOWN_DIM : rows);
}

hr_node *hr_barrier_close_with(hr_scope scope, hr_output barrier, const hr_barrier_close_options *options) {
  if (!usable(scope, barrier)) return NULL;
  hr_operands operands = HR_OPERANDS(barrier);
  hr_attrs attrs =
      HR_ATTRS({"cancel_pending_enqueues", HR_ATTR_BOOL_VALUE(options && options->cancel_pending_enqueues)});
  return hr_call_op(scope, "BarrierClose", op_name(scope, options ? options->name : NULL, barrier, "BarrierClose"),
                    operands.count, operands.items, attrs.count, attrs.items);
}

hr_output hr_barrier_ready_size_with(hr_scope scope, hr_output barrier, const hr_op_options *options) {
  if (!usable(scope, barrier)) return HR_NO_OUTPUT;
  return hr_call_one(scope, "BarrierReadySize",
                     op_name(scope, options ? options->name : NULL, barrier, "BarrierReadySize"), HR_OPERANDS(barrier),
                     HR_NO_ATTRS);
}

hr_output hr_barrier_incomplete_size_with(hr_scope scope, hr_output barrier, const hr_op_options *options) {
  if (!usable(scope, barrier)) return HR_NO_OUTPUT;
  return hr_call_one(scope, "BarrierIncompleteSize",
                     op_name(scope, options ? options->name : NULL, barrier, "BarrierIncompleteSize"),
                     HR_OPERANDS(barrier), HR_NO_ATTRS);
}
