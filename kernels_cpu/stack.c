/* StackV2, StackPushV2, StackPopV2, StackCloseV2, and those of old graphs: what a loop remembers of each iteration for
 * its gradient.
 *
 * Push and pop are on the way of every iteration: they go straight to the stack by its handle's pointer, and move one
 * tensor under a lock of a few instructions. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/step_object.h"
#include "runtime/base/heap.h"
#include "runtime/base/spin_lock.h"

#include <inttypes.h>
#include <stdlib.h>

#define CONTAINER "_stacks"

/* Elements stand in chunks that never move: a stack grows without copying, and memory of chunks is had again quickly.
 */
enum { CHUNK = 56 }; /* 8 KiB */
typedef struct chunk {
  struct chunk *below;
  hr_tensor elements[CHUNK];
} chunk;

typedef struct stack {
  hr_resource resource;
  hr_spin_lock lock; /* guards what follows, but for what is fixed at birth */
  hr_dtype dtype;    /* fixed */
  char *name;        /* fixed */
  int64_t max_size;  /* fixed; negative: any */
  bool closed;
  int64_t size; /* of all chunks; all but the last are full */
  chunk *last;
  chunk *spare; /* empty; kept where elements come and go across the border of two chunks */
} stack;

/* How many elements stand in the last chunk: 1 to CHUNK. */
static int in_last(int64_t size) { return (int)((size - 1) % CHUNK) + 1; }

static void close_stack(stack *s) {
  hr_spin_lock_take(&s->lock);
  chunk *last = s->last, *spare = s->spare;
  int count = last ? in_last(s->size) : 0;
  s->last = s->spare = NULL;
  s->size = 0;
  s->closed = true;
  hr_spin_lock_give(&s->lock);
  for (; last; count = CHUNK) {
    for (int i = 0; i < count; ++i)
      hr_tensor_clear(&last->elements[i]);
    chunk *below = last->below;
    hr_heap_free(last);
    last = below;
  }
  hr_heap_free(spare);
}

static void end_stack(hr_resource *resource) { close_stack((stack *)resource); }

static void destroy_stack(hr_resource *resource) {
  stack *s = (stack *)resource;
  close_stack(s);
  free(s->name);
  free(s);
}

static const hr_resource_type stack_type = {.name = "Stack", .destroy = destroy_stack, .end = end_stack};

/* ---- making ---------------------------------------------------------------------------------------------------- */

static hr_status stack_of_size(hr_kernel_context *ctx, int64_t max_size) {
  stack *s = calloc(1, sizeof *s);
  char *name = hr_step_object_name(ctx, "stack_name");
  if (!s || !name) {
    free(s);
    free(name);
    return hr_error_out_of_memory(sizeof *s, "a stack");
  }
  hr_resource_init(&s->resource, &stack_type);
  s->dtype = (hr_dtype)hr_node_attr(hr_context_node(ctx), "elem_type")->type;
  s->name = name;
  s->max_size = max_size;
  hr_status status = hr_step_object_add(ctx, CONTAINER, name, &s->resource);
  if (!status) status = hr_step_object_output(ctx, 0, CONTAINER, name, &s->resource);
  hr_resource_unref(&s->resource); /* the step has one of its own */
  return status;
}

static hr_status stack_v2(hr_kernel_context *ctx) {
  const hr_tensor *max_size = hr_input(ctx, 0);
  if (max_size->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Stack size must be a scalar, but had shape: %s",
                    HR_TENSOR_SHAPE_TEXT(max_size));
  return stack_of_size(ctx, *(const int32_t *)hr_tensor_data(max_size));
}
HR_KERNEL(.op = "StackV2", .compute = stack_v2, .argument = &hr_handle_pointer);

static hr_status stack_v1(hr_kernel_context *ctx) { return stack_of_size(ctx, -1); }
HR_KERNEL(.op = "Stack", .compute = stack_v1, .argument = &hr_handle_name_reference);

/* ---- pushing and popping --------------------------------------------------------------------------------------- */

static hr_status closed_already(const stack *s) {
  return hr_error(HR_INVALID_ARGUMENT, "Stack[%s] has already been closed.", s->name);
}

/* A chunk for the next element; lock held. */
static hr_status add_chunk(stack *s) {
  chunk *added = s->spare ? s->spare : hr_heap_allocate(sizeof *added, HR_ALIGNMENT);
  if (!added) return hr_error_out_of_memory(sizeof *added, "a stack's elements");
  s->spare = NULL;
  added->below = s->last;
  s->last = added;
  return HR_SUCCESS;
}

/* The last chunk has lost its only element; lock held. */
static void drop_chunk(stack *s) {
  chunk *empty = s->last;
  s->last = empty->below;
  hr_heap_free(s->spare);
  s->spare = empty;
}

/* Takes over the element on success. */
static hr_status put(stack *s, const hr_tensor *element) {
  hr_status status = HR_SUCCESS;
  hr_spin_lock_take(&s->lock);
  int place = (int)(s->size % CHUNK);
  if (s->closed)
    status = closed_already(s);
  else if (s->max_size >= 0 && s->size >= s->max_size)
    status = hr_error(HR_INVALID_ARGUMENT, "Stack[%s] overflowed its max_size (%" PRId64 ")", s->name, s->max_size);
  else if (place == 0)
    status = add_chunk(s);
  if (!status) {
    s->last->elements[place] = *element;
    ++s->size;
  }
  hr_spin_lock_give(&s->lock);
  return status;
}

static hr_status take(stack *s, hr_tensor *element) {
  hr_status status = HR_SUCCESS;
  hr_spin_lock_take(&s->lock);
  if (s->closed) {
    status = closed_already(s);
  } else if (s->size == 0) {
    status = hr_error(HR_INVALID_ARGUMENT, "Stack[%s] is empty when calling Pop().", s->name);
  } else {
    int place = (int)(--s->size % CHUNK);
    *element = s->last->elements[place];
    if (place == 0) drop_chunk(s);
  }
  hr_spin_lock_give(&s->lock);
  return status;
}

static hr_status push(hr_kernel_context *ctx) {
  hr_resource *resource;
  HR_TRY(hr_step_object_take(ctx, &stack_type, &resource));
  stack *s = (stack *)resource;
  hr_tensor element = {0};
  hr_dtype dtype = hr_tensor_dtype(hr_input(ctx, 1));
  hr_status status = HR_SUCCESS;
  if (dtype != s->dtype)
    status = hr_error(HR_INVALID_ARGUMENT, "Stack[%s] must have elements of type %s, but got %s", s->name,
                      hr_dtype_name(s->dtype), hr_dtype_name(dtype));
  if (!status) status = hr_keep_input_in_step(ctx, 1, &element);
  if (!status) {
    status = put(s, &element);
    if (status) hr_tensor_clear(&element);
  }
  if (!status) hr_output_share(ctx, 0, 1, NULL);
  hr_step_object_give(ctx, resource);
  return status;
}
HR_KERNEL(.op = "StackPushV2", .compute = push, .argument = &hr_handle_pointer);
HR_KERNEL(.op = "StackPush", .compute = push, .argument = &hr_handle_name_reference);

static hr_status pop(hr_kernel_context *ctx) {
  hr_resource *resource;
  HR_TRY(hr_step_object_take(ctx, &stack_type, &resource));
  stack *s = (stack *)resource;
  hr_dtype wanted = hr_output_type(ctx, 0);
  hr_status status;
  if (wanted != s->dtype)
    status = hr_error(HR_INTERNAL, "Stack[%s] has elements of type %s, not %s", s->name, hr_dtype_name(s->dtype),
                      hr_dtype_name(wanted));
  else
    status = take(s, hr_output_slot(ctx, 0));
  hr_step_object_give(ctx, resource);
  return status;
}
HR_KERNEL(.op = "StackPopV2", .compute = pop, .argument = &hr_handle_pointer);
HR_KERNEL(.op = "StackPop", .compute = pop, .argument = &hr_handle_name_reference);

static hr_status close_op(hr_kernel_context *ctx) {
  hr_resource *resource;
  HR_TRY(hr_step_object_take(ctx, &stack_type, &resource));
  close_stack((stack *)resource);
  hr_step_object_give(ctx, resource);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "StackCloseV2", .compute = close_op, .argument = &hr_handle_pointer);
HR_KERNEL(.op = "StackClose", .compute = close_op, .argument = &hr_handle_name_reference);
