#include "distributed/http2/loop.h"
#include "distributed/handler_threads.h"
#include "distributed/waiter.h"
#include "runtime/base/clock.h"
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MAX_THREADS    8
#define CLIENT_THREADS 2 /* while one of them is busy with what has come, the other one is there for more */

/* What an event belongs to; a slot's number otherwise. */
enum { TIMER = UINT32_MAX, KICK = UINT32_MAX - 1, END = UINT32_MAX - 2 };

typedef struct slot {
  hr_watched *watched; /* a reference; NULL: free */
  uint32_t generation; /* events of one that has left are dropped */
  int32_t next_free;
} slot;

struct hr_loop {
  int epoll, timer, kick, end;
  int gate;        /* of the loop of clients: the set that its own threads wait for, whose only member is `epoll`; -1 */
  int32_t lookers; /* threads that look at the sockets: the gate is shut; the lock guards it */
  pthread_t threads[MAX_THREADS];
  int32_t num_threads;
  bool is_servers;      /* nobody else waits here than its own threads */
  pthread_mutex_t lock; /* guards what follows */
  slot *slots;
  int32_t num_slots, capacity, first_free;
  _Atomic int64_t next_tick; /* written with the lock held */
  _Atomic bool is_ending;
};

/* ---- what is watched --------------------------------------------------------------------------------------------- */

static bool add_event(hr_loop *loop, int fd, uint32_t events, uint64_t data) {
  return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = events, .data.u64 = data}) == 0;
}

static uint64_t mark_of(const hr_watched *watched) {
  return (uint64_t)watched->generation << 32 | (uint32_t)watched->slot;
}

/* -1: memory is out. Lock held. */
static int32_t take_slot(hr_loop *loop) {
  if (loop->first_free >= 0) {
    int32_t taken = loop->first_free;
    loop->first_free = loop->slots[taken].next_free;
    return taken;
  }
  if (loop->num_slots == loop->capacity) {
    int32_t capacity = loop->capacity ? 2 * loop->capacity : 16;
    slot *slots = realloc(loop->slots, sizeof *slots * (size_t)capacity);
    if (!slots) return -1;
    loop->slots = slots;
    loop->capacity = capacity;
  }
  loop->slots[loop->num_slots] = (slot){0};
  return loop->num_slots++;
}

/* Lock held. */
static void free_slot(hr_loop *loop, int32_t index) {
  slot *s = &loop->slots[index];
  s->watched = NULL;
  ++s->generation;
  s->next_free = loop->first_free;
  loop->first_free = index;
}

bool hr_loop_add(hr_loop *loop, hr_watched *watched, int fd) {
  watched->ref(watched);
  pthread_mutex_lock(&loop->lock);
  int32_t index = take_slot(loop);
  bool added = index >= 0;
  if (added) {
    slot *s = &loop->slots[index];
    s->watched = watched;
    watched->slot = index;
    watched->generation = s->generation;
    if (fd >= 0) added = add_event(loop, fd, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, mark_of(watched));
    if (!added) free_slot(loop, index);
  }
  pthread_mutex_unlock(&loop->lock);
  if (!added) watched->unref(watched);
  return added;
}

void hr_loop_again(hr_loop *loop, const hr_watched *watched, int fd, uint32_t events) {
  struct epoll_event event = {.events = events | EPOLLONESHOT, .data.u64 = mark_of(watched)};
  (void)epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event); /* it fails where it is watched no more */
}

void hr_loop_remove(hr_loop *loop, hr_watched *watched, int fd) {
  pthread_mutex_lock(&loop->lock);
  if (fd >= 0) (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
  free_slot(loop, watched->slot);
  pthread_mutex_unlock(&loop->lock);
  watched->unref(watched);
}

/* ---- the time ---------------------------------------------------------------------------------------------------- */

/* Lock held. */
static void set_timer(hr_loop *loop, int64_t nanos) {
  atomic_store_explicit(&loop->next_tick, nanos, memory_order_relaxed);
  struct itimerspec at = {0};
  if (nanos != INT64_MAX) at.it_value = (struct timespec){nanos / 1000000000, nanos % 1000000000};
  (void)timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

void hr_loop_tick_at(hr_loop *loop, int64_t nanos) {
  if (nanos >= atomic_load_explicit(&loop->next_tick, memory_order_relaxed)) return;
  pthread_mutex_lock(&loop->lock);
  if (nanos < loop->next_tick) set_timer(loop, nanos);
  pthread_mutex_unlock(&loop->lock);
}

/* With a reference; NULL for a slot that is free. */
static hr_watched *watched_at(hr_loop *loop, int32_t index, const uint32_t *generation) {
  pthread_mutex_lock(&loop->lock);
  hr_watched *watched = index < loop->num_slots ? loop->slots[index].watched : NULL;
  if (watched && generation && loop->slots[index].generation != *generation) watched = NULL;
  if (watched) watched->ref(watched);
  pthread_mutex_unlock(&loop->lock);
  return watched;
}

static void tick_all(hr_loop *loop) {
  uint64_t times;
  if (read(loop->timer, &times, sizeof times) != sizeof times) return; /* another thread's, or set anew */
  pthread_mutex_lock(&loop->lock);
  loop->next_tick = INT64_MAX;
  int32_t count = loop->num_slots;
  pthread_mutex_unlock(&loop->lock);
  int64_t now = hr_monotonic_nanos(), next = INT64_MAX;
  for (int32_t i = 0; i < count; ++i) {
    hr_watched *watched = watched_at(loop, i, NULL);
    if (!watched) continue;
    int64_t wanted = watched->tick ? watched->tick(watched, now) : INT64_MAX;
    if (wanted < next) next = wanted;
    watched->unref(watched);
  }
  hr_loop_tick_at(loop, next);
}

/* ---- work -------------------------------------------------------------------------------------------------------- */

/* How long a thread looks for the next event before it sleeps: to be woken takes longer than most answers do. */
#define LOOK_NANOS 300000

static _Thread_local hr_loop *looks_at; /* a loop with a gate */

/* The thread begins to look at the sockets, or ends. */
static void set_looking(hr_loop *loop, bool looks) {
  if (loop->gate < 0 || (looks_at == loop) == looks) return;
  looks_at = looks ? loop : NULL;
  pthread_mutex_lock(&loop->lock);
  loop->lookers += looks ? 1 : -1;
  if (loop->lookers == looks) { /* the first comes, or the last goes */
    struct epoll_event event = {.events = looks ? 0 : EPOLLIN | EPOLLONESHOT};
    (void)epoll_ctl(loop->gate, EPOLL_CTL_MOD, loop->epoll, &event);
  }
  pthread_mutex_unlock(&loop->lock);
}

void hr_loop_turn_away(void) {
  if (looks_at) set_looking(looks_at, false);
}

static int next_event(hr_loop *loop, struct epoll_event *event, int64_t milliseconds) {
  static _Thread_local bool was_in_vain; /* it slept, too, and nothing came: a long wait, which takes no core */
  int64_t until = was_in_vain ? 0 : hr_monotonic_nanos() + LOOK_NANOS;
  for (; hr_monotonic_nanos() < until; sched_yield()) {
    int found = epoll_wait(loop->epoll, event, 1, 0);
    if (found != 0) return found;
  }
  if (milliseconds == 0) return 0;
  int found = epoll_wait(loop->epoll, event, 1, (int)milliseconds);
  was_in_vain = found == 0 && milliseconds > 0;
  return found;
}

bool hr_loop_work(hr_loop *loop, int64_t milliseconds, bool may_leave) {
  struct epoll_event event;
  set_looking(loop, true);
  int found = next_event(loop, &event, milliseconds);
  if (may_leave) hr_waiter_is_awake();
  if (found != 1) return false;
  uint32_t number = (uint32_t)event.data.u64, generation = (uint32_t)(event.data.u64 >> 32);
  if (number == TIMER) {
    tick_all(loop);
  } else if (number == KICK) {
    if (!may_leave) hr_waiter_kick_again();
  } else if (number != END) {
    hr_watched *watched = watched_at(loop, (int32_t)number, &generation);
    if (!watched) return true;
    watched->ready(watched, event.events);
    watched->unref(watched);
  }
  return true;
}

void hr_loop_kick(hr_loop *loop) { (void)!write(loop->kick, &(uint64_t){1}, sizeof(uint64_t)); }

/* The threads of a loop with a gate see to what comes while they look, and wait at the gate again. */
static void help(hr_loop *loop) {
  struct epoll_event opened;
  if (epoll_wait(loop->gate, &opened, 1, -1) != 1) return;
  while (hr_loop_work(loop, 0, false)) {
  }
  hr_loop_turn_away();
}

static void *serve(void *argument) {
  hr_loop *loop = argument;
  while (!atomic_load_explicit(&loop->is_ending, memory_order_acquire)) {
    if (loop->is_servers)
      (void)hr_loop_work(loop, -1, false);
    else
      help(loop);
  }
  return NULL;
}

/* ---- the life of a loop ------------------------------------------------------------------------------------------ */

static void close_all(hr_loop *loop) {
  const int all[] = {loop->gate, loop->epoll, loop->timer, loop->kick, loop->end};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    if (all[i] >= 0) close(all[i]);
}

static bool open_all(hr_loop *loop) {
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  loop->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  loop->end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (!loop->is_servers) {
    loop->gate = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT};
    if (loop->gate < 0 || epoll_ctl(loop->gate, EPOLL_CTL_ADD, loop->epoll, &event) != 0) return false;
  }
  return loop->epoll >= 0 && loop->timer >= 0 && loop->kick >= 0 && loop->end >= 0 &&
         add_event(loop, loop->timer, EPOLLIN | EPOLLET, TIMER) &&
         add_event(loop, loop->kick, EPOLLIN | EPOLLET, KICK) && add_event(loop, loop->end, EPOLLIN, END);
}

static hr_status new_loop(int32_t threads, bool is_servers, hr_loop **out) {
  *out = NULL;
  hr_loop *loop = calloc(1, sizeof *loop);
  if (!loop) return hr_error(HR_RESOURCE_EXHAUSTED, "memory is out for a loop");
  pthread_mutex_init(&loop->lock, NULL);
  loop->first_free = -1;
  loop->is_servers = is_servers;
  loop->gate = -1;
  atomic_init(&loop->next_tick, INT64_MAX);
  bool opened = open_all(loop);
  while (opened && loop->num_threads < threads && loop->num_threads < MAX_THREADS &&
         hr_start_thread(&loop->threads[loop->num_threads], serve, loop))
    ++loop->num_threads;
  if (loop->num_threads > 0) {
    *out = loop;
    return HR_SUCCESS;
  }
  int error = errno;
  close_all(loop);
  pthread_mutex_destroy(&loop->lock);
  free(loop);
  return hr_error(HR_RESOURCE_EXHAUSTED, "No thread or no descriptor is left for the network: %s", strerror(error));
}

hr_status hr_loop_new(int32_t threads, hr_loop **out) { return new_loop(threads, true, out); }

void hr_loop_free(hr_loop *loop) {
  if (!loop) return;
  atomic_store_explicit(&loop->is_ending, true, memory_order_release);
  (void)!write(loop->end, &(uint64_t){1}, sizeof(uint64_t));
  for (int32_t i = 0; i < loop->num_threads; ++i)
    pthread_join(loop->threads[i], NULL);
  close_all(loop);
  free(loop->slots);
  pthread_mutex_destroy(&loop->lock);
  free(loop);
}

hr_status hr_loop_of_clients(hr_loop **out) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static hr_loop *loop;
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&lock);
  if (!loop) {
    status = new_loop(CLIENT_THREADS, false, &loop);
    if (!status) hr_waiter_use_loop(loop);
  }
  *out = loop;
  pthread_mutex_unlock(&lock);
  return status;
}
