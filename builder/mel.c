/* Bins of pitch as the ear hears it. */
#include "builder/builder.h"
#include "headrace/arrays.h"
#include "headrace/signal.h"

static hr_output mel_of(hr_scope scope, hr_output hertz) {
  hr_scope s = hr_name_scope(scope, "hertz_to_mel");
  return hr_times(s, 1127.0, hr_log(s, hr_plus(s, 1.0, hr_truediv(s, hertz, 700.0))));
}

/* The bins of spectra may be counted at run; LinSpace refuses none. */
static bool fits(hr_scope s, int64_t num_mel_bins, hr_operand num_spectrogram_bins, double rate,
                 const hr_mel_weights_options *o) {
  bool known = num_spectrogram_bins.kind == HR_OPERAND_INT;
  if (num_mel_bins <= 0 || num_mel_bins > INT32_MAX - 2)
    hr_refuse(s, "num_mel_bins must be positive. Got: %lld", (long long)num_mel_bins);
  else if (known && (num_spectrogram_bins.i <= 0 || num_spectrogram_bins.i > INT32_MAX))
    hr_refuse(s, "num_spectrogram_bins must be positive. Got: %lld", (long long)num_spectrogram_bins.i);
  else if (!(rate > 0))
    hr_refuse(s, "sample_rate must be positive. Got: %g", rate);
  else if (!(o->lower_edge_hertz >= 0))
    hr_refuse(s, "lower_edge_hertz must be non-negative. Got: %g", o->lower_edge_hertz);
  else if (!(o->lower_edge_hertz < o->upper_edge_hertz))
    hr_refuse(s, "lower_edge_hertz %.1f >= upper_edge_hertz %.1f", o->lower_edge_hertz, o->upper_edge_hertz);
  else if (o->upper_edge_hertz > rate / 2)
    hr_refuse(s,
              "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got %g for "
              "sample_rate: %g",
              o->upper_edge_hertz, rate);
  else if (o->dtype && !hr_dtype_is_floating(o->dtype))
    hr_refuse(s, "dtype must be a floating point type. Got: %s", hr_dtype_python_name(o->dtype));
  return hr_scope_ok(s);
}

hr_output hr_linear_to_mel_weight_matrix_with(hr_scope scope, int64_t num_mel_bins, hr_operand num_spectrogram_bins,
                                              double sample_rate, const hr_mel_weights_options *options) {
  hr_mel_weights_options o = options ? *options : (hr_mel_weights_options){HR_MEL_WEIGHTS_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "linear_to_mel_weight_matrix");
  if (!hr_scope_ok(s) || !fits(s, num_mel_bins, num_spectrogram_bins, sample_rate, &o)) return HR_NO_OUTPUT;
  hr_dtype dtype = o.dtype ? o.dtype : HR_FLOAT;
  hr_output rate = hr_convert(s, hr_operand_float(sample_rate), dtype, "sample_rate");
  hr_output lower = hr_convert(s, hr_operand_float(o.lower_edge_hertz), dtype, "lower_edge_hertz");
  hr_output upper = hr_convert(s, hr_operand_float(o.upper_edge_hertz), dtype, "upper_edge_hertz");
  hr_output zero = hr_convert(s, hr_operand_float(0), dtype, NULL);
  hr_output highest = hr_truediv(s, rate, 2.0);
  hr_output hertz = hr_call_one(s, "LinSpace", NULL, HR_OPERANDS(zero, highest, num_spectrogram_bins), HR_NO_ATTRS);
  hertz = hr_at(s, hertz, HR_SLICE(1, HR_OPEN)); /* not the constant part */
  hr_output bins = hr_tf_expand_dims(s, mel_of(s, hertz), HR_AXIS(1));
  hr_output lowest_mel = mel_of(s, lower), highest_mel = mel_of(s, upper);
  hr_output edges =
      hr_call_one(s, "LinSpace", NULL, HR_OPERANDS(lowest_mel, highest_mel, num_mel_bins + 2), HR_NO_ATTRS);
  edges = hr_frame(s, edges, 3, 1);
  hr_outputs parts = hr_tf_split(s, edges, 3, .axis = hr_operand_int(1));
  if (parts.count != 3) return HR_NO_OUTPUT;
  hr_output edge[3];
  for (int i = 0; i < 3; ++i)
    edge[i] = hr_tf_reshape(s, parts.items[i], HR_SHAPE(1, num_mel_bins));
  /* Triangles. */
  hr_output above = hr_minus(s, bins, edge[0]);
  hr_output rising = hr_truediv(s, above, hr_minus(s, edge[1], edge[0]));
  hr_output below = hr_minus(s, edge[2], bins);
  hr_output falling = hr_truediv(s, below, hr_minus(s, edge[2], edge[1]));
  hr_output weights = hr_maximum(s, zero, hr_minimum(s, rising, falling));
  hr_operands paddings = HR_OPERANDS(HR_INTS(1, 0), HR_INTS(0, 0));
  return hr_call_one(s, "Pad", hr_scope_name(s), HR_OPERANDS(weights, paddings), HR_NO_ATTRS);
}
