/* The table of this level: the loops of the other files, by name. */
#include "kernels_cpu/level/level.h"

#define DECLARE_UNARY_NATIVE(type, op, ...) hr_unary_loop HR_LEVELED(op##_##type);
#define DECLARE_UNARY_HALF(...)
#define DECLARE_UNARY(type, ...)             HR_BY_KIND(DECLARE_UNARY_, type)(type, __VA_ARGS__)
#define DECLARE_BINARY_NATIVE(type, op, ...) hr_binary_loop HR_LEVELED(op##_##type);
#define DECLARE_BINARY_HALF(...)
#define DECLARE_BINARY(type, ...)                HR_BY_KIND(DECLARE_BINARY_, type)(type, __VA_ARGS__)
#define DECLARE_PARAMETRIC_NATIVE(type, op, ...) hr_parametric_loop HR_LEVELED(op##_##type);
#define DECLARE_PARAMETRIC_HALF(...)
#define DECLARE_PARAMETRIC(type, ...) HR_BY_KIND(DECLARE_PARAMETRIC_, type)(type, __VA_ARGS__)
#define DECLARE_REDUCE_NATIVE(type, op, ...)                                                                           \
  void HR_LEVELED(op##_row_##type)(void *accumulator, const void *x, int64_t n);                                       \
  void HR_LEVELED(op##_columns_##type)(void *, const void *, int64_t rows, int64_t columns, int64_t stride);           \
  void HR_LEVELED(op##_identity_##type)(void *accumulators, int64_t n);
#define DECLARE_REDUCE_HALF(...)
#define DECLARE_REDUCE(type, ...) HR_BY_KIND(DECLARE_REDUCE_, type)(type, __VA_ARGS__)

HR_UNARY_LIST(DECLARE_UNARY)
HR_LOGICAL_UNARY_LIST(DECLARE_UNARY)
HR_PREDICATE_LIST(DECLARE_UNARY)
HR_MATH_LIST(DECLARE_UNARY)
HR_BINARY_LIST(DECLARE_BINARY)
HR_LOGICAL_BINARY_LIST(DECLARE_BINARY)
HR_CHECKED_LIST(DECLARE_BINARY)
HR_BINARY_MATH_LIST(DECLARE_BINARY)
HR_COMPARISON_LIST(DECLARE_BINARY)
HR_VALUE_GRADIENT_LIST(DECLARE_BINARY)
HR_FEATURE_GRADIENT_LIST(DECLARE_BINARY)
HR_FEATURE_GRADIENT_MATH_LIST(DECLARE_BINARY)
HR_PARAMETRIC_LIST(DECLARE_PARAMETRIC)
HR_PARAMETRIC_PREDICATE_LIST(DECLARE_PARAMETRIC)
HR_REDUCE_LIST(DECLARE_REDUCE)
extern hr_unary_loop *const HR_LEVELED(casts)[HR_DTYPE_COUNT][HR_DTYPE_COUNT];
#define DECLARE_SELECT(size)                                                                                           \
  void HR_LEVELED(select_##size)(void *z, const bool *condition, const void *x, const void *y, int64_t n);
DECLARE_SELECT(1)
DECLARE_SELECT(2)
DECLARE_SELECT(4)
DECLARE_SELECT(8)
DECLARE_SELECT(16)
void HR_LEVELED(uniform_f32)(float *out, const hr_philox *generator, int64_t blocks);
void HR_LEVELED(uniform_f64)(double *out, const hr_philox *generator, int64_t blocks);
void HR_LEVELED(normal_f32)(float *out, const hr_philox *generator, int64_t blocks);
void HR_LEVELED(uniform_i32)(int32_t *out, const hr_philox *generator, int64_t blocks, int32_t low, uint32_t range);

extern const hr_update_table HR_LEVELED(updates);
extern const hr_batch_norm_loops HR_LEVELED(batch_norm);
extern const hr_narrow_loops HR_LEVELED(narrow);
extern const hr_chain_loops HR_LEVELED(chains);
extern const hr_softmax_loops HR_LEVELED(softmax);
extern const hr_skipping_loops HR_LEVELED(skipping);
extern const hr_indirect_loops HR_LEVELED(indirect);
extern const hr_winograd_loops HR_LEVELED(winograd);
extern const hr_window_loops HR_LEVELED(windows);
extern const hr_image_table HR_LEVELED(images);

#define LOOP_NATIVE(type, op, ...) .op##_##type = HR_LEVELED(op##_##type),
#define LOOP_HALF(...)
#define LOOP(type, ...) HR_BY_KIND(LOOP_, type)(type, __VA_ARGS__)
#define REDUCE_NATIVE(type, op, ...)                                                                                   \
  .op##_##type = {HR_LEVELED(op##_row_##type), HR_LEVELED(op##_columns_##type), HR_LEVELED(op##_identity_##type)},
#define REDUCE_HALF(...)
#define REDUCE(type, ...) HR_BY_KIND(REDUCE_, type)(type, __VA_ARGS__)
#define TEXT(level)       TEXT_(level)
#define TEXT_(level)      #level

extern const hr_loop_table HR_LEVELED(loops);
const hr_loop_table HR_LEVELED(loops) = {
    .level = TEXT(HR_LEVEL),
    HR_UNARY_LIST(LOOP) HR_LOGICAL_UNARY_LIST(LOOP) HR_PREDICATE_LIST(LOOP) HR_MATH_LIST(LOOP) HR_BINARY_LIST(LOOP)
        HR_LOGICAL_BINARY_LIST(LOOP) HR_CHECKED_LIST(LOOP) HR_BINARY_MATH_LIST(LOOP) HR_COMPARISON_LIST(LOOP)
            HR_VALUE_GRADIENT_LIST(LOOP) HR_FEATURE_GRADIENT_LIST(LOOP) HR_FEATURE_GRADIENT_MATH_LIST(LOOP)
                HR_PARAMETRIC_LIST(LOOP) HR_PARAMETRIC_PREDICATE_LIST(LOOP) HR_REDUCE_LIST(REDUCE)
                    .cast = HR_LEVELED(casts),
    .select = {HR_LEVELED(select_1), HR_LEVELED(select_2), HR_LEVELED(select_4), HR_LEVELED(select_8),
               HR_LEVELED(select_16)},
    .uniform_f32 = HR_LEVELED(uniform_f32),
    .uniform_f64 = HR_LEVELED(uniform_f64),
    .normal_f32 = HR_LEVELED(normal_f32),
    .uniform_i32 = HR_LEVELED(uniform_i32),
    .updates = &HR_LEVELED(updates),
    .batch_norm = &HR_LEVELED(batch_norm),
    .narrow = &HR_LEVELED(narrow),
    .chains = &HR_LEVELED(chains),
    .softmax = &HR_LEVELED(softmax),
    .skipping = &HR_LEVELED(skipping),
    .indirect = &HR_LEVELED(indirect),
    .winograd = &HR_LEVELED(winograd),
    .windows = &HR_LEVELED(windows),
    .images = &HR_LEVELED(images),
};
