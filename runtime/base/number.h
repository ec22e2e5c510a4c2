/* Numbers in text, as TensorFlow's parsing ops read them. */
#ifndef HR_RUNTIME_BASE_NUMBER_H
#define HR_RUNTIME_BASE_NUMBER_H

#include "runtime/base/text.h"

/* The number that the whole of `text` spells, with white space around it or not; false for other text. Not of the
 * locale. Reals: decimal with an optional exponent, correctly rounded (too large: infinity); "0x" and hexadecimal
 * digits; "inf" and "nan" in any case; white space alone is 0. Integers: decimal digits with an optional '-', false
 * outside of the type's range. */
bool hr_number_f32(hr_view text, float *out);
bool hr_number_f64(hr_view text, double *out);
bool hr_number_i32(hr_view text, int32_t *out);
bool hr_number_i64(hr_view text, int64_t *out);

#endif
