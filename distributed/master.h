/* A master: sessions of clients over the tasks of a cluster. It places their graphs, cuts them by task, registers the
 * parts with the workers, and runs steps. The part of its own task runs in this process. */
#ifndef HR_DISTRIBUTED_MASTER_H
#define HR_DISTRIBUTED_MASTER_H

#include "distributed/client_life.h"
#include "distributed/messages.h"
#include "distributed/task_cut.h"
#include "distributed/worker.h"
#include "headrace/scope.h"
#include "proto/config.pb-c.h"
#include "runtime/session/timer.h"

typedef struct hr_master hr_master;
typedef struct hr_master_session hr_master_session;
typedef struct hr_master_plan hr_master_plan;
typedef struct hr_master_step hr_master_step;
typedef struct hr_master_callable hr_master_callable;
typedef struct hr_master_partial hr_master_partial;

struct hr_master {
  hr_worker *worker; /* of the same task */
  hr_peers *peers;
  hr_view config;       /* a ConfigProto: of sessions that bring none of their own */
  pthread_mutex_t lock; /* guards what follows */
  pthread_cond_t changed;
  hr_master_session *sessions;
  int32_t busy; /* steps, and calls that nobody waits for */
  bool stopped;
};

/* The worker must outlive it. `config` is copied. */
HR_MUST_USE hr_status hr_master_new(hr_worker *worker, hr_peers *peers, hr_view config, hr_master **out);
/* Closes all sessions, and opens none any more. */
void hr_master_stop(hr_master *master);
/* Waits for what is under way; stopped before. */
void hr_master_free(hr_master *master);

/* Something of the master's is under way on another thread, until it says that it has ended. */
void hr_master_hold(hr_master *master);
void hr_master_release(hr_master *master);

/* ---- sessions (master_session.c) --------------------------------------------------------------------------------- */

/* A task that takes part in a session. */
typedef struct hr_master_task {
  const char *name;    /* of the peers, or the worker's */
  hr_channel *channel; /* NULL: the master's own */
  bool is_ours;        /* a server like this one */
} hr_master_task;

#define HR_PLAN_LISTS 64

struct hr_master_session {
  hr_master_session *next;
  _Atomic int32_t references;
  hr_master *master;
  char handle[17];
  hr_peers *peers;
  bool is_isolated;
  hr_session_options options;
  uint32_t rewrites_off;
  hr_view graph_options; /* a GraphOptions, for the workers */
  bool sends_bfloat16;   /* floats travel between tasks as bfloat16 */
  hr_arena arena;        /* it, devices and tasks */
  int32_t num_tasks, own_task;
  hr_master_task *tasks;
  hr_device_set devices; /* of all tasks, by name */
  hr_cut_device *cut_devices;
  hr_worker_session *worker_session; /* of the own task */

  /* Held while a plan is made, for which workers are asked: steps of others may end on the thread that waits for them.
   * Whoever ends a step, or holds the other lock, must not want this one. */
  pthread_mutex_t building; /* guards what follows */
  hr_graph *graph;
  hr_builder *builder;
  hr_placer *placer;
  int64_t version;

  pthread_mutex_t lock;                 /* held for a moment; guards what follows */
  hr_master_plan *plans[HR_PLAN_LISTS]; /* by hash of the signature */
  hr_master_callable *callables;
  hr_master_partial *partials;
  int64_t next_callable;
  hr_master_step *steps; /* that run */
  bool closed;

  hr_client_life
      *client; /* that has used it last; the master's lock guards it. NULL: one in this process, or nobody knows */
};

typedef struct hr_session_request {
  hr_view graph, config; /* a GraphDef, a ConfigProto */
} hr_session_request;

/* Waits for all of the session's tasks; `cancellation` ends that. For a call of `client` (may be NULL). With a
 * reference. */
HR_MUST_USE hr_status hr_master_open(hr_master *master, const hr_session_request *request, hr_client_life *client,
                                     hr_cancellation *cancellation, hr_master_session **out);
/* With a reference, for a call of `client` (may be NULL); Aborted where there is none. */
HR_MUST_USE hr_status hr_master_find(hr_master *master, hr_view handle, hr_client_life *client,
                                     hr_master_session **out);
/* Closes sessions whose clients have gone without closing them, a minute ago (HEADRACE_SESSION_GRACE_MS): until then
 * they may come back over another connection. */
void hr_master_close_forgotten(hr_master *master);
void hr_master_session_unref(hr_master_session *session);
/* Appends the nodes of a GraphDef. Aborted for another version than the present one. */
HR_MUST_USE hr_status hr_master_extend(hr_master_session *session, hr_view graph, int64_t version);
/* Cancels its steps, and forgets it here and at the workers. */
void hr_master_close(hr_master_session *session);
/* Whether one of the filters ("/job:ps", or a device in part) is a task's; all are where there are none.
 * InvalidArgument.
 */
HR_MUST_USE hr_status hr_task_is_named(const char *task, size_t count, char *const *filters, bool *out);
/* Empties the containers of all workers that `filters` name (all, where there are none), and closes all sessions. */
HR_MUST_USE hr_status hr_master_reset(hr_master *master, size_t count, char *const *containers, size_t num_filters,
                                      char *const *filters);

/* ---- plans (master_plan.c) --------------------------------------------------------------------------------------- */

/* The part of a plan that runs in one task. */
typedef struct hr_master_part {
  int32_t task;
  hr_part *part;      /* of the own task; else NULL */
  char *graph_handle; /* of another */
  int32_t num_feeds, num_fetches;
  int32_t *feeds, *fetches;             /* of the signature: which ones go in and come out here */
  const char **feed_keys, **fetch_keys; /* in another task */
} hr_master_part;

struct hr_master_plan {
  hr_master_plan *next;
  _Atomic int32_t references;
  uint64_t hash;
  hr_view key; /* the signature's names */
  hr_arena arena;
  int32_t num_feeds, num_fetches;
  int32_t num_parts;
  hr_master_part *parts; /* the own one first */
  /* Of a partial run: its ends, by the names that the client has for them. */
  hr_view *feed_names, *fetch_names;
  hr_output *feed_outputs, *fetch_outputs;
};

struct hr_master_callable {
  hr_master_callable *next;
  int64_t handle;
  hr_master_plan *plan; /* with a reference */
  hr_run_options options;
};

/* What runs, by names: "x:0", or "x". */
typedef struct hr_names_request {
  int32_t num_feeds, num_fetches, num_targets;
  const hr_view *feeds, *fetches, *targets;
  bool is_partial; /* feeds and fetches go through the rendezvous, in the own task too */
} hr_names_request;

/* The plan, with a reference; made and registered where it is not there. */
HR_MUST_USE hr_status hr_master_prepare(hr_master_session *session, const hr_names_request *names,
                                        hr_master_plan **out);
/* The same where it is there, and no other thread looks at the session's plans; else NULL. Waits for nothing. */
hr_master_plan *hr_master_try(hr_master_session *session, const hr_names_request *names);
void hr_master_plan_unref(hr_master_plan *plan);
/* Whether a step of it is known to start in some ten microseconds. */
bool hr_master_plan_is_quick(const hr_master_plan *plan);

/* The same under a number of the session's. */
HR_MUST_USE hr_status hr_master_make_callable(hr_master_session *session, const hr_names_request *names,
                                              const hr_run_options *options, int64_t *handle);
/* With a reference; InvalidArgument where there is none. */
HR_MUST_USE hr_status hr_master_find_callable(hr_master_session *session, int64_t handle, hr_master_plan **out,
                                              hr_run_options *options);
/* One that is not there is no error, as in TensorFlow. */
void hr_master_release_callable(hr_master_session *session, int64_t handle);

/* ---- steps (master_step.c) --------------------------------------------------------------------------------------- */

/* A call of RunGraph for a part in another task. */
typedef struct hr_step_call {
  hr_master_step *step;
  const hr_master_part *part;
  hr_call *call;
} hr_step_call;

/* One step. Its maker fills in what stands first. */
struct hr_master_step {
  hr_master_session *session; /* a reference, which the maker gives back in `drop` */
  hr_master_plan *plan;       /* the same */
  hr_tensor *feeds;           /* one a feed */
  hr_tensor *values;          /* room for one a fetch, zeroed */
  hr_run_options options;
  /* The end, once. Owns `status`; `metadata` is a RunMetadata, empty where none was asked for. */
  void (*done)(hr_master_step *step, hr_status status, hr_text *metadata);
  /* The last that is heard of the step: frees it. */
  void (*drop)(hr_master_step *step);
  /* The inside. */
  hr_master_step *next, *previous; /* of the session's; its lock guards these */
  int64_t id;
  _Atomic int32_t references;
  pthread_mutex_t lock; /* guards what follows */
  int32_t pending;      /* parts that run, and threads that start or cancel them */
  hr_status status;
  _Atomic int32_t cancelled; /* an hr_code */
  bool has_ended;
  bool is_listed, own_runs, own_began;
  hr_part_run own;
  const hr_tensor **own_feeds;
  hr_step_call *calls;   /* one a part */
  hr_text stats, graphs; /* fields of a RunMetadata's StepStats, and of RunMetadata */
  hr_timer timer;
  hr_cancellation timeout;
  hr_cancel_watch on_timeout;
  hr_arena arena;
};

/* The step can be cancelled from here on; hr_master_run must follow. */
void hr_master_step_begin(hr_master_step *step);
/* Begins on the calling thread; `done` and `drop` are called, perhaps before this returns. */
void hr_master_run(hr_master_step *step);
/* From any thread that knows that the step was not dropped: until done has returned, or with a reference. */
void hr_master_cancel(hr_master_step *step, hr_code reason);
void hr_master_step_unref(hr_master_step *step);

/* A number for a step, unlike those of other masters. */
int64_t hr_new_step_id(void);
/* Tells all workers of a plan that a step of it is over. */
void hr_master_clean_up(hr_master_session *session, const hr_master_plan *plan, int64_t step);

/* ---- partial runs (master_partial.c) ----------------------------------------------------------------------------- */

#define HR_PARTIAL_HANDLE_BYTES 40
/* Writes the run's handle. */
HR_MUST_USE hr_status hr_master_partial_new(hr_master_session *session, const hr_names_request *names,
                                            char handle[HR_PARTIAL_HANDLE_BYTES]);
/* Ends all of a session. */
void hr_master_end_partials(hr_master_session *session);

/* One call of a partial run. Its maker fills in what stands first, and owns it until `done`. */
typedef struct hr_partial_call hr_partial_call;
struct hr_partial_call {
  hr_master_session *session;
  int32_t num_feeds, num_fetches;
  const hr_view *feed_names, *fetch_names;
  hr_tensor *feeds;   /* borrowed */
  hr_tensor *values;  /* zeroed; the caller's to clear, also after an error */
  int64_t timeout_ms; /* of what other tasks are asked; 0: none */
  void (*done)(hr_partial_call *call, hr_status status);
  hr_arena arena; /* the caller's to free */
  /* The inside. */
  hr_master_partial *partial;
  int32_t *feed_index, *fetch_index;
  bool is_last;
  struct hr_partial_part_call *parts;
  int32_t num_parts;
  pthread_mutex_t lock; /* guards what follows */
  int32_t pending;
  bool is_cancelled;
  hr_status status;
};
/* The call can be cancelled from here on, until hr_partial_call_clear; hr_master_partial_run must follow. */
void hr_master_partial_begin(hr_partial_call *call);
/* Ends the partial run, with Cancelled. From any thread, once. */
void hr_master_partial_cancel(hr_partial_call *call);
/* After `done`, which may do it. */
void hr_partial_call_clear(hr_partial_call *call);
/* InvalidArgument for what was not set up, is fed or fetched twice, or depends on what is not fed yet: then, as after
 * any other error, the partial run is over. */
void hr_master_partial_run(hr_partial_call *call, hr_view handle);

#endif
