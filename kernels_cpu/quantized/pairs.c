/* QuantizedAdd, QuantizedMul: bytes of two ranges as sums and products of 32 bits. What each of the 256 steps gives is
 * known before the first element. */
#include "kernels_cpu/broadcast.h"
#include "kernels_cpu/quantized/steps.h"

enum { STEPS = 256 };

typedef struct job {
  const hr_broadcast *b;
  const uint8_t *x, *y;
  uint32_t *to; /* integers wrap */
  bool is_product;
  uint32_t of_x[STEPS], of_y[STEPS];
} job;

static void pair_range(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  const hr_broadcast *b = j->b;
  int64_t x_step = b->x[b->rank - 1], y_step = b->y[b->rank - 1];
  hr_broadcast_position at = hr_broadcast_at(b, begin);
  for (int64_t i = begin; i < end;) {
    int64_t count = hr_broadcast_run(b, &at);
    if (count > end - i) count = end - i;
    for (int64_t k = 0; k < count; ++k, ++i) {
      uint32_t x = j->of_x[j->x[at.x + k * x_step]], y = j->of_y[j->y[at.y + k * y_step]];
      j->to[i] = j->is_product ? x * y : x + y;
    }
    hr_broadcast_advance(b, &at, count);
  }
}

/* Products are of steps counted from zero on. Sums are of steps of the result's range; how far apart those of two bytes
 * are is rounded once, for all of them, as TensorFlow does. */
static void make_table(hr_range range, bool is_product, hr_range sums, uint32_t table[STEPS]) {
  uint32_t zero = (uint32_t)hr_unbounded_step_of(HR_QUINT8, 0, range);
  uint32_t first = (uint32_t)hr_unbounded_step_of(HR_QINT32, hr_number_of(HR_QUINT8, 0, range), sums);
  uint32_t apart = (uint32_t)hr_unbounded_step_of(HR_QINT32, hr_number_of(HR_QUINT8, 1, range), sums) - first;
  for (uint32_t i = 0; i < STEPS; ++i)
    table[i] = is_product ? i - zero : first + i * apart;
}

static hr_status pair(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  hr_broadcast b;
  hr_range x_range, y_range;
  hr_tensor *out;
  if (!hr_broadcast_plan(x, y, &b)) return hr_incompatible_shapes(x, y);
  HR_TRY(hr_wide_range_input(ctx, 2, "x", &x_range));
  HR_TRY(hr_wide_range_input(ctx, 4, "y", &y_range));
  HR_TRY(hr_output_new(ctx, 0, &b.shape, &out));
  job j = {.b = &b, .x = hr_tensor_data(x), .y = hr_tensor_data(y), .to = hr_tensor_data(out)};
  j.is_product = hr_context_argument(ctx) != NULL;
  hr_range result = j.is_product ? hr_product_range(HR_QUINT8, x_range, HR_QUINT8, y_range, HR_QINT32)
                                 : hr_sum_range(x_range, y_range, 14);
  make_table(x_range, j.is_product, result, j.of_x);
  make_table(y_range, j.is_product, result, j.of_y);
  hr_parallel_for(ctx, b.elements, 1, pair_range, &j);
  hr_output_range(ctx, result);
  return HR_SUCCESS;
}

static const bool is_product = true;
#define BYTES HR_TYPE_BIT(HR_QUINT8)
#define SUMS_OF()                                                                                                      \
  {                                                                                                                    \
    {"T1", BYTES}, {"T2", BYTES}, { "Toutput", HR_TYPE_BIT(HR_QINT32) }                                                \
  }
HR_KERNEL(.op = "QuantizedAdd", .types = SUMS_OF(), .compute = pair);
HR_KERNEL(.op = "QuantizedMul", .types = SUMS_OF(), .compute = pair, .argument = &is_product);
