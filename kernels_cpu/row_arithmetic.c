#include "kernels_cpu/row_arithmetic.h"

#include <stdint.h>

/* Loops that the table of levels has. */
/* The formatter would take the # # apart. */
/* clang-format off */
#define CASE_TABLE_NATIVE(type, op)                                                                                    \
  case HR_DTYPE_##type: return hr_loops->op##_##type;
#define CASE_TABLE_HALF(type, op)                                                                                      \
  case HR_DTYPE_##type: return half_##op##_##type;
/* clang-format on */
#define CASE_TABLE(type, op) HR_BY_KIND(CASE_TABLE_, type)(type, op)

/* Halves: one at a time through float. */
#define LOAD_f16  hr_half_to_float
#define LOAD_b16  hr_bfloat16_to_float
#define STORE_f16 hr_half_from_float
#define STORE_b16 hr_bfloat16_from_float
#define DEFINE_HALF(type, name, expression)                                                                            \
  static void half_##name##_##type(void *z_, const void *x_, const void *y_, int64_t n, hr_operands operands) {        \
    HR_TYPE_##type *z = z_;                                                                                            \
    const HR_TYPE_##type *left = x_, *right = y_;                                                                      \
    int64_t left_step = operands != HR_LEFT_SCALAR, right_step = operands != HR_RIGHT_SCALAR;                          \
    for (int64_t i = 0; i < n; ++i) {                                                                                  \
      float x = LOAD_##type(left[i * left_step]), y = LOAD_##type(right[i * right_step]);                              \
      z[i] = STORE_##type(expression);                                                                                 \
    }                                                                                                                  \
  }
HR_HALVES(DEFINE_HALF, Add, x + y)
HR_HALVES(DEFINE_HALF, Sub, x - y)
HR_HALVES(DEFINE_HALF, Mul, x *y)
HR_HALVES(DEFINE_HALF, RealDiv, x / y)
HR_HALVES(DEFINE_HALF, Minimum, y < x ? y : x)
HR_HALVES(DEFINE_HALF, Maximum, x < y ? y : x)

/* Integer division, and the order of the small integers: rare, so plain loops do. */
#define DEFINE_INTEGER(type, name, expression)                                                                         \
  static void integer_##name##_##type(void *z_, const void *x_, const void *y_, int64_t n, hr_operands operands) {     \
    HR_TYPE_##type *z = z_;                                                                                            \
    const HR_TYPE_##type *left = x_, *right = y_;                                                                      \
    int64_t left_step = operands != HR_LEFT_SCALAR, right_step = operands != HR_RIGHT_SCALAR;                          \
    for (int64_t i = 0; i < n; ++i) {                                                                                  \
      HR_TYPE_##type x = left[i * left_step], y = right[i * right_step];                                               \
      z[i] = (HR_TYPE_##type)(expression);                                                                             \
    }                                                                                                                  \
  }
/* -1 by itself: the quotient of the lowest value would overflow. */
HR_INTEGERS(DEFINE_INTEGER, Div, y == 0 ? 0 : (uint64_t)y + 1 == 0 ? 0 - (uint64_t)x : (uint64_t)(x / y))
HR_INTEGERS(DEFINE_INTEGER, Minimum, y < x ? y : x)
HR_INTEGERS(DEFINE_INTEGER, Maximum, x < y ? y : x)
#define CASE_INTEGER(type, op)                                                                                         \
  case HR_DTYPE_##type: return integer_##op##_##type;

hr_binary_loop *hr_row_loop(hr_row_op op, hr_dtype dtype) {
  switch (op) {
  case HR_ROW_ADD:
    switch (dtype) {
      HR_NUMBERS(CASE_TABLE, Add)
    default: return NULL;
    }
  case HR_ROW_SUB:
    switch (dtype) {
      HR_NUMBERS(CASE_TABLE, Sub)
    default: return NULL;
    }
  case HR_ROW_MUL:
    switch (dtype) {
      HR_NUMBERS(CASE_TABLE, Mul)
    default: return NULL;
    }
  case HR_ROW_DIV:
    switch (dtype) {
      HR_FLOATING(CASE_TABLE, RealDiv)
      HR_COMPLEX(CASE_TABLE, RealDiv)
      HR_INTEGERS(CASE_INTEGER, Div)
    default: return NULL;
    }
  case HR_ROW_MIN:
    switch (dtype) {
      HR_FLOATING(CASE_TABLE, Minimum)
      HR_INTEGERS(CASE_INTEGER, Minimum)
    default: return NULL;
    }
  case HR_ROW_MAX:
    switch (dtype) {
      HR_FLOATING(CASE_TABLE, Maximum)
      HR_INTEGERS(CASE_INTEGER, Maximum)
    default: return NULL;
    }
  }
  return NULL;
}
