#include "headrace/dtype.h"

#include "headrace/tensor.h"
#include <string.h>

typedef enum { OTHER, FLOATING, COMPLEX, INTEGER, QUANTISED, OWNING } family;

#define NAMES(lower, upper)                                                                                            \
  {lower, lower "_ref"}, { "DT_" upper, "DT_" upper "_REF" }

/* An element of a resource or variant tensor is a counted pointer (resource.h), or NULL. */
static const struct {
  const char *name[2], *enum_name[2]; /* of the base and of the reference type */
  size_t size;
  family family;
} dtypes[HR_DTYPE_COUNT] = {
    [HR_INVALID] = {{"INVALID", "INVALID"}, {"DT_INVALID", "DT_INVALID"}, 0, OTHER},
    [HR_FLOAT] = {NAMES("float", "FLOAT"), 4, FLOATING},
    [HR_DOUBLE] = {NAMES("double", "DOUBLE"), 8, FLOATING},
    [HR_INT32] = {NAMES("int32", "INT32"), 4, INTEGER},
    [HR_UINT8] = {NAMES("uint8", "UINT8"), 1, INTEGER},
    [HR_INT16] = {NAMES("int16", "INT16"), 2, INTEGER},
    [HR_INT8] = {NAMES("int8", "INT8"), 1, INTEGER},
    [HR_STRING] = {NAMES("string", "STRING"), sizeof(hr_string), OWNING},
    [HR_COMPLEX64] = {NAMES("complex64", "COMPLEX64"), 8, COMPLEX},
    [HR_INT64] = {NAMES("int64", "INT64"), 8, INTEGER},
    [HR_BOOL] = {NAMES("bool", "BOOL"), 1, OTHER},
    [HR_QINT8] = {NAMES("qint8", "QINT8"), 1, QUANTISED},
    [HR_QUINT8] = {NAMES("quint8", "QUINT8"), 1, QUANTISED},
    [HR_QINT32] = {NAMES("qint32", "QINT32"), 4, QUANTISED},
    [HR_BFLOAT16] = {NAMES("bfloat16", "BFLOAT16"), 2, FLOATING},
    [HR_QINT16] = {NAMES("qint16", "QINT16"), 2, QUANTISED},
    [HR_QUINT16] = {NAMES("quint16", "QUINT16"), 2, QUANTISED},
    [HR_UINT16] = {NAMES("uint16", "UINT16"), 2, INTEGER},
    [HR_COMPLEX128] = {NAMES("complex128", "COMPLEX128"), 16, COMPLEX},
    [HR_HALF] = {NAMES("half", "HALF"), 2, FLOATING},
    [HR_RESOURCE] = {NAMES("resource", "RESOURCE"), sizeof(void *), OWNING},
    [HR_VARIANT] = {NAMES("variant", "VARIANT"), sizeof(void *), OWNING},
    [HR_UINT32] = {NAMES("uint32", "UINT32"), 4, INTEGER},
    [HR_UINT64] = {NAMES("uint64", "UINT64"), 8, INTEGER},
};

bool hr_dtype_is_valid(int dtype) {
  int base = dtype > HR_DTYPE_REF_OFFSET ? dtype - HR_DTYPE_REF_OFFSET : dtype;
  return base > HR_INVALID && base < HR_DTYPE_COUNT;
}

/* The row of a dtype; that of HR_INVALID for numbers that are none. */
static int row(hr_dtype dtype) { return hr_dtype_is_valid((int)dtype) ? (int)hr_dtype_base(dtype) : HR_INVALID; }

size_t hr_dtype_size(hr_dtype dtype) { return dtypes[row(dtype)].size; }
const char *hr_dtype_name(hr_dtype dtype) { return dtypes[row(dtype)].name[hr_dtype_is_ref(dtype)]; }
const char *hr_dtype_python_name(hr_dtype dtype) {
  static const struct {
    hr_dtype dtype;
    const char *name[2];
  } others[] = {{HR_FLOAT, {"float32", "float32_ref"}},
                {HR_DOUBLE, {"float64", "float64_ref"}},
                {HR_HALF, {"float16", "float16_ref"}}};
  for (size_t i = 0; i < sizeof others / sizeof *others; ++i)
    if (others[i].dtype == hr_dtype_base(dtype)) return others[i].name[hr_dtype_is_ref(dtype)];
  return hr_dtype_name(dtype);
}
const char *hr_dtype_enum_name(hr_dtype dtype) { return dtypes[row(dtype)].enum_name[hr_dtype_is_ref(dtype)]; }

hr_dtype hr_dtype_from_name(const char *name) {
  static const struct {
    const char *name;
    hr_dtype dtype;
  } aliases[] = {{"float32", HR_FLOAT}, {"float64", HR_DOUBLE}, {"float16", HR_HALF}};
  for (int i = HR_INVALID + 1; i < HR_DTYPE_COUNT; ++i)
    for (int ref = 0; ref < 2; ++ref)
      if (strcmp(name, dtypes[i].name[ref]) == 0 || strcmp(name, dtypes[i].enum_name[ref]) == 0)
        return (hr_dtype)(i + ref * HR_DTYPE_REF_OFFSET);
  for (size_t i = 0; i < sizeof aliases / sizeof *aliases; ++i)
    if (strcmp(name, aliases[i].name) == 0) return aliases[i].dtype;
  return HR_INVALID;
}

bool hr_dtype_is_floating(hr_dtype dtype) { return dtypes[row(dtype)].family == FLOATING; }
bool hr_dtype_is_complex(hr_dtype dtype) { return dtypes[row(dtype)].family == COMPLEX; }
bool hr_dtype_is_integer(hr_dtype dtype) { return dtypes[row(dtype)].family == INTEGER; }
bool hr_dtype_is_plain(hr_dtype dtype) { return row(dtype) != HR_INVALID && dtypes[row(dtype)].family != OWNING; }

/* ---- half and bfloat16 ----------------------------------------------------------------------------------------- */

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

float hr_half_to_float(hr_half value) {
  uint32_t sign = (uint32_t)(value.bits & 0x8000u) << 16, magnitude = value.bits & 0x7fffu;
  if (magnitude >= 0x7c00u) return float_of(sign | 0x7f800000u | magnitude << 13); /* inf, nan */
  if (magnitude >= 0x0400u) return float_of(sign | ((magnitude << 13) + ((127u - 15u) << 23)));
  float denormal = (float)magnitude * 0x1p-24f;
  return sign ? -denormal : denormal;
}

hr_half hr_half_from_float(float value) {
  uint32_t bits = bits_of(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return (hr_half){(uint16_t)(sign | 0x7e00u | (magnitude >> 13 & 0x1ffu))};
  if (magnitude >= 0x477ff000u) return (hr_half){(uint16_t)(sign | 0x7c00u)}; /* 65520 and above round to infinity */
  if (magnitude < 0x38800000u) {
    /* Below 2^-14: adding 0.5 leaves the bits of a denormal half at the bottom of the sum, rounded by the addition. */
    uint32_t sum = bits_of(float_of(magnitude) + 0.5f);
    return (hr_half){(uint16_t)(sign | (sum - 0x3f000000u))};
  }
  uint32_t odd = magnitude >> 13 & 1u;
  return (hr_half){(uint16_t)(sign | ((magnitude - ((127u - 15u) << 23) + 0xfffu + odd) >> 13))};
}

hr_bfloat16 hr_bfloat16_from_float(float value) {
  uint32_t bits = bits_of(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (hr_bfloat16){0x7fc0u}; /* TensorFlow's one nan */
  return (hr_bfloat16){(uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16)};
}
