/* Gradients of ops that take and place elements by index. */
#include "ops/gradients/gradient.h"

hr_output hr_size_vector(hr_scope s, hr_output x) { return hr_tf_expand_dims(s, hr_tf_size(s, x), 0); }

void hr_give_rows(hr_gradient_context *c, hr_output params_shape, hr_output count) {
  hr_scope s = c->scope;
  hr_output tail = hr_at(s, params_shape, HR_SLICE(1, HR_OPEN));
  hr_output shape = hr_join(s, HR_VECTOR_PART(count), HR_VECTOR_PART(tail));
  hr_output rows = hr_reshape(c->scope, hr_dy(c, 0), shape);
  hr_output indices = hr_reshape(s, hr_x(c, 1), count);
  c->inputs[0] = (hr_gradient){rows, indices, params_shape};
}

/* The shape of what was gathered from, worked out beside it, as it may be large. */
static hr_output params_shape_of(hr_gradient_context *c) {
  hr_output params = hr_x(c, 0), shape = HR_NO_OUTPUT;
  HR_WITH (beside, hr_colocate_with(c->scope, params.node, false)) {
    shape = hr_tf_shape(beside, params, .out_type = HR_INT64);
    shape = hr_tf_cast(beside, shape, HR_INT32);
  }
  return shape;
}

hr_status hr_gradient_gather(hr_gradient_context *c) {
  hr_output shape = params_shape_of(c);
  hr_give_rows(c, shape, hr_size_vector(c->scope, hr_x(c, 1)));
  return HR_SUCCESS;
}

/* Indices into all batches laid one behind the other. */
static hr_output flat_indices(hr_scope s, hr_output params_shape, hr_output indices, int64_t batch_dims) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(indices);
  int rank = hr_output_rank(indices);
  if (rank < batch_dims) return hr_refuse(s, "The gradient of GatherV2 with batch_dims needs indices of known rank");
  hr_output sizes = hr_tf_cast(s, params_shape, dtype);
  hr_output stride = hr_ones(s, HR_SHAPE(), .dtype = dtype);
  for (int64_t dim = batch_dims; dim > 0; --dim) {
    hr_output size = hr_at(s, sizes, HR_INDEX(dim - 1));
    stride = hr_times(s, stride, hr_at(s, sizes, HR_INDEX(dim)));
    hr_output start = hr_zeros(s, HR_SHAPE(), .dtype = dtype);
    hr_output step = hr_ones(s, HR_SHAPE(), .dtype = dtype);
    hr_output offsets = hr_times(s, hr_tf_range(s, start, size, step), stride);
    hr_operand shape[HR_MAX_RANK];
    for (int i = 0; i < rank; ++i)
      shape[i] = i == dim - 1 ? hr_operand_output(size) : hr_operand_int(1);
    offsets = hr_reshape(s, offsets, hr_convert(s, hr_operand_items(rank, shape), dtype, "stack"));
    indices = hr_plus(s, indices, offsets);
  }
  return indices;
}

/* Sums rows by index: values [batch..., indices, ...] -> [batch..., rows, ...]. */
static hr_output sum_rows(hr_scope s, hr_output params_shape, hr_output values, hr_output indices, int64_t batch_dims,
                          hr_output rows) {
  hr_output count = hr_size_vector(s, indices), batch = HR_NO_OUTPUT, flat_shape = HR_NO_OUTPUT;
  if (batch_dims > 0) {
    hr_output shape = hr_tf_shape(s, values);
    batch = hr_at(s, shape, HR_SLICE(HR_OPEN, batch_dims));
    hr_output inner = hr_at(s, shape, HR_SLICE(batch_dims, HR_OPEN));
    inner = hr_at(s, inner, HR_SLICE(1, HR_OPEN));
    hr_output batches = hr_reduce_prod(s, batch, .axis = HR_AXES(0));
    flat_shape = hr_join(s, HR_NUMBER_PART(-1), HR_VECTOR_PART(inner));
    rows = hr_times(s, rows, batches);
    indices = flat_indices(s, params_shape, indices, batch_dims);
    values = hr_reshape(s, values, flat_shape);
  }
  indices = hr_reshape(s, indices, count);
  hr_output sums = hr_unsorted_segment_sum(s, values, indices, rows);
  if (batch_dims > 0) sums = hr_reshape(s, sums, hr_join(s, HR_VECTOR_PART(batch), HR_VECTOR_PART(flat_shape)));
  return sums;
}

/* Along another axis than the first: the axis is moved behind the batch dimensions, rows are summed by index, and moved
 * back. */
static hr_output sum_by_index(hr_gradient_context *c, hr_output params_shape, int64_t batch_dims) {
  hr_scope s = c->scope;
  hr_output axis = hr_x(c, 2), indices = hr_x(c, 1);
  hr_output outer = hr_at(s, params_shape, HR_SLICE(HR_OPEN, axis));
  hr_output inner = hr_at(s, params_shape, HR_SLICE(axis, HR_OPEN));
  inner = hr_at(s, inner, HR_SLICE(1, HR_OPEN));
  hr_output values_shape = hr_join(s, HR_VECTOR_PART(outer), HR_NUMBER_PART(-1), HR_VECTOR_PART(inner));
  hr_output rank = hr_tf_size(s, values_shape), at = hr_tf_size(s, outer);
  hr_output batch_axes = hr_tf_range(s, 0, batch_dims, 1);
  hr_output outer_axes = hr_tf_range(s, batch_dims, at, 1);
  hr_output inner_axes = hr_tf_range(s, hr_plus(s, at, 1), rank, 1);
  hr_output values = hr_reshape(s, hr_dy(c, 0), values_shape);
  hr_output perm = hr_join(s, HR_VECTOR_PART(batch_axes), HR_SCALAR_PART(at), HR_VECTOR_PART(outer_axes),
                           HR_VECTOR_PART(inner_axes));
  values = hr_tf_transpose(s, values, .perm = hr_operand_output(perm));
  hr_output rows = hr_at(s, params_shape, HR_INDEX(axis));
  hr_output sums = sum_rows(s, params_shape, values, indices, batch_dims, rows);
  hr_output behind = hr_plus(s, outer_axes, 1);
  perm = hr_join(s, HR_VECTOR_PART(batch_axes), HR_VECTOR_PART(behind), HR_NUMBER_PART((int32_t)batch_dims),
                 HR_VECTOR_PART(inner_axes));
  return hr_tf_transpose(s, sums, .perm = hr_operand_output(perm));
}

hr_status hr_gradient_gather_v2(hr_gradient_context *c) {
  hr_scope s = c->scope;
  int64_t batch_dims = hr_int_attr(c, "batch_dims");
  if (batch_dims < 0) batch_dims += hr_output_rank(hr_x(c, 1));
  hr_output shape = params_shape_of(c);
  hr_output count = hr_size_vector(s, hr_x(c, 1));
  int64_t axis = 1;
  int known = 0;
  if (hr_static_ints(s, hr_x(c, 2), 1, &axis, &known) && axis == 0)
    hr_give_rows(c, shape, count);
  else
    hr_dx(c, 0, sum_by_index(c, shape, batch_dims));
  return HR_SUCCESS;
}

void hr_give_slices(hr_gradient_context *c, hr_output shape) {
  hr_scope s = c->scope;
  hr_output indices = hr_x(c, 1), grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return;
  const hr_partial_shape *known = hr_output_shape(indices);
  if (known->rank == 2 && known->dims[1] == 1)
    c->inputs[0] = (hr_gradient){grad, hr_tf_squeeze(s, indices, .axis = HR_AXIS(-1)), shape};
  else
    hr_dx(c, 0, hr_scatter_nd(s, indices, grad, shape));
}

hr_status hr_gradient_gather_nd(hr_gradient_context *c) {
  hr_output shape = hr_tf_shape(c->scope, hr_x(c, 0), .out_type = hr_output_base_dtype(hr_x(c, 1)));
  hr_give_slices(c, shape);
  return HR_SUCCESS;
}

/* What was written comes back from where it was written. */
hr_status hr_gradient_scatter_nd(hr_gradient_context *c) {
  hr_dx(c, 1, hr_gather_nd(c->scope, hr_dy(c, 0), hr_x(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_scatter_nd_non_aliasing_add(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_dx(c, 0, grad);
  hr_dx(c, 2, hr_gather_nd(c->scope, grad, hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_scatter_update(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), indices = hr_x(c, 1);
  hr_output updates = hr_gather_nd(s, grad, indices);
  hr_output copy = hr_identity(s, grad);
  hr_output zeros = hr_tf_zeros_like(s, hr_x(c, 2), .dtype = hr_output_base_dtype(grad));
  hr_dx(c, 0, hr_tensor_scatter_update(s, copy, indices, zeros));
  hr_dx(c, 2, updates);
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_scatter_add(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_dx(c, 2, hr_gather_nd(c->scope, grad, hr_x(c, 1)));
  hr_dx(c, 0, hr_identity(c->scope, grad));
  return HR_SUCCESS;
}

hr_status hr_gradient_tensor_scatter_sub(hr_gradient_context *c) {
  hr_status status = hr_gradient_tensor_scatter_add(c);
  hr_dx(c, 2, hr_neg(c->scope, c->inputs[2].value));
  return status;
}

hr_status hr_gradient_sparse_to_dense(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_output values = hr_gather_nd(s, grad, hr_x(c, 0));
  hr_output all = hr_reduce_sum(s, grad);
  hr_dx(c, 2, values);
  hr_dx(c, 3, hr_minus(s, all, hr_reduce_sum(s, values)));
  for (int i = 0; i < 2; ++i)
    hr_dx(c, i, hr_tf_zeros_like(s, hr_x(c, i)));
  return HR_SUCCESS;
}

/* ---- partitions ------------------------------------------------------------------------------------------------ */

/* The numbers of the elements go through the same partition, and say where each gradient belongs. */
hr_status hr_gradient_dynamic_partition(hr_gradient_context *c) {
  hr_scope s = c->scope;
  int32_t count = c->node->num_outputs;
  hr_output *grads = hr_keep_bytes(s, sizeof *grads * (size_t)count);
  if (!grads) return HR_SUCCESS;
  for (int32_t i = 0; i < count; ++i)
    grads[i] = hr_dy(c, i);
  hr_output prefix = hr_tf_shape(s, hr_x(c, 1));
  hr_output all = hr_tf_range(s, 0, hr_reduce_prod(s, prefix), 1);
  all = hr_reshape(s, all, prefix);
  hr_outputs places = hr_dynamic_partition(s, all, hr_x(c, 1), count);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_output together = hr_dynamic_stitch(s, places, ((hr_outputs){count, grads}));
  hr_output shape = hr_tf_shape(s, hr_x(c, 0));
  hr_dx(c, 0, hr_reshape(s, together, shape));
  return HR_SUCCESS;
}

hr_status hr_gradient_dynamic_stitch(hr_gradient_context *c) {
  hr_scope s = c->scope;
  int32_t count = c->node->num_inputs / 2;
  hr_output grad = hr_dy(c, 0);
  const hr_rows *rows = hr_rows_of(grad);
  if (rows) {
    hr_output height = hr_at(s, hr_tf_shape(s, hr_y(c, 0)), HR_INDEX(0));
    grad = hr_unsorted_segment_sum(s, rows->values, rows->indices, height);
  }
  for (int32_t i = 0; i < count; ++i)
    hr_dx(c, count + i, hr_tf_gather(s, grad, hr_x(c, i)));
  return HR_SUCCESS;
}
