/* Gradients of ops that cut tensors and put them together. */
#include "builder/control_flow/context.h"
#include "ops/gradients/gradient.h"

hr_status hr_gradient_pack(hr_gradient_context *c) {
  hr_outputs parts =
      hr_unpack(c->scope, hr_dy(c, 0), hr_int_attr(c, "N"), .axis = hr_int_attr(c, "axis"), .name = "unstack");
  for (int32_t i = 0; i < parts.count; ++i)
    hr_dx(c, i, parts.items[i]);
  return HR_SUCCESS;
}

/* The gradients of all outputs as a list in the graph's memory. */
static hr_outputs all_gradients(const hr_gradient_context *c) {
  int32_t count = c->node->num_outputs;
  hr_output *items = hr_keep_bytes(c->scope, sizeof *items * (size_t)count);
  for (int32_t i = 0; items && i < count; ++i)
    items[i] = hr_dy(c, i);
  return (hr_outputs){items ? count : 0, items};
}

hr_status hr_gradient_unpack(hr_gradient_context *c) {
  hr_outputs parts = all_gradients(c);
  if (hr_scope_ok(c->scope)) hr_dx(c, 0, hr_stack(c->scope, parts, .axis = (int32_t)hr_int_attr(c, "axis")));
  return HR_SUCCESS;
}

/* The parts joined again along the given axis. */
static void join_gradients(hr_gradient_context *c, int32_t input, hr_output axis) {
  hr_outputs parts = all_gradients(c);
  if (parts.count == 1) {
    hr_dx(c, input, hr_identity(c->scope, parts.items[0], .name = "concat"));
  } else if (hr_scope_ok(c->scope)) {
    hr_dx(c, input, hr_concat_v2(c->scope, parts, axis, .name = "concat"));
  }
}

hr_status hr_gradient_split(hr_gradient_context *c) {
  join_gradients(c, 1, hr_x(c, 0));
  return HR_SUCCESS;
}

hr_status hr_gradient_split_v(hr_gradient_context *c) {
  join_gradients(c, 0, hr_x(c, 2));
  return HR_SUCCESS;
}

/* ---- concatenation --------------------------------------------------------------------------------------------- */

/* More parts than this are cut by one SplitV instead of one Slice each. */
#define MAX_SLICES 16

/* The shape of each part: constants where all are known. `shapes` gets `count` of them. */
static void shapes_of(hr_scope s, int32_t count, const hr_output *parts, hr_output *shapes) {
  for (int32_t i = 0; i < count; ++i) {
    shapes[i] = hr_tf_shape(s, parts[i]);
    if (!hr_scope_ok(s)) return;
    if (strcmp(hr_node_op(shapes[i].node), "Const") == 0) continue;
    hr_outputs all = hr_shape_n(s, ((hr_outputs){count, parts}));
    for (int32_t k = 0; k < all.count; ++k)
      shapes[k] = all.items[k];
    return;
  }
}

static void slice_parts(hr_gradient_context *c, hr_output grad, hr_output axis, int32_t first, hr_outputs shapes) {
  hr_outputs offsets = hr_concat_offset(c->scope, axis, shapes);
  for (int32_t i = 0; i < offsets.count; ++i)
    hr_dx(c, first + i, hr_slice(c->scope, grad, offsets.items[i], shapes.items[i]));
}

static void split_parts(hr_gradient_context *c, hr_output grad, hr_output axis, int32_t first, hr_outputs shapes) {
  hr_scope s = c->scope;
  hr_output table = hr_stack(s, shapes, .axis = 1), sizes = HR_NO_OUTPUT;
  HR_WITH (slice, hr_name_scope(s, "Slice")) {
    hr_operand from[] = {hr_operand_output(axis), hr_operand_int(0)};
    hr_output begin = hr_convert(slice, hr_operand_items(2, from), HR_INT32, "begin");
    hr_output size = hr_i32_vector(slice, 2, (const int32_t[]){1, -1}, "size");
    sizes = hr_slice(slice, table, begin, size, .name = hr_scope_name(slice));
  }
  sizes = hr_squeeze(s, sizes);
  hr_outputs parts = hr_split_v(s, grad, sizes, axis, shapes.count, .name = "split");
  for (int32_t i = 0; i < parts.count; ++i)
    hr_dx(c, first + i, parts.items[i]);
}

/* The axis; a constant that is not where the gradient is, in a branch or loop, is made there again. */
static hr_output axis_of(const hr_gradient_context *c, hr_output axis, hr_output grad) {
  if (!axis.node || !grad.node || strcmp(hr_node_op(axis.node), "Const") != 0 ||
      hr_output_context(axis.node) == hr_output_context(grad.node))
    return axis;
  return hr_constant(c->scope, hr_node_attr(axis.node, "value")->tensor);
}

/* Rows of a value joined along its first axis: those of each part's range, counted from its start. */
static void take_rows_of_parts(hr_gradient_context *c, const hr_rows *rows, hr_output axis, int32_t first,
                               hr_outputs shapes) {
  hr_scope s = c->scope;
  hr_dtype dtype = hr_output_base_dtype(rows->indices);
  hr_output start = hr_convert(s, hr_operand_int(0), dtype, NULL);
  for (int32_t i = 0; i < shapes.count && hr_scope_ok(s); ++i) {
    hr_output size = hr_tf_gather(s, shapes.items[i], axis);
    if (hr_output_base_dtype(size) != dtype) size = hr_tf_cast(s, size, dtype);
    hr_output end = hr_plus(s, start, size);
    hr_output above = hr_greater_equal(s, rows->indices, start), below = hr_less(s, rows->indices, end);
    hr_output chosen = hr_squeeze(s, hr_where(s, hr_logical_and(s, above, below)), .squeeze_dims = HR_INTS(1));
    hr_output indices = hr_minus(s, hr_tf_gather(s, rows->indices, chosen), start);
    hr_output values = hr_tf_gather(s, rows->values, chosen);
    c->inputs[first + i] = (hr_gradient){values, indices, shapes.items[i]};
    start = end;
  }
}

/* Rows of a value joined along another axis: all of them for each part, cut. */
static void cut_rows_of_parts(hr_gradient_context *c, const hr_rows *rows, hr_output axis, int32_t first,
                              hr_outputs shapes) {
  hr_scope s = c->scope;
  hr_output rank = hr_tf_shape(s, shapes.items[0]);
  hr_output before = hr_tf_fill(s, hr_tf_expand_dims(s, axis, 0), 0);
  hr_output behind = hr_tf_fill(s, hr_minus(s, hr_minus(s, rank, axis), 1), 0);
  hr_output mask = hr_tf_concat(s, HR_OPERANDS(before, HR_OPERANDS(1), behind), 0);
  hr_output begin = hr_tf_fill(s, rank, 0);
  for (int32_t i = 0; i < shapes.count && hr_scope_ok(s); ++i) {
    hr_output shape = shapes.items[i];
    hr_output inner = hr_call_one(s, "Slice", NULL, HR_OPERANDS(shape, HR_OPERANDS(1), HR_OPERANDS(-1)), HR_NO_ATTRS);
    hr_output size = hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(-1), inner), 0);
    hr_output values = hr_slice(s, rows->values, begin, size);
    c->inputs[first + i] = (hr_gradient){values, rows->indices, shape};
    begin = hr_add(s, begin, hr_times(s, shape, mask));
  }
}

/* The gradient is a sparse one. */
static hr_status rows_of_parts(hr_gradient_context *c, const hr_rows *rows, hr_output given, int32_t first,
                               int32_t count) {
  hr_scope s = c->scope;
  const hr_output *values = c->node->inputs + first;
  hr_output axis = hr_modulo(s, given, hr_tf_rank(s, values[0]));
  int64_t place;
  int known = 0;
  if (!hr_static_ints(s, given, 1, &place, &known) && hr_scope_ok(s))
    return hr_error(HR_INVALID_ARGUMENT, "Can only compute IndexedSlices gradient with statically-known concat_dim");
  if (hr_scope_ok(s) && place < 0) {
    hr_tf_rank(s, values[0]); /* TensorFlow makes it a second time */
    if (hr_output_rank(values[0]) < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Can only compute IndexedSlices gradient with negative concat_dim when "
                                           "first value rank is statically-known.");
    place += hr_output_rank(values[0]);
  }
  hr_output *shapes = hr_keep_bytes(s, sizeof *shapes * (size_t)count);
  for (int32_t i = 0; shapes && i < count; ++i)
    shapes[i] = hr_tf_shape(s, values[i]);
  if (hr_scope_ok(s))
    (place > 0 ? cut_rows_of_parts : take_rows_of_parts)(c, rows, axis, first, (hr_outputs){count, shapes});
  return HR_SUCCESS;
}

/* `axis` is the input that says where the others, `count` from `first` on, were joined. */
static hr_status concat_gradient(hr_gradient_context *c, int32_t axis_input, int32_t first) {
  hr_scope s = c->scope;
  int32_t count = c->node->num_inputs - 1;
  if (count == 1) {
    c->inputs[first] = c->outputs[0];
    return HR_SUCCESS;
  }
  hr_output grad = hr_dy(c, 0);
  if (hr_rows_of(grad)) return rows_of_parts(c, hr_rows_of(grad), hr_x(c, axis_input), first, count);
  const hr_output *values = c->node->inputs + first;
  hr_output given = axis_of(c, hr_x(c, axis_input), grad), rank = hr_tf_rank(s, values[0]);
  hr_output axis = hr_modulo(s, given, rank);
  hr_output *shapes = hr_keep_bytes(s, sizeof *shapes * (size_t)count);
  if (!shapes) return HR_SUCCESS;
  shapes_of(s, count, values, shapes);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  (count > MAX_SLICES ? split_parts : slice_parts)(c, grad, axis, first, (hr_outputs){count, shapes});
  return HR_SUCCESS;
}
hr_status hr_gradient_concat(hr_gradient_context *c) { return concat_gradient(c, 0, 1); }
hr_status hr_gradient_concat_v2(hr_gradient_context *c) { return concat_gradient(c, c->node->num_inputs - 1, 0); }

/* ---- slices and pads ------------------------------------------------------------------------------------------- */

/* Zeros before and behind what was taken. */
hr_status hr_gradient_slice(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), begin = hr_x(c, 1);
  hr_output rank = hr_tf_rank(s, x);
  hr_output size = hr_tf_shape(s, hr_y(c, 0));
  hr_output column = hr_pack_sizes(s, hr_operand_output(rank), hr_operand_int(1));
  hr_output before = hr_reshape(s, begin, column);
  hr_output behind = hr_minus(s, hr_minus(s, hr_tf_shape(s, x), size), begin);
  behind = hr_reshape(s, behind, column);
  hr_output paddings = hr_tf_concat(s, HR_LIST(before, behind), 1);
  hr_dx(c, 0, hr_pad(s, hr_dy(c, 0), paddings));
  return HR_SUCCESS;
}

hr_status hr_gradient_pad(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), before = HR_NO_OUTPUT;
  hr_output column = hr_pack_sizes(s, hr_operand_output(hr_tf_rank(s, x)), hr_operand_int(1));
  HR_WITH (slice, hr_name_scope(s, "Slice")) {
    hr_output begin = hr_i32_vector(slice, 2, (const int32_t[]){0, 0}, "begin");
    before = hr_slice(slice, hr_x(c, 1), begin, column, .name = hr_scope_name(slice));
  }
  hr_output begin = hr_tf_reshape(s, before, HR_SHAPE(-1));
  hr_output size = hr_tf_shape(s, x);
  hr_dx(c, 0, hr_slice(s, hr_dy(c, 0), begin, size));
  return HR_SUCCESS;
}

static const char *pad_mode(const hr_gradient_context *c) { return hr_node_attr(c->node, "mode")->s; }

hr_status hr_gradient_mirror_pad(hr_gradient_context *c) {
  hr_dx(c, 0, hr_mirror_pad_grad(c->scope, hr_dy(c, 0), hr_x(c, 1), pad_mode(c)));
  return HR_SUCCESS;
}

hr_status hr_gradient_mirror_pad_grad(hr_gradient_context *c) {
  hr_dx(c, 0, hr_mirror_pad(c->scope, hr_dy(c, 0), hr_x(c, 1), pad_mode(c)));
  return HR_SUCCESS;
}

hr_status hr_gradient_strided_slice(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_output shape = hr_tf_shape(c->scope, hr_x(c, 0), .out_type = hr_output_base_dtype(hr_x(c, 1)));
  hr_dx(c, 0,
        hr_strided_slice_grad(
            c->scope, shape, hr_x(c, 1), hr_x(c, 2), hr_x(c, 3), grad, .begin_mask = hr_int_attr(c, "begin_mask"),
            .end_mask = hr_int_attr(c, "end_mask"), .ellipsis_mask = hr_int_attr(c, "ellipsis_mask"),
            .new_axis_mask = hr_int_attr(c, "new_axis_mask"), .shrink_axis_mask = hr_int_attr(c, "shrink_axis_mask")));
  return HR_SUCCESS;
}

hr_status hr_gradient_strided_slice_grad(hr_gradient_context *c) {
  hr_dx(c, 4,
        hr_strided_slice(
            c->scope, hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2), hr_x(c, 3), .begin_mask = hr_int_attr(c, "begin_mask"),
            .end_mask = hr_int_attr(c, "end_mask"), .ellipsis_mask = hr_int_attr(c, "ellipsis_mask"),
            .new_axis_mask = hr_int_attr(c, "new_axis_mask"), .shrink_axis_mask = hr_int_attr(c, "shrink_axis_mask")));
  return HR_SUCCESS;
}
