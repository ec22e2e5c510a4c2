#include "kernels_cpu/level/chain.h"
#include "kernels_cpu/level/vector_math.h"

#include <stddef.h>

typedef vector_f32 vector;
typedef mask_f32 mask;
typedef float scalar;
enum { VECTORS = 8, LANES = sizeof(vector) / sizeof(float), WIDTH = VECTORS * LANES };
_Static_assert(WIDTH <= HR_CHAIN_MAX_WIDTH, "blocks fit into what callers keep for them");

#define BLOCK  vector a0, vector a1, vector a2, vector a3, vector a4, vector a5, vector a6, vector a7
#define VALUES a0, a1, a2, a3, a4, a5, a6, a7
typedef void hr_chain_function(const hr_chain_step *step, int64_t at, BLOCK);
#define NEXT    ((hr_chain_function *)step[1].run)(step + 1, at, VALUES)
#define EACH(X) X(a0, 0) X(a1, 1) X(a2, 2) X(a3, 3) X(a4, 4) X(a5, 5) X(a6, 6) X(a7, 7)

static inline vector load_vector(const float *from) {
  vector v;
  memcpy(&v, from, sizeof v);
  return v;
}
static inline vector same(float x) {
  vector zero = {0};
  return x - zero; /* and not plus: -0 stays -0 */
}

#define LOAD(a, k) a = load_vector(from + (k)*LANES);
static void load(const hr_chain_step *step, int64_t at, BLOCK) {
  const float *from = step->memory + (at & step->moves);
  EACH(LOAD)
  NEXT;
}

#define STORE(a, k) memcpy(to + (k)*LANES, &a, sizeof a);
static void store(const hr_chain_step *step, int64_t at, BLOCK) {
  float *to = step->memory + (at & step->moves);
  EACH(STORE)
  NEXT;
}

static void end_of_block(const hr_chain_step *step, int64_t at, BLOCK) {
  (void)step, (void)at, (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7;
}

static void run(const hr_chain_step *steps, int64_t begin, int64_t end) {
  vector nothing = {0};
  for (int64_t at = begin; at + WIDTH <= end; at += WIDTH)
    ((hr_chain_function *)steps[0].run)(steps, at, nothing, nothing, nothing, nothing, nothing, nothing, nothing,
                                        nothing);
}

/* The vector forms of what loops.h says of one element. x86's maximum is its second operand where neither is greater,
 * as HR_MAX. */
#if defined(__AVX512F__)
#include <immintrin.h>
#define V_GREATER_OF(x, y) ((vector)_mm512_max_ps((__m512)(y), (__m512)(x)))
#define V_LESSER_OF(x, y)  ((vector)_mm512_min_ps((__m512)(y), (__m512)(x)))
#define V_SQRT(x)          ((vector)_mm512_sqrt_ps((__m512)(x)))
#elif defined(__AVX2__)
#include <immintrin.h>
#define V_GREATER_OF(x, y) ((vector)_mm256_max_ps((__m256)(y), (__m256)(x)))
#define V_LESSER_OF(x, y)  ((vector)_mm256_min_ps((__m256)(y), (__m256)(x)))
#define V_SQRT(x)          ((vector)_mm256_sqrt_ps((__m256)(x)))
#elif defined(__SSE4_1__)
#include <immintrin.h>
#define V_GREATER_OF(x, y) ((vector)_mm_max_ps((__m128)(y), (__m128)(x)))
#define V_LESSER_OF(x, y)  ((vector)_mm_min_ps((__m128)(y), (__m128)(x)))
#define V_SQRT(x)          ((vector)_mm_sqrt_ps((__m128)(x)))
#else
#define V_GREATER_OF(x, y) V_SELECT((y) > (x), (y), (x))
#define V_LESSER_OF(x, y)  V_SELECT((y) < (x), (y), (x))
#define V_SQRT(x)          sqrtf(x)
#endif
#if defined(SHAPED_F32)
#define V_ABS(x) ((vector)((mask)(x) & (mask)same_bits(0x7fffffff)))
static inline mask same_bits(int32_t bits) {
  mask zero = {0};
  return zero + bits;
}
#define ZERO same(0)
#else
#define V_ABS(x) fabsf(x)
#define ZERO     0.0f
#endif

#define UNARY_LIST(X)                                                                                                  \
  X(Neg, -x)                                                                                                           \
  X(Abs, V_ABS(x))                                                                                                     \
  X(Square, x *x)                                                                                                      \
  X(Sqrt, V_SQRT(x))                                                                                                   \
  X(Rsqrt, 1 / V_SQRT(x))                                                                                              \
  X(Reciprocal, 1 / x)                                                                                                 \
  X(Relu, V_GREATER_OF(x, ZERO))                                                                                       \
  X(Softsign, x / (1 + V_ABS(x)))                                                                                      \
  X(Exp, V_EXP(x))                                                                                                     \
  X(Expm1, V_EXPM1(x))                                                                                                 \
  X(Log, V_LOG(x))                                                                                                     \
  X(Log1p, V_LOG1P(x))                                                                                                 \
  X(Sin, V_SIN(x))                                                                                                     \
  X(Cos, V_COS(x))                                                                                                     \
  X(Tanh, V_TANH(x))                                                                                                   \
  X(Sigmoid, 1 / (1 + V_EXP(-x)))                                                                                      \
  X(Elu, V_SELECT(x < 0, V_EXP(x) - 1, x))

#define BINARY_LIST(X)                                                                                                 \
  X(Add, x + y)                                                                                                        \
  X(Sub, x - y)                                                                                                        \
  X(Mul, x *y)                                                                                                         \
  X(RealDiv, x / y)                                                                                                    \
  X(Maximum, V_GREATER_OF(x, y))                                                                                       \
  X(Minimum, V_LESSER_OF(x, y))                                                                                        \
  X(SquaredDifference, (x - y) * (x - y))                                                                              \
  X(SigmoidGrad, y *x *(1 - x))                                                                                        \
  X(TanhGrad, y *(1 - x * x))                                                                                          \
  X(EluGrad, V_SELECT(y < 0, (y + 1) * x, x))

#define UNARY(op, ...)                                                                                                 \
  static inline vector op##_of(vector x) { return (vector)(__VA_ARGS__); }                                             \
  static void op(const hr_chain_step *step, int64_t at, BLOCK) {                                                       \
    a0 = op##_of(a0), a1 = op##_of(a1), a2 = op##_of(a2), a3 = op##_of(a3);                                            \
    a4 = op##_of(a4), a5 = op##_of(a5), a6 = op##_of(a6), a7 = op##_of(a7);                                            \
    NEXT;                                                                                                              \
  }
UNARY_LIST(UNARY)

#define OTHER(k) load_vector(from + (k)*LANES)
#define BINARY(op, ...)                                                                                                \
  static inline vector op##_of(vector x, vector y) { return (vector)(__VA_ARGS__); }                                   \
  static void op##_right(const hr_chain_step *step, int64_t at, BLOCK) {                                               \
    const float *from = step->memory + (at & step->moves);                                                             \
    a0 = op##_of(a0, OTHER(0)), a1 = op##_of(a1, OTHER(1)), a2 = op##_of(a2, OTHER(2)), a3 = op##_of(a3, OTHER(3));    \
    a4 = op##_of(a4, OTHER(4)), a5 = op##_of(a5, OTHER(5)), a6 = op##_of(a6, OTHER(6)), a7 = op##_of(a7, OTHER(7));    \
    NEXT;                                                                                                              \
  }                                                                                                                    \
  static void op##_left(const hr_chain_step *step, int64_t at, BLOCK) {                                                \
    const float *from = step->memory + (at & step->moves);                                                             \
    a0 = op##_of(OTHER(0), a0), a1 = op##_of(OTHER(1), a1), a2 = op##_of(OTHER(2), a2), a3 = op##_of(OTHER(3), a3);    \
    a4 = op##_of(OTHER(4), a4), a5 = op##_of(OTHER(5), a5), a6 = op##_of(OTHER(6), a6), a7 = op##_of(OTHER(7), a7);    \
    NEXT;                                                                                                              \
  }                                                                                                                    \
  static void op##_right_one(const hr_chain_step *step, int64_t at, BLOCK) {                                           \
    vector y = same(*step->memory);                                                                                    \
    a0 = op##_of(a0, y), a1 = op##_of(a1, y), a2 = op##_of(a2, y), a3 = op##_of(a3, y);                                \
    a4 = op##_of(a4, y), a5 = op##_of(a5, y), a6 = op##_of(a6, y), a7 = op##_of(a7, y);                                \
    NEXT;                                                                                                              \
  }                                                                                                                    \
  static void op##_left_one(const hr_chain_step *step, int64_t at, BLOCK) {                                            \
    vector x = same(*step->memory);                                                                                    \
    a0 = op##_of(x, a0), a1 = op##_of(x, a1), a2 = op##_of(x, a2), a3 = op##_of(x, a3);                                \
    a4 = op##_of(x, a4), a5 = op##_of(x, a5), a6 = op##_of(x, a6), a7 = op##_of(x, a7);                                \
    NEXT;                                                                                                              \
  }
BINARY_LIST(BINARY)

#define PLAIN(function)    ((void (*)(void))(function))
#define UNARY_ROW(op, ...) {offsetof(hr_loop_table, op##_f32), {PLAIN(op), PLAIN(op), PLAIN(op), PLAIN(op)}},
#define BINARY_ROW(op, ...)                                                                                            \
  {offsetof(hr_loop_table, op##_f32),                                                                                  \
   {PLAIN(op##_right), PLAIN(op##_left), PLAIN(op##_right_one), PLAIN(op##_left_one)}},
static const hr_chain_operation operations[] = {UNARY_LIST(UNARY_ROW) BINARY_LIST(BINARY_ROW)};
_Static_assert(sizeof operations / sizeof *operations == HR_CHAIN_OPERATIONS, "the header says how many there are");

extern const hr_chain_loops HR_LEVELED(chains);
const hr_chain_loops HR_LEVELED(chains) = {.width = WIDTH,
                                           .operations = operations,
                                           .load = PLAIN(load),
                                           .store = PLAIN(store),
                                           .end = PLAIN(end_of_block),
                                           .run = run};
