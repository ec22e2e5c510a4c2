/* Discrete cosine transforms, which are Fourier transforms of lines of twice the length. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/signal.h"
#include <math.h>

/* The last dimension: a number where it is known, and as a float. */
typedef struct line {
  hr_output x, length; /* no length where `size` is known */
  int64_t size;
  hr_output real_length;
} line;

static hr_operand length_of(const line *l) {
  return l->length.node ? hr_operand_output(l->length) : hr_operand_int(l->size);
}
static int64_t last_size(hr_output x) {
  const hr_partial_shape *shape = hr_output_shape(x);
  return shape->rank > 0 ? shape->dims[shape->rank - 1] : HR_UNKNOWN_DIM;
}
static hr_output first_of_line(hr_scope s, hr_output x, hr_operand end) {
  const hr_slice_item items[] = {HR_ELLIPSIS, {HR_SLICE_RANGE, false, true, false, {0}, end, {0}}};
  return hr_slice_items(s, hr_operand_output(x), 2, items);
}

/* Cut or padded to n samples. */
static hr_output resized(hr_scope s, hr_output x, int64_t n) {
  int64_t size = last_size(x);
  if (size < 0) {
    hr_scope_fail(s, hr_error(HR_UNIMPLEMENTED, "With n the last dimension must be known"));
    return HR_NO_OUTPUT;
  }
  if (n <= size) return hr_at(s, x, HR_ELLIPSIS, HR_SLICE(0, n));
  int32_t paddings[HR_MAX_RANK][2] = {0};
  int rank = hr_output_rank(x);
  paddings[rank - 1][1] = (int32_t)(n - size);
  hr_partial_shape matrix = {.rank = 2, .dims = {rank, 2}};
  return hr_pad(s, x, hr_constant_array(s, HR_INT32, matrix, paddings));
}

/* first, and then the others, one for each sample. */
static hr_output orthogonal_weights(hr_scope s, const line *l, hr_output first, hr_output others) {
  hr_output vector = hr_tf_expand_dims(s, first, HR_AXIS(0));
  hr_operand more = hr_operand_int(l->size - 1);
  if (l->length.node) more = hr_operand_output(hr_minus(s, l->length, 1));
  hr_operands rows = HR_OPERANDS(HR_OPERANDS(0, more));
  return hr_call_one(s, "PadV2", NULL, HR_OPERANDS(vector, rows, others), HR_NO_ATTRS);
}

/* 2 exp(i k pi / 2n) for each sample k; of -k. */
static hr_output turns(hr_scope s, const line *l, bool backwards) {
  hr_output angles = hr_tf_range(s, 0, l->real_length, HR_NO_OPERAND);
  if (backwards) angles = hr_neg(s, angles);
  angles = hr_times(s, hr_times(s, angles, M_PI), 0.5);
  angles = hr_truediv(s, angles, l->real_length);
  return hr_times(s, 2.0, hr_exp(s, hr_tf_complex(s, 0.0, angles)));
}

static hr_operand twice_the_length(hr_scope s, const line *l) {
  return l->length.node ? hr_operand_output(hr_times(s, 2, l->length)) : hr_operand_int(2 * l->size);
}

static hr_output first_type(hr_scope s, const line *l) {
  hr_output back = hr_at(s, l->x, HR_ELLIPSIS, HR_SLICE_STEP(-2, 0, -1));
  hr_output both = hr_tf_concat(s, HR_OPERANDS(l->x, back), -1);
  return hr_tf_real(s, hr_real_fft(s, both, 1));
}

static hr_output second_type(hr_scope s, const line *l, bool orthogonal) {
  hr_output scale = turns(s, l, true);
  hr_operand length = twice_the_length(s, l);
  hr_output spectrum = hr_real_fft(s, l->x, 1, .fft_length = hr_operand_list(HR_OPERANDS(length)));
  hr_output y = hr_tf_real(s, hr_times(s, first_of_line(s, spectrum, length_of(l)), scale));
  if (!orthogonal) return y;
  hr_output first = hr_times(s, 0.5, hr_rsqrt(s, l->real_length));
  hr_output others = hr_times(s, first, hr_call_one(s, "Sqrt", NULL, HR_OPERANDS(2.0), HR_NO_ATTRS));
  return hr_times(s, y, orthogonal_weights(s, l, first, others));
}

static hr_output third_type(hr_scope s, const line *l, bool orthogonal) {
  hr_output x = l->x;
  if (orthogonal) {
    hr_output first = hr_sqrt(s, l->real_length);
    hr_output others = hr_times(s, first, hr_call_one(s, "Sqrt", NULL, HR_OPERANDS(0.5), HR_NO_ATTRS));
    x = hr_times(s, x, orthogonal_weights(s, l, first, others));
  } else {
    x = hr_times(s, x, l->real_length);
  }
  hr_output scale = turns(s, l, false);
  hr_output spectrum = hr_times(s, scale, hr_tf_complex(s, x, 0.0));
  hr_operand length = twice_the_length(s, l);
  hr_output y = hr_inverse_real_fft(s, spectrum, 1, .fft_length = hr_operand_list(HR_OPERANDS(length)));
  return first_of_line(s, y, length_of(l));
}

static bool fits(hr_scope s, const hr_cosine_transform_options *o, hr_output x) {
  if (!hr_scope_ok(s)) return false;
  if (o->n < 0 || o->n > INT32_MAX / 2)
    hr_refuse(s, "n should be a positive integer or None");
  else if (o->type < 1 || o->type > 3)
    hr_refuse(s, "Types I, II and III (I)DCT are supported.");
  else if (o->type == 1 && o->orthogonal)
    hr_refuse(s, "Normalization is not supported for the Type-I DCT.");
  else if (hr_output_rank(x) == 0)
    hr_refuse(s, "A scalar has no last dimension to transform");
  else if (o->type == 1 && last_size(x) >= 0 && last_size(x) < 2)
    hr_refuse(s, "Type-I DCT requires the dimension to be greater than one.");
  return hr_scope_ok(s);
}

hr_output hr_dct_with(hr_scope scope, hr_operand input, const hr_cosine_transform_options *options) {
  hr_cosine_transform_options o = options ? *options : (hr_cosine_transform_options){.type = 2};
  hr_scope s = hr_name_scope_or(scope, o.name, "dct");
  if (o.inverse && o.type > 1) o.type = 5 - o.type;
  line l = {.x = hr_convert(s, input, HR_FLOAT, NULL)};
  if (!fits(s, &o, l.x)) return HR_NO_OUTPUT;
  if (o.n == 0 && last_size(l.x) <= 0) hr_at(s, hr_tf_shape(s, l.x), HR_INDEX(-1)); /* TensorFlow asks twice */
  if (o.n > 0) l.x = resized(s, l.x, o.n);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  l.size = last_size(l.x);
  if (l.size <= 0 || l.size > INT32_MAX / 2) l.length = hr_at(s, hr_tf_shape(s, l.x), HR_INDEX(-1));
  l.real_length = hr_tf_cast(s, length_of(&l), HR_FLOAT);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (o.type == 1) return first_type(s, &l);
  return o.type == 2 ? second_type(s, &l, o.orthogonal) : third_type(s, &l, o.orthogonal);
}

hr_output hr_mfccs_from_log_mel_spectrograms_with(hr_scope scope, hr_operand input, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "mfccs_from_log_mel_spectrograms");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int64_t bins = last_size(x);
  if (bins == 0) return hr_refuse(s, "num_mel_bins must be positive. Got: 0");
  hr_operand count = hr_operand_int(bins);
  if (bins < 0) count = hr_operand_output(hr_at(s, hr_tf_shape(s, x), HR_INDEX(-1)));
  hr_output y = hr_dct(s, x);
  hr_output twice = hr_times(s, hr_tf_cast(s, count, HR_FLOAT), 2.0);
  return hr_times(s, y, hr_rsqrt(s, twice));
}
