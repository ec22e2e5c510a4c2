/* Keeps the numeric libraries on the calling thread while one of our tasks is inside them: one pool owns the cores. */
#ifndef HR_KERNELS_CPU_LIBRARY_THREADS_H
#define HR_KERNELS_CPU_LIBRARY_THREADS_H

/* OpenMP's thread count is a setting of each thread. (Declared here, as clang has no omp.h of its own.) */
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int count);

/* Returns the count to hand to hr_openmp_restore. */
static inline int hr_openmp_single(void) {
  int count = omp_get_max_threads();
  if (count != 1) omp_set_num_threads(1);
  return count;
}
static inline void hr_openmp_restore(int count) {
  if (count != 1) omp_set_num_threads(count);
}

/* OpenBLAS has one count for the process: the first of our tasks inside sets it to one, the last one out puts back what
 * the process had. */
void hr_openblas_enter(void);
void hr_openblas_leave(void);

#endif
