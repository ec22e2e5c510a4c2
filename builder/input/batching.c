/* Batches of what comes from one source or from several, in order or shuffled. */
#include "builder/input/batch_sparse.h"
#include "headrace/arrays.h"
#include "headrace/control_flow.h"
#include "headrace/coordinator.h"
#include "headrace/summary.h"

static const hr_any_tensors nothing = {0, NULL};

/* What the four functions have in common. */
typedef struct batch {
  hr_scope s;
  hr_batch_sources sources;
  hr_batch_options o; /* of all; num_threads is 1 where there are several sources */
  bool shuffles;
  int64_t min_after_dequeue, seed;
  hr_operand batch_size;

  hr_output keep_input;
  int32_t count; /* components */
  hr_stored *stored;
  hr_output *values; /* [sources, count] */
  hr_dtype *dtypes;
  hr_partial_shape *shapes;
} batch;

static hr_output value_of(const batch *b, int32_t source, int32_t i) { return b->values[source * b->count + i]; }

static hr_batch_item item_of(hr_batch_items items, int32_t i) {
  return items.items ? items.items[i] : (hr_batch_item){.value = hr_operand_output(items.outputs[i])};
}

/* ---- what goes into the queue ------------------------------------------------------------------------------------ */

/* Values become tensors: those of one source, before the next. */
static bool convert_all(batch *b) {
  if (b->sources.count < 1 || b->sources.items[0].count < 1) {
    hr_refuse(b->s, b->sources.count < 1 ? "Expected at least one input in batch_join()."
                                         : "Expected at least one tensor in batch().");
    return false;
  }
  b->count = b->sources.items[0].count;
  size_t components = (size_t)b->count, all = components * (size_t)b->sources.count;
  b->values = hr_keep_bytes(b->s, sizeof *b->values * all);
  b->stored = hr_keep_bytes(b->s, sizeof *b->stored * components);
  b->dtypes = hr_keep_bytes(b->s, sizeof *b->dtypes * components);
  b->shapes = hr_keep_bytes(b->s, sizeof *b->shapes * components);
  if (!hr_scope_ok(b->s)) return false;
  for (int32_t source = 0; source < b->sources.count; ++source) {
    if (b->sources.items[source].count != b->count) {
      hr_refuse(b->s, "Sources have %d and %d tensors", b->count, b->sources.items[source].count);
      return false;
    }
    for (int32_t i = 0; i < b->count; ++i) {
      hr_batch_item item = item_of(b->sources.items[source], i);
      if (!item.sparse.indices.node) b->values[source * b->count + i] = hr_convert(b->s, item.value, HR_INVALID, NULL);
    }
  }
  return hr_scope_ok(b->s);
}

static bool convert_keep_input(batch *b) {
  hr_operand keep = hr_operand_is_given(b->o.keep_input) ? b->o.keep_input : hr_operand_bool(true);
  b->keep_input = hr_convert(b->s, keep, HR_INVALID, NULL);
  if (!hr_scope_ok(b->s)) return false;
  int rank = hr_output_rank(b->keep_input);
  const char *mistake = rank < 0 ? "`keep_input` dimensions must be known at graph construction."
                        : !b->o.enqueue_many && rank == 1 ? "`keep_input` cannot be a vector when `enqueue_many=False`."
                        : rank > 1                        ? "`keep_input` must be 0 or 1 dimensions."
                                                          : NULL;
  if (mistake) hr_refuse(b->s, "%s", mistake);
  return !mistake;
}

/* Keys get a dimension more, once all components of a source are stored. */
static bool store_all(batch *b) {
  for (int32_t source = 0; source < b->sources.count; ++source) {
    for (int32_t i = 0; i < b->count; ++i) {
      hr_batch_item item = item_of(b->sources.items[source], i);
      if (!item.sparse.indices.node) item.value = hr_operand_output(value_of(b, source, i));
      hr_stored stored;
      b->values[source * b->count + i] =
          hr_store_component(b->s, &item, b->o.enqueue_many, b->keep_input, source ? &b->stored[i] : NULL, &stored);
      if (!source) b->stored[i] = stored;
    }
    for (int32_t i = 0; i < b->count && hr_scope_ok(b->s); ++i)
      if (b->stored[i].is_sparse)
        b->values[source * b->count + i] =
            hr_tf_expand_dims_with(b->s, hr_operand_output(value_of(b, source, i)), hr_operand_ints(HR_INTS(-1)), NULL);
  }
  return hr_scope_ok(b->s);
}

/* The sources' dtypes are the same. */
static bool find_dtypes(batch *b) {
  for (int32_t i = 0; i < b->count; ++i)
    b->dtypes[i] = hr_output_base_dtype(value_of(b, 0, i));
  for (int32_t source = 1; source < b->sources.count; ++source)
    for (int32_t i = 0; i < b->count; ++i) {
      hr_dtype other = hr_output_base_dtype(value_of(b, source, i));
      if (other == b->dtypes[i]) continue;
      hr_refuse_type(b->s, "Expected types to be consistent: %s vs. %s.", hr_dtype_python_name(b->dtypes[i]),
                     hr_dtype_python_name(other));
      return false;
    }
  return true;
}

static bool find_shape(batch *b, int32_t i) {
  hr_partial_shape merged = HR_SHAPE_UNKNOWN;
  for (int32_t source = 0; source < b->sources.count; ++source) {
    hr_partial_shape shape = *hr_output_shape(value_of(b, source, i));
    if (shape.rank < 0) {
      hr_refuse(b->s, "Cannot infer Tensor's rank: %s", hr_node_name(value_of(b, source, i).node));
      return false;
    }
    if (b->o.enqueue_many) {
      if (shape.rank == 0) {
        hr_refuse(b->s, "Shape () must have rank at least 1");
        return false;
      }
      memmove(shape.dims, &shape.dims[1], sizeof(int64_t) * (size_t)--shape.rank);
    }
    if (source == 0) b->shapes[i] = shape; /* as TensorFlow: the others must fit, but tell nothing more */
    hr_status status = hr_partial_shape_merge(&merged, &shape, &merged);
    if (status) {
      hr_scope_fail(b->s, status);
      return false;
    }
  }
  return true;
}

static bool find_shapes(batch *b) {
  if (b->o.shapes.count && b->o.shapes.count != b->count) {
    hr_refuse(b->s, "%d shapes for %d tensors", b->o.shapes.count, b->count);
    return false;
  }
  for (int32_t i = 0; i < b->count; ++i) {
    if (b->o.shapes.count)
      b->shapes[i] = b->o.shapes.items[i];
    else if (!find_shape(b, i))
      return false;
  }
  return true;
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

static hr_tensor_queue *make_queue(batch *b) {
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
static void choose(batch *b, hr_outputs *values) {
  hr_output *chosen = hr_keep_bytes(b->s, sizeof *chosen * (size_t)values->count);
  hr_output side = hr_tf_cast(b->s, b->keep_input, HR_INT32);
  for (int32_t i = 0; chosen && hr_scope_ok(b->s) && i < values->count; ++i) {
    hr_outputs sides = hr_dynamic_partition(b->s, values->items[i], side, 2);
    if (sides.count == 2) chosen[i] = sides.items[1];
  }
  values->items = chosen;
}

static hr_node *enqueue_source(batch *b, hr_tensor_queue *queue, int32_t source) {
  enqueueing e = {queue, {b->count, &b->values[source * b->count]}, b->o.enqueue_many};
  bool keeps;
  if (hr_output_rank(b->keep_input) == 1) {
    choose(b, &e.values);
    return hr_scope_ok(b->s) ? enqueue(b->s, &e) : NULL;
  }
  if (hr_known_condition(b->s, b->keep_input, &keeps)) return keeps ? enqueue(b->s, &e) : hr_no_op(b->s);
  if (!hr_scope_ok(b->s)) return NULL;
  return hr_only(hr_cond(b->s, b->keep_input, HR_BRANCH(enqueue_branch, &e), HR_BRANCH(nothing_branch, NULL))).node;
}

static bool add_runner(batch *b, hr_tensor_queue *queue) {
  int32_t threads = b->sources.count > 1 || b->o.num_threads < 1 ? b->sources.count : b->o.num_threads;
  hr_node **ops = hr_keep_bytes(b->s, sizeof *ops * (size_t)threads);
  for (int32_t i = 0; ops && i < threads; ++i)
    ops[i] = i < b->sources.count ? enqueue_source(b, queue, i) : ops[0];
  if (!hr_scope_ok(b->s)) return false;
  hr_add_queue_runner(b->s, hr_queue_runner_new(b->s, queue, threads, ops), NULL);
  return hr_scope_ok(b->s);
}

/* How full the queue is; of one that shuffles, beyond what stays in it. */
static void summarize(batch *b, hr_tensor_queue *queue) {
  hr_output size = hr_tensor_queue_size(b->s, queue);
  int64_t room = b->o.capacity - b->min_after_dequeue;
  const char *name = hr_keep_printf(b->s, "fraction_of_%lld_full", (long long)b->o.capacity);
  if (b->shuffles) {
    hr_operand over = hr_operand_output(hr_minus(b->s, size, b->min_after_dequeue));
    size = hr_call_one(b->s, "Maximum", NULL, HR_OPERANDS(0, over), HR_NO_ATTRS);
    name = hr_keep_printf(b->s, "fraction_over_%lld_of_%lld_full", (long long)b->min_after_dequeue, (long long)room);
  }
  hr_output full = hr_times(b->s, hr_tf_cast(b->s, size, HR_FLOAT), 1.0 / (double)room);
  if (name) hr_summary_scalar(b->s, name, full);
}

static hr_any_tensors build(batch *b) {
  if (!hr_scope_ok(b->s)) return nothing;
  if (b->shuffles && b->o.capacity <= b->min_after_dequeue) {
    hr_refuse(b->s, "capacity %lld must be bigger than min_after_dequeue %lld.", (long long)b->o.capacity,
              (long long)b->min_after_dequeue);
    return nothing;
  }
  if (!convert_all(b) || !convert_keep_input(b) || !store_all(b) || !find_dtypes(b) || !find_shapes(b)) return nothing;
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
  batch b = {.s = hr_name_scope_or(scope, o.name, "batch"), .sources = {1, &tensors}, .o = o, .batch_size = batch_size};
  return build(&b);
}

hr_any_tensors hr_batch_join_with(hr_scope scope, hr_batch_sources tensors_list, hr_operand batch_size,
                                  const hr_batch_options *options) {
  hr_batch_options o = batch_options(options);
  o.num_threads = 1;
  batch b = {
      .s = hr_name_scope_or(scope, o.name, "batch_join"), .sources = tensors_list, .o = o, .batch_size = batch_size};
  return build(&b);
}

static hr_any_tensors shuffled(hr_scope s, hr_batch_sources sources, hr_operand batch_size, int64_t capacity,
                               int64_t min_after_dequeue, const hr_shuffle_batch_options *o) {
  batch b = {.s = s,
             .sources = sources,
             .o = {.keep_input = o->keep_input,
                   .num_threads = o->num_threads,
                   .capacity = capacity,
                   .enqueue_many = o->enqueue_many,
                   .shapes = o->shapes,
                   .allow_smaller_final_batch = o->allow_smaller_final_batch,
                   .shared_name = o->shared_name},
             .shuffles = true,
             .min_after_dequeue = min_after_dequeue,
             .seed = o->seed,
             .batch_size = batch_size};
  return build(&b);
}

hr_any_tensors hr_shuffle_batch_with(hr_scope scope, hr_batch_items tensors, hr_operand batch_size, int64_t capacity,
                                     int64_t min_after_dequeue, const hr_shuffle_batch_options *options) {
  hr_shuffle_batch_options o = options ? *options : (hr_shuffle_batch_options){HR_SHUFFLE_BATCH_DEFAULTS};
  return shuffled(hr_name_scope_or(scope, o.name, "shuffle_batch"), (hr_batch_sources){1, &tensors}, batch_size,
                  capacity, min_after_dequeue, &o);
}

hr_any_tensors hr_shuffle_batch_join_with(hr_scope scope, hr_batch_sources tensors_list, hr_operand batch_size,
                                          int64_t capacity, int64_t min_after_dequeue,
                                          const hr_shuffle_batch_options *options) {
  hr_shuffle_batch_options o = options ? *options : (hr_shuffle_batch_options){HR_SHUFFLE_BATCH_DEFAULTS};
  o.num_threads = 1;
  return shuffled(hr_name_scope_or(scope, o.name, "shuffle_batch_join"), tensors_list, batch_size, capacity,
                  min_after_dequeue, &o);
}
