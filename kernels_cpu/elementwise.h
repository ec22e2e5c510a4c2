/* Elementwise kernels: what the files of single families share. A family's file makes, from a list of level/loops.h,
 * one small compute function for each op and type; it answers scalars at once and hands everything else to the
 * functions here, which know shapes, memory and threads but no types. */
#ifndef HR_KERNELS_CPU_ELEMENTWISE_H
#define HR_KERNELS_CPU_ELEMENTWISE_H

#include "headrace/kernel.h"
#include "kernels_cpu/level/loops.h"

/* One op on one type. */
typedef struct hr_elementwise {
  uint32_t loop;    /* offset of the loop in hr_loop_table: the float loop for half and bfloat16 */
  uint8_t in, out;  /* hr_dtype of operands and result */
  float unit_nanos; /* rough cost of an element */
  bool same_shape;  /* operands are not broadcast */
} hr_elementwise;

/* The descriptor of a loop of loops.h. A kernel that is nothing but one has it for an argument, and the flag
 * HR_KERNEL_ELEMENTWISE. */
#define HR_ELEMENTWISE_KERNEL(name, descriptor, function, ...)                                                         \
  HR_KERNEL(.op = name, .compute = function, .flags = HR_KERNEL_ELEMENTWISE, .argument = &(descriptor), __VA_ARGS__)
#define HR_ELEMENTWISE(op, type, result, nanos) HR_BY_KIND(HR_ELEMENTWISE_, type)(op, type, result, nanos, false)
#define HR_SAME_SHAPE(op, type, result, nanos)  HR_BY_KIND(HR_ELEMENTWISE_, type)(op, type, result, nanos, true)
#define HR_ELEMENTWISE_NATIVE(op, type, result, nanos, same)                                                           \
  { offsetof(hr_loop_table, op##_##type), HR_DTYPE_##type, HR_DTYPE_##result, (nanos), (same) }
#define HR_ELEMENTWISE_HALF(op, type, result, nanos, same)                                                             \
  { offsetof(hr_loop_table, op##_f32), HR_DTYPE_##type, HR_DTYPE_##result, (nanos) + 0.5f, (same) }

/* The loop of a descriptor or the like: `kind` is hr_unary_loop, hr_binary_loop, ... */
#define HR_LOOP(kind, offset) (*(kind *const *)((const char *)hr_loops + (offset)))

/* Cost of an element that is read, changed a little and written. */
#define HR_CHEAP_NANOS(type) (0.05f * (float)sizeof(HR_TYPE_##type))
/* Cost of a transcendental function. */
#define HR_MATH_NANOS(type) (0.4f * (float)sizeof(HR_TYPE_##type))

/* A scalar of a plain type: no matter where its bytes are. */
#define HR_SCALAR(type, tensor) (*(const HR_TYPE_##type *)hr_tensor_data(tensor))

/* Makes output 0 a scalar; its bytes are to be written. */
static inline void *hr_scalar_output(hr_kernel_context *ctx, hr_dtype dtype) {
  hr_tensor *t = hr_output_slot(ctx, 0);
  t->data = NULL;
  t->buffer = NULL;
  t->dtype = (uint8_t)dtype;
  t->rank = 0;
  t->elements = 1;
  return t->scalar.bytes;
}

/* Output 0 = f(input 0), in place where the types are of one size and nobody else needs the input. */
HR_MUST_USE hr_status hr_unary_compute(hr_kernel_context *ctx, const hr_elementwise *op);

/* Output 0 = f(input 0, input 1), broadcast. InvalidArgument "Incompatible shapes: [2] vs. [3]". */
HR_MUST_USE hr_status hr_binary_compute(hr_kernel_context *ctx, const hr_elementwise *op);

/* The same for operands of one shape. InvalidArgument naming both shapes otherwise. */
HR_MUST_USE hr_status hr_same_shape_compute(hr_kernel_context *ctx, const hr_elementwise *op);

/* n elements of a binary loop, for any type; `z` may be `x` or `y`. */
void hr_binary_row(const hr_elementwise *op, void *z, const void *x, const void *y, int64_t n, hr_operands operands);
void hr_unary_row(const hr_elementwise *op, void *y, const void *x, int64_t n);

static inline bool hr_is_half_type(hr_dtype dtype) { return dtype == HR_HALF || dtype == HR_BFLOAT16; }

#endif
