/* Picks the table of loops when the library is loaded. */
#include "kernels_cpu/level/loops.h"
#include <stdlib.h>

#if defined(__x86_64__)
extern const hr_loop_table hr_v2_loops, hr_v3_loops, hr_v4_loops;

const hr_loop_table *hr_loops = &hr_v2_loops;

__attribute__((constructor)) static void pick_level(void) {
  const char *asked = getenv("HEADRACE_CPU_LEVEL");
  int highest = asked ? atoi(asked) : 4;
  __builtin_cpu_init();
  bool has_v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  bool has_v4 = has_v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl");
  if (has_v4 && highest >= 4)
    hr_loops = &hr_v4_loops;
  else if (has_v3 && highest >= 3)
    hr_loops = &hr_v3_loops;
}
#else
extern const hr_loop_table hr_portable_loops;

const hr_loop_table *hr_loops = &hr_portable_loops;
#endif
