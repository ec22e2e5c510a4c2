/* What kernels call: see headrace/kernel.h. */
#include "runtime/exec/poll.h"

int hr_input_count(const hr_kernel_context *ctx) { return ctx->node->num_inputs; }
int hr_output_count(const hr_kernel_context *ctx) { return ctx->node->num_outputs; }
const hr_node *hr_context_node(const hr_kernel_context *ctx) { return ctx->node->node; }
const void *hr_context_argument(const hr_kernel_context *ctx) { return ctx->node->kernel->argument; }
hr_resource_manager *hr_context_resources(const hr_kernel_context *ctx) { return ctx->step->resources; }

hr_dtype hr_output_type(const hr_kernel_context *ctx, int index) {
  return hr_dtype_base(hr_node_output_dtype(ctx->node->node, index));
}

/* The same on a device with memory of its own. */
static __attribute__((noinline, cold)) hr_allocator *device_memory_of_output(const hr_kernel_context *ctx, int index) {
  bool is_host = index < 64 && (ctx->node->host_outputs >> index & 1);
  return is_host ? &ctx->step->allocator.base : ctx->node->device->allocator;
}

/* Where an output lives: in the step's memory, or in that of its device. */
static inline hr_allocator *memory_of_output(const hr_kernel_context *ctx, int index) {
  if (__builtin_expect(ctx->node->lane == 0, 1)) return &ctx->step->allocator.base;
  return device_memory_of_output(ctx, index);
}

static inline hr_allocator *working_memory(const hr_kernel_context *ctx) {
  return __builtin_expect(ctx->node->lane == 0, 1) ? &ctx->step->allocator.base : ctx->node->device->allocator;
}

hr_allocator *hr_kept_memory(const hr_kernel_context *ctx) {
  return ctx->node->lane == 0 ? ctx->step->allocator.source : ctx->node->device->allocator;
}

hr_status hr_output_new(hr_kernel_context *ctx, int index, const hr_shape *shape, hr_tensor **out) {
  *out = &ctx->outputs[index].tensor;
  return hr_tensor_new(memory_of_output(ctx, index), hr_output_type(ctx, index), shape, *out);
}

hr_status hr_temporary_new(hr_kernel_context *ctx, hr_dtype dtype, const hr_shape *shape, hr_tensor *out) {
  return hr_tensor_new(working_memory(ctx), dtype, shape, out);
}

/* The step's own view of an input: its executor lets a node consume what `forwardable` allows. */
static hr_tensor *owned_input(hr_kernel_context *ctx, int index) {
  if (index >= 64 || !(ctx->forwardable >> index & 1)) return NULL;
  hr_tensor *input = &((hr_value *)(uintptr_t)ctx->inputs[index])->tensor;
  if (!input->buffer || input->buffer->borrowed || hr_buffer_is_shared(input->buffer)) return NULL;
  return input;
}

static void set_shape(hr_tensor *tensor, const hr_shape *shape) {
  tensor->rank = (int8_t)shape->rank;
  for (int i = 0; i < shape->rank; ++i)
    tensor->dims[i] = shape->dims[i];
}

hr_status hr_output_forward_or_new(hr_kernel_context *ctx, uint64_t candidates, int index, const hr_shape *shape,
                                   hr_tensor **out) {
  uint64_t usable = candidates & ctx->forwardable;
  if (usable) {
    hr_dtype dtype = hr_output_type(ctx, index);
    int64_t elements = hr_shape_elements(shape);
    for (; usable; usable &= usable - 1) {
      hr_tensor *input = owned_input(ctx, __builtin_ctzll(usable));
      if (!input || input->elements != elements || !hr_dtype_is_plain(dtype) ||
          hr_dtype_size(hr_tensor_dtype(input)) != hr_dtype_size(dtype))
        continue;
      hr_tensor *output = *out = &ctx->outputs[index].tensor;
      output->buffer = input->buffer;
      output->data = input->data;
      output->dtype = (uint8_t)dtype;
      output->elements = elements;
      set_shape(output, shape);
      input->buffer = NULL; /* the bytes stay readable through input->data until the node is done */
      return HR_SUCCESS;
    }
  }
  return hr_output_new(ctx, index, shape, out);
}

void hr_output_share(hr_kernel_context *ctx, int output, int input, const hr_shape *shape) {
  const hr_tensor *from = &ctx->inputs[input]->tensor;
  hr_tensor *to = &ctx->outputs[output].tensor;
  hr_tensor *owned = owned_input(ctx, input);
  if (!owned) {
    hr_tensor_copy(from, to);
  } else {
    *to = *owned;
    owned->buffer = NULL;
  }
  if (shape) set_shape(to, shape);
}

/* A copy in the memory where it is, that may outlive the step. */
static hr_status keep_copy(hr_kernel_context *ctx, const hr_tensor *in, hr_tensor *out) {
  hr_allocator *device = ctx->node->device->allocator;
  bool is_on_device = in->buffer && in->buffer->allocator == device;
  return hr_tensor_clone(is_on_device ? device : ctx->step->allocator.source, in, out);
}

hr_status hr_keep(hr_kernel_context *ctx, hr_tensor *in, hr_tensor *out) {
  if (!in->buffer || in->buffer->borrowed || hr_buffer_is_shared(in->buffer) ||
      !hr_step_allocator_detach(&ctx->step->allocator, in->buffer))
    return keep_copy(ctx, in, out);
  *out = *in;
  *in = (hr_tensor){0};
  return HR_SUCCESS;
}

bool hr_owns_input(hr_kernel_context *ctx, int index) {
  const hr_tensor *owned = owned_input(ctx, index);
  return owned && hr_step_allocator_may_detach(&ctx->step->allocator, owned->buffer);
}

hr_status hr_keep_input(hr_kernel_context *ctx, int index, hr_tensor *out) {
  hr_tensor *owned = owned_input(ctx, index);
  if (!owned || !hr_step_allocator_detach(&ctx->step->allocator, owned->buffer))
    return keep_copy(ctx, &ctx->inputs[index]->tensor, out);
  *out = *owned;
  owned->buffer = NULL;
  return HR_SUCCESS;
}

hr_status hr_keep_input_shared(const hr_kernel_context *ctx, int index, hr_tensor *out) {
  const hr_plan *plan = ctx->step->plan;
  const hr_value *value = ctx->inputs[index];
  bool is_constant = value >= plan->constants && value < plan->constants + plan->num_constants;
  const hr_buffer *buffer = value->tensor.buffer;
  if (!is_constant || (buffer && buffer->allocator != ctx->step->allocator.source))
    return hr_tensor_clone(ctx->step->allocator.source, &value->tensor, out);
  hr_tensor_copy(&value->tensor, out);
  return HR_SUCCESS;
}

hr_status hr_keep_input_in_step(hr_kernel_context *ctx, int index, hr_tensor *out) {
  const hr_tensor *in = &ctx->inputs[index]->tensor;
  if (in->buffer && in->buffer->allocator != &ctx->step->allocator.base) return keep_copy(ctx, in, out);
  hr_tensor_copy(in, out);
  return HR_SUCCESS;
}

/* A loop so long that the host's hook is called in it. */
typedef struct polled_loop {
  void (*body)(void *argument, int64_t begin, int64_t end);
  void *argument;
  hr_step *step;
  int64_t piece;
} polled_loop;

/* The calling thread works in pieces; workers take their ranges whole. */
static void polled_range(void *argument, int64_t begin, int64_t end) {
  const polled_loop *loop = argument;
  if (!hr_poll_is_caller(loop->step)) {
    loop->body(loop->argument, begin, end);
    return;
  }
  for (int64_t next; begin < end; begin = next) {
    next = end - begin > loop->piece ? begin + loop->piece : end;
    loop->body(loop->argument, begin, next);
    if (hr_cancellation_word(&loop->step->cancellation)) hr_poll_attend(loop->step);
  }
}

/* Kernels that work on a variable hold its lock. */
static bool may_hold_lock(const hr_op_def *op) {
  for (int i = 0; i < op->num_inputs; ++i) {
    if (hr_arg_is_variable(&op->inputs[i])) return true;
  }
  return false;
}

void hr_parallel_for(hr_kernel_context *ctx, int64_t total, double unit_nanos,
                     void (*body)(void *argument, int64_t begin, int64_t end), void *argument) {
  polled_loop polled;
  if ((double)total * unit_nanos > HR_POLL_NANOS && hr_poll_is_caller(ctx->step) &&
      !may_hold_lock(ctx->node->node->op)) {
    double piece = HR_POLL_NANOS / 4 / unit_nanos;
    polled = (polled_loop){body, argument, ctx->step, piece < 1 ? 1 : (int64_t)piece};
    body = polled_range;
    argument = &polled;
  }
  if (hr_thread_pool_for(ctx->step->pool, total, unit_nanos, body, argument))
    atomic_store_explicit(&ctx->step->split, true, memory_order_relaxed);
}
int hr_parallelism(const hr_kernel_context *ctx) { return hr_thread_pool_threads(ctx->step->pool); }

hr_resource_manager *hr_context_step_resources(const hr_kernel_context *ctx) {
  return hr_step_local_resources(ctx->step);
}

bool hr_watch_cancel(hr_kernel_context *ctx, hr_cancel_watch *watch) {
  return hr_cancellation_watch(&ctx->step->cancellation, watch);
}
void hr_unwatch_cancel(hr_kernel_context *ctx, hr_cancel_watch *watch) {
  hr_cancellation_unwatch(&ctx->step->cancellation, watch);
}

bool hr_is_cancelled(const hr_kernel_context *ctx) { return hr_cancellation_reason(&ctx->step->cancellation) != HR_OK; }

/* ---- construction ---------------------------------------------------------------------------------------------- */

hr_status hr_construction_attr(const hr_kernel_construction *c, const char *name, const hr_attr_value **out) {
  *out = hr_node_attr(c->node, name);
  if (*out) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "No attr named '%s' in node %s (%s)", name, hr_node_name(c->node),
                  hr_node_op(c->node));
}

static hr_status typed_attr(const hr_kernel_construction *c, const char *name, hr_attr_kind kind, const char *kind_name,
                            const hr_attr_value **out) {
  HR_TRY(hr_construction_attr(c, name, out));
  if ((*out)->kind == kind && !(*out)->is_list) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Attr '%s' of node %s (%s) is not of type %s", name, hr_node_name(c->node),
                  hr_node_op(c->node), kind_name);
}

hr_status hr_construction_int(const hr_kernel_construction *c, const char *name, int64_t *out) {
  const hr_attr_value *value;
  HR_TRY(typed_attr(c, name, HR_ATTR_INT, "int", &value));
  *out = value->i;
  return HR_SUCCESS;
}
hr_status hr_construction_float(const hr_kernel_construction *c, const char *name, float *out) {
  const hr_attr_value *value;
  HR_TRY(typed_attr(c, name, HR_ATTR_FLOAT, "float", &value));
  *out = value->f;
  return HR_SUCCESS;
}
hr_status hr_construction_bool(const hr_kernel_construction *c, const char *name, bool *out) {
  const hr_attr_value *value;
  HR_TRY(typed_attr(c, name, HR_ATTR_BOOL, "bool", &value));
  *out = value->b;
  return HR_SUCCESS;
}
hr_status hr_construction_type(const hr_kernel_construction *c, const char *name, hr_dtype *out) {
  const hr_attr_value *value;
  HR_TRY(typed_attr(c, name, HR_ATTR_TYPE, "type", &value));
  *out = (hr_dtype)value->type;
  return HR_SUCCESS;
}
