/* Gradients of resizing with weights: ResizeBilinearGrad and ResizeBicubicGrad. A row of the result is one task: it
 * looks for the gradient's rows that it had a part in, in their order, so that sums do not depend on who makes them. */
#include "kernels_cpu/image/resize.h"

#include <string.h>

typedef struct gradient_job {
  const hr_resize *r;
  const hr_taps *y, *x;
  const float *gradient;
  void *out;
  hr_dtype dtype;
  bool wide;
  const int32_t *first, *last; /* of each result row: the gradient's rows that have it among their taps */
} gradient_job;

/* Adds a gradient row to a result row: tap `ky` of the gradient's row is the result row where `is_tap[ky]`. `product`
 * is the type that the gradient is weighted in. */
#define ADD_ROW(name, type, product, load, store)                                                                      \
  static void add_row_##name(const gradient_job *job, type *out, const float *gradient, const float *weights,          \
                             const bool *is_tap) {                                                                     \
    int64_t channels = job->r->channels;                                                                               \
    for (int64_t x = 0; x < job->r->x.out; ++x)                                                                        \
      for (int ky = 0; ky < job->y->count; ++ky)                                                                       \
        for (int kx = 0; is_tap[ky] && kx < job->x->count; ++kx) {                                                     \
          type *pixel = out + job->x->index[kx][x] * channels;                                                         \
          float wx = job->x->weight[kx][x];                                                                            \
          for (int64_t c = 0; c < channels; ++c)                                                                       \
            pixel[c] = store(load(pixel[c]) +                                                                          \
                             load(store((product)gradient[x * channels + c] * (product)weights[ky] * (product)wx)));   \
        }                                                                                                              \
  }
#define SAME(x)      (x)
#define TO_DOUBLE(x) ((double)(x))
ADD_ROW(f32, float, float, SAME, SAME)
ADD_ROW(f64, double, float, SAME, TO_DOUBLE)
ADD_ROW(f64_wide, double, double, SAME, SAME)
ADD_ROW(f16, hr_half, float, hr_half_to_float, hr_half_from_float)

static void make_rows(void *argument, int64_t begin, int64_t end) {
  const gradient_job *job = argument;
  const hr_resize *r = job->r;
  int64_t length = r->x.in * r->channels, gradient_length = r->x.out * r->channels;
  size_t size = hr_dtype_size(job->dtype);
  for (int64_t row = begin; row < end; ++row) {
    int64_t image = row / r->y.in, of_image = row % r->y.in;
    void *out = (char *)job->out + (size_t)(row * length) * size;
    memset(out, 0, (size_t)length * size);
    for (int64_t y = job->first[of_image]; y <= job->last[of_image]; ++y) {
      const float *gradient = job->gradient + (image * r->y.out + y) * gradient_length;
      bool is_tap[HR_MAX_TAPS];
      float weights[HR_MAX_TAPS];
      for (int k = 0; k < job->y->count; ++k) {
        is_tap[k] = job->y->index[k][y] == of_image;
        weights[k] = job->y->weight[k][y];
      }
      if (job->dtype == HR_FLOAT)
        add_row_f32(job, out, gradient, weights, is_tap);
      else if (job->dtype == HR_DOUBLE && job->wide)
        add_row_f64_wide(job, out, gradient, weights, is_tap);
      else if (job->dtype == HR_DOUBLE)
        add_row_f64(job, out, gradient, weights, is_tap);
      else
        add_row_f16(job, out, gradient, weights, is_tap);
    }
  }
}

/* Fills `first` and `last`, of `rows` entries each. */
static void find_rows(const hr_axis_taps *taps, int64_t rows, int32_t *first, int32_t *last) {
  for (int64_t row = 0; row < rows; ++row) {
    first[row] = 0;
    last[row] = -1;
  }
  for (int64_t y = 0; y < taps->n; ++y)
    for (int k = 0; k < taps->taps.count; ++k) {
      int32_t row = taps->taps.index[k][y];
      if (last[row] < 0) first[row] = (int32_t)y;
      last[row] = (int32_t)y;
    }
}

hr_status hr_resize_gradient(hr_kernel_context *ctx, int count, hr_tap_function *tap, bool wide) {
  const hr_tensor *gradient = hr_input(ctx, 0), *original = hr_input(ctx, 1);
  hr_resize r;
  hr_tensor *out, rows;
  hr_shape shape;
  hr_axis_taps y, x;
  HR_TRY(hr_rank_check(original, 4, "original_image"));
  if (gradient->rank == 4 && (gradient->dims[0] != original->dims[0] || gradient->dims[3] != original->dims[3]))
    return hr_error(HR_INVALID_ARGUMENT, "The gradient %s and the original image %s differ in images or channels",
                    HR_TENSOR_SHAPE_TEXT(gradient), HR_TENSOR_SHAPE_TEXT(original));
  HR_TRY(hr_resize_of_gradient(ctx, original->dims[1], original->dims[2], &r));
  HR_TRY(hr_shape_make(4, (int64_t[]){r.batch, r.y.in, r.x.in, r.channels}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(hr_make_taps(ctx, &r, &r.y, 1, count, tap, &y));
  hr_status status = hr_make_taps(ctx, &r, &r.x, 1, count, tap, &x);
  if (!status) {
    status = hr_temporary_new(ctx, HR_INT32, &(hr_shape){2, {2, r.y.in}}, &rows);
    if (!status) {
      int32_t *first = hr_tensor_data(&rows), *last = first + r.y.in;
      find_rows(&y, r.y.in, first, last);
      gradient_job job = {.r = &r,
                          .y = &y.taps,
                          .x = &x.taps,
                          .gradient = hr_tensor_data(gradient),
                          .out = hr_tensor_data(out),
                          .dtype = hr_tensor_dtype(out),
                          .wide = wide,
                          .first = first,
                          .last = last};
      double taps = (double)(r.y.out * r.x.out * r.channels * count * count);
      hr_parallel_for(ctx, r.batch * r.y.in, taps / (double)r.y.in, make_rows, &job);
      hr_tensor_clear(&rows);
    }
    hr_tensor_clear(&x.memory);
  }
  hr_tensor_clear(&y.memory);
  return status;
}
