/* Queues: tuples of tensors that one run puts in and another takes out. tf.FIFOQueue and its kin.
 *
 *   hr_tensor_queue *q = hr_fifo_queue(s, 100, HR_TYPES(HR_FLOAT, HR_INT32), .shapes = HR_SHAPES(HR_SHAPE(2),
 * HR_SHAPE())); hr_node *put = hr_enqueue(s, q, HR_OPERANDS(x, y)); hr_outputs batch = hr_dequeue_many(s, q, 32);
 *
 * A run that wants to put something into a full queue, or to take something from one that has too little, waits; it
 * holds no thread of the pool meanwhile. Closing a queue ends that: what is in it may still be taken, then runs fail
 * with OutOfRange; what would go into it fails with Cancelled. A run's deadline, and closing the session, end waiting,
 * too.
 *
 * An hr_tensor_queue lives with the graph. Functions that fail answer NULL (or no output), and do nothing given NULL.
 */
#ifndef HEADRACE_QUEUES_H
#define HEADRACE_QUEUES_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_tensor_queue hr_tensor_queue;

/* ---- making ---------------------------------------------------------------------------------------------------- */

typedef struct hr_queue_options {
  hr_shapes shapes;        /* of the components, all of them or none: without, elements make no batches */
  hr_strings names;        /* of the components, all of them or none */
  const char *shared_name; /* for runs of several sessions and nodes; NULL: the node's own queue */
  const char *name;        /* NULL: the kind, "fifo_queue" */
} hr_queue_options;
/* tf.FIFOQueue: elements come out in the order in which they went in. `capacity`: the most elements; negative: any
 * number. InvalidArgument for shapes that are not full, and lists of other lengths. */
HR_API hr_tensor_queue *hr_fifo_queue_with(hr_scope scope, int64_t capacity, hr_types dtypes,
                                           const hr_queue_options *options);
#define hr_fifo_queue(scope, capacity, dtypes, ...)                                                                    \
  hr_fifo_queue_with((scope), (capacity), (dtypes), &(hr_queue_options){__VA_ARGS__})

/* tf.PaddingFIFOQueue: sizes in `shapes` may be unknown; the elements of a batch are padded with zeros to the largest.
 */
HR_API hr_tensor_queue *hr_padding_fifo_queue_with(hr_scope scope, int64_t capacity, hr_types dtypes,
                                                   const hr_queue_options *options);
#define hr_padding_fifo_queue(scope, capacity, dtypes, ...)                                                            \
  hr_padding_fifo_queue_with((scope), (capacity), (dtypes), &(hr_queue_options){__VA_ARGS__})

/* tf.PriorityQueue: elements have an int64 scalar in front, which `dtypes`, `shapes` and `names` leave out (names may
 * have it); those with the least come out first. */
HR_API hr_tensor_queue *hr_priority_queue_with(hr_scope scope, int64_t capacity, hr_types dtypes,
                                               const hr_queue_options *options);
#define hr_priority_queue(scope, capacity, dtypes, ...)                                                                \
  hr_priority_queue_with((scope), (capacity), (dtypes), &(hr_queue_options){__VA_ARGS__})

typedef struct hr_random_shuffle_queue_options {
  hr_shapes shapes;
  hr_strings names;
  int64_t seed; /* default HR_NO_SEED */
  const char *shared_name;
  const char *name;
} hr_random_shuffle_queue_options;
/* tf.RandomShuffleQueue: elements come out in random order. While it is open, `min_after_dequeue` of them stay, so that
 * there is something to choose from. */
HR_API hr_tensor_queue *hr_random_shuffle_queue_with(hr_scope scope, int64_t capacity, int64_t min_after_dequeue,
                                                     hr_types dtypes, const hr_random_shuffle_queue_options *options);
#define hr_random_shuffle_queue(scope, capacity, min_after_dequeue, dtypes, ...)                                       \
  HR_CALL_OP_(hr_random_shuffle_queue_options,                                                                         \
              hr_random_shuffle_queue_with((scope), (capacity), (min_after_dequeue), (dtypes), &hr_options_),          \
              .seed = HR_NO_SEED, ##__VA_ARGS__)

typedef struct hr_tensor_queue_of_options {
  hr_shapes shapes; /* as far as they are known; none: nothing is */
  hr_strings names;
} hr_tensor_queue_of_options;
/* tf.QueueBase: the queue that a handle leads to. */
HR_API hr_tensor_queue *hr_tensor_queue_of_with(hr_scope scope, hr_output handle, hr_types dtypes,
                                                const hr_tensor_queue_of_options *options);
#define hr_tensor_queue_of(scope, handle, dtypes, ...)                                                                 \
  hr_tensor_queue_of_with((scope), (handle), (dtypes), &(hr_tensor_queue_of_options){__VA_ARGS__})

/* tf.QueueBase.from_list: queues[index], where each run finds out which. A type error for queues of different dtypes or
 * names. */
HR_API hr_tensor_queue *hr_tensor_queue_select(hr_scope scope, hr_operand index, int32_t count,
                                               hr_tensor_queue *const *queues);

/* ---- what is known of a queue ---------------------------------------------------------------------------------- */

HR_API hr_output hr_tensor_queue_handle(const hr_tensor_queue *queue);
/* Of the components; borrowed. Shapes of which nothing is known are there too, names may be none. */
HR_API hr_types hr_tensor_queue_dtypes(const hr_tensor_queue *queue);
HR_API hr_shapes hr_tensor_queue_shapes(const hr_tensor_queue *queue);
HR_API hr_strings hr_tensor_queue_names(const hr_tensor_queue *queue);
/* Which component has this name; -1: none. */
HR_API int32_t hr_tensor_queue_component(const hr_tensor_queue *queue, const char *name);

/* ---- its ops --------------------------------------------------------------------------------------------------- */

/* Puts an element in: a value for each component. InvalidArgument for shapes that do not fit. */
HR_API hr_node *hr_enqueue_with(hr_scope scope, hr_tensor_queue *queue, hr_operands components,
                                const hr_op_options *options);
#define hr_enqueue(scope, queue, components, ...)                                                                      \
  hr_enqueue_with((scope), (queue), HR_OPERANDS_OF(components), &(hr_op_options){__VA_ARGS__})
/* Puts elements in: the rows of a value for each component. */
HR_API hr_node *hr_enqueue_many_with(hr_scope scope, hr_tensor_queue *queue, hr_operands components,
                                     const hr_op_options *options);
#define hr_enqueue_many(scope, queue, components, ...)                                                                 \
  hr_enqueue_many_with((scope), (queue), HR_OPERANDS_OF(components), &(hr_op_options){__VA_ARGS__})

/* Takes an element out: its components. Fetching one of them alone takes the whole element. */
HR_API hr_outputs hr_dequeue_with(hr_scope scope, hr_tensor_queue *queue, const hr_op_options *options);
#define hr_dequeue(scope, queue, ...) hr_dequeue_with((scope), (queue), &(hr_op_options){__VA_ARGS__})
/* Takes `n` elements out, as a batch along a new first dimension. A closed queue that has fewer keeps them. */
HR_API hr_outputs hr_dequeue_many_with(hr_scope scope, hr_tensor_queue *queue, hr_operand n,
                                       const hr_op_options *options);
#define hr_dequeue_many(scope, queue, n, ...)                                                                          \
  hr_dequeue_many_with((scope), (queue), HR_OPERAND(n), &(hr_op_options){__VA_ARGS__})
/* The same; a closed queue gives what it has left. */
HR_API hr_outputs hr_dequeue_up_to_with(hr_scope scope, hr_tensor_queue *queue, hr_operand n,
                                        const hr_op_options *options);
#define hr_dequeue_up_to(scope, queue, n, ...)                                                                         \
  hr_dequeue_up_to_with((scope), (queue), HR_OPERAND(n), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tensor_queue_close_options {
  bool cancel_pending_enqueues; /* those that wait fail; else closing comes after them */
  const char *name;
} hr_tensor_queue_close_options;
HR_API hr_node *hr_tensor_queue_close_with(hr_scope scope, hr_tensor_queue *queue,
                                           const hr_tensor_queue_close_options *options);
#define hr_tensor_queue_close(scope, queue, ...)                                                                       \
  hr_tensor_queue_close_with((scope), (queue), &(hr_tensor_queue_close_options){__VA_ARGS__})
/* A bool scalar. */
HR_API hr_output hr_tensor_queue_is_closed_with(hr_scope scope, hr_tensor_queue *queue, const hr_op_options *options);
#define hr_tensor_queue_is_closed(scope, queue, ...)                                                                   \
  hr_tensor_queue_is_closed_with((scope), (queue), &(hr_op_options){__VA_ARGS__})
/* How many elements it has: an int32 scalar. */
HR_API hr_output hr_tensor_queue_size_with(hr_scope scope, hr_tensor_queue *queue, const hr_op_options *options);
#define hr_tensor_queue_size(scope, queue, ...)                                                                        \
  hr_tensor_queue_size_with((scope), (queue), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
