/* Shapes of Fourier transforms. */
#include "ops/shapes/shapes.h"

static hr_status keep_shape(hr_shape_context *c, int rank) {
  hr_partial_shape shape;
  HR_TRY(hr_input_of_rank_at_least(c, 0, rank, &shape));
  return hr_shape_set(c, 0, &shape);
}

hr_status hr_shape_fn_fft(hr_shape_context *c) { return keep_shape(c, 1); }
hr_status hr_shape_fn_fft_2d(hr_shape_context *c) { return keep_shape(c, 2); }
hr_status hr_shape_fn_fft_3d(hr_shape_context *c) { return keep_shape(c, 3); }

/* The last dimensions have the lengths in input 1; `half`: of the last one half, and the middle. */
static hr_status set_lengths(hr_shape_context *c, int rank, bool half) {
  hr_partial_shape shape, lengths;
  int64_t unused;
  HR_TRY(hr_input_of_rank_at_least(c, 0, rank, &shape));
  HR_TRY(hr_input_of_rank(c, 1, 1, &lengths));
  HR_TRY(hr_dim_merge(lengths.dims[0], rank, &unused));
  bool known;
  hr_tensor values = {0};
  HR_TRY(hr_shape_input_value(c, 1, &known, &values));
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < rank && !status; ++i) {
    int64_t size = known ? hr_tensor_int(&values, i) : HR_UNKNOWN_DIM;
    if (known && size < 0)
      status = hr_error(HR_INVALID_ARGUMENT, "Dimension size, %lld, must be >= 0", (long long)size);
    if (half && i == rank - 1 && size > 0) size = size / 2 + 1;
    hr_shape_replace(&shape, i - rank, size);
  }
  hr_tensor_clear(&values);
  return status ? status : hr_shape_set(c, 0, &shape);
}

hr_status hr_shape_fn_rfft(hr_shape_context *c) { return set_lengths(c, 1, true); }
hr_status hr_shape_fn_rfft_2d(hr_shape_context *c) { return set_lengths(c, 2, true); }
hr_status hr_shape_fn_rfft_3d(hr_shape_context *c) { return set_lengths(c, 3, true); }
hr_status hr_shape_fn_irfft(hr_shape_context *c) { return set_lengths(c, 1, false); }
hr_status hr_shape_fn_irfft_2d(hr_shape_context *c) { return set_lengths(c, 2, false); }
hr_status hr_shape_fn_irfft_3d(hr_shape_context *c) { return set_lengths(c, 3, false); }
