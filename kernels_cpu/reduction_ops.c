/* Sum, Mean, Prod, Max, Min, All, Any, EuclideanNorm and L2Loss. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/level/expressions.h"
#include "kernels_cpu/reduction.h"

/* Functions that finish accumulators of `count` elements each: `a` is one of them. */
#define FINISH_NATIVE(type, name, ...)                                                                                 \
  static void name##_##type(void *accumulators_, int64_t n, int64_t count) {                                           \
    (void)count;                                                                                                       \
    HR_TYPE_##type *accumulators = accumulators_;                                                                      \
    for (int64_t i = 0; i < n; ++i) {                                                                                  \
      HR_TYPE_##type a = accumulators[i];                                                                              \
      accumulators[i] = (HR_TYPE_##type)(__VA_ARGS__);                                                                 \
    }                                                                                                                  \
  }
#define FINISH_HALF(...)
#define FINISH(type, ...) HR_BY_KIND(FINISH_, type)(type, __VA_ARGS__)
/* The quotient of integers is cut, and the mean of none of them is 0. */
FINISH(f32, mean, a / (float)count)
FINISH(f64, mean, a / (double)count)
FINISH(c64, mean, a / (float)count)
FINISH(c128, mean, a / (double)count)
HR_INTEGERS(FINISH, mean, count ? (int64_t)a / count : 0)
HR_FLOATS(FINISH, norm, HR_SQRT(a))
HR_INTEGERS(FINISH, norm, sqrt((double)a))
HR_COMPLEX(FINISH, norm, HR_SQRT(a))
HR_FLOATS(FINISH, half_of, a / 2)

/* The descriptor of op `loops` on a type; `finish` is NULL or the type's function of that name. */
#define REDUCTION(type, loops, combine, finish) HR_BY_KIND(REDUCTION_, type)(type, loops, combine, finish)
#define REDUCTION_NATIVE(type, loops, combine, finish)                                                                 \
  {                                                                                                                    \
    offsetof(hr_loop_table, loops##_##type), offsetof(hr_loop_table, combine##_##type), HR_DTYPE_##type,               \
        HR_DTYPE_##type, finish(type)                                                                                  \
  }
#define REDUCTION_HALF(type, loops, combine, finish)                                                                   \
  {                                                                                                                    \
    offsetof(hr_loop_table, loops##_f32), offsetof(hr_loop_table, combine##_f32), HR_DTYPE_##type, HR_FLOAT,           \
        finish(f32)                                                                                                    \
  }
#define AS_IT_IS(type) NULL
#define AS_MEAN(type)  mean_##type
#define AS_NORM(type)  norm_##type
#define AS_HALF(type)  half_of_##type

static const char *const keep_dims_only[] = {"keep_dims", NULL};
static hr_status keep_dims_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, keep_dims_only, state);
}

#define COMPUTE(type, op, loops, combine, finish)                                                                      \
  static hr_status op##_##type(hr_kernel_context *ctx) {                                                               \
    static const hr_reduction reduction = REDUCTION(type, loops, combine, finish);                                     \
    return hr_reduce(ctx, &reduction, hr_state_flag(ctx, 0));                                                          \
  }
#define REDUCE(type, name, ...)                                                                                        \
  COMPUTE(type, name, __VA_ARGS__)                                                                                     \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = name##_##type,                     \
            .create = keep_dims_create);
#define REDUCE_BOOLS(type, name, ...)                                                                                  \
  COMPUTE(type, name, __VA_ARGS__)                                                                                     \
  HR_KERNEL(.op = #name, .compute = name##_##type, .create = keep_dims_create);
HR_NUMBERS(REDUCE, Sum, Sum, Sum, AS_IT_IS)
HR_NUMBERS(REDUCE, Mean, Sum, Sum, AS_MEAN)
HR_NUMBERS(REDUCE, Prod, Prod, Prod, AS_IT_IS)
HR_NUMBERS(REDUCE, EuclideanNorm, SumOfSquares, Sum, AS_NORM)
HR_REAL(REDUCE, Max, Max, Max, AS_IT_IS)
HR_REAL(REDUCE, Min, Min, Min, AS_IT_IS)
HR_BOOLS(REDUCE_BOOLS, All, All, All, AS_IT_IS)
HR_BOOLS(REDUCE_BOOLS, Any, Any, Any, AS_IT_IS)

/* Half the sum of squares. */
#define L2_LOSS(type, name)                                                                                            \
  static hr_status name##_##type(hr_kernel_context *ctx) {                                                             \
    static const hr_reduction reduction = REDUCTION(type, SumOfSquares, Sum, AS_HALF);                                 \
    return hr_reduce_whole(ctx, &reduction);                                                                           \
  }                                                                                                                    \
  HR_KERNEL(.op = #name, .types = {{"T", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = name##_##type);
HR_FLOATING(L2_LOSS, L2Loss)
