/* Step allocator: keeps the buffers that a step gives back and hands them out again in the next one, so that a step of
 * fixed shapes allocates nothing once it has run. Sizes are rounded up to classes (an eighth apart), so nearby sizes
 * share. */
#ifndef HR_RUNTIME_EXEC_STEP_ALLOCATOR_H
#define HR_RUNTIME_EXEC_STEP_ALLOCATOR_H

#include "headrace/tensor.h"
#include "runtime/base/spin_lock.h"

#define HR_SIZE_CLASSES 512

typedef struct hr_step_allocator {
  hr_allocator base;
  hr_allocator *source;                     /* where new buffers come from and kept ones go */
  hr_spin_lock lock;                        /* guards what follows */
  bool missed;                              /* this step asked the source */
  hr_buffer *free_buffers[HR_SIZE_CLASSES]; /* by class, linked through hr_buffer.argument */
  uint64_t used[HR_SIZE_CLASSES / 64];      /* classes asked for in this step */
  uint64_t held[HR_SIZE_CLASSES / 64];      /* classes that may have free buffers */
} hr_step_allocator;

void hr_step_allocator_init(hr_step_allocator *allocator, hr_allocator *source);
/* Frees what is kept. No buffer may be out. */
void hr_step_allocator_clear(hr_step_allocator *allocator);
/* A step ends: where it needed new memory, buffers of classes it did not use (of earlier shapes) are let go. */
void hr_step_allocator_end_step(hr_step_allocator *allocator);
/* Makes a buffer of this allocator one of its source's, so that it may outlive the step. The caller holds the only
 * reference, or one that it gives back only afterwards. */
void hr_step_allocator_detach(hr_step_allocator *allocator, hr_buffer *buffer);

#endif
