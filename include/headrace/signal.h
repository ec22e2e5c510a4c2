/* Signals: Fourier transforms of real numbers. Names follow the rule of math.h; transforms of complex numbers are the ops
 * themselves (hr_fft, hr_ifft2d, ...). */
#ifndef HEADRACE_SIGNAL_H
#define HEADRACE_SIGNAL_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_real_fft_options {
  hr_operand fft_length; /* a vector of `dims` lengths; left out: as the input has them */
  const char *name;
} hr_real_fft_options;
/* tf.signal.rfft, rfft2d and rfft3d: half of the spectrum over the last `dims` (1 to 3) dimensions, which are cut or
 * padded with zeros to the lengths. Their inverses. */
HR_API hr_output hr_real_fft_with(hr_scope scope, hr_operand input, int32_t dims, const hr_real_fft_options *options);
HR_API hr_output hr_inverse_real_fft_with(hr_scope scope, hr_operand input, int32_t dims,
                                          const hr_real_fft_options *options);
#define hr_real_fft(scope, input, dims, ...)                                                                           \
  hr_real_fft_with((scope), HR_OPERAND(input), (dims), &(hr_real_fft_options){__VA_ARGS__})
#define hr_inverse_real_fft(scope, input, dims, ...)                                                                   \
  hr_inverse_real_fft_with((scope), HR_OPERAND(input), (dims), &(hr_real_fft_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
