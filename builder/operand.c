/* Operands: plain C values that become constants. */
#include "builder/builder.h"
#include "headrace/variables.h"
#include <math.h>

static hr_dtype natural_dtype(hr_operand value) {
  switch (value.kind) {
  case HR_OPERAND_INT: return value.i >= INT32_MIN && value.i <= INT32_MAX ? HR_INT32 : HR_INT64;
  case HR_OPERAND_FLOAT: return HR_FLOAT;
  case HR_OPERAND_BOOL: return HR_BOOL;
  case HR_OPERAND_STRING: return HR_STRING;
  case HR_OPERAND_TENSOR: return hr_tensor_dtype(value.tensor);
  default: return HR_INVALID;
  }
}

static hr_status cannot_hold(hr_dtype dtype, hr_operand value) {
  if (value.kind == HR_OPERAND_FLOAT)
    return hr_type_error("Expected %s, got %.9g of type 'float' instead.", hr_dtype_name(dtype), value.f);
  if (value.kind == HR_OPERAND_INT)
    return hr_type_error("Expected %s, got %lld of type 'int' instead.", hr_dtype_name(dtype), (long long)value.i);
  if (value.kind == HR_OPERAND_BOOL)
    return hr_type_error("Expected %s, got %s of type 'bool' instead.", hr_dtype_name(dtype),
                         value.b ? "True" : "False");
  return hr_type_error("Expected %s, got a value of dtype %s instead.", hr_dtype_name(dtype),
                       hr_dtype_name(natural_dtype(value)));
}

static hr_status set_real(hr_dtype dtype, hr_operand value, double number, void *data) {
  switch (dtype) {
  case HR_FLOAT: *(float *)data = (float)number; return HR_SUCCESS;
  case HR_DOUBLE: *(double *)data = number; return HR_SUCCESS;
  case HR_HALF: *(hr_half *)data = hr_half_from_float((float)number); return HR_SUCCESS;
  case HR_BFLOAT16: *(hr_bfloat16 *)data = hr_bfloat16_from_float((float)number); return HR_SUCCESS;
  case HR_COMPLEX64: *(hr_complex64 *)data = (hr_complex64){(float)number, 0}; return HR_SUCCESS;
  case HR_COMPLEX128: *(hr_complex128 *)data = (hr_complex128){number, 0}; return HR_SUCCESS;
  default: return cannot_hold(dtype, value);
  }
}

/* Writes the number where it is between low and high. */
#define HR_SET_INTEGER(type, low, high)                                                                                \
  do {                                                                                                                 \
    if (value.i < (low) || value.i > (high))                                                                           \
      return hr_error(HR_INVALID_ARGUMENT, "Tensor value %lld does not fit into %s.", (long long)value.i,              \
                      hr_dtype_name(dtype));                                                                           \
    *(type *)data = (type)value.i;                                                                                     \
    return HR_SUCCESS;                                                                                                 \
  } while (0)

static hr_status set_integer(hr_dtype dtype, hr_operand value, void *data) {
  switch (dtype) {
  case HR_INT8: HR_SET_INTEGER(int8_t, INT8_MIN, INT8_MAX);
  case HR_INT16: HR_SET_INTEGER(int16_t, INT16_MIN, INT16_MAX);
  case HR_INT32: HR_SET_INTEGER(int32_t, INT32_MIN, INT32_MAX);
  case HR_INT64: *(int64_t *)data = value.i; return HR_SUCCESS;
  case HR_UINT8: HR_SET_INTEGER(uint8_t, 0, UINT8_MAX);
  case HR_UINT16: HR_SET_INTEGER(uint16_t, 0, UINT16_MAX);
  case HR_UINT32: HR_SET_INTEGER(uint32_t, 0, UINT32_MAX);
  case HR_UINT64: HR_SET_INTEGER(uint64_t, 0, INT64_MAX);
  default: return set_real(dtype, value, (double)value.i, data);
  }
}

hr_status hr_scalar_tensor(hr_dtype dtype, hr_operand value, hr_tensor *out) {
  if (dtype == HR_INVALID) dtype = natural_dtype(value);
  if (value.kind == HR_OPERAND_TENSOR) {
    if (hr_tensor_dtype(value.tensor) != dtype) return cannot_hold(dtype, value);
    hr_tensor_copy(value.tensor, out);
    return HR_SUCCESS;
  }
  if (value.kind == HR_OPERAND_STRING) {
    if (dtype != HR_STRING) return cannot_hold(dtype, value);
    return hr_tensor_string(value.s, strlen(value.s), out);
  }
  if (!hr_dtype_is_plain(dtype)) return cannot_hold(dtype, value);
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &(hr_shape){0}, out));
  void *data = hr_tensor_data(out);
  hr_status status = HR_SUCCESS;
  if (value.kind == HR_OPERAND_BOOL) {
    if (dtype == HR_BOOL)
      *(bool *)data = value.b;
    else
      status = cannot_hold(dtype, value);
  } else if (value.kind == HR_OPERAND_INT) {
    status = set_integer(dtype, value, data);
  } else {
    status = set_real(dtype, value, value.f, data);
  }
  if (status) hr_tensor_clear(out);
  return status;
}

hr_output hr_convert(hr_scope scope, hr_operand value, hr_dtype dtype, const char *name) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (value.kind == HR_OPERAND_VARIABLE) value = hr_operand_output(hr_var_value(value.variable));
  if (value.kind == HR_OPERAND_OUTPUT) {
    if (dtype != HR_INVALID && value.output.node && hr_output_base_dtype(value.output) != dtype)
      return hr_refuse(scope, "Tensor conversion requested dtype %s for Tensor with dtype %s: '%s'",
                       hr_dtype_name(dtype), hr_dtype_name(hr_output_dtype(value.output)),
                       hr_node_name(value.output.node));
    return value.output;
  }
  hr_tensor tensor = {0};
  hr_status status = hr_scalar_tensor(dtype, value, &tensor);
  if (status) {
    hr_scope_fail(scope, status);
    return HR_NO_OUTPUT;
  }
  hr_output output = hr_constant(scope, &tensor, .name = name);
  hr_tensor_clear(&tensor);
  return output;
}
