#include "runtime/graph/meta_graph_contexts.h"
#include "proto/control_flow.pb-c.h"
#include "runtime/base/proto_check.h"
#include <string.h>

/* Whether a name is in the scope; the scope is cut off then. */
static bool strip(hr_view scope, char **name) {
  bool is_inside = strncmp(*name, scope.data, scope.length) == 0 && (*name)[scope.length] == '/';
  if (is_inside) *name += scope.length + 1;
  return is_inside;
}

static void strip_list(hr_view scope, size_t count, char **names) {
  for (size_t i = 0; i < count; ++i)
    strip(scope, &names[i]);
}

static void strip_values(hr_view scope, const HrPb__ValuesDef *def) {
  if (!def) return;
  strip_list(scope, def->n_values, def->values);
  for (size_t i = 0; i < def->n_external_values; ++i) {
    strip(scope, &def->external_values[i]->key);
    strip(scope, &def->external_values[i]->value);
  }
}

static bool strip_branch(hr_view scope, HrPb__CondContextDef *def);
static bool strip_loop(hr_view scope, HrPb__WhileContextDef *def);

static void strip_nested(hr_view scope, size_t count, HrPb__ControlFlowContextDef *const *nested) {
  for (size_t i = 0; i < count; ++i) {
    if (nested[i]->ctxt_case == HR_PB__CONTROL_FLOW_CONTEXT_DEF__CTXT_COND_CTXT)
      strip_branch(scope, nested[i]->cond_ctxt);
    else if (nested[i]->ctxt_case == HR_PB__CONTROL_FLOW_CONTEXT_DEF__CTXT_WHILE_CTXT)
      strip_loop(scope, nested[i]->while_ctxt);
  }
}

static bool strip_branch(hr_view scope, HrPb__CondContextDef *def) {
  strip(scope, &def->pred_name);
  strip(scope, &def->pivot_name);
  strip_values(scope, def->values_def);
  strip_nested(scope, def->n_nested_contexts, def->nested_contexts);
  return strip(scope, &def->context_name);
}

static bool strip_loop(hr_view scope, HrPb__WhileContextDef *def) {
  strip(scope, &def->pivot_name);
  strip(scope, &def->pivot_for_pred_name);
  strip(scope, &def->pivot_for_body_name);
  strip(scope, &def->maximum_iterations_name);
  strip_list(scope, def->n_loop_exit_names, def->loop_exit_names);
  strip_list(scope, def->n_loop_enter_names, def->loop_enter_names);
  strip_values(scope, def->values_def);
  strip_nested(scope, def->n_nested_contexts, def->nested_contexts);
  return strip(scope, &def->context_name);
}

static hr_status repack(const void *message, hr_arena *arena, hr_view *bytes) {
  hr_text text = {0};
  hr_proto_pack(message, &text);
  char *copy = text.failed ? NULL : hr_arena_copy_string(arena, text.data, text.length);
  *bytes = (hr_view){copy, text.length};
  hr_text_free(&text);
  return copy ? HR_SUCCESS : hr_error_out_of_memory(text.length, "a branch or loop");
}

hr_status hr_narrow_context(const char *key, hr_view scope, hr_arena *arena, hr_view *bytes, bool *keep) {
  if (strcmp(key, "while_context") == 0) {
    HrPb__WhileContextDef *loop;
    HR_TRY(hr_proto_unpack(&hr_pb__while_context_def__descriptor, arena, bytes->data, bytes->length, NULL, &loop));
    *keep = strip_loop(scope, loop);
    return repack(loop, arena, bytes);
  }
  HrPb__CondContextDef *branch;
  HR_TRY(hr_proto_unpack(&hr_pb__cond_context_def__descriptor, arena, bytes->data, bytes->length, NULL, &branch));
  *keep = strip_branch(scope, branch);
  return repack(branch, arena, bytes);
}
