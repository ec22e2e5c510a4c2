/* What stands on top of a pipeline. */
#include "builder/data/data.h"
#include "runtime/graph/scratch.h"

/* ---- reference variables ----------------------------------------------------------------------------------------- */

/* Whether an output is a reference, or follows from one. Pipelines and what they capture are small. */
static bool follows_from_reference(hr_output output, int depth) {
  if (hr_dtype_is_ref(hr_output_dtype(output))) return true;
  if (depth == 0) return false;
  for (int32_t i = 0; i < output.node->num_inputs; ++i)
    if (output.node->inputs[i].node && follows_from_reference(output.node->inputs[i], depth - 1)) return true;
  return false;
}

static bool is_captured_argument(const hr_arg_def *arg) { return strstr(arg->name, "other_arg") != NULL; }

bool hr_dataset_captures_reference(hr_scope scope, hr_output dataset) {
  if (!hr_scope_ok(scope) || !dataset.node) return false;
  const hr_node *node = dataset.node;
  int32_t at = 0;
  for (int i = 0; i < node->op->num_inputs; ++i) {
    const hr_arg_def *arg = &node->op->inputs[i];
    int32_t count = arg->number_attr >= 0      ? (int32_t)node->attrs[arg->number_attr].i
                    : arg->type_list_attr >= 0 ? node->attrs[arg->type_list_attr].count
                                               : 1;
    for (int32_t k = 0; k < count; ++k, ++at) {
      hr_output input = node->inputs[at];
      if (is_captured_argument(arg) && follows_from_reference(input, 64)) return true;
      if (hr_output_dtype(input) == HR_VARIANT && !is_captured_argument(arg) &&
          hr_dataset_captures_reference(scope, input))
        return true;
    }
  }
  return false;
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

static hr_output limited(hr_scope scope, const char *op, const char *name, hr_output dataset, int64_t limit) {
  hr_element e;
  if (limit == 0 || !hr_element_of(scope, dataset, &e)) return dataset;
  hr_operand number = hr_data_int(scope, hr_operand_int(limit), 0, name);
  return HR_DATASET_NODE(scope, op, e, HR_NO_ATTRS, hr_operand_output(dataset), number);
}

static hr_output optimized(hr_scope scope, hr_output dataset, hr_strings names, hr_strings configs) {
  hr_element e;
  hr_tensor value;
  if (!hr_element_of(scope, dataset, &e)) return HR_NO_OUTPUT;
  hr_status status = hr_tensor_strings(names.count, names.items, &value);
  hr_bytes *strings = hr_keep_bytes(scope, sizeof *strings * ((size_t)configs.count + 1));
  if (status || !strings) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  for (int32_t i = 0; i < configs.count; ++i)
    strings[i] = (hr_bytes){configs.items[i], strlen(configs.items[i])};
  hr_output list = hr_convert(scope, hr_operand_tensor(&value), HR_STRING, "optimizations");
  hr_tensor_clear(&value);
  hr_attr_value config_list = {.kind = HR_ATTR_STRING, .is_list = true, .count = configs.count, .strings = strings};
  return HR_DATASET_NODE(scope, "OptimizeDataset", e, HR_ATTRS({"optimization_configs", config_list}),
                         hr_operand_output(dataset), hr_operand_output(list));
}

hr_output hr_dataset_apply_options(hr_scope scope, hr_output dataset, const hr_dataset_options *options) {
  static const hr_dataset_options defaults;
  static const char *const usual[] = {"map_and_batch_fusion", "noop_elimination", "shuffle_and_repeat_fusion"};
  static const char *const usual_configs[] = {"map_vectorization:use_choose_fastest:false"};
  const hr_dataset_options *o = options ? options : &defaults;
  hr_strings names = o->optimizations, configs = o->optimization_configs;
  if (names.count == 0 && !o->no_optimizations) {
    names = (hr_strings){3, usual};
    configs = (hr_strings){1, usual_configs};
  }
  bool optimizes = names.count > 0 && !hr_dataset_captures_reference(scope, dataset);
  dataset =
      limited(scope, "MaxIntraOpParallelismDataset", "max_intra_op_parallelism", dataset, o->max_intra_op_parallelism);
  dataset = limited(scope, "PrivateThreadPoolDataset", "num_threads", dataset, o->private_threadpool_size);
  if (optimizes) dataset = optimized(scope, dataset, names, configs);
  hr_element e;
  if (!hr_element_of(scope, dataset, &e)) return dataset;
  if (!o->no_autotune)
    dataset = HR_DATASET_NODE(scope, "ModelDataset", e,
                              HR_ATTRS({"algorithm", HR_ATTR_INT_VALUE(o->autotune_algorithm)},
                                       {"cpu_budget", HR_ATTR_INT_VALUE(o->autotune_cpu_budget)}),
                              hr_operand_output(dataset));
  if (!hr_operand_is_given(o->stats_aggregator)) return dataset;
  hr_operand prefix = hr_operand_string(o->stats_prefix ? o->stats_prefix : "");
  hr_operand counter_prefix = hr_operand_string(o->stats_counter_prefix ? o->stats_counter_prefix : "");
  return HR_DATASET_NODE(scope, "SetStatsAggregatorDataset", e, HR_NO_ATTRS, hr_operand_output(dataset),
                         o->stats_aggregator, prefix, counter_prefix);
}
