/* The kernels of simulated accelerators: those of the CPU, for the ops and types that kernels.txt lists. */
#ifndef HR_KERNELS_GPU_SIM_KERNELS_H
#define HR_KERNELS_GPU_SIM_KERNELS_H

#include "headrace/kernel.h"

#define SIM_DEVICE_TYPE "GPU"

/* A line of kernels.txt for one op. */
typedef struct sim_kernel {
  const char *op;
  hr_kernel_types types[4];
  const char *const *host_memory; /* NULL-ended; NULL: none */
} sim_kernel;
extern const sim_kernel sim_kernels[];
extern const int sim_kernels_count;

/* Registers them, once in a process. ResourceExhausted. */
HR_MUST_USE hr_status sim_kernels_register(void);

#endif
