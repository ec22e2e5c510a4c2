#include "runtime/session/run_metadata.h"
#include "proto/config.pb-c.h"
#include "runtime/base/clock.h"
#include "runtime/base/proto_check.h"
#include <stdlib.h>

hr_status hr_trace_begin(hr_step *step) {
  step->traces = calloc((size_t)step->plan->num_nodes + 1, sizeof *step->traces);
  return step->traces ? HR_SUCCESS
                      : hr_error_out_of_memory(sizeof *step->traces * (size_t)step->plan->num_nodes, "step stats");
}

void hr_trace_end(hr_step *step) {
  free(step->traces);
  step->traces = NULL;
}

/* "name = Op(input, input)", as the timeline shows it. */
static char *timeline_label(hr_arena *arena, const hr_node *node) {
  hr_text text = {0};
  hr_text_printf(&text, "%s = %s(", node->name, node->op->name);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    if (node->inputs[i].index == 0)
      hr_text_printf(&text, "%s%s", i ? ", " : "", node->inputs[i].node->name);
    else
      hr_text_printf(&text, "%s%s:%d", i ? ", " : "", node->inputs[i].node->name, node->inputs[i].index);
  }
  hr_text_add_string(&text, ")");
  char *copy = text.failed ? NULL : hr_arena_copy_string(arena, text.data, text.length);
  hr_text_free(&text);
  return copy;
}

static hr_status fill_node(hr_arena *arena, const hr_node_trace *trace, int64_t wall_offset,
                           HrPb__NodeExecStats *stats) {
  int64_t start = trace->start + wall_offset;
  hr_pb__node_exec_stats__init(stats);
  stats->node_name = (char *)(uintptr_t)trace->node->node->name;
  stats->all_start_micros = start / 1000;
  stats->all_start_nanos = start;
  stats->op_end_rel_micros = stats->all_end_rel_micros = (trace->end - trace->start) / 1000;
  stats->op_end_rel_nanos = stats->all_end_rel_nanos = trace->end - trace->start;
  stats->thread_id = (uint32_t)trace->thread;
  stats->timeline_label = timeline_label(arena, trace->node->node);
  return stats->timeline_label ? HR_SUCCESS : hr_error_out_of_memory(0, "step stats");
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
    HR_TRY(fill_node(arena, &step->traces[i], wall_offset, nodes[out->n_node_stats++]));
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

hr_status hr_run_metadata_write(const hr_step *step, const hr_run_options *options, hr_owned_bytes *out) {
  (void)options;
  hr_arena arena = {0};
  HrPb__RunMetadata metadata;
  hr_pb__run_metadata__init(&metadata);
  hr_status status = step->traces ? fill_stats(&arena, step, &metadata) : HR_SUCCESS;
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
