#include "runtime/exec/rendezvous.h"
#include <stdlib.h>
#include <string.h>

/* One side that waits for the other. */
struct hr_meeting {
  hr_meeting *next;
  hr_receiver *receiver; /* NULL: a tensor waits */
  hr_tensor tensor;
  bool is_dead;
  uint64_t hash;
  char key[];
};

void hr_rendezvous_init(hr_rendezvous *r) {
  *r = (hr_rendezvous){0};
  pthread_mutex_init(&r->lock, NULL);
}

void hr_rendezvous_empty(hr_rendezvous *r) {
  for (int i = 0; r->count > 0; ++i)
    while (r->meetings[i]) {
      hr_meeting *meeting = r->meetings[i];
      r->meetings[i] = meeting->next;
      --r->count;
      hr_tensor_clear(&meeting->tensor);
      free(meeting);
    }
  hr_status_free(r->aborted);
  r->aborted = HR_SUCCESS;
}

void hr_rendezvous_clear(hr_rendezvous *r) {
  hr_rendezvous_empty(r);
  pthread_mutex_destroy(&r->lock);
}

bool hr_rendezvous_is_empty(hr_rendezvous *r) {
  pthread_mutex_lock(&r->lock);
  bool is_empty = r->count == 0;
  pthread_mutex_unlock(&r->lock);
  return is_empty;
}

/* FNV-1a, eight bytes at a time. */
static uint64_t hash_of(const char *key, size_t length) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ length, word;
  for (; length >= sizeof word; key += sizeof word, length -= sizeof word) {
    memcpy(&word, key, sizeof word);
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 32;
  }
  for (; length > 0; --length)
    hash = (hash ^ (unsigned char)*key++) * UINT64_C(0x100000001b3);
  return hash ^ hash >> 29;
}

/* Takes the first meeting of the key whose waiting side is the wanted one out of the list; lock held. */
static hr_meeting *take(hr_rendezvous *r, const char *key, uint64_t hash, bool wants_receiver) {
  for (hr_meeting **link = &r->meetings[hash % HR_RENDEZVOUS_LISTS]; *link; link = &(*link)->next) {
    hr_meeting *meeting = *link;
    if (meeting->hash != hash || (meeting->receiver != NULL) != wants_receiver || strcmp(meeting->key, key) != 0)
      continue;
    *link = meeting->next;
    --r->count;
    return meeting;
  }
  return NULL;
}

/* Appends a waiting side; lock held. */
static hr_status wait_for_other(hr_rendezvous *r, const char *key, size_t length, uint64_t hash, hr_receiver *receiver,
                                hr_tensor *tensor, bool is_dead) {
  hr_meeting *meeting = malloc(sizeof *meeting + length + 1);
  if (!meeting) return hr_error_out_of_memory(sizeof *meeting + length + 1, "a rendezvous");
  *meeting = (hr_meeting){.receiver = receiver, .is_dead = is_dead, .hash = hash};
  memcpy(meeting->key, key, length + 1);
  if (tensor) {
    meeting->tensor = *tensor;
    *tensor = (hr_tensor){0};
  }
  hr_meeting **end = &r->meetings[hash % HR_RENDEZVOUS_LISTS];
  while (*end)
    end = &(*end)->next;
  *end = meeting;
  ++r->count;
  return HR_SUCCESS;
}

hr_status hr_rendezvous_send(hr_rendezvous *r, const char *key, hr_tensor *tensor, bool is_dead) {
  size_t length = strlen(key);
  uint64_t hash = hash_of(key, length);
  pthread_mutex_lock(&r->lock);
  hr_status status = hr_status_copy(r->aborted);
  hr_meeting *meeting = status ? NULL : take(r, key, hash, true);
  if (!status && !meeting) status = wait_for_other(r, key, length, hash, NULL, tensor, is_dead);
  pthread_mutex_unlock(&r->lock);
  if (meeting) {
    hr_tensor received = *tensor;
    *tensor = (hr_tensor){0};
    meeting->receiver->receive(meeting->receiver, HR_SUCCESS, &received, is_dead);
    free(meeting);
  }
  return status;
}

void hr_rendezvous_receive(hr_rendezvous *r, const char *key, hr_receiver *receiver) {
  size_t length = strlen(key);
  uint64_t hash = hash_of(key, length);
  pthread_mutex_lock(&r->lock);
  hr_status status = hr_status_copy(r->aborted);
  hr_meeting *meeting = status ? NULL : take(r, key, hash, false);
  bool waits = false;
  if (!status && !meeting) {
    hr_code cancelled = receiver->cancellation ? hr_cancellation_reason(receiver->cancellation) : HR_OK;
    status = cancelled == HR_OK ? wait_for_other(r, key, length, hash, receiver, NULL, false)
                                : hr_cancellation_error(cancelled);
    waits = status == HR_SUCCESS;
  }
  pthread_mutex_unlock(&r->lock);
  if (waits) {
    if (r->ask) r->ask(r, key);
    return;
  }
  hr_tensor none = {0};
  receiver->receive(receiver, status, meeting ? &meeting->tensor : &none, meeting && meeting->is_dead);
  free(meeting);
}

bool hr_rendezvous_forget(hr_rendezvous *r, hr_receiver *receiver) {
  hr_meeting *found = NULL;
  pthread_mutex_lock(&r->lock);
  for (int i = 0; i < HR_RENDEZVOUS_LISTS && !found; ++i)
    for (hr_meeting **link = &r->meetings[i]; *link; link = &(*link)->next) {
      if ((*link)->receiver != receiver) continue;
      found = *link;
      *link = found->next;
      --r->count;
      break;
    }
  pthread_mutex_unlock(&r->lock);
  free(found);
  return found != NULL;
}

/* All meetings in one list; lock held. */
static hr_meeting *take_all(hr_rendezvous *r) {
  hr_meeting *all = NULL;
  for (int i = 0; i < HR_RENDEZVOUS_LISTS; ++i) {
    hr_meeting **end = &r->meetings[i];
    while (*end)
      end = &(*end)->next;
    *end = all;
    all = r->meetings[i];
    r->meetings[i] = NULL;
  }
  r->count = 0;
  return all;
}

void hr_rendezvous_abort(hr_rendezvous *r, hr_status status) {
  pthread_mutex_lock(&r->lock);
  if (!r->aborted) r->aborted = hr_status_copy(status);
  hr_meeting *meetings = take_all(r);
  pthread_mutex_unlock(&r->lock);
  while (meetings) {
    hr_meeting *meeting = meetings;
    meetings = meeting->next;
    hr_tensor none = {0};
    if (meeting->receiver) meeting->receiver->receive(meeting->receiver, hr_status_copy(status), &none, false);
    hr_tensor_clear(&meeting->tensor);
    free(meeting);
  }
}
