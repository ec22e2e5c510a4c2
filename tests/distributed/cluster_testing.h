/* A cluster of servers in this process, on free ports of the loopback interface. */
#ifndef HR_TESTS_DISTRIBUTED_CLUSTER_TESTING_H
#define HR_TESTS_DISTRIBUTED_CLUSTER_TESTING_H

#include "tests/distributed/transport_testing.h"

#include "headrace/headrace.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_SERVERS 4

typedef struct cluster {
  int num_ps, num_workers;
  hr_server *ps[MAX_SERVERS], *workers[MAX_SERVERS];
  char text[512]; /* "ps=...;worker=..." */
} cluster;

/* Ports that nobody listens on, and that the system gives to nobody who asks for any port until the sockets are closed.
 * Servers, which set SO_REUSEADDR, can listen at them. */
static inline void hold_ports(int count, int *sockets, int *ports) {
  for (int i = 0; i < count; ++i) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int yes = 1;
    sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(setsockopt(sockets[i], SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
    assert_int_equal(bind(sockets[i], (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(sockets[i], (struct sockaddr *)&address, &length), 0);
    ports[i] = ntohs(address.sin_port);
  }
}

static inline hr_server *start_server(const char *text, const char *job, int task) {
  hr_owned_bytes def;
  hr_server *server;
  assert_ok(hr_server_def_new(text, job, task, &def));
  assert_ok(hr_server_new(def.data, def.length, NULL, &server));
  free(def.data);
  assert_ok(hr_server_start(server));
  return server;
}

static inline void cluster_start(cluster *c, int num_ps, int num_workers) {
  int sockets[2 * MAX_SERVERS], ports[2 * MAX_SERVERS];
  *c = (cluster){.num_ps = num_ps, .num_workers = num_workers};
  hold_ports(num_ps + num_workers, sockets, ports);
  size_t at = 0;
  for (int i = 0; i < num_ps + num_workers; ++i) {
    const char *before = i == 0 ? "ps=" : i == num_ps ? ";worker=" : ",";
    at += (size_t)snprintf(c->text + at, sizeof c->text - at, "%s127.0.0.1:%d", before, ports[i]);
  }
  for (int i = 0; i < num_ps; ++i)
    c->ps[i] = start_server(c->text, "ps", i);
  for (int i = 0; i < num_workers; ++i)
    c->workers[i] = start_server(c->text, "worker", i);
  for (int i = 0; i < num_ps + num_workers; ++i)
    close(sockets[i]);
}

static inline void cluster_stop(cluster *c) {
  for (int i = 0; i < c->num_workers; ++i)
    hr_server_free(c->workers[i]);
  for (int i = 0; i < c->num_ps; ++i)
    hr_server_free(c->ps[i]);
}

/* A graph and a session at a server. */
typedef struct client {
  hr_graph *graph;
  hr_builder *builder;
  hr_scope s;
  hr_session *session;
} client;

static inline client client_new(const char *target) {
  client c = {.graph = hr_graph_new()};
  c.builder = hr_builder_new(c.graph);
  c.s = hr_builder_root(c.builder);
  assert_ok(hr_session_new(c.graph, &(hr_session_options){.target = target}, &c.session));
  return c;
}

static inline void client_free(client *c) {
  assert_ok(hr_builder_status(c->builder));
  hr_session_free(c->session);
  hr_builder_free(c->builder);
  hr_graph_unref(c->graph);
}

static inline float value_of(client *c, hr_output output) {
  hr_tensor value;
  assert_ok(hr_builder_status(c->builder));
  assert_ok(hr_evaluate(c->session, output, &value));
  assert_int_equal(hr_tensor_dtype(&value), HR_FLOAT);
  float result = *(float *)hr_tensor_data(&value);
  hr_tensor_clear(&value);
  return result;
}

/* A float variable on a device, and what initialises it. */
static inline hr_output variable_on(client *c, const char *device, const char *name, float value, hr_node **init) {
  hr_scope s = hr_device_scope(c->s, device);
  hr_output variable = hr_variable_v2(s, HR_SHAPE(), HR_FLOAT, .name = name);
  *init = hr_assign(s, variable, hr_constant_f32(s, value)).node;
  hr_scope_close(s);
  assert_ok(hr_builder_status(c->builder));
  return variable;
}

#endif
