/* Arithmetic on rows of any number type, chosen at run time: for kernels that add or combine slices. */
#ifndef HR_KERNELS_CPU_ROW_ARITHMETIC_H
#define HR_KERNELS_CPU_ROW_ARITHMETIC_H

#include "headrace/dtype.h"
#include "kernels_cpu/level/loops.h"

/* float, double, half, bfloat16, all integers up to 64 bits but uint32 and uint64, complex64, complex128. */
#define HR_NUMBER_TYPES (HR_REAL_TYPES | UINT64_C(1) << HR_COMPLEX64 | UINT64_C(1) << HR_COMPLEX128)
#define HR_REAL_TYPES                                                                                                  \
  (UINT64_C(1) << HR_FLOAT | UINT64_C(1) << HR_DOUBLE | UINT64_C(1) << HR_HALF | UINT64_C(1) << HR_BFLOAT16 |          \
   UINT64_C(1) << HR_INT8 | UINT64_C(1) << HR_INT16 | UINT64_C(1) << HR_INT32 | UINT64_C(1) << HR_INT64 |              \
   UINT64_C(1) << HR_UINT8 | UINT64_C(1) << HR_UINT16)

typedef enum hr_row_op { HR_ROW_ADD, HR_ROW_SUB, HR_ROW_MUL, HR_ROW_DIV, HR_ROW_MIN, HR_ROW_MAX } hr_row_op;

/* z[i] = x[i] OP y[i]; the loop's `operands` may make x or y one element for the whole row. MIN and MAX are for real
 * types. Integer division by zero gives zero. NULL for a type outside HR_NUMBER_TYPES. */
hr_binary_loop *hr_row_loop(hr_row_op op, hr_dtype dtype);

#endif
