/* TensorArrayV3 and what works on it. Elements that come from one tensor (scattered, split) are views of its memory. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/pieces.h"
#include "kernels_cpu/step_array.h"
#include "kernels_cpu/step_object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Types that an element may have; those that can be joined with others. */
#define ELEMENT_TYPES HR_COPIED_TYPES
#define JOINED_TYPES  (HR_ANY_TYPES | HR_TYPE_BIT(HR_VARIANT))

static hr_status array_of(hr_kernel_context *ctx, hr_step_array **out) {
  hr_resource *resource;
  hr_status status = hr_handle_get(hr_input(ctx, 0), &hr_step_array_type, &resource);
  *out = (hr_step_array *)resource;
  return status;
}

static hr_status check_written_type(const hr_step_array *array, const hr_tensor *value) {
  if (hr_tensor_dtype(value) == array->dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "TensorArray dtype is %s but Op is trying to write dtype %s.",
                  hr_dtype_name(array->dtype), hr_dtype_name(hr_tensor_dtype(value)));
}

static hr_status check_read_type(const hr_kernel_context *ctx, const hr_step_array *array) {
  hr_dtype wanted = hr_output_type(ctx, 0);
  if (wanted == array->dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "TensorArray dtype is %s but Op requested dtype %s.",
                  hr_dtype_name(array->dtype), hr_dtype_name(wanted));
}

/* ---- the arrays themselves ------------------------------------------------------------------------------------- */

static hr_status output_array(hr_kernel_context *ctx, hr_step_array *array) {
  HR_TRY(hr_handle_new(&array->resource, hr_output_slot(ctx, 0)));
  hr_output_f32(ctx, 1, 0); /* the flow: nothing happened yet */
  return HR_SUCCESS;
}

static hr_status tensor_array(hr_kernel_context *ctx) {
  const hr_node *node = hr_context_node(ctx);
  const hr_tensor *size = hr_input(ctx, 0);
  if (size->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "TensorArray size must be scalar, but had shape: %s",
                    HR_TENSOR_SHAPE_TEXT(size));
  hr_step_array_options options = {
      .dtype = (hr_dtype)hr_node_attr(node, "dtype")->type,
      .size = *(const int32_t *)hr_tensor_data(size),
      .element_shape = *hr_node_attr(node, "element_shape")->shape,
      .dynamic = hr_node_attr(node, "dynamic_size")->b,
      .clears = hr_node_attr(node, "clear_after_read")->b,
      .identical = hr_node_attr(node, "identical_element_shapes")->b,
  };
  if (options.size < 0) return hr_error(HR_INVALID_ARGUMENT, "Size should be >= 0, not %d", options.size);
  char *name = hr_step_object_name(ctx, "tensor_array_name");
  if (!name) return hr_error_out_of_memory(0, "the name of a TensorArray");
  options.name = name;
  hr_step_array *array = NULL;
  hr_status status = hr_step_array_new(&options, &array);
  if (!status) status = hr_step_object_add(ctx, "_tensor_arrays", name, &array->resource);
  if (!status) status = output_array(ctx, array);
  if (array) hr_resource_unref(&array->resource); /* the step has one of its own */
  free(name);
  return status;
}
HR_KERNEL(.op = "TensorArrayV3", .types = {{"dtype", ELEMENT_TYPES}}, .compute = tensor_array);

static hr_status gradients_with(hr_kernel_context *ctx, const hr_shape *front) {
  hr_step_array *array, *gradients;
  HR_TRY(array_of(ctx, &array));
  HR_TRY(hr_step_array_gradients(array, hr_node_attr(hr_context_node(ctx), "source")->s, front, &gradients));
  return output_array(ctx, gradients);
}

static hr_status tensor_array_grad(hr_kernel_context *ctx) { return gradients_with(ctx, &(hr_shape){0}); }
HR_KERNEL(.op = "TensorArrayGradV3", .compute = tensor_array_grad);

static hr_status tensor_array_grad_with_shape(hr_kernel_context *ctx) {
  hr_shape front;
  HR_TRY(hr_shape_argument(hr_input(ctx, 2), "shape_to_prepend", &front));
  return gradients_with(ctx, &front);
}
HR_KERNEL(.op = "TensorArrayGradWithShape", .compute = tensor_array_grad_with_shape);

static hr_status tensor_array_size(hr_kernel_context *ctx) {
  hr_step_array *array;
  int32_t size;
  HR_TRY(array_of(ctx, &array));
  HR_TRY(hr_step_array_size(array, &size));
  *hr_output_slot(ctx, 0) = hr_tensor_i32(size);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorArraySizeV3", .compute = tensor_array_size, .flags = HR_KERNEL_CHEAP);

static hr_status tensor_array_close(hr_kernel_context *ctx) {
  hr_step_array *array;
  HR_TRY(array_of(ctx, &array));
  hr_step_array_close(array);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorArrayCloseV3", .compute = tensor_array_close);

/* ---- one element ----------------------------------------------------------------------------------------------- */

static hr_status index_of(hr_kernel_context *ctx, int32_t *out) {
  const hr_tensor *index = hr_input(ctx, 1);
  if (index->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "TensorArray index must be scalar, but had shape: %s",
                    HR_TENSOR_SHAPE_TEXT(index));
  *out = *(const int32_t *)hr_tensor_data(index);
  return HR_SUCCESS;
}

static hr_status tensor_array_write(hr_kernel_context *ctx) {
  hr_step_array *array;
  int32_t index;
  hr_tensor value;
  HR_TRY(array_of(ctx, &array));
  HR_TRY(index_of(ctx, &index));
  HR_TRY(check_written_type(array, hr_input(ctx, 2)));
  HR_TRY(hr_keep_input_in_step(ctx, 2, &value));
  HR_TRY(hr_step_array_write(ctx, array, 1, &index, &value));
  hr_output_share(ctx, 0, 3, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorArrayWriteV3", .types = {{"T", ELEMENT_TYPES}}, .compute = tensor_array_write);

static hr_status tensor_array_read(hr_kernel_context *ctx) {
  hr_step_array *array;
  int32_t index;
  HR_TRY(array_of(ctx, &array));
  HR_TRY(index_of(ctx, &index));
  HR_TRY(check_read_type(ctx, array));
  return hr_step_array_read(ctx, array, 1, &index, hr_output_slot(ctx, 0));
}
HR_KERNEL(.op = "TensorArrayReadV3", .types = {{"dtype", ELEMENT_TYPES}}, .compute = tensor_array_read);

/* ---- many elements from one tensor ------------------------------------------------------------------------------ */

/* Writes the pieces of input `value` with rows[i] rows (NULL: one, whose dimension falls away) as `count` elements. */
static hr_status write_pieces(hr_kernel_context *ctx, hr_step_array *array, int input, int64_t count,
                              const int32_t *indices, const int64_t *rows) {
  hr_tensor whole, *pieces = calloc((size_t)count, sizeof *pieces);
  if (!pieces && count > 0) return hr_error_out_of_memory((size_t)count * sizeof *pieces, "pieces of a tensor");
  hr_status status = hr_keep_input_in_step(ctx, input, &whole);
  if (!status) {
    hr_shape shape = {.rank = rows ? whole.rank : whole.rank - 1};
    memcpy(shape.dims, whole.dims + (whole.rank - shape.rank), sizeof(int64_t) * (size_t)shape.rank);
    int64_t row = hr_dims_product(&whole, 1, whole.rank), offset = 0;
    for (int64_t i = 0; i < count; ++i) {
      if (rows) shape.dims[0] = rows[i];
      pieces[i] = hr_piece_of(&whole, &shape, offset);
      offset += rows ? rows[i] * row : row;
    }
    hr_tensor_clear(&whole);
    status = hr_step_array_write(ctx, array, count, indices, pieces);
  }
  free(pieces);
  return status;
}

static hr_status tensor_array_scatter(hr_kernel_context *ctx) {
  hr_step_array *array;
  HR_TRY(array_of(ctx, &array));
  const hr_tensor *indices = hr_input(ctx, 1), *value = hr_input(ctx, 2);
  HR_TRY(check_written_type(array, value));
  if (indices->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Expected indices to be a vector, but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  if (value->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input value for unpack must be at least a vector but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(value));
  if (indices->elements != value->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "Expected len(indices) == values.shape[0], but saw: %" PRId64 " vs. %" PRId64,
                    indices->elements, value->dims[0]);
  HR_TRY(write_pieces(ctx, array, 2, indices->elements, hr_tensor_data(indices), NULL));
  hr_output_share(ctx, 0, 3, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorArrayScatterV3", .types = {{"T", ELEMENT_TYPES}}, .compute = tensor_array_scatter);

static hr_status tensor_array_split(hr_kernel_context *ctx) {
  hr_step_array *array;
  HR_TRY(array_of(ctx, &array));
  const hr_tensor *value = hr_input(ctx, 1), *lengths = hr_input(ctx, 2);
  HR_TRY(check_written_type(array, value));
  if (lengths->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Expected lengths to be a vector, received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(lengths));
  if (value->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Expected value to be at least a vector, but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(value));
  const int64_t *rows = hr_tensor_data(lengths);
  int64_t left = value->dims[0];
  for (int64_t i = 0; i < lengths->elements; ++i) {
    if (rows[i] < 0 || rows[i] > left)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Expected lengths that add up to values.shape[0], but element %" PRId64 " of lengths is %" PRId64
                      " and value's shape is: %s",
                      i, rows[i], HR_TENSOR_SHAPE_TEXT(value));
    left -= rows[i];
  }
  if (left != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is %" PRId64
                    " and value's shape is: %s",
                    value->dims[0] - left, HR_TENSOR_SHAPE_TEXT(value));
  HR_TRY(hr_step_array_begin_split(array, lengths->elements));
  HR_TRY(write_pieces(ctx, array, 1, lengths->elements, NULL, rows));
  hr_output_share(ctx, 0, 3, NULL);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorArraySplitV3", .types = {{"T", ELEMENT_TYPES}}, .compute = tensor_array_split);

/* ---- one tensor of many elements --------------------------------------------------------------------------------- */

/* What gathering and concatenating share: reads `count` elements (at least one), and hands them to `make`. */
typedef hr_status (*part_joiner)(hr_kernel_context *ctx, hr_step_array *array, const hr_tensor *parts, int64_t count,
                                 int64_t *offsets);
static hr_status join_elements(hr_kernel_context *ctx, hr_step_array *array, int64_t count, const int32_t *indices,
                               part_joiner make) {
  hr_tensor *parts = calloc((size_t)count, sizeof *parts);
  int64_t *offsets = calloc((size_t)count, sizeof *offsets);
  hr_status status = parts && offsets ? HR_SUCCESS
                                      : hr_error_out_of_memory((size_t)count * (sizeof *parts + sizeof *offsets),
                                                               "elements of a TensorArray");
  if (!status) status = hr_step_array_read(ctx, array, count, indices, parts);
  if (!status) status = make(ctx, array, parts, count, offsets);
  for (int64_t i = 0; parts && i < count; ++i)
    hr_tensor_clear(&parts[i]);
  free(parts);
  free(offsets);
  return status;
}

/* An attribute with the shape that results of no element have. */
static hr_status full_attr(hr_kernel_context *ctx, const char *attr, const char *doing, hr_shape *out) {
  const hr_partial_shape *shape = hr_node_attr(hr_context_node(ctx), attr)->shape;
  char text[HR_SHAPE_TEXT];
  if (!hr_partial_shape_is_full(shape))
    return hr_error(HR_UNIMPLEMENTED,
                    "TensorArray has size zero, but %s %s is not fully defined: only static shapes are supported when "
                    "%s zero-size TensorArrays.",
                    attr, hr_partial_shape_text(shape, text), doing);
  return hr_shape_make(shape->rank, shape->dims, out);
}

static hr_status gather_parts(hr_kernel_context *ctx, hr_step_array *array, const hr_tensor *parts, int64_t count,
                              int64_t *offsets) {
  const hr_partial_shape *given = hr_node_attr(hr_context_node(ctx), "element_shape")->shape;
  char text[HR_SHAPE_TEXT];
  hr_shape shape = hr_tensor_shape(&parts[0]);
  hr_tensor *out;
  if (!hr_shape_matches(&shape, given))
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s was passed element_shape %s which does not match the Tensor at index 0: %s",
                    array->name, hr_partial_shape_text(given, text), HR_TENSOR_SHAPE_TEXT(&parts[0]));
  for (int64_t i = 0; i < count; ++i) {
    offsets[i] = i * parts[0].elements;
    if (!hr_same_shape(&parts[0], &parts[i]))
      return hr_error(HR_INVALID_ARGUMENT,
                      "TensorArray has inconsistent shapes.  Index 0 has shape: %s but index %" PRId64 " has shape: %s",
                      HR_TENSOR_SHAPE_TEXT(&parts[0]), i, HR_TENSOR_SHAPE_TEXT(&parts[i]));
  }
  HR_TRY(hr_shape_with_first(count, parts[0].rank, parts[0].dims, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return hr_join_pieces(ctx, parts, offsets, count, out);
}

static hr_status tensor_array_gather(hr_kernel_context *ctx) {
  hr_step_array *array;
  HR_TRY(array_of(ctx, &array));
  HR_TRY(check_read_type(ctx, array));
  const hr_tensor *indices = hr_input(ctx, 1);
  if (indices->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Expected indices to be a vector, but received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  if (indices->elements > 0) return join_elements(ctx, array, indices->elements, hr_tensor_data(indices), gather_parts);
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(full_attr(ctx, "element_shape", "packing", &shape));
  HR_TRY(hr_shape_with_first(0, shape.rank, shape.dims, &shape));
  return hr_output_new(ctx, 0, &shape, &out);
}
HR_KERNEL(.op = "TensorArrayGatherV3", .types = {{"dtype", JOINED_TYPES}}, .compute = tensor_array_gather);

static bool same_but_first(const hr_tensor *a, const hr_tensor *b) {
  return a->rank == b->rank && memcmp(a->dims + 1, b->dims + 1, sizeof(int64_t) * (size_t)(a->rank - 1)) == 0;
}

/* A shape without its first dimension. */
static hr_shape except_first(const hr_tensor *part) {
  hr_shape shape = {.rank = part->rank - 1};
  memcpy(shape.dims, part->dims + 1, sizeof(int64_t) * (size_t)shape.rank);
  return shape;
}

static hr_status output_lengths(hr_kernel_context *ctx, const hr_tensor *parts, int64_t count) {
  hr_shape shape = {.rank = 1, .dims = {count}};
  hr_tensor *lengths;
  HR_TRY(hr_output_new(ctx, 1, &shape, &lengths));
  for (int64_t i = 0; i < count; ++i)
    ((int64_t *)hr_tensor_data(lengths))[i] = parts[i].dims[0];
  return HR_SUCCESS;
}

static hr_status concat_parts(hr_kernel_context *ctx, hr_step_array *array, const hr_tensor *parts, int64_t count,
                              int64_t *offsets) {
  const hr_partial_shape *given = hr_node_attr(hr_context_node(ctx), "element_shape_except0")->shape;
  char text[2][HR_SHAPE_TEXT];
  int64_t rows = 0, elements = 0;
  hr_shape shape;
  hr_tensor *out;
  for (int64_t i = 0; i < count; ++i) {
    if (parts[i].rank == 0)
      return hr_error(HR_INVALID_ARGUMENT,
                      "TensorArray elements that are joined must be at least vectors: index %" PRId64
                      " of %s is a scalar, which can be stacked",
                      i, array->name);
    shape = except_first(&parts[i]);
    if (!hr_shape_matches(&shape, given))
      return hr_error(HR_INVALID_ARGUMENT,
                      "TensorArray was passed element_shape_except0 %s but index %" PRId64
                      " has (excepting dimension 0) shape: %s which does not match.",
                      hr_partial_shape_text(given, text[0]), i, hr_shape_text(&shape, text[1]));
    if (!same_but_first(&parts[0], &parts[i])) {
      hr_shape first = except_first(&parts[0]);
      return hr_error(HR_INVALID_ARGUMENT,
                      "TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: %s but index "
                      "%" PRId64 " has (excepting dimension 0) shape: %s",
                      hr_shape_text(&first, text[0]), i, hr_shape_text(&shape, text[1]));
    }
    offsets[i] = elements;
    rows += parts[i].dims[0];
    elements += parts[i].elements;
  }
  HR_TRY(hr_shape_with_first(rows, parts[0].rank - 1, parts[0].dims + 1, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(output_lengths(ctx, parts, count));
  return hr_join_pieces(ctx, parts, offsets, count, out);
}

static hr_status tensor_array_concat(hr_kernel_context *ctx) {
  hr_step_array *array;
  int32_t size;
  HR_TRY(array_of(ctx, &array));
  HR_TRY(check_read_type(ctx, array));
  HR_TRY(hr_step_array_size(array, &size));
  if (array->accumulate && array->split_size >= 0) size = array->split_size; /* the gradient of a split */
  if (size > 0) return join_elements(ctx, array, size, NULL, concat_parts);
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(full_attr(ctx, "element_shape_except0", "concatenating", &shape));
  HR_TRY(hr_shape_with_first(0, shape.rank, shape.dims, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return output_lengths(ctx, NULL, 0);
}
HR_KERNEL(.op = "TensorArrayConcatV3", .types = {{"dtype", JOINED_TYPES}}, .compute = tensor_array_concat);
