/* Windows that move over images and volumes: what convolutions and pooling share.
 *
 * There are always three axes: images have one plane, so that one loop serves both. */
#ifndef HR_KERNELS_CPU_CONVOLUTION_WINDOW_H
#define HR_KERNELS_CPU_CONVOLUTION_WINDOW_H

#include "headrace/kernel.h"

enum { HR_WINDOW_AXES = 3 };

/* Window o covers positions o * stride - before + k * dilation for k in [0, window); those outside of [0, in) are
 * padding. */
typedef struct hr_window_axis {
  int64_t in, out, window, stride, dilation, before;
} hr_window_axis;

/* The taps [first, last) of window `o` that are inside. */
typedef struct hr_taps_inside {
  int64_t start; /* position of tap 0; may be outside */
  int64_t first, last;
} hr_taps_inside;
hr_taps_inside hr_window_taps(const hr_window_axis *axis, int64_t o);

typedef enum hr_padding { HR_PADDING_SAME, HR_PADDING_VALID, HR_PADDING_EXPLICIT } hr_padding;

/* What the attributes of an op say; read once, for each kernel. */
typedef struct hr_window_settings {
  int spatial;         /* 2: images, 3: volumes */
  bool channels_first; /* data_format NCHW, NCDHW */
  hr_padding padding;
  int64_t strides[HR_WINDOW_AXES + 2], dilations[HR_WINDOW_AXES + 2]; /* as the data lies; ones where not given */
  int64_t sizes[HR_WINDOW_AXES + 2];                                  /* ksize, of pooling */
  int64_t paddings[2 * (HR_WINDOW_AXES + 2)];                         /* explicit */
} hr_window_settings;

/* Reads padding, data_format, strides, dilations, rates, ksize, ksizes and explicit_paddings, those that the op has.
 * InvalidArgument for lists of another length than `spatial` + 2, and for sizes, strides and dilations below 1. */
HR_MUST_USE hr_status hr_window_settings_read(const hr_kernel_construction *c, int spatial, hr_window_settings *out);

/* Fills in `axis` for `in` positions. InvalidArgument where no window fits. */
HR_MUST_USE hr_status hr_window_axis_make(hr_padding padding, int64_t in, int64_t window, int64_t stride,
                                          int64_t dilation, int64_t before, int64_t after, hr_window_axis *axis);

/* The axes of data with these dims (channels last) for windows of these sizes (spatial ones). */
HR_MUST_USE hr_status hr_window_axes_make(const hr_window_settings *s, const int64_t *dims, const int64_t *sizes,
                                          hr_window_axis axes[HR_WINDOW_AXES]);

/* The shape [batch, spatial..., channels] of what windows give, or of what they move over. */
HR_MUST_USE hr_status hr_windows_shape(const hr_window_axis axes[HR_WINDOW_AXES], int spatial, bool of_input,
                                       int64_t batch, int64_t channels, hr_shape *out);

static inline int64_t hr_windows_in(const hr_window_axis axes[HR_WINDOW_AXES]) {
  return axes[0].in * axes[1].in * axes[2].in;
}
static inline int64_t hr_windows_out(const hr_window_axis axes[HR_WINDOW_AXES]) {
  return axes[0].out * axes[1].out * axes[2].out;
}
static inline int64_t hr_windows_taps(const hr_window_axis axes[HR_WINDOW_AXES]) {
  return axes[0].window * axes[1].window * axes[2].window;
}

/* Window number `index` of an image, by axes. */
static inline void hr_window_at(const hr_window_axis axes[HR_WINDOW_AXES], int64_t index, int64_t at[HR_WINDOW_AXES]) {
  at[2] = index % axes[2].out;
  at[1] = index / axes[2].out % axes[1].out;
  at[0] = index / axes[2].out / axes[1].out;
}

#endif
