#include "runtime/session/direct_session.h"
#include "runtime/base/log.h"
#include "runtime/exec/poll.h"
#include "runtime/session/run_metadata.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

hr_direct_session *hr_session_ref(hr_direct_session *session) {
  atomic_fetch_add(&session->references, 1);
  return session;
}

/* The devices that stand for hardware beside the CPU. */
static void log_devices(const hr_device_set *set) {
  hr_text text = {0};
  for (int32_t i = 0; i < set->count; ++i)
    if (set->devices[i]->description[0])
      hr_text_printf(&text, "\n%s -> %s", set->devices[i]->name, set->devices[i]->description);
  const char *known = text.length ? text.data : " no known devices.";
  printf("Device mapping:%s\n", known);
  HR_LOG(HR_LOG_INFO, "Device mapping:%s", known);
  hr_text_free(&text);
}

static void free_parts(hr_direct_session *session) {
  hr_placer_free(session->placer);
  hr_resource_manager_unref(session->resources); /* values in the devices' memory */
  hr_device_set_clear(&session->devices);
  hr_graph_unref(session->base.graph);
  free(session);
}

static hr_status create(hr_graph *graph, const hr_session_options *options, hr_session **out) {
  hr_direct_session *session = calloc(1, sizeof *session);
  if (!session) return hr_error_out_of_memory(sizeof *session, "a session");
  if (options) session->options = *options;
  session->options.target = "";
  session->options.config = NULL; /* the caller's */
  session->resources = hr_resource_manager_new("localhost");
  session->base = (hr_session){.kind = &hr_direct_kind, .graph = hr_graph_ref(graph)};
  hr_status status = session->resources ? hr_device_set_init(&session->devices, &session->options)
                                        : hr_error_out_of_memory(0, "a resource manager");
  if (!status)
    status = hr_placer_new(graph, &session->devices,
                           (hr_placer_options){.soft = session->options.allow_soft_placement,
                                               .log = session->options.log_device_placement,
                                               .only_needed = session->options.place_pruned_graph},
                           &session->placer);
  if (status) {
    free_parts(session);
    return status;
  }
  session->references = 1;
  pthread_mutex_init(&session->lock, NULL);
  hr_plan_cache_init(&session->cache);
  hr_sessions_add(session);
  if (session->options.log_device_placement) log_devices(&session->devices);
  *out = &session->base;
  return HR_SUCCESS;
}

void hr_session_end(hr_direct_session *session, hr_closing why) {
  int open = HR_NOT_CLOSED;
  atomic_compare_exchange_strong(&session->closed, &open, (int)why); /* in one order with a step's busy flag */
  pthread_mutex_lock(&session->cache.lock);
  for (hr_prepared *p = session->cache.all; p; p = p->next)
    hr_prepared_stop(p);
  pthread_mutex_unlock(&session->cache.lock);
  pthread_mutex_lock(&session->lock);
  for (hr_prepared *p = session->partial; p; p = p->next)
    hr_prepared_stop(p);
  if (!session->cleared) hr_resource_clear_container(session->resources, NULL);
  session->cleared = true;
  pthread_mutex_unlock(&session->lock);
}

static hr_status close_session(hr_session *base) {
  hr_direct_session *session = (hr_direct_session *)base;
  hr_sessions_remove(session);
  hr_session_end(session, HR_CLOSED);
  return HR_SUCCESS;
}

void hr_session_unref(hr_direct_session *session) {
  if (atomic_fetch_sub(&session->references, 1) != 1) return;
  hr_plan_cache_clear(&session->cache);
  pthread_mutex_destroy(&session->lock);
  free_parts(session);
}

static void free_session(hr_session *session) { hr_session_unref((hr_direct_session *)session); }

hr_status hr_session_check_open(const hr_direct_session *session) {
  int closed = atomic_load(&((hr_direct_session *)(uintptr_t)session)->closed);
  if (closed == HR_NOT_CLOSED) return HR_SUCCESS;
  if (closed == HR_CLOSED_BY_RESET) return hr_error(HR_CANCELLED, "Session has been closed.");
  return hr_error(HR_FAILED_PRECONDITION, "Attempted to use a closed Session.");
}

/* ---- devices --------------------------------------------------------------------------------------------------- */

static hr_status update_devices(hr_session *session) {
  (void)session; /* they stay what they were */
  return HR_SUCCESS;
}

static int32_t device_count(const hr_session *session) { return ((const hr_direct_session *)session)->devices.count; }

static hr_device_info device_info(const hr_session *session, int32_t index) {
  const hr_device *device = ((const hr_direct_session *)session)->devices.devices[index];
  return (hr_device_info){.name = device->name,
                          .type = device->type,
                          .description = device->description,
                          .memory_limit = device->memory_limit,
                          .incarnation = device->incarnation};
}

/* ---- preparing ------------------------------------------------------------------------------------------------- */

hr_plan_request hr_session_request(hr_direct_session *session, const hr_signature *signature, hr_output *feeds) {
  for (int32_t i = 0; i < signature->num_feeds; ++i)
    feeds[i] = hr_signature_feed(signature, i);
  return (hr_plan_request){.graph = session->base.graph,
                           .devices = &session->devices,
                           .resources = session->resources,
                           .placer = session->placer,
                           .rewrites_off = session->options.rewrites_off,
                           .dataflow = session->options.dataflow,
                           .may_wait = true,
                           .may_offload =
                               session->options.inter_op_threads != 1 && session->options.inter_op_threads >= 0,
                           .num_feeds = signature->num_feeds,
                           .feeds = feeds,
                           .num_fetches = signature->num_fetches,
                           .fetches = signature->fetches,
                           .num_targets = signature->num_targets,
                           .targets = signature->targets};
}

static hr_status make_prepared(void *argument, hr_prepared **out) { return hr_prepared_new(argument, out); }

hr_status hr_session_prepare(hr_direct_session *session, const hr_signature *signature, hr_prepared **out) {
  uint64_t hash = hr_signature_hash(signature);
  *out = hr_plan_cache_find(&session->cache, signature, hash);
  if (__builtin_expect(*out != NULL, 1)) return hr_placer_check(session->placer);
  HR_TRY(hr_session_check_open(session));
  hr_output *feeds = malloc(sizeof *feeds * ((size_t)signature->num_feeds + 1));
  if (!feeds) return hr_error_out_of_memory(sizeof *feeds * (size_t)signature->num_feeds, "a run's signature");
  hr_plan_request request = hr_session_request(session, signature, feeds);
  hr_status status = hr_plan_cache_add(&session->cache, signature, hash, make_prepared, &request, out);
  free(feeds);
  return status;
}

hr_status hr_session_begin(hr_direct_session *session, hr_prepared *prepared, hr_step **out) {
  HR_TRY(hr_prepared_take(prepared, out));
  if (__builtin_expect(!atomic_load(&session->closed), 1)) return HR_SUCCESS;
  hr_prepared_give_back(prepared, *out);
  *out = NULL;
  return hr_session_check_open(session);
}

/* ---- running --------------------------------------------------------------------------------------------------- */

static hr_status run_until(hr_step *step, int64_t timeout_ms) {
  hr_timer timer;
  HR_TRY(hr_timer_start(&timer, timeout_ms, &step->cancellation));
  hr_status status = hr_step_run(step);
  hr_timer_stop(&timer);
  return status;
}

static hr_status run_step(hr_direct_session *session, hr_step *step, int64_t timeout_ms) {
  if (timeout_ms <= 0) timeout_ms = session->options.operation_timeout_ms;
  hr_cancellation *outer = hr_poll_enter(&step->cancellation);
  hr_status status = __builtin_expect(timeout_ms <= 0, 1) ? hr_step_run(step) : run_until(step, timeout_ms);
  hr_poll_leave(outer);
  return status;
}

static hr_status fetch_all(hr_step *step, hr_tensor *values) {
  for (int32_t i = 0; i < step->plan->num_fetches; ++i) {
    hr_status status = hr_step_fetch(step, i, &values[i]);
    if (__builtin_expect(status != HR_SUCCESS, 0)) {
      while (i-- > 0)
        hr_tensor_clear(&values[i]);
      return status;
    }
  }
  return HR_SUCCESS;
}

static hr_status check_options(const hr_direct_session *session, const hr_run_options *options) {
  int32_t pool = options->inter_op_thread_pool, pools = session->options.inter_op_pools;
  if (pool >= -1 && pool < (pools > 0 ? pools : 1)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Invalid inter_op_thread_pool: %d", pool);
}

/* The metadata of a run, and for its graphs the plan's own request without rewriting. */
static hr_status write_metadata(hr_direct_session *session, const hr_step *step, const hr_run_options *options,
                                hr_owned_bytes *metadata) {
  const hr_plan *plan = step->plan;
  hr_arena arena = {0};
  hr_output *feeds = HR_ARENA_ARRAY(&arena, hr_output, plan->num_feeds + 1);
  hr_output *fetches = HR_ARENA_ARRAY(&arena, hr_output, plan->num_fetches + 1);
  hr_output *scratch = HR_ARENA_ARRAY(&arena, hr_output, plan->num_feeds + 1);
  hr_status status = feeds && fetches && scratch ? HR_SUCCESS : hr_error_out_of_memory(0, "run metadata");
  if (!status) {
    for (int32_t i = 0; i < plan->num_feeds; ++i)
      feeds[i] = plan->feeds[i].output;
    for (int32_t i = 0; i < plan->num_fetches; ++i)
      fetches[i] = plan->fetches[i].output;
    hr_signature signature = {.num_feeds = plan->num_feeds,
                              .num_fetches = plan->num_fetches,
                              .num_targets = plan->num_targets,
                              .feeds = feeds,
                              .feed_stride = sizeof *feeds,
                              .fetches = fetches,
                              .targets = plan->targets};
    hr_plan_request as_built = hr_session_request(session, &signature, scratch);
    as_built.rewrites_off = HR_REWRITE_ALL;
    status = hr_run_metadata_write(step, options, &as_built, metadata);
  }
  hr_arena_free(&arena);
  return status;
}

hr_status hr_session_run_prepared(hr_direct_session *session, hr_prepared *prepared, const hr_run_options *options,
                                  const hr_tensor *const *feeds, size_t feed_stride, hr_tensor *values,
                                  hr_owned_bytes *metadata) {
  if (metadata) *metadata = (hr_owned_bytes){0};
  if (options) HR_TRY(check_options(session, options));
  hr_step *step;
  HR_TRY(hr_session_begin(session, prepared, &step));
  const hr_plan *plan = step->plan;
  hr_status status = HR_SUCCESS;
  bool traced = options && options->trace_level != HR_NO_TRACE && metadata;
  if (__builtin_expect(traced, 0)) status = hr_trace_begin(step);
  step->alone = options && options->inter_op_thread_pool == -1;
  for (int32_t i = 0; i < plan->num_feeds && !status; ++i)
    status = hr_step_feed(step, i, *(const hr_tensor *const *)((const char *)feeds + feed_stride * (size_t)i));
  if (!status) status = run_step(session, step, options ? options->timeout_ms : 0);
  if (!status) status = fetch_all(step, values);
  if (__builtin_expect(metadata != NULL, 0) && !status) {
    status = write_metadata(session, step, options, metadata);
    for (int32_t i = 0; status && i < plan->num_fetches; ++i)
      hr_tensor_clear(&values[i]);
  }
  if (__builtin_expect(traced, 0)) hr_trace_end(step);
  step->alone = false;
  hr_step_finish(step);
  hr_prepared_give_back(prepared, step);
  return status;
}

static hr_status run(hr_session *base, const hr_run_options *options, int32_t feed_count, const hr_feed *feeds,
                     int32_t fetch_count, const hr_output *fetches, hr_tensor *values, int32_t target_count,
                     hr_node *const *targets, hr_owned_bytes *metadata) {
  hr_direct_session *session = (hr_direct_session *)base;
  hr_signature signature = {.num_feeds = feed_count,
                            .num_fetches = fetch_count,
                            .num_targets = target_count,
                            .feeds = feeds ? &feeds->output : NULL,
                            .feed_stride = sizeof *feeds,
                            .fetches = fetches,
                            .targets = targets};
  hr_prepared *prepared;
  HR_TRY(hr_session_prepare(session, &signature, &prepared));
  return hr_session_run_prepared(session, prepared, options, feeds ? &feeds->value : NULL, sizeof *feeds, values,
                                 metadata);
}

const hr_session_kind hr_direct_kind = {.prefix = "",
                                        .create = create,
                                        .close = close_session,
                                        .free = free_session,
                                        .reset = hr_direct_reset,
                                        .update_devices = update_devices,
                                        .device_count = device_count,
                                        .device = device_info,
                                        .run = run,
                                        .callable_new = hr_direct_callable_new,
                                        .callable_run = hr_direct_callable_run,
                                        .callable_free = hr_direct_callable_free,
                                        .partial_run_new = hr_direct_partial_run_new,
                                        .partial_run_step = hr_direct_partial_run_step,
                                        .partial_run_free = hr_direct_partial_run_free};
