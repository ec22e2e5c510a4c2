/* Datasets of elements that are there already. */
#ifndef HR_KERNELS_CPU_DATA_MEMORY_DATASET_H
#define HR_KERNELS_CPU_DATA_MEMORY_DATASET_H

#include "kernels_cpu/data/dataset_kernel.h"

/* Takes the elements over (the list is empty then), which are like those of `like`. */
HR_MUST_USE hr_status hr_memory_dataset(const hr_dataset *like, hr_elements *elements, hr_dataset **out);

#endif
