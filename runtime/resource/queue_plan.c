/* Making queues, and comparing what a node asks for with the queue that its name stands for already. */
#include "runtime/base/text.h"
#include "runtime/resource/queue_kinds.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void destroy_queue(hr_resource *resource) {
  hr_queue *queue = (hr_queue *)resource;
  for (int64_t i = 0; i < queue->size; ++i)
    hr_queue_clear_elements(queue, hr_queue_element(queue, i), 1);
  pthread_mutex_destroy(&queue->lock);
  free(queue->ring);
  free(queue->name);
  free(queue->dtypes);
  free(queue->shapes);
  free(queue);
}

const hr_resource_type hr_queue_type = {.name = "Queue", .destroy = destroy_queue};
const hr_resource_type hr_staging_area_type = {.name = "StagingArea", .destroy = destroy_queue};

static int64_t capacity_of(const hr_queue_plan *o) { return o->capacity < 0 ? INT32_MAX : o->capacity; }

static hr_status check_options(const hr_queue_plan *o) {
  if (o->num_components < 1) return hr_error(HR_INVALID_ARGUMENT, "A queue needs components");
  if (o->num_shapes && o->num_shapes != o->num_components)
    return hr_error(HR_INVALID_ARGUMENT, "Different number of component types.  Types: %d, Shapes: %d",
                    o->num_components, o->num_shapes);
  if (o->min_after_dequeue < 0)
    return hr_error(HR_INVALID_ARGUMENT, "min_after_dequeue %" PRId64 " must be >= 0", o->min_after_dequeue);
  if (o->kind == &hr_shuffle_kind && o->min_after_dequeue >= capacity_of(o))
    return hr_error(HR_INVALID_ARGUMENT, "min_after_dequeue %" PRId64 " must be < capacity %" PRId64,
                    o->min_after_dequeue, capacity_of(o));
  return HR_SUCCESS;
}

static hr_status seed_generator(hr_queue *queue, const hr_queue_plan *o) {
  int64_t seeds[2] = {o->seed, o->second_seed};
  if (seeds[0] == 0 && seeds[1] == 0 && getrandom(seeds, sizeof seeds, 0) != sizeof seeds)
    return hr_error(HR_INTERNAL, "The system has no random numbers to seed a queue with");
  queue->seeds[0] = o->seed;
  queue->seeds[1] = o->second_seed;
  queue->generator = hr_philox_seeded((uint64_t)seeds[0], (uint64_t)seeds[1]);
  queue->used_numbers = 4;
  return HR_SUCCESS;
}

hr_status hr_queue_new(const hr_queue_plan *o, hr_queue **out) {
  *out = NULL;
  HR_TRY(check_options(o));
  hr_queue *queue = calloc(1, sizeof *queue);
  if (!queue) return hr_error_out_of_memory(sizeof *queue, "a queue");
  hr_resource_init(&queue->resource, o->kind == &hr_staging_kind ? &hr_staging_area_type : &hr_queue_type);
  pthread_mutex_init(&queue->lock, NULL);
  queue->kind = o->kind;
  queue->name = strdup(o->name);
  queue->dtypes = malloc(sizeof *queue->dtypes * (size_t)o->num_components);
  queue->shapes = malloc(sizeof *queue->shapes * ((size_t)o->num_shapes + 1));
  queue->capacity = capacity_of(o);
  queue->min_after_dequeue = o->min_after_dequeue;
  queue->memory_limit = o->memory_limit;
  hr_status status = HR_SUCCESS;
  if (!queue->name || !queue->dtypes || !queue->shapes) {
    status = hr_error_out_of_memory(sizeof *queue, "a queue");
  } else {
    queue->num_components = o->num_components;
    queue->num_shapes = o->num_shapes;
    memcpy(queue->dtypes, o->dtypes, sizeof *queue->dtypes * (size_t)o->num_components);
    if (o->num_shapes) memcpy(queue->shapes, o->shapes, sizeof *queue->shapes * (size_t)o->num_shapes);
    status = seed_generator(queue, o);
  }
  if (status) {
    hr_resource_unref(&queue->resource);
    return status;
  }
  *out = queue;
  return HR_SUCCESS;
}

/* ---- comparing -------------------------------------------------------------------------------------------------- */

static char *types_text_dup(int32_t count, const int32_t *dtypes) {
  hr_text text = {0};
  for (int32_t i = 0; i < count; ++i)
    hr_text_printf(&text, "%s%s", i ? ", " : "", hr_dtype_name((hr_dtype)dtypes[i]));
  return hr_text_take(&text);
}

static char *shapes_text_dup(int32_t count, const hr_partial_shape *shapes) {
  hr_text text = {0};
  char one[HR_SHAPE_TEXT];
  hr_text_add_string(&text, "[");
  for (int32_t i = 0; i < count; ++i)
    hr_text_printf(&text, "%s%s", i ? ", " : "", hr_partial_shape_text(&shapes[i], one));
  hr_text_add_string(&text, "]");
  return hr_text_take(&text);
}

static hr_status differs(const hr_queue *queue, const char *what, char *has, char *wants) {
  hr_status status =
      hr_error(HR_INVALID_ARGUMENT, "Shared queue '%s' has component %s %s but requested component %s were %s",
               queue->name, what, has ? has : "", what, wants ? wants : "");
  free(has);
  free(wants);
  return status;
}

/* Shapes that are known in part need not contradict. */
static bool fit(const hr_partial_shape *a, const hr_partial_shape *b, bool in_part) {
  if (!in_part) return hr_partial_shape_equal(a, b);
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(a, b, &merged);
  hr_status_free(status);
  return !status;
}

static bool shapes_fit(const hr_queue *queue, const hr_queue_plan *o) {
  if (queue->num_shapes != o->num_shapes) return false;
  for (int32_t i = 0; i < o->num_shapes; ++i)
    if (!fit(&queue->shapes[i], &o->shapes[i], o->kind == &hr_padding_kind)) return false;
  return true;
}

hr_status hr_queue_check_plan(const hr_queue *queue, const hr_queue_plan *o) {
  if (queue->kind != o->kind)
    return hr_error(HR_INVALID_ARGUMENT, "Shared queue '%s': Expected %s, found %s", queue->name, queue->kind->name,
                    o->kind->name);
  if (queue->capacity != capacity_of(o))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Shared queue '%s' has capacity %" PRId64 " but requested capacity was %" PRId64, queue->name,
                    queue->capacity, capacity_of(o));
  if (queue->min_after_dequeue != o->min_after_dequeue)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Shared queue '%s' has min_after_dequeue %" PRId64 " but requested min_after_dequeue was %" PRId64,
                    queue->name, queue->min_after_dequeue, o->min_after_dequeue);
  if ((o->seed || o->second_seed) && (queue->seeds[0] != o->seed || queue->seeds[1] != o->second_seed))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Shared queue '%s' has random seeds (%" PRId64 ", %" PRId64 ") but requested seeds are (%" PRId64
                    ", %" PRId64 ").",
                    queue->name, queue->seeds[0], queue->seeds[1], o->seed, o->second_seed);
  if (queue->num_components != o->num_components ||
      memcmp(queue->dtypes, o->dtypes, sizeof *o->dtypes * (size_t)o->num_components) != 0)
    return differs(queue, "types", types_text_dup(queue->num_components, queue->dtypes),
                   types_text_dup(o->num_components, o->dtypes));
  if (!shapes_fit(queue, o))
    return differs(queue, "shapes", shapes_text_dup(queue->num_shapes, queue->shapes),
                   shapes_text_dup(o->num_shapes, o->shapes));
  return HR_SUCCESS;
}
