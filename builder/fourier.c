/* Fourier transforms of real numbers, and what they are padded with. */
#include "builder/builder.h"
#include "headrace/signal.h"

/* The last `dims` sizes of x, as a constant where they are known. The half of a spectrum stands for a line of twice the
 * size of its last dimension without the first and last number. */
static hr_output infer_lengths(hr_scope s, hr_output x, int dims, bool inverse) {
  const hr_partial_shape *shape = hr_output_shape(x);
  int32_t sizes[HR_MAX_RANK];
  bool known = shape->rank >= 0;
  int count = known && shape->rank < dims ? shape->rank : dims;
  for (int i = 0; i < count && known; ++i) {
    int64_t size = shape->dims[shape->rank - count + i];
    known = size >= 0 && size <= INT32_MAX / 2;
    if (inverse && i == count - 1) size = size > 0 ? 2 * (size - 1) : 0;
    if (known) sizes[i] = (int32_t)size;
  }
  if (known) return hr_i32_vector(s, count, sizes, NULL);
  hr_output vector = hr_at(s, hr_tf_shape(s, x), HR_SLICE(-dims, HR_OPEN));
  if (!inverse) return vector;
  hr_outputs items = hr_unstack(s, vector);
  if (items.count != dims) return HR_NO_OUTPUT;
  hr_output lengths[3];
  memcpy(lengths, items.items, (size_t)dims * sizeof *lengths);
  hr_output twice = hr_times(s, 2, hr_minus(s, lengths[dims - 1], 1));
  lengths[dims - 1] = hr_call_one(s, "Maximum", NULL, HR_OPERANDS(0, twice), HR_NO_ATTRS);
  return hr_stack(s, ((hr_outputs){dims, lengths}));
}

static bool is_known(const hr_partial_shape *shape, int from) {
  for (int i = from; i < shape->rank; ++i)
    if (shape->dims[i] < 0) return false;
  return shape->rank >= 0;
}

/* Known lengths and sizes: pads where it must. */
static hr_output pad_statically(hr_scope s, hr_output x, const hr_partial_shape *lengths, bool inverse) {
  const hr_partial_shape *shape = hr_output_shape(x);
  int outer = shape->rank - lengths->rank;
  int32_t paddings[HR_MAX_RANK][2] = {0};
  bool pads = false;
  for (int i = 0; i < lengths->rank; ++i) {
    int64_t length = inverse && i == lengths->rank - 1 ? lengths->dims[i] / 2 + 1 : lengths->dims[i];
    int64_t missing = length - shape->dims[outer + i];
    if (missing > 0 && missing <= INT32_MAX) {
      paddings[outer + i][1] = (int32_t)missing;
      pads = true;
    }
  }
  if (!pads) return x;
  hr_scope pad = hr_name_scope(s, "Pad");
  hr_partial_shape matrix = {.rank = 2, .dims = {shape->rank, 2}};
  hr_output sizes = hr_constant_array(pad, HR_INT32, matrix, paddings, .name = "paddings");
  return hr_pad(s, x, sizes, .name = hr_scope_name(pad));
}

static hr_output pad_at_run(hr_scope s, hr_output x, int dims, hr_output lengths, bool inverse) {
  hr_output rank = hr_tf_rank(s, x);
  hr_output sizes = hr_at(s, hr_tf_shape(s, x), HR_SLICE(-dims, HR_OPEN));
  hr_output outer = hr_call_one(s, "Maximum", NULL, HR_OPERANDS(0, hr_minus(s, rank, dims)), HR_NO_ATTRS);
  hr_output nothing = hr_zeros(s, HR_OPERANDS(outer), .dtype = HR_INT32);
  if (inverse) {
    hr_output before = hr_at(s, lengths, HR_SLICE(HR_OPEN, -1)), last = hr_at(s, lengths, HR_SLICE(-1, HR_OPEN));
    last = hr_plus(s, hr_floordiv(s, last, 2), 1);
    lengths = hr_tf_concat(s, HR_OPERANDS(before, last), 0);
  }
  hr_output missing = hr_minus(s, lengths, sizes);
  missing = hr_call_one(s, "Maximum", NULL, HR_OPERANDS(0, missing), HR_NO_ATTRS);
  hr_output after = hr_tf_concat(s, HR_OPERANDS(nothing, missing), 0);
  hr_output paddings = hr_stack(s, HR_OPERANDS(hr_tf_zeros_like(s, after), after), .axis = 1);
  return hr_pad(s, x, paddings);
}

static hr_output pad_to_lengths(hr_scope s, hr_output x, int dims, hr_output lengths, bool inverse) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape known;
  hr_status status = hr_constant_value_as_shape(lengths, &known);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  const hr_partial_shape *shape = hr_output_shape(x);
  for (int i = 0; i < shape->rank; ++i)
    if (shape->dims[i] == 0) return x;
  if (shape->rank >= known.rank && is_known(&known, 0) && is_known(shape, shape->rank - known.rank))
    return pad_statically(s, x, &known, inverse);
  return pad_at_run(s, x, dims, lengths, inverse);
}

static hr_output transform(hr_scope scope, hr_operand input, int32_t dims, bool inverse,
                           const hr_real_fft_options *options) {
  static const char *const names[2][3] = {{"rfft", "rfft2d", "rfft3d"}, {"irfft", "irfft2d", "irfft3d"}};
  static const char *const ops[2][3] = {{"RFFT", "RFFT2D", "RFFT3D"}, {"IRFFT", "IRFFT2D", "IRFFT3D"}};
  hr_real_fft_options o = options ? *options : (hr_real_fft_options){0};
  if (dims < 1 || dims > 3) return hr_refuse(scope, "A Fourier transform has 1 to 3 dimensions, not %d", (int)dims);
  hr_scope s = hr_name_scope_or(scope, o.name, names[inverse][dims - 1]);
  hr_output x = hr_convert(s, input, inverse ? HR_COMPLEX64 : HR_FLOAT, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  char text[HR_SHAPE_TEXT];
  if (rank >= 0 && rank < dims)
    return hr_refuse(s, "Shape %s must have rank at least %d", hr_partial_shape_text(hr_output_shape(x), text),
                     (int)dims);
  hr_output lengths = hr_operand_is_given(o.fft_length) ? hr_convert(s, o.fft_length, HR_INT32, NULL)
                                                        : infer_lengths(s, x, dims, inverse);
  x = pad_to_lengths(s, x, dims, lengths, inverse);
  return hr_call_one(s, ops[inverse][dims - 1], hr_scope_name(s), HR_OPERANDS(x, lengths), HR_NO_ATTRS);
}

hr_output hr_real_fft_with(hr_scope scope, hr_operand input, int32_t dims, const hr_real_fft_options *options) {
  return transform(scope, input, dims, false, options);
}
hr_output hr_inverse_real_fft_with(hr_scope scope, hr_operand input, int32_t dims, const hr_real_fft_options *options) {
  return transform(scope, input, dims, true, options);
}
