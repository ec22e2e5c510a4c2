/* Where replicated training puts nodes: variables on parameter servers, the rest on the worker.
 * tf.train.replica_device_setter.
 *
 *   hr_scope s = hr_replica_devices(root, .ps_tasks = 2);      "/job:ps/task:0", "/job:ps/task:1", "/job:worker"
 */
#ifndef HEADRACE_REPLICA_DEVICES_H
#define HEADRACE_REPLICA_DEVICES_H

#include "headrace/op_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which server a node goes to: a number from 0 to ps_tasks - 1. */
typedef int32_t (*hr_ps_strategy)(void *argument, const hr_node *node);
/* The load that a node is; any unit. An error (InvalidArgument) goes to *status, which is HR_SUCCESS before. */
typedef double (*hr_ps_load)(void *argument, const hr_node *node, hr_status *status);

typedef struct hr_replica_devices_options {
  int32_t ps_tasks;          /* servers; 0: devices stay as they are */
  const char *ps_device;     /* default "/job:ps"; NULL: variables stand where the rest does */
  const char *worker_device; /* default "/job:worker"; NULL: none */
  bool merge_devices;        /* default true: what inner scopes say is completed; false: it stands as it is */
  hr_strings ps_ops;         /* ops that go to the servers; none: those of variables and tables */
  hr_ps_strategy strategy;   /* NULL: by turns, or by `load` */
  hr_ps_load load;           /* the server with the least load so far, as GreedyLoadBalancingStrategy; NULL: by turns */
  void *argument;            /* of both */
} hr_replica_devices_options;
/* Opens a scope whose nodes are placed so. Texts are copied. InvalidArgument for malformed devices. */
HR_API hr_scope hr_replica_devices_with(hr_scope scope, const hr_replica_devices_options *options);
#define hr_replica_devices(scope, ...)                                                                                 \
  HR_CALL_OP_(hr_replica_devices_options, hr_replica_devices_with((scope), &hr_options_), .ps_device = "/job:ps",      \
              .worker_device = "/job:worker", .merge_devices = true, ##__VA_ARGS__)

/* An hr_ps_load: the bytes of the node's only output. InvalidArgument where it has more, or of unknown shape. */
HR_API double hr_byte_size_load(void *argument, const hr_node *node, hr_status *status);

#ifdef __cplusplus
}
#endif
#endif
