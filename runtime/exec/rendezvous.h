/* Rendezvous: where a tensor that one node sends meets the node that receives it, by key. Either may come first; a
 * receiver waits without a thread. */
#ifndef HR_RUNTIME_EXEC_RENDEZVOUS_H
#define HR_RUNTIME_EXEC_RENDEZVOUS_H

#include "headrace/tensor.h"
#include <pthread.h>

/* A receiver; the memory is the caller's until `receive` is called, exactly once: with a tensor that it then owns, or
 * with an error that it then owns. Runs without locks held, on the sender's thread or the one that aborts. */
typedef struct hr_receiver {
  void (*receive)(struct hr_receiver *self, hr_status status, hr_tensor *tensor);
} hr_receiver;

typedef struct hr_meeting hr_meeting;
typedef struct hr_rendezvous {
  pthread_mutex_t lock; /* guards the list */
  hr_meeting *meetings; /* sent and not received, or awaited and not sent */
  hr_status aborted;    /* why nothing comes through any more, or NULL */
} hr_rendezvous;

void hr_rendezvous_init(hr_rendezvous *r);
void hr_rendezvous_clear(hr_rendezvous *r);
/* Drops what was sent and never received, and an abort: ready for another run. No receiver may wait. */
void hr_rendezvous_empty(hr_rendezvous *r);

/* Takes over `*tensor`. Several tensors under one key are received in the order they were sent. */
HR_MUST_USE hr_status hr_rendezvous_send(hr_rendezvous *r, const char *key, hr_tensor *tensor);
/* Calls receiver->receive now or later. */
void hr_rendezvous_receive(hr_rendezvous *r, const char *key, hr_receiver *receiver);
/* True where the receiver was still waiting: it is forgotten and will not be called. */
bool hr_rendezvous_forget(hr_rendezvous *r, hr_receiver *receiver);
/* Gives every waiting receiver, and all later ones and senders, a copy of `status`. */
void hr_rendezvous_abort(hr_rendezvous *r, hr_status status);

#endif
