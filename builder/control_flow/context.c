/* What both kinds of contexts share. */
#include "builder/control_flow/context_parts.h"
#include "builder/control_flow/loop_gradient.h"

/* ---- where things are ------------------------------------------------------------------------------------------ */

hr_loop_context *hr_loop_around(const hr_control_context *context) {
  while (context && context->type != &hr_loop_context_type)
    context = context->outer;
  return (hr_loop_context *)context;
}

hr_control_context *hr_output_context(const hr_node *node) {
  return node->context && node->op->control == HR_CONTROL_EXIT ? node->context->outer : node->context;
}

bool hr_context_is_around(const hr_control_context *outer, const hr_control_context *context) {
  while (context && context != outer)
    context = context->outer;
  return context == outer;
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

bool hr_context_init(hr_scope scope, hr_context *context, const hr_control_context_type *type, const char *name) {
  context->base = (hr_control_context){type, hr_scope_control_context(scope)};
  context->name = hr_unique_name(scope, name, true);
  if (!hr_scope_ok(scope)) return false;
  if (context->base.outer) hr_context_nest(hr_context_of(context->base.outer), context);
  return true;
}

void hr_context_nest(hr_context *outer, hr_context *context) {
  if (outer->last_nested)
    outer->last_nested->next = context;
  else
    outer->first_nested = context;
  outer->last_nested = context;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

hr_value_entry *hr_context_enter_name(hr_scope scope, hr_context *context, hr_output value) {
  if (!hr_scope_ok(scope) || !value.node) return NULL;
  hr_value_entry *entry = hr_value_map_enter(&context->values, value);
  if (!entry) hr_scope_fail(scope, hr_error_out_of_memory(sizeof *entry, "the values of a branch or loop"));
  return entry;
}

void hr_context_add_name(hr_scope scope, hr_context *context, hr_output value) {
  hr_context_enter_name(scope, context, value);
}

void hr_context_stand_in(hr_scope scope, hr_context *context, hr_output value, hr_output inside) {
  hr_value_entry *entry = hr_context_enter_name(scope, context, value);
  if (entry) entry->value = inside;
}

void hr_context_exit_result(hr_scope scope, const hr_context *context, hr_output value) {
  if (context->base.outer) hr_context_add_name(scope, hr_context_of(context->base.outer), value);
}

bool hr_context_knows(const hr_context *context, hr_output value, hr_output *inside) {
  const hr_value_entry *entry = hr_value_map_find(&context->values, value);
  *inside = entry && entry->value.node ? entry->value : value;
  return entry != NULL;
}

hr_output hr_context_add_value(hr_scope scope, hr_control_context *context, hr_output value) {
  if (!hr_scope_ok(scope) || !value.node) return HR_NO_OUTPUT;
  hr_cond_context *cond = hr_as_cond(context);
  return cond ? hr_cond_add_value(scope, cond, value) : hr_loop_add_value(scope, hr_as_loop(context), value);
}

/* ---- who may read what ----------------------------------------------------------------------------------------- */

/* The loop that a gradient loop is of, or NULL. */
static const hr_loop_context *forward_of(const hr_loop_context *loop) {
  return loop && loop->gradient ? loop->gradient->forward : NULL;
}

/* Gradient loops read what is in the loops that they are of, and (until that is refused) the other way round. */
static bool is_seen_by_gradient(const hr_loop_context *reader, const hr_loop_context *input) {
  const hr_loop_context *forward = forward_of(reader), *of_input = forward_of(input);
  if (forward && (hr_context_is_around(&input->common.base, &forward->common.base) ||
                  input->common.base.outer == &forward->common.base))
    return true;
  return of_input && (of_input == reader || forward_of(of_input) == reader);
}

hr_status hr_context_check_reader(const hr_control_context *context, const hr_node *input, const hr_reader *reader) {
  context = hr_output_context(input);
  const hr_loop_context *loop = hr_loop_around(reader->context), *of_input = hr_loop_around(context);
  if (!of_input || context == reader->context) return HR_SUCCESS;
  if (!loop) {
    /* What brings values in and out stands in no context. */
    if (reader->op->control == HR_CONTROL_ENTER || reader->op->control == HR_CONTROL_SWITCH) return HR_SUCCESS;
    return hr_error(HR_INVALID_ARGUMENT, "Cannot use '%s' as input to '%s' because '%s' is in a while loop.",
                    input->name, reader->name, input->name);
  }
  if (hr_context_is_around(&of_input->common.base, &loop->common.base) || is_seen_by_gradient(loop, of_input))
    return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Cannot use '%s' as input to '%s' because they are in different while loops.",
                  input->name, reader->name);
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

hr_status hr_context_bring_inputs(hr_scope scope, hr_context *context, hr_node *node) {
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_output input = node->inputs[i];
    /* A Merge of a loop that is imported into a branch may read a NextIteration that has not joined the branch yet. */
    if (node->op->control == HR_CONTROL_MERGE && input.node->op->control == HR_CONTROL_NEXT_ITERATION &&
        context->base.type == &hr_cond_context_type)
      continue;
    hr_output inside = hr_context_add_value(scope, &context->base, input);
    if (!hr_scope_ok(scope)) return HR_SUCCESS;
    if (!hr_output_equal(inside, input)) HR_TRY(hr_node_update_input(node, i, inside));
  }
  return HR_SUCCESS;
}

/* A control input is of the inside where it is in the same loop. */
static bool is_inside(const hr_loop_context *loop, const hr_node *control) {
  const hr_control_context *context = hr_output_context(control);
  return context && hr_loop_around(context) == loop;
}

int32_t hr_context_split_controls(const hr_control_context *context, hr_node *node) {
  const hr_loop_context *loop = hr_loop_around(context);
  int32_t count = node->num_control_inputs, kept = 0;
  if (!loop || count == 0) return count;
  /* A stable partition: those of the inside first. */
  for (int32_t i = 0; i < count; ++i) {
    hr_node *control = node->control_inputs[i];
    if (!is_inside(loop, control)) continue;
    memmove(&node->control_inputs[kept + 1], &node->control_inputs[kept], sizeof(hr_node *) * (size_t)(i - kept));
    node->control_inputs[kept++] = control;
  }
  return kept;
}

bool hr_context_must_wait(const hr_node *node) {
  return (node->op->flags & HR_OP_FUNCTION) || strcmp(node->op->name, "SymbolicGradient") == 0;
}

void hr_context_restrict(const hr_context *context, hr_node *node) {
  if (context->base.outer || node->op->control != HR_CONTROL_EXIT) node->is_unfetchable = true;
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

void hr_output_list_add(hr_scope scope, hr_output_list *list, hr_output item) {
  if (!hr_scope_ok(scope)) return;
  if (list->count == list->capacity) {
    int32_t capacity = list->capacity ? 2 * list->capacity : 8;
    hr_output *items = hr_keep_bytes(scope, sizeof *items * (size_t)capacity);
    if (!items) return;
    if (list->count > 0) memcpy(items, list->items, sizeof *items * (size_t)list->count);
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
}
