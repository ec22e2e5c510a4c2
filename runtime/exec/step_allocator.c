#include "runtime/exec/step_allocator.h"
#include "runtime/base/heap.h"
#include <stdlib.h>
#include <string.h>

/* Classes: 64 bytes steps up to 512, then eight to each power of two. */
static unsigned class_of(size_t bytes, size_t *rounded) {
  if (bytes <= 512) {
    unsigned index = bytes == 0 ? 0 : (unsigned)((bytes - 1) / 64);
    *rounded = (size_t)(index + 1) * 64;
    return index;
  }
  unsigned log = 63 - (unsigned)__builtin_clzll(bytes - 1); /* 2^log < bytes <= 2^(log + 1) */
  size_t step = (size_t)1 << (log - 3);
  size_t index = (bytes - 1) >> (log - 3); /* 8..15 */
  *rounded = (index + 1) * step;
  return 8 + (log - 9) * 8 + (unsigned)(index - 8);
}

/* What every buffer is born with, but for its memory. */
static hr_buffer *born(hr_buffer *buffer, size_t bytes) {
  __atomic_store_n(&buffer->references, 1, __ATOMIC_RELAXED);
  buffer->bytes = bytes;
  buffer->free_data = NULL;
  buffer->argument = NULL;
  hr_heap_permit(buffer->data, bytes);
  return buffer;
}

/* Lock held. */
static hr_buffer *take_place(hr_step_allocator *a, size_t bytes) {
  int32_t number = a->next_request++;
  hr_buffer *buffer = hr_step_arena_take(a->arena, number, bytes);
  if (buffer)
    a->asked += bytes;
  else
    a->strangers += number >= a->arena->count || a->arena->places[number].bytes > 0;
  return buffer;
}

static hr_buffer *step_allocate(hr_allocator *self, size_t bytes) {
  hr_step_allocator *a = (hr_step_allocator *)self;
  if (bytes > SIZE_MAX / 4) return NULL;
  hr_spin_lock_take(&a->lock);
  hr_buffer *buffer = a->arena ? take_place(a, bytes) : NULL;
  if (buffer) {
    hr_spin_lock_give(&a->lock);
    return born(buffer, bytes);
  }
  size_t rounded;
  unsigned index = class_of(bytes, &rounded);
  int32_t number = __builtin_expect(a->state == HR_ARENA_WATCHING, 0) ? hr_request_log_add(&a->log, bytes) : 0;
  a->used[index / 64] |= UINT64_C(1) << (index % 64);
  buffer = a->free_buffers[index];
  if (buffer)
    a->free_buffers[index] = buffer->argument;
  else
    a->missed = true;
  if (!buffer) a->from_source += rounded;
  hr_spin_lock_give(&a->lock);
  if (!buffer) {
    buffer = a->source->allocate(a->source, rounded);
    if (!buffer) {
      hr_spin_lock_take(&a->lock);
      a->from_source -= rounded;
      hr_spin_lock_give(&a->lock);
      return NULL;
    }
    buffer->allocator = self;
    hr_heap_forbid(buffer->data, rounded);
  }
  buffer->place = number;
  return born(buffer, bytes);
}

static void step_release(hr_allocator *self, hr_buffer *buffer) {
  hr_step_allocator *a = (hr_step_allocator *)self;
  if (buffer->place < 0) {
    hr_heap_forbid(buffer->data, ((hr_place *)buffer)->bytes);
    hr_spin_lock_take(&a->lock);
    hr_step_arena_give(a->arena, buffer);
    hr_spin_lock_give(&a->lock);
    return;
  }
  size_t rounded;
  unsigned index = class_of(buffer->bytes, &rounded);
  hr_heap_forbid(buffer->data, rounded);
  hr_spin_lock_take(&a->lock);
  if (__builtin_expect(a->state == HR_ARENA_WATCHING, 0) && buffer->place > 0)
    hr_request_log_end(&a->log, buffer->place);
  buffer->argument = a->free_buffers[index];
  a->free_buffers[index] = buffer;
  a->held[index / 64] |= UINT64_C(1) << (index % 64);
  hr_spin_lock_give(&a->lock);
}

void hr_step_allocator_init(hr_step_allocator *a, hr_allocator *source, bool plans) {
  memset(a, 0, sizeof *a);
  a->base = (hr_allocator){.allocate = step_allocate, .release = step_release, .name = source->name};
  a->source = source;
  a->state = plans ? HR_ARENA_FIRST_RUN : HR_ARENA_NEVER;
}

bool hr_step_allocator_detach(hr_step_allocator *a, hr_buffer *buffer) {
  if (buffer->allocator != &a->base) return true;
  size_t rounded;
  class_of(buffer->bytes, &rounded);
  hr_spin_lock_take(&a->lock);
  bool may = buffer->place >= 0;
  if (may)
    a->from_source -= rounded;
  else
    ++a->strangers;
  hr_spin_lock_give(&a->lock);
  if (may) {
    buffer->allocator = a->source;
    buffer->place = 0;
  }
  return may;
}

static void free_class(hr_step_allocator *a, unsigned index) {
  while (a->free_buffers[index]) {
    hr_buffer *buffer = a->free_buffers[index];
    a->free_buffers[index] = buffer->argument;
    buffer->allocator = a->source;
    buffer->place = 0;
    size_t rounded;
    class_of(buffer->bytes, &rounded);
    a->from_source -= rounded;
    a->source->release(a->source, buffer);
  }
}

static void free_classes(hr_step_allocator *a) {
  for (unsigned i = 0; i < HR_SIZE_CLASSES; ++i)
    free_class(a, i);
}

static void forget_log(hr_step_allocator *a) {
  free(a->log.requests);
  a->log = (hr_request_log){0};
}

void hr_step_allocator_clear(hr_step_allocator *a) {
  free_classes(a);
  forget_log(a);
  hr_step_arena_free(a->arena);
  a->arena = NULL;
}

/* ---- from run to run --------------------------------------------------------------------------------------------- */

#define MAX_PLANS   4
#define MAX_STRIKES 2

/* No places from now on; false where one is still held. Lock held. */
static bool give_up_arena(hr_step_allocator *a, hr_arena_state next) {
  if (a->arena && !hr_step_arena_is_idle(a->arena)) return false;
  hr_step_arena_free(a->arena);
  a->arena = NULL;
  a->strikes = 0;
  a->state = next;
  return true;
}

/* The run that was watched is over: the next one has an arena. Lock held. */
static void plan_arena(hr_step_allocator *a) {
  if (!a->log.failed) a->arena = hr_step_arena_new(a->log.requests, a->log.count, a->source, &a->base);
  forget_log(a);
  ++a->plans;
  a->state = a->arena ? HR_ARENA_USED : HR_ARENA_NEVER;
  if (a->arena) free_classes(a);
}

/* Did the run ask for what was planned, and for not much less? */
static bool went_as_planned(const hr_step_allocator *a) {
  return a->strangers == 0 && a->asked >= a->arena->planned / 4;
}

/* Lock held. */
static void review_plan(hr_step_allocator *a) {
  if (a->state == HR_ARENA_WATCHING) {
    plan_arena(a);
  } else if (a->state == HR_ARENA_FIRST_RUN) {
    a->state = HR_ARENA_WATCHING;
  } else {
    a->strikes = went_as_planned(a) ? 0 : a->strikes + 1;
    if (a->strikes >= MAX_STRIKES) give_up_arena(a, a->plans < MAX_PLANS ? HR_ARENA_WATCHING : HR_ARENA_NEVER);
  }
  a->next_request = a->strangers = 0;
  a->asked = 0;
}

void hr_step_allocator_stop_planning(hr_step_allocator *a) {
  hr_spin_lock_take(&a->lock);
  if (a->state != HR_ARENA_NEVER && give_up_arena(a, HR_ARENA_NEVER)) forget_log(a);
  hr_spin_lock_give(&a->lock);
}

void hr_step_allocator_end_step(hr_step_allocator *a) {
  if (__builtin_expect(a->missed, 0)) {
    for (unsigned word = 0; word < HR_SIZE_CLASSES / 64; ++word) {
      uint64_t idle = a->held[word] & ~a->used[word];
      a->held[word] &= a->used[word];
      for (; idle; idle &= idle - 1)
        free_class(a, 64 * word + (unsigned)__builtin_ctzll(idle));
    }
    a->missed = false;
  }
  memset(a->used, 0, sizeof a->used);
  if (a->state == HR_ARENA_NEVER) return;
  hr_spin_lock_take(&a->lock);
  review_plan(a);
  hr_spin_lock_give(&a->lock);
}

size_t hr_step_allocator_bytes(hr_step_allocator *a) {
  hr_spin_lock_take(&a->lock);
  size_t bytes = a->from_source + (a->arena ? a->arena->bytes : 0);
  hr_spin_lock_give(&a->lock);
  return bytes;
}
