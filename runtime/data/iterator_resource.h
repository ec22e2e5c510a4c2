/* Iterators as the graph knows them: resources that IteratorV2, OneShotIterator and the like give handles of. They are
 * empty until they are initialised, and may be initialised again. Any thread may ask for elements; one at a time is
 * served. */
#ifndef HR_RUNTIME_DATA_ITERATOR_RESOURCE_H
#define HR_RUNTIME_DATA_ITERATOR_RESOURCE_H

#include "runtime/data/dataset.h"
#include "runtime/resource/resource_manager.h"

typedef struct hr_iterator_resource hr_iterator_resource;

extern const hr_resource_type hr_iterator_resource_type;

/* What its node says of it. `factory` (NULL: none) is the function whose dataset it takes when it is first asked. */
typedef struct hr_iterator_spec {
  const char *container, *name;
  int32_t width;
  const int32_t *dtypes;
  const hr_partial_shape *shapes;
  hr_graph *graph; /* of the factory */
  const hr_function_attr *factory;
} hr_iterator_spec;

/* With one reference. All is copied, but for the factory, whose graph is kept. */
HR_MUST_USE hr_status hr_iterator_resource_new(const hr_iterator_spec *spec, hr_iterator_resource **out);
/* The one that a handle leads to, borrowed from it. */
HR_MUST_USE hr_status hr_iterator_resource_of(const hr_tensor *handle, hr_iterator_resource **out);
static inline void hr_iterator_resource_unref(hr_iterator_resource *iterator) {
  hr_resource_unref((hr_resource *)iterator);
}

int32_t hr_iterator_resource_width(const hr_iterator_resource *iterator);
/* Where managers keep it. One whose name is empty is kept by none yet: `publish` gives it a name and `manager` a
 * reference, which DestroyResourceOp ends. */
HR_MUST_USE hr_status hr_iterator_resource_publish(hr_iterator_resource *iterator, hr_resource_manager *manager);
const char *hr_iterator_resource_container(const hr_iterator_resource *iterator);
const char *hr_iterator_resource_name(const hr_iterator_resource *iterator);
/* InvalidArgument where elements of these dtypes and shapes are not the iterator's; nothing is checked where there are
 * none. The text says that the iterator's were expected, or, `of_reader`, these. */
HR_MUST_USE hr_status hr_iterator_resource_check(const hr_iterator_resource *iterator, bool of_reader, int32_t width,
                                                 const int32_t *dtypes, const hr_partial_shape *shapes);

/* ---- turns ------------------------------------------------------------------------------------------------------- */

/* What a kernel does with an iterator: in its turn, alone. `pull` is how elements are asked for. */
typedef hr_status (*hr_iterator_work)(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull);

/* Does the work of a kernel, on its thread where nobody else has the turn and the work needs not wait: true, and
 * `*status` says how it went. Otherwise it answers false, and a thread of the iterator's does the work of all those who
 * wait, one after the other; `done(argument, status)` follows there. `asks` tells that the work asks for an element,
 * which may wait for what others do. A run that is cancelled leaves the line with Cancelled. */
HR_MUST_USE bool hr_iterator_resource_do(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_iterator_work work,
                                         bool asks, hr_done_function done, void *argument, hr_status *status);

/* All below are called in the turn. */

/* Begins with a dataset, for a kernel that runs. InvalidArgument for elements of other dtypes or shapes. */
HR_MUST_USE hr_status hr_iterator_resource_start(hr_kernel_context *ctx, hr_iterator_resource *iterator,
                                                 hr_dataset *dataset);
/* The next element. FailedPrecondition before it was initialised; Cancelled with the step. */
HR_MUST_USE hr_status hr_iterator_resource_next(hr_kernel_context *ctx, hr_iterator_resource *iterator, hr_pull *pull,
                                                hr_tensor *element, bool *end);
HR_MUST_USE hr_status hr_iterator_resource_save(hr_kernel_context *ctx, hr_iterator_resource *iterator,
                                                hr_state_writer *writer);
/* Of a state of the dataset that it was started with. */
HR_MUST_USE hr_status hr_iterator_resource_restore(hr_kernel_context *ctx, hr_iterator_resource *iterator,
                                                   hr_state_reader *reader);

#endif
