/* Element types as short tokens, so that one macro line can make the same loop for many of them.
 *
 * HR_TYPE_<token> is the C type of an element, HR_DTYPE_<token> its number, HR_KIND_<token> says how loops get at it:
 * NATIVE types have loops of their own, HALF types are computed by the float loops, chunk by chunk (see halves.h). */
#ifndef HR_KERNELS_CPU_LEVEL_TYPES_H
#define HR_KERNELS_CPU_LEVEL_TYPES_H

#include "headrace/dtype.h"
#include <complex.h>

#define HR_TYPE_f32  float
#define HR_TYPE_f64  double
#define HR_TYPE_f16  hr_half
#define HR_TYPE_b16  hr_bfloat16
#define HR_TYPE_i8   int8_t
#define HR_TYPE_i16  int16_t
#define HR_TYPE_i32  int32_t
#define HR_TYPE_i64  int64_t
#define HR_TYPE_u8   uint8_t
#define HR_TYPE_u16  uint16_t
#define HR_TYPE_u32  uint32_t
#define HR_TYPE_u64  uint64_t
#define HR_TYPE_b8   _Bool
#define HR_TYPE_c64  float _Complex
#define HR_TYPE_c128 double _Complex

#define HR_DTYPE_f32  HR_FLOAT
#define HR_DTYPE_f64  HR_DOUBLE
#define HR_DTYPE_f16  HR_HALF
#define HR_DTYPE_b16  HR_BFLOAT16
#define HR_DTYPE_i8   HR_INT8
#define HR_DTYPE_i16  HR_INT16
#define HR_DTYPE_i32  HR_INT32
#define HR_DTYPE_i64  HR_INT64
#define HR_DTYPE_u8   HR_UINT8
#define HR_DTYPE_u16  HR_UINT16
#define HR_DTYPE_u32  HR_UINT32
#define HR_DTYPE_u64  HR_UINT64
#define HR_DTYPE_b8   HR_BOOL
#define HR_DTYPE_c64  HR_COMPLEX64
#define HR_DTYPE_c128 HR_COMPLEX128

#define HR_KIND_f32  NATIVE
#define HR_KIND_f64  NATIVE
#define HR_KIND_f16  HALF
#define HR_KIND_b16  HALF
#define HR_KIND_i8   NATIVE
#define HR_KIND_i16  NATIVE
#define HR_KIND_i32  NATIVE
#define HR_KIND_i64  NATIVE
#define HR_KIND_u8   NATIVE
#define HR_KIND_u16  NATIVE
#define HR_KIND_u32  NATIVE
#define HR_KIND_u64  NATIVE
#define HR_KIND_b8   NATIVE
#define HR_KIND_c64  NATIVE
#define HR_KIND_c128 NATIVE

#define HR_JOIN(a, b)  HR_JOIN_(a, b)
#define HR_JOIN_(a, b) a##b

/* HR_BY_KIND(LOOP_, f32)(...) calls LOOP_NATIVE(...). */
#define HR_BY_KIND(prefix, type) HR_JOIN(prefix, HR_KIND_##type)

/* Sets of types: HR_FLOATS(X, ...) is X(f32, ...) X(f64, ...) and so on. */
#define HR_FLOATS(X, ...)       X(f32, __VA_ARGS__) X(f64, __VA_ARGS__)
#define HR_HALVES(X, ...)       X(f16, __VA_ARGS__) X(b16, __VA_ARGS__)
#define HR_FLOATING(X, ...)     HR_FLOATS(X, __VA_ARGS__) HR_HALVES(X, __VA_ARGS__)
#define HR_COMPLEX(X, ...)      X(c64, __VA_ARGS__) X(c128, __VA_ARGS__)
#define HR_INTS(X, ...)         X(i32, __VA_ARGS__) X(i64, __VA_ARGS__)
#define HR_SIGNED(X, ...)       X(i8, __VA_ARGS__) X(i16, __VA_ARGS__) HR_INTS(X, __VA_ARGS__)
#define HR_INTEGERS(X, ...)     HR_SIGNED(X, __VA_ARGS__) X(u8, __VA_ARGS__) X(u16, __VA_ARGS__)
#define HR_ALL_INTEGERS(X, ...) HR_INTEGERS(X, __VA_ARGS__) X(u32, __VA_ARGS__) X(u64, __VA_ARGS__)
#define HR_REAL(X, ...)         HR_FLOATING(X, __VA_ARGS__) HR_INTEGERS(X, __VA_ARGS__)
#define HR_NUMBERS(X, ...)      HR_REAL(X, __VA_ARGS__) HR_COMPLEX(X, __VA_ARGS__)
#define HR_BOOLS(X, ...)        X(b8, __VA_ARGS__)

#endif
