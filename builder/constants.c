/* tf.constant, tf.zeros, tf.ones and their kin. */
#include "builder/builder.h"

hr_output hr_constant_with(hr_scope scope, const hr_tensor *value, const hr_op_options *options) {
  return hr_const_with(scope, value, hr_tensor_dtype(value), options);
}

#define HR_SCALAR_CONSTANT(suffix, type)                                                                               \
  hr_output hr_constant_##suffix##_with(hr_scope scope, type value, const hr_op_options *options) {                    \
    hr_tensor tensor = hr_tensor_##suffix(value);                                                                      \
    return hr_constant_with(scope, &tensor, options);                                                                  \
  }
HR_SCALAR_CONSTANT(f32, float)
HR_SCALAR_CONSTANT(f64, double)
HR_SCALAR_CONSTANT(i32, int32_t)
HR_SCALAR_CONSTANT(i64, int64_t)
HR_SCALAR_CONSTANT(bool, bool)

hr_output hr_constant_string_with(hr_scope scope, const char *value, const hr_op_options *options) {
  return hr_convert(scope, hr_operand_string(value), HR_STRING, options ? options->name : NULL);
}

/* Takes a tensor that a fallible call made, and its status. */
static hr_output constant_of(hr_scope scope, hr_status status, hr_tensor *tensor, const hr_op_options *options) {
  if (status) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  hr_output output = hr_constant_with(scope, tensor, options);
  hr_tensor_clear(tensor);
  return output;
}

hr_output hr_constant_array_with(hr_scope scope, hr_dtype dtype, hr_partial_shape shape, const void *data,
                                 const hr_op_options *options) {
  hr_tensor tensor = {0};
  hr_status status = hr_tensor_from(dtype, shape.rank, shape.dims, data, &tensor);
  return constant_of(scope, status, &tensor, options);
}

hr_output hr_constant_strings_with(hr_scope scope, int64_t count, const char *const *values,
                                   const hr_op_options *options) {
  hr_tensor tensor = {0};
  hr_status status = hr_tensor_strings(count, values, &tensor);
  return constant_of(scope, status, &tensor, options);
}

hr_output hr_i32_vector(hr_scope scope, int count, const int32_t *items, const char *name) {
  return hr_constant_array(scope, HR_INT32, HR_SHAPE(count), items, .name = name);
}

hr_output hr_dims_vector(hr_scope scope, hr_dims dims, const char *name) {
  if (dims.tensor.node) return dims.tensor;
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (dims.shape.rank < 0) return hr_refuse(scope, "Cannot convert a shape of unknown rank to a Tensor.");
  int32_t narrow[HR_MAX_RANK];
  bool fits = true;
  for (int i = 0; i < dims.shape.rank; ++i) {
    narrow[i] = (int32_t)dims.shape.dims[i];
    fits = fits && narrow[i] == dims.shape.dims[i];
  }
  if (fits) return hr_i32_vector(scope, dims.shape.rank, narrow, name);
  return hr_constant_array(scope, HR_INT64, HR_SHAPE(dims.shape.rank), dims.shape.dims, .name = name);
}

hr_output hr_axes_constant(hr_scope scope, const hr_axes *axes, const char *name) {
  if (axes->kind == HR_AXES_ONE) return hr_constant_i32(scope, axes->items[0], .name = name);
  return hr_i32_vector(scope, axes->count, axes->items, name);
}

/* What fills zeros (0) and ones (1) of a dtype. */
static hr_operand filling(hr_dtype dtype, int number) {
  if (dtype == HR_BOOL) return hr_operand_bool(number);
  if (dtype == HR_STRING && number == 0) return hr_operand_string("");
  return hr_operand_int(number);
}

/* Above this many elements a constant would make the graph big: a Fill instead, as in TensorFlow 1.15. */
#define HR_SMALL_CONSTANT 1000

hr_status hr_repeated_tensor(hr_dtype dtype, hr_operand value, const hr_shape *shape, hr_tensor *out) {
  hr_tensor element = {0};
  HR_TRY(hr_value_tensor(dtype, value, &element));
  hr_status status = hr_tensor_new(hr_cpu_allocator(), dtype, shape, out);
  size_t size = hr_dtype_size(dtype);
  for (int64_t i = 0; !status && i < out->elements; ++i) {
    char *place = (char *)hr_tensor_data(out) + (size_t)i * size;
    const hr_string *text = hr_tensor_data(&element);
    if (dtype != HR_STRING)
      memcpy(place, text, size);
    else if ((status = hr_string_set((hr_string *)place, hr_string_data(text), hr_string_length(text))))
      hr_tensor_clear(out);
  }
  hr_tensor_clear(&element);
  return status;
}

hr_output hr_repeated(hr_scope scope, hr_dtype dtype, hr_operand value, hr_partial_shape shape, const char *name) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_shape full;
  hr_tensor tensor = {0};
  hr_status status = hr_shape_make(shape.rank, shape.dims, &full);
  if (!status) status = hr_repeated_tensor(dtype, value, &full, &tensor);
  return constant_of(scope, status, &tensor, &(hr_op_options){name});
}

static hr_output filled(hr_scope scope, hr_dims dims, int number, const char *default_name,
                        const hr_fill_options *options) {
  hr_dtype dtype = options && options->dtype != HR_INVALID ? hr_dtype_base(options->dtype) : HR_FLOAT;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, default_name);
  hr_operand value = filling(dtype, number);
  hr_output shape = dims.tensor;
  if (!shape.node && hr_scope_ok(s)) {
    hr_shape full;
    hr_status status = hr_shape_make(dims.shape.rank, dims.shape.dims, &full);
    if (status) {
      hr_scope_fail(s, status);
      return HR_NO_OUTPUT;
    }
    if (hr_shape_elements(&full) < HR_SMALL_CONSTANT) return hr_repeated(s, dtype, value, dims.shape, hr_scope_name(s));
    shape = hr_dims_vector(s, dims, "shape_as_tensor");
  }
  return hr_fill(s, shape, hr_convert(s, value, dtype, "Const"), .name = hr_scope_name(s));
}

hr_output hr_zeros_with(hr_scope scope, hr_dims dims, const hr_fill_options *options) {
  return filled(scope, dims, 0, "zeros", options);
}
hr_output hr_ones_with(hr_scope scope, hr_dims dims, const hr_fill_options *options) {
  return filled(scope, dims, 1, "ones", options);
}

hr_output hr_tf_zeros_like_with(hr_scope scope, hr_output x, const hr_fill_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "zeros_like");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype own = hr_output_base_dtype(x), dtype = options && options->dtype ? options->dtype : own;
  const hr_partial_shape *shape = hr_output_shape(x);
  const char *name = hr_scope_name(s);
  if (hr_partial_shape_is_full(shape) && own != HR_VARIANT) return hr_zeros(s, *shape, .dtype = dtype, .name = name);
  if (dtype != own && own != HR_VARIANT) return hr_zeros(s, hr_tf_shape(s, x), .dtype = dtype, .name = name);
  return hr_zeros_like(s, x, .name = name);
}

hr_output hr_tf_ones_like_with(hr_scope scope, hr_output x, const hr_fill_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "ones_like");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = options && options->dtype ? options->dtype : hr_output_base_dtype(x);
  hr_output ones = hr_ones(s, hr_tf_shape(s, x), .dtype = dtype, .name = hr_scope_name(s));
  if (ones.node) {
    hr_status status = hr_output_set_shape(ones, hr_output_shape(x));
    if (status) hr_scope_fail(s, status);
  }
  return ones;
}

hr_output hr_tf_fill_with(hr_scope scope, hr_dims dims, hr_operand value, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "Fill");
  hr_output shape = hr_dims_vector(s, dims, "dims");
  return hr_fill(s, shape, hr_convert(s, value, HR_INVALID, "value"), .name = hr_scope_name(s));
}
