/* What shape functions of convolutions and pooling share: windows that move over images or volumes. */
#ifndef HR_OPS_SHAPES_WINDOW_H
#define HR_OPS_SHAPES_WINDOW_H

#include "ops/shapes/shapes.h"

/* Dimensions that windows move along: two of images, three of volumes. */
enum { HR_MAX_SPATIAL = 3 };

/* Where the dimensions of a tensor of images or volumes are. */
typedef struct hr_window_layout {
  int spatial;  /* how many dimensions windows move along */
  int first;    /* the first of them */
  int channels; /* where the channels are */
} hr_window_layout;

/* By attribute data_format, where the op has one; else the channels are last. */
hr_window_layout hr_window_layout_of(const hr_shape_context *c, int spatial);

/* A list of integers with an entry for each dimension, `spatial` + 2. InvalidArgument "OP requires the WHAT attribute
 * to contain N values, but got: M". */
HR_MUST_USE hr_status hr_window_list(const hr_shape_context *c, const char *attr, const char *what, int spatial,
                                     const int64_t **out);

/* Number of windows along a dimension of size `in`; unknown where a size is. InvalidArgument for strides and dilations
 * below 1, and for windows that are larger than what they move over. `before` and `after`: of explicit padding. */
HR_MUST_USE hr_status hr_window_count(const hr_shape_context *c, int64_t in, int64_t window, int64_t dilation,
                                      int64_t stride, int64_t before, int64_t after, int64_t *out);

#endif
