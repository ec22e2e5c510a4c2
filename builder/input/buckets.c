/* tf.contrib.training.bucket: a queue for each kind of element, and one for the batches that come out of them. */
#include "builder/input/batch.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"
#include "headrace/coordinator.h"
#include "headrace/summary.h"

static const hr_bucketed nothing = {{NULL, 0}, {0, NULL}};

typedef struct buckets {
  hr_batch_call call;
  const hr_bucket_options *o;
  int32_t count;
  hr_output which;
  hr_operand *batch_sizes; /* numbers where they are known */
  int64_t static_size;     /* of all batches; -1: unknown */
  hr_tensor_queue **queues, *top;
} buckets;

/* ---- sizes and queues -------------------------------------------------------------------------------------------- */

static bool read_batch_sizes(buckets *b, hr_operands given) {
  hr_scope s = b->call.s;
  b->static_size = -1;
  for (int32_t i = 0; i < b->count; ++i) {
    hr_operand size = hr_operands_at(given, given.count == 1 ? 0 : i);
    hr_output tensor = hr_convert(s, size, HR_INT32, "batch_size");
    if (!hr_scope_ok(s)) return false;
    hr_tensor value;
    bool known;
    hr_status status = hr_constant_value(tensor, &known, &value);
    if (status) {
      hr_scope_fail(s, status);
      return false;
    }
    b->batch_sizes[i] = hr_operand_output(tensor);
    b->static_size = -1;
    if (!known) continue;
    if (value.elements == 1) {
      b->static_size = *(const int32_t *)hr_tensor_data(&value);
      b->batch_sizes[i] = hr_operand_int(b->static_size);
    }
    hr_tensor_clear(&value);
  }
  if (b->o->size_of_each || given.count > 1 || b->o->allow_smaller_final_batch) b->static_size = -1;
  return true;
}

static hr_tensor_queue *make_bucket(buckets *b, int32_t i) {
  hr_scope s = b->call.s;
  const char *shared = b->o->shared_name ? hr_keep_printf(s, "%s_%d", b->o->shared_name, i) : NULL;
  const char *name = hr_keep_printf(s, "bucket_queue_%d", i);
  hr_types dtypes = {b->call.count, b->call.dtypes};
  hr_shapes shapes = {b->call.count, b->call.shapes};
  int64_t capacity = b->o->bucket_capacities.count ? b->o->bucket_capacities.items[i] : b->o->capacity;
  if (b->o->dynamic_pad)
    return hr_padding_fifo_queue(s, capacity, dtypes, .shapes = shapes, .shared_name = shared, .name = name);
  return hr_fifo_queue(s, capacity, dtypes, .shapes = shapes, .shared_name = shared, .name = name);
}

/* Its elements are a bucket's number and a batch. */
static hr_tensor_queue *make_top(buckets *b) {
  hr_scope s = b->call.s;
  int32_t count = b->call.count + 1;
  hr_dtype *dtypes = hr_keep_bytes(s, sizeof *dtypes * (size_t)count);
  hr_partial_shape *shapes = hr_keep_bytes(s, sizeof *shapes * (size_t)count);
  if (!dtypes || !shapes) return NULL;
  dtypes[0] = HR_INT32;
  shapes[0] = HR_SHAPE();
  for (int32_t i = 1; i < count; ++i) {
    const hr_partial_shape *element = &b->call.shapes[i - 1];
    if (element->rank >= HR_MAX_RANK) return hr_refuse(s, "Shapes have too many dimensions"), NULL;
    dtypes[i] = b->call.dtypes[i - 1];
    shapes[i] = (hr_partial_shape){.rank = element->rank + 1, .dims = {b->static_size}};
    if (b->static_size < 0) shapes[i].dims[0] = HR_UNKNOWN_DIM;
    memcpy(&shapes[i].dims[1], element->dims, sizeof(int64_t) * (size_t)element->rank);
  }
  return hr_padding_fifo_queue(s, b->o->capacity, ((hr_types){count, dtypes}), .shapes = {count, shapes},
                               .shared_name = b->o->shared_name, .name = "top_queue");
}

/* ---- from the source to the buckets ------------------------------------------------------------------------------ */

typedef struct entry {
  const buckets *b;
  int32_t bucket;
} entry;

static void enter_branch(void *argument, hr_scope s, hr_results *results) {
  const entry *e = argument;
  hr_return_node(results, hr_enqueue(s, e->b->queues[e->bucket], ((hr_outputs){e->b->call.count, e->b->call.values})));
}
static void nothing_branch(void *argument, hr_scope s, hr_results *results) {
  (void)argument;
  hr_return_node(results, hr_no_op(s));
}

static hr_node *enqueue_which(hr_scope s, const buckets *b) {
  hr_node **enqueues = hr_keep_bytes(s, sizeof *enqueues * (size_t)b->count);
  for (int32_t i = 0; enqueues && i < b->count; ++i) {
    entry e = {b, i};
    hr_output is_here = hr_call_one(s, "Equal", NULL, HR_OPERANDS(b->which, i), HR_NO_ATTRS);
    if (!hr_scope_ok(s)) return NULL;
    enqueues[i] = hr_only(hr_cond(s, is_here, HR_BRANCH(enter_branch, &e), HR_BRANCH(nothing_branch, NULL))).node;
  }
  if (!hr_scope_ok(s)) return NULL;
  return hr_group_with(s, b->count, enqueues, &(hr_op_options){"group_enqueues"});
}
static void enqueue_branch(void *argument, hr_scope s, hr_results *results) {
  hr_return_node(results, enqueue_which(s, argument));
}

static hr_node *enqueue_if_kept(buckets *b) {
  hr_scope s = b->call.s;
  bool keeps;
  if (hr_known_condition(s, b->call.keep_input, &keeps)) return keeps ? enqueue_which(s, b) : hr_no_op(s);
  if (!hr_scope_ok(s)) return NULL;
  return hr_only(hr_cond(s, b->call.keep_input, HR_BRANCH(enqueue_branch, b), HR_BRANCH(nothing_branch, NULL))).node;
}

/* ---- from the buckets to the top --------------------------------------------------------------------------------- */

static hr_node *enqueue_to_top(buckets *b, int32_t i) {
  hr_scope s = b->call.s;
  hr_output *element = hr_keep_bytes(s, sizeof *element * ((size_t)b->call.count + 1));
  hr_op_options read = {hr_keep_printf(s, "read_bucket_%d", i)}, put = {hr_keep_printf(s, "enqueue_from_bucket_%d", i)};
  if (!element || !hr_scope_ok(s)) return NULL;
  element[0] = hr_convert(s, hr_operand_int(i), HR_INT32, "Const");
  hr_outputs batch = b->o->allow_smaller_final_batch ? hr_dequeue_up_to_with(s, b->queues[i], b->batch_sizes[i], &read)
                                                     : hr_dequeue_many_with(s, b->queues[i], b->batch_sizes[i], &read);
  if (!hr_scope_ok(s)) return NULL;
  memcpy(&element[1], batch.items, sizeof *element * (size_t)batch.count);
  return hr_enqueue_with(s, b->top, hr_operands_outputs((hr_outputs){b->call.count + 1, element}), &put);
}

static hr_node *close_buckets(buckets *b, bool cancel) {
  hr_node **closes = hr_keep_bytes(b->call.s, sizeof *closes * (size_t)b->count);
  for (int32_t i = 0; closes && i < b->count; ++i)
    closes[i] = hr_tensor_queue_close(b->call.s, b->queues[i], .cancel_pending_enqueues = cancel);
  return hr_scope_ok(b->call.s) ? hr_group_with(b->call.s, b->count, closes, NULL) : NULL;
}

/* One runner for what each bucket gives to the top, one for what comes from the source. */
static bool add_runners(buckets *b, hr_node *enqueue) {
  hr_scope s = b->call.s;
  const uint32_t codes = HR_CODE_BIT(HR_OUT_OF_RANGE) | HR_CODE_BIT(HR_CANCELLED);
  int32_t threads = b->o->num_threads < 0 ? 0 : b->o->num_threads;
  hr_node **to_top = hr_keep_bytes(s, sizeof *to_top * (size_t)b->count);
  hr_node **from_source = hr_keep_bytes(s, sizeof *from_source * (size_t)threads);
  for (int32_t i = 0; hr_scope_ok(s) && i < b->count; ++i)
    to_top[i] = enqueue_to_top(b, i);
  if (!hr_scope_ok(s)) return false;
  for (int32_t i = 0; i < threads; ++i)
    from_source[i] = enqueue;
  hr_node *close = hr_tensor_queue_close(s, b->top);
  hr_node *cancel = hr_tensor_queue_close(s, b->top, .cancel_pending_enqueues = true);
  hr_add_queue_runner(s,
                      hr_queue_runner_new(s, b->queues[0], b->count, to_top, .close_op = close, .cancel_op = cancel,
                                          .closed_codes = codes),
                      NULL);
  close = close_buckets(b, false);
  cancel = close_buckets(b, true);
  hr_add_queue_runner(s,
                      hr_queue_runner_new(s, b->top, threads, from_source, .close_op = close, .cancel_op = cancel,
                                          .closed_codes = codes),
                      NULL);
  return hr_scope_ok(s);
}

static void summarize(buckets *b) {
  hr_scope s = b->call.s;
  for (int32_t i = 0; hr_scope_ok(s) && i < b->count; ++i) {
    const char *name = hr_keep_printf(s, "bucket/%s/size", hr_node_name(hr_tensor_queue_handle(b->queues[i]).node));
    hr_output size = hr_tf_cast(s, hr_tensor_queue_size(s, b->top), HR_FLOAT);
    if (name) hr_summary_scalar(s, name, size);
  }
  hr_output size = hr_tf_cast(s, hr_tensor_queue_size(s, b->top), HR_FLOAT);
  if (b->o->capacity == 0) hr_refuse(s, "A queue of batches must have a capacity");
  hr_output full = hr_times(s, size, 1.0 / (double)b->o->capacity);
  if (!hr_scope_ok(s)) return;
  const char *name = hr_keep_printf(s, "bucket/%s/fraction_of_%lld_full",
                                    hr_node_name(hr_tensor_queue_handle(b->top).node), (long long)b->o->capacity);
  if (name) hr_summary_scalar(s, name, full);
}

/* ---- the functions ----------------------------------------------------------------------------------------------- */

static bool check_counts(hr_scope s, hr_operands batch_size, int32_t num_buckets, const hr_bucket_options *o) {
  if ((o->size_of_each || batch_size.count != 1) && batch_size.count != num_buckets) {
    hr_refuse(s, "If batch_size is a list it must have num_buckets elements");
    return false;
  }
  if (num_buckets == 0) {
    hr_refuse(s, "num_buckets must be at least 1");
    return false;
  }
  if (num_buckets > 0 && o->bucket_capacities.count == 0) return true;
  if (o->bucket_capacities.count == num_buckets) return true;
  hr_text list = {0};
  for (int32_t i = 0; i < o->bucket_capacities.count; ++i)
    hr_text_printf(&list, i > 0 ? ", %lld" : "%lld", (long long)o->bucket_capacities.items[i]);
  hr_refuse(s, "The list bucket_capacities ([%s]) must have exactly num_buckets (%d) elements.",
            list.data && !list.failed ? list.data : "", num_buckets);
  hr_text_free(&list);
  return false;
}

hr_bucketed hr_bucket_with(hr_scope scope, hr_batch_items tensors, hr_operand which_bucket, hr_operands batch_size,
                           int32_t num_buckets, const hr_bucket_options *options) {
  hr_bucket_options o = options ? *options : (hr_bucket_options){HR_BUCKET_DEFAULTS};
  if (!check_counts(scope, batch_size, num_buckets, &o)) return nothing;
  if (tensors.count < 1) return hr_refuse(scope, "Expected at least one tensor in bucket()."), nothing;
  hr_scope s = hr_name_scope_or(scope, o.name, "bucket");
  buckets b = {.call = {.s = s,
                        .sources = {1, &tensors},
                        .o = {.keep_input = o.keep_input, .num_threads = o.num_threads, .shapes = o.shapes}},
               .o = &o,
               .count = num_buckets,
               .batch_sizes = hr_keep_bytes(s, sizeof(hr_operand) * (size_t)num_buckets),
               .queues = hr_keep_bytes(s, sizeof(hr_tensor_queue *) * (size_t)num_buckets)};
  if (!hr_scope_ok(s) || !hr_batch_prepare(&b.call) || !read_batch_sizes(&b, batch_size)) return nothing;
  b.which = hr_convert(s, which_bucket, HR_INT32, "which_bucket");
  for (int32_t i = 0; hr_scope_ok(s) && i < num_buckets; ++i)
    b.queues[i] = make_bucket(&b, i);
  b.top = hr_scope_ok(s) ? make_top(&b) : NULL;
  hr_node *enqueue = hr_scope_ok(s) ? enqueue_if_kept(&b) : NULL;
  if (!hr_scope_ok(s) || !add_runners(&b, enqueue)) return nothing;
  summarize(&b);
  hr_outputs taken = hr_dequeue(s, b.top, .name = "dequeue_top");
  if (!hr_scope_ok(s)) return nothing;
  hr_outputs batch = {taken.count - 1, taken.items + 1};
  return (hr_bucketed){taken.items[0], hr_restore_components(s, batch, b.call.stored)};
}

static bool check_boundaries(hr_scope s, hr_ints boundaries) {
  if (boundaries.count < 1) {
    hr_refuse(s, "bucket_boundaries must not be empty");
    return false;
  }
  for (int32_t i = 0; i + 1 < boundaries.count; ++i)
    if (boundaries.items[i] >= boundaries.items[i + 1]) {
      hr_refuse(s, "Buckets must contain sequential increasing lengths, but saw: %lld before %lld",
                (long long)boundaries.items[i], (long long)boundaries.items[i + 1]);
      return false;
    }
  return true;
}

/* The bucket of a length: the first whose limits hold. */
static hr_output bucket_of(hr_scope s, hr_output length, hr_ints boundaries) {
  int32_t count = boundaries.count + 1;
  int64_t *least = hr_keep_bytes(s, sizeof *least * (size_t)count),
          *most = hr_keep_bytes(s, sizeof *most * (size_t)count);
  if (!least || !most) return HR_NO_OUTPUT;
  least[0] = INT32_MIN;
  most[count - 1] = INT32_MAX;
  memcpy(least + 1, boundaries.items, sizeof *least * (size_t)boundaries.count);
  memcpy(most, boundaries.items, sizeof *most * (size_t)boundaries.count);
  hr_operand mins = hr_operand_ints((hr_ints){count, least}), maxs = hr_operand_ints((hr_ints){count, most});
  hr_output above = hr_call_one(s, "LessEqual", NULL, HR_OPERANDS(mins, length), HR_NO_ATTRS);
  hr_output below = hr_call_one(s, "Less", NULL, HR_OPERANDS(length, maxs), HR_NO_ATTRS);
  hr_output here = hr_call_one(s, "LogicalAnd", NULL, HR_OPERANDS(above, below), HR_NO_ATTRS);
  return hr_scope_ok(s) ? hr_tf_cast(s, hr_reduce_min(s, hr_where(s, here)), HR_INT32) : HR_NO_OUTPUT;
}

/* As TensorFlow, which takes the lengths apart where they are all that is batched: the first one, and the others. */
static hr_any_tensors parts_of_lengths(hr_scope s, hr_output lengths) {
  hr_any_tensor *parts = hr_keep_bytes(s, sizeof *parts * 2);
  if (!parts) return nothing.batch;
  parts[0].value = hr_at(s, lengths, HR_INDEX(0));
  parts[1].value = hr_at(s, lengths, HR_SLICE(1, HR_OPEN));
  return (hr_any_tensors){2, parts};
}

hr_any_tensors hr_bucket_by_sequence_length_with(hr_scope scope, hr_operand input_length, hr_batch_items tensors,
                                                 hr_operands batch_size, hr_ints bucket_boundaries,
                                                 const hr_bucket_options *options) {
  hr_bucket_options o = options ? *options : (hr_bucket_options){HR_BUCKET_DEFAULTS};
  if (!check_boundaries(scope, bucket_boundaries)) return nothing.batch;
  hr_scope s = hr_name_scope_or(scope, o.name, "bucket_by_sequence_length");
  o.name = NULL;
  hr_output length = hr_convert(s, input_length, HR_INT32, "input_length");
  hr_output which = hr_scope_ok(s) ? bucket_of(s, length, bucket_boundaries) : HR_NO_OUTPUT;
  hr_any_operand *items = hr_keep_bytes(s, sizeof *items * ((size_t)tensors.count + 1));
  hr_partial_shape *shapes = hr_keep_bytes(s, sizeof *shapes * ((size_t)tensors.count + 1));
  if (!hr_scope_ok(s)) return nothing.batch;
  items[0].value = hr_operand_output(length);
  for (int32_t i = 0; i < tensors.count; ++i)
    items[i + 1] = tensors.items ? tensors.items[i] : (hr_any_operand){.value = hr_operand_output(tensors.outputs[i])};
  if (o.shapes.count) {
    shapes[0] = HR_SHAPE();
    int32_t count = o.shapes.count < tensors.count ? o.shapes.count : tensors.count;
    memcpy(&shapes[1], o.shapes.items, sizeof *shapes * (size_t)count);
    o.shapes = (hr_shapes){count + 1, shapes};
  }
  hr_any_tensors batch = hr_bucket_with(s, (hr_batch_items){tensors.count + 1, items, NULL}, hr_operand_output(which),
                                        batch_size, bucket_boundaries.count + 1, &o)
                             .batch;
  return batch.count == 1 ? parts_of_lengths(s, batch.items[0].value) : batch;
}
