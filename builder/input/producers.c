/* Producers: queues of names, numbers and rows, filled epoch by epoch. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"
#include "headrace/coordinator.h"
#include "headrace/input.h"
#include "headrace/random.h"
#include "headrace/summary.h"

static const hr_strings local_variables = {1, (const char *const[]){HR_LOCAL_VARIABLES}};

hr_var *hr_match_filenames_once_with(hr_scope scope, hr_operand pattern, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "matching_filenames");
  hr_output names = hr_call_one(s, "MatchingFiles", NULL, HR_OPERANDS(pattern), HR_NO_ATTRS);
  return hr_tf_variable(s, names, .name = hr_scope_name(s), .trainable = false, .validate_shape = false,
                        .collections = &local_variables);
}

hr_output hr_limit_epochs_with(hr_scope scope, hr_operand tensor, const hr_limit_epochs_options *options) {
  hr_limit_epochs_options o = options ? *options : (hr_limit_epochs_options){0};
  if (o.num_epochs == 0) return hr_convert(scope, tensor, HR_INVALID, NULL);
  if (o.num_epochs < 0) return hr_refuse(scope, "num_epochs must be > 0 not %lld.", (long long)o.num_epochs);
  hr_scope s = hr_name_scope_or(scope, o.name, "limit_epochs");
  hr_output zero = hr_constant_i64(s, 0);
  hr_var *epochs = hr_tf_variable(s, zero, .name = "epochs", .trainable = false, .collections = &local_variables);
  if (!epochs) return HR_NO_OUTPUT;
  const char *op = hr_var_is_resource(epochs) ? "ResourceCountUpTo" : "CountUpTo";
  hr_attrs limit = hr_var_is_resource(epochs)
                       ? HR_ATTRS({"limit", HR_ATTR_INT_VALUE(o.num_epochs)}, {"T", HR_ATTR_TYPE_VALUE(HR_INT64)})
                       : HR_ATTRS({"limit", HR_ATTR_INT_VALUE(o.num_epochs)});
  hr_node *counter = hr_call_one(s, op, NULL, HR_OPERANDS(epochs), limit).node;
  hr_output result = HR_NO_OUTPUT;
  if (!counter) return result;
  HR_WITH (after, hr_control_dependencies(s, HR_NODES(counter))) {
    result = hr_call_one(after, "Identity", hr_scope_name(s), HR_OPERANDS(tensor), HR_NO_ATTRS);
  }
  return result;
}

/* ---- readers ----------------------------------------------------------------------------------------------------- */

hr_output hr_queue_for_reader(hr_scope scope, hr_output reader, hr_output queue) {
  if (!hr_scope_ok(scope) || !reader.node || !queue.node) return HR_NO_OUTPUT;
  bool takes_handle = hr_output_dtype(reader) == HR_RESOURCE, is_handle = hr_output_dtype(queue) == HR_RESOURCE;
  return takes_handle || !is_handle ? queue : hr_fake_queue(scope, queue);
}

/* ---- producers --------------------------------------------------------------------------------------------------- */

/* The shape of a row, as far as both sides know it. */
static bool element_shape(hr_scope s, hr_output rows, const hr_partial_shape *given, hr_partial_shape *out) {
  if (!hr_scope_ok(s)) return false;
  const hr_partial_shape *all = hr_output_shape(rows);
  hr_partial_shape row = HR_SHAPE_UNKNOWN;
  if (all->rank > 0) {
    row.rank = all->rank - 1;
    memcpy(row.dims, &all->dims[1], sizeof(int64_t) * (size_t)row.rank);
  } else if (all->rank == 0) {
    row.rank = 0;
  }
  hr_status status = hr_partial_shape_merge(&row, given, out);
  if (status) {
    hr_scope_fail(s, status);
    return false;
  }
  if (hr_partial_shape_is_full(out)) return true;
  hr_refuse(s, "Either `input_tensor` must have a fully defined shape or `element_shape` must be specified");
  return false;
}

static void summarize_queue(hr_scope s, hr_tensor_queue *queue, const char *name, int64_t capacity) {
  hr_output size = hr_tf_cast(s, hr_tensor_queue_size(s, queue), HR_FLOAT);
  hr_summary_scalar(s, name, hr_times(s, size, 1.0 / (double)capacity));
}

hr_tensor_queue *hr_input_producer_with(hr_scope scope, hr_operand input_tensor,
                                        const hr_input_producer_options *options) {
  hr_input_producer_options o = options ? *options : (hr_input_producer_options){HR_INPUT_PRODUCER_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "input_producer");
  hr_output rows = hr_convert(s, input_tensor, HR_INVALID, "input_tensor");
  hr_partial_shape shape;
  if (!element_shape(s, rows, &o.element_shape, &shape)) return NULL;
  if (o.shuffle) rows = hr_tf_random_shuffle(s, rows, .seed = o.seed);
  rows = hr_limit_epochs(s, rows, .num_epochs = o.num_epochs);
  if (!hr_scope_ok(s)) return NULL;
  hr_tensor_queue *queue =
      hr_fifo_queue(s, o.capacity, HR_TYPES(hr_output_base_dtype(rows)), .shapes = HR_SHAPES(shape),
                    .shared_name = o.shared_name, .name = o.name ? o.name : "FIFOQueueV2");
  hr_node *enqueue = hr_enqueue_many(s, queue, HR_OPERANDS(rows));
  if (!enqueue) return NULL;
  hr_add_queue_runner(s, hr_queue_runner_new(s, queue, 1, &enqueue, .cancel_op = o.cancel_op), NULL);
  if (o.summary_name) summarize_queue(s, queue, o.summary_name, o.capacity);
  return hr_scope_ok(s) ? queue : NULL;
}

static const char *fraction_name(hr_scope s, int64_t capacity) {
  return hr_keep_printf(s, "fraction_of_%lld_full", (long long)capacity);
}

/* A producer whose elements are scalars, in the scope `s`, for which its queue is named. */
static hr_tensor_queue *produce_scalars(hr_scope s, hr_output values, const hr_producer_options *o) {
  hr_input_producer_options options = {.element_shape = HR_SHAPE(),
                                       .num_epochs = o->num_epochs,
                                       .shuffle = o->shuffle,
                                       .seed = o->seed,
                                       .capacity = o->capacity,
                                       .shared_name = o->shared_name,
                                       .summary_name = fraction_name(s, o->capacity),
                                       .cancel_op = o->cancel_op,
                                       .name = hr_scope_name(s)};
  return hr_input_producer_with(s, hr_operand_output(values), &options);
}

hr_tensor_queue *hr_string_input_producer_with(hr_scope scope, hr_operand string_tensor,
                                               const hr_producer_options *options) {
  static const char none[] = "string_input_producer requires a non-null input tensor";
  hr_producer_options o = options ? *options : (hr_producer_options){HR_PRODUCER_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "input_producer");
  hr_output names = hr_convert(s, string_tensor, HR_STRING, NULL);
  hr_output any = hr_call_one(s, "Greater", NULL, HR_OPERANDS(hr_tf_size(s, names), 0), HR_NO_ATTRS);
  hr_node *check = hr_tf_assert(s, any, HR_OPERANDS((const char *)none));
  if (!hr_scope_ok(s)) return NULL;
  HR_WITH (after, hr_control_dependencies(s, check ? 1 : 0, &check)) {
    names = hr_identity(after, names);
  }
  return produce_scalars(s, names, &o);
}

hr_tensor_queue *hr_range_input_producer_with(hr_scope scope, hr_operand limit, const hr_producer_options *options) {
  hr_producer_options o = options ? *options : (hr_producer_options){HR_PRODUCER_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "input_producer");
  return produce_scalars(s, hr_tf_range_with(s, hr_operand_int(0), limit, hr_operand_int(1), NULL), &o);
}

hr_outputs hr_slice_input_producer_with(hr_scope scope, hr_operands tensor_list, const hr_producer_options *options) {
  const hr_outputs nothing = {0, NULL};
  hr_producer_options o = options ? *options : (hr_producer_options){HR_PRODUCER_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "input_producer");
  o.name = NULL;
  if (!hr_scope_ok(s)) return nothing;
  if (tensor_list.count < 1) return hr_refuse(s, "Expected at least one tensor in slice_input_producer()."), nothing;
  hr_output *tensors = hr_keep_bytes(s, sizeof *tensors * (size_t)tensor_list.count);
  for (int32_t i = 0; tensors && i < tensor_list.count; ++i)
    tensors[i] = hr_convert(s, hr_operands_at(tensor_list, i), HR_INVALID, NULL);
  if (!tensors) return nothing;
  hr_output size = hr_at(s, hr_tf_shape(s, tensors[0]), HR_INDEX(0));
  hr_tensor_queue *queue = hr_range_input_producer_with(s, hr_operand_output(size), &o);
  hr_outputs index = hr_dequeue(s, queue);
  if (!hr_scope_ok(s)) return nothing;
  for (int32_t i = 0; i < tensor_list.count; ++i)
    tensors[i] = hr_tf_gather(s, tensors[i], index.items[0]);
  return hr_scope_ok(s) ? (hr_outputs){tensor_list.count, tensors} : nothing;
}
