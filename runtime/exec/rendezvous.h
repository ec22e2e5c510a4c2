/* Rendezvous: where a tensor that one node sends meets the node that receives it, by key. Either may come first; a
 * receiver waits without a thread. A value may be dead: what a branch that was not taken sends. */
#ifndef HR_RUNTIME_EXEC_RENDEZVOUS_H
#define HR_RUNTIME_EXEC_RENDEZVOUS_H

#include "runtime/exec/cancellation.h"

/* A receiver; the memory is the caller's until `receive` is called, exactly once: with a tensor that it then owns, or
 * with an error that it then owns. Runs without locks held, on the sender's thread or the one that aborts. */
typedef struct hr_receiver {
  void (*receive)(struct hr_receiver *self, hr_status status, hr_tensor *tensor, bool is_dead);
  const hr_cancellation
      *cancellation; /* of its run; once cancelled it does not begin to wait but gets the error. Or NULL */
} hr_receiver;

#define HR_RENDEZVOUS_LISTS 32

typedef struct hr_meeting hr_meeting;
typedef struct hr_rendezvous hr_rendezvous;
struct hr_rendezvous {
  pthread_mutex_t lock;                      /* guards what follows */
  int32_t count;                             /* of meetings */
  hr_meeting *meetings[HR_RENDEZVOUS_LISTS]; /* sent and not received, or awaited and not sent; by hash of the key */
  hr_status aborted;                         /* why nothing comes through any more, or NULL */
  /* Called, without locks, for a key that a receiver waits for: what is sent elsewhere is asked for, and sent here when
   * it comes. NULL: all senders are here. Set before the first use. */
  void (*ask)(hr_rendezvous *self, const char *key);
  /* Called, without locks, when the receivers of a step wait and nothing else is to be done: what was asked for may
   * have been held back till then. NULL where `ask` is. */
  void (*flush)(hr_rendezvous *self);
};

void hr_rendezvous_init(hr_rendezvous *r);
void hr_rendezvous_clear(hr_rendezvous *r);
/* Drops what was sent and never received, and an abort: ready for another run. No receiver may wait. */
void hr_rendezvous_empty(hr_rendezvous *r);

/* Takes over `*tensor`. Several tensors under one key are received in the order they were sent. */
HR_MUST_USE hr_status hr_rendezvous_send(hr_rendezvous *r, const char *key, hr_tensor *tensor, bool is_dead);
/* Calls receiver->receive now or later. The key may be of somebody else's rendezvous (`ask`). */
void hr_rendezvous_receive(hr_rendezvous *r, const char *key, hr_receiver *receiver);
/* True where the receiver was still waiting: it is forgotten and will not be called. */
bool hr_rendezvous_forget(hr_rendezvous *r, hr_receiver *receiver);
/* Gives every waiting receiver, and all later ones and senders, a copy of `status`. */
void hr_rendezvous_abort(hr_rendezvous *r, hr_status status);
/* Nothing was sent that nobody received, and nobody waits. */
bool hr_rendezvous_is_empty(hr_rendezvous *r);

#endif
