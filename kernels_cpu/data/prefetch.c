/* PrefetchDataset: a thread of its own makes elements ahead of those that are asked for.
 *
 * The thread, not a task of the pool: it may wait for files, for Python, for another prefetch, and the cores belong to
 * those who compute. It starts with the first element that is asked for and sleeps while the buffer is full. */
#include "kernels_cpu/data/prefetch.h"
#include "kernels_cpu/data/mapped.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/base/float_mode.h"
#include <sched.h>

#define MOST_TUNED 64    /* a buffer that finds its size itself */
#define SPIN_NANOS 20000 /* how long the one looks for the other before it sleeps */

typedef struct prefetch {
  hr_dataset head;
  int64_t buffer_size; /* -1: found while it runs; 0: no thread */
} prefetch;

/* An element, the end, or an error. */
typedef struct entry {
  hr_tensor *element;
  hr_status status;
  bool end;
} entry;

typedef struct prefetcher {
  hr_iterator head;
  /* Taken before the other lock. The thread holds it from the question to the input until the element is an entry: a
   * state that is saved has the element here or there. */
  pthread_mutex_t input_lock;
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t filled, emptied;
  pthread_t thread;
  bool has_thread, stops, has_ended;
  bool reader_waits, writer_waits;
  hr_prefetch_listener *listener;
  bool was_full;         /* since it was last found empty: it should be larger then */
  _Atomic int64_t count; /* entries that wait to be read */
  int64_t limit, capacity, first;
  entry *entries; /* `capacity` of them, a ring */
} prefetcher;

/* ---- the thread -------------------------------------------------------------------------------------------------- */

/* Waits for room; false where it is to stop. Lock held. */
static bool wait_for_room(prefetcher *p) {
  while (!p->stops && atomic_load(&p->count) >= p->limit) {
    p->was_full = true;
    p->writer_waits = true;
    pthread_cond_wait(&p->emptied, &p->lock);
    p->writer_waits = false;
  }
  return !p->stops;
}

static hr_status make_one(const prefetcher *p, hr_pull *pull, hr_tensor *element, bool *end) {
  HR_TRY(hr_pull_check(pull));
  return hr_iterator_next(p->head.input, pull, element, end);
}

/* Lock held. */
static void put(prefetcher *p, hr_tensor *element, hr_status status, bool end) {
  entry *e = &p->entries[(p->first + atomic_load(&p->count)) % p->capacity];
  e->status = status;
  e->end = end;
  if (!status && !end) hr_element_move(element, e->element, p->head.dataset->width);
  atomic_fetch_add(&p->count, 1);
  if (p->reader_waits) pthread_cond_signal(&p->filled);
}

static void tell(const prefetcher *p) {
  if (!p->listener) return;
  pthread_mutex_lock(&p->listener->lock);
  pthread_cond_signal(&p->listener->told);
  pthread_mutex_unlock(&p->listener->lock);
}

static void *thread_main(void *argument) {
  prefetcher *p = argument;
  (void)hr_float_mode_enter();
  hr_pull pull = hr_pull_beside(p->head.pipeline);
  hr_tensor *element;
  hr_status status = hr_element_new(p->head.dataset->width, &element);
  bool end = false;
  pthread_mutex_lock(&p->lock);
  while (!end && wait_for_room(p)) {
    pthread_mutex_unlock(&p->lock);
    pthread_mutex_lock(&p->input_lock);
    if (!status) status = make_one(p, &pull, element, &end);
    bool was_cancelled = hr_cancellation_reason(&p->head.pipeline->cancellation) != HR_OK;
    pthread_mutex_lock(&p->lock);
    put(p, element, status, end);
    pthread_mutex_unlock(&p->input_lock);
    tell(p);
    status = HR_SUCCESS;
    if (was_cancelled) break;
  }
  p->has_ended = true;
  pthread_mutex_unlock(&p->lock);
  free(element);
  return NULL;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static hr_status open_prefetch(hr_iterator *it) {
  prefetcher *p = (prefetcher *)it;
  int64_t size = ((prefetch *)it->dataset)->buffer_size;
  pthread_mutex_init(&p->input_lock, NULL);
  pthread_mutex_init(&p->lock, NULL);
  hr_condition_init(&p->filled);
  hr_condition_init(&p->emptied);
  p->limit = size < 0 ? 2 : size;
  p->capacity = size < 0 ? MOST_TUNED : size;
  if (p->capacity == 0) return HR_SUCCESS;
  p->entries = p->capacity > INT32_MAX ? NULL : calloc((size_t)p->capacity, sizeof *p->entries);
  if (!p->entries) return hr_error_out_of_memory(sizeof *p->entries * (size_t)p->capacity, "a prefetch buffer");
  for (int64_t i = 0; i < p->capacity; ++i)
    HR_TRY(hr_element_new(it->dataset->width, &p->entries[i].element));
  return HR_SUCCESS;
}

static void stop(prefetcher *p) {
  if (!p->has_thread) return;
  pthread_mutex_lock(&p->lock);
  p->stops = true;
  pthread_cond_signal(&p->emptied);
  pthread_mutex_unlock(&p->lock);
  pthread_join(p->thread, NULL);
  p->has_thread = false;
}

static void close_prefetch(hr_iterator *it) {
  prefetcher *p = (prefetcher *)it;
  stop(p);
  for (int64_t i = 0; p->entries && i < p->capacity; ++i) {
    if (p->entries[i].element) hr_element_clear(p->entries[i].element, it->dataset->width);
    hr_status_free(p->entries[i].status);
    free(p->entries[i].element);
  }
  free(p->entries);
  pthread_cond_destroy(&p->filled);
  pthread_cond_destroy(&p->emptied);
  pthread_mutex_destroy(&p->lock);
  pthread_mutex_destroy(&p->input_lock);
}

/* Lock held. */
static hr_status start(prefetcher *p) {
  if (p->has_thread || p->has_ended) return HR_SUCCESS;
  if (pthread_create(&p->thread, NULL, thread_main, p) != 0)
    return hr_error(HR_RESOURCE_EXHAUSTED, "There is no thread left for a prefetch");
  p->has_thread = true;
  return HR_SUCCESS;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void look_for_entry(const prefetcher *p) {
  int64_t until = hr_monotonic_nanos() + SPIN_NANOS;
  while (atomic_load_explicit(&p->count, memory_order_acquire) == 0 && hr_monotonic_nanos() < until)
    sched_yield();
}

/* Waits for an entry, with the lock held. */
static hr_status wait_for_entry(prefetcher *p, hr_pull *pull) {
  while (atomic_load(&p->count) == 0 && !p->has_ended) {
    p->reader_waits = true;
    hr_pull_wait(&p->filled, &p->lock);
    p->reader_waits = false;
    if (atomic_load(&p->count) > 0) break;
    pthread_mutex_unlock(&p->lock);
    hr_status status = hr_pull_check(pull);
    pthread_mutex_lock(&p->lock);
    HR_TRY(status);
  }
  return HR_SUCCESS;
}

/* A buffer that ran empty and had been full is too small. */
static void tune(prefetcher *p) {
  if (((prefetch *)p->head.dataset)->buffer_size >= 0 || !p->was_full || atomic_load(&p->count) > 0) return;
  p->was_full = false;
  p->limit = 2 * p->limit < p->capacity ? 2 * p->limit : p->capacity;
}

static void take(prefetcher *p, hr_tensor *element, hr_status *status, bool *end) {
  entry *e = &p->entries[p->first];
  *status = e->status;
  *end = e->end;
  e->status = HR_SUCCESS;
  if (!*status && !*end) hr_element_move(e->element, element, p->head.dataset->width);
  p->first = (p->first + 1) % p->capacity;
  atomic_fetch_sub(&p->count, 1);
  if (p->writer_waits && 2 * atomic_load(&p->count) <= p->limit) pthread_cond_signal(&p->emptied);
}

static hr_status next_prefetched(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  prefetcher *p = (prefetcher *)it;
  if (p->capacity == 0) return hr_iterator_next(it->input, pull, element, end);
  pthread_mutex_lock(&p->lock);
  tune(p);
  hr_status status = start(p);
  if (!status && atomic_load(&p->count) == 0 && !p->has_ended) {
    pthread_mutex_unlock(&p->lock);
    look_for_entry(p);
    pthread_mutex_lock(&p->lock);
    status = wait_for_entry(p, pull);
  }
  if (!status && atomic_load(&p->count) > 0)
    take(p, element, &status, end);
  else if (!status)
    *end = true;
  pthread_mutex_unlock(&p->lock);
  return status;
}

bool hr_prefetch_is_filled(const hr_iterator *it) {
  const prefetcher *p = (const prefetcher *)it;
  return atomic_load(&p->count) > 0;
}

hr_status hr_prefetch_begin(hr_iterator *it, hr_prefetch_listener *listener) {
  prefetcher *p = (prefetcher *)it;
  pthread_mutex_lock(&p->lock);
  p->listener = listener;
  hr_status status = start(p);
  pthread_mutex_unlock(&p->lock);
  return status;
}

static bool is_ready(const hr_iterator *it) {
  const prefetcher *p = (const prefetcher *)it;
  return p->capacity == 0 ? hr_iterator_is_ready(it->input) : atomic_load(&p->count) > 0;
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

/* The input is saved by itself, so that nothing is asked of it meanwhile; it is not `opens_input`'s for that. */
static hr_status save_entries(prefetcher *p, hr_state_writer *writer) {
  int64_t count = atomic_load(&p->count);
  hr_state_put_int(writer, p->has_ended);
  hr_state_put_int(writer, count);
  for (int64_t i = 0; i < count; ++i) {
    const entry *e = &p->entries[(p->first + i) % p->capacity];
    if (e->status) return hr_error(HR_FAILED_PRECONDITION, "An iterator whose next element is an error is not saved");
    hr_state_put_int(writer, e->end);
    if (!e->end) HR_TRY(hr_state_put_element(writer, e->element, p->head.dataset->width));
  }
  return HR_SUCCESS;
}

static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  prefetcher *p = (prefetcher *)it;
  pthread_mutex_lock(&p->input_lock);
  pthread_mutex_lock(&p->lock);
  hr_status status = hr_iterator_save(it->input, writer);
  if (!status) status = save_entries(p, writer);
  pthread_mutex_unlock(&p->lock);
  pthread_mutex_unlock(&p->input_lock);
  return status;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  prefetcher *p = (prefetcher *)it;
  int64_t count;
  HR_TRY(hr_iterator_restore(it->input, reader));
  HR_TRY(hr_state_get_flag(reader, &p->has_ended));
  HR_TRY(hr_state_get_int_in(reader, 0, p->capacity, &count));
  for (int64_t i = 0; i < count; ++i) {
    HR_TRY(hr_state_get_flag(reader, &p->entries[i].end));
    if (!p->entries[i].end)
      HR_TRY(hr_state_get_element(reader, it->dataset->dtypes, it->dataset->width, p->entries[i].element));
    atomic_store(&p->count, i + 1);
  }
  return HR_SUCCESS;
}

static int64_t cardinality(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type type = {.name = "PrefetchDataset",
                                     .iterator_size = sizeof(prefetcher),
                                     .opens_input = true,
                                     .saves_input = true,
                                     .open = open_prefetch,
                                     .next = next_prefetched,
                                     .is_ready = is_ready,
                                     .close = close_prefetch,
                                     .save = save,
                                     .restore = restore,
                                     .cardinality = cardinality};

hr_status hr_prefetched(hr_dataset *input, int64_t buffer_size, hr_dataset **out) {
  int32_t *dtypes = calloc((size_t)input->width + 1, sizeof *dtypes);
  if (!dtypes) return hr_error_out_of_memory(sizeof *dtypes * (size_t)input->width, "a dataset");
  for (int32_t i = 0; i < input->width; ++i)
    dtypes[i] = (int32_t)input->dtypes[i];
  hr_status status = hr_dataset_new(&type, sizeof(prefetch), input->width, dtypes, input->shapes, 1, &input, out);
  if (!status) ((prefetch *)*out)->buffer_size = buffer_size;
  free(dtypes);
  return status;
}

static hr_status read_inputs(const hr_kernel_context *ctx, prefetch *d) {
  HR_TRY(hr_int_input(ctx, 1, "buffer_size", &d->buffer_size));
  if (d->buffer_size >= -1) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning");
}

static hr_status prefetch_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &type, sizeof(prefetch), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (prefetch *)d));
}
HR_KERNEL(.op = "PrefetchDataset", .compute = prefetch_dataset);
