#include "runtime/resource/queue_kinds.h"
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum attempt_kind { ENQUEUE, DEQUEUE, CLOSE, PEEK } attempt_kind;

/* How far serving an attempt got. */
typedef enum progress { NONE, SOME, COMPLETE } progress;

/* What somebody wants of a queue. It begins on its caller's stack; what has to wait moves to the heap. */
struct hr_queue_attempt {
  hr_queue_attempt *next, *previous; /* in its line; `next` also in a list of those that are through */
  hr_queue *queue;
  hr_kernel_context *ctx;
  attempt_kind kind;
  bool waits;            /* on the heap: somebody is told when it is through */
  bool up_to;            /* a dequeue that takes what is left */
  bool batch;            /* a dequeue that makes a batch */
  bool ended;            /* complete, or cancelled */
  int64_t wanted, count; /* elements: to put or to take, and how many were */
  hr_tensor *elements;   /* what is put, or was taken so far */
  int64_t room;          /* of `elements`, in elements */
  hr_tensor *out;        /* of a dequeue */
  hr_status status;
  hr_done_function done; /* NULL: nobody wants to know any more */
  void *argument;
  hr_cancel_watch watch;
};

/* ---- what is known of a queue ----------------------------------------------------------------------------------- */

const char *hr_queue_name(const hr_queue *queue) { return queue->name; }
int32_t hr_queue_num_components(const hr_queue *queue) { return queue->num_components; }

int64_t hr_queue_size(hr_queue *queue) {
  pthread_mutex_lock(&queue->lock);
  int64_t size = queue->size;
  pthread_mutex_unlock(&queue->lock);
  return size;
}

bool hr_queue_is_closed(hr_queue *queue) {
  pthread_mutex_lock(&queue->lock);
  bool closed = queue->closed;
  pthread_mutex_unlock(&queue->lock);
  return closed;
}

hr_status hr_queue_check_dtypes(const hr_queue *queue, int32_t count, const int32_t *dtypes) {
  if (count != queue->num_components)
    return hr_error(HR_INVALID_ARGUMENT, "Queue %s has %d components, not %d", queue->name, queue->num_components,
                    count);
  for (int32_t i = 0; i < count; ++i)
    if (dtypes[i] != queue->dtypes[i])
      return hr_error(HR_INVALID_ARGUMENT, "Component %d of queue %s is %s, not %s", i, queue->name,
                      hr_dtype_name((hr_dtype)queue->dtypes[i]), hr_dtype_name((hr_dtype)dtypes[i]));
  return HR_SUCCESS;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

static hr_queue_line *line_of(const hr_queue_attempt *a) {
  if (a->kind == PEEK) return &a->queue->peeks;
  return a->kind == DEQUEUE ? &a->queue->dequeues : &a->queue->enqueues;
}

static void join_line(hr_queue_attempt *a) {
  hr_queue_line *line = line_of(a);
  a->next = NULL;
  a->previous = line->last;
  if (line->last)
    line->last->next = a;
  else
    line->first = a;
  line->last = a;
}

static void leave_line(hr_queue_attempt *a) {
  hr_queue_line *line = line_of(a);
  if (a->previous)
    a->previous->next = a->next;
  else
    line->first = a->next;
  if (a->next)
    a->next->previous = a->previous;
  else
    line->last = a->previous;
}

/* ---- serving, lock held ----------------------------------------------------------------------------------------- */

static progress fail(hr_queue_attempt *a, hr_status status) {
  a->status = status;
  return COMPLETE;
}

static progress serve_close(hr_queue_attempt *a) {
  if (a->queue->closed) return fail(a, hr_error(HR_CANCELLED, "Queue '%s' is already closed.", a->queue->name));
  a->queue->closed = true;
  return COMPLETE;
}

static progress serve_enqueue(hr_queue_attempt *a) {
  hr_queue *queue = a->queue;
  if (queue->closed) return fail(a, hr_error(HR_CANCELLED, "%s '%s' is closed.", queue->kind->name, queue->name));
  progress result = NONE;
  for (hr_tensor *next; next = a->elements + a->count * queue->num_components, hr_queue_has_room(queue, next);) {
    hr_status status = hr_queue_put(queue, next);
    if (status) return fail(a, status);
    result = SOME;
    if (++a->count == a->wanted) return COMPLETE;
  }
  return result;
}

/* A closed queue that has too little for what is still wanted. What was taken goes back. */
static progress serve_from_closed(hr_queue_attempt *a) {
  hr_queue *queue = a->queue;
  int64_t size = queue->size, missing = a->wanted - a->count;
  hr_status status = hr_queue_restore(queue, a->elements, a->count);
  a->count = 0;
  if (status) return fail(a, status);
  if (a->up_to && queue->size > 0) {
    a->wanted = queue->size;
    return NONE;
  }
  if (a->up_to && queue->enqueues.first) return SOME; /* those may still have something */
  return fail(a, hr_error(HR_OUT_OF_RANGE,
                          "%s '%s' is closed and has insufficient elements (requested %" PRId64
                          ", current size %" PRId64 ")",
                          queue->kind->name, queue->name, missing, size));
}

/* Room for `more` elements. */
static hr_status make_room(hr_queue_attempt *a, int64_t more) {
  if (a->count + more <= a->room) return HR_SUCCESS;
  int64_t room = a->count + more > 2 * a->room ? a->count + more : 2 * a->room;
  if (room > a->wanted) room = a->wanted;
  size_t bytes = (size_t)room * (size_t)a->queue->num_components * sizeof *a->elements;
  hr_tensor *elements = realloc(a->elements, bytes);
  if (!elements) return hr_error_out_of_memory(bytes, "elements from a queue");
  a->elements = elements;
  a->room = room;
  return HR_SUCCESS;
}

static progress serve_dequeue(hr_queue_attempt *a) {
  hr_queue *queue = a->queue;
  if (queue->closed && queue->size < a->wanted - a->count) {
    progress result = serve_from_closed(a);
    if (result != NONE) return result;
  }
  int64_t available = queue->size - (queue->closed ? 0 : queue->min_after_dequeue);
  int64_t more = available < a->wanted - a->count ? available : a->wanted - a->count;
  if (more <= 0) return NONE;
  if (queue->kind->has_priorities && more < a->wanted) return NONE; /* what is still to come may go before */
  if (!a->batch) {
    hr_queue_take(queue, a->out);
    return COMPLETE;
  }
  hr_status status = make_room(a, more);
  if (status) return fail(a, status);
  for (int64_t i = 0; i < more; ++i)
    hr_queue_take(queue, a->elements + (a->count + i) * queue->num_components);
  a->count += more;
  return a->count == a->wanted ? COMPLETE : SOME;
}

/* `wanted` is the place of the element. */
static progress serve_peek(hr_queue_attempt *a) {
  hr_queue *queue = a->queue;
  if (a->wanted >= queue->size) return NONE;
  const hr_tensor *element = hr_queue_element(queue, a->wanted);
  for (int32_t i = 0; i < queue->num_components; ++i)
    hr_tensor_copy(&element[i], &a->out[i]);
  return COMPLETE;
}

static progress serve(hr_queue_attempt *a) {
  switch (a->kind) {
  case PEEK: return serve_peek(a);
  case CLOSE: return serve_close(a);
  case ENQUEUE: return serve_enqueue(a);
  default: return serve_dequeue(a);
  }
}

/* An attempt is through: those that wait go to the list. */
static void end(hr_queue_attempt *a, hr_queue_attempt **through) {
  leave_line(a);
  a->ended = true;
  if (!a->waits) return;
  a->next = *through;
  *through = a;
}

/* Serves a line from its head; true where anything has changed. */
static bool serve_line(hr_queue_line *line, hr_queue_attempt **through) {
  bool changed = false;
  while (line->first) {
    progress result = serve(line->first);
    changed |= result != NONE;
    if (result != COMPLETE) break;
    end(line->first, through);
  }
  return changed;
}

/* Each for itself. */
static void serve_peeks(hr_queue *queue, hr_queue_attempt **through) {
  for (hr_queue_attempt *a = queue->peeks.first, *next; a; a = next) {
    next = a->next;
    if (serve(a) == COMPLETE) end(a, through);
  }
}

static void serve_lines(hr_queue *queue, hr_queue_attempt **through) {
  bool changed = true;
  while (changed && (queue->enqueues.first || queue->dequeues.first || queue->peeks.first)) {
    changed = serve_line(&queue->enqueues, through);
    if (queue->peeks.first) serve_peeks(queue, through);
    changed |= serve_line(&queue->dequeues, through);
  }
}

/* ---- answers, without the lock ---------------------------------------------------------------------------------- */

/* What an attempt still holds; the elements that it has put belong to the queue. */
static void free_elements(hr_queue_attempt *a) {
  int64_t from = a->kind == ENQUEUE ? a->count : 0, end = a->kind == ENQUEUE ? a->wanted : a->count;
  if (a->elements) hr_queue_clear_elements(a->queue, a->elements + from * a->queue->num_components, end - from);
}

/* Makes the batch of a dequeue that has all its elements, and gives up what is not needed any more. */
static hr_status conclude(hr_queue_attempt *a) {
  if (!a->status && a->kind == DEQUEUE && a->batch)
    a->status = hr_queue_make_batch(a->queue, a->ctx, a->elements, a->count, a->out);
  free_elements(a);
  if (a->batch || a->waits) free(a->elements);
  a->elements = NULL;
  return a->status;
}

static void answer(hr_queue_attempt *a) {
  if (a->done) {
    hr_unwatch_cancel(a->ctx, &a->watch);
    hr_status status = conclude(a);
    a->done(a->argument, status);
  } else {
    hr_status_free(a->status);
  }
  hr_resource_unref(&a->queue->resource);
  free(a);
}

/* They were collected the last one first. */
static void answer_all(hr_queue_attempt *through) {
  hr_queue_attempt *in_order = NULL;
  while (through) {
    hr_queue_attempt *a = through;
    through = a->next;
    a->next = in_order;
    in_order = a;
  }
  while (in_order) {
    hr_queue_attempt *a = in_order;
    in_order = a->next;
    answer(a);
  }
}

/* ---- waiting ---------------------------------------------------------------------------------------------------- */

static hr_status cancelled_status(const hr_queue_attempt *a) {
  static const char *const names[] = {[ENQUEUE] = "Enqueue", [DEQUEUE] = "Dequeue", [CLOSE] = "Close", [PEEK] = "Peek"};
  const char *what = names[a->kind];
  return hr_error(HR_CANCELLED, "%s operation was cancelled", what);
}

/* The run is cancelled. A closing goes on without it. */
static void cancel_attempt(hr_cancel_watch *watch) {
  hr_queue_attempt *a = (hr_queue_attempt *)(void *)((char *)watch - offsetof(hr_queue_attempt, watch));
  hr_queue *queue = a->queue;
  hr_queue_attempt *through = NULL;
  hr_done_function done = NULL;
  void *argument = a->argument;
  hr_resource_ref(&queue->resource);
  pthread_mutex_lock(&queue->lock);
  if (!a->ended && a->kind == CLOSE) {
    done = a->done;
    a->done = NULL;
  } else if (!a->ended) {
    end(a, &through);
    a->status = cancelled_status(a);
    serve_lines(queue, &through);
  }
  pthread_mutex_unlock(&queue->lock);
  if (done) done(argument, hr_error(HR_CANCELLED, "Close operation was cancelled"));
  answer_all(through);
  hr_resource_unref(&queue->resource);
}

/* Moves an attempt, the last of its line, from its caller's stack to the heap; out of the line where that fails. Lock
 * held. */
static hr_status settle_down(hr_queue_attempt *a) {
  hr_queue *queue = a->queue;
  hr_queue_attempt *waiting = malloc(sizeof *waiting);
  size_t bytes = (size_t)a->wanted * (size_t)queue->num_components * sizeof *a->elements;
  bool moves_element = a->kind == ENQUEUE && !a->batch; /* it stands on the stack, too */
  hr_tensor *element = moves_element ? malloc(bytes) : NULL;
  leave_line(a);
  if (!waiting || (moves_element && !element)) {
    free(waiting);
    free(element);
    return hr_error_out_of_memory(sizeof *waiting + bytes, "waiting at a queue");
  }
  *waiting = *a;
  waiting->waits = true;
  waiting->watch.cancel = cancel_attempt;
  if (moves_element) waiting->elements = memcpy(element, a->elements, bytes);
  join_line(waiting);
  if (!hr_watch_cancel(a->ctx, &waiting->watch)) {
    leave_line(waiting);
    free(element);
    free(waiting);
    return cancelled_status(a);
  }
  hr_resource_ref(&queue->resource);
  return HR_SUCCESS;
}

/* Serves an attempt, and whoever its doing lets go on. False: it waits now. */
static bool attempt(hr_queue_attempt *a, hr_status *status) {
  hr_queue *queue = a->queue;
  hr_queue_attempt *through = NULL;
  bool waits = false;
  pthread_mutex_lock(&queue->lock);
  join_line(a);
  serve_lines(queue, &through);
  if (!a->ended) {
    a->status = settle_down(a);
    waits = a->status == HR_SUCCESS;
  }
  pthread_mutex_unlock(&queue->lock);
  if (!waits) *status = conclude(a);
  answer_all(through);
  return !waits;
}

/* ---- the operations --------------------------------------------------------------------------------------------- */

bool hr_queue_dequeue(hr_queue *queue, hr_kernel_context *ctx, hr_tensor *out, hr_done_function done, void *argument,
                      hr_status *status) {
  hr_queue_attempt a = {
      .queue = queue, .ctx = ctx, .kind = DEQUEUE, .wanted = 1, .out = out, .done = done, .argument = argument};
  return attempt(&a, status);
}

bool hr_queue_dequeue_many(hr_queue *queue, hr_kernel_context *ctx, int64_t count, bool up_to, hr_tensor *out,
                           hr_done_function done, void *argument, hr_status *status) {
  *status = HR_SUCCESS;
  if (count < 0)
    *status = hr_error(HR_INVALID_ARGUMENT, "%s requested %" PRId64 " < 0 elements",
                       up_to ? "DequeueUpToOp" : "DequeueManyOp", count);
  else if (!queue->num_shapes)
    *status = hr_error(HR_INVALID_ARGUMENT,
                       "%s's DequeueMany and DequeueUpTo require the components to have specified shapes.",
                       queue->kind->name);
  else if (count == 0)
    *status = hr_queue_make_batch(queue, ctx, NULL, 0, out);
  if (*status || count == 0) return true;
  hr_queue_attempt a = {.queue = queue,
                        .ctx = ctx,
                        .kind = DEQUEUE,
                        .batch = true,
                        .up_to = up_to,
                        .wanted = count,
                        .out = out,
                        .done = done,
                        .argument = argument};
  return attempt(&a, status);
}

enum { FEW_COMPONENTS = 8 };

bool hr_queue_enqueue(hr_queue *queue, hr_kernel_context *ctx, int first, hr_done_function done, void *argument,
                      hr_status *status) {
  hr_tensor few[FEW_COMPONENTS], *element = few;
  if (queue->num_components > FEW_COMPONENTS) {
    element = malloc(sizeof *element * (size_t)queue->num_components);
    if (!element) {
      *status = hr_error_out_of_memory(sizeof *element * (size_t)queue->num_components, "an element for a queue");
      return true;
    }
  }
  *status = hr_queue_element_of_inputs(queue, ctx, first, element);
  bool at_once = true;
  if (!*status) {
    hr_queue_attempt a = {.queue = queue,
                          .ctx = ctx,
                          .kind = ENQUEUE,
                          .wanted = 1,
                          .elements = element,
                          .done = done,
                          .argument = argument};
    at_once = attempt(&a, status);
  }
  if (element != few) free(element);
  return at_once;
}

bool hr_queue_enqueue_many(hr_queue *queue, hr_kernel_context *ctx, int first, hr_done_function done, void *argument,
                           hr_status *status) {
  hr_tensor *elements = NULL;
  int64_t count = 0;
  *status = hr_queue_elements_of_inputs(queue, ctx, first, &elements, &count);
  if (*status || count == 0) {
    free(elements);
    return true;
  }
  hr_queue_attempt a = {.queue = queue,
                        .ctx = ctx,
                        .kind = ENQUEUE,
                        .batch = true,
                        .wanted = count,
                        .elements = elements,
                        .done = done,
                        .argument = argument};
  return attempt(&a, status);
}

hr_status hr_queue_add(hr_queue *queue, hr_tensor *element) {
  hr_queue_attempt *through = NULL;
  pthread_mutex_lock(&queue->lock);
  hr_status status = queue->closed ? hr_error(HR_CANCELLED, "%s '%s' is closed.", queue->kind->name, queue->name)
                                   : hr_queue_put(queue, element);
  if (!status) serve_lines(queue, &through);
  pthread_mutex_unlock(&queue->lock);
  answer_all(through);
  return status;
}

void hr_queue_close_at_once(hr_queue *queue) {
  hr_queue_attempt *through = NULL;
  pthread_mutex_lock(&queue->lock);
  queue->closed = true;
  while (queue->enqueues.first) {
    hr_queue_attempt *a = queue->enqueues.first;
    end(a, &through);
    a->status = hr_error(HR_CANCELLED, "Enqueue operation was cancelled");
  }
  serve_lines(queue, &through);
  pthread_mutex_unlock(&queue->lock);
  answer_all(through);
}

bool hr_queue_close(hr_queue *queue, hr_kernel_context *ctx, bool cancel_pending_enqueues, hr_done_function done,
                    void *argument, hr_status *status) {
  if (cancel_pending_enqueues) {
    hr_queue_close_at_once(queue);
    *status = HR_SUCCESS;
    return true;
  }
  hr_queue_attempt a = {.queue = queue, .ctx = ctx, .kind = CLOSE, .done = done, .argument = argument};
  return attempt(&a, status);
}

bool hr_queue_peek(hr_queue *queue, hr_kernel_context *ctx, int64_t index, hr_tensor *out, hr_done_function done,
                   void *argument, hr_status *status) {
  hr_queue_attempt a = {
      .queue = queue, .ctx = ctx, .kind = PEEK, .wanted = index, .out = out, .done = done, .argument = argument};
  return attempt(&a, status);
}

void hr_queue_clear(hr_queue *queue) {
  hr_queue_attempt *through = NULL;
  hr_tensor *ring = NULL;
  pthread_mutex_lock(&queue->lock);
  int64_t size = queue->size, places = queue->places, first = queue->first;
  ring = queue->ring;
  queue->ring = NULL;
  queue->size = queue->places = queue->first = queue->bytes = 0;
  serve_lines(queue, &through);
  pthread_mutex_unlock(&queue->lock);
  for (int64_t i = 0; i < size; ++i)
    hr_queue_clear_elements(queue, ring + ((first + i) & (places - 1)) * queue->num_components, 1);
  free(ring);
  answer_all(through);
}
