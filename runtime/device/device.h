/* Devices: where kernels run and tensors live. The CPU is one; others register a factory. */
#ifndef HR_RUNTIME_DEVICE_DEVICE_H
#define HR_RUNTIME_DEVICE_DEVICE_H

#include "headrace/session.h"
#include "headrace/tensor.h"
#include "runtime/device/thread_pool.h"

typedef struct hr_device hr_device;
struct hr_device {
  const char *type;        /* "CPU": what kernels are registered for */
  int32_t preference;      /* of two types that have a kernel, a node that may choose takes the one with more */
  char name[64];           /* "/job:localhost/replica:0/task:0/device:CPU:0" */
  int64_t memory_limit;    /* as the device tells clients */
  uint64_t incarnation;    /* random, not 0 */
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

#define HR_MAX_DEVICES 64

/* The devices of a session, the CPU first. */
typedef struct hr_device_set {
  int32_t count;
  hr_device *devices[HR_MAX_DEVICES];
} hr_device_set;

/* Makes the set by the session's options; ends with hr_device_set_clear. */
HR_MUST_USE hr_status hr_device_set_init(hr_device_set *set, const hr_session_options *options);
void hr_device_set_clear(hr_device_set *set);

/* CPU devices. They share the cores, and so one pool: the process's, or one of their own (use_per_session_threads, or a
 * thread count). NotFound where the options want none. */
HR_MUST_USE hr_status hr_cpu_devices_add(hr_device_set *set, const hr_session_options *options);

#endif
