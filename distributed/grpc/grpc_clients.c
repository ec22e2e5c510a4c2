/* Who is connected to a server. gRPC does not say when a connection ends, but it can be asked (channelz) which ones
 * there are: every now and then those that were known to be there are looked for. */
#include "distributed/grpc/grpc_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hr_grpc_client {
  hr_grpc_client *next;
  hr_client_life *life; /* a reference */
  bool is_looked_for, is_there;
  char peer[]; /* as gRPC writes addresses */
};

static hr_grpc_client *add(hr_grpc_clients *clients, const char *peer) {
  size_t length = strlen(peer) + 1;
  hr_grpc_client *client = calloc(1, sizeof *client + length);
  if (!client) return NULL;
  memcpy(client->peer, peer, length);
  client->life = hr_client_life_new();
  client->next = clients->first;
  clients->first = client;
  return client;
}

hr_client_life *hr_grpc_clients_find(hr_grpc_clients *clients, grpc_call *call) {
  char *peer = grpc_call_get_peer(call);
  if (!peer) return NULL;
  pthread_mutex_lock(&clients->lock);
  hr_grpc_client *client = clients->first;
  while (client && strcmp(client->peer, peer) != 0)
    client = client->next;
  if (!client) client = add(clients, peer);
  hr_client_life *life = client ? hr_client_life_ref(client->life) : NULL;
  pthread_mutex_unlock(&clients->lock);
  gpr_free(peer);
  return life;
}

/* ---- channelz ---------------------------------------------------------------------------------------------------- */

/* The number in `"key":"12"`, from `*at` on, which goes behind it; -1: there is none. */
static intptr_t next_number(const char **at, const char *key) {
  const char *found = strstr(*at, key);
  if (!found) return -1;
  *at = found + strlen(key);
  return (intptr_t)strtoll(*at, NULL, 10);
}

/* Those that the list has are there: a socket's name ends in the address. */
static void note_present(hr_grpc_clients *clients, const char *sockets) {
  static const char key[] = "\"name\":\"";
  pthread_mutex_lock(&clients->lock);
  for (const char *at = strstr(sockets, key); at; at = strstr(at, key)) {
    at += sizeof key - 1;
    size_t length = strcspn(at, "\"");
    for (hr_grpc_client *c = clients->first; c; c = c->next) {
      size_t own = strlen(c->peer);
      if (own < length && at[length - own - 1] == ' ' && memcmp(at + length - own, c->peer, own) == 0)
        c->is_there = true;
    }
  }
  pthread_mutex_unlock(&clients->lock);
}

/* gRPC answers in pages. */
static void look_at_server(hr_grpc_clients *clients, intptr_t server) {
  for (intptr_t start = 0; start >= 0;) {
    char *sockets = grpc_channelz_get_server_sockets(server, start, 0);
    if (!sockets) return;
    note_present(clients, sockets);
    intptr_t last = -1;
    const char *at = sockets;
    for (intptr_t id = next_number(&at, "\"socketId\":\""); id >= 0; id = next_number(&at, "\"socketId\":\""))
      last = id;
    start = last >= 0 && !strstr(sockets, "\"end\":true") ? last + 1 : -1;
    gpr_free(sockets);
  }
}

/* At all of this process's servers: which of them is ours nobody says, and a peer has one address for each. */
static void look_at_servers(hr_grpc_clients *clients) {
  for (intptr_t start = 0; start >= 0;) {
    char *servers = grpc_channelz_get_servers(start);
    if (!servers) return;
    intptr_t last = -1;
    const char *at = servers;
    for (intptr_t id = next_number(&at, "\"serverId\":\""); id >= 0; id = next_number(&at, "\"serverId\":\"")) {
      look_at_server(clients, id);
      last = id;
    }
    start = last >= 0 && !strstr(servers, "\"end\":true") ? last + 1 : -1;
    gpr_free(servers);
  }
}

/* ---- looking for them -------------------------------------------------------------------------------------------- */

void hr_grpc_clients_look(hr_grpc_clients *clients) {
  pthread_mutex_lock(&clients->lock);
  bool is_empty = !clients->first;
  for (hr_grpc_client *c = clients->first; c; c = c->next) { /* those that come meanwhile are not judged */
    c->is_looked_for = true;
    c->is_there = false;
  }
  pthread_mutex_unlock(&clients->lock);
  if (is_empty) return;
  look_at_servers(clients);
  pthread_mutex_lock(&clients->lock);
  for (hr_grpc_client **link = &clients->first; *link;) {
    hr_grpc_client *c = *link;
    if (c->is_there || !c->is_looked_for) {
      link = &c->next;
      continue;
    }
    *link = c->next;
    hr_client_life_end(c->life);
    hr_client_life_unref(c->life);
    free(c);
  }
  pthread_mutex_unlock(&clients->lock);
}

void hr_grpc_clients_init(hr_grpc_clients *clients) {
  clients->first = NULL;
  pthread_mutex_init(&clients->lock, NULL);
}

void hr_grpc_clients_clear(hr_grpc_clients *clients) {
  while (clients->first) {
    hr_grpc_client *c = clients->first;
    clients->first = c->next;
    hr_client_life_end(c->life);
    hr_client_life_unref(c->life);
    free(c);
  }
  pthread_mutex_destroy(&clients->lock);
}
