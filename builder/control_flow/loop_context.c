/* Loops. */
#include "builder/control_flow/context_parts.h"
#include "builder/control_flow/loop_gradient.h"
#include "runtime/graph/frame.h"

hr_loop_context *hr_loop_context_new(hr_scope scope, const char *name) {
  hr_loop_context *loop = hr_keep_bytes(scope, sizeof *loop);
  return loop && hr_context_init(scope, &loop->common, &hr_loop_context_type, name) ? loop : NULL;
}

/* ---- entering -------------------------------------------------------------------------------------------------- */

hr_output hr_loop_enter(hr_scope scope, const hr_loop_context *loop, hr_output value, bool is_constant, bool keep_shape,
                        const char *name) {
  if (!hr_scope_ok(scope) || !value.node) return HR_NO_OUTPUT;
  hr_output enter;
  if (hr_dtype_is_ref(hr_output_dtype(value)))
    enter = hr_ref_enter(scope, value, loop->common.name, .is_constant = is_constant,
                         .parallel_iterations = loop->parallel_iterations, .name = name);
  else
    enter = hr_enter(scope, value, loop->common.name, .is_constant = is_constant,
                     .parallel_iterations = loop->parallel_iterations, .name = name);
  if (keep_shape && enter.node) hr_scope_fail(scope, hr_output_set_shape(enter, hr_output_shape(value)));
  return enter;
}

/* Whether a node that the scope waits for is where the loop is: in one of the contexts around it, up to the loop that
 * it is in. */
static bool is_around(const hr_loop_context *loop, const hr_node *control) {
  const hr_control_context *context = hr_output_context(control), *around = loop->common.base.outer;
  const hr_loop_context *outer_loop = hr_loop_around(around);
  while (around != context) {
    if (!around || around == &outer_loop->common.base) return false;
    around = around->outer;
  }
  return true;
}

void hr_loop_adopt_enter(hr_scope scope, hr_loop_context *loop, hr_output enter) {
  if (!hr_scope_ok(scope) || !enter.node) return;
  hr_node *node = enter.node;
  int32_t limit = hr_scope_control_limit(scope), count = 0;
  hr_node **controls = hr_keep_bytes(scope, sizeof *controls * (size_t)limit);
  if (!controls) return;
  hr_scope_fail(scope, hr_scope_control_inputs(scope, node->inputs, 1, controls, &count));
  for (int32_t i = 0; i < count; ++i)
    if (is_around(loop, controls[i])) hr_scope_fail(scope, hr_node_wait_for(node, controls[i]));
  node->context = &loop->common.base;
  node->control_frame = scope.frame->controls;
}

/* What the gradient of a loop reads of the loop: the history of a value of the forward loop. */
static bool is_of_forward_loop(const hr_loop_context *loop, hr_output value) {
  if (!loop || !loop->gradient) return false;
  const hr_loop_context *of = hr_loop_around(hr_output_context(value.node));
  return of && of == loop->gradient->forward;
}

hr_output hr_loop_add_value(hr_scope scope, hr_loop_context *loop, hr_output value) {
  hr_context *context = &loop->common;
  hr_output inside;
  if (hr_context_knows(context, value, &inside) || value.node->context == &context->base) return inside;
  hr_context_add_name(scope, context, value);
  hr_loop_context *current = hr_loop_around(hr_scope_control_context(scope));
  if (is_of_forward_loop(current, value)) {
    inside = hr_loop_gradient_value(scope, current->gradient, value);
    hr_context_stand_in(scope, context, value, inside);
    return inside;
  }
  hr_output outside = context->base.outer ? hr_context_add_value(scope, context->base.outer, value) : value;
  inside = hr_loop_enter(hr_control_dependencies(scope, 0, NULL), loop, outside, true, true, NULL);
  if (!inside.node) return HR_NO_OUTPUT;
  inside.node->is_unfeedable = true;
  hr_loop_adopt_enter(scope, loop, inside);
  hr_context_add_name(scope, context, inside);
  hr_context_stand_in(scope, context, value, inside);
  return inside;
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

hr_node *hr_loop_pivot(const hr_loop_context *loop) {
  return loop->body_pivot.node ? loop->body_pivot.node : loop->condition_pivot.node;
}

/* Whether nothing keeps a node from running in iterations that do not come: it reads constants of the loop only. */
static bool is_free(const hr_node *node) {
  if (node->num_control_inputs > 0) return false;
  for (int32_t i = 0; i < node->num_inputs && !hr_context_must_wait(node); ++i)
    if (!hr_is_loop_constant(node->inputs[i].node)) return false;
  return true;
}

/* Control inputs from outside become data that the loop's Enter bring in: an Identity of each. Those without outputs
 * are dropped. */
static hr_status pull_controls(hr_scope scope, hr_loop_context *loop, hr_node *node, int32_t count,
                               hr_node *const *outside) {
  hr_scope inner = hr_scope_enter_context(hr_control_dependencies(scope, 0, NULL), &loop->common.base);
  for (int32_t i = 0; i < count; ++i) {
    if (outside[i]->num_outputs == 0) continue;
    hr_output pulled = hr_identity(inner, ((hr_output){outside[i], 0}));
    if (pulled.node) HR_TRY(hr_node_wait_for(node, pulled.node));
  }
  return HR_SUCCESS;
}

static hr_status join(hr_loop_context *loop, hr_scope scope, hr_node *node) {
  hr_context *context = &loop->common;
  HR_TRY(hr_context_bring_inputs(scope, context, node));
  int32_t all = node->num_control_inputs, inside = hr_context_split_controls(&context->base, node);
  hr_node **outside = NULL;
  if (all > inside) {
    outside = hr_keep_bytes(scope, sizeof *outside * (size_t)(all - inside));
    if (!outside) return HR_SUCCESS;
    memcpy(outside, node->control_inputs + inside, sizeof *outside * (size_t)(all - inside));
  }
  node->num_control_inputs = inside;
  if (is_free(node)) HR_TRY(hr_node_wait_for(node, hr_loop_pivot(loop)));
  for (int32_t i = 0; i < node->num_outputs; ++i)
    hr_context_add_name(scope, context, (hr_output){node, i});
  if (outside) HR_TRY(pull_controls(scope, loop, node, all - inside, outside));
  hr_context_restrict(context, node);
  if (node->is_unfetchable) node->is_unfeedable = true;
  return HR_SUCCESS;
}

/* The shape of a value of the forward loop is taken there: the history of shapes is smaller than that of values. */
static hr_status adopt(hr_control_context *base, hr_scope scope, hr_node *node) {
  static const char *const reductions[] = {"Shape", "Size", "Rank"};
  const hr_loop_context *current = hr_loop_around(hr_scope_control_context(scope));
  for (size_t i = 0; current && current->gradient && i < sizeof reductions / sizeof *reductions; ++i) {
    if (strcmp(node->op->name, reductions[i]) != 0) continue;
    hr_control_context *of = node->inputs[0].node->context;
    if (!of || hr_loop_around(of) != current->gradient->forward) continue;
    node->context = of;
    return hr_as_loop(of) ? join(hr_as_loop(of), scope, node) : of->type->adopt(of, scope, node);
  }
  return join(hr_as_loop(base), scope, node);
}

const hr_control_context_type hr_loop_context_type = {adopt, hr_context_check_reader};
