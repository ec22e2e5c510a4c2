/* FFT, RFFT and their inverses over the last one, two or three dimensions.
 *
 * One dimension after the other: the tensor is lines of numbers that are `inner` apart. A real transform begins with
 * the last dimension, of whose spectrum only the first half is made; its inverse ends with it. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/fourier.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIMS = 3 };

typedef struct transform {
  int dims;
  bool inverse, is_real;
} transform;

/* Lines of `from_size` numbers become lines of `to_size` through a transform of n. Where fewer than n are given, the
 * others mirror them. */
typedef struct line_job {
  const hr_fourier *fourier;
  bool inverse;
  const void *from;
  void *to;
  hr_dtype from_type, to_type;
  int64_t n, from_size, to_size, inner;
  _Atomic bool *failed; /* for want of memory */
} line_job;

static inline hr_complex number_at(hr_dtype dtype, const void *data, int64_t i) {
  const float *floats = data;
  if (dtype == HR_FLOAT) return (hr_complex){(double)floats[i], 0};
  if (dtype == HR_COMPLEX64) return (hr_complex){(double)floats[2 * i], (double)floats[2 * i + 1]};
  return ((const hr_complex *)data)[i];
}

static inline void set_number(hr_dtype dtype, void *data, int64_t i, hr_complex x) {
  float *floats = data;
  if (dtype == HR_FLOAT) {
    floats[i] = (float)x.re;
  } else if (dtype == HR_COMPLEX64) {
    floats[2 * i] = (float)x.re;
    floats[2 * i + 1] = (float)x.im;
  } else {
    ((hr_complex *)data)[i] = x;
  }
}

static void transform_lines(void *argument, int64_t begin, int64_t end) {
  const line_job *job = argument;
  hr_complex *line = malloc((size_t)(job->n + hr_fourier_scratch(job->fourier)) * sizeof *line);
  if (!line) {
    *job->failed = true;
    return;
  }
  for (int64_t i = begin; i < end; ++i) {
    int64_t block = i / job->inner, column = i % job->inner;
    int64_t from = block * job->from_size * job->inner + column, to = block * job->to_size * job->inner + column;
    for (int64_t k = 0; k < job->from_size; ++k)
      line[k] = number_at(job->from_type, job->from, from + k * job->inner);
    for (int64_t k = job->from_size; k < job->n; ++k)
      line[k] = (hr_complex){line[job->n - k].re, -line[job->n - k].im};
    hr_fourier_run(job->fourier, job->inverse, line, line + job->n);
    for (int64_t k = 0; k < job->to_size; ++k)
      set_number(job->to_type, job->to, to + k * job->inner, line[k]);
  }
  free(line);
}

/* Transforms dimension `dim`: n numbers of each line of `to`, which may be `from`. */
static hr_status run_dimension(hr_kernel_context *ctx, bool inverse, int dim, int64_t n, const hr_tensor *from,
                               const hr_tensor *to) {
  _Atomic bool failed = false;
  hr_fourier *fourier;
  HR_TRY(hr_fourier_new(n, &fourier));
  line_job job = {.fourier = fourier,
                  .inverse = inverse,
                  .from = hr_tensor_data(from),
                  .to = hr_tensor_data(to),
                  .from_type = from->dtype,
                  .to_type = to->dtype,
                  .n = n,
                  .from_size = from->dims[dim],
                  .to_size = to->dims[dim],
                  .inner = hr_dims_product(to, dim + 1, to->rank),
                  .failed = &failed};
  hr_parallel_for(ctx, hr_dims_product(to, 0, dim) * job.inner, 40 * (double)n, transform_lines, &job);
  hr_fourier_free(fourier);
  return failed ? hr_error_out_of_memory((size_t)n * sizeof(hr_complex), "a Fourier transform") : HR_SUCCESS;
}

/* The lengths of the transform, and the sizes of its dimensions that it reads and writes. */
typedef struct extent {
  int64_t lengths[MAX_DIMS];
  hr_shape given, made;
} extent;

static hr_status read_extent(hr_kernel_context *ctx, const transform *t, extent *e) {
  const hr_tensor *input = hr_input(ctx, 0);
  int first = input->rank - t->dims;
  if (first < 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input must have rank of at least %d but got: %s", t->dims,
                    HR_TENSOR_SHAPE_TEXT(input));
  e->given = e->made = hr_tensor_shape(input);
  for (int i = 0; i < t->dims; ++i)
    e->lengths[i] = input->dims[first + i];
  if (!t->is_real) return HR_SUCCESS;
  const hr_tensor *lengths = hr_input(ctx, 1);
  if (lengths->rank != 1 || lengths->dims[0] != t->dims)
    return hr_error(HR_INVALID_ARGUMENT, "fft_length must have shape [%d]", t->dims);
  for (int i = 0; i < t->dims; ++i) {
    int64_t length = hr_index_at(lengths, i), size = input->dims[first + i];
    if (length < 0)
      return hr_error(HR_INVALID_ARGUMENT, "fft_length[%d] must >= 0, but got: %lld", i, (long long)length);
    int64_t spectrum = length > 0 && i == t->dims - 1 ? length / 2 + 1 : length;
    e->lengths[i] = length;
    e->given.dims[first + i] = t->inverse ? spectrum : length;
    e->made.dims[first + i] = t->inverse ? length : spectrum;
    if (size != 0 && size < e->given.dims[first + i])
      return hr_error(HR_INVALID_ARGUMENT, "Input dimension %d must have length of at least %lld but got: %lld",
                      first + i, (long long)e->given.dims[first + i], (long long)size);
  }
  return hr_shape_make(e->made.rank, e->made.dims, &e->made);
}

/* What of the input is read, as a tensor of its own. */
static hr_status crop(hr_kernel_context *ctx, const hr_tensor *input, const hr_shape *shape, hr_tensor *out) {
  HR_TRY(hr_temporary_new(ctx, (hr_dtype)input->dtype, shape, out));
  hr_box box = {.rank = shape->rank};
  memcpy(box.dims, shape->dims, (size_t)shape->rank * sizeof *box.dims);
  hr_dense_strides(shape->rank, shape->dims, box.to);
  hr_dense_strides(input->rank, input->dims, box.from);
  return hr_box_copy(ctx, (hr_dtype)input->dtype, &box, hr_tensor_data(out), hr_tensor_data(input));
}

/* From tensor to tensor, each of exactly the sizes that the transform has; none is empty. */
static hr_status run_dimensions(hr_kernel_context *ctx, const transform *t, const extent *e, const hr_tensor *from,
                                hr_tensor *out) {
  int first = from->rank - t->dims, last = from->rank - 1;
  if (!t->is_real || !t->inverse) {
    for (int dim = last; dim >= first; --dim)
      HR_TRY(run_dimension(ctx, t->inverse, dim, e->lengths[dim - first], dim == last ? from : out, out));
    return HR_SUCCESS;
  }
  hr_tensor half = {0};
  hr_status status = HR_SUCCESS;
  if (first < last) status = hr_temporary_new(ctx, HR_COMPLEX64, &e->given, &half);
  for (int dim = first; dim < last && !status; ++dim)
    status = run_dimension(ctx, true, dim, e->lengths[dim - first], dim == first ? from : &half, &half);
  if (!status) status = run_dimension(ctx, true, last, e->lengths[last - first], first < last ? &half : from, out);
  hr_tensor_clear(&half);
  return status;
}

static hr_status fourier(hr_kernel_context *ctx) {
  const transform *t = hr_context_argument(ctx);
  const hr_tensor *input = hr_input(ctx, 0);
  extent e;
  hr_tensor *out, cropped = {0};
  HR_TRY(read_extent(ctx, t, &e));
  HR_TRY(hr_output_new(ctx, 0, &e.made, &out));
  if (out->elements == 0) return HR_SUCCESS;
  if (input->elements == 0) {
    memset(hr_tensor_data(out), 0, (size_t)out->elements * hr_dtype_size(out->dtype));
    return HR_SUCCESS;
  }
  hr_shape whole = hr_tensor_shape(input);
  if (hr_shape_equal(&whole, &e.given)) return run_dimensions(ctx, t, &e, input, out);
  hr_status status = crop(ctx, input, &e.given, &cropped);
  if (!status) status = run_dimensions(ctx, t, &e, &cropped, out);
  hr_tensor_clear(&cropped);
  return status;
}

#define FOURIER(name, dims, inverse, is_real)                                                                          \
  static const transform transform_##name = {dims, inverse, is_real};                                                  \
  HR_KERNEL(.op = #name, .compute = fourier, .argument = &transform_##name)
FOURIER(FFT, 1, false, false);
FOURIER(FFT2D, 2, false, false);
FOURIER(FFT3D, 3, false, false);
FOURIER(IFFT, 1, true, false);
FOURIER(IFFT2D, 2, true, false);
FOURIER(IFFT3D, 3, true, false);
FOURIER(RFFT, 1, false, true);
FOURIER(RFFT2D, 2, false, true);
FOURIER(RFFT3D, 3, false, true);
FOURIER(IRFFT, 1, true, true);
FOURIER(IRFFT2D, 2, true, true);
FOURIER(IRFFT3D, 3, true, true);
