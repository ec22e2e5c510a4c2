/* Simulated accelerators, where HEADRACE_SIM_GPUS says how many cards the machine shall have. CUDA_VISIBLE_DEVICES and
 * the session's options choose among them and number them anew, as for real ones. */
#include "kernels_gpu/sim/device.h"
#include "kernels_gpu/sim/kernels.h"
#include "runtime/base/log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CARDS 16

/* Cards by their number in the machine. */
typedef struct card_list {
  int count;
  int cards[MAX_CARDS];
} card_list;

/* A number and the comma behind it, if there is one; false for anything else. */
static bool take_number(const char **text, int *out) {
  char *end;
  long number = strtol(*text, &end, 10);
  if (end == *text || (*end && *end != ',') || number < -1 || number > 1000) return false;
  *out = (int)number;
  *text = *end ? end + 1 : end;
  return true;
}

/* As CUDA reads it: the list ends before the first number that is no card's. */
static card_list choose_by_environment(const card_list *all) {
  const char *text = getenv("CUDA_VISIBLE_DEVICES");
  if (!text) return *all;
  card_list chosen = {0};
  int number;
  while (*text && chosen.count < MAX_CARDS && take_number(&text, &number) && number >= 0 && number < all->count)
    chosen.cards[chosen.count++] = all->cards[number];
  return chosen;
}

static hr_status choose_by_options(const card_list *all, const char *list, card_list *chosen) {
  *chosen = *all;
  if (!list[0]) return HR_SUCCESS;
  chosen->count = 0;
  for (const char *text = list; *text;) {
    int number;
    if (!take_number(&text, &number))
      return hr_error(HR_INVALID_ARGUMENT, "Could not parse entry in 'visible_device_list': '%s'", list);
    if (number < 0 || number >= all->count)
      return hr_error(HR_INVALID_ARGUMENT,
                      "'visible_device_list' listed an invalid GPU id '%d' but visible device count is %d", number,
                      all->count);
    for (int i = 0; i < chosen->count; ++i)
      if (chosen->cards[i] == all->cards[number])
        return hr_error(HR_INVALID_ARGUMENT, "visible_device_list contained a duplicate entry: %s", list);
    chosen->cards[chosen->count++] = all->cards[number];
  }
  return HR_SUCCESS;
}

static void destroy_device(hr_device *self) {
  hr_stream_free(self->stream);
  free(self);
}

static hr_status add_device(hr_device_set *set, const hr_session_options *options, int number, int card) {
  if (set->count == HR_MAX_DEVICES)
    return hr_error(HR_RESOURCE_EXHAUSTED, "A session has at most %d devices", HR_MAX_DEVICES);
  sim_device *device = calloc(1, sizeof *device);
  if (!device) return hr_error_out_of_memory(sizeof *device, "a simulated device");
  hr_status status = sim_card_open(card, options->gpu_memory_fraction, options->gpu_allow_growth, &device->card);
  hr_stream *stream = NULL;
  if (!status) status = hr_stream_new(&stream);
  if (status) {
    free(device);
    return status;
  }
  device->base = (hr_device){.type = SIM_DEVICE_TYPE,
                             .preference = 1,
                             .memory_limit = sim_card_limit(device->card),
                             .incarnation = hr_new_incarnation(),
                             .allocator = sim_card_memory(device->card),
                             .stream = stream,
                             .compute = sim_compute,
                             .copy_in = sim_copy_in,
                             .copy_out = sim_copy_out,
                             .destroy = destroy_device};
  snprintf(device->base.name, sizeof device->base.name, "/job:localhost/replica:0/task:0/device:GPU:%d", number);
  snprintf(device->base.description, sizeof device->base.description,
           "device: %d, name: simulated accelerator, pci bus id: 0000:%02x:00.0, compute capability: 7.0", number,
           card);
  set->devices[set->count++] = &device->base;
  HR_LOG(HR_LOG_INFO, "Creating device (%s) -> (%s), %lld MB of memory", device->base.name, device->base.description,
         (long long)(device->base.memory_limit >> 20));
  return HR_SUCCESS;
}

/* All cards that the environment lets programs see. */
static card_list find_cards(void) {
  const char *text = getenv("HEADRACE_SIM_GPUS");
  card_list all = {.count = text ? atoi(text) : 0};
  if (all.count < 0) all.count = 0;
  if (all.count > MAX_CARDS) all.count = MAX_CARDS;
  for (int i = 0; i < all.count; ++i)
    all.cards[i] = i;
  return choose_by_environment(&all);
}

static int32_t count_cards(void) { return find_cards().count; }

static hr_status add_devices(hr_device_set *set, const hr_session_options *options) {
  card_list all = find_cards(), chosen;
  if (all.count == 0 || options->gpu_devices < 0) return HR_SUCCESS;
  HR_TRY(choose_by_options(&all, options->visible_gpus, &chosen));
  if (options->gpu_devices > 0 && chosen.count > options->gpu_devices) chosen.count = options->gpu_devices;
  if (chosen.count > 0) HR_TRY(sim_kernels_register());
  for (int i = 0; i < chosen.count; ++i)
    HR_TRY(add_device(set, options, i, chosen.cards[i]));
  return HR_SUCCESS;
}

static const hr_device_factory factory = {.type = SIM_DEVICE_TYPE, .count = count_cards, .add = add_devices};
__attribute__((constructor)) static void offer_devices(void) { hr_register_device_factory(&factory); }
