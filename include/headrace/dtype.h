/* Element types: TensorFlow's DataType numbers, their names and sizes. */
#ifndef HEADRACE_DTYPE_H
#define HEADRACE_DTYPE_H

#include "headrace/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of tensorflow.DataType. A reference type is its base plus 100. */
typedef enum hr_dtype {
  HR_INVALID = 0,
  HR_FLOAT = 1,
  HR_DOUBLE = 2,
  HR_INT32 = 3,
  HR_UINT8 = 4,
  HR_INT16 = 5,
  HR_INT8 = 6,
  HR_STRING = 7,
  HR_COMPLEX64 = 8,
  HR_INT64 = 9,
  HR_BOOL = 10,
  HR_QINT8 = 11,
  HR_QUINT8 = 12,
  HR_QINT32 = 13,
  HR_BFLOAT16 = 14,
  HR_QINT16 = 15,
  HR_QUINT16 = 16,
  HR_UINT16 = 17,
  HR_COMPLEX128 = 18,
  HR_HALF = 19,
  HR_RESOURCE = 20,
  HR_VARIANT = 21,
  HR_UINT32 = 22,
  HR_UINT64 = 23,
} hr_dtype;

#define HR_DTYPE_COUNT      24
#define HR_DTYPE_REF_OFFSET 100

/* Storage types of the element types that C does not have. */
typedef struct hr_half {
  uint16_t bits;
} hr_half;
typedef struct hr_bfloat16 {
  uint16_t bits;
} hr_bfloat16;
typedef struct hr_complex64 {
  float re, im;
} hr_complex64;
typedef struct hr_complex128 {
  double re, im;
} hr_complex128;

static inline bool hr_dtype_is_ref(hr_dtype dtype) { return (int)dtype > HR_DTYPE_REF_OFFSET; }
static inline hr_dtype hr_dtype_base(hr_dtype dtype) {
  return hr_dtype_is_ref(dtype) ? (hr_dtype)(dtype - HR_DTYPE_REF_OFFSET) : dtype;
}
static inline hr_dtype hr_dtype_ref(hr_dtype dtype) {
  return hr_dtype_is_ref(dtype) ? dtype : (hr_dtype)(dtype + HR_DTYPE_REF_OFFSET);
}

/* True for the numbers above and their reference forms; use it on numbers that come from outside. */
HR_API bool hr_dtype_is_valid(int dtype);

/* Bytes an element takes in a buffer; sizeof(hr_string) for HR_STRING, of a pointer for resource and variant; 0 for
 * an invalid dtype. References: the base. */
HR_API size_t hr_dtype_size(hr_dtype dtype);

/* TensorFlow's names: "float", "int32", "string", "float_ref"; "INVALID" for an invalid one. Static strings. */
HR_API const char *hr_dtype_name(hr_dtype dtype);
/* The names of tf.DType, which messages of the building of graphs use: "float32", "float64", "float16"; else as above.
 */
HR_API const char *hr_dtype_python_name(hr_dtype dtype);

/* TensorFlow's enum spelling: "DT_FLOAT", "DT_FLOAT_REF". Static strings. */
HR_API const char *hr_dtype_enum_name(hr_dtype dtype);

/* The dtype of a name in either spelling ("float32" and "float64" are accepted); HR_INVALID for an unknown name. */
HR_API hr_dtype hr_dtype_from_name(const char *name);

HR_API bool hr_dtype_is_floating(hr_dtype dtype); /* half, bfloat16, float, double */
HR_API bool hr_dtype_is_complex(hr_dtype dtype);
HR_API bool hr_dtype_is_integer(hr_dtype dtype); /* signed and unsigned, not bool, not quantised */

/* True where a buffer of the type can be copied byte by byte and needs no destruction: all but string, resource,
 * variant. */
HR_API bool hr_dtype_is_plain(hr_dtype dtype);

/* IEEE half and bfloat16 (upper half of a float), both rounding to nearest even. */
HR_API float hr_half_to_float(hr_half value);
HR_API hr_half hr_half_from_float(float value);
static inline float hr_bfloat16_to_float(hr_bfloat16 value) {
  union {
    uint32_t bits;
    float value;
  } u = {(uint32_t)value.bits << 16};
  return u.value;
}
HR_API hr_bfloat16 hr_bfloat16_from_float(float value);

#ifdef __cplusplus
}
#endif
#endif
