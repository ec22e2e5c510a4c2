/* QuantizedResizeBilinear of steps: interpolation in integers, with weights of 7 bits for bytes and of 30 for qint32.
 */
#include "kernels_cpu/image/resize.h"
#include "kernels_cpu/quantized/steps.h"

#include <string.h>

typedef struct job {
  const hr_resize *r;
  hr_dtype dtype;
  const hr_taps *y, *x;
  int64_t in_length, out_length; /* of rows */
  const void *from;
  void *to;
} job;

/* Between two steps, in units of 2^-bits: `weight` in the same units says how far from the first one. */
static int64_t between(int64_t a, int64_t b, int64_t weight, int bits) {
  return a * (INT64_C(1) << bits) + (b - a) * weight;
}

/* Of qint32, TensorFlow sees no more than a float holds. */
static int64_t seen(const job *j, int64_t i) { return (int64_t)(float)hr_step_at(j->from, j->dtype, i); }

static void interpolate_rows(void *argument, int64_t begin, int64_t end) {
  const job *j = argument;
  const hr_resize *r = j->r;
  int bits = j->dtype == HR_QUINT8 ? 7 : 30;
  int64_t one = INT64_C(1) << bits;
  for (int64_t row = begin; row < end; ++row) {
    int64_t image = row / r->y.out * r->y.in, y = row % r->y.out;
    int64_t above = (image + j->y->index[0][y]) * j->in_length, below = (image + j->y->index[1][y]) * j->in_length;
    int64_t down = (int64_t)(j->y->weight[1][y] * (float)one);
    for (int64_t i = 0; i < j->out_length; ++i) {
      int64_t left = j->x->index[0][i], right = j->x->index[1][i];
      int64_t along = (int64_t)(j->x->weight[1][i] * (float)one);
      int64_t top = between(seen(j, above + left), seen(j, above + right), along, bits);
      int64_t bottom = between(seen(j, below + left), seen(j, below + right), along, bits);
      int64_t result = (top + (bottom - top) / one * down + one / 2) / one;
      hr_set_step(j->to, j->dtype, row * j->out_length + i, (int32_t)result);
    }
  }
}

static hr_status resize(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0);
  hr_resize r;
  hr_range range;
  hr_tensor *out;
  hr_axis_taps y, x;
  HR_TRY(hr_range_input(ctx, 2, "images", &range));
  HR_TRY(hr_resize_begin(ctx, &r, &out));
  hr_output_range(ctx, range);
  if (out->elements == 0) return HR_SUCCESS;
  if (r.y.in == r.y.out && r.x.in == r.x.out) {
    memcpy(hr_tensor_data(out), hr_tensor_data(images), hr_tensor_bytes(out));
    return HR_SUCCESS;
  }
  HR_TRY(hr_make_taps(ctx, &r, &r.y, 1, 2, hr_linear_taps, &y));
  hr_status status = hr_make_taps(ctx, &r, &r.x, r.channels, 2, hr_linear_taps, &x);
  if (!status) {
    job j = {&r,
             hr_tensor_dtype(images),
             &y.taps,
             &x.taps,
             r.x.in * r.channels,
             x.n,
             hr_tensor_data(images),
             hr_tensor_data(out)};
    hr_parallel_for(ctx, r.batch * r.y.out, 10 * (double)x.n, interpolate_rows, &j);
    hr_tensor_clear(&x.memory);
  }
  hr_tensor_clear(&y.memory);
  return status;
}
HR_KERNEL(.op = "QuantizedResizeBilinear", .types = {{"T", HR_TYPE_BIT(HR_QUINT8) | HR_TYPE_BIT(HR_QINT32)}},
          .compute = resize);
