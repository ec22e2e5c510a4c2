/* Shapes of neural network ops: biases, losses, the largest of a row. */
#include "ops/shapes/shapes.h"

/* Where the channels are: the last dimension, or for NCHW the second. */
static int channel_dim(const hr_shape_context *c) { return hr_string_attr_is(c, "data_format", "NCHW") ? 1 : -1; }

static hr_status set_biased(hr_shape_context *c, int channels) {
  hr_partial_shape s, bias;
  int64_t size;
  HR_TRY(hr_input_of_rank_at_least(c, 0, channels == -1 ? 2 : 3, &s));
  HR_TRY(hr_input_of_rank(c, 1, 1, &bias));
  HR_TRY(hr_dim_merge(hr_dim_at(&bias, 0), hr_dim_at(&s, channels), &size));
  hr_shape_replace(&s, channels, size);
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_bias_add(hr_shape_context *c) { return set_biased(c, channel_dim(c)); }
hr_status hr_shape_fn_bias_add_v1(hr_shape_context *c) { return set_biased(c, -1); }

hr_status hr_shape_fn_bias_add_grad(hr_shape_context *c) {
  hr_partial_shape s;
  int channels = channel_dim(c);
  HR_TRY(hr_input_of_rank_at_least(c, 0, channels == -1 ? 2 : 3, &s));
  hr_partial_shape result = hr_vector_shape(hr_dim_at(&s, channels));
  return hr_shape_set(c, 0, &result);
}

/* The number of channels, which inputs `first` to `last` have an element each for. */
static hr_status merge_channels(hr_shape_context *c, int first, int last, int64_t *channels) {
  for (int i = first; i <= last; ++i) {
    hr_partial_shape vector;
    HR_TRY(hr_input_of_rank(c, i, 1, &vector));
    HR_TRY(hr_dim_merge(*channels, hr_dim_at(&vector, 0), channels));
  }
  return HR_SUCCESS;
}

hr_status hr_shape_fn_fused_batch_norm(hr_shape_context *c) {
  hr_partial_shape x;
  int dim = channel_dim(c);
  HR_TRY(hr_input_of_rank(c, 0, 4, &x));
  int64_t channels = hr_dim_at(&x, dim);
  HR_TRY(merge_channels(c, 1, hr_bool_attr(c, "is_training") ? 2 : 4, &channels));
  hr_shape_replace(&x, dim, channels);
  HR_TRY(hr_shape_set(c, 0, &x));
  hr_partial_shape vector = hr_vector_shape(channels);
  for (int i = 1; i <= 4; ++i)
    HR_TRY(hr_shape_set(c, i, &vector));
  return HR_SUCCESS;
}

hr_status hr_shape_fn_fused_batch_norm_grad(hr_shape_context *c) {
  hr_partial_shape dy, x;
  int dim = channel_dim(c);
  HR_TRY(hr_input_of_rank(c, 0, 4, &dy));
  HR_TRY(hr_input_of_rank(c, 1, 4, &x));
  int64_t channels;
  HR_TRY(hr_dim_merge(hr_dim_at(&dy, dim), hr_dim_at(&x, dim), &channels));
  HR_TRY(merge_channels(c, 2, 4, &channels));
  hr_shape_replace(&dy, dim, channels);
  HR_TRY(hr_shape_set(c, 0, &dy));
  /* What remains is for training only, and empty there. */
  hr_partial_shape vector = hr_vector_shape(channels), rest = vector;
  if (hr_bool_attr(c, "is_training")) rest = hr_vector_shape(0);
  for (int i = 1; i <= 4; ++i)
    HR_TRY(hr_shape_set(c, i, i <= 2 ? &vector : &rest));
  return HR_SUCCESS;
}

/* Logits and labels may broadcast; a loss for each row, and the gradient. */
hr_status hr_shape_fn_softmax_cross_entropy(hr_shape_context *c) {
  const hr_partial_shape *logits = hr_shape_input(c, 0), *labels = hr_shape_input(c, 1);
  hr_partial_shape both;
  hr_status status = hr_shape_with_rank(logits, 2, &both);
  if (!status) status = hr_partial_shape_merge(&both, labels, &both);
  if (status) {
    hr_status_free(status);
    HR_TRY(hr_shape_broadcast(logits, labels, &both));
    if (both.rank != 2)
      return hr_error(HR_INVALID_ARGUMENT, "Shape must be broadcasted with rank 2, but is rank %d", both.rank);
  }
  hr_partial_shape loss = hr_vector_shape(both.dims[0]);
  HR_TRY(hr_shape_set(c, 0, &loss));
  return hr_shape_set(c, 1, &both);
}

/* A matrix and a vector with an entry for each of its rows; each tells the other their number. */
static hr_status read_rows(const hr_shape_context *c, hr_partial_shape *matrix, hr_partial_shape *vector) {
  HR_TRY(hr_input_of_rank(c, 0, 2, matrix));
  HR_TRY(hr_input_of_rank(c, 1, 1, vector));
  HR_TRY(hr_dim_merge(matrix->dims[0], vector->dims[0], &vector->dims[0]));
  matrix->dims[0] = vector->dims[0];
  return HR_SUCCESS;
}

hr_status hr_shape_fn_sparse_softmax_cross_entropy(hr_shape_context *c) {
  hr_partial_shape features, labels;
  HR_TRY(read_rows(c, &features, &labels));
  HR_TRY(hr_shape_set(c, 0, &labels));
  return hr_shape_set(c, 1, &features);
}

hr_status hr_shape_fn_in_top_k(hr_shape_context *c) {
  hr_partial_shape predictions, targets;
  HR_TRY(read_rows(c, &predictions, &targets));
  return hr_shape_set(c, 0, &targets);
}

static hr_status set_top_k(hr_shape_context *c, int64_t k) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &s));
  int64_t last = hr_dim_at(&s, -1);
  if (last >= 0 && k >= 0 && last < k)
    return hr_error(HR_INVALID_ARGUMENT, "input must have last dimension >= k = %" PRId64 " but is %" PRId64, k, last);
  hr_shape_replace(&s, -1, k);
  HR_TRY(hr_shape_set(c, 0, &s));
  return hr_shape_set(c, 1, &s);
}

hr_status hr_shape_fn_top_k(hr_shape_context *c) { return set_top_k(c, hr_int_attr(c, "k")); }

hr_status hr_shape_fn_top_k_v2(hr_shape_context *c) {
  int64_t k;
  HR_TRY(hr_input_dim(c, 1, &k));
  return set_top_k(c, k);
}

hr_status hr_shape_fn_nth_element(hr_shape_context *c) {
  hr_partial_shape s;
  int64_t n;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &s));
  HR_TRY(hr_input_dim(c, 1, &n));
  int64_t last = hr_dim_at(&s, -1);
  if (last >= 0 && n >= 0 && last <= n)
    return hr_error(HR_INVALID_ARGUMENT, "Input must have last dimension > n = %" PRId64 " but is %" PRId64, n, last);
  HR_TRY(hr_shape_part(&s, 0, -1, &s));
  return hr_shape_set(c, 0, &s);
}

/* Draws for each row of logits. */
hr_status hr_shape_fn_multinomial(hr_shape_context *c) {
  hr_partial_shape logits;
  int64_t draws;
  HR_TRY(hr_input_of_rank(c, 0, 2, &logits));
  HR_TRY(hr_input_dim(c, 1, &draws));
  hr_partial_shape result = hr_matrix_shape(logits.dims[0], draws);
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_stateless_multinomial(hr_shape_context *c) {
  hr_partial_shape seed;
  int64_t unused;
  HR_TRY(hr_input_of_rank(c, 2, 1, &seed));
  HR_TRY(hr_dim_merge(seed.dims[0], 2, &unused));
  return hr_shape_fn_multinomial(c);
}

/* ---- candidates ------------------------------------------------------------------------------------------------ */

hr_status hr_shape_fn_candidate_sampler(hr_shape_context *c) {
  hr_partial_shape true_classes;
  HR_TRY(hr_input_of_rank(c, 0, 2, &true_classes));
  hr_partial_shape sampled = hr_vector_shape(hr_int_attr(c, "num_sampled"));
  hr_partial_shape counts = hr_matrix_shape(true_classes.dims[0], hr_int_attr(c, "num_true"));
  HR_TRY(hr_shape_set(c, 0, &sampled));
  HR_TRY(hr_shape_set(c, 1, &counts));
  return hr_shape_set(c, 2, &sampled);
}

hr_status hr_shape_fn_compute_accidental_hits(hr_shape_context *c) {
  hr_partial_shape true_classes, candidates;
  int64_t columns;
  HR_TRY(hr_input_of_rank(c, 0, 2, &true_classes));
  HR_TRY(hr_input_of_rank(c, 1, 1, &candidates));
  HR_TRY(hr_dim_merge(true_classes.dims[1], hr_int_attr(c, "num_true"), &columns));
  hr_partial_shape hits = hr_vector_shape(HR_UNKNOWN_DIM);
  for (int i = 0; i < 3; ++i)
    HR_TRY(hr_shape_set(c, i, &hits));
  return HR_SUCCESS;
}
