#include "builder/control_flow/loop_gradient.h"
#include "builder/control_flow/primitives.h"
#include "headrace/arrays.h"

static void wait_for(hr_scope scope, hr_node *node, hr_node *control) {
  if (node && control && hr_scope_ok(scope)) hr_scope_fail(scope, hr_node_wait_for(node, control));
}

static void update_merge(hr_scope scope, hr_output merged, hr_output next) {
  if (merged.node && next.node && hr_scope_ok(scope)) hr_scope_fail(scope, hr_node_update_input(merged.node, 1, next));
}

/* In the context around the loop, where there is one. */
static hr_scope enter_around(hr_scope scope, const hr_loop_context *loop) {
  return loop->common.base.outer ? hr_scope_enter_context(scope, loop->common.base.outer) : scope;
}

/* ---- counters -------------------------------------------------------------------------------------------------- */

static hr_output enter_variable(hr_scope inside, hr_loop_context *loop, hr_output value, const char *name) {
  hr_context_add_name(inside, &loop->common, value);
  hr_output enter = hr_loop_enter(inside, loop, value, false, true, name);
  hr_output_list_add(inside, &loop->enters, enter);
  return enter;
}

static hr_output exit_variable(hr_scope inside, hr_loop_context *loop, hr_output value, const char *name) {
  hr_output exit = hr_exit(inside, value, .name = name);
  hr_output_list_add(inside, &loop->exits, exit);
  return exit;
}

/* The node that adds to the counter of the forward loop. */
static hr_node *forward_step(const hr_loop_gradient *gradient) { return gradient->forward_index.node->inputs[0].node; }

/* n = 0; while (...) ++n, in the forward loop; gives n after it. The scope is that around the loop. */
static hr_output count_forward(hr_scope scope, hr_loop_gradient *gradient) {
  hr_loop_context *loop = gradient->forward;
  hr_output zero = hr_constant_i32(scope, 0, .name = "f_count");
  /* Pushes of one run of the inner loop come before those of its next run. */
  if (gradient->outer && hr_scope_ok(scope)) wait_for(scope, zero.node, forward_step(gradient->outer));
  hr_scope inside = hr_scope_enter_context(scope, &loop->common.base);
  hr_output enter = enter_variable(inside, loop, zero, "f_count");
  hr_output merged = hr_merge_pair(inside, enter, enter, NULL);
  hr_switch_outputs sides = hr_switch(inside, merged, loop->condition);
  gradient->forward_index = hr_next_iteration(inside, hr_binary(inside, "Add", sides.output_true, 1));
  update_merge(inside, merged, gradient->forward_index);
  hr_output total = exit_variable(inside, loop, sides.output_false, "f_count");
  hr_context_exit_result(inside, &loop->common, total);
  return total;
}

static hr_node *backward_sync(hr_scope scope, hr_loop_gradient *gradient);

/* n = count; while (n >= 1) --n: the backward loop. The scope is that around the loop. */
static void count_backward(hr_scope scope, hr_loop_gradient *gradient, hr_output count) {
  hr_loop_context *loop = gradient->backward;
  hr_output one = hr_constant_i32(scope, 1, .name = "b_count");
  hr_scope inside = hr_scope_enter_context(scope, &loop->common.base);
  hr_output enter = enter_variable(inside, loop, count, "b_count");
  hr_output merged = hr_merge_pair(inside, enter, enter, NULL);
  loop->condition_pivot = merged;
  loop->condition = hr_loop_cond(inside, hr_binary(inside, "GreaterEqual", merged, one), .name = "b_count");
  hr_switch_outputs sides = hr_switch(inside, merged, loop->condition);
  loop->body_pivot = hr_binary(inside, "Sub", sides.output_true, one);
  gradient->backward_index = hr_next_iteration(inside, loop->body_pivot);
  update_merge(inside, merged, gradient->backward_index);
  hr_output zero = exit_variable(inside, loop, sides.output_false, "b_count");
  /* Pops of one run of the inner loop come before those of its next run. */
  if (gradient->outer) wait_for(inside, backward_sync(inside, gradient->outer), zero.node);
  hr_context_exit_result(inside, &loop->common, zero);
}

static hr_loop_context *make_backward_loop(hr_scope scope, hr_loop_gradient *gradient) {
  const hr_loop_context *forward = gradient->forward;
  hr_loop_context *loop = hr_loop_context_new(scope, forward->common.name);
  if (!loop) return NULL;
  loop->maximum_iterations = forward->maximum_iterations;
  loop->parallel_iterations = forward->parallel_iterations;
  loop->back_prop = forward->back_prop;
  loop->swap_memory = forward->swap_memory;
  loop->gradient = gradient;
  return loop;
}

hr_loop_gradient *hr_loop_gradient_new(hr_scope scope, hr_loop_context *forward, hr_loop_gradient *outer) {
  hr_loop_gradient *gradient = hr_keep_bytes(scope, sizeof *gradient);
  if (!gradient) return NULL;
  gradient->outer = outer;
  gradient->forward = forward;
  hr_scope around = outer ? hr_scope_enter_context(scope, &outer->forward->common.base) : enter_around(scope, forward);
  hr_output count = count_forward(around, gradient), stack = HR_NO_OUTPUT;
  if (!hr_scope_ok(scope)) return NULL;
  if (outer) {
    /* An inner loop: the outer one remembers how often each run of it went round. */
    hr_context_add_name(scope, &outer->forward->common, count);
    stack = hr_loop_gradient_push(scope, outer, count, false);
    around = hr_scope_enter_context(scope, &outer->backward->common.base);
  }
  gradient->backward = make_backward_loop(around, gradient);
  if (!gradient->backward) return NULL;
  if (outer) count = hr_loop_gradient_pop(around, outer, stack, count, false);
  if (hr_scope_ok(scope)) count_backward(around, gradient, count);
  return hr_scope_ok(scope) ? gradient : NULL;
}

/* ---- history --------------------------------------------------------------------------------------------------- */

/* The node that pushes of branches are ordered before. */
static hr_node *forward_sync(hr_scope scope, hr_loop_gradient *gradient) {
  if (!gradient->forward_sync) {
    gradient->forward_sync = hr_control_trigger(hr_control_dependencies(scope, 0, NULL), .name = "f_sync");
    if (!gradient->forward_sync) return NULL;
    gradient->forward_sync->context = &gradient->forward->common.base;
    wait_for(scope, gradient->forward_index.node, gradient->forward_sync);
  }
  return gradient->forward_sync;
}

/* The node that all pops are ordered before. */
static hr_node *backward_sync(hr_scope scope, hr_loop_gradient *gradient) {
  if (!gradient->backward_sync) {
    gradient->backward_sync = hr_control_trigger(hr_control_dependencies(scope, 0, NULL), .name = "b_sync");
    if (!gradient->backward_sync) return NULL;
    gradient->backward_sync->context = &gradient->backward->common.base;
    wait_for(scope, gradient->backward_index.node, gradient->backward_sync);
  }
  return gradient->backward_sync;
}

hr_output hr_loop_gradient_push(hr_scope scope, hr_loop_gradient *gradient, hr_output value, bool dead_branch) {
  if (!hr_scope_ok(scope) || !value.node) return HR_NO_OUTPUT;
  hr_loop_context *loop = gradient->forward;
  hr_control_context *current = hr_scope_control_context(scope);
  hr_scope alone = hr_control_dependencies(scope, 0, NULL), here = alone;
  if (current) here = hr_scope_enter_context(alone, current);
  hr_output stack = HR_NO_OUTPUT;
  HR_WITH (beside, hr_colocate_with(here, value.node, false)) {
    hr_output any_size = hr_constant_i32(beside, -1, .name = "Const");
    stack = hr_stack_v2(beside, any_size, hr_output_base_dtype(value), .name = "f_acc");
  }
  if (!stack.node) return HR_NO_OUTPUT;
  hr_output entered = hr_context_add_value(alone, &loop->common.base, stack);
  hr_control_context *context = hr_output_context(value.node);
  bool in_branch = context != &loop->common.base;
  if (in_branch && !hr_as_cond(context)) {
    hr_refuse_type(scope, "The gradient of a loop needs %s:%d, which is neither in the loop nor in a branch in it",
                   value.node->name, value.index);
    return HR_NO_OUTPUT;
  }
  hr_scope inside = hr_scope_enter_context(alone, dead_branch ? context->outer : context);
  hr_node *push = hr_stack_push_v2(inside, entered, value, .swap_memory = loop->swap_memory).node;
  if (!push) return HR_NO_OUTPUT;
  if (dead_branch) push->context = context;
  wait_for(scope, in_branch ? forward_sync(alone, gradient) : gradient->forward_index.node, push);
  wait_for(scope, push, forward_step(gradient));
  return stack;
}

/* What stands for the predicate of a branch in a backward loop or in those around: its history, or itself. */
static hr_output predicate_of(const hr_loop_gradient *gradient, const hr_cond_context *cond) {
  for (; gradient; gradient = gradient->outer) {
    const hr_value_entry *entry = hr_value_map_find(&gradient->history, cond->predicate);
    if (entry) return entry->value;
  }
  return cond->predicate;
}

hr_output hr_loop_gradient_pop(hr_scope scope, hr_loop_gradient *gradient, hr_output stack, hr_output value,
                               bool dead_branch) {
  if (!hr_scope_ok(scope) || !stack.node) return HR_NO_OUTPUT;
  hr_loop_context *loop = gradient->backward;
  /* The innermost branch that the value is in and its stack is not. */
  const hr_control_context *context = value.node->context;
  while (context && context != stack.node->context && context->type != &hr_cond_context_type)
    context = context->outer;
  const hr_cond_context *cond = context == stack.node->context ? NULL : (const hr_cond_context *)context;
  hr_scope alone = hr_control_dependencies(scope, 0, NULL);
  hr_scope inside = hr_scope_enter_context(alone, &loop->common.base);
  if (cond)
    stack = hr_switch_beside(inside, stack, predicate_of(gradient, cond), NULL)
                .of[dead_branch ? 1 - cond->branch : cond->branch];
  hr_output popped = hr_stack_pop_v2(inside, stack, hr_output_base_dtype(value));
  if (!popped.node) return HR_NO_OUTPUT;
  hr_scope_fail(scope, hr_output_set_shape(popped, hr_output_shape(value)));
  if (loop->parallel_iterations > 1) wait_for(scope, backward_sync(scope, gradient), popped.node);
  return popped;
}

/* The Enter of a constant of a loop that gives the value, or NULL. */
static const hr_node *constant_enter(hr_output value) {
  const hr_node *node = value.node;
  while (node->op->control == HR_CONTROL_SWITCH || strcmp(node->op->name, "Identity") == 0 ||
         strcmp(node->op->name, "RefIdentity") == 0)
    node = node->inputs[0].node;
  return hr_is_loop_constant(node) ? node : NULL;
}

static hr_output same_constant(hr_scope scope, hr_output value) {
  return hr_constant(scope, hr_node_attr(value.node, "value")->tensor);
}

static hr_output find_value(hr_scope scope, hr_loop_gradient *gradient, hr_output value) {
  hr_loop_gradient *at = gradient;
  for (const hr_node *enter; (enter = constant_enter(value)) != NULL;) {
    value = enter->inputs[0];
    at = at->outer;
    /* Outside of all loops: no history. */
    if (!at) return hr_context_add_value(scope, &gradient->backward->common.base, value);
  }
  if (strcmp(value.node->op->name, "Const") == 0) return same_constant(scope, value);
  hr_output stack =
      hr_loop_gradient_push(hr_scope_leave_context(scope, &gradient->backward->common.base), at, value, false);
  hr_output popped = hr_loop_gradient_pop(scope, at, stack, value, false);
  return at == gradient ? popped : hr_context_add_value(scope, &gradient->backward->common.base, popped);
}

hr_output hr_loop_gradient_value(hr_scope scope, hr_loop_gradient *gradient, hr_output value) {
  const hr_value_entry *known = hr_value_map_find(&gradient->history, value);
  if (known) return known->value;
  hr_output real = find_value(scope, gradient, value);
  if (real.node) hr_loop_gradient_remember(scope, gradient, value, real);
  return real;
}

void hr_loop_gradient_remember(hr_scope scope, hr_loop_gradient *gradient, hr_output value, hr_output real) {
  hr_value_entry *entry = hr_value_map_enter(&gradient->history, value);
  if (entry)
    entry->value = real;
  else
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *entry, "the history of a loop"));
}
