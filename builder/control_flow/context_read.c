/* Contexts out of the collections of a MetaGraphDef: what makes loops and branches that were stored differentiable. */
#include "builder/control_flow/collections.h"
#include "builder/control_flow/context.h"
#include "headrace/graph_io.h"
#include "proto/control_flow.pb-c.h"
#include "runtime/base/proto_check.h"

typedef struct reading {
  hr_graph *graph;
  const char *prefix; /* before all names: "scope/", or "" */
  hr_arena arena;     /* the message, and names */
} reading;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(hr_loop_context), "a branch or loop"); }

static hr_status read_output(reading *r, const char *name, hr_output *out) {
  const char *whole = hr_arena_printf(&r->arena, "%s%s", r->prefix, name);
  return whole ? hr_graph_output(r->graph, whole, out) : out_of_memory();
}

/* The same of a name that may be left out. */
static hr_status read_optional(reading *r, const char *name, hr_output *out) {
  return *name ? read_output(r, name, out) : HR_SUCCESS;
}

/* Outputs of nodes of one kind. */
static hr_status read_list(reading *r, size_t count, char *const *names, hr_control_flow kind,
                           const hr_context *context, hr_output_list *out) {
  hr_output *items = HR_ARENA_ARRAY(hr_graph_arena(r->graph), hr_output, count + 1);
  if (!items || count > INT32_MAX) return out_of_memory();
  *out = (hr_output_list){items, 0, (int32_t)count};
  for (; out->count < out->capacity; ++out->count) {
    hr_output *item = &items[out->count];
    HR_TRY(read_output(r, names[out->count], item));
    if (item->node->op->control != kind)
      return hr_error(HR_INVALID_ARGUMENT, "%s is no %s of loop %s", names[out->count],
                      kind == HR_CONTROL_EXIT ? "Exit" : "Enter", context->name);
  }
  return HR_SUCCESS;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static hr_status read_values(reading *r, const HrPb__ValuesDef *def, hr_context *context) {
  if (!def) return HR_SUCCESS;
  for (size_t i = 0; i < def->n_values; ++i) {
    hr_output value;
    HR_TRY(read_output(r, def->values[i], &value));
    if (!hr_value_map_enter(&context->values, value)) return out_of_memory();
  }
  for (size_t i = 0; i < def->n_external_values; ++i) {
    hr_output value, inside;
    HR_TRY(read_output(r, def->external_values[i]->key, &value));
    HR_TRY(read_output(r, def->external_values[i]->value, &inside));
    hr_value_entry *entry = hr_value_map_enter(&context->values, value);
    if (!entry) return out_of_memory();
    entry->value = inside;
  }
  return HR_SUCCESS;
}

/* ---- whether it is one ------------------------------------------------------------------------------------------- */

/* A variable of a loop leaves it through a Switch behind a Merge, which the condition switches. */
static bool is_exit_of(const hr_loop_context *loop, const hr_node *exit) {
  const hr_node *leaving = exit->inputs[0].node;
  return leaving->op->control == HR_CONTROL_SWITCH && exit->inputs[0].index == 0 &&
         hr_output_equal(leaving->inputs[1], loop->condition) &&
         leaving->inputs[0].node->op->control == HR_CONTROL_MERGE;
}

/* The nodes that a loop names must be those of a loop, for its gradient takes them for that. */
static hr_status check_loop(const hr_loop_context *loop) {
  bool ok = loop->condition.node->op->control == HR_CONTROL_LOOP_COND &&
            loop->condition_pivot.node->op->control == HR_CONTROL_MERGE;
  for (int32_t i = 0; i < loop->exits.count && ok; ++i)
    ok = is_exit_of(loop, loop->exits.items[i].node);
  return ok ? HR_SUCCESS
            : hr_error(HR_INVALID_ARGUMENT, "What context %s says of its nodes is true of no loop", loop->common.name);
}

/* Lets nodes join their contexts, once all is known to be well: those of values that nothing stands for, and what
 * brings the loop's variables in and out. */
static void join(hr_context *context) {
  for (int32_t i = 0; i < context->values.capacity; ++i) {
    const hr_value_entry *entry = &context->values.entries[i];
    if (entry->key.node && !entry->value.node) entry->key.node->context = &context->base;
  }
  const hr_loop_context *loop = hr_as_loop(&context->base);
  for (int32_t i = 0; loop && i < loop->exits.count; ++i)
    loop->exits.items[i].node->context = &context->base;
  for (int32_t i = 0; loop && i < loop->enters.count; ++i)
    loop->enters.items[i].node->context = &context->base;
  for (hr_context *nested = context->first_nested; nested; nested = nested->next)
    join(nested);
}

/* ---- contexts -------------------------------------------------------------------------------------------------- */

static hr_status read_cond(reading *r, const HrPb__CondContextDef *def, hr_context *outer, hr_context **out);
static hr_status read_loop(reading *r, const HrPb__WhileContextDef *def, hr_context *outer, hr_context **out);

static hr_status start(reading *r, const hr_control_context_type *type, size_t size, const char *name,
                       hr_context *outer, hr_context **out) {
  hr_context *context = hr_arena_zalloc(hr_graph_arena(r->graph), size, _Alignof(max_align_t));
  *out = context;
  if (!context) return out_of_memory();
  context->base = (hr_control_context){type, outer ? &outer->base : NULL};
  context->name = hr_arena_printf(hr_graph_arena(r->graph), "%s%s", r->prefix, name);
  if (!context->name) return out_of_memory();
  if (outer) hr_context_nest(outer, context);
  return HR_SUCCESS;
}

static hr_status read_nested(reading *r, size_t count, HrPb__ControlFlowContextDef *const *defs, hr_context *outer) {
  for (size_t i = 0; i < count; ++i) {
    hr_context *nested;
    switch (defs[i]->ctxt_case) {
    case HR_PB__CONTROL_FLOW_CONTEXT_DEF__CTXT_COND_CTXT:
      HR_TRY(read_cond(r, defs[i]->cond_ctxt, outer, &nested));
      break;
    case HR_PB__CONTROL_FLOW_CONTEXT_DEF__CTXT_WHILE_CTXT:
      HR_TRY(read_loop(r, defs[i]->while_ctxt, outer, &nested));
      break;
    default: return hr_error(HR_INVALID_ARGUMENT, "A ControlFlowContextDef that is neither a branch nor a loop");
    }
  }
  return HR_SUCCESS;
}

static hr_status read_cond(reading *r, const HrPb__CondContextDef *def, hr_context *outer, hr_context **out) {
  HR_TRY(start(r, &hr_cond_context_type, sizeof(hr_cond_context), def->context_name, outer, out));
  hr_cond_context *cond = hr_as_cond(&(*out)->base);
  cond->branch = def->branch != 0;
  HR_TRY(read_output(r, def->pred_name, &cond->predicate));
  HR_TRY(read_output(r, def->pivot_name, &cond->pivot));
  HR_TRY(read_values(r, def->values_def, *out));
  return read_nested(r, def->n_nested_contexts, def->nested_contexts, *out);
}

/* In an import under a prefix the loop has another name, and so has its frame. */
static hr_status rename_frame(const reading *r, const hr_context *loop) {
  if (*r->prefix == '\0') return HR_SUCCESS;
  for (int32_t i = 0; i < loop->values.capacity; ++i) {
    hr_node *node = loop->values.entries[i].key.node;
    if (!node || node->op->control != HR_CONTROL_ENTER) continue;
    int index = hr_op_attr_index(node->op, "frame_name", strlen("frame_name"));
    HR_TRY(hr_attr_copy(r->graph, &HR_ATTR_STRING_VALUE(loop->name), &node->attrs[index]));
  }
  return HR_SUCCESS;
}

static hr_status read_loop(reading *r, const HrPb__WhileContextDef *def, hr_context *outer, hr_context **out) {
  HR_TRY(start(r, &hr_loop_context_type, sizeof(hr_loop_context), def->context_name, outer, out));
  hr_loop_context *loop = hr_as_loop(&(*out)->base);
  if (def->parallel_iterations < 1)
    return hr_error(HR_INVALID_ARGUMENT, "Loop %s with %d parallel iterations", (*out)->name, def->parallel_iterations);
  loop->parallel_iterations = def->parallel_iterations;
  loop->back_prop = def->back_prop;
  loop->swap_memory = def->swap_memory;
  HR_TRY(read_optional(r, def->maximum_iterations_name, &loop->maximum_iterations));
  HR_TRY(read_output(r, def->pivot_for_pred_name, &loop->condition_pivot));
  HR_TRY(read_output(r, def->pivot_for_body_name, &loop->body_pivot));
  HR_TRY(read_output(r, def->pivot_name, &loop->condition));
  HR_TRY(read_values(r, def->values_def, *out));
  HR_TRY(read_list(r, def->n_loop_exit_names, def->loop_exit_names, HR_CONTROL_EXIT, *out, &loop->exits));
  HR_TRY(read_list(r, def->n_loop_enter_names, def->loop_enter_names, HR_CONTROL_ENTER, *out, &loop->enters));
  HR_TRY(check_loop(loop));
  HR_TRY(rename_frame(r, *out));
  return read_nested(r, def->n_nested_contexts, def->nested_contexts, *out);
}

/* ---- items of collections -------------------------------------------------------------------------------------- */

static hr_status read_cond_item(hr_graph *graph, const void *bytes, size_t length, const char *prefix, hr_item *out) {
  reading r = {.graph = graph, .prefix = prefix};
  HrPb__CondContextDef *def;
  hr_context *context;
  hr_status status = hr_proto_unpack(&hr_pb__cond_context_def__descriptor, &r.arena, bytes, length, NULL, &def);
  if (!status) status = read_cond(&r, def, NULL, &context);
  if (!status) {
    join(context);
    *out = hr_context_item(context);
  }
  hr_arena_free(&r.arena);
  return status;
}

static hr_status read_loop_item(hr_graph *graph, const void *bytes, size_t length, const char *prefix, hr_item *out) {
  reading r = {.graph = graph, .prefix = prefix};
  HrPb__WhileContextDef *def;
  hr_context *context;
  hr_status status = hr_proto_unpack(&hr_pb__while_context_def__descriptor, &r.arena, bytes, length, NULL, &def);
  if (!status) status = read_loop(&r, def, NULL, &context);
  if (!status) {
    join(context);
    *out = hr_context_item(context);
  }
  hr_arena_free(&r.arena);
  return status;
}

__attribute__((constructor)) static void register_readers(void) {
  hr_status_free(hr_register_item_reader(HR_COND_CONTEXTS, read_cond_item));
  hr_status_free(hr_register_item_reader(HR_WHILE_CONTEXTS, read_loop_item));
}
