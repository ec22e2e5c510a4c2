/* Objects of a session that ops share (queues, readers, barriers), and the handles by which they find them: a counted
 * pointer (dtype resource), or, in ops of the first generation, a reference to a vector of two strings, container and
 * name. Both lead straight to the object.
 */
#ifndef HR_RUNTIME_RESOURCE_OBJECT_HANDLE_H
#define HR_RUNTIME_RESOURCE_OBJECT_HANDLE_H

#include "runtime/resource/variable.h"

/* The name of a node's object for messages and handles: its shared_name, or "_N_" and the node's own name, where N
 * tells objects of the process apart. To be freed; NULL when out of memory. */
char *hr_object_name(const hr_kernel_construction *construction);

/* For `create` and `destroy` of kernels that make an object and hand it on, private to a session where it has no
 * shared_name. `make` gets `argument`, and is called where there is no such object yet; `name_of` says what it is
 * called. The state belongs to these functions. */
HR_MUST_USE hr_status hr_object_state_new(const hr_kernel_construction *construction, const hr_resource_type *type,
                                          hr_resource_maker make, void *argument,
                                          const char *(*name_of)(const hr_resource *object), void **state);
void hr_object_state_free(void *state);
/* The `compute` of such a kernel: output 0 is the handle, of the form that the op says. */
HR_MUST_USE hr_status hr_output_object(hr_kernel_context *ctx);
hr_resource *hr_object_of_state(void *state);

/* A reference to two strings that leads to `object`, of which it holds a reference. */
HR_MUST_USE hr_status hr_reference_handle_new(hr_resource *object, const char *container, const char *name,
                                              hr_variable **out);

/* The object of input `index`, by a handle of either form, borrowed for as long as the node runs. InvalidArgument for a
 * handle of something else. */
HR_MUST_USE hr_status hr_input_object(const hr_kernel_context *ctx, int index, const hr_resource_type *type,
                                      hr_resource **out);

#endif
