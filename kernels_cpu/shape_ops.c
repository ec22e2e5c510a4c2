/* Kernels about shapes: Shape, ShapeN, Size, Rank, Reshape, QuantizedReshape, ExpandDims, Squeeze, EnsureShape,
 * ConcatOffset. */
#include "kernels_cpu/quantized/steps.h"

#include <inttypes.h>
#include <string.h>

#define SHAPE_FLAGS (HR_KERNEL_CHEAP | HR_KERNEL_NO_INPUT_READ)

/* The scalar output `index`, int32 or int64 as the graph says. */
static hr_status output_size(hr_kernel_context *ctx, int index, int64_t value) {
  if (hr_output_type(ctx, index) == HR_INT64) {
    *hr_output_slot(ctx, index) = hr_tensor_i64(value);
    return HR_SUCCESS;
  }
  if (value > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "Number of elements was larger than representable by 32-bit output type");
  *hr_output_slot(ctx, index) = hr_tensor_i32((int32_t)value);
  return HR_SUCCESS;
}

static hr_status output_shape(hr_kernel_context *ctx, int index, const hr_tensor *of) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, index, &(hr_shape){1, {of->rank}}, &out));
  bool narrow = out->dtype == HR_INT32;
  void *data = hr_tensor_data(out);
  for (int i = 0; i < of->rank; ++i) {
    if (!narrow)
      ((int64_t *)data)[i] = of->dims[i];
    else if (of->dims[i] > INT32_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "Shape output type is 32-bit  but dim %d is %" PRId64, i, of->dims[i]);
    else
      ((int32_t *)data)[i] = (int32_t)of->dims[i];
  }
  return HR_SUCCESS;
}

static hr_status shape(hr_kernel_context *ctx) { return output_shape(ctx, 0, hr_input(ctx, 0)); }
HR_KERNEL(.op = "Shape", .types = {{"out_type", HR_INDEX_TYPES}}, .flags = SHAPE_FLAGS, .compute = shape);

static hr_status shape_n(hr_kernel_context *ctx) {
  for (int i = 0; i < hr_input_count(ctx); ++i)
    HR_TRY(output_shape(ctx, i, hr_input(ctx, i)));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ShapeN", .types = {{"out_type", HR_INDEX_TYPES}}, .flags = SHAPE_FLAGS, .compute = shape_n);

static hr_status size(hr_kernel_context *ctx) { return output_size(ctx, 0, hr_input(ctx, 0)->elements); }
HR_KERNEL(.op = "Size", .types = {{"out_type", HR_INDEX_TYPES}}, .flags = SHAPE_FLAGS, .compute = size);

static hr_status rank(hr_kernel_context *ctx) { return output_size(ctx, 0, hr_input(ctx, 0)->rank); }
HR_KERNEL(.op = "Rank", .flags = SHAPE_FLAGS, .compute = rank);

/* ---- the same elements under another shape --------------------------------------------------------------------- */

/* The size that a -1 stands for. Where sizes are 0, they are left out on both sides, so that [0, 3] may become [0, -1]
 * = [0, 3]. */
static hr_status missing_size(const hr_tensor *x, int64_t known, bool has_zero, int64_t *out) {
  int64_t elements = 1;
  bool left_out = false;
  for (int i = 0; i < x->rank; ++i) {
    if (x->dims[i] == 0 && has_zero)
      left_out = true;
    else
      elements *= x->dims[i];
  }
  *out = elements / known;
  if (!left_out && *out * known != elements)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Input to reshape is a tensor with %" PRId64
                    " values, but the requested shape requires a multiple of %" PRId64,
                    x->elements, known);
  return HR_SUCCESS;
}

static hr_status reshape(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *sizes = hr_input(ctx, 1);
  if (sizes->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "sizes input must be 1-D, not %s", HR_TENSOR_SHAPE_TEXT(sizes));
  if (sizes->elements > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Reshape to %" PRId64 " dimensions; at most %d are supported", sizes->elements,
                    HR_MAX_RANK);
  int64_t dims[HR_MAX_RANK], known = 1; /* product of the sizes that are not 0 */
  int unknown = -1;
  bool has_zero = false, overflow = false;
  for (int i = 0; i < (int)sizes->elements; ++i) {
    dims[i] = hr_index_at(sizes, i);
    if (dims[i] == -1) {
      if (unknown != -1)
        return hr_error(HR_INVALID_ARGUMENT, "Only one input size may be -1, not both %d and %d", unknown, i);
      unknown = i;
    } else if (dims[i] < 0) {
      return hr_error(HR_INVALID_ARGUMENT, "Size %d must be non-negative, not %" PRId64, i, dims[i]);
    } else if (dims[i] == 0) {
      has_zero = true;
    } else {
      overflow |= __builtin_mul_overflow(known, dims[i], &known);
    }
  }
  if (overflow) return hr_error(HR_INVALID_ARGUMENT, "The requested shape has too many elements");
  if (unknown != -1) HR_TRY(missing_size(x, known, has_zero, &dims[unknown]));
  hr_shape shape;
  HR_TRY(hr_shape_make((int)sizes->elements, dims, &shape));
  if (hr_shape_elements(&shape) != x->elements) {
    char text[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT,
                    "Input to reshape is a tensor with %" PRId64 " values, but the requested shape %s has %" PRId64,
                    x->elements, hr_shape_text(&shape, text), hr_shape_elements(&shape));
  }
  hr_output_share(ctx, 0, 0, &shape);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Reshape", .types = {{"Tshape", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = reshape);

static hr_status quantized_reshape(hr_kernel_context *ctx) { return hr_keep_range(ctx, 2, "input", reshape); }
HR_KERNEL(.op = "QuantizedReshape",
          .types = {{"T", HR_TYPE_BIT(HR_QUINT8) | HR_TYPE_BIT(HR_QINT32)}, {"Tshape", HR_INDEX_TYPES}},
          .compute = quantized_reshape);

static hr_status expand_dims(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t at;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 1), "'dim' argument", &at));
  if (at < -1 - x->rank || at > x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Tried to expand dim index %" PRId64 " for tensor with %d dimensions.", at,
                    x->rank);
  if (x->rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  if (at < 0) at += x->rank + 1;
  hr_shape expanded = {.rank = x->rank + 1};
  for (int i = 0; i < expanded.rank; ++i)
    expanded.dims[i] = i < at ? x->dims[i] : i == at ? 1 : x->dims[i - 1];
  hr_output_share(ctx, 0, 0, &expanded);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ExpandDims", .types = {{"Tdim", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = expand_dims);

static hr_status squeeze(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  const hr_attr_value *axes = hr_node_attr(hr_context_node(ctx), "squeeze_dims");
  bool drop[HR_MAX_RANK] = {false};
  int named = axes ? axes->count : 0;
  for (int i = 0; i < named; ++i) {
    int64_t axis = axes->ints[i];
    if (axis < -x->rank || axis >= x->rank)
      return hr_error(HR_INVALID_ARGUMENT, "Tried to squeeze dim index %" PRId64 " for tensor with %d dimensions.",
                      axis, x->rank);
    if (axis < 0) axis += x->rank;
    if (x->dims[axis] != 1)
      return hr_error(HR_INVALID_ARGUMENT, "Can not squeeze dim[%" PRId64 "], expected a dimension of 1, got %" PRId64,
                      axis, x->dims[axis]);
    drop[axis] = true;
  }
  hr_shape squeezed = {0};
  for (int i = 0; i < x->rank; ++i)
    if (named ? !drop[i] : x->dims[i] != 1) squeezed.dims[squeezed.rank++] = x->dims[i];
  hr_output_share(ctx, 0, 0, &squeezed);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Squeeze", .flags = HR_KERNEL_CHEAP, .compute = squeeze);

static hr_status ensure_shape(hr_kernel_context *ctx) {
  const hr_attr_value *wanted = hr_node_attr(hr_context_node(ctx), "shape");
  hr_shape shape = hr_tensor_shape(hr_input(ctx, 0));
  if (!hr_shape_matches(&shape, wanted->shape)) {
    char have[HR_SHAPE_TEXT], want[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT, "Shape of tensor %s is not compatible with expected shape %s.",
                    hr_shape_text(&shape, have), hr_partial_shape_text(wanted->shape, want));
  }
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "EnsureShape", .flags = HR_KERNEL_CHEAP, .compute = ensure_shape);

/* ---- ConcatOffset ---------------------------------------------------------------------------------------------- */

static hr_status concat_offset(hr_kernel_context *ctx) {
  int64_t axis_input;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 0), "Concat dim tensor", &axis_input));
  int count = hr_input_count(ctx) - 1;
  const hr_tensor *first = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(first, 1, "input 0"));
  int axis;
  HR_TRY(hr_axis_check(axis_input, (int)first->elements, "Concat dim", &axis));
  int32_t offset = 0;
  for (int i = 0; i < count; ++i) {
    const hr_tensor *sizes = hr_input(ctx, i + 1);
    if (sizes->rank != 1 || sizes->elements != first->elements)
      return hr_error(HR_INVALID_ARGUMENT, "input %d should contain %" PRId64 " elements, but got %s", i,
                      first->elements, HR_TENSOR_SHAPE_TEXT(sizes));
    hr_shape shape = hr_tensor_shape(sizes);
    hr_tensor *out;
    HR_TRY(hr_output_new(ctx, i, &shape, &out));
    int32_t *to = hr_tensor_data(out);
    memset(to, 0, sizeof(int32_t) * (size_t)out->elements);
    to[axis] = offset;
    for (int d = 0; d < (int)first->elements; ++d) {
      int64_t dim = hr_index_at(sizes, d);
      if (d == axis) {
        if (__builtin_add_overflow(offset, (int32_t)dim, &offset))
          return hr_error(HR_INVALID_ARGUMENT, "The sizes along the concat dim do not fit in 32 bits");
      } else if (dim != hr_index_at(first, d)) {
        return hr_error(HR_INVALID_ARGUMENT,
                        "All dimensions except %d must match. Input %d has size %" PRId64
                        " in dimension %d, input 0 has %" PRId64,
                        axis, i, dim, d, hr_index_at(first, d));
      }
    }
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ConcatOffset", .flags = HR_KERNEL_CHEAP, .compute = concat_offset);
