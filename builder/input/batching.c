/* Batches of what comes from one source or from several, in order or shuffled. */
#include "builder/input/batch.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"
#include "headrace/coordinator.h"
#include "headrace/summary.h"

static const hr_any_tensors nothing = {0, NULL};

/* ---- the queue --------------------------------------------------------------------------------------------------- */

static hr_tensor_queue *make_queue(hr_batch_call *b) {
  hr_types dtypes = {b->count, b->dtypes};
  hr_shapes shapes = {b->count, b->shapes};
  if (b->shuffles)
    return hr_random_shuffle_queue(b->s, b->o.capacity, b->min_after_dequeue, dtypes, .seed = b->seed, .shapes = shapes,
                                   .shared_name = b->o.shared_name);
  if (b->o.dynamic_pad)
    return hr_padding_fifo_queue(b->s, b->o.capacity, dtypes, .shapes = shapes, .shared_name = b->o.shared_name);
  return hr_fifo_queue(b->s, b->o.capacity, dtypes, .shapes = shapes, .shared_name = b->o.shared_name);
}

typedef struct enqueueing {
  hr_tensor_queue *queue;
  hr_outputs values;
  bool many;
} enqueueing;

static hr_node *enqueue(hr_scope s, const enqueueing *e) {
  return e->many ? hr_enqueue_many(s, e->queue, e->values) : hr_enqueue(s, e->queue, e->values);
}
static void enqueue_branch(void *argument, hr_scope s, hr_results *results) {
  hr_return_node(results, enqueue(s, argument));
}
static void nothing_branch(void *argument, hr_scope s, hr_results *results) {
  (void)argument;
  hr_return_node(results, hr_no_op(s));
}

/* Those elements for which keep_input, a vector, says so. */
static void choose(hr_batch_call *b, hr_outputs *values) {
  hr_output *chosen = hr_keep_bytes(b->s, sizeof *chosen * (size_t)values->count);
  hr_output side = hr_tf_cast(b->s, b->keep_input, HR_INT32);
  for (int32_t i = 0; chosen && hr_scope_ok(b->s) && i < values->count; ++i) {
    hr_outputs sides = hr_dynamic_partition(b->s, values->items[i], side, 2);
    if (sides.count == 2) chosen[i] = sides.items[1];
  }
  values->items = chosen;
}

static hr_node *enqueue_source(hr_batch_call *b, hr_tensor_queue *queue, int32_t source) {
  enqueueing e = {queue, {b->count, &b->values[source * b->stride]}, b->o.enqueue_many};
  bool keeps;
  if (hr_output_rank(b->keep_input) == 1) {
    choose(b, &e.values);
    return hr_scope_ok(b->s) ? enqueue(b->s, &e) : NULL;
  }
  if (hr_known_condition(b->s, b->keep_input, &keeps)) return keeps ? enqueue(b->s, &e) : hr_no_op(b->s);
  if (!hr_scope_ok(b->s)) return NULL;
  return hr_only(hr_cond(b->s, b->keep_input, HR_BRANCH(enqueue_branch, &e), HR_BRANCH(nothing_branch, NULL))).node;
}

static bool add_runner(hr_batch_call *b, hr_tensor_queue *queue) {
  int32_t threads = b->sources.count > 1 ? b->sources.count : b->o.num_threads < 0 ? 0 : b->o.num_threads;
  hr_node **ops = hr_keep_bytes(b->s, sizeof *ops * (size_t)threads);
  for (int32_t i = 0; ops && i < threads; ++i)
    ops[i] = i < b->sources.count ? enqueue_source(b, queue, i) : ops[0];
  if (!hr_scope_ok(b->s)) return false;
  hr_add_queue_runner(b->s, hr_queue_runner_new(b->s, queue, threads, ops), NULL);
  return hr_scope_ok(b->s);
}

/* How full the queue is; of one that shuffles, beyond what stays in it. */
static void summarize(hr_batch_call *b, hr_tensor_queue *queue) {
  hr_output size = hr_tensor_queue_size(b->s, queue);
  int64_t room = b->o.capacity - b->min_after_dequeue;
  if (room == 0) {
    hr_refuse(b->s, "A queue of capacity %lld has no room beyond the %lld elements that stay in it",
              (long long)b->o.capacity, (long long)b->min_after_dequeue);
    return;
  }
  const char *name = hr_keep_printf(b->s, "fraction_of_%lld_full", (long long)b->o.capacity);
  if (b->shuffles) {
    hr_operand over = hr_operand_output(hr_minus(b->s, size, b->min_after_dequeue));
    size = hr_call_one(b->s, "Maximum", NULL, HR_OPERANDS(0, over), HR_NO_ATTRS);
    name = hr_keep_printf(b->s, "fraction_over_%lld_of_%lld_full", (long long)b->min_after_dequeue, (long long)room);
  }
  hr_output full = hr_times(b->s, hr_tf_cast(b->s, size, HR_FLOAT), 1.0 / (double)room);
  if (name) hr_summary_scalar(b->s, name, full);
}

static hr_any_tensors build(hr_batch_call *b) {
  if (!hr_scope_ok(b->s)) return nothing;
  if (b->shuffles && !b->joins && b->o.capacity <= b->min_after_dequeue) {
    hr_refuse(b->s, "capacity %lld must be bigger than min_after_dequeue %lld.", (long long)b->o.capacity,
              (long long)b->min_after_dequeue);
    return nothing;
  }
  if (!hr_batch_prepare(b)) return nothing;
  hr_tensor_queue *queue = make_queue(b);
  if (!queue || !add_runner(b, queue)) return nothing;
  summarize(b, queue);
  const char *name = hr_scope_name(b->s);
  hr_outputs taken = b->o.allow_smaller_final_batch
                         ? hr_dequeue_up_to_with(b->s, queue, b->batch_size, &(hr_op_options){name})
                         : hr_dequeue_many_with(b->s, queue, b->batch_size, &(hr_op_options){name});
  return hr_restore_components(b->s, taken, b->stored);
}

/* ---- the functions ----------------------------------------------------------------------------------------------- */

static hr_batch_options batch_options(const hr_batch_options *options) {
  return options ? *options : (hr_batch_options){HR_BATCH_DEFAULTS};
}

hr_any_tensors hr_batch_with(hr_scope scope, hr_batch_items tensors, hr_operand batch_size,
                             const hr_batch_options *options) {
  hr_batch_options o = batch_options(options);
  hr_batch_call b = {
      .s = hr_name_scope_or(scope, o.name, "batch"), .sources = {1, &tensors}, .o = o, .batch_size = batch_size};
  return build(&b);
}

hr_any_tensors hr_batch_join_with(hr_scope scope, hr_batch_sources tensors_list, hr_operand batch_size,
                                  const hr_batch_options *options) {
  hr_batch_options o = batch_options(options);
  o.num_threads = 1;
  hr_batch_call b = {.s = hr_name_scope_or(scope, o.name, "batch_join"),
                     .sources = tensors_list,
                     .o = o,
                     .joins = true,
                     .batch_size = batch_size};
  return build(&b);
}

static hr_any_tensors shuffled(hr_scope s, bool joins, hr_batch_sources sources, hr_operand batch_size,
                               int64_t capacity, int64_t min_after_dequeue, const hr_shuffle_batch_options *o) {
  hr_batch_call b = {.s = s,
                     .sources = sources,
                     .o = {.keep_input = o->keep_input,
                           .num_threads = o->num_threads,
                           .capacity = capacity,
                           .enqueue_many = o->enqueue_many,
                           .shapes = o->shapes,
                           .allow_smaller_final_batch = o->allow_smaller_final_batch,
                           .shared_name = o->shared_name},
                     .joins = joins,
                     .shuffles = true,
                     .min_after_dequeue = min_after_dequeue,
                     .seed = o->seed,
                     .batch_size = batch_size};
  return build(&b);
}

hr_any_tensors hr_shuffle_batch_with(hr_scope scope, hr_batch_items tensors, hr_operand batch_size, int64_t capacity,
                                     int64_t min_after_dequeue, const hr_shuffle_batch_options *options) {
  hr_shuffle_batch_options o = options ? *options : (hr_shuffle_batch_options){HR_SHUFFLE_BATCH_DEFAULTS};
  return shuffled(hr_name_scope_or(scope, o.name, "shuffle_batch"), false, (hr_batch_sources){1, &tensors}, batch_size,
                  capacity, min_after_dequeue, &o);
}

hr_any_tensors hr_shuffle_batch_join_with(hr_scope scope, hr_batch_sources tensors_list, hr_operand batch_size,
                                          int64_t capacity, int64_t min_after_dequeue,
                                          const hr_shuffle_batch_options *options) {
  hr_shuffle_batch_options o = options ? *options : (hr_shuffle_batch_options){HR_SHUFFLE_BATCH_DEFAULTS};
  o.num_threads = 1;
  return shuffled(hr_name_scope_or(scope, o.name, "shuffle_batch_join"), true, tensors_list, batch_size, capacity,
                  min_after_dequeue, &o);
}
