/* The text of a tensor, as TensorFlow's Tensor::DebugString writes it. */
#include "runtime/tensor/tensor_text.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The shorter of two precisions that reads back as the same number. */
static void add_float(hr_text *text, float value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%.*g", FLT_DIG, (double)value);
  if (strtof(digits, NULL) != value) snprintf(digits, sizeof digits, "%.*g", FLT_DIG + 3, (double)value);
  hr_text_add_string(text, digits);
}

static void add_double(hr_text *text, double value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%.*g", DBL_DIG, value);
  if (strtod(digits, NULL) != value) snprintf(digits, sizeof digits, "%.*g", DBL_DIG + 2, value);
  hr_text_add_string(text, digits);
}

void hr_tensor_add_element_text(hr_text *text, const hr_tensor *t, int64_t i) {
  const void *data = hr_tensor_data(t);
  switch (hr_tensor_dtype(t)) {
  case HR_FLOAT: add_float(text, ((const float *)data)[i]); break;
  case HR_DOUBLE: add_double(text, ((const double *)data)[i]); break;
  case HR_HALF: add_float(text, hr_half_to_float(((const hr_half *)data)[i])); break;
  case HR_INT8:
  case HR_QINT8: hr_text_printf(text, "%d", ((const int8_t *)data)[i]); break;
  case HR_UINT8:
  case HR_QUINT8:
  case HR_BOOL: hr_text_printf(text, "%u", ((const uint8_t *)data)[i]); break;
  case HR_INT16:
  case HR_QINT16: hr_text_printf(text, "%d", ((const int16_t *)data)[i]); break;
  case HR_UINT16:
  case HR_QUINT16: hr_text_printf(text, "%u", ((const uint16_t *)data)[i]); break;
  case HR_INT32:
  case HR_QINT32: hr_text_printf(text, "%" PRId32, ((const int32_t *)data)[i]); break;
  case HR_UINT32: hr_text_printf(text, "%" PRIu32, ((const uint32_t *)data)[i]); break;
  case HR_INT64: hr_text_printf(text, "%" PRId64, ((const int64_t *)data)[i]); break;
  case HR_UINT64: hr_text_printf(text, "%" PRIu64, ((const uint64_t *)data)[i]); break;
  case HR_STRING: {
    const hr_string *s = (const hr_string *)data + i;
    hr_text_add_escaped(text, hr_string_data(s), hr_string_length(s));
    break;
  }
  default: hr_text_add_string(text, "?"); /* complex and bfloat16, which TensorFlow 1.15 does not write out */
  }
}

/* Elements `*next`.. of dimension `axis`, at most up to element `limit`. */
static void add_axis(hr_text *text, const hr_tensor *t, int axis, int64_t limit, int64_t *next) {
  if (*next >= limit) return;
  bool innermost = axis == t->rank - 1;
  for (int64_t i = 0; i < t->dims[axis] && *next < limit; ++i) {
    if (!innermost) {
      hr_text_add_string(text, "[");
      add_axis(text, t, axis + 1, limit, next);
      hr_text_add_string(text, "]");
      continue;
    }
    if (i > 0) hr_text_add_string(text, " ");
    hr_tensor_add_element_text(text, t, (*next)++);
    if (axis > 0 && *next >= limit && i + 1 < t->dims[axis]) hr_text_add_string(text, "...");
  }
}

void hr_tensor_add_values_text(hr_text *text, const hr_tensor *t, int64_t max_entries) {
  int64_t limit = max_entries >= 0 && max_entries < t->elements ? max_entries : t->elements, next = 0;
  if (t->rank > 0)
    add_axis(text, t, 0, limit, &next);
  else if (limit > 0)
    hr_tensor_add_element_text(text, t, 0);
  if (limit < t->elements) hr_text_add_string(text, "...");
}

char *hr_tensor_text_dup(const hr_tensor *t, int64_t max_entries) {
  hr_text text = {0};
  char shape_text[HR_SHAPE_TEXT];
  hr_shape shape = hr_tensor_shape(t);
  hr_text_printf(&text, "Tensor<type: %s shape: %s values: ", hr_dtype_name(hr_tensor_dtype(t)),
                 hr_shape_text(&shape, shape_text));
  hr_tensor_add_values_text(&text, t, max_entries);
  hr_text_add_string(&text, ">");
  return hr_text_take(&text);
}
