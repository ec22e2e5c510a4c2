/* What the files of the image room share: sizes that may be numbers or tensors, checks, batches of one. */
#ifndef HR_BUILDER_IMAGE_IMAGE_H
#define HR_BUILDER_IMAGE_IMAGE_H

#include "builder/builder.h"
#include "headrace/checks.h"
#include "headrace/image.h"

/* ---- sizes ----------------------------------------------------------------------------------------------------- */

/* A size, or an offset, is an operand: a number where it is known while building, else a scalar tensor. What is made of
 * numbers alone is a number, and makes no nodes. */
static inline bool hr_is_number(hr_operand x) { return x.kind == HR_OPERAND_INT; }
/* The number in a static shape; unknown for a tensor. */
static inline int64_t hr_known_size(hr_operand x) { return hr_is_number(x) ? x.i : HR_UNKNOWN_DIM; }
hr_operand hr_size_plus(hr_scope scope, hr_operand x, hr_operand y);
hr_operand hr_size_minus(hr_scope scope, hr_operand x, hr_operand y);
hr_operand hr_size_max(hr_scope scope, hr_operand x, hr_operand y);
hr_operand hr_size_min(hr_scope scope, hr_operand x, hr_operand y);
/* x // y rounds down. */
hr_operand hr_size_floordiv(hr_scope scope, hr_operand x, int64_t y);
hr_operand hr_size_negative(hr_scope scope, hr_operand x);
/* An argument as a size: a tensor, or a whole number. */
hr_operand hr_size_of(hr_scope scope, hr_operand argument);

/* The four (or three) sizes of an image: numbers where the static shape knows them, else parts of its shape. */
typedef struct hr_image_sizes {
  hr_operand of[4];
} hr_image_sizes;
hr_image_sizes hr_image_sizes_of(hr_scope scope, hr_output image, int rank);

/* ---- checks ---------------------------------------------------------------------------------------------------- */

/* Nodes that others wait for. */
enum { HR_MAX_IMAGE_CHECKS = 8 };
typedef struct hr_image_checks {
  int32_t count;
  hr_node *nodes[HR_MAX_IMAGE_CHECKS];
} hr_image_checks;
/* Adds a node, if there is one. */
void hr_add_check(hr_image_checks *checks, hr_node *node);

/* Refuses an image of less than three dimensions or without pixels; adds what a run must check. */
void hr_check_at_least_3d(hr_scope scope, hr_output image, hr_image_checks *checks);
/* Refuses numbers for which the comparison (">", ">=" or "==") does not hold, with the message; adds an Assert where
 * one of them is a tensor. */
void hr_check_sizes(hr_scope scope, hr_operand x, const char *comparison, hr_operand y, const char *message,
                    hr_image_checks *checks);

/* Refuses two images that cannot be compared; adds what a run must check. Answers the shapes of both. */
hr_outputs hr_check_comparable(hr_scope scope, hr_output a, hr_output b, hr_image_checks *checks);

/* The tensor once the checks have run: always an Identity "control_dependency". */
hr_output hr_after_checks(hr_scope scope, const hr_image_checks *checks, hr_output output);

/* The image of at least three dimensions, as tf.image's functions begin: converted, and checked. */
hr_output hr_checked_image(hr_scope scope, hr_operand image);

/* ---- batches --------------------------------------------------------------------------------------------------- */

/* An image as a batch of one; a batch stays as it is. An image of unknown rank counts as one image. */
typedef struct hr_image_batch {
  hr_output images;
  bool was_image;
} hr_image_batch;
hr_image_batch hr_image_batch_of(hr_scope scope, hr_output image);
/* The image of such a batch again. */
hr_output hr_unbatch(hr_scope scope, const hr_image_batch *batch, hr_output images);

/* Sets the static shape; an error goes to the scope's builder. */
void hr_set_image_shape(hr_scope scope, hr_output image, hr_partial_shape shape);

/* The images as floats: as they are where they are floats or halves, else converted as hr_convert_image_dtype does. */
hr_output hr_float_images(hr_scope scope, hr_output images);

#endif
