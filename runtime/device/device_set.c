#include "runtime/base/clock.h"
#include "runtime/device/device.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#define MAX_FACTORIES 8

static const hr_device_factory *factories[MAX_FACTORIES];
static int num_factories;

void hr_register_device_factory(const hr_device_factory *factory) {
  if (num_factories < MAX_FACTORIES) factories[num_factories++] = factory;
}

/* At the cost of one random number for the process. */
uint64_t hr_new_incarnation(void) {
  static _Atomic uint64_t next;
  uint64_t number = atomic_load_explicit(&next, memory_order_relaxed);
  if (number == 0) {
    uint64_t first = 0, none = 0;
    if (getrandom(&first, sizeof first, 0) != (ssize_t)sizeof first)
      first = (uint64_t)hr_monotonic_nanos() ^ (uintptr_t)&first;
    atomic_compare_exchange_strong(&next, &none, first | 1);
  }
  return atomic_fetch_add(&next, UINT64_C(0x9E3779B97F4A7C14));
}

hr_status hr_device_set_init(hr_device_set *set, const hr_session_options *options) {
  *set = (hr_device_set){0};
  hr_status status = hr_cpu_devices_add(set, options);
  for (int i = 0; i < num_factories && !status; ++i)
    status = factories[i]->add(set, options);
  if (status) hr_device_set_clear(set);
  return status;
}

int32_t hr_machine_device_count(const char *type) {
  int32_t count = strcmp(type, "CPU") == 0;
  for (int i = 0; i < num_factories; ++i)
    if (strcmp(type, factories[i]->type) == 0) count += factories[i]->count();
  return count;
}

void hr_device_set_clear(hr_device_set *set) {
  for (int32_t i = 0; i < set->count; ++i)
    set->devices[i]->destroy(set->devices[i]);
  set->count = 0;
}
