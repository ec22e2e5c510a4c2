/* Several tensors in one call, between our own workers: "/headrace.WorkerService/RecvTensors". The answer has those
 * that are there: what is sent may wait for what the other side makes of it. Where nothing is there yet it has what the
 * next spell of work here sends; the rest is asked for again. */
#ifndef HR_DISTRIBUTED_RECV_TENSORS_H
#define HR_DISTRIBUTED_RECV_TENSORS_H

#include "distributed/messages.h"
#include "distributed/rpc_server.h"
#include "distributed/worker.h"

#define HR_RECV_TENSORS "/headrace.WorkerService/RecvTensors"

typedef struct hr_recv_tensors_request {
  int64_t step_id;
  hr_views keys;
} hr_recv_tensors_request;
extern const hr_message_type hr_recv_tensors_request_type;

typedef struct hr_recv_tensors_response {
  hr_named_tensors values;
  hr_views dead; /* keys */
} hr_recv_tensors_response;
extern const hr_message_type hr_recv_tensors_response_type;

/* The handler; `service` is the worker. */
void hr_recv_tensors(void *service, hr_rpc *rpc);
/* The sender in a rendezvous key is a device of this worker, and the same one as when the master asked: Aborted where
 * it was restarted since, InvalidArgument for others. */
HR_MUST_USE hr_status hr_worker_check_sender(const hr_worker *worker, const char *key);

#endif
