#include "kernels_cpu/zero_skipping.h"
#include "kernels_cpu/level/loops.h"

#include <math.h>
#include <stdatomic.h>

/* Of a and b as they lie in memory: rows [row, row + rows) and columns [column, column + columns) of the product. */
typedef struct block {
  int64_t row, rows, column, columns;
} block;

bool hr_skips_zeros(const hr_gemm *g) {
  static const double least_terms = 2e6;
  static const int64_t narrowest = 16, widest = 1 << 20; /* offsets have 32 bits */
  /* Runs of a few elements, at places that follow the golden ratio, so that they favour no column. */
  enum { few = 16, many = 64, run = 16 };
  if (g->dtype != HR_FLOAT || g->batch_rank > 0 || g->transpose_b || g->n < narrowest || g->n > widest ||
      g->m * g->k < many * run || (double)g->m * (double)g->n * (double)g->k < least_terms)
    return false;
  static const double golden_ratio = 0.6180339887498949;
  const float *a = g->a;
  int64_t places = g->m * g->k - run, zeros = 0;
  double at = 0.5;
  for (int i = 0; i < many; ++i) {
    const float *from = a + (int64_t)(at * (double)places);
    for (int j = 0; j < run; ++j)
      zeros += from[j] == 0;
    if (i == few - 1 && zeros < few * run / 2) return false;
    at += golden_ratio;
    at -= at >= 1;
  }
  return zeros > many * run * 6 / 10;
}

/* The block of the product into c, whose rows lie n apart; false where b is not finite. */
static bool multiply(const hr_gemm *g, const block *cut, float *c) {
  hr_nonzeros nonzeros;
  const hr_skipping_loops *loops = hr_loops->skipping;
  int64_t row_stride = g->transpose_a ? 1 : g->k, term_stride = g->transpose_a ? g->m : 1;
  for (int64_t row = 0; row < cut->rows; row += HR_SKIPPING_ROWS) {
    int64_t rows = cut->rows - row < HR_SKIPPING_ROWS ? cut->rows - row : HR_SKIPPING_ROWS;
    for (int64_t term = 0; term < g->k; term += HR_SKIPPING_TERMS) {
      int64_t terms = g->k - term < HR_SKIPPING_TERMS ? g->k - term : HR_SKIPPING_TERMS;
      const float *a = (const float *)g->a + (cut->row + row) * row_stride + term * term_stride;
      const float *b = (const float *)g->b + term * g->n + cut->column;
      loops->collect(&nonzeros, a, row_stride, term_stride, rows, terms);
      if (!loops->multiply(&nonzeros, rows, b, terms, c + row * g->n, g->n, cut->columns, term > 0)) return false;
    }
  }
  return true;
}

bool hr_is_second_factor_finite(const hr_gemm *g) {
  const float *b = g->b;
  int64_t count = g->k * g->n;
  bool is_finite = true;
  for (int64_t i = 0; i < count; ++i)
    is_finite &= isfinite(b[i]) != 0;
  return is_finite;
}

void hr_skipping_rows(const hr_gemm *g, int64_t row, int64_t rows, float *c) {
  multiply(g, &(block){row, rows, 0, g->n}, c);
}

/* ---- whole products -------------------------------------------------------------------------------------------- */

typedef struct job {
  const hr_gemm *gemm;
  int64_t unit;
  bool by_columns;
  atomic_bool is_infinite;
} job;

static void run_units(void *argument, int64_t first, int64_t end) {
  job *job = argument;
  const hr_gemm *g = job->gemm;
  int64_t size = job->by_columns ? g->n : g->m, begin = first * job->unit;
  int64_t count = (end == size / job->unit ? size : end * job->unit) - begin;
  block cut = job->by_columns ? (block){0, g->m, begin, count} : (block){begin, count, 0, g->n};
  float *c = (float *)g->c + cut.row * g->n + cut.column;
  if (!multiply(g, &cut, c)) atomic_store_explicit(&job->is_infinite, true, memory_order_relaxed);
}

/* Where there are few rows, each thread takes columns, so that it reads its part of b alone. */
bool hr_skipping_product(hr_kernel_context *ctx, const hr_gemm *g) {
  enum { few_rows = 256, column_unit = 64, row_unit = 32 };
  static const double nanos_per_term = 0.007;
  job job = {.gemm = g};
  job.by_columns = g->m < few_rows && g->n >= column_unit;
  job.unit = job.by_columns ? column_unit : g->m < row_unit ? g->m : row_unit;
  int64_t units = (job.by_columns ? g->n : g->m) / job.unit;
  double nanos = nanos_per_term * (double)g->m * (double)g->n * (double)g->k;
  hr_parallel_for(ctx, units, nanos / (double)units, run_units, &job);
  return !job.is_infinite;
}
