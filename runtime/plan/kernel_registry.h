/* Which kernel runs a node on a device type. */
#ifndef HR_RUNTIME_PLAN_KERNEL_REGISTRY_H
#define HR_RUNTIME_PLAN_KERNEL_REGISTRY_H

#include "headrace/kernel.h"
#include "runtime/base/text.h"

/* The kernel of highest priority whose constraints the node's attributes meet; InvalidArgument ("No OpKernel was
 * registered to support Op ...") listing the registered ones where there is none. */
HR_MUST_USE hr_status hr_kernel_find(const hr_node *node, const char *device_type, const hr_kernel_def **out);

/* The same without an error: NULL where there is none. */
const hr_kernel_def *hr_kernel_lookup(const hr_node *node, const char *device_type);

/* Whether some kernel of the op is asynchronous, or may be kept waiting. */
bool hr_kernel_may_wait(const hr_op_def *op);

/* Adds the node's types and the registered kernels of its op, a line each: for messages. */
void hr_kernel_describe(const hr_node *node, hr_text *text);

/* Calls visit for every registered kernel: for docs and tests. */
void hr_kernel_each(void (*visit)(void *argument, const hr_kernel_def *kernel), void *argument);

#endif
