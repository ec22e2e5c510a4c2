/* For the files that are compiled once per instruction level. HR_LEVEL is v2, v3, v4 or portable. */
#ifndef HR_KERNELS_CPU_LEVEL_LEVEL_H
#define HR_KERNELS_CPU_LEVEL_LEVEL_H

#include "kernels_cpu/level/expressions.h"
#include "kernels_cpu/level/loops.h"

/* The name of a function of this level. */
#define HR_LEVELED(name) HR_JOIN(HR_JOIN(hr_, HR_LEVEL), HR_JOIN(_, name))

/* Before a loop: element i depends on no other element, even where input and output are the same array. */
#ifdef __clang__
#define HR_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define HR_INDEPENDENT _Pragma("GCC ivdep")
#endif

#if defined(__AVX512F__)
#define HR_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define HR_VECTOR_BYTES 32
#else
#define HR_VECTOR_BYTES 16
#endif

#endif
