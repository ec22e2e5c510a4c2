/* In which memory the arguments of a node are. */
#ifndef HR_RUNTIME_PLAN_MEMORY_H
#define HR_RUNTIME_PLAN_MEMORY_H

#include "headrace/kernel.h"
#include "runtime/graph/op_def.h"
#include <string.h>

/* True where an input or output is in host memory, whatever the device: the op says so, or the kernel does, or its
 * elements are no plain bytes. */
static inline bool hr_argument_is_host(const hr_kernel_def *kernel, const hr_arg_def *argument, hr_dtype dtype) {
  if (argument->host_memory || !hr_dtype_is_plain(hr_dtype_base(dtype))) return true;
  for (const char *const *name = kernel->host_memory; name && *name; ++name)
    if (strcmp(*name, argument->name) == 0) return true;
  return false;
}

#endif
