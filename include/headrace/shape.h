/* Shapes: the full shape of a tensor, and the partial shape that is known while a graph is built. */
#ifndef HEADRACE_SHAPE_H
#define HEADRACE_SHAPE_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest rank of a tensor. Larger ranks are refused with Unimplemented where a tensor or shape is made. */
#define HR_MAX_RANK 12

/* The shape of a tensor: `rank` sizes, each >= 0. */
typedef struct hr_shape {
  int rank;
  int64_t dims[HR_MAX_RANK];
} hr_shape;

/* A shape whose rank (-1) or sizes (-1) may be unknown. A value; cheap to copy. */
typedef struct hr_partial_shape {
  int rank;
  int64_t dims[HR_MAX_RANK];
} hr_partial_shape;

#define HR_UNKNOWN_RANK (-1)
#define HR_UNKNOWN_DIM  (-1)

/* HR_SHAPE(2, 3), HR_SHAPE(-1, 784), HR_SHAPE() for a scalar: an hr_partial_shape literal. */
#define HR_SHAPE(...)                                                                                                  \
  ((hr_partial_shape){.rank = (int)(sizeof((int64_t[]){0, ##__VA_ARGS__}) / sizeof(int64_t)) - 1,                      \
                      .dims = {__VA_ARGS__}})
#define HR_SHAPE_UNKNOWN ((hr_partial_shape){.rank = HR_UNKNOWN_RANK})

/* Number of elements. The sizes are those of a tensor that exists, so the product fits. */
static inline int64_t hr_shape_elements(const hr_shape *shape) {
  int64_t n = 1;
  for (int i = 0; i < shape->rank; ++i)
    n *= shape->dims[i];
  return n;
}

/* A full shape from outside: checks rank, signs and that the product fits in 63 bits. InvalidArgument otherwise. */
HR_API HR_MUST_USE hr_status hr_shape_make(int rank, const int64_t *dims, hr_shape *out);

HR_API bool hr_shape_equal(const hr_shape *a, const hr_shape *b);
HR_API bool hr_partial_shape_equal(const hr_partial_shape *a, const hr_partial_shape *b);
HR_API bool hr_partial_shape_is_full(const hr_partial_shape *shape);
HR_API hr_partial_shape hr_partial_shape_from(const hr_shape *shape);

/* True where a tensor of shape `full` may stand where `partial` is declared. */
HR_API bool hr_shape_matches(const hr_shape *full, const hr_partial_shape *partial);

/* What both shapes say together; InvalidArgument naming both where they contradict. */
HR_API HR_MUST_USE hr_status hr_partial_shape_merge(const hr_partial_shape *a, const hr_partial_shape *b,
                                                    hr_partial_shape *out);

/* Writes TensorFlow's text, "[2,?,3]" or "<unknown>", cut to fit; returns `text`. */
#define HR_SHAPE_TEXT 288
HR_API char *hr_shape_text(const hr_shape *shape, char text[HR_SHAPE_TEXT]);
HR_API char *hr_partial_shape_text(const hr_partial_shape *shape, char text[HR_SHAPE_TEXT]);
/* The same as Python's TensorFlow prints it: "(2, ?)", "(3,)", "()" or "<unknown>". */
HR_API char *hr_partial_shape_tuple_text(const hr_partial_shape *shape, char text[HR_SHAPE_TEXT]);

#ifdef __cplusplus
}
#endif
#endif
