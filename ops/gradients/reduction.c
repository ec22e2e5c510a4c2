/* Gradients of reductions over axes. */
#include "ops/gradients/gradient.h"
#include "ops/gradients/known_shapes.h"

/* A vector as an operand that becomes a constant where it is used: of int32, or of float where TensorFlow makes it of
 * a Python list that is empty. */
typedef struct size_vector {
  hr_tensor tensor;
} size_vector;

static bool size_vector_make(hr_scope s, const hr_partial_shape *sizes, hr_dtype dtype, size_vector *out) {
  int32_t items[HR_MAX_RANK];
  for (int i = 0; i < sizes->rank; ++i)
    items[i] = (int32_t)sizes->dims[i];
  hr_status status = hr_tensor_from(dtype, 1, (const int64_t[]){sizes->rank}, items, &out->tensor);
  if (!status) return true;
  hr_scope_fail(s, status);
  return false;
}

/* The static shape with 1 in the reduced dimensions. False for an axis that it does not have. */
static bool reduce_dims(const hr_partial_shape *shape, int count, const int64_t *axes, hr_partial_shape *reduced) {
  *reduced = *shape;
  for (int i = 0; i < count; ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + shape->rank : axes[i];
    if (axis < 0 || axis >= shape->rank) return false;
    reduced->dims[axis] = 1;
  }
  return true;
}

/* The nodes that work out the reduced shape and the counts of repetition, where TensorFlow makes them. */
static void note_reduction(hr_scope s, const hr_partial_shape *shape, int count, const int64_t *axes,
                           const hr_partial_shape *reduced) {
  hr_partial_shape axes_key = {.rank = count};
  for (int i = 0; i < count; ++i)
    axes_key.dims[i] = axes[i];
  if (!hr_first_use_of_shapes(s, HR_SHAPES_REDUCED, shape, &axes_key)) return;
  size_vector sizes = {0}, dims = {0}, kept = {0};
  if (size_vector_make(s, shape, HR_INT32, &sizes) &&
      size_vector_make(s, &axes_key, count ? HR_INT32 : HR_FLOAT, &dims) &&
      size_vector_make(s, reduced, HR_INT32, &kept)) {
    hr_reduced_shape(s, hr_operand_tensor(&sizes.tensor), hr_operand_tensor(&dims.tensor));
    hr_safe_shape_div(s, hr_operand_tensor(&sizes.tensor), hr_operand_tensor(&kept.tensor));
  }
  hr_tensor_clear(&sizes.tensor);
  hr_tensor_clear(&dims.tensor);
  hr_tensor_clear(&kept.tensor);
}

/* Every dimension is reduced, each named once and in order. */
static bool reduces_all(const hr_partial_shape *shape, int count, const int64_t *axes) {
  bool all = count == shape->rank;
  for (int i = 0; i < count && all; ++i)
    all = axes[i] == i;
  return all;
}

/* The gradient of a sum: repeated along the reduced dimensions. */
static hr_output spread(const hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  int64_t axes[HR_MAX_RANK];
  int count = 0;
  if (shape->rank >= 0 && hr_static_ints(s, hr_x(c, 1), HR_MAX_RANK, axes, &count)) {
    hr_partial_shape reduced;
    if (reduces_all(shape, count, axes)) {
      reduced = (hr_partial_shape){.rank = shape->rank};
      for (int i = 0; i < shape->rank; ++i)
        reduced.dims[i] = 1;
      grad = hr_tf_reshape(s, grad, reduced);
      hr_output counts =
          hr_partial_shape_is_full(shape) ? hr_dims_vector(s, hr_dims_from_shape(*shape), NULL) : hr_tf_shape(s, x);
      return hr_tile(s, grad, counts);
    }
    if (hr_partial_shape_is_full(shape) && reduce_dims(shape, count, axes, &reduced)) {
      note_reduction(s, shape, count, axes, &reduced);
      hr_partial_shape counts = {.rank = shape->rank};
      for (int i = 0; i < shape->rank; ++i)
        counts.dims[i] = reduced.dims[i] == 0 ? 0 : shape->dims[i] / reduced.dims[i];
      return hr_tf_tile(s, hr_tf_reshape(s, grad, reduced), counts);
    }
  }
  hr_output sizes = hr_tf_shape(s, x), kept = HR_NO_OUTPUT, counts = HR_NO_OUTPUT;
  HR_WITH (beside, hr_colocate_with(s, sizes.node, false)) {
    kept = hr_reduced_shape(beside, hr_operand_output(sizes), hr_operand_output(hr_x(c, 1)));
    counts = hr_safe_shape_div(beside, hr_operand_output(sizes), hr_operand_output(kept));
  }
  return hr_tile(s, hr_reshape(s, grad, kept), counts);
}

hr_status hr_gradient_sum(hr_gradient_context *c) {
  hr_dx(c, 0, spread(c));
  return HR_SUCCESS;
}

static int64_t elements_of(const hr_partial_shape *shape) {
  int64_t elements = 1;
  for (int i = 0; i < shape->rank; ++i)
    elements *= shape->dims[i];
  return elements;
}

hr_status hr_gradient_mean(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output sum = spread(c);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  const hr_partial_shape *in = hr_output_shape(hr_x(c, 0)), *out = hr_output_shape(hr_y(c, 0));
  hr_output factor;
  if (hr_partial_shape_is_full(in) && hr_partial_shape_is_full(out)) {
    int64_t left = elements_of(out);
    factor = hr_number(s, (double)(elements_of(in) / (left > 1 ? left : 1)), sum);
  } else {
    hr_output before = hr_tf_shape(s, hr_x(c, 0));
    hr_output after = hr_tf_shape(s, hr_y(c, 0));
    before = hr_reduce_prod(s, before);
    after = hr_reduce_prod(s, after);
    factor = hr_safe_shape_div(s, hr_operand_output(before), hr_operand_output(after));
  }
  factor = hr_tf_cast(s, factor, hr_output_base_dtype(sum));
  hr_dx(c, 0, hr_truediv(s, sum, factor));
  return HR_SUCCESS;
}

/* The gradient goes to the largest (smallest) elements, in equal parts. */
hr_status hr_gradient_min_or_max(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), axes = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_output shape = hr_tf_shape(s, x);
  hr_output kept = hr_reduced_shape(s, hr_operand_output(shape), hr_operand_output(axes));
  hr_output y = hr_reshape(s, hr_y(c, 0), kept);
  grad = hr_reshape(s, grad, kept);
  hr_output chosen = hr_tf_cast(s, hr_equal(s, y, x), hr_output_base_dtype(grad));
  hr_output count = hr_reduce_sum(s, chosen, .axis = hr_operand_output(axes));
  count = hr_reshape(s, count, kept);
  hr_dx(c, 0, hr_times(s, hr_truediv(s, chosen, count), grad));
  return HR_SUCCESS;
}

/* For each row, the product of the rows before it, or behind it. */
static hr_output others_product(hr_scope scope, hr_output rows, bool behind) {
  hr_scope s = hr_name_scope(scope, "Cumprod");
  hr_output axis = hr_constant_i32(s, 0, .name = "axis");
  return hr_cumprod(s, rows, axis, .exclusive = true, .reverse = behind, .name = hr_scope_name(s));
}

/* The product of all other elements, by scans from both sides, so that zeros do no harm. */
hr_status hr_gradient_prod(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), grad = hr_dy(c, 0);
  hr_output shape = hr_tf_shape(s, x);
  hr_output axes = hr_tf_reshape(s, hr_x(c, 1), HR_SHAPE(-1));
  hr_output kept = hr_reduced_shape(s, hr_operand_output(shape), hr_operand_output(hr_x(c, 1)));
  hr_output counts = hr_safe_shape_div(s, hr_operand_output(shape), hr_operand_output(kept));
  grad = hr_tile(s, hr_reshape(s, grad, kept), counts);
  hr_output perm = HR_NO_OUTPUT, reduced_count = HR_NO_OUTPUT, other_count = HR_NO_OUTPUT;
  HR_WITH (host, hr_device_scope(s, "/cpu:0")) {
    hr_output rank = hr_tf_rank(host, x);
    axes = hr_modulo(host, hr_plus(host, axes, rank), rank);
    hr_output reduced = hr_tf_cast(host, axes, HR_INT32);
    hr_output all = hr_tf_range(host, 0, rank, 1);
    hr_output other = hr_list_diff(host, all, reduced).out;
    perm = hr_tf_concat(host, HR_LIST(reduced, other), 0);
    reduced_count = hr_reduce_prod(host, hr_tf_gather(host, shape, reduced));
    other_count = hr_reduce_prod(host, hr_tf_gather(host, shape, other));
  }
  hr_output permuted = hr_tf_transpose(s, x, .perm = hr_operand_output(perm));
  hr_output permuted_shape = hr_tf_shape(s, permuted), matrix = HR_NO_OUTPUT;
  HR_WITH (r, hr_name_scope(s, "Reshape")) {
    const hr_operand sizes[] = {hr_operand_output(reduced_count), hr_operand_output(other_count)};
    matrix =
        hr_reshape(r, permuted, hr_convert(r, hr_operand_items(2, sizes), HR_INT32, "shape"), .name = hr_scope_name(r));
  }
  hr_output left = others_product(s, matrix, false);
  hr_output right = others_product(s, matrix, true);
  left = hr_conj_of(s, left);
  right = hr_conj_of(s, right);
  hr_output y = hr_reshape(s, hr_times(s, left, right), permuted_shape);
  hr_output back = hr_tf_transpose(s, y, .perm = hr_operand_output(hr_invert_permutation(s, perm)));
  hr_dx(c, 0, hr_reshape(s, hr_times(s, grad, back), shape));
  return HR_SUCCESS;
}
