#include "runtime/resource/staging_map.h"
#include <inttypes.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct element {
  int64_t key;
  int32_t held;       /* components that are there */
  hr_tensor values[]; /* num_components */
} element;

/* Elements by key, in growing order. The first ones may be gone: taking the least moves nothing. */
typedef struct elements {
  element **items;
  size_t first, end, room;
} elements;

typedef enum attempt_kind { PUT, TAKE, PEEK } attempt_kind;

/* What somebody wants. It begins on its caller's stack; what has to wait moves to the heap. */
typedef struct attempt {
  struct attempt *next, *previous; /* in the line; `next` also in a list of those that are through */
  hr_staging_map *map;
  hr_kernel_context *ctx;
  attempt_kind kind;
  bool any_key;
  bool waits, ended;
  int64_t key, *key_out;
  hr_staging_map_pieces pieces;
  hr_status status;
  hr_done_function done;
  void *argument;
  hr_cancel_watch watch;
} attempt;

struct hr_staging_map {
  hr_resource resource;
  int64_t capacity, memory_limit;
  pthread_mutex_t lock; /* guards what follows */
  int32_t num_components;
  int32_t *dtypes;
  elements whole, incomplete;
  int64_t bytes; /* of all elements */
  attempt *first, *last;
};

/* ---- elements --------------------------------------------------------------------------------------------------- */

static size_t count_of(const elements *e) { return e->end - e->first; }

/* Where the key stands, or would stand. */
static size_t place_of(const elements *e, int64_t key) {
  size_t low = e->first, high = e->end;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (e->items[middle]->key < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static element *find(const elements *e, int64_t key) {
  size_t place = place_of(e, key);
  return place < e->end && e->items[place]->key == key ? e->items[place] : NULL;
}

/* Room for another one. */
static hr_status make_room(elements *e) {
  if (e->end < e->room) return HR_SUCCESS;
  if (e->first > e->room / 2) {
    memmove(e->items, e->items + e->first, sizeof(element *) * count_of(e));
    e->end -= e->first;
    e->first = 0;
    return HR_SUCCESS;
  }
  size_t room = e->room ? 2 * e->room : 16;
  element **items = realloc(e->items, sizeof(element *) * room);
  if (!items) return hr_error_out_of_memory(sizeof(element *) * room, "the elements of a staging area");
  e->items = items;
  e->room = room;
  return HR_SUCCESS;
}

/* There must be room. */
static void insert(elements *e, element *item) {
  size_t place = place_of(e, item->key);
  memmove(e->items + place + 1, e->items + place, sizeof(element *) * (e->end - place));
  e->items[place] = item;
  ++e->end;
}

static void take_out(elements *e, const element *item) {
  size_t place = place_of(e, item->key);
  if (place == e->first) {
    ++e->first;
  } else {
    --e->end;
    memmove(e->items + place, e->items + place + 1, sizeof(element *) * (e->end - place));
  }
}

static void free_element(const hr_staging_map *map, element *item) {
  for (int32_t i = 0; i < map->num_components; ++i)
    hr_tensor_clear(&item->values[i]);
  free(item);
}

static void drop_all(const hr_staging_map *map, elements *e) {
  for (size_t i = e->first; i < e->end; ++i)
    free_element(map, e->items[i]);
  e->first = e->end = 0;
}

/* ---- areas ------------------------------------------------------------------------------------------------------ */

static void destroy_map(hr_resource *resource) {
  hr_staging_map *map = (hr_staging_map *)resource;
  drop_all(map, &map->whole);
  drop_all(map, &map->incomplete);
  free(map->whole.items);
  free(map->incomplete.items);
  free(map->dtypes);
  pthread_mutex_destroy(&map->lock);
  free(map);
}
const hr_resource_type hr_staging_map_type = {.name = "MapStagingArea", .destroy = destroy_map};
const hr_resource_type hr_ordered_staging_map_type = {.name = "OrderedMapStagingArea", .destroy = destroy_map};

hr_status hr_staging_map_new(const hr_staging_map_plan *plan, hr_staging_map **out) {
  hr_staging_map *map = calloc(1, sizeof *map);
  if (!map) return hr_error_out_of_memory(sizeof *map, "a staging area");
  hr_resource_init(&map->resource, plan->type);
  pthread_mutex_init(&map->lock, NULL);
  map->capacity = plan->capacity;
  map->memory_limit = plan->memory_limit;
  *out = map;
  return HR_SUCCESS;
}

static hr_status define(hr_staging_map *map, int32_t count, const int32_t *dtypes) {
  size_t bytes = sizeof *dtypes * (size_t)count;
  if (map->dtypes) {
    if (map->num_components == count && memcmp(map->dtypes, dtypes, bytes) == 0) return HR_SUCCESS;
    return hr_error(HR_INVALID_ARGUMENT, "A staging area of %d components is shared by a node with %d components%s",
                    map->num_components, count, map->num_components == count ? " of other dtypes" : "");
  }
  map->dtypes = malloc(bytes + 1);
  if (!map->dtypes) return hr_error_out_of_memory(bytes, "a staging area");
  memcpy(map->dtypes, dtypes, bytes);
  map->num_components = count;
  return HR_SUCCESS;
}

hr_status hr_staging_map_define(hr_staging_map *map, int32_t count, const int32_t *dtypes) {
  pthread_mutex_lock(&map->lock);
  hr_status status = define(map, count, dtypes);
  pthread_mutex_unlock(&map->lock);
  return status;
}

static int64_t size_of(hr_staging_map *map, const elements *e) {
  pthread_mutex_lock(&map->lock);
  int64_t size = (int64_t)count_of(e);
  pthread_mutex_unlock(&map->lock);
  return size;
}
int64_t hr_staging_map_size(hr_staging_map *map) { return size_of(map, &map->whole); }
int64_t hr_staging_map_incomplete_size(hr_staging_map *map) { return size_of(map, &map->incomplete); }

/* ---- serving, lock held: true where the attempt is through ------------------------------------------------------ */

static bool fail(attempt *a, hr_status status) {
  a->status = status;
  return true;
}

static int64_t bytes_of(const hr_staging_map_pieces *pieces) {
  int64_t bytes = 0;
  for (int32_t i = 0; i < pieces->count; ++i)
    bytes += (int64_t)hr_tensor_bytes(&pieces->values[i]);
  return bytes;
}

static hr_status check_places(const hr_staging_map *map, const attempt *a, int64_t key) {
  for (int32_t i = 0; i < a->pieces.count; ++i) {
    int32_t place = a->pieces.places[i];
    if (i > 0 && place <= a->pieces.places[i - 1])
      return hr_error(HR_INVALID_ARGUMENT, "Indices are not strictly ordered");
    if (place < 0 || place >= map->num_components)
      return hr_error(HR_INVALID_ARGUMENT, "Index '%d' for key '%" PRId64 "' was out of bounds '%d'.", place, key,
                      map->num_components);
    hr_dtype wanted = (hr_dtype)map->dtypes[place];
    hr_dtype given = (hr_dtype)a->pieces.dtypes[i];
    if (given != wanted)
      return hr_error(HR_INVALID_ARGUMENT, "Component %d of a staging area is %s, not %s", place, hr_dtype_name(wanted),
                      hr_dtype_name(given));
  }
  return HR_SUCCESS;
}

/* Makes the key's incomplete element, without a component. */
static hr_status begin_element(hr_staging_map *map, int64_t key, element **out) {
  size_t bytes = sizeof **out + sizeof(hr_tensor) * (size_t)map->num_components;
  HR_TRY(make_room(&map->incomplete));
  element *item = *out = calloc(1, bytes);
  if (!item) return hr_error_out_of_memory(bytes, "an element of a staging area");
  item->key = key;
  insert(&map->incomplete, item);
  return HR_SUCCESS;
}

static bool is_full(const hr_staging_map *map) {
  return map->capacity && (int64_t)count_of(&map->whole) >= map->capacity;
}

static bool serve_put(attempt *a) {
  hr_staging_map *map = a->map;
  const hr_staging_map_pieces *given = &a->pieces;
  hr_status status = check_places(map, a, a->key);
  if (status) return fail(a, status);
  bool all = given->count == map->num_components;
  element *item = find(&map->incomplete, a->key);
  for (int32_t i = 0; item && i < given->count; ++i)
    if (hr_tensor_is_valid(&item->values[given->places[i]]))
      return fail(a, hr_error(HR_INVALID_ARGUMENT,
                              "The tensor for index '%d' for key '%" PRId64 "' was already initialized '%d'.",
                              given->places[i], a->key, map->num_components));
  bool completes = (item ? item->held : 0) + given->count == map->num_components;
  int64_t bytes = bytes_of(given);
  if ((completes && is_full(map)) || (map->memory_limit && map->bytes + bytes > map->memory_limit)) return false;
  if (all && find(&map->whole, a->key)) return true; /* the one that is there stays */
  if (!item && (status = begin_element(map, a->key, &item))) return fail(a, status);
  if (completes && find(&map->whole, a->key)) { /* likewise */
    for (int32_t i = 0; i < map->num_components; ++i)
      map->bytes -= hr_tensor_is_valid(&item->values[i]) ? (int64_t)hr_tensor_bytes(&item->values[i]) : 0;
    take_out(&map->incomplete, item);
    free_element(map, item);
    return true;
  }
  if (completes && (status = make_room(&map->whole))) return fail(a, status);
  for (int32_t i = 0; i < given->count; ++i) {
    item->values[given->places[i]] = given->values[i];
    given->values[i] = (hr_tensor){0};
  }
  map->bytes += bytes;
  item->held += given->count;
  if (!completes) return true;
  take_out(&map->incomplete, item);
  insert(&map->whole, item);
  return true;
}

static bool serve_take(attempt *a) {
  hr_staging_map *map = a->map;
  const hr_staging_map_pieces *wanted = &a->pieces;
  element *item = !a->any_key             ? find(&map->whole, a->key)
                  : count_of(&map->whole) ? map->whole.items[map->whole.first]
                                          : NULL;
  if (!item) return false;
  hr_status status = check_places(map, a, item->key);
  if (status) return fail(a, status);
  for (int32_t i = 0; i < wanted->count; ++i)
    if (!hr_tensor_is_valid(&item->values[wanted->places[i]]))
      return fail(a,
                  hr_error(HR_INVALID_ARGUMENT, "Tensor at index '%d' for key '%" PRId64 "' has already been removed.",
                           wanted->places[i], item->key));
  if (a->key_out) *a->key_out = item->key;
  for (int32_t i = 0; i < wanted->count; ++i) {
    hr_tensor *value = &item->values[wanted->places[i]];
    if (a->kind == PEEK) {
      hr_tensor_copy(value, &wanted->values[i]);
    } else {
      wanted->values[i] = *value;
      *value = (hr_tensor){0};
    }
  }
  if (a->kind == PEEK) return true;
  map->bytes -= bytes_of(wanted);
  item->held -= wanted->count;
  if (item->held > 0) return true;
  take_out(&map->whole, item);
  free(item);
  return true;
}

/* ---- the line, lock held ---------------------------------------------------------------------------------------- */

static void join_line(attempt *a) {
  hr_staging_map *map = a->map;
  a->next = NULL;
  a->previous = map->last;
  *(map->last ? &map->last->next : &map->first) = a;
  map->last = a;
}

static void leave_line(attempt *a) {
  hr_staging_map *map = a->map;
  *(a->previous ? &a->previous->next : &map->first) = a->next;
  *(a->next ? &a->next->previous : &map->last) = a->previous;
}

/* An attempt is through: those that wait go to the end of the list. */
static void end(attempt *a, attempt **through) {
  leave_line(a);
  a->ended = true;
  if (!a->waits) return;
  a->next = NULL;
  while (*through)
    through = &(*through)->next;
  *through = a;
}

/* Serves everybody until nobody gets any further. */
static void serve_line(hr_staging_map *map, attempt **through) {
  for (bool changed = true; changed;) {
    changed = false;
    for (attempt *a = map->first, *next; a; a = next) {
      next = a->next;
      if (!(a->kind == PUT ? serve_put(a) : serve_take(a))) continue;
      changed = changed || a->kind != PEEK;
      end(a, through);
    }
  }
}

/* ---- answers, without the lock ---------------------------------------------------------------------------------- */

static void clear_given(attempt *a) {
  for (int32_t i = 0; a->kind == PUT && i < a->pieces.count; ++i)
    hr_tensor_clear(&a->pieces.values[i]);
}

static void answer_all(attempt *through) {
  while (through) {
    attempt *a = through;
    through = a->next;
    hr_unwatch_cancel(a->ctx, &a->watch);
    clear_given(a);
    a->done(a->argument, a->status);
    hr_resource_unref(&a->map->resource);
    free(a);
  }
}

void hr_staging_map_clear(hr_staging_map *map) {
  attempt *through = NULL;
  pthread_mutex_lock(&map->lock);
  drop_all(map, &map->whole);
  drop_all(map, &map->incomplete);
  map->bytes = 0;
  serve_line(map, &through);
  pthread_mutex_unlock(&map->lock);
  answer_all(through);
}

/* ---- waiting ---------------------------------------------------------------------------------------------------- */

static hr_status cancelled_status(const attempt *a) {
  static const char *const names[] = {[PUT] = "Stage", [TAKE] = "Unstage", [PEEK] = "Peek"};
  const char *name = names[a->kind];
  return hr_error(HR_CANCELLED, "%s operation was cancelled", name);
}

static void cancel_attempt(hr_cancel_watch *watch) {
  attempt *a = (attempt *)(void *)((char *)watch - offsetof(attempt, watch)), *through = NULL;
  hr_staging_map *map = a->map;
  hr_resource_ref(&map->resource);
  pthread_mutex_lock(&map->lock);
  if (!a->ended) {
    end(a, &through);
    a->status = cancelled_status(a);
  }
  pthread_mutex_unlock(&map->lock);
  answer_all(through);
  hr_resource_unref(&map->resource);
}

/* Moves an attempt, which stands in no line, to the heap and into the line. The components that it gives and the places
 * follow it in memory. */
static hr_status settle_down(attempt *a) {
  size_t count = (size_t)a->pieces.count, values = a->kind == PUT ? count : 0;
  size_t bytes = sizeof *a + values * sizeof(hr_tensor) + count * sizeof(int32_t);
  attempt *waiting = malloc(bytes);
  if (!waiting) return hr_error_out_of_memory(bytes, "waiting at a staging area");
  *waiting = *a;
  waiting->waits = true;
  waiting->watch.cancel = cancel_attempt;
  hr_tensor *kept = (hr_tensor *)(void *)(waiting + 1);
  if (values) waiting->pieces.values = memcpy(kept, a->pieces.values, values * sizeof(hr_tensor));
  if (count) waiting->pieces.places = memcpy(kept + values, a->pieces.places, count * sizeof(int32_t));
  if (!hr_watch_cancel(a->ctx, &waiting->watch)) {
    free(waiting);
    return cancelled_status(a);
  }
  for (size_t i = 0; i < values; ++i)
    a->pieces.values[i] = (hr_tensor){0};
  join_line(waiting);
  hr_resource_ref(&a->map->resource);
  return HR_SUCCESS;
}

/* Serves an attempt, and whoever its doing lets go on. False: it waits now. */
static bool try(attempt *a, hr_status *status) {
  hr_staging_map *map = a->map;
  attempt *through = NULL;
  bool waits = false;
  pthread_mutex_lock(&map->lock);
  join_line(a);
  serve_line(map, &through);
  if (!a->ended) {
    leave_line(a);
    a->status = settle_down(a);
    waits = a->status == HR_SUCCESS;
  }
  pthread_mutex_unlock(&map->lock);
  if (!waits) {
    clear_given(a);
    *status = a->status;
  }
  answer_all(through);
  return !waits;
}

/* ---- the operations --------------------------------------------------------------------------------------------- */

bool hr_staging_map_put(hr_staging_map *map, hr_kernel_context *ctx, int64_t key, hr_staging_map_pieces pieces,
                        hr_done_function done, void *argument, hr_status *status) {
  attempt a = {.map = map, .ctx = ctx, .kind = PUT, .key = key, .pieces = pieces, .done = done, .argument = argument};
  int64_t bytes = bytes_of(&pieces);
  if (map->memory_limit && bytes > map->memory_limit) { /* what could never fit is not waited for */
    clear_given(&a);
    *status = hr_error(HR_RESOURCE_EXHAUSTED,
                       "Attempted to insert tensors with combined size of '%" PRId64
                       "' bytes into Staging Area with a memory limit of '%" PRId64 "'.",
                       bytes, map->memory_limit);
    return true;
  }
  return try(&a, status);
}

bool hr_staging_map_take(hr_staging_map *map, hr_kernel_context *ctx, const int64_t *key, int64_t *key_out,
                         hr_staging_map_pieces pieces, hr_done_function done, void *argument, hr_status *status) {
  attempt a = {.map = map,
               .ctx = ctx,
               .kind = TAKE,
               .any_key = !key,
               .key = key ? *key : 0,
               .key_out = key_out,
               .pieces = pieces,
               .done = done,
               .argument = argument};
  return try(&a, status);
}

bool hr_staging_map_peek(hr_staging_map *map, hr_kernel_context *ctx, int64_t key, hr_staging_map_pieces pieces,
                         hr_done_function done, void *argument, hr_status *status) {
  attempt a = {.map = map, .ctx = ctx, .kind = PEEK, .key = key, .pieces = pieces, .done = done, .argument = argument};
  return try(&a, status);
}
