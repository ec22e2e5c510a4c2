#include "kernels_cpu/narrow.h"
#include "kernels_cpu/level/loops.h"
#include "runtime/exec/constant_forms.h"

#include <string.h>

#define MOST_COLUMNS 32
#define LEAST_ROWS   512
#define CHUNK_ROWS   512 /* whatever the number of threads: sums are added up in this order */
#define BLOCK_ROWS   128 /* of products by rows: what is left over at the end is rounded otherwise */
/* Memory beyond the second-level cache gives so many. */
#define NANOS_PER_PRODUCT 0.06

typedef struct job {
  const float *columns, *vector;
  float *out; /* a row's element, or CHUNK_ROWS of rows' sums */
  int64_t rows, count;
} job;

/* The matrix by columns. */
static hr_status by_columns(const hr_tensor *matrix, hr_tensor *out) {
  int64_t rows = matrix->dims[0], count = matrix->dims[1];
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_FLOAT, &(hr_shape){2, {count, rows}}, out));
  const float *from = hr_tensor_data(matrix);
  float *to = hr_tensor_data(out);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < count; ++j)
      to[j * rows + i] = from[i * count + j];
  return HR_SUCCESS;
}

static void times_vector(void *argument, int64_t first, int64_t last) {
  const job *job = argument;
  int64_t begin = first * BLOCK_ROWS, end = last * BLOCK_ROWS < job->rows ? last * BLOCK_ROWS : job->rows;
  hr_loops->narrow->times_vector(job->out + begin, job->columns + begin, job->rows, job->count, job->vector,
                                 end - begin);
}

static void vector_times(void *argument, int64_t first, int64_t end) {
  const job *job = argument;
  for (int64_t c = first; c < end; ++c) {
    int64_t begin = c * CHUNK_ROWS, rows = job->rows - begin < CHUNK_ROWS ? job->rows - begin : CHUNK_ROWS;
    hr_loops->narrow->vector_times(job->out + c * MOST_COLUMNS, job->columns + begin, job->rows, job->count,
                                   job->vector + begin, rows);
  }
}

/* Sums of chunks of rows, then of the chunks. */
static bool sum_rows(hr_kernel_context *ctx, job *job, float *out) {
  int64_t chunks = (job->rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
  hr_tensor sums;
  hr_status status = hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){2, {chunks, MOST_COLUMNS}}, &sums);
  if (status) {
    hr_status_free(status);
    return false;
  }
  job->out = hr_tensor_data(&sums);
  memset(job->out, 0, hr_tensor_bytes(&sums));
  hr_parallel_for(ctx, chunks, NANOS_PER_PRODUCT * (double)(CHUNK_ROWS * job->count), vector_times, job);
  for (int64_t j = 0; j < job->count; ++j) {
    out[j] = 0;
    for (int64_t c = 0; c < chunks; ++c)
      out[j] += job->out[c * MOST_COLUMNS + j];
  }
  hr_tensor_clear(&sums);
  return true;
}

bool hr_narrow_product(hr_kernel_context *ctx, const hr_gemm *gemm) {
  if (gemm->dtype == HR_FLOAT && gemm->n == 1 && gemm->batch_rank == 0 && !gemm->transpose_a && gemm->m > 0 &&
      gemm->m <= MOST_COLUMNS && gemm->k >= LEAST_ROWS) { /* it lies by columns as it is */
    job job = {gemm->a, gemm->b, gemm->c, gemm->k, gemm->m};
    return sum_rows(ctx, &job, gemm->c);
  }
  int64_t rows = gemm->transpose_a ? gemm->k : gemm->m, count = gemm->transpose_a ? gemm->m : gemm->k;
  if (gemm->dtype != HR_FLOAT || gemm->n != 1 || gemm->batch_rank > 0 || count == 0 || count > MOST_COLUMNS ||
      rows < LEAST_ROWS)
    return false;
  const hr_tensor *columns = hr_constant_form(ctx, 0, by_columns);
  if (!columns) return false;
  job job = {hr_tensor_data(columns), gemm->b, gemm->c, rows, count};
  if (gemm->transpose_a) return sum_rows(ctx, &job, gemm->c);
  hr_parallel_for(ctx, (rows + BLOCK_ROWS - 1) / BLOCK_ROWS, NANOS_PER_PRODUCT * (double)(BLOCK_ROWS * count),
                  times_vector, &job);
  return true;
}
