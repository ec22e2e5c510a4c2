/* Addresses to sockets, for servers. */
#include "distributed/http2/http2.h"
#include "distributed/loopback.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_at(const struct sockaddr *address, socklen_t size) {
  int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  int yes = 1, no = 0;
  (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address->sa_family == AF_INET6) (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (bind(fd, address, size) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  close(fd);
  return -1;
}

static int listen_v4(uint32_t host, int32_t port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(host)};
  return listen_at((const struct sockaddr *)&address, sizeof address);
}

static int listen_v6(struct in6_addr host, int32_t port) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = host};
  return listen_at((const struct sockaddr *)&address, sizeof address);
}

static int32_t port_of(int fd) {
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
  return ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

int hr_http2_listen(const char *host, int32_t *port) {
  struct in_addr v4;
  int fd = -1;
  if (!hr_is_loopback(host)) {
    fd = listen_v6(in6addr_any, *port);
    if (fd < 0) fd = listen_v4(INADDR_ANY, *port);
  } else if (strncmp(host, "127.", 4) == 0 && inet_aton(host, &v4)) {
    fd = listen_v4(ntohl(v4.s_addr), *port);
  } else if (strchr(host, ':')) {
    fd = listen_v6(in6addr_loopback, *port);
  } else {
    fd = listen_v4(INADDR_LOOPBACK, *port);
  }
  if (fd >= 0) *port = port_of(fd);
  return fd;
}
