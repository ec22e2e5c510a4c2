/* Conditional accumulators: their ops with operands, and what is known of their gradients. */
#include "headrace/accumulators.h"
#include "builder/builder.h"

static const char *name_of(const hr_op_options *options) { return options ? options->name : NULL; }

/* Accumulators of sparse gradients are known by reference, those of dense ones by handle. */
static bool is_by_reference(hr_output accumulator) { return hr_dtype_is_ref(hr_output_dtype(accumulator)); }

/* What the node that made the accumulator says: its dtype, HR_INVALID where it is another kind of node. */
static hr_dtype dtype_of(hr_output accumulator) {
  const hr_attr_value *dtype = hr_node_attr(accumulator.node, "dtype");
  return dtype && dtype->kind == HR_ATTR_TYPE && !dtype->is_list ? (hr_dtype)dtype->type : HR_INVALID;
}
static const hr_partial_shape *shape_of(hr_output accumulator) {
  static const hr_partial_shape unknown = {.rank = HR_UNKNOWN_RANK};
  const hr_attr_value *shape = hr_node_attr(accumulator.node, "shape");
  return shape && shape->kind == HR_ATTR_SHAPE && !shape->is_list ? shape->shape : &unknown;
}

static bool usable(hr_scope scope, hr_output accumulator) { return accumulator.node && hr_scope_ok(scope); }

/* ---- making ---------------------------------------------------------------------------------------------------- */

static hr_output make(hr_scope scope, const char *op, const char *name, hr_dtype dtype,
                      const hr_accumulator_options *options) {
  hr_accumulator_options o = {HR_ACCUMULATOR_DEFAULTS};
  if (options) o = *options;
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  return hr_call_one(scope, op, o.name ? o.name : name, HR_NO_OPERANDS,
                     HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(dtype)}, {"shape", HR_ATTR_SHAPE_VALUE(&o.shape)},
                              {"shared_name", HR_ATTR_STRING_VALUE(o.shared_name ? o.shared_name : "")},
                              {"reduction_type", HR_ATTR_STRING_VALUE(o.reduction_type ? o.reduction_type : "MEAN")}));
}

hr_output hr_accumulator_with(hr_scope scope, hr_dtype dtype, const hr_accumulator_options *options) {
  return make(scope, "ResourceConditionalAccumulator", "conditional_accumulator", dtype, options);
}

hr_output hr_sparse_accumulator_with(hr_scope scope, hr_dtype dtype, const hr_accumulator_options *options) {
  return make(scope, "SparseConditionalAccumulator", "sparse_conditional_accumulator", dtype, options);
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

/* A step, given in any integer type. */
static hr_output step_of(hr_scope scope, hr_operand step) {
  if (!hr_operand_is_given(step)) step = hr_operand_int(0);
  return hr_tf_cast(scope, hr_convert(scope, step, HR_INVALID, NULL), HR_INT64);
}

static bool is_compatible(hr_scope scope, hr_output gradient, const hr_partial_shape *shape) {
  hr_partial_shape both;
  hr_status status = hr_partial_shape_merge(hr_output_shape(gradient), shape, &both);
  if (!status) return true;
  hr_status_free(status);
  char have[HR_SHAPE_TEXT], want[HR_SHAPE_TEXT];
  hr_refuse(scope, "Shapes %s and %s are incompatible", hr_partial_shape_tuple_text(hr_output_shape(gradient), have),
            hr_partial_shape_tuple_text(shape, want));
  return false;
}

hr_node *hr_accumulator_apply_with(hr_scope scope, hr_output accumulator, hr_operand gradient,
                                   const hr_accumulator_apply_options *options) {
  hr_accumulator_apply_options o = options ? *options : (hr_accumulator_apply_options){0};
  if (!usable(scope, accumulator)) return NULL;
  hr_output value = hr_convert(scope, gradient, dtype_of(accumulator), NULL);
  if (!hr_scope_ok(scope) || !is_compatible(scope, value, shape_of(accumulator))) return NULL;
  hr_output step = step_of(scope, o.local_step);
  const hr_operands inputs = HR_OPERANDS(accumulator, step, value);
  return hr_call_op(scope, "ResourceAccumulatorApplyGradient", o.name, inputs.count, inputs.items, 0, NULL);
}

hr_node *hr_sparse_accumulator_apply_with(hr_scope scope, hr_output accumulator, hr_operand indices, hr_operand values,
                                          const hr_sparse_accumulator_apply_options *options) {
  hr_sparse_accumulator_apply_options o = options ? *options : (hr_sparse_accumulator_apply_options){0};
  if (!usable(scope, accumulator)) return NULL;
  bool has_known_shape = hr_operand_is_given(o.shape);
  hr_output step = step_of(scope, o.local_step);
  hr_output rows = hr_tf_cast(scope, indices, HR_INT64);
  hr_output shape = hr_tf_cast(scope, has_known_shape ? o.shape : hr_operand_items(0, NULL), HR_INT64);
  const hr_operands inputs = HR_OPERANDS(accumulator, step, rows, values, shape);
  const hr_named_attr known = {"has_known_shape", HR_ATTR_BOOL_VALUE(has_known_shape)};
  return hr_call_op(scope, "SparseAccumulatorApplyGradient", o.name, inputs.count, inputs.items, 1, &known);
}

/* ---- taking ---------------------------------------------------------------------------------------------------- */

static hr_node *take(hr_scope scope, const char *op, hr_output accumulator, hr_operand num_required,
                     const hr_op_options *options) {
  if (!usable(scope, accumulator)) return NULL;
  const hr_operands inputs = HR_OPERANDS(accumulator, num_required);
  const hr_named_attr dtype = {"dtype", HR_ATTR_TYPE_VALUE(dtype_of(accumulator))};
  return hr_call_op(scope, op, name_of(options), inputs.count, inputs.items, 1, &dtype);
}

hr_output hr_accumulator_take_with(hr_scope scope, hr_output accumulator, hr_operand num_required,
                                   const hr_op_options *options) {
  hr_node *node = take(scope, "ResourceAccumulatorTakeGradient", accumulator, num_required, options);
  if (!node) return HR_NO_OUTPUT;
  hr_output sum = {node, 0};
  hr_know_shape(scope, sum, shape_of(accumulator));
  return sum;
}

hr_gradient hr_sparse_accumulator_take_with(hr_scope scope, hr_output accumulator, hr_operand num_required,
                                            const hr_op_options *options) {
  hr_node *node = take(scope, "SparseAccumulatorTakeGradient", accumulator, num_required, options);
  if (!node) return HR_NO_GRADIENT;
  return (hr_gradient){.value = {node, 1}, .indices = {node, 0}, .dense_shape = {node, 2}};
}

/* ---- counting -------------------------------------------------------------------------------------------------- */

hr_output hr_accumulator_num_accumulated_with(hr_scope scope, hr_output accumulator, const hr_op_options *options) {
  if (!usable(scope, accumulator)) return HR_NO_OUTPUT;
  const char *name = name_of(options);
  if (!name) {
    const char *maker = hr_node_name(accumulator.node), *slash = strrchr(maker, '/');
    name = hr_keep_printf(scope, "%s_NumAccumulated", slash ? slash + 1 : maker);
  }
  return hr_call_one(scope,
                     is_by_reference(accumulator) ? "AccumulatorNumAccumulated" : "ResourceAccumulatorNumAccumulated",
                     name, HR_OPERANDS(accumulator), HR_NO_ATTRS);
}

hr_node *hr_accumulator_set_global_step_with(hr_scope scope, hr_output accumulator, hr_operand new_global_step,
                                             const hr_op_options *options) {
  if (!usable(scope, accumulator)) return NULL;
  const hr_operands inputs = HR_OPERANDS(accumulator, step_of(scope, new_global_step));
  return hr_call_op(scope,
                    is_by_reference(accumulator) ? "AccumulatorSetGlobalStep" : "ResourceAccumulatorSetGlobalStep",
                    name_of(options), inputs.count, inputs.items, 0, NULL);
}
