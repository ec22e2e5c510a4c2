/* The services of a server: what its methods are, and the handlers behind them. */
#ifndef HR_DISTRIBUTED_SERVICES_H
#define HR_DISTRIBUTED_SERVICES_H

#include "distributed/master.h"
#include "distributed/rpc_server.h"
#include "distributed/worker.h"
#include "proto/device_attributes.pb-c.h"

/* What a service answers; its methods are told of no `service` yet: a hr_worker, a hr_master. */
typedef struct hr_service {
  int32_t count;
  const hr_rpc_method *methods;
} hr_service;

#define HR_METHOD(of, name, handler_, quick_)                                                                          \
  { .path = "/tensorflow." of "/" name, .handler = handler_, .quick = quick_ }

extern const hr_service hr_worker_service, hr_master_service;

/* Requests up to this size are read on the thread that reads sockets. */
#define HR_QUICK_BYTES 16384

/* A field of our GetStatusResponse. Who has it cleans up steps that went well by itself. */
#define HR_STATUS_MARK 1000

/* The attributes of devices, in the arena. */
HR_MUST_USE hr_status hr_device_attributes(const hr_device_set *devices, hr_arena *arena, size_t *count,
                                           HrPb__DeviceAttributes ***out);

/* The parts of a RunMetadata: views into it. */
typedef struct hr_metadata_parts {
  hr_view step_stats;
  int32_t num_graphs;
  hr_view *graphs; /* in the arena */
} hr_metadata_parts;
HR_MUST_USE hr_status hr_metadata_part(hr_view metadata, hr_arena *arena, hr_metadata_parts *out);

#endif
