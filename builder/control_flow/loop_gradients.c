#include "builder/control_flow/loop_gradients.h"
#include "builder/control_flow/primitives.h"
#include "builder/variable.h"

/* ---- which loops ----------------------------------------------------------------------------------------------- */

static hr_differentiated_loop *find(const hr_loop_gradients *loops, const hr_loop_context *loop) {
  hr_differentiated_loop *found = loop ? loops->first : NULL;
  while (found && found->gradient->forward != loop)
    found = found->next;
  return found;
}

hr_differentiated_loop *hr_loop_gradients_of(const hr_loop_gradients *loops, const hr_node *node, bool before) {
  return find(loops, hr_loop_around(before ? hr_output_context(node) : node->context));
}

hr_differentiated_loop *hr_loop_gradients_add(hr_loop_gradients *loops, hr_scope at, hr_node *exit) {
  hr_loop_context *loop = hr_loop_around(exit->context);
  if (!loop) {
    hr_refuse(at,
              "Gradients of the loop of %s cannot be built: its graph came without the collections of a MetaGraphDef "
              "that say what is in it",
              exit->name);
    return NULL;
  }
  hr_differentiated_loop *added = find(loops, loop);
  if (added || !hr_scope_ok(at)) return added;
  added = hr_keep_bytes(at, sizeof *added);
  hr_output *exits = hr_keep_bytes(at, sizeof *exits * (size_t)(loop->exits.count + 1));
  if (!added || !exits) return NULL;
  if (loop->exits.count > 0) memcpy(exits, loop->exits.items, sizeof *exits * (size_t)loop->exits.count);
  added->exits = (hr_outputs){loop->exits.count, exits};
  added->pending_exits = loop->exits.count;
  hr_differentiated_loop *around = find(loops, hr_loop_around(loop->common.base.outer));
  added->gradient = hr_loop_gradient_new(at, loop, around ? around->gradient : NULL);
  if (!added->gradient) return NULL;
  if (loops->last)
    loops->last->next = added;
  else
    loops->first = added;
  loops->last = added;
  return added;
}

/* ---- zeros ----------------------------------------------------------------------------------------------------- */

static hr_gradient zeros_in(hr_scope scope, hr_output shape, hr_dtype dtype) {
  return hr_dense_gradient(hr_zeros(scope, shape, .dtype = dtype));
}

static hr_gradient constant_zeros(hr_scope scope, hr_output like) {
  return hr_dense_gradient(
      hr_constant(scope, hr_operand_int(0), .dtype = hr_output_base_dtype(like), .shape = *hr_output_shape(like)));
}

hr_gradient hr_zero_gradient_of_exit(const hr_loop_gradients *loops, hr_scope scope, hr_output exit) {
  hr_dtype dtype = hr_output_base_dtype(exit);
  const hr_partial_shape *static_shape = hr_output_shape(exit);
  const hr_control_context *around = exit.node->context->outer;
  const hr_differentiated_loop *outer = find(loops, hr_loop_around(around));
  if (!outer) {
    if (!hr_partial_shape_is_full(static_shape))
      return hr_dense_gradient(hr_zeros_like(scope, exit, .name = "zeros_like"));
    return hr_dense_gradient(hr_zeros(scope, *static_shape, .dtype = dtype));
  }
  hr_scope backward = hr_scope_enter_context(scope, &outer->gradient->backward->common.base);
  if (hr_partial_shape_is_full(static_shape))
    return hr_dense_gradient(hr_zeros(backward, *static_shape, .dtype = dtype));
  /* An inner loop: the outer one remembers the shape. */
  hr_output shape = hr_shape_of(hr_scope_enter_context(scope, (hr_control_context *)around), exit);
  hr_output stack = hr_loop_gradient_push(scope, outer->gradient, shape, false);
  return zeros_in(backward, hr_loop_gradient_pop(backward, outer->gradient, stack, shape, false), dtype);
}

/* The dtype of an output's gradient: for a handle, that of its variable. */
static hr_dtype gradient_dtype(hr_output output) {
  hr_dtype dtype = hr_output_base_dtype(output);
  if (dtype != HR_RESOURCE) return dtype;
  const hr_handle_data *variable = hr_output_handle_data(output);
  return variable ? variable->dtype : HR_FLOAT;
}

/* Of the side of a branch's Switch that is not the branch: only where that side is alive. */
static hr_gradient zeros_of_other_side(hr_scope scope, const hr_cond_context *cond, hr_output output) {
  int other = 1 - cond->branch;
  hr_switch_outputs sides = hr_switch(scope, output.node->inputs[0], cond->predicate);
  hr_output alive = other ? sides.output_true : sides.output_false;
  hr_output pivot = hr_identity(scope, alive);
  if (!pivot.node) return HR_NO_GRADIENT;
  bool is_handle = hr_output_base_dtype(output) == HR_RESOURCE;
  hr_output shape = is_handle ? HR_NO_OUTPUT : hr_shape_of(scope, alive);
  hr_gradient zeros = HR_NO_GRADIENT;
  HR_WITH (gated, hr_control_dependencies(scope, 1, &pivot.node)) {
    if (is_handle) shape = hr_handle_shape(gated, alive, HR_INT32);
    zeros = zeros_in(gated, shape, gradient_dtype(output));
  }
  return zeros;
}

static hr_gradient zeros_outside(hr_scope scope, hr_output output) {
  const hr_node *node = output.node;
  if (node->op->control == HR_CONTROL_SWITCH && hr_as_cond(node->context))
    return zeros_of_other_side(scope, hr_as_cond(node->context), output);
  if (hr_output_base_dtype(output) == HR_RESOURCE && node->op->control != HR_CONTROL_SWITCH)
    return zeros_in(scope, hr_handle_shape(scope, output, HR_INT32), gradient_dtype(output));
  return hr_dense_gradient(hr_zeros_like(scope, output, .name = "zeros_like"));
}

/* The shape of an output, taken in the forward loop; of a branch's Switch, that of the data where it goes to the other
 * side. */
static hr_output forward_shape(hr_scope scope, hr_output output) {
  hr_control_context *context = output.node->context;
  const hr_cond_context *cond = hr_as_cond(context);
  if (output.node->op->control != HR_CONTROL_SWITCH) return hr_shape_of(hr_scope_enter_context(scope, context), output);
  hr_scope around = hr_scope_enter_context(scope, context->outer);
  hr_output other = hr_switch_beside(around, output.node->inputs[0], cond->predicate, NULL).of[1 - cond->branch];
  hr_output shape = hr_shape_of(around, other);
  if (shape.node) other.node->context = shape.node->context = context;
  return shape;
}

/* Whether a Switch is that of a loop's variable. */
static bool is_loop_switch(const hr_node *node) {
  return node->op->control == HR_CONTROL_SWITCH && hr_as_loop(node->context);
}

hr_gradient hr_zero_gradient(const hr_loop_gradients *loops, hr_scope scope, hr_output output) {
  hr_node *node = output.node;
  if (hr_has_loops(loops) && is_loop_switch(node)) return HR_NO_GRADIENT;
  const hr_differentiated_loop *loop = hr_loop_gradients_of(loops, node, false);
  if (!loop) return zeros_outside(scope, output);
  hr_loop_gradient *gradient = loop->gradient;
  bool dead_branch = node->op->control == HR_CONTROL_SWITCH;
  if (hr_partial_shape_is_full(hr_output_shape(output))) {
    hr_gradient zeros = constant_zeros(scope, output);
    const hr_cond_context *cond = dead_branch ? hr_as_cond(node->context) : NULL;
    const hr_value_entry *predicate = cond ? hr_value_map_find(&gradient->history, cond->predicate) : NULL;
    if (!predicate) return zeros;
    return hr_dense_gradient(hr_switch_beside(scope, zeros.value, predicate->value, NULL).of[1 - cond->branch]);
  }
  hr_output shape = forward_shape(scope, output);
  hr_scope outside = hr_scope_leave_context(scope, &gradient->backward->common.base);
  hr_output stack = hr_loop_gradient_push(outside, gradient, shape, dead_branch);
  return zeros_in(scope, hr_loop_gradient_pop(scope, gradient, stack, shape, dead_branch),
                  hr_output_base_dtype(output));
}
