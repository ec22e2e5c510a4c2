/* Sums, products, reductions and extremes of sparse tensors. */
#include "builder/sparse.h"
#include "headrace/arrays.h"

/* ---- sums ------------------------------------------------------------------------------------------------------ */

/* The static shape that both have, as far as TensorFlow's broadcasting finds it; false where they cannot be the same,
 * which is told. */
static bool common_shape(hr_scope s, const hr_sparse_tensor *a, const hr_sparse_tensor *b, hr_partial_shape *out) {
  hr_partial_shape left = hr_sparse_static_shape(s, a), right = hr_sparse_static_shape(s, b), merged;
  if (!hr_scope_ok(s)) return false;
  hr_status status = hr_partial_shape_merge(&left, &right, &merged);
  if (status) {
    char first[HR_SHAPE_TEXT], second[HR_SHAPE_TEXT];
    hr_status_free(status);
    hr_refuse(s, "Shapes %s and %s are incompatible", hr_partial_shape_text(&left, first),
              hr_partial_shape_text(&right, second));
    return false;
  }
  *out = merged;
  if (left.rank < 0 || right.rank < 0) out->rank = HR_UNKNOWN_RANK;
  for (int i = 0; i < out->rank; ++i) /* 1 beside what is not known may become anything */
    if (out->dims[i] == 1 && left.dims[i] != right.dims[i]) out->dims[i] = HR_UNKNOWN_DIM;
  return true;
}

hr_sparse_tensor hr_tf_sparse_add_with(hr_scope scope, hr_sparse_tensor a, hr_sparse_tensor b,
                                       const hr_tf_sparse_add_options *options) {
  const hr_sparse_tensor nothing = {0};
  if (!hr_scope_ok(scope)) return nothing;
  hr_dtype dtype = hr_output_base_dtype(a.values);
  hr_dtype real = dtype == HR_COMPLEX64 ? HR_FLOAT : dtype == HR_COMPLEX128 ? HR_DOUBLE : dtype;
  hr_operand least = options && hr_operand_is_given(options->threshold) ? options->threshold : hr_operand_int(0);
  hr_output threshold = hr_convert(scope, least, real, "threshold");
  hr_sparse_add_outputs sum =
      hr_sparse_add(scope, a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, threshold);
  hr_partial_shape shape;
  if (!hr_scope_ok(scope) || !common_shape(scope, &a, &b, &shape)) return nothing;
  if (shape.rank >= 0 && hr_partial_shape_is_full(&shape))
    return hr_sparse_of_shape(scope, sum.sum_indices, sum.sum_values, &shape);
  return hr_sparse_of(scope, sum.sum_indices, sum.sum_values, sum.sum_shape);
}

hr_output hr_sparse_dense_add_with(hr_scope scope, hr_sparse_tensor a, hr_operand b, const hr_op_options *options) {
  return hr_call_one(scope, "SparseTensorDenseAdd", options ? options->name : NULL,
                     HR_OPERANDS(a.indices, a.values, a.dense_shape, b), HR_NO_ATTRS);
}

/* ---- products and quotients with dense tensors ------------------------------------------------------------------ */

static hr_sparse_tensor with_values(hr_scope scope, const hr_sparse_tensor *x, hr_output values) {
  return hr_sparse_of(scope, x->indices, values, x->dense_shape);
}

hr_sparse_tensor hr_sparse_times_with(hr_scope scope, hr_sparse_tensor x, hr_operand y, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "mul");
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_output dense = hr_convert(s, y, hr_output_base_dtype(x.values), "y");
  return with_values(s, &x,
                     hr_sparse_dense_cwise_mul(s, x.indices, x.values, x.dense_shape, dense, .name = hr_scope_name(s)));
}

hr_sparse_tensor hr_sparse_divided_with(hr_scope scope, hr_sparse_tensor x, hr_operand y,
                                        const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "truediv");
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_output values = x.values, dense = hr_convert(s, y, hr_output_base_dtype(values), "y");
  if (!hr_division_operands(s, &values, &dense)) return (hr_sparse_tensor){0};
  return with_values(s, &x,
                     hr_sparse_dense_cwise_div(s, x.indices, values, x.dense_shape, dense, .name = hr_scope_name(s)));
}

/* ---- reductions ------------------------------------------------------------------------------------------------- */

hr_output hr_sparse_rank_with(hr_scope scope, hr_sparse_tensor x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Rank");
  return hr_size(s, x.dense_shape, .name = hr_scope_name(s));
}

static hr_output all_dimensions(hr_scope s, const hr_sparse_tensor *x) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *sizes = hr_output_shape(x->dense_shape);
  if (sizes->rank != 1 || sizes->dims[0] < 0 || sizes->dims[0] > HR_MAX_RANK)
    return hr_tf_range(s, 0, hr_sparse_rank_with(s, *x, NULL), 1);
  int32_t dims[HR_MAX_RANK];
  for (int i = 0; i < sizes->dims[0]; ++i)
    dims[i] = i;
  return hr_i32_vector(s, (int)sizes->dims[0], dims, "Const");
}

static hr_node *reduce(hr_scope scope, const char *op, const hr_sparse_tensor *x, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  if (!hr_operand_is_given(o.axis)) o.axis = hr_operand_output(all_dimensions(scope, x));
  hr_operands operands = HR_OPERANDS(x->indices, x->values, x->dense_shape, o.axis);
  hr_attrs attrs = HR_ATTRS({"keep_dims", HR_ATTR_BOOL_VALUE(o.keepdims)});
  return hr_call_op(scope, op, o.name, operands.count, operands.items, attrs.count, attrs.items);
}

static hr_output reduce_dense(hr_scope scope, const char *op, const hr_sparse_tensor *x,
                              const hr_reduce_options *options) {
  hr_node *node = reduce(scope, op, x, options);
  return node ? (hr_output){node, 0} : HR_NO_OUTPUT;
}
static hr_sparse_tensor reduce_sparse(hr_scope scope, const char *op, const hr_sparse_tensor *x,
                                      const hr_reduce_options *options) {
  hr_node *node = reduce(scope, op, x, options);
  if (!node) return (hr_sparse_tensor){0};
  return hr_sparse_of(scope, (hr_output){node, 0}, (hr_output){node, 1}, (hr_output){node, 2});
}

hr_output hr_tf_sparse_reduce_sum_with(hr_scope scope, hr_sparse_tensor x, const hr_reduce_options *options) {
  return reduce_dense(scope, "SparseReduceSum", &x, options);
}
hr_output hr_tf_sparse_reduce_max_with(hr_scope scope, hr_sparse_tensor x, const hr_reduce_options *options) {
  return reduce_dense(scope, "SparseReduceMax", &x, options);
}
hr_sparse_tensor hr_tf_sparse_reduce_sum_sparse_with(hr_scope scope, hr_sparse_tensor x,
                                                     const hr_reduce_options *options) {
  return reduce_sparse(scope, "SparseReduceSumSparse", &x, options);
}
hr_sparse_tensor hr_tf_sparse_reduce_max_sparse_with(hr_scope scope, hr_sparse_tensor x,
                                                     const hr_reduce_options *options) {
  return reduce_sparse(scope, "SparseReduceMaxSparse", &x, options);
}

/* ---- elements --------------------------------------------------------------------------------------------------- */

hr_sparse_tensor hr_tf_sparse_softmax_with(hr_scope scope, hr_sparse_tensor x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseSoftmax");
  return with_values(s, &x, hr_sparse_softmax(s, x.indices, x.values, x.dense_shape));
}

hr_sparse_tensor hr_sparse_maximum_with(hr_scope scope, hr_sparse_tensor a, hr_sparse_tensor b,
                                        const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseSparseMaximum");
  hr_sparse_sparse_maximum_outputs most = hr_sparse_sparse_maximum(s, a.indices, a.values, a.dense_shape, b.indices,
                                                                   b.values, b.dense_shape, .name = hr_scope_name(s));
  return hr_sparse_of(scope, most.output_indices, most.output_values, a.dense_shape);
}

hr_sparse_tensor hr_sparse_minimum_with(hr_scope scope, hr_sparse_tensor a, hr_sparse_tensor b,
                                        const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "SparseSparseMinimum");
  hr_sparse_sparse_minimum_outputs least = hr_sparse_sparse_minimum(s, a.indices, a.values, a.dense_shape, b.indices,
                                                                    b.values, b.dense_shape, .name = hr_scope_name(s));
  return hr_sparse_of(scope, least.output_indices, least.output_values, a.dense_shape);
}
