/* Shapes of ops that read or write parts: slices, gathers, scatters. */
#include "ops/shapes/shapes.h"

static hr_status sliced(const hr_partial_shape *in, const hr_partial_shape *begin, const hr_tensor *sizes,
                        hr_partial_shape *out) {
  hr_partial_shape from;
  HR_TRY(hr_shape_of_rank(sizes->elements, out));
  HR_TRY(hr_shape_with_rank(begin, out->rank, &from));
  for (int i = 0; i < out->rank; ++i) {
    int64_t size = hr_tensor_int(sizes, i);
    if (size < -1) return hr_error(HR_INVALID_ARGUMENT, "Expected size[%d] >= -1, but got %" PRId64, i, size);
    if (size >= 0) {
      out->dims[i] = size;
    } else {
      HR_TRY(hr_dim_subtract(hr_dim_at(in, i), from.dims[i], &out->dims[i]));
    }
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_slice(hr_shape_context *c) {
  hr_partial_shape in = *hr_shape_input(c, 0), begin, size, result;
  HR_TRY(hr_input_of_rank(c, 1, 1, &begin));
  HR_TRY(hr_input_of_rank(c, 2, 1, &size));
  HR_TRY(hr_partial_shape_merge(&begin, &size, &begin));
  int64_t rank = hr_dim_at(&begin, 0);
  if (rank > HR_MAX_RANK) return hr_shape_of_rank(rank, &in);
  if (rank >= 0) HR_TRY(hr_shape_with_rank(&in, (int)rank, &in));
  HR_TRY(hr_shape_input_as_shape(c, 1, &begin));
  hr_tensor sizes;
  bool known;
  HR_TRY(hr_shape_input_value(c, 2, &known, &sizes));
  if (known) {
    hr_status status = sliced(&in, &begin, &sizes, &result);
    hr_tensor_clear(&sizes);
    HR_TRY(status);
    return hr_shape_set(c, 0, &result);
  }
  /* Sizes that are known in part; -1 among them cannot be told from unknown ones. */
  HR_TRY(hr_shape_input_as_shape(c, 2, &result));
  if (hr_rank_known(&result)) {
    HR_TRY(hr_shape_with_rank(&begin, result.rank, &begin));
  } else if (hr_rank_known(&in)) {
    HR_TRY(hr_shape_of_rank(in.rank, &result));
  }
  return hr_shape_set(c, 0, &result);
}

/* ---- strided slices -------------------------------------------------------------------------------------------- */

/* The indexing of one dimension of the input. */
typedef struct range {
  int64_t begin, end, stride;
  bool begin_masked, end_masked, shrink;
} range;

/* A dimension of the result: one of the input, a new one, or none (the input's is dropped). */
enum { NEW_DIM = -1, DROPPED_DIM = -2 };

/* The whole indexing: a range for each dimension of the input, and what the result is made of. */
typedef struct indexing {
  bool begin_known, end_known;
  range ranges[HR_MAX_RANK];
  int parts[2 * 32];
  int part_count;
} indexing;

typedef struct slice_masks {
  uint64_t begin, end, ellipsis, new_axis, shrink;
} slice_masks;

/* Spreads the entries of the slice specification over the dimensions of the input. begin and end may be NULL. */
static hr_status spread(const hr_tensor *begin, const hr_tensor *end, const hr_tensor *strides,
                        const slice_masks *masks, int rank, indexing *out) {
  int entries = (int)strides->elements, new_after_ellipsis = 0;
  bool ellipsis_seen = false;
  for (int i = 0; i < entries; ++i) {
    if (ellipsis_seen && masks->new_axis >> i & 1) ++new_after_ellipsis;
    if (masks->ellipsis >> i & 1) ellipsis_seen = true;
  }
  /* Without an ellipsis one stands at the end. */
  uint64_t ellipsis = ellipsis_seen ? masks->ellipsis : masks->ellipsis | (uint64_t)1 << entries;
  int all = ellipsis_seen ? entries : entries + 1, dim = 0;
  for (int i = 0; i < all; ++i) {
    if (ellipsis >> i & 1) {
      int next = rank - (all - i) + 1 + new_after_ellipsis;
      for (next = next < rank ? next : rank; dim < next; ++dim) {
        out->ranges[dim] = (range){.stride = 1, .begin_masked = true, .end_masked = true};
        out->parts[out->part_count++] = dim;
      }
    } else if (masks->new_axis >> i & 1) {
      out->parts[out->part_count++] = NEW_DIM;
    } else {
      if (dim == rank)
        return hr_error(HR_INVALID_ARGUMENT, "Index out of range using input dim %d; input has only %d dims", dim,
                        rank);
      range *r = &out->ranges[dim];
      *r = (range){.stride = hr_tensor_int(strides, i),
                   .begin_masked = masks->begin >> i & 1,
                   .end_masked = masks->end >> i & 1,
                   .shrink = masks->shrink >> i & 1};
      if (begin) r->begin = hr_tensor_int(begin, i);
      if (end) r->end = hr_tensor_int(end, i);
      out->parts[out->part_count++] = r->shrink ? DROPPED_DIM : dim;
      ++dim;
    }
  }
  return HR_SUCCESS;
}

static int64_t clamp(int64_t x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : x; }

/* Elements that a range takes out of a dimension of `size`. */
static hr_status range_size(const indexing *indices, int dim, int64_t size, int64_t *out) {
  const range *r = &indices->ranges[dim];
  if (r->stride == 0) return hr_error(HR_INVALID_ARGUMENT, "strides[%d] must be non-zero", dim);
  *out = r->shrink ? 1 : HR_UNKNOWN_DIM;
  if (size < 0) return HR_SUCCESS;
  if (r->shrink && r->stride < 0) return hr_error(HR_INVALID_ARGUMENT, "only stride 1 allowed on non-range indexing.");
  bool known = indices->begin_known && indices->end_known;
  if (r->shrink) {
    int64_t at = r->begin < 0 ? r->begin + size : r->begin;
    if (known && (at < 0 || at >= size))
      return hr_error(HR_INVALID_ARGUMENT, "slice index %" PRId64 " of dimension %d out of bounds.", r->begin, dim);
    return HR_SUCCESS;
  }
  if (!known && !(r->begin_masked && r->end_masked)) return HR_SUCCESS;
  int64_t low = r->stride > 0 ? 0 : -1, high = r->stride > 0 ? size : size - 1;
  int64_t first = r->stride > 0 ? low : high, last = r->stride > 0 ? high : low;
  int64_t begin = r->begin_masked ? first : clamp(r->begin < 0 ? r->begin + size : r->begin, low, high);
  int64_t end = r->end_masked ? last : clamp(r->end < 0 ? r->end + size : r->end, low, high);
  int64_t length = end - begin;
  *out = length == 0 || (length < 0) != (r->stride < 0) ? 0 : length / r->stride + (length % r->stride != 0);
  return HR_SUCCESS;
}

static hr_status strided_slice(const hr_partial_shape *in, const hr_tensor *begin, const hr_tensor *end,
                               const hr_tensor *strides, const slice_masks *masks, hr_partial_shape *out) {
  indexing indices = {.begin_known = begin != NULL, .end_known = end != NULL};
  if (strides->elements >= 32 || (begin && begin->elements != strides->elements) ||
      (end && end->elements != strides->elements))
    return hr_error(HR_INVALID_ARGUMENT, "begin, end and strides must be vectors of one length below 32");
  if (masks->ellipsis & (masks->ellipsis - 1))
    return hr_error(HR_INVALID_ARGUMENT, "Multiple ellipses in slice spec not allowed");
  HR_TRY(spread(begin, end, strides, masks, in->rank, &indices));
  int64_t sizes[HR_MAX_RANK];
  for (int i = 0; i < in->rank; ++i)
    HR_TRY(range_size(&indices, i, in->dims[i], &sizes[i]));
  out->rank = 0;
  for (int i = 0; i < indices.part_count; ++i) {
    int part = indices.parts[i];
    if (part != DROPPED_DIM) HR_TRY(hr_shape_append(out, part == NEW_DIM ? 1 : sizes[part]));
  }
  return HR_SUCCESS;
}

static uint64_t mask_attr(const hr_shape_context *c, const char *name) { return (uint64_t)hr_int_attr(c, name); }

hr_status hr_shape_fn_strided_slice(hr_shape_context *c) {
  const hr_partial_shape *in = hr_shape_input(c, 0);
  hr_partial_shape specification, other, result;
  HR_TRY(hr_input_of_rank(c, 1, 1, &specification));
  for (int i = 2; i <= 3; ++i) {
    HR_TRY(hr_input_of_rank(c, i, 1, &other));
    HR_TRY(hr_partial_shape_merge(&specification, &other, &specification));
  }
  if (!hr_rank_known(in)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  const slice_masks masks = {mask_attr(c, "begin_mask"), mask_attr(c, "end_mask"), mask_attr(c, "ellipsis_mask"),
                             mask_attr(c, "new_axis_mask"), mask_attr(c, "shrink_axis_mask")};
  hr_tensor begin = {0}, end = {0}, strides = {0};
  bool begin_known, end_known, strides_known;
  hr_status status;
  HR_TRY_GOTO(status, hr_shape_input_value(c, 3, &strides_known, &strides), done);
  if (!strides_known) {
    hr_shape_set_unknown(c, 0);
    goto done;
  }
  HR_TRY_GOTO(status, hr_shape_input_value(c, 1, &begin_known, &begin), done);
  HR_TRY_GOTO(status, hr_shape_input_value(c, 2, &end_known, &end), done);
  HR_TRY_GOTO(status,
              strided_slice(in, begin_known ? &begin : NULL, end_known ? &end : NULL, &strides, &masks, &result), done);
  status = hr_shape_set(c, 0, &result);
done:
  hr_tensor_clear(&begin);
  hr_tensor_clear(&end);
  hr_tensor_clear(&strides);
  return status;
}

/* ---- gathers --------------------------------------------------------------------------------------------------- */

hr_status hr_shape_fn_gather(hr_shape_context *c) {
  hr_partial_shape params, result;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &params));
  HR_TRY(hr_shape_part(&params, 1, HR_SHAPE_END, &params));
  HR_TRY(hr_shape_concat(hr_shape_input(c, 1), &params, &result));
  return hr_shape_set(c, 0, &result);
}

/* params[:axis] + indices[batch_dims:] + params[axis + 1:] */
hr_status hr_shape_fn_gather_v2(hr_shape_context *c) {
  const hr_partial_shape *indices = hr_shape_input(c, 1);
  hr_partial_shape params, result, middle, tail, unused;
  int64_t axis, batch_dims = hr_int_attr(c, "batch_dims");
  bool known;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &params));
  HR_TRY(hr_check_scalar(c, 2));
  HR_TRY(hr_input_scalar(c, 2, &known, &axis));
  if (hr_rank_known(indices)) {
    if (batch_dims < -indices->rank || batch_dims > indices->rank)
      return hr_error(HR_INVALID_ARGUMENT, "Expected batch_dims in the range [%d, %d], but got %" PRId64,
                      -indices->rank, indices->rank, batch_dims);
    if (batch_dims < 0) batch_dims += indices->rank;
  }
  if (!known) {
    result = HR_SHAPE_UNKNOWN;
    if (hr_rank_known(&params) && hr_rank_known(indices))
      HR_TRY(hr_shape_of_rank(params.rank + indices->rank - 1, &result));
    return hr_shape_set(c, 0, &result);
  }
  if (axis < -HR_MAX_RANK || axis >= HR_MAX_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "axis %" PRId64 "; the largest rank is %d", axis, HR_MAX_RANK);
  HR_TRY(hr_shape_with_rank_at_least(&params, (int)(axis < 0 ? -axis : axis + 1), &unused));
  HR_TRY(hr_shape_part(&params, 0, axis, &result));
  HR_TRY(hr_shape_part(indices, batch_dims, HR_SHAPE_END, &middle));
  if (axis == -1) {
    tail.rank = 0;
  } else {
    HR_TRY(hr_shape_part(&params, axis + 1, HR_SHAPE_END, &tail));
  }
  HR_TRY(hr_shape_concat(&result, &middle, &result));
  HR_TRY(hr_shape_concat(&result, &tail, &result));
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_gather_nd(hr_shape_context *c) {
  const hr_partial_shape *params = hr_shape_of_variable(c, 0);
  hr_partial_shape indices, rest;
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &indices));
  int64_t depth = hr_dim_at(&indices, -1);
  if (!hr_rank_known(params) || depth < 0) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (depth > params->rank)
    return hr_error(HR_INVALID_ARGUMENT, "indices.shape[-1] must be <= params.rank, but saw %" PRId64 " and %d", depth,
                    params->rank);
  HR_TRY(hr_shape_part(&indices, 0, -1, &indices));
  HR_TRY(hr_shape_part(params, depth, HR_SHAPE_END, &rest));
  HR_TRY(hr_shape_concat(&indices, &rest, &indices));
  return hr_shape_set(c, 0, &indices);
}

/* variable[:batch_dims] + indices[batch_dims:] + variable[batch_dims + 1:] */
hr_status hr_shape_fn_resource_gather(hr_shape_context *c) {
  const hr_partial_shape *indices = hr_shape_input(c, 1);
  hr_partial_shape params, result, part;
  HR_TRY(hr_check_handle(c));
  int64_t batch_dims = hr_int_attr(c, "batch_dims");
  if (batch_dims < 0) return hr_error(HR_INVALID_ARGUMENT, "batch_dims is negative (%" PRId64 ")", batch_dims);
  if (batch_dims >= HR_MAX_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "batch_dims %" PRId64 "; the largest rank is %d", batch_dims, HR_MAX_RANK);
  HR_TRY(hr_shape_with_rank_at_least(hr_shape_of_variable(c, 0), (int)batch_dims + 1, &params));
  HR_TRY(hr_shape_with_rank_at_least(indices, (int)batch_dims, &part));
  HR_TRY(hr_shape_part(&params, 0, batch_dims, &result));
  HR_TRY(hr_shape_part(indices, batch_dims, HR_SHAPE_END, &part));
  HR_TRY(hr_shape_concat(&result, &part, &result));
  HR_TRY(hr_shape_part(&params, batch_dims + 1, HR_SHAPE_END, &part));
  HR_TRY(hr_shape_concat(&result, &part, &result));
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_resource_gather_nd(hr_shape_context *c) {
  HR_TRY(hr_check_handle(c));
  return hr_shape_fn_gather_nd(c);
}

/* ---- scatters -------------------------------------------------------------------------------------------------- */

/* ScatterUpdate and its family: rows of a variable. */
hr_status hr_shape_fn_scatter_update(hr_shape_context *c) {
  const hr_partial_shape *updates = hr_shape_input(c, 2);
  hr_partial_shape rows;
  HR_TRY(hr_shape_part(hr_shape_of_variable(c, 0), 1, HR_SHAPE_END, &rows));
  HR_TRY(hr_shape_concat(hr_shape_input(c, 1), &rows, &rows));
  if (updates->rank != 0) HR_TRY(hr_partial_shape_merge(updates, &rows, &rows));
  hr_share_variable(c);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_resource_scatter(hr_shape_context *c) {
  HR_TRY(hr_check_handle(c));
  return hr_shape_fn_scatter_update(c);
}

/* Slices of `target` at index vectors: updates are shaped as indices without its last dimension, then as a slice. */
static hr_status check_scatter(const hr_partial_shape *target, const hr_partial_shape *indices,
                               const hr_partial_shape *updates) {
  int64_t target_count, index_count, update_count;
  HR_TRY(hr_shape_count(target, &target_count));
  HR_TRY(hr_shape_count(indices, &index_count));
  HR_TRY(hr_shape_count(updates, &update_count));
  if (target_count == 0 && (index_count > 0 || update_count > 0))
    return hr_error(HR_INVALID_ARGUMENT, "Indices and updates specified for empty output");
  if (!hr_rank_known(indices) || !hr_rank_known(updates)) return HR_SUCCESS;
  int64_t depth = hr_dim_at(indices, -1);
  if (depth < 0) return HR_SUCCESS;
  hr_partial_shape outer, update_outer, slice, update_slice;
  HR_TRY(hr_shape_part(indices, 0, -1, &outer));
  HR_TRY(hr_shape_part(updates, 0, outer.rank, &update_outer));
  HR_TRY(hr_status_prefix(hr_partial_shape_merge(&outer, &update_outer, &outer),
                          "The outer dimensions of indices and updates must match: "));
  HR_TRY(hr_shape_part(target, depth, HR_SHAPE_END, &slice));
  HR_TRY(hr_shape_part(updates, outer.rank, HR_SHAPE_END, &update_slice));
  return hr_status_prefix(hr_partial_shape_merge(&slice, &update_slice, &slice),
                          "The inner dimensions of the output and updates must match: ");
}

/* Into input 0, a variable or a copy of a tensor. */
hr_status hr_shape_fn_scatter_nd_update(hr_shape_context *c) {
  hr_partial_shape target, indices, updates;
  HR_TRY(hr_shape_with_rank_at_least(hr_shape_of_variable(c, 0), 1, &target));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &indices));
  HR_TRY(hr_input_of_rank_at_least(c, 2, 1, &updates));
  HR_TRY(check_scatter(&target, &indices, &updates));
  hr_share_variable(c);
  return HR_SUCCESS;
}

/* Into zeros of the shape that input 2 says. */
hr_status hr_shape_fn_scatter_nd(hr_shape_context *c) {
  hr_partial_shape target, indices, updates;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &indices));
  HR_TRY(hr_input_of_rank_at_least(c, 1, 1, &updates));
  HR_TRY(hr_shape_input_as_shape(c, 2, &target));
  HR_TRY(check_scatter(&target, &indices, &updates));
  return hr_shape_set(c, 0, &target);
}
