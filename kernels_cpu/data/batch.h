/* The batch, for datasets that end in one. */
#ifndef HR_KERNELS_CPU_DATA_BATCH_H
#define HR_KERNELS_CPU_DATA_BATCH_H

#include "kernels_cpu/data/dataset_kernel.h"

/* Batches of `input`, of the node's output_types and output_shapes. InvalidArgument for sizes below 1. Batches that are
 * made at once fail as a whole: behind an error the rest of the batch is passed over; else the next one begins there.
 */
HR_MUST_USE hr_status hr_make_batch(const hr_kernel_context *ctx, hr_dataset *input, int64_t size, bool drops_remainder,
                                    bool at_once, hr_dataset **out);

#endif
