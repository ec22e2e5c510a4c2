/* Timestamp. */
#include "headrace/kernel.h"
#include "runtime/base/clock.h"

static hr_status timestamp(hr_kernel_context *ctx) {
  *hr_output_slot(ctx, 0) = hr_tensor_f64((double)hr_now_micros() / 1e6);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Timestamp", .flags = HR_KERNEL_CHEAP, .compute = timestamp);
