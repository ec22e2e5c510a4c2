/* What steps ask other tasks for: tensors, a call each, or several in one where the other worker is one of ours. */
#include "distributed/meetings.h"
#include "distributed/recv_tensors.h"
#include "runtime/base/clock.h"
#include <stdlib.h>

#define RECV_TENSOR "/tensorflow.WorkerService/RecvTensor"

/* A call for tensors that another task makes; in its place's list until it has ended. */
struct hr_asking {
  hr_asking *next, *previous;
  hr_meeting_place *place; /* a reference */
  hr_peer *peer;           /* of the place's peers */
  int32_t references;
  hr_call *call; /* NULL until it has started */
  bool is_single;
  hr_asked *keys; /* that are still to come */
};

/* A key, in a list. */
struct hr_asked {
  hr_asked *next;
  hr_peer *peer;
  char key[];
};

static void free_keys(hr_asked *keys) {
  while (keys) {
    hr_asked *next = keys->next;
    free(keys);
    keys = next;
  }
}

/* ---- the life of an asking --------------------------------------------------------------------------------------- */

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
  free_keys(asking->keys);
  free(asking);
  hr_meeting_place_unref(place);
  pthread_mutex_lock(&table->lock);
  --table->asking;
  pthread_cond_broadcast(&table->changed);
  pthread_mutex_unlock(&table->lock);
}

/* Nothing comes through any more: the error of one transfer is that of the step. Takes over `why`. */
static void fail(hr_meeting_place *place, const hr_peer *peer, hr_status why) {
  if (peer && (hr_status_code(why) == HR_UNAVAILABLE || hr_status_code(why) == HR_DEADLINE_EXCEEDED))
    why = hr_status_prefix(why, "From %s:\n", peer->name);
  hr_rendezvous_abort(&place->rendezvous, why);
  hr_status_free(why);
}

/* Takes over the keys. In the place's list, with a reference for the caller and one for the answer. */
static hr_asking *new_asking(hr_meeting_place *place, hr_peer *peer, hr_asked *keys, bool is_single) {
  hr_asking *asking = calloc(1, sizeof *asking);
  if (!asking) {
    free_keys(keys);
    return NULL;
  }
  *asking = (hr_asking){.place = place, .peer = peer, .references = 2, .is_single = is_single, .keys = keys};
  pthread_mutex_lock(&place->table->lock);
  ++place->references;
  ++place->table->asking;
  asking->next = place->asking;
  if (asking->next) asking->next->previous = asking;
  place->asking = asking;
  pthread_mutex_unlock(&place->table->lock);
  return asking;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void ask_for(hr_meeting_place *place, hr_peer *peer, hr_asked *keys);

static hr_status take_single(hr_asking *asking, hr_slices *bytes, hr_arena *arena) {
  hr_recv_tensor_response response;
  HR_TRY(hr_message_read(&hr_recv_tensor_response_type, bytes, asking->place->allocator, arena, &response));
  hr_status status = HR_SUCCESS;
  if (!response.is_dead && !hr_tensor_is_valid(&response.tensor))
    status = hr_error(HR_INTERNAL, "An answer to RecvTensor has no tensor");
  if (!status)
    status = hr_rendezvous_send(&asking->place->rendezvous, asking->keys->key, &response.tensor, response.is_dead);
  hr_tensor_clear(&response.tensor);
  return status;
}

/* The key, taken out of those that are to come; NULL for one that is not. */
static hr_asked *take_key(hr_asking *asking, hr_view key) {
  for (hr_asked **link = &asking->keys; *link; link = &(*link)->next) {
    if (!hr_view_equal(hr_view_of((*link)->key), key)) continue;
    hr_asked *found = *link;
    *link = found->next;
    found->next = NULL;
    return found;
  }
  return NULL;
}

static hr_status take_several(hr_asking *asking, hr_slices *bytes, hr_arena *arena) {
  hr_recv_tensors_response response;
  HR_TRY(hr_message_read(&hr_recv_tensors_response_type, bytes, asking->place->allocator, arena, &response));
  int32_t count = response.values.count, all = count + response.dead.count;
  hr_asked **taken = HR_ARENA_ARRAY(arena, hr_asked *, all + 1);
  hr_status status = taken ? HR_SUCCESS : hr_error_out_of_memory(0, "the answer to RecvTensors");
  if (!status && all == 0) status = hr_error(HR_INTERNAL, "An answer to RecvTensors has no tensors");
  int32_t done = 0;
  for (; done < all && !status; ++done) {
    hr_view key = done < count ? response.values.items[done].name : response.dead.items[done - count];
    taken[done] = take_key(asking, key);
    if (!taken[done]) status = hr_error(HR_INTERNAL, "An answer to RecvTensors has a tensor that nobody asked for");
  }
  if (!status && asking->keys) { /* the rest comes while these are worked on */
    hr_asked *rest = asking->keys;
    asking->keys = NULL;
    ask_for(asking->place, asking->peer, rest);
  }
  for (int32_t i = 0; i < done; ++i) {
    if (!taken[i]) continue;
    hr_tensor none = {0}, *value = i < count ? &response.values.items[i].value : &none;
    if (!status) status = hr_rendezvous_send(&asking->place->rendezvous, taken[i]->key, value, i >= count);
    free(taken[i]);
  }
  hr_message_clear(&hr_recv_tensors_response_type, &response);
  return status;
}

static void answered(void *argument, hr_status status, hr_slices *bytes) {
  hr_asking *asking = argument;
  hr_arena arena = {0};
  if (hr_status_code(status) == HR_UNIMPLEMENTED && !asking->is_single) { /* none of our workers */
    hr_status_free(status);
    status = HR_SUCCESS;
    atomic_store(&asking->peer->one_by_one, true);
    hr_asked *keys = asking->keys;
    asking->keys = NULL;
    ask_for(asking->place, asking->peer, keys);
  } else if (!status) {
    status = asking->is_single ? take_single(asking, bytes, &arena) : take_several(asking, bytes, &arena);
  }
  hr_arena_free(&arena);
  if (hr_status_code(status) == HR_RESOURCE_EXHAUSTED && asking->keys)
    status = hr_status_prefix(status, "%s: ", asking->keys->key);
  if (status) fail(asking->place, asking->peer, status);
  unref_asking(asking);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static int64_t new_request_id(void) {
  static _Atomic int64_t next = 1;
  return atomic_fetch_add(&next, 1);
}

static hr_status write_request(const hr_asking *asking, hr_slices *out) {
  if (asking->is_single) {
    const hr_recv_tensor_request request = {
        .step_id = asking->place->id, .rendezvous_key = hr_view_of(asking->keys->key), .request_id = new_request_id()};
    return hr_message_write(&hr_recv_tensor_request_type, &request, NULL, out);
  }
  int32_t count = 0;
  for (const hr_asked *key = asking->keys; key; key = key->next)
    ++count;
  hr_view *views = malloc(sizeof *views * (size_t)count);
  if (!views) return hr_error_out_of_memory(sizeof *views * (size_t)count, "a call of RecvTensors");
  count = 0;
  for (const hr_asked *key = asking->keys; key; key = key->next)
    views[count++] = hr_view_of(key->key);
  const hr_recv_tensors_request request = {.step_id = asking->place->id, .keys = {count, views}};
  hr_status status = hr_message_write(&hr_recv_tensors_request_type, &request, NULL, out);
  free(views);
  return status;
}

/* Of calls for the step's tensors. */
static hr_call_options call_options(hr_meeting_place *place) {
  pthread_mutex_lock(&place->table->lock);
  int64_t deadline = place->deadline;
  pthread_mutex_unlock(&place->table->lock);
  if (deadline == INT64_MAX) return (hr_call_options){0};
  int64_t left = (deadline - hr_monotonic_nanos()) / 1000000;
  return (hr_call_options){.timeout_ms = left > 1 ? left : 1};
}

static void start(hr_asking *asking) {
  hr_meeting_place *place = asking->place;
  hr_channel *channel;
  hr_slices bytes;
  hr_status status = hr_peer_channel(place->peers, asking->peer, &channel);
  if (!status) status = write_request(asking, &bytes);
  if (status) {
    fail(place, asking->peer, status);
    unref_asking(asking);
  } else {
    hr_call *call;
    hr_call_options options = call_options(place);
    hr_channel_start(channel, asking->is_single ? RECV_TENSOR : HR_RECV_TENSORS, &bytes, &options, answered, asking,
                     &call);
    pthread_mutex_lock(&place->table->lock);
    asking->call = call;
    if (call && place->is_aborted) hr_call_cancel(call);
    pthread_mutex_unlock(&place->table->lock);
  }
  unref_asking(asking);
}

static void start_new(hr_meeting_place *place, hr_peer *peer, hr_asked *keys, bool is_single) {
  hr_asking *asking = new_asking(place, peer, keys, is_single);
  if (asking)
    start(asking);
  else
    fail(place, peer, hr_error_out_of_memory(sizeof *asking, "a transfer"));
}

/* Keys of one peer; takes them over. */
static void ask_for(hr_meeting_place *place, hr_peer *peer, hr_asked *keys) {
  if (keys && keys->next && !atomic_load_explicit(&peer->one_by_one, memory_order_relaxed)) {
    start_new(place, peer, keys, false);
    return;
  }
  while (keys) {
    hr_asked *key = keys;
    keys = key->next;
    key->next = NULL;
    start_new(place, peer, key, true);
  }
}

void hr_meeting_place_ask(hr_rendezvous *rendezvous, const char *key) {
  hr_meeting_place *place = (hr_meeting_place *)rendezvous;
  size_t own = strlen(place->table->own), length = strlen(key) + 1;
  if (strncmp(key, place->table->own, own) == 0 && key[own] == '/') return;
  hr_peer *peer = place->peers ? hr_peers_find(place->peers, key) : NULL;
  hr_asked *asked = peer ? malloc(sizeof *asked + length) : NULL;
  if (!asked) {
    fail(place, peer,
         peer ? hr_error_out_of_memory(sizeof *asked + length, "a transfer")
              : hr_error(HR_INTERNAL, "No worker known as the sender of %s", key));
    return;
  }
  asked->peer = peer;
  asked->next = NULL;
  memcpy(asked->key, key, length);
  pthread_mutex_lock(&place->table->lock);
  hr_asked **end = &place->asked;
  while (*end)
    end = &(*end)->next;
  *end = asked;
  pthread_mutex_unlock(&place->table->lock);
}

void hr_meeting_place_on_flush(hr_meeting_place *place, hr_flush_watch *watch) {
  pthread_mutex_lock(&place->table->lock);
  watch->next = place->watches;
  place->watches = watch;
  pthread_mutex_unlock(&place->table->lock);
}

void hr_meeting_place_flush(hr_rendezvous *rendezvous) {
  hr_meeting_place *place = (hr_meeting_place *)rendezvous;
  pthread_mutex_lock(&place->table->lock);
  hr_asked *left = place->asked;
  hr_flush_watch *watches = place->watches;
  place->asked = NULL;
  place->watches = NULL;
  pthread_mutex_unlock(&place->table->lock);
  while (watches) {
    hr_flush_watch *watch = watches;
    watches = watch->next;
    watch->flush(watch);
  }
  while (left) { /* one peer after the other */
    hr_peer *peer = left->peer;
    hr_asked *keys = NULL, **end = &keys;
    for (hr_asked **link = &left; *link;) {
      hr_asked *asked = *link;
      if (asked->peer != peer) {
        link = &asked->next;
        continue;
      }
      *link = asked->next;
      asked->next = NULL;
      *end = asked;
      end = &asked->next;
    }
    ask_for(place, peer, keys);
  }
}

void hr_meeting_place_cancel(hr_meeting_place *place) {
  for (hr_asking *a = place->asking; a; a = a->next)
    if (a->call) hr_call_cancel(a->call);
}

void hr_meeting_place_forget(hr_meeting_place *place) {
  free_keys(place->asked);
  place->asked = NULL;
}
