/* StridedSlice, StridedSliceGrad, StridedSliceAssign: NumPy's x[a:b:c, ..., newaxis, i]. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/variable_access.h"

#include <inttypes.h>
#include <string.h>

typedef enum mask { BEGIN, END, ELLIPSIS, NEW_AXIS, SHRINK, MASKS } mask;
static const char *const mask_names[MASKS] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask",
                                              "shrink_axis_mask"};

/* A slice of a dense tensor: the elements, and the shape they are shown in. */
typedef struct view {
  int rank; /* of the sliced tensor */
  int64_t begin[HR_MAX_RANK], step[HR_MAX_RANK], count[HR_MAX_RANK];
  hr_shape shape;
} view;

/* One dimension: begin:end:step with what the masks leave open. */
static hr_status set_dimension(view *v, int at, int64_t dim, int64_t begin, int64_t end, int64_t step, bool open_begin,
                               bool open_end, bool shrink, int entry) {
  if (step == 0) return hr_error(HR_INVALID_ARGUMENT, "strides[%d] must be non-zero", entry);
  if (shrink) {
    if (step < 0)
      return hr_error(HR_INVALID_ARGUMENT, "only stride 1 allowed on non-range indexing, not strides[%d] = %" PRId64,
                      entry, step);
    int64_t index = open_begin ? 0 : begin < 0 ? begin + dim : begin;
    if (index < 0 || index >= dim)
      return hr_error(HR_INVALID_ARGUMENT, "slice index %" PRId64 " of dimension %d out of bounds.", begin, at);
    v->begin[at] = index;
    v->step[at] = 1;
    v->count[at] = 1;
    return HR_SUCCESS;
  }
  /* Walking down, a position before the first element is a valid end. */
  int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? dim : dim - 1;
  int64_t first = open_begin ? (step > 0 ? lowest : highest) : begin < 0 ? begin + dim : begin;
  int64_t last = open_end ? (step > 0 ? highest : lowest) : end < 0 ? end + dim : end;
  first = first < lowest ? lowest : first > highest ? highest : first;
  last = last < lowest ? lowest : last > highest ? highest : last;
  int64_t span = step > 0 ? last - first : first - last;
  uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
  v->count[at] = span > 0 ? (int64_t)((uint64_t)(span - 1) / stride) + 1 : 0;
  v->begin[at] = first;
  v->step[at] = v->count[at] > 1 ? step : 1; /* a large one would overflow where it is not even taken */
  return HR_SUCCESS;
}

/* Reads the specification against a tensor of shape `dims`. */
static hr_status read_view(hr_kernel_context *ctx, int first_input, int rank, const int64_t *dims, view *v) {
  const hr_tensor *begin = hr_input(ctx, first_input), *end = hr_input(ctx, first_input + 1);
  const hr_tensor *strides = hr_input(ctx, first_input + 2);
  if (begin->rank != 1 || !hr_same_shape(begin, end) || !hr_same_shape(begin, strides))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Expected begin, end, and strides to be 1D equal size tensors, but got shapes %s, %s, and %s "
                    "instead.",
                    HR_TENSOR_SHAPE_TEXT(begin), HR_TENSOR_SHAPE_TEXT(end), HR_TENSOR_SHAPE_TEXT(strides));
  if (begin->elements > 32) return hr_error(HR_INVALID_ARGUMENT, "Only 32 slice entries are supported");
  int entries = (int)begin->elements, taken = 0, after = -1;
  uint32_t masks[MASKS];
  for (int i = 0; i < MASKS; ++i)
    masks[i] = (uint32_t)hr_node_attr(hr_context_node(ctx), mask_names[i])->i;
  if (masks[ELLIPSIS] & (masks[ELLIPSIS] - 1))
    return hr_error(HR_INVALID_ARGUMENT, "Multiple ellipses in slice spec not allowed");
  /* What the ellipsis stands for: the dimensions that no other entry takes. An absent one stands at the end. */
  for (int i = 0; i < entries; ++i) {
    uint32_t bit = UINT32_C(1) << i;
    if (masks[ELLIPSIS] & bit)
      after = i;
    else if (!(masks[NEW_AXIS] & bit))
      ++taken;
  }
  if (taken > rank)
    return hr_error(HR_INVALID_ARGUMENT, "Index out of range using input dim %d; input has only %d dims", rank, rank);
  v->rank = rank;
  v->shape.rank = 0;
  int at = 0;
  for (int i = 0; i <= entries; ++i) {
    uint32_t bit = i < entries ? UINT32_C(1) << i : 0;
    if (i == after || (i == entries && after == -1)) {
      for (int n = rank - taken; n > 0; --n, ++at) {
        v->begin[at] = 0;
        v->step[at] = 1;
        v->count[at] = dims[at];
        if (v->shape.rank == HR_MAX_RANK)
          return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
        v->shape.dims[v->shape.rank++] = dims[at];
      }
      continue;
    }
    if (i == entries) break;
    int64_t size = 1;
    bool shrink = masks[SHRINK] & bit;
    if (masks[NEW_AXIS] & bit) {
      shrink = false;
    } else {
      HR_TRY(set_dimension(v, at, dims[at], hr_index_at(begin, i), hr_index_at(end, i), hr_index_at(strides, i),
                           masks[BEGIN] & bit, masks[END] & bit, shrink, i));
      size = v->count[at++];
    }
    if (shrink) continue;
    if (v->shape.rank == HR_MAX_RANK)
      return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
    v->shape.dims[v->shape.rank++] = size;
  }
  return HR_SUCCESS;
}

/* Offset of the view's first element. */
static int64_t view_offset(const view *v, const int64_t *strides) {
  int64_t offset = 0;
  for (int i = 0; i < v->rank; ++i)
    offset += v->begin[i] * strides[i];
  return offset;
}

static bool is_whole(const view *v, const int64_t *dims) {
  for (int i = 0; i < v->rank; ++i)
    if (v->count[i] != dims[i] || v->step[i] != 1) return false;
  return true;
}

static hr_status strided_slice(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  view v;
  HR_TRY(read_view(ctx, 1, x->rank, x->dims, &v));
  if (is_whole(&v, x->dims)) {
    hr_output_share(ctx, 0, 0, &v.shape);
    return HR_SUCCESS;
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &v.shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t from[HR_MAX_RANK], to[HR_MAX_RANK];
  hr_dense_strides(x->rank, x->dims, from);
  hr_dense_strides(v.rank, v.count, to);
  hr_box box = {0};
  for (int i = 0; i < v.rank; ++i)
    hr_box_add(&box, v.count[i], to[i], from[i] * v.step[i]);
  hr_dtype dtype = hr_tensor_dtype(x);
  return hr_box_copy(ctx, dtype, &box, hr_tensor_data(out),
                     (const char *)hr_tensor_data(x) + (size_t)view_offset(&v, from) * hr_dtype_size(dtype));
}
#define SLICE_TYPES                                                                                                    \
  {                                                                                                                    \
    {"T", HR_COPIED_TYPES}, { "Index", HR_INDEX_TYPES }                                                                \
  }
HR_KERNEL(.op = "StridedSlice", .types = SLICE_TYPES, .compute = strided_slice);

/* Writes `value`, which has the view's shape, into a dense tensor at the view. */
static hr_status write_view(hr_kernel_context *ctx, const view *v, hr_tensor *into, const hr_tensor *value) {
  int64_t from[HR_MAX_RANK], to[HR_MAX_RANK];
  hr_dense_strides(into->rank, into->dims, to);
  hr_dense_strides(v->rank, v->count, from);
  hr_box box = {0};
  for (int i = 0; i < v->rank; ++i)
    hr_box_add(&box, v->count[i], to[i] * v->step[i], from[i]);
  hr_dtype dtype = hr_tensor_dtype(into);
  return hr_box_copy(ctx, dtype, &box, (char *)hr_tensor_data(into) + (size_t)view_offset(v, to) * hr_dtype_size(dtype),
                     hr_tensor_data(value));
}

static hr_status strided_slice_grad(hr_kernel_context *ctx) {
  const hr_tensor *dy = hr_input(ctx, 4);
  hr_shape shape;
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 1, "shape"));
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "shape", &shape));
  view v;
  HR_TRY(read_view(ctx, 1, shape.rank, shape.dims, &v));
  hr_shape have = hr_tensor_shape(dy);
  if (!hr_shape_equal(&have, &v.shape)) {
    char want[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT, "shape of dy was %s instead of %s", HR_TENSOR_SHAPE_TEXT(dy),
                    hr_shape_text(&v.shape, want));
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (hr_dtype_is_plain(hr_tensor_dtype(out))) memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  return write_view(ctx, &v, out, dy);
}
HR_KERNEL(.op = "StridedSliceGrad", .types = SLICE_TYPES, .compute = strided_slice_grad);

static hr_status assign_view(hr_kernel_context *ctx, hr_tensor *variable) {
  const hr_tensor *value = hr_input(ctx, 4);
  view v;
  HR_TRY(read_view(ctx, 1, variable->rank, variable->dims, &v));
  hr_shape have = hr_tensor_shape(value);
  if (hr_shape_elements(&v.shape) == 0) return HR_SUCCESS;
  if (!hr_shape_equal(&have, &v.shape)) {
    char want[HR_SHAPE_TEXT];
    return hr_error(HR_UNIMPLEMENTED, "The slice has shape %s, the value %s, which is not broadcast",
                    hr_shape_text(&v.shape, want), HR_TENSOR_SHAPE_TEXT(value));
  }
  return write_view(ctx, &v, variable, value);
}

static hr_status strided_slice_assign(hr_kernel_context *ctx) {
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, 1, true, &v));
  hr_status status = assign_view(ctx, &v.values[0]);
  hr_variables_close(&v);
  HR_TRY(status);
  return hr_variables_done(ctx);
}
HR_KERNEL(.op = "StridedSliceAssign", .types = SLICE_TYPES, .compute = strided_slice_assign);
HR_KERNEL(.op = "ResourceStridedSliceAssign", .types = SLICE_TYPES, .compute = strided_slice_assign);
