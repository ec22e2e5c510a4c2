/* Shapes of connectionist temporal classification. */
#include "ops/shapes/shapes.h"

/* Inputs [times, batch, classes] and lengths [batch]. */
static hr_status read_inputs(const hr_shape_context *c, int lengths_input, hr_partial_shape *inputs, int64_t *batch) {
  hr_partial_shape lengths;
  HR_TRY(hr_input_of_rank(c, 0, 3, inputs));
  HR_TRY(hr_input_of_rank(c, lengths_input, 1, &lengths));
  return hr_dim_merge(hr_dim_at(inputs, 1), hr_dim_at(&lengths, 0), batch);
}

hr_status hr_shape_fn_ctc_loss(hr_shape_context *c) {
  hr_partial_shape inputs, indices, values;
  int64_t batch, unused;
  HR_TRY(hr_input_of_rank(c, 0, 3, &inputs));
  HR_TRY(hr_input_of_rank(c, 1, 2, &indices));
  HR_TRY(hr_input_of_rank(c, 2, 1, &values));
  HR_TRY(hr_dim_merge(hr_dim_at(&indices, 0), hr_dim_at(&values, 0), &unused));
  HR_TRY(read_inputs(c, 3, &inputs, &batch));
  inputs.dims[1] = batch;
  hr_partial_shape loss = hr_vector_shape(batch);
  HR_TRY(hr_shape_set(c, 0, &loss));
  return hr_shape_set(c, 1, &inputs);
}

/* The sparse tensors of so many paths: indices, values, shapes; then the probabilities. */
static hr_status set_decoded(hr_shape_context *c, int paths) {
  static const hr_partial_shape indices = {.rank = 2, .dims = {HR_UNKNOWN_DIM, 2}};
  static const hr_partial_shape values = {.rank = 1, .dims = {HR_UNKNOWN_DIM}}, shape = {.rank = 1, .dims = {2}};
  hr_partial_shape inputs;
  int64_t batch;
  HR_TRY(read_inputs(c, 1, &inputs, &batch));
  for (int i = 0; i < paths; ++i) {
    hr_shape_share(c, i, &indices);
    hr_shape_share(c, paths + i, &values);
    hr_shape_share(c, 2 * paths + i, &shape);
  }
  hr_partial_shape probabilities = hr_matrix_shape(batch, paths);
  return hr_shape_set(c, 3 * paths, &probabilities);
}
hr_status hr_shape_fn_ctc_greedy_decoder(hr_shape_context *c) { return set_decoded(c, 1); }
hr_status hr_shape_fn_ctc_beam_search_decoder(hr_shape_context *c) {
  return set_decoded(c, (int)hr_int_attr(c, "top_paths"));
}
