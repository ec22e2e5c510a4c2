/* ConfigProto and RunOptions from their bytes. */
#include "runtime/session/options.h"
#include "runtime/base/proto_check.h"
#include <string.h>

static hr_status no_size(const char *field, int32_t threads) {
  return hr_error(HR_INVALID_ARGUMENT, "%s of the session's configuration is %d, but must not be negative", field,
                  threads);
}

/* The first of the pools counts: there is one set of workers behind all of them. */
static hr_status read_pools(const HrPb__ConfigProto *config, hr_session_options *out) {
  if (out->intra_op_threads < 0) return no_size("intra_op_parallelism_threads", out->intra_op_threads);
  out->inter_op_pools = (int32_t)config->n_session_inter_op_thread_pool;
  for (int32_t i = 0; i < out->inter_op_pools; ++i) {
    int32_t threads = config->session_inter_op_thread_pool[i]->num_threads;
    if (threads < 0) return no_size("session_inter_op_thread_pool.num_threads", threads);
    if (i == 0) out->inter_op_threads = threads;
  }
  return HR_SUCCESS;
}

static void read_device_count(const HrPb__ConfigProto *config, hr_session_options *out) {
  for (size_t i = 0; i < config->n_device_count; ++i) {
    int32_t count = config->device_count[i]->value;
    if (strcmp(config->device_count[i]->key, "CPU") == 0) out->cpu_devices = count > 0 ? count : -1;
    if (strcmp(config->device_count[i]->key, "GPU") == 0) out->gpu_devices = count > 0 ? count : -1;
  }
}

static hr_status read_gpu_options(const HrPb__GPUOptions *options, hr_session_options *out) {
  if (!options) return HR_SUCCESS;
  out->gpu_memory_fraction = options->per_process_gpu_memory_fraction;
  out->gpu_allow_growth = options->allow_growth;
  if (strlen(options->visible_device_list) >= sizeof out->visible_gpus)
    return hr_error(HR_INVALID_ARGUMENT, "visible_device_list has more than %zu characters",
                    sizeof out->visible_gpus - 1);
  strcpy(out->visible_gpus, options->visible_device_list);
  return HR_SUCCESS;
}

static uint32_t bit_if(bool is_off, hr_rewrite rewrite) { return is_off ? rewrite : 0; }

/* TensorFlow's own switches, of the optimizers that do about the same. */
uint32_t hr_rewrites_off(const HrPb__GraphOptions *options) {
  if (!options) return 0;
  uint32_t off = 0;
  const HrPb__OptimizerOptions *classic = options->optimizer_options;
  if (classic && classic->opt_level == HR_PB__OPTIMIZER_OPTIONS__LEVEL__L0) /* where each may be asked for alone */
    off |= bit_if(!classic->do_constant_folding, HR_REWRITE_CONSTANTS) |
           bit_if(!classic->do_common_subexpression_elimination, HR_REWRITE_DUPLICATES);
  const HrPb__RewriterConfig *rewrite = options->rewrite_options;
  if (!rewrite) return off;
  if (rewrite->disable_meta_optimizer) return HR_REWRITE_ALL;
  const HrPb__RewriterConfig__Toggle never = HR_PB__REWRITER_CONFIG__TOGGLE__OFF;
  return off | bit_if(rewrite->constant_folding == never, HR_REWRITE_CONSTANTS) |
         bit_if(rewrite->arithmetic_optimization == never, HR_REWRITE_DUPLICATES) |
         bit_if(rewrite->dependency_optimization == never, HR_REWRITE_IDENTITIES | HR_REWRITE_UNOBSERVED) |
         bit_if(rewrite->remapping == never, HR_REWRITE_FUSION) |
         bit_if(rewrite->memory_optimization == HR_PB__REWRITER_CONFIG__MEM_OPT_TYPE__NO_MEM_OPT, HR_REWRITE_MEMORY);
}

hr_status hr_session_options_parse(const void *config_proto, size_t length, hr_session_options *out) {
  hr_arena arena = {0};
  HrPb__ConfigProto *config;
  *out = (hr_session_options){0};
  hr_status status = hr_proto_unpack(&hr_pb__config_proto__descriptor, &arena, config_proto, length, NULL, &config);
  if (!status) {
    out->intra_op_threads = config->intra_op_parallelism_threads;
    out->inter_op_threads = config->inter_op_parallelism_threads;
    out->use_per_session_threads = config->use_per_session_threads;
    out->operation_timeout_ms = config->operation_timeout_in_ms;
    out->allow_soft_placement = config->allow_soft_placement;
    out->log_device_placement = config->log_device_placement;
    out->rewrites_off = hr_rewrites_off(config->graph_options);
    out->place_pruned_graph = config->graph_options && config->graph_options->place_pruned_graph;
    out->dataflow = config->experimental && strcmp(config->experimental->executor_type, "DATAFLOW") == 0;
    status = read_pools(config, out);
    if (!status) status = read_gpu_options(config->gpu_options, out);
    read_device_count(config, out);
    out->config = length > 0 ? config_proto : NULL;
    out->config_length = length;
  }
  hr_arena_free(&arena);
  return status;
}

void hr_run_options_read(const HrPb__RunOptions *proto, hr_run_options *out) {
  *out = (hr_run_options){.trace_level = (hr_trace_level)proto->trace_level,
                          .timeout_ms = proto->timeout_in_ms,
                          .inter_op_thread_pool = proto->inter_op_thread_pool,
                          .output_partition_graphs = proto->output_partition_graphs};
}

hr_status hr_run_options_parse(const void *run_options_proto, size_t length, hr_run_options *out) {
  hr_arena arena = {0};
  HrPb__RunOptions *options;
  *out = (hr_run_options){0};
  hr_status status =
      hr_proto_unpack(&hr_pb__run_options__descriptor, &arena, run_options_proto, length, NULL, &options);
  if (!status) hr_run_options_read(options, out);
  hr_arena_free(&arena);
  return status;
}
