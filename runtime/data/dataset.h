/* Datasets: descriptions of sequences of elements, kept in tensors of dtype variant; and iterators, which go through
 * them.
 *
 * A dataset never changes. An element is as many tensors as the dataset is wide. Every kind of dataset is a table of
 * functions (hr_dataset_type); kernels_cpu/data has one file for each.
 *
 * An iterator is used by one thread at a time; whoever hands one to several (a parallel map) takes turns. All iterators
 * that one initialisation opened form a pipeline, which they share. */
#ifndef HR_RUNTIME_DATA_DATASET_H
#define HR_RUNTIME_DATA_DATASET_H

#include "runtime/data/pipeline.h"
#include "runtime/data/state.h"
#include "runtime/resource/resource_manager.h"

typedef struct hr_dataset hr_dataset;
typedef struct hr_iterator hr_iterator;

#define HR_UNKNOWN_CARDINALITY  (-2)
#define HR_INFINITE_CARDINALITY (-1)

typedef struct hr_dataset_type {
  const char *name; /* the op's */
  size_t iterator_size;
  bool opens_input; /* iterator->input is that of the first input, opened before `open` and closed after `close` */
  bool saves_input; /* `save` and `restore` see to that input, too; else it is saved before */
  void (*destroy)(hr_dataset *dataset); /* what the kind itself holds; NULL: nothing */
  /* May be NULL: nothing to do. The iterator is zeroed behind its head. After an error `close` follows. */
  hr_status (*open)(hr_iterator *iterator);
  /* Fills in all of an element, or sets `*end`; after an error or the end nothing is filled in. May be called again
   * after either. */
  hr_status (*next)(hr_iterator *iterator, hr_pull *pull, hr_tensor *element, bool *end);
  /* Whether `next` needs not wait for what others do; NULL: it may where its pipeline may. */
  bool (*is_ready)(const hr_iterator *iterator);
  void (*close)(hr_iterator *iterator); /* NULL: nothing */
  /* Where it is. `restore` gets a fresh iterator. NULL: it cannot be saved. */
  hr_status (*save)(hr_iterator *iterator, hr_state_writer *writer);
  hr_status (*restore)(hr_iterator *iterator, hr_state_reader *reader);
  int64_t (*cardinality)(const hr_dataset *dataset); /* NULL: unknown */
} hr_dataset_type;

/* The head of every dataset. */
struct hr_dataset {
  hr_resource resource;
  const hr_dataset_type *type;
  int32_t width; /* tensors of an element */
  hr_dtype *dtypes;
  hr_partial_shape *shapes;
  int32_t num_inputs;
  hr_dataset **inputs; /* a reference to each */
  hr_resource *shared; /* what its iterators share (hr_iterator_shared); NULL: nothing yet */
};

/* The head of every iterator. */
struct hr_iterator {
  hr_dataset *dataset; /* a reference */
  hr_pipeline *pipeline;
  hr_iterator *input; /* of types that open their input */
  bool is_optimized;  /* OptimizeDataset stands above */
  uint64_t path;      /* below it, but not in what functions make: the place in the pipeline, which is the same for all
                         passes over one input; else 0 */
};

extern const hr_resource_type hr_dataset_resource;

/* A dataset of `size` bytes (zeroed behind the head) with references to its inputs; `dtypes` and `shapes` are copied.
 * ResourceExhausted. */
HR_MUST_USE hr_status hr_dataset_new(const hr_dataset_type *type, size_t size, int32_t width, const int32_t *dtypes,
                                     const hr_partial_shape *shapes, int32_t num_inputs, hr_dataset *const *inputs,
                                     hr_dataset **out);
static inline hr_dataset *hr_dataset_ref(hr_dataset *dataset) {
  hr_resource_ref(&dataset->resource);
  return dataset;
}
static inline void hr_dataset_unref(hr_dataset *dataset) {
  if (dataset) hr_resource_unref(&dataset->resource);
}
/* The dataset in a variant scalar, borrowed. InvalidArgument where there is none. */
HR_MUST_USE hr_status hr_dataset_of(const hr_tensor *variant, hr_dataset **out);
int64_t hr_dataset_cardinality(const hr_dataset *dataset);

/* An iterator at the beginning: the outermost of a pipeline, which must outlive it; over an input of another iterator's
 * dataset; over a dataset that stands in place of another iterator's; over one that another iterator's function made.
 */
HR_MUST_USE hr_status hr_iterator_open(hr_dataset *dataset, hr_pipeline *pipeline, hr_iterator **out);
HR_MUST_USE hr_status hr_iterator_open_input(const hr_iterator *parent, int32_t index, hr_iterator **out);
HR_MUST_USE hr_status hr_iterator_open_fused(const hr_iterator *parent, hr_dataset *dataset, hr_iterator **out);
HR_MUST_USE hr_status hr_iterator_open_made(const hr_iterator *parent, hr_dataset *dataset, hr_iterator **out);
/* NULL is allowed. */
void hr_iterator_close(hr_iterator *iterator);

/* The next element, the caller's then: iterator->dataset->width tensors, overwritten. */
static inline HR_MUST_USE hr_status hr_iterator_next(hr_iterator *iterator, hr_pull *pull, hr_tensor *element,
                                                     bool *end) {
  *end = false;
  return iterator->dataset->type->next(iterator, pull, element, end);
}

/* Whether the next element can be had without waiting for a queue, the host program or others beyond the pipeline. */
static inline bool hr_iterator_is_ready(const hr_iterator *iterator) {
  if (!atomic_load_explicit(&iterator->pipeline->may_wait, memory_order_relaxed)) return true;
  return iterator->dataset->type->is_ready && iterator->dataset->type->is_ready(iterator);
}

/* What all iterators over the dataset share, such as the generator that gives each pass its seeds: made by
 * make(dataset) at first use. TensorFlow's optimizer takes the pipeline to pieces and makes each place in it a dataset
 * of its own: so below it the iterators of one place share. `*out` is a reference. */
HR_MUST_USE hr_status hr_iterator_shared(const hr_iterator *iterator, hr_resource_maker make, hr_resource **out);

/* Unimplemented where some iterator below cannot be saved. */
HR_MUST_USE hr_status hr_iterator_save(hr_iterator *iterator, hr_state_writer *writer);
/* DataLoss or InvalidArgument for a state of another dataset. */
HR_MUST_USE hr_status hr_iterator_restore(hr_iterator *iterator, hr_state_reader *reader);

/* ---- elements ---------------------------------------------------------------------------------------------------- */

static inline void hr_element_clear(hr_tensor *element, int32_t width) {
  for (int32_t i = 0; i < width; ++i)
    hr_tensor_clear(&element[i]);
}
/* Shares the buffers. */
static inline void hr_element_copy(const hr_tensor *from, hr_tensor *to, int32_t width) {
  for (int32_t i = 0; i < width; ++i)
    hr_tensor_copy(&from[i], &to[i]);
}
/* Moves it; `from` is left empty. */
static inline void hr_element_move(hr_tensor *from, hr_tensor *to, int32_t width) {
  for (int32_t i = 0; i < width; ++i) {
    to[i] = from[i];
    from[i] = (hr_tensor){0};
  }
}

#endif
