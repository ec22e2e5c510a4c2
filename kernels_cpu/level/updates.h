/* The arithmetic of the training ops: one loop an update rule, for floats and doubles, compiled once per instruction
 * level like the loops of loops.h. */
#ifndef HR_KERNELS_CPU_LEVEL_UPDATES_H
#define HR_KERNELS_CPU_LEVEL_UPDATES_H

#include <stdint.h>

/* The most variables an update rule changes, and the most numbers it takes. */
#define HR_UPDATE_SLOTS      4
#define HR_UPDATE_PARAMETERS 8

/* slots[j][i] (the variable first, then its accumulators, in the op's order) takes in gradient[i] for i < n. The
 * parameters are the op's scalar inputs in its order, of the elements' type. */
typedef void hr_update_loop(void *const slots[HR_UPDATE_SLOTS], const void *gradient, const void *parameters,
                            int64_t n);

#define HR_UPDATE_LIST(X)                                                                                              \
  X(GradientDescent)                                                                                                   \
  X(ProximalGradientDescent)                                                                                           \
  X(Momentum)                                                                                                          \
  X(NesterovMomentum)                                                                                                  \
  X(KerasMomentum)                                                                                                     \
  X(NesterovKerasMomentum)                                                                                             \
  X(Adam)                                                                                                              \
  X(NesterovAdam)                                                                                                      \
  X(Amsgrad)                                                                                                           \
  X(AdaMax)                                                                                                            \
  X(Adagrad)                                                                                                           \
  X(AdagradFixed)                                                                                                      \
  X(AdagradV2)                                                                                                         \
  X(AdagradV2Fixed)                                                                                                    \
  X(ProximalAdagrad)                                                                                                   \
  X(AdagradDA)                                                                                                         \
  X(Adadelta)                                                                                                          \
  X(RMSProp)                                                                                                           \
  X(CenteredRMSProp)                                                                                                   \
  X(Ftrl)                                                                                                              \
  X(FtrlV2)                                                                                                            \
  X(AddSign)                                                                                                           \
  X(PowerSign)

typedef enum hr_update_rule {
#define HR_UPDATE_RULE(name) HR_UPDATE_##name,
  HR_UPDATE_LIST(HR_UPDATE_RULE)
#undef HR_UPDATE_RULE
      HR_UPDATE_COUNT
} hr_update_rule;

typedef struct hr_update_table {
  hr_update_loop *f32[HR_UPDATE_COUNT], *f64[HR_UPDATE_COUNT];
} hr_update_table;

#endif
