/* Step allocator: keeps the buffers that a step gives back and hands them out again in the next one, so that a step of
 * fixed shapes allocates nothing once it has run. Sizes are rounded up to classes (an eighth apart), so nearby sizes
 * share.
 *
 * Where it plans, its second run is watched, and those after it have an arena (step_arena.h) in which requests that are
 * not out at the same time share bytes, whatever their sizes. What finds no place there is served by size class. Where
 * two runs one after the other ask otherwise than planned, the next one is watched anew; after a few such plans,
 * classes are all there is. */
#ifndef HR_RUNTIME_EXEC_STEP_ALLOCATOR_H
#define HR_RUNTIME_EXEC_STEP_ALLOCATOR_H

#include "runtime/base/spin_lock.h"
#include "runtime/exec/step_arena.h"

#define HR_SIZE_CLASSES 512

typedef enum hr_arena_state {
  HR_ARENA_NEVER = 0, /* no plan, or no more */
  HR_ARENA_FIRST_RUN,
  HR_ARENA_WATCHING, /* the requests of this run are noted */
  HR_ARENA_USED,
} hr_arena_state;

typedef struct hr_step_allocator {
  hr_allocator base;
  hr_allocator *source; /* where new buffers come from and kept ones go */
  hr_spin_lock lock;    /* guards what follows */
  bool missed;          /* this step asked the source */
  uint8_t state;        /* hr_arena_state */
  uint8_t strikes;      /* runs one after the other that asked otherwise than planned */
  uint8_t plans;        /* made so far */
  int32_t next_request; /* its number */
  int32_t strangers;    /* requests of this run that found no place, though one was planned, or were kept */
  size_t asked;         /* bytes served by the arena in this run */
  size_t from_source;   /* bytes of the buffers of all classes, kept or out */
  hr_step_arena *arena; /* NULL unless it is used */
  hr_request_log log;
  hr_buffer *free_buffers[HR_SIZE_CLASSES]; /* by class, linked through hr_buffer.argument */
  uint64_t used[HR_SIZE_CLASSES / 64];      /* classes asked for in this step */
  uint64_t held[HR_SIZE_CLASSES / 64];      /* classes that may have free buffers */
} hr_step_allocator;

/* `plans`: it may have an arena. */
void hr_step_allocator_init(hr_step_allocator *allocator, hr_allocator *source, bool plans);
/* Frees what is kept. No buffer may be out. */
void hr_step_allocator_clear(hr_step_allocator *allocator);
/* A step ends: where it needed new memory, buffers of classes it did not use (of earlier shapes) are let go. */
void hr_step_allocator_end_step(hr_step_allocator *allocator);
/* For steps whose requests come in no order: no arena from now on, between runs. */
void hr_step_allocator_stop_planning(hr_step_allocator *allocator);
/* Makes a buffer of this allocator one of its source's, so that it may outlive the step. The caller holds the only
 * reference, or one that it gives back only afterwards. False where the buffer is a part of the arena: then nothing
 * changed, and what is to be kept must be copied. */
HR_MUST_USE bool hr_step_allocator_detach(hr_step_allocator *allocator, hr_buffer *buffer);
/* Would it be made so? */
static inline bool hr_step_allocator_may_detach(const hr_step_allocator *allocator, const hr_buffer *buffer) {
  return buffer->allocator != &allocator->base || buffer->place >= 0;
}
/* The bytes it has from its source, kept or out. */
size_t hr_step_allocator_bytes(hr_step_allocator *allocator);

#endif
