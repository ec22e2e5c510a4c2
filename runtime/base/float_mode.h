/* Floating-point mode of kernels: subnormal inputs and results count as zero, as in TensorFlow's worker threads. They
 * would cost a hundred times a normal operation, and results would differ from TensorFlow's. */
#ifndef HR_RUNTIME_BASE_FLOAT_MODE_H
#define HR_RUNTIME_BASE_FLOAT_MODE_H

#if defined(__x86_64__)
#include <xmmintrin.h>
typedef unsigned hr_float_mode;
/* Flush to zero and denormals are zero; answers the mode to go back to. */
static inline hr_float_mode hr_float_mode_enter(void) {
  hr_float_mode mode = _mm_getcsr();
  if ((mode & 0x8040) != 0x8040) _mm_setcsr(mode | 0x8040);
  return mode;
}
static inline void hr_float_mode_leave(hr_float_mode mode) {
  if ((mode & 0x8040) != 0x8040) _mm_setcsr(mode);
}
#else
typedef int hr_float_mode;
static inline hr_float_mode hr_float_mode_enter(void) { return 0; }
static inline void hr_float_mode_leave(hr_float_mode mode) { (void)mode; }
#endif

#endif
