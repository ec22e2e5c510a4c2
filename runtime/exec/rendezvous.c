#include "runtime/exec/rendezvous.h"
#include <stdlib.h>
#include <string.h>

/* One side that waits for the other. */
struct hr_meeting {
  hr_meeting *next;
  hr_receiver *receiver; /* NULL: a tensor waits */
  hr_tensor tensor;
  char key[];
};

void hr_rendezvous_init(hr_rendezvous *r) {
  pthread_mutex_init(&r->lock, NULL);
  r->meetings = NULL;
  r->aborted = HR_SUCCESS;
}

void hr_rendezvous_empty(hr_rendezvous *r) {
  while (r->meetings) {
    hr_meeting *meeting = r->meetings;
    r->meetings = meeting->next;
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

/* Takes the first meeting of the key whose waiting side is the wanted one out of the list; lock held. */
static hr_meeting *take(hr_rendezvous *r, const char *key, bool wants_receiver) {
  for (hr_meeting **link = &r->meetings; *link; link = &(*link)->next) {
    hr_meeting *meeting = *link;
    if ((meeting->receiver != NULL) != wants_receiver || strcmp(meeting->key, key) != 0) continue;
    *link = meeting->next;
    return meeting;
  }
  return NULL;
}

/* Appends a waiting side; lock held. */
static hr_status wait_for_other(hr_rendezvous *r, const char *key, hr_receiver *receiver, hr_tensor *tensor) {
  size_t length = strlen(key) + 1;
  hr_meeting *meeting = calloc(1, sizeof *meeting + length);
  if (!meeting) return hr_error_out_of_memory(sizeof *meeting + length, "a rendezvous");
  memcpy(meeting->key, key, length);
  meeting->receiver = receiver;
  if (tensor) {
    meeting->tensor = *tensor;
    *tensor = (hr_tensor){0};
  }
  hr_meeting **end = &r->meetings;
  while (*end)
    end = &(*end)->next;
  *end = meeting;
  return HR_SUCCESS;
}

hr_status hr_rendezvous_send(hr_rendezvous *r, const char *key, hr_tensor *tensor) {
  pthread_mutex_lock(&r->lock);
  hr_status status = hr_status_copy(r->aborted);
  hr_meeting *meeting = status ? NULL : take(r, key, true);
  if (!status && !meeting) status = wait_for_other(r, key, NULL, tensor);
  pthread_mutex_unlock(&r->lock);
  if (meeting) {
    hr_tensor received = *tensor;
    *tensor = (hr_tensor){0};
    meeting->receiver->receive(meeting->receiver, HR_SUCCESS, &received);
    free(meeting);
  }
  return status;
}

void hr_rendezvous_receive(hr_rendezvous *r, const char *key, hr_receiver *receiver) {
  pthread_mutex_lock(&r->lock);
  hr_status status = hr_status_copy(r->aborted);
  hr_meeting *meeting = status ? NULL : take(r, key, false);
  bool waits = false;
  if (!status && !meeting) {
    status = wait_for_other(r, key, receiver, NULL);
    waits = status == HR_SUCCESS;
  }
  pthread_mutex_unlock(&r->lock);
  if (waits) return;
  hr_tensor none = {0};
  receiver->receive(receiver, status, meeting ? &meeting->tensor : &none);
  free(meeting);
}

bool hr_rendezvous_forget(hr_rendezvous *r, hr_receiver *receiver) {
  hr_meeting *found = NULL;
  pthread_mutex_lock(&r->lock);
  for (hr_meeting **link = &r->meetings; *link && !found; link = &(*link)->next) {
    if ((*link)->receiver != receiver) continue;
    found = *link;
    *link = found->next;
    break;
  }
  pthread_mutex_unlock(&r->lock);
  free(found);
  return found != NULL;
}

void hr_rendezvous_abort(hr_rendezvous *r, hr_status status) {
  pthread_mutex_lock(&r->lock);
  if (!r->aborted) r->aborted = hr_status_copy(status);
  hr_meeting *meetings = r->meetings;
  r->meetings = NULL;
  pthread_mutex_unlock(&r->lock);
  while (meetings) {
    hr_meeting *meeting = meetings;
    meetings = meeting->next;
    hr_tensor none = {0};
    if (meeting->receiver) meeting->receiver->receive(meeting->receiver, hr_status_copy(status), &none);
    hr_tensor_clear(&meeting->tensor);
    free(meeting);
  }
}
