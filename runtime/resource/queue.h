/* Queues: FIFOQueue, RandomShuffleQueue, PaddingFIFOQueue and PriorityQueue. An element is a tuple of tensors.
 *
 * Who cannot be served waits in line without a thread: enqueues in one line, dequeues in another, each in the order in
 * which they came. Whoever changes a queue serves both lines as far as that goes, and answers those that are through
 * when the queue's lock is given back. Under the lock elements only change hands; they are cut from batches before, and
 * put together to batches afterwards.
 */
#ifndef HR_RUNTIME_RESOURCE_QUEUE_H
#define HR_RUNTIME_RESOURCE_QUEUE_H

#include "runtime/resource/object_handle.h"

typedef struct hr_queue hr_queue;

/* All kinds of queues are of one type, so that a name stands for one queue. */
extern const hr_resource_type hr_queue_type;
/* Staging areas are queues that are found under names of their own. */
extern const hr_resource_type hr_staging_area_type;

/* What a queue is made with; everything is copied. */
typedef struct hr_queue_plan {
  const struct hr_queue_kind *kind; /* queue_kinds.h */
  const char *name;                 /* for messages */
  int32_t num_components;
  const int32_t *dtypes; /* hr_dtype */
  int32_t num_shapes;    /* num_components, or 0: elements of any shape, which make no batches */
  const hr_partial_shape *shapes;
  int64_t capacity;          /* negative: any number of elements */
  int64_t min_after_dequeue; /* so many are left while the queue is open */
  int64_t memory_limit;      /* the most bytes of all elements; 0: any */
  int64_t seed, second_seed; /* of a RandomShuffleQueue; both 0: from the system */
} hr_queue_plan;

/* A queue with one reference. InvalidArgument for options that contradict each other, ResourceExhausted. */
HR_MUST_USE hr_status hr_queue_new(const hr_queue_plan *options, hr_queue **out);
/* InvalidArgument where a queue, found by its name, is another one than is asked for. */
HR_MUST_USE hr_status hr_queue_check_plan(const hr_queue *queue, const hr_queue_plan *options);
static inline hr_resource *hr_queue_resource(hr_queue *queue) { return (hr_resource *)queue; }

/* The queue that input `index` of a node leads to, borrowed for as long as the node runs: a handle (QueueV2), or a
 * reference to a string (Queue, FakeQueue). InvalidArgument for a handle of something else. */
static inline HR_MUST_USE hr_status hr_input_queue(const hr_kernel_context *ctx, int index, hr_queue **out) {
  hr_resource *resource;
  HR_TRY(hr_input_object(ctx, index, &hr_queue_type, &resource));
  *out = (hr_queue *)resource;
  return HR_SUCCESS;
}

/* The dtypes of the components must be these. InvalidArgument. */
HR_MUST_USE hr_status hr_queue_check_dtypes(const hr_queue *queue, int32_t count, const int32_t *dtypes);

const char *hr_queue_name(const hr_queue *queue);
int32_t hr_queue_num_components(const hr_queue *queue);
int64_t hr_queue_size(hr_queue *queue);
bool hr_queue_is_closed(hr_queue *queue);

/* ---- what may wait ---------------------------------------------------------------------------------------------- */

/* Each of these answers true where it is done at once, and `*status` says how; it holds no thread. Otherwise it answers
 * false, and `done(argument, status)` follows: on any thread, perhaps before the function returns. While it waits it is
 * watched over by the node's step: a run that is cancelled ends it with Cancelled. `ctx` and what else is given must
 * stay until the answer. Whoever waits holds a reference to the queue.
 *
 * Errors: Cancelled where the queue is closed (enqueues) or the run was cancelled, OutOfRange where it is closed and
 * has not enough elements, InvalidArgument for elements of wrong shapes, ResourceExhausted. */

/* One element: out[i], overwritten, becomes component i, the caller's. */
HR_MUST_USE bool hr_queue_dequeue(hr_queue *queue, hr_kernel_context *ctx, hr_tensor *out, hr_done_function done,
                                  void *argument, hr_status *status);
/* A batch of `count` elements, or (`up_to`) as many as are left of a closed queue. Needs component shapes. */
HR_MUST_USE bool hr_queue_dequeue_many(hr_queue *queue, hr_kernel_context *ctx, int64_t count, bool up_to,
                                       hr_tensor *out, hr_done_function done, void *argument, hr_status *status);
/* One element, whose component i is input first + i of the node. */
HR_MUST_USE bool hr_queue_enqueue(hr_queue *queue, hr_kernel_context *ctx, int first, hr_done_function done,
                                  void *argument, hr_status *status);
/* A batch, as many elements as the inputs have rows. What fits goes in while the rest waits. */
HR_MUST_USE bool hr_queue_enqueue_many(hr_queue *queue, hr_kernel_context *ctx, int first, hr_done_function done,
                                       void *argument, hr_status *status);
/* Closes the queue: behind the enqueues that wait, or (`cancel_pending_enqueues`) at once, which cancels them.
 * Cancelled where it is closed already. The first form may wait; where its run is cancelled the queue is closed all the
 * same when its turn comes. */
HR_MUST_USE bool hr_queue_close(hr_queue *queue, hr_kernel_context *ctx, bool cancel_pending_enqueues,
                                hr_done_function done, void *argument, hr_status *status);

/* A copy of element `index`, as soon as there is one; others are not held up by who waits for it. */
HR_MUST_USE bool hr_queue_peek(hr_queue *queue, hr_kernel_context *ctx, int64_t index, hr_tensor *out,
                               hr_done_function done, void *argument, hr_status *status);
/* Puts an element, which is taken, into a queue without a limit: nobody waits. */
HR_MUST_USE hr_status hr_queue_add(hr_queue *queue, hr_tensor *element);
/* hr_queue_close with cancel_pending_enqueues. */
void hr_queue_close_at_once(hr_queue *queue);
/* Drops all elements. */
void hr_queue_clear(hr_queue *queue);

#endif
