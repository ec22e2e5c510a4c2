/* The services of a server: what its methods are, and the handlers behind them. */
#ifndef HR_DISTRIBUTED_SERVICES_H
#define HR_DISTRIBUTED_SERVICES_H

#include "distributed/master.h"
#include "distributed/rpc_server.h"
#include "distributed/worker.h"
#include "proto/device_attributes.pb-c.h"

#define HR_WORKER_METHODS 17

/* Fills in HR_WORKER_METHODS methods of the worker service. */
void hr_worker_service(hr_worker *worker, hr_rpc_method *methods);

#define HR_MASTER_METHODS 10

/* Fills in HR_MASTER_METHODS methods of the master service. */
void hr_master_service(hr_master *master, hr_rpc_method *methods);

/* Requests up to this size are read on the thread that reads sockets. */
#define HR_QUICK_BYTES 16384

/* A field of our GetStatusResponse. Who has it cleans up steps that went well by itself. */
#define HR_STATUS_MARK 1000

/* The attributes of the worker's devices, in the arena. */
HR_MUST_USE hr_status hr_worker_devices(const hr_worker *worker, hr_arena *arena, size_t *count,
                                        HrPb__DeviceAttributes ***out);

/* The parts of a RunMetadata: views into it. */
typedef struct hr_metadata_parts {
  hr_view step_stats;
  int32_t num_graphs;
  hr_view *graphs; /* in the arena */
} hr_metadata_parts;
HR_MUST_USE hr_status hr_metadata_part(hr_view metadata, hr_arena *arena, hr_metadata_parts *out);

#endif
