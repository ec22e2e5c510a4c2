/* The variables of a backward loop: gradients that go from iteration to iteration, and sums over all of them. */
#include "builder/control_flow/loop_gradient.h"
#include "builder/control_flow/primitives.h"
#include "headrace/arrays.h"

static void update_merge(hr_scope scope, hr_output merged, hr_output next) {
  if (merged.node && next.node && hr_scope_ok(scope)) hr_scope_fail(scope, hr_node_update_input(merged.node, 1, next));
}

/* In the context around the loop, where there is one. */
static hr_scope enter_around(hr_scope scope, const hr_loop_context *loop) {
  return loop->common.base.outer ? hr_scope_enter_context(scope, loop->common.base.outer) : scope;
}

static hr_output zeros_of(hr_scope scope, hr_dtype dtype, const hr_partial_shape *shape, const char *name) {
  return hr_constant(scope, hr_operand_int(0), .dtype = dtype, .shape = *shape, .name = name);
}

/* ---- gradients of variables ------------------------------------------------------------------------------------ */

const hr_backward_merge *hr_loop_gradient_find_merge(const hr_loop_gradient *gradient, const hr_node *forward_switch) {
  const hr_backward_merge *merge = gradient->first_merge;
  while (merge && merge->forward_switch != forward_switch)
    merge = merge->next;
  return merge;
}

void hr_loop_gradient_add_merge(hr_scope scope, hr_loop_gradient *gradient, const hr_node *forward_switch,
                                hr_gradient merged) {
  hr_backward_merge *merge = hr_keep_bytes(scope, sizeof *merge);
  if (!merge) return;
  *merge = (hr_backward_merge){.forward_switch = forward_switch, .merged = merged};
  if (gradient->last_merge)
    gradient->last_merge->next = merge;
  else
    gradient->first_merge = merge;
  gradient->last_merge = merge;
}

void hr_loop_gradient_close_merge(hr_scope scope, const hr_backward_merge *merge, hr_gradient next) {
  if (!hr_gradient_is_sparse(merge->merged)) {
    hr_output dense = hr_gradient_to_tensor(scope, next, NULL);
    update_merge(scope, merge->merged.value, hr_next_iteration_of(scope, dense));
    return;
  }
  next = hr_gradient_as_rows(scope, next);
  hr_gradient back = {.value = hr_next_iteration_of(scope, next.value)};
  back.indices = hr_next_iteration_of(scope, next.indices);
  if (next.dense_shape.node) back.dense_shape = hr_next_iteration_of(scope, next.dense_shape);
  update_merge(scope, merge->merged.value, back.value);
  update_merge(scope, merge->merged.indices, back.indices);
  update_merge(scope, merge->merged.dense_shape, back.dense_shape);
}

static void close_with_zeros(hr_scope scope, const hr_loop_gradient *gradient, hr_node *merge) {
  hr_output first = merge->inputs[0];
  hr_scope inside = hr_scope_enter_context(scope, &gradient->backward->common.base);
  hr_output zeros;
  if (hr_partial_shape_is_full(hr_output_shape(first))) {
    zeros = zeros_of(inside, hr_output_base_dtype(first), hr_output_shape(first), "Const");
  } else {
    hr_scope around = enter_around(scope, gradient->backward);
    hr_output shape = hr_shape_of(around, first.node->inputs[0]);
    zeros = hr_zeros(around, shape);
  }
  update_merge(scope, (hr_output){merge, 0}, hr_next_iteration(inside, zeros));
}

void hr_loop_gradient_close_open_merges(hr_scope scope, hr_loop_gradient *gradient) {
  for (const hr_backward_merge *m = gradient->first_merge; m && hr_scope_ok(scope); m = m->next) {
    hr_node *merge = m->merged.value.node;
    if (hr_output_equal(merge->inputs[0], merge->inputs[1])) close_with_zeros(scope, gradient, merge);
  }
}

/* ---- sums of gradients of constants ---------------------------------------------------------------------------- */

/* The shape of what entered the loop, where that must be looked at when it runs; in the context around the loop. The
 * inside of an outer backward loop gets it from the outer forward loop. */
static hr_output shape_around(hr_scope outside, const hr_loop_gradient *gradient, hr_output value) {
  const hr_loop_context *around = hr_as_loop(gradient->backward->common.base.outer);
  if (!around || !around->gradient) return hr_shape_of(enter_around(outside, gradient->backward), value);
  if (!gradient->outer)
    return hr_refuse(outside,
                     "The gradient of loop %s, which is in the gradient of another one, needs the shape of %s, "
                     "which is not known",
                     gradient->forward->common.name, hr_node_name(value.node));
  hr_output shape = hr_shape_of(enter_around(outside, gradient->forward), value);
  hr_output stack = hr_loop_gradient_push(outside, gradient->outer, shape, false);
  return hr_loop_gradient_pop(enter_around(outside, gradient->backward), gradient->outer, stack, shape, false);
}

/* sum = 0; while (...) sum += part. */
static hr_output sum_dense(hr_scope scope, hr_loop_gradient *gradient, const hr_node *enter, hr_output part) {
  hr_loop_context *loop = gradient->backward;
  hr_scope outside = hr_scope_leave_context(scope, &loop->common.base);
  hr_scope around = enter_around(outside, loop);
  const hr_partial_shape *shape = hr_output_shape(part);
  hr_dtype dtype = hr_output_base_dtype(part);
  hr_output zeros = hr_partial_shape_is_full(shape)
                        ? zeros_of(around, dtype, shape, "b_acc")
                        : hr_zeros(around, shape_around(outside, gradient, enter->inputs[0]), .dtype = dtype);
  hr_scope inside = hr_scope_enter_context(outside, &loop->common.base);
  hr_context_add_name(inside, &loop->common, zeros);
  hr_output entered = hr_loop_enter(inside, loop, zeros, false, true, "b_acc");
  hr_output_list_add(inside, &loop->enters, entered);
  hr_output merged = hr_merge_pair(inside, entered, entered, "b_acc");
  hr_switch_outputs sides = hr_switch(inside, merged, loop->condition);
  update_merge(inside, merged, hr_next_iteration(inside, hr_binary(inside, "Add", sides.output_true, part)));
  hr_output sum = hr_exit(inside, sides.output_false, .name = "b_acc");
  hr_output_list_add(inside, &loop->exits, sum);
  hr_context_exit_result(inside, &loop->common, sum);
  return sum;
}

/* The sizes of the rows of what entered the loop, as TensorFlow asks for them. */
static hr_output rows_shape(hr_scope around, hr_output value) {
  if (hr_output_base_dtype(value) != HR_RESOURCE)
    return hr_at(around, hr_shape_of(around, value), HR_SLICE(1, HR_OPEN));
  const hr_handle_data *variable = hr_output_handle_data(value);
  if (!variable || variable->shape.rank < 1) return hr_refuse(around, "The shape of a variable must be known here");
  hr_partial_shape rows = {.rank = variable->shape.rank - 1};
  memcpy(rows.dims, variable->shape.dims + 1, sizeof *rows.dims * (size_t)rows.rank);
  return hr_dims_vector(around, hr_dims_from_shape(rows), NULL);
}

/* Rows to begin with: one of zeros, for the first row. */
static hr_gradient first_rows(hr_scope around, const hr_node *enter, hr_gradient part) {
  hr_gradient first = HR_NO_GRADIENT;
  hr_dtype dtype = hr_output_base_dtype(part.value), index = hr_output_base_dtype(part.indices);
  hr_partial_shape shape = *hr_output_shape(part.value);
  if (hr_partial_shape_is_full(&shape)) {
    shape.dims[0] = 1;
    first.value = zeros_of(around, dtype, &shape, "b_acc");
  } else {
    const hr_operand one = hr_operand_ints((hr_ints){1, (int64_t[]){1}});
    hr_output rows = rows_shape(around, enter->inputs[0]);
    first.value = hr_zeros(around, hr_tf_concat(around, HR_OPERANDS(one, rows), 0), .dtype = dtype);
  }
  first.indices = hr_constant(around, hr_operand_ints((hr_ints){1, (int64_t[]){0}}), .dtype = index);
  if (!part.dense_shape.node) return first;
  hr_dtype size = hr_output_base_dtype(part.dense_shape);
  if (hr_partial_shape_is_full(hr_output_shape(part.dense_shape)))
    first.dense_shape = zeros_of(around, size, hr_output_shape(part.dense_shape), NULL);
  else
    first.dense_shape = hr_zeros_like(around, hr_shape_of(around, enter->inputs[0], .out_type = size));
  return first;
}

/* The rows of all iterations behind each other. Step by step for each part, as TensorFlow builds it. */
static hr_gradient sum_rows(hr_scope scope, hr_loop_gradient *gradient, const hr_node *enter, hr_gradient part) {
  hr_loop_context *loop = gradient->backward;
  hr_scope outside = hr_scope_leave_context(scope, &loop->common.base);
  hr_gradient first = first_rows(enter_around(outside, loop), enter, part);
  if (!hr_scope_ok(scope)) return HR_NO_GRADIENT;
  hr_scope inside = hr_scope_enter_context(outside, &loop->common.base);
  const hr_output starts[] = {first.indices, first.value, first.dense_shape}, more[] = {part.indices, part.value};
  int parts = part.dense_shape.node ? 3 : 2;
  hr_output entered[3], merged[3], next[3], sums[3] = {HR_NO_OUTPUT, HR_NO_OUTPUT, HR_NO_OUTPUT};
  hr_switch_outputs sides[3];
  for (int i = 0; i < parts; ++i)
    hr_context_add_name(inside, &loop->common, starts[i]);
  for (int i = 0; i < parts; ++i)
    entered[i] = hr_loop_enter(inside, loop, starts[i], false, false, "b_acc");
  if (!hr_scope_ok(scope)) return HR_NO_GRADIENT;
  hr_partial_shape rows = *hr_output_shape(first.value);
  if (rows.rank > 0) rows.dims[0] = HR_UNKNOWN_DIM;
  hr_scope_fail(scope, hr_output_set_shape(entered[0], &HR_SHAPE(HR_UNKNOWN_DIM)));
  hr_scope_fail(scope, hr_output_set_shape(entered[1], &rows));
  for (int i = 0; i < parts; ++i)
    hr_output_list_add(inside, &loop->enters, entered[i]);
  for (int i = 0; i < parts; ++i)
    merged[i] = hr_merge_pair(inside, entered[i], entered[i], "b_acc");
  for (int i = 0; i < parts; ++i)
    sides[i] = hr_switch(inside, merged[i], loop->condition);
  for (int i = 0; i < 2; ++i)
    next[i] = hr_tf_concat(inside, HR_OPERANDS(sides[i].output_true, more[i]), 0);
  if (parts == 3) next[2] = hr_maximum(inside, part.dense_shape, sides[2].output_true);
  for (int i = 0; i < parts; ++i)
    next[i] = hr_next_iteration(inside, next[i]);
  for (int i = 0; i < parts; ++i)
    update_merge(inside, merged[i], next[i]);
  for (int i = 0; i < parts; ++i)
    sums[i] = hr_exit(inside, sides[i].output_false, .name = "b_acc");
  for (int i = 0; i < parts; ++i) {
    hr_output_list_add(inside, &loop->exits, sums[i]);
    hr_context_exit_result(inside, &loop->common, sums[i]);
  }
  return (hr_gradient){sums[1], sums[0], sums[2]};
}

hr_gradient hr_loop_gradient_sum(hr_scope scope, hr_loop_gradient *gradient, const hr_node *enter, hr_gradient part) {
  if (!hr_scope_ok(scope)) return HR_NO_GRADIENT;
  if (hr_gradient_is_sparse(part)) return sum_rows(scope, gradient, enter, part);
  return hr_dense_gradient(sum_dense(scope, gradient, enter, part.value));
}
