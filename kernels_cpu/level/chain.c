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

static inline vector load_vector(const float *from) {
  vector v;
  memcpy(&v, from, sizeof v);
  return v;
}
static inline vector same(float x) {
  vector zero = {0};
  return x - zero; /* and not plus: -0 stays -0 */
}

static void end_of_block(const hr_chain_step *step, int64_t at, BLOCK) {
  (void)step, (void)at, (void)a0, (void)a1, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7;
}

static void run(const hr_chain_step *steps, int64_t begin, int64_t end) {
  vector nothing = {0};
  for (int64_t at = begin; at + WIDTH <= end; at += WIDTH)
    ((hr_chain_function *)steps[0].run)(steps, at, nothing, nothing, nothing, nothing, nothing, nothing, nothing,
                                        nothing);
#if defined(__AVX__)
  /* Compilers do this where a function ends that has used wide registers, but not for what it calls: code of the first
   * level, libm's functions among it, would wait for the upper halves, and take eight times as long. */
  __builtin_ia32_vzeroupper();
#endif
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

#define UNARY_OF(op, ...)                                                                                              \
  static inline vector op##_of(vector x) { return (vector)(__VA_ARGS__); }
#define BINARY_OF(op, ...)                                                                                             \
  static inline vector op##_of(vector x, vector y) { return (vector)(__VA_ARGS__); }
UNARY_LIST(UNARY_OF)
BINARY_LIST(BINARY_OF)

/* What a step does, by its form. */
#define EACH(X, op)                                                                                                    \
  X(op, a0, 0) X(op, a1, 1) X(op, a2, 2) X(op, a3, 3) X(op, a4, 4) X(op, a5, 5) X(op, a6, 6) X(op, a7, 7)
#define ARRAY(s)               (s)->memory + (at & (s)->moves)
#define OTHER(k)               load_vector(from + (k)*LANES)
#define TO_ONLY(op, a, k)      a = op##_of(a);
#define TO_RIGHT(op, a, k)     a = op##_of(a, OTHER(k));
#define TO_LEFT(op, a, k)      a = op##_of(OTHER(k), a);
#define TO_RIGHT_ONE(op, a, k) a = op##_of(a, y);
#define TO_LEFT_ONE(op, a, k)  a = op##_of(y, a);
#define TO_LOAD(op, a, k)      a = OTHER(k);
#define TO_STORE(op, a, k)     memcpy(to + (k)*LANES, &a, sizeof a);
#define DO_only(op, s)         EACH(TO_ONLY, op)
#define DO_right(op, s)                                                                                                \
  const float *from = ARRAY(s);                                                                                        \
  EACH(TO_RIGHT, op)
#define DO_left(op, s)                                                                                                 \
  const float *from = ARRAY(s);                                                                                        \
  EACH(TO_LEFT, op)
#define DO_right_one(op, s)                                                                                            \
  vector y = same(*(s)->memory);                                                                                       \
  EACH(TO_RIGHT_ONE, op)
#define DO_left_one(op, s)                                                                                             \
  vector y = same(*(s)->memory);                                                                                       \
  EACH(TO_LEFT_ONE, op)
#define DO_load(op, s)                                                                                                 \
  const float *from = ARRAY(s);                                                                                        \
  EACH(TO_LOAD, op)
#define DO_store(op, s)                                                                                                \
  float *to = ARRAY(s);                                                                                                \
  EACH(TO_STORE, op)

#define NEXT(n) ((hr_chain_function *)step[n].run)(step + (n), at, VALUES)
#define STEP(op, form)                                                                                                 \
  static void op##_##form(const hr_chain_step *step, int64_t at, BLOCK) { DO_##form(op, step) NEXT(1); }
#define UNARY(op, ...)  STEP(op, only)
#define BINARY(op, ...) STEP(op, right) STEP(op, left) STEP(op, right_one) STEP(op, left_one)
UNARY_LIST(UNARY)
BINARY_LIST(BINARY)
STEP(block, load)
STEP(block, store)

#define PLAIN(function) ((void (*)(void))(function))

/* Pairs of light steps, each pair a function: the way from one step to the next takes longer than they do. The lists
 * are one list twice, as a macro can not be in itself; a pair may also begin with a load or end with a store. */
#define LIGHT_LIST(X)                                                                                                  \
  X(Add, right)                                                                                                        \
  X(Sub, right)                                                                                                        \
  X(Mul, right)                                                                                                        \
  X(Add, right_one)                                                                                                    \
  X(Sub, right_one)                                                                                                    \
  X(Mul, right_one)                                                                                                    \
  X(Maximum, right_one)                                                                                                \
  X(Minimum, right_one)                                                                                                \
  X(Neg, only)                                                                                                         \
  X(Square, only)                                                                                                      \
  X(Relu, only)
#define SECOND_LIST(X, op, form)                                                                                       \
  X(op, form, block, store)                                                                                            \
  X(op, form, Add, right)                                                                                              \
  X(op, form, Sub, right)                                                                                              \
  X(op, form, Mul, right)                                                                                              \
  X(op, form, Add, right_one)                                                                                          \
  X(op, form, Sub, right_one)                                                                                          \
  X(op, form, Mul, right_one)                                                                                          \
  X(op, form, Maximum, right_one)                                                                                      \
  X(op, form, Minimum, right_one)                                                                                      \
  X(op, form, Neg, only)                                                                                               \
  X(op, form, Square, only)                                                                                            \
  X(op, form, Relu, only)
#define PAIR(op, form, next_op, next_form)                                                                             \
  static void op##_##form##_##next_op##_##next_form(const hr_chain_step *step, int64_t at, BLOCK) {                    \
    {DO_##form(op, step)} {DO_##next_form(next_op, (step + 1))} NEXT(2);                                               \
  }
#define PAIRS_OF(op, form)                      SECOND_LIST(PAIR, op, form)
#define PAIR_CELL(op, form, next_op, next_form) PLAIN(op##_##form##_##next_op##_##next_form),
#define PAIR_ROW(op, form)                      SECOND_LIST(PAIR_CELL, op, form)
#define LIGHT_CELL(op, form)                    PLAIN(op##_##form),
#ifndef HR_SMALL_CODE
PAIRS_OF(block, load)
LIGHT_LIST(PAIRS_OF)
static void (*const light_steps[])(void) = {LIGHT_LIST(LIGHT_CELL)};
static void (*const pairs[])(void) = {PAIR_ROW(block, load) LIGHT_LIST(PAIR_ROW)};
enum { LIGHT_STEPS = sizeof light_steps / sizeof *light_steps };
_Static_assert(sizeof pairs / sizeof *pairs == (LIGHT_STEPS + 1) * (LIGHT_STEPS + 1), "both lists are the same");
#define PAIR_MEMBERS .light_steps = light_steps, .num_light_steps = LIGHT_STEPS, .pairs = pairs
#else
#define PAIR_MEMBERS .num_light_steps = 0
#endif

#define UNARY_ROW(op, ...)                                                                                             \
  {offsetof(hr_loop_table, op##_f32), {PLAIN(op##_only), PLAIN(op##_only), PLAIN(op##_only), PLAIN(op##_only)}},
#define BINARY_ROW(op, ...)                                                                                            \
  {offsetof(hr_loop_table, op##_f32),                                                                                  \
   {PLAIN(op##_right), PLAIN(op##_left), PLAIN(op##_right_one), PLAIN(op##_left_one)}},
static const hr_chain_operation operations[] = {UNARY_LIST(UNARY_ROW) BINARY_LIST(BINARY_ROW)};
_Static_assert(sizeof operations / sizeof *operations == HR_CHAIN_OPERATIONS, "the header says how many there are");

extern const hr_chain_loops HR_LEVELED(chains);
const hr_chain_loops HR_LEVELED(chains) = {.width = WIDTH,
                                           .operations = operations,
                                           .load = PLAIN(block_load),
                                           .store = PLAIN(block_store),
                                           PAIR_MEMBERS,
                                           .end = PLAIN(end_of_block),
                                           .run = run};
