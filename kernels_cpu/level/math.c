/* Loops of transcendental functions, vector by vector. */
#include "kernels_cpu/level/vector_math.h"

/* The remainder that has the sign of x, exact for any quotient: libm's, element by element. */
#define REMAINDER(type, fmod)                                                                                          \
  static vector_##type remainder_##type(vector_##type x, vector_##type y) {                                            \
    enum { LANES = sizeof(vector_##type) / sizeof(HR_TYPE_##type) };                                                   \
    HR_TYPE_##type xs[LANES], ys[LANES];                                                                               \
    memcpy(xs, &x, sizeof x);                                                                                          \
    memcpy(ys, &y, sizeof y);                                                                                          \
    for (int i = 0; i < LANES; ++i)                                                                                    \
      xs[i] = fmod(xs[i], ys[i]);                                                                                      \
    memcpy(&x, xs, sizeof x);                                                                                          \
    return x;                                                                                                          \
  }
REMAINDER(f32, fmodf)
REMAINDER(f64, fmod)
#define V_FMOD(x, y) _Generic((x), vector_f32 : remainder_f32, vector_f64 : remainder_f64)(x, y)
/* The remainder that has the sign of y. */
#define V_FLOOR_MOD(x, y) V_FLOOR_REMAINDER(V_FMOD(x, y), y)
#define V_FLOOR_REMAINDER(remainder, y)                                                                                \
  V_SELECT(((remainder) != 0) & (((remainder) < 0) != (y < 0)), (remainder) + y, (remainder))

/* From here on softplus(x) is x to the last bit: TensorFlow's limit. */
#define SOFTPLUS_LINEAR (sizeof(scalar) == 4 ? (scalar)13.942385 : (scalar)34.043653)
/* Klambauer et al., "Self-normalizing neural networks", 2017. */
#define SELU_SCALE       (scalar)1.0507009873554804934193349852946
#define SELU_SCALE_ALPHA (scalar)1.7580993408473768599402175208123

/* The last vector of a row is padded with ones, for which every function is cheap. */
#define UNARY_NATIVE(type, op, ...)                                                                                    \
  static inline vector_##type op##_of_##type(vector_##type x) {                                                        \
    V_TYPES(type)                                                                                                      \
    return (vector)(__VA_ARGS__);                                                                                      \
  }                                                                                                                    \
  void HR_LEVELED(op##_##type)(void *y_, const void *x_, int64_t n) {                                                  \
    V_TYPES(type)                                                                                                      \
    const scalar *xs = x_;                                                                                             \
    scalar *ys = y_;                                                                                                   \
    vector x;                                                                                                          \
    int64_t i = 0;                                                                                                     \
    for (; i + LANES <= n; i += LANES) {                                                                               \
      memcpy(&x, xs + i, sizeof x);                                                                                    \
      x = op##_of_##type(x);                                                                                           \
      memcpy(ys + i, &x, sizeof x);                                                                                    \
    }                                                                                                                  \
    if (i == n) return;                                                                                                \
    scalar rest[LANES];                                                                                                \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      rest[k] = i + k < n ? xs[i + k] : 1;                                                                             \
    memcpy(&x, rest, sizeof x);                                                                                        \
    x = op##_of_##type(x);                                                                                             \
    memcpy(rest, &x, sizeof x);                                                                                        \
    for (int k = 0; i + k < n; ++k)                                                                                    \
      ys[i + k] = rest[k];                                                                                             \
  }
#define UNARY_HALF(...)
#define UNARY(type, ...) HR_BY_KIND(UNARY_, type)(type, __VA_ARGS__)

/* A scalar operand advances by 0 elements: it fills its vector once. */
#define BINARY_NATIVE(type, op, ...)                                                                                   \
  static inline vector_##type op##_of_##type(vector_##type x, vector_##type y) {                                       \
    V_TYPES(type)                                                                                                      \
    return (vector)(__VA_ARGS__);                                                                                      \
  }                                                                                                                    \
  void HR_LEVELED(op##_##type)(void *z_, const void *x_, const void *y_, int64_t n, hr_operands operands) {            \
    V_TYPES(type)                                                                                                      \
    const scalar *xs = x_, *ys = y_;                                                                                   \
    scalar *zs = z_;                                                                                                   \
    bool x_fixed = operands == HR_LEFT_SCALAR, y_fixed = operands == HR_RIGHT_SCALAR;                                  \
    scalar x_rest[LANES], y_rest[LANES];                                                                               \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      x_rest[k] = x_fixed ? *xs : 1;                                                                                   \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      y_rest[k] = y_fixed ? *ys : 1;                                                                                   \
    vector x, y;                                                                                                       \
    memcpy(&x, x_rest, sizeof x);                                                                                      \
    memcpy(&y, y_rest, sizeof y);                                                                                      \
    int64_t i = 0;                                                                                                     \
    for (; i + LANES <= n; i += LANES) {                                                                               \
      if (!x_fixed) memcpy(&x, xs + i, sizeof x);                                                                      \
      if (!y_fixed) memcpy(&y, ys + i, sizeof y);                                                                      \
      vector z = op##_of_##type(x, y);                                                                                 \
      memcpy(zs + i, &z, sizeof z);                                                                                    \
    }                                                                                                                  \
    if (i == n) return;                                                                                                \
    for (int k = 0; i + k < n && !x_fixed; ++k)                                                                        \
      x_rest[k] = xs[i + k];                                                                                           \
    for (int k = 0; i + k < n && !y_fixed; ++k)                                                                        \
      y_rest[k] = ys[i + k];                                                                                           \
    memcpy(&x, x_rest, sizeof x);                                                                                      \
    memcpy(&y, y_rest, sizeof y);                                                                                      \
    x = op##_of_##type(x, y);                                                                                          \
    memcpy(x_rest, &x, sizeof x);                                                                                      \
    for (int k = 0; i + k < n; ++k)                                                                                    \
      zs[i + k] = x_rest[k];                                                                                           \
  }
#define BINARY_HALF(...)
#define BINARY(type, ...) HR_BY_KIND(BINARY_, type)(type, __VA_ARGS__)

HR_MATH_LIST(UNARY)
HR_BINARY_MATH_LIST(BINARY)
HR_FEATURE_GRADIENT_MATH_LIST(BINARY)
