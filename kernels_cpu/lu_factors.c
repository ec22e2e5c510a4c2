#include "kernels_cpu/lu_factors.h"

#include <string.h>

enum { PANEL = 64, STRIP = 32, LARGE = 512 };
_Static_assert(PANEL % STRIP == 0, "a strip is in a panel or outside it");

typedef struct lu_job {
  void *matrix; /* with factors so far */
  int n;
  const lapack_int *pivots;
  int first, width; /* of the panel that is factored */
  void *inverse;
  int strip; /* columns of it */
} lu_job;

#define BY_VALUE(T, x)           ((T)(x))
#define BY_ADDRESS(T, x)         (&(T){x})
#define AT(matrix, n, i, column) ((matrix) + (size_t)(column) * (size_t)(n) + (i))

#define DEFINE_LU(T, letter, token, scalar)                                                                            \
  static lapack_int panel_##token(const lu_job *j, lapack_int *pivots) {                                               \
    int first = j->first;                                                                                              \
    lapack_int info = HR_LAPACK(letter, getrf_work)(LAPACK_COL_MAJOR, j->n - first, j->width,                          \
                                                    AT((T *)j->matrix, j->n, first, first), j->n, pivots + first);     \
    for (int i = first; i < first + j->width; ++i)                                                                     \
      pivots[i] += first;                                                                                              \
    return info > 0 ? info + first : info;                                                                             \
  }                                                                                                                    \
  /* Strips of the other columns: the panel's exchanges, and to its right its rows of U and what they take away. */    \
  static void update_##token(void *argument, int64_t begin, int64_t end) {                                             \
    const lu_job *j = argument;                                                                                        \
    T *a = j->matrix;                                                                                                  \
    int n = j->n, first = j->first, below = first + j->width;                                                          \
    for (int column = (int)begin * STRIP; column < end * STRIP && column < n; column += STRIP) {                       \
      int count = n - column < STRIP ? n - column : STRIP;                                                             \
      if (column >= first && column < below) continue;                                                                 \
      T *top = AT(a, n, first, column);                                                                                \
      HR_LAPACK(letter, laswp_work)                                                                                    \
      (LAPACK_COL_MAJOR, count, AT(a, n, 0, column), n, first + 1, below, j->pivots, 1);                               \
      if (column < first) continue;                                                                                    \
      HR_BLAS(letter, trsm)                                                                                            \
      (CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, j->width, count, scalar(T, 1),                   \
       AT(a, n, first, first), n, top, n);                                                                             \
      HR_BLAS(letter, gemm)                                                                                            \
      (CblasColMajor, CblasNoTrans, CblasNoTrans, n - below, count, j->width, scalar(T, -1), AT(a, n, below, first),   \
       n, top, n, scalar(T, 1), AT(a, n, below, column), n);                                                           \
    }                                                                                                                  \
  }                                                                                                                    \
  /* Columns of the inverse before they are exchanged: what L U takes to columns of the identity. */                   \
  static void invert_##token(void *argument, int64_t begin, int64_t end) {                                             \
    const lu_job *j = argument;                                                                                        \
    const T *a = j->matrix;                                                                                            \
    int n = j->n;                                                                                                      \
    for (int first = (int)begin * j->strip; first < end * j->strip && first < n; first += j->strip) {                  \
      int count = n - first < j->strip ? n - first : j->strip;                                                         \
      T *x = AT((T *)j->inverse, n, 0, first);                                                                         \
      memset(x, 0, sizeof(T) * (size_t)n * (size_t)count);                                                             \
      for (int i = 0; i < count; ++i)                                                                                  \
        *AT(x, n, first + i, i) = 1;                                                                                   \
      HR_BLAS(letter, trsm)                                                                                            \
      (CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, n - first, count, scalar(T, 1),                  \
       AT(a, n, first, first), n, x + first, n);                                                                       \
      HR_BLAS(letter, trsm)                                                                                            \
      (CblasColMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, n, count, scalar(T, 1), a, n, x, n);          \
    }                                                                                                                  \
  }
DEFINE_LU(float, s, f32, BY_VALUE)
DEFINE_LU(double, d, f64, BY_VALUE)
DEFINE_LU(float _Complex, c, c64, BY_ADDRESS)
DEFINE_LU(double _Complex, z, c128, BY_ADDRESS)

typedef struct lu_functions {
  lapack_int (*panel)(const lu_job *j, lapack_int *pivots);
  void (*update)(void *argument, int64_t begin, int64_t end);
  void (*invert)(void *argument, int64_t begin, int64_t end);
} lu_functions;

static lu_functions functions_of(hr_dtype dtype) {
  switch (dtype) {
  case HR_FLOAT: return (lu_functions){panel_f32, update_f32, invert_f32};
  case HR_DOUBLE: return (lu_functions){panel_f64, update_f64, invert_f64};
  case HR_COMPLEX64: return (lu_functions){panel_c64, update_c64, invert_c64};
  default: return (lu_functions){panel_c128, update_c128, invert_c128};
  }
}

/* A multiplication and addition of this type, more or less. */
static double nanos_of(hr_dtype dtype) { return 0.01 * (double)hr_dtype_size(dtype); }

lapack_int hr_lu_factor(hr_kernel_context *ctx, hr_dtype dtype, void *matrix, int n, lapack_int *pivots) {
  lu_functions functions = functions_of(dtype);
  lapack_int info = 0;
  lu_job j = {.matrix = matrix, .n = n, .pivots = pivots, .width = n <= 2 * PANEL ? n : PANEL};
  for (; j.first < n; j.first += PANEL) {
    if (n - j.first < j.width) j.width = n - j.first;
    lapack_int of_panel = functions.panel(&j, pivots);
    if (of_panel < 0) return of_panel;
    if (info == 0) info = of_panel;
    if (j.width == n) break;
    hr_parallel_for(ctx, (n + STRIP - 1) / STRIP, nanos_of(dtype) * STRIP * (double)j.width * (n - j.first),
                    functions.update, &j);
  }
  return info;
}

static void swap(char *x, char *y, size_t bytes) {
  char held[256];
  for (size_t at = 0, size; at < bytes; at += size) {
    size = bytes - at < sizeof held ? bytes - at : sizeof held;
    memcpy(held, x + at, size);
    memcpy(x + at, y + at, size);
    memcpy(y + at, held, size);
  }
}

void hr_lu_inverse(hr_kernel_context *ctx, hr_dtype dtype, const void *factors, int n, const lapack_int *pivots,
                   void *inverse) {
  lu_job j = {.matrix = (void *)(uintptr_t)factors, .n = n, .inverse = inverse, .strip = n < LARGE ? STRIP : PANEL};
  hr_parallel_for(ctx, (n + j.strip - 1) / j.strip, nanos_of(dtype) * (double)n * n * j.strip,
                  functions_of(dtype).invert, &j);
  size_t column = (size_t)n * hr_dtype_size(dtype);
  for (int i = n; i-- > 0;)
    if (pivots[i] - 1 != i)
      swap((char *)inverse + (size_t)i * column, (char *)inverse + (size_t)(pivots[i] - 1) * column, column);
}
