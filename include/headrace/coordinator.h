/* Threads that stop together: tf.train.Coordinator, and the threads of queues, tf.train.QueueRunner.
 *
 *   hr_coordinator *c = hr_coordinator_new();
 *   hr_start_queue_runners(session, c);
 *   while (!hr_coordinator_should_stop(c)) { ... }
 *   hr_coordinator_request_stop(c, HR_SUCCESS);
 *   hr_status status = hr_coordinator_join(c);
 *   hr_coordinator_free(c);
 *
 * A thread that fails asks all others to stop; the first error is what joining answers. Errors that only say that there
 * is nothing more, OutOfRange, end all threads and are no errors. All functions are safe from any thread.
 */
#ifndef HEADRACE_COORDINATOR_H
#define HEADRACE_COORDINATOR_H

#include "headrace/queues.h"
#include "headrace/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- coordinators ---------------------------------------------------------------------------------------------- */

typedef struct hr_coordinator hr_coordinator;

/* The bit of an error's code in a set of codes. */
#define HR_CODE_BIT(code) (UINT32_C(1) << (code))

typedef struct hr_coordinator_options {
  uint32_t clean_stop_codes; /* HR_CODE_BITs of errors that mean a regular end; default OutOfRange */
} hr_coordinator_options;
/* NULL when out of memory. */
HR_API hr_coordinator *hr_coordinator_new_with(const hr_coordinator_options *options);
#define hr_coordinator_new(...)                                                                                        \
  HR_CALL_OP_(hr_coordinator_options, hr_coordinator_new_with(&hr_options_),                                           \
              .clean_stop_codes = HR_CODE_BIT(HR_OUT_OF_RANGE), ##__VA_ARGS__)
/* Threads that still run keep what they need. NULL is allowed. */
HR_API void hr_coordinator_free(hr_coordinator *coordinator);

HR_API bool hr_coordinator_should_stop(const hr_coordinator *coordinator);
/* Asks all threads to stop, because of an error (which is taken; HR_SUCCESS: without one). Only the first call counts.
 */
HR_API void hr_coordinator_request_stop(hr_coordinator *coordinator, hr_status reason);
/* Forgets that a stop was asked for, and why: threads may be started anew. */
HR_API void hr_coordinator_clear_stop(hr_coordinator *coordinator);
/* Waits until a stop is asked for, at most `seconds` (negative: for ever). Answers whether it was. */
HR_API bool hr_coordinator_wait_for_stop(hr_coordinator *coordinator, double seconds);
/* A copy of the error that a stop was asked for with; HR_SUCCESS where there is none. */
HR_API HR_MUST_USE hr_status hr_coordinator_requested_error(hr_coordinator *coordinator);

/* What a thread does; an error is reported as by hr_coordinator_request_stop. */
typedef hr_status (*hr_thread_function)(hr_coordinator *coordinator, void *argument);
/* Starts a thread that joining waits for. `name` for messages. ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_coordinator_start(hr_coordinator *coordinator, const char *name,
                                                  hr_thread_function function, void *argument);
/* tf.train.LooperThread: a thread that calls the function again and again until a stop is asked for: one call after the
 * other, or (`interval` not negative) so that many seconds lie between their beginnings. */
HR_API HR_MUST_USE hr_status hr_coordinator_loop(hr_coordinator *coordinator, const char *name, double interval,
                                                 hr_thread_function function, void *argument);

typedef struct hr_coordinator_join_options {
  double stop_grace_period; /* seconds that threads may take once a stop was asked for; default 120 */
  bool ignore_live_threads; /* those that still run then are no error */
} hr_coordinator_join_options;
/* Waits until all threads have ended. The error that a stop was asked for with; DeadlineExceeded, naming them, where
 * threads still run after the grace period. */
HR_API HR_MUST_USE hr_status hr_coordinator_join_with(hr_coordinator *coordinator,
                                                      const hr_coordinator_join_options *options);
#define hr_coordinator_join(coordinator, ...)                                                                          \
  HR_CALL_OP_(hr_coordinator_join_options, hr_coordinator_join_with((coordinator), &hr_options_),                      \
              .stop_grace_period = 120, ##__VA_ARGS__)
/* Whether joining has ended since the last stop was cleared. */
HR_API bool hr_coordinator_joined(const hr_coordinator *coordinator);

/* ---- queue runners --------------------------------------------------------------------------------------------- */

/* The collection of the graph's queue runners. */
#define HR_QUEUE_RUNNERS "queue_runners"

/* A queue, and the nodes that fill it, each on a thread of its own. Lives with the graph. */
typedef struct hr_queue_runner hr_queue_runner;

typedef struct hr_queue_runner_options {
  hr_node *close_op;  /* closes the queue behind what waits; left out: made */
  hr_node *cancel_op; /* closes it and cancels what waits; left out: made */
  uint32_t
      closed_codes; /* HR_CODE_BITs of errors by which a node says that there is nothing more; default OutOfRange */
} hr_queue_runner_options;
/* tf.train.QueueRunner. InvalidArgument without nodes. */
HR_API hr_queue_runner *hr_queue_runner_new_with(hr_scope scope, hr_tensor_queue *queue, int32_t count,
                                                 hr_node *const *enqueue_ops, const hr_queue_runner_options *options);
#define hr_queue_runner_new(scope, queue, count, enqueue_ops, ...)                                                     \
  hr_queue_runner_new_with((scope), (queue), (count), (enqueue_ops), &(hr_queue_runner_options){__VA_ARGS__})
/* tf.train.add_queue_runner: into a collection, HR_QUEUE_RUNNERS for NULL. */
HR_API void hr_add_queue_runner(hr_scope scope, hr_queue_runner *runner, const char *collection);

HR_API const char *hr_queue_runner_name(const hr_queue_runner *runner); /* of the queue */
HR_API int32_t hr_queue_runner_count(const hr_queue_runner *runner);
HR_API hr_node *hr_queue_runner_enqueue_op(const hr_queue_runner *runner, int32_t index);
HR_API hr_node *hr_queue_runner_close_op(const hr_queue_runner *runner);
HR_API hr_node *hr_queue_runner_cancel_op(const hr_queue_runner *runner);
HR_API uint32_t hr_queue_runner_closed_codes(const hr_queue_runner *runner);

/* Its form in MetaGraphs, a serialized QueueRunnerDef: malloc'd bytes, and back. `scope` stands before the names ("":
 * nothing). NotFound for nodes that the graph has not, InvalidArgument for bytes that are no such message. */
HR_API HR_MUST_USE hr_status hr_queue_runner_to_proto(const hr_queue_runner *runner, char **bytes, size_t *length);
HR_API HR_MUST_USE hr_status hr_queue_runner_from_proto(hr_graph *graph, const void *bytes, size_t length,
                                                        const char *prefix, hr_queue_runner **out);
/* Of such items of collections. */
extern HR_API const hr_object_type hr_queue_runner_type;

/* tf.train.QueueRunner.create_threads: starts a thread for each node, which runs it until the coordinator stops or the
 * node says that there is nothing more. When the last one ends so, the queue is closed. Another thread cancels what
 * waits at the queue when a stop is asked for. Does nothing while the threads for this session still run. Errors: those
 * of planning the nodes, ResourceExhausted. */
HR_API HR_MUST_USE hr_status hr_queue_runner_start(hr_queue_runner *runner, hr_session *session,
                                                   hr_coordinator *coordinator);

typedef struct hr_start_queue_runners_options {
  const char *collection; /* NULL: HR_QUEUE_RUNNERS */
} hr_start_queue_runners_options;
/* tf.train.start_queue_runners: all of the session's graph. */
HR_API HR_MUST_USE hr_status hr_start_queue_runners_with(hr_session *session, hr_coordinator *coordinator,
                                                         const hr_start_queue_runners_options *options);
#define hr_start_queue_runners(session, coordinator, ...)                                                              \
  hr_start_queue_runners_with((session), (coordinator), &(hr_start_queue_runners_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
