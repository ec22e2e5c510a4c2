/* Shapes as Python writes them. */
#include "builder/shape_text.h"
#include <inttypes.h>
#include <stdio.h>

char *hr_shape_python_text(const hr_partial_shape *shape, char text[HR_SHAPE_TEXT]) {
  if (shape->rank < 0) return hr_partial_shape_text(shape, text);
  /* HR_MAX_RANK numbers of 20 characters with what stands between them are shorter than HR_SHAPE_TEXT. */
  int length = snprintf(text, HR_SHAPE_TEXT, "(");
  for (int i = 0; i < shape->rank; ++i) {
    if (i > 0) length += snprintf(text + length, HR_SHAPE_TEXT - (size_t)length, ", ");
    if (shape->dims[i] < 0)
      length += snprintf(text + length, HR_SHAPE_TEXT - (size_t)length, "?");
    else
      length += snprintf(text + length, HR_SHAPE_TEXT - (size_t)length, "%" PRId64, shape->dims[i]);
  }
  snprintf(text + length, HR_SHAPE_TEXT - (size_t)length, shape->rank == 1 ? ",)" : ")");
  return text;
}
