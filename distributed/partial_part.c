#include "distributed/partial_part.h"
#include "distributed/wire_status.h"
#include <stdlib.h>

struct hr_partial_part {
  hr_part_run run;       /* first */
  hr_partial_part *next; /* in the worker's list; its lock guards this and what follows */
  hr_worker *worker;
  int64_t step;
  int32_t references; /* the list's, the run's, and those of exchanges */
  bool is_listed, is_started, has_ended;
  hr_status status;  /* of the run */
  hr_exchange *last; /* that waits for the end */
};

typedef struct hr_exchange_receiver {
  hr_receiver base;
  hr_exchange *exchange;
  int32_t index;
} hr_exchange_receiver;

/* ---- the parts --------------------------------------------------------------------------------------------------- */

static void unref(hr_partial_part *part) {
  hr_worker *worker = part->worker;
  pthread_mutex_lock(&worker->lock);
  bool is_last = --part->references == 0;
  pthread_mutex_unlock(&worker->lock);
  if (!is_last) return;
  if (part->run.step) hr_part_run_end(&part->run);
  if (part->run.place) hr_meeting_place_unref(part->run.place);
  hr_part_unref(part->run.part);
  hr_status_free(part->status);
  free(part);
}

static void unlist(hr_partial_part *part) {
  hr_worker *worker = part->worker;
  pthread_mutex_lock(&worker->lock);
  bool was_listed = part->is_listed;
  part->is_listed = false;
  for (hr_partial_part **link = &worker->partial; *link; link = &(*link)->next) {
    if (*link != part) continue;
    *link = part->next;
    break;
  }
  pthread_mutex_unlock(&worker->lock);
  if (was_listed) unref(part);
}

static void settle(hr_exchange *exchange, hr_status status);

static void run_ended(hr_part_run *run, hr_status status, hr_tensor *values) {
  (void)values;
  hr_partial_part *part = (hr_partial_part *)run;
  if (status) {
    hr_status derived = hr_derived(hr_status_for_wire(hr_status_copy(status)));
    hr_meeting_place_abort(run->place, derived);
    hr_status_free(derived);
  }
  pthread_mutex_lock(&part->worker->lock);
  part->has_ended = true;
  part->status = status;
  hr_exchange *last = part->last;
  part->last = NULL;
  pthread_mutex_unlock(&part->worker->lock);
  if (last) settle(last, hr_status_copy(status));
  unref(part);
}

/* With a reference; NULL where there is none. Lock held. */
static hr_partial_part *find(hr_worker *worker, const hr_part *part, int64_t step) {
  hr_partial_part *found = worker->partial;
  while (found && (found->step != step || found->run.part != part))
    found = found->next;
  if (found) ++found->references;
  return found;
}

static hr_status begin(hr_worker *worker, hr_part *part, int64_t step, hr_partial_part **out) {
  hr_partial_part *partial = *out = calloc(1, sizeof *partial);
  if (!partial) return hr_error_out_of_memory(sizeof *partial, "a partial run");
  atomic_fetch_add(&part->references, 1);
  partial->run = (hr_part_run){.part = part, .done = run_ended};
  partial->worker = worker;
  partial->step = step;
  partial->references = 1;
  HR_TRY(hr_meeting_place_find(&worker->meetings, step, &partial->run.place));
  hr_meeting_place_set_peers(partial->run.place, part->session->peers);
  return hr_part_run_begin(&partial->run);
}

static hr_status open_part(hr_worker *worker, hr_part *part, int64_t step, hr_partial_part **out) {
  pthread_mutex_lock(&worker->lock);
  *out = find(worker, part, step);
  pthread_mutex_unlock(&worker->lock);
  if (*out) return HR_SUCCESS;
  HR_TRY(begin(worker, part, step, out));
  pthread_mutex_lock(&worker->lock);
  (*out)->references += 2; /* the list's and the run's */
  (*out)->is_listed = true;
  (*out)->next = worker->partial;
  worker->partial = *out;
  pthread_mutex_unlock(&worker->lock);
  return HR_SUCCESS;
}

void hr_worker_end_step(hr_worker *worker, int64_t step) {
  hr_meetings_end(&worker->meetings, step);
  for (;;) {
    pthread_mutex_lock(&worker->lock);
    hr_partial_part *part = worker->partial;
    while (part && part->step != step)
      part = part->next;
    if (part) ++part->references;
    pthread_mutex_unlock(&worker->lock);
    if (!part) return;
    hr_part_run_cancel(&part->run, HR_CANCELLED); /* it may wait for something else than this step */
    unlist(part);
    unref(part);
  }
}

/* ---- exchanges --------------------------------------------------------------------------------------------------- */

static void finish(hr_exchange *exchange) {
  hr_partial_part *part = exchange->part;
  hr_status status = exchange->status;
  pthread_mutex_destroy(&exchange->lock);
  free(exchange->receivers);
  bool is_over = exchange->is_last || status, has_failed = status != HR_SUCCESS;
  exchange->done(exchange, status);
  if (part && has_failed) hr_part_run_cancel(&part->run, HR_CANCELLED);
  if (part && is_over) unlist(part);
  if (part) unref(part);
}

/* One of the things that the exchange waits for has come. Takes over `status`. */
static void settle(hr_exchange *exchange, hr_status status) {
  pthread_mutex_lock(&exchange->lock);
  hr_status_keep_first(&exchange->status, status);
  bool is_last = --exchange->pending == 0;
  pthread_mutex_unlock(&exchange->lock);
  if (is_last) finish(exchange);
}

static void receive(hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead) {
  hr_exchange_receiver *receiver = (hr_exchange_receiver *)self;
  hr_exchange *exchange = receiver->exchange;
  if (!status && is_dead)
    status = hr_error(HR_INVALID_ARGUMENT, "The tensor returned for %s was not valid.",
                      exchange->output_keys[receiver->index]);
  if (!status) exchange->outputs[receiver->index] = *tensor;
  settle(exchange, status);
}

static hr_status send_inputs(hr_exchange *exchange) {
  for (int32_t i = 0; i < exchange->num_inputs; ++i)
    HR_TRY(hr_rendezvous_send(&exchange->part->run.place->rendezvous, exchange->input_keys[i], &exchange->inputs[i],
                              false));
  return HR_SUCCESS;
}

/* Whether this exchange is the one to start the run; and notes who waits for its end. */
static bool enter(hr_exchange *exchange, bool *has_ended, hr_status *status) {
  hr_partial_part *part = exchange->part;
  pthread_mutex_lock(&part->worker->lock);
  bool starts = !part->is_started;
  part->is_started = true;
  *has_ended = part->has_ended;
  *status = hr_status_copy(part->status);
  if (exchange->is_last && !part->has_ended) part->last = exchange;
  pthread_mutex_unlock(&part->worker->lock);
  return starts;
}

void hr_exchange_start(hr_worker *worker, hr_part *part, int64_t step, hr_exchange *exchange) {
  int32_t outputs = exchange->num_outputs;
  pthread_mutex_init(&exchange->lock, NULL);
  exchange->status = HR_SUCCESS;
  exchange->pending = 1 + outputs + exchange->is_last;
  exchange->receivers = calloc((size_t)outputs + 1, sizeof *exchange->receivers);
  hr_partial_part *opened = NULL;
  hr_status status = exchange->receivers ? HR_SUCCESS : hr_error_out_of_memory(0, "a partial run");
  if (!status) status = open_part(worker, part, step, &opened);
  exchange->part = opened;
  if (!status) status = send_inputs(exchange);
  if (status) {
    exchange->pending = 1;
    settle(exchange, status);
    return;
  }
  bool has_ended;
  hr_status ended_with;
  bool starts = enter(exchange, &has_ended, &ended_with);
  if (starts) hr_part_run_start(&opened->run);
  hr_rendezvous *rendezvous = &opened->run.place->rendezvous;
  for (int32_t i = 0; i < outputs; ++i) {
    exchange->receivers[i] = (hr_exchange_receiver){{receive}, exchange, i};
    hr_rendezvous_receive(rendezvous, exchange->output_keys[i], &exchange->receivers[i].base);
  }
  if (exchange->is_last && has_ended)
    settle(exchange, ended_with);
  else
    hr_status_free(ended_with);
  settle(exchange, HR_SUCCESS);
}
