/* Shapes of ops that arrange elements: fill, reshape, transpose, pad, reverse, one-hot, unique. */
#include "ops/shapes/shapes.h"

/* An output whose shape is the value of an input: Fill, random ops, SparseToDense. */
static hr_status set_to_value(hr_shape_context *c, int input) {
  hr_partial_shape shape;
  HR_TRY(hr_shape_input_as_shape(c, input, &shape));
  return hr_shape_set(c, 0, &shape);
}

/* Of input 0, whose rank is checked. */
hr_status hr_shape_fn_shape_value(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 1, &unused));
  return set_to_value(c, 0);
}

hr_status hr_shape_fn_fill(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_shape_fn_shape_value(c));
  /* -1 is no size that could be unknown, where the sizes are numbers. */
  bool known;
  hr_tensor sizes;
  HR_TRY(hr_shape_input_value(c, 0, &known, &sizes));
  if (!known) return HR_SUCCESS;
  bool negative = false;
  for (int64_t i = 0; i < sizes.elements; ++i)
    negative |= hr_tensor_int(&sizes, i) < 0;
  hr_tensor_clear(&sizes);
  return negative ? hr_error(HR_INVALID_ARGUMENT, "Fill dimensions must be >= 0") : HR_SUCCESS;
}

hr_status hr_shape_fn_random_uniform_int(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_check_scalar(c, 2));
  return hr_shape_fn_shape_value(c);
}

/* Input 1 holds the two numbers of a seed. */
hr_status hr_shape_fn_stateless_random(hr_shape_context *c) {
  hr_partial_shape seed;
  int64_t unused;
  HR_TRY(hr_input_of_rank(c, 1, 1, &seed));
  HR_TRY(hr_dim_merge(seed.dims[0], 2, &unused));
  return set_to_value(c, 0);
}

hr_status hr_shape_fn_stateless_random_uniform_int(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 2));
  HR_TRY(hr_check_scalar(c, 3));
  return hr_shape_fn_stateless_random(c);
}

/* RandomGamma, RandomPoisson: a block of that shape for each element of input 1. */
hr_status hr_shape_fn_random_for_each(hr_shape_context *c) {
  hr_partial_shape shape;
  HR_TRY(hr_shape_input_as_shape(c, 0, &shape));
  HR_TRY(hr_shape_concat(&shape, hr_shape_input(c, 1), &shape));
  return hr_shape_set(c, 0, &shape);
}

hr_status hr_shape_fn_sparse_to_dense(hr_shape_context *c) { return set_to_value(c, 1); }

/* ---- about shapes ---------------------------------------------------------------------------------------------- */

/* Shape and ShapeN: a vector as long as the input's rank. */
hr_status hr_shape_fn_shape(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_outputs; ++i) {
    const hr_partial_shape *s = hr_shape_input(c, i);
    hr_partial_shape result = hr_vector_shape(hr_rank_known(s) ? s->rank : HR_UNKNOWN_DIM);
    HR_TRY(hr_shape_set(c, i, &result));
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_broadcast_args(hr_shape_context *c) {
  hr_partial_shape a, b;
  HR_TRY(hr_input_of_rank(c, 0, 1, &a));
  HR_TRY(hr_input_of_rank(c, 1, 1, &b));
  int64_t m = hr_dim_at(&a, 0), n = hr_dim_at(&b, 0);
  hr_partial_shape result = hr_vector_shape(m < 0 || n < 0 ? HR_UNKNOWN_DIM : m > n ? m : n);
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_broadcast_gradient_args(hr_shape_context *c) {
  hr_partial_shape unused;
  for (int i = 0; i < 2; ++i) {
    HR_TRY(hr_input_of_rank(c, i, 1, &unused));
    hr_set_unknown_vector(c, i);
  }
  return HR_SUCCESS;
}

/* An offset for each input but the first, which is the dimension. */
hr_status hr_shape_fn_concat_offset(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_share_input(c, i, i + 1);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_invert_permutation(hr_shape_context *c) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank(c, 0, 1, &s));
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_unravel_index(hr_shape_context *c) {
  const hr_partial_shape *indices = hr_shape_input(c, 0);
  hr_partial_shape dims, result;
  HR_TRY(hr_input_of_rank(c, 1, 1, &dims));
  if (indices->rank == 0) {
    result = hr_vector_shape(hr_dim_at(&dims, 0));
  } else if (hr_rank_known(indices)) {
    int64_t count;
    HR_TRY(hr_shape_count(indices, &count));
    result = hr_matrix_shape(hr_dim_at(&dims, 0), count);
  } else {
    result = HR_SHAPE_UNKNOWN;
  }
  return hr_shape_set(c, 0, &result);
}

/* ---- the same elements, arranged ------------------------------------------------------------------------------- */

/* The product of the known sizes, and which one is unknown: -1 for none, -2 for several or for an unknown rank. */
static hr_status known_part(const hr_partial_shape *s, int64_t *count, int *unknown) {
  *count = 1;
  *unknown = hr_rank_known(s) ? -1 : -2;
  for (int i = 0; i < s->rank; ++i) {
    if (s->dims[i] >= 0) {
      HR_TRY(hr_dim_multiply(*count, s->dims[i], count));
    } else {
      *unknown = *unknown == -1 ? i : -2;
    }
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_reshape(hr_shape_context *c) {
  const hr_partial_shape *in = hr_shape_input(c, 0);
  hr_partial_shape out;
  int64_t in_count, out_count;
  int in_unknown, out_unknown;
  HR_TRY(hr_shape_input_as_shape(c, 1, &out));
  HR_TRY(known_part(in, &in_count, &in_unknown));
  HR_TRY(known_part(&out, &out_count, &out_unknown));
  if (in_unknown == -1 && out_unknown == -1 && in_count != out_count) {
    char text[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT,
                    "Cannot reshape a tensor with %" PRId64 " elements to shape %s (%" PRId64 " elements)", in_count,
                    hr_partial_shape_text(&out, text), out_count);
  }
  if (in_unknown == -1 && out_unknown >= 0 && out_count > 0)
    HR_TRY(hr_dim_divide(in_count, out_count, true, &out.dims[out_unknown]));
  if (in_unknown >= 0 && out_unknown == -1 && in_count != 0) { /* there must be a size that fits */
    int64_t unused;
    HR_TRY(hr_dim_divide(out_count, in_count, true, &unused));
  }
  return hr_shape_set(c, 0, &out);
}

hr_status hr_shape_fn_expand_dims(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  int64_t at;
  bool known;
  HR_TRY(hr_input_scalar(c, 1, &known, &at));
  if (!known || !hr_rank_known(s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (at < -1 - s->rank || at > s->rank)
    return hr_error(HR_INVALID_ARGUMENT, "dim %" PRId64 " not in the interval [%d, %d]", at, -1 - s->rank, s->rank);
  if (at < 0) at += s->rank + 1;
  hr_partial_shape head, tail;
  HR_TRY(hr_shape_part(s, 0, at, &head));
  HR_TRY(hr_shape_part(s, at, HR_SHAPE_END, &tail));
  HR_TRY(hr_shape_append(&head, 1));
  HR_TRY(hr_shape_concat(&head, &tail, &head));
  return hr_shape_set(c, 0, &head);
}

hr_status hr_shape_fn_squeeze(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  const hr_attr_value *dims = hr_node_attr(c->node, "squeeze_dims");
  if (!hr_rank_known(s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  uint32_t named = 0;
  for (int32_t i = 0; i < dims->count; ++i) {
    int64_t dim = dims->ints[i];
    if (dim < -s->rank || dim >= s->rank)
      return hr_error(HR_INVALID_ARGUMENT, "squeeze_dims[%d] not in [%d,%d)", i, -s->rank, s->rank);
    named |= 1u << (dim < 0 ? dim + s->rank : dim);
  }
  hr_partial_shape result = {.rank = 0};
  for (int i = 0; i < s->rank; ++i) {
    bool drop = dims->count > 0 ? named >> i & 1 : s->dims[i] == 1;
    if (dims->count == 0 && s->dims[i] < 0) { /* it might be 1 */
      hr_shape_set_unknown(c, 0);
      return HR_SUCCESS;
    }
    if (drop && s->dims[i] >= 0 && s->dims[i] != 1)
      return hr_error(HR_INVALID_ARGUMENT, "Can not squeeze dim[%d], expected a dimension of 1, got %" PRId64, i,
                      s->dims[i]);
    if (!drop) result.dims[result.rank++] = s->dims[i];
  }
  return hr_shape_set(c, 0, &result);
}

static hr_status permuted(const hr_partial_shape *s, const hr_tensor *permutation, hr_partial_shape *out) {
  int64_t length;
  HR_TRY(hr_dim_merge(permutation->elements, out->rank, &length));
  for (int i = 0; i < out->rank; ++i) {
    int64_t from = hr_tensor_int(permutation, i);
    if (from < -out->rank || from >= out->rank)
      return hr_error(HR_INVALID_ARGUMENT, "perm dim %" PRId64 " is out of range of input rank %d", from, out->rank);
    out->dims[i] = hr_dim_at(s, (int)from);
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_transpose(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0), *perm = hr_shape_input(c, 1);
  hr_partial_shape result, unused;
  int64_t length;
  HR_TRY(hr_shape_count(perm, &length));
  if (!hr_rank_known(s) && length < 2) {
    /* Nothing is known, or the permutation changes nothing. */
    hr_share_input(c, 0, 0);
    return HR_SUCCESS;
  }
  HR_TRY(hr_shape_of_rank(hr_rank_known(s) ? s->rank : length, &result));
  HR_TRY(hr_shape_with_rank(perm, 1, &unused));
  if (length >= 0) HR_TRY(hr_dim_merge(length, result.rank, &length));
  if (hr_rank_known(s)) {
    hr_tensor permutation;
    bool known;
    HR_TRY(hr_shape_input_value(c, 1, &known, &permutation));
    if (known) {
      hr_status status = permuted(s, &permutation, &result);
      hr_tensor_clear(&permutation);
      HR_TRY(status);
    }
  }
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_bitcast(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 0);
  size_t from = hr_dtype_size((hr_dtype)hr_node_attr(c->node, "T")->type);
  size_t to = hr_dtype_size((hr_dtype)hr_node_attr(c->node, "type")->type);
  if (!hr_rank_known(&s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (from > to) {
    HR_TRY(hr_shape_append(&s, (int64_t)(from / to)));
  } else if (from < to) {
    HR_TRY(hr_shape_with_rank_at_least(&s, 1, &s));
    int64_t last = hr_dim_at(&s, -1), wanted = (int64_t)(to / from);
    if (last >= 0 && last != wanted)
      return hr_error(HR_INVALID_ARGUMENT, "Cannot bitcast due to shape. %" PRId64 " does not match %" PRId64, last,
                      wanted);
    HR_TRY(hr_shape_part(&s, 0, -1, &s));
  }
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_roll(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &unused));
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, 1), 1));
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, 2), 1));
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, 1), hr_shape_input(c, 2), &unused));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

/* ---- repeating and padding ------------------------------------------------------------------------------------- */

hr_status hr_shape_fn_tile(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  hr_partial_shape multiples;
  HR_TRY(hr_shape_input_as_shape(c, 1, &multiples));
  if (hr_rank_known(s)) {
    HR_TRY(hr_shape_with_rank(&multiples, s->rank, &multiples));
  } else if (hr_rank_known(&multiples)) {
    HR_TRY(hr_shape_of_rank(multiples.rank, &multiples));
  }
  for (int i = 0; i < s->rank; ++i)
    HR_TRY(hr_dim_multiply(s->dims[i], multiples.dims[i], &multiples.dims[i]));
  return hr_shape_set(c, 0, &multiples);
}

hr_status hr_shape_fn_broadcast_to(hr_shape_context *c) {
  const hr_partial_shape *in = hr_shape_input(c, 0);
  hr_partial_shape out;
  HR_TRY(hr_shape_input_as_shape(c, 1, &out));
  if (hr_rank_known(in) && hr_rank_known(&out)) {
    HR_TRY(hr_shape_with_rank_at_least(&out, in->rank, &out));
    for (int i = 0; i < in->rank; ++i) {
      int64_t *size = &out.dims[out.rank - in->rank + i];
      if (in->dims[i] > 1) HR_TRY(hr_dim_merge(in->dims[i], *size, size));
    }
  }
  return hr_shape_set(c, 0, &out);
}

/* Adds (`sign` 1) or takes away (-1) the paddings, a matrix of a row for each dimension. */
static hr_status padded(hr_partial_shape *s, const hr_tensor *paddings, int sign) {
  int64_t count;
  HR_TRY(hr_dim_merge(paddings->elements, 2 * s->rank, &count));
  for (int i = 0; i < s->rank; ++i) {
    int64_t before = hr_tensor_int(paddings, 2 * i), after = hr_tensor_int(paddings, 2 * i + 1), both;
    if (before < 0 || after < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Paddings must be non-negative: %" PRId64 ", %" PRId64, before, after);
    HR_TRY(hr_dim_add(before, after, &both));
    HR_TRY(sign > 0 ? hr_dim_add(s->dims[i], both, &s->dims[i]) : hr_dim_subtract(s->dims[i], both, &s->dims[i]));
  }
  return HR_SUCCESS;
}

/* Reads how many dimensions `paddings` is for (unknown where it does not say) and checks the input's rank against it.
 */
static hr_status read_padded_input(const hr_shape_context *c, hr_partial_shape *s, int64_t *rank) {
  hr_partial_shape paddings;
  int64_t two;
  HR_TRY(hr_input_of_rank(c, 1, 2, &paddings));
  HR_TRY(hr_dim_merge(hr_dim_at(&paddings, 1), 2, &two));
  *s = *hr_shape_input(c, 0);
  *rank = hr_dim_at(&paddings, 0);
  if (*rank > HR_MAX_RANK) return hr_shape_of_rank(*rank, s);
  return *rank < 0 ? HR_SUCCESS : hr_shape_with_rank(s, (int)*rank, s);
}

/* `s` of known rank, grown or shrunk where the paddings are known. */
static hr_status set_padded(hr_shape_context *c, hr_partial_shape *s, int sign) {
  hr_tensor paddings;
  bool known;
  HR_TRY(hr_shape_input_value(c, 1, &known, &paddings));
  if (!known) {
    HR_TRY(hr_shape_of_rank(s->rank, s));
    return hr_shape_set(c, 0, s);
  }
  hr_status status = padded(s, &paddings, sign);
  hr_tensor_clear(&paddings);
  HR_TRY(status);
  return hr_shape_set(c, 0, s);
}

hr_status hr_shape_fn_pad(hr_shape_context *c) {
  hr_partial_shape s;
  int64_t rank;
  HR_TRY(read_padded_input(c, &s, &rank));
  if (hr_rank_known(&s)) return set_padded(c, &s, 1);
  hr_shape_set_unknown(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_mirror_pad_grad(hr_shape_context *c) {
  hr_partial_shape s;
  int64_t rank;
  HR_TRY(read_padded_input(c, &s, &rank));
  if (rank >= 0) return set_padded(c, &s, -1);
  hr_shape_set_unknown(c, 0);
  return HR_SUCCESS;
}

/* ---- reversing ------------------------------------------------------------------------------------------------- */

/* As many flags as dimensions. */
hr_status hr_shape_fn_reverse(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 0), flags;
  HR_TRY(hr_input_of_rank(c, 1, 1, &flags));
  int64_t rank = hr_dim_at(&flags, 0);
  if (rank > HR_MAX_RANK) return hr_shape_of_rank(rank, &s);
  if (rank >= 0) HR_TRY(hr_shape_with_rank(&s, (int)rank, &s));
  return hr_shape_set(c, 0, &s);
}

static hr_status check_axes(const hr_tensor *axes, int rank) {
  uint32_t seen = 0;
  for (int64_t i = 0; i < axes->elements; ++i) {
    int64_t axis = hr_tensor_int(axes, i);
    if (axis < -rank || axis >= rank)
      return hr_error(HR_INVALID_ARGUMENT, "'axis'[%" PRId64 "] = %" PRId64 " is out of valid range [%d, %d]", i, axis,
                      -rank, rank - 1);
    uint32_t bit = 1u << (axis < 0 ? axis + rank : axis);
    if (seen & bit)
      return hr_error(HR_INVALID_ARGUMENT, "axis %" PRId64 " specified more than once", axis < 0 ? axis + rank : axis);
    seen |= bit;
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_reverse_v2(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 1, 1, &unused));
  if (hr_rank_known(s)) {
    hr_tensor axes;
    bool known;
    HR_TRY(hr_shape_input_value(c, 1, &known, &axes));
    if (known) {
      hr_status status = check_axes(&axes, s->rank);
      hr_tensor_clear(&axes);
      HR_TRY(status);
    }
  }
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_reverse_sequence(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 0), lengths;
  HR_TRY(hr_input_of_rank(c, 1, 1, &lengths));
  int64_t seq_dim = hr_int_attr(c, "seq_dim"), batch_dim = hr_int_attr(c, "batch_dim");
  if (!hr_rank_known(&s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (batch_dim < 0 || batch_dim >= s.rank)
    return hr_error(HR_INVALID_ARGUMENT, "batch_dim must be < input rank: %" PRId64 " vs. %d", batch_dim, s.rank);
  if (seq_dim < 0 || seq_dim >= s.rank)
    return hr_error(HR_INVALID_ARGUMENT, "seq_dim must be < input rank: %" PRId64 " vs. %d", seq_dim, s.rank);
  HR_TRY(hr_dim_merge(s.dims[batch_dim], hr_dim_at(&lengths, 0), &s.dims[batch_dim]));
  return hr_shape_set(c, 0, &s);
}

/* ---- indices and sets ------------------------------------------------------------------------------------------ */

hr_status hr_shape_fn_one_hot(hr_shape_context *c) {
  const hr_partial_shape *indices = hr_shape_input(c, 0);
  int64_t axis = hr_int_attr(c, "axis"), depth;
  if (axis < -1) return hr_error(HR_INVALID_ARGUMENT, "axis must be >= -1");
  HR_TRY(hr_input_dim(c, 1, &depth));
  if (!hr_rank_known(indices)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  hr_partial_shape head, tail;
  int64_t at = axis < 0 ? indices->rank : axis % (indices->rank + 1);
  HR_TRY(hr_shape_part(indices, 0, at, &head));
  HR_TRY(hr_shape_part(indices, at, HR_SHAPE_END, &tail));
  HR_TRY(hr_shape_append(&head, depth));
  HR_TRY(hr_shape_concat(&head, &tail, &head));
  return hr_shape_set(c, 0, &head);
}

/* Values, indices and, where there is a third output, counts. */
hr_status hr_shape_fn_unique_v2(hr_shape_context *c) {
  hr_set_unknown_vector(c, 0);
  hr_share_input(c, 1, 0);
  if (c->node->num_outputs == 3) hr_set_unknown_vector(c, 2);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_unique(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 1, &unused));
  return hr_shape_fn_unique_v2(c);
}

/* A row for each true element. */
hr_status hr_shape_fn_where(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  hr_partial_shape result = hr_matrix_shape(HR_UNKNOWN_DIM, hr_rank_known(s) ? s->rank : HR_UNKNOWN_DIM);
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_list_diff(hr_shape_context *c) {
  hr_partial_shape unused;
  for (int i = 0; i < 2; ++i) {
    HR_TRY(hr_input_of_rank(c, i, 1, &unused));
    hr_set_unknown_vector(c, i);
  }
  return HR_SUCCESS;
}

/* A sorted row and a row of values for each entry of the batch. */
hr_status hr_shape_fn_search_sorted(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 2, &unused));
  HR_TRY(hr_input_of_rank(c, 1, 2, &unused));
  hr_share_input(c, 0, 1);
  return HR_SUCCESS;
}
