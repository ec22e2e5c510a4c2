/* Names and addresses of this machine, which only its own programs reach. */
#ifndef HR_DISTRIBUTED_LOOPBACK_H
#define HR_DISTRIBUTED_LOOPBACK_H

#include <stdbool.h>
#include <string.h>

static inline bool hr_is_loopback(const char *host) {
  return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
         strcmp(host, "[::1]") == 0 || strcmp(host, "ip6-localhost") == 0;
}

#endif
