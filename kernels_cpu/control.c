/* Nodes that only order others. */
#include "headrace/kernel.h"

static hr_status no_op(hr_kernel_context *ctx) {
  (void)ctx;
  return HR_SUCCESS;
}
HR_KERNEL(.op = "NoOp", .compute = no_op, .flags = HR_KERNEL_CHEAP);
