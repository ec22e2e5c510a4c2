#include "kernels_cpu/reader/reader.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/wire.h"

#include <inttypes.h>
#include <stdlib.h>

/* An op at work, or in line. */
typedef struct hr_reader_job {
  struct hr_reader_job *next, *previous;
  bool in_line, is_cancelled; /* under the reader's lock */
  hr_reader *reader;
  hr_kernel_context *ctx;
  hr_done_function done;
  void *argument;
  hr_cancel_watch watch; /* while in line */

  hr_status (*work)(hr_reader *reader, hr_kernel_context *ctx); /* NULL: it reads */
  hr_queue *queue;
  hr_tensor file;              /* taken from the queue */
  bool is_single;              /* outputs are scalars */
  int64_t wanted, count, room; /* records */
  hr_string *keys, *values;
} hr_reader_job;

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void reader_destroy(hr_resource *resource) {
  hr_reader *reader = (hr_reader *)resource;
  reader->kind->close(reader);
  pthread_mutex_destroy(&reader->lock);
  free(reader->work);
  free(reader->name);
  free(reader);
}
const hr_resource_type hr_reader_type = {.name = "Reader", .destroy = reader_destroy};

hr_status hr_reader_new(const hr_reader_kind *kind, const hr_reader_options *options, const char *name,
                        hr_reader **out) {
  hr_reader *reader = calloc(1, sizeof *reader);
  char *copy = strdup(name);
  if (!reader || !copy) {
    free(reader);
    free(copy);
    return hr_error_out_of_memory(sizeof *reader, "a reader");
  }
  hr_resource_init(&reader->resource, &hr_reader_type);
  reader->kind = kind;
  reader->options = *options;
  reader->name = copy;
  pthread_mutex_init(&reader->lock, NULL);
  *out = reader;
  return HR_SUCCESS;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void end_work(hr_reader *reader) {
  reader->kind->close(reader);
  reader->is_open = false;
}

/* Takes over `name`, which is malloc'd. */
static void set_work(hr_reader *reader, char *name) {
  free(reader->work);
  reader->work = name;
  reader->work_length = name ? strlen(name) : 0;
}

static hr_status begin_work(hr_reader *reader, const hr_tensor *file) {
  if (hr_tensor_dtype(file) != HR_STRING || file->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Expected to dequeue a single-element string tensor");
  hr_view name = hr_string_view(hr_string_at(file, 0));
  set_work(reader, strndup(name.data, name.length));
  if (!reader->work) return hr_error_out_of_memory(name.length, "a file's name");
  reader->place = 0;
  hr_status status = reader->kind->open(reader);
  reader->is_open = !status; /* where it fails the name is used up, as in TensorFlow */
  if (status)
    end_work(reader);
  else
    atomic_fetch_add_explicit(&reader->started, 1, memory_order_relaxed);
  return status;
}

/* ---- the line ---------------------------------------------------------------------------------------------------- */

static void run(hr_reader_job *job);

/* The job is through: answers it and lets the next one have the reader, which it returns. */
static hr_reader_job *finish(hr_reader_job *job, hr_status status) {
  hr_reader *reader = job->reader;
  pthread_mutex_lock(&reader->lock);
  hr_reader_job *next = reader->first;
  if (next) {
    reader->first = next->next;
    if (reader->first)
      reader->first->previous = NULL;
    else
      reader->last = NULL;
    next->in_line = false;
  } else {
    reader->is_busy = false;
  }
  pthread_mutex_unlock(&reader->lock);
  for (int64_t i = 0; i < job->count; ++i) {
    hr_string_clear(&job->keys[i]);
    hr_string_clear(&job->values[i]);
  }
  free(job->keys);
  free(job->values);
  hr_tensor_clear(&job->file);
  job->done(job->argument, status);
  free(job);
  hr_resource_unref(&reader->resource);
  if (next) hr_unwatch_cancel(next->ctx, &next->watch);
  return next;
}

static void give_up(hr_reader_job *job) {
  hr_reader *reader = job->reader;
  job->done(job->argument, hr_error(HR_CANCELLED, "Read operation was cancelled"));
  free(job);
  hr_resource_unref(&reader->resource);
}

static void cancel(hr_cancel_watch *watch) {
  hr_reader_job *job = (hr_reader_job *)((char *)watch - offsetof(hr_reader_job, watch));
  hr_reader *reader = job->reader;
  pthread_mutex_lock(&reader->lock);
  bool in_line = job->in_line;
  if (in_line) {
    *(job->previous ? &job->previous->next : &reader->first) = job->next;
    *(job->next ? &job->next->previous : &reader->last) = job->previous;
    job->in_line = false;
  }
  job->is_cancelled = true;
  pthread_mutex_unlock(&reader->lock);
  if (in_line) give_up(job); /* else it has the reader by now, or does not stand in line yet */
}

/* Gives the job the reader, or puts it in line. */
static void submit(hr_reader_job *job) {
  hr_reader *reader = job->reader;
  pthread_mutex_lock(&reader->lock);
  bool is_free = !reader->is_busy;
  reader->is_busy = true;
  pthread_mutex_unlock(&reader->lock);
  if (is_free) {
    run(job);
    return;
  }
  /* Watched before it stands in line: whoever takes it out may then end the watch. */
  job->watch.cancel = cancel;
  if (!hr_watch_cancel(job->ctx, &job->watch)) {
    give_up(job);
    return;
  }
  pthread_mutex_lock(&reader->lock);
  bool is_cancelled = job->is_cancelled;
  is_free = !reader->is_busy;
  if (is_free && !is_cancelled) {
    reader->is_busy = true;
  } else if (!is_cancelled) {
    job->in_line = true;
    job->previous = reader->last;
    *(reader->last ? &reader->last->next : &reader->first) = job;
    reader->last = job;
  }
  pthread_mutex_unlock(&reader->lock);
  if (!is_free && !is_cancelled) return;
  hr_unwatch_cancel(job->ctx, &job->watch);
  if (is_cancelled)
    give_up(job);
  else
    run(job);
}

static void start(hr_reader *reader, const hr_reader_job *plan) {
  hr_reader_job *job = malloc(sizeof *job);
  if (!job) {
    plan->done(plan->argument, hr_error_out_of_memory(sizeof *job, "reading"));
    return;
  }
  *job = *plan;
  job->reader = (hr_reader *)hr_resource_ref(&reader->resource);
  submit(job);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static hr_status make_room(hr_reader_job *job) {
  if (job->count < job->room) return HR_SUCCESS;
  int64_t room = job->room ? 2 * job->room : job->wanted < 128 ? job->wanted : 128;
  hr_string *keys = realloc(job->keys, (size_t)room * sizeof *keys);
  if (keys) job->keys = keys;
  hr_string *values = realloc(job->values, (size_t)room * sizeof *values);
  if (values) job->values = values;
  if (!keys || !values) return hr_error_out_of_memory((size_t)room * sizeof *keys, "records");
  memset(keys + job->room, 0, (size_t)(room - job->room) * sizeof *keys);
  memset(values + job->room, 0, (size_t)(room - job->room) * sizeof *values);
  job->room = room;
  return HR_SUCCESS;
}

/* Reads from the file under way until the job has what it wants or the file ends. */
static hr_status read_work(hr_reader_job *job) {
  hr_reader *reader = job->reader;
  bool at_end = false;
  while (job->count < job->wanted && !at_end) {
    bool produced = false;
    HR_TRY(make_room(job));
    HR_TRY(reader->kind->next(reader, &job->keys[job->count], &job->values[job->count], &produced, &at_end));
    if (produced) {
      ++job->count;
      atomic_fetch_add_explicit(&reader->produced, 1, memory_order_relaxed);
    }
  }
  if (at_end) {
    end_work(reader);
    atomic_store_explicit(&reader->finished, atomic_load_explicit(&reader->started, memory_order_relaxed),
                          memory_order_relaxed);
  }
  return HR_SUCCESS;
}

/* The strings move to the outputs. */
static hr_status output(hr_reader_job *job) {
  hr_shape shape = {.rank = job->is_single ? 0 : 1, .dims = {job->count}};
  hr_tensor *keys, *values;
  HR_TRY(hr_output_new(job->ctx, 0, &shape, &keys));
  HR_TRY(hr_output_new(job->ctx, 1, &shape, &values));
  if (job->count) {
    memcpy(hr_tensor_data(keys), job->keys, (size_t)job->count * sizeof *job->keys);
    memcpy(hr_tensor_data(values), job->values, (size_t)job->count * sizeof *job->values);
  }
  job->count = 0;
  return HR_SUCCESS;
}

static void file_is_there(void *argument, hr_status status);

/* Works until the job is through or waits for a file's name. True where it is through. */
static bool work_on(hr_reader_job *job, hr_status *status) {
  hr_reader *reader = job->reader;
  if (job->work) {
    *status = job->work(reader, job->ctx);
    return true;
  }
  while (!*status && job->count == 0 && job->wanted > 0) {
    if (!reader->is_open) {
      if (!hr_tensor_is_valid(&job->file) &&
          !hr_queue_dequeue(job->queue, job->ctx, &job->file, file_is_there, job, status))
        return false;
      if (!*status) *status = begin_work(reader, &job->file);
      hr_tensor_clear(&job->file);
    }
    if (!*status) *status = read_work(job);
  }
  if (!*status) *status = output(job);
  return true;
}

static void go_on(hr_reader_job *job, hr_status status) {
  while (job && work_on(job, &status)) {
    job = finish(job, status);
    status = HR_SUCCESS;
  }
}

static void file_is_there(void *argument, hr_status status) {
  hr_reader_job *job = argument;
  if (status) job->file = (hr_tensor){0};
  go_on(job, status);
}

static void run(hr_reader_job *job) { go_on(job, HR_SUCCESS); }

void hr_reader_read(hr_reader *reader, hr_queue *queue, hr_kernel_context *ctx, hr_done_function done, void *argument) {
  start(reader, &(hr_reader_job){
                    .ctx = ctx, .done = done, .argument = argument, .queue = queue, .is_single = true, .wanted = 1});
}

void hr_reader_read_up_to(hr_reader *reader, hr_queue *queue, int64_t count, hr_kernel_context *ctx,
                          hr_done_function done, void *argument) {
  start(reader, &(hr_reader_job){.ctx = ctx, .done = done, .argument = argument, .queue = queue, .wanted = count});
}

void hr_reader_use(hr_reader *reader, hr_kernel_context *ctx,
                   hr_status (*work)(hr_reader *reader, hr_kernel_context *ctx), hr_done_function done,
                   void *argument) {
  start(reader, &(hr_reader_job){.ctx = ctx, .done = done, .argument = argument, .work = work});
}

/* ---- state ------------------------------------------------------------------------------------------------------- */

void hr_reader_reset(hr_reader *reader) {
  end_work(reader);
  set_work(reader, NULL);
  atomic_store(&reader->started, 0);
  atomic_store(&reader->finished, 0);
  atomic_store(&reader->produced, 0);
}

/* Fields of ReaderBaseState. */
enum { STARTED = 1, FINISHED, PRODUCED, CURRENT_WORK };

static void put_count(hr_text *out, uint32_t field, int64_t value) {
  if (value) hr_wire_put_number(out, field, (uint64_t)value);
}

hr_status hr_reader_serialize(hr_reader *reader, hr_text *out) {
  if (!reader->kind->keeps_state) return hr_error(HR_UNIMPLEMENTED, "Reader SerializeState");
  put_count(out, STARTED, atomic_load(&reader->started));
  put_count(out, FINISHED, atomic_load(&reader->finished));
  put_count(out, PRODUCED, atomic_load(&reader->produced));
  if (reader->work) hr_wire_put_bytes(out, CURRENT_WORK, (hr_view){reader->work, reader->work_length});
  return HR_SUCCESS;
}

hr_status hr_reader_restore(hr_reader *reader, hr_view state) {
  if (!reader->kind->keeps_state) return hr_error(HR_UNIMPLEMENTED, "Reader RestoreState");
  int64_t counts[4] = {0};
  hr_view work = {"", 0};
  for (hr_wire wire = hr_wire_of_view(state); !hr_wire_done(&wire);) {
    uint32_t field;
    hr_wire_type type;
    uint64_t value;
    bool good = hr_wire_tag(&wire, &field, &type);
    if (good && field <= PRODUCED && type == HR_WIRE_VARINT) {
      good = hr_wire_varint(&wire, &value);
      if (good) counts[field] = (int64_t)value;
    } else if (good && field == CURRENT_WORK && type == HR_WIRE_BYTES) {
      good = hr_wire_bytes(&wire, &work);
    } else if (good) {
      good = hr_wire_skip(&wire, type);
    }
    if (!good)
      return hr_error(HR_INVALID_ARGUMENT, "Could not parse state for %s: %zu bytes", reader->name, state.length);
  }
  for (int i = STARTED; i <= PRODUCED; ++i)
    if (counts[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Unexpected negative value when restoring in %s: %" PRId64, reader->name,
                      counts[i]);
  if (counts[STARTED] > counts[FINISHED])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Inconsistent work started vs. finished when restoring in %s: %" PRId64 " vs. %" PRId64,
                    reader->name, counts[STARTED], counts[FINISHED]);
  end_work(reader);
  set_work(reader, work.length ? strndup(work.data, work.length) : NULL);
  atomic_store(&reader->started, counts[STARTED]);
  atomic_store(&reader->finished, counts[FINISHED]);
  atomic_store(&reader->produced, counts[PRODUCED]);
  return HR_SUCCESS;
}

hr_status hr_reader_set_key(const hr_reader *reader, uint64_t number, hr_string *key) {
  char digits[24], small[256], *at = digits + sizeof digits;
  do
    *--at = (char)('0' + number % 10);
  while (number /= 10);
  *--at = ':';
  size_t count = (size_t)(digits + sizeof digits - at), length = reader->work_length + count;
  char *text = length <= sizeof small ? small : malloc(length);
  if (!text) return hr_error_out_of_memory(length, "a record's key");
  memcpy(text, reader->work, reader->work_length);
  memcpy(text + reader->work_length, at, count);
  hr_status status = hr_string_set(key, text, length);
  if (text != small) free(text);
  return status;
}
