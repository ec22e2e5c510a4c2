/* Grids, masks and gathering by computed coordinates. */
#include "builder/builder.h"
#include "headrace/math.h"

/* ---- meshgrid -------------------------------------------------------------------------------------------------- */

/* A shape of ones with -1 in one place. */
static hr_partial_shape along(int rank, int place) {
  hr_partial_shape shape = {.rank = rank};
  for (int i = 0; i < rank; ++i)
    shape.dims[i] = i == place ? -1 : 1;
  return shape;
}

hr_outputs hr_meshgrid_with(hr_scope scope, hr_operands vectors, const hr_meshgrid_options *options) {
  hr_meshgrid_options o = options ? *options : (hr_meshgrid_options){0};
  hr_outputs none = {0, NULL};
  int n = vectors.count;
  if (n > HR_MAX_RANK) {
    hr_refuse(scope, "meshgrid of %d tensors; ranks above %d are not supported", n, HR_MAX_RANK);
    return none;
  }
  hr_scope s = hr_name_scope_or(scope, o.name, "meshgrid");
  if (n == 0 || !hr_scope_ok(s)) return none;
  hr_output reshaped[HR_MAX_RANK], sizes[HR_MAX_RANK];
  hr_output *grids = hr_keep_bytes(s, sizeof *grids * (size_t)n);
  if (!grids) return none;
  for (int i = 0; i < n; ++i) {
    /* Lists are stacked. */
    hr_operand x = hr_operands_at(vectors, i);
    bool graph_value = x.kind == HR_OPERAND_OUTPUT || x.kind == HR_OPERAND_VARIABLE || x.kind == HR_OPERAND_TENSOR;
    hr_output vector = hr_convert(s, x, HR_INVALID, graph_value ? NULL : "stack");
    reshaped[i] = hr_tf_reshape(s, vector, along(n, i));
  }
  for (int i = 0; i < n; ++i)
    sizes[i] = hr_tf_size_with(s, hr_operands_at(vectors, i), NULL);
  hr_output first = hr_convert(s, hr_operands_at(vectors, 0), HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return none;
  if (!o.matrix_indexing && n > 1) {
    hr_output x = hr_tf_reshape(s, reshaped[0], along(n, 1));
    hr_output y = hr_tf_reshape(s, reshaped[1], along(n, 0)), size = sizes[0];
    reshaped[0] = x;
    reshaped[1] = y;
    sizes[0] = sizes[1];
    sizes[1] = size;
  }
  hr_dims shape = hr_dims_from_list((hr_operands){n, NULL, sizes});
  hr_output ones = hr_ones(s, shape, .dtype = hr_output_base_dtype(first));
  for (int i = 0; i < n; ++i)
    grids[i] = hr_times(s, reshaped[i], ones);
  return hr_scope_ok(s) ? (hr_outputs){n, grids} : none;
}

/* ---- masks ----------------------------------------------------------------------------------------------------- */

hr_output hr_sequence_mask_with(hr_scope scope, hr_operand input, const hr_sequence_mask_options *options) {
  hr_sequence_mask_options o = options ? *options : (hr_sequence_mask_options){0};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_BOOL;
  hr_scope s = hr_name_scope_or(scope, o.name, "SequenceMask");
  hr_output lengths = hr_convert(s, input, HR_INVALID, NULL), maxlen;
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_operand_is_given(o.maxlen)) {
    maxlen = hr_convert(s, o.maxlen, HR_INVALID, NULL);
  } else {
    hr_output longest = hr_reduce_max(s, lengths);
    hr_output zero = hr_convert(s, hr_operand_int(0), hr_output_base_dtype(longest), NULL);
    maxlen = hr_maximum(s, zero, longest);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(maxlen) > 0) return hr_refuse(s, "maxlen must be scalar for sequence_mask");
  hr_dtype counts = hr_output_base_dtype(maxlen);
  hr_output zero = hr_convert(s, hr_operand_int(0), counts, NULL), one = hr_convert(s, hr_operand_int(1), counts, NULL);
  hr_output row = hr_range(s, zero, maxlen, one);
  /* The cast is made even where it changes nothing. */
  hr_output column = hr_cast(s, hr_tf_expand_dims(s, lengths, -1), counts);
  hr_output mask = hr_less(s, row, column);
  return dtype == HR_BOOL ? mask : hr_tf_cast(s, mask, dtype);
}

/* ---- gathering in batches -------------------------------------------------------------------------------------- */

hr_output hr_batch_gather_with(hr_scope scope, hr_operand params, hr_operand indices, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "BatchGather");
  hr_output picks = hr_convert(s, indices, HR_INVALID, "indices"), values = hr_convert(s, params, HR_INVALID, "params");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output picks_shape = hr_tf_shape(s, picks), shape = hr_tf_shape(s, values);
  int rank = hr_output_rank(picks);
  if (rank < 0) return hr_refuse(s, "batch_gather does not allow indices with unknown shape.");
  if (rank == 0) return hr_refuse(s, "batch_gather needs indices of rank 1 or more");
  hr_dtype dtype = hr_output_base_dtype(picks);
  /* Where each batch's row starts in the flattened values. */
  hr_output batch = hr_ones(s, HR_SHAPE(), .dtype = dtype);
  hr_output cast = hr_cast(s, shape, dtype), offsets = picks;
  for (int dim = rank - 1; dim > 0; --dim) {
    hr_output size = hr_at(s, cast, HR_INDEX(dim - 1));
    batch = hr_times(s, batch, hr_at(s, cast, HR_INDEX(dim)));
    hr_output zero = hr_zeros(s, HR_SHAPE(), .dtype = dtype), one = hr_ones(s, HR_SHAPE(), .dtype = dtype);
    hr_output starts = hr_times(s, hr_range(s, zero, size, one), batch);
    hr_operand sizes[HR_MAX_RANK];
    for (int i = 0; i < rank; ++i)
      sizes[i] = i == dim - 1 ? hr_operand_output(size) : hr_operand_int(1);
    hr_output sizes_tensor = hr_stack(s, ((hr_operands){rank, sizes, NULL}));
    offsets = hr_plus(s, offsets, hr_reshape(s, starts, sizes_tensor));
  }
  hr_output flat = hr_tf_reshape(s, offsets, HR_SHAPE(-1));
  hr_output outer = hr_at(s, shape, HR_SLICE(rank, HR_OPEN));
  hr_output rows = hr_reduce_prod(s, hr_at(s, shape, HR_SLICE(HR_OPEN, rank)), .axis = HR_AXES(0));
  hr_output matrix = hr_reshape(s, values, hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(rows), outer), 0));
  hr_output found = hr_tf_gather(s, matrix, flat);
  return hr_reshape(s, found, hr_tf_concat(s, HR_OPERANDS(picks_shape, outer), 0));
}
