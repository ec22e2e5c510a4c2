#include "runtime/session/function_waits.h"
#include "runtime/graph/function_library.h"
#include "runtime/plan/kernel_registry.h"
#include <stdlib.h>
#include <string.h>

/* The functions that are still to be looked at, and those that were: each stands here once. */
typedef struct search {
  const hr_graph *library;
  const hr_function **functions;
  size_t count, room;
  bool waits; /* what was looked for is found; or there is no memory to look on */
} search;

static void add(search *s, const hr_function *function) {
  for (size_t i = 0; i < s->count; ++i)
    if (s->functions[i] == function) return;
  if (s->count == s->room) {
    size_t room = s->room ? 2 * s->room : 8;
    const hr_function **functions = realloc(s->functions, sizeof *functions * room);
    if (!functions) {
      s->waits = true;
      return;
    }
    s->functions = functions;
    s->room = room;
  }
  s->functions[s->count++] = function;
}

static void add_name(search *s, const char *name) {
  const hr_function *function = name ? hr_function_find(s->library, hr_view_of(name)) : NULL;
  if (function) add(s, function);
}

static void look_at_value(search *s, const HrPb__AttrValue *value) {
  if (!value) return;
  if (value->value_case == HR_PB__ATTR_VALUE__VALUE_FUNC && value->func) add_name(s, value->func->name);
  if (value->value_case != HR_PB__ATTR_VALUE__VALUE_LIST || !value->list) return;
  for (size_t i = 0; i < value->list->n_func; ++i)
    add_name(s, value->list->func[i]->name);
}

static void look_at_node(search *s, const HrPb__NodeDef *node) {
  const hr_op_def *op = node->op ? hr_graph_find_op(s->library, node->op, strlen(node->op)) : NULL;
  if (!op) return;
  const hr_function *called = hr_function_of_op(op);
  if (called)
    add(s, called);
  else
    s->waits = s->waits || hr_kernel_may_wait(op);
  for (size_t i = 0; i < node->n_attr && !s->waits; ++i)
    look_at_value(s, node->attr[i]->value);
}

bool hr_function_may_wait(const hr_graph *library, const char *name) {
  search s = {.library = library};
  add_name(&s, name);
  for (size_t i = 0; i < s.count && !s.waits; ++i)
    for (size_t j = 0; j < s.functions[i]->def->n_node_def && !s.waits; ++j)
      look_at_node(&s, s.functions[i]->def->node_def[j]);
  free(s.functions);
  return s.waits;
}
