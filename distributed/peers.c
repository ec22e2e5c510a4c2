#include "distributed/peers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b) {
  const hr_peer *one = a, *other = b;
  int order = strcmp(one->job, other->job);
  return order ? order : (one->task > other->task) - (one->task < other->task);
}

static hr_status add_peer(hr_peers *peers, const char *job, int32_t task, const char *address) {
  if (!job[0]) return hr_error(HR_INVALID_ARGUMENT, "A job of the cluster has no name");
  if (!address[0]) return hr_error(HR_INVALID_ARGUMENT, "Task %d of job \"%s\" has no address", task, job);
  hr_peer *peer = &peers->peers[peers->count];
  hr_text name = {0};
  hr_text_printf(&name, "/job:%s/replica:0/task:%d", job, task);
  *peer = (hr_peer){.name = hr_text_take(&name), .address = strdup(address), .job = strdup(job), .task = task};
  ++peers->count;
  return peer->name && peer->address && peer->job ? HR_SUCCESS : hr_error_out_of_memory(0, "a cluster");
}

hr_status hr_peers_new(const HrPb__ClusterDef *cluster, hr_tls *tls, hr_peers **out) {
  size_t count = 0;
  for (size_t j = 0; cluster && j < cluster->n_job; ++j)
    count += cluster->job[j]->n_tasks;
  hr_peers *peers = calloc(1, sizeof *peers);
  if (peers) peers->peers = calloc(count + 1, sizeof *peers->peers);
  if (!peers || !peers->peers) {
    free(peers);
    return hr_error_out_of_memory(count * sizeof *peers->peers, "a cluster");
  }
  atomic_init(&peers->references, 1);
  pthread_mutex_init(&peers->lock, NULL);
  peers->tls = tls;
  hr_status status = HR_SUCCESS;
  for (size_t j = 0; cluster && j < cluster->n_job && !status; ++j) {
    const HrPb__JobDef *job = cluster->job[j];
    for (size_t t = 0; t < job->n_tasks && !status; ++t)
      status = add_peer(peers, job->name, job->tasks[t]->key, job->tasks[t]->value);
  }
  if (status) {
    hr_peers_unref(peers);
    return status;
  }
  qsort(peers->peers, (size_t)peers->count, sizeof *peers->peers, by_name);
  *out = peers;
  return HR_SUCCESS;
}

hr_peers *hr_peers_ref(hr_peers *peers) {
  atomic_fetch_add(&peers->references, 1);
  return peers;
}

void hr_peers_unref(hr_peers *peers) {
  if (!peers || atomic_fetch_sub(&peers->references, 1) != 1) return;
  for (int32_t i = 0; i < peers->count; ++i) {
    hr_channel_unref(peers->peers[i].channel);
    free(peers->peers[i].name);
    free(peers->peers[i].address);
    free(peers->peers[i].job);
  }
  free(peers->peers);
  pthread_mutex_destroy(&peers->lock);
  free(peers);
}

hr_peer *hr_peers_find(const hr_peers *peers, const char *text) {
  for (int32_t i = 0; i < peers->count; ++i) {
    size_t length = strlen(peers->peers[i].name);
    if (strncmp(peers->peers[i].name, text, length) == 0 && (text[length] == '/' || text[length] == '\0'))
      return &peers->peers[i];
  }
  return NULL;
}

hr_status hr_peer_channel(hr_peers *peers, hr_peer *peer, hr_channel **out) {
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&peers->lock);
  if (!peer->channel) status = hr_channel_new(peer->address, peers->tls, &peer->channel);
  *out = peer->channel;
  pthread_mutex_unlock(&peers->lock);
  return status;
}
