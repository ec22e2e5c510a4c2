/* A server that takes whatever bytes a client sends behind the usual first ones, and ends the connection when they do.
 */
#include "distributed/http2/connection.h"
#include "distributed/rpc_server.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void echo(void *unused, hr_rpc *rpc) {
  (void)unused;
  hr_slices request = *hr_rpc_request(rpc);
  *hr_rpc_request(rpc) = (hr_slices){0};
  hr_rpc_reply(rpc, HR_SUCCESS, &request);
}

static int32_t server_port(void) {
  static hr_rpc_server *server;
  static const hr_rpc_method methods[] = {{"/test/Echo", echo, NULL, true}};
  if (!server) {
    hr_rpc_server_options options = {
        .host = "localhost", .max_message = 1 << 20, .method_count = 1, .methods = methods};
    if (hr_rpc_server_new(&options, &server) || hr_rpc_server_start(server)) abort();
  }
  return hr_rpc_server_port(server);
}

static void send_all(int fd, const void *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) return; /* the server has heard enough */
    bytes = (const char *)bytes + sent;
    length -= (size_t)sent;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static const char beginning[] = HR_H2_PREFACE "\0\0\0\4\0\0\0\0\0";
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)server_port()), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to)) abort();
  struct linger at_once = {1, 0}; /* thousands of connections in TIME_WAIT would use up the ports */
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  send_all(fd, beginning, sizeof beginning - 1);
  send_all(fd, bytes, length);
  shutdown(fd, SHUT_WR);
  char answer[4096];
  while (recv(fd, answer, sizeof answer, 0) > 0)
    continue;
  close(fd);
  return 0;
}
