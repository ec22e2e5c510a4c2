/* tf.repeat, and gathers behind batch dimensions. */
#include "builder/builder.h"
#include "headrace/arrays.h"

/* Dimensions before `axis`, -1, and those behind it. */
static hr_output open_at(hr_scope s, hr_output shape, int axis) {
  hr_output before = hr_at(s, shape, HR_SLICE(HR_OPEN, axis)), after = hr_at(s, shape, HR_SLICE(axis + 1, HR_OPEN));
  return hr_tf_concat(s, HR_OPERANDS(before, hr_operand_ints(HR_INTS(-1)), after), 0);
}

/* Tiles one dimension of x. */
static hr_output tile_at(hr_scope s, hr_output x, int axis, hr_output count) {
  int rank = hr_output_rank(x);
  if (rank >= 0) {
    hr_operand multiples[HR_MAX_RANK];
    for (int i = 0; i < rank; ++i)
      multiples[i] = i == axis ? hr_operand_output(count) : hr_operand_int(1);
    return hr_tf_tile(s, x, ((hr_operands){rank, multiples, NULL}));
  }
  hr_output ones = hr_ones(s, hr_tf_rank(s, x), .dtype = HR_INT32);
  hr_output before = hr_at(s, ones, HR_SLICE(HR_OPEN, axis)), after = hr_at(s, ones, HR_SLICE(axis + 1, HR_OPEN));
  return hr_tf_tile(s, x, hr_tf_concat(s, HR_OPERANDS(before, HR_OPERANDS(count), after), 0));
}

/* A vector where it may be a scalar. */
static hr_output at_least_a_vector(hr_scope s, hr_output x) {
  int rank = hr_output_rank(x);
  if (rank > 0) return x;
  if (rank == 0) return hr_stack(s, HR_OPERANDS(x));
  hr_output shape = hr_tf_shape(s, x), count = hr_tf_rank(s, x);
  hr_output padded = hr_tf_concat(s, HR_OPERANDS(hr_operand_ints(HR_INTS(1)), shape), 0);
  return hr_reshape(s, x, hr_at(s, padded, HR_SLICE(hr_neg(s, count), HR_OPEN)));
}

/* Rows that are repeated differently: each as often as the most repeated one, of which a mask takes what belongs. */
static hr_output repeat_each(hr_scope s, hr_output x, hr_output shape, hr_output repeats, int axis) {
  if (hr_output_rank(repeats) != axis + 1) {
    hr_output own = hr_tf_shape(s, repeats), rank = hr_tf_rank(s, repeats);
    hr_output outer = hr_at(s, shape, HR_SLICE(HR_OPEN, hr_minus(s, axis + 1, rank)));
    repeats = hr_broadcast_to(s, repeats, hr_tf_concat(s, HR_OPERANDS(outer, own), 0));
    hr_partial_shape known = {.rank = axis + 1};
    for (int i = 0; i <= axis; ++i)
      known.dims[i] = HR_UNKNOWN_DIM;
    hr_know_shape(s, repeats, &known);
  }
  hr_output most = hr_reduce_max(s, repeats);
  most = hr_call_one(s, "Maximum", NULL, HR_OPERANDS(0, most), HR_NO_ATTRS);
  hr_output mask = hr_sequence_mask(s, repeats, .maxlen = hr_operand_output(most));
  hr_output tiled = tile_at(s, hr_tf_expand_dims(s, x, axis + 1), axis + 1, most);
  hr_output rows = hr_boolean_mask(s, tiled, mask);
  return axis == 0 ? rows : hr_reshape(s, rows, open_at(s, shape, axis));
}

hr_output hr_repeat_with(hr_scope scope, hr_operand input, hr_operand repeats, const hr_repeat_options *options) {
  hr_repeat_options o = options ? *options : (hr_repeat_options){0};
  int64_t axis = o.axis;
  if (!o.has_axis) {
    input = hr_operand_output(
        hr_call_one(scope, "Reshape", NULL, HR_OPERANDS(input, hr_operand_ints(HR_INTS(-1))), HR_NO_ATTRS));
    axis = 0;
  }
  hr_scope s = hr_name_scope_or(scope, o.name, "Repeat");
  hr_output x = hr_convert(s, input, HR_INVALID, "data");
  hr_output counts = hr_cast(s, hr_convert(s, repeats, HR_INVALID, "repeats"), HR_INT32);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(counts) > 1) return hr_refuse(s, "repeats must be a scalar or a vector");
  x = at_least_a_vector(s, x);
  hr_output shape = hr_tf_shape(s, x);
  int rank = hr_output_rank(x);
  if (rank < 0 && axis < 0) return hr_refuse(s, "axis may only be negative if ndims is statically known.");
  if (rank >= 0 && (axis < -rank || axis >= rank))
    return hr_refuse(s, "axis out of bounds: expected %d<=axis<%d; got %lld", -rank, rank, (long long)axis);
  if (axis >= HR_MAX_RANK - 1) return hr_refuse(s, "axis %lld is beyond any tensor's rank", (long long)axis);
  int at = (int)(axis < 0 ? axis + rank : axis);
  const hr_partial_shape *known = hr_output_shape(x), *known_counts = hr_output_shape(counts);
  if (known_counts->rank == 1 && rank >= 0 && known->dims[at] >= 0 && known_counts->dims[0] >= 0 &&
      known->dims[at] != known_counts->dims[0])
    return hr_refuse(s, "Dimensions %lld and %lld are not compatible", (long long)known->dims[at],
                     (long long)known_counts->dims[0]);
  if (known_counts->rank == 0) {
    hr_output tiled = tile_at(s, hr_tf_expand_dims(s, x, at + 1), at + 1, counts);
    return hr_reshape(s, tiled, open_at(s, shape, at));
  }
  hr_output result = repeat_each(s, x, shape, counts, at);
  if (rank >= 0) {
    hr_partial_shape partial = *known;
    bool nothing = known_counts->rank > 0 && known_counts->dims[0] == 0;
    partial.dims[at] = nothing ? 0 : HR_UNKNOWN_DIM;
    hr_know_shape(s, result, &partial);
  }
  return result;
}

/* The index vectors get the places of their batch in front. */
hr_output hr_batch_gather_nd_with(hr_scope scope, hr_operand params, hr_operand indices, int32_t batch_dims,
                                  const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "BatchGatherND");
  hr_output index = hr_convert(s, indices, HR_INVALID, "indices"), x = hr_convert(s, params, HR_INVALID, "params");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (batch_dims < 1) return hr_refuse(s, "tf.gather_nd does not allow negative batch_dims.");
  if (hr_output_rank(index) >= 0 && batch_dims >= hr_output_rank(index))
    return hr_refuse(s, "batch_dims = %d must be less than rank(indices) = %d", (int)batch_dims, hr_output_rank(index));
  if (hr_output_rank(x) >= 0 && batch_dims >= hr_output_rank(x))
    return hr_refuse(s, "batch_dims = %d must be less than rank(params) = %d", (int)batch_dims, hr_output_rank(x));
  if (batch_dims >= HR_MAX_RANK) return hr_refuse(s, "batch_dims = %d is beyond any tensor's rank", (int)batch_dims);
  hr_output shape = hr_tf_shape(s, x), index_shape = hr_tf_shape(s, index);
  hr_output batch = hr_at(s, shape, HR_SLICE(HR_OPEN, batch_dims));
  hr_output batch_size = hr_call_one(s, "Prod", NULL, HR_OPERANDS(batch, hr_operand_ints(HR_INTS(0))), HR_NO_ATTRS);
  hr_output inner = hr_minus(s, hr_minus(s, hr_tf_rank(s, index), batch_dims), 1);
  hr_output inner_shape = hr_at(s, index_shape, HR_SLICE(batch_dims, -1));
  hr_outputs sizes = hr_unstack(s, batch, .num = batch_dims);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output places[HR_MAX_RANK];
  for (int i = 0; i < batch_dims; ++i) {
    hr_output range = hr_call_one(s, "Range", NULL, HR_OPERANDS(0, sizes.items[i], 1), HR_NO_ATTRS);
    places[i] = hr_cast(s, range, hr_output_base_dtype(index));
  }
  hr_outputs grids = hr_meshgrid(s, ((hr_outputs){batch_dims, places}), .matrix_indexing = true);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  for (int i = 0; i < batch_dims; ++i)
    places[i] = hr_tf_reshape(s, grids.items[i], HR_OPERANDS(-1));
  hr_output grid = hr_tf_transpose(s, hr_stack(s, ((hr_outputs){batch_dims, places})));
  hr_output grid_shape = hr_tf_shape(s, grid);
  hr_output first = hr_at(s, grid_shape, HR_SLICE(HR_OPEN, 1));
  hr_output ones = hr_ones(s, inner, .dtype = HR_INT32);
  hr_output rest = hr_at(s, grid_shape, HR_SLICE(1, HR_OPEN));
  grid = hr_reshape(s, grid, hr_tf_concat(s, HR_OPERANDS(first, ones, rest), 0));
  hr_operand one = hr_operand_ints(HR_INTS(1));
  grid = hr_tf_tile(s, grid, hr_tf_concat(s, HR_OPERANDS(one, inner_shape, one), 0));
  hr_output tail = hr_at(s, index_shape, HR_SLICE(batch_dims, HR_OPEN));
  hr_output flat = hr_reshape(s, index, hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(batch_size), tail), 0));
  hr_output whole = hr_tf_concat(s, HR_OPERANDS(grid, flat), -1);
  hr_output gathered = hr_gather_nd(s, x, whole);
  hr_output behind = hr_at(s, hr_tf_shape(s, gathered), HR_SLICE(1, HR_OPEN));
  return hr_reshape(s, gathered, hr_tf_concat(s, HR_OPERANDS(batch, behind), 0));
}
