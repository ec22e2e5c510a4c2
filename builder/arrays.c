/* Shapes, joining, cutting and picking. */
#include "builder/builder.h"

hr_output hr_tf_shape_with(hr_scope scope, hr_output x, const hr_tf_size_options *options) {
  hr_dtype type = options && options->out_type ? options->out_type : HR_INT32;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Shape");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  const char *name = hr_scope_name(s);
  if (!hr_partial_shape_is_full(shape)) return hr_shape_of(s, x, .out_type = type, .name = name);
  if (type == HR_INT64) return hr_constant_array(s, HR_INT64, HR_SHAPE(shape->rank), shape->dims, .name = name);
  return hr_dims_vector(s, hr_dims_from_shape(*shape), name);
}

hr_output hr_tf_size_with(hr_scope scope, hr_output x, const hr_tf_size_options *options) {
  hr_dtype type = options && options->out_type ? options->out_type : HR_INT32;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Size");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  const char *name = hr_scope_name(s);
  if (!hr_partial_shape_is_full(shape)) return hr_size(s, x, .out_type = type, .name = name);
  int64_t elements = 1;
  for (int i = 0; i < shape->rank; ++i)
    elements *= shape->dims[i];
  return hr_convert(s, hr_operand_int(elements), type, name);
}

hr_output hr_tf_rank_with(hr_scope scope, hr_output x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Rank");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(x) < 0) return hr_rank(s, x, .name = hr_scope_name(s));
  return hr_constant_i32(s, hr_output_rank(x), .name = hr_scope_name(s));
}

hr_output hr_tf_reshape_with(hr_scope scope, hr_output x, hr_dims dims, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Reshape");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  return hr_reshape(s, x, shape, .name = hr_scope_name(s));
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
  hr_scope r = hr_name_scope(s, "Range");
  hr_output start = hr_constant_i32(r, 0, .name = "start");
  hr_output delta = hr_constant_i32(r, 1, .name = "delta");
  hr_output range = hr_range(r, start, count, delta, .name = hr_scope_name(r));
  return hr_minus(s, last, range);
}

hr_output hr_tf_transpose_with(hr_scope scope, hr_output x, const hr_tf_transpose_options *options) {
  hr_tf_transpose_options o = options ? *options : (hr_tf_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "transpose");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output perm = o.perm_tensor;
  bool given = perm.node || o.perm.kind != HR_AXES_ALL;
  if (!perm.node) perm = given ? hr_axes_constant(s, &o.perm, "perm") : reversed_dimensions(s, x);
  const char *name = hr_scope_name(s);
  bool conjugate = o.conjugate && hr_dtype_is_complex(hr_output_base_dtype(x));
  return conjugate ? hr_conjugate_transpose(s, x, perm, .name = name) : hr_transpose(s, x, perm, .name = name);
}

hr_output hr_tf_expand_dims_with(hr_scope scope, hr_output x, int32_t axis, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "ExpandDims");
  hr_output dim = hr_constant_i32(s, axis, .name = "dim");
  return hr_expand_dims(s, x, dim, .name = hr_scope_name(s));
}

hr_output hr_tf_squeeze_with(hr_scope scope, hr_output x, const hr_tf_squeeze_options *options) {
  hr_tf_squeeze_options o = options ? *options : (hr_tf_squeeze_options){0};
  int64_t dims[HR_MAX_RANK];
  for (int i = 0; i < o.axis.count; ++i)
    dims[i] = o.axis.items[i];
  return hr_squeeze(scope, x, .squeeze_dims = {o.axis.count, dims}, .name = o.name);
}

hr_output hr_tf_tile_with(hr_scope scope, hr_output x, hr_dims multiples, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Tile");
  hr_output counts = hr_dims_vector(s, multiples, "multiples");
  return hr_tile(s, x, counts, .name = hr_scope_name(s));
}

hr_output hr_tf_concat_with(hr_scope scope, hr_outputs values, int32_t axis, const hr_op_options *options) {
  const char *wanted = options && options->name ? options->name : "concat";
  hr_scope s = hr_name_scope(scope, wanted);
  if (values.count == 1) {
    /* The Identity takes the name again, inside the scope that has it. */
    hr_constant_i32(s, axis, .name = "concat_dim");
    return hr_identity(s, values.items[0], .name = wanted);
  }
  hr_output dim = hr_constant_i32(s, axis, .name = "axis");
  return hr_concat_v2(s, values, dim, .name = hr_scope_name(s));
}

hr_output hr_stack_with(hr_scope scope, hr_outputs values, const hr_stack_options *options) {
  return hr_pack(scope, values, .axis = options ? options->axis : 0,
                 .name = options && options->name ? options->name : "stack");
}

hr_outputs hr_unstack_with(hr_scope scope, hr_output value, const hr_unstack_options *options) {
  hr_unstack_options o = options ? *options : (hr_unstack_options){0};
  if (!hr_scope_ok(scope)) return (hr_outputs){0, NULL};
  int64_t num = o.num;
  if (num == 0) {
    const hr_partial_shape *shape = hr_output_shape(value);
    int axis = o.axis < 0 ? o.axis + shape->rank : o.axis;
    if (shape->rank < 0 || axis < 0 || axis >= shape->rank || shape->dims[axis] < 0) {
      char text[HR_SHAPE_TEXT];
      hr_refuse(scope, "Cannot infer num from shape %s", hr_partial_shape_text(shape, text));
      return (hr_outputs){0, NULL};
    }
    num = shape->dims[axis];
  }
  return hr_unpack(scope, value, num, .axis = o.axis, .name = o.name ? o.name : "unstack");
}

hr_outputs hr_tf_split_with(hr_scope scope, hr_output value, int32_t num, int32_t axis, const hr_op_options *options) {
  hr_constant_i32(scope, num);
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "split");
  hr_output dim = hr_constant_i32(s, axis, .name = "split_dim");
  return hr_split(s, dim, value, num, .name = hr_scope_name(s));
}

hr_outputs hr_split_sizes_with(hr_scope scope, hr_output value, int32_t num, const int32_t *sizes, int32_t axis,
                               const hr_op_options *options) {
  hr_output parts = hr_i32_vector(scope, num, sizes, "Const");
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "split");
  hr_output dim = hr_constant_i32(s, axis, .name = "split_dim");
  return hr_split_v(s, value, parts, dim, num, .name = hr_scope_name(s));
}

hr_output hr_tf_gather_with(hr_scope scope, hr_output params, hr_operand indices, const hr_tf_gather_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "GatherV2");
  hr_output rows = hr_convert(s, indices, HR_INVALID, "indices");
  hr_output axis = hr_constant_i32(s, options ? options->axis : 0, .name = "axis");
  return hr_gather_v2(s, params, rows, axis, .name = hr_scope_name(s));
}

hr_output hr_tf_one_hot_with(hr_scope scope, hr_operand indices, hr_operand depth,
                             const hr_tf_one_hot_options *options) {
  hr_tf_one_hot_options o = options ? *options : (hr_tf_one_hot_options){.axis = -1};
  hr_scope s = hr_name_scope_or(scope, o.name, "one_hot");
  /* TensorFlow converts what is given twice: once to learn its dtype. */
  hr_dtype dtype = o.dtype;
  if (o.on_value) dtype = hr_output_base_dtype(hr_convert(s, *o.on_value, HR_INVALID, NULL));
  if (o.off_value) {
    hr_output off = hr_convert(s, *o.off_value, HR_INVALID, NULL);
    if (!o.on_value) dtype = hr_output_base_dtype(off);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (dtype == HR_INVALID) dtype = HR_FLOAT;
  if (o.dtype && o.dtype != dtype)
    return hr_refuse(s, "dtype %s of one_hot does not match dtype %s of its values", hr_dtype_name(o.dtype),
                     hr_dtype_name(dtype));
  hr_operand one = hr_operand_int(1), zero = hr_operand_int(0);
  hr_output on = HR_NO_OUTPUT, off = HR_NO_OUTPUT;
  if (!o.on_value) on = hr_convert(s, one, dtype, "on_value");
  if (!o.off_value) off = hr_convert(s, zero, dtype, "off_value");
  hr_dtype index_type = indices.kind == HR_OPERAND_INT ? HR_INT64 : HR_INVALID;
  hr_output rows = hr_convert(s, indices, index_type, "indices");
  hr_output size = hr_convert(s, depth, HR_INT32, "depth");
  if (o.on_value) on = hr_convert(s, *o.on_value, dtype, "on_value");
  if (o.off_value) off = hr_convert(s, *o.off_value, dtype, "off_value");
  return hr_one_hot(s, rows, size, on, off, .axis = o.axis, .name = hr_scope_name(s));
}

hr_output hr_tf_where_with(hr_scope scope, hr_output condition, hr_operand x, hr_operand y,
                           const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Select");
  hr_output a = hr_convert(s, x, HR_INVALID, "t");
  hr_output b = hr_convert(s, y, a.node ? hr_output_base_dtype(a) : HR_INVALID, "e");
  return hr_select(s, condition, a, b, .name = hr_scope_name(s));
}

/* The shape of `tensor` with the first `ndims` sizes replaced by their product. */
static hr_output joined_leading_shape(hr_scope s, hr_output tensor, int ndims) {
  hr_output leading = hr_at(s, hr_tf_shape(s, tensor), HR_SLICE(0, ndims));
  hr_output size = hr_reduce_prod(s, leading, .axis = HR_AXES(0));
  hr_output before = hr_at(s, hr_tf_shape(s, tensor), HR_SLICE(HR_OPEN, 0));
  hr_output after = hr_at(s, hr_tf_shape(s, tensor), HR_SLICE(ndims, HR_OPEN));
  hr_scope c = hr_name_scope(s, "concat");
  hr_output middle = hr_pack(c, HR_LIST(size), .name = "values_1");
  hr_output axis = hr_constant_i32(c, 0, .name = "axis");
  return hr_concat_v2(c, HR_LIST(before, middle, after), axis, .name = hr_scope_name(c));
}

hr_output hr_boolean_mask_with(hr_scope scope, hr_output tensor, hr_operand mask, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "boolean_mask");
  hr_output picks = hr_convert(s, mask, HR_BOOL, "mask");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *mask_shape = hr_output_shape(picks), *shape = hr_output_shape(tensor);
  if (mask_shape->rank == 0) return hr_refuse(s, "mask cannot be scalar.");
  if (mask_shape->rank < 0)
    return hr_refuse(s, "Number of mask dimensions must be specified, even if some dimensions are None.");
  hr_partial_shape joined = {.rank = HR_UNKNOWN_RANK};
  if (shape->rank >= 0) {
    if (shape->rank < mask_shape->rank)
      return hr_refuse(s, "A mask of rank %d does not fit a tensor of rank %d", mask_shape->rank, shape->rank);
    joined = (hr_partial_shape){.rank = shape->rank - mask_shape->rank + 1, .dims = {1}};
    for (int i = 0; i < mask_shape->rank; ++i) {
      int64_t a = shape->dims[i], b = mask_shape->dims[i];
      if (a >= 0 && b >= 0 && a != b)
        return hr_refuse(s, "Dimension %d of the tensor is %lld and that of the mask %lld", i, (long long)a,
                         (long long)b);
      joined.dims[0] = joined.dims[0] < 0 || a < 0 ? -1 : joined.dims[0] * a;
    }
    for (int i = 1; i < joined.rank; ++i)
      joined.dims[i] = shape->dims[mask_shape->rank + i - 1];
  }
  hr_output rows = hr_reshape(s, tensor, joined_leading_shape(s, tensor, mask_shape->rank));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_status status = hr_output_set_shape(rows, &joined);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  hr_output flat = hr_tf_reshape(s, picks, HR_SHAPE(-1));
  hr_output indices = hr_squeeze(s, hr_where(s, flat), .squeeze_dims = HR_INTS(1));
  return hr_tf_gather(s, rows, indices);
}

static int range_order(hr_dtype dtype) {
  static const hr_dtype order[] = {HR_INT32, HR_INT64, HR_FLOAT, HR_DOUBLE};
  for (int i = 0; i < 4; ++i)
    if (order[i] == dtype) return i;
  return -1;
}

hr_output hr_tf_range_with(hr_scope scope, hr_operand start, hr_operand limit, hr_operand delta,
                           const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "range");
  hr_output a = hr_convert(s, start, HR_INVALID, "start");
  hr_output b = hr_convert(s, limit, HR_INVALID, "limit");
  hr_output d = hr_convert(s, delta, HR_INVALID, "delta");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_output all[] = {a, b, d};
  hr_dtype dtype = HR_INT32;
  for (int i = 0; i < 3; ++i) {
    hr_dtype type = hr_output_base_dtype(all[i]);
    if (range_order(type) < 0) return hr_refuse(s, "range does not take dtype %s", hr_dtype_name(type));
    if (range_order(type) > range_order(dtype)) dtype = type;
  }
  a = hr_tf_cast(s, a, dtype);
  b = hr_tf_cast(s, b, dtype);
  d = hr_tf_cast(s, d, dtype);
  return hr_range(s, a, b, d, .name = hr_scope_name(s));
}

hr_output hr_linspace_with(hr_scope scope, hr_operand start, hr_operand stop, hr_operand num,
                           const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "LinSpace");
  hr_output a = hr_convert(s, start, start.kind == HR_OPERAND_INT ? HR_FLOAT : HR_INVALID, "start");
  hr_output b = hr_convert(s, stop, a.node ? hr_output_base_dtype(a) : HR_INVALID, "stop");
  hr_output n = hr_convert(s, num, HR_INVALID, "num");
  return hr_lin_space(s, a, b, n, .name = hr_scope_name(s));
}

hr_output hr_eye_with(hr_scope scope, int64_t rows, const hr_eye_options *options) {
  hr_eye_options o = options ? *options : (hr_eye_options){0};
  hr_dtype dtype = o.dtype ? o.dtype : HR_FLOAT;
  int64_t columns = o.columns ? o.columns : rows;
  hr_scope s = hr_name_scope_or(scope, o.name, "eye");
  hr_output ones = hr_ones(s, HR_SHAPE(rows < columns ? rows : columns), .dtype = dtype);
  if (rows == columns) return hr_matrix_diag(s, ones, .name = "diag");
  hr_output zeros = hr_zeros(s, HR_SHAPE(rows, columns), .dtype = dtype);
  return hr_matrix_set_diag(s, zeros, ones, .name = "set_diag");
}
