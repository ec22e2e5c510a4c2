/* Sparse tensors. */
#include "builder/sparse.h"
#include "headrace/arrays.h"

hr_sparse_tensor hr_make_sparse_tensor_of(hr_scope scope, hr_operand indices, hr_operand values,
                                          hr_operand dense_shape) {
  hr_scope s = hr_name_scope(scope, "SparseTensor");
  hr_sparse_tensor x;
  x.indices = hr_convert(s, indices, HR_INT64, "indices");
  x.values = hr_convert(s, values, HR_INVALID, "values");
  x.dense_shape = hr_convert(s, dense_shape, HR_INT64, "dense_shape");
  return x;
}

hr_sparse_tensor hr_sparse_of(hr_scope s, hr_output indices, hr_output values, hr_output dense_shape) {
  return hr_make_sparse_tensor_of(s, hr_operand_output(indices), hr_operand_output(values),
                                  hr_operand_output(dense_shape));
}

hr_sparse_tensor hr_sparse_of_shape(hr_scope s, hr_output indices, hr_output values, const hr_partial_shape *shape) {
  return hr_make_sparse_tensor_of(s, hr_operand_output(indices), hr_operand_output(values),
                                  hr_operand_ints((hr_ints){shape->rank, shape->dims}));
}

hr_partial_shape hr_sparse_static_shape(hr_scope s, const hr_sparse_tensor *x) {
  hr_partial_shape shape = {.rank = HR_UNKNOWN_RANK};
  if (!hr_scope_ok(s)) return shape;
  hr_status status = hr_constant_value_as_shape(x->dense_shape, &shape);
  if (status) hr_scope_fail(s, status);
  const hr_partial_shape *sizes = hr_output_shape(x->dense_shape);
  if (shape.rank >= 0 || sizes->rank != 1 || sizes->dims[0] < 0 || sizes->dims[0] > HR_MAX_RANK) return shape;
  shape.rank = (int)sizes->dims[0];
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = HR_UNKNOWN_DIM;
  return shape;
}

bool hr_sparse_known_shape(hr_scope s, const hr_sparse_tensor *x, hr_partial_shape *out) {
  *out = hr_sparse_static_shape(s, x);
  return hr_scope_ok(s) && out->rank >= 0 && hr_partial_shape_is_full(out);
}

hr_output hr_sparse_shape_with(hr_scope scope, hr_sparse_tensor x, const hr_sparse_shape_options *options) {
  static const hr_sparse_shape_options defaults = {.out_type = HR_INT32};
  if (!options) options = &defaults;
  hr_scope s = hr_name_scope_or(scope, options->name, "Shape");
  return hr_cast(s, x.dense_shape, options->out_type);
}

hr_sparse_tensor hr_tf_sparse_reorder_with(hr_scope scope, hr_sparse_tensor x, const hr_op_options *options) {
  hr_sparse_reorder_outputs ordered =
      hr_sparse_reorder(scope, x.indices, x.values, x.dense_shape, .name = options ? options->name : NULL);
  hr_partial_shape shape;
  hr_operand dense_shape;
  if (hr_sparse_known_shape(scope, &x, &shape))
    dense_shape = hr_operand_ints((hr_ints){shape.rank, shape.dims});
  else
    dense_shape = hr_operand_output(hr_identity(scope, x.dense_shape));
  return hr_make_sparse_tensor_of(scope, hr_operand_output(ordered.output_indices),
                                  hr_operand_output(ordered.output_values), dense_shape);
}

/* ---- another shape --------------------------------------------------------------------------------------------- */

static int64_t product(const hr_partial_shape *shape) {
  int64_t all = 1;
  for (int i = 0; i < shape->rank; ++i)
    all *= shape->dims[i] < 0 ? 1 : shape->dims[i];
  return all;
}

/* Fills in the open size of `wanted`; false, with the error told, where the numbers of elements differ. */
static bool fill_open_size(hr_scope s, int64_t elements, hr_partial_shape *wanted) {
  int open = -1;
  for (int i = 0; i < wanted->rank; ++i) {
    if (wanted->dims[i] >= 0) continue;
    if (open >= 0) {
      hr_refuse(s, "At most one dimension can be inferred (-1)");
      return false;
    }
    open = i;
  }
  int64_t rest = product(wanted);
  if (open >= 0) wanted->dims[open] = rest > 0 ? elements / rest : 0;
  if (product(wanted) == elements) return true;
  char text[HR_SHAPE_TEXT];
  hr_refuse(s, "Cannot reshape a tensor with %lld elements to shape %s (%lld elements).", (long long)elements,
            hr_partial_shape_text(wanted, text), (long long)product(wanted));
  return false;
}

static int open_sizes(const hr_partial_shape *shape) {
  int count = 0;
  for (int i = 0; i < shape->rank; ++i)
    count += shape->dims[i] < 0;
  return count;
}

hr_sparse_tensor hr_tf_sparse_reshape_with(hr_scope scope, hr_sparse_tensor x, hr_operand shape,
                                           const hr_op_options *options) {
  const hr_sparse_tensor nothing = {0};
  hr_output wanted = hr_tf_cast(scope, shape, HR_INT64);
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseReshape");
  hr_sparse_reshape_outputs result = hr_sparse_reshape(s, x.indices, x.dense_shape, wanted, .name = hr_scope_name(s));
  if (!hr_scope_ok(s)) return nothing;
  hr_partial_shape from, to;
  hr_status status = hr_constant_value_as_shape(wanted, &to);
  if (status) hr_scope_fail(s, status);
  hr_output dense_shape = result.output_shape;
  /* Where the caller did not say all sizes, several may be open because nothing is known of them. */
  bool open = !status && to.rank >= 0 && open_sizes(&to) > 1 && !hr_is_constant(s, wanted);
  if (!status && !open && to.rank >= 0 && hr_sparse_known_shape(s, &x, &from)) {
    if (!fill_open_size(s, product(&from), &to)) return nothing;
    dense_shape = hr_convert(s, hr_operand_ints((hr_ints){to.rank, to.dims}), HR_INT64, "Const");
  }
  return hr_sparse_of(s, result.output_indices, hr_identity(s, x.values), dense_shape);
}

hr_sparse_tensor hr_tf_sparse_slice_with(hr_scope scope, hr_sparse_tensor x, hr_operand start, hr_operand size,
                                         const hr_op_options *options) {
  hr_output from = hr_convert(scope, start, HR_INT64, NULL), sizes = hr_convert(scope, size, HR_INT64, NULL);
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseSlice");
  hr_sparse_slice_outputs part =
      hr_sparse_slice(s, x.indices, x.values, x.dense_shape, from, sizes, .name = hr_scope_name(s));
  return hr_sparse_of(s, part.output_indices, part.output_values, part.output_shape);
}

hr_sparse_tensor hr_sparse_from_dense_with(hr_scope scope, hr_operand dense, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "dense_to_sparse");
  hr_output x = hr_convert(s, dense, 0, "Const");
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_output zero = hr_convert(s, HR_OPERAND(0), hr_output_base_dtype(x), "Const");
  hr_output indices = hr_where(s, hr_not_equal(s, x, zero));
  hr_output values = hr_gather_nd(s, x, indices);
  return hr_sparse_of(s, indices, values, hr_tf_shape(s, x, .out_type = HR_INT64));
}

/* ---- choosing and filling -------------------------------------------------------------------------------------- */

hr_sparse_tensor hr_sparse_retain(hr_scope scope, hr_sparse_tensor x, hr_operand to_retain) {
  hr_output chosen = hr_convert(scope, to_retain, HR_BOOL, NULL);
  hr_output places = hr_tf_reshape(scope, hr_where(scope, chosen), HR_SHAPE(-1));
  hr_output indices = hr_tf_gather(scope, x.indices, places);
  hr_output values = hr_tf_gather(scope, x.values, places);
  return hr_sparse_of(scope, indices, values, hr_identity(scope, x.dense_shape));
}

hr_filled_rows hr_tf_sparse_fill_empty_rows_with(hr_scope scope, hr_sparse_tensor x, hr_operand default_value,
                                                 const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseFillEmptyRows");
  if (!hr_scope_ok(s)) return (hr_filled_rows){0};
  hr_output value = hr_convert(s, default_value, hr_output_base_dtype(x.values), NULL);
  hr_sparse_fill_empty_rows_outputs filled = hr_sparse_fill_empty_rows(s, x.indices, x.values, x.dense_shape, value);
  hr_sparse_tensor result = hr_sparse_of(s, filled.output_indices, filled.output_values, x.dense_shape);
  return (hr_filled_rows){result.indices, result.values, result.dense_shape, filled.empty_row_indicator};
}

hr_output hr_sparse_tensor_to_dense_with(hr_scope scope, hr_sparse_tensor x,
                                         const hr_sparse_tensor_to_dense_options *options) {
  hr_sparse_tensor_to_dense_options o = options ? *options : (hr_sparse_tensor_to_dense_options){0};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x.values);
  hr_operand fill = o.default_value;
  if (!hr_operand_is_given(fill)) fill = hr_operand_output(hr_zeros(scope, HR_SHAPE(), .dtype = dtype));
  return hr_call_one(scope, "SparseToDense", o.name, HR_OPERANDS(x.indices, x.dense_shape, x.values, fill),
                     HR_ATTRS({"validate_indices", HR_ATTR_BOOL_VALUE(!o.any_order)}));
}

hr_output hr_tf_sparse_tensor_dense_matmul_with(hr_scope scope, hr_sparse_tensor a, hr_operand b,
                                                const hr_tf_sparse_tensor_dense_matmul_options *options) {
  hr_tf_sparse_tensor_dense_matmul_options o = options ? *options : (hr_tf_sparse_tensor_dense_matmul_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "SparseTensorDenseMatMul");
  hr_output dense = hr_convert(s, b, HR_INVALID, "b");
  return hr_sparse_tensor_dense_matmul(s, a.indices, a.values, a.dense_shape, dense, .adjoint_a = o.adjoint_a,
                                       .adjoint_b = o.adjoint_b);
}
