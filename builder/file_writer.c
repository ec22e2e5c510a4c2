/* tf.summary.FileWriter: what goes into an event file, and what goes in only once. */
#include "headrace/graph_io.h"
#include "headrace/summary.h"
#include "proto/summary.pb-c.h"
#include "runtime/base/proto_check.h"
#include "runtime/base/wire.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Fields of tensorflow.Event and of its TaggedRunMetadata. */
enum { WALL_TIME = 1, STEP = 2, GRAPH_DEF = 4, SUMMARY = 5, SESSION_LOG = 7, RUN_METADATA = 8, META_GRAPH_DEF = 9 };
enum { RUN_TAG = 1, RUN_BYTES = 2 };

typedef struct name_set {
  char **names;
  size_t count, capacity;
} name_set;

struct hr_file_writer {
  hr_event_writer *events;
  pthread_mutex_t lock; /* guards the sets */
  name_set summary_tags, run_tags;
};

static void clear(name_set *set) {
  for (size_t i = 0; i < set->count; ++i)
    free(set->names[i]);
  free(set->names);
}

/* Adds a name; `*known` says whether it was there. */
static hr_status enter(name_set *set, const char *name, bool *known) {
  *known = true;
  for (size_t i = 0; i < set->count; ++i)
    if (strcmp(set->names[i], name) == 0) return HR_SUCCESS;
  *known = false;
  if (set->count == set->capacity) {
    size_t wanted = set->capacity ? 2 * set->capacity : 16;
    char **more = realloc(set->names, wanted * sizeof *more);
    if (!more) return hr_error_out_of_memory(wanted * sizeof *more, "tags");
    set->names = more;
    set->capacity = wanted;
  }
  char *copy = strdup(name);
  if (!copy) return hr_error_out_of_memory(strlen(name) + 1, "a tag");
  set->names[set->count++] = copy;
  return HR_SUCCESS;
}

/* ---- opening and closing --------------------------------------------------------------------------------------- */

/* The graph alone, as TensorFlow writes it beside the GraphDef. */
static hr_status add_graph_as_meta(hr_file_writer *writer, const hr_graph *graph) {
  static const char *const none[] = {NULL};
  const hr_meta_graph_export_options options = {.num_collections = 0, .collections = none};
  hr_owned_bytes bytes = {0};
  HR_TRY(hr_meta_graph_export(graph, &options, &bytes));
  hr_status status = hr_file_writer_add_meta_graph(writer, bytes.data, bytes.length, 0);
  free(bytes.data);
  return status;
}

hr_status hr_file_writer_new(const char *directory, const hr_graph *graph, const hr_event_writer_options *options,
                             hr_file_writer **out) {
  *out = NULL;
  hr_file_writer *writer = calloc(1, sizeof *writer);
  if (!writer) return hr_error_out_of_memory(sizeof *writer, "a file writer");
  pthread_mutex_init(&writer->lock, NULL);
  hr_status status = hr_event_writer_open(directory, options, &writer->events);
  if (!status && graph) status = hr_file_writer_add_graph(writer, graph, 0);
  if (!status && graph) status = add_graph_as_meta(writer, graph);
  if (!status) {
    *out = writer;
    return HR_SUCCESS;
  }
  hr_status_keep_first(&status, hr_file_writer_close(writer));
  return status;
}

hr_status hr_file_writer_close(hr_file_writer *writer) {
  if (!writer) return HR_SUCCESS;
  hr_status status = hr_event_writer_close(writer->events);
  clear(&writer->summary_tags);
  clear(&writer->run_tags);
  pthread_mutex_destroy(&writer->lock);
  free(writer);
  return status;
}

hr_status hr_file_writer_flush(hr_file_writer *writer) { return hr_event_writer_flush(writer->events); }
const char *hr_file_writer_path(const hr_file_writer *writer) { return hr_event_writer_path(writer->events); }

/* ---- events ---------------------------------------------------------------------------------------------------- */

/* An event of now with one field of bytes. */
static hr_status add_event(hr_file_writer *writer, uint32_t field, hr_view bytes, int64_t step) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  hr_text event = {0};
  hr_wire_put_double(&event, WALL_TIME, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
  if (step != 0) hr_wire_put_number(&event, STEP, (uint64_t)step);
  hr_wire_put_bytes(&event, field, bytes);
  hr_status status = event.failed ? hr_error_out_of_memory(bytes.length, "an event")
                                  : hr_event_writer_add(writer->events, event.data, event.length);
  hr_text_free(&event);
  return status;
}

hr_status hr_file_writer_add_event(hr_file_writer *writer, const void *event, size_t length) {
  return hr_event_writer_add(writer->events, event, length);
}

hr_status hr_file_writer_add_graph_def(hr_file_writer *writer, const void *graph_def, size_t length, int64_t step) {
  return add_event(writer, GRAPH_DEF, (hr_view){graph_def, length}, step);
}
hr_status hr_file_writer_add_graph(hr_file_writer *writer, const hr_graph *graph, int64_t step) {
  hr_owned_bytes bytes = {0};
  HR_TRY(hr_graph_export(graph, &(hr_export_options){.output_shapes = true}, &bytes));
  hr_status status = hr_file_writer_add_graph_def(writer, bytes.data, bytes.length, step);
  free(bytes.data);
  return status;
}

hr_status hr_file_writer_add_meta_graph(hr_file_writer *writer, const void *meta_graph, size_t length, int64_t step) {
  return add_event(writer, META_GRAPH_DEF, (hr_view){meta_graph, length}, step);
}
hr_status hr_file_writer_add_session_log(hr_file_writer *writer, const void *session_log, size_t length, int64_t step) {
  return add_event(writer, SESSION_LOG, (hr_view){session_log, length}, step);
}

hr_status hr_file_writer_add_run_metadata(hr_file_writer *writer, const void *run_metadata, size_t length,
                                          const char *tag, int64_t step) {
  bool known;
  pthread_mutex_lock(&writer->lock);
  hr_status status = enter(&writer->run_tags, tag, &known);
  pthread_mutex_unlock(&writer->lock);
  HR_TRY(status);
  if (known) return hr_error(HR_INVALID_ARGUMENT, "The provided tag was already used for this event type: %s", tag);
  hr_text tagged = {0};
  hr_wire_put_bytes(&tagged, RUN_TAG, hr_view_of(tag));
  hr_wire_put_bytes(&tagged, RUN_BYTES, (hr_view){run_metadata, length});
  status = tagged.failed ? hr_error_out_of_memory(length, "an event")
                         : add_event(writer, RUN_METADATA, (hr_view){tagged.data, tagged.length}, step);
  hr_text_free(&tagged);
  return status;
}

/* ---- summaries ------------------------------------------------------------------------------------------------- */

/* Takes the metadata off the values whose tag has shown its own. `*changed` says whether any was taken. */
static hr_status drop_known_metadata(hr_file_writer *writer, HrPb__Summary *summary, bool *changed) {
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&writer->lock);
  for (size_t i = 0; i < summary->n_value && !status; ++i) {
    HrPb__Summary__Value *value = summary->value[i];
    if (!value->metadata) continue;
    bool known;
    status = enter(&writer->summary_tags, value->tag, &known);
    if (status || !known) continue;
    value->metadata = NULL;
    *changed = true;
  }
  pthread_mutex_unlock(&writer->lock);
  return status;
}

hr_status hr_file_writer_add_summary(hr_file_writer *writer, const void *summary, size_t length, int64_t step) {
  hr_arena arena = {0};
  HrPb__Summary *message;
  hr_status status = hr_proto_unpack(&hr_pb__summary__descriptor, &arena, summary, length, NULL, &message);
  bool changed = false;
  if (!status) status = drop_known_metadata(writer, message, &changed);
  hr_text packed = {0};
  if (!status && changed) hr_proto_pack(message, &packed);
  if (!status && packed.failed) status = hr_error_out_of_memory(length, "a summary");
  hr_view bytes = changed ? (hr_view){packed.data, packed.length} : (hr_view){summary, length};
  if (!status) status = add_event(writer, SUMMARY, bytes, step);
  hr_text_free(&packed);
  hr_arena_free(&arena);
  return status;
}

hr_status hr_file_writer_add_fetched(hr_file_writer *writer, const hr_tensor *summary, int64_t step) {
  if (hr_tensor_dtype(summary) != HR_STRING || summary->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "A summary is one string, not %lld elements of %s",
                    (long long)summary->elements, hr_dtype_name(hr_tensor_dtype(summary)));
  const hr_string *text = hr_tensor_data(summary);
  return hr_file_writer_add_summary(writer, hr_string_data(text), hr_string_length(text), step);
}

hr_status hr_file_writer_add_scalar(hr_file_writer *writer, const char *tag, float value, int64_t step) {
  HrPb__Summary__Value scalar = HR_PB__SUMMARY__VALUE__INIT;
  scalar.tag = (char *)tag;
  scalar.value_case = HR_PB__SUMMARY__VALUE__VALUE_SIMPLE_VALUE;
  scalar.simple_value = value;
  HrPb__Summary__Value *const values[] = {&scalar};
  HrPb__Summary summary = HR_PB__SUMMARY__INIT;
  summary.n_value = 1;
  summary.value = (HrPb__Summary__Value **)values;
  hr_text packed = {0};
  hr_proto_pack(&summary, &packed);
  hr_status status = packed.failed ? hr_error_out_of_memory(64, "a summary")
                                   : add_event(writer, SUMMARY, (hr_view){packed.data, packed.length}, step);
  hr_text_free(&packed);
  return status;
}
