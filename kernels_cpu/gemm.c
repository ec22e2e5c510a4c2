#include "kernels_cpu/gemm.h"

#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/library_threads.h"
#include "kernels_cpu/zero_skipping.h"
#include <cblas.h>
#include <dnnl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* oneDNN's sgemm was as fast as its matmul primitive on layer shapes (150 GFLOP/s on one core at 50x784x300) and needs
 * no state; OpenBLAS reached 75 % of it there, and LIBXSMM hands such shapes to BLAS. But oneDNN reads matrices where
 * they stand, and where rows lie a multiple of 2 KiB apart, they push each other out of the cache: it then takes up to
 * 2.7 times as long as OpenBLAS, which always packs. A small second matrix is copied to rows further apart instead:
 * 97 GFLOP/s with 512 x 512, where OpenBLAS reaches 91. */

/* Work is cut into blocks of the micro-kernel's size, so that every element is summed the same way whatever the cut. */
enum { row_block = HR_GEMM_ROWS, column_block = 48 };

/* A block of one matrix product: rows [row, row + rows), columns [column, column + columns). */
typedef struct block {
  int64_t matrix, row, rows, column, columns;
} block;

typedef struct job {
  const hr_kernel_context *ctx;
  const hr_gemm *gemm;
  size_t size; /* of an element */
  bool by_columns;
  int64_t b_row;  /* elements from one row of b to the next, where it is not transposed */
  int64_t blocks; /* a matrix */
  int64_t parts;  /* of all blocks: what one thread takes at once */
} job;

static int64_t batch_size(const hr_gemm *gemm) {
  int64_t size = 1;
  for (int i = 0; i < gemm->batch_rank; ++i)
    size *= gemm->batch_dims[i];
  return size;
}

/* Where matrix `index` of the batch lies in a and b, in matrices. */
static void locate(const hr_gemm *gemm, int64_t index, int64_t *a, int64_t *b) {
  *a = *b = 0;
  for (int i = gemm->batch_rank; i-- > 0;) {
    int64_t at = index % gemm->batch_dims[i];
    index /= gemm->batch_dims[i];
    *a += at * gemm->a_strides[i];
    *b += at * gemm->b_strides[i];
  }
}

#define DEFINE_INTEGER_PRODUCT(name, type)                                                                             \
  static void name(const block *cut, const hr_gemm *g, const void *a_, const void *b_, void *c_) {                     \
    const type *a = a_, *b = b_;                                                                                       \
    int64_t a_row = g->transpose_a ? 1 : g->k, a_inner = g->transpose_a ? g->m : 1;                                    \
    int64_t b_inner = g->transpose_b ? 1 : g->n, b_column = g->transpose_b ? g->k : 1;                                 \
    for (int64_t i = 0; i < cut->rows; ++i) {                                                                          \
      type *c = (type *)c_ + i * g->n;                                                                                 \
      memset(c, 0, sizeof(type) * (size_t)cut->columns);                                                               \
      for (int64_t p = 0; p < g->k; ++p) {                                                                             \
        type factor = a[i * a_row + p * a_inner];                                                                      \
        for (int64_t j = 0; j < cut->columns; ++j)                                                                     \
          c[j] += factor * b[p * b_inner + j * b_column];                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }
/* Unsigned, so that overflow wraps. */
DEFINE_INTEGER_PRODUCT(product_u32, uint32_t)
DEFINE_INTEGER_PRODUCT(product_u64, uint64_t)

static CBLAS_TRANSPOSE blas_transpose(bool transpose, bool conjugate) {
  return conjugate ? CblasConjTrans : transpose ? CblasTrans : CblasNoTrans;
}

/* A signal's frame is pushed where oneDNN 2.6 keeps data: its kernels use the stack pointer for something else in
 * products of some size, and a handler that runs meanwhile damages the heap. Signals wait until such a product is done;
 * it takes so long that two system calls do not count. */
static void call_sgemm(const hr_gemm *g, int64_t rows, int64_t columns, const float *a, int64_t lda, const float *b,
                       int64_t ldb, float *c) {
  static const double long_product = 1e6;
  bool is_long = (double)rows * (double)columns * (double)g->k > long_product;
  sigset_t all, before;
  if (is_long) {
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
  }
  dnnl_sgemm(g->transpose_a ? 'T' : 'N', g->transpose_b ? 'T' : 'N', rows, columns, g->k, 1.0f, a, lda, b, ldb, 0.0f, c,
             g->n);
  if (is_long) pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* How oneDNN sums the rows beyond a multiple of four depends on how many there are before them, where there are many.
 * Those get a call of their own, so that no cut of the product changes a sum. */
static void sgemm(const hr_gemm *g, const block *cut, const float *a, int64_t lda, const float *b, int64_t ldb,
                  float *c) {
  enum { unit = 4, many = 128 };
  bool is_last = cut->row + cut->rows == g->m;
  int64_t over = is_last && g->m > many ? g->m % unit : 0, rows = cut->rows - over;
  call_sgemm(g, rows, cut->columns, a, lda, b, ldb, c);
  if (over > 0) call_sgemm(g, over, cut->columns, a + rows * (g->transpose_a ? 1 : g->k), lda, b, ldb, c + rows * g->n);
}

/* A tall matrix times a vector: OpenBLAS takes 48 us for 20640 x 9, oneDNN 120 us. */
static bool is_tall_times_vector(const hr_gemm *g) { return g->dtype == HR_FLOAT && g->n == 1 && !g->transpose_a; }

enum { FLOATS_APART = 512 };

/* Decided by the whole product, not by what of it one thread takes, so that its cut changes no sum. */
static bool crowds_the_cache(const hr_gemm *g) {
  static const int64_t fewest_rows = 32, packing_pays = 128;
  bool is_crowded = (!g->transpose_b && g->n % FLOATS_APART == 0) || (g->transpose_a && g->m % FLOATS_APART == 0);
  return g->dtype == HR_FLOAT && is_crowded && g->m >= fewest_rows && g->k >= packing_pays;
}

/* Larger ones take longer to copy than OpenBLAS takes more; rows of a transposed first matrix are crowded, too. */
static bool is_spread(const hr_gemm *g) {
  static const int64_t most_floats = 1 << 19;
  bool is_second = !g->transpose_b && !(g->transpose_a && g->m % FLOATS_APART == 0);
  return crowds_the_cache(g) && is_second && g->batch_rank == 0 && g->n < most_floats / g->k;
}

static bool uses_openblas(const hr_gemm *g) {
  return g->dtype == HR_DOUBLE || g->dtype == HR_COMPLEX64 || g->dtype == HR_COMPLEX128 || is_tall_times_vector(g) ||
         (crowds_the_cache(g) && !is_spread(g));
}

static void product(const job *job, const block *cut) {
  const hr_gemm *g = job->gemm;
  int64_t a_matrix, b_matrix;
  locate(g, cut->matrix, &a_matrix, &b_matrix);
  int64_t lda = g->transpose_a ? g->m : g->k, ldb = g->transpose_b ? g->k : job->b_row;
  int64_t a_offset = a_matrix * g->m * g->k + cut->row * (g->transpose_a ? 1 : g->k);
  int64_t b_offset = b_matrix * g->k * g->n + cut->column * (g->transpose_b ? g->k : 1);
  const char *a = (const char *)g->a + (size_t)a_offset * job->size;
  const char *b = (const char *)g->b + (size_t)b_offset * job->size;
  char *c = (char *)g->c + (size_t)((cut->matrix * g->m + cut->row) * g->n + cut->column) * job->size;
  CBLAS_TRANSPOSE ta = blas_transpose(g->transpose_a, g->conjugate_a);
  CBLAS_TRANSPOSE tb = blas_transpose(g->transpose_b, g->conjugate_b);
  int rows = (int)cut->rows, columns = (int)cut->columns, k = (int)g->k;
  switch (g->dtype) {
  case HR_FLOAT:
    if (is_tall_times_vector(g))
      cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, k, 1, (const float *)a, (int)lda, (const float *)b, 1, 0,
                  (float *)c, 1);
    else if (uses_openblas(g))
      cblas_sgemm(CblasRowMajor, ta, tb, rows, columns, k, 1, (const float *)a, (int)lda, (const float *)b, (int)ldb, 0,
                  (float *)c, (int)g->n);
    else
      sgemm(g, cut, (const float *)a, lda, (const float *)b, ldb, (float *)c);
    break;
  case HR_DOUBLE:
    cblas_dgemm(CblasRowMajor, ta, tb, rows, columns, k, 1.0, (const double *)a, (int)lda, (const double *)b, (int)ldb,
                0.0, (double *)c, (int)g->n);
    break;
  case HR_COMPLEX64:
    cblas_cgemm(CblasRowMajor, ta, tb, rows, columns, k, (float[]){1, 0}, a, (int)lda, b, (int)ldb, (float[]){0, 0}, c,
                (int)g->n);
    break;
  case HR_COMPLEX128:
    cblas_zgemm(CblasRowMajor, ta, tb, rows, columns, k, (double[]){1, 0}, a, (int)lda, b, (int)ldb, (double[]){0, 0},
                c, (int)g->n);
    break;
  case HR_INT32: product_u32(cut, g, a, b, c); break;
  default: product_u64(cut, g, a, b, c); break;
  }
}

/* Blocks of a dimension: the last one also takes what is left over. */
static int64_t block_count(int64_t size, int64_t unit) { return size < unit ? 1 : size / unit; }

static void run_parts(void *argument, int64_t first_part, int64_t end_part) {
  const job *job = argument;
  const hr_gemm *g = job->gemm;
  int64_t total = batch_size(g) * job->blocks;
  int64_t begin = total * first_part / job->parts, end = total * end_part / job->parts;
  int64_t unit = job->by_columns ? column_block : row_block;
  int threads = hr_openmp_single();
  while (begin < end && !hr_is_cancelled(job->ctx)) { /* a cancelled run needs no values */
    int64_t first = begin % job->blocks;
    int64_t last = first + (end - begin) < job->blocks ? first + (end - begin) : job->blocks;
    int64_t start = first * unit;
    int64_t stop = last == job->blocks ? (job->by_columns ? g->n : g->m) : last * unit;
    block cut = {.matrix = begin / job->blocks, .rows = g->m, .columns = g->n};
    if (job->by_columns)
      cut.column = start, cut.columns = stop - start;
    else
      cut.row = start, cut.rows = stop - start;
    product(job, &cut);
    begin += last - first;
  }
  hr_openmp_restore(threads);
}

static double nanos_of(const hr_gemm *g) {
  static const double gflops_float = 100, gflops_other = 20;
  return 2 * (double)batch_size(g) * (double)g->m * (double)g->n * (double)g->k /
         (g->dtype == HR_FLOAT ? gflops_float : gflops_other);
}

/* Every part packs the operand that is not cut once more, so a product is cut in no more parts than there are threads,
 * unless the parts are so long that an uneven end costs more than the packing. */
static int64_t part_count(hr_kernel_context *ctx, double nanos, int64_t blocks) {
  static const double long_part = 2e6;
  int64_t threads = hr_parallelism(ctx), parts = threads;
  while (nanos / (double)parts > long_part && parts < 8 * threads)
    parts *= 2;
  return parts < blocks ? parts : blocks;
}

/* Matrices of an operand: those that its strides reach. */
static int64_t operand_matrices(const hr_gemm *gemm, const int64_t *strides) {
  int64_t last = 0;
  for (int i = 0; i < gemm->batch_rank; ++i)
    last += (gemm->batch_dims[i] - 1) * strides[i];
  return last + 1;
}

typedef struct cast_job {
  hr_unary_loop *loop;
  char *to;
  const char *from;
  size_t to_size, from_size;
} cast_job;

static void cast_range(void *argument, int64_t begin, int64_t end) {
  const cast_job *job = argument;
  job->loop(job->to + (size_t)begin * job->to_size, job->from + (size_t)begin * job->from_size, end - begin);
}

static void cast(hr_kernel_context *ctx, hr_dtype to_dtype, void *to, hr_dtype from_dtype, const void *from,
                 int64_t count) {
  static const double nanos_per_element = 0.15;
  cast_job job = {hr_loops->cast[from_dtype][to_dtype], to, from, hr_dtype_size(to_dtype), hr_dtype_size(from_dtype)};
  hr_parallel_for(ctx, count, nanos_per_element, cast_range, &job);
}

static hr_status run_in_float(hr_kernel_context *ctx, const hr_gemm *gemm) {
  int64_t a_count = operand_matrices(gemm, gemm->a_strides) * gemm->m * gemm->k;
  int64_t b_count = operand_matrices(gemm, gemm->b_strides) * gemm->k * gemm->n;
  int64_t c_count = batch_size(gemm) * gemm->m * gemm->n;
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {a_count + b_count + c_count}}, &scratch));
  float *a = hr_tensor_data(&scratch), *b = a + a_count, *c = b + b_count;
  cast(ctx, HR_FLOAT, a, gemm->dtype, gemm->a, a_count);
  cast(ctx, HR_FLOAT, b, gemm->dtype, gemm->b, b_count);
  hr_gemm in_float = *gemm;
  in_float.dtype = HR_FLOAT;
  in_float.a = a;
  in_float.b = b;
  in_float.c = c;
  hr_status status = hr_gemm_run(ctx, &in_float);
  if (!status) cast(ctx, gemm->dtype, gemm->c, HR_FLOAT, c, c_count);
  hr_tensor_clear(&scratch);
  return status;
}

/* Cutting rows was faster wherever there are enough of them. How OpenBLAS sums floats depends on the number of columns;
 * rows are summed alike in multiples of 12. */
static bool is_cut_by_columns(const hr_gemm *g) {
  bool columns_change_sums = g->dtype == HR_FLOAT && uses_openblas(g);
  return g->n > 4 * g->m && !columns_change_sums;
}

bool hr_gemm_has_rows(const hr_gemm *gemm) {
  return gemm->dtype == HR_FLOAT && gemm->batch_rank == 0 && gemm->m > 0 && gemm->n > 0 && gemm->k > 0 &&
         !is_cut_by_columns(gemm) && !uses_openblas(gemm) && !is_spread(gemm);
}

void hr_gemm_rows(const hr_gemm *gemm, int64_t row, int64_t rows, float *c) {
  int64_t lda = gemm->transpose_a ? gemm->m : gemm->k, ldb = gemm->transpose_b ? gemm->k : gemm->n;
  const float *a = (const float *)gemm->a + row * (gemm->transpose_a ? 1 : gemm->k);
  int threads = hr_openmp_single();
  sgemm(gemm, &(block){.row = row, .rows = rows, .columns = gemm->n}, a, lda, gemm->b, ldb, c);
  hr_openmp_restore(threads);
}

/* A copy of the second matrix whose rows lie `*row` floats apart. */
static hr_status spread(hr_kernel_context *ctx, const hr_gemm *g, hr_tensor *copy, int64_t *row) {
  static const int64_t line_floats = 16;
  *row = g->n + line_floats;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {g->k * *row}}, copy));
  hr_box box = {0};
  hr_box_add(&box, g->k, *row, g->n);
  hr_box_add(&box, g->n, 1, 1);
  hr_status status = hr_box_copy(ctx, HR_FLOAT, &box, hr_tensor_data(copy), g->b);
  if (status) hr_tensor_clear(copy);
  return status;
}

hr_status hr_gemm_run(hr_kernel_context *ctx, const hr_gemm *gemm) {
  size_t size = hr_dtype_size(gemm->dtype);
  int64_t batch = batch_size(gemm);
  if (batch == 0 || gemm->m == 0 || gemm->n == 0) return HR_SUCCESS;
  if (gemm->k == 0) {
    memset(gemm->c, 0, (size_t)(batch * gemm->m * gemm->n) * size);
    return HR_SUCCESS;
  }
  if (gemm->dtype == HR_HALF || gemm->dtype == HR_BFLOAT16) return run_in_float(ctx, gemm);
  if (hr_skips_zeros(gemm) && hr_skipping_product(ctx, gemm)) return HR_SUCCESS;
  if (uses_openblas(gemm) && (gemm->m > INT32_MAX || gemm->n > INT32_MAX || gemm->k > INT32_MAX))
    return hr_error(HR_UNIMPLEMENTED, "Matrices of type %s have at most %d rows and columns",
                    hr_dtype_name(gemm->dtype), INT32_MAX);
  bool by_columns = is_cut_by_columns(gemm);
  job job = {.ctx = ctx, .gemm = gemm, .size = size, .by_columns = by_columns, .b_row = gemm->n};
  hr_gemm apart = *gemm;
  hr_tensor copy = {0};
  if (is_spread(gemm)) {
    HR_TRY(spread(ctx, gemm, &copy, &job.b_row));
    apart.b = hr_tensor_data(&copy);
    job.gemm = &apart;
  }
  job.blocks = by_columns ? block_count(gemm->n, column_block) : block_count(gemm->m, row_block);
  double nanos = nanos_of(gemm);
  job.parts = part_count(ctx, nanos, batch * job.blocks);
  if (uses_openblas(gemm)) hr_openblas_enter();
  hr_parallel_for(ctx, job.parts, nanos / (double)job.parts, run_parts, &job);
  if (uses_openblas(gemm)) hr_openblas_leave();
  hr_tensor_clear(&copy);
  return HR_SUCCESS;
}
