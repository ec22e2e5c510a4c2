/* Sessions: run a graph.
 *
 * A session holds the variables (and other state) of one program over one graph, which may go on growing. Running is
 * fully concurrent: any number of threads may run one session at once.
 */
#ifndef HEADRACE_SESSION_H
#define HEADRACE_SESSION_H

#include "headrace/graph.h"
#include "headrace/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_session hr_session;
typedef struct hr_callable hr_callable;
typedef struct hr_partial_run hr_partial_run;

/* What a plan may do less than its graph says (docs/architecture.md); values are the same. */
typedef enum hr_rewrite {
  HR_REWRITE_UNOBSERVED = 1, /* matrix products that only control edges name do not run */
  HR_REWRITE_CONSTANTS = 2,  /* what constants alone decide is computed once */
  HR_REWRITE_DUPLICATES = 4, /* nodes that compute the same are one */
  HR_REWRITE_IDENTITIES = 8, /* nodes that only pass on a value are left out */
  HR_REWRITE_FUSION = 16,    /* chains of elementwise nodes run in one pass over memory */
  HR_REWRITE_MEMORY = 32,    /* values of a step that are not needed at the same time share memory */
  HR_REWRITE_ALL = 63
} hr_rewrite;

/* The parts of tensorflow.ConfigProto that a direct session reads. A zeroed struct means the defaults. */
typedef struct hr_session_options {
  const char *target;           /* NULL or "": direct */
  int32_t intra_op_threads;     /* 0: one per core; 1: no splitting inside an op */
  int32_t inter_op_threads;     /* 0: one per core; negative or 1: everything on the calling thread */
  bool use_per_session_threads; /* own pools instead of the process's */
  int64_t operation_timeout_ms; /* of a run without a timeout of its own; 0: none */
  bool allow_soft_placement;
  bool place_pruned_graph;    /* a node that cannot be placed fails only the runs that need it */
  bool log_device_placement;  /* to stdout and the log, as TensorFlow does */
  int32_t cpu_devices;        /* device_count["CPU"]; 0: one; negative: none, so that there is no session */
  uint32_t rewrites_off;      /* hr_rewrite: what graph_options switch off; 0: plans do all of it */
  bool dataflow;              /* experimental.executor_type "DATAFLOW": node by node as values come, where a walk in a
                                 fixed order would do; slower, for comparison */
  int32_t gpu_devices;        /* device_count["GPU"]: the most; 0: all there are; negative: none */
  double gpu_memory_fraction; /* gpu_options: the share of each card's memory; 0: all */
  bool gpu_allow_growth;      /* it is taken as it is needed */
  char visible_gpus[64];      /* visible_device_list, "1,0"; "": all in their order */
  int32_t inter_op_pools;     /* what a run's inter_op_thread_pool may choose from; 0: one */
  const void *config;         /* the ConfigProto they were read from: what a session at a server is made with; NULL: */
  size_t config_length;       /* one of allow_soft_placement, log_device_placement and the timeout is made up */
} hr_session_options;

/* Reads a serialized ConfigProto, of which `out->config` borrows the bytes. What a direct session makes no use of
 * (placement period, device filters, options of clusters ...) is accepted. InvalidArgument for bytes that are none, and
 * for negative sizes of thread pools, for which TensorFlow ends the process. */
HR_API HR_MUST_USE hr_status hr_session_options_parse(const void *config_proto, size_t length, hr_session_options *out);

typedef enum hr_trace_level {
  HR_NO_TRACE = 0,
  HR_SOFTWARE_TRACE = 1,
  HR_HARDWARE_TRACE = 2,
  HR_FULL_TRACE = 3
} hr_trace_level;

/* tensorflow.RunOptions. */
typedef struct hr_run_options {
  hr_trace_level trace_level;
  int64_t timeout_ms;           /* 0: the session's */
  int32_t inter_op_thread_pool; /* -1: run on the calling thread only; InvalidArgument for one that is not there */
  bool output_partition_graphs;
} hr_run_options;
HR_API HR_MUST_USE hr_status hr_run_options_parse(const void *run_options_proto, size_t length, hr_run_options *out);

/* A value for an output during one run, whatever its op. Borrowed: the tensor must stay unchanged until the run
 * returns. */
typedef struct hr_feed {
  hr_output output;
  const hr_tensor *value;
} hr_feed;

/* A session over `graph` (referenced), in this process or, with a target "grpc://host:port", at a server of a cluster
 * (headrace/server.h), which is asked when the session is first used. NotFound for a target without a session kind and
 * where there is no device. `options` may be NULL. After a fork the child's sessions run on, if no other thread was in
 * a run meanwhile. */
HR_API HR_MUST_USE hr_status hr_session_new(hr_graph *graph, const hr_session_options *options, hr_session **out);

/* Cancels what runs, waits for it, and drops all state; later runs give FailedPrecondition ("Attempted to use a closed
 * Session."). Closing twice is fine. */
HR_API HR_MUST_USE hr_status hr_session_close(hr_session *session);
/* Closes if need be and frees; NULL is allowed. */
HR_API void hr_session_free(hr_session *session);
HR_API hr_graph *hr_session_graph(const hr_session *session);

/* tf.Session.reset: closes every session of this process at `target` (NULL or "": direct ones) and drops their state,
 * of which `containers` may name parts; later runs give Cancelled ("Session has been closed."). NotFound as above. */
HR_API HR_MUST_USE hr_status hr_session_reset(const char *target, int32_t container_count,
                                              const char *const *containers);

/* A device of a session; the texts belong to the session. */
typedef struct hr_device_info {
  const char *name;        /* "/job:localhost/replica:0/task:0/device:CPU:0" */
  const char *type;        /* "CPU" */
  const char *description; /* of the hardware, as in "device: 0, name: ..."; "" for the CPU */
  int64_t memory_limit;
  uint64_t incarnation; /* a random number, not 0 */
} hr_device_info;
/* Asks a session's servers which devices there are now; those of a session in this process stay what they are. Texts
 * of devices from before stay valid. */
HR_API HR_MUST_USE hr_status hr_session_update_devices(hr_session *session);
/* Those of the last time; at first none for a session at a server. */
HR_API int32_t hr_session_device_count(const hr_session *session);
HR_API hr_device_info hr_session_device(const hr_session *session, int32_t index);

/* How many devices of a type ("CPU", "GPU") there are for sessions that want all of them; opens none. */
HR_API int32_t hr_machine_device_count(const char *type);

/* Runs what `fetches` and `targets` (nodes run for their effect) need, with `feeds` in place of the outputs they name.
 * `values[i]` becomes the value of fetch i, owned by the caller (cleared with hr_tensor_clear), independent of the
 * session's state; on an error nothing is returned. Errors: InvalidArgument (an output of another graph, a feed of the
 * wrong dtype or shape, an unfed placeholder, something both fed and fetched twice ...), FailedPrecondition (closed,
 * uninitialised variable), InvalidArgument (no kernel), Cancelled, DeadlineExceeded, and those of kernels, with the
 * node's name. */
HR_API HR_MUST_USE hr_status hr_session_run(hr_session *session, int32_t feed_count, const hr_feed *feeds,
                                            int32_t fetch_count, const hr_output *fetches, hr_tensor *values,
                                            int32_t target_count, hr_node *const *targets);

/* The same with options (may be NULL); `metadata` (may be NULL) receives a serialized RunMetadata: step stats at a
 * trace level, partition graphs where asked for. */
HR_API HR_MUST_USE hr_status hr_session_run_with(hr_session *session, const hr_run_options *options, int32_t feed_count,
                                                 const hr_feed *feeds, int32_t fetch_count, const hr_output *fetches,
                                                 hr_tensor *values, int32_t target_count, hr_node *const *targets,
                                                 hr_owned_bytes *metadata);

/* What a host does during long runs (Python: signal handlers). From now on, while a run that the calling thread called
 * lasts, that thread calls `poll(argument)` about every 50 ms: between nodes, between ranges of a long loop (unless the
 * node works on a variable), and while it waits; never with a lock held, so that `poll` may itself run sessions. An
 * error from it cancels the run, which returns that very status; a node that was under way is finished first. Shorter
 * runs call nothing. NULL ends it. ResourceExhausted. */
typedef hr_status (*hr_poll)(void *argument);
HR_API HR_MUST_USE hr_status hr_set_poll(hr_poll poll, void *argument);

/* One fetch without feeds. */
static inline HR_MUST_USE hr_status hr_evaluate(hr_session *session, hr_output fetch, hr_tensor *value) {
  return hr_session_run(session, 0, NULL, 1, &fetch, value, 0, NULL);
}
/* One target without feeds. */
static inline HR_MUST_USE hr_status hr_run_node(hr_session *session, hr_node *target) {
  return hr_session_run(session, 0, NULL, 0, NULL, NULL, 1, &target);
}

/* A run prepared once: the feeds (their outputs), fetches and targets are fixed, so that a call looks nothing up. The
 * callable references its session; it may be called from many threads at once. */
HR_API HR_MUST_USE hr_status hr_callable_new(hr_session *session, int32_t feed_count, const hr_output *feeds,
                                             int32_t fetch_count, const hr_output *fetches, int32_t target_count,
                                             hr_node *const *targets, hr_callable **out);
/* `feeds[i]` is the value of feed i (borrowed); `values` as in hr_session_run. */
HR_API HR_MUST_USE hr_status hr_callable_run(hr_callable *callable, const hr_tensor *const *feeds, hr_tensor *values);
/* The same with options (NULL: those it was made with) and metadata, as in hr_session_run_with. */
HR_API HR_MUST_USE hr_status hr_callable_run_with(hr_callable *callable, const hr_run_options *options,
                                                  const hr_tensor *const *feeds, hr_tensor *values,
                                                  hr_owned_bytes *metadata);
/* A callable from a serialized CallableOptions: names of feeds, fetches and targets, and options of its runs. Devices
 * for feeds and fetches are accepted: all of them are the host's. InvalidArgument and NotFound for names, Unimplemented
 * for tensor connections. */
HR_API HR_MUST_USE hr_status hr_callable_from_options(hr_session *session, const void *callable_options_proto,
                                                      size_t length, hr_callable **out);
HR_API void hr_callable_free(hr_callable *callable);

/* Partial runs: one step whose feeds and fetches come in several calls. Each call may feed what was announced and not
 * yet fed, and fetch what was announced and not yet fetched and now depends on nothing unfed (InvalidArgument
 * otherwise). The step ends when everything announced was fetched, or with hr_partial_run_free. */
HR_API HR_MUST_USE hr_status hr_partial_run_new(hr_session *session, int32_t feed_count, const hr_output *feeds,
                                                int32_t fetch_count, const hr_output *fetches, int32_t target_count,
                                                hr_node *const *targets, hr_partial_run **out);
HR_API HR_MUST_USE hr_status hr_partial_run_step(hr_partial_run *run, int32_t feed_count, const hr_feed *feeds,
                                                 int32_t fetch_count, const hr_output *fetches, hr_tensor *values);
HR_API void hr_partial_run_free(hr_partial_run *run);

#ifdef __cplusplus
}
#endif
#endif
