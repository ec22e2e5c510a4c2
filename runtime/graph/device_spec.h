/* Device names as tf.DeviceSpec reads, merges and writes them. */
#ifndef HR_RUNTIME_GRAPH_DEVICE_SPEC_H
#define HR_RUNTIME_GRAPH_DEVICE_SPEC_H

#include "runtime/base/text.h"

/* Views into the text that was parsed. */
typedef struct hr_device_spec {
  bool has_job, has_replica, has_task, has_type, has_index;
  hr_view job, type;
  int64_t replica, task, index;
} hr_device_spec;

/* "/job:worker/replica:0/task:1/device:GPU:0", every part optional, "cpu:0" and "gpu" in any case without "device:",
 * "*" for any index. The same part twice: the last counts, but two device types are InvalidArgument, as are unknown
 * parts and indices that are no numbers. */
HR_MUST_USE hr_status hr_device_spec_parse(const char *text, hr_device_spec *out);

/* Parts of `inner` where it has them, of `outer` elsewhere. */
hr_device_spec hr_device_spec_merge(const hr_device_spec *outer, const hr_device_spec *inner);

/* The canonical text, "" for a spec without parts. */
void hr_device_spec_text(const hr_device_spec *spec, hr_text *text);

#endif
