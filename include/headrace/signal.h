/* Signals: Fourier transforms of real numbers, windows. Names follow the rule of math.h; transforms of complex numbers are the ops
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

typedef struct hr_window_options {
  hr_operand periodic; /* default true: the first of a line of such windows; else symmetric */
  hr_dtype dtype;      /* HR_FLOAT for HR_INVALID */
  const char *name;
} hr_window_options;
/* tf.signal.hann_window and hamming_window, of a number of samples. InvalidArgument for a dtype that is no float. */
HR_API hr_output hr_hann_window_with(hr_scope scope, hr_operand window_length, const hr_window_options *options);
HR_API hr_output hr_hamming_window_with(hr_scope scope, hr_operand window_length, const hr_window_options *options);
#define HR_WINDOW_DEFAULTS .periodic = {HR_OPERAND_BOOL, {.b = true}}
#define hr_hann_window(scope, window_length, ...)                                                                      \
  HR_CALL_OP_(hr_window_options, hr_hann_window_with((scope), HR_OPERAND(window_length), &hr_options_),                \
              HR_WINDOW_DEFAULTS, ##__VA_ARGS__)
#define hr_hamming_window(scope, window_length, ...)                                                                   \
  HR_CALL_OP_(hr_window_options, hr_hamming_window_with((scope), HR_OPERAND(window_length), &hr_options_),             \
              HR_WINDOW_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_fftshift_options {
  hr_operand axes; /* numbers; left out: all */
  bool inverse;    /* tf.signal.ifftshift */
  const char *name;
} hr_fftshift_options;
/* tf.signal.fftshift: dimensions rolled by half their sizes, which must be known. */
HR_API hr_output hr_fftshift_with(hr_scope scope, hr_operand x, const hr_fftshift_options *options);
#define hr_fftshift(scope, x, ...) hr_fftshift_with((scope), HR_OPERAND(x), &(hr_fftshift_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
