/* What convolutions and pooling share: sizes of windows and names of formats. */
#ifndef HR_BUILDER_WINDOWS_H
#define HR_BUILDER_WINDOWS_H

#include "builder/builder.h"

enum { HR_MAX_SPATIAL = 3, HR_MAX_WINDOW = HR_MAX_SPATIAL + 2 };

static inline bool hr_channels_first(const char *data_format) {
  return data_format && strncmp(data_format, "NC", 2) == 0;
}
/* "NHWC" and so on, of one to three spatial dimensions. */
const char *hr_window_format(int spatial, bool channels_first);
/* A number for each dimension: none are ones, one stands for all spatial dimensions. False and an error that names them
 * for another number than one, `spatial`, or `spatial` + 2. */
bool hr_window_sizes(hr_scope scope, hr_ints given, int spatial, bool channels_first, const char *name,
                     int64_t out[HR_MAX_WINDOW]);
/* The static shape of an operand, whatever it is; unknown with the error told. */
hr_partial_shape hr_operand_static_shape(hr_scope scope, hr_operand x);
/* How long a transposed convolution makes `size`. */
static inline int64_t hr_window_enlarged(int64_t size, int64_t kernel, int64_t stride, bool same) {
  return size * stride + (same || kernel <= stride ? 0 : kernel - stride);
}
/* False, with the error told, for NULL or a model that has an error. */
bool hr_padding_is_given(hr_scope scope, const char *padding);
/* Strides and distances of taps, one for each spatial dimension; none are ones. False and an error for another number,
 * for those that are not positive, and where both are above one. */
bool hr_strides_and_rates(hr_scope scope, hr_ints strides, hr_ints rates, int spatial, int64_t *moves, int64_t *apart);
static inline hr_attr_value hr_int_list(const int64_t *items, int count) {
  return (hr_attr_value){.kind = HR_ATTR_INT, .is_list = true, .count = count, .ints = items};
}

/* The convolution of tf.nn.convolution and of layers: `strides` has a number for each spatial dimension; `name` as of
 * the op, or NULL. */
hr_output hr_plain_convolution(hr_scope scope, hr_output x, hr_operand filter, int spatial, const int64_t *strides,
                               const char *padding, bool channels_first, const char *name);

#endif
