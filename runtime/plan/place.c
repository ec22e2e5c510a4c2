#include "runtime/base/log.h"
#include "runtime/device/device_name.h"
#include "runtime/plan/kernel_registry.h"
#include "runtime/plan/plan.h"
#include <stdio.h>

static hr_status no_device(const hr_plan_request *request, const hr_node *node) {
  hr_text names = {0};
  for (int32_t i = 0; i < request->devices->count; ++i)
    hr_text_printf(&names, "%s%s", i ? ", " : "", request->devices->devices[i]->name);
  hr_status status =
      hr_error(HR_INVALID_ARGUMENT,
               "Cannot assign a device for operation %s: node was explicitly assigned to %s but "
               "available devices are [ %s ]. Make sure the device specification refers to a valid device.",
               node->name, node->device, names.data ? names.data : "");
  hr_text_free(&names);
  return hr_status_at_node(status, node->name, node->op->name, node->where);
}

/* Twice, as TensorFlow does. */
static void log_placement(const hr_plan_request *request, const hr_node *node, const hr_device *device) {
  if (!request->log_device_placement) return;
  printf("%s: (%s): %s\n", node->name, node->op->name, device->name);
  HR_LOG(HR_LOG_INFO, "%s: (%s): %s", node->name, node->op->name, device->name);
}

/* The first device that the name allows and that has a kernel; `*matched` says whether any device fits the name. */
static bool choose(const hr_plan_request *request, const hr_node *node, const hr_device_name *wanted, bool *matched,
                   hr_device **device, const hr_kernel_def **kernel) {
  *matched = false;
  for (int32_t i = 0; i < request->devices->count; ++i) {
    hr_device *candidate = request->devices->devices[i];
    hr_device_name full;
    hr_status status = hr_device_name_parse(candidate->name, &full);
    if (status) {
      hr_status_free(status);
      continue;
    }
    if (!hr_device_name_matches(wanted, &full)) continue;
    *matched = true;
    *kernel = hr_kernel_lookup(node, candidate->type);
    if (*kernel) {
      *device = candidate;
      return true;
    }
  }
  return false;
}

hr_status hr_plan_place(const hr_plan_request *request, const hr_node *node, hr_device **device,
                        const hr_kernel_def **kernel) {
  if (!node->device[0]) { /* the common case: the first device, the CPU, has kernels for everything */
    *device = request->devices->devices[0];
    HR_TRY(hr_kernel_find(node, (*device)->type, kernel));
    log_placement(request, node, *device);
    return HR_SUCCESS;
  }
  hr_device_name wanted;
  hr_status status = hr_device_name_parse(node->device, &wanted);
  if (status) return hr_status_at_node(status, node->name, node->op->name, node->where);
  bool matched;
  bool found = choose(request, node, &wanted, &matched, device, kernel);
  if (!found && request->allow_soft_placement) {
    wanted.type[0] = '\0';
    wanted.id = -1;
    found = choose(request, node, &wanted, &matched, device, kernel);
  }
  if (found) {
    log_placement(request, node, *device);
    return HR_SUCCESS;
  }
  if (!matched) return no_device(request, node);
  return hr_kernel_find(node, wanted.type[0] ? wanted.type : request->devices->devices[0]->type, kernel);
}
