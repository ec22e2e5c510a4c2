/* Two normal numbers from two uniform ones: Box and Muller, "A note on the generation of random normal deviates", 1958,
 * with libm's functions. */
#ifndef HR_KERNELS_CPU_RANDOM_NORMAL_H
#define HR_KERNELS_CPU_RANDOM_NORMAL_H

#include "runtime/base/philox.h"

/* Keeps the logarithm finite. */
#define HR_SMALLEST_UNIFORM 1e-7

/* From two numbers of a block. */
static inline void hr_normal_pair_f32(const uint32_t *numbers, float pair[2]) {
  float u = hr_philox_to_float(numbers[0]);
  if (u < (float)HR_SMALLEST_UNIFORM) u = (float)HR_SMALLEST_UNIFORM;
  float angle = (float)(2 * M_PI * (double)hr_philox_to_float(numbers[1])), radius = sqrtf(-2.0f * logf(u));
  sincosf(angle, &pair[0], &pair[1]);
  pair[0] *= radius;
  pair[1] *= radius;
}

/* From the four numbers of a block. */
static inline void hr_normal_pair_f64(const uint32_t *numbers, double pair[2]) {
  double u = hr_philox_to_double(numbers[0], numbers[1]);
  if (u < HR_SMALLEST_UNIFORM) u = HR_SMALLEST_UNIFORM;
  double angle = 2 * M_PI * hr_philox_to_double(numbers[2], numbers[3]), radius = sqrt(-2.0 * log(u));
  sincos(angle, &pair[0], &pair[1]);
  pair[0] *= radius;
  pair[1] *= radius;
}

#endif
