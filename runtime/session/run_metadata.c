#include "runtime/session/run_metadata.h"
#include "proto/config.pb-c.h"
#include "runtime/base/clock.h"
#include "runtime/base/proto_check.h"
#include "runtime/plan/fuse.h"
#include "runtime/plan/rewrite.h"
#include "runtime/plan/transfer.h"
#include "runtime/session/partition_graphs.h"
#include <stdlib.h>

/* "name = Op(input, input)", as the timeline shows it. Inputs are those of the plan: what really made the value. Behind
 * it stand the nodes that a fused one does the work of: " of first:Neg, second:Square". */
static char *timeline_label(hr_arena *arena, const hr_plan *plan, const hr_node *node) {
  hr_text text = {0};
  hr_text_printf(&text, "%s = %s(", node->name, hr_shown_op(node));
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    hr_output input = hr_follow_alias(plan, node->inputs[i]);
    hr_text_printf(&text, "%s%s", i ? ", " : "", input.node->name);
    if (input.index != 0) hr_text_printf(&text, ":%d", input.index);
  }
  hr_text_add_string(&text, ")");
  for (int32_t i = 0; i < hr_num_fused(node); ++i) {
    const hr_node *member = hr_fused_member(node, i);
    hr_text_printf(&text, "%s%s:%s", i ? ", " : " of ", member->name, member->op->name);
  }
  char *copy = text.failed ? NULL : hr_arena_copy_string(arena, text.data, text.length);
  hr_text_free(&text);
  return copy;
}

/* All that the messages tell of one output. */
typedef struct output_messages {
  HrPb__NodeOutput output;
  HrPb__TensorDescription tensor;
  HrPb__AllocationDescription allocation;
  HrPb__TensorShapeProto shape;
  HrPb__TensorShapeProto__Dim dims[HR_MAX_RANK], *dim_pointers[HR_MAX_RANK];
} output_messages;

static void fill_shape(const hr_shape *shape, output_messages *m) {
  hr_pb__tensor_shape_proto__init(&m->shape);
  m->shape.n_dim = (size_t)shape->rank;
  m->shape.dim = m->dim_pointers;
  for (int i = 0; i < shape->rank; ++i) {
    hr_pb__tensor_shape_proto__dim__init(&m->dims[i]);
    m->dims[i].size = shape->dims[i];
    m->dim_pointers[i] = &m->dims[i];
  }
}

static hr_status fill_outputs(hr_arena *arena, const hr_node_trace *trace, HrPb__NodeExecStats *stats) {
  int32_t count = trace->node->num_outputs;
  output_messages *messages = HR_ARENA_ARRAY(arena, output_messages, count + 1);
  stats->output = HR_ARENA_ARRAY(arena, HrPb__NodeOutput *, count + 1);
  if (!messages || !stats->output) return hr_error_out_of_memory(0, "step stats");
  for (int32_t k = 0; k < count; ++k) {
    const hr_output_trace *seen = &trace->outputs[k];
    if (seen->dtype == HR_INVALID) continue;
    output_messages *m = &messages[k];
    hr_pb__node_output__init(&m->output);
    hr_pb__tensor_description__init(&m->tensor);
    hr_pb__allocation_description__init(&m->allocation);
    m->allocation.requested_bytes = (int64_t)seen->bytes;
    m->allocation.allocator_name = (char *)(uintptr_t)trace->node->device->allocator->name;
    m->allocation.has_single_reference = !seen->is_shared;
    m->allocation.ptr = (uintptr_t)seen->data;
    m->tensor.dtype = (HrPb__DataType)seen->dtype;
    m->tensor.allocation_description = &m->allocation;
    fill_shape(&seen->shape, m);
    m->tensor.shape = &m->shape;
    m->output.slot = k;
    m->output.tensor_description = &m->tensor;
    stats->output[stats->n_output++] = &m->output;
  }
  return HR_SUCCESS;
}

static hr_status fill_node(hr_arena *arena, const hr_plan *plan, const hr_node_trace *trace, int64_t wall_offset,
                           HrPb__NodeExecStats *stats) {
  int64_t start = trace->start + wall_offset;
  hr_pb__node_exec_stats__init(stats);
  stats->node_name = (char *)(uintptr_t)trace->node->node->name;
  stats->all_start_micros = start / 1000;
  stats->all_start_nanos = start;
  stats->op_end_rel_micros = stats->all_end_rel_micros = (trace->end - trace->start) / 1000;
  stats->op_end_rel_nanos = stats->all_end_rel_nanos = trace->end - trace->start;
  stats->timeline_label = timeline_label(arena, plan, trace->node->node);
  if (!stats->timeline_label) return hr_error_out_of_memory(0, "step stats");
  return fill_outputs(arena, trace, stats);
}

/* The nodes of one device. */
static hr_status fill_device(hr_arena *arena, const hr_step *step, const hr_device *device, int64_t wall_offset,
                             HrPb__DeviceStepStats *out) {
  const hr_plan *plan = step->plan;
  HrPb__NodeExecStats **nodes = HR_ARENA_ARRAY(arena, HrPb__NodeExecStats *, plan->num_nodes + 1);
  HrPb__NodeExecStats *stats = HR_ARENA_ARRAY(arena, HrPb__NodeExecStats, plan->num_nodes + 1);
  if (!nodes || !stats) return hr_error_out_of_memory(0, "step stats");
  hr_pb__device_step_stats__init(out);
  out->device = (char *)(uintptr_t)device->name;
  out->node_stats = nodes;
  for (int32_t i = 0; i < plan->num_nodes; ++i) {
    if (!step->traces[i].node || step->traces[i].node->device != device) continue;
    nodes[out->n_node_stats] = &stats[out->n_node_stats];
    HR_TRY(fill_node(arena, plan, &step->traces[i], wall_offset, nodes[out->n_node_stats++]));
  }
  return HR_SUCCESS;
}

static hr_status fill_stats(hr_arena *arena, const hr_step *step, HrPb__RunMetadata *metadata) {
  const hr_device_set *set = step->plan->devices;
  HrPb__StepStats *step_stats = HR_ARENA_NEW(arena, HrPb__StepStats);
  HrPb__DeviceStepStats *stats = HR_ARENA_ARRAY(arena, HrPb__DeviceStepStats, set->count);
  HrPb__DeviceStepStats **devices = HR_ARENA_ARRAY(arena, HrPb__DeviceStepStats *, set->count);
  if (!step_stats || !stats || !devices) return hr_error_out_of_memory(0, "step stats");
  hr_pb__step_stats__init(step_stats);
  int64_t wall_offset = hr_now_micros() * 1000 - hr_monotonic_nanos();
  for (int32_t i = 0; i < set->count; ++i) {
    HrPb__DeviceStepStats *one = devices[step_stats->n_dev_stats] = &stats[step_stats->n_dev_stats];
    HR_TRY(fill_device(arena, step, set->devices[i], wall_offset, one));
    step_stats->n_dev_stats += i == 0 || one->n_node_stats > 0; /* others where they took part */
  }
  step_stats->dev_stats = devices;
  metadata->step_stats = step_stats;
  return HR_SUCCESS;
}

/* What runs, as the graph says it: of nodes that were left out or fused the plan as built still knows. */
static hr_status fill_partition_graphs(const hr_plan_request *as_built, hr_arena *arena, HrPb__RunMetadata *metadata) {
  hr_plan *plan;
  HR_TRY(hr_plan_new(as_built, &plan));
  hr_status status = hr_partition_graphs_fill(plan, arena, metadata);
  hr_plan_free(plan);
  return status;
}

hr_status hr_run_metadata_write(const hr_step *step, const hr_run_options *options, const hr_plan_request *as_built,
                                hr_owned_bytes *out) {
  hr_arena arena = {0};
  HrPb__RunMetadata metadata;
  hr_pb__run_metadata__init(&metadata);
  hr_status status = step->traces ? fill_stats(&arena, step, &metadata) : HR_SUCCESS;
  if (!status && options && options->output_partition_graphs)
    status = fill_partition_graphs(as_built, &arena, &metadata);
  hr_text bytes = {0};
  if (!status) {
    hr_proto_pack(&metadata, &bytes);
    out->length = bytes.length;
    out->data = hr_text_take(&bytes);
    if (!out->data) status = hr_error_out_of_memory(out->length, "run metadata");
  }
  hr_text_free(&bytes);
  hr_arena_free(&arena);
  return status;
}
