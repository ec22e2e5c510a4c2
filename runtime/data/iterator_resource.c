#include "runtime/data/iterator_resource.h"
#include "runtime/base/condition.h"
#include "runtime/base/float_mode.h"
#include "runtime/session/function_waits.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct hr_iterator_resource {
  hr_resource resource;
  char *container, *name;
  int32_t width;
  int32_t *dtypes;
  hr_partial_shape *shapes;
  hr_graph *graph;
  const hr_function_attr *factory;
  bool factory_waits;   /* what it makes may wait for others */
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  struct request *first, *last; /* in line for the turn */
  pthread_t thread;             /* serves the line */
  bool has_thread, stops;
  bool *is_gone; /* the thread's: set where the iterator is destroyed on it */
  bool has_ended;
  bool is_busy; /* somebody has the turn: what follows is his */
  hr_dataset *dataset;
  hr_pipeline *pipeline;
  hr_iterator *iterator;
};

/* Who waits for a turn, without a thread of his own. */
typedef struct request request;
struct request {
  request *next, *previous;
  hr_iterator_resource *iterator;
  hr_kernel_context *ctx;
  hr_iterator_work work;
  hr_done_function done;
  void *argument;
  hr_cancel_watch watch;
  bool is_taken; /* out of the line */
};

/* ---- turns ------------------------------------------------------------------------------------------------------- */

/* Waits until nobody has the turn: for whoever ends the iterator. */
static void take_last_turn(hr_iterator_resource *r) {
  pthread_mutex_lock(&r->lock);
  while (r->is_busy)
    pthread_cond_wait(&r->changed, &r->lock);
  r->is_busy = true;
  pthread_mutex_unlock(&r->lock);
}

static void give_turn(hr_iterator_resource *r) {
  pthread_mutex_lock(&r->lock);
  r->is_busy = false;
  if (r->first || r->has_ended) pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->lock);
}

static hr_status ended_status(const hr_iterator_resource *r) {
  return hr_error(HR_CANCELLED, "Iterator %s was cancelled", r->name);
}

/* Lock held. */
static void leave_line(request *q) {
  hr_iterator_resource *r = q->iterator;
  *(q->previous ? &q->previous->next : &r->first) = q->next;
  *(q->next ? &q->next->previous : &r->last) = q->previous;
  q->is_taken = true;
}

static void cancel_request(hr_cancel_watch *watch) {
  request *q = (request *)(void *)((char *)watch - offsetof(request, watch));
  hr_iterator_resource *r = q->iterator;
  pthread_mutex_lock(&r->lock);
  bool waits = !q->is_taken;
  if (waits) leave_line(q);
  pthread_mutex_unlock(&r->lock);
  if (!waits) return;
  hr_done_function done = q->done;
  void *argument = q->argument;
  hr_unwatch_cancel(q->ctx, watch);
  free(q);
  done(argument, hr_cancellation_error(HR_CANCELLED));
}

/* The first of the line, with the turn; NULL: no more are served. Lock held. */
static request *next_request(hr_iterator_resource *r) {
  while (!r->stops && (!r->first || r->is_busy))
    pthread_cond_wait(&r->changed, &r->lock);
  if (r->stops) return NULL;
  request *q = r->first;
  leave_line(q);
  r->is_busy = true;
  return q;
}

static void *serve_line(void *argument) {
  hr_iterator_resource *r = argument;
  (void)hr_float_mode_enter();
  bool is_gone = false; /* nobody has the iterator any more: what was done let go of it last */
  pthread_mutex_lock(&r->lock);
  r->is_gone = &is_gone;
  for (request *q; (q = next_request(r));) {
    bool has_ended = r->has_ended;
    pthread_mutex_unlock(&r->lock);
    hr_unwatch_cancel(q->ctx, &q->watch);
    hr_pull pull = {.pipeline = r->pipeline, .step = q->ctx->step, .is_away = true};
    hr_status status = has_ended ? ended_status(r) : q->work(q->ctx, r, &pull);
    give_turn(r);
    hr_done_function done = q->done;
    void *done_argument = q->argument;
    free(q);
    done(done_argument, status);
    if (is_gone) return NULL;
    pthread_mutex_lock(&r->lock);
  }
  pthread_mutex_unlock(&r->lock);
  return NULL;
}

/* Lock held. */
static hr_status join_line(hr_iterator_resource *r, const request *wanted) {
  request *q = malloc(sizeof *q);
  if (!q) return hr_error_out_of_memory(sizeof *q, "waiting for an iterator");
  if (!r->has_thread && pthread_create(&r->thread, NULL, serve_line, r) != 0) {
    free(q);
    return hr_error(HR_RESOURCE_EXHAUSTED, "There is no thread left for those who wait for iterator %s", r->name);
  }
  r->has_thread = true;
  *q = *wanted;
  if (!hr_watch_cancel(q->ctx, &q->watch)) {
    free(q);
    return hr_cancellation_error(HR_CANCELLED);
  }
  q->previous = r->last;
  *(r->last ? &r->last->next : &r->first) = q;
  r->last = q;
  pthread_cond_broadcast(&r->changed);
  return HR_SUCCESS;
}

/* Whether the next element can be had without waiting for others; nobody has the turn, lock held. */
static bool is_ready(const hr_iterator_resource *r) {
  return r->iterator ? hr_iterator_is_ready(r->iterator) : !r->factory_waits;
}

bool hr_iterator_resource_do(hr_kernel_context *ctx, hr_iterator_resource *r, hr_iterator_work work, bool asks,
                             hr_done_function done, void *argument, hr_status *status) {
  *status = HR_SUCCESS;
  pthread_mutex_lock(&r->lock);
  bool at_once = !r->is_busy && !r->first && !(asks && !is_ready(r));
  if (r->has_ended) {
    *status = ended_status(r);
  } else if (at_once) {
    r->is_busy = true;
  } else {
    const request wanted = {.iterator = r,
                            .ctx = ctx,
                            .work = work,
                            .done = done,
                            .argument = argument,
                            .watch = {.cancel = cancel_request}};
    *status = join_line(r, &wanted);
  }
  bool waits = !r->has_ended && !at_once && !*status;
  pthread_mutex_unlock(&r->lock);
  if (waits) return false;
  if (!*status) {
    hr_pull pull = {.pipeline = r->pipeline, .step = ctx->step};
    *status = work(ctx, r, &pull);
    give_turn(r);
  }
  return true;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void stop(hr_pipeline *pipeline, hr_iterator *iterator, hr_dataset *dataset) {
  if (pipeline) hr_cancellation_cancel(&pipeline->cancellation, HR_CANCELLED);
  hr_iterator_close(iterator);
  hr_pipeline_free(pipeline);
  hr_dataset_unref(dataset);
}

/* The manager lets go: a caller that waits inside comes back, and nothing runs on. */
static void end(hr_resource *resource) {
  hr_iterator_resource *r = (hr_iterator_resource *)resource;
  pthread_mutex_lock(&r->lock);
  r->has_ended = true;
  if (r->pipeline) hr_cancellation_cancel(&r->pipeline->cancellation, HR_CANCELLED);
  pthread_mutex_unlock(&r->lock);
  take_last_turn(r);
  stop(r->pipeline, r->iterator, r->dataset);
  r->pipeline = NULL;
  r->iterator = NULL;
  r->dataset = NULL;
  give_turn(r);
}

/* Nobody is in line any more. The thread itself may be the one that let go last. */
static void stop_thread(hr_iterator_resource *r) {
  if (!r->has_thread) return;
  if (pthread_equal(pthread_self(), r->thread)) {
    *r->is_gone = true;
    pthread_detach(r->thread);
    return;
  }
  pthread_mutex_lock(&r->lock);
  r->stops = true;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->lock);
  pthread_join(r->thread, NULL);
}

static void destroy(hr_resource *resource) {
  hr_iterator_resource *r = (hr_iterator_resource *)resource;
  stop_thread(r);
  stop(r->pipeline, r->iterator, r->dataset);
  if (r->graph) hr_graph_unref(r->graph);
  pthread_mutex_destroy(&r->lock);
  pthread_cond_destroy(&r->changed);
  free(r->shapes);
  free(r->dtypes);
  free(r->container);
  free(r->name);
  free(r);
}

const hr_resource_type hr_iterator_resource_type = {.name = "Iterator", .destroy = destroy, .end = end};

hr_status hr_iterator_resource_new(const hr_iterator_spec *spec, hr_iterator_resource **out) {
  *out = NULL;
  hr_iterator_resource *r = calloc(1, sizeof *r);
  if (!r) return hr_error_out_of_memory(sizeof *r, "an iterator");
  hr_resource_init(&r->resource, &hr_iterator_resource_type);
  pthread_mutex_init(&r->lock, NULL);
  hr_condition_init(&r->changed);
  r->container = strdup(spec->container ? spec->container : "");
  r->name = strdup(spec->name);
  r->dtypes = calloc((size_t)spec->width + 1, sizeof *r->dtypes);
  r->shapes = calloc((size_t)spec->width + 1, sizeof *r->shapes);
  if (!r->container || !r->name || !r->dtypes || !r->shapes) {
    hr_iterator_resource_unref(r);
    return hr_error_out_of_memory(sizeof *r, "an iterator");
  }
  r->width = spec->width;
  for (int32_t i = 0; i < spec->width; ++i) {
    r->dtypes[i] = spec->dtypes[i];
    r->shapes[i] = spec->shapes[i];
  }
  r->factory = spec->factory;
  if (spec->factory) {
    r->graph = hr_graph_ref(spec->graph);
    r->factory_waits = hr_function_may_wait(spec->graph, spec->factory->name);
  }
  *out = r;
  return HR_SUCCESS;
}

hr_status hr_iterator_resource_of(const hr_tensor *handle, hr_iterator_resource **out) {
  hr_resource *resource;
  HR_TRY(hr_handle_get(handle, &hr_iterator_resource_type, &resource));
  *out = (hr_iterator_resource *)resource;
  return HR_SUCCESS;
}

int32_t hr_iterator_resource_width(const hr_iterator_resource *r) { return r->width; }
const char *hr_iterator_resource_container(const hr_iterator_resource *r) { return r->container; }
const char *hr_iterator_resource_name(const hr_iterator_resource *r) { return r->name; }

hr_status hr_iterator_resource_publish(hr_iterator_resource *r, hr_resource_manager *manager) {
  static _Atomic int64_t last_number;
  char name[48];
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&r->lock);
  if (!r->name[0]) {
    snprintf(name, sizeof name, "AnonymousIterator/%lld", (long long)atomic_fetch_add(&last_number, 1));
    char *kept = strdup(name);
    status = kept ? hr_resource_add(manager, r->container, name, &r->resource)
                  : hr_error_out_of_memory(sizeof name, "the name of an iterator");
    free(status ? kept : r->name);
    if (!status) r->name = kept;
  }
  pthread_mutex_unlock(&r->lock);
  return status;
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static bool is_compatible(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (a->rank < 0 || b->rank < 0) return true;
  if (a->rank != b->rank) return false;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i]) return false;
  return true;
}

hr_status hr_iterator_resource_check(const hr_iterator_resource *r, bool of_reader, int32_t width,
                                     const int32_t *dtypes, const hr_partial_shape *shapes) {
  char expected[HR_SHAPE_TEXT], given[HR_SHAPE_TEXT];
  if (width == 0 || r->width == 0) return HR_SUCCESS;
  if (width != r->width)
    return hr_error(HR_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.",
                    (int)(of_reader ? width : r->width), (int)(of_reader ? r->width : width));
  for (int32_t i = 0; i < width; ++i) {
    hr_dtype theirs = (hr_dtype)(of_reader ? dtypes : r->dtypes)[i],
             ours = (hr_dtype)(of_reader ? r->dtypes : dtypes)[i];
    if (theirs != ours)
      return hr_error(HR_INVALID_ARGUMENT, "Data type mismatch at component %d: expected %s but got %s.", (int)i,
                      hr_dtype_name(theirs), hr_dtype_name(ours));
    if (!is_compatible(&r->shapes[i], &shapes[i]))
      return hr_error(HR_INVALID_ARGUMENT, "Incompatible shapes at component %d: expected %s but got %s.", (int)i,
                      hr_partial_shape_text(of_reader ? &shapes[i] : &r->shapes[i], expected),
                      hr_partial_shape_text(of_reader ? &r->shapes[i] : &shapes[i], given));
  }
  return HR_SUCCESS;
}

/* ---- starting ---------------------------------------------------------------------------------------------------- */

hr_status hr_iterator_resource_start(hr_kernel_context *ctx, hr_iterator_resource *r, hr_dataset *dataset) {
  int32_t *dtypes = calloc((size_t)dataset->width + 1, sizeof *dtypes);
  if (!dtypes) return hr_error_out_of_memory(sizeof *dtypes, "an iterator");
  for (int32_t i = 0; i < dataset->width; ++i)
    dtypes[i] = (int32_t)dataset->dtypes[i];
  hr_status status = hr_iterator_resource_check(r, false, dataset->width, dtypes, dataset->shapes);
  free(dtypes);
  HR_TRY(status);
  hr_function_place place = hr_function_place_of(ctx);
  hr_pipeline *pipeline = hr_pipeline_new(&place);
  if (!pipeline) return hr_error_out_of_memory(sizeof *pipeline, "an iterator");
  hr_iterator *iterator;
  status = hr_iterator_open(dataset, pipeline, &iterator);
  if (status) {
    hr_pipeline_free(pipeline);
    return status;
  }
  pthread_mutex_lock(&r->lock);
  hr_pipeline *old_pipeline = r->pipeline;
  r->pipeline = pipeline;
  pthread_mutex_unlock(&r->lock);
  hr_iterator *old_iterator = r->iterator;
  hr_dataset *old_dataset = r->dataset;
  r->iterator = iterator;
  r->dataset = hr_dataset_ref(dataset);
  stop(old_pipeline, old_iterator, old_dataset);
  return HR_SUCCESS;
}

/* Takes the dataset that the factory makes. */
static hr_status start_by_factory(hr_kernel_context *ctx, hr_iterator_resource *r) {
  hr_function_place place = hr_function_place_of(ctx);
  hr_function_runner *runner;
  HR_TRY(hr_function_runner_new(&place, r->graph, r->factory, &runner));
  hr_tensor variant = {0};
  hr_status status = HR_SUCCESS;
  if (hr_function_runner_arguments(runner) != 0 || hr_function_runner_results(runner) != 1)
    status =
        hr_error(HR_INVALID_ARGUMENT, "The `dataset_factory` function must accept no arguments and return a single "
                                      "scalar variant.");
  hr_dataset *dataset;
  if (!status) status = hr_function_call(runner, &ctx->step->cancellation, NULL, &variant);
  if (!status) status = hr_dataset_of(&variant, &dataset);
  if (!status) status = hr_iterator_resource_start(ctx, r, dataset);
  hr_tensor_clear(&variant);
  hr_function_runner_unref(runner);
  return status;
}

/* ---- elements ---------------------------------------------------------------------------------------------------- */

static hr_status check_started(const hr_iterator_resource *r) {
  if (r->iterator) return HR_SUCCESS;
  return hr_error(HR_FAILED_PRECONDITION,
                  "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
                  "initializer operation for this iterator before getting the next element.");
}

hr_status hr_iterator_resource_next(hr_kernel_context *ctx, hr_iterator_resource *r, hr_pull *pull, hr_tensor *element,
                                    bool *end) {
  if (!r->iterator && r->factory) HR_TRY(start_by_factory(ctx, r));
  HR_TRY(check_started(r));
  pull->pipeline = r->pipeline;
  return hr_iterator_next(r->iterator, pull, element, end);
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

hr_status hr_iterator_resource_save(hr_kernel_context *ctx, hr_iterator_resource *r, hr_state_writer *writer) {
  if (!r->iterator && r->factory) HR_TRY(start_by_factory(ctx, r));
  if (!r->iterator)
    return hr_error(HR_FAILED_PRECONDITION, "Save() failed because the iterator has not been initialized. "
                                            "Ensure that you have run the initializer operation for this iterator "
                                            "before saving it.");
  return hr_iterator_save(r->iterator, writer);
}

/* Restores into fresh iterators, so that a state that is refused leaves the old ones. */
hr_status hr_iterator_resource_restore(hr_kernel_context *ctx, hr_iterator_resource *r, hr_state_reader *reader) {
  if (!r->iterator && r->factory) HR_TRY(start_by_factory(ctx, r));
  if (!r->dataset)
    return hr_error(HR_FAILED_PRECONDITION,
                    "Restore() failed because the iterator has not been initialized. Ensure that "
                    "you have run the initializer operation for this iterator before restoring "
                    "it.");
  hr_iterator *fresh;
  HR_TRY(hr_iterator_open(r->dataset, r->pipeline, &fresh));
  hr_status status = hr_iterator_restore(fresh, reader);
  if (!status && reader->left > 0)
    status = hr_error(HR_DATA_LOSS, "The state of an iterator has %zu bytes too many", reader->left);
  if (status) {
    hr_iterator_close(fresh);
    return status;
  }
  hr_iterator_close(r->iterator);
  r->iterator = fresh;
  return HR_SUCCESS;
}
