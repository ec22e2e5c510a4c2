/* Qr, Svd, SelfAdjointEigV2, MatrixSolveLs. LAPACKE turns row-major matrices round and back. */
#include "kernels_cpu/linalg.h"

#include <math.h>
#include <string.h>

/* Element type, type of its magnitude, LAPACK's letter, names of its unitary and self-adjoint routines. */
#define REAL_TYPES(X)                                                                                                  \
  X(float, float, s, org, sy, f32)                                                                                     \
  X(double, double, d, org, sy, f64)
#define TYPES(X)                                                                                                       \
  REAL_TYPES(X)                                                                                                        \
  X(float _Complex, float, c, ung, he, c64) X(double _Complex, double, z, ung, he, c128)
#define LAPACK_(letter, kind, name) LAPACKE_##letter##kind##name
#define LAPACK(letter, kind, name)  LAPACK_(letter, kind, name)
#define CONJUGATE(x)                _Generic((x), float : (x), double : (x), default : conj(x))

#define NO_CONVERGENCE "The decomposition did not converge. The input might not be valid."

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* The first `rank` dimensions of t followed by others. */
static hr_shape batch_shape(const hr_tensor *t, int others, int64_t first, int64_t second) {
  hr_shape shape = hr_tensor_shape(t);
  shape.rank -= 2;
  if (others > 0) shape.dims[shape.rank++] = first;
  if (others > 1) shape.dims[shape.rank++] = second;
  return shape;
}

static void set_identity(hr_tensor *t, int64_t count, int64_t n) {
  size_t size = hr_dtype_size(hr_tensor_dtype(t));
  char *data = hr_tensor_data(t);
  memset(data, 0, hr_tensor_bytes(t));
  bool wide = t->dtype == HR_DOUBLE || t->dtype == HR_COMPLEX128;
  for (int64_t m = 0; m < count; ++m)
    for (int64_t i = 0; i < n; ++i) {
      void *at = data + (size_t)(m * n * n + i * n + i) * size;
      if (wide)
        *(double *)at = 1;
      else
        *(float *)at = 1;
    }
}

/* One matrix: what it is, where the results go, and scratch. */
typedef struct work {
  const void *matrix;
  int m, n;
  bool full, vectors;
  void *out[3];
  void *scratch;
} work;

typedef hr_status work_function(const work *w);

/* ---- Qr -------------------------------------------------------------------------------------------------------- */

/* scratch: m n of the factors, min(m, n) of their scales, m m of the reflections. */
#define DEFINE_QR(T, R, letter, unitary, adjoint, token)                                                               \
  static hr_status qr_##token(const work *w) {                                                                         \
    int m = w->m, n = w->n, k = m < n ? m : n, columns = w->full ? m : k;                                              \
    T *a = w->scratch, *tau = a + (size_t)m * (size_t)n, *q = w->out[0], *r = w->out[1];                               \
    memcpy(a, w->matrix, sizeof(T) * (size_t)m * (size_t)n);                                                           \
    HR_TRY(hr_lapack_status(LAPACK(letter, ge, qrf)(LAPACK_ROW_MAJOR, m, n, a, n, tau), NO_CONVERGENCE));              \
    for (int i = 0; i < columns; ++i)                                                                                  \
      for (int j = 0; j < n; ++j)                                                                                      \
        r[i * n + j] = j >= i ? a[i * n + j] : 0;                                                                      \
    for (int i = 0; i < m; ++i)                                                                                        \
      for (int j = 0; j < columns; ++j)                                                                                \
        q[i * columns + j] = j < k ? a[i * n + j] : 0;                                                                 \
    return hr_lapack_status(LAPACK(letter, unitary, qr)(LAPACK_ROW_MAJOR, m, columns, k, q, columns, tau),             \
                            NO_CONVERGENCE);                                                                           \
  }
TYPES(DEFINE_QR)

/* ---- Svd ------------------------------------------------------------------------------------------------------- */

/* scratch: m n of the matrix, min(m, n) of singular values, n n of the right vectors. */
#define DEFINE_SVD(T, R, letter, unitary, adjoint, token)                                                              \
  static hr_status svd_##token(const work *w) {                                                                        \
    int m = w->m, n = w->n, k = m < n ? m : n, u_columns = w->full ? m : k, rows = w->full ? n : k;                    \
    T *a = w->scratch, *right = a + (size_t)m * (size_t)n, *s = w->out[0], *v = w->out[2];                             \
    R *singular = (R *)(right + (size_t)n * (size_t)n);                                                                \
    memcpy(a, w->matrix, sizeof(T) * (size_t)m * (size_t)n);                                                           \
    char job = !w->vectors ? 'N' : w->full ? 'A' : 'S';                                                                \
    HR_TRY(hr_lapack_status(                                                                                           \
        LAPACK(letter, ge, sdd)(LAPACK_ROW_MAJOR, job, m, n, a, n, singular, w->out[1], u_columns, right, n),          \
        NO_CONVERGENCE));                                                                                              \
    for (int i = 0; i < k; ++i)                                                                                        \
      s[i] = singular[i];                                                                                              \
    for (int i = 0; w->vectors && i < n; ++i)                                                                          \
      for (int j = 0; j < rows; ++j)                                                                                   \
        v[i * rows + j] = CONJUGATE(right[j * n + i]);                                                                 \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_SVD)

/* ---- SelfAdjointEigV2 ------------------------------------------------------------------------------------------ */

/* Reads the lower triangle. scratch: n n of the matrix, n eigenvalues. */
#define DEFINE_EIGEN(T, R, letter, unitary, adjoint, token)                                                            \
  static hr_status eigen_##token(const work *w) {                                                                      \
    int n = w->n;                                                                                                      \
    T *a = w->vectors ? w->out[1] : w->scratch, *e = w->out[0];                                                        \
    R *values = (R *)((T *)w->scratch + (size_t)n * (size_t)n);                                                        \
    memcpy(a, w->matrix, sizeof(T) * (size_t)n * (size_t)n);                                                           \
    HR_TRY(                                                                                                            \
        hr_lapack_status(LAPACK(letter, adjoint, evd)(LAPACK_ROW_MAJOR, w->vectors ? 'V' : 'N', 'L', n, a, n, values), \
                         NO_CONVERGENCE));                                                                             \
    for (int i = 0; i < n; ++i)                                                                                        \
      e[i] = values[i];                                                                                                \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_EIGEN)

#define PICK(name, dtype)                                                                                              \
  ((dtype) == HR_FLOAT       ? name##_f32                                                                              \
   : (dtype) == HR_DOUBLE    ? name##_f64                                                                              \
   : (dtype) == HR_COMPLEX64 ? name##_c64                                                                              \
                             : name##_c128)

/* LAPACK's iterations may never end on infinite values. */
static bool is_finite(const hr_tensor *t) {
  bool wide = t->dtype == HR_DOUBLE || t->dtype == HR_COMPLEX128, finite = true;
  const void *data = hr_tensor_data(t);
  size_t numbers = hr_tensor_bytes(t) / (wide ? sizeof(double) : sizeof(float));
  for (size_t i = 0; i < numbers; ++i)
    finite &= isfinite(wide ? ((const double *)data)[i] : (double)((const float *)data)[i]) != 0;
  return finite;
}

/* One function on all matrices of x; result i of each has sizes[i] elements. */
typedef struct job {
  work_function *run;
  work w; /* what is the same for all matrices */
  const char *matrices;
  int results;
  char *outputs[3];
  size_t matrix_bytes, result_bytes[3];
} job;

static hr_status run_one(void *argument, int64_t i, void *scratch) {
  const job *j = argument;
  work w = j->w;
  w.scratch = scratch;
  w.matrix = j->matrices + (size_t)i * j->matrix_bytes;
  for (int k = 0; k < j->results; ++k)
    w.out[k] = j->outputs[k] + (size_t)i * j->result_bytes[k];
  return j->run(&w);
}

static hr_status run_all(hr_kernel_context *ctx, work_function *run, const hr_matrices *m, const work *w, int results,
                         hr_tensor *const outputs[], const int64_t sizes[], int64_t scratch_elements) {
  const hr_tensor *x = hr_input(ctx, 0);
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  if (!is_finite(x)) return hr_error(HR_INVALID_ARGUMENT, NO_CONVERGENCE);
  job j = {run, *w, hr_tensor_data(x), results, {0}, (size_t)(m->rows * m->columns) * size, {0}};
  j.w.m = (int)m->rows;
  j.w.n = (int)m->columns;
  for (int k = 0; k < results; ++k) {
    j.outputs[k] = hr_tensor_data(outputs[k]);
    j.result_bytes[k] = (size_t)sizes[k] * size;
  }
  double nanos = 2000 + (double)m->rows * (double)m->columns * (double)smaller(m->rows, m->columns);
  return hr_for_each_matrix(ctx, m->count, nanos, (size_t)(scratch_elements + 1) * size, run_one, &j);
}

static hr_status qr_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"full_matrices", NULL}, state);
}

static hr_status qr(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_matrices_of(x, &m));
  work w = {.full = hr_state_flag(ctx, 0)};
  int64_t columns = w.full ? m.rows : smaller(m.rows, m.columns);
  hr_shape q_shape = batch_shape(x, 2, m.rows, columns), r_shape = batch_shape(x, 2, columns, m.columns);
  hr_tensor *out[2];
  HR_TRY(hr_output_new(ctx, 0, &q_shape, &out[0]));
  HR_TRY(hr_output_new(ctx, 1, &r_shape, &out[1]));
  if (x->elements == 0) {
    if (out[0]->elements) set_identity(out[0], m.count, m.rows);
    return HR_SUCCESS;
  }
  return run_all(ctx, PICK(qr, hr_tensor_dtype(x)), &m, &w, 2, out, (int64_t[]){m.rows * columns, columns * m.columns},
                 m.rows * m.columns + columns);
}
HR_KERNEL(.op = "Qr", .types = {{"T", HR_MATRIX_TYPES}}, .create = qr_create, .compute = qr);

static hr_status svd_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"full_matrices", "compute_uv", NULL}, state);
}

static hr_status svd(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_matrices_of(x, &m));
  work w = {.full = hr_state_flag(ctx, 0), .vectors = hr_state_flag(ctx, 1)};
  int64_t k = smaller(m.rows, m.columns), u = w.full ? m.rows : k, v = w.full ? m.columns : k;
  hr_shape s_shape = batch_shape(x, 1, k, 0), none = {1, {0}};
  hr_shape u_shape = w.vectors ? batch_shape(x, 2, m.rows, u) : none;
  hr_shape v_shape = w.vectors ? batch_shape(x, 2, m.columns, v) : none;
  hr_tensor *out[3];
  HR_TRY(hr_output_new(ctx, 0, &s_shape, &out[0]));
  HR_TRY(hr_output_new(ctx, 1, &u_shape, &out[1]));
  HR_TRY(hr_output_new(ctx, 2, &v_shape, &out[2]));
  if (x->elements == 0) {
    if (out[1]->elements) set_identity(out[1], m.count, m.rows);
    if (out[2]->elements) set_identity(out[2], m.count, m.columns);
    return HR_SUCCESS;
  }
  return run_all(ctx, PICK(svd, hr_tensor_dtype(x)), &m, &w, 3, out,
                 (int64_t[]){k, w.vectors ? m.rows * u : 0, w.vectors ? m.columns * v : 0},
                 m.rows * m.columns + m.columns * m.columns + k);
}
HR_KERNEL(.op = "Svd", .types = {{"T", HR_MATRIX_TYPES}}, .create = svd_create, .compute = svd);

static hr_status eigen_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"compute_v", NULL}, state);
}

static hr_status eigen(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_matrices m;
  HR_TRY(hr_square_matrices_of(x, &m));
  work w = {.vectors = hr_state_flag(ctx, 0)};
  hr_shape e_shape = batch_shape(x, 1, m.rows, 0), v_shape = w.vectors ? hr_tensor_shape(x) : (hr_shape){1, {0}};
  hr_tensor *out[2];
  HR_TRY(hr_output_new(ctx, 0, &e_shape, &out[0]));
  HR_TRY(hr_output_new(ctx, 1, &v_shape, &out[1]));
  if (x->elements == 0) return HR_SUCCESS;
  return run_all(ctx, PICK(eigen, hr_tensor_dtype(x)), &m, &w, 2, out,
                 (int64_t[]){m.rows, w.vectors ? m.rows * m.rows : 0}, m.rows * m.rows + m.rows);
}
HR_KERNEL(.op = "SelfAdjointEigV2", .types = {{"T", HR_MATRIX_TYPES}}, .create = eigen_create, .compute = eigen);

/* ---- MatrixSolveLs --------------------------------------------------------------------------------------------- */

/* Fast: by the Cholesky factors of A^T A + l2 I (or, with more columns than rows, of A A^T + l2 I, which gives the
 * solution of least norm). scratch: k k of that matrix and k c of a right-hand side, k = min(m, n). */
#define DEFINE_FAST(T, R, letter, unitary, adjoint, token)                                                             \
  static hr_status fast_##token(const void *matrix, const void *rhs, int m, int n, int c, double l2, void *scratch,    \
                                void *out) {                                                                           \
    const T *a = matrix, *b = rhs;                                                                                     \
    T *x = out;                                                                                                        \
    bool tall = m >= n;                                                                                                \
    int k = tall ? n : m;                                                                                              \
    T *normal = scratch, *right = normal + (size_t)k * (size_t)k;                                                      \
    cblas_##letter##syrk(CblasRowMajor, CblasLower, tall ? CblasTrans : CblasNoTrans, k, tall ? m : n, 1, a, n, 0,     \
                         normal, k);                                                                                   \
    for (int i = 0; i < k; ++i)                                                                                        \
      normal[i * k + i] += (T)l2;                                                                                      \
    if (tall)                                                                                                          \
      cblas_##letter##gemm(CblasRowMajor, CblasTrans, CblasNoTrans, k, c, m, 1, a, n, b, c, 0, right, c);              \
    else                                                                                                               \
      memcpy(right, b, sizeof(T) * (size_t)k * (size_t)c);                                                             \
    HR_TRY(                                                                                                            \
        hr_lapack_status(LAPACK(letter, po, sv)(LAPACK_ROW_MAJOR, 'L', k, c, normal, k, right, c), HR_NO_CHOLESKY));   \
    if (tall)                                                                                                          \
      memcpy(x, right, sizeof(T) * (size_t)k * (size_t)c);                                                             \
    else                                                                                                               \
      cblas_##letter##gemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, c, k, 1, a, n, right, c, 0, x, c);              \
    return HR_SUCCESS;                                                                                                 \
  }
REAL_TYPES(DEFINE_FAST)

/* The same of complex numbers, with adjoints for transposes. */
#define DEFINE_FAST_COMPLEX(T, R, letter, token)                                                                       \
  static hr_status fast_##token(const void *matrix, const void *rhs, int m, int n, int c, double l2, void *scratch,    \
                                void *out) {                                                                           \
    bool tall = m >= n;                                                                                                \
    int k = tall ? n : m;                                                                                              \
    T *normal = scratch, *right = normal + (size_t)k * (size_t)k, one = 1, zero = 0;                                   \
    cblas_##letter##herk(CblasRowMajor, CblasLower, tall ? CblasConjTrans : CblasNoTrans, k, tall ? m : n, 1, matrix,  \
                         n, 0, normal, k);                                                                             \
    for (int i = 0; i < k; ++i)                                                                                        \
      normal[i * k + i] += (R)l2;                                                                                      \
    if (tall)                                                                                                          \
      cblas_##letter##gemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, k, c, m, &one, matrix, n, rhs, c, &zero,       \
                           right, c);                                                                                  \
    else                                                                                                               \
      memcpy(right, rhs, sizeof(T) * (size_t)k * (size_t)c);                                                           \
    HR_TRY(                                                                                                            \
        hr_lapack_status(LAPACK(letter, po, sv)(LAPACK_ROW_MAJOR, 'L', k, c, normal, k, right, c), HR_NO_CHOLESKY));   \
    if (tall)                                                                                                          \
      memcpy(out, right, sizeof(T) * (size_t)k * (size_t)c);                                                           \
    else                                                                                                               \
      cblas_##letter##gemm(CblasRowMajor, CblasConjTrans, CblasNoTrans, n, c, k, &one, matrix, n, right, c, &zero,     \
                           out, c);                                                                                    \
    return HR_SUCCESS;                                                                                                 \
  }
DEFINE_FAST_COMPLEX(float _Complex, float, c, c64)
DEFINE_FAST_COMPLEX(double _Complex, double, z, c128)

/* Slow: by a complete orthogonal factorisation, of least norm whatever the rank; l2 is not used. scratch: m n of the
 * matrix, max(m, n) c of right-hand sides and solutions. */
#define DEFINE_SLOW(T, R, letter, unitary, adjoint, token)                                                             \
  static hr_status slow_##token(const void *matrix, const void *rhs, int m, int n, int c, void *scratch,               \
                                lapack_int *pivots, void *out) {                                                       \
    T *a = scratch, *b = a + (size_t)m * (size_t)n;                                                                    \
    memcpy(a, matrix, sizeof(T) * (size_t)m * (size_t)n);                                                              \
    memset(b, 0, sizeof(T) * (size_t)(m > n ? m : n) * (size_t)c);                                                     \
    memcpy(b, rhs, sizeof(T) * (size_t)m * (size_t)c);                                                                 \
    memset(pivots, 0, sizeof *pivots *(size_t)n);                                                                      \
    lapack_int rank;                                                                                                   \
    R tiny = (sizeof(R) == 4 ? (R)1.2e-7 : (R)2.2e-16) * (R)(m < n ? m : n);                                           \
    HR_TRY(hr_lapack_status(LAPACK(letter, ge, lsy)(LAPACK_ROW_MAJOR, m, n, c, a, n, b, c, pivots, tiny, &rank),       \
                            NO_CONVERGENCE));                                                                          \
    memcpy(out, b, sizeof(T) * (size_t)n * (size_t)c);                                                                 \
    return HR_SUCCESS;                                                                                                 \
  }
TYPES(DEFINE_SLOW)

static hr_status solve_ls_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"fast", NULL}, state);
}

/* All systems of a kernel. */
typedef struct systems {
  hr_dtype dtype;
  bool fast;
  const char *matrices, *rhs;
  char *out;
  int64_t m, n, columns, elements; /* of scratch, before the pivots */
  double l2;
} systems;

static hr_status solve_ls_one(void *argument, int64_t i, void *scratch) {
  const systems *y = argument;
  size_t size = hr_dtype_size(y->dtype);
  const char *matrix = y->matrices + (size_t)(i * y->m * y->n) * size;
  const char *rhs = y->rhs + (size_t)(i * y->m * y->columns) * size;
  char *x = y->out + (size_t)(i * y->n * y->columns) * size;
  int m = (int)y->m, n = (int)y->n, columns = (int)y->columns;
  if (y->fast) return PICK(fast, y->dtype)(matrix, rhs, m, n, columns, y->l2, scratch, x);
  lapack_int *pivots = (void *)((char *)scratch + (size_t)y->elements * size);
  return PICK(slow, y->dtype)(matrix, rhs, m, n, columns, scratch, pivots, x);
}

static hr_status solve_ls(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1), *regularizer = hr_input(ctx, 2);
  hr_matrices m, right;
  HR_TRY(hr_matrices_of(a, &m));
  HR_TRY(hr_matrices_of(b, &right));
  bool fits = a->rank == b->rank && m.rows == right.rows;
  for (int i = 0; fits && i < a->rank - 2; ++i)
    fits = a->dims[i] == b->dims[i];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT, "Input matrix and rhs are incompatible: %s, %s", HR_TENSOR_SHAPE_TEXT(a),
                    HR_TENSOR_SHAPE_TEXT(b));
  double l2 = regularizer->elements == 1 ? *(const double *)hr_tensor_data(regularizer) : -1;
  if (regularizer->rank != 0 || !(l2 >= 0))
    return hr_error(HR_INVALID_ARGUMENT, "l2_regularizer must be a scalar >= 0");
  hr_shape shape = batch_shape(b, 2, m.columns, right.columns);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0 || m.rows == 0) {
    if (out->elements) memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
    return HR_SUCCESS;
  }
  int64_t longer = m.rows > m.columns ? m.rows : m.columns;
  systems y = {.dtype = hr_tensor_dtype(a),
               .fast = hr_state_flag(ctx, 0),
               .matrices = hr_tensor_data(a),
               .rhs = hr_tensor_data(b),
               .out = hr_tensor_data(out),
               .m = m.rows,
               .n = m.columns,
               .columns = right.columns,
               .elements = m.rows * m.columns + longer * right.columns + longer + 1,
               .l2 = l2};
  size_t bytes = (size_t)y.elements * hr_dtype_size(y.dtype) + (size_t)(m.columns + 1) * sizeof(lapack_int);
  double nanos = 1000 + 0.3 * (double)m.rows * (double)m.columns * (double)(m.columns + right.columns);
  return hr_for_each_matrix(ctx, m.count, nanos, bytes, solve_ls_one, &y);
}
HR_KERNEL(.op = "MatrixSolveLs", .types = {{"T", HR_MATRIX_TYPES}}, .create = solve_ls_create, .compute = solve_ls);
