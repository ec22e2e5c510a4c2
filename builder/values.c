/* Plain values as tensors of a wanted dtype. */
#include "builder/builder.h"
#include <math.h>

/* ---- elements -------------------------------------------------------------------------------------------------- */

typedef enum family { TEXT, BOOLEAN, INTEGER, REAL, COMPLEX } family;

/* A number on its way from one dtype to another. */
typedef struct number {
  family family;
  int64_t i;     /* of integers; the bits of those above INT64_MAX */
  double re, im; /* of all */
} number;

static number of_integer(int64_t i) { return (number){.family = INTEGER, .i = i, .re = (double)i}; }
static number of_real(double x) { return (number){.family = REAL, .re = x}; }

/* False for dtypes that are no numbers. */
static bool read_number(hr_dtype dtype, const void *data, number *out) {
  switch (dtype) {
  case HR_FLOAT: *out = of_real((double)*(const float *)data); return true;
  case HR_DOUBLE: *out = of_real(*(const double *)data); return true;
  case HR_HALF: *out = of_real((double)hr_half_to_float(*(const hr_half *)data)); return true;
  case HR_BFLOAT16: *out = of_real((double)hr_bfloat16_to_float(*(const hr_bfloat16 *)data)); return true;
  case HR_QINT8:
  case HR_INT8: *out = of_integer(*(const int8_t *)data); return true;
  case HR_QINT16:
  case HR_INT16: *out = of_integer(*(const int16_t *)data); return true;
  case HR_QINT32:
  case HR_INT32: *out = of_integer(*(const int32_t *)data); return true;
  case HR_INT64: *out = of_integer(*(const int64_t *)data); return true;
  case HR_QUINT8:
  case HR_UINT8: *out = of_integer(*(const uint8_t *)data); return true;
  case HR_QUINT16:
  case HR_UINT16: *out = of_integer(*(const uint16_t *)data); return true;
  case HR_UINT32: *out = of_integer(*(const uint32_t *)data); return true;
  case HR_UINT64: {
    uint64_t u = *(const uint64_t *)data;
    *out = (number){.family = INTEGER, .i = (int64_t)u, .re = (double)u};
    return true;
  }
  case HR_BOOL: *out = (number){.family = BOOLEAN, .i = *(const bool *)data, .re = *(const bool *)data}; return true;
  case HR_COMPLEX64: {
    const hr_complex64 *c = data;
    *out = (number){.family = COMPLEX, .re = (double)c->re, .im = (double)c->im};
    return true;
  }
  case HR_COMPLEX128: {
    const hr_complex128 *c = data;
    *out = (number){.family = COMPLEX, .re = c->re, .im = c->im};
    return true;
  }
  default: return false;
  }
}

/* Whether the elements of a dtype hold numbers of a family, as tf.constant sees it. */
static bool holds(hr_dtype dtype, family family) {
  if (dtype == HR_STRING || family == TEXT) return dtype == HR_STRING && family == TEXT;
  if (dtype == HR_BOOL) return family == BOOLEAN;
  if (hr_dtype_is_complex(dtype)) return true;
  if (hr_dtype_is_floating(dtype)) return family <= REAL;
  return hr_dtype_is_plain(dtype) && family <= INTEGER;
}

/* The integer nearest to zero; the smallest one for what int64 does not hold, as processors do. */
static int64_t integer_of(const number *x) {
  if (x->family <= INTEGER) return x->i;
  return x->re >= -0x1p63 && x->re < 0x1p63 ? (int64_t)x->re : INT64_MIN;
}

/* Writes the number as the dtype holds it; integers wrap, as NumPy's do. Not for text. */
static void write_number(hr_dtype dtype, const number *x, void *data) {
  int64_t i = integer_of(x);
  switch (dtype) {
  case HR_FLOAT: *(float *)data = (float)x->re; break;
  case HR_DOUBLE: *(double *)data = x->re; break;
  case HR_HALF: *(hr_half *)data = hr_half_from_float((float)x->re); break;
  case HR_BFLOAT16: *(hr_bfloat16 *)data = hr_bfloat16_from_float((float)x->re); break;
  case HR_COMPLEX64: *(hr_complex64 *)data = (hr_complex64){(float)x->re, (float)x->im}; break;
  case HR_COMPLEX128: *(hr_complex128 *)data = (hr_complex128){x->re, x->im}; break;
  case HR_BOOL: *(bool *)data = x->family <= INTEGER ? x->i != 0 : x->re != 0 || x->im != 0; break;
  case HR_QINT8:
  case HR_QUINT8:
  case HR_INT8:
  case HR_UINT8: *(uint8_t *)data = (uint8_t)i; break;
  case HR_QINT16:
  case HR_QUINT16:
  case HR_INT16:
  case HR_UINT16: *(uint16_t *)data = (uint16_t)i; break;
  case HR_QINT32:
  case HR_INT32:
  case HR_UINT32: *(uint32_t *)data = (uint32_t)i; break;
  case HR_INT64:
  case HR_UINT64: *(int64_t *)data = i; break;
  default: break;
  }
}

/* ---- natural dtypes -------------------------------------------------------------------------------------------- */

static bool fits_int32(int64_t i) { return i >= INT32_MIN && i <= INT32_MAX; }

static hr_dtype natural_integers(int64_t count, const int64_t *items) {
  for (int64_t i = 0; i < count; ++i)
    if (!fits_int32(items[i])) return HR_INT64;
  return HR_INT32;
}

/* What a list of such numbers becomes where nothing else is wanted. */
static hr_dtype natural_values(const hr_tensor *t) {
  hr_dtype dtype = hr_tensor_dtype(t);
  if (dtype == HR_DOUBLE) return HR_FLOAT;
  return dtype == HR_INT64 ? natural_integers(t->elements, hr_tensor_data(t)) : dtype;
}

/* The dtype of a list with both: the later one of this order, as in a list of numbers of both kinds. */
static hr_dtype wider(hr_dtype a, hr_dtype b) {
  static const hr_dtype order[] = {HR_INVALID, HR_BOOL, HR_INT32, HR_INT64, HR_FLOAT, HR_DOUBLE, HR_COMPLEX128};
  for (size_t i = 0; i < sizeof order / sizeof *order; ++i) {
    if (order[i] == a) return b;
    if (order[i] == b) return a;
  }
  return a;
}

hr_dtype hr_natural_dtype(hr_operand value) {
  switch (value.kind) {
  case HR_OPERAND_INT: return fits_int32(value.i) ? HR_INT32 : HR_INT64;
  case HR_OPERAND_FLOAT: return HR_FLOAT;
  case HR_OPERAND_BOOL: return HR_BOOL;
  case HR_OPERAND_STRING: return HR_STRING;
  case HR_OPERAND_TENSOR: return hr_tensor_dtype(value.tensor);
  case HR_OPERAND_VALUES: return natural_values(value.tensor);
  case HR_OPERAND_INTS: return value.ints.count ? natural_integers(value.ints.count, value.ints.items) : HR_FLOAT;
  case HR_OPERAND_LIST: {
    hr_dtype dtype = HR_INVALID;
    for (int32_t i = 0; i < value.list.count; ++i)
      dtype = wider(dtype, hr_natural_dtype(hr_operands_at(value.list, i)));
    return dtype == HR_INVALID ? HR_FLOAT : dtype;
  }
  default: return HR_INVALID;
  }
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static hr_status cannot_hold(hr_dtype dtype, const number *x) {
  const char *name = hr_dtype_python_name(dtype);
  switch (x->family) {
  case BOOLEAN: return hr_type_error("Expected %s, got %s of type 'bool' instead.", name, x->i ? "True" : "False");
  case INTEGER: return hr_type_error("Expected %s, got %lld of type 'int' instead.", name, (long long)x->i);
  case REAL: {
    bool whole = fabs(x->re) < 1e15 && x->re == floor(x->re); /* "2.0", as Python writes it */
    return hr_type_error(whole ? "Expected %s, got %.1f of type 'float' instead."
                               : "Expected %s, got %.9g of type 'float' instead.",
                         name, x->re);
  }
  default: return hr_type_error("Expected %s, got (%.9g%+.9gj) of type 'complex' instead.", name, x->re, x->im);
  }
}

static hr_status cannot_hold_text(hr_dtype dtype, const char *text, size_t length) {
  return hr_type_error("Expected %s, got '%.*s' of type 'str' instead.", hr_dtype_python_name(dtype), (int)length,
                       text);
}

/* Writes a literal; a type error where the dtype does not hold its kind. */
static hr_status write_literal(hr_dtype dtype, const number *x, void *data) {
  if (!holds(dtype, x->family)) return cannot_hold(dtype, x);
  write_number(dtype, x, data);
  return HR_SUCCESS;
}

static hr_status write_text(hr_dtype dtype, const char *text, size_t length, void *data) {
  if (dtype != HR_STRING) return cannot_hold_text(dtype, text, length);
  return hr_string_set(data, text, length);
}

/* The elements of an array (converted without checks) or of literals. */
static hr_status write_elements(hr_dtype dtype, const hr_tensor *from, bool literals, char *to) {
  hr_dtype own = hr_tensor_dtype(from);
  const char *data = hr_tensor_data(from);
  size_t step = hr_dtype_size(own), to_step = hr_dtype_size(dtype);
  if (own == dtype && own != HR_STRING) {
    memcpy(to, data, hr_tensor_bytes(from));
    return HR_SUCCESS;
  }
  for (int64_t i = 0; i < from->elements; ++i, data += step, to += to_step) {
    number x;
    if (own == HR_STRING) {
      const hr_string *text = (const hr_string *)data;
      HR_TRY(write_text(dtype, hr_string_data(text), hr_string_length(text), to));
    } else if (!read_number(own, data, &x) || !hr_dtype_is_plain(dtype)) {
      return hr_type_error("Expected %s, got an array of dtype %s instead.", hr_dtype_python_name(dtype),
                           hr_dtype_python_name(own));
    } else if (literals) {
      HR_TRY(write_literal(dtype, &x, to));
    } else {
      write_number(dtype, &x, to);
    }
  }
  return HR_SUCCESS;
}

/* Writes a value and all that is in it; `**to` moves behind it. */
static hr_status write_value(hr_dtype dtype, hr_operand value, char **to) {
  char *place = *to;
  *to += hr_dtype_size(dtype);
  number x;
  switch (value.kind) {
  case HR_OPERAND_STRING: return write_text(dtype, value.s, strlen(value.s), place);
  case HR_OPERAND_BOOL: x = (number){.family = BOOLEAN, .i = value.b, .re = value.b}; break;
  case HR_OPERAND_INT: x = of_integer(value.i); break;
  case HR_OPERAND_FLOAT: x = of_real(value.f); break;
  case HR_OPERAND_TENSOR:
  case HR_OPERAND_VALUES:
    *to = place + (size_t)value.tensor->elements * hr_dtype_size(dtype);
    return write_elements(dtype, value.tensor, value.kind == HR_OPERAND_VALUES, place);
  case HR_OPERAND_INTS:
    for (int32_t i = 0; i < value.ints.count; ++i, place += hr_dtype_size(dtype)) {
      x = of_integer(value.ints.items[i]);
      HR_TRY(write_literal(dtype, &x, place));
    }
    *to = place;
    return HR_SUCCESS;
  case HR_OPERAND_LIST:
    *to = place;
    for (int32_t i = 0; i < value.list.count; ++i)
      HR_TRY(write_value(dtype, hr_operands_at(value.list, i), to));
    return HR_SUCCESS;
  default: return hr_type_error("List of Tensors when single Tensor expected");
  }
  return write_literal(dtype, &x, place);
}

/* The shape of a value; InvalidArgument for a list that is not rectangular. */
static hr_status shape_of(hr_operand value, hr_shape *out) {
  if (value.kind == HR_OPERAND_TENSOR || value.kind == HR_OPERAND_VALUES) {
    *out = hr_tensor_shape(value.tensor);
    return HR_SUCCESS;
  }
  *out = (hr_shape){0};
  if (value.kind == HR_OPERAND_INTS) *out = (hr_shape){.rank = 1, .dims = {value.ints.count}};
  if (value.kind != HR_OPERAND_LIST) return HR_SUCCESS;
  hr_shape first = {0};
  for (int32_t i = 0; i < value.list.count; ++i) {
    hr_shape shape;
    HR_TRY(shape_of(hr_operands_at(value.list, i), &shape));
    if (i == 0) first = shape;
    if (hr_shape_equal(&shape, &first)) continue;
    char want[HR_SHAPE_TEXT], have[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT,
                    "Argument must be a dense tensor: item %d of a list has shape %s, but the first has %s.", (int)i,
                    hr_shape_text(&shape, have), hr_shape_text(&first, want));
  }
  if (first.rank == HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "Lists nested deeper than %d are not supported", HR_MAX_RANK);
  out->rank = first.rank + 1;
  out->dims[0] = value.list.count;
  memcpy(out->dims + 1, first.dims, sizeof first.dims - sizeof first.dims[0]);
  return HR_SUCCESS;
}

hr_status hr_value_tensor(hr_dtype dtype, hr_operand value, hr_tensor *out) {
  if (value.kind == HR_OPERAND_NONE) return hr_error(HR_INVALID_ARGUMENT, "None values not supported.");
  if (dtype == HR_INVALID) dtype = hr_natural_dtype(value);
  if (value.kind == HR_OPERAND_TENSOR && hr_tensor_dtype(value.tensor) == dtype) {
    hr_tensor_copy(value.tensor, out);
    return HR_SUCCESS;
  }
  hr_shape shape;
  HR_TRY(shape_of(value, &shape));
  if (!hr_dtype_is_plain(dtype) && dtype != HR_STRING)
    return hr_type_error("Expected %s, got a value instead.", hr_dtype_python_name(dtype));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  char *to = hr_tensor_data(out);
  hr_status status = write_value(dtype, value, &to);
  if (status) hr_tensor_clear(out);
  return status;
}
