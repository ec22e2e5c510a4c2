/* The bytes that SerializeIterator gives and DeserializeIterator takes, in a variant. */
#ifndef HR_KERNELS_CPU_DATA_ITERATOR_STATE_H
#define HR_KERNELS_CPU_DATA_ITERATOR_STATE_H

#include "headrace/tensor.h"
#include "runtime/base/text.h"

/* A variant scalar with a copy of the bytes. ResourceExhausted. */
HR_MUST_USE hr_status hr_iterator_state_new(hr_view bytes, hr_tensor *out);
/* Those of a variant, borrowed from it. InvalidArgument where it is none of these. */
HR_MUST_USE hr_status hr_iterator_state_bytes(const hr_tensor *variant, hr_view *out);

#endif
