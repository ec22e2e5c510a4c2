/* Gradients of branches and loops. Each op's gradient is the op that goes the other way: Merge's a Switch, Exit's an
 * Enter. In loops they are made in the backward loop, which the scope is in. */
#include "builder/control_flow/loop_gradient.h"
#include "builder/control_flow/primitives.h"
#include "ops/gradients/gradient.h"

/* The gradient of the loop that the scope is in; NULL outside of backward loops. */
static hr_loop_gradient *backward_of(const hr_gradient_context *c) {
  const hr_loop_context *loop = hr_loop_around(hr_scope_control_context(c->scope));
  return loop ? loop->gradient : NULL;
}

/* The backward loop itself, not a branch in it; NULL for none. */
static hr_loop_context *backward_loop(const hr_gradient_context *c) {
  return hr_as_loop(hr_scope_control_context(c->scope));
}

/* ---- Switch ---------------------------------------------------------------------------------------------------- */

/* A variable of a loop. The walk comes here first from the Exit, and makes a Merge whose second input is not known yet;
 * then from the body, with what goes to the iteration before. */
static void loop_switch(hr_gradient_context *c, hr_loop_gradient *gradient) {
  const hr_backward_merge *merge = hr_loop_gradient_find_merge(gradient, c->node);
  if (merge) {
    if (hr_gradient_exists(c->outputs[1])) hr_loop_gradient_close_merge(c->scope, merge, c->outputs[1]);
    return;
  }
  if (!hr_gradient_exists(c->outputs[0])) return;
  c->inputs[0] = hr_merge_gradients(c->scope, c->outputs[0], c->outputs[0], "b_switch");
  hr_loop_gradient_add_merge(c->scope, gradient, c->node, c->inputs[0]);
}

/* What brought a value into a branch; the other side's gradient is zero. */
static void branch_switch(hr_gradient_context *c, const hr_cond_context *cond) {
  hr_gradient given = c->outputs[cond->branch];
  if (hr_gradient_exists(c->outputs[1 - cond->branch]))
    c->inputs[0] = hr_merge_gradients(c->scope, c->outputs[0], c->outputs[1], "cond_grad");
  else if (hr_output_base_dtype(hr_x(c, 0)) == HR_RESOURCE)
    c->inputs[0] = hr_merge_gradients(c->scope, given, given, "cond_resource_grad");
}

/* Each side's gradient counts where the data went to that side. */
static void plain_switch(hr_gradient_context *c) {
  hr_output predicate = hr_x(c, 1);
  hr_gradient if_false = hr_switch_gradient(c->scope, c->outputs[0], predicate, NULL).of[0];
  hr_gradient if_true = hr_switch_gradient(c->scope, c->outputs[1], predicate, NULL).of[1];
  if (hr_scope_ok(c->scope)) c->inputs[0] = hr_merge_gradients(c->scope, if_false, if_true, NULL);
}

hr_status hr_gradient_switch(hr_gradient_context *c) {
  const hr_cond_context *cond = hr_as_cond(c->node->context);
  hr_loop_gradient *gradient = backward_of(c);
  if (hr_as_loop(c->node->context) && gradient)
    loop_switch(c, gradient);
  else if (cond)
    branch_switch(c, cond);
  else
    plain_switch(c);
  return HR_SUCCESS;
}

/* ---- Merge ----------------------------------------------------------------------------------------------------- */

/* The predicate of a branch, as it was in the iteration where that is in a loop. */
static hr_output predicate_of(const hr_gradient_context *c, const hr_cond_context *cond) {
  hr_loop_gradient *gradient = backward_of(c);
  if (!gradient) return cond->predicate;
  const hr_value_entry *known = hr_value_map_find(&gradient->history, cond->predicate);
  if (known) return known->value;
  hr_scope outside = hr_scope_leave_context(c->scope, &gradient->backward->common.base);
  hr_output stack = hr_loop_gradient_push(outside, gradient, cond->predicate, false);
  hr_output predicate = hr_loop_gradient_pop(c->scope, gradient, stack, cond->predicate, false);
  if (predicate.node) hr_loop_gradient_remember(c->scope, gradient, cond->predicate, predicate);
  return predicate;
}

static void give_sides(hr_gradient_context *c, hr_gradient_sides sides) {
  c->inputs[0] = sides.of[0];
  c->inputs[1] = sides.of[1];
}

/* The gradient goes to the input that was alive. */
static void plain_merge(hr_gradient_context *c) {
  int32_t count = c->node->num_inputs;
  hr_output *was_alive = hr_keep_bytes(c->scope, sizeof *was_alive * (size_t)count);
  for (int32_t i = 0; i < count && was_alive; ++i)
    was_alive[i] = hr_binary(c->scope, "Equal", hr_y(c, 1), i);
  for (int32_t i = 0; i < count && hr_scope_ok(c->scope); ++i)
    c->inputs[i] = hr_switch_gradient_beside(c->scope, c->outputs[0], was_alive[i], NULL).of[1];
}

hr_status hr_gradient_merge(hr_gradient_context *c) {
  hr_control_context *context = hr_output_context(hr_x(c, 0).node);
  const hr_loop_context *backward = backward_loop(c);
  if (hr_as_loop(context) && backward && c->node->num_inputs == 2) {
    give_sides(c, hr_switch_gradient_beside(c->scope, c->outputs[0], backward->condition, NULL));
  } else if (hr_as_cond(context) && c->node->num_inputs == 2) {
    hr_output predicate = predicate_of(c, hr_as_cond(context));
    give_sides(c, hr_switch_gradient_beside(c->scope, c->outputs[0], predicate, "cond_grad"));
  } else {
    plain_merge(c);
  }
  return HR_SUCCESS;
}

/* ---- Exit, Enter ----------------------------------------------------------------------------------------------- */

static hr_output enter_backward(const hr_gradient_context *c, hr_loop_context *loop, hr_output value,
                                const char *name) {
  hr_output enter = hr_loop_enter(c->scope, loop, value, false, true, name);
  hr_output_list_add(c->scope, &loop->enters, enter);
  return enter;
}

hr_status hr_gradient_exit(hr_gradient_context *c) {
  hr_loop_context *backward = backward_loop(c);
  if (!backward || !backward->back_prop) return HR_SUCCESS;
  if (hr_loop_around(c->node->context)->gradient)
    return hr_status_as_type_error(
        hr_error(HR_INVALID_ARGUMENT, "Second-order gradient for while loops not supported."));
  hr_gradient given = c->outputs[0];
  hr_context_add_name(c->scope, &backward->common, given.value);
  hr_context_add_name(c->scope, &backward->common, given.indices);
  hr_context_add_name(c->scope, &backward->common, given.dense_shape);
  const char *name = hr_gradient_is_sparse(given) ? NULL : "b_exit";
  hr_gradient entered = {.value = enter_backward(c, backward, given.value, name)};
  if (given.indices.node) entered.indices = enter_backward(c, backward, given.indices, name);
  if (given.dense_shape.node) entered.dense_shape = enter_backward(c, backward, given.dense_shape, name);
  c->inputs[0] = entered;
  return HR_SUCCESS;
}

static hr_output exit_backward(const hr_gradient_context *c, hr_loop_context *loop, hr_output value) {
  hr_output exit = hr_exit_of(c->scope, value, NULL);
  hr_output_list_add(c->scope, &loop->exits, exit);
  hr_context_exit_result(c->scope, &loop->common, exit);
  return exit;
}

hr_status hr_gradient_enter(hr_gradient_context *c) {
  hr_loop_context *backward = backward_loop(c);
  hr_gradient given = c->outputs[0];
  if (!backward || !backward->back_prop || !backward->gradient) {
    c->inputs[0] = given;
  } else if (hr_is_loop_constant(c->node)) {
    c->inputs[0] = hr_loop_gradient_sum(c->scope, backward->gradient, c->node, given);
  } else {
    hr_gradient left = {.value = exit_backward(c, backward, given.value)};
    if (given.indices.node) left.indices = exit_backward(c, backward, given.indices);
    if (given.dense_shape.node) left.dense_shape = exit_backward(c, backward, given.dense_shape);
    c->inputs[0] = left;
  }
  return HR_SUCCESS;
}
