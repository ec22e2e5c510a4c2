#include "runtime/data/iterator_resource.h"
#include "runtime/base/condition.h"
#include <stdlib.h>

struct hr_iterator_resource {
  hr_resource resource;
  char *container, *name;
  int32_t width;
  int32_t *dtypes;
  hr_partial_shape *shapes;
  hr_graph *graph;
  const hr_function_attr *factory;
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  bool is_busy; /* somebody has its turn: what follows is his */
  bool has_ended;
  hr_dataset *dataset;
  hr_pipeline *pipeline;
  hr_iterator *iterator;
};

/* ---- turns ------------------------------------------------------------------------------------------------------- */

/* What a turn is taken for, and whether it may end early. */
static hr_status check_step(hr_kernel_context *ctx) { return ctx ? hr_step_check(ctx->step) : HR_SUCCESS; }

static hr_status take_turn(hr_kernel_context *ctx, hr_iterator_resource *r) {
  pthread_mutex_lock(&r->lock);
  while (r->is_busy) {
    hr_pull_wait(&r->changed, &r->lock);
    pthread_mutex_unlock(&r->lock);
    HR_TRY(check_step(ctx));
    pthread_mutex_lock(&r->lock);
  }
  bool has_ended = r->has_ended && ctx;
  if (!has_ended) r->is_busy = true;
  pthread_mutex_unlock(&r->lock);
  return has_ended ? hr_error(HR_CANCELLED, "Iterator %s was cancelled", r->name) : HR_SUCCESS;
}

static void give_turn(hr_iterator_resource *r) {
  pthread_mutex_lock(&r->lock);
  r->is_busy = false;
  pthread_cond_signal(&r->changed);
  pthread_mutex_unlock(&r->lock);
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
  hr_status_free(take_turn(NULL, r));
  stop(r->pipeline, r->iterator, r->dataset);
  r->pipeline = NULL;
  r->iterator = NULL;
  r->dataset = NULL;
  give_turn(r);
}

static void destroy(hr_resource *resource) {
  hr_iterator_resource *r = (hr_iterator_resource *)resource;
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
  if (spec->factory) r->graph = hr_graph_ref(spec->graph);
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

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static bool is_compatible(const hr_partial_shape *a, const hr_partial_shape *b) {
  if (a->rank < 0 || b->rank < 0) return true;
  if (a->rank != b->rank) return false;
  for (int i = 0; i < a->rank; ++i)
    if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i]) return false;
  return true;
}

hr_status hr_iterator_resource_check(const hr_iterator_resource *r, int32_t width, const int32_t *dtypes,
                                     const hr_partial_shape *shapes) {
  char expected[HR_SHAPE_TEXT], given[HR_SHAPE_TEXT];
  if (width == 0 || r->width == 0) return HR_SUCCESS;
  if (width != r->width)
    return hr_error(HR_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.",
                    (int)r->width, (int)width);
  for (int32_t i = 0; i < width; ++i) {
    if (dtypes[i] != r->dtypes[i])
      return hr_error(HR_INVALID_ARGUMENT, "Data type mismatch at component %d: expected %s but got %s.", (int)i,
                      hr_dtype_name((hr_dtype)r->dtypes[i]), hr_dtype_name((hr_dtype)dtypes[i]));
    if (!is_compatible(&r->shapes[i], &shapes[i]))
      return hr_error(HR_INVALID_ARGUMENT, "Incompatible shapes at component %d: expected %s but got %s.", (int)i,
                      hr_partial_shape_text(&r->shapes[i], expected), hr_partial_shape_text(&shapes[i], given));
  }
  return HR_SUCCESS;
}

/* ---- starting ---------------------------------------------------------------------------------------------------- */

/* In a turn. */
static hr_status start(hr_kernel_context *ctx, hr_iterator_resource *r, hr_dataset *dataset) {
  int32_t *dtypes = calloc((size_t)dataset->width + 1, sizeof *dtypes);
  if (!dtypes) return hr_error_out_of_memory(sizeof *dtypes, "an iterator");
  for (int32_t i = 0; i < dataset->width; ++i)
    dtypes[i] = (int32_t)dataset->dtypes[i];
  hr_status status = hr_iterator_resource_check(r, dataset->width, dtypes, dataset->shapes);
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

hr_status hr_iterator_resource_start(hr_kernel_context *ctx, hr_iterator_resource *r, hr_dataset *dataset) {
  HR_TRY(take_turn(ctx, r));
  hr_status status = start(ctx, r, dataset);
  give_turn(r);
  return status;
}

/* Takes the dataset that the factory makes; in a turn. */
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
  if (!status) status = start(ctx, r, dataset);
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

hr_status hr_iterator_resource_next(hr_kernel_context *ctx, hr_iterator_resource *r, hr_tensor *element, bool *end) {
  HR_TRY(take_turn(ctx, r));
  hr_status status = HR_SUCCESS;
  if (!r->iterator && r->factory) status = start_by_factory(ctx, r);
  if (!status) status = check_started(r);
  hr_pull pull = {.pipeline = r->pipeline, .step = ctx->step};
  if (!status) status = hr_iterator_next(r->iterator, &pull, element, end);
  give_turn(r);
  return status;
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

hr_status hr_iterator_resource_save(hr_kernel_context *ctx, hr_iterator_resource *r, hr_state_writer *writer) {
  HR_TRY(take_turn(ctx, r));
  hr_status status = HR_SUCCESS;
  if (!r->iterator && r->factory) status = start_by_factory(ctx, r);
  if (!status && !r->iterator)
    status =
        hr_error(HR_FAILED_PRECONDITION, "SerializeIterator() failed because the iterator has not been initialized. "
                                         "Ensure that you have run the initializer operation for this iterator "
                                         "before saving it.");
  if (!status) status = hr_iterator_save(r->iterator, writer);
  give_turn(r);
  return status;
}

/* Restores into fresh iterators, so that a state that is refused leaves the old ones. */
static hr_status restore(hr_kernel_context *ctx, hr_iterator_resource *r, hr_state_reader *reader) {
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

hr_status hr_iterator_resource_restore(hr_kernel_context *ctx, hr_iterator_resource *r, hr_state_reader *reader) {
  HR_TRY(take_turn(ctx, r));
  hr_status status = restore(ctx, r, reader);
  give_turn(r);
  return status;
}
