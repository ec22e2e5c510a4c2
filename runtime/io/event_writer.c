/* Event files: a queue of serialised events, and a thread that writes them as records. */
#include "headrace/io.h"

#include "runtime/base/clock.h"
#include "runtime/base/wire.h"
#include "runtime/io/event_fields.h"
#include "runtime/io/record_writer.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_MAX_QUEUE  10
#define DEFAULT_FLUSH_SECS 120.0
#define FILE_VERSION       "brain.Event:2"

struct hr_event_writer {
  char *path;
  int64_t flush_nanos;
  size_t max_queue;
  pthread_t thread;

  pthread_mutex_t lock; /* of everything below but `records`, which is the thread's */
  pthread_cond_t work;  /* there is something for the thread to do */
  pthread_cond_t room;  /* the queue has shrunk, or a flush is over */
  hr_text *queue;       /* a ring of max_queue events */
  size_t first, waiting;
  uint64_t added, flush_wanted, flushed; /* counts of events: flushing is wanted and done up to here */
  bool closing;
  hr_status failure; /* the first error of the thread */
  hr_record_writer *records;
};

static double seconds_now(void) { return (double)hr_now_micros() * 1e-6; }

/* ---- the thread ------------------------------------------------------------------------------------------------ */

static struct timespec timespec_of(int64_t nanos) {
  return (struct timespec){.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
}

static hr_status write_event(hr_event_writer *w, const hr_text *event) {
  return event->data ? hr_record_writer_write(w->records, event->data, event->length) : HR_SUCCESS;
}

static void *write_events(void *argument) {
  hr_event_writer *w = argument;
  uint64_t written = 0; /* events taken from the queue */
  int64_t flush_at = 0; /* when what is written must be flushed */
  pthread_mutex_lock(&w->lock);
  while (true) {
    bool due = false;
    while (w->waiting == 0 && w->flush_wanted <= w->flushed && !w->closing && !due) {
      struct timespec until = timespec_of(flush_at);
      if (written > w->flushed)
        due = pthread_cond_timedwait(&w->work, &w->lock, &until) == ETIMEDOUT;
      else
        pthread_cond_wait(&w->work, &w->lock);
    }
    if (w->waiting == 0 && w->closing) break;
    hr_text event = {0};
    if (w->waiting > 0) {
      event = w->queue[w->first];
      w->first = (w->first + 1) % w->max_queue;
      --w->waiting;
      if (written++ == w->flushed) flush_at = hr_monotonic_nanos() + w->flush_nanos;
      pthread_cond_broadcast(&w->room);
    }
    bool failed = w->failure != HR_SUCCESS, wanted = w->flush_wanted > w->flushed && written >= w->flush_wanted;
    pthread_mutex_unlock(&w->lock);

    bool flush = wanted || due || hr_monotonic_nanos() >= flush_at;
    hr_status status = failed ? HR_SUCCESS : write_event(w, &event);
    if (flush && !failed && !status) status = hr_record_writer_flush(w->records);
    hr_text_free(&event);

    pthread_mutex_lock(&w->lock);
    if (status) hr_status_keep_first(&w->failure, status);
    if (flush || w->failure) {
      w->flushed = written;
      pthread_cond_broadcast(&w->room);
    }
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

/* ---- opening and closing --------------------------------------------------------------------------------------- */

/* Opens a file that nobody has yet: where the name of this second is taken, that of a later one. */
static hr_status open_file(hr_event_writer *w, const char *directory, const char *suffix) {
  char host[256] = "";
  if (gethostname(host, sizeof host - 1) != 0) strcpy(host, "localhost");
  for (int64_t seconds = hr_now_micros() / 1000000;; ++seconds) {
    hr_text name = {0};
    hr_text_printf(&name, "events.out.tfevents.%010" PRId64 ".%s%s", seconds, host, suffix);
    char *text = hr_text_take(&name);
    w->path = text ? hr_path_join_dup(directory, text) : NULL;
    free(text);
    if (!w->path) return hr_error_out_of_memory(sizeof host, "a file name");
    hr_status status = hr_record_writer_open_mode(w->path, HR_OUTPUT_EXCLUSIVE, HR_COMPRESSION_NONE, &w->records);
    if (hr_status_code(status) != HR_ALREADY_EXISTS) return status;
    hr_status_free(status);
    free(w->path);
    w->path = NULL;
  }
}

static hr_status write_version(hr_event_writer *w) {
  hr_text event = {0};
  hr_wire_put_double(&event, HR_EVENT_WALL_TIME, seconds_now());
  hr_wire_put_bytes(&event, HR_EVENT_FILE_VERSION, HR_VIEW(FILE_VERSION));
  hr_status status = event.failed ? hr_error_out_of_memory(event.length, "an event")
                                  : hr_record_writer_write(w->records, event.data, event.length);
  hr_text_free(&event);
  return status ? status : hr_record_writer_flush(w->records);
}

static void free_writer(hr_event_writer *w) {
  for (; w->waiting > 0; --w->waiting) {
    hr_text_free(&w->queue[w->first]);
    w->first = (w->first + 1) % w->max_queue;
  }
  pthread_cond_destroy(&w->work);
  pthread_cond_destroy(&w->room);
  pthread_mutex_destroy(&w->lock);
  free(w->queue);
  free(w->path);
  free(w);
}

hr_status hr_event_writer_open(const char *directory, const hr_event_writer_options *options, hr_event_writer **out) {
  *out = NULL;
  hr_event_writer_options chosen = options ? *options : (hr_event_writer_options){0};
  double flush_secs = chosen.flush_secs > 0 ? fmin(chosen.flush_secs, 1e9) : DEFAULT_FLUSH_SECS;
  HR_TRY(hr_directory_create(directory));
  hr_event_writer *w = calloc(1, sizeof *w);
  if (!w) return hr_error_out_of_memory(sizeof *w, "an event writer");
  w->max_queue = (size_t)(chosen.max_queue > 0 ? chosen.max_queue : DEFAULT_MAX_QUEUE);
  w->flush_nanos = (int64_t)(flush_secs * 1e9);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&w->work, &monotonic);
  pthread_condattr_destroy(&monotonic);
  pthread_cond_init(&w->room, NULL);
  pthread_mutex_init(&w->lock, NULL);
  w->queue = calloc(w->max_queue, sizeof *w->queue);
  hr_status status = w->queue ? HR_SUCCESS : hr_error_out_of_memory(w->max_queue * sizeof *w->queue, "an event queue");
  if (!status) status = open_file(w, directory, chosen.suffix ? chosen.suffix : "");
  if (!status) status = write_version(w);
  if (!status && pthread_create(&w->thread, NULL, write_events, w) != 0)
    status = hr_error(HR_RESOURCE_EXHAUSTED, "No thread could be started to write %s", w->path);
  if (status) {
    hr_status_keep_first(&status, hr_record_writer_close(w->records));
    free_writer(w);
    return status;
  }
  *out = w;
  return HR_SUCCESS;
}

hr_status hr_event_writer_close(hr_event_writer *w) {
  if (!w) return HR_SUCCESS;
  pthread_mutex_lock(&w->lock);
  w->closing = true;
  pthread_cond_signal(&w->work);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->thread, NULL);
  hr_status status = w->failure;
  hr_status_keep_first(&status, hr_record_writer_close(w->records));
  free_writer(w);
  return status;
}

const char *hr_event_writer_path(const hr_event_writer *w) { return w->path; }

/* ---- adding ---------------------------------------------------------------------------------------------------- */

/* Takes over the text. */
static hr_status enqueue(hr_event_writer *w, hr_text event) {
  if (event.failed) {
    hr_text_free(&event);
    return hr_error_out_of_memory(event.length, "an event");
  }
  pthread_mutex_lock(&w->lock);
  while (w->waiting == w->max_queue && !w->failure)
    pthread_cond_wait(&w->room, &w->lock);
  hr_status status = hr_status_copy(w->failure);
  if (!status) {
    w->queue[(w->first + w->waiting++) % w->max_queue] = event;
    ++w->added;
    pthread_cond_signal(&w->work);
  }
  pthread_mutex_unlock(&w->lock);
  if (status) hr_text_free(&event);
  return status;
}

hr_status hr_event_writer_add(hr_event_writer *w, const void *event, size_t length) {
  hr_text copy = {0};
  hr_text_add(&copy, event, length);
  return enqueue(w, copy);
}

hr_status hr_event_writer_add_summary(hr_event_writer *w, const void *summary, size_t length, double wall_time,
                                      int64_t step) {
  hr_text event = {0};
  hr_wire_put_double(&event, HR_EVENT_WALL_TIME, wall_time != 0 ? wall_time : seconds_now());
  if (step != 0) hr_wire_put_number(&event, HR_EVENT_STEP, (uint64_t)step);
  hr_wire_put_bytes(&event, HR_EVENT_SUMMARY, (hr_view){summary, length});
  return enqueue(w, event);
}

hr_status hr_event_writer_flush(hr_event_writer *w) {
  pthread_mutex_lock(&w->lock);
  uint64_t target = w->added;
  if (w->flush_wanted < target) w->flush_wanted = target;
  pthread_cond_signal(&w->work);
  while (w->flushed < target && !w->failure)
    pthread_cond_wait(&w->room, &w->lock);
  hr_status status = hr_status_copy(w->failure);
  pthread_mutex_unlock(&w->lock);
  return status;
}
