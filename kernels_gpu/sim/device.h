/* A simulated accelerator: one card, as a session sees it. */
#ifndef HR_KERNELS_GPU_SIM_DEVICE_H
#define HR_KERNELS_GPU_SIM_DEVICE_H

#include "kernels_gpu/sim/card.h"
#include "runtime/device/device.h"

typedef struct sim_device {
  hr_device base; /* first */
  sim_card *card;
} sim_device;

/* hr_device.compute, copy_in and copy_out (compute.c). */
HR_MUST_USE hr_status sim_compute(hr_device *self, const hr_kernel_def *kernel, hr_kernel_context *ctx);
HR_MUST_USE hr_status sim_copy_in(hr_device *self, const hr_tensor *host, hr_tensor *device);
HR_MUST_USE hr_status sim_copy_out(hr_device *self, const hr_tensor *device, hr_allocator *allocator, hr_tensor *host);

#endif
