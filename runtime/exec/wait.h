/* Asynchronous kernels in a walk: the calling thread waits for them, as nothing else is left to do (plan/waits.c). */
#ifndef HR_RUNTIME_EXEC_WAIT_H
#define HR_RUNTIME_EXEC_WAIT_H

#include "runtime/exec/step.h"

/* Runs the kernel; costs no more than a call where it answers at once. Cancelling the step, and the host's hook, end
 * the wait. */
HR_MUST_USE hr_status hr_compute_waiting(hr_kernel_context *context);

#endif
