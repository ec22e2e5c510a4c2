/* Sparse tensors joined, cut, turned, and put into other shapes. */
#include "builder/sparse.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"
#include "headrace/gradients.h"
#include "headrace/variables.h"

static hr_output cut(hr_scope s, hr_output x, hr_operand begin, hr_operand size) {
  return hr_call_one(s, "Slice", NULL, HR_OPERANDS(x, begin, size), HR_NO_ATTRS);
}

/* ---- joining and cutting ---------------------------------------------------------------------------------------- */

/* The shapes of the parts, where all but the joined dimension become as large as the largest. */
static void expand_shapes(hr_scope s, hr_sparse_tensors parts, int32_t axis, hr_output *shapes) {
  for (int32_t i = 0; i < parts.count; ++i)
    shapes[i] = hr_tf_reshape(s, parts.items[i].dense_shape, HR_SHAPE(1, -1));
  hr_output most = hr_reduce_max(s, hr_tf_concat(s, ((hr_outputs){parts.count, shapes}), 0), .axis = HR_AXIS(0));
  for (int32_t i = 0; i < parts.count && hr_scope_ok(s); ++i) {
    hr_output before = hr_at(s, most, HR_SLICE(HR_OPEN, axis)), sizes = parts.items[i].dense_shape;
    hr_output own = axis == -1 ? hr_at(s, sizes, HR_SLICE(-1, HR_OPEN)) : hr_at(s, sizes, HR_SLICE(axis, axis + 1));
    hr_operand after = hr_operand_ints((hr_ints){0, NULL});
    if (axis != -1) after = hr_operand_output(hr_at(s, most, HR_SLICE(axis + 1, HR_OPEN)));
    shapes[i] = hr_tf_concat(s, HR_OPERANDS(before, own, after), 0);
  }
}

/* The shape of the whole where those of all parts are constants. */
static bool whole_shape(hr_scope s, int32_t count, const hr_output *shapes, int32_t axis, hr_partial_shape *out) {
  for (int32_t i = 0; i < count && hr_scope_ok(s); ++i) {
    hr_partial_shape shape;
    const hr_sparse_tensor part = {.dense_shape = shapes[i]};
    if (!hr_is_constant(s, shapes[i]) || !hr_sparse_known_shape(s, &part, &shape)) return false;
    int at = axis < 0 ? axis + shape.rank : axis;
    if (at < 0 || at >= shape.rank || (i > 0 && at >= out->rank)) return false;
    if (i == 0)
      *out = shape;
    else
      out->dims[at] += shape.dims[at];
  }
  return hr_scope_ok(s);
}

hr_sparse_tensor hr_tf_sparse_concat_with(hr_scope scope, int32_t axis, hr_sparse_tensors parts,
                                          const hr_tf_sparse_concat_options *options) {
  const hr_sparse_tensor nothing = {0};
  hr_tf_sparse_concat_options o = options ? *options : (hr_tf_sparse_concat_options){0};
  if (!hr_scope_ok(scope)) return nothing;
  if (parts.count == 1) return parts.items[0];
  hr_output *all = hr_keep_bytes(scope, sizeof *all * (size_t)(3 * parts.count + 1));
  if (!all) return nothing;
  hr_output *values = all + parts.count, *shapes = values + parts.count;
  for (int32_t i = 0; i < parts.count; ++i) {
    all[i] = parts.items[i].indices;
    values[i] = parts.items[i].values;
    shapes[i] = parts.items[i].dense_shape;
  }
  if (o.expand_nonconcat_dim) expand_shapes(scope, parts, axis, shapes);
  if (!hr_scope_ok(scope)) return nothing;
  hr_sparse_concat_outputs whole =
      hr_sparse_concat(scope, ((hr_outputs){parts.count, all}), ((hr_outputs){parts.count, values}),
                       ((hr_outputs){parts.count, shapes}), axis, .name = o.name);
  hr_partial_shape shape;
  hr_output dense_shape = whole.output_shape;
  if (whole_shape(scope, parts.count, shapes, axis, &shape))
    dense_shape = hr_convert(scope, hr_operand_ints((hr_ints){shape.rank, shape.dims}), HR_INT64, "Const");
  return hr_sparse_of(scope, whole.output_indices, whole.output_values, dense_shape);
}

hr_outputs hr_tf_sparse_split_with(hr_scope scope, hr_sparse_tensor x, int32_t num_split, hr_operand axis,
                                   const hr_op_options *options) {
  hr_operands operands = HR_OPERANDS(axis, x.indices, x.values, x.dense_shape);
  hr_attrs attrs = HR_ATTRS({"num_split", HR_ATTR_INT_VALUE(num_split)});
  hr_node *node = hr_call_op(scope, "SparseSplit", options ? options->name : NULL, operands.count, operands.items,
                             attrs.count, attrs.items);
  hr_output *parts = node ? hr_keep_bytes(scope, sizeof *parts * 3 * (size_t)num_split) : NULL;
  if (!parts) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < num_split; ++i) {
    hr_sparse_tensor part = hr_sparse_of(scope, (hr_output){node, i}, (hr_output){node, num_split + i},
                                         (hr_output){node, 2 * num_split + i});
    memcpy(parts + 3 * i, (hr_output[]){part.indices, part.values, part.dense_shape}, 3 * sizeof *parts);
  }
  return (hr_outputs){3 * num_split, parts};
}

/* ---- turning ---------------------------------------------------------------------------------------------------- */

/* The turned sizes where they and the permutation are known. */
static bool turned_shape(hr_scope s, const hr_sparse_tensor *x, hr_operand perm, hr_partial_shape *out) {
  hr_partial_shape sizes;
  int64_t dims[HR_MAX_RANK];
  hr_output given = hr_convert(s, perm, HR_INVALID, "Const");
  int count;
  if (!hr_static_ints(s, given, HR_MAX_RANK, dims, &count) || !hr_sparse_known_shape(s, x, &sizes)) return false;
  *out = sizes;
  for (int i = 0; i < count; ++i) {
    if (dims[i] < 0 || dims[i] >= sizes.rank || i >= sizes.rank) {
      hr_refuse(s, "The permutation of a sparse tensor of %d dimensions has %lld at place %d", sizes.rank,
                (long long)dims[i], i);
      return false;
    }
    out->dims[i] = sizes.dims[dims[i]];
  }
  return true;
}

hr_sparse_tensor hr_tf_sparse_transpose_with(hr_scope scope, hr_sparse_tensor x,
                                             const hr_tf_sparse_transpose_options *options) {
  hr_tf_sparse_transpose_options o = options ? *options : (hr_tf_sparse_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "SparseTranspose");
  if (!hr_operand_is_given(o.perm)) {
    hr_output rank = hr_sparse_rank(s, x), last = hr_minus(s, rank, 1);
    o.perm = hr_operand_output(hr_minus(s, last, hr_tf_range(s, 0, rank, 1)));
  }
  hr_output turned = hr_tf_transpose(s, hr_tf_gather(s, hr_tf_transpose(s, x.indices), o.perm));
  hr_partial_shape shape;
  hr_sparse_tensor result = {0};
  if (turned_shape(s, &x, o.perm, &shape))
    result = hr_sparse_of_shape(s, turned, x.values, &shape);
  else if (hr_scope_ok(s))
    result = hr_sparse_of(s, turned, x.values, hr_tf_gather(s, x.dense_shape, o.perm));
  return hr_scope_ok(s) ? hr_tf_sparse_reorder(s, result) : (hr_sparse_tensor){0};
}

/* ---- other shapes ----------------------------------------------------------------------------------------------- */

hr_sparse_tensor hr_sparse_expand_dims_with(hr_scope scope, hr_sparse_tensor x,
                                            const hr_sparse_expand_dims_options *options) {
  hr_sparse_expand_dims_options o = options ? *options : (hr_sparse_expand_dims_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "expand_dims");
  int rank = hr_sparse_static_shape(s, &x).rank;
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  if (rank < 0) {
    hr_refuse(s, "The rank of a sparse tensor must be known for it to get another dimension");
    return (hr_sparse_tensor){0};
  }
  hr_output axis = hr_convert(s, hr_operand_is_given(o.axis) ? o.axis : hr_operand_int(-1), HR_INT32, "axis");
  hr_output is_positive = hr_binary(s, "GreaterEqual", axis, 0);
  axis = hr_where_v2(s, is_positive, axis, hr_plus(s, hr_plus(s, axis, rank), 1));
  hr_output count = hr_at(s, hr_tf_shape(s, x.indices), HR_INDEX(0));
  hr_output column = hr_zeros(s, HR_OPERANDS(count, 1), .dtype = HR_INT64);
  const int64_t nothing[] = {0, 0}, rest[] = {-1, -1};
  hr_output before = cut(s, x.indices, hr_operand_ints((hr_ints){2, nothing}), hr_operand_list(HR_OPERANDS(-1, axis)));
  hr_output after = cut(s, x.indices, hr_operand_list(HR_OPERANDS(0, axis)), hr_operand_ints((hr_ints){2, rest}));
  hr_output indices = hr_tf_concat(s, HR_OPERANDS(before, column, after), 1);
  hr_output sizes_before =
      cut(s, x.dense_shape, hr_operand_ints((hr_ints){1, nothing}), hr_operand_list(HR_OPERANDS(axis)));
  hr_output sizes_after =
      cut(s, x.dense_shape, hr_operand_list(HR_OPERANDS(axis)), hr_operand_ints((hr_ints){1, rest}));
  hr_output one = hr_convert(s, HR_AXES(1), HR_INT64, "new_shape");
  return hr_sparse_of(s, indices, x.values, hr_tf_concat(s, HR_OPERANDS(sizes_before, one, sizes_after), 0));
}

static hr_output int64_scalar(hr_scope s, hr_operand x, const char *name) {
  if (x.kind == HR_OPERAND_OUTPUT) return hr_tf_cast(s, x, HR_INT64);
  if (x.kind == HR_OPERAND_INT) return hr_convert(s, x, HR_INT64, name);
  return hr_refuse_type(s, "%s must be an integer value", name);
}

hr_sparse_tensor hr_sparse_eye_with(hr_scope scope, hr_operand num_rows, const hr_sparse_eye_options *options) {
  hr_sparse_eye_options o = options ? *options : (hr_sparse_eye_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "eye");
  hr_output rows = int64_scalar(s, num_rows, "num_rows"), columns = rows;
  if (hr_operand_is_given(o.num_columns)) columns = int64_scalar(s, o.num_columns, "num_columns");
  hr_output size = hr_minimum(s, rows, columns);
  hr_output numbers = hr_tf_range(s, 0, size, 1, .dtype = HR_INT64);
  hr_output indices = hr_stack(s, HR_OPERANDS(numbers, numbers), .axis = 1);
  hr_output ones = hr_ones(s, size, .dtype = o.dtype ? o.dtype : HR_FLOAT);
  return hr_make_sparse_tensor_of(s, hr_operand_output(indices), hr_operand_output(ones),
                                  hr_operand_list(HR_OPERANDS(rows, columns)));
}

/* The wanted shape, once it is known, or made sure in each run, that it is no smaller than the shape of `x`. */
static hr_operand checked_shape(hr_scope s, const hr_sparse_tensor *x, hr_output in_shape, hr_operand wanted,
                                int64_t *sizes) {
  hr_output given = hr_convert(s, wanted, HR_INVALID, "Const");
  if (!hr_scope_ok(s)) return HR_NO_OPERAND;
  const hr_partial_shape *form = hr_output_shape(given), *own = hr_output_shape(in_shape);
  if (form->rank >= 0 && form->rank != 1) {
    hr_refuse(s, "new_shape must be a vector, not of rank %d", form->rank);
    return HR_NO_OPERAND;
  }
  if (form->rank == 1 && own->rank == 1 && form->dims[0] >= 0 && own->dims[0] >= 0 && form->dims[0] != own->dims[0]) {
    hr_refuse(s, "Dimensions %lld and %lld are not compatible", (long long)form->dims[0], (long long)own->dims[0]);
    return HR_NO_OPERAND;
  }
  hr_output output = hr_tf_cast(s, given, HR_INT64);
  hr_partial_shape old;
  int count;
  if (hr_static_ints(s, output, HR_MAX_RANK, sizes, &count) && hr_sparse_known_shape(s, x, &old) && old.rank == count) {
    for (int i = 0; i < count; ++i)
      if (old.dims[i] > sizes[i]) {
        hr_refuse(s,
                  "Requested new_shape should have dimension sizes >= sp_input.shape. Found %lld for size %lld in "
                  "dimension %d",
                  (long long)sizes[i], (long long)old.dims[i], i);
        return HR_NO_OPERAND;
      }
    return hr_operand_ints((hr_ints){count, sizes});
  }
  hr_output own_rank = hr_tf_shape(s, in_shape), wanted_rank = hr_tf_shape(s, output);
  hr_node *same_rank = hr_assert_equal(s, own_rank, wanted_rank);
  if (!hr_scope_ok(s)) return HR_NO_OPERAND;
  output = hr_with_dependencies_with(s, 1, &same_rank, output, NULL);
  hr_node *large = hr_assert_less_equal(s, in_shape, output);
  if (!hr_scope_ok(s)) return HR_NO_OPERAND;
  return hr_operand_output(hr_with_dependencies_with(s, 1, &large, output, NULL));
}

hr_sparse_tensor hr_sparse_reset_shape_with(hr_scope s, hr_sparse_tensor x,
                                            const hr_sparse_reset_shape_options *options) {
  hr_output indices = hr_identity(s, x.indices), values = hr_identity(s, x.values);
  hr_output in_shape = hr_identity(s, x.dense_shape);
  int64_t sizes[HR_MAX_RANK];
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  hr_operand shape;
  if (options && hr_operand_is_given(options->new_shape)) {
    shape = checked_shape(s, &x, in_shape, options->new_shape, sizes);
  } else {
    hr_output last = hr_reduce_max(s, indices, .axis = HR_AXIS(0));
    hr_output zero = hr_convert(s, HR_OPERAND(0), HR_INT64, "Const");
    shape = hr_operand_output(hr_maximum(s, zero, hr_add(s, last, hr_tf_ones_like(s, in_shape))));
  }
  if (!hr_scope_ok(s)) return (hr_sparse_tensor){0};
  return hr_make_sparse_tensor_of(s, hr_operand_output(indices), hr_operand_output(values), shape);
}

/* ---- rows without some ------------------------------------------------------------------------------------------ */

hr_gradient hr_sparse_mask_with(hr_scope scope, hr_output values, hr_output indices, hr_operand mask_indices,
                                const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "sparse_mask");
  hr_operands operands = HR_OPERANDS(indices, mask_indices);
  hr_node *others = hr_call_op(s, "ListDiff", NULL, operands.count, operands.items, 0, NULL);
  if (!others) return HR_NO_GRADIENT;
  hr_output rows = hr_tf_gather(s, values, ((hr_output){others, 1}), .name = hr_scope_name(s));
  return (hr_gradient){rows, {others, 0}, HR_NO_OUTPUT};
}
