/* Barriers: elements that come together under keys, component by component. Whole ones go to a priority queue, those
 * first whose keys came first; who takes them waits there, without a thread. */
#include "kernels_cpu/arguments.h"
#include "runtime/graph/node.h"
#include "runtime/resource/queue_kinds.h"
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* In front of an element's components. */
enum { INDEX, KEY, PREFIX };

/* An element that is not whole yet: components that are missing are empty. */
typedef struct unfinished {
  struct unfinished *next;
  int32_t missing;
  hr_tensor element[];
} unfinished;

typedef struct barrier {
  hr_resource resource;
  hr_queue *ready;
  char *name;
  int32_t num_components;
  pthread_mutex_t lock; /* guards what follows */
  bool closed, cancelled;
  int64_t next_index;
  int64_t size; /* of the table */
  size_t num_buckets;
  unfinished **buckets; /* by key */
} barrier;

static void free_unfinished(const barrier *b, unfinished *u) {
  hr_queue_clear_elements(b->ready, u->element, 1);
  free(u);
}

/* Lock held, or nobody else there. */
static void drop_unfinished(barrier *b) {
  for (size_t i = 0; i < b->num_buckets; ++i)
    while (b->buckets[i]) {
      unfinished *u = b->buckets[i];
      b->buckets[i] = u->next;
      free_unfinished(b, u);
    }
  b->size = 0;
}

static void destroy_barrier(hr_resource *resource) {
  barrier *b = (barrier *)resource;
  if (b->ready) drop_unfinished(b);
  if (b->ready) hr_resource_unref(hr_queue_resource(b->ready));
  pthread_mutex_destroy(&b->lock);
  free(b->buckets);
  free(b->name);
  free(b);
}
static const hr_resource_type barrier_type = {.name = "Barrier", .destroy = destroy_barrier};

/* ---- making ----------------------------------------------------------------------------------------------------- */

static hr_status make_ready_queue(const hr_kernel_construction *c, barrier *b) {
  const hr_attr_value *types, *shapes;
  HR_TRY(hr_construction_attr(c, "component_types", &types));
  HR_TRY(hr_construction_attr(c, "shapes", &shapes));
  if (shapes->count && shapes->count != types->count)
    return hr_error(HR_INVALID_ARGUMENT, "A barrier of %d components has %d shapes", types->count, shapes->count);
  size_t count = (size_t)types->count;
  int32_t *dtypes = malloc(sizeof *dtypes * (count + PREFIX));
  hr_partial_shape *all = malloc(sizeof *all * (count + PREFIX));
  hr_status status = dtypes && all ? HR_SUCCESS : hr_error_out_of_memory(sizeof *all * count, "a barrier");
  if (!status) {
    dtypes[INDEX] = HR_INT64;
    dtypes[KEY] = HR_STRING;
    memcpy(dtypes + PREFIX, types->types, sizeof *dtypes * count);
    all[INDEX] = all[KEY] = HR_SHAPE();
    for (size_t i = 0; i < count; ++i)
      all[PREFIX + i] = shapes->count ? shapes->shapes[i] : HR_SHAPE_UNKNOWN;
    hr_queue_plan plan = {.kind = &hr_priority_kind,
                          .name = b->name,
                          .num_components = (int32_t)count + PREFIX,
                          .dtypes = dtypes,
                          .num_shapes = (int32_t)count + PREFIX,
                          .shapes = all,
                          .capacity = -1};
    b->num_components = (int32_t)count;
    status = hr_queue_new(&plan, &b->ready);
  }
  free(dtypes);
  free(all);
  return status;
}

static hr_status make_barrier(void *construction, hr_resource **out) {
  barrier *b = calloc(1, sizeof *b);
  if (!b) return hr_error_out_of_memory(sizeof *b, "a barrier");
  hr_resource_init(&b->resource, &barrier_type);
  pthread_mutex_init(&b->lock, NULL);
  b->next_index = INT64_MIN;
  b->num_buckets = 64;
  b->buckets = calloc(b->num_buckets, sizeof(unfinished *));
  b->name = hr_object_name(construction);
  hr_status status =
      b->buckets && b->name ? make_ready_queue(construction, b) : hr_error_out_of_memory(sizeof *b, "a barrier");
  if (status)
    hr_resource_unref(&b->resource);
  else
    *out = &b->resource;
  return status;
}

static const char *name_of_barrier(const hr_resource *resource) { return ((const barrier *)resource)->name; }

static hr_status barrier_create(const hr_kernel_construction *c, void **state) {
  int64_t capacity;
  HR_TRY(hr_construction_int(c, "capacity", &capacity));
  if (capacity != -1)
    return hr_error(HR_INVALID_ARGUMENT, "Barrier only accepts capacity=-1.  Feed the inputs to your Barrier through a "
                                         "queue to enforce a limited capacity.");
  return hr_object_state_new(c, &barrier_type, make_barrier, (void *)(uintptr_t)c, name_of_barrier, state);
}
HR_KERNEL(.op = "Barrier", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = barrier_create,
          .destroy = hr_object_state_free, .compute = hr_output_object);

static hr_status input_barrier(const hr_kernel_context *ctx, barrier **out) {
  hr_resource *resource;
  HR_TRY(hr_input_object(ctx, 0, &barrier_type, &resource));
  *out = (barrier *)resource;
  return HR_SUCCESS;
}

/* ---- inserting, lock held --------------------------------------------------------------------------------------- */

static const hr_string *key_of(const unfinished *u) { return hr_tensor_data(&u->element[KEY]); }

/* The link that points to the key's element, or the NULL where it would stand. */
static unfinished **find(barrier *b, const hr_string *key) {
  size_t length = hr_string_length(key);
  unfinished **link = &b->buckets[hr_hash_bytes(hr_string_data(key), length) & (b->num_buckets - 1)];
  while (*link && !(hr_string_length(key_of(*link)) == length &&
                    memcmp(hr_string_data(key_of(*link)), hr_string_data(key), length) == 0))
    link = &(*link)->next;
  return link;
}

/* Twice the buckets; with no memory for them the chains stay longer. */
static void grow(barrier *b) {
  unfinished **old = b->buckets, **larger = calloc(2 * b->num_buckets, sizeof(unfinished *));
  size_t count = b->num_buckets;
  if (!larger) return;
  b->buckets = larger;
  b->num_buckets *= 2;
  for (size_t i = 0; i < count; ++i)
    while (old[i]) {
      unfinished *u = old[i];
      old[i] = u->next;
      unfinished **link = find(b, key_of(u));
      u->next = *link;
      *link = u;
    }
  free(old);
}

static hr_status new_unfinished(barrier *b, const hr_string *key, int64_t index, unfinished **out) {
  unfinished *u = calloc(1, sizeof *u + sizeof *u->element * (size_t)(b->num_components + PREFIX));
  if (!u) return hr_error_out_of_memory(sizeof *u, "an element of a barrier");
  u->missing = b->num_components;
  u->element[INDEX] = hr_tensor_i64(index);
  hr_status status = hr_tensor_string(hr_string_data(key), hr_string_length(key), &u->element[KEY]);
  if (status) {
    free(u);
    return status;
  }
  *out = u;
  return HR_SUCCESS;
}

/* Puts `value` (taken where that succeeds) into the key's element. */
static hr_status insert(barrier *b, const hr_string *key, int32_t component, int64_t index, hr_tensor *value,
                        bool *is_new) {
  unfinished **link = find(b, key);
  if (!*link) {
    if ((size_t)b->size >= b->num_buckets) {
      grow(b);
      link = find(b, key);
    }
    HR_TRY(new_unfinished(b, key, index, link));
    ++b->size;
    *is_new = true;
  }
  unfinished *u = *link;
  hr_tensor *place = &u->element[PREFIX + component];
  if (hr_tensor_is_valid(place))
    return hr_error(HR_INVALID_ARGUMENT, "Key %.*s already has a value for component %d in barrier %s",
                    (int)hr_string_length(key), hr_string_data(key), component, b->name);
  *place = *value;
  *value = (hr_tensor){0};
  if (--u->missing > 0) return HR_SUCCESS;
  *link = u->next;
  --b->size;
  hr_status status = hr_queue_add(b->ready, u->element);
  if (status) hr_queue_clear_elements(b->ready, u->element, 1);
  free(u);
  return status;
}

/* A barrier that is closed takes components of elements that were begun before. */
static hr_status check_open(barrier *b, const hr_tensor *keys) {
  if (!b->closed) return HR_SUCCESS;
  if (b->cancelled || b->size == 0)
    return hr_error(HR_CANCELLED,
                    "Barrier %s is closed.  Pending enqueues cancelled: %d.  Number of new insertions: %" PRId64
                    ".  Number of incomplete keys: %" PRId64 ".",
                    b->name, b->cancelled, keys->elements, b->size);
  const hr_string *strings = hr_tensor_data(keys);
  for (int64_t i = 0; i < keys->elements; ++i)
    if (!*find(b, &strings[i]))
      return hr_error(HR_CANCELLED,
                      "Barrier %s is closed, but attempted to insert a brand new key: %.*s.  Pending enqueues "
                      "cancelled: %d.  Insertion index: %" PRId64 ".  Number of incomplete keys: %" PRId64 ".",
                      b->name, (int)hr_string_length(&strings[i]), hr_string_data(&strings[i]), b->cancelled, i,
                      b->size);
  return HR_SUCCESS;
}

static hr_status insert_rows(hr_kernel_context *ctx, barrier *b, int32_t component, const hr_tensor *keys,
                             const hr_tensor *values) {
  HR_TRY(check_open(b, keys));
  hr_tensor row = {.dtype = values->dtype, .rank = (int8_t)(values->rank - 1), .elements = 1};
  for (int d = 1; d < values->rank; ++d) {
    row.dims[d - 1] = values->dims[d];
    row.elements *= values->dims[d];
  }
  size_t bytes = (size_t)row.elements * hr_dtype_size(hr_tensor_dtype(values));
  const hr_string *strings = hr_tensor_data(keys);
  bool is_new = false;
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < keys->elements && !status; ++i) {
    hr_tensor value;
    row.data = (char *)hr_tensor_data(values) + (size_t)i * bytes;
    status = hr_tensor_clone(hr_kept_memory(ctx), &row, &value);
    if (!status) status = insert(b, &strings[i], component, b->next_index, &value, &is_new);
    if (status) hr_tensor_clear(&value);
  }
  b->next_index += is_new;
  return status;
}

static hr_status check_values(const barrier *b, int64_t component, const hr_tensor *keys, const hr_tensor *values) {
  if (component < 0 || component >= b->num_components)
    return hr_error(HR_INVALID_ARGUMENT, "The component ID is out of range %" PRId64 " > num_components (= %d)",
                    component, b->num_components);
  hr_dtype dtype = (hr_dtype)b->ready->dtypes[PREFIX + component];
  if (hr_tensor_dtype(values) != dtype)
    return hr_error(HR_INVALID_ARGUMENT, "Component %" PRId64 " of barrier %s is %s, not %s", component, b->name,
                    hr_dtype_name(dtype), hr_dtype_name(hr_tensor_dtype(values)));
  if (keys->rank != 1 || values->rank < 1 || values->dims[0] != keys->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "Keys %s and values %s of a barrier need one size in front",
                    HR_TENSOR_SHAPE_TEXT(keys), HR_TENSOR_SHAPE_TEXT(values));
  const hr_partial_shape *shape = &b->ready->shapes[PREFIX + component];
  bool fits = shape->rank < 0 || shape->rank == values->rank - 1;
  for (int d = 0; fits && d < shape->rank; ++d)
    fits = shape->dims[d] < 0 || shape->dims[d] == values->dims[d + 1];
  char text[HR_SHAPE_TEXT];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT, "Shape mismatch in component %" PRId64 ". Expected %s, got rows of %s",
                    component, hr_partial_shape_text(shape, text), HR_TENSOR_SHAPE_TEXT(values));
  if (values->dims[0] > 0 && values->elements == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Tensors with no elements are not supported: received shape %s",
                    HR_TENSOR_SHAPE_TEXT(values));
  return HR_SUCCESS;
}

static hr_status insert_many(hr_kernel_context *ctx) {
  barrier *b;
  HR_TRY(input_barrier(ctx, &b));
  int64_t component = hr_node_attr(hr_context_node(ctx), "component_index")->i;
  const hr_tensor *keys = hr_input(ctx, 1), *values = hr_input(ctx, 2);
  HR_TRY(check_values(b, component, keys, values));
  pthread_mutex_lock(&b->lock);
  hr_status status = insert_rows(ctx, b, (int32_t)component, keys, values);
  bool ends = b->closed && b->size == 0;
  pthread_mutex_unlock(&b->lock);
  if (ends) hr_queue_close_at_once(b->ready);
  return status;
}
HR_KERNEL(.op = "BarrierInsertMany", .types = {{"T", HR_ANY_TYPES}}, .compute = insert_many);

/* ---- taking ----------------------------------------------------------------------------------------------------- */

/* How many a closed barrier can still give. */
static hr_status limit_count(barrier *b, bool allow_small_batch, int64_t *count) {
  pthread_mutex_lock(&b->lock);
  hr_status status = HR_SUCCESS;
  if (b->closed) {
    int64_t available = hr_queue_size(b->ready);
    if (!allow_small_batch)
      available += b->size;
    else if (available < *count)
      *count = available;
    if (available < (*count > 1 ? *count : 1))
      status = hr_error(HR_OUT_OF_RANGE,
                        "Barrier '%s' is closed and has insufficient elements (requested %" PRId64
                        ", total size %" PRId64 ")",
                        b->name, *count, available);
  }
  pthread_mutex_unlock(&b->lock);
  return status;
}

static hr_status prepare_taking(hr_kernel_context *ctx, barrier **out, bool small, int64_t *count) {
  HR_TRY(input_barrier(ctx, out));
  const hr_attr_value *types = hr_node_attr(hr_context_node(ctx), "component_types");
  const barrier *b = *out;
  if (types->count != b->num_components ||
      memcmp(types->types, b->ready->dtypes + PREFIX, sizeof *types->types * (size_t)types->count) != 0)
    return hr_error(HR_INVALID_ARGUMENT, "Barrier %s has other components", b->name);
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "The number of elements to take", count));
  if (*count < 0) return hr_error(HR_INVALID_ARGUMENT, "BarrierTakeMany requested %" PRId64 " < 0 elements", *count);
  return limit_count(*out, small, count);
}

static void take_many(hr_kernel_context *ctx, hr_done_function done, void *argument) {
  barrier *b;
  int64_t count = 0;
  bool small = hr_state_flag(ctx, 0);
  hr_status status = prepare_taking(ctx, &b, small, &count);
  if (status || hr_queue_dequeue_many(b->ready, ctx, count, small, hr_output_slot(ctx, 0), done, argument, &status))
    done(argument, status);
}

static hr_status take_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"allow_small_batch", NULL}, state);
}
HR_KERNEL(.op = "BarrierTakeMany", .create = take_create, .compute_async = take_many);

/* ---- closing and looking ---------------------------------------------------------------------------------------- */

static hr_status close_barrier(hr_kernel_context *ctx) {
  barrier *b;
  HR_TRY(input_barrier(ctx, &b));
  bool cancel = hr_state_flag(ctx, 0);
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&b->lock);
  if (b->closed && !(cancel && !b->cancelled))
    status = hr_error(HR_CANCELLED, "Barrier '%s' is already closed.", b->name);
  b->closed = true;
  b->cancelled |= cancel;
  if (b->cancelled) drop_unfinished(b);
  bool ends = b->size == 0;
  pthread_mutex_unlock(&b->lock);
  if (ends) hr_queue_close_at_once(b->ready);
  return status;
}
static hr_status close_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"cancel_pending_enqueues", NULL}, state);
}
HR_KERNEL(.op = "BarrierClose", .flags = HR_KERNEL_CHEAP, .create = close_create, .compute = close_barrier);

static hr_status ready_size(hr_kernel_context *ctx) {
  barrier *b;
  HR_TRY(input_barrier(ctx, &b));
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)hr_queue_size(b->ready));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "BarrierReadySize", .flags = HR_KERNEL_CHEAP, .compute = ready_size);

static hr_status incomplete_size(hr_kernel_context *ctx) {
  barrier *b;
  HR_TRY(input_barrier(ctx, &b));
  pthread_mutex_lock(&b->lock);
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)b->size);
  pthread_mutex_unlock(&b->lock);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "BarrierIncompleteSize", .flags = HR_KERNEL_CHEAP, .compute = incomplete_size);
