/* String elements of inputs and outputs. */
#ifndef HR_KERNELS_CPU_STRING_ARGUMENTS_H
#define HR_KERNELS_CPU_STRING_ARGUMENTS_H

#include "headrace/kernel.h"
#include "runtime/base/text.h"

static inline const hr_string *hr_string_at(const hr_tensor *t, int64_t i) {
  return (const hr_string *)hr_tensor_data(t) + i;
}
static inline hr_view hr_string_view(const hr_string *s) { return (hr_view){hr_string_data(s), hr_string_length(s)}; }

/* Element i with a NUL behind it, to be freed with free(); NULL when out of memory. */
char *hr_string_element_dup(const hr_tensor *t, int64_t i);

/* Output `index` is the scalar string built in `text`, which is freed. ResourceExhausted where building it failed. */
HR_MUST_USE hr_status hr_output_text(hr_kernel_context *ctx, int index, hr_text *text);

/* An output with the shape of input 0, each element made from the element of input 0 in its place. `make` appends to an
 * empty text. */
HR_MUST_USE hr_status hr_map_strings(hr_kernel_context *ctx,
                                     hr_status (*make)(hr_kernel_context *ctx, hr_view in, hr_text *out));

/* Sets a string to what `text` holds and empties the text, keeping its memory. */
HR_MUST_USE hr_status hr_string_set_text(hr_string *s, hr_text *text);

#endif
