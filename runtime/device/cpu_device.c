#include "runtime/device/device.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct cpu_device {
  hr_device base;
  hr_thread_pool *own_pool; /* of the first device; NULL where the process's is used */
} cpu_device;

/* The pool of all sessions that do not ask for their own: made once, never freed, as its workers may be in use at exit.
 */
static hr_thread_pool *process_pool;
static pthread_once_t process_pool_once = PTHREAD_ONCE_INIT;

static void make_process_pool(void) {
  hr_status status = hr_thread_pool_new(hr_core_count(), &process_pool);
  hr_status_free(status); /* without a pool everything runs on the calling thread */
}

static void cpu_device_destroy(hr_device *self) {
  cpu_device *device = (cpu_device *)self;
  hr_thread_pool_free(device->own_pool);
  free(device);
}

static hr_status add_cpu(hr_device_set *set, hr_thread_pool *pool, hr_thread_pool *own_pool) {
  cpu_device *device = calloc(1, sizeof *device);
  if (!device) {
    hr_thread_pool_free(own_pool);
    return hr_error_out_of_memory(sizeof *device, "a CPU device");
  }
  device->own_pool = own_pool;
  device->base = (hr_device){.type = "CPU",
                             .memory_limit = INT64_C(256) << 20,
                             .incarnation = hr_new_incarnation(),
                             .allocator = hr_cpu_allocator(),
                             .host_memory = true,
                             .pool = pool,
                             .destroy = cpu_device_destroy};
  snprintf(device->base.name, sizeof device->base.name, "/job:localhost/replica:0/task:0/device:CPU:%d", set->count);
  set->devices[set->count++] = &device->base;
  return HR_SUCCESS;
}

hr_status hr_cpu_devices_add(hr_device_set *set, const hr_session_options *options) {
  int32_t count = options->cpu_devices ? options->cpu_devices : 1;
  if (count < 0) return hr_error(HR_NOT_FOUND, "No CPU devices are available in this process");
  if (count > HR_MAX_DEVICES)
    return hr_error(HR_RESOURCE_EXHAUSTED, "%d CPU devices were asked for; the most is %d", count, HR_MAX_DEVICES);
  hr_thread_pool *pool, *own_pool = NULL;
  int threads = options->intra_op_threads;
  if (threads > 0 || options->use_per_session_threads) {
    HR_TRY(hr_thread_pool_new(threads > 0 ? threads : hr_core_count(), &own_pool));
    pool = own_pool;
  } else {
    pthread_once(&process_pool_once, make_process_pool);
    pool = process_pool;
  }
  for (int32_t i = 0; i < count; ++i)
    HR_TRY(add_cpu(set, pool, i == 0 ? own_pool : NULL));
  return HR_SUCCESS;
}
