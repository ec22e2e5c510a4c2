/* What the kinds of queues differ in: the order in which elements come out. And the batches that they make.
 *
 * Elements stand in a ring of places of num_components tensors. All functions here are called with the queue's lock
 * held, but for those of batches. */
#ifndef HR_RUNTIME_RESOURCE_QUEUE_KINDS_H
#define HR_RUNTIME_RESOURCE_QUEUE_KINDS_H

#include "runtime/base/philox.h"
#include "runtime/resource/queue.h"
#include <pthread.h>

typedef struct hr_queue_kind {
  const char *name;                                     /* the op's, without V2 */
  bool pads;                                            /* elements of a batch may differ in their unknown sizes */
  bool has_priorities;                                  /* component 0 is an int64 scalar: the least comes first */
  bool restores_last;                                   /* what was taken too early comes last, not first */
  void (*settle)(hr_queue *queue);                      /* an element was put last; NULL: there it stays */
  void (*take)(hr_queue *queue, hr_tensor *components); /* moves the next element out and closes the gap */
} hr_queue_kind;

/* hr_staging_kind: what Stage and Unstage have: a queue with a limit of bytes, which may be looked into. */
extern const hr_queue_kind hr_staging_kind, hr_fifo_kind, hr_shuffle_kind, hr_padding_kind, hr_priority_kind;

typedef struct hr_queue_attempt hr_queue_attempt;

/* Those who wait, in the order in which they came. */
typedef struct hr_queue_line {
  hr_queue_attempt *first, *last;
} hr_queue_line;

struct hr_queue {
  hr_resource resource;
  const hr_queue_kind *kind;
  char *name;
  int32_t num_components, num_shapes;
  int32_t *dtypes;
  hr_partial_shape *shapes;
  int64_t capacity, min_after_dequeue;
  int64_t memory_limit; /* of all elements; 0: none */
  pthread_mutex_t lock; /* guards what follows */
  bool closed;
  hr_tensor *ring;       /* places * num_components */
  int64_t places, first; /* a power of two, or 0 */
  int64_t size;
  int64_t bytes; /* of all elements, where there is a limit */
  hr_queue_line enqueues, dequeues, peeks;
  int64_t seeds[2];    /* fixed, as asked for */
  hr_philox generator; /* of a RandomShuffleQueue: block by block, number by number */
  uint32_t numbers[4];
  int used_numbers;
};

/* The components of element `index` in the ring. */
static inline hr_tensor *hr_queue_element(const hr_queue *queue, int64_t index) {
  return queue->ring + ((queue->first + index) & (queue->places - 1)) * queue->num_components;
}

/* Whether there is room for it. */
bool hr_queue_has_room(const hr_queue *queue, const hr_tensor *element);
/* Takes over the components of an element. ResourceExhausted: it stays the caller's. */
HR_MUST_USE hr_status hr_queue_put(hr_queue *queue, hr_tensor *element);
/* Hands the next element over; there must be one. */
void hr_queue_take(hr_queue *queue, hr_tensor *element);
/* Takes back elements that hr_queue_take gave out, `count` of them, the first one first. */
HR_MUST_USE hr_status hr_queue_restore(hr_queue *queue, hr_tensor *elements, int64_t count);

/* ---- elements and batches --------------------------------------------------------------------------------------- */

/* Inputs first ... of the node as one element, to be kept beyond the step: checked, and shared or copied to `out`. */
HR_MUST_USE hr_status hr_queue_element_of_inputs(const hr_queue *queue, hr_kernel_context *ctx, int first,
                                                 hr_tensor *out);
/* The same as rows: `*count` elements in `*out`, which is the caller's to free. */
HR_MUST_USE hr_status hr_queue_elements_of_inputs(const hr_queue *queue, hr_kernel_context *ctx, int first,
                                                  hr_tensor **out, int64_t *count);
/* Batches of `count` elements, out[i] of component i; in the step's memory. */
HR_MUST_USE hr_status hr_queue_make_batch(const hr_queue *queue, hr_kernel_context *ctx, const hr_tensor *elements,
                                          int64_t count, hr_tensor *out);
/* Gives up `count` elements. */
void hr_queue_clear_elements(const hr_queue *queue, hr_tensor *elements, int64_t count);

#endif
