/* Gradients of the functions of one tensor: elementwise kernels of two tensors of one shape. */
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/level/expressions.h"

#define REGISTER(type, function, name)                                                                                 \
  HR_ELEMENTWISE_KERNEL(#name, loop_of_##function##_##type, function##_##type,                                         \
                        .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}});
#define THROUGH_LOOP(type, op, nanos)                                                                                  \
  static const hr_elementwise loop_of_##op##_##type = HR_SAME_SHAPE(op, type, type, nanos);                            \
  static hr_status op##_##type(hr_kernel_context *ctx) { return hr_same_shape_compute(ctx, &loop_of_##op##_##type); }  \
  REGISTER(type, op, op)

#define GRADIENT_NATIVE(type, op, ...)                                                                                 \
  static const hr_elementwise loop_of_##op##_##type = HR_SAME_SHAPE(op, type, type, HR_CHEAP_NANOS(type));             \
  static hr_status op##_##type(hr_kernel_context *ctx) {                                                               \
    const hr_tensor *left = hr_input(ctx, 0), *right = hr_input(ctx, 1);                                               \
    if ((left->rank | right->rank) == 0) {                                                                             \
      HR_TYPE_##type x = HR_SCALAR(type, left), y = HR_SCALAR(type, right);                                            \
      *(HR_TYPE_##type *)hr_scalar_output(ctx, HR_DTYPE_##type) = (HR_TYPE_##type)(__VA_ARGS__);                       \
      return HR_SUCCESS;                                                                                               \
    }                                                                                                                  \
    return hr_same_shape_compute(ctx, &loop_of_##op##_##type);                                                         \
  }                                                                                                                    \
  REGISTER(type, op, op)
#define GRADIENT_HALF(type, op, ...) THROUGH_LOOP(type, op, HR_CHEAP_NANOS(type))
#define GRADIENT(type, ...)          HR_BY_KIND(GRADIENT_, type)(type, __VA_ARGS__)
HR_VALUE_GRADIENT_LIST(GRADIENT)
HR_FEATURE_GRADIENT_LIST(GRADIENT)

#define MATH(type, op, ...) THROUGH_LOOP(type, op, HR_MATH_NANOS(type))
HR_FEATURE_GRADIENT_MATH_LIST(MATH)

/* The older name of the same function. */
HR_FLOATING(REGISTER, ReciprocalGrad, InvGrad)
HR_COMPLEX(REGISTER, ReciprocalGrad, InvGrad)
