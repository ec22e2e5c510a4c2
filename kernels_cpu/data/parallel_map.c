/* ParallelMapDataset, MapAndBatchDataset: tasks of the pool compute elements ahead of those that are asked for, in
 * order.
 *
 * Elements have numbers. Whoever computes one takes the next number and the next element of the input in one go, and
 * leaves the result in its place of a ring. Whoever asks for an element that nobody has begun computes it himself, and
 * others while it waits: so nothing waits for a task that has not started, and a pool that is busy costs nothing. */
#include "kernels_cpu/data/parallel_map.h"
#include "runtime/base/condition.h"

#define LEAST_AHEAD 16 /* elements that wait to be taken, at least */
#define BURST       8  /* elements of a task, before others have their turn on its thread */
#define MOST_TASKS  64

typedef enum phase { EMPTY = 0, UNDER_WAY, DONE } phase;

typedef struct place {
  phase phase;
  hr_tensor *argument, *result;
  hr_status status;
  bool end;
} place;

typedef struct parallel_mapper parallel_mapper;

typedef struct worker {
  hr_task task;
  parallel_mapper *mapper;
  bool is_out; /* with the pool */
} worker;

struct parallel_mapper {
  hr_mapper mapper;
  pthread_mutex_t input_lock; /* held while a number and an element are taken */
  pthread_mutex_t lock;       /* guards what follows */
  pthread_cond_t changed;
  place *places;                 /* `capacity` of them, a ring by number */
  int64_t capacity, first, next; /* numbers: to be given, to be begun */
  bool has_ended, stops, reader_waits;
  worker workers[MOST_TASKS];
  int num_workers, num_out;
};

/* ---- one element ------------------------------------------------------------------------------------------------- */

static place *place_of(const parallel_mapper *p, int64_t number) { return &p->places[number % p->capacity]; }

/* Takes the next number, where there is room. Lock not held. */
static place *begin(parallel_mapper *p) {
  pthread_mutex_lock(&p->lock);
  bool may = !p->stops && !p->has_ended && p->next - p->first < p->capacity;
  place *at = may ? place_of(p, p->next++) : NULL;
  if (at) *at = (place){UNDER_WAY, at->argument, at->result, HR_SUCCESS, false};
  pthread_mutex_unlock(&p->lock);
  return at;
}

static void finish(parallel_mapper *p, place *at, hr_status status, bool end) {
  pthread_mutex_lock(&p->lock);
  at->status = status;
  at->end = end;
  at->phase = DONE;
  p->has_ended |= end;
  if (p->reader_waits) pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
}

/* Computes one. False where there is none to compute, or (`may_wait` false) somebody else is just taking one. */
static bool compute_one(parallel_mapper *p, hr_pull *pull, bool may_wait) {
  const hr_mapped *d = (hr_mapped *)p->mapper.head.dataset;
  if (may_wait)
    pthread_mutex_lock(&p->input_lock);
  else if (pthread_mutex_trylock(&p->input_lock) != 0)
    return false;
  place *at = begin(p);
  hr_status status = HR_SUCCESS;
  bool end = false;
  if (at) {
    status = hr_pull_check(pull);
    if (!status) status = hr_iterator_next(p->mapper.head.input, pull, at->argument, &end);
    if (end) { /* before anybody takes another number */
      pthread_mutex_lock(&p->lock);
      p->has_ended = true;
      pthread_mutex_unlock(&p->lock);
    }
  }
  pthread_mutex_unlock(&p->input_lock);
  if (!at) return false;
  if (!status && !end) {
    status = hr_mapped_call(d, p->mapper.runner, pull, at->argument, at->result, &end);
    hr_element_clear(at->argument, d->head.inputs[0]->width);
  }
  finish(p, at, status, end);
  return true;
}

/* ---- tasks ------------------------------------------------------------------------------------------------------- */

static void run_task(hr_task *task) {
  worker *w = (worker *)((char *)task - offsetof(worker, task));
  parallel_mapper *p = w->mapper;
  hr_pull pull = hr_pull_beside(p->mapper.head.pipeline);
  bool more = true;
  for (int i = 0; i < BURST && more; ++i)
    more = compute_one(p, &pull, true);
  pthread_mutex_lock(&p->lock);
  more = more && !p->stops && !p->has_ended && p->next - p->first < p->capacity;
  if (more) { /* with the lock held: whoever stops the mapper finds the task with the pool, or sees it end */
    hr_thread_pool_submit(p->mapper.head.pipeline->pool, &w->task);
  } else {
    w->is_out = false;
    --p->num_out;
    pthread_cond_broadcast(&p->changed);
  }
  pthread_mutex_unlock(&p->lock); /* the last look at the mapper where no more is to be done */
}

/* The next worker to be sent, or NULL: half of the ring is empty, and not all are out. Lock held. */
static worker *worker_to_send(parallel_mapper *p) {
  if (p->has_ended || p->stops || p->num_out == p->num_workers || 2 * (p->next - p->first) > p->capacity) return NULL;
  worker *w = p->workers;
  while (w->is_out)
    ++w;
  w->is_out = true;
  ++p->num_out;
  return w;
}

static void send_worker(parallel_mapper *p, worker *w) {
  if (w) hr_thread_pool_submit(p->mapper.head.pipeline->pool, &w->task);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static hr_status open_parallel_map(hr_iterator *it) {
  parallel_mapper *p = (parallel_mapper *)it;
  const hr_parallel_mapped *d = (hr_parallel_mapped *)it->dataset;
  pthread_mutex_init(&p->input_lock, NULL);
  pthread_mutex_init(&p->lock, NULL);
  hr_condition_init(&p->changed);
  HR_TRY(hr_mapper_open(it));
  int threads = hr_thread_pool_threads(it->pipeline->pool);
  int64_t calls = d->calls < 0 ? threads : d->calls;
  p->num_workers = threads - 1 < MOST_TASKS ? threads - 1 : MOST_TASKS;
  if (calls < p->num_workers) p->num_workers = (int)calls;
  for (int i = 0; i < p->num_workers; ++i)
    p->workers[i] = (worker){.task = {.run = run_task}, .mapper = p};
  p->capacity = 2 * calls < LEAST_AHEAD ? LEAST_AHEAD : calls < 4096 ? 2 * calls : 8192;
  if (p->num_workers == 0) p->capacity = 1;
  p->places = calloc((size_t)p->capacity, sizeof *p->places);
  if (!p->places) return hr_error_out_of_memory(sizeof *p->places * (size_t)p->capacity, "a parallel map");
  for (int64_t i = 0; i < p->capacity; ++i) {
    HR_TRY(hr_element_new(it->dataset->inputs[0]->width, &p->places[i].argument));
    HR_TRY(hr_element_new(it->dataset->width, &p->places[i].result));
  }
  int32_t results = hr_function_runner_results(p->mapper.runner);
  if (results == it->dataset->width) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The function returns %d tensors, output_types has %d", (int)results,
                  (int)it->dataset->width);
}

/* Nothing of it is with the pool any more. */
static void call_back(parallel_mapper *p) {
  hr_thread_pool *pool = p->mapper.head.pipeline->pool;
  pthread_mutex_lock(&p->lock);
  p->stops = true;
  pthread_mutex_unlock(&p->lock);
  for (int i = 0; i < p->num_workers; ++i) {
    worker *w = &p->workers[i];
    bool withdrawn = hr_thread_pool_withdraw(pool, &w->task);
    pthread_mutex_lock(&p->lock);
    if (withdrawn) {
      w->is_out = false;
      --p->num_out;
    }
    pthread_mutex_unlock(&p->lock);
  }
  pthread_mutex_lock(&p->lock);
  while (p->num_out > 0)
    pthread_cond_wait(&p->changed, &p->lock);
  pthread_mutex_unlock(&p->lock);
}

static void close_parallel_map(hr_iterator *it) {
  parallel_mapper *p = (parallel_mapper *)it;
  if (p->num_workers) call_back(p);
  for (int64_t i = 0; p->places && i < p->capacity; ++i) {
    place *at = &p->places[i];
    if (at->result) hr_element_clear(at->result, it->dataset->width);
    hr_status_free(at->status);
    free(at->argument);
    free(at->result);
  }
  free(p->places);
  pthread_cond_destroy(&p->changed);
  pthread_mutex_destroy(&p->lock);
  pthread_mutex_destroy(&p->input_lock);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Takes the first element, which is done. Lock held. */
static hr_status take(parallel_mapper *p, hr_tensor *element, bool *end) {
  place *at = place_of(p, p->first);
  hr_status status = at->status;
  *end = at->end;
  if (!status && !*end) hr_element_move(at->result, element, p->mapper.head.dataset->width);
  at->status = HR_SUCCESS;
  at->phase = EMPTY;
  ++p->first;
  return status;
}

static bool is_done(const parallel_mapper *p) { return p->first < p->next && place_of(p, p->first)->phase == DONE; }

/* For a while, or until something was done; lock held. */
static void wait_for_one(parallel_mapper *p) {
  p->reader_waits = true;
  if (!is_done(p)) hr_pull_wait(&p->changed, &p->lock);
  p->reader_waits = false;
}

static hr_status next_in_order(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  parallel_mapper *p = (parallel_mapper *)it;
  pthread_mutex_lock(&p->lock);
  while (!is_done(p)) {
    if (p->first == p->next && p->has_ended) {
      pthread_mutex_unlock(&p->lock);
      *end = true;
      return HR_SUCCESS;
    }
    worker *w = worker_to_send(p);
    pthread_mutex_unlock(&p->lock);
    send_worker(p, w);
    bool worked = compute_one(p, pull, false);
    hr_status status = hr_pull_check(pull);
    if (status) return status;
    pthread_mutex_lock(&p->lock);
    if (!worked) wait_for_one(p);
  }
  hr_status status = take(p, element, end);
  worker *w = worker_to_send(p);
  pthread_mutex_unlock(&p->lock);
  send_worker(p, w);
  return status;
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

static hr_status save_places(parallel_mapper *p, hr_state_writer *writer) {
  hr_state_put_int(writer, p->has_ended);
  hr_state_put_int(writer, p->next - p->first);
  for (int64_t i = p->first; i < p->next; ++i) {
    const place *at = place_of(p, i);
    if (at->status) return hr_error(HR_FAILED_PRECONDITION, "An iterator whose next element is an error is not saved");
    hr_state_put_int(writer, at->end);
    if (!at->end) HR_TRY(hr_state_put_element(writer, at->result, p->mapper.head.dataset->width));
  }
  return HR_SUCCESS;
}

static bool all_done(const parallel_mapper *p) {
  for (int64_t i = p->first; i < p->next; ++i)
    if (place_of(p, i)->phase != DONE) return false;
  return true;
}

/* With nothing under way: nobody takes another number, and those that were taken come to their end. */
static hr_status save(hr_iterator *it, hr_state_writer *writer) {
  parallel_mapper *p = (parallel_mapper *)it;
  pthread_mutex_lock(&p->input_lock);
  pthread_mutex_lock(&p->lock);
  p->reader_waits = true;
  while (!all_done(p))
    pthread_cond_wait(&p->changed, &p->lock);
  p->reader_waits = false;
  hr_status status = hr_iterator_save(it->input, writer);
  if (!status) status = save_places(p, writer);
  pthread_mutex_unlock(&p->lock);
  pthread_mutex_unlock(&p->input_lock);
  return status;
}

static hr_status restore(hr_iterator *it, hr_state_reader *reader) {
  parallel_mapper *p = (parallel_mapper *)it;
  int64_t count;
  HR_TRY(hr_iterator_restore(it->input, reader));
  HR_TRY(hr_state_get_flag(reader, &p->has_ended));
  HR_TRY(hr_state_get_int_in(reader, 0, p->capacity, &count));
  for (p->next = 0; p->next < count; ++p->next) {
    place *at = place_of(p, p->next);
    HR_TRY(hr_state_get_flag(reader, &at->end));
    if (!at->end) HR_TRY(hr_state_get_element(reader, it->dataset->dtypes, it->dataset->width, at->result));
    at->phase = DONE;
  }
  return HR_SUCCESS;
}

static int64_t cardinality(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

const hr_dataset_type hr_parallel_map_type = {.name = "ParallelMapDataset",
                                              .iterator_size = sizeof(parallel_mapper),
                                              .opens_input = true,
                                              .saves_input = true,
                                              .destroy = hr_mapped_destroy,
                                              .open = open_parallel_map,
                                              .next = next_in_order,
                                              .close = close_parallel_map,
                                              .save = save,
                                              .restore = restore,
                                              .cardinality = cardinality};

hr_status hr_check_parallel_calls(int64_t calls) {
  if (calls > 0 || calls == -1) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "num_parallel_calls must be greater than zero.");
}

static hr_status read_inputs(const hr_kernel_context *ctx, hr_parallel_mapped *d) {
  HR_TRY(hr_int_input(ctx, hr_input_count(ctx) - 1, "num_parallel_calls", &d->calls));
  HR_TRY(hr_check_parallel_calls(d->calls));
  return hr_mapped_init(ctx, "f", 1, &d->mapped);
}

static hr_status parallel_map_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &hr_parallel_map_type, sizeof(hr_parallel_mapped), 1, &d));
  return hr_give_dataset(ctx, d, read_inputs(ctx, (hr_parallel_mapped *)d));
}
HR_KERNEL(.op = "ParallelMapDataset", .compute = parallel_map_dataset);
