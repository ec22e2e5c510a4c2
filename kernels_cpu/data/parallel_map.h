/* The parallel map, for datasets that are made of one. */
#ifndef HR_KERNELS_CPU_DATA_PARALLEL_MAP_H
#define HR_KERNELS_CPU_DATA_PARALLEL_MAP_H

#include "kernels_cpu/data/mapped.h"

typedef struct hr_parallel_mapped {
  hr_mapped mapped;
  int64_t calls; /* at once; -1: as many as there are cores */
} hr_parallel_mapped;

extern const hr_dataset_type hr_parallel_map_type;

/* InvalidArgument for a number that is none. */
HR_MUST_USE hr_status hr_check_parallel_calls(int64_t calls);

#endif
