/* Devices: where kernels run and tensors live. The CPU is one; others register a factory.
 *
 * A device with memory of its own works through a stream: what it is given is done in order, while the giver goes on.
 * Everything that touches its memory happens there: kernels, copies, and giving memory back, which thus may be used
 * again at once. */
#ifndef HR_RUNTIME_DEVICE_DEVICE_H
#define HR_RUNTIME_DEVICE_DEVICE_H

#include "headrace/kernel.h"
#include "headrace/session.h"
#include "runtime/device/stream.h"
#include "runtime/device/thread_pool.h"

typedef struct hr_device hr_device;
struct hr_device {
  const char *type;        /* "CPU": what kernels are registered for */
  int32_t preference;      /* of two types that have a kernel, a node that may choose takes the one with more */
  char name[64];           /* "/job:localhost/replica:0/task:0/device:CPU:0" */
  char description[128];   /* of the hardware, as logs show it; "" for the CPU */
  int64_t memory_limit;    /* as the device tells clients */
  uint64_t incarnation;    /* random, not 0 */
  hr_allocator *allocator; /* of its memory */
  bool host_memory;        /* host code may touch its memory */
  hr_thread_pool *pool;    /* of the cores that compute on it; NULL: the calling thread only */
  hr_stream *stream;       /* NULL where host_memory: then kernels run where they are called */

  /* The next three where there is a stream, and on its thread only. */

  /* Runs a kernel. NULL: by calling it. */
  hr_status (*compute)(hr_device *self, const hr_kernel_def *kernel, hr_kernel_context *ctx);
  /* A copy (`*device` is overwritten) of a tensor in host memory, in the device's. */
  hr_status (*copy_in)(hr_device *self, const hr_tensor *host, hr_tensor *device);
  /* A copy (`*host` is overwritten) of a tensor in the device's memory, in that of `allocator`. */
  hr_status (*copy_out)(hr_device *self, const hr_tensor *device, hr_allocator *allocator, hr_tensor *host);

  void (*destroy)(hr_device *self);
};

/* A number for a new device: odd, and like no other's. */
uint64_t hr_new_incarnation(void);

#define HR_MAX_DEVICES         64  /* of one process */
#define HR_MAX_CLUSTER_DEVICES 256 /* of all tasks of a session */

/* The devices of a session, the CPU first. */
typedef struct hr_device_set {
  int32_t count;
  hr_device *devices[HR_MAX_CLUSTER_DEVICES];
} hr_device_set;

/* Makes the set by the session's options: CPUs, then what the factories add. Ends with hr_device_set_clear. */
HR_MUST_USE hr_status hr_device_set_init(hr_device_set *set, const hr_session_options *options);
void hr_device_set_clear(hr_device_set *set);

/* A kind of devices. Lives for ever. */
typedef struct hr_device_factory {
  const char *type;
  int32_t (*count)(void); /* those there are */
  /* Adds as many as `options` want. */
  hr_status (*add)(hr_device_set *set, const hr_session_options *options);
} hr_device_factory;
/* For constructors: at load time, by one thread. */
void hr_register_device_factory(const hr_device_factory *factory);

/* CPU devices. They share the cores, and so one pool: the process's, or one of their own (use_per_session_threads, or a
 * thread count). NotFound where the options want none. */
HR_MUST_USE hr_status hr_cpu_devices_add(hr_device_set *set, const hr_session_options *options);

#endif
