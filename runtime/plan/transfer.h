/* The two ends of an edge that leads to another device, or to another memory of the same one: nodes of graphs that
 * plans make for themselves.
 *
 * A send stands where the value is made and hands it over in host memory; a receive stands where it is wanted. They
 * look like TensorFlow's _Send and _Recv (_HostSend, _HostRecv for a value that is in host memory there), but for the
 * edge between them, so that a pair belongs to the branches and iterations of the value. */
#ifndef HR_RUNTIME_PLAN_TRANSFER_H
#define HR_RUNTIME_PLAN_TRANSFER_H

#include "runtime/device/device.h"
#include "runtime/graph/node.h"

/* The ops: "_LocalSend" and so on, which no program can name. */
extern const hr_op_def hr_send_ops[2], hr_recv_ops[2]; /* [the value is in host memory there] */

static inline bool hr_is_send(const hr_node *node) {
  return node->op == &hr_send_ops[0] || node->op == &hr_send_ops[1];
}
static inline bool hr_is_recv(const hr_node *node) {
  return node->op == &hr_recv_ops[0] || node->op == &hr_recv_ops[1];
}

/* The name of a node's op as TensorFlow has it: "_Send" for a "_LocalSend". */
static inline const char *hr_shown_op(const hr_node *node) {
  static const char *const names[2][2] = {{"_Send", "_HostSend"}, {"_Recv", "_HostRecv"}};
  if (hr_is_send(node)) return names[0][node->op == &hr_send_ops[1]];
  if (hr_is_recv(node)) return names[1][node->op == &hr_recv_ops[1]];
  return node->op->name;
}

/* What a pair carries, and from where to where. */
typedef struct hr_transfer {
  hr_output value; /* in the plan's graph */
  const hr_device *from, *to;
  bool from_host, to_host; /* in host memory there */
  const char *name;        /* of the edge, for graphs that are shown */
  hr_node *const *waits;   /* what the send waits for */
  int32_t num_waits;
} hr_transfer;

/* Adds the pair, with these names; `*send` and `*recv` are the nodes. ResourceExhausted. */
HR_MUST_USE hr_status hr_add_transfer(hr_graph *graph, const hr_transfer *transfer, const char *send_name,
                                      const char *recv_name, hr_node **send, hr_node **recv);

#endif
