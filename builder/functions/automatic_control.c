#include "builder/functions/automatic_control.h"

#include "builder/control_flow/context.h"
#include "runtime/graph/function_library.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/graph/scratch.h"

/* The last node that used a resource; of stateful nodes without one, that of HR_NO_OUTPUT. */
typedef struct last_use {
  hr_output resource;
  hr_node *user;
} last_use;

typedef struct tracker {
  hr_scratch uses;     /* last_use */
  hr_scratch must_run; /* hr_node * */
} tracker;

static bool is_in_loop(const hr_node *node) { return hr_loop_around(node->context) != NULL; }

/* Stateful nodes that run in no order: random ones, and those of collectives. */
static bool is_free(const char *op) {
  static const char *const free_ops[] = {"CollectiveGather",    "CollectiveReduce",     "CollectiveBcastSend",
                                         "CollectiveBcastRecv", "NcclAllReduce",        "RandomUniform",
                                         "RandomUniformInt",    "RandomStandardNormal", "ParameterizedTruncatedNormal",
                                         "TruncatedNormal",     "RandomShuffle",        "Multinomial",
                                         "RandomGamma",         "RandomGammaGrad",      "RandomPoisson",
                                         "RandomPoissonV2"};
  for (size_t i = 0; i < sizeof free_ops / sizeof *free_ops; ++i)
    if (strcmp(op, free_ops[i]) == 0) return true;
  return false;
}

static bool is_stateful(const hr_node *node) { return (node->op->flags & HR_OP_STATEFUL) && !is_free(node->op->name); }

static last_use *find_use(tracker *t, hr_output resource) {
  for (size_t i = 0; i < t->uses.count; ++i) {
    last_use *use = &HR_SCRATCH_AT(&t->uses, last_use, i);
    if (hr_output_equal(use->resource, resource)) return use;
  }
  return NULL;
}

/* The node is the last that used the resource; it waits for the one before. */
static hr_status use_resource(tracker *t, hr_output resource, hr_node *node) {
  last_use *use = find_use(t, resource);
  if (!use) {
    last_use first = {resource, node};
    return HR_PUSH(&t->uses, first);
  }
  hr_node *before = use->user;
  use->user = node;
  return before != node && before->context == node->context ? hr_node_wait_for(node, before) : HR_SUCCESS;
}

/* What must run in the branches runs before their Merge, which must run itself. */
static hr_status close_branches(tracker *t, hr_node *merge) {
  for (size_t i = 0; i < t->must_run.count; ++i) {
    hr_node *node = HR_SCRATCH_AT(&t->must_run, hr_node *, i);
    HR_TRY(hr_node_wait_for(merge, node));
    for (int32_t k = 0; k < node->num_inputs; ++k) {
      last_use *use = find_use(t, node->inputs[k]);
      if (use) use->user = merge;
    }
  }
  t->must_run.count = 0;
  return HR_PUSH(&t->must_run, merge);
}

static hr_status track(tracker *t, hr_node *node) {
  if (is_in_loop(node)) return HR_SUCCESS;
  if (hr_function_of_op(node->op) || is_stateful(node)) HR_TRY(HR_PUSH(&t->must_run, node));
  bool has_resources = false;
  if (node->op->control == HR_CONTROL_SWITCH && hr_output_dtype(node->inputs[0]) == HR_RESOURCE) return HR_SUCCESS;
  if (node->op->control == HR_CONTROL_MERGE) return close_branches(t, node);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    if (hr_output_dtype(node->inputs[i]) != HR_RESOURCE) continue;
    has_resources = true;
    HR_TRY(use_resource(t, node->inputs[i], node));
  }
  if (!is_stateful(node) || has_resources || node->context) return HR_SUCCESS;
  return use_resource(t, HR_NO_OUTPUT, node);
}

static hr_status hold_results(const tracker *t, hr_outputs results) {
  for (int32_t i = 0; i < results.count; ++i) {
    hr_node *node = results.items[i].node;
    for (size_t k = 0; k < t->must_run.count; ++k) {
      hr_node *before = HR_SCRATCH_AT(&t->must_run, hr_node *, k);
      if (before->context == node->context) HR_TRY(hr_node_wait_for(node, before));
    }
  }
  return HR_SUCCESS;
}

static hr_status keep(hr_graph *graph, const tracker *t, int32_t *count, hr_node ***out) {
  *count = (int32_t)t->must_run.count;
  *out = HR_ARENA_ARRAY(&graph->arena, hr_node *, *count + 1);
  if (!*out) return hr_error_out_of_memory(sizeof **out * (size_t)*count, "a function");
  if (*count) memcpy(*out, t->must_run.items, sizeof **out * (size_t)*count);
  return HR_SUCCESS;
}

hr_status hr_add_automatic_control(hr_scope scope, hr_outputs results, int32_t *count, hr_node ***must_run) {
  hr_graph *graph = hr_scope_graph(scope);
  tracker t = {0};
  hr_status status = HR_SUCCESS;
  int32_t nodes = hr_graph_node_count(graph);
  for (int32_t i = 0; i < nodes && !status; ++i)
    status = track(&t, hr_graph_node(graph, i));
  if (!status) status = hold_results(&t, results);
  if (!status) status = keep(graph, &t, count, must_run);
  hr_scratch_free(&t.uses);
  hr_scratch_free(&t.must_run);
  return status;
}
