/* Devices: where kernels run and tensors live. The CPU is one; others register a factory. */
#ifndef HR_RUNTIME_DEVICE_DEVICE_H
#define HR_RUNTIME_DEVICE_DEVICE_H

#include "headrace/session.h"
#include "headrace/tensor.h"
#include "runtime/device/thread_pool.h"

typedef struct hr_device hr_device;
struct hr_device {
  const char *type;        /* "CPU": what kernels are registered for */
  const char *name;        /* "/job:localhost/replica:0/task:0/device:CPU:0" */
  hr_allocator *allocator; /* of its memory */
  bool host_memory;        /* host code may touch its memory */
  hr_thread_pool *pool;    /* of the cores that compute on it; NULL: calling thread only */
  /* Starts a copy between the device's memory and the host's and calls `done` when it is through; NULL where
   * host_memory. */
  void (*copy_in)(hr_device *self, const hr_tensor *host, hr_tensor *device, void (*done)(void *, hr_status),
                  void *argument);
  void (*copy_out)(hr_device *self, const hr_tensor *device, hr_tensor *host, void (*done)(void *, hr_status),
                   void *argument);
  /* Waits until all work given to the device is through; NULL where kernels run synchronously. */
  hr_status (*synchronize)(hr_device *self);
  void (*destroy)(hr_device *self);
};

/* The devices of a session, the CPU first. */
typedef struct hr_device_set {
  int32_t count;
  hr_device *devices[64];
} hr_device_set;

/* Makes the set by the session's options; ends with hr_device_set_clear. */
HR_MUST_USE hr_status hr_device_set_init(hr_device_set *set, const hr_session_options *options);
void hr_device_set_clear(hr_device_set *set);

/* A CPU device over the process's pool, or over a pool of its own (use_per_session_threads, or a thread count). */
HR_MUST_USE hr_status hr_cpu_device_new(const hr_session_options *options, hr_device **out);

#endif
