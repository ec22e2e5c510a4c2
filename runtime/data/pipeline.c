#include "runtime/data/pipeline.h"
#include "runtime/base/clock.h"
#include "runtime/base/condition.h"
#include "runtime/exec/poll.h"
#include "runtime/graph/attr.h"
#include "runtime/session/function_waits.h"
#include <stdlib.h>

/* A function that some iterator has called, by its value. */
struct hr_kept_function {
  hr_kept_function *next;
  hr_graph *graph; /* of the value: a reference */
  const hr_function_attr *value;
  hr_function_runner *runner;
};

/* What the iterators of one place share. */
struct hr_shared_entry {
  hr_shared_entry *next;
  uint64_t path;
  hr_resource *object;
};

hr_pipeline *hr_pipeline_new(const hr_function_place *place) {
  hr_pipeline *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->place = *place;
  p->pool = place->devices->devices[0]->pool;
  hr_cancellation_init(&p->cancellation);
  pthread_mutex_init(&p->lock, NULL);
  return p;
}

void hr_pipeline_free(hr_pipeline *p) {
  if (!p) return;
  for (hr_kept_function *f = p->functions, *next; f; f = next) {
    next = f->next;
    hr_function_runner_unref(f->runner);
    hr_graph_unref(f->graph);
    free(f);
  }
  for (hr_shared_entry *e = p->shared, *next; e; e = next) {
    next = e->next;
    hr_resource_unref(e->object);
    free(e);
  }
  hr_cancellation_clear(&p->cancellation);
  pthread_mutex_destroy(&p->lock);
  free(p);
}

static hr_status add_shared(hr_pipeline *p, uint64_t path, hr_resource_maker make, void *argument,
                            hr_shared_entry **out) {
  hr_shared_entry *e = calloc(1, sizeof *e);
  if (!e) return hr_error_out_of_memory(sizeof *e, "what iterators share");
  hr_status status = make(argument, &e->object);
  if (status) {
    free(e);
    return status;
  }
  e->path = path;
  e->next = p->shared;
  p->shared = *out = e;
  return HR_SUCCESS;
}

hr_status hr_pipeline_shared(hr_pipeline *p, uint64_t path, hr_resource_maker make, void *argument, hr_resource **out) {
  pthread_mutex_lock(&p->lock);
  hr_shared_entry *e = p->shared;
  while (e && e->path != path)
    e = e->next;
  hr_status status = e ? HR_SUCCESS : add_shared(p, path, make, argument, &e);
  *out = status ? NULL : hr_resource_ref(e->object);
  pthread_mutex_unlock(&p->lock);
  return status;
}

hr_status hr_pull_check(const hr_pull *pull) {
  if (pull->step && !pull->is_away) HR_TRY(hr_step_check(pull->step));
  hr_code reason = hr_cancellation_reason(&pull->pipeline->cancellation);
  if (!reason && pull->is_away) reason = hr_cancellation_reason(&pull->step->cancellation);
  return reason ? hr_cancellation_error(reason) : HR_SUCCESS;
}

void hr_pull_wait(pthread_cond_t *condition, pthread_mutex_t *lock) {
  hr_condition_wait_until(condition, lock, hr_monotonic_nanos() + HR_POLL_NANOS);
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

hr_status hr_data_function_init(const hr_kernel_context *ctx, const char *attr, int32_t first, int32_t count,
                                hr_data_function *out) {
  const hr_node *node = hr_context_node(ctx);
  *out = (hr_data_function){.value = hr_node_attr(node, attr)->func};
  out->captured = calloc((size_t)count + 1, sizeof *out->captured);
  if (!out->captured) return hr_error_out_of_memory(sizeof(hr_tensor) * (size_t)count, "what a function captured");
  for (int32_t i = 0; i < count; ++i) {
    hr_status status = hr_keep_input_shared(ctx, first + i, &out->captured[i]);
    if (status) {
      hr_data_function_clear(out);
      return status;
    }
    ++out->num_captured;
  }
  out->graph = hr_graph_ref(node->graph);
  return HR_SUCCESS;
}

void hr_data_function_clear(hr_data_function *f) {
  for (int32_t i = 0; i < f->num_captured; ++i)
    hr_tensor_clear(&f->captured[i]);
  free(f->captured);
  if (f->graph) hr_graph_unref(f->graph);
  *f = (hr_data_function){0};
}

static hr_kept_function *find(hr_pipeline *p, const hr_function_attr *value) {
  hr_attr_value wanted = {.kind = HR_ATTR_FUNC, .func = value};
  for (hr_kept_function *f = p->functions; f; f = f->next) {
    hr_attr_value kept = {.kind = HR_ATTR_FUNC, .func = f->value};
    if (hr_attr_equal(&kept, &wanted)) return f;
  }
  return NULL;
}

/* Lock held. */
static hr_status add(hr_pipeline *p, const hr_data_function *function, hr_kept_function **out) {
  hr_kept_function *f = calloc(1, sizeof *f);
  if (!f) return hr_error_out_of_memory(sizeof *f, "a function");
  hr_status status = hr_function_runner_new(&p->place, function->graph, function->value, &f->runner);
  if (status) {
    free(f);
    return status;
  }
  f->graph = hr_graph_ref(function->graph);
  f->value = function->value;
  if (hr_function_may_wait(function->graph, function->value->name)) atomic_store(&p->may_wait, true);
  f->next = p->functions;
  p->functions = *out = f;
  return HR_SUCCESS;
}

hr_status hr_pipeline_function(hr_pipeline *p, const hr_data_function *function, hr_function_runner **out) {
  *out = NULL;
  pthread_mutex_lock(&p->lock);
  hr_status status = HR_SUCCESS;
  hr_kept_function *f = find(p, function->value);
  if (!f) status = add(p, function, &f);
  if (!status) *out = f->runner;
  pthread_mutex_unlock(&p->lock);
  return status;
}

hr_status hr_data_call(hr_function_runner *runner, const hr_data_function *function, const hr_pull *pull, int32_t count,
                       const hr_tensor *arguments, hr_tensor *results) {
  int32_t total = count + function->num_captured;
  if (total != hr_function_runner_arguments(runner))
    return hr_error(HR_INVALID_ARGUMENT, "Function %s takes %d arguments, not %d", function->value->name,
                    hr_function_runner_arguments(runner), total);
  const hr_tensor *pointers[64], **all = pointers;
  if (total > 64 && !(all = malloc(sizeof *all * (size_t)total)))
    return hr_error_out_of_memory(sizeof *all * (size_t)total, "arguments");
  for (int32_t i = 0; i < count; ++i)
    all[i] = &arguments[i];
  for (int32_t i = 0; i < function->num_captured; ++i)
    all[count + i] = &function->captured[i];
  hr_status status = hr_function_call(runner, hr_pull_cancellation(pull), all, results);
  if (all != pointers) free(all);
  return status;
}
