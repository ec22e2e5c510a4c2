/* Steps of a master: the own part in this process, the others by RunGraph, all at once. */
#include "distributed/master.h"
#include "distributed/partial_part.h"
#include "distributed/services.h"
#include "distributed/wire_status.h"
#include "proto/worker.pb-c.h"
#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>

#define RUN_GRAPH     "/tensorflow.WorkerService/RunGraph"
#define CLEANUP_GRAPH "/tensorflow.WorkerService/CleanupGraph"

#define CLEANUP_TIMEOUT INT64_C(10000)

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Numbers of steps and requests: unlike those of other masters. */
int64_t hr_new_step_id(void) {
  static _Atomic uint64_t next;
  uint64_t number = atomic_load_explicit(&next, memory_order_relaxed);
  if (number == 0) {
    uint64_t first = 0, none = 0;
    if (getrandom(&first, sizeof first, 0) != (ssize_t)sizeof first) first = (uintptr_t)&first;
    atomic_compare_exchange_strong(&next, &none, first | 1);
  }
  return (int64_t)(atomic_fetch_add(&next, UINT64_C(0x9E3779B97F4A7C15)) >> 8 | UINT64_C(1) << 56);
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static bool is_derived(hr_status status) { return strstr(hr_status_message(status), HR_DERIVED) != NULL; }

/* Keeps the cause: an error that follows from another one gives way to it. Says whether the others have to stop. Lock
 * held; takes over `status`. */
static bool note(hr_master_step *step, hr_status status, const char *task) {
  if (!status) return false;
  if (step->status && (!is_derived(step->status) || is_derived(status))) {
    hr_status_free(status);
    return false;
  }
  hr_status_free(step->status);
  step->status = hr_status_prefix(hr_status_for_wire(status), "From %s:\n", task);
  return !is_derived(step->status);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

void hr_master_step_unref(hr_master_step *step) {
  if (atomic_fetch_sub(&step->references, 1) != 1) return;
  for (int32_t i = 0; step->calls && i < step->plan->num_parts; ++i)
    hr_call_unref(step->calls[i].call);
  hr_cancellation_clear(&step->timeout);
  pthread_mutex_destroy(&step->lock);
  hr_text_free(&step->stats);
  hr_text_free(&step->graphs);
  hr_arena_free(&step->arena);
  hr_master *master = step->session->master;
  step->drop(step);
  hr_master_release(master);
}

static void cleaned_up(void *argument, hr_status status, hr_slices *response) {
  (void)response;
  hr_status_free(status);
  hr_master_release(argument);
}

static void clean_up_at(hr_master *master, const hr_master_task *task, int64_t step) {
  HrPb__CleanupGraphRequest request;
  hr_pb__cleanup_graph_request__init(&request);
  request.step_id = step;
  hr_slices bytes = hr_slices_of_proto(&request);
  hr_master_hold(master);
  hr_channel_start(task->channel, CLEANUP_GRAPH, &bytes, &(hr_call_options){.timeout_ms = CLEANUP_TIMEOUT}, cleaned_up,
                   master, NULL);
}

void hr_master_clean_up(hr_master_session *session, const hr_master_plan *plan, int64_t step) {
  for (int32_t i = 0; i < plan->num_parts; ++i)
    if (plan->parts[i].part)
      hr_worker_end_step(session->master->worker, step);
    else
      clean_up_at(session->master, &session->tasks[plan->parts[i].task], step);
}

/* Tells the workers that the step is over. Ours know where it went well. */
static void clean_up(hr_master_step *step) {
  hr_master *master = step->session->master;
  bool went_well = !step->status && !step->cancelled;
  for (int32_t i = 0; i < step->plan->num_parts; ++i) {
    const hr_master_part *part = &step->plan->parts[i];
    const hr_master_task *task = &step->session->tasks[part->task];
    if (!part->part && !(task->is_ours && went_well)) clean_up_at(master, task, step->id);
  }
  if (!step->own.place) return;
  if (!went_well) hr_worker_end_step(master->worker, step->id);
  hr_meeting_place_unref(step->own.place);
  step->own.place = NULL;
}

static void leave_session(hr_master_step *step) {
  hr_master_session *session = step->session;
  if (!step->is_listed) return;
  pthread_mutex_lock(&session->lock);
  if (step->previous)
    step->previous->next = step->next;
  else
    session->steps = step->next;
  if (step->next) step->next->previous = step->previous;
  pthread_mutex_unlock(&session->lock);
}

/* The text of a session that the client sees: without the mark of errors that follow from others. */
static hr_status without_mark(hr_status status) {
  const char *mark = status ? strstr(hr_status_message(status), HR_DERIVED) : NULL;
  if (!mark) return status;
  hr_status plain = hr_error(hr_status_code(status), "%.*s%s", (int)(mark - hr_status_message(status)),
                             hr_status_message(status), mark + sizeof HR_DERIVED - 1);
  hr_status_free(status);
  return plain;
}

static bool is_closed(hr_master_session *session) {
  pthread_mutex_lock(&session->lock);
  bool closed = session->closed;
  pthread_mutex_unlock(&session->lock);
  return closed;
}

/* Takes over what the step came to, and gives it in TensorFlow's words where the step was stopped. */
static hr_status outcome(hr_master_step *step, hr_status status) {
  hr_code code = hr_status_code(status);
  bool is_late = step->cancelled == HR_DEADLINE_EXCEEDED;
  /* A task may notice before the master does that the time is up. */
  if (code == HR_DEADLINE_EXCEEDED && step->options.timeout_ms > 0) is_late = true;
  if ((!is_late && !step->cancelled) || (code != HR_OK && code != HR_CANCELLED && code != HR_DEADLINE_EXCEEDED))
    return status;
  hr_status_free(status);
  if (is_late) return hr_error(HR_DEADLINE_EXCEEDED, "Operation timed out.");
  if (is_closed(step->session))
    return hr_error(HR_CANCELLED, "Step was cancelled by an explicit call to `Session::Close()`.");
  return hr_cancellation_error(HR_CANCELLED);
}

static void finish(hr_master_step *step) {
  hr_timer_stop(&step->timer);
  leave_session(step);
  if (step->own_began) hr_part_run_end(&step->own);
  clean_up(step);
  hr_status status = outcome(step, step->status);
  step->status = HR_SUCCESS;
  for (int32_t i = 0; status && i < step->plan->num_fetches; ++i)
    hr_tensor_clear(&step->values[i]);
  enum { STEP_STATS = 1 };
  hr_text metadata = {0};
  if (step->stats.length > 0) hr_wire_put_bytes(&metadata, STEP_STATS, (hr_view){step->stats.data, step->stats.length});
  if (step->graphs.length > 0) hr_text_add(&metadata, step->graphs.data, step->graphs.length);
  step->done(step, without_mark(status), &metadata);
  hr_text_free(&metadata);
  hr_master_step_unref(step);
}

/* One of those who are busy with the step is no more. */
static void settle(hr_master_step *step) {
  pthread_mutex_lock(&step->lock);
  bool is_last = --step->pending == 0;
  if (is_last) step->has_ended = true;
  pthread_mutex_unlock(&step->lock);
  if (is_last) finish(step);
}

/* ---- cancelling -------------------------------------------------------------------------------------------------- */

/* Ends what still runs. Called without the lock, by one that is busy with the step. */
static void stop_parts(hr_master_step *step) {
  pthread_mutex_lock(&step->lock);
  bool own_runs = step->own_runs;
  for (int32_t i = 0; i < step->plan->num_parts; ++i)
    if (step->calls && step->calls[i].call) hr_call_cancel(step->calls[i].call);
  pthread_mutex_unlock(&step->lock);
  if (own_runs) hr_part_run_cancel(&step->own, HR_CANCELLED);
}

void hr_master_cancel(hr_master_step *step, hr_code reason) {
  pthread_mutex_lock(&step->lock);
  bool may = !step->has_ended && step->cancelled == HR_OK;
  if (may) {
    step->cancelled = reason;
    ++step->pending;
  }
  pthread_mutex_unlock(&step->lock);
  if (!may) return;
  stop_parts(step);
  settle(step);
}

static void *time_is_up(void *argument) {
  hr_master_cancel(argument, HR_DEADLINE_EXCEEDED);
  hr_master_step_unref(argument);
  return NULL;
}

#define CONTAINER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* On the timer's thread, which must not end the step: that stops the timer. */
static void on_timeout(hr_cancel_watch *watch) {
  hr_master_step *step = CONTAINER(watch, hr_master_step, on_timeout);
  atomic_fetch_add(&step->references, 1);
  pthread_t thread;
  if (pthread_create(&thread, NULL, time_is_up, step) == 0)
    pthread_detach(thread);
  else
    hr_master_step_unref(step);
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* What a part tells about itself. Lock held. */
static void add_metadata(hr_master_step *step, hr_view stats, int32_t num_graphs, const hr_view *graphs) {
  enum { PARTITION_GRAPHS = 3 };
  hr_text_add(&step->stats, stats.data, stats.length); /* messages put end to end are merged */
  for (int32_t i = 0; i < num_graphs; ++i)
    hr_wire_put_bytes(&step->graphs, PARTITION_GRAPHS, graphs[i]);
}

static hr_status take_own_metadata(hr_master_step *step) {
  const hr_run_options *options = &step->options;
  if (options->trace_level == HR_NO_TRACE && !options->output_partition_graphs) return HR_SUCCESS;
  hr_owned_bytes bytes;
  hr_metadata_parts parts;
  hr_arena arena = {0};
  HR_TRY(hr_part_run_metadata(&step->own, &bytes));
  hr_status status = hr_metadata_part((hr_view){bytes.data, bytes.length}, &arena, &parts);
  pthread_mutex_lock(&step->lock);
  if (!status) add_metadata(step, parts.step_stats, parts.num_graphs, parts.graphs);
  pthread_mutex_unlock(&step->lock);
  hr_arena_free(&arena);
  free(bytes.data);
  return status;
}

/* Others wait for what does not come. */
static void abort_meeting(hr_master_step *step, hr_status status) {
  if (!status || !step->own.place) return;
  hr_status derived = hr_derived(hr_status_for_wire(hr_status_copy(status)));
  hr_meeting_place_abort(step->own.place, derived);
  hr_status_free(derived);
}

static void own_ended(hr_part_run *run, hr_status status, hr_tensor *values) {
  hr_master_step *step = CONTAINER(run, hr_master_step, own);
  const hr_master_part *part = &step->plan->parts[0];
  for (int32_t i = 0; !status && i < part->num_fetches; ++i)
    step->values[part->fetches[i]] = values[i];
  if (!status) status = take_own_metadata(step);
  abort_meeting(step, status);
  pthread_mutex_lock(&step->lock);
  step->own_runs = false;
  bool must_stop = note(step, status, step->session->tasks[part->task].name);
  pthread_mutex_unlock(&step->lock);
  if (must_stop) stop_parts(step);
  settle(step);
}

static hr_status begin_own(hr_master_step *step) {
  const hr_master_part *part = &step->plan->parts[0];
  hr_master *master = step->session->master;
  step->own_feeds = HR_ARENA_ARRAY(&step->arena, const hr_tensor *, part->num_feeds + 1);
  if (!step->own_feeds) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < part->num_feeds; ++i)
    step->own_feeds[i] = &step->feeds[part->feeds[i]];
  step->own = (hr_part_run){.part = part->part, .feeds = step->own_feeds, .options = step->options, .done = own_ended};
  if (part->part->has_edges) {
    HR_TRY(hr_meeting_place_find(&master->worker->meetings, step->id, &step->own.place));
    hr_meeting_place_set_peers(step->own.place, step->session->peers);
    if (step->options.timeout_ms > 0) hr_meeting_place_set_time_left(step->own.place, step->options.timeout_ms);
  }
  return hr_part_run_begin(&step->own);
}

/* Where the answer's tensors go. */
static hr_status take_answer(hr_master_step *step, const hr_master_part *part, hr_slices *bytes) {
  hr_arena arena = {0};
  hr_run_graph_response answer;
  hr_status status = hr_message_read(&hr_run_graph_response_type, bytes, hr_cpu_allocator(), &arena, &answer);
  if (status) {
    hr_arena_free(&arena);
    return status;
  }
  if (answer.status_code != 0)
    status = hr_error(
        (hr_code)(answer.status_code > 0 && answer.status_code <= HR_UNAUTHENTICATED ? answer.status_code : HR_UNKNOWN),
        "%.*s", (int)answer.status_error_message.length, answer.status_error_message.data);
  for (int32_t i = 0; !status && i < part->num_fetches; ++i) {
    hr_tensor *value = &step->values[part->fetches[i]];
    for (int32_t k = 0; k < answer.recv.count && !hr_tensor_is_valid(value); ++k)
      if (hr_view_equal(answer.recv.items[k].name, hr_view_of(part->fetch_keys[i])))
        hr_tensor_copy(&answer.recv.items[k].value, value);
    if (!hr_tensor_is_valid(value)) status = hr_error(HR_INTERNAL, "There is no value for %s", part->fetch_keys[i]);
  }
  if (!status) {
    pthread_mutex_lock(&step->lock);
    add_metadata(step, answer.step_stats, answer.partition_graph.count, answer.partition_graph.items);
    pthread_mutex_unlock(&step->lock);
  }
  hr_message_clear(&hr_run_graph_response_type, &answer);
  hr_arena_free(&arena);
  return status;
}

static void part_ended(hr_step_call *call, hr_status status) {
  hr_master_step *step = call->step;
  pthread_mutex_lock(&step->lock);
  bool must_stop = note(step, status, step->session->tasks[call->part->task].name);
  pthread_mutex_unlock(&step->lock);
  if (must_stop) stop_parts(step);
  settle(step);
}

static void answered(void *argument, hr_status status, hr_slices *bytes) {
  hr_step_call *call = argument;
  if (!status) status = take_answer(call->step, call->part, bytes);
  part_ended(call, status);
}

static hr_status write_request(hr_master_step *step, const hr_master_part *part, hr_slices *out) {
  hr_named_tensor *send = HR_ARENA_ARRAY(&step->arena, hr_named_tensor, part->num_feeds + 1);
  hr_view *keys = HR_ARENA_ARRAY(&step->arena, hr_view, part->num_fetches + 1);
  if (!send || !keys) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < part->num_feeds; ++i)
    send[i] = (hr_named_tensor){hr_view_of(part->feed_keys[i]), step->feeds[part->feeds[i]]};
  int32_t num_keys = 0;
  for (int32_t i = 0; i < part->num_fetches; ++i) {
    bool is_new = true;
    for (int32_t k = 0; k < num_keys; ++k)
      is_new &= strcmp(keys[k].data, part->fetch_keys[i]) != 0;
    if (is_new) keys[num_keys++] = hr_view_of(part->fetch_keys[i]);
  }
  HrPb__ExecutorOpts options;
  hr_pb__executor_opts__init(&options);
  options.record_timeline = step->options.trace_level != HR_NO_TRACE;
  options.record_partition_graphs = step->options.output_partition_graphs;
  hr_text text = {0};
  hr_proto_pack(&options, &text);
  const hr_run_graph_request request = {.session_handle = hr_view_of(step->session->handle),
                                        .graph_handle = hr_view_of(part->graph_handle),
                                        .step_id = step->id,
                                        .request_id = hr_new_step_id(),
                                        .send = {part->num_feeds, send},
                                        .recv_key = {num_keys, keys},
                                        .exec_opts = {text.data, text.length},
                                        .store_errors_in_response_body = true,
                                        .create_worker_session_called = true};
  hr_status status = text.failed ? hr_error_out_of_memory(0, "a step")
                                 : hr_message_write(&hr_run_graph_request_type, &request, NULL, out);
  hr_text_free(&text);
  return status;
}

/* Sends a part on its way; ends it at once where that fails. */
static void start_there(hr_master_step *step, int32_t index) {
  const hr_master_part *part = &step->plan->parts[index];
  hr_step_call *call = &step->calls[index];
  hr_slices request;
  hr_status status = write_request(step, part, &request);
  if (status) {
    part_ended(call, status);
    return;
  }
  hr_call *started;
  hr_channel_start(step->session->tasks[part->task].channel, RUN_GRAPH, &request,
                   &(hr_call_options){.timeout_ms = step->options.timeout_ms}, answered, call, &started);
  pthread_mutex_lock(&step->lock);
  call->call = started;
  if (started && (step->cancelled || step->status)) hr_call_cancel(started);
  pthread_mutex_unlock(&step->lock);
}

static hr_status enter_session(hr_master_step *step) {
  hr_master_session *session = step->session;
  pthread_mutex_lock(&session->lock);
  bool may = step->is_listed = !session->closed;
  if (may) {
    step->previous = NULL;
    step->next = session->steps;
    if (step->next) step->next->previous = step;
    session->steps = step;
  }
  pthread_mutex_unlock(&session->lock);
  return may ? HR_SUCCESS : hr_error(HR_ABORTED, "Session %s is not found.", session->handle);
}

static hr_status prepare(hr_master_step *step) {
  const hr_master_plan *plan = step->plan;
  step->calls =
      hr_arena_zalloc(&step->arena, sizeof *step->calls * ((size_t)plan->num_parts + 1), _Alignof(hr_step_call));
  if (!step->calls) return hr_error_out_of_memory(0, "a step");
  for (int32_t i = 0; i < plan->num_parts; ++i)
    step->calls[i] = (hr_step_call){.step = step, .part = &plan->parts[i]};
  for (int32_t i = 0; i < plan->num_feeds; ++i)
    if (!hr_tensor_is_valid(&step->feeds[i])) return hr_error(HR_INVALID_ARGUMENT, "A feed of a step has no value");
  return HR_SUCCESS;
}

static hr_status start_timer(hr_master_step *step) {
  if (step->options.timeout_ms <= 0) step->options.timeout_ms = step->session->options.operation_timeout_ms;
  if (step->options.timeout_ms <= 0) return HR_SUCCESS;
  step->on_timeout.cancel = on_timeout;
  (void)hr_cancellation_watch(&step->timeout, &step->on_timeout);
  return hr_timer_start(&step->timer, step->options.timeout_ms, &step->timeout);
}

/* All parts begin; the own one last, on this thread. */
static void start_parts(hr_master_step *step) {
  const hr_master_plan *plan = step->plan;
  bool has_own = plan->num_parts > 0 && plan->parts[0].part;
  hr_status status = has_own ? begin_own(step) : HR_SUCCESS;
  bool is_begun = has_own && !status;
  pthread_mutex_lock(&step->lock);
  step->own_began = step->own_runs = is_begun;
  step->pending += plan->num_parts - (has_own && !is_begun);
  bool is_cancelled = step->cancelled != HR_OK;
  note(step, status, has_own ? step->session->tasks[plan->parts[0].task].name : "");
  bool has_failed = step->status != HR_SUCCESS;
  if (has_failed) step->pending -= plan->num_parts - has_own; /* the others need not begin */
  pthread_mutex_unlock(&step->lock);
  for (int32_t i = has_own; i < plan->num_parts && !has_failed; ++i)
    start_there(step, i);
  if (is_begun) {
    if (is_cancelled) hr_part_run_cancel(&step->own, HR_CANCELLED);
    hr_part_run_start(&step->own);
  }
}

void hr_master_step_begin(hr_master_step *step) {
  pthread_mutex_init(&step->lock, NULL);
  hr_cancellation_init(&step->timeout);
  hr_master_hold(step->session->master);
  atomic_store(&step->references, 1);
  step->pending = 1;
  step->id = hr_new_step_id();
}

void hr_master_run(hr_master_step *step) {
  hr_status status = prepare(step);
  if (!status) status = enter_session(step);
  if (!status) status = start_timer(step);
  if (status) {
    pthread_mutex_lock(&step->lock);
    hr_status_keep_first(&step->status, status);
    pthread_mutex_unlock(&step->lock);
  } else {
    start_parts(step);
  }
  settle(step);
}
