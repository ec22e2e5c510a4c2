/* Threads that wait for sockets, and for the time.
 *
 * A loop is an epoll set whose events go to one of the threads that wait there. What is watched is told that something
 * may be done, on that thread, with no lock held; while it is busy with that, no other thread is woken for it.
 *
 * Whoever waits for the end of a client's call waits in the loop as well and does its work meanwhile, so that no other
 * thread has to be woken for an answer. The threads of that loop wait before a gate: a second set, which holds nothing
 * but the loop's. It is shut while somebody looks at the sockets, and lets one thread through when nobody does.
 */
#ifndef HR_DISTRIBUTED_HTTP2_LOOP_H
#define HR_DISTRIBUTED_HTTP2_LOOP_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct hr_loop hr_loop;

/* First member of what is watched. */
typedef struct hr_watched {
  void (*ready)(struct hr_watched *self, uint32_t events); /* of epoll; then no more before hr_loop_again */
  int64_t (*tick)(struct hr_watched *self, int64_t now);   /* at the time; answers when next, INT64_MAX: never */
  void (*ref)(struct hr_watched *self);
  void (*unref)(struct hr_watched *self);
  int32_t slot; /* the loop's, as the next one */
  uint32_t generation;
} hr_watched;

/* A server's, with `threads` of its own, at least one. ResourceExhausted. */
HR_MUST_USE hr_status hr_loop_new(int32_t threads, hr_loop **out);
/* Nothing may be watched any more, and no thread wait. Ends the threads. NULL is allowed. */
void hr_loop_free(hr_loop *loop);
/* The one of the process's clients, which never ends; made at first use. */
HR_MUST_USE hr_status hr_loop_of_clients(hr_loop **out);

/* References it while it is watched, first for something to read. `fd` -1: for the time only. False where memory or
 * system limits are out. */
bool hr_loop_add(hr_loop *loop, hr_watched *watched, int fd);
/* It wants to be told of such events (of epoll) once more, or at once where they are there. */
void hr_loop_again(hr_loop *loop, const hr_watched *watched, int fd, uint32_t events);
/* It may be told a last time while this returns. Once. */
void hr_loop_remove(hr_loop *loop, hr_watched *watched, int fd);
/* All that is watched is told of the time at hr_monotonic_nanos() `nanos`, or before. */
void hr_loop_tick_at(hr_loop *loop, int64_t nanos);

/* Does what there is to do for at most one event, after at most `milliseconds` of waiting; false where there was none.
 * `may_leave`: the thread is one that hr_loop_kick is meant for. It looks at the sockets until hr_loop_turn_away. */
bool hr_loop_work(hr_loop *loop, int64_t milliseconds, bool may_leave);
/* The calling thread, if it looks at the sockets, will be busy: others may. */
void hr_loop_turn_away(void);
/* Brings a thread that waits in the loop of clients, and may leave, back from there (waiter.c). */
void hr_loop_kick(hr_loop *loop);

#endif
