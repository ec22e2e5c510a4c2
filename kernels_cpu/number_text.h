/* Numbers that text spells. */
#ifndef HR_KERNELS_CPU_NUMBER_TEXT_H
#define HR_KERNELS_CPU_NUMBER_TEXT_H

#include "headrace/dtype.h"
#include "runtime/base/text.h"

/* Writes the float, double, int32 or int64 that the text spells to `out`; false where it spells none, or one out of
 * range. White space around it is allowed, nothing else. */
bool hr_number_from_text(hr_view text, hr_dtype dtype, void *out);

#endif
