/* Steps of clients in the process of their master: without messages in between. */
#ifndef HR_DISTRIBUTED_LOCAL_STEP_H
#define HR_DISTRIBUTED_LOCAL_STEP_H

#include "distributed/messages.h"
#include "headrace/session.h"

typedef struct hr_master hr_master;

/* A server of this process answers, or does not any more, at a port of this machine. */
void hr_local_master_add(int32_t port, hr_master *master);
void hr_local_master_remove(const hr_master *master);

/* What a RunStep to `address` ("localhost:2222") asks for, if the master there is one of this process; `*found` says
 * so. Feeds are borrowed for the time of the call. `values`, one a fetch of the request, are the caller's then, as is
 * `metadata` (an empty text before). The thread's poll hook runs meanwhile. */
HR_MUST_USE hr_status hr_local_step(const char *address, const hr_run_step_request *request,
                                    const hr_run_options *options, hr_tensor *values, hr_text *metadata, bool *found);

#endif
