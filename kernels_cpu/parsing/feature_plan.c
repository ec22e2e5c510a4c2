#include "kernels_cpu/parsing/feature_plan.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"

#include <stdio.h>
#include <stdlib.h>

static hr_status dense_feature(hr_dtype dtype, const hr_partial_shape *shape, hr_dense_feature *out) {
  *out = (hr_dense_feature){.dtype = dtype, .shape = shape, .elements = 1};
  if (shape->rank < 0 || shape->rank >= HR_MAX_RANK)
    return hr_error(HR_INVALID_ARGUMENT, "The rank of a dense feature is not known, or too large");
  out->varies = shape->rank > 0 && shape->dims[0] < 0;
  for (int d = out->varies; d < shape->rank; ++d)
    if (shape->dims[d] < 0 || __builtin_mul_overflow(out->elements, shape->dims[d], &out->elements))
      return hr_error(HR_INVALID_ARGUMENT, "The shape of a dense feature is not known, or too large");
  return HR_SUCCESS;
}

hr_status hr_feature_plan_init(const hr_kernel_construction *c, const char *sparse_types, const char *dense_types,
                               const char *dense_shapes, hr_feature_plan *out) {
  const hr_attr_value *sparse, *types, *shapes;
  HR_TRY(hr_construction_attr(c, sparse_types, &sparse));
  HR_TRY(hr_construction_attr(c, dense_types, &types));
  HR_TRY(hr_construction_attr(c, dense_shapes, &shapes));
  return hr_feature_plan_of(sparse, types, shapes, out);
}

hr_status hr_feature_plan_of(const hr_attr_value *sparse, const hr_attr_value *types, const hr_attr_value *shapes,
                             hr_feature_plan *out) {
  if (types->count != shapes->count)
    return hr_error(HR_INVALID_ARGUMENT, "len(dense_shapes) != len(dense_types): %d vs. %d", shapes->count,
                    types->count);
  hr_dense_feature *dense = malloc((types->count ? (size_t)types->count : 1) * sizeof *dense);
  if (!dense) return hr_error_out_of_memory((size_t)types->count * sizeof *dense, "the features to parse");
  for (int32_t i = 0; i < types->count; ++i) {
    hr_status status = dense_feature((hr_dtype)types->types[i], &shapes->shapes[i], &dense[i]);
    if (status) {
      free(dense);
      return status;
    }
  }
  *out = (hr_feature_plan){sparse->count, types->count, sparse->types, dense};
  return HR_SUCCESS;
}

void hr_feature_plan_clear(hr_feature_plan *plan) { free(plan->dense); }

static bool fits(const hr_partial_shape *shape, const hr_tensor *value) {
  if (shape->rank != value->rank) return false;
  for (int d = 0; d < shape->rank; ++d)
    if (shape->dims[d] >= 0 && shape->dims[d] != value->dims[d]) return false;
  return true;
}

hr_status hr_feature_plan_check_default(const hr_feature_plan *plan, int32_t i, const hr_tensor *value) {
  const hr_dense_feature *f = &plan->dense[i];
  char text[HR_SHAPE_TEXT];
  if (f->varies && value->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "dense_shape[%d] is a variable length shape: %s, therefore def_value[%d] must contain a single "
                    "element (the padding element). But its shape is: %s",
                    i, hr_partial_shape_text(f->shape, text), i, HR_TENSOR_SHAPE_TEXT(value));
  if (!f->varies && value->elements > 0 && !fits(f->shape, value))
    return hr_error(HR_INVALID_ARGUMENT, "def_value[%d].shape() == %s is not compatible with dense_shapes_[%d] == %s",
                    i, HR_TENSOR_SHAPE_TEXT(value), i, hr_partial_shape_text(f->shape, text));
  return HR_SUCCESS;
}

hr_status hr_feature_copy_default(const hr_tensor *value, int64_t count, void *to) {
  bool whole = value->elements == count;
  if (hr_tensor_dtype(value) == HR_STRING) {
    for (int64_t i = 0; i < count; ++i) {
      hr_view text = hr_string_view(hr_string_at(value, whole ? i : 0));
      HR_TRY(hr_string_set((hr_string *)to + i, text.data, text.length));
    }
    return HR_SUCCESS;
  }
  size_t size = hr_dtype_size(hr_tensor_dtype(value));
  for (int64_t i = 0; !whole && i < count; ++i)
    memcpy((char *)to + (size_t)i * size, hr_tensor_data(value), size);
  if (whole && count) memcpy(to, hr_tensor_data(value), (size_t)count * size);
  return HR_SUCCESS;
}

hr_status hr_feature_read_error(int64_t result) {
  return result == -2 ? hr_error_out_of_memory(0, "the strings of a feature")
                      : hr_error(HR_INVALID_ARGUMENT, "Could not parse the values of a feature");
}

const char *hr_feature_type_mistake(bool sparse, hr_dtype is, hr_dtype expected, char text[HR_FEATURE_MISTAKE]) {
  if (sparse)
    snprintf(text, HR_FEATURE_MISTAKE, "Data types don't match. Expected type: %s, Actual type: %s",
             hr_dtype_name(expected), hr_dtype_name(is));
  else
    snprintf(text, HR_FEATURE_MISTAKE, "Data types don't match. Data type: %s but expected type: %s", hr_dtype_name(is),
             hr_dtype_name(expected));
  return text;
}

hr_status hr_feature_unsupported(void) { return hr_error(HR_INVALID_ARGUMENT, "Unsupported datatype."); }
