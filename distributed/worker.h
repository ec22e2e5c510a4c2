/* A worker: the devices of a task, what it keeps, and the parts of graphs that masters have registered with it.
 *
 * Variables, queues, readers and iterators live in the worker's containers, not in sessions: whoever names them shares
 * them. Only a session that is isolated has containers of its own. Queues and readers without a shared name belong to
 * the session whose node makes them. */
#ifndef HR_DISTRIBUTED_WORKER_H
#define HR_DISTRIBUTED_WORKER_H

#include "distributed/meetings.h"
#include "proto/tensorflow_server.pb-c.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/session/prepared.h"
#include "runtime/session/run_metadata.h"

typedef struct hr_worker hr_worker;
typedef struct hr_worker_session hr_worker_session;
typedef struct hr_part hr_part;
typedef struct hr_partial_part hr_partial_part;

struct hr_worker {
  char *name; /* of the task: "/job:ps/replica:0/task:0" */
  hr_session_options options;
  hr_device_set devices;
  hr_resource_manager *resources;
  hr_meetings meetings;
  hr_peers *peers;
  hr_tls *tls;          /* of channels to the peers of sessions with a cluster of their own; borrowed */
  pthread_mutex_t lock; /* guards what follows */
  hr_worker_session *sessions;
  hr_part *parts;
  hr_partial_part *partial; /* runs whose inputs come one after the other */
  uint64_t next_part;
  _Atomic uint64_t resets; /* of containers: parts look their variables up again */
};

/* `task` as in hr_worker.name. References the peers. */
HR_MUST_USE hr_status hr_worker_new(const char *task, const hr_session_options *options, hr_peers *peers, hr_tls *tls,
                                    hr_worker **out);
/* Nothing may run any more. */
void hr_worker_free(hr_worker *worker);
/* Cancels everything that runs, and ends all steps. */
void hr_worker_stop(hr_worker *worker);
/* Empties containers: all of `names`, or the default one where there are none. */
void hr_worker_reset(hr_worker *worker, size_t count, char *const *names);

/* ---- sessions (worker_sessions.c) -------------------------------------------------------------------------------- */

struct hr_worker_session {
  hr_worker_session *next;
  hr_worker *worker; /* whose list it is in */
  bool is_implicit;  /* nobody opened it: it goes with the last part of it */
  _Atomic int32_t references;
  hr_resource_manager *resources;
  hr_resource_manager *private_resources; /* queues and the like without a shared name; NULL: among the others */
  hr_peers *peers;
  char handle[];
};

/* `server` (may be NULL) tells a cluster of the session's own. AlreadyExists. */
HR_MUST_USE hr_status hr_worker_open_session(hr_worker *worker, const char *handle, const HrPb__ServerDef *server,
                                             bool is_isolated);
/* With a reference. An empty handle is the session of those who opened none. Aborted, as this worker may have been
 * restarted, where there is none. */
HR_MUST_USE hr_status hr_worker_find_session(hr_worker *worker, hr_view handle, hr_worker_session **out);
/* The same for a master that opens no sessions but has a handle for each of its own. */
HR_MUST_USE hr_status hr_worker_implicit_session(hr_worker *worker, hr_view handle, hr_worker_session **out);
void hr_worker_session_unref(hr_worker_session *session);
/* Its parts are forgotten, too. Aborted as above. */
HR_MUST_USE hr_status hr_worker_close_session(hr_worker *worker, hr_view handle);

/* ---- parts of graphs (worker_parts.c) ---------------------------------------------------------------------------- */

struct hr_part {
  hr_part *next; /* in the worker's list */
  _Atomic int32_t references;
  hr_worker *worker;
  hr_worker_session *session;
  char handle[17];
  hr_graph *graph;
  hr_placer *placer;
  hr_plan_request request; /* its arrays are in the arena */
  bool has_edges;          /* nodes that meet those of other parts */
  hr_arena arena;
  pthread_mutex_t lock; /* guards what follows */
  hr_prepared *prepared, *retired;
  uint64_t resets;       /* of the worker, when it was prepared */
  _Atomic int64_t nanos; /* that a run's start has held its thread lately; 0: not known yet */
};

/* What of the graph is fed and fetched as it runs, beside what its own Send and Recv nodes do. */
typedef struct hr_part_ends {
  int32_t num_feeds, num_fetches, num_targets;
  const hr_output *feeds, *fetches;
  hr_node *const *targets;
} hr_part_ends;

/* A graph whose nodes name devices of this worker (referenced). `ends` NULL: all of it runs. With a reference for the
 * caller. Errors of hr_plan_new. */
HR_MUST_USE hr_status hr_worker_register(hr_worker *worker, hr_worker_session *session, hr_graph *graph,
                                         const hr_part_ends *ends, uint32_t rewrites_off, bool dataflow, hr_part **out);
/* The same from a GraphDef. */
HR_MUST_USE hr_status hr_worker_register_def(hr_worker *worker, hr_worker_session *session, hr_view graph_def,
                                             uint32_t rewrites_off, hr_part **out);
/* With a reference; Aborted, as this worker may have been restarted. */
HR_MUST_USE hr_status hr_worker_find_part(hr_worker *worker, hr_view handle, hr_part **out);
HR_MUST_USE hr_status hr_worker_deregister(hr_worker *worker, hr_view handle);
/* All of a session. */
void hr_worker_forget_parts(hr_worker *worker, const hr_worker_session *session);
void hr_part_unref(hr_part *part);

/* ---- running (part_run.c) ---------------------------------------------------------------------------------------- */

/* One run of a part; the caller's memory, zeroed but for what it sets. */
typedef struct hr_part_run hr_part_run;
struct hr_part_run {
  hr_part *part;                 /* with a reference of the run's */
  hr_meeting_place *place;       /* with a reference of the run's; NULL for a part without edges */
  const hr_tensor *const *feeds; /* one a feed of the part; must stay until hr_part_run_end */
  hr_run_options options;
  /* Called once; owns `status`. `values`, one a fetch, are the caller's from then on. */
  void (*done)(hr_part_run *run, hr_status status, hr_tensor *values);
  /* The inside. */
  hr_prepared *prepared;
  hr_step *step;
  hr_tensor *values;
};

/* Prepares; after an error nothing is to be ended. Then it may be cancelled. */
HR_MUST_USE hr_status hr_part_run_begin(hr_part_run *run);
/* Whether starting a run is known to be a matter of some ten microseconds. */
bool hr_part_is_quick(const hr_part *part);
/* Runs on the calling thread for as long as there is something to do; goes on where answers come. */
void hr_part_run_start(hr_part_run *run);
/* From any thread, between begin and end. */
void hr_part_run_cancel(hr_part_run *run, hr_code reason);
/* After done: what a traced run tells, a RunMetadata. */
HR_MUST_USE hr_status hr_part_run_metadata(hr_part_run *run, hr_owned_bytes *out);
/* After done, or in place of start. */
void hr_part_run_end(hr_part_run *run);

#endif
