/* The tasks of a cluster, and the channels to them. */
#ifndef HR_DISTRIBUTED_PEERS_H
#define HR_DISTRIBUTED_PEERS_H

#include "distributed/channel.h"
#include "proto/cluster.pb-c.h"

/* A task. Its text is the peers'. */
typedef struct hr_peer {
  char *name;    /* "/job:ps/replica:0/task:1" */
  char *address; /* "host:port" */
  char *job;
  int32_t task;
  hr_channel *channel;     /* NULL until it is first asked for; hr_peers.lock guards it */
  _Atomic bool one_by_one; /* its worker answers a tensor at a time: it is none of ours */
} hr_peer;

typedef struct hr_peers {
  _Atomic int32_t references;
  pthread_mutex_t lock;
  int32_t count;
  hr_peer *peers; /* by job, then by task */
  hr_tls *tls;    /* of all channels; borrowed */
} hr_peers;

/* `tls` (may be NULL) must outlive it. InvalidArgument for jobs without a name and tasks without an address. */
HR_MUST_USE hr_status hr_peers_new(const HrPb__ClusterDef *cluster, hr_tls *tls, hr_peers **out);
hr_peers *hr_peers_ref(hr_peers *peers);
/* NULL is allowed. */
void hr_peers_unref(hr_peers *peers);

/* The task whose name `text` begins with ("/job:ps/replica:0/task:1/device:CPU:0"); NULL for none. */
hr_peer *hr_peers_find(const hr_peers *peers, const char *text);
/* The channel to a task, borrowed. */
HR_MUST_USE hr_status hr_peer_channel(hr_peers *peers, hr_peer *peer, hr_channel **out);

#endif
