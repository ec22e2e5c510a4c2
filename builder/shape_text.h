#ifndef HR_BUILDER_SHAPE_TEXT_H
#define HR_BUILDER_SHAPE_TEXT_H

#include "headrace/shape.h"

/* Writes the text that tf.TensorShape has, which messages of Python's functions use: "(2, ?, 3)", "(2,)" or
 * "<unknown>"; returns `text`. */
char *hr_shape_python_text(const hr_partial_shape *shape, char text[HR_SHAPE_TEXT]);

#endif
