#include "runtime/session/partition_graphs.h"

#include "headrace/graph_io.h"
#include "runtime/base/proto_check.h"
#include "runtime/graph/graph_internal.h"
#include "runtime/plan/partition.h"
#include "runtime/plan/transfer.h"
#include <stdlib.h>
#include <string.h>

/* A node that runs. */
typedef struct placed {
  const hr_node *node; /* first */
  hr_device *device;
} placed;

typedef struct filling {
  const hr_plan *plan;
  hr_arena *arena;
  placed *nodes; /* all that run, in the order of their creation */
  int32_t count;
  hr_output *feeds, *fetches; /* as the session's graph has them */
  HrPb__GraphDef *graph;      /* of the device under way */
  hr_device *device;
} filling;

static hr_status out_of_memory(void) { return hr_error_out_of_memory(sizeof(HrPb__NodeDef), "partition graphs"); }

/* The number of a feed; -1 for what is none. */
static int32_t feed_of(const hr_plan *plan, hr_output output) {
  for (int32_t i = 0; i < plan->num_feeds; ++i)
    if (hr_output_equal(plan->feeds[i].source, output)) return i;
  return -1;
}

/* How an output is called in the partition. */
static char *input_name(const filling *f, hr_output output) {
  int32_t feed = feed_of(f->plan, output);
  if (feed >= 0) return hr_end_name(f->arena, "arg", f->feeds, f->plan->num_feeds, feed);
  return output.index ? hr_arena_printf(f->arena, "%s:%d", output.node->name, (int)output.index)
                      : hr_arena_copy_string(f->arena, output.node->name, output.node->name_length);
}

static hr_status add(filling *f, HrPb__NodeDef *node) {
  node->device = hr_arena_copy_string(f->arena, f->device->name, strlen(f->device->name));
  if (!node->device) return out_of_memory();
  f->graph->node[f->graph->n_node++] = node;
  return HR_SUCCESS;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------ */

static int by_id(const void *a, const void *b) {
  int32_t x = (*(const hr_node *const *)a)->id, y = (*(const hr_node *const *)b)->id;
  return (x > y) - (x < y);
}

static bool runs(const filling *f, const hr_node *node) {
  return bsearch(&(placed){node}, f->nodes, (size_t)f->count, sizeof *f->nodes, by_id) != NULL;
}

/* The NodeDef with the inputs of this run: what is fed comes from its argument, and what does not run is waited for no
 * more. Transfers look as in TensorFlow, where no edge leads from one to the other. */
static hr_status add_node(filling *f, const hr_node *node) {
  hr_owned_bytes bytes;
  HrPb__NodeDef *def;
  HR_TRY(hr_node_export(node, &bytes));
  hr_status status = hr_proto_unpack(&hr_pb__node_def__descriptor, f->arena, bytes.data, bytes.length, NULL, &def);
  free(bytes.data);
  HR_TRY(status);
  def->op = (char *)(uintptr_t)hr_shown_op(node);
  size_t count = 0;
  for (int32_t i = 0; i < node->num_inputs && !hr_is_recv(node); ++i)
    if (!(def->input[count++] = input_name(f, node->inputs[i]))) return out_of_memory();
  for (int32_t i = 0; i < node->num_control_inputs; ++i) {
    const hr_node *control = node->control_inputs[i];
    if (!runs(f, control)) continue;
    def->input[count] = hr_arena_printf(f->arena, "^%s", control->name);
    if (!def->input[count++]) return out_of_memory();
  }
  def->n_input = count;
  return add(f, def);
}

/* ---- feeds and fetches ------------------------------------------------------------------------------------------- */

/* _Arg or _Retval number `index` of a dtype. `input` NULL: none. */
static hr_status add_end(filling *f, const char *op, char *name, char *input, hr_dtype dtype, int32_t index) {
  HrPb__NodeDef *node = HR_ARENA_NEW(f->arena, HrPb__NodeDef);
  HrPb__NodeDef__AttrEntry **attrs = HR_ARENA_ARRAY(f->arena, HrPb__NodeDef__AttrEntry *, 2);
  HrPb__NodeDef__AttrEntry *entries = HR_ARENA_ARRAY(f->arena, HrPb__NodeDef__AttrEntry, 2);
  HrPb__AttrValue *values = HR_ARENA_ARRAY(f->arena, HrPb__AttrValue, 2);
  char **inputs = HR_ARENA_ARRAY(f->arena, char *, 1);
  if (!node || !attrs || !entries || !values || !inputs || !name) return out_of_memory();
  static const char *const keys[] = {"T", "index"};
  for (int i = 0; i < 2; ++i) {
    hr_pb__attr_value__init(&values[i]);
    hr_pb__node_def__attr_entry__init(&entries[i]);
    entries[i].key = (char *)keys[i];
    entries[i].value = &values[i];
    attrs[i] = &entries[i];
  }
  values[0].value_case = HR_PB__ATTR_VALUE__VALUE_TYPE;
  values[0].type = (HrPb__DataType)dtype;
  values[1].value_case = HR_PB__ATTR_VALUE__VALUE_I;
  values[1].i = index;
  hr_pb__node_def__init(node);
  node->name = name;
  node->op = (char *)op;
  inputs[0] = input;
  node->input = inputs;
  node->n_input = input != NULL;
  node->attr = attrs;
  node->n_attr = 2;
  return add(f, node);
}

static hr_status add_feeds(filling *f) {
  int32_t count = f->plan->num_feeds;
  for (int32_t i = 0; i < count; ++i) {
    hr_dtype dtype = hr_dtype_base(hr_output_dtype(f->feeds[i]));
    HR_TRY(add_end(f, "_Arg", hr_end_name(f->arena, "arg", f->feeds, count, i), NULL, dtype,
                   hr_end_number(f->feeds, count, i)));
  }
  return HR_SUCCESS;
}

static hr_status add_fetches(filling *f) {
  int32_t count = f->plan->num_fetches;
  for (int32_t i = 0; i < count; ++i) {
    char *input = input_name(f, f->plan->fetches[i].source);
    if (!input) return out_of_memory();
    hr_dtype dtype = hr_dtype_base(hr_output_dtype(f->fetches[i]));
    HR_TRY(add_end(f, "_Retval", hr_end_name(f->arena, "retval", f->fetches, count, i), input, dtype,
                   hr_end_number(f->fetches, count, i)));
  }
  return HR_SUCCESS;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static hr_status list_nodes(filling *f) {
  const hr_plan *plan = f->plan;
  f->feeds = HR_ARENA_ARRAY(f->arena, hr_output, plan->num_feeds + 1);
  f->fetches = HR_ARENA_ARRAY(f->arena, hr_output, plan->num_fetches + 1);
  if (!f->feeds || !f->fetches) return out_of_memory();
  for (int32_t i = 0; i < plan->num_feeds; ++i)
    f->feeds[i] = plan->feeds[i].output;
  for (int32_t i = 0; i < plan->num_fetches; ++i)
    f->fetches[i] = plan->fetches[i].output;
  f->count = plan->num_nodes + plan->num_constant_nodes;
  f->nodes = HR_ARENA_ARRAY(f->arena, placed, f->count + 1);
  if (!f->nodes) return out_of_memory();
  for (int32_t i = 0; i < f->count; ++i) {
    const hr_plan_node *n = i < plan->num_nodes ? &plan->nodes[i] : &plan->constant_nodes[i - plan->num_nodes];
    f->nodes[i] = (placed){n->node, n->device};
  }
  qsort(f->nodes, (size_t)f->count, sizeof *f->nodes, by_id);
  return HR_SUCCESS;
}

static hr_status fill_device(filling *f) {
  const hr_plan *plan = f->plan;
  bool is_client = f->device == plan->device;
  HrPb__VersionDef *versions = HR_ARENA_NEW(f->arena, HrPb__VersionDef);
  f->graph = HR_ARENA_NEW(f->arena, HrPb__GraphDef);
  if (!f->graph || !versions) return out_of_memory();
  hr_pb__graph_def__init(f->graph);
  hr_pb__version_def__init(versions);
  f->graph->versions = versions;
  f->graph->node = HR_ARENA_ARRAY(f->arena, HrPb__NodeDef *, f->count + plan->num_feeds + plan->num_fetches + 1);
  if (!f->graph->node) return out_of_memory();
  if (is_client) HR_TRY(add_feeds(f));
  for (int32_t i = 0; i < f->count; ++i) {
    const hr_node *node = f->nodes[i].node;
    if (f->nodes[i].device != f->device) continue;
    versions->producer = node->graph->producer;
    versions->min_consumer = node->graph->min_consumer;
    HR_TRY(add_node(f, node));
  }
  return is_client ? add_fetches(f) : HR_SUCCESS;
}

hr_status hr_partition_graphs_fill(const hr_plan *plan, hr_arena *arena, HrPb__RunMetadata *metadata) {
  filling f = {.plan = plan, .arena = arena};
  HR_TRY(list_nodes(&f));
  metadata->partition_graphs = HR_ARENA_ARRAY(arena, HrPb__GraphDef *, plan->devices->count + 1);
  if (!metadata->partition_graphs) return out_of_memory();
  for (int32_t i = 0; i < plan->devices->count; ++i) {
    f.device = plan->devices->devices[i];
    HR_TRY(fill_device(&f));
    if (f.graph->n_node > 0) metadata->partition_graphs[metadata->n_partition_graphs++] = f.graph;
  }
  return HR_SUCCESS;
}
