/* Pad, PadV2, MirrorPad, MirrorPadGrad. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <string.h>

/* How much stands before and after each dimension. */
typedef struct padding {
  int64_t before[HR_MAX_RANK], after[HR_MAX_RANK];
} padding;

static hr_status read_padding(const hr_tensor *x, const hr_tensor *t, padding *out) {
  if (t->rank != 2 || t->dims[1] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "paddings must be a matrix with 2 columns: %s", HR_TENSOR_SHAPE_TEXT(t));
  if (t->dims[0] != x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "The first dimension of paddings must be the rank of inputs: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(t), HR_TENSOR_SHAPE_TEXT(x));
  for (int i = 0; i < x->rank; ++i) {
    out->before[i] = hr_index_at(t, 2 * i);
    out->after[i] = hr_index_at(t, 2 * i + 1);
    if (out->before[i] < 0 || out->after[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Paddings must be non-negative: %" PRId64 " %" PRId64, out->before[i],
                      out->after[i]);
  }
  return HR_SUCCESS;
}

static hr_status padded_shape(const hr_tensor *x, const padding *p, hr_shape *shape) {
  int64_t dims[HR_MAX_RANK];
  for (int i = 0; i < x->rank; ++i)
    if (__builtin_add_overflow(p->before[i], x->dims[i], &dims[i]) ||
        __builtin_add_overflow(dims[i], p->after[i], &dims[i]))
      return hr_error(HR_INVALID_ARGUMENT, "Paddings of dimension %d are too large", i);
  return hr_shape_make(x->rank, dims, shape);
}

/* Copies the input to its place in the padded output. */
static hr_status copy_inside(hr_kernel_context *ctx, const hr_tensor *x, const padding *p, hr_tensor *out) {
  int64_t from[HR_MAX_RANK], to[HR_MAX_RANK], offset = 0;
  hr_dense_strides(x->rank, x->dims, from);
  hr_dense_strides(out->rank, out->dims, to);
  hr_box box = {0};
  for (int i = 0; i < x->rank; ++i) {
    hr_box_add(&box, x->dims[i], to[i], from[i]);
    offset += p->before[i] * to[i];
  }
  if (x->elements == 0) return HR_SUCCESS;
  hr_dtype dtype = hr_tensor_dtype(x);
  return hr_box_copy(ctx, dtype, &box, (char *)hr_tensor_data(out) + (size_t)offset * hr_dtype_size(dtype),
                     hr_tensor_data(x));
}

/* The border: what is not copied. */
typedef struct border {
  const hr_tensor *x;
  const padding *p;
  hr_tensor *out;
  const void *value; /* NULL: zeros, which strings are already */
  int last;          /* the last dimension that is padded */
  int64_t strides[HR_MAX_RANK];
} border;

static hr_status fill(const border *b, int64_t at, int64_t count) {
  hr_dtype dtype = hr_tensor_dtype(b->x);
  char *to = (char *)hr_tensor_data(b->out) + (size_t)at * hr_dtype_size(dtype);
  if (b->value) return hr_fill_elements(dtype, to, b->value, count);
  if (hr_dtype_is_plain(dtype)) memset(to, 0, (size_t)count * hr_dtype_size(dtype));
  return HR_SUCCESS;
}

/* Before and behind the input's rows of dimension `axis`, and around each of those. */
static hr_status fill_around(const border *b, int axis, int64_t at) {
  int64_t stride = b->strides[axis], rows = b->x->dims[axis], first = at + b->p->before[axis] * stride;
  HR_TRY(fill(b, at, b->p->before[axis] * stride));
  HR_TRY(fill(b, first + rows * stride, b->p->after[axis] * stride));
  for (int64_t i = 0; i < rows && axis < b->last; ++i)
    HR_TRY(fill_around(b, axis + 1, first + i * stride));
  return HR_SUCCESS;
}

static hr_status fill_border(const hr_tensor *x, const padding *p, hr_tensor *out, const void *value) {
  enum { SHORT_ROW = 64 }; /* bytes: it is quicker to fill everything */
  border b = {.x = x, .p = p, .out = out, .value = value, .last = -1};
  for (int i = 0; i < x->rank; ++i)
    if (p->before[i] + p->after[i] > 0) b.last = i;
  if (b.last < 0) return HR_SUCCESS;
  hr_dense_strides(out->rank, out->dims, b.strides);
  if (b.last > 0 && (size_t)(b.strides[b.last - 1]) * hr_dtype_size(hr_tensor_dtype(x)) < SHORT_ROW)
    return fill(&b, 0, out->elements);
  return fill_around(&b, 0, 0);
}

static hr_status pad_with(hr_kernel_context *ctx, const hr_tensor *value) {
  const hr_tensor *x = hr_input(ctx, 0);
  padding p;
  hr_shape shape;
  HR_TRY(read_padding(x, hr_input(ctx, 1), &p));
  HR_TRY(padded_shape(x, &p, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(fill_border(x, &p, out, value ? hr_tensor_data(value) : NULL));
  return copy_inside(ctx, x, &p, out);
}

static hr_status pad(hr_kernel_context *ctx) { return pad_with(ctx, NULL); }
HR_KERNEL(.op = "Pad", .types = {{"T", HR_ANY_TYPES}, {"Tpaddings", HR_INDEX_TYPES}}, .compute = pad);

static hr_status pad_v2(hr_kernel_context *ctx) {
  const hr_tensor *value = hr_input(ctx, 2);
  if (value->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "constant_values must be a scalar. Found: %s", HR_TENSOR_SHAPE_TEXT(value));
  return pad_with(ctx, value);
}
HR_KERNEL(.op = "PadV2", .types = {{"T", HR_ANY_TYPES}, {"Tpaddings", HR_INDEX_TYPES}}, .compute = pad_v2);

/* ---- mirrors --------------------------------------------------------------------------------------------------- */

/* 1 where the edge itself is not repeated (REFLECT), 0 where it is (SYMMETRIC). */
static int64_t mirror_offset(hr_kernel_context *ctx) {
  return strcmp(hr_node_attr(hr_context_node(ctx), "mode")->s, "REFLECT") == 0;
}

static hr_status check_mirror(const padding *p, int rank, const int64_t *dims, int64_t offset) {
  for (int i = 0; i < rank; ++i)
    if (p->before[i] > dims[i] - offset || p->after[i] > dims[i] - offset)
      return hr_error(HR_INVALID_ARGUMENT,
                      "paddings must be %s the dimension size: %" PRId64 ", %" PRId64 " %s %" PRId64,
                      offset ? "less than" : "no greater than", p->before[i], p->after[i],
                      offset ? "not less than" : "greater than", dims[i]);
  return HR_SUCCESS;
}

/* One part of one dimension: `count` elements at `to` mirror those at `from`, going down. */
typedef struct reflection {
  int64_t to, from, count;
} reflection;

static void reflections(int64_t before, int64_t dim, int64_t after, int64_t offset, reflection out[2]) {
  out[0] = (reflection){0, 2 * before - 1 + offset, before};
  out[1] = (reflection){before + dim, before + dim - 1 - offset, after};
}

/* A box over a dense tensor that spans all of the dimensions before `axis`, what the padding leaves of those behind it,
 * and along `axis` nothing yet. */
static hr_status mirror_pad(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t offset = mirror_offset(ctx);
  padding p;
  hr_shape shape;
  HR_TRY(read_padding(x, hr_input(ctx, 1), &p));
  HR_TRY(check_mirror(&p, x->rank, x->dims, offset));
  HR_TRY(padded_shape(x, &p, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(copy_inside(ctx, x, &p, out));
  if (out->elements == 0) return HR_SUCCESS;
  /* Dimension by dimension: those before are complete already, those behind are filled in the middle only. */
  int64_t strides[HR_MAX_RANK];
  hr_dense_strides(out->rank, out->dims, strides);
  hr_dtype dtype = hr_tensor_dtype(x);
  size_t size = hr_dtype_size(dtype);
  for (int axis = 0; axis < x->rank; ++axis) {
    reflection parts[2];
    reflections(p.before[axis], x->dims[axis], p.after[axis], offset, parts);
    for (int part = 0; part < 2; ++part) {
      hr_box box = {0};
      int64_t base = 0;
      for (int i = 0; i < x->rank; ++i) {
        if (i == axis) {
          hr_box_add(&box, parts[part].count, strides[i], -strides[i]);
          continue;
        }
        hr_box_add(&box, i < axis ? out->dims[i] : x->dims[i], strides[i], strides[i]);
        base += i < axis ? 0 : p.before[i] * strides[i];
      }
      char *data = hr_tensor_data(out);
      HR_TRY(hr_box_copy(ctx, dtype, &box, data + (size_t)(base + parts[part].to * strides[axis]) * size,
                         data + (size_t)(base + parts[part].from * strides[axis]) * size));
    }
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "MirrorPad", .types = {{"T", HR_ANY_TYPES}, {"Tpaddings", HR_INDEX_TYPES}}, .compute = mirror_pad);

/* Adds `count` rows of `inner` elements onto rows that are mirrored. */
static void fold(hr_binary_loop *add, char *data, size_t row, int64_t inner, const reflection *part) {
  for (int64_t i = 0; i < part->count; ++i) {
    char *target = data + (size_t)(part->from - i) * row;
    add(target, target, data + (size_t)(part->to + i) * row, inner, HR_BOTH_ROWS);
  }
}

/* The gradient folds the padded parts back onto what they mirror, dimension by dimension from the last. */
static hr_status mirror_pad_grad(hr_kernel_context *ctx) {
  const hr_tensor *dy = hr_input(ctx, 0);
  int64_t offset = mirror_offset(ctx);
  padding p;
  HR_TRY(read_padding(dy, hr_input(ctx, 1), &p));
  hr_shape shape = hr_tensor_shape(dy), padded = shape;
  for (int i = 0; i < dy->rank; ++i)
    shape.dims[i] = dy->dims[i] - p.before[i] - p.after[i];
  for (int i = 0; i < dy->rank; ++i)
    if (shape.dims[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Total paddings must be less than the input dimension size: %" PRId64
                      " was not less than %" PRId64,
                      p.before[i] + p.after[i], dy->dims[i]);
  HR_TRY(check_mirror(&p, shape.rank, shape.dims, offset));
  hr_tensor work, *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(hr_temporary_new(ctx, hr_tensor_dtype(dy), &padded, &work));
  memcpy(hr_tensor_data(&work), hr_tensor_data(dy), hr_tensor_bytes(dy));
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, hr_tensor_dtype(dy));
  size_t size = hr_dtype_size(hr_tensor_dtype(dy));
  int64_t strides[HR_MAX_RANK], to[HR_MAX_RANK], start = 0;
  hr_dense_strides(padded.rank, padded.dims, strides);
  for (int axis = 0; axis < dy->rank; ++axis) {
    reflection parts[2];
    reflections(p.before[axis], shape.dims[axis], p.after[axis], offset, parts);
    int64_t outer = hr_dims_product(dy, 0, axis), block = strides[axis] * dy->dims[axis];
    for (int64_t o = 0; o < outer; ++o)
      for (int part = 0; part < 2; ++part)
        fold(add, (char *)hr_tensor_data(&work) + (size_t)(o * block) * size, (size_t)strides[axis] * size,
             strides[axis], &parts[part]);
    start += p.before[axis] * strides[axis];
  }
  hr_dense_strides(shape.rank, shape.dims, to);
  hr_box box = {0};
  for (int i = 0; i < shape.rank; ++i)
    hr_box_add(&box, shape.dims[i], to[i], strides[i]);
  hr_status status = hr_box_copy(ctx, hr_tensor_dtype(dy), &box, hr_tensor_data(out),
                                 (const char *)hr_tensor_data(&work) + (size_t)start * size);
  hr_tensor_clear(&work);
  return status;
}
HR_KERNEL(.op = "MirrorPadGrad", .types = {{"T", HR_NUMBER_TYPES}, {"Tpaddings", HR_INDEX_TYPES}},
          .compute = mirror_pad_grad);
