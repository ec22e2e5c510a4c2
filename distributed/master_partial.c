/* Partial runs of a master: one step whose feeds and fetches come in several calls. All of them go through the step's
 * rendezvous, in the own task as in others. */
#include "distributed/master.h"
#include "distributed/partial_part.h"
#include "distributed/wire_status.h"
#include "proto/worker.pb-c.h"
#include "runtime/graph/node.h"
#include "runtime/plan/node_set.h"
#include <stdio.h>
#include <stdlib.h>

#define RUN_GRAPH "/tensorflow.WorkerService/RunGraph"

struct hr_master_partial {
  hr_master_partial *next; /* of the session's; its lock guards the list and what follows */
  char handle[HR_PARTIAL_HANDLE_BYTES];
  hr_master_plan *plan;
  int64_t step;
  int32_t references;
  bool *fed, *fetched; /* by feed, by fetch */
  int32_t left;        /* feeds and fetches to come */
  bool is_over;
};

/* The call of one part. */
typedef struct hr_partial_part_call {
  hr_exchange exchange; /* first; of the own task */
  hr_partial_call *call;
  hr_call *started; /* in another task; the call's lock guards it */
  const hr_master_part *part;
  int32_t num_inputs, num_outputs;
  int32_t *inputs, *outputs; /* which of the call's */
} part_call;

/* ---- setting up -------------------------------------------------------------------------------------------------- */

hr_status hr_master_partial_new(hr_master_session *session, const hr_names_request *names,
                                char handle[HR_PARTIAL_HANDLE_BYTES]) {
  hr_names_request wanted = *names;
  wanted.is_partial = true;
  hr_master_plan *plan;
  HR_TRY(hr_master_prepare(session, &wanted, &plan));
  size_t feeds = (size_t)plan->num_feeds + 1, fetches = (size_t)plan->num_fetches + 1;
  hr_master_partial *partial = calloc(1, sizeof *partial + feeds + fetches);
  if (!partial) {
    hr_master_plan_unref(plan);
    return hr_error_out_of_memory(sizeof *partial, "a partial run");
  }
  partial->fed = (bool *)(partial + 1);
  partial->fetched = partial->fed + feeds;
  partial->plan = plan;
  partial->references = 1;
  partial->step = hr_new_step_id();
  partial->left = plan->num_feeds + plan->num_fetches;
  snprintf(partial->handle, sizeof partial->handle, "partial_run_%016llx", (unsigned long long)partial->step);
  memcpy(handle, partial->handle, sizeof partial->handle);
  pthread_mutex_lock(&session->lock);
  partial->next = session->partials;
  session->partials = partial;
  pthread_mutex_unlock(&session->lock);
  return HR_SUCCESS;
}

static void unref(hr_master_session *session, hr_master_partial *partial) {
  pthread_mutex_lock(&session->lock);
  bool is_last = --partial->references == 0;
  pthread_mutex_unlock(&session->lock);
  if (!is_last) return;
  hr_master_plan_unref(partial->plan);
  free(partial);
}

/* The step is over: it leaves the session, and the workers are told. */
static void end(hr_master_session *session, hr_master_partial *partial) {
  pthread_mutex_lock(&session->lock);
  bool was_open = !partial->is_over;
  partial->is_over = true;
  for (hr_master_partial **link = &session->partials; *link; link = &(*link)->next) {
    if (*link != partial) continue;
    *link = partial->next;
    break;
  }
  pthread_mutex_unlock(&session->lock);
  if (!was_open) return;
  hr_master_clean_up(session, partial->plan, partial->step);
  unref(session, partial);
}

void hr_master_end_partials(hr_master_session *session) {
  for (;;) {
    pthread_mutex_lock(&session->lock);
    hr_master_partial *partial = session->partials;
    if (partial) ++partial->references;
    pthread_mutex_unlock(&session->lock);
    if (!partial) return;
    end(session, partial);
    unref(session, partial);
  }
}

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static int32_t index_of(int32_t count, const hr_view *names, hr_view name) {
  for (int32_t i = 0; i < count; ++i)
    if (hr_view_equal(names[i], name)) return i;
  return -1;
}

/* Whether the fetch depends on nothing that is still to be fed. Both locks of the session held. */
static hr_status check_fetch(const hr_master_session *session, const hr_master_partial *partial, int32_t fetch,
                             hr_arena *arena) {
  const hr_master_plan *plan = partial->plan;
  int32_t limit = hr_graph_node_count(session->graph), depth = 0;
  hr_node_set seen;
  const hr_node **stack = HR_ARENA_ARRAY(arena, const hr_node *, limit + 1);
  if (!stack || !hr_node_set_init(&seen, arena, limit)) return hr_error_out_of_memory(0, "a partial run");
  stack[depth++] = plan->fetch_outputs[fetch].node;
  hr_node_set_add(&seen, stack[0]->id);
  while (depth > 0) {
    const hr_node *node = stack[--depth];
    for (int32_t i = 0; i < node->num_inputs + node->num_control_inputs; ++i) {
      const hr_node *input = i < node->num_inputs ? node->inputs[i].node : node->control_inputs[i - node->num_inputs];
      int32_t feed = -1;
      for (int32_t k = 0; i < node->num_inputs && k < plan->num_feeds && feed < 0; ++k)
        if (hr_output_equal(plan->feed_outputs[k], node->inputs[i])) feed = k;
      if (feed >= 0 && !partial->fed[feed])
        return hr_error(HR_INVALID_ARGUMENT, "Fetch %.*s can't be computed from the feeds that have been fed so far.",
                        (int)plan->fetch_names[fetch].length, plan->fetch_names[fetch].data);
      if (feed < 0 && input && hr_node_set_add(&seen, input->id)) stack[depth++] = input;
    }
  }
  return HR_SUCCESS;
}

/* Which of the plan's feeds and fetches the call is about; marks them. Both locks of the session held. */
static hr_status match(hr_partial_call *call) {
  hr_master_partial *partial = call->partial;
  const hr_master_plan *plan = partial->plan;
  for (int32_t i = 0; i < call->num_feeds; ++i) {
    hr_view name = call->feed_names[i];
    call->feed_index[i] = index_of(plan->num_feeds, plan->feed_names, name);
    if (call->feed_index[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "The feed %.*s was not specified in partial_run_setup.", (int)name.length,
                      name.data);
    if (partial->fed[call->feed_index[i]])
      return hr_error(HR_INVALID_ARGUMENT, "The feed %.*s had already been fed.", (int)name.length, name.data);
    partial->fed[call->feed_index[i]] = true;
  }
  for (int32_t i = 0; i < call->num_fetches; ++i) {
    hr_view name = call->fetch_names[i];
    call->fetch_index[i] = index_of(plan->num_fetches, plan->fetch_names, name);
    if (call->fetch_index[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "The fetch %.*s was not specified in partial_run_setup.", (int)name.length,
                      name.data);
    if (partial->fetched[call->fetch_index[i]])
      return hr_error(HR_INVALID_ARGUMENT, "The fetch %.*s had already been fetched.", (int)name.length, name.data);
  }
  for (int32_t i = 0; i < call->num_fetches; ++i) {
    HR_TRY(check_fetch(call->session, partial, call->fetch_index[i], &call->arena));
    partial->fetched[call->fetch_index[i]] = true;
  }
  partial->left -= call->num_feeds + call->num_fetches;
  call->is_last = partial->left == 0;
  return HR_SUCCESS;
}

static hr_status find(hr_partial_call *call, hr_view handle) {
  hr_master_session *session = call->session;
  call->feed_index = HR_ARENA_ARRAY(&call->arena, int32_t, call->num_feeds + 1);
  call->fetch_index = HR_ARENA_ARRAY(&call->arena, int32_t, call->num_fetches + 1);
  if (!call->feed_index || !call->fetch_index) return hr_error_out_of_memory(0, "a partial run");
  pthread_mutex_lock(&session->building);
  pthread_mutex_lock(&session->lock);
  hr_master_partial *partial = session->partials;
  while (partial && !hr_view_equal(hr_view_of(partial->handle), handle))
    partial = partial->next;
  call->partial = partial;
  hr_status status = HR_SUCCESS;
  if (partial) {
    ++partial->references;
    status = match(call);
  } else {
    status = hr_error(HR_INVALID_ARGUMENT, "Must run PartialRunSetup before performing partial runs");
  }
  pthread_mutex_unlock(&session->lock);
  pthread_mutex_unlock(&session->building);
  return status;
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

/* One of those that the call waits for has ended. Takes over `status`. */
static void settle(hr_partial_call *call, hr_status status) {
  pthread_mutex_lock(&call->lock);
  hr_status_keep_first(&call->status, status);
  bool is_last = --call->pending == 0;
  pthread_mutex_unlock(&call->lock);
  if (!is_last) return;
  status = call->status;
  if (call->partial) {
    if (status || call->is_last) end(call->session, call->partial);
    unref(call->session, call->partial);
  }
  for (int32_t i = 0; i < call->num_parts; ++i)
    hr_call_unref(call->parts[i].started);
  hr_master *master = call->session->master;
  call->done(call, status);
  hr_master_release(master);
}

static void settle_part(part_call *p, hr_status status) {
  const char *task = p->call->session->tasks[p->part->task].name;
  settle(p->call, hr_status_prefix(hr_status_for_wire(status), "From %s:\n", task));
}

static void own_done(hr_exchange *exchange, hr_status status) {
  part_call *p = (part_call *)exchange;
  for (int32_t i = 0; i < p->num_outputs; ++i)
    if (status)
      hr_tensor_clear(&exchange->outputs[i]);
    else
      p->call->values[p->outputs[i]] = exchange->outputs[i];
  settle_part(p, status);
}

static const char *input_key(const part_call *p, int32_t i) {
  const hr_master_part *part = p->part;
  for (int32_t k = 0; k < part->num_feeds; ++k)
    if (part->feeds[k] == p->call->feed_index[p->inputs[i]]) return part->feed_keys[k];
  return "";
}

static const char *output_key(const part_call *p, int32_t i) {
  const hr_master_part *part = p->part;
  for (int32_t k = 0; k < part->num_fetches; ++k)
    if (part->fetches[k] == p->call->fetch_index[p->outputs[i]]) return part->fetch_keys[k];
  return "";
}

static void run_own(part_call *p) {
  hr_arena *arena = &p->call->arena;
  hr_exchange *exchange = &p->exchange;
  const char **inputs = HR_ARENA_ARRAY(arena, const char *, p->num_inputs + 1);
  const char **outputs = HR_ARENA_ARRAY(arena, const char *, p->num_outputs + 1);
  exchange->inputs = HR_ARENA_ARRAY(arena, hr_tensor, p->num_inputs + 1);
  exchange->outputs = hr_arena_zalloc(arena, sizeof(hr_tensor) * ((size_t)p->num_outputs + 1), _Alignof(hr_tensor));
  if (!inputs || !outputs || !exchange->inputs || !exchange->outputs) {
    settle_part(p, hr_error_out_of_memory(0, "a partial run"));
    return;
  }
  for (int32_t i = 0; i < p->num_inputs; ++i) {
    inputs[i] = input_key(p, i);
    hr_tensor_copy(&p->call->feeds[p->inputs[i]], &exchange->inputs[i]);
  }
  for (int32_t i = 0; i < p->num_outputs; ++i)
    outputs[i] = output_key(p, i);
  exchange->num_inputs = p->num_inputs;
  exchange->num_outputs = p->num_outputs;
  exchange->input_keys = inputs;
  exchange->output_keys = outputs;
  exchange->is_last = p->call->is_last;
  exchange->done = own_done;
  hr_exchange_start(p->call->session->master->worker, p->part->part, p->call->partial->step, exchange);
}

static hr_status take_answer(part_call *p, hr_slices *bytes) {
  hr_arena arena = {0};
  hr_run_graph_response answer;
  hr_status status = hr_message_read(&hr_run_graph_response_type, bytes, NULL, &arena, &answer);
  if (!status) {
    status = hr_status_from_wire(answer.status_code, answer.status_error_message, NULL);
    for (int32_t i = 0; i < p->num_outputs && !status; ++i) {
      hr_view key = hr_view_of(output_key(p, i));
      hr_tensor *value = &p->call->values[p->outputs[i]];
      for (int32_t k = 0; k < answer.recv.count && !hr_tensor_is_valid(value); ++k)
        if (hr_view_equal(answer.recv.items[k].name, key)) hr_tensor_copy(&answer.recv.items[k].value, value);
      if (!hr_tensor_is_valid(value)) status = hr_error(HR_INTERNAL, "There is no value for %s", key.data);
    }
    hr_message_clear(&hr_run_graph_response_type, &answer);
  }
  hr_arena_free(&arena);
  return status;
}

static void answered(void *argument, hr_status status, hr_slices *bytes) {
  part_call *p = argument;
  if (!status) status = take_answer(p, bytes);
  settle_part(p, status);
}

static void run_there(part_call *p) {
  hr_arena *arena = &p->call->arena;
  const hr_master_session *session = p->call->session;
  hr_named_tensor *send = HR_ARENA_ARRAY(arena, hr_named_tensor, p->num_inputs + 1);
  hr_view *keys = HR_ARENA_ARRAY(arena, hr_view, p->num_outputs + 1);
  if (!send || !keys) {
    settle_part(p, hr_error_out_of_memory(0, "a partial run"));
    return;
  }
  for (int32_t i = 0; i < p->num_inputs; ++i)
    send[i] = (hr_named_tensor){hr_view_of(input_key(p, i)), p->call->feeds[p->inputs[i]]};
  for (int32_t i = 0; i < p->num_outputs; ++i)
    keys[i] = hr_view_of(output_key(p, i));
  const hr_run_graph_request request = {.session_handle = hr_view_of(session->handle),
                                        .graph_handle = hr_view_of(p->part->graph_handle),
                                        .step_id = p->call->partial->step,
                                        .request_id = hr_new_step_id(),
                                        .send = {p->num_inputs, send},
                                        .recv_key = {p->num_outputs, keys},
                                        .is_partial = true,
                                        .is_last_partial_run = p->call->is_last,
                                        .store_errors_in_response_body = true,
                                        .create_worker_session_called = true};
  hr_slices bytes;
  hr_status status = hr_message_write(&hr_run_graph_request_type, &request, NULL, &bytes);
  if (status) {
    settle_part(p, status);
    return;
  }
  hr_call *started;
  hr_channel_start(session->tasks[p->part->task].channel, RUN_GRAPH, &bytes,
                   &(hr_call_options){.timeout_ms = p->call->timeout_ms}, answered, p, &started);
  pthread_mutex_lock(&p->call->lock);
  p->started = started;
  if (started && p->call->is_cancelled) hr_call_cancel(started);
  pthread_mutex_unlock(&p->call->lock);
}

/* The call's ends that are in the part. */
static hr_status part_ends(part_call *p) {
  hr_partial_call *call = p->call;
  p->inputs = HR_ARENA_ARRAY(&call->arena, int32_t, call->num_feeds + 1);
  p->outputs = HR_ARENA_ARRAY(&call->arena, int32_t, call->num_fetches + 1);
  if (!p->inputs || !p->outputs) return hr_error_out_of_memory(0, "a partial run");
  for (int32_t i = 0; i < call->num_feeds; ++i)
    for (int32_t k = 0; k < p->part->num_feeds; ++k)
      if (p->part->feeds[k] == call->feed_index[i]) p->inputs[p->num_inputs++] = i;
  for (int32_t i = 0; i < call->num_fetches; ++i)
    for (int32_t k = 0; k < p->part->num_fetches; ++k)
      if (p->part->fetches[k] == call->fetch_index[i]) p->outputs[p->num_outputs++] = i;
  return HR_SUCCESS;
}

void hr_master_partial_begin(hr_partial_call *call) {
  hr_master_hold(call->session->master);
  pthread_mutex_init(&call->lock, NULL);
  call->pending = 1;
}

void hr_partial_call_clear(hr_partial_call *call) {
  pthread_mutex_destroy(&call->lock);
  hr_arena_free(&call->arena);
}

void hr_master_partial_cancel(hr_partial_call *call) {
  pthread_mutex_lock(&call->lock);
  bool is_running = call->pending > 0;
  call->is_cancelled = true;
  if (is_running) ++call->pending;
  bool is_begun = is_running && call->num_parts > 0;
  for (int32_t i = 0; is_begun && i < call->num_parts; ++i)
    if (call->parts[i].started) hr_call_cancel(call->parts[i].started);
  pthread_mutex_unlock(&call->lock);
  if (!is_running) return;
  if (is_begun) end(call->session, call->partial);
  settle(call, hr_cancellation_error(HR_CANCELLED));
}

/* A call for each part of the plan. */
static hr_status make_parts(hr_partial_call *call, part_call **out) {
  const hr_master_plan *plan = call->partial->plan;
  part_call *calls = *out =
      hr_arena_zalloc(&call->arena, sizeof *calls * ((size_t)plan->num_parts + 1), _Alignof(part_call));
  if (!calls) return hr_error_out_of_memory(0, "a partial run");
  for (int32_t i = 0; i < plan->num_parts; ++i) {
    calls[i].call = call;
    calls[i].part = &plan->parts[i];
    HR_TRY(part_ends(&calls[i]));
  }
  return HR_SUCCESS;
}

void hr_master_partial_run(hr_partial_call *call, hr_view handle) {
  part_call *calls = NULL;
  hr_status status = find(call, handle);
  if (!status) status = make_parts(call, &calls);
  pthread_mutex_lock(&call->lock);
  int32_t parts = status || call->is_cancelled ? 0 : call->partial->plan->num_parts;
  call->parts = calls;
  call->num_parts = parts;
  call->pending += parts;
  pthread_mutex_unlock(&call->lock);
  for (int32_t i = 0; i < parts; ++i)
    if (calls[i].part->part)
      run_own(&calls[i]);
    else
      run_there(&calls[i]);
  settle(call, status);
}
