#include "runtime/exec/step_arena.h"
#include "runtime/base/heap.h"
#include <stdlib.h>
#include <string.h>

/* ---- the log ---------------------------------------------------------------------------------------------------- */

int32_t hr_request_log_add(hr_request_log *log, size_t bytes) {
  if (log->count == log->capacity && !log->failed) {
    int32_t capacity = log->capacity ? 2 * log->capacity : 64;
    hr_request *requests =
        capacity <= HR_MAX_REQUESTS ? realloc(log->requests, sizeof *requests * (size_t)capacity) : NULL;
    log->failed = !requests;
    if (requests) {
      log->requests = requests;
      log->capacity = capacity;
    }
  }
  if (log->failed) return 0;
  log->requests[log->count] = (hr_request){.bytes = bytes, .from = ++log->clock};
  return ++log->count;
}

void hr_request_log_end(hr_request_log *log, int32_t number) {
  if (number <= log->count) log->requests[number - 1].until = ++log->clock;
}

/* ---- the layout ------------------------------------------------------------------------------------------------- */

/* A request that gets a place. */
typedef struct range {
  size_t bytes, offset;
  int32_t number, from, until;
} range;

/* The largest first; of equal ones the earlier. */
static int compare_size(const void *left, const void *right) {
  const range *a = left, *b = right;
  if (a->bytes != b->bytes) return a->bytes < b->bytes ? 1 : -1;
  return a->number < b->number ? -1 : a->number > b->number;
}

/* The smallest gap that holds `r` between those of `placed` (by offset) that are out at the same time as it; else the
 * place behind them. */
static size_t best_offset(const range *ranges, const int32_t *placed, int32_t count, const range *r) {
  size_t end = 0, best = SIZE_MAX, best_gap = SIZE_MAX;
  for (int32_t i = 0; i < count; ++i) {
    const range *other = &ranges[placed[i]];
    if (other->until < r->from || r->until < other->from) continue;
    if (other->offset > end && other->offset - end >= r->bytes && other->offset - end < best_gap) {
      best_gap = other->offset - end;
      best = end;
    }
    if (other->offset + other->bytes > end) end = other->offset + other->bytes;
  }
  return best == SIZE_MAX ? end : best;
}

/* Gives each range its offset; the bytes of all together. `placed` has room for `count`. */
static size_t lay_out(range *ranges, int32_t count, int32_t *placed) {
  size_t total = 0;
  qsort(ranges, (size_t)count, sizeof *ranges, compare_size);
  for (int32_t i = 0; i < count; ++i) {
    range *r = &ranges[i];
    r->offset = best_offset(ranges, placed, i, r);
    if (r->offset + r->bytes > total) total = r->offset + r->bytes;
    int32_t at = i;
    for (; at > 0 && ranges[placed[at - 1]].offset > r->offset; --at)
      placed[at] = placed[at - 1];
    placed[at] = i;
  }
  return total;
}

static int compare_offset(const void *left, const void *right) {
  size_t a = *(const size_t *)left, b = *(const size_t *)right;
  return a < b ? -1 : a > b;
}

/* Where segments begin or end, each once and rising; their number. `bounds` has room for two a range. */
static int32_t find_bounds(const range *ranges, int32_t count, size_t *bounds) {
  for (int32_t i = 0; i < count; ++i) {
    bounds[2 * i] = ranges[i].offset;
    bounds[2 * i + 1] = ranges[i].offset + ranges[i].bytes;
  }
  qsort(bounds, 2 * (size_t)count, sizeof *bounds, compare_offset);
  int32_t unique = 1;
  for (int32_t i = 1; i < 2 * count; ++i)
    if (bounds[i] != bounds[unique - 1]) bounds[unique++] = bounds[i];
  return unique;
}

static int32_t segment_at(const size_t *bounds, int32_t count, size_t offset) {
  return (int32_t)((size_t *)bsearch(&offset, bounds, (size_t)count, sizeof *bounds, compare_offset) - bounds);
}

/* The bits of segments [first, end) that are in word `word`. */
static uint64_t segment_mask(int32_t first, int32_t end, int32_t word) {
  uint64_t mask = ~UINT64_C(0);
  if (first > 64 * word) mask <<= first - 64 * word;
  if (end < 64 * (word + 1)) mask &= ~(~UINT64_C(0) << (end - 64 * word));
  return mask;
}

static bool make_places(hr_step_arena *arena, const range *ranges, int32_t count, size_t *bounds, hr_allocator *owner) {
  int32_t num_bounds = find_bounds(ranges, count, bounds);
  arena->num_words = num_bounds / 64 + 1;
  arena->held = calloc((size_t)arena->num_words, sizeof *arena->held);
  arena->places = calloc((size_t)arena->count, sizeof *arena->places);
  if (!arena->held || !arena->places) return false;
  for (int32_t i = 0; i < count; ++i) {
    const range *r = &ranges[i];
    arena->planned += r->bytes;
    int32_t segment = segment_at(bounds, num_bounds, r->offset);
    int32_t end = segment_at(bounds, num_bounds, r->offset + r->bytes), first = segment / 64, last = (end - 1) / 64;
    arena->places[r->number] = (hr_place){
        .buffer = {.data = (char *)arena->memory->data + r->offset, .allocator = owner, .place = -1 - r->number},
        .bytes = r->bytes,
        .first_mask = segment_mask(segment, end, first),
        .last_mask = segment_mask(segment, end, last),
        .first = first,
        .last = last};
  }
  return true;
}

hr_step_arena *hr_step_arena_new(const hr_request *requests, int32_t count, hr_allocator *source, hr_allocator *owner) {
  range *ranges = calloc((size_t)count + 1, sizeof *ranges);
  int32_t *placed = calloc((size_t)count + 1, sizeof *placed);
  size_t *bounds = calloc(2 * (size_t)count + 1, sizeof *bounds);
  hr_step_arena *arena = calloc(1, sizeof *arena);
  int32_t planned = 0;
  for (int32_t i = 0; ranges && i < count; ++i) {
    if (requests[i].until == 0) continue;
    size_t lines = requests[i].bytes ? (requests[i].bytes - 1) / HR_ALIGNMENT + 1 : 1;
    ranges[planned++] = (range){lines * HR_ALIGNMENT, 0, i, requests[i].from, requests[i].until};
  }
  bool made = ranges && placed && bounds && arena && planned > 0;
  if (made) {
    arena->count = count;
    arena->bytes = lay_out(ranges, planned, placed);
    arena->memory = source->allocate(source, arena->bytes);
    made = arena->memory && make_places(arena, ranges, planned, bounds, owner);
  }
  free(ranges);
  free(placed);
  free(bounds);
  if (made) {
    hr_heap_forbid(arena->memory->data, arena->bytes);
    return arena;
  }
  hr_step_arena_free(arena);
  return NULL;
}

void hr_step_arena_free(hr_step_arena *arena) {
  if (!arena) return;
  if (arena->memory) {
    hr_heap_permit(arena->memory->data, arena->bytes);
    hr_buffer_unref(arena->memory);
  }
  free(arena->places);
  free(arena->held);
  free(arena);
}

bool hr_step_arena_is_idle(const hr_step_arena *arena) {
  for (int32_t word = 0; word < arena->num_words; ++word)
    if (arena->held[word]) return false;
  return true;
}
