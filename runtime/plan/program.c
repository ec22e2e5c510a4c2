/* The instructions of a plan with control flow: see flow.h. */
#include "runtime/plan/flow.h"
#include <stdlib.h>

typedef struct writer {
  hr_plan *plan;
  hr_plan_flow *flow;
  hr_instruction *code;
  int32_t count, capacity;
  int32_t *told_by; /* by predicate: a Switch before that tells it, -1; NULL with one lane */
} writer;

static hr_status emit(writer *w, hr_instruction instruction) {
  if (w->count == w->capacity) {
    int32_t capacity = w->capacity ? 2 * w->capacity : 64;
    hr_instruction *code = realloc(w->code, sizeof *code * (size_t)capacity);
    if (!code) return hr_error_out_of_memory(sizeof *code * (size_t)capacity, "the program of a plan");
    w->code = code;
    w->capacity = capacity;
  }
  w->code[w->count++] = instruction;
  return HR_SUCCESS;
}

/* The loop directly inside `outer` that node i belongs to. */
static int32_t child_loop(const hr_plan_flow *flow, int32_t i, int32_t outer) {
  int32_t loop = flow->nodes[i].loop;
  while (flow->loops[loop].parent != outer)
    loop = flow->loops[loop].parent;
  return loop;
}

/* The end of what is released by the last of the items before node i: a node, or a loop directly inside `outer`. */
static int32_t end_of_releases(const writer *w, int32_t i, int32_t outer) {
  if (w->flow->nodes[i - 1].loop != outer) {
    const hr_plan_loop *loop = &w->flow->loops[child_loop(w->flow, i - 1, outer)];
    return loop->first_release + loop->num_releases;
  }
  return w->plan->nodes[i - 1].first_release + w->plan->nodes[i - 1].num_releases;
}

/* Every literal of `weaker` is one of `condition`. */
static bool implies(const hr_plan_flow *flow, int32_t condition, int32_t weaker) {
  const hr_condition a = flow->conditions[condition], b = flow->conditions[weaker];
  int32_t found = 0;
  for (int32_t i = 0; i < a.count && found < b.count; ++i)
    found += flow->literals[a.first + i] == flow->literals[b.first + found];
  return found == b.count;
}

/* Has a Switch told the predicate of Switch i whenever that runs? */
static bool is_told(writer *w, int32_t i) {
  const hr_flow_node *node = &w->flow->nodes[i];
  int32_t *told_by = &w->told_by[node->predicate];
  const hr_flow_node *other = *told_by < 0 ? NULL : &w->flow->nodes[*told_by];
  if (other && other->loop == node->loop && implies(w->flow, node->condition, other->condition)) return true;
  *told_by = i;
  return false;
}

static hr_instruction_kind kind_of(const hr_node *node) {
  switch (hr_control_of(node)) {
  case HR_CONTROL_SWITCH: return HR_SWITCH;
  case HR_CONTROL_MERGE: return hr_is_loop_merge(node) ? HR_ENTRY : HR_MERGE;
  default: return HR_RUN;
  }
}

static hr_instruction_kind queued(hr_instruction_kind kind) {
  switch (kind) {
  case HR_SWITCH: return HR_QUEUE_SWITCH;
  case HR_MERGE: return HR_QUEUE_MERGE;
  case HR_ENTRY: return HR_QUEUE_ENTRY;
  default: return HR_QUEUE;
  }
}

static hr_status emit_node(writer *w, int32_t i) {
  hr_instruction_kind kind = kind_of(w->plan->nodes[i].node);
  bool told = w->told_by && kind == HR_SWITCH && is_told(w, i);
  if (w->plan->nodes[i].lane) kind = queued(kind);
  hr_instruction *last = w->count ? &w->code[w->count - 1] : NULL;
  if ((kind == HR_RUN || kind == HR_QUEUE) && last && last->kind == kind && last->end == i) {
    last->end = i + 1;
    return HR_SUCCESS;
  }
  return emit(w, (hr_instruction){.kind = kind, .first = i, .end = i + 1, .waits = !told});
}

/* The nodes [begin, end) of `loop`, and the loops among them. */
static hr_status emit_range(writer *w, int32_t begin, int32_t end, int32_t loop) {
  hr_plan_flow *flow = w->flow;
  for (int32_t i = begin; i < end;) {
    /* What stands under one condition, as long as it does. */
    bool is_inner = flow->nodes[i].loop != loop;
    int32_t condition = is_inner ? flow->loops[child_loop(flow, i, loop)].entry : flow->nodes[i].condition;
    int32_t when = -1, first = i;
    if (condition != HR_ALWAYS) {
      when = w->count;
      HR_TRY(emit(w, (hr_instruction){.kind = HR_WHEN, .condition = condition}));
    }
    while (i < end) {
      is_inner = flow->nodes[i].loop != loop;
      int32_t inner = is_inner ? child_loop(flow, i, loop) : -1;
      if ((is_inner ? flow->loops[inner].entry : flow->nodes[i].condition) != condition) break;
      if (!is_inner) {
        HR_TRY(emit_node(w, i++));
        continue;
      }
      HR_TRY(emit(w, (hr_instruction){.kind = HR_LOOP, .first = inner}));
      int32_t top = w->count;
      HR_TRY(emit_range(w, flow->loops[inner].begin, flow->loops[inner].end, inner));
      HR_TRY(emit(w, (hr_instruction){
                         .kind = HR_AGAIN, .first = inner, .condition = flow->loops[inner].repeat, .target = top}));
      i = flow->loops[inner].end;
    }
    if (when < 0) continue;
    w->code[when].target = w->count;
    w->code[when].release = w->plan->nodes[first].first_release;
    w->code[when].end_release = end_of_releases(w, i, loop);
    /* A jump lands here: what follows must not become part of the run before. */
    HR_TRY(emit(w, (hr_instruction){.kind = HR_RUN, .first = i, .end = i}));
  }
  return HR_SUCCESS;
}

hr_status hr_plan_write_program(hr_plan *plan) {
  writer w = {.plan = plan, .flow = plan->flow};
  if (plan->num_lanes > 1) {
    w.told_by = HR_ARENA_ARRAY(&plan->arena, int32_t, plan->flow->num_predicates + 1);
    if (!w.told_by) return hr_error_out_of_memory(0, "the program of a plan");
    for (int32_t i = 0; i < plan->flow->num_predicates; ++i)
      w.told_by[i] = -1;
  }
  hr_status status = emit_range(&w, 0, plan->num_nodes, -1);
  if (!status) {
    plan->flow->instructions = HR_ARENA_ARRAY(&plan->arena, hr_instruction, w.count + 1);
    if (!plan->flow->instructions) status = hr_error_out_of_memory(sizeof *w.code * (size_t)w.count, "a plan");
  }
  if (!status && w.count) memcpy(plan->flow->instructions, w.code, sizeof *w.code * (size_t)w.count);
  plan->flow->num_instructions = w.count;
  free(w.code);
  return status;
}
