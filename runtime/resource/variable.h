/* Variables: what VariableV2 makes and a Ref(T) edge carries, and what stands behind the handles of VarHandleOp. */
#ifndef HR_RUNTIME_RESOURCE_VARIABLE_H
#define HR_RUNTIME_RESOURCE_VARIABLE_H

#include "runtime/resource/resource_manager.h"
#include <pthread.h>

struct hr_variable {
  hr_resource resource;
  pthread_mutex_t lock; /* guards value */
  hr_tensor value;      /* dtype HR_INVALID while uninitialised; its bytes are always in a buffer, never inline */
  hr_dtype dtype;       /* fixed at birth */
  hr_shape shape;       /* as declared: what a first assignment that validates shapes must have */
  char *name;           /* of the node that made it, for messages */
  hr_resource *object;  /* of a handle by reference (object_handle.h): what it leads to; else NULL */
};

/* By reference, and behind handles: two types, as a name may stand for one of each. */
extern const hr_resource_type hr_variable_type, hr_resource_variable_type;

/* An uninitialised variable with one reference (hr_resource_unref(&v->resource) gives it back). ResourceExhausted. */
HR_MUST_USE hr_status hr_variable_new(const hr_resource_type *type, const char *name, hr_dtype dtype,
                                      const hr_shape *shape, hr_variable **out);

/* A tensor for a variable's value: like hr_tensor_new, but its element is in a buffer even where there is only one, so
 * that readers alias it. `*out` is overwritten. */
HR_MUST_USE hr_status hr_variable_storage(hr_allocator *allocator, hr_dtype dtype, const hr_shape *shape,
                                          hr_tensor *out);

/* The shape a value must have where shapes are validated: the value's, or the declared one. Lock held. */
hr_shape hr_variable_shape(const hr_variable *variable);

#endif
