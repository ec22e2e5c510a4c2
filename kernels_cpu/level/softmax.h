/* Loops over a row of logits. */
#ifndef HR_KERNELS_CPU_LEVEL_SOFTMAX_H
#define HR_KERNELS_CPU_LEVEL_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

/* `shift` is what the caller takes off so that nothing overflows: the row's greatest logit. No logit is greater. */
#define HR_SOFTMAX_FIELDS(type, name)                                                                                  \
  /* The sum of exp(x[i] - shift), which are also written to y unless it is NULL. y may be x. */                       \
  type (*exp_sum_##name)(type * y, const type *x, int64_t n, type shift);                                              \
  /* y[i] = (x[i] - shift) - log_sum. y may be x. */                                                                   \
  void (*shift_twice_##name)(type * y, const type *x, int64_t n, type shift, type log_sum);                            \
  /* The sum of labels[i] * (log_sum - (x[i] - shift)); y[i], which was exp(x[i] - shift), becomes                     \
   * y[i] / sum - labels[i]. x may not be y. */                                                                        \
  type (*loss_##name)(type * y, const type *x, const type *labels, int64_t n, type shift, type sum, type log_sum);

typedef struct hr_softmax_loops {
  HR_SOFTMAX_FIELDS(float, f32)
  HR_SOFTMAX_FIELDS(double, f64)
} hr_softmax_loops;

#endif
