/* Threads that wait for something that comes over the network. The first of them does the network's work while it
 * waits: an answer then wakes the one thread that wants it, and no other. */
#ifndef HR_DISTRIBUTED_WAITER_H
#define HR_DISTRIBUTED_WAITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct hr_waiter {
  pthread_cond_t changed;
  bool has_ended, looks; /* at the sockets */
} hr_waiter;

void hr_waiter_init(hr_waiter *waiter);
/* Once, from any thread; the waiter's memory may go when its thread has seen it, so that nothing of what it is part of
 * may be touched afterwards. */
void hr_waiter_end(hr_waiter *waiter);
/* Whether it has ended, after at most so many milliseconds. Calls of others may end on this thread meanwhile: hold no
 * lock. */
bool hr_waiter_wait(hr_waiter *waiter, int64_t milliseconds);
/* It has ended, or nobody knows of it. */
void hr_waiter_clear(hr_waiter *waiter);

/* ---- the loop's (http2/loop.c) ----------------------------------------------------------------------------------- */

struct hr_loop;
void hr_waiter_use_loop(struct hr_loop *loop);
/* The waiter that does the loop's work is back from the sockets. */
void hr_waiter_is_awake(void);
/* A kick has reached a thread that it was not meant for. */
void hr_waiter_kick_again(void);
/* A child of a fork must find the waiters' lock free: for pthread_atfork (http2/http2.c). */
void hr_waiter_before_fork(void);
void hr_waiter_after_fork(void);
void hr_waiter_after_fork_in_child(void);

#endif
