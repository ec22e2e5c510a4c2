/* Shapes of parsing ops. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_decode_csv(hr_shape_context *c) {
  for (int i = 1; i < c->node->num_inputs; ++i) {
    const hr_partial_shape *s = hr_shape_input(c, i);
    HR_TRY(hr_shape_with_rank_at_most(s, 1));
    if (s->rank == 1 && s->dims[0] > 1)
      return hr_error(HR_INVALID_ARGUMENT, "Shape of a default must be a length-0 or length-1 vector, or a scalar.");
  }
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_share_input(c, i, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_decode_padded_raw(hr_shape_context *c) {
  hr_partial_shape s = *hr_shape_input(c, 0);
  bool known;
  int64_t length, size = (int64_t)hr_dtype_size(hr_output_dtype((hr_output){(hr_node *)c->node, 0}));
  HR_TRY(hr_input_scalar(c, 1, &known, &length));
  if (!known) {
    HR_TRY(hr_shape_append(&s, HR_UNKNOWN_DIM));
    return hr_shape_set(c, 0, &s);
  }
  HR_TRY(hr_dim_divide(length, size, true, &length));
  HR_TRY(hr_shape_append(&s, length));
  return hr_shape_set(c, 0, &s);
}

hr_status hr_shape_fn_parse_tensor(hr_shape_context *c) {
  hr_shape_set_unknown(c, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_serialize_tensor(hr_shape_context *c) {
  hr_shape_set_scalar(c, 0);
  return HR_SUCCESS;
}

/* ---- Example messages ------------------------------------------------------------------------------------------ */

/* `count` outputs from `*output` on are indices [?, rank], then as many values [?], then as many shapes [rank]. */
static hr_status set_sparse(hr_shape_context *c, int64_t count, int rank, int *output) {
  hr_partial_shape indices = hr_matrix_shape(HR_UNKNOWN_DIM, rank), shape = hr_vector_shape(rank);
  for (int64_t i = 0; i < count; ++i)
    HR_TRY(hr_shape_set(c, (*output)++, &indices));
  for (int64_t i = 0; i < count; ++i)
    hr_set_unknown_vector(c, (*output)++);
  for (int64_t i = 0; i < count; ++i)
    HR_TRY(hr_shape_set(c, (*output)++, &shape));
  return HR_SUCCESS;
}

/* An output for each shape of the attribute, with the dimensions `before` in front. */
static hr_status set_dense(hr_shape_context *c, const hr_attr_value *shapes, const hr_partial_shape *before,
                           int *output) {
  for (int i = 0; i < shapes->count; ++i) {
    hr_partial_shape s;
    HR_TRY(hr_shape_concat(before, &shapes->shapes[i], &s));
    HR_TRY(hr_shape_set(c, (*output)++, &s));
  }
  return HR_SUCCESS;
}

static hr_status check_lengths(const hr_attr_value *a, const char *a_name, const hr_attr_value *b, const char *b_name) {
  if (a->count == b->count) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "len(%s) != len(%s): %d vs. %d", a_name, b_name, a->count, b->count);
}

/* Dense shapes are known but for their first size, where `first_may_vary`. */
static hr_status check_dense_shapes(const hr_attr_value *shapes, bool first_may_vary) {
  for (int i = 0; i < shapes->count; ++i) {
    const hr_partial_shape *s = &shapes->shapes[i];
    bool good = s->rank >= 0;
    for (int d = first_may_vary ? 1 : 0; good && d < s->rank; ++d)
      good = s->dims[d] >= 0;
    char text[HR_SHAPE_TEXT];
    if (!good)
      return hr_error(HR_INVALID_ARGUMENT, "dense_shapes[%d] has unknown rank or unknown inner dimensions: %s", i,
                      hr_partial_shape_text(s, text));
  }
  return HR_SUCCESS;
}

static hr_status check_example(hr_shape_context *c) {
  const hr_attr_value *shapes = hr_node_attr(c->node, "dense_shapes");
  HR_TRY(check_lengths(hr_node_attr(c->node, "Tdense"), "dense_types", shapes, "dense_shapes"));
  return check_dense_shapes(shapes, true);
}

hr_status hr_shape_fn_parse_example(hr_shape_context *c) {
  const hr_attr_value *sparse_types = hr_node_attr(c->node, "sparse_types"), *dense = hr_node_attr(c->node, "Tdense");
  int64_t num_sparse = hr_int_attr(c, "Nsparse"), num_dense = hr_int_attr(c, "Ndense");
  if (num_sparse != sparse_types->count || num_dense != dense->count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "%" PRId64 " sparse keys for %d types, and %" PRId64 " dense keys for %d defaults", num_sparse,
                    sparse_types->count, num_dense, dense->count);
  HR_TRY(check_example(c));
  hr_partial_shape serialized, names;
  HR_TRY(hr_input_of_rank(c, 0, 1, &serialized));
  HR_TRY(hr_input_of_rank(c, 1, 1, &names));
  int output = 0;
  HR_TRY(set_sparse(c, num_sparse, 2, &output));
  return set_dense(c, hr_node_attr(c->node, "dense_shapes"), &serialized, &output);
}

hr_status hr_shape_fn_parse_single_example(hr_shape_context *c) {
  const hr_attr_value *sparse_keys = hr_node_attr(c->node, "sparse_keys");
  const hr_attr_value *sparse_types = hr_node_attr(c->node, "sparse_types");
  int64_t num_sparse = hr_int_attr(c, "num_sparse");
  if (num_sparse != sparse_keys->count)
    return hr_error(HR_INVALID_ARGUMENT, "num_sparse (%" PRId64 ") must match the size of sparse_keys (%d)", num_sparse,
                    sparse_keys->count);
  HR_TRY(check_lengths(sparse_keys, "sparse_keys", sparse_types, "sparse_types"));
  HR_TRY(
      check_lengths(hr_node_attr(c->node, "dense_keys"), "dense_keys", hr_node_attr(c->node, "Tdense"), "dense_types"));
  HR_TRY(check_example(c));
  HR_TRY(hr_check_scalar(c, 0));
  int output = 0;
  HR_TRY(set_sparse(c, num_sparse, 1, &output));
  return set_dense(c, hr_node_attr(c->node, "dense_shapes"), &(hr_partial_shape){.rank = 0}, &output);
}

/* What both ops of SequenceExamples have in common; `batch` are the dimensions of a batch: one, or none. */
static hr_status set_sequence(hr_shape_context *c, const hr_partial_shape *batch) {
  const hr_attr_value *shapes = hr_node_attr(c->node, "context_dense_shapes");
  const hr_attr_value *list_shapes = hr_node_attr(c->node, "feature_list_dense_shapes");
  HR_TRY(check_lengths(hr_node_attr(c->node, "Tcontext_dense"), "context_dense_types", shapes, "context_dense_shapes"));
  HR_TRY(check_lengths(hr_node_attr(c->node, "feature_list_dense_types"), "feature_list_dense_types", list_shapes,
                       "feature_list_dense_shapes"));
  if (hr_int_attr(c, "Ncontext_sparse") != hr_node_attr(c->node, "context_sparse_types")->count ||
      hr_int_attr(c, "Nfeature_list_sparse") != hr_node_attr(c->node, "feature_list_sparse_types")->count ||
      hr_int_attr(c, "Ncontext_dense") != shapes->count || hr_int_attr(c, "Nfeature_list_dense") != list_shapes->count)
    return hr_error(HR_INVALID_ARGUMENT, "The numbers of keys, types and shapes differ");
  HR_TRY(check_dense_shapes(shapes, false));
  HR_TRY(check_dense_shapes(list_shapes, false));
  int output = 0, rank = batch->rank;
  HR_TRY(set_sparse(c, hr_int_attr(c, "Ncontext_sparse"), rank + 1, &output));
  HR_TRY(set_dense(c, shapes, batch, &output));
  HR_TRY(set_sparse(c, hr_int_attr(c, "Nfeature_list_sparse"), rank + 2, &output));
  hr_partial_shape before = *batch;
  HR_TRY(hr_shape_append(&before, HR_UNKNOWN_DIM));
  HR_TRY(set_dense(c, list_shapes, &before, &output));
  while (output < c->node->num_outputs)
    HR_TRY(hr_shape_set(c, output++, batch)); /* lengths */
  return HR_SUCCESS;
}

hr_status hr_shape_fn_parse_sequence_example(hr_shape_context *c) {
  hr_partial_shape serialized, names;
  HR_TRY(hr_input_of_rank(c, 0, 1, &serialized));
  HR_TRY(hr_input_of_rank(c, 1, 1, &names));
  return set_sequence(c, &serialized);
}

hr_status hr_shape_fn_parse_single_sequence_example(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 0));
  return set_sequence(c, &(hr_partial_shape){.rank = 0});
}

/* Sizes have the batch and a number for each field; values the batch and as many as the message with most of them. */
hr_status hr_shape_fn_decode_proto(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_outputs; ++i) {
    hr_partial_shape s = *hr_shape_input(c, 0);
    HR_TRY(hr_shape_append(&s, i == 0 ? c->node->num_outputs - 1 : HR_UNKNOWN_DIM));
    HR_TRY(hr_shape_set(c, i, &s));
  }
  return HR_SUCCESS;
}

/* The batch of all values. */
hr_status hr_shape_fn_encode_proto(hr_shape_context *c) {
  hr_partial_shape batch = {.rank = -1};
  for (int i = 1; i < c->node->num_inputs; ++i) {
    hr_partial_shape s;
    HR_TRY(hr_input_of_rank_at_least(c, i, 2, &s));
    HR_TRY(hr_shape_part(&s, 0, -1, &s));
    HR_TRY(hr_partial_shape_merge(&batch, &s, &batch));
  }
  return hr_shape_set(c, 0, &batch);
}
