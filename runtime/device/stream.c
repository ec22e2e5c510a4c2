#include "runtime/device/stream.h"
#include "runtime/base/float_mode.h"
#include "runtime/base/fork.h"
#include <pthread.h>
#include <stdlib.h>

struct hr_stream {
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t filled, drained;
  hr_stream_work queue[HR_STREAM_CAPACITY]; /* a ring; the first piece stays in it while it is done */
  uint32_t first, count;
  pthread_t thread;
  bool is_running, is_stopping;
  unsigned generation; /* of the process (runtime/base/fork.h) that the thread belongs to */
};

static void *stream_main(void *argument) {
  hr_stream *stream = argument;
  (void)hr_float_mode_enter();
  pthread_mutex_lock(&stream->lock);
  for (;;) {
    while (stream->count == 0 && !stream->is_stopping)
      pthread_cond_wait(&stream->filled, &stream->lock);
    if (stream->count == 0) break;
    hr_stream_work work = stream->queue[stream->first];
    pthread_mutex_unlock(&stream->lock);
    work.run(work.argument, work.index, work.detail);
    pthread_mutex_lock(&stream->lock);
    stream->first = (stream->first + 1) % HR_STREAM_CAPACITY;
    --stream->count;
    pthread_cond_broadcast(&stream->drained);
  }
  pthread_mutex_unlock(&stream->lock);
  return NULL;
}

static void make_locks(hr_stream *stream) {
  pthread_mutex_init(&stream->lock, NULL);
  pthread_cond_init(&stream->filled, NULL);
  pthread_cond_init(&stream->drained, NULL);
}

hr_status hr_stream_new(hr_stream **out) {
  hr_watch_forks();
  hr_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return hr_error_out_of_memory(sizeof *stream, "a stream");
  make_locks(stream);
  stream->generation = hr_fork_generation();
  *out = stream;
  return HR_SUCCESS;
}

/* In the child of a fork the thread is gone, with whatever it was doing. */
static void lock_stream(hr_stream *stream) {
  if (stream->generation != hr_fork_generation()) {
    make_locks(stream);
    stream->count = 0;
    stream->is_running = false;
    stream->generation = hr_fork_generation();
  }
  pthread_mutex_lock(&stream->lock);
}

void hr_stream_free(hr_stream *stream) {
  if (!stream) return;
  lock_stream(stream);
  bool was_running = stream->is_running;
  stream->is_stopping = true;
  pthread_cond_signal(&stream->filled);
  pthread_mutex_unlock(&stream->lock);
  if (was_running) pthread_join(stream->thread, NULL);
  pthread_mutex_destroy(&stream->lock);
  pthread_cond_destroy(&stream->filled);
  pthread_cond_destroy(&stream->drained);
  free(stream);
}

hr_status hr_stream_submit(hr_stream *stream, const hr_stream_work *work) {
  lock_stream(stream);
  if (!stream->is_running) stream->is_running = pthread_create(&stream->thread, NULL, stream_main, stream) == 0;
  bool runs = stream->is_running;
  while (runs && stream->count == HR_STREAM_CAPACITY)
    pthread_cond_wait(&stream->drained, &stream->lock);
  if (runs) {
    stream->queue[(stream->first + stream->count++) % HR_STREAM_CAPACITY] = *work;
    pthread_cond_signal(&stream->filled);
  }
  pthread_mutex_unlock(&stream->lock);
  return runs ? HR_SUCCESS : hr_error(HR_RESOURCE_EXHAUSTED, "No thread can be started for a device's stream");
}

/* A piece of work that somebody waits for. */
typedef struct awaited_call {
  void (*call)(void *argument);
  void *argument;
  pthread_mutex_t lock; /* guards is_done */
  pthread_cond_t done;
  bool is_done;
} awaited_call;

static void run_call(void *argument, int32_t index, int32_t detail) {
  (void)index, (void)detail;
  awaited_call *call = argument;
  call->call(call->argument);
  pthread_mutex_lock(&call->lock);
  call->is_done = true;
  pthread_cond_signal(&call->done);
  pthread_mutex_unlock(&call->lock);
}

hr_status hr_stream_call(hr_stream *stream, void (*call)(void *argument), void *argument) {
  awaited_call awaited = {
      .call = call, .argument = argument, .lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
  HR_TRY(hr_stream_submit(stream, &(hr_stream_work){.run = run_call, .argument = &awaited}));
  pthread_mutex_lock(&awaited.lock);
  while (!awaited.is_done)
    pthread_cond_wait(&awaited.done, &awaited.lock);
  pthread_mutex_unlock(&awaited.lock);
  pthread_mutex_destroy(&awaited.lock);
  pthread_cond_destroy(&awaited.done);
  return HR_SUCCESS;
}
