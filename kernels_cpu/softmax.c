/* Softmax, LogSoftmax and the two cross entropies on logits, over the last dimension.
 *
 * With m the largest logit of a row and s = sum(exp(x - m)): softmax = exp(x - m) / s, log softmax = x - m - log(s),
 * cross entropy = sum(labels * (log(s) - (x - m))) and its gradient by the logits = softmax - labels. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define SOFTMAX_TYPES (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF))

typedef enum what { SOFTMAX, LOG_SOFTMAX, DENSE_LOSS, SPARSE_LOSS } what;

/* Rows of logits and where their results go. Strides (in elements) are 0 for an operand that is broadcast. */
typedef struct job {
  what what;
  int64_t columns;
  const void *logits, *labels;
  int64_t logits_row, logits_column, labels_row, labels_column;
  const hr_tensor *classes; /* SPARSE_LOSS */
  void *out, *loss;         /* softmax (or its gradient); loss a row */
} job;

/* The results of one row, which stays in the first-level cache meanwhile. */
#define DEFINE_ROWS(type, log_function, lowest)                                                                        \
  static void dense_row_##type(const job *job, int64_t row, const HR_TYPE_##type *x, HR_TYPE_##type *y,                \
                               HR_TYPE_##type max) {                                                                   \
    int64_t n = job->columns;                                                                                          \
    const HR_TYPE_##type *labels = (const HR_TYPE_##type *)job->labels + row * job->labels_row;                        \
    HR_TYPE_##type *loss = (HR_TYPE_##type *)job->loss + row;                                                          \
    if (job->logits_column == 0) { /* one logit for all classes */                                                     \
      HR_TYPE_##type zero = *x - *x, sum = (HR_TYPE_##type)n + zero, log_sum = log_function(sum);                      \
      *loss = 0;                                                                                                       \
      for (int64_t i = 0; i < n; ++i) {                                                                                \
        HR_TYPE_##type label = labels[i * job->labels_column];                                                         \
        *loss += label * (log_sum - zero);                                                                             \
        y[i] = 1 / sum - label;                                                                                        \
      }                                                                                                                \
      return;                                                                                                          \
    }                                                                                                                  \
    HR_TYPE_##type sum = hr_loops->softmax->exp_sum_##type(y, x, n, max), log_sum = log_function(sum);                 \
    if (job->labels_column == 1) {                                                                                     \
      *loss = hr_loops->softmax->loss_##type(y, x, labels, n, max, sum, log_sum);                                      \
      return;                                                                                                          \
    }                                                                                                                  \
    *loss = 0;                                                                                                         \
    for (int64_t i = 0; i < n; ++i) { /* one label for all classes */                                                  \
      *loss += *labels * (log_sum - (x[i] - max));                                                                     \
      y[i] = y[i] / sum - *labels;                                                                                     \
    }                                                                                                                  \
  }                                                                                                                    \
  static void rows_##type(void *argument, int64_t begin, int64_t end) {                                                \
    const job *job = argument;                                                                                         \
    const hr_softmax_loops *loops = hr_loops->softmax;                                                                 \
    int64_t n = job->columns;                                                                                          \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      const HR_TYPE_##type *x = (const HR_TYPE_##type *)job->logits + r * job->logits_row;                             \
      HR_TYPE_##type *y = (HR_TYPE_##type *)job->out + r * n, *loss = (HR_TYPE_##type *)job->loss + r, max = lowest;   \
      if (job->what == DENSE_LOSS) {                                                                                   \
        hr_loops->Max_##type.row(&max, x, job->logits_column == 0 ? 1 : n);                                            \
        dense_row_##type(job, r, x, y, max);                                                                           \
        continue;                                                                                                      \
      }                                                                                                                \
      hr_loops->Max_##type.row(&max, x, n);                                                                            \
      if (job->what == LOG_SOFTMAX) {                                                                                  \
        HR_TYPE_##type log_sum = log_function(loops->exp_sum_##type(NULL, x, n, max));                                 \
        loops->shift_twice_##type(y, x, n, max, log_sum);                                                              \
        continue;                                                                                                      \
      }                                                                                                                \
      int64_t class = job->what == SPARSE_LOSS ? hr_index_at(job->classes, r) : 0;                                     \
      HR_TYPE_##type logit = x[class] - max, sum = loops->exp_sum_##type(y, x, n, max), scale = 1 / sum;               \
      hr_loops->Mul_##type(y, y, &scale, n, HR_RIGHT_SCALAR);                                                          \
      if (job->what != SPARSE_LOSS) continue;                                                                          \
      *loss = log_function(sum) - logit;                                                                               \
      y[class] -= 1;                                                                                                   \
    }                                                                                                                  \
  }
DEFINE_ROWS(f32, logf, -INFINITY)
DEFINE_ROWS(f64, log, (double)-INFINITY)

static void run_native(hr_kernel_context *ctx, job *job, hr_dtype dtype, int64_t rows) {
  static const double nanos_per_row = 20, nanos_per_element = 1.5;
  hr_parallel_for(ctx, rows, nanos_per_row + nanos_per_element * (double)job->columns,
                  dtype == HR_FLOAT ? rows_f32 : rows_f64, job);
}

/* Copies of halves as floats: all that the strides of an operand reach. */
static int64_t operand_elements(int64_t rows, int64_t columns, int64_t row, int64_t column) {
  return (rows - 1) * row + (columns - 1) * column + 1;
}

static void widen(const void *halves, int64_t count, float *out) {
  for (int64_t i = 0; halves && i < count; ++i)
    out[i] = hr_half_to_float(((const hr_half *)halves)[i]);
}

static void narrow(const float *in, int64_t count, void *halves) {
  for (int64_t i = 0; halves && i < count; ++i)
    ((hr_half *)halves)[i] = hr_half_from_float(in[i]);
}

static hr_status run_in_float(hr_kernel_context *ctx, const job *halves, int64_t rows) {
  int64_t columns = halves->columns;
  int64_t logits = operand_elements(rows, columns, halves->logits_row, halves->logits_column);
  int64_t labels = operand_elements(rows, columns, halves->labels_row, halves->labels_column);
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {logits + labels + rows * columns + rows}}, &scratch));
  float *x = hr_tensor_data(&scratch), *y = x + logits, *out = y + labels, *loss = out + rows * columns;
  widen(halves->logits, logits, x);
  widen(halves->labels, labels, y);
  job floats = *halves;
  floats.logits = x;
  floats.labels = y;
  floats.out = out;
  floats.loss = loss;
  run_native(ctx, &floats, HR_FLOAT, rows);
  narrow(out, rows * columns, halves->out);
  narrow(loss, rows, halves->loss);
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}

static hr_status run(hr_kernel_context *ctx, job *job, hr_dtype dtype, int64_t rows) {
  if (rows == 0 || job->columns == 0) return HR_SUCCESS;
  if (dtype == HR_HALF) return run_in_float(ctx, job, rows);
  run_native(ctx, job, dtype, rows);
  return HR_SUCCESS;
}

static hr_status softmax_of(hr_kernel_context *ctx, what what) {
  const hr_tensor *logits = hr_input(ctx, 0);
  if (logits->rank < 1)
    return hr_error(HR_INVALID_ARGUMENT, "logits must have >= 1 dimension, got %s", HR_TENSOR_SHAPE_TEXT(logits));
  hr_shape shape = hr_tensor_shape(logits);
  hr_tensor *out;
  HR_TRY(hr_output_forward_or_new(ctx, 1, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t columns = logits->dims[logits->rank - 1];
  job job = {.what = what,
             .columns = columns,
             .logits = hr_tensor_data(logits),
             .logits_row = columns,
             .logits_column = 1,
             .out = hr_tensor_data(out)};
  return run(ctx, &job, hr_tensor_dtype(logits), logits->elements / columns);
}

static hr_status softmax(hr_kernel_context *ctx) { return softmax_of(ctx, SOFTMAX); }
static hr_status log_softmax(hr_kernel_context *ctx) { return softmax_of(ctx, LOG_SOFTMAX); }
HR_KERNEL(.op = "Softmax", .types = {{"T", SOFTMAX_TYPES}}, .compute = softmax);
HR_KERNEL(.op = "LogSoftmax", .types = {{"T", SOFTMAX_TYPES}}, .compute = log_softmax);

/* ---- cross entropies ------------------------------------------------------------------------------------------- */

static int64_t broadcast_dim(int64_t a, int64_t b) { return a == 1 ? b : a; }

static hr_status dense_loss(hr_kernel_context *ctx) {
  const hr_tensor *logits = hr_input(ctx, 0), *labels = hr_input(ctx, 1);
  bool compatible = logits->rank == 2 && labels->rank == 2;
  for (int i = 0; compatible && i < 2; ++i)
    compatible = logits->dims[i] == labels->dims[i] || logits->dims[i] == 1 || labels->dims[i] == 1;
  if (!compatible)
    return hr_error(HR_INVALID_ARGUMENT,
                    "logits and labels must be 2-dimensional and broadcastable: logits_size=%s labels_size=%s",
                    HR_TENSOR_SHAPE_TEXT(logits), HR_TENSOR_SHAPE_TEXT(labels));
  int64_t rows = broadcast_dim(logits->dims[0], labels->dims[0]);
  int64_t columns = broadcast_dim(logits->dims[1], labels->dims[1]);
  hr_tensor *loss, *gradient;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {rows}}, &loss));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){2, {rows, columns}}, &gradient));
  job job = {.what = DENSE_LOSS,
             .columns = columns,
             .logits = hr_tensor_data(logits),
             .labels = hr_tensor_data(labels),
             .logits_row = logits->dims[0] == 1 ? 0 : logits->dims[1],
             .logits_column = logits->dims[1] != 1 || columns == 1,
             .labels_row = labels->dims[0] == 1 ? 0 : labels->dims[1],
             .labels_column = labels->dims[1] != 1,
             .out = hr_tensor_data(gradient),
             .loss = hr_tensor_data(loss)};
  if (columns == 0 && rows > 0) memset(job.loss, 0, hr_tensor_bytes(loss)); /* a sum over nothing */
  return run(ctx, &job, hr_tensor_dtype(logits), rows);
}
HR_KERNEL(.op = "SoftmaxCrossEntropyWithLogits", .types = {{"T", SOFTMAX_TYPES}}, .compute = dense_loss);

static hr_status sparse_loss(hr_kernel_context *ctx) {
  const hr_tensor *logits = hr_input(ctx, 0), *labels = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(logits, 2, "logits"));
  HR_TRY(hr_rank_check(labels, 1, "labels"));
  int64_t rows = logits->dims[0], columns = logits->dims[1];
  if (labels->dims[0] != rows)
    return hr_error(HR_INVALID_ARGUMENT,
                    "logits and labels must have the same first dimension, got logits shape %s and labels shape %s",
                    HR_TENSOR_SHAPE_TEXT(logits), HR_TENSOR_SHAPE_TEXT(labels));
  if (columns == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Must have at least one class, but got logits shape %s",
                    HR_TENSOR_SHAPE_TEXT(logits));
  for (int64_t i = 0; i < rows; ++i) {
    int64_t label = hr_index_at(labels, i);
    if (label < 0 || label >= columns)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Received a label value of %" PRId64 " which is outside the valid range of [0, %" PRId64
                      "), at row %" PRId64,
                      label, columns, i);
  }
  hr_tensor *loss, *gradient;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {rows}}, &loss));
  hr_shape shape = hr_tensor_shape(logits);
  HR_TRY(hr_output_forward_or_new(ctx, 1, 1, &shape, &gradient));
  job job = {.what = SPARSE_LOSS,
             .columns = columns,
             .logits = hr_tensor_data(logits),
             .logits_row = columns,
             .logits_column = 1,
             .classes = labels,
             .out = hr_tensor_data(gradient),
             .loss = hr_tensor_data(loss)};
  return run(ctx, &job, hr_tensor_dtype(logits), rows);
}
HR_KERNEL(.op = "SparseSoftmaxCrossEntropyWithLogits", .types = {{"T", SOFTMAX_TYPES}, {"Tlabels", HR_INDEX_TYPES}},
          .compute = sparse_loss);
