#include "kernels_cpu/broadcast.h"
#include "kernels_cpu/arguments.h"

hr_status hr_incompatible_shapes(const hr_tensor *x, const hr_tensor *y) {
  return hr_error(HR_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", HR_TENSOR_SHAPE_TEXT(x),
                  HR_TENSOR_SHAPE_TEXT(y));
}

bool hr_broadcast_plan(const hr_tensor *x, const hr_tensor *y, hr_broadcast *out) {
  int rank = x->rank > y->rank ? x->rank : y->rank;
  out->shape.rank = rank;
  out->elements = 1;
  out->rank = 0;
  enum { NEITHER, X_VARIES = 1, Y_VARIES = 2 };
  int kinds[HR_MAX_RANK];
  for (int i = 0; i < rank; ++i) {
    int64_t x_size = i < rank - x->rank ? 1 : x->dims[i - (rank - x->rank)];
    int64_t y_size = i < rank - y->rank ? 1 : y->dims[i - (rank - y->rank)];
    if (x_size != y_size && x_size != 1 && y_size != 1) return false;
    int64_t size = x_size == 1 ? y_size : x_size;
    out->shape.dims[i] = size;
    out->elements *= size;
    if (size == 1) continue;
    int kind = (x_size != 1 ? X_VARIES : NEITHER) | (y_size != 1 ? Y_VARIES : NEITHER);
    if (out->rank > 0 && kinds[out->rank - 1] == kind) {
      out->dims[out->rank - 1] *= size;
    } else {
      kinds[out->rank] = kind;
      out->dims[out->rank++] = size;
    }
  }
  if (out->rank == 0) {
    kinds[0] = X_VARIES | Y_VARIES;
    out->dims[out->rank++] = 1;
  }
  int64_t x_stride = 1, y_stride = 1;
  for (int i = out->rank; i-- > 0;) {
    out->x[i] = kinds[i] & X_VARIES ? x_stride : 0;
    out->y[i] = kinds[i] & Y_VARIES ? y_stride : 0;
    if (kinds[i] & X_VARIES) x_stride *= out->dims[i];
    if (kinds[i] & Y_VARIES) y_stride *= out->dims[i];
  }
  return true;
}

hr_broadcast_position hr_broadcast_at(const hr_broadcast *b, int64_t element) {
  hr_broadcast_position position = {.x = 0, .y = 0};
  if (b->elements == 0) return position;
  for (int i = b->rank; i-- > 0;) {
    position.index[i] = element % b->dims[i];
    element /= b->dims[i];
    position.x += position.index[i] * b->x[i];
    position.y += position.index[i] * b->y[i];
  }
  return position;
}

void hr_broadcast_advance(const hr_broadcast *b, hr_broadcast_position *position, int64_t count) {
  int i = b->rank - 1;
  position->index[i] += count;
  position->x += count * b->x[i];
  position->y += count * b->y[i];
  for (; i > 0 && position->index[i] == b->dims[i]; --i) {
    position->x += b->x[i - 1] - b->dims[i] * b->x[i];
    position->y += b->y[i - 1] - b->dims[i] * b->y[i];
    position->index[i] = 0;
    ++position->index[i - 1];
  }
}
