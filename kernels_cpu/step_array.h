/* The objects behind the ops of tensor arrays: lists of tensors that end with the step.
 *
 * An element is written once, but for arrays of gradients, which add up what is written; and it is read once where the
 * array clears what was read. All functions may be called from any thread; errors are InvalidArgument with the array's
 * name. */
#ifndef HR_KERNELS_CPU_STEP_ARRAY_H
#define HR_KERNELS_CPU_STEP_ARRAY_H

#include "headrace/kernel.h"
#include "runtime/tensor/resource.h"
#include <pthread.h>

typedef struct hr_array_element {
  hr_tensor value; /* dtype HR_INVALID where there is none */
  hr_shape shape;  /* where `written` */
  bool written;    /* an element of gradients is, without a value, where the element it belongs to is */
  bool read;
} hr_array_element;

typedef struct hr_step_array {
  hr_resource resource;
  /* Fixed at birth. */
  char *name;
  hr_dtype dtype;
  bool clears;          /* what was read */
  bool identical;       /* all elements have one shape: that of the first */
  bool accumulate;      /* an array of gradients */
  char *source;         /* of these gradients; NULL for other arrays */
  pthread_mutex_t lock; /* guards what follows */
  hr_partial_shape element_shape;
  bool dynamic; /* grows, until gradients are asked for */
  bool closed;
  int32_t size, capacity;
  hr_array_element *elements;
  int32_t split_size;              /* elements that a split gave, which its gradient joins again; -1: none did */
  struct hr_step_array *gradients; /* a list, by source; each is counted */
  struct hr_step_array *next;      /* in such a list */
} hr_step_array;

extern const hr_resource_type hr_step_array_type;

typedef struct hr_step_array_options {
  const char *name; /* copied */
  hr_dtype dtype;
  int32_t size;
  hr_partial_shape element_shape;
  bool dynamic, clears, identical;
} hr_step_array_options;

/* With one reference. */
HR_MUST_USE hr_status hr_step_array_new(const hr_step_array_options *options, hr_step_array **out);

/* The gradients of an array for a source: those that are there, or new ones, with `front` before the shape of each
 * element. From then on the array does not grow. Borrowed from the array. */
HR_MUST_USE hr_status hr_step_array_gradients(hr_step_array *array, const char *source, const hr_shape *front,
                                              hr_step_array **out);

/* Sets `count` elements, those at `indices` (NULL: 0, 1, ...), to values of the array's dtype, which it takes over:
 * none is left, even on an error. */
HR_MUST_USE hr_status hr_step_array_write(hr_kernel_context *ctx, hr_step_array *array, int64_t count,
                                          const int32_t *indices, hr_tensor *values);
/* Reads `count` elements. Values are overwritten; none are left on an error. */
HR_MUST_USE hr_status hr_step_array_read(hr_kernel_context *ctx, hr_step_array *array, int64_t count,
                                         const int32_t *indices, hr_tensor *values);
HR_MUST_USE hr_status hr_step_array_size(hr_step_array *array, int32_t *out);
/* The array is to get its elements from a split into so many pieces; refused where it has another size and does not
 * grow. */
HR_MUST_USE hr_status hr_step_array_begin_split(hr_step_array *array, int64_t count);
void hr_step_array_close(hr_step_array *array);

#endif
