/* Shapes of element-wise ops: one input, two broadcast inputs, inputs of one shape, selections. */
#include "ops/shapes/shapes.h"

/* Every output has the first input's shape. */
hr_status hr_shape_fn_unchanged(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_outputs; ++i)
    HR_TRY(hr_pass_input(c, i, 0));
  return HR_SUCCESS;
}

/* Output i has input i's shape. */
hr_status hr_shape_fn_identity_n(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_share_input(c, i, i);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_at_least_vector(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &unused));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

/* What both inputs say together. */
hr_status hr_shape_fn_same_shapes(hr_shape_context *c) {
  const hr_partial_shape *a = hr_shape_input(c, 0), *b = hr_shape_input(c, 1);
  if (a == b) {
    hr_shape_share(c, 0, a);
    return HR_SUCCESS;
  }
  hr_partial_shape merged;
  HR_TRY(hr_partial_shape_merge(a, b, &merged));
  return hr_shape_set(c, 0, &merged);
}

/* Both inputs must agree, but the output takes only the first one's word. */
hr_status hr_shape_fn_approximate_equal(hr_shape_context *c) {
  hr_partial_shape merged;
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 0), hr_shape_input(c, 1), &merged));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

static bool same_sizes(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (a == b) return true;
  if (a->rank != b->rank) return false;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] != b->dims[i]) return false;
  return true;
}

hr_status hr_shape_fn_broadcast(hr_shape_context *c) {
  const hr_partial_shape *a = hr_shape_input(c, 0), *b = hr_shape_input(c, 1);
  /* The usual cases need no new shape. */
  if (same_sizes(a, b) || (b->rank == 0 && a->rank >= 0)) {
    hr_shape_share(c, 0, a);
    return HR_SUCCESS;
  }
  if (a->rank == 0 && b->rank >= 0) {
    hr_shape_share(c, 0, b);
    return HR_SUCCESS;
  }
  hr_partial_shape result;
  hr_status status = hr_shape_broadcast(a, b, &result);
  const hr_attr_value *strict = status ? hr_node_attr(c->node, "incompatible_shape_error") : NULL;
  if (strict && !strict->b) { /* Equal and NotEqual may answer shapes that do not fit with one truth value. */
    hr_status_free(status);
    hr_shape_set_scalar(c, 0);
    return HR_SUCCESS;
  }
  HR_TRY(status);
  return hr_shape_set(c, 0, &result);
}

/* Vectors of three elements in the last dimension. */
hr_status hr_shape_fn_cross(hr_shape_context *c) {
  hr_partial_shape a, b;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &a));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &b));
  HR_TRY(hr_partial_shape_merge(&a, &b, &a));
  if (hr_rank_known(&a)) {
    int64_t three;
    HR_TRY(hr_dim_merge(hr_dim_at(&a, -1), 3, &three));
  }
  return hr_shape_set(c, 0, &a);
}

/* Scalars among three inputs stretch; the others have one shape. */
hr_status hr_shape_fn_betainc(hr_shape_context *c) {
  hr_partial_shape merged = HR_SHAPE_UNKNOWN;
  int scalars = 0, other = 0;
  for (int i = 0; i < 3; ++i) {
    const hr_partial_shape *s = hr_shape_input(c, i);
    if (s->rank == 0) {
      ++scalars;
      continue;
    }
    other = i;
    HR_TRY(hr_partial_shape_merge(&merged, s, &merged));
  }
  if (scalars >= 2) {
    hr_share_input(c, 0, other);
    return HR_SUCCESS;
  }
  /* An input of unknown rank might be a scalar, so only known ones count. */
  return hr_shape_set(c, 0, &merged);
}

/* `condition` has the shape of t and e, or is a scalar, or a vector that picks rows. */
hr_status hr_shape_fn_select(hr_shape_context *c) {
  const hr_partial_shape *condition = hr_shape_input(c, 0);
  hr_partial_shape data;
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 1), hr_shape_input(c, 2), &data));
  if (hr_rank_known(condition) && hr_rank_known(&data) && condition->rank > 0) {
    if (condition->rank == 1 && data.rank > 0) {
      int64_t rows;
      HR_TRY(hr_dim_merge(condition->dims[0], data.dims[0], &rows));
    } else {
      HR_TRY(hr_partial_shape_merge(&data, condition, &data));
    }
  }
  return hr_shape_set(c, 0, &data);
}

hr_status hr_shape_fn_select_v2(hr_shape_context *c) {
  hr_partial_shape result;
  HR_TRY(hr_shape_broadcast(hr_shape_input(c, 1), hr_shape_input(c, 2), &result));
  HR_TRY(hr_shape_broadcast(hr_shape_input(c, 0), &result, &result));
  return hr_shape_set(c, 0, &result);
}

/* The sum of lists is one of elements of their common shape. */
static hr_status merge_lists(hr_shape_context *c) {
  hr_handle_data *sum = NULL;
  for (int i = 0; i < c->node->num_inputs; ++i) {
    const hr_handle_data *list = hr_shape_input_handle(c, i);
    if (!list) continue;
    if (sum && sum->dtype != list->dtype)
      return hr_error(HR_INVALID_ARGUMENT, "Lists of %s and of %s have no sum", hr_dtype_name(sum->dtype),
                      hr_dtype_name(list->dtype));
    if (sum) {
      HR_TRY(hr_partial_shape_merge(&sum->shape, &list->shape, &sum->shape));
      continue;
    }
    sum = HR_ARENA_NEW(hr_graph_arena(c->graph), hr_handle_data);
    if (!sum) return hr_error_out_of_memory(sizeof *sum, "what is known of a list");
    *sum = *list;
  }
  return sum ? hr_shape_share_handle(c, 0, sum) : HR_SUCCESS;
}

hr_status hr_shape_fn_add_n(hr_shape_context *c) {
  if (hr_node_output_dtype(c->node, 0) == HR_VARIANT) HR_TRY(merge_lists(c));
  if (c->node->num_inputs == 1) {
    hr_share_input(c, 0, 0);
    return HR_SUCCESS;
  }
  hr_partial_shape merged;
  HR_TRY(hr_merge_inputs(c, 0, c->node->num_inputs - 1, &merged));
  return hr_shape_set(c, 0, &merged);
}
