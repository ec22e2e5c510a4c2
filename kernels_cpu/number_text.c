/* AsString, StringToNumber. */
#include "kernels_cpu/number_text.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/string_arguments.h"
#include "runtime/base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- AsString -------------------------------------------------------------------------------------------------- */

/* How printf shall write: "%", flag, width, precision, conversion. */
typedef struct format {
  char number[40];
} format;

static hr_status as_string_create(const hr_kernel_construction *c, void **state) {
  int64_t precision, width;
  bool scientific, shortest;
  const hr_attr_value *fill;
  hr_dtype type;
  HR_TRY(hr_construction_int(c, "precision", &precision));
  HR_TRY(hr_construction_int(c, "width", &width));
  HR_TRY(hr_construction_bool(c, "scientific", &scientific));
  HR_TRY(hr_construction_bool(c, "shortest", &shortest));
  HR_TRY(hr_construction_attr(c, "fill", &fill));
  HR_TRY(hr_construction_type(c, "T", &type));
  bool real = hr_dtype_is_floating(type) || hr_dtype_is_complex(type);
  const char *name = hr_dtype_name(type);
  if (scientific && shortest)
    return hr_error(HR_INVALID_ARGUMENT, "Cannot select both scientific and shortest notation");
  if (!real && (scientific || shortest))
    return hr_error(HR_INVALID_ARGUMENT, "scientific and shortest format not supported for datatype %s", name);
  if (!real && precision > -1) return hr_error(HR_INVALID_ARGUMENT, "precision not supported for datatype %s", name);
  if (fill->count > 1) return hr_error(HR_INVALID_ARGUMENT, "Fill string must be one or fewer characters");
  if (fill->count == 1 && !strchr(" +-0#", fill->s[0]))
    return hr_error(HR_INVALID_ARGUMENT, "Fill argument not supported: %s", fill->s);
  if (type == HR_BOOL && (width > 0 || precision > -1))
    width = -1; /* TensorFlow takes the width of a bool and does not use it */
  if (width > INT32_MAX || precision > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "Width %" PRId64 " or precision %" PRId64 " is too large", width, precision);
  format *format = calloc(1, sizeof *format);
  if (!format) return hr_error_out_of_memory(sizeof *format, "an AsString kernel");
  char *at = format->number, *end = at + sizeof format->number;
  at += snprintf(at, (size_t)(end - at), "%%%s", fill->s);
  if (width > -1) at += snprintf(at, (size_t)(end - at), "%" PRId64, width);
  if (precision > -1) at += snprintf(at, (size_t)(end - at), ".%" PRId64, precision);
  snprintf(at, (size_t)(end - at), "%s", !real ? PRId64 : scientific ? "e" : shortest ? "g" : "f");
  *state = format;
  return HR_SUCCESS;
}

/* The format was put together above, for exactly this type of argument. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_real(hr_text *text, const format *format, double value) { hr_text_printf(text, format->number, value); }
static void add_integer(hr_text *text, const format *format, int64_t value) {
  hr_text_printf(text, format->number, value);
}
#pragma GCC diagnostic pop

static void add_complex(hr_text *text, const format *format, double re, double im) {
  hr_text_add_string(text, "(");
  add_real(text, format, re);
  hr_text_add_string(text, ",");
  add_real(text, format, im);
  hr_text_add_string(text, ")");
}

static hr_status as_string(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  const void *data = hr_tensor_data(x);
  hr_text text = {0};
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < x->elements && !status; ++i) {
    switch (hr_tensor_dtype(x)) {
    case HR_FLOAT: add_real(&text, ctx->state, (double)((const float *)data)[i]); break;
    case HR_DOUBLE: add_real(&text, ctx->state, ((const double *)data)[i]); break;
    case HR_COMPLEX64: {
      hr_complex64 value = ((const hr_complex64 *)data)[i];
      add_complex(&text, ctx->state, (double)value.re, (double)value.im);
      break;
    }
    case HR_COMPLEX128: {
      hr_complex128 value = ((const hr_complex128 *)data)[i];
      add_complex(&text, ctx->state, value.re, value.im);
      break;
    }
    case HR_BOOL: hr_text_add_string(&text, ((const bool *)data)[i] ? "true" : "false"); break;
    case HR_INT8: add_integer(&text, ctx->state, ((const int8_t *)data)[i]); break;
    case HR_INT16: add_integer(&text, ctx->state, ((const int16_t *)data)[i]); break;
    case HR_INT32: add_integer(&text, ctx->state, ((const int32_t *)data)[i]); break;
    default: add_integer(&text, ctx->state, ((const int64_t *)data)[i]); break;
    }
    status = hr_string_set_text((hr_string *)hr_tensor_data(out) + i, &text);
  }
  hr_text_free(&text);
  return status;
}
HR_KERNEL(.op = "AsString",
          .types = {{"T", HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_INT16) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64) |
                              HR_TYPE_BIT(HR_COMPLEX64) | HR_TYPE_BIT(HR_COMPLEX128) | HR_TYPE_BIT(HR_FLOAT) |
                              HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_BOOL)}},
          .create = as_string_create, .destroy = free, .compute = as_string);

/* ---- StringToNumber -------------------------------------------------------------------------------------------- */

bool hr_number_from_text(hr_view text, hr_dtype dtype, void *out) {
  switch (dtype) {
  case HR_FLOAT: return hr_number_f32(text, out);
  case HR_DOUBLE: return hr_number_f64(text, out);
  case HR_INT32: return hr_number_i32(text, out);
  default: return hr_number_i64(text, out);
  }
}

static hr_status string_to_number(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_dtype type = hr_output_type(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  size_t size = hr_dtype_size(type);
  for (int64_t i = 0; i < x->elements; ++i) {
    hr_view text = hr_string_view(hr_string_at(x, i));
    if (!hr_number_from_text(text, type, (char *)hr_tensor_data(out) + (size_t)i * size))
      return hr_error(HR_INVALID_ARGUMENT, "StringToNumberOp could not correctly convert string: %.*s",
                      (int)(text.length > 1000 ? 1000 : text.length), text.data);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "StringToNumber",
          .types = {{"out_type", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_INDEX_TYPES}},
          .compute = string_to_number);
