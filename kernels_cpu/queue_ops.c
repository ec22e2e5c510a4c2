/* Queues: the ops that make, fill, empty and close them, by handle (V2) and by reference. Those that wait hold no
 * thread (runtime/resource/queue.h). */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/step_object.h"
#include "runtime/graph/node.h"
#include "runtime/resource/queue_kinds.h"
#include <stdlib.h>
#include <string.h>

/* ---- making ----------------------------------------------------------------------------------------------------- */

typedef struct queue_making {
  const hr_kernel_construction *construction;
  hr_queue_plan options;
} queue_making;

static hr_status make_queue(void *argument, hr_resource **out) {
  queue_making *making = argument;
  char *name = hr_object_name(making->construction);
  if (!name) return hr_error_out_of_memory(0, "the name of a queue");
  making->options.name = name;
  hr_queue *queue;
  hr_status status = hr_queue_new(&making->options, &queue);
  free(name);
  if (!status) *out = hr_queue_resource(queue);
  return status;
}

static const char *name_of_queue(const hr_resource *queue) { return hr_queue_name((const hr_queue *)queue); }

static hr_status optional_int(const hr_kernel_construction *c, const char *name, int64_t *out) {
  *out = 0;
  return hr_node_attr(c->node, name) ? hr_construction_int(c, name, out) : HR_SUCCESS;
}

static hr_status read_options(const hr_kernel_construction *c, hr_queue_plan *o) {
  const hr_attr_value *types, *shapes;
  HR_TRY(hr_construction_attr(c, "component_types", &types));
  HR_TRY(hr_construction_attr(c, "shapes", &shapes));
  HR_TRY(hr_construction_int(c, "capacity", &o->capacity));
  HR_TRY(optional_int(c, "min_after_dequeue", &o->min_after_dequeue));
  HR_TRY(optional_int(c, "seed", &o->seed));
  HR_TRY(optional_int(c, "seed2", &o->second_seed));
  o->num_components = types->count;
  o->dtypes = types->types;
  o->num_shapes = shapes->count;
  o->shapes = shapes->shapes;
  return HR_SUCCESS;
}

/* PriorityQueue has its priorities in front. `*dtypes` and `*shapes` are the caller's to free. */
static hr_status add_priorities(hr_queue_plan *o, int32_t **dtypes, hr_partial_shape **shapes) {
  size_t count = (size_t)o->num_components;
  if (o->num_shapes && o->num_shapes != o->num_components)
    return hr_error(HR_INVALID_ARGUMENT, "A queue of %d components has %d shapes", o->num_components, o->num_shapes);
  *dtypes = malloc(sizeof **dtypes * (count + 1));
  *shapes = malloc(sizeof **shapes * (count + 1));
  if (!*dtypes || !*shapes) return hr_error_out_of_memory(sizeof **shapes * count, "a queue's shapes");
  (*dtypes)[0] = HR_INT64;
  (*shapes)[0] = HR_SHAPE();
  if (count) memcpy(*dtypes + 1, o->dtypes, sizeof **dtypes * count);
  if (o->num_shapes) memcpy(*shapes + 1, o->shapes, sizeof **shapes * count);
  o->dtypes = *dtypes;
  o->shapes = *shapes;
  o->num_shapes += o->num_shapes > 0;
  ++o->num_components;
  return HR_SUCCESS;
}

static hr_status look_up_or_make(const hr_kernel_construction *c, const hr_queue_plan *options, void **state) {
  queue_making making = {.construction = c, .options = *options};
  HR_TRY(hr_object_state_new(c, &hr_queue_type, make_queue, &making, name_of_queue, state));
  hr_status status = hr_queue_check_plan((hr_queue *)hr_object_of_state(*state), options);
  if (!status) return HR_SUCCESS;
  hr_object_state_free(*state);
  *state = NULL;
  return status;
}

static hr_status queue_create(const hr_kernel_construction *c, const hr_queue_kind *kind, void **state) {
  hr_queue_plan options = {.kind = kind};
  HR_TRY(read_options(c, &options));
  if (!kind->has_priorities) return look_up_or_make(c, &options, state);
  int32_t *dtypes = NULL;
  hr_partial_shape *shapes = NULL;
  hr_status status = add_priorities(&options, &dtypes, &shapes);
  if (!status) status = look_up_or_make(c, &options, state);
  free(dtypes);
  free(shapes);
  return status;
}

static hr_status fifo_create(const hr_kernel_construction *c, void **state) {
  return queue_create(c, &hr_fifo_kind, state);
}
static hr_status shuffle_create(const hr_kernel_construction *c, void **state) {
  return queue_create(c, &hr_shuffle_kind, state);
}
static hr_status padding_create(const hr_kernel_construction *c, void **state) {
  return queue_create(c, &hr_padding_kind, state);
}
static hr_status priority_create(const hr_kernel_construction *c, void **state) {
  return queue_create(c, &hr_priority_kind, state);
}

#define HR_QUEUE_KERNELS(op_name, create_function)                                                                     \
  HR_KERNEL(.op = op_name, .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = create_function,                   \
            .destroy = hr_object_state_free, .compute = hr_output_object);                                             \
  HR_KERNEL(.op = op_name "V2", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = create_function,              \
            .destroy = hr_object_state_free, .compute = hr_output_object)

HR_QUEUE_KERNELS("FIFOQueue", fifo_create);
HR_QUEUE_KERNELS("RandomShuffleQueue", shuffle_create);
HR_QUEUE_KERNELS("PaddingFIFOQueue", padding_create);
HR_QUEUE_KERNELS("PriorityQueue", priority_create);

/* ---- filling and emptying --------------------------------------------------------------------------------------- */

/* Ops with a timeout of their own never came to be. */
static hr_status waiting_create(const hr_kernel_construction *c, void **state) {
  int64_t timeout;
  HR_TRY(hr_construction_int(c, "timeout_ms", &timeout));
  *state = NULL;
  return timeout == -1 ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "Timeout not supported yet.");
}

/* Answers now, or the queue does later. */
#define HR_ANSWER(at_once)                                                                                             \
  do {                                                                                                                 \
    if (at_once) done(argument, status);                                                                               \
  } while (0)

static void enqueue(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_queue *queue;
  hr_status status = hr_input_queue(ctx, 0, &queue);
  HR_ANSWER(status || hr_queue_enqueue(queue, ctx, 1, done, argument, &status));
}

static void enqueue_many(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_queue *queue;
  hr_status status = hr_input_queue(ctx, 0, &queue);
  HR_ANSWER(status || hr_queue_enqueue_many(queue, ctx, 1, done, argument, &status));
}

/* The queue to take from, whose components must be the node's outputs. */
static hr_status source(hr_kernel_context *ctx, hr_queue **queue) {
  HR_TRY(hr_input_queue(ctx, 0, queue));
  const hr_attr_value *types = hr_node_attr(hr_context_node(ctx), "component_types");
  return hr_queue_check_dtypes(*queue, types->count, types->types);
}

/* Values are what outputs are made of, one after the other. */
_Static_assert(sizeof(hr_value) == sizeof(hr_tensor), "outputs are an array of tensors");

static void dequeue(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_queue *queue;
  hr_status status = source(ctx, &queue);
  HR_ANSWER(status || hr_queue_dequeue(queue, ctx, hr_output_slot(ctx, 0), done, argument, &status));
}

static void dequeue_batch(hr_kernel_context *ctx, bool up_to, hr_done_function done, void *argument) {
  hr_queue *queue;
  int64_t count = 0;
  hr_status status = source(ctx, &queue);
  if (!status) status = hr_scalar_argument(hr_input(ctx, 1), "The number of elements to dequeue", &count);
  HR_ANSWER(status || hr_queue_dequeue_many(queue, ctx, count, up_to, hr_output_slot(ctx, 0), done, argument, &status));
}

static void dequeue_many(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  dequeue_batch(ctx, false, done, argument);
}

static void dequeue_up_to(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  dequeue_batch(ctx, true, done, argument);
}

static hr_status close_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"cancel_pending_enqueues", NULL}, state);
}

static void close_queue(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  hr_queue *queue;
  hr_status status = hr_input_queue(ctx, 0, &queue);
  HR_ANSWER(status || hr_queue_close(queue, ctx, hr_state_flag(ctx, 0), done, argument, &status));
}

#define HR_WAITING_KERNELS(op_name, create_function, function)                                                         \
  HR_KERNEL(.op = op_name, .flags = HR_KERNEL_CHEAP, .create = create_function, .compute_async = function);            \
  HR_KERNEL(.op = op_name "V2", .flags = HR_KERNEL_CHEAP, .create = create_function, .compute_async = function)

HR_WAITING_KERNELS("QueueEnqueue", waiting_create, enqueue);
HR_WAITING_KERNELS("QueueEnqueueMany", waiting_create, enqueue_many);
HR_WAITING_KERNELS("QueueDequeue", waiting_create, dequeue);
HR_WAITING_KERNELS("QueueDequeueMany", waiting_create, dequeue_many);
HR_WAITING_KERNELS("QueueDequeueUpTo", waiting_create, dequeue_up_to);
HR_WAITING_KERNELS("QueueClose", close_create, close_queue);

/* ---- looking ---------------------------------------------------------------------------------------------------- */

static hr_status queue_size(hr_kernel_context *ctx) {
  hr_queue *queue;
  HR_TRY(hr_input_queue(ctx, 0, &queue));
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)hr_queue_size(queue));
  return HR_SUCCESS;
}

static hr_status queue_is_closed(hr_kernel_context *ctx) {
  hr_queue *queue;
  HR_TRY(hr_input_queue(ctx, 0, &queue));
  *hr_output_slot(ctx, 0) = hr_tensor_bool(hr_queue_is_closed(queue));
  return HR_SUCCESS;
}

HR_KERNEL(.op = "QueueSize", .flags = HR_KERNEL_CHEAP, .compute = queue_size);
HR_KERNEL(.op = "QueueSizeV2", .flags = HR_KERNEL_CHEAP, .compute = queue_size);
HR_KERNEL(.op = "QueueIsClosed", .flags = HR_KERNEL_CHEAP, .compute = queue_is_closed);
HR_KERNEL(.op = "QueueIsClosedV2", .flags = HR_KERNEL_CHEAP, .compute = queue_is_closed);

/* ---- a reference from a handle ---------------------------------------------------------------------------------- */

static hr_status fake_queue(hr_kernel_context *ctx) {
  hr_queue *queue;
  hr_variable *reference;
  HR_TRY(hr_input_queue(ctx, 0, &queue));
  char *name = hr_step_object_name(ctx, "name"); /* the op has no such attribute: its own name and a number */
  if (!name) return hr_error_out_of_memory(0, "the name of a queue");
  hr_status status = hr_reference_handle_new(hr_queue_resource(queue), "localhost", hr_queue_name(queue), &reference);
  if (!status) {
    status = hr_step_object_add(ctx, "_queues", name, &reference->resource); /* it ends with the step */
    if (!status) hr_output_set_ref(ctx, 0, reference);
    hr_resource_unref(&reference->resource);
  }
  free(name);
  return status;
}
HR_KERNEL(.op = "FakeQueue", .flags = HR_KERNEL_CHEAP, .compute = fake_queue);
