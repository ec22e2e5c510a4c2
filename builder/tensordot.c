/* Products over any dimensions: tf.tensordot. */
#include "builder/builder.h"
#include "headrace/linalg.h"

/* The axes of one side that are multiplied over: numbers, or a tensor. */
typedef struct contraction {
  hr_output tensor;
  int count;
  int64_t axes[HR_MAX_RANK];
} contraction;

/* One side as a matrix; its other dimensions as numbers (-1 for unknown ones) or as a tensor. */
typedef struct side {
  hr_output matrix, free_tensor; /* HR_NO_OUTPUT: `free` says all */
  hr_partial_shape free;         /* of unknown rank where the axes are a tensor */
} side;

/* Splits the dimensions of x into the axes, made positive, and the others. False, with the error at the builder, for an
 * axis that x does not have. */
static bool split(hr_scope s, const hr_partial_shape *shape, contraction *c, hr_ints *free, int64_t *free_items) {
  bool taken[HR_MAX_RANK] = {false};
  for (int i = 0; i < c->count; ++i) {
    if (c->axes[i] < 0) c->axes[i] += shape->rank;
    if (c->axes[i] < 0 || c->axes[i] >= shape->rank) {
      hr_refuse(s, "Axis %lld of tensordot is not one of a tensor of rank %d", (long long)c->axes[i], shape->rank);
      return false;
    }
    taken[c->axes[i]] = true;
  }
  *free = (hr_ints){0, free_items};
  for (int i = 0; i < shape->rank; ++i)
    if (!taken[i]) free_items[free->count++] = i;
  return true;
}

/* The sides' orders: free dimensions first on the left side, last on the right one. */
static hr_output known_matrix(hr_scope s, hr_output x, const contraction *c, hr_ints free, bool right) {
  const hr_partial_shape shape = *hr_output_shape(x);
  int64_t perm[HR_MAX_RANK], rows = 1, columns = 1;
  int axes_at = right ? 0 : free.count, free_at = right ? c->count : 0;
  for (int i = 0; i < c->count; ++i) {
    perm[axes_at + i] = c->axes[i];
    columns *= shape.dims[c->axes[i]];
  }
  for (int i = 0; i < free.count; ++i) {
    perm[free_at + i] = free.items[i];
    rows *= shape.dims[free.items[i]];
  }
  hr_output turned = hr_tf_transpose(s, x, .perm = hr_operand_ints((hr_ints){shape.rank, perm}));
  return hr_tf_reshape(s, turned, right ? HR_SHAPE(columns, rows) : HR_SHAPE(rows, columns));
}

static side as_matrix(hr_scope s, hr_output x, contraction c, bool right) {
  side result = {.free = HR_SHAPE_UNKNOWN};
  if (!hr_scope_ok(s)) return result;
  const hr_partial_shape shape = *hr_output_shape(x);
  hr_output axes, free_axes, sizes;
  if (!c.tensor.node && shape.rank >= 0) {
    int64_t free_items[HR_MAX_RANK];
    hr_ints free;
    if (!split(s, &shape, &c, &free, free_items)) return result;
    result.free.rank = free.count;
    for (int i = 0; i < free.count; ++i)
      result.free.dims[i] = shape.dims[free.items[i]];
    if (hr_partial_shape_is_full(&shape)) {
      result.matrix = known_matrix(s, x, &c, free, right);
      return result;
    }
    axes = hr_convert(s, hr_operand_ints((hr_ints){c.count, c.axes}), HR_INT32, "axes");
    free_axes = hr_convert(s, hr_operand_ints(free), HR_INT32, "free");
    sizes = hr_tf_shape(s, x);
  } else {
    sizes = hr_tf_shape(s, x);
    hr_output rank = hr_tf_rank(s, x);
    axes = c.tensor.node ? c.tensor : hr_convert(s, hr_operand_ints((hr_ints){c.count, c.axes}), HR_INT32, "axes");
    hr_output positive = hr_binary(s, "GreaterEqual", axes, 0);
    axes = hr_select(s, positive, axes, hr_plus(s, axes, rank));
    free_axes = hr_list_diff(s, hr_tf_range(s, 0, rank, 1), axes).out;
  }
  result.free_tensor = hr_tf_gather(s, sizes, free_axes);
  hr_output axes_sizes = hr_tf_gather(s, sizes, axes);
  hr_output rows = hr_reduce_prod(s, result.free_tensor);
  hr_output columns = hr_reduce_prod(s, axes_sizes);
  hr_output perm = hr_tf_concat(s, right ? HR_LIST(axes, free_axes) : HR_LIST(free_axes, axes), 0);
  hr_output matrix = hr_stack(s, right ? HR_LIST(columns, rows) : HR_LIST(rows, columns));
  result.matrix = hr_reshape(s, hr_tf_transpose(s, x, .perm = hr_operand_output(perm)), matrix);
  return result;
}

/* Two lists of the same length, as one of numbers that have no dtype. */
static bool read_rows(hr_scope s, const hr_tensor *rows, contraction *left, contraction *right) {
  int64_t count = rows->dims[1];
  if (rows->dims[0] != 2 || count > HR_MAX_RANK || hr_tensor_dtype(rows) != HR_INT64) {
    hr_refuse(s, "'axes' must be an integer or have length 2.");
    return false;
  }
  const int64_t *items = hr_tensor_data(rows);
  left->count = right->count = (int)count;
  memcpy(left->axes, items, sizeof *items * (size_t)count);
  memcpy(right->axes, items + count, sizeof *items * (size_t)count);
  return true;
}

/* The axes of both sides. False after an error. */
static bool read_axes(hr_scope s, hr_output a, hr_operand axes, contraction *left, contraction *right) {
  *left = *right = (contraction){0};
  if (!hr_scope_ok(s)) return false;
  int rank = hr_output_rank(a);
  int64_t numbers[HR_MAX_RANK];
  if (axes.kind == HR_OPERAND_INT) {
    if (axes.i < 0) hr_refuse(s, "'axes' must be at least 0.");
    if (axes.i > (rank < 0 ? HR_MAX_RANK : rank))
      hr_refuse(s, "'axes' must not be larger than the number of dimensions of tensor %s.", hr_node_name(a.node));
    if (!hr_scope_ok(s)) return false;
    if (rank < 0) {
      hr_output count = hr_tf_rank(s, a);
      hr_output first = hr_minus(s, count, axes.i);
      left->tensor = hr_tf_range(s, first, count, 1, .dtype = HR_INT32);
      right->tensor = hr_tf_range(s, 0, axes.i, 1, .dtype = HR_INT32);
      return true;
    }
    left->count = right->count = (int)axes.i;
    for (int i = 0; i < left->count; ++i) {
      left->axes[i] = rank - left->count + i;
      right->axes[i] = i;
    }
    return true;
  }
  if (hr_operand_known_ints(axes, numbers) == 2) {
    left->count = right->count = 1;
    left->axes[0] = numbers[0];
    right->axes[0] = numbers[1];
    return true;
  }
  if (axes.kind == HR_OPERAND_VALUES && axes.tensor->rank == 2) return read_rows(s, axes.tensor, left, right);
  if (axes.kind == HR_OPERAND_LIST) {
    if (axes.list.count != 2) {
      hr_refuse(s, "'axes' must be an integer or have length 2.");
      return false;
    }
    left->count = hr_operand_known_ints(hr_operands_at(axes.list, 0), left->axes);
    right->count = hr_operand_known_ints(hr_operands_at(axes.list, 1), right->axes);
    if (left->count >= 0 && left->count == right->count) return true;
    hr_refuse(s, "Different number of contraction axes 'a' and 'b', %d != %d.", left->count, right->count);
    return false;
  }
  hr_output both = hr_convert(s, axes, HR_INT32, "axes");
  left->tensor = hr_at(s, both, HR_INDEX(0));
  right->tensor = hr_at(s, both, HR_INDEX(1));
  return hr_scope_ok(s);
}

/* The sizes of the other dimensions as a tensor. */
static hr_output free_sizes(hr_scope s, const side *x) {
  return x->free_tensor.node ? x->free_tensor
                             : hr_convert(s, hr_operand_ints((hr_ints){x->free.rank, x->free.dims}), HR_INT32, NULL);
}

hr_output hr_tensordot_with(hr_scope scope, hr_operand a, hr_operand b, hr_operand axes, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Tensordot");
  hr_output x = hr_convert(s, a, HR_INVALID, "a");
  hr_output y = hr_convert(s, b, HR_INVALID, "b");
  contraction x_axes, y_axes;
  if (!read_axes(s, x, axes, &x_axes, &y_axes)) return HR_NO_OUTPUT;
  side left = as_matrix(s, x, x_axes, false);
  side right = as_matrix(s, y, y_axes, true);
  hr_output matrix = hr_tf_matmul(s, left.matrix, right.matrix);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape shape = left.free;
  if (left.free.rank >= 0 && right.free.rank >= 0) {
    if (left.free.rank + right.free.rank > HR_MAX_RANK)
      return hr_refuse(s, "The result of tensordot would have %d dimensions", left.free.rank + right.free.rank);
    memcpy(shape.dims + shape.rank, right.free.dims, sizeof *shape.dims * (size_t)right.free.rank);
    shape.rank += right.free.rank;
  } else {
    shape = HR_SHAPE_UNKNOWN;
  }
  if (!left.free_tensor.node && !right.free_tensor.node)
    return hr_tf_reshape(s, matrix, shape, .name = hr_scope_name(s));
  hr_output left_sizes = free_sizes(s, &left), right_sizes = free_sizes(s, &right);
  hr_output sizes = hr_tf_concat(s, HR_LIST(left_sizes, right_sizes), 0);
  hr_output result = hr_reshape(s, matrix, sizes, .name = hr_scope_name(s));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_know_shape(s, result, &shape);
  return result;
}
