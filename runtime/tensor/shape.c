#include "headrace/shape.h"

#include <inttypes.h>
#include <stdio.h>

hr_status hr_shape_make(int rank, const int64_t *dims, hr_shape *out) {
  if (rank < 0) return hr_error(HR_INVALID_ARGUMENT, "Rank %d of a shape must be >= 0", rank);
  if (rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A shape of rank %d: at most rank %d is supported", rank, HR_MAX_RANK);
  hr_shape shape = {.rank = rank};
  for (int i = 0; i < rank; ++i) {
    if (dims[i] < 0) return hr_error(HR_INVALID_ARGUMENT, "Dimension %" PRId64 " must be >= 0", dims[i]);
    shape.dims[i] = dims[i];
  }
  int64_t elements = 1;
  for (int i = 0; i < rank; ++i)
    if (__builtin_mul_overflow(elements, dims[i], &elements)) {
      char text[HR_SHAPE_TEXT];
      return hr_error(HR_INVALID_ARGUMENT, "Shape %s results in overflow when computing number of elements",
                      hr_shape_text(&shape, text));
    }
  *out = shape;
  return HR_SUCCESS;
}

static bool dims_equal(int rank, const int64_t *a, const int64_t *b) {
  for (int i = 0; i < rank; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

bool hr_shape_equal(const hr_shape *a, const hr_shape *b) {
  return a->rank == b->rank && dims_equal(a->rank, a->dims, b->dims);
}

bool hr_partial_shape_equal(const hr_partial_shape *a, const hr_partial_shape *b) {
  return a->rank == b->rank && dims_equal(a->rank, a->dims, b->dims);
}

bool hr_partial_shape_is_full(const hr_partial_shape *shape) {
  for (int i = 0; i < shape->rank; ++i)
    if (shape->dims[i] < 0) return false;
  return shape->rank >= 0;
}

hr_partial_shape hr_partial_shape_from(const hr_shape *shape) {
  hr_partial_shape partial = {.rank = shape->rank};
  for (int i = 0; i < shape->rank; ++i)
    partial.dims[i] = shape->dims[i];
  return partial;
}

bool hr_shape_matches(const hr_shape *full, const hr_partial_shape *partial) {
  if (partial->rank < 0) return true;
  if (partial->rank != full->rank) return false;
  for (int i = 0; i < full->rank; ++i)
    if (partial->dims[i] >= 0 && partial->dims[i] != full->dims[i]) return false;
  return true;
}

hr_status hr_partial_shape_merge(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out) {
  char a_text[HR_SHAPE_TEXT], b_text[HR_SHAPE_TEXT];
  if (a->rank < 0 || b->rank < 0) {
    *out = a->rank < 0 ? *b : *a;
    return HR_SUCCESS;
  }
  if (a->rank != b->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Shapes must be equal rank, but are %d and %d: %s and %s", a->rank, b->rank,
                    hr_partial_shape_text(a, a_text), hr_partial_shape_text(b, b_text));
  hr_partial_shape merged = *a;
  for (int i = 0; i < a->rank; ++i) {
    if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i])
      return hr_error(HR_INVALID_ARGUMENT,
                      "Dimension %d in both shapes must be equal, but are %" PRId64 " and %" PRId64
                      ". Shapes are %s and %s",
                      i, a->dims[i], b->dims[i], hr_partial_shape_text(a, a_text), hr_partial_shape_text(b, b_text));
    if (merged.dims[i] < 0) merged.dims[i] = b->dims[i];
  }
  *out = merged;
  return HR_SUCCESS;
}

/* HR_SHAPE_TEXT holds the longest text: HR_MAX_RANK numbers of 20 characters with their commas and brackets. */
static char *write_text(int rank, const int64_t *dims, char *text) {
  if (rank < 0) {
    snprintf(text, HR_SHAPE_TEXT, "<unknown>");
    return text;
  }
  size_t length = 0;
  text[length++] = '[';
  for (int i = 0; i < rank; ++i) {
    if (i > 0) text[length++] = ',';
    if (dims[i] < 0)
      text[length++] = '?';
    else
      length += (size_t)snprintf(text + length, HR_SHAPE_TEXT - length, "%" PRId64, dims[i]);
  }
  text[length++] = ']';
  text[length] = '\0';
  return text;
}

char *hr_shape_text(const hr_shape *shape, char text[HR_SHAPE_TEXT]) {
  return write_text(shape->rank, shape->dims, text);
}

char *hr_partial_shape_text(const hr_partial_shape *shape, char text[HR_SHAPE_TEXT]) {
  return write_text(shape->rank, shape->dims, text);
}

char *hr_partial_shape_tuple_text(const hr_partial_shape *shape, char text[HR_SHAPE_TEXT]) {
  if (shape->rank < 0) return hr_partial_shape_text(shape, text);
  size_t length = 0;
  text[length++] = '(';
  for (int i = 0; i < shape->rank; ++i) {
    const char *comma = i > 0 ? ", " : "";
    if (shape->dims[i] < 0)
      length += (size_t)snprintf(text + length, HR_SHAPE_TEXT - length, "%s?", comma);
    else
      length += (size_t)snprintf(text + length, HR_SHAPE_TEXT - length, "%s%" PRId64, comma, shape->dims[i]);
  }
  snprintf(text + length, HR_SHAPE_TEXT - length, shape->rank == 1 ? ",)" : ")");
  return text;
}
