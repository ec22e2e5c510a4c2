/* Shapes, joining, cutting and picking. */
#include "builder/builder.h"
#include "builder/variable.h"
#include "ops/wrapper.h"
#include "runtime/graph/rows.h"
#include <stdlib.h>

hr_output hr_tf_shape_with(hr_scope scope, hr_operand input, const hr_tf_size_options *options) {
  hr_dtype type = options && options->out_type ? options->out_type : HR_INT32;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Shape");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  const char *name = hr_scope_name(s);
  if (!hr_partial_shape_is_full(shape)) return hr_shape_of(s, x, .out_type = type, .name = name);
  return hr_convert(s, hr_operand_ints((hr_ints){shape->rank, shape->dims}), type, name);
}

hr_output hr_tf_size_with(hr_scope scope, hr_operand input, const hr_tf_size_options *options) {
  hr_dtype type = options && options->out_type ? options->out_type : HR_INT32;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Size");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  const char *name = hr_scope_name(s);
  if (!hr_partial_shape_is_full(shape)) return hr_size(s, x, .out_type = type, .name = name);
  int64_t elements = 1;
  for (int i = 0; i < shape->rank; ++i)
    elements *= shape->dims[i];
  return hr_convert(s, hr_operand_int(elements), type, name);
}

hr_output hr_tf_rank_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Rank");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(x) < 0) return hr_rank(s, x, .name = hr_scope_name(s));
  return hr_constant_i32(s, hr_output_rank(x), .name = hr_scope_name(s));
}

/* An op of a tensor and a shape. */
static hr_output call_with_dims(hr_scope scope, const char *op, hr_operand x, const hr_dims *dims,
                                const hr_op_options *options) {
  int64_t sizes[HR_MAX_RANK];
  hr_operand shape = hr_dims_operand(scope, dims, sizes);
  return hr_call_one(scope, op, options ? options->name : NULL, HR_OPERANDS(x, shape), HR_NO_ATTRS);
}

hr_output hr_tf_reshape_with(hr_scope scope, hr_operand x, hr_dims dims, const hr_op_options *options) {
  return call_with_dims(scope, "Reshape", x, &dims, options);
}
hr_output hr_tf_tile_with(hr_scope scope, hr_operand x, hr_dims multiples, const hr_op_options *options) {
  return call_with_dims(scope, "Tile", x, &multiples, options);
}

/* The permutation that turns the dimensions round. */
static hr_output reversed_dimensions(hr_scope s, hr_output x) {
  int rank = hr_output_rank(x);
  if (rank > 0) {
    int32_t perm[HR_MAX_RANK];
    for (int i = 0; i < rank; ++i)
      perm[i] = rank - 1 - i;
    return hr_i32_vector(s, rank, perm, "perm");
  }
  hr_output count = hr_rank(s, x);
  hr_output last = hr_minus(s, count, 1);
  hr_output range = hr_call_one(s, "Range", NULL, HR_OPERANDS(0, count, 1), HR_NO_ATTRS);
  return hr_minus(s, last, range);
}

hr_output hr_tf_transpose_with(hr_scope scope, hr_operand x, const hr_tf_transpose_options *options) {
  hr_tf_transpose_options o = options ? *options : (hr_tf_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "transpose");
  if (o.conjugate || !hr_operand_is_given(o.perm)) x = hr_operand_output(hr_convert(s, x, HR_INVALID, "a"));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (!hr_operand_is_given(o.perm)) o.perm = hr_operand_output(reversed_dimensions(s, x.output));
  bool conjugate = o.conjugate && hr_dtype_is_complex(hr_output_base_dtype(x.output));
  return hr_call_one(s, conjugate ? "ConjugateTranspose" : "Transpose", hr_scope_name(s), HR_OPERANDS(x, o.perm),
                     HR_NO_ATTRS);
}

hr_output hr_tf_expand_dims_with(hr_scope scope, hr_operand x, hr_operand axis, const hr_op_options *options) {
  hr_output result =
      hr_call_one(scope, "ExpandDims", options ? options->name : NULL, HR_OPERANDS(x, axis), HR_NO_ATTRS);
  if (!result.node) hr_leave_constants(scope, HR_OPERANDS(x)); /* once more: TensorFlow has two functions here */
  return result;
}

hr_output hr_tf_squeeze_with(hr_scope scope, hr_operand x, const hr_tf_squeeze_options *options) {
  hr_tf_squeeze_options o = options ? *options : (hr_tf_squeeze_options){0};
  int64_t dims[HR_MAX_RANK];
  int count = hr_operand_is_given(o.axis) ? hr_operand_known_ints(o.axis, dims) : 0;
  if (count < 0) return hr_refuse_type(scope, "The axes of squeeze must be integers");
  hr_attr_value axes = {.kind = HR_ATTR_INT, .is_list = true, .count = count, .ints = dims};
  return hr_call_one(scope, "Squeeze", o.name, HR_OPERANDS(x), HR_ATTRS({"squeeze_dims", axes}));
}

hr_output hr_tf_concat_with(hr_scope scope, hr_operands values, hr_operand axis, const hr_op_options *options) {
  const char *name = options && options->name ? options->name : "concat";
  if (values.count != 1) return hr_call_one(scope, "ConcatV2", name, HR_OPERANDS(values, axis), HR_NO_ATTRS);
  hr_scope s = hr_name_scope(scope, name);
  hr_output dim = hr_convert(s, axis, HR_INT32, "concat_dim");
  if (hr_output_rank(dim) > 0)
    return hr_refuse(s, "The axis of concat must be a scalar, not of rank %d", hr_output_rank(dim));
  /* The Identity takes the name again, inside the scope that has it. */
  return hr_call_one(s, "Identity", name, HR_OPERANDS(hr_operands_at(values, 0)), HR_NO_ATTRS);
}

/* A list as one tensor, where its items allow that; no error where they do not. */
static hr_output try_convert(hr_scope scope, hr_operands values, const char *name) {
  hr_output whole = hr_convert(scope, hr_operand_list(values), HR_INVALID, name);
  if (hr_scope_ok(scope)) return whole;
  hr_status status = hr_builder_status(scope.builder);
  if (hr_status_code(status) != HR_INVALID_ARGUMENT)
    hr_scope_fail(scope, status);
  else
    hr_status_free(status);
  return HR_NO_OUTPUT;
}

/* Sparse gradients are not packed at once. */
static bool holds_rows(hr_operands values) {
  for (int32_t i = 0; i < values.count; ++i) {
    hr_operand value = hr_operands_at(values, i);
    if (value.kind == HR_OPERAND_OUTPUT && hr_rows_of(value.output)) return true;
  }
  return false;
}

hr_output hr_stack_with(hr_scope scope, hr_operands values, const hr_stack_options *options) {
  int32_t axis = options ? options->axis : 0;
  const char *name = options && options->name ? options->name : "stack";
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (axis == 0 && !holds_rows(values)) {
    hr_output whole = try_convert(scope, values, name);
    if (whole.node || !hr_scope_ok(scope)) return whole;
  }
  if (values.count == 0) return hr_refuse(scope, "A list of at least one tensor is needed to stack");
  int rank = hr_output_rank(hr_convert(scope, hr_operands_at(values, 0), HR_INVALID, name));
  if (rank >= 0 && (axis < -(rank + 1) || axis >= rank + 1))
    return hr_refuse(scope, "axis = %d not in [%d, %d)", (int)axis, -(rank + 1), rank + 1);
  return hr_call_one(scope, "Pack", name, HR_OPERANDS(values), HR_ATTRS({"axis", HR_ATTR_INT_VALUE(axis)}));
}

hr_output hr_parallel_stack_with(hr_scope scope, hr_operands values, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "parallel_stack");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (values.count == 0) return hr_refuse(s, "A list of at least one tensor is needed to stack");
  hr_output first = hr_convert(s, hr_operands_at(values, 0), HR_INVALID, NULL);
  hr_output *rows = calloc((size_t)values.count, sizeof *rows);
  if (!rows) hr_scope_fail(s, hr_error_out_of_memory(0, "a stack"));
  for (int32_t i = 0; rows && i < values.count; ++i)
    rows[i] = hr_tf_expand_dims(s, hr_operands_at(values, i), 0);
  hr_output out = HR_NO_OUTPUT;
  if (hr_scope_ok(s)) {
    hr_partial_shape shape = *hr_output_shape(first);
    for (int d = shape.rank; d > 0 && shape.rank < HR_MAX_RANK; --d)
      shape.dims[d] = shape.dims[d - 1];
    shape.dims[0] = values.count;
    if (shape.rank >= 0) ++shape.rank;
    if (shape.rank > HR_MAX_RANK)
      out = hr_refuse(s, "A tensor has at most %d dimensions", HR_MAX_RANK);
    else
      out = hr_call_one(s, "ParallelConcat", NULL, HR_OPERANDS(((hr_outputs){values.count, rows})),
                        HR_ATTRS({"shape", HR_ATTR_SHAPE_VALUE(&shape)}));
  }
  free(rows);
  return out;
}

/* All outputs of a node. */
static hr_outputs outputs_of(hr_scope scope, hr_node *node) {
  return node ? hr_wrapped_outputs(scope, node, 0) : (hr_outputs){0, NULL};
}

/* The size along an axis, for as many outputs; -1 with the error at the builder. */
static int64_t size_along(hr_scope scope, hr_output value, int32_t axis) {
  if (!hr_scope_ok(scope)) return -1;
  const hr_partial_shape *shape = hr_output_shape(value);
  int index = axis < 0 ? axis + shape->rank : axis;
  char text[HR_SHAPE_TEXT];
  if (shape->rank >= 0 && (index < 0 || index >= shape->rank))
    hr_refuse(scope, "axis = %d not in [%d, %d)", (int)axis, -shape->rank, shape->rank);
  else if (shape->rank < 0 || shape->dims[index] < 0)
    hr_refuse(scope, "Cannot infer num from shape %s", hr_partial_shape_tuple_text(shape, text));
  else
    return shape->dims[index];
  return -1;
}

hr_outputs hr_unstack_with(hr_scope scope, hr_operand value, const hr_unstack_options *options) {
  hr_unstack_options o = options ? *options : (hr_unstack_options){0};
  int64_t num = o.num;
  if (num == 0) {
    value = hr_operand_output(hr_convert(scope, value, HR_INVALID, NULL));
    num = size_along(scope, value.output, o.axis);
    if (num < 0) return (hr_outputs){0, NULL};
  }
  const hr_named_attr attrs[] = {{"num", HR_ATTR_INT_VALUE(num)}, {"axis", HR_ATTR_INT_VALUE(o.axis)}};
  return outputs_of(scope, hr_call_op(scope, "Unpack", o.name ? o.name : "unstack", 1, &value, 2, attrs));
}

hr_outputs hr_tf_split_with(hr_scope scope, hr_operand value, hr_operand num_or_sizes,
                            const hr_tf_split_options *options) {
  hr_tf_split_options o = options ? *options : (hr_tf_split_options){0};
  const char *name = o.name ? o.name : "split";
  if (!hr_operand_is_given(o.axis)) o.axis = hr_operand_int(0);
  hr_output parts = hr_convert(scope, num_or_sizes, HR_INVALID, NULL);
  if (!hr_scope_ok(scope)) return (hr_outputs){0, NULL};
  int64_t num = num_or_sizes.kind == HR_OPERAND_INT ? num_or_sizes.i : o.num;
  const hr_named_attr attr = {"num_split", HR_ATTR_INT_VALUE(num)};
  if (num_or_sizes.kind == HR_OPERAND_INT) {
    const hr_operand operands[] = {o.axis, value};
    return outputs_of(scope, hr_call_op(scope, "Split", name, 2, operands, 1, &attr));
  }
  if (hr_output_rank(parts) == 0) {
    hr_refuse(scope,
              "Rank-0 tensors are not supported as the num_or_size_splits argument to split. Argument provided: %s",
              hr_node_name(parts.node));
    return (hr_outputs){0, NULL};
  }
  if (num == 0) num = size_along(scope, parts, 0);
  if (num < 0) return (hr_outputs){0, NULL};
  const hr_operand operands[] = {value, hr_operand_output(parts), o.axis};
  const hr_named_attr sizes_attr = {"num_split", HR_ATTR_INT_VALUE(num)};
  return outputs_of(scope, hr_call_op(scope, "SplitV", name, 3, operands, 1, &sizes_attr));
}

hr_output hr_tf_gather_with(hr_scope scope, hr_operand params, hr_operand indices,
                            const hr_tf_gather_options *options) {
  hr_tf_gather_options o = options ? *options : (hr_tf_gather_options){0};
  if (!hr_operand_is_given(o.axis)) o.axis = hr_operand_int(o.batch_dims);
  bool is_first = o.axis.kind == HR_OPERAND_INT && o.axis.i == 0 && o.batch_dims == 0;
  if (is_first && params.kind == HR_OPERAND_VARIABLE && hr_var_is_resource(params.variable))
    return hr_gather_resource(scope, params.variable, indices, o.name);
  return hr_call_one(scope, "GatherV2", o.name, HR_OPERANDS(params, indices, o.axis),
                     HR_ATTRS({"batch_dims", HR_ATTR_INT_VALUE(o.batch_dims)}));
}

hr_output hr_tf_gather_nd_with(hr_scope scope, hr_operand params, hr_operand indices, const hr_op_options *options) {
  const char *name = options ? options->name : NULL;
  if (params.kind == HR_OPERAND_VARIABLE && hr_var_is_resource(params.variable))
    return hr_gather_nd_resource(scope, params.variable, indices, name);
  return hr_call_one(scope, "GatherNd", name, HR_OPERANDS(params, indices), HR_NO_ATTRS);
}

hr_output hr_tf_one_hot_with(hr_scope scope, hr_operand indices, hr_operand depth,
                             const hr_tf_one_hot_options *options) {
  hr_tf_one_hot_options o = options ? *options : (hr_tf_one_hot_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "one_hot");
  bool has_on = hr_operand_is_given(o.on_value), has_off = hr_operand_is_given(o.off_value);
  /* TensorFlow converts what is given twice: once to learn its dtype. */
  hr_dtype on_dtype = HR_INVALID, off_dtype = HR_INVALID;
  if (has_on) on_dtype = hr_output_base_dtype(hr_convert(s, o.on_value, hr_dtype_base(o.dtype), NULL));
  if (has_off) off_dtype = hr_output_base_dtype(hr_convert(s, o.off_value, hr_dtype_base(o.dtype), NULL));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (has_on && has_off && on_dtype != off_dtype)
    return hr_refuse_type(s, "dtype '%s' of on_value does not match dtype '%s' of off_value",
                          hr_dtype_python_name(on_dtype), hr_dtype_python_name(off_dtype));
  hr_dtype dtype = has_on ? on_dtype : has_off ? off_dtype : o.dtype ? hr_dtype_base(o.dtype) : HR_FLOAT;
  if (!has_on) o.on_value = hr_operand_output(hr_convert(s, hr_operand_int(1), dtype, "on_value"));
  if (!has_off) o.off_value = hr_operand_output(hr_convert(s, hr_operand_int(0), dtype, "off_value"));
  hr_output result = hr_call_one(s, "OneHot", hr_scope_name(s), HR_OPERANDS(indices, depth, o.on_value, o.off_value),
                                 HR_ATTRS({"axis", HR_ATTR_INT_VALUE(o.axis)}));
  if (!result.node) hr_leave_constants(scope, HR_OPERANDS(indices));
  return result;
}

hr_output hr_tf_where_with(hr_scope scope, hr_operand condition, hr_operand x, hr_operand y,
                           const hr_op_options *options) {
  return hr_call_one(scope, "Select", options ? options->name : NULL, HR_OPERANDS(condition, x, y), HR_NO_ATTRS);
}
hr_output hr_where_v2_with(hr_scope scope, hr_operand condition, hr_operand x, hr_operand y,
                           const hr_op_options *options) {
  return hr_call_one(scope, "SelectV2", options ? options->name : NULL, HR_OPERANDS(condition, x, y), HR_NO_ATTRS);
}

/* The shape of `tensor` with `ndims` sizes from `axis` on replaced by their product. */
static hr_output joined_shape(hr_scope s, hr_output tensor, int axis, int ndims) {
  hr_output masked = hr_at(s, hr_tf_shape(s, tensor), HR_SLICE(axis, axis + ndims));
  hr_output size = hr_reduce_prod(s, masked, .axis = HR_AXES(0));
  hr_output before = hr_at(s, hr_tf_shape(s, tensor), HR_SLICE(HR_OPEN, axis));
  hr_output after = hr_at(s, hr_tf_shape(s, tensor), HR_SLICE(axis + ndims, HR_OPEN));
  return hr_tf_concat(s, HR_OPERANDS(before, HR_OPERANDS(size), after), 0);
}

hr_output hr_boolean_mask_with(hr_scope scope, hr_operand input, hr_operand mask,
                               const hr_boolean_mask_options *options) {
  hr_boolean_mask_options o = options ? *options : (hr_boolean_mask_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "boolean_mask");
  hr_output tensor = hr_convert(s, input, HR_INVALID, "tensor");
  hr_output picks = hr_convert(s, mask, HR_INVALID, "mask");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *mask_shape = hr_output_shape(picks), *shape = hr_output_shape(tensor);
  int ndims = mask_shape->rank;
  if (ndims == 0) return hr_refuse(s, "mask cannot be scalar.");
  if (ndims < 0) return hr_refuse(s, "Number of mask dimensions must be specified, even if some dimensions are None.");
  hr_partial_shape joined = {.rank = HR_UNKNOWN_RANK};
  if (shape->rank >= 0) {
    if (o.axis < 0 || shape->rank < o.axis + ndims)
      return hr_refuse(s, "Shapes of rank %d and %d are incompatible: the mask does not fit the tensor from axis %d on",
                       shape->rank, ndims, (int)o.axis);
    joined = (hr_partial_shape){.rank = shape->rank - ndims + 1};
    for (int i = 0; i < o.axis; ++i)
      joined.dims[i] = shape->dims[i];
    joined.dims[o.axis] = 1;
    for (int i = 0; i < ndims; ++i) {
      int64_t a = shape->dims[o.axis + i], b = mask_shape->dims[i];
      if (a >= 0 && b >= 0 && a != b)
        return hr_refuse(s, "Dimension %d of the tensor is %lld and that of the mask %lld", o.axis + i, (long long)a,
                         (long long)b);
      joined.dims[o.axis] = joined.dims[o.axis] < 0 || a < 0 ? -1 : joined.dims[o.axis] * a;
    }
    for (int i = o.axis + 1; i < joined.rank; ++i)
      joined.dims[i] = shape->dims[ndims + i - 1];
  }
  hr_output rows = hr_reshape(s, tensor, joined_shape(s, tensor, o.axis, ndims));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_status status = hr_output_set_shape(rows, &joined);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  hr_output flat = hr_tf_reshape(s, picks, HR_SHAPE(-1));
  hr_output indices = hr_squeeze(s, hr_where(s, flat), .squeeze_dims = HR_INTS(1));
  return hr_tf_gather(s, rows, indices, .axis = HR_AXIS(o.axis));
}

static int range_order(hr_dtype dtype) {
  static const hr_dtype order[] = {HR_INT32, HR_INT64, HR_FLOAT, HR_DOUBLE};
  for (int i = 0; i < 4; ++i)
    if (order[i] == dtype) return i;
  return -1;
}

hr_output hr_tf_range_with(hr_scope scope, hr_operand start, hr_operand limit, hr_operand delta,
                           const hr_tf_range_options *options) {
  hr_dtype dtype = options ? hr_dtype_base(options->dtype) : HR_INVALID;
  if (!hr_operand_is_given(limit)) {
    limit = start;
    start = hr_operand_int(0);
  }
  if (!hr_operand_is_given(delta)) delta = hr_operand_int(1);
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "range");
  hr_output a = hr_convert(s, start, dtype, "start");
  hr_output b = hr_convert(s, limit, dtype, "limit");
  hr_output d = hr_convert(s, delta, dtype, "delta");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (dtype == HR_INVALID) {
    const hr_output all[] = {a, b, d};
    dtype = HR_INT32;
    for (int i = 0; i < 3; ++i) {
      hr_dtype type = hr_output_base_dtype(all[i]);
      if (range_order(type) < 0) return hr_refuse(s, "range does not take dtype %s", hr_dtype_python_name(type));
      if (range_order(type) > range_order(dtype)) dtype = type;
    }
    a = hr_tf_cast(s, a, dtype);
    b = hr_tf_cast(s, b, dtype);
    d = hr_tf_cast(s, d, dtype);
  }
  return hr_range(s, a, b, d, .name = hr_scope_name(s));
}

hr_output hr_linspace_with(hr_scope scope, hr_operand start, hr_operand stop, hr_operand num,
                           const hr_op_options *options) {
  return hr_call_one(scope, "LinSpace", options ? options->name : NULL, HR_OPERANDS(start, stop, num), HR_NO_ATTRS);
}

/* tf.eye where a size is a tensor: shapes are joined in the graph. */
static hr_output dynamic_eye(hr_scope s, hr_operand rows, hr_operand columns, const hr_eye_options *o, bool square) {
  hr_operand diagonal;
  if (rows.kind == HR_OPERAND_INT && columns.kind == HR_OPERAND_INT)
    diagonal = hr_operand_int(rows.i < columns.i ? rows.i : columns.i);
  else
    diagonal = hr_operand_output(hr_binary(s, "Minimum", rows, columns));
  hr_output batch = hr_operand_is_given(o->batch_shape)
                        ? hr_convert(s, o->batch_shape, HR_INT32, "shape")
                        : hr_convert(s, hr_operand_ints((hr_ints){0, NULL}), HR_INT32, "shape");
  hr_output diagonal_shape = hr_tf_concat(s, HR_OPERANDS(batch, HR_OPERANDS(diagonal)), 0);
  hr_output shape = square ? HR_NO_OUTPUT : hr_tf_concat(s, HR_OPERANDS(batch, HR_OPERANDS(rows, columns)), 0);
  hr_output ones = hr_ones(s, diagonal_shape, .dtype = o->dtype);
  if (square) return hr_matrix_diag(s, ones, .name = "diag");
  return hr_matrix_set_diag(s, hr_zeros(s, shape, .dtype = o->dtype), ones, .name = "set_diag");
}

hr_output hr_eye_with(hr_scope scope, hr_operand rows, const hr_eye_options *options) {
  hr_eye_options o = options ? *options : (hr_eye_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "eye");
  bool square = !hr_operand_is_given(o.columns_tensor) && o.columns == 0;
  hr_operand columns = square                                  ? rows
                       : hr_operand_is_given(o.columns_tensor) ? o.columns_tensor
                                                               : hr_operand_int(o.columns);
  square = square || (rows.kind == HR_OPERAND_INT && columns.kind == HR_OPERAND_INT && rows.i == columns.i);
  int64_t batch[HR_MAX_RANK];
  int batch_rank = hr_operand_is_given(o.batch_shape) ? hr_operand_known_ints(o.batch_shape, batch) : 0;
  if (rows.kind != HR_OPERAND_INT || columns.kind != HR_OPERAND_INT || batch_rank < 0)
    return dynamic_eye(s, rows, columns, &o, square);
  if (batch_rank > HR_MAX_RANK - 2) return hr_refuse(s, "batch_shape has %d sizes", batch_rank);
  hr_partial_shape shape = {.rank = batch_rank + 1};
  memcpy(shape.dims, batch, sizeof *batch * (size_t)batch_rank);
  shape.dims[batch_rank] = rows.i < columns.i ? rows.i : columns.i;
  hr_output ones = hr_ones(s, shape, .dtype = o.dtype);
  if (square) return hr_matrix_diag(s, ones, .name = "diag");
  shape.rank = batch_rank + 2;
  shape.dims[batch_rank] = rows.i;
  shape.dims[batch_rank + 1] = columns.i;
  return hr_matrix_set_diag(s, hr_zeros(s, shape, .dtype = o.dtype), ones, .name = "set_diag");
}
