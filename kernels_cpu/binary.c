/* Kernels of two tensors that are broadcast against each other: arithmetic, logic, bits. */
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/level/expressions.h"

#define REGISTER(type, function, name)                                                                                 \
  HR_ELEMENTWISE_KERNEL(#name, loop_of_##function##_##type, function##_##type,                                         \
                        .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}});
#define THROUGH_LOOP(type, op, nanos)                                                                                  \
  static const hr_elementwise loop_of_##op##_##type = HR_ELEMENTWISE(op, type, type, nanos);                           \
  static hr_status op##_##type(hr_kernel_context *ctx) { return hr_binary_compute(ctx, &loop_of_##op##_##type); }      \
  REGISTER(type, op, op)

/* Scalars first: this is what chains of small ops spend their time in. */
#define SCALARS_FIRST(type, op, ...)                                                                                   \
  static const hr_elementwise loop_of_##op##_##type = HR_ELEMENTWISE(op, type, type, HR_CHEAP_NANOS(type));            \
  static hr_status op##_##type(hr_kernel_context *ctx) {                                                               \
    const hr_tensor *left = hr_input(ctx, 0), *right = hr_input(ctx, 1);                                               \
    if ((left->rank | right->rank) == 0) {                                                                             \
      HR_TYPE_##type x = HR_SCALAR(type, left), y = HR_SCALAR(type, right);                                            \
      *(HR_TYPE_##type *)hr_scalar_output(ctx, HR_DTYPE_##type) = (HR_TYPE_##type)(__VA_ARGS__);                       \
      return HR_SUCCESS;                                                                                               \
    }                                                                                                                  \
    return hr_binary_compute(ctx, &loop_of_##op##_##type);                                                             \
  }
#define BINARY_NATIVE(type, op, ...) SCALARS_FIRST(type, op, __VA_ARGS__) REGISTER(type, op, op)
#define BINARY_HALF(type, op, ...)   THROUGH_LOOP(type, op, HR_CHEAP_NANOS(type))
#define BINARY(type, ...)            HR_BY_KIND(BINARY_, type)(type, __VA_ARGS__)
HR_BINARY_LIST(BINARY)

/* Ops on truth values have no attribute T. */
#define LOGICAL(type, name, ...) SCALARS_FIRST(type, name, __VA_ARGS__) REGISTER_UNTYPED(type, name)
#define REGISTER_UNTYPED(type, name)                                                                                   \
  HR_ELEMENTWISE_KERNEL(#name, loop_of_##name##_##type, name##_##type, .priority = 0);
HR_LOGICAL_BINARY_LIST(LOGICAL)

#define MATH(type, op, ...) THROUGH_LOOP(type, op, 4 * HR_MATH_NANOS(type))
HR_BINARY_MATH_LIST(MATH)

/* Integer functions that not every right operand suits. */
#define IS_BAD_TruncateDiv(y) ((y) == 0)
#define IS_BAD_FloorDiv(y)    ((y) == 0)
#define IS_BAD_TruncateMod(y) ((y) == 0)
#define IS_BAD_FloorMod(y)    ((y) == 0)
#define IS_BAD_Pow(y)         ((y) < 0)
#define ERROR_TruncateDiv     "Integer division by zero"
#define ERROR_FloorDiv        "Integer division by zero"
#define ERROR_TruncateMod     "Integer division by zero"
#define ERROR_FloorMod        "Integer division by zero"
#define ERROR_Pow             "Integers to negative integer powers are not allowed"

#define REGISTER_CHECKED(type, function, name)                                                                         \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = function##_##type);
#define CHECKED(type, op, ...)                                                                                         \
  static hr_status op##_##type(hr_kernel_context *ctx) {                                                               \
    static const hr_elementwise loop = HR_ELEMENTWISE(op, type, type, 3);                                              \
    const hr_tensor *left = hr_input(ctx, 0), *right = hr_input(ctx, 1);                                               \
    const HR_TYPE_##type *values = hr_tensor_data(right);                                                              \
    bool is_bad = false;                                                                                               \
    for (int64_t i = 0; i < right->elements; ++i)                                                                      \
      is_bad |= IS_BAD_##op(values[i]);                                                                                \
    if (is_bad && left->elements > 0) return hr_error(HR_INVALID_ARGUMENT, ERROR_##op);                                \
    if ((left->rank | right->rank) == 0) {                                                                             \
      HR_TYPE_##type x = HR_SCALAR(type, left), y = *values;                                                           \
      *(HR_TYPE_##type *)hr_scalar_output(ctx, HR_DTYPE_##type) = (HR_TYPE_##type)(__VA_ARGS__);                       \
      return HR_SUCCESS;                                                                                               \
    }                                                                                                                  \
    return hr_binary_compute(ctx, &loop);                                                                              \
  }                                                                                                                    \
  REGISTER_CHECKED(type, op, op)
HR_CHECKED_LIST(CHECKED)

/* Other names of the same functions. */
HR_NUMBERS(REGISTER, Add, AddV2)
HR_FLOATING(REGISTER, RealDiv, Div)
HR_COMPLEX(REGISTER, RealDiv, Div)
HR_INTEGERS(REGISTER_CHECKED, TruncateDiv, Div)
HR_FLOATING(REGISTER, TruncateMod, Mod)
HR_INTS(REGISTER_CHECKED, TruncateMod, Mod)
