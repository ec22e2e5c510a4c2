/* tf.train.QueueRunner: threads that fill queues. */
#include "builder/builder.h"
#include "headrace/coordinator.h"
#include "headrace/graph_io.h"
#include "proto/queue_runner.pb-c.h"
#include "runtime/base/proto_check.h"
#include <pthread.h>

/* The threads of one session. */
typedef struct session_threads {
  struct session_threads *next;
  const hr_session *session; /* only compared */
  int32_t running;
} session_threads;

struct hr_queue_runner {
  hr_node *queue, **enqueue_ops, *close_op, *cancel_op;
  int32_t count;
  uint32_t closed_codes;
  pthread_mutex_t lock; /* guards what follows */
  session_threads *sessions;
};

const char *hr_queue_runner_name(const hr_queue_runner *r) { return r->queue->name; }
int32_t hr_queue_runner_count(const hr_queue_runner *r) { return r->count; }
hr_node *hr_queue_runner_enqueue_op(const hr_queue_runner *r, int32_t index) { return r->enqueue_ops[index]; }
hr_node *hr_queue_runner_close_op(const hr_queue_runner *r) { return r->close_op; }
hr_node *hr_queue_runner_cancel_op(const hr_queue_runner *r) { return r->cancel_op; }
uint32_t hr_queue_runner_closed_codes(const hr_queue_runner *r) { return r->closed_codes; }

/* ---- making ----------------------------------------------------------------------------------------------------- */

/* In the graph's memory, as long as it. NULL when out of memory. */
static hr_queue_runner *allocate(hr_graph *graph, int32_t count) {
  hr_arena *arena = hr_graph_arena(graph);
  hr_queue_runner *r = hr_arena_zalloc(arena, sizeof *r, _Alignof(max_align_t));
  hr_node **nodes = HR_ARENA_ARRAY(arena, hr_node *, count + 1);
  if (!r || !nodes) return NULL;
  pthread_mutex_init(&r->lock, NULL);
  r->enqueue_ops = nodes;
  r->count = count;
  r->closed_codes = HR_CODE_BIT(HR_OUT_OF_RANGE);
  return r;
}

hr_queue_runner *hr_queue_runner_new_with(hr_scope scope, hr_tensor_queue *queue, int32_t count,
                                          hr_node *const *enqueue_ops, const hr_queue_runner_options *options) {
  hr_queue_runner_options o = options ? *options : (hr_queue_runner_options){0};
  if (!hr_scope_ok(scope)) return NULL;
  if (!queue || count < 1) {
    hr_refuse(scope, "Must provide queue and enqueue_ops.");
    return NULL;
  }
  if (!o.close_op) o.close_op = hr_tensor_queue_close(scope, queue);
  if (!o.cancel_op) o.cancel_op = hr_tensor_queue_close(scope, queue, .cancel_pending_enqueues = true);
  if (!hr_scope_ok(scope)) return NULL;
  hr_queue_runner *r = allocate(hr_scope_graph(scope), count);
  if (!r) {
    hr_scope_fail(scope, hr_error_out_of_memory(sizeof *r, "a queue runner"));
    return NULL;
  }
  memcpy(r->enqueue_ops, enqueue_ops, sizeof(hr_node *) * (size_t)count);
  r->queue = hr_tensor_queue_handle(queue).node;
  r->close_op = o.close_op;
  r->cancel_op = o.cancel_op;
  if (o.closed_codes) r->closed_codes = o.closed_codes;
  return r;
}

void hr_add_queue_runner(hr_scope scope, hr_queue_runner *runner, const char *collection) {
  if (!runner || !hr_scope_ok(scope)) return;
  hr_item item = {.kind = HR_ITEM_OBJECT, .type = &hr_queue_runner_type, .object = runner};
  hr_status status = hr_collection_add(hr_scope_graph(scope), collection ? collection : HR_QUEUE_RUNNERS, &item);
  if (status) hr_scope_fail(scope, status);
}

/* ---- in MetaGraphs ---------------------------------------------------------------------------------------------- */

static hr_status write_def(const hr_queue_runner *r, hr_arena *arena, char **bytes, size_t *length) {
  HrPb__QueueRunnerDef def = HR_PB__QUEUE_RUNNER_DEF__INIT;
  def.queue_name = (char *)(uintptr_t)r->queue->name;
  def.close_op_name = (char *)(uintptr_t)r->close_op->name;
  def.cancel_op_name = (char *)(uintptr_t)r->cancel_op->name;
  def.n_enqueue_op_name = (size_t)r->count;
  def.enqueue_op_name = HR_ARENA_ARRAY(arena, char *, r->count);
  def.queue_closed_exception_types = HR_ARENA_ARRAY(arena, HrPb__Code, 32);
  if (!def.enqueue_op_name || !def.queue_closed_exception_types)
    return hr_error_out_of_memory(sizeof def, "a queue runner");
  /* One with outputs, a conditional's, is named as a tensor. */
  for (int32_t i = 0; i < r->count; ++i) {
    const hr_node *node = r->enqueue_ops[i];
    def.enqueue_op_name[i] = hr_arena_printf(arena, node->num_outputs ? "%s:0" : "%s", node->name);
    if (!def.enqueue_op_name[i]) return hr_error_out_of_memory(0, "a queue runner");
  }
  for (int code = 0; code < 32; ++code)
    if (r->closed_codes & HR_CODE_BIT(code))
      def.queue_closed_exception_types[def.n_queue_closed_exception_types++] = (HrPb__Code)code;
  *length = hr_pb__queue_runner_def__get_packed_size(&def);
  *bytes = malloc(*length + 1);
  if (!*bytes) return hr_error_out_of_memory(*length, "a queue runner");
  hr_pb__queue_runner_def__pack(&def, (uint8_t *)*bytes);
  return HR_SUCCESS;
}

hr_status hr_queue_runner_to_proto(const hr_queue_runner *runner, char **bytes, size_t *length) {
  hr_arena arena = {0};
  hr_status status = write_def(runner, &arena, bytes, length);
  hr_arena_free(&arena);
  return status;
}

/* The node of a name, which may be that of a tensor. */
static hr_status find_node(hr_graph *graph, hr_arena *arena, const char *prefix, const char *name, hr_node **out) {
  char *full = hr_arena_printf(arena, "%s%s", prefix, name);
  if (!full) return hr_error_out_of_memory(strlen(name), "a name");
  full[strcspn(full, ":")] = '\0';
  *out = hr_graph_find(graph, full);
  if (*out) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND, "The name '%s' refers to an Operation not in the graph.", full);
}

static hr_status read_def(hr_graph *graph, hr_arena *arena, const HrPb__QueueRunnerDef *def, const char *prefix,
                          hr_queue_runner *r) {
  HR_TRY(find_node(graph, arena, prefix, def->queue_name, &r->queue));
  for (int32_t i = 0; i < r->count; ++i)
    HR_TRY(find_node(graph, arena, prefix, def->enqueue_op_name[i], &r->enqueue_ops[i]));
  HR_TRY(find_node(graph, arena, prefix, def->close_op_name, &r->close_op));
  HR_TRY(find_node(graph, arena, prefix, def->cancel_op_name, &r->cancel_op));
  uint32_t codes = 0;
  for (size_t i = 0; i < def->n_queue_closed_exception_types; ++i)
    if ((unsigned)def->queue_closed_exception_types[i] < 32) codes |= HR_CODE_BIT(def->queue_closed_exception_types[i]);
  if (codes) r->closed_codes = codes;
  return HR_SUCCESS;
}

hr_status hr_queue_runner_from_proto(hr_graph *graph, const void *bytes, size_t length, const char *prefix,
                                     hr_queue_runner **out) {
  hr_arena arena = {0};
  HrPb__QueueRunnerDef *def;
  hr_status status = hr_proto_unpack(&hr_pb__queue_runner_def__descriptor, &arena, bytes, length, NULL, &def);
  if (!status) {
    *out = allocate(graph, (int32_t)def->n_enqueue_op_name);
    status = *out ? read_def(graph, &arena, def, prefix, *out) : hr_error_out_of_memory(length, "a queue runner");
  }
  hr_arena_free(&arena);
  return status;
}

static hr_status item_to_proto(const void *object, char **bytes, size_t *length) {
  return hr_queue_runner_to_proto(object, bytes, length);
}

const hr_object_type hr_queue_runner_type = {.name = "QueueRunnerDef", .to_proto = item_to_proto};

static hr_status read_item(hr_graph *graph, const void *bytes, size_t length, const char *prefix, hr_item *out) {
  hr_queue_runner *runner;
  HR_TRY(hr_queue_runner_from_proto(graph, bytes, length, prefix, &runner));
  *out = (hr_item){.kind = HR_ITEM_OBJECT, .type = &hr_queue_runner_type, .object = runner};
  return HR_SUCCESS;
}

__attribute__((constructor)) static void register_reader(void) {
  hr_status_free(hr_register_item_reader(HR_QUEUE_RUNNERS, read_item));
}

/* ---- threads ---------------------------------------------------------------------------------------------------- */

/* What a thread runs again and again, and what it runs in the end; the graph is kept for the runner. */
typedef struct filler {
  hr_queue_runner *runner;
  const hr_session *session;
  hr_graph *graph;
  hr_callable *enqueue, *close;
} filler;

static void free_filler(filler *f) {
  if (!f) return;
  hr_callable_free(f->enqueue);
  hr_callable_free(f->close);
  hr_graph_unref(f->graph);
  free(f);
}

/* One thread fewer; true where it was the last. */
static bool leave(hr_queue_runner *r, const hr_session *session) {
  pthread_mutex_lock(&r->lock);
  session_threads **link = &r->sessions;
  while ((*link)->session != session)
    link = &(*link)->next;
  session_threads *threads = *link;
  bool was_last = --threads->running == 0;
  if (was_last) *link = threads->next;
  pthread_mutex_unlock(&r->lock);
  if (was_last) free(threads);
  return was_last;
}

/* The last one that finds nothing more closes the queue; whether that succeeds does not matter. */
static hr_status fill(hr_coordinator *coordinator, void *argument) {
  filler *f = argument;
  hr_status status = HR_SUCCESS;
  while (!status && !hr_coordinator_should_stop(coordinator))
    status = hr_callable_run(f->enqueue, NULL, NULL);
  bool closed = status && (f->runner->closed_codes & HR_CODE_BIT(hr_status_code(status)));
  bool was_last = leave(f->runner, f->session);
  if (closed) {
    hr_status_free(status);
    status = HR_SUCCESS;
    if (was_last) hr_status_free(hr_callable_run(f->close, NULL, NULL));
  }
  free_filler(f);
  return status;
}

static hr_status cancel_on_stop(hr_coordinator *coordinator, void *argument) {
  filler *f = argument;
  hr_coordinator_wait_for_stop(coordinator, -1);
  hr_status_free(hr_callable_run(f->close, NULL, NULL));
  free_filler(f);
  return HR_SUCCESS;
}

static hr_status new_filler(hr_queue_runner *r, hr_session *session, hr_node *enqueue, hr_node *close, filler **out) {
  filler *f = calloc(1, sizeof *f);
  if (!f) return hr_error_out_of_memory(sizeof *f, "a thread of a queue runner");
  f->runner = r;
  f->session = session;
  f->graph = hr_graph_ref(hr_session_graph(session));
  hr_status status = HR_SUCCESS;
  if (enqueue) status = hr_callable_new(session, 0, NULL, 0, NULL, 1, &enqueue, &f->enqueue);
  if (!status) status = hr_callable_new(session, 0, NULL, 0, NULL, 1, &close, &f->close);
  if (status) {
    free_filler(f);
    return status;
  }
  *out = f;
  return HR_SUCCESS;
}

/* False where threads for the session run already. */
static hr_status enter(hr_queue_runner *r, const hr_session *session, bool *may) {
  session_threads *added = calloc(1, sizeof *added);
  if (!added) return hr_error_out_of_memory(sizeof *added, "the threads of a queue runner");
  pthread_mutex_lock(&r->lock);
  const session_threads *there = r->sessions;
  while (there && there->session != session)
    there = there->next;
  *may = !there;
  if (!there) {
    *added = (session_threads){.next = r->sessions, .session = session, .running = r->count};
    r->sessions = added;
  }
  pthread_mutex_unlock(&r->lock);
  if (there) free(added);
  return HR_SUCCESS;
}

static hr_status start_one(hr_queue_runner *r, hr_session *session, hr_coordinator *coordinator, hr_node *enqueue) {
  filler *f;
  char name[256];
  snprintf(name, sizeof name, "QueueRunnerThread-%.100s-%.100s", r->queue->name,
           enqueue ? enqueue->name : "close_on_stop");
  HR_TRY(new_filler(r, session, enqueue, enqueue ? r->close_op : r->cancel_op, &f));
  hr_status status = hr_coordinator_start(coordinator, name, enqueue ? fill : cancel_on_stop, f);
  if (status) free_filler(f);
  return status;
}

hr_status hr_queue_runner_start(hr_queue_runner *runner, hr_session *session, hr_coordinator *coordinator) {
  bool may;
  HR_TRY(enter(runner, session, &may));
  if (!may) return HR_SUCCESS;
  for (int32_t i = 0; i < runner->count; ++i) {
    hr_status status = start_one(runner, session, coordinator, runner->enqueue_ops[i]);
    if (!status) continue;
    for (; i < runner->count; ++i)
      (void)leave(runner, session); /* those that do not come */
    return status;
  }
  return start_one(runner, session, coordinator, NULL);
}

hr_status hr_start_queue_runners_with(hr_session *session, hr_coordinator *coordinator,
                                      const hr_start_queue_runners_options *options) {
  const hr_graph *graph = hr_session_graph(session);
  const char *collection = options && options->collection ? options->collection : HR_QUEUE_RUNNERS;
  for (int32_t i = 0; i < hr_collection_count(graph, collection); ++i) {
    const hr_item *item = hr_collection_item(graph, collection, i);
    if (item->kind == HR_ITEM_OBJECT && item->type == &hr_queue_runner_type)
      HR_TRY(hr_queue_runner_start(item->object, session, coordinator));
  }
  return HR_SUCCESS;
}
