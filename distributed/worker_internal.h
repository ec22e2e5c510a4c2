/* The inside of a worker. */
#ifndef HR_DISTRIBUTED_WORKER_INTERNAL_H
#define HR_DISTRIBUTED_WORKER_INTERNAL_H

#include "distributed/worker.h"

/* The part's plan and steps, made again where its containers were emptied. */
HR_MUST_USE hr_status hr_part_prepare(hr_part *part, hr_prepared **out);

#endif
