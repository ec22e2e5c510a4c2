#include "distributed/meetings.h"
#include "runtime/base/clock.h"
#include <stdlib.h>

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
  hr_meeting_place_forget(place);
  hr_rendezvous_clear(&place->rendezvous);
  if (place->let_go) place->let_go(place->keeper);
  hr_peers_unref(place->peers);
  free(place);
}

static hr_status new_place(hr_meetings *table, int64_t step, hr_meeting_place **out) {
  hr_meeting_place *place = calloc(1, sizeof *place);
  if (!place) return hr_error_out_of_memory(sizeof *place, "a step");
  hr_rendezvous_init(&place->rendezvous);
  place->rendezvous.ask = hr_meeting_place_ask;
  place->rendezvous.flush = hr_meeting_place_flush;
  place->table = table;
  place->id = step;
  place->deadline = INT64_MAX;
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

void hr_meeting_place_set_time_left(hr_meeting_place *place, int64_t milliseconds) {
  enum { GRACE_MS = 1000 };
  if (milliseconds >= INT64_MAX / 2000000) return;
  if (milliseconds < 0) milliseconds = 0;
  int64_t deadline = hr_monotonic_nanos() + (milliseconds + GRACE_MS) * 1000000;
  pthread_mutex_lock(&place->table->lock);
  if (deadline < place->deadline) place->deadline = deadline;
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

void hr_meeting_place_abort(hr_meeting_place *place, hr_status why) {
  hr_rendezvous_abort(&place->rendezvous, why);
  pthread_mutex_lock(&place->table->lock);
  place->is_aborted = true;
  hr_meeting_place_cancel(place);
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
