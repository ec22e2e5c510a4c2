/* Comparisons of two tensors that are broadcast against each other. */
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/level/expressions.h"

/* Equal and NotEqual may be asked to answer for tensors that do not go together at all. */
static bool allows_any_shapes(const hr_kernel_context *ctx) {
  const hr_attr_value *is_error = hr_node_attr(hr_context_node(ctx), "incompatible_shape_error");
  return is_error && !is_error->b;
}

static hr_status compare(hr_kernel_context *ctx, const hr_elementwise *op, bool of_strangers) {
  hr_status status = hr_binary_compute(ctx, op);
  if (hr_status_code(status) != HR_INVALID_ARGUMENT || !allows_any_shapes(ctx)) return status;
  hr_status_free(status);
  *(bool *)hr_scalar_output(ctx, HR_BOOL) = of_strangers;
  return HR_SUCCESS;
}

/* What Equal and NotEqual answer then; the others have no such attribute. */
#define OF_STRANGERS_Equal        false
#define OF_STRANGERS_NotEqual     true
#define OF_STRANGERS_Less         false
#define OF_STRANGERS_LessEqual    false
#define OF_STRANGERS_Greater      false
#define OF_STRANGERS_GreaterEqual false

#define REGISTER(type, name)                                                                                           \
  HR_ELEMENTWISE_KERNEL(#name, loop_of_##name##_##type, name##_##type, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}});
#define LOOP(type, op)                                                                                                 \
  static const hr_elementwise loop_of_##op##_##type = HR_ELEMENTWISE(op, type, b8, HR_CHEAP_NANOS(type));
#define THROUGH_LOOP(type, op) return compare(ctx, &loop_of_##op##_##type, OF_STRANGERS_##op);
#define COMPARISON_NATIVE(type, op, ...)                                                                               \
  LOOP(type, op)                                                                                                       \
  static hr_status op##_##type(hr_kernel_context *ctx) {                                                               \
    const hr_tensor *left = hr_input(ctx, 0), *right = hr_input(ctx, 1);                                               \
    if ((left->rank | right->rank) == 0) {                                                                             \
      HR_TYPE_##type x = HR_SCALAR(type, left), y = HR_SCALAR(type, right);                                            \
      *(bool *)hr_scalar_output(ctx, HR_BOOL) = (__VA_ARGS__);                                                         \
      return HR_SUCCESS;                                                                                               \
    }                                                                                                                  \
    THROUGH_LOOP(type, op)                                                                                             \
  }                                                                                                                    \
  REGISTER(type, op)
#define COMPARISON_HALF(type, op, ...)                                                                                 \
  LOOP(type, op)                                                                                                       \
  static hr_status op##_##type(hr_kernel_context *ctx){THROUGH_LOOP(type, op)} REGISTER(type, op)
#define COMPARISON(type, ...) HR_BY_KIND(COMPARISON_, type)(type, __VA_ARGS__)
HR_COMPARISON_LIST(COMPARISON)
