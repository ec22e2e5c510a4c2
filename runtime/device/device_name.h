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

/* True where no part is given differently by both. */
bool hr_device_names_agree(const hr_device_name *a, const hr_device_name *b);
/* Gives `into` the parts that `other` adds. InvalidArgument "Cannot merge devices with incompatible ids: 'A' and 'B'"
 * where they do not agree; `soft` takes types and numbers that do not agree out instead. */
HR_MUST_USE hr_status hr_device_name_merge(hr_device_name *into, const hr_device_name *other, bool soft);

/* Room for the text of any name. */
#define HR_DEVICE_NAME_TEXT 192
/* The parts that are given, "/job:worker/task:1/device:GPU:*". Writes to `text` and returns it. */
char *hr_device_name_text(const hr_device_name *name, char *text);

#endif
