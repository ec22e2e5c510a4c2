/* Branches of conditionals. */
#include "builder/control_flow/context_parts.h"
#include "builder/control_flow/primitives.h"

hr_cond_context *hr_cond_context_new(hr_scope scope, const char *name, hr_output predicate, hr_output pivot,
                                     int branch) {
  hr_cond_context *cond = hr_keep_bytes(scope, sizeof *cond);
  if (!cond || !hr_context_init(scope, &cond->common, &hr_cond_context_type, name)) return NULL;
  cond->predicate = predicate;
  cond->pivot = pivot;
  cond->branch = branch;
  hr_context_stand_in(scope, &cond->common, predicate, predicate);
  hr_context_add_name(scope, &cond->common, pivot);
  if (pivot.node) pivot.node->context = &cond->common.base;
  return cond;
}

/* Makes a value known here and in all contexts around. */
static void add_name_outwards(hr_scope scope, hr_context *context, hr_output value) {
  for (; context; context = hr_context_of(context->base.outer))
    hr_context_add_name(scope, context, value);
}

/* Through the contexts around, outermost first. */
static hr_output bring_from_around(hr_scope scope, hr_context *context, hr_output value) {
  if (!context->base.outer) return value;
  hr_output outside = hr_context_add_value(scope, context->base.outer, value);
  hr_context_stand_in(scope, context, outside, outside);
  return outside;
}

hr_output hr_cond_add_value(hr_scope scope, hr_cond_context *cond, hr_output value) {
  hr_context *context = &cond->common;
  hr_output inside;
  if (hr_context_knows(context, value, &inside)) return inside;
  hr_context_add_name(scope, context, value);
  hr_output outside = bring_from_around(scope, context, value);
  hr_scope alone = hr_control_dependencies(scope, 0, NULL);
  inside = hr_switch_beside(alone, outside, cond->predicate, NULL).of[cond->branch];
  if (!inside.node) return HR_NO_OUTPUT;
  inside.node->is_unfetchable = true;
  inside.node->context = &context->base;
  add_name_outwards(scope, context, inside);
  hr_context_stand_in(scope, context, value, inside);
  return inside;
}

hr_output hr_cond_result(hr_scope scope, hr_cond_context *cond, hr_output value) {
  hr_context *context = &cond->common;
  hr_output inside;
  if (!hr_scope_ok(scope) || !value.node) return HR_NO_OUTPUT;
  if (hr_context_knows(context, value, &inside)) return inside;
  hr_context_add_name(scope, context, value);
  hr_output outside = bring_from_around(scope, context, value);
  inside = hr_switch_beside(scope, outside, cond->predicate, NULL).of[cond->branch];
  hr_context_stand_in(scope, context, value, inside);
  return inside;
}

static bool waits_for_context(const hr_node *node, const hr_control_context *context) {
  for (int32_t i = 0; i < node->num_control_inputs; ++i)
    if (hr_context_is_around(context, node->control_inputs[i]->context)) return true;
  return false;
}

static hr_status adopt(hr_control_context *base, hr_scope scope, hr_node *node) {
  hr_context *context = hr_context_of(base);
  HR_TRY(hr_context_bring_inputs(scope, context, node));
  node->num_control_inputs = hr_context_split_controls(base, node);
  if (hr_context_must_wait(node) || (node->num_inputs == 0 && !waits_for_context(node, base)))
    HR_TRY(hr_node_wait_for(node, hr_as_cond(base)->pivot.node));
  for (int32_t i = 0; i < node->num_outputs; ++i)
    add_name_outwards(scope, context, (hr_output){node, i});
  hr_context_restrict(context, node);
  return HR_SUCCESS;
}

const hr_control_context_type hr_cond_context_type = {adopt, hr_context_check_reader};
