/* Objects of one step that ops share (stacks, tensor arrays), and the handles that lead to them.
 *
 * The step's resources hold each under a name of its own, so that it ends with the step. A handle is a counted pointer
 * (dtype resource), or, in older graphs, a vector of two strings, container and name, by value or by reference.
 */
#ifndef HR_KERNELS_CPU_STEP_OBJECT_H
#define HR_KERNELS_CPU_STEP_OBJECT_H

#include "runtime/resource/resource_manager.h"

/* How ops of one generation hand an object on: the `argument` of their kernels. */
typedef struct hr_handle_form {
  enum { HR_HANDLE_POINTER, HR_HANDLE_NAME, HR_HANDLE_NAME_REFERENCE } kind;
} hr_handle_form;
extern const hr_handle_form hr_handle_pointer, hr_handle_name, hr_handle_name_reference;

/* A new name for what the node makes, never used before: that of its attribute `attr`, the node's own where that is
 * empty or missing, and a number. To be freed; NULL when out of memory. */
char *hr_step_object_name(const hr_kernel_context *ctx, const char *attr);

/* Puts an object under its name into the step's resources, which take a reference of their own. */
HR_MUST_USE hr_status hr_step_object_add(hr_kernel_context *ctx, const char *container, const char *name,
                                         hr_resource *object);
/* Output `index`: a handle of an object that was added. */
HR_MUST_USE hr_status hr_step_object_output(hr_kernel_context *ctx, int index, const char *container, const char *name,
                                            hr_resource *object);

/* The object of the handle at input 0, to be given back. InvalidArgument for a handle of something else, NotFound where
 * the step has no object of that name. */
HR_MUST_USE hr_status hr_step_object_by_name(hr_kernel_context *ctx, const hr_resource_type *type, hr_resource **out);
static inline HR_MUST_USE hr_status hr_step_object_take(hr_kernel_context *ctx, const hr_resource_type *type,
                                                        hr_resource **out) {
  const hr_handle_form *form = hr_context_argument(ctx);
  if (form->kind == HR_HANDLE_POINTER) return hr_handle_get(hr_input(ctx, 0), type, out);
  return hr_step_object_by_name(ctx, type, out);
}
static inline void hr_step_object_give(hr_kernel_context *ctx, hr_resource *object) {
  const hr_handle_form *form = hr_context_argument(ctx);
  if (form->kind != HR_HANDLE_POINTER) hr_resource_unref(object);
}

#endif
