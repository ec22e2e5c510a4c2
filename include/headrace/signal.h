/* Signals: Fourier transforms of real numbers, cosine transforms, windows, frames. Names follow the rule of math.h;
 * transforms of complex numbers are the ops themselves (hr_fft, hr_ifft2d, ...). */
#ifndef HEADRACE_SIGNAL_H
#define HEADRACE_SIGNAL_H

#include "headrace/nn.h"

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

typedef struct hr_cosine_transform_options {
  int32_t type;    /* 1, 2 (default) or 3 */
  int64_t n;       /* how many samples: the last dimension is cut or padded; 0: as many as there are */
  bool orthogonal; /* norm="ortho" */
  bool inverse;    /* tf.signal.idct */
  const char *name;
} hr_cosine_transform_options;
/* tf.signal.dct of the last dimension, of floats. InvalidArgument for other types, a negative n, type 1 of fewer than
 * two samples or orthogonal; Unimplemented where n is given and the last dimension is not known. */
HR_API hr_output hr_dct_with(hr_scope scope, hr_operand input, const hr_cosine_transform_options *options);
#define hr_dct(scope, input, ...)                                                                                      \
  HR_CALL_OP_(hr_cosine_transform_options, hr_dct_with((scope), HR_OPERAND(input), &hr_options_), .type = 2,           \
              ##__VA_ARGS__)
/* tf.signal.mfccs_from_log_mel_spectrograms: cepstral coefficients, as many as there are bins. */
HR_API hr_output hr_mfccs_from_log_mel_spectrograms_with(hr_scope scope, hr_operand log_mel_spectrograms,
                                                         const hr_op_options *options);
#define hr_mfccs_from_log_mel_spectrograms(scope, log_mel_spectrograms, ...)                                           \
  hr_mfccs_from_log_mel_spectrograms_with((scope), HR_OPERAND(log_mel_spectrograms), &(hr_op_options){__VA_ARGS__})

typedef struct hr_frame_options {
  bool pad_end;         /* the last frames are padded, where the signal ends in them */
  hr_operand pad_value; /* default 0 */
  int32_t axis;         /* default -1 */
  const char *name;
} hr_frame_options;
/* tf.signal.frame: pieces of frame_length samples along an axis, which begin every frame_step samples; the axis becomes
 * [frames, frame_length]. Length and step may be tensors. */
HR_API hr_output hr_frame_with(hr_scope scope, hr_operand signal, hr_operand frame_length, hr_operand frame_step,
                               const hr_frame_options *options);
#define hr_frame(scope, signal, frame_length, frame_step, ...)                                                         \
  HR_CALL_OP_(                                                                                                         \
      hr_frame_options,                                                                                                \
      hr_frame_with((scope), HR_OPERAND(signal), HR_OPERAND(frame_length), HR_OPERAND(frame_step), &hr_options_),      \
      .axis = -1, ##__VA_ARGS__)
/* tf.signal.overlap_and_add: of frames [..., frames, frame_length] the signal in which they begin every frame_step
 * samples, and add up. */
HR_API hr_output hr_overlap_and_add_with(hr_scope scope, hr_operand signal, hr_operand frame_step,
                                         const hr_op_options *options);
#define hr_overlap_and_add(scope, signal, frame_step, ...)                                                             \
  hr_overlap_and_add_with((scope), HR_OPERAND(signal), HR_OPERAND(frame_step), &(hr_op_options){__VA_ARGS__})

typedef struct hr_stft_options {
  hr_operand fft_length;   /* default: the smallest power of two with room for a frame */
  hr_activation window_fn; /* gives the window of a number of samples; default: hr_hann_window */
  bool no_window;
  bool pad_end; /* as of hr_frame; not for the inverse */
  const char *name;
} hr_stft_options;
/* tf.signal.stft: the spectrum of each frame; tf.signal.inverse_stft: the signal again. Lengths and steps
 * may be tensors. */
HR_API hr_output hr_stft_with(hr_scope scope, hr_operand signals, hr_operand frame_length, hr_operand frame_step,
                              const hr_stft_options *options);
HR_API hr_output hr_inverse_stft_with(hr_scope scope, hr_operand stfts, hr_operand frame_length, hr_operand frame_step,
                                      const hr_stft_options *options);
#define hr_stft(scope, signals, frame_length, frame_step, ...)                                                         \
  hr_stft_with((scope), HR_OPERAND(signals), HR_OPERAND(frame_length), HR_OPERAND(frame_step),                         \
               &(hr_stft_options){__VA_ARGS__})
#define hr_inverse_stft(scope, stfts, frame_length, frame_step, ...)                                                   \
  hr_inverse_stft_with((scope), HR_OPERAND(stfts), HR_OPERAND(frame_length), HR_OPERAND(frame_step),                   \
                       &(hr_stft_options){__VA_ARGS__})

typedef struct hr_inverse_stft_window_options {
  hr_activation forward_window_fn; /* the window of the transform; default: hr_hann_window */
  const char *name;
} hr_inverse_stft_window_options;
/* The window with which the inverse gives back the signal (tf.signal.inverse_stft_window_fn). */
HR_API hr_output hr_inverse_stft_window_with(hr_scope scope, hr_operand frame_length, hr_operand frame_step,
                                             const hr_inverse_stft_window_options *options);

typedef struct hr_mel_weights_options {
  double lower_edge_hertz, upper_edge_hertz; /* default 125 and 3800 */
  hr_dtype dtype;                            /* HR_FLOAT for HR_INVALID */
  const char *name;
} hr_mel_weights_options;
#define HR_MEL_WEIGHTS_DEFAULTS .lower_edge_hertz = 125.0, .upper_edge_hertz = 3800.0
/* tf.signal.linear_to_mel_weight_matrix: spectra times it are spectra in bins of mel. `num_spectrogram_bins` is a
 * number or a tensor of one. InvalidArgument for numbers of bins and a rate that are not positive, and edges that are
 * not in order below half the rate. */
HR_API hr_output hr_linear_to_mel_weight_matrix_with(hr_scope scope, int64_t num_mel_bins,
                                                     hr_operand num_spectrogram_bins, double sample_rate,
                                                     const hr_mel_weights_options *options);
#define hr_linear_to_mel_weight_matrix(scope, num_mel_bins, num_spectrogram_bins, sample_rate, ...)                    \
  HR_CALL_OP_(hr_mel_weights_options,                                                                                  \
              hr_linear_to_mel_weight_matrix_with((scope), (num_mel_bins), HR_OPERAND(num_spectrogram_bins),           \
                                                  (sample_rate), &hr_options_),                                        \
              HR_MEL_WEIGHTS_DEFAULTS, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
