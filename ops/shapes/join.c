/* Shapes of ops that join tensors or take them apart: stack, unstack, concatenate, split. */
#include "ops/shapes/shapes.h"

/* ---- stacking and joining -------------------------------------------------------------------------------------- */

/* The attribute `axis`, counted from the front; InvalidArgument outside [-rank, rank). */
static hr_status stack_axis(const hr_shape_context *c, int rank, int *out) {
  int64_t axis = hr_int_attr(c, "axis");
  if (axis < -rank || axis >= rank)
    return hr_error(HR_INVALID_ARGUMENT, "Invalid axis: %" PRId64 "; must be in [%d,%d)", axis, -rank, rank);
  *out = (int)(axis < 0 ? axis + rank : axis);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_pack(hr_shape_context *c) {
  hr_partial_shape merged, head, tail;
  HR_TRY(hr_merge_inputs(c, 0, c->node->num_inputs - 1, &merged));
  if (!hr_rank_known(&merged)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  int axis;
  HR_TRY(stack_axis(c, merged.rank + 1, &axis));
  HR_TRY(hr_shape_part(&merged, 0, axis, &head));
  HR_TRY(hr_shape_part(&merged, axis, HR_SHAPE_END, &tail));
  HR_TRY(hr_shape_append(&head, c->node->num_inputs));
  HR_TRY(hr_shape_concat(&head, &tail, &head));
  return hr_shape_set(c, 0, &head);
}

hr_status hr_shape_fn_parallel_concat(hr_shape_context *c) {
  hr_partial_shape whole = *hr_node_attr(c->node, "shape")->shape;
  if (!hr_partial_shape_is_full(&whole)) return hr_error(HR_INVALID_ARGUMENT, "shape attr must be fully defined.");
  hr_partial_shape row = whole;
  hr_shape_replace(&row, 0, 1);
  for (int i = 0; i < c->node->num_inputs; ++i) {
    const hr_partial_shape *input = hr_shape_input(c, i);
    if (!hr_partial_shape_is_full(input))
      return hr_error(HR_INVALID_ARGUMENT, "All input shapes must be fully defined.");
    if (input->rank == 0 || input->dims[0] != 1)
      return hr_error(HR_INVALID_ARGUMENT, "Size of first dimension must be 1.");
    HR_TRY(hr_partial_shape_merge(input, &row, &row));
  }
  return hr_shape_set(c, 0, &whole);
}

/* Gives every output the shape of the first, which is set. */
static hr_status set_all_outputs(hr_shape_context *c, const hr_partial_shape *s) {
  if (c->node->num_outputs == 0) return HR_SUCCESS;
  HR_TRY(hr_shape_set(c, 0, s));
  for (int i = 1; i < c->node->num_outputs; ++i)
    hr_shape_share(c, i, c->outputs[0]);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_unpack(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  if (!hr_rank_known(s)) return HR_SUCCESS; /* outputs are unknown from the start */
  int axis;
  int64_t size;
  HR_TRY(stack_axis(c, s->rank, &axis));
  HR_TRY(hr_dim_merge(s->dims[axis], c->node->num_outputs, &size));
  hr_partial_shape result = {.rank = 0};
  for (int i = 0; i < s->rank; ++i)
    if (i != axis) result.dims[result.rank++] = s->dims[i];
  return set_all_outputs(c, &result);
}

/* Dimensions before `axis`, its size, and those after it. Unknown where the rank is. */
typedef struct cut {
  hr_partial_shape before, after;
  int64_t size;
} cut;

static hr_status cut_at(const hr_partial_shape *s, int64_t axis, cut *out) {
  HR_TRY(hr_shape_part(s, 0, axis, &out->before));
  if (axis == -1) {
    out->after.rank = 0;
  } else {
    HR_TRY(hr_shape_part(s, axis + 1, HR_SHAPE_END, &out->after));
  }
  out->size = hr_dim_at(s, (int)axis);
  return HR_SUCCESS;
}

/* Where the axis is not known: the rank, if any input has one. */
static hr_status set_concat_of_unknown_axis(hr_shape_context *c, int first, int last) {
  int rank = HR_UNKNOWN_RANK;
  for (int i = first; i <= last; ++i) {
    const hr_partial_shape *s = hr_shape_input(c, i);
    hr_partial_shape unused;
    if (rank < 0) rank = s->rank;
    if (rank >= 0) HR_TRY(hr_shape_with_rank(s, rank, &unused));
  }
  if (rank < 0) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Can't concatenate scalars (use tf.stack instead)");
  hr_partial_shape result;
  HR_TRY(hr_shape_of_rank(rank, &result));
  return hr_shape_set(c, 0, &result);
}

hr_status hr_set_concat(hr_shape_context *c, int first, int last, int axis_input) {
  int64_t axis;
  bool known;
  HR_TRY(hr_check_scalar(c, axis_input));
  HR_TRY(hr_input_scalar(c, axis_input, &known, &axis));
  if (!known) return set_concat_of_unknown_axis(c, first, last);
  cut joined = {0};
  if (axis < -HR_MAX_RANK || axis >= HR_MAX_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "Concatenation along dimension %" PRId64 "; the largest rank is %d", axis,
                    HR_MAX_RANK);
  int least_rank = (int)(axis < 0 ? -axis : axis + 1);
  for (int i = last; i >= first; --i) {
    hr_partial_shape s;
    cut next;
    HR_TRY(hr_input_of_rank_at_least(c, i, least_rank, &s));
    HR_TRY(cut_at(&s, axis, &next));
    if (i == last) {
      joined = next;
      continue;
    }
    HR_TRY(hr_partial_shape_merge(&next.before, &joined.before, &joined.before));
    HR_TRY(hr_dim_add(joined.size, next.size, &joined.size));
    HR_TRY(hr_partial_shape_merge(&next.after, &joined.after, &joined.after));
  }
  HR_TRY(hr_shape_append(&joined.before, joined.size));
  HR_TRY(hr_shape_concat(&joined.before, &joined.after, &joined.before));
  return hr_shape_set(c, 0, &joined.before);
}

hr_status hr_shape_fn_concat(hr_shape_context *c) { return hr_set_concat(c, 1, c->node->num_inputs - 1, 0); }
hr_status hr_shape_fn_concat_v2(hr_shape_context *c) {
  int axis_input = c->node->num_inputs - 1;
  return hr_set_concat(c, 0, axis_input - 1, axis_input);
}

/* ---- splitting ------------------------------------------------------------------------------------------------- */

/* The dimension that scalar input `input` names, counted from the front; unknown where that cannot be told. */
static hr_status split_dimension(const hr_shape_context *c, int input, int rank, int64_t *out) {
  bool known;
  HR_TRY(hr_check_scalar(c, input));
  HR_TRY(hr_input_scalar(c, input, &known, out));
  if (!known || (rank < 0 && *out < 0)) {
    *out = HR_UNKNOWN_DIM;
    return HR_SUCCESS;
  }
  if (rank >= 0 && (*out < -rank || *out >= rank))
    return hr_error(HR_INVALID_ARGUMENT, "Dimension size, given by scalar input %" PRId64 ", must be in range [%d, %d)",
                    *out, -rank, rank);
  if (*out < 0) *out += rank;
  return HR_SUCCESS;
}

hr_status hr_shape_fn_split(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 1);
  int64_t dim;
  HR_TRY(split_dimension(c, 0, s.rank, &dim));
  if (!hr_rank_known(&s)) return HR_SUCCESS;
  if (dim < 0) {
    HR_TRY(hr_shape_of_rank(s.rank, &s));
  } else {
    HR_TRY(hr_dim_divide(s.dims[dim], c->node->num_outputs, true, &s.dims[dim]));
  }
  return set_all_outputs(c, &s);
}

static hr_status set_parts(hr_shape_context *c, hr_partial_shape s, int64_t dim, const hr_tensor *sizes) {
  int outputs = c->node->num_outputs;
  if (sizes->elements != outputs)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Length of size_splits should be equal to num_outputs, but is %" PRId64 " and %d", sizes->elements,
                    outputs);
  int64_t total = 0, whole = s.dims[dim];
  bool has_rest = false;
  for (int i = 0; i < outputs; ++i) {
    int64_t size = hr_tensor_int(sizes, i);
    if (size < -1) return hr_error(HR_INVALID_ARGUMENT, "size_splits[%d] is %" PRId64, i, size);
    if (size < 0 && has_rest) return hr_error(HR_INVALID_ARGUMENT, "size_splits can only have one -1");
    has_rest |= size < 0;
    if (size >= 0) HR_TRY(hr_dim_add(total, size, &total));
  }
  if (whole >= 0 && (has_rest ? total > whole : total != whole))
    return hr_error(HR_INVALID_ARGUMENT, "Sizes of the parts add up to %" PRId64 ", but the dimension is %" PRId64,
                    total, whole);
  for (int i = 0; i < outputs; ++i) {
    int64_t size = hr_tensor_int(sizes, i);
    s.dims[dim] = size < 0 && whole >= 0 ? whole - total : size;
    HR_TRY(hr_shape_set(c, i, &s));
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_split_v(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 0);
  int64_t dim;
  HR_TRY(split_dimension(c, 2, s.rank, &dim));
  if (!hr_rank_known(&s)) return HR_SUCCESS;
  if (s.rank == 0) return hr_error(HR_INVALID_ARGUMENT, "Can't split scalars");
  if (dim < 0) {
    HR_TRY(hr_shape_of_rank(s.rank, &s));
    return set_all_outputs(c, &s);
  }
  hr_tensor sizes;
  bool known;
  HR_TRY(hr_shape_input_value(c, 1, &known, &sizes));
  if (!known) {
    s.dims[dim] = HR_UNKNOWN_DIM;
    return set_all_outputs(c, &s);
  }
  hr_status status = set_parts(c, s, dim, &sizes);
  hr_tensor_clear(&sizes);
  return status;
}
