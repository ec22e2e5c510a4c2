/* Loops of cheap expressions, which the compiler turns into vector code. */
#include "kernels_cpu/level/level.h"

/* The three forms of a row of two operands. `in` and `out` are element types. */
#define ROWS(name, in, out, ...)                                                                                       \
  void HR_LEVELED(name)(void *z_, const void *x_, const void *y_, int64_t n, hr_operands operands) {                   \
    out *z = z_;                                                                                                       \
    const in *xs = x_, *ys = y_;                                                                                       \
    if (operands == HR_BOTH_ROWS) {                                                                                    \
      HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                 \
        in x = xs[i], y = ys[i];                                                                                       \
        z[i] = (out)(__VA_ARGS__);                                                                                     \
      }                                                                                                                \
    } else if (operands == HR_RIGHT_SCALAR) {                                                                          \
      in y = *ys;                                                                                                      \
      HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                 \
        in x = xs[i];                                                                                                  \
        z[i] = (out)(__VA_ARGS__);                                                                                     \
      }                                                                                                                \
    } else {                                                                                                           \
      in x = *xs;                                                                                                      \
      HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                 \
        in y = ys[i];                                                                                                  \
        z[i] = (out)(__VA_ARGS__);                                                                                     \
      }                                                                                                                \
    }                                                                                                                  \
  }
#define BINARY_NATIVE(type, op, ...) ROWS(op##_##type, HR_TYPE_##type, HR_TYPE_##type, __VA_ARGS__)
#define BINARY_HALF(...)
#define BINARY(type, ...)                HR_BY_KIND(BINARY_, type)(type, __VA_ARGS__)
#define COMPARISON_NATIVE(type, op, ...) ROWS(op##_##type, HR_TYPE_##type, bool, __VA_ARGS__)
#define COMPARISON_HALF(...)
#define COMPARISON(type, ...) HR_BY_KIND(COMPARISON_, type)(type, __VA_ARGS__)

#define ROW(name, in, out, ...)                                                                                        \
  void HR_LEVELED(name)(void *y_, const void *x_, int64_t n) {                                                         \
    out *y = y_;                                                                                                       \
    const in *xs = x_;                                                                                                 \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                   \
      in x = xs[i];                                                                                                    \
      y[i] = (out)(__VA_ARGS__);                                                                                       \
    }                                                                                                                  \
  }
#define UNARY_NATIVE(type, op, ...) ROW(op##_##type, HR_TYPE_##type, HR_TYPE_##type, __VA_ARGS__)
#define UNARY_HALF(...)
#define UNARY(type, ...)                HR_BY_KIND(UNARY_, type)(type, __VA_ARGS__)
#define PREDICATE_NATIVE(type, op, ...) ROW(op##_##type, HR_TYPE_##type, bool, __VA_ARGS__)
#define PREDICATE_HALF(...)
#define PREDICATE(type, ...) HR_BY_KIND(PREDICATE_, type)(type, __VA_ARGS__)

#define PARAMETRIC_ROW(name, in, out, ...)                                                                             \
  void HR_LEVELED(name)(void *z_, const void *x_, const void *y_, int64_t n, double parameter) {                       \
    out *z = z_;                                                                                                       \
    const in *xs = x_, *ys = y_, p = (in)parameter;                                                                    \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                   \
      in x = xs[i], y = ys[i];                                                                                         \
      (void)y;                                                                                                         \
      z[i] = (out)(__VA_ARGS__);                                                                                       \
    }                                                                                                                  \
  }
#define PARAMETRIC_NATIVE(type, op, ...) PARAMETRIC_ROW(op##_##type, HR_TYPE_##type, HR_TYPE_##type, __VA_ARGS__)
#define PARAMETRIC_HALF(...)
#define PARAMETRIC(type, ...)                      HR_BY_KIND(PARAMETRIC_, type)(type, __VA_ARGS__)
#define PARAMETRIC_PREDICATE_NATIVE(type, op, ...) PARAMETRIC_ROW(op##_##type, HR_TYPE_##type, bool, __VA_ARGS__)
#define PARAMETRIC_PREDICATE_HALF(...)
#define PARAMETRIC_PREDICATE(type, ...) HR_BY_KIND(PARAMETRIC_PREDICATE_, type)(type, __VA_ARGS__)

HR_UNARY_LIST(UNARY)
HR_LOGICAL_UNARY_LIST(UNARY)
HR_PREDICATE_LIST(PREDICATE)
HR_BINARY_LIST(BINARY)
HR_LOGICAL_BINARY_LIST(BINARY)
HR_CHECKED_LIST(BINARY)
HR_COMPARISON_LIST(COMPARISON)
HR_VALUE_GRADIENT_LIST(BINARY)
HR_FEATURE_GRADIENT_LIST(BINARY)
HR_PARAMETRIC_LIST(PARAMETRIC)
HR_PARAMETRIC_PREDICATE_LIST(PARAMETRIC_PREDICATE)

/* Selection moves bits: one loop an element size, without branches. The largest elements are complex numbers, aligned
 * to their halves. */
#define SELECT(name, type)                                                                                             \
  void HR_LEVELED(name)(void *z_, const bool *condition, const void *x_, const void *y_, int64_t n) {                  \
    type *z = z_;                                                                                                      \
    const type *x = x_, *y = y_;                                                                                       \
    const uint8_t *yes = (const uint8_t *)condition;                                                                   \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) {                                                                   \
      type mask = (type)(0 - (type)(yes[i] != 0));                                                                     \
      z[i] = (type)((x[i] & mask) | (y[i] & (type)~mask));                                                             \
    }                                                                                                                  \
  }
SELECT(select_1, uint8_t)
SELECT(select_2, uint16_t)
SELECT(select_4, uint32_t)
SELECT(select_8, uint64_t)

void HR_LEVELED(select_16)(void *z_, const bool *condition, const void *x_, const void *y_, int64_t n) {
  uint64_t *z = z_;
  const uint64_t *x = x_, *y = y_;
  const uint8_t *yes = (const uint8_t *)condition;
  for (int64_t i = 0; i < 2 * n; ++i) {
    uint64_t mask = 0 - (uint64_t)(yes[i / 2] != 0);
    z[i] = (x[i] & mask) | (y[i] & ~mask);
  }
}
