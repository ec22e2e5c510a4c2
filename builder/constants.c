/* tf.constant, tf.zeros, tf.ones and their kin. */
#include "builder/builder.h"

/* Adds the Const of a tensor that a fallible call made; takes its status. */
static hr_output constant_of(hr_scope scope, hr_status status, hr_tensor *tensor, const char *name) {
  if (status) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  hr_output output = hr_const(scope, tensor, hr_tensor_dtype(tensor), .name = name);
  hr_tensor_clear(tensor);
  return output;
}

/* The tensor in another shape, whose further elements repeat the last one. */
static hr_status in_shape(const hr_tensor *from, const hr_partial_shape *shape, hr_tensor *out) {
  hr_shape full;
  HR_TRY(hr_shape_make(shape->rank, shape->dims, &full));
  int64_t wanted = hr_shape_elements(&full);
  if (from->elements == wanted) return hr_tensor_reshape(from, &full, out);
  if (from->elements > wanted && wanted > 0)
    return hr_error(HR_INVALID_ARGUMENT, "Too many elements provided. Needed at most %lld, but received %lld",
                    (long long)wanted, (long long)from->elements);
  if (from->elements == 0 && wanted > 0) return hr_error(HR_INVALID_ARGUMENT, "A value is needed to fill a shape with");
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), hr_tensor_dtype(from), &full, out));
  out->proto_values = (int32_t)from->elements;
  size_t size = hr_dtype_size(hr_tensor_dtype(from));
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < wanted && !status; ++i) {
    const char *source =
        (const char *)hr_tensor_data(from) + (size_t)(i < from->elements ? i : from->elements - 1) * size;
    char *place = (char *)hr_tensor_data(out) + (size_t)i * size;
    const hr_string *text = (const hr_string *)source;
    if (hr_tensor_dtype(from) != HR_STRING)
      memcpy(place, source, size);
    else
      status = hr_string_set((hr_string *)place, hr_string_data(text), hr_string_length(text));
  }
  if (status) hr_tensor_clear(out);
  return status;
}

hr_output hr_constant_with(hr_scope scope, hr_operand value, const hr_constant_options *options) {
  hr_constant_options o = options ? *options : (hr_constant_options){HR_CONSTANT_DEFAULTS};
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_tensor given = {0}, tensor = {0};
  hr_status status = hr_operand_is_in_graph(value) ? hr_type_error("List of Tensors when single Tensor expected")
                                                   : hr_value_tensor(hr_dtype_base(o.dtype), value, &given);
  if (status || o.shape.rank < 0) return constant_of(scope, status, &given, o.name);
  const hr_shape own = hr_tensor_shape(&given);
  if (o.verify_shape && !hr_shape_matches(&own, &o.shape)) {
    char want[HR_SHAPE_TEXT], have[HR_SHAPE_TEXT];
    status = hr_type_error("Expected Tensor's shape: %s, got %s.", hr_partial_shape_text(&o.shape, want),
                           hr_shape_text(&own, have));
  } else {
    status = in_shape(&given, &o.shape, &tensor);
  }
  hr_tensor_clear(&given);
  return constant_of(scope, status, &tensor, o.name);
}

#define HR_SCALAR_CONSTANT(suffix, type)                                                                               \
  hr_output hr_constant_##suffix##_with(hr_scope scope, type value, const hr_op_options *options) {                    \
    hr_tensor tensor = hr_tensor_##suffix(value);                                                                      \
    return constant_of(scope, HR_SUCCESS, &tensor, options ? options->name : NULL);                                    \
  }
HR_SCALAR_CONSTANT(f32, float)
HR_SCALAR_CONSTANT(f64, double)
HR_SCALAR_CONSTANT(i32, int32_t)
HR_SCALAR_CONSTANT(i64, int64_t)
HR_SCALAR_CONSTANT(bool, bool)

hr_output hr_constant_string_with(hr_scope scope, const char *value, const hr_op_options *options) {
  return hr_convert(scope, hr_operand_string(value), HR_STRING, options ? options->name : NULL);
}

hr_output hr_constant_array_with(hr_scope scope, hr_dtype dtype, hr_partial_shape shape, const void *data,
                                 const hr_op_options *options) {
  hr_tensor tensor = {0};
  hr_status status = hr_tensor_from(dtype, shape.rank, shape.dims, data, &tensor);
  return constant_of(scope, status, &tensor, options ? options->name : NULL);
}

hr_output hr_constant_strings_with(hr_scope scope, int64_t count, const char *const *values,
                                   const hr_op_options *options) {
  hr_tensor tensor = {0};
  hr_status status = hr_tensor_strings(count, values, &tensor);
  return constant_of(scope, status, &tensor, options ? options->name : NULL);
}

hr_output hr_i32_vector(hr_scope scope, int count, const int32_t *items, const char *name) {
  return hr_constant_array(scope, HR_INT32, HR_SHAPE(count), items, .name = name);
}

hr_operand hr_dims_operand(hr_scope scope, const hr_dims *dims, int64_t *sizes) {
  if (hr_operand_is_given(dims->value)) return dims->value;
  if (dims->shape.rank < 0) {
    hr_refuse(scope, "Cannot convert a shape of unknown rank to a Tensor.");
    return HR_NO_OPERAND;
  }
  memcpy(sizes, dims->shape.dims, sizeof *sizes * (size_t)dims->shape.rank);
  return hr_operand_ints((hr_ints){dims->shape.rank, sizes});
}

hr_output hr_dims_vector(hr_scope scope, hr_dims dims, const char *name) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int64_t sizes[HR_MAX_RANK];
  hr_operand operand = hr_dims_operand(scope, &dims, sizes);
  /* The dtype of an empty list, which is that of no number. */
  hr_dtype dtype = operand.kind == HR_OPERAND_INTS && operand.ints.count == 0 ? HR_INT32 : HR_INVALID;
  return hr_convert(scope, operand, dtype, name);
}

int hr_operand_known_ints(hr_operand x, int64_t *out) {
  hr_tensor tensor;
  if (hr_operand_is_in_graph(x)) return -1;
  hr_status status = hr_value_tensor(HR_INT64, x, &tensor);
  hr_status_free(status);
  if (status) return -1;
  int count = tensor.rank <= 1 && tensor.elements <= HR_MAX_RANK ? (int)tensor.elements : -1;
  if (count > 0) memcpy(out, hr_tensor_data(&tensor), sizeof *out * (size_t)count);
  hr_tensor_clear(&tensor);
  return count;
}

/* What fills zeros (0) and ones (1) of a dtype. */
static hr_operand filling(hr_dtype dtype, int number) {
  if (dtype == HR_BOOL) return hr_operand_bool(number);
  if (dtype == HR_STRING && number == 0) return hr_operand_string("");
  return hr_operand_int(number);
}

/* Above this many elements a constant would make the graph big: a Fill instead, as in TensorFlow 1.15. */
#define HR_SMALL_CONSTANT 1000

/* TensorFlow multiplies the sizes of a list out to see whether a constant would do, which leaves nodes where some are
 * tensors. */
static void leave_size_check(hr_scope s, hr_operands sizes) {
  hr_operand product = hr_operand_int(1);
  for (int32_t i = 0; i < sizes.count; ++i) {
    hr_operand size = hr_operands_at(sizes, i);
    if (i == 0)
      product = size;
    else if (product.kind == HR_OPERAND_INT && size.kind == HR_OPERAND_INT)
      product = hr_operand_int(product.i * size.i);
    else
      product = hr_operand_output(hr_times(s, product, size));
  }
  hr_binary(s, "Less", product, HR_SMALL_CONSTANT);
}

/* The shape that a Fill takes: a vector of int32 where it comes from a list. */
static hr_output fill_shape(hr_scope s, const hr_dims *dims) {
  hr_operand value = dims->value;
  if (!hr_operand_is_given(value)) return hr_dims_vector(s, *dims, "shape_as_tensor");
  if (value.kind == HR_OPERAND_INT) return hr_dims_vector(s, hr_dims_from_shape(HR_SHAPE(value.i)), "shape_as_tensor");
  if (value.kind == HR_OPERAND_LIST) leave_size_check(s, value.list);
  hr_output shape = hr_convert(s, value, value.kind == HR_OPERAND_LIST ? HR_INT32 : HR_INVALID, NULL);
  if (!hr_scope_ok(s) || hr_output_rank(shape) > 0) return shape;
  return hr_tf_reshape(s, shape, HR_SHAPE(-1));
}

/* Dtypes that have no such number: a type error, behind the shape that TensorFlow leaves then. */
static bool is_fillable(hr_scope s, const hr_dims *dims, hr_dtype dtype, int number) {
  bool is_text = dtype == HR_STRING && number != 0, is_handle = dtype == HR_RESOURCE || dtype == HR_VARIANT;
  bool is_number = hr_dtype_is_floating(dtype) || hr_dtype_is_integer(dtype) || hr_dtype_is_complex(dtype);
  bool is_step = hr_dtype_is_plain(dtype) && !is_number && dtype != HR_BOOL;
  if (!is_text && !is_handle && !is_step) return true;
  fill_shape(s, dims);
  if (is_handle)
    hr_refuse_type(s, "Incompatible types: <dtype: '%s'> vs. int64. Value is %d", hr_dtype_python_name(dtype), number);
  else
    hr_refuse_type(s, "Expected %s, got %d of type 'int' instead.", hr_dtype_python_name(dtype), number);
  return false;
}

static hr_output filled(hr_scope scope, hr_dims dims, int number, const char *default_name,
                        const hr_fill_options *options) {
  hr_dtype dtype = options && options->dtype != HR_INVALID ? hr_dtype_base(options->dtype) : HR_FLOAT;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, default_name);
  hr_operand value = filling(dtype, number);
  if (!hr_scope_ok(s) || !is_fillable(s, &dims, dtype, number)) return HR_NO_OUTPUT;
  bool negative = false;
  for (int i = 0; i < dims.shape.rank && !hr_operand_is_given(dims.value); ++i)
    negative |= dims.shape.dims[i] < 0;
  if (negative) { /* no shape, so that the Fill is asked, and refuses */
    hr_output shape = hr_dims_vector(s, dims, NULL);
    return hr_fill(s, shape, hr_convert(s, value, dtype, NULL), .name = hr_scope_name(s));
  }
  if (!hr_operand_is_given(dims.value)) {
    hr_shape full;
    hr_status status = hr_shape_make(dims.shape.rank, dims.shape.dims, &full);
    if (status) {
      hr_scope_fail(s, status);
      return HR_NO_OUTPUT;
    }
    if (hr_shape_elements(&full) < HR_SMALL_CONSTANT)
      return hr_constant_with(s, value, &(hr_constant_options){dtype, dims.shape, false, hr_scope_name(s)});
  }
  hr_output shape = fill_shape(s, &dims);
  return hr_fill(s, shape, hr_convert(s, value, dtype, "Const"), .name = hr_scope_name(s));
}

hr_output hr_zeros_with(hr_scope scope, hr_dims dims, const hr_fill_options *options) {
  return filled(scope, dims, 0, "zeros", options);
}
hr_output hr_ones_with(hr_scope scope, hr_dims dims, const hr_fill_options *options) {
  return filled(scope, dims, 1, "ones", options);
}

hr_output hr_tf_zeros_like_with(hr_scope scope, hr_operand tensor, const hr_fill_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "zeros_like");
  hr_output x = hr_convert(s, tensor, HR_INVALID, "tensor");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype own = hr_output_base_dtype(x), dtype = options && options->dtype ? options->dtype : own;
  const hr_partial_shape *shape = hr_output_shape(x);
  const char *name = hr_scope_name(s);
  if (hr_partial_shape_is_full(shape) && own != HR_VARIANT) return hr_zeros(s, *shape, .dtype = dtype, .name = name);
  if (dtype != own && own != HR_VARIANT) return hr_zeros(s, hr_tf_shape(s, x), .dtype = dtype, .name = name);
  return hr_zeros_like(s, x, .name = name);
}

hr_output hr_tf_ones_like_with(hr_scope scope, hr_operand tensor, const hr_fill_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "ones_like");
  hr_output x = hr_convert(s, tensor, HR_INVALID, "tensor");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = options && options->dtype ? options->dtype : hr_output_base_dtype(x);
  hr_output ones = hr_ones(s, hr_tf_shape(s, x), .dtype = dtype, .name = hr_scope_name(s));
  hr_know_shape(s, ones, hr_output_shape(x));
  return ones;
}

hr_output hr_tf_fill_with(hr_scope scope, hr_dims dims, hr_operand value, const hr_op_options *options) {
  int64_t sizes[HR_MAX_RANK];
  hr_operand shape = hr_dims_operand(scope, &dims, sizes);
  return hr_call_one(scope, "Fill", options ? options->name : NULL, HR_OPERANDS(shape, value), HR_NO_ATTRS);
}
