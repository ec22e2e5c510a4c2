/* Device strings: "/job:worker/replica:0/task:1/device:GPU:0", in full or in part, new and old spelling ("/gpu:0"). */
#ifndef HR_RUNTIME_DEVICE_DEVICE_NAME_H
#define HR_RUNTIME_DEVICE_DEVICE_NAME_H

#include "headrace/status.h"
#include <stdbool.h>

/* A parsed device string. Parts that are not given match anything. */
typedef struct hr_device_name {
  char job[64];          /* "" for none */
  int replica, task, id; /* -1 for none */
  char type[32];         /* upper case for CPU and GPU; "" for none */
} hr_device_name;

/* InvalidArgument "Malformed device specification 'TEXT'" for anything else; "" parses to no parts. */
HR_MUST_USE hr_status hr_device_name_parse(const char *text, hr_device_name *out);
/* True where every part that `wanted` gives is the one of `full`. */
bool hr_device_name_matches(const hr_device_name *wanted, const hr_device_name *full);

#endif
