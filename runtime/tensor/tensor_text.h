/* The values of a tensor as text, for messages and the printing ops. */
#ifndef HR_RUNTIME_TENSOR_TENSOR_TEXT_H
#define HR_RUNTIME_TENSOR_TENSOR_TEXT_H

#include "headrace/tensor.h"
#include "runtime/base/text.h"

/* Appends element i: the fewest digits that read back equal, strings escaped. */
void hr_tensor_add_element_text(hr_text *text, const hr_tensor *t, int64_t i);

/* Appends "[1 2][3 4]...", at most `max_entries` elements (-1: all), as TensorFlow's messages show values. */
void hr_tensor_add_values_text(hr_text *text, const hr_tensor *t, int64_t max_entries);

#endif
