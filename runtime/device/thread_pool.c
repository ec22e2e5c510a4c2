#include "runtime/device/thread_pool.h"
#include "runtime/base/clock.h"
#include "runtime/base/float_mode.h"
#include "runtime/base/fork.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* A split below this much work per chunk costs more than it brings: where a worker spins, and where it must be woken.
 */
#define HR_MIN_CHUNK_NANOS        5000.0
#define HR_MIN_CHUNK_NANOS_ASLEEP 20000.0
/* Chunks per thread: late workers then leave little undone. */
#define HR_CHUNKS_PER_THREAD 4
/* How long an idle worker looks for work before it sleeps: the serial part of a training step should fit. */
#define HR_SPIN_NANOS 500000
/* Loops that only a worker that spins could have helped with: so much of them in that time, and one is woken. */
#define HR_WAKE_NANOS 100000
/* From when on it lets others have its core meanwhile: the other side of a connection may be what it waits for. */
#define HR_YIELD_NANOS 30000

#if defined(__x86_64__)
#define HR_PAUSE() __builtin_ia32_pause()
#else
#define HR_PAUSE() atomic_signal_fence(memory_order_seq_cst)
#endif

/* Each thread begins in a region of its own, the same one in every loop: it finds there what the loop before has left
 * in its cache. */
#define HR_MAX_REGIONS 32

/* Chunks that lie side by side. Their own thread takes them from the front, those that have done theirs from the back.
 */
typedef struct hr_region {
  _Alignas(64) _Atomic uint64_t taken; /* from the front, and 2^32 times those from the back; too many at the end */
  uint32_t first, count;
} hr_region;
#define HR_FROM_BACK (UINT64_C(1) << 32)

/* A loop that is being split; lives on its caller's stack and in the pool's list while chunks are left. */
typedef struct hr_loop {
  struct hr_loop *next, *previous;
  void (*body)(void *argument, int64_t begin, int64_t end);
  void *argument;
  int64_t total, chunk;
  _Atomic uint32_t left; /* chunks that nobody has taken */
  _Atomic int helpers;   /* workers inside */
  int num_regions;
  hr_region regions[HR_MAX_REGIONS];
} hr_loop;

/* Where the thread begins: 0 for who is no worker. */
static _Thread_local int own_region;

struct hr_thread_pool {
  pthread_mutex_t lock; /* guards all below but the atomics */
  pthread_cond_t wake;
  pthread_cond_t drained;
  hr_loop *loops; /* loops that still want helpers */
  hr_task *first_task, *last_task;
  int threads, started, sleeping, running_tasks;
  int seated; /* workers that have a region of their own */
  pthread_t *workers;
  bool stopping;
  unsigned generation;   /* of the process (runtime/base/fork.h) that the workers belong to */
  _Atomic int available; /* loops with chunks left and tasks: what spinning workers watch */
  _Atomic int idle;      /* workers that spin or sleep */
  _Atomic int spinning;
  _Atomic unsigned rests;               /* how often they were sent to sleep */
  _Atomic int64_t missed_since, missed; /* nanoseconds: when loops too short to wake somebody began, and their sum */
};

int hr_core_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

/* The next chunk of a region, or -1. */
static int64_t take_chunk(hr_region *region, uint64_t end) {
  uint64_t before = atomic_fetch_add_explicit(&region->taken, end, memory_order_relaxed);
  uint32_t front = (uint32_t)before, back = (uint32_t)(before >> 32);
  if ((uint64_t)front + back >= region->count) return -1;
  return (int64_t)region->first + (end == HR_FROM_BACK ? region->count - 1 - back : front);
}

static void loop_work(hr_thread_pool *pool, hr_loop *loop) {
  for (int i = 0; i < loop->num_regions; ++i) {
    hr_region *region = &loop->regions[(own_region + i) % loop->num_regions];
    int64_t chunk;
    while ((chunk = take_chunk(region, i == 0 ? 1 : HR_FROM_BACK)) >= 0) {
      /* The last chunk: spinning workers need not look here any more. */
      if (atomic_fetch_sub_explicit(&loop->left, 1, memory_order_relaxed) == 1)
        atomic_fetch_sub_explicit(&pool->available, 1, memory_order_relaxed);
      int64_t begin = chunk * loop->chunk, end = begin + loop->chunk;
      loop->body(loop->argument, begin, end < loop->total ? end : loop->total);
    }
  }
}

/* Cuts a loop into its chunks and regions. */
static void cut_loop(hr_loop *loop, int threads) {
  uint32_t chunks = (uint32_t)((loop->total + loop->chunk - 1) / loop->chunk), first = 0;
  int most = threads < HR_MAX_REGIONS ? threads : HR_MAX_REGIONS;
  loop->num_regions = chunks < (uint32_t)most ? (int)chunks : most;
  for (int i = 0; i < loop->num_regions; ++i) {
    uint32_t end = (uint32_t)((uint64_t)chunks * (uint64_t)(i + 1) / (uint64_t)loop->num_regions);
    loop->regions[i] = (hr_region){.first = first, .count = end - first};
    first = end;
  }
  atomic_init(&loop->left, chunks);
}

static void list_remove(hr_thread_pool *pool, hr_loop *loop) {
  if (loop->previous)
    loop->previous->next = loop->next;
  else
    pool->loops = loop->next;
  if (loop->next) loop->next->previous = loop->previous;
}

/* A loop with chunks left, or NULL. */
static hr_loop *find_loop(hr_thread_pool *pool) {
  for (hr_loop *loop = pool->loops; loop; loop = loop->next) {
    if (atomic_load_explicit(&loop->left, memory_order_relaxed) > 0) return loop;
  }
  return NULL;
}

static hr_task *take_task(hr_thread_pool *pool) {
  hr_task *task = pool->first_task;
  if (!task) return NULL;
  pool->first_task = task->link;
  if (!pool->first_task) pool->last_task = NULL;
  atomic_fetch_sub_explicit(&pool->available, 1, memory_order_relaxed);
  return task;
}

static bool spin_for_work(hr_thread_pool *pool) {
  unsigned rests = atomic_load_explicit(&pool->rests, memory_order_relaxed);
  int64_t now = hr_monotonic_nanos(), patient = now + HR_YIELD_NANOS, limit = now + HR_SPIN_NANOS;
  do {
    for (int i = 0; i < 64; ++i) {
      if (atomic_load_explicit(&pool->available, memory_order_relaxed) > 0) return true;
      HR_PAUSE();
    }
    now = hr_monotonic_nanos();
    if (now > patient) sched_yield();
  } while (now < limit && atomic_load_explicit(&pool->rests, memory_order_relaxed) == rests);
  return false;
}

static void *worker_main(void *argument) {
  hr_thread_pool *pool = argument;
  (void)hr_float_mode_enter();
  pthread_mutex_lock(&pool->lock);
  own_region = ++pool->seated;
  bool spun = false;
  for (;;) {
    hr_loop *loop = find_loop(pool);
    hr_task *task = loop ? NULL : take_task(pool);
    if (loop) {
      atomic_fetch_add_explicit(&loop->helpers, 1, memory_order_relaxed);
      pthread_mutex_unlock(&pool->lock);
      loop_work(pool, loop);
      atomic_fetch_sub_explicit(&loop->helpers, 1, memory_order_release); /* the loop may be gone from here on */
      pthread_mutex_lock(&pool->lock);
      spun = false;
    } else if (task) {
      ++pool->running_tasks;
      pthread_mutex_unlock(&pool->lock);
      task->run(task);
      pthread_mutex_lock(&pool->lock);
      if (--pool->running_tasks == 0) pthread_cond_broadcast(&pool->drained);
      spun = false;
    } else if (pool->stopping) {
      break;
    } else if (!spun) {
      pthread_mutex_unlock(&pool->lock);
      atomic_fetch_add_explicit(&pool->idle, 1, memory_order_relaxed);
      atomic_fetch_add_explicit(&pool->spinning, 1, memory_order_relaxed);
      spun = !spin_for_work(pool);
      atomic_fetch_sub_explicit(&pool->spinning, 1, memory_order_relaxed);
      atomic_fetch_sub_explicit(&pool->idle, 1, memory_order_relaxed);
      pthread_mutex_lock(&pool->lock);
    } else {
      ++pool->sleeping;
      atomic_fetch_add_explicit(&pool->idle, 1, memory_order_relaxed);
      pthread_cond_wait(&pool->wake, &pool->lock);
      atomic_fetch_sub_explicit(&pool->idle, 1, memory_order_relaxed);
      --pool->sleeping;
      spun = false;
    }
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

hr_status hr_thread_pool_new(int threads, hr_thread_pool **out) {
  hr_watch_forks();
  hr_thread_pool *pool = calloc(1, sizeof *pool);
  pthread_t *workers = calloc(threads > 1 ? (size_t)threads - 1 : 1, sizeof *workers);
  if (!pool || !workers) {
    free(pool);
    free(workers);
    return hr_error_out_of_memory(sizeof *pool, "a thread pool");
  }
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->drained, NULL);
  pool->threads = threads < 1 ? 1 : threads;
  pool->workers = workers;
  pool->generation = hr_fork_generation();
  *out = pool;
  return HR_SUCCESS;
}

int hr_thread_pool_threads(const hr_thread_pool *pool) { return pool ? pool->threads : 1; }

int hr_thread_pool_idle(const hr_thread_pool *pool) {
  return atomic_load_explicit(&((hr_thread_pool *)(uintptr_t)pool)->idle, memory_order_relaxed);
}

void hr_thread_pool_rest(hr_thread_pool *pool) {
  if (pool) atomic_fetch_add_explicit(&pool->rests, 1, memory_order_relaxed);
}

/* Starts the workers that are missing; lock held. After a fork the old ones are gone, with whatever they were doing. */
static void start_workers(hr_thread_pool *pool) {
  while (pool->started < pool->threads - 1) {
    if (pthread_create(&pool->workers[pool->started], NULL, worker_main, pool) != 0) return; /* fewer will do */
    ++pool->started;
  }
}

static void lock_pool(hr_thread_pool *pool) {
  unsigned generation = hr_fork_generation();
  if (__builtin_expect(pool->generation != generation, 0)) {
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->drained, NULL);
    pool->loops = NULL;
    pool->first_task = pool->last_task = NULL;
    pool->started = pool->seated = pool->sleeping = pool->running_tasks = 0;
    atomic_store(&pool->available, 0);
    atomic_store(&pool->idle, 0);
    atomic_store(&pool->spinning, 0);
    pool->generation = generation;
  }
  pthread_mutex_lock(&pool->lock);
}

void hr_thread_pool_free(hr_thread_pool *pool) {
  if (!pool) return;
  lock_pool(pool);
  pool->stopping = true;
  pthread_cond_broadcast(&pool->wake);
  int started = pool->started;
  pthread_mutex_unlock(&pool->lock);
  for (int i = 0; i < started; ++i)
    pthread_join(pool->workers[i], NULL);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->drained);
  free(pool->workers);
  free(pool);
}

/* Are loops too short to wake somebody for, of which this is one, so frequent that it pays after all? */
static bool come_thick(hr_thread_pool *pool, double nanos) {
  int64_t now = hr_monotonic_nanos();
  if (now - atomic_load_explicit(&pool->missed_since, memory_order_relaxed) > HR_SPIN_NANOS) {
    atomic_store_explicit(&pool->missed_since, now, memory_order_relaxed);
    atomic_store_explicit(&pool->missed, 0, memory_order_relaxed);
  }
  int64_t missed = (int64_t)nanos;
  return atomic_fetch_add_explicit(&pool->missed, missed, memory_order_relaxed) + missed > HR_WAKE_NANOS;
}

bool hr_thread_pool_for(hr_thread_pool *pool, int64_t total, double unit_nanos,
                        void (*body)(void *argument, int64_t begin, int64_t end), void *argument) {
  if (total <= 0) return false;
  if (!pool || pool->threads <= 1 || total == 1 || (double)total * unit_nanos < 2 * HR_MIN_CHUNK_NANOS) {
    body(argument, 0, total);
    return false;
  }
  bool awake = atomic_load_explicit(&pool->spinning, memory_order_relaxed) > 0;
  double nanos = (double)total * unit_nanos, threads = pool->threads;
  if (!awake && nanos < 2 * HR_MIN_CHUNK_NANOS_ASLEEP) awake = come_thick(pool, nanos);
  double chunks = nanos / (awake ? HR_MIN_CHUNK_NANOS : HR_MIN_CHUNK_NANOS_ASLEEP);
  if (chunks > threads * HR_CHUNKS_PER_THREAD) chunks = threads * HR_CHUNKS_PER_THREAD;
  int64_t count = (int64_t)chunks;
  if (count > pool->threads) count -= count % pool->threads; /* as many in each region */
  if (count > total) count = total;
  if (count < 2) {
    body(argument, 0, total);
    return false;
  }
  hr_loop loop;
  loop.previous = NULL;
  loop.body = body;
  loop.argument = argument;
  loop.total = total;
  loop.chunk = (total + count - 1) / count;
  atomic_init(&loop.helpers, 0);
  cut_loop(&loop, pool->threads);
  lock_pool(pool);
  start_workers(pool);
  loop.next = pool->loops;
  if (loop.next) loop.next->previous = &loop;
  pool->loops = &loop;
  atomic_fetch_add_explicit(&pool->available, 1, memory_order_relaxed);
  if (pool->sleeping > 0) {
    if (atomic_load_explicit(&loop.left, memory_order_relaxed) > 2)
      pthread_cond_broadcast(&pool->wake);
    else
      pthread_cond_signal(&pool->wake);
  }
  pthread_mutex_unlock(&pool->lock);

  loop_work(pool, &loop);

  lock_pool(pool);
  list_remove(pool, &loop); /* nobody new comes in */
  pthread_mutex_unlock(&pool->lock);
  for (int i = 0; atomic_load_explicit(&loop.helpers, memory_order_acquire) > 0; ++i) {
    if (i < 4000)
      HR_PAUSE();
    else
      sched_yield();
  }
  return true;
}

void hr_thread_pool_submit(hr_thread_pool *pool, hr_task *task) {
  task->link = NULL;
  lock_pool(pool);
  start_workers(pool);
  if (pool->started == 0) {
    pthread_mutex_unlock(&pool->lock);
    task->run(task);
    return;
  }
  if (pool->last_task)
    pool->last_task->link = task;
  else
    pool->first_task = task;
  pool->last_task = task;
  atomic_fetch_add_explicit(&pool->available, 1, memory_order_relaxed);
  if (pool->sleeping > 0) pthread_cond_signal(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

bool hr_thread_pool_withdraw(hr_thread_pool *pool, hr_task *task) {
  lock_pool(pool);
  hr_task *previous = NULL, *found = pool->first_task;
  while (found && found != task) {
    previous = found;
    found = found->link;
  }
  if (found) {
    if (previous)
      previous->link = task->link;
    else
      pool->first_task = task->link;
    if (pool->last_task == task) pool->last_task = previous;
    atomic_fetch_sub_explicit(&pool->available, 1, memory_order_relaxed);
  }
  pthread_mutex_unlock(&pool->lock);
  return found != NULL;
}
