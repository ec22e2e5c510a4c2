#include "distributed/meetings.h"
#include "distributed/messages.h"
#include <stdlib.h>

#define RECV_TENSOR "/tensorflow.WorkerService/RecvTensor"

/* A call for a tensor that another task makes; in its place's list until it has ended. */
struct hr_asking {
  hr_asking *next, *previous;
  hr_meeting_place *place; /* a reference */
  int32_t references;
  hr_call *call;    /* NULL until it has started */
  const char *from; /* the task's name, of the place's peers */
  char key[];
};

/* ---- errors ------------------------------------------------------------------------------------------------------ */

hr_status hr_derived(hr_status status) {
  if (!status || strncmp(hr_status_message(status), HR_DERIVED, sizeof HR_DERIVED - 1) == 0) return status;
  return hr_status_prefix(status, "%s", HR_DERIVED);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

void hr_meetings_init(hr_meetings *table, const char *own_task) {
  *table = (hr_meetings){.own = own_task};
  pthread_mutex_init(&table->lock, NULL);
  pthread_cond_init(&table->changed, NULL);
}

static hr_meeting_place **list_of(hr_meetings *table, int64_t step) {
  return &table->places[(uint64_t)step * UINT64_C(0x9E3779B97F4A7C15) >> 56];
}

static int64_t *ended_slot(hr_meetings *table, int64_t step) {
  return &table->ended[(uint64_t)step * UINT64_C(0x9E3779B97F4A7C15) >> 54];
}

/* Lock held. */
static hr_meeting_place *find(hr_meetings *table, int64_t step) {
  hr_meeting_place *place = *list_of(table, step);
  while (place && place->id != step)
    place = place->next;
  return place;
}

/* Lock held. */
static void unlink_place(hr_meeting_place *place) {
  for (hr_meeting_place **link = list_of(place->table, place->id); *link; link = &(*link)->next) {
    if (*link != place) continue;
    *link = place->next;
    return;
  }
}

static void free_place(hr_meeting_place *place) {
  hr_rendezvous_clear(&place->rendezvous);
  if (place->let_go) place->let_go(place->keeper);
  hr_peers_unref(place->peers);
  free(place);
}

static void ask(hr_rendezvous *rendezvous, const char *key);

static hr_status new_place(hr_meetings *table, int64_t step, hr_meeting_place **out) {
  hr_meeting_place *place = calloc(1, sizeof *place);
  if (!place) return hr_error_out_of_memory(sizeof *place, "a step");
  hr_rendezvous_init(&place->rendezvous);
  place->rendezvous.ask = ask;
  place->table = table;
  place->id = step;
  *out = place;
  return HR_SUCCESS;
}

static hr_status has_ended(int64_t step) {
  return hr_error(HR_ABORTED, HR_DERIVED "Step %lld has ended", (long long)step);
}

hr_status hr_meeting_place_find(hr_meetings *table, int64_t step, hr_meeting_place **out) {
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&table->lock);
  hr_meeting_place *place = find(table, step);
  if (!place) {
    status = step != 0 && *ended_slot(table, step) == step ? has_ended(step) : new_place(table, step, &place);
    if (!status) {
      hr_meeting_place **list = list_of(table, step);
      place->next = *list;
      *list = place;
    }
  }
  if (!status) ++place->references;
  *out = place;
  pthread_mutex_unlock(&table->lock);
  return status;
}

void hr_meeting_place_unref(hr_meeting_place *place) {
  hr_meetings *table = place->table;
  pthread_mutex_lock(&table->lock);
  bool is_last = --place->references == 0 && (place->has_ended || hr_rendezvous_is_empty(&place->rendezvous));
  if (is_last && !place->has_ended) unlink_place(place);
  if (is_last && place->is_aborted) *ended_slot(table, place->id) = place->id;
  pthread_mutex_unlock(&table->lock);
  if (is_last) free_place(place);
}

void hr_meeting_place_set_peers(hr_meeting_place *place, hr_peers *peers) {
  pthread_mutex_lock(&place->table->lock);
  if (!place->peers) place->peers = hr_peers_ref(peers);
  pthread_mutex_unlock(&place->table->lock);
}

void hr_meeting_place_set_memory(hr_meeting_place *place, hr_allocator *allocator, void *keeper,
                                 void (*let_go)(void *keeper)) {
  pthread_mutex_lock(&place->table->lock);
  bool is_first = !place->allocator;
  if (is_first) {
    place->allocator = allocator;
    place->keeper = keeper;
    place->let_go = let_go;
  }
  pthread_mutex_unlock(&place->table->lock);
  if (!is_first) let_go(keeper);
}

/* Calls back what was asked for; the table's lock held. */
static void cancel_asking(hr_meeting_place *place) {
  for (hr_asking *a = place->asking; a; a = a->next)
    if (a->call) hr_call_cancel(a->call);
}

void hr_meeting_place_abort(hr_meeting_place *place, hr_status why) {
  hr_rendezvous_abort(&place->rendezvous, why);
  pthread_mutex_lock(&place->table->lock);
  place->is_aborted = true;
  cancel_asking(place);
  pthread_mutex_unlock(&place->table->lock);
}

/* Takes the step out of the table, with a reference to it; NULL where it is not there. Lock held. */
static hr_meeting_place *take(hr_meetings *table, int64_t step) {
  *ended_slot(table, step) = step;
  hr_meeting_place *place = find(table, step);
  if (!place) return NULL;
  unlink_place(place);
  place->has_ended = true;
  ++place->references;
  return place;
}

static void end(hr_meeting_place *place) {
  hr_status why = has_ended(place->id);
  hr_meeting_place_abort(place, why);
  hr_status_free(why);
  hr_meeting_place_unref(place);
}

void hr_meetings_end(hr_meetings *table, int64_t step) {
  pthread_mutex_lock(&table->lock);
  hr_meeting_place *place = take(table, step);
  pthread_mutex_unlock(&table->lock);
  if (place) end(place);
}

void hr_meetings_clear(hr_meetings *table) {
  for (int i = 0; i < HR_MEETING_LISTS; ++i) {
    hr_meeting_place *place;
    do {
      pthread_mutex_lock(&table->lock);
      place = table->places[i] ? take(table, table->places[i]->id) : NULL;
      pthread_mutex_unlock(&table->lock);
      if (place) end(place);
    } while (place);
  }
  pthread_mutex_lock(&table->lock);
  while (table->asking > 0)
    pthread_cond_wait(&table->changed, &table->lock);
  pthread_mutex_unlock(&table->lock);
  pthread_mutex_destroy(&table->lock);
  pthread_cond_destroy(&table->changed);
}

/* ---- asking other tasks ------------------------------------------------------------------------------------------ */

/* The last of the two who know of it, the one who asks and the answer, ends it. */
static void unref_asking(hr_asking *asking) {
  hr_meeting_place *place = asking->place;
  hr_meetings *table = place->table;
  pthread_mutex_lock(&table->lock);
  bool is_last = --asking->references == 0;
  if (is_last) {
    if (asking->previous)
      asking->previous->next = asking->next;
    else
      place->asking = asking->next;
    if (asking->next) asking->next->previous = asking->previous;
  }
  pthread_mutex_unlock(&table->lock);
  if (!is_last) return;
  hr_call_unref(asking->call);
  free(asking);
  hr_meeting_place_unref(place);
  pthread_mutex_lock(&table->lock);
  --table->asking;
  pthread_cond_broadcast(&table->changed);
  pthread_mutex_unlock(&table->lock);
}

/* Nothing comes through any more: the error of one transfer is that of the step. Takes over `why`. */
static void fail(hr_asking *asking, hr_status why) {
  if (hr_status_code(why) == HR_UNAVAILABLE || hr_status_code(why) == HR_DEADLINE_EXCEEDED)
    why = hr_status_prefix(why, "From %s:\n", asking->from);
  hr_rendezvous_abort(&asking->place->rendezvous, why);
  hr_status_free(why);
}

static void answered(void *argument, hr_status status, hr_slices *bytes) {
  hr_asking *asking = argument;
  hr_arena arena = {0};
  hr_recv_tensor_response response = {0};
  if (!status)
    status = hr_message_read(&hr_recv_tensor_response_type, bytes, asking->place->allocator, &arena, &response);
  if (!status && !response.is_dead && !hr_tensor_is_valid(&response.tensor))
    status = hr_error(HR_INTERNAL, "An answer to RecvTensor has no tensor");
  if (!status) status = hr_rendezvous_send(&asking->place->rendezvous, asking->key, &response.tensor, response.is_dead);
  hr_tensor_clear(&response.tensor);
  hr_arena_free(&arena);
  if (status) fail(asking, status);
  unref_asking(asking);
}

static int64_t new_request_id(void) {
  static _Atomic int64_t next = 1;
  return atomic_fetch_add(&next, 1);
}

static hr_status start(hr_asking *asking, hr_peer *peer) {
  hr_meeting_place *place = asking->place;
  hr_channel *channel;
  HR_TRY(hr_peer_channel(place->peers, peer, &channel));
  const hr_recv_tensor_request request = {
      .step_id = place->id, .rendezvous_key = hr_view_of(asking->key), .request_id = new_request_id()};
  hr_slices bytes;
  HR_TRY(hr_message_write(&hr_recv_tensor_request_type, &request, NULL, &bytes));
  pthread_mutex_lock(&place->table->lock);
  ++asking->references;
  pthread_mutex_unlock(&place->table->lock);
  hr_call *call;
  hr_channel_start(channel, RECV_TENSOR, &bytes, NULL, answered, asking, &call);
  pthread_mutex_lock(&place->table->lock);
  asking->call = call;
  if (call && place->is_aborted) hr_call_cancel(call);
  pthread_mutex_unlock(&place->table->lock);
  return HR_SUCCESS;
}

/* A reference to the place, in its list. */
static hr_asking *new_asking(hr_meeting_place *place, const hr_peer *peer, const char *key) {
  size_t length = strlen(key) + 1;
  hr_asking *asking = calloc(1, sizeof *asking + length);
  if (!asking) return NULL;
  memcpy(asking->key, key, length);
  asking->place = place;
  asking->from = peer->name;
  asking->references = 1;
  pthread_mutex_lock(&place->table->lock);
  ++place->references;
  ++place->table->asking;
  asking->next = place->asking;
  if (asking->next) asking->next->previous = asking;
  place->asking = asking;
  pthread_mutex_unlock(&place->table->lock);
  return asking;
}

static void ask(hr_rendezvous *rendezvous, const char *key) {
  hr_meeting_place *place = (hr_meeting_place *)rendezvous;
  size_t own = strlen(place->table->own);
  if (strncmp(key, place->table->own, own) == 0 && key[own] == '/') return;
  hr_peer *peer = place->peers ? hr_peers_find(place->peers, key) : NULL;
  hr_status status = HR_SUCCESS;
  if (!peer) status = hr_error(HR_INTERNAL, "No worker known as the sender of %s", key);
  hr_asking *asking = status ? NULL : new_asking(place, peer, key);
  if (!status && !asking) status = hr_error_out_of_memory(sizeof *asking, "a transfer");
  if (status) {
    hr_rendezvous_abort(rendezvous, status);
    hr_status_free(status);
    return;
  }
  status = start(asking, peer);
  if (status) fail(asking, status);
  unref_asking(asking);
}
