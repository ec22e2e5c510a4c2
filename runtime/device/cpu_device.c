#include "runtime/device/device.h"
#include <pthread.h>
#include <stdlib.h>

typedef struct cpu_device {
  hr_device base;
  hr_thread_pool *own_pool; /* NULL where the process's is used */
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

hr_status hr_cpu_device_new(const hr_session_options *options, hr_device **out) {
  cpu_device *device = calloc(1, sizeof *device);
  if (!device) return hr_error_out_of_memory(sizeof *device, "a CPU device");
  device->base = (hr_device){.type = "CPU",
                             .name = "/job:localhost/replica:0/task:0/device:CPU:0",
                             .allocator = hr_cpu_allocator(),
                             .host_memory = true,
                             .destroy = cpu_device_destroy};
  int threads = options->intra_op_threads;
  if (threads > 0 || options->use_per_session_threads) {
    hr_status status = hr_thread_pool_new(threads > 0 ? threads : hr_core_count(), &device->own_pool);
    if (status) {
      free(device);
      return status;
    }
    device->base.pool = device->own_pool;
  } else {
    pthread_once(&process_pool_once, make_process_pool);
    device->base.pool = process_pool;
  }
  *out = &device->base;
  return HR_SUCCESS;
}

hr_status hr_device_set_init(hr_device_set *set, const hr_session_options *options) {
  *set = (hr_device_set){0};
  HR_TRY(hr_cpu_device_new(options, &set->devices[0]));
  set->count = 1;
  return HR_SUCCESS;
}

void hr_device_set_clear(hr_device_set *set) {
  for (int32_t i = 0; i < set->count; ++i)
    set->devices[i]->destroy(set->devices[i]);
  set->count = 0;
}
