/* Resources: counted objects that tensors of dtype resource point to, and resource managers keep under names. */
#ifndef HR_RUNTIME_TENSOR_RESOURCE_H
#define HR_RUNTIME_TENSOR_RESOURCE_H

#include "headrace/tensor.h"
#include <stdatomic.h>

typedef struct hr_resource hr_resource;
struct hr_kernel_context;

/* One kind of resource; its address is its identity. */
typedef struct hr_resource_type {
  const char *name; /* "Variable", for messages */
  void (*destroy)(hr_resource *resource);
  /* May be NULL. The manager that kept it lets it go (its step or its container ends), though handles may still hold
   * it: it gives up at once what must not outlive that, and refuses what is asked of it from then on. */
  void (*end)(hr_resource *resource);
  bool (*drop)(hr_resource *resource); /* lets go of what it holds; false where it held nothing. NULL: cannot */
  /* What ZerosLike and AddN make of variants that hold it; NULL: they refuse. `*out` is overwritten. */
  hr_status (*zeros_like)(struct hr_kernel_context *context, const hr_resource *like, hr_tensor *out);
  hr_status (*sum)(struct hr_kernel_context *context, const hr_resource *a, const hr_resource *b, hr_tensor *out);
} hr_resource_type;

/* The head of every resource. */
struct hr_resource {
  const hr_resource_type *type;
  _Atomic int32_t references;
};

/* A resource is born with one reference, its maker's. */
static inline void hr_resource_init(hr_resource *resource, const hr_resource_type *type) {
  resource->type = type;
  atomic_init(&resource->references, 1);
}
static inline hr_resource *hr_resource_ref(hr_resource *resource) {
  atomic_fetch_add_explicit(&resource->references, 1, memory_order_relaxed);
  return resource;
}
/* NULL is allowed. */
static inline void hr_resource_unref(hr_resource *resource) {
  if (resource && atomic_fetch_sub_explicit(&resource->references, 1, memory_order_acq_rel) == 1)
    resource->type->destroy(resource);
}

/* A handle: a scalar of dtype resource that holds a reference to `resource`. `*out` is overwritten. */
HR_MUST_USE hr_status hr_handle_new(hr_resource *resource, hr_tensor *out);
/* The resource a handle points to, borrowed from it. InvalidArgument for a tensor that is no handle of one of `type`.
 */
HR_MUST_USE hr_status hr_handle_get(const hr_tensor *handle, const hr_resource_type *type, hr_resource **out);

/* A variant: a scalar of dtype variant that holds a reference to an object. `*out` is overwritten. */
HR_MUST_USE hr_status hr_variant_new(hr_resource *object, hr_tensor *out);
/* The object in a variant, borrowed from it. InvalidArgument for a tensor that holds no object of `type`. */
HR_MUST_USE hr_status hr_variant_get(const hr_tensor *variant, const hr_resource_type *type, hr_resource **out);

#endif
