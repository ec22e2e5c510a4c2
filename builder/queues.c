/* tf.queue: queues, and the ops that fill, empty and close them, under TensorFlow's names. */
#include "headrace/queues.h"
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "runtime/base/md5.h"

struct hr_tensor_queue {
  hr_output handle;
  hr_types dtypes;
  hr_partial_shape *shapes; /* as many as dtypes */
  hr_strings names;
  const char *last_name; /* of the handle's node: what its ops are named for */
};

hr_output hr_tensor_queue_handle(const hr_tensor_queue *queue) { return queue ? queue->handle : HR_NO_OUTPUT; }
hr_types hr_tensor_queue_dtypes(const hr_tensor_queue *queue) { return queue ? queue->dtypes : (hr_types){0, NULL}; }
hr_strings hr_tensor_queue_names(const hr_tensor_queue *queue) { return queue ? queue->names : (hr_strings){0, NULL}; }
hr_shapes hr_tensor_queue_shapes(const hr_tensor_queue *queue) {
  return queue ? (hr_shapes){queue->dtypes.count, queue->shapes} : (hr_shapes){0, NULL};
}
int32_t hr_tensor_queue_component(const hr_tensor_queue *queue, const char *name) {
  for (int32_t i = 0; queue && i < queue->names.count; ++i)
    if (strcmp(queue->names.items[i], name) == 0) return i;
  return -1;
}

static const char *name_of(const hr_op_options *options) { return options ? options->name : NULL; }
static bool usable(hr_scope scope, const hr_tensor_queue *queue) { return queue && hr_scope_ok(scope); }

/* ---- making ----------------------------------------------------------------------------------------------------- */

/* NULL with the error at the builder. */
static hr_tensor_queue *refuse(hr_scope scope, const char *message) {
  hr_refuse(scope, "%s", message);
  return NULL;
}

static const char *last_part(const char *name) {
  const char *slash = strrchr(name, '/');
  return slash ? slash + 1 : name;
}

static bool keep_names(hr_scope scope, hr_strings names, hr_tensor_queue *queue) {
  const char **kept = hr_keep_bytes(scope, sizeof *kept * ((size_t)names.count + 1));
  if (!kept) return false;
  for (int32_t i = 0; i < names.count; ++i)
    if (!(kept[i] = hr_keep_text(scope, names.items[i]))) return false;
  queue->names = (hr_strings){names.count, kept};
  return true;
}

/* A queue of what the lists say; they are copied. */
static hr_tensor_queue *new_queue(hr_scope scope, hr_output handle, hr_types dtypes, hr_shapes shapes,
                                  hr_strings names) {
  if (!handle.node) return NULL;
  if (shapes.count && shapes.count != dtypes.count)
    return refuse(scope, "Queue shapes must have the same length as dtypes");
  if (names.count && names.count != dtypes.count)
    return refuse(scope, "Queue names must have the same length as dtypes");
  hr_tensor_queue *queue = hr_keep_bytes(scope, sizeof *queue);
  hr_dtype *kept = hr_keep_bytes(scope, sizeof *kept * ((size_t)dtypes.count + 1));
  hr_partial_shape *kept_shapes = hr_keep_bytes(scope, sizeof *kept_shapes * ((size_t)dtypes.count + 1));
  if (!queue || !kept || !kept_shapes || !keep_names(scope, names, queue)) return NULL;
  for (int32_t i = 0; i < dtypes.count; ++i) {
    kept[i] = hr_dtype_base(dtypes.items[i]);
    kept_shapes[i] = shapes.count ? shapes.items[i] : HR_SHAPE_UNKNOWN;
  }
  queue->handle = handle;
  queue->dtypes = (hr_types){dtypes.count, kept};
  queue->shapes = kept_shapes;
  queue->last_name = last_part(handle.node->name);
  return queue;
}

hr_tensor_queue *hr_tensor_queue_of_with(hr_scope scope, hr_output handle, hr_types dtypes,
                                         const hr_tensor_queue_of_options *options) {
  hr_tensor_queue_of_options o = options ? *options : (hr_tensor_queue_of_options){0};
  if (!hr_scope_ok(scope)) return NULL;
  return new_queue(scope, handle, dtypes, o.shapes, o.names);
}

/* As Python's TensorFlow prints a list of them. */
static void refuse_shapes(hr_scope scope, hr_shapes shapes, const char *reason) {
  hr_text text = {0};
  for (int32_t i = 0; i < shapes.count; ++i) {
    const hr_partial_shape *shape = &shapes.items[i];
    hr_text_printf(&text, i > 0 ? ", TensorShape(" : "TensorShape(");
    if (shape->rank < 0) hr_text_printf(&text, "None");
    for (int d = 0; d < shape->rank; ++d) {
      hr_text_printf(&text, d > 0 ? ", " : "[");
      if (shape->dims[d] < 0)
        hr_text_printf(&text, "Dimension(None)");
      else
        hr_text_printf(&text, "Dimension(%lld)", (long long)shape->dims[d]);
    }
    hr_text_printf(&text, shape->rank == 0 ? "[])" : shape->rank > 0 ? "])" : ")");
  }
  hr_refuse(scope, "%s: [%s]", reason, text.failed ? "" : text.data);
  hr_text_free(&text);
}

static bool check_shapes(hr_scope scope, hr_shapes shapes, bool unknown_sizes) {
  for (int32_t i = 0; i < shapes.count; ++i) {
    const hr_partial_shape *shape = &shapes.items[i];
    if (!unknown_sizes && !hr_partial_shape_is_full(shape)) {
      refuse_shapes(scope, shapes, "All shapes must be fully defined");
      return false;
    }
    if (shape->rank < 0) {
      refuse_shapes(scope, shapes, "All shapes must have a defined rank");
      return false;
    }
  }
  return true;
}

static bool check_names(hr_scope scope, hr_strings names, hr_types dtypes) {
  if (!names.count || names.count == dtypes.count) return true;
  hr_refuse(scope, "List of names must have the same length as the list of dtypes");
  return false;
}

/* What the makers' nodes have in common. */
typedef struct making {
  const char *op, *name;
  hr_types dtypes;
  hr_shapes shapes;
  int64_t capacity;
  const char *shared_name;
} making;

static hr_attr_value types_value(hr_types v) {
  return (hr_attr_value){.kind = HR_ATTR_TYPE, .is_list = true, .count = v.count, .types = (const int32_t *)v.items};
}
static hr_attr_value shapes_value(hr_shapes v) {
  return (hr_attr_value){.kind = HR_ATTR_SHAPE, .is_list = true, .count = v.count, .shapes = v.items};
}

static hr_output make_handle(hr_scope scope, const making *m) {
  hr_attr_value shared_name = HR_ATTR_STRING_VALUE(m->shared_name ? m->shared_name : "");
  return hr_call_one(scope, m->op, m->name, HR_NO_OPERANDS,
                     HR_ATTRS({"component_types", types_value(m->dtypes)}, {"shapes", shapes_value(m->shapes)},
                              {"capacity", HR_ATTR_INT_VALUE(m->capacity)}, {"shared_name", shared_name}));
}

static making making_of(const char *op, const char *name, int64_t capacity, hr_types dtypes,
                        const hr_queue_options *o) {
  return (making){op, o->name ? o->name : name, dtypes, o->shapes, capacity, o->shared_name};
}

static const hr_queue_options no_options;

hr_tensor_queue *hr_fifo_queue_with(hr_scope scope, int64_t capacity, hr_types dtypes,
                                    const hr_queue_options *options) {
  const hr_queue_options *o = options ? options : &no_options;
  if (!hr_scope_ok(scope) || !check_shapes(scope, o->shapes, false) || !check_names(scope, o->names, dtypes))
    return NULL;
  making m = making_of("FIFOQueueV2", "fifo_queue", capacity, dtypes, o);
  return new_queue(scope, make_handle(scope, &m), dtypes, o->shapes, o->names);
}

hr_tensor_queue *hr_padding_fifo_queue_with(hr_scope scope, int64_t capacity, hr_types dtypes,
                                            const hr_queue_options *options) {
  const hr_queue_options *o = options ? options : &no_options;
  if (!hr_scope_ok(scope) || !check_shapes(scope, o->shapes, true) || !check_names(scope, o->names, dtypes))
    return NULL;
  if (o->shapes.count != dtypes.count) {
    hr_refuse(scope, "Shapes must be provided for all components, but received %d dtypes and %d shapes.", dtypes.count,
              o->shapes.count);
    return NULL;
  }
  making m = making_of("PaddingFIFOQueueV2", "padding_fifo_queue", capacity, dtypes, o);
  return new_queue(scope, make_handle(scope, &m), dtypes, o->shapes, o->names);
}

hr_tensor_queue *hr_priority_queue_with(hr_scope scope, int64_t capacity, hr_types dtypes,
                                        const hr_queue_options *options) {
  const hr_queue_options *o = options ? options : &no_options;
  if (!hr_scope_ok(scope) || !check_shapes(scope, o->shapes, false)) return NULL;
  making m = making_of("PriorityQueueV2", "priority_queue", capacity, dtypes, o);
  hr_output handle = make_handle(scope, &m);
  bool has_shapes = o->shapes.count > 0;
  hr_dtype *all_dtypes = hr_keep_bytes(scope, sizeof *all_dtypes * ((size_t)dtypes.count + 1));
  hr_partial_shape *all_shapes = hr_keep_bytes(scope, sizeof *all_shapes * ((size_t)o->shapes.count + 1));
  if (!handle.node || !all_dtypes || !all_shapes) return NULL;
  all_dtypes[0] = HR_INT64;
  all_shapes[0] = HR_SHAPE();
  if (dtypes.count) memcpy(all_dtypes + 1, dtypes.items, sizeof *all_dtypes * (size_t)dtypes.count);
  if (has_shapes) memcpy(all_shapes + 1, o->shapes.items, sizeof *all_shapes * (size_t)o->shapes.count);
  return new_queue(scope, handle, (hr_types){dtypes.count + 1, all_dtypes},
                   (hr_shapes){has_shapes ? o->shapes.count + 1 : 0, all_shapes}, o->names);
}

/* Queues of one name choose alike in all graphs of one seed: the second seed follows from both, not from how many nodes
 * there are. */
static int64_t seed_of_name(int64_t graph_seed, const char *shared_name) {
  char text[512];
  uint8_t digest[16];
  int length = snprintf(text, sizeof text, "%lld%s", (long long)graph_seed, shared_name);
  hr_md5(text, length < (int)sizeof text ? (size_t)length : sizeof text - 1, digest);
  uint32_t first = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
  return first & 0x7fffffff;
}

hr_tensor_queue *hr_random_shuffle_queue_with(hr_scope scope, int64_t capacity, int64_t min_after_dequeue,
                                              hr_types dtypes, const hr_random_shuffle_queue_options *options) {
  hr_random_shuffle_queue_options o = {.seed = HR_NO_SEED};
  if (options) o = *options;
  if (!hr_scope_ok(scope) || !check_shapes(scope, o.shapes, false) || !check_names(scope, o.names, dtypes)) return NULL;
  int64_t seed, seed2;
  hr_scope_seeds(scope, o.seed, &seed, &seed2);
  if (o.seed == HR_NO_SEED && o.shared_name && (seed || seed2)) seed2 = seed_of_name(seed, o.shared_name);
  hr_attr_value shared_name = HR_ATTR_STRING_VALUE(o.shared_name ? o.shared_name : "");
  hr_output handle = hr_call_one(
      scope, "RandomShuffleQueueV2", o.name ? o.name : "random_shuffle_queue", HR_NO_OPERANDS,
      HR_ATTRS({"component_types", types_value(dtypes)}, {"shapes", shapes_value(o.shapes)},
               {"capacity", HR_ATTR_INT_VALUE(capacity)}, {"min_after_dequeue", HR_ATTR_INT_VALUE(min_after_dequeue)},
               {"seed", HR_ATTR_INT_VALUE(seed)}, {"seed2", HR_ATTR_INT_VALUE(seed2)}, {"shared_name", shared_name}));
  return new_queue(scope, handle, dtypes, o.shapes, o.names);
}

/* ---- choosing --------------------------------------------------------------------------------------------------- */

static bool same_dtypes(const hr_tensor_queue *a, const hr_tensor_queue *b) {
  return a->dtypes.count == b->dtypes.count &&
         memcmp(a->dtypes.items, b->dtypes.items, sizeof *a->dtypes.items * (size_t)a->dtypes.count) == 0;
}

static bool same_names(const hr_tensor_queue *a, const hr_tensor_queue *b) {
  if (a->names.count != b->names.count) return false;
  for (int32_t i = 0; i < a->names.count; ++i)
    if (strcmp(a->names.items[i], b->names.items[i]) != 0) return false;
  return true;
}

/* What both shapes say. */
static hr_partial_shape common_shape(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (a->rank < 0 || a->rank != b->rank) return HR_SHAPE_UNKNOWN;
  hr_partial_shape common = *a;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] != b->dims[i]) common.dims[i] = HR_UNKNOWN_DIM;
  return common;
}

static bool check_selection(hr_scope scope, int32_t count, hr_tensor_queue *const *queues) {
  if (count < 1) {
    hr_refuse_type(scope, "A list of queues expected");
    return false;
  }
  for (int32_t i = 0; i < count; ++i) {
    if (!queues[i]) return false;
    if (!same_dtypes(queues[0], queues[i])) {
      hr_refuse_type(scope, "Queues do not have matching component dtypes.");
      return false;
    }
    if (!same_names(queues[0], queues[i])) {
      hr_refuse_type(scope, "Queues do not have matching component names.");
      return false;
    }
  }
  return true;
}

hr_tensor_queue *hr_tensor_queue_select(hr_scope scope, hr_operand index, int32_t count,
                                        hr_tensor_queue *const *queues) {
  if (!hr_scope_ok(scope) || !check_selection(scope, count, queues)) return NULL;
  const hr_tensor_queue *first = queues[0];
  hr_output *handles = hr_keep_bytes(scope, sizeof *handles * (size_t)count);
  hr_partial_shape *shapes = hr_keep_bytes(scope, sizeof *shapes * ((size_t)first->dtypes.count + 1));
  if (!handles || !shapes) return NULL;
  for (int32_t i = 0; i < count; ++i)
    handles[i] = queues[i]->handle;
  for (int32_t c = 0; c < first->dtypes.count; ++c) {
    shapes[c] = first->shapes[c];
    for (int32_t i = 1; i < count; ++i)
      shapes[c] = common_shape(&shapes[c], &queues[i]->shapes[c]);
  }
  hr_output all = hr_stack(scope, ((hr_outputs){count, handles}));
  return new_queue(scope, hr_tf_gather(scope, all, index), first->dtypes, (hr_shapes){first->dtypes.count, shapes},
                   first->names);
}

/* ---- filling ---------------------------------------------------------------------------------------------------- */

/* Ops of old graphs know a queue by a reference. */
static bool is_reference(const hr_tensor_queue *queue) { return hr_output_dtype(queue->handle) != HR_RESOURCE; }

/* As many as the queue has, converted to its dtypes. */
static hr_outputs convert_components(hr_scope s, const hr_tensor_queue *queue, hr_operands components) {
  int32_t count = components.count < queue->dtypes.count ? components.count : queue->dtypes.count;
  hr_output *converted = hr_keep_bytes(s, sizeof *converted * ((size_t)count + 1));
  for (int32_t i = 0; converted && i < count; ++i) {
    char name[32];
    snprintf(name, sizeof name, "component_%d", i);
    converted[i] = hr_convert(s, hr_operands_at(components, i), queue->dtypes.items[i], name);
    if (!converted[i].node) return (hr_outputs){0, NULL};
  }
  return converted ? (hr_outputs){count, converted} : (hr_outputs){0, NULL};
}

static bool check_compatible(hr_scope s, const hr_partial_shape *a, const hr_partial_shape *b) {
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(a, b, &merged);
  if (!status) return true;
  hr_status_free(status);
  char one[HR_SHAPE_TEXT], other[HR_SHAPE_TEXT];
  hr_refuse(s, "Shapes %s and %s are incompatible", hr_partial_shape_tuple_text(a, one),
            hr_partial_shape_tuple_text(b, other));
  return false;
}

hr_node *hr_enqueue_with(hr_scope scope, hr_tensor_queue *queue, hr_operands components, const hr_op_options *options) {
  if (!usable(scope, queue)) return NULL;
  hr_scope s = hr_name_scope_or(scope, name_of(options), hr_keep_printf(scope, "%s_enqueue", queue->last_name));
  hr_outputs values = convert_components(s, queue, components);
  if (!hr_scope_ok(s)) return NULL;
  for (int32_t i = 0; i < values.count; ++i)
    if (!check_compatible(s, hr_output_shape(values.items[i]), &queue->shapes[i])) return NULL;
  hr_operands operands = HR_OPERANDS(queue->handle, values);
  return hr_call_op(s, is_reference(queue) ? "QueueEnqueue" : "QueueEnqueueV2", hr_scope_name(s), operands.count,
                    operands.items, 0, NULL);
}

/* A batch's rows must be as many as those before, and like the queue's elements. */
static bool check_rows(hr_scope s, const hr_partial_shape *batch, const hr_partial_shape *element, int64_t *rows) {
  if (batch->rank < 0) return true;
  if (batch->rank == 0) {
    hr_refuse(s, "Shape () must have rank at least 1");
    return false;
  }
  if (*rows >= 0 && batch->dims[0] >= 0 && *rows != batch->dims[0]) {
    hr_refuse(s, "Dimensions %lld and %lld are not compatible", (long long)*rows, (long long)batch->dims[0]);
    return false;
  }
  if (batch->dims[0] >= 0) *rows = batch->dims[0];
  hr_partial_shape row = hr_sizes_shape(batch->rank - 1, batch->dims + 1);
  return check_compatible(s, &row, element);
}

hr_node *hr_enqueue_many_with(hr_scope scope, hr_tensor_queue *queue, hr_operands components,
                              const hr_op_options *options) {
  if (!usable(scope, queue)) return NULL;
  hr_scope s = hr_name_scope_or(scope, name_of(options), hr_keep_printf(scope, "%s_EnqueueMany", queue->last_name));
  hr_outputs values = convert_components(s, queue, components);
  if (!hr_scope_ok(s)) return NULL;
  int64_t rows = HR_UNKNOWN_DIM;
  for (int32_t i = 0; i < values.count; ++i)
    if (!check_rows(s, hr_output_shape(values.items[i]), &queue->shapes[i], &rows)) return NULL;
  hr_operands operands = HR_OPERANDS(queue->handle, values);
  return hr_call_op(s, is_reference(queue) ? "QueueEnqueueMany" : "QueueEnqueueManyV2", hr_scope_name(s),
                    operands.count, operands.items, 0, NULL);
}

/* ---- emptying --------------------------------------------------------------------------------------------------- */

/* The name that was given, or "QUEUE_SUFFIX". */
static const char *op_name(hr_scope scope, const char *name, const hr_tensor_queue *queue, const char *suffix) {
  return name ? name : hr_keep_printf(scope, "%s_%s", queue->last_name, suffix);
}

/* All outputs of a node, and what is known of their shapes: those of elements, behind `rows` where it is no
 * HR_NO_ROWS. */
#define HR_NO_ROWS INT64_MIN
static hr_outputs taken(hr_scope scope, const hr_tensor_queue *queue, hr_node *node, int64_t rows) {
  hr_output *outputs = node ? hr_keep_bytes(scope, sizeof *outputs * ((size_t)node->num_outputs + 1)) : NULL;
  if (!outputs) return (hr_outputs){0, NULL};
  for (int32_t i = 0; i < node->num_outputs; ++i) {
    outputs[i] = (hr_output){node, i};
    hr_partial_shape shape = queue->shapes[i];
    if (rows != HR_NO_ROWS && shape.rank >= 0 && shape.rank < HR_MAX_RANK) {
      memmove(shape.dims + 1, shape.dims, sizeof *shape.dims * (size_t)shape.rank);
      shape.dims[0] = rows;
      ++shape.rank;
    }
    hr_know_shape(scope, outputs[i], &shape);
  }
  return (hr_outputs){node->num_outputs, outputs};
}

hr_outputs hr_dequeue_with(hr_scope scope, hr_tensor_queue *queue, const hr_op_options *options) {
  if (!usable(scope, queue)) return (hr_outputs){0, NULL};
  hr_operands operands = HR_OPERANDS(queue->handle);
  hr_attrs attrs = HR_ATTRS({"component_types", types_value(queue->dtypes)});
  hr_node *node = hr_call_op(scope, is_reference(queue) ? "QueueDequeue" : "QueueDequeueV2",
                             op_name(scope, name_of(options), queue, "Dequeue"), operands.count, operands.items,
                             attrs.count, attrs.items);
  return taken(scope, queue, node, HR_NO_ROWS);
}

/* The number that a batch has for certain. */
static int64_t known_rows(hr_scope scope, hr_output n) {
  hr_tensor value;
  bool known = false;
  hr_status status = hr_constant_value(n, &known, &value);
  if (status) hr_scope_fail(scope, status);
  if (status || !known) return HR_UNKNOWN_DIM;
  int64_t rows = value.dtype == HR_INT32 && value.elements == 1 ? *(const int32_t *)hr_tensor_data(&value) : -1;
  hr_tensor_clear(&value);
  return rows < 0 ? HR_UNKNOWN_DIM : rows;
}

static hr_node *take_batch(hr_scope scope, hr_tensor_queue *queue, const char *op, hr_operand n, const char *name) {
  hr_operands operands = HR_OPERANDS(queue->handle, n);
  hr_attrs attrs = HR_ATTRS({"component_types", types_value(queue->dtypes)});
  return hr_call_op(scope, op, name, operands.count, operands.items, attrs.count, attrs.items);
}

hr_outputs hr_dequeue_many_with(hr_scope scope, hr_tensor_queue *queue, hr_operand n, const hr_op_options *options) {
  if (!usable(scope, queue)) return (hr_outputs){0, NULL};
  hr_node *node = take_batch(scope, queue, is_reference(queue) ? "QueueDequeueMany" : "QueueDequeueManyV2", n,
                             op_name(scope, name_of(options), queue, "DequeueMany"));
  return taken(scope, queue, node, node ? known_rows(scope, node->inputs[1]) : HR_UNKNOWN_DIM);
}

hr_outputs hr_dequeue_up_to_with(hr_scope scope, hr_tensor_queue *queue, hr_operand n, const hr_op_options *options) {
  if (!usable(scope, queue)) return (hr_outputs){0, NULL};
  hr_node *node = take_batch(scope, queue, is_reference(queue) ? "QueueDequeueUpTo" : "QueueDequeueUpToV2", n,
                             op_name(scope, name_of(options), queue, "DequeueUpTo"));
  return taken(scope, queue, node, HR_UNKNOWN_DIM);
}

/* ---- closing and looking ---------------------------------------------------------------------------------------- */

hr_node *hr_tensor_queue_close_with(hr_scope scope, hr_tensor_queue *queue,
                                    const hr_tensor_queue_close_options *options) {
  if (!usable(scope, queue)) return NULL;
  hr_operands operands = HR_OPERANDS(queue->handle);
  hr_attrs attrs =
      HR_ATTRS({"cancel_pending_enqueues", HR_ATTR_BOOL_VALUE(options && options->cancel_pending_enqueues)});
  return hr_call_op(scope, is_reference(queue) ? "QueueClose" : "QueueCloseV2",
                    op_name(scope, options ? options->name : NULL, queue, "Close"), operands.count, operands.items,
                    attrs.count, attrs.items);
}

hr_output hr_tensor_queue_is_closed_with(hr_scope scope, hr_tensor_queue *queue, const hr_op_options *options) {
  if (!usable(scope, queue)) return HR_NO_OUTPUT;
  return hr_call_one(scope, is_reference(queue) ? "QueueIsClosed" : "QueueIsClosedV2",
                     op_name(scope, name_of(options), queue, "Is_Closed"), HR_OPERANDS(queue->handle), HR_NO_ATTRS);
}

hr_output hr_tensor_queue_size_with(hr_scope scope, hr_tensor_queue *queue, const hr_op_options *options) {
  if (!usable(scope, queue)) return HR_NO_OUTPUT;
  return hr_call_one(scope, is_reference(queue) ? "QueueSize" : "QueueSizeV2",
                     op_name(scope, name_of(options), queue, "Size"), HR_OPERANDS(queue->handle), HR_NO_ATTRS);
}
