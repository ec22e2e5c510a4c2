/* Kernels of one tensor: signs, roots, roundings, activations, transcendental functions. */
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/level/expressions.h"

/* A compute function and its registration. Scalars of cheap functions are done on the spot. */
#define REGISTER(type, function, name)                                                                                 \
  HR_ELEMENTWISE_KERNEL(#name, loop_of_##function##_##type, function##_##type,                                         \
                        .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}});
#define THROUGH_LOOP(type, result, op, nanos)                                                                          \
  static const hr_elementwise loop_of_##op##_##type = HR_ELEMENTWISE(op, type, result, nanos);                         \
  static hr_status op##_##type(hr_kernel_context *ctx) { return hr_unary_compute(ctx, &loop_of_##op##_##type); }       \
  REGISTER(type, op, op)
#define SCALAR_FIRST(type, result, op, ...)                                                                            \
  static const hr_elementwise loop_of_##op##_##type = HR_ELEMENTWISE(op, type, result, HR_CHEAP_NANOS(type));          \
  static hr_status op##_##type(hr_kernel_context *ctx) {                                                               \
    const hr_tensor *input = hr_input(ctx, 0);                                                                         \
    if (input->rank == 0) {                                                                                            \
      HR_TYPE_##type x = HR_SCALAR(type, input);                                                                       \
      *(HR_TYPE_##result *)hr_scalar_output(ctx, HR_DTYPE_##result) = (HR_TYPE_##result)(__VA_ARGS__);                 \
      return HR_SUCCESS;                                                                                               \
    }                                                                                                                  \
    return hr_unary_compute(ctx, &loop_of_##op##_##type);                                                              \
  }

#define UNARY_NATIVE(type, op, ...) SCALAR_FIRST(type, type, op, __VA_ARGS__) REGISTER(type, op, op)
#define UNARY_HALF(type, op, ...)   THROUGH_LOOP(type, type, op, HR_CHEAP_NANOS(type))
#define UNARY(type, ...)            HR_BY_KIND(UNARY_, type)(type, __VA_ARGS__)
HR_UNARY_LIST(UNARY)

/* Ops on truth values have no attribute T. */
#define LOGICAL(type, name, ...) SCALAR_FIRST(type, type, name, __VA_ARGS__) REGISTER_UNTYPED(type, name)
#define REGISTER_UNTYPED(type, name)                                                                                   \
  HR_ELEMENTWISE_KERNEL(#name, loop_of_##name##_##type, name##_##type, .priority = 0);
HR_LOGICAL_UNARY_LIST(LOGICAL)

#define PREDICATE_NATIVE(type, op, ...) SCALAR_FIRST(type, b8, op, __VA_ARGS__) REGISTER(type, op, op)
#define PREDICATE_HALF(type, op, ...)   THROUGH_LOOP(type, b8, op, HR_CHEAP_NANOS(type))
#define PREDICATE(type, ...)            HR_BY_KIND(PREDICATE_, type)(type, __VA_ARGS__)
HR_PREDICATE_LIST(PREDICATE)

#define MATH(type, op, ...) THROUGH_LOOP(type, type, op, HR_MATH_NANOS(type))
HR_MATH_LIST(MATH)

/* Other names of the same functions. */
HR_FLOATING(REGISTER, Reciprocal, Inv)
HR_COMPLEX(REGISTER, Reciprocal, Inv)
HR_FLOATING(REGISTER, Rint, Round)
HR_INTS(REGISTER, Rint, Round)
