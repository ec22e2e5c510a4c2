/* Servers: a task of a cluster, which runs the master and the worker service of TensorFlow's protocol.
 *
 * Any task's address is a target for sessions ("grpc://host:port"): its server then is the master of that session. Any
 * number of servers may live in one process.
 */
#ifndef HEADRACE_SERVER_H
#define HEADRACE_SERVER_H

#include "headrace/session.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_server hr_server;

/* A zeroed struct, or NULL, means the defaults. Certificates are PEM files; what is not given comes from
 * HEADRACE_TLS_CERT, HEADRACE_TLS_KEY and HEADRACE_TLS_CA. Without any there is no TLS. */
typedef struct hr_server_options {
  const char *tls_certificate, *tls_key; /* the server's own */
  const char *tls_ca;                    /* only clients that it signed may connect, and it checks the other tasks */
} hr_server_options;

/* The ServerDef of a task, serialized, from the text of a cluster: "ps=host:port,host:port;worker=host:port".
 * InvalidArgument for a job that is not of this form, and where the cluster or the job is NULL. */
HR_API HR_MUST_USE hr_status hr_server_def_new(const char *cluster, const char *job, int32_t task, hr_owned_bytes *out);
/* The same from the environment variable TF_CONFIG:
 *
 *   {"cluster": {"ps": [...], ...}, "task": {"type": "ps", "index": 0}}
 *
 * NotFound where it is not set, InvalidArgument where it says no cluster or task. */
HR_API HR_MUST_USE hr_status hr_server_def_from_environment(hr_owned_bytes *out);

/* A server from a serialized ServerDef: the cluster, the job's name and the task's index in it, the protocol ("grpc"),
 * and a ConfigProto that is the default of its sessions and decides the server's devices and threads. Binds the task's
 * port (0: a free one) but answers nothing yet. A task whose own address is a loopback one can be reached from this
 * machine only. Errors: InvalidArgument for bytes that are no ServerDef, a task that the job does not have, an address
 * without a port; Internal for a job that the cluster does not have; NotFound for another protocol; Unknown where the
 * port is taken; Unimplemented where this build has no gRPC. */
HR_API HR_MUST_USE hr_status hr_server_new(const void *server_def, size_t length, const hr_server_options *options,
                                           hr_server **out);
/* Begins to answer; a second call does nothing. FailedPrecondition on a stopped server. */
HR_API HR_MUST_USE hr_status hr_server_start(hr_server *server);
/* Ends all its sessions and steps, and answers no more; a second call does nothing. (TensorFlow's servers cannot be
 * stopped.) */
HR_API HR_MUST_USE hr_status hr_server_stop(hr_server *server);
/* Waits until the server is stopped by another thread. The thread's poll hook (hr_set_poll) runs meanwhile, and its
 * error is returned. */
HR_API HR_MUST_USE hr_status hr_server_join(hr_server *server);
/* Stops if need be and frees; NULL is allowed. */
HR_API void hr_server_free(hr_server *server);

/* "grpc://localhost:2222": the target of sessions in this process. The text belongs to the server. */
HR_API const char *hr_server_target(const hr_server *server);
/* The port it listens on. */
HR_API int32_t hr_server_port(const hr_server *server);

#ifdef __cplusplus
}
#endif
#endif
