/* Statistics about pipelines: StatsAggregatorHandle collects histograms, SetStatsAggregatorDataset says where those of
 * a pipeline go, BytesProducedStatsDataset and LatencyStatsDataset measure, StatsAggregatorSummary tells. */
#include "kernels_cpu/data/dataset_kernel.h"
#include "kernels_cpu/histogram.h"
#include "kernels_cpu/string_arguments.h"
#include "kernels_cpu/summary_value.h"
#include "runtime/base/clock.h"

/* ---- aggregators ------------------------------------------------------------------------------------------------- */

typedef struct measured {
  struct measured *next;
  char *tag;
  hr_histogram histogram;
} measured;

typedef struct aggregator {
  hr_resource resource;
  pthread_mutex_t lock;
  measured *first;
} aggregator;

/* Where a pipeline's go. */
struct hr_statistics {
  aggregator *to; /* a reference */
  char *tag;      /* in front of the names */
};

static void destroy_aggregator(hr_resource *resource) {
  aggregator *a = (aggregator *)resource;
  for (measured *m = a->first, *next; m; m = next) {
    next = m->next;
    free(m->tag);
    free(m);
  }
  pthread_mutex_destroy(&a->lock);
  free(a);
}

static const hr_resource_type aggregator_type = {.name = "StatsAggregator", .destroy = destroy_aggregator};

static hr_status make_aggregator(void *unused, hr_resource **out) {
  (void)unused;
  aggregator *a = calloc(1, sizeof *a);
  if (!a) return hr_error_out_of_memory(sizeof *a, "a StatsAggregator");
  hr_resource_init(&a->resource, &aggregator_type);
  pthread_mutex_init(&a->lock, NULL);
  *out = &a->resource;
  return HR_SUCCESS;
}

/* Lock held. NULL when out of memory. */
static measured *find(aggregator *a, const char *tag) {
  measured **link = &a->first;
  for (; *link; link = &(*link)->next)
    if (strcmp((*link)->tag, tag) == 0) return *link;
  measured *made = calloc(1, sizeof *made);
  char *copy = strdup(tag);
  if (!made || !copy) {
    free(made);
    free(copy);
    return NULL;
  }
  made->tag = copy;
  hr_histogram_init(&made->histogram);
  return *link = made;
}

static hr_status add(const struct hr_statistics *s, const char *tag, double value) {
  hr_text name = {0};
  if (s->tag[0]) hr_text_printf(&name, "%s::", s->tag);
  hr_text_add_string(&name, tag);
  if (name.failed) return hr_error_out_of_memory(name.length, "the name of a statistic");
  pthread_mutex_lock(&s->to->lock);
  measured *m = find(s->to, name.data ? name.data : "");
  if (m) hr_histogram_add(&m->histogram, value);
  pthread_mutex_unlock(&s->to->lock);
  hr_text_free(&name);
  return m ? HR_SUCCESS : hr_error_out_of_memory(sizeof *m, "a statistic");
}

static hr_status create_handle(const hr_kernel_construction *c, void **state) {
  return hr_resource_of_node(c, &aggregator_type, make_aggregator, NULL, (hr_resource **)state);
}
static void destroy_handle(void *state) { hr_resource_unref(state); }
static hr_status handle(hr_kernel_context *ctx) { return hr_handle_new(ctx->state, hr_output_slot(ctx, 0)); }
HR_KERNEL(.op = "StatsAggregatorHandle", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = create_handle,
          .destroy = destroy_handle, .compute = handle);
HR_KERNEL(.op = "ExperimentalStatsAggregatorHandle", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT,
          .create = create_handle, .destroy = destroy_handle, .compute = handle);

static hr_status summary(hr_kernel_context *ctx) {
  hr_resource *found;
  HR_TRY(hr_handle_get(hr_input(ctx, 0), &aggregator_type, &found));
  aggregator *a = (aggregator *)found;
  hr_text text = {0};
  pthread_mutex_lock(&a->lock);
  for (const measured *m = a->first; m; m = m->next) {
    size_t value = hr_wire_begin(&text, HR_SUMMARY_VALUE);
    hr_wire_put_bytes(&text, HR_VALUE_TAG, hr_view_of(m->tag));
    size_t message = hr_wire_begin(&text, HR_VALUE_HISTOGRAM);
    hr_histogram_to_proto(&m->histogram, &text);
    hr_wire_end(&text, message);
    hr_wire_end(&text, value);
  }
  pthread_mutex_unlock(&a->lock);
  return hr_output_text(ctx, 0, &text);
}
HR_KERNEL(.op = "StatsAggregatorSummary", .compute = summary);
HR_KERNEL(.op = "ExperimentalStatsAggregatorSummary", .compute = summary);

/* ---- where they go ----------------------------------------------------------------------------------------------- */

typedef struct directed {
  hr_dataset head;
  struct hr_statistics statistics;
} directed;

typedef struct directed_iterator {
  hr_iterator head;
  hr_iterator *inner;
} directed_iterator;

static hr_iterator *inner_of(const hr_iterator *it) { return ((const directed_iterator *)it)->inner; }

static void destroy_directed(hr_dataset *dataset) {
  directed *d = (directed *)dataset;
  if (d->statistics.to) hr_resource_unref(&d->statistics.to->resource);
  free(d->statistics.tag);
}

static hr_status open_directed(hr_iterator *it) {
  it->pipeline->statistics = &((directed *)it->dataset)->statistics;
  return hr_iterator_open_input(it, 0, &((directed_iterator *)it)->inner);
}

static void close_directed(hr_iterator *it) { hr_iterator_close(inner_of(it)); }
static hr_status next_directed(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  return hr_iterator_next(inner_of(it), pull, element, end);
}
static bool is_directed_ready(const hr_iterator *it) { return hr_iterator_is_ready(inner_of(it)); }
static hr_status save_directed(hr_iterator *it, hr_state_writer *writer) {
  return hr_iterator_save(inner_of(it), writer);
}
static hr_status restore_directed(hr_iterator *it, hr_state_reader *reader) {
  return hr_iterator_restore(inner_of(it), reader);
}
static int64_t cardinality(const hr_dataset *d) { return hr_dataset_cardinality(d->inputs[0]); }

static const hr_dataset_type directed_type = {.name = "SetStatsAggregatorDataset",
                                              .iterator_size = sizeof(directed_iterator),
                                              .destroy = destroy_directed,
                                              .open = open_directed,
                                              .next = next_directed,
                                              .is_ready = is_directed_ready,
                                              .close = close_directed,
                                              .save = save_directed,
                                              .restore = restore_directed,
                                              .cardinality = cardinality};

static hr_status read_aggregator(const hr_kernel_context *ctx, directed *d) {
  hr_resource *found;
  HR_TRY(hr_handle_get(hr_input(ctx, 1), &aggregator_type, &found));
  d->statistics.to = (aggregator *)hr_resource_ref(found);
  return hr_text_input(ctx, 2, "tag", &d->statistics.tag);
}

static hr_status set_aggregator(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, &directed_type, sizeof(directed), 1, &d));
  return hr_give_dataset(ctx, d, read_aggregator(ctx, (directed *)d));
}
HR_KERNEL(.op = "SetStatsAggregatorDataset", .compute = set_aggregator);
HR_KERNEL(.op = "ExperimentalSetStatsAggregatorDataset", .compute = set_aggregator);

/* ---- what is measured -------------------------------------------------------------------------------------------- */

typedef struct measuring {
  hr_dataset head;
  char *tag;
} measuring;

static void destroy_measuring(hr_dataset *dataset) { free(((measuring *)dataset)->tag); }

static hr_status measure(hr_iterator *it, double value) {
  return add(it->pipeline->statistics, ((measuring *)it->dataset)->tag, value);
}

/* As TensorFlow counts: a string is its bytes and 8 more. */
static double bytes_of(const hr_tensor *t) {
  if (hr_tensor_dtype(t) != HR_STRING) return (double)hr_tensor_bytes(t);
  double sum = 0;
  for (int64_t i = 0; i < t->elements; ++i)
    sum += 8.0 + (double)hr_string_length(hr_string_at(t, i));
  return sum;
}

static hr_status next_bytes(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  HR_TRY(hr_iterator_next(it->input, pull, element, end));
  if (*end || !it->pipeline->statistics) return HR_SUCCESS;
  double sum = 0;
  for (int32_t i = 0; i < it->dataset->width; ++i)
    sum += bytes_of(&element[i]);
  hr_status status = measure(it, sum);
  if (status) hr_element_clear(element, it->dataset->width);
  return status;
}

static hr_status next_latency(hr_iterator *it, hr_pull *pull, hr_tensor *element, bool *end) {
  int64_t begin = hr_monotonic_nanos();
  HR_TRY(hr_iterator_next(it->input, pull, element, end));
  if (*end || !it->pipeline->statistics) return HR_SUCCESS;
  hr_status status = measure(it, (double)((hr_monotonic_nanos() - begin) / 1000));
  if (status) hr_element_clear(element, it->dataset->width);
  return status;
}

static bool is_ready(const hr_iterator *it) { return hr_iterator_is_ready(it->input); }

#define MEASURING(op, function)                                                                                        \
  {                                                                                                                    \
    .name = op, .iterator_size = sizeof(hr_iterator), .opens_input = true, .destroy = destroy_measuring,               \
    .next = function, .is_ready = is_ready, .save = hr_save_nothing, .restore = hr_restore_nothing,                    \
    .cardinality = cardinality                                                                                         \
  }
static const hr_dataset_type bytes_type = MEASURING("BytesProducedStatsDataset", next_bytes),
                             latency_type = MEASURING("LatencyStatsDataset", next_latency);

static hr_status measuring_dataset(hr_kernel_context *ctx) {
  hr_dataset *d;
  HR_TRY(hr_make_dataset(ctx, hr_context_argument(ctx), sizeof(measuring), 1, &d));
  hr_status status = d->width == d->inputs[0]->width
                         ? hr_text_input(ctx, 1, "tag", &((measuring *)d)->tag)
                         : hr_error(HR_INVALID_ARGUMENT, "Elements of %d components, and output_types of %d",
                                    (int)d->inputs[0]->width, (int)d->width);
  return hr_give_dataset(ctx, d, status);
}
HR_KERNEL(.op = "BytesProducedStatsDataset", .compute = measuring_dataset, .argument = &bytes_type);
HR_KERNEL(.op = "ExperimentalBytesProducedStatsDataset", .compute = measuring_dataset, .argument = &bytes_type);
HR_KERNEL(.op = "LatencyStatsDataset", .compute = measuring_dataset, .argument = &latency_type);
HR_KERNEL(.op = "ExperimentalLatencyStatsDataset", .compute = measuring_dataset, .argument = &latency_type);
