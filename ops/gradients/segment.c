/* Gradients of reductions over segments. */
#include "ops/gradients/gradient.h"

hr_status hr_gradient_segment_sum(hr_gradient_context *c) {
  hr_dx(c, 0, hr_tf_gather(c->scope, hr_dy(c, 0), hr_x(c, 1)));
  return HR_SUCCESS;
}

hr_status hr_gradient_segment_mean(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), ids = hr_x(c, 1);
  hr_output rank = hr_tf_rank(s, hr_x(c, 0));
  hr_output shape = hr_tf_shape(s, ids);
  hr_output tail = hr_tf_fill(s, hr_tf_expand_dims(s, hr_minus(s, rank, 1), 0), 1);
  shape = hr_tf_concat(s, HR_LIST(shape, tail), 0);
  hr_output ones = hr_fill(s, shape, hr_number(s, 1, grad));
  hr_output scaled = hr_truediv(s, grad, hr_segment_sum(s, ones, ids));
  hr_dx(c, 0, hr_tf_gather(s, scaled, ids));
  return HR_SUCCESS;
}

/* The largest (smallest) elements of a segment share its gradient. */
static hr_status segment_extreme_gradient(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), ids = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_output zeros = hr_tf_zeros_like(s, x);
  hr_output chosen = hr_equal(s, x, hr_tf_gather(s, hr_y(c, 0), ids));
  hr_output count = hr_segment_sum(s, hr_tf_cast(s, chosen, hr_output_base_dtype(grad)), ids);
  hr_output shares = hr_tf_gather(s, hr_truediv(s, grad, count), ids);
  hr_dx(c, 0, hr_select(s, chosen, shares, zeros));
  return HR_SUCCESS;
}
hr_status hr_gradient_segment_max(hr_gradient_context *c) { return segment_extreme_gradient(c); }
hr_status hr_gradient_segment_min(hr_gradient_context *c) { return segment_extreme_gradient(c); }

/* ---- sparse segments ------------------------------------------------------------------------------------------- */

static hr_output rows_of(hr_scope s, hr_output x) { return hr_at(s, hr_tf_shape(s, x), HR_INDEX(0)); }

static hr_status sparse_sum_gradient(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output rows = rows_of(s, hr_x(c, 0));
  hr_dx(c, 0, hr_unsorted_segment_sum(s, hr_tf_gather(s, hr_dy(c, 0), hr_x(c, 2)), hr_x(c, 1), rows));
  return HR_SUCCESS;
}
hr_status hr_gradient_sparse_segment_sum(hr_gradient_context *c) { return sparse_sum_gradient(c); }
hr_status hr_gradient_sparse_segment_sum_with_num_segments(hr_gradient_context *c) { return sparse_sum_gradient(c); }

static hr_status sparse_mean_gradient(hr_gradient_context *c) {
  hr_output rows = rows_of(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_sparse_segment_mean_grad(c->scope, hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2), rows));
  return HR_SUCCESS;
}
hr_status hr_gradient_sparse_segment_mean(hr_gradient_context *c) { return sparse_mean_gradient(c); }
hr_status hr_gradient_sparse_segment_mean_with_num_segments(hr_gradient_context *c) { return sparse_mean_gradient(c); }

static hr_status sparse_sqrt_n_gradient(hr_gradient_context *c) {
  hr_output rows = rows_of(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_sparse_segment_sqrt_n_grad(c->scope, hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2), rows));
  return HR_SUCCESS;
}
hr_status hr_gradient_sparse_segment_sqrt_n(hr_gradient_context *c) { return sparse_sqrt_n_gradient(c); }
hr_status hr_gradient_sparse_segment_sqrt_n_with_num_segments(hr_gradient_context *c) {
  return sparse_sqrt_n_gradient(c);
}

/* ---- unsorted segments, where negative ids drop their elements -------------------------------------------------- */

/* Ids that can be gathered by. */
static hr_output clip_ids(hr_scope s, hr_output ids) { return hr_maximum(s, ids, hr_tf_zeros_like(s, ids)); }

/* Zeros where an element is dropped. */
static hr_output drop(hr_scope s, hr_output gathered, hr_output is_kept) {
  hr_output zeros = hr_tf_zeros_like(s, gathered);
  return hr_select(s, is_kept, gathered, zeros);
}

/* Which elements of `gathered` are not dropped: in its shape, as Select does not broadcast. */
static hr_output kept_elements(hr_scope s, hr_output ids, hr_output gathered) {
  hr_output is_kept = hr_binary(s, "GreaterEqual", ids, 0);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(gathered), own = hr_output_rank(is_kept);
  if (rank < 0 || own < 0) return hr_refuse(s, "The gradient of an unsorted segment op needs inputs of known rank");
  for (int i = own; i < rank; ++i)
    is_kept = hr_tf_expand_dims(s, is_kept, -1);
  return hr_and(s, is_kept, hr_tf_ones_like(s, gathered, .dtype = HR_BOOL));
}

hr_status hr_gradient_unsorted_segment_sum(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output ids = hr_x(c, 1);
  hr_output gathered = hr_tf_gather(s, hr_dy(c, 0), clip_ids(s, ids));
  hr_dx(c, 0, drop(s, gathered, kept_elements(s, ids, gathered)));
  return HR_SUCCESS;
}

static hr_status unsorted_extreme_gradient(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), ids = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_output clipped = clip_ids(s, ids);
  hr_output gathered = hr_tf_gather(s, hr_y(c, 0), clipped);
  hr_output is_kept = kept_elements(s, ids, gathered);
  hr_output chosen = hr_equal(s, x, drop(s, gathered, is_kept));
  chosen = hr_logical_and(s, chosen, is_kept);
  hr_output ones = hr_tf_cast(s, chosen, hr_output_base_dtype(grad));
  hr_output count = hr_unsorted_segment_sum(s, ones, ids, hr_x(c, 2));
  hr_output shares = hr_tf_gather(s, hr_truediv(s, grad, count), clipped);
  shares = drop(s, shares, is_kept);
  hr_output zeros = hr_tf_zeros_like(s, shares);
  hr_dx(c, 0, hr_select(s, chosen, shares, zeros));
  return HR_SUCCESS;
}
hr_status hr_gradient_unsorted_segment_max(hr_gradient_context *c) { return unsorted_extreme_gradient(c); }
hr_status hr_gradient_unsorted_segment_min(hr_gradient_context *c) { return unsorted_extreme_gradient(c); }

/* The product of the others: a quotient, or the product of what is not zero where the element is the only zero. */
hr_status hr_gradient_unsorted_segment_prod(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), ids = hr_x(c, 1), segments = hr_x(c, 2), grad = hr_dy(c, 0);
  hr_output is_zero = hr_binary(s, "Equal", x, 0);
  hr_output zeros = hr_unsorted_segment_sum(s, hr_tf_cast(s, is_zero, HR_INT32), ids, segments);
  hr_output many = hr_binary(s, "Greater", zeros, 1);
  grad = hr_select(s, many, hr_tf_zeros_like(s, grad), grad);
  hr_output others = hr_select(s, is_zero, hr_tf_ones_like(s, x), x);
  others = hr_unsorted_segment_prod(s, others, ids, segments);
  hr_output clipped = clip_ids(s, ids);
  hr_output product = hr_tf_gather(s, hr_y(c, 0), clipped);
  others = hr_tf_gather(s, others, clipped);
  hr_output quotient = hr_truediv(s, product, x);
  hr_output partial = hr_select(s, is_zero, others, quotient);
  hr_output gathered = hr_tf_gather(s, grad, clipped);
  hr_dx(c, 0, hr_times(s, drop(s, gathered, kept_elements(s, ids, gathered)), partial));
  return HR_SUCCESS;
}
