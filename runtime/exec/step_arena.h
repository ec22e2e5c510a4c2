/* Step arena: one piece of memory for all that a step asks for and gives back, laid out by what a run asked for.
 *
 * A walk asks for memory in the same order in every run: outputs, whatever the kernels forward in place, and scratch
 * memory. One run is watched: how large each request was, and from when to when it was out. Requests that were not out
 * at the same time may have the same bytes (greedy by size: Pisarchyk and Lee, "Efficient Memory Management for Deep
 * Neural Net Inference", 2020), and request n of a later run gets place n. What was not given back within the run
 * (fetched, kept by a variable or a queue) gets no place.
 *
 * Nothing relies on runs being alike. The arena is cut into segments where places begin and end; each has a bit that
 * says whether somebody holds it. A place is handed out only where it is large enough and all of its bits are clear, so
 * that what is held longer than planned is never written over: the request that finds it there is served elsewhere.
 *
 * Not thread-safe: its allocator has a lock. */
#ifndef HR_RUNTIME_EXEC_STEP_ARENA_H
#define HR_RUNTIME_EXEC_STEP_ARENA_H

#include "headrace/tensor.h"

#define HR_MAX_REQUESTS 4096 /* of a run; one with more, such as a long loop, has no arena */

/* What a watched run asked for. Times count requests and returns. */
typedef struct hr_request {
  size_t bytes;
  int32_t from, until; /* until 0: not given back */
} hr_request;

typedef struct hr_request_log {
  hr_request *requests;
  int32_t count, capacity, clock;
  bool failed; /* too many, or memory is out */
} hr_request_log;

/* Notes a request; its number plus one, 0 where that failed. */
int32_t hr_request_log_add(hr_request_log *log, size_t bytes);
/* Request `number` - 1 is given back. */
void hr_request_log_end(hr_request_log *log, int32_t number);

/* A range of the arena and its buffer, whose `place` is -1 minus the number. Without bytes: none. Its bits are those of
 * `first_mask` in word `first`, of `last_mask` in word `last`, and all of the words between. */
typedef struct hr_place {
  hr_buffer buffer;
  size_t bytes;
  uint64_t first_mask, last_mask;
  int32_t first, last; /* words; where they are the same, so are the masks */
} hr_place;

typedef struct hr_step_arena {
  hr_buffer *memory;
  size_t bytes;   /* of the whole */
  size_t planned; /* of all places, as if none shared bytes */
  int32_t count, num_words;
  hr_place *places;
  uint64_t *held; /* a bit a segment */
} hr_step_arena;

/* Lays out an arena for the requests, whose buffers belong to `owner`, in memory from `source`. NULL where no request
 * was given back or memory is out. */
hr_step_arena *hr_step_arena_new(const hr_request *requests, int32_t count, hr_allocator *source, hr_allocator *owner);
/* No buffer may be out. */
void hr_step_arena_free(hr_step_arena *arena);
/* Is no buffer out? */
bool hr_step_arena_is_idle(const hr_step_arena *arena);

/* The buffer of request `number`; NULL where it has no place, or not one for so many bytes, or something in it is held.
 * Its fields but `data`, `allocator` and `place` are the caller's to set. */
static inline hr_buffer *hr_step_arena_take(hr_step_arena *arena, int32_t number, size_t bytes) {
  if (number >= arena->count) return NULL;
  hr_place *place = &arena->places[number];
  uint64_t *held = arena->held;
  if (!place->bytes || bytes > place->bytes || (held[place->first] & place->first_mask) ||
      (held[place->last] & place->last_mask))
    return NULL;
  for (int32_t word = place->first + 1; word < place->last; ++word)
    if (held[word]) return NULL;
  held[place->first] |= place->first_mask;
  held[place->last] |= place->last_mask;
  for (int32_t word = place->first + 1; word < place->last; ++word)
    held[word] = ~UINT64_C(0);
  return &place->buffer;
}

static inline void hr_step_arena_give(hr_step_arena *arena, const hr_buffer *buffer) {
  const hr_place *place = (const hr_place *)buffer; /* its first member */
  arena->held[place->first] &= ~place->first_mask;
  arena->held[place->last] &= ~place->last_mask;
  for (int32_t word = place->first + 1; word < place->last; ++word)
    arena->held[word] = 0;
}

#endif
