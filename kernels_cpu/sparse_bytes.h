/* Sparse tensors as vectors of three variants: what SerializeSparse gives and DeserializeSparse takes. */
#ifndef HR_KERNELS_CPU_SPARSE_BYTES_H
#define HR_KERNELS_CPU_SPARSE_BYTES_H

#include "headrace/tensor.h"

/* Indices, values and shape move into the variants; `parts` are empty then, whatever comes of it. `*out` is
 * overwritten. */
HR_MUST_USE hr_status hr_sparse_variants(hr_tensor parts[3], hr_tensor *out);

#endif
