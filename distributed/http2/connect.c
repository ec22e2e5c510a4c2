/* Addresses to sockets, for clients. */
#include "distributed/http2/http2.h"
#include "runtime/base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 20000 /* for one address */

/* 0, or the error. */
static int connect_to(int fd, const struct addrinfo *to) {
  if (connect(fd, to->ai_addr, to->ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  struct pollfd wait = {.fd = fd, .events = POLLOUT};
  int64_t until = hr_monotonic_nanos() + PATIENCE_MS * INT64_C(1000000);
  int found;
  do
    found = poll(&wait, 1, (int)((until - hr_monotonic_nanos()) / 1000000));
  while (found < 0 && errno == EINTR && hr_monotonic_nanos() < until);
  if (found <= 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* "host:port", "[::1]:port"; the host without brackets in `host`. */
static bool split(const char *address, char *host, size_t size, const char **port) {
  const char *colon = strrchr(address, ':');
  if (!colon || !colon[1]) return false;
  size_t length = (size_t)(colon - address);
  if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
    ++address;
    length -= 2;
  }
  if (length == 0 || length >= size) return false;
  memcpy(host, address, length);
  host[length] = '\0';
  *port = colon + 1;
  return true;
}

int hr_http2_connect(const char *address, hr_text *why) {
  char host[256];
  const char *port;
  if (!split(address, host, sizeof host, &port)) {
    hr_text_printf(why, "%s is no address of the form host:port", address);
    return -1;
  }
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *all = NULL;
  int error = getaddrinfo(host, port, &hints, &all);
  if (error) {
    hr_text_printf(why, "%s", gai_strerror(error));
    return -1;
  }
  int connected = -1;
  for (const struct addrinfo *to = all; to && connected < 0; to = to->ai_next) {
    int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);
    int failed = fd < 0 ? errno : connect_to(fd, to);
    if (!failed) {
      connected = fd;
      continue;
    }
    why->length = 0;
    hr_text_printf(why, "%s", strerror(failed));
    if (fd >= 0) close(fd);
  }
  freeaddrinfo(all);
  return connected;
}
