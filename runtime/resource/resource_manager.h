/* Resource managers: named, counted objects that outlive runs (variables, queues, tables, readers), kept in containers.
 */
#ifndef HR_RUNTIME_RESOURCE_RESOURCE_MANAGER_H
#define HR_RUNTIME_RESOURCE_RESOURCE_MANAGER_H

#include "headrace/kernel.h"
#include "runtime/tensor/resource.h"

/* A manager whose unnamed container is called `default_container` ("localhost" in TensorFlow); NULL when out of memory.
 */
hr_resource_manager *hr_resource_manager_new(const char *default_container);
hr_resource_manager *hr_resource_manager_ref(hr_resource_manager *manager);
/* The last reference drops every resource. NULL is allowed. */
void hr_resource_manager_unref(hr_resource_manager *manager);

/* All below are safe from any thread. `container` NULL or "" is the default one. Names are unique by (container, type,
 * name). `*out` is a reference that the caller releases. */

/* Makes a resource with one reference, or an error. Runs under the manager's lock: it must not call the manager. */
typedef hr_status (*hr_resource_maker)(void *argument, hr_resource **out);

/* NotFound where there is none. */
HR_MUST_USE hr_status hr_resource_lookup(hr_resource_manager *manager, const char *container,
                                         const hr_resource_type *type, const char *name, hr_resource **out);
/* The one that is there, or else a new one by `make`. InvalidArgument for a malformed container name. */
HR_MUST_USE hr_status hr_resource_lookup_or_create(hr_resource_manager *manager, const char *container,
                                                   const hr_resource_type *type, const char *name,
                                                   hr_resource_maker make, void *argument, hr_resource **out);
/* Adds `resource` (taking a reference of its own); AlreadyExists where the name is taken. */
HR_MUST_USE hr_status hr_resource_add(hr_resource_manager *manager, const char *container, const char *name,
                                      hr_resource *resource);
/* NotFound where there is none. */
HR_MUST_USE hr_status hr_resource_delete(hr_resource_manager *manager, const char *container,
                                         const hr_resource_type *type, const char *name);
/* The same of this very resource, whatever its name. */
HR_MUST_USE hr_status hr_resource_remove(hr_resource_manager *manager, const hr_resource *resource);
/* Drops all resources of a container; one that does not exist is empty already. */
void hr_resource_clear_container(hr_resource_manager *manager, const char *container);
int64_t hr_resource_count(hr_resource_manager *manager);

/* The resource that a stateful node stands for: its attributes `container` and `shared_name`, its own name where that
 * is empty. Looked up or made as above. */
HR_MUST_USE hr_status hr_resource_of_node(const hr_kernel_construction *construction, const hr_resource_type *type,
                                          hr_resource_maker make, void *argument, hr_resource **out);
/* The same for what TensorFlow keeps to one session unless a shared_name says otherwise: queues, readers, tables. */
HR_MUST_USE hr_status hr_resource_of_private_node(const hr_kernel_construction *construction,
                                                  const hr_resource_type *type, hr_resource_maker make, void *argument,
                                                  hr_resource **out);

#endif
